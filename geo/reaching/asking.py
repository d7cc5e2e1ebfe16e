"""A question about outreach, from what a person chose or wrote to what the answers take. The door
where a mistake is told; behind it every word is known.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from geo import presets
from geo.access.meeting.query import Wish, ask
from geo.access.meeting.supply import Asked
from geo.access.meeting.terms import measures
from geo.area.model import Area
from geo.area.people import RESIDENTS
from geo.errors import UnknownTerm
from geo.reaching.weights import Weights, weights_of
from geo.texts import Phrase

WHEN = "any_time"
LIMIT = "1000"
EVERYWHERE, HOMES, AREAS = "all", "housing", "areas"
WHERE = (EVERYWHERE, HOMES, AREAS)
"""Whom to rank: housing and statistical areas, or one of them."""


@dataclass(frozen=True)
class Wanted:
    """What is asked, as written. ``group``: which residents of statistical areas the needs of
    adults are about; empty: the first the area tells of those born abroad, of foreign background,
    all. ``week`` is any day of it, empty: today's.
    """

    limit: str = LIMIT
    profile: str = "adult"
    when: str = WHEN
    week: str = ""
    group: str = ""
    weights: str = ""
    where: str = EVERYWHERE


@dataclass(frozen=True)
class Question:
    """A checked question. ``asked`` is what the measures of meeting places take; its ``group`` is
    of residents. ``established`` names the measure of who is established, "" where the area tells
    none.
    """

    asked: Asked
    established: str
    weights: Weights
    where: str

    @property
    def basis(self) -> tuple[object, ...]:
        """What needs and proposals depend on: all but weights and who is shown."""
        return (self.asked, self.established)


def read_question(wanted: Wanted, area: Area, *, today: date | None = None) -> Question:
    """Return a question with every word checked.

    Raises
    ------
    BadDate, BadLimit, UnknownGroup, UnknownProfile, UnknownTerm, BadNeedWeight : what can not be.
    """
    if wanted.where not in WHERE:
        raise UnknownTerm(
            what=Phrase("outreach.term_where"), found=wanted.where, nearest=", ".join(WHERE)
        )
    asked = ask(
        Wish(week=wanted.week, limit=wanted.limit, profile=wanted.profile, when=wanted.when),
        today=today,
    )
    group = presets.group(wanted.group).id if wanted.group else _first_group(area)
    told = [name for name, apart in measures().items() if apart in area.groups]
    established = group if group in told else next(iter(told), "")
    return Question(
        asked=replace(asked, group=group),
        established=established,
        weights=weights_of(wanted.weights),
        where=wanted.where,
    )


def groups_of(area: Area) -> tuple[str, ...]:
    """Return the groups of residents that may be asked about, the usual one first."""
    known = [name for name in area.groups if presets.group(name).origin == RESIDENTS]
    usual = [name for name in (*measures().values(), "all") if name in known]
    return tuple(dict.fromkeys(usual))


def _first_group(area: Area) -> str:
    return next(iter(groups_of(area)), "all")
