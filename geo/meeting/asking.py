"""A question about meeting places, from what a person chose or wrote to what the measures take. The
door where a mistake is told; behind it every word is known.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from geo import presets
from geo.area.record_fields import day
from geo.errors import BadDate
from geo.meeting import terms
from geo.meeting.supply import Asked

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
        monday=terms.week_of(_day(wish.week) if wish.week else now),
        today=now,
        kinds=terms.read_kinds(wish.kinds),
        limit_m=presets.limit_m(wish.limit),
        group=wish.group,
        profile=wish.profile,
        language=terms.read_language(wish.language),
        audience=terms.read_audience(wish.audience),
        when=terms.read_when(wish.when),
        housing=wish.housing,
    )


def _day(words: str) -> date:
    found = day(words)
    if found is None:
        raise BadDate(found=words)
    return found
