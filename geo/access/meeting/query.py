"""A question about meeting places, from what a person chose or wrote to what the measures take. The
door where a mistake is told; behind it every word is known.

The four measures by name: one door for pages and commands. Computes nothing itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from geo import presets
from geo.access.meeting import terms as meeting_terms
from geo.access.meeting.contact import Contact, contact_supply
from geo.access.meeting.hours import Hours, hours_gap
from geo.access.meeting.language import Languages, language_gap
from geo.access.meeting.mix import Arenas, arena_mix
from geo.access.meeting.supply import Asked
from geo.area.model import Area
from geo.area.record_fields import day
from geo.errors import BadDate

LIMIT_M = "1000"


@dataclass(frozen=True)
class Wish:
    """What is asked, as written: ``week`` is any day of it (empty: today's), ``kinds`` are kinds of
    activity or themes, ``language`` a code or a name, ``housing`` an id or a name; ``when`` a
    preset of hours that people can come. Empty: not asked for.
    """

    week: str = ""
    kinds: tuple[str, ...] = ()
    limit: str = LIMIT_M
    group: str = "newcomers"
    profile: str = "adult"
    language: str = ""
    audience: str = ""
    when: str = ""
    housing: str = ""


def ask(wish: Wish, *, today: date | None = None) -> Asked:
    """Return a question with every word checked; ``today`` (the clock's unless told) decides which
    records are fresh.

    Raises
    ------
    BadDate, BadLimit, UnknownGroup, UnknownProfile, UnknownLanguage, UnknownTerm : what can not be.
    """
    now = today or date.today()
    presets.group(wish.group)
    presets.profile(wish.profile)
    return Asked(
        monday=meeting_terms.week_of(_day(wish.week) if wish.week else now),
        today=now,
        kinds=meeting_terms.read_kinds(wish.kinds),
        limit_m=presets.limit_m(wish.limit),
        group=wish.group,
        profile=wish.profile,
        language=meeting_terms.read_language(wish.language),
        audience=meeting_terms.read_audience(wish.audience),
        when=meeting_terms.read_when(wish.when),
        housing=wish.housing,
    )


def _day(words: str) -> date:
    found = day(words)
    if found is None:
        raise BadDate(found=words)
    return found


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
