"""The answer to a question about meeting places: one of the four measures, by the question's own
word. One door for pages and commands.
"""

from __future__ import annotations

from typing import TypeAlias

from geo.access.meeting.contact import Contact, contact_supply
from geo.access.meeting.hours import Hours, hours_gap
from geo.access.meeting.language import Languages, language_gap
from geo.access.meeting.mix import Arenas, arena_mix
from geo.access.meeting.question import MeetingQuestion
from geo.area.model import Area

Answer: TypeAlias = Hours | Languages | Arenas | tuple[Contact, ...]
"""What one of the measures answers."""


def answer_of(area: Area, question: MeetingQuestion) -> Answer:
    """Return the answer to a question, by its ``measure``."""
    match question.measure:
        case "hours":
            return hours_gap(area, question)
        case "language":
            return language_gap(area, question)
        case "arena":
            return arena_mix(area, question)
        case _:
            return contact_supply(area, question)


def question_of(answer: Answer) -> MeetingQuestion:
    """Return the question an answer is to."""
    return answer[0].question if isinstance(answer, tuple) else answer.question
