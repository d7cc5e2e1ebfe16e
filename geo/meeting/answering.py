"""The four measures by name: one door for pages and commands. Computes nothing itself."""

from __future__ import annotations

from geo.area.model import Area
from geo.meeting.arena import Arenas, arena_mix
from geo.meeting.contact import Contact, contact_supply
from geo.meeting.hours import Hours, hours_gap
from geo.meeting.language import Languages, language_gap
from geo.meeting.supply import Asked

MEASURES = ("hours", "language", "arena", "contact")
Answer = Hours | Languages | Arenas | tuple[Contact, ...]
"""What one of the measures answers."""


def answer_of(area: Area, asked: Asked, measure: str, established: str = "") -> Answer:
    """Answer one of ``MEASURES``; ``established`` is asked of ``arena`` only."""
    match measure:
        case "hours":
            return hours_gap(area, asked)
        case "language":
            return language_gap(area, asked)
        case "arena":
            return arena_mix(area, asked, established=established)
        case _:
            return contact_supply(area, asked)


def asked_of(answer: Answer) -> Asked:
    """Return the question an answer is to."""
    return answer[0].asked if isinstance(answer, tuple) else answer.asked
