"""The answer of the knowledge bank: where one walks from, and what is in reach."""

from __future__ import annotations

from dataclasses import dataclass

import shapely

from geo.access.knowledge_bank.question import BankQuestion
from geo.area.activities.model import Activity, Occurrence, Written
from geo.area.associations import ASSOCIATION

ACTIVITY, VISIT, PLACE = "activity", "visit", "place"
SORTS = (ACTIVITY, VISIT, ASSOCIATION, PLACE)
"""What an entry may be, in the order they stand at the same distance."""


@dataclass(frozen=True)
class Start:
    """Where one walks from. Of protected housing there is no point (``lon`` and ``lat`` NaN): it
    is somewhere in ``region`` (WGS84; None where that may not be drawn either).
    """

    name: str
    lon: float
    lat: float
    id: str = ""
    restricted: bool = False
    region: shapely.Geometry | None = None


@dataclass(frozen=True)
class Entry:
    """One thing in reach. ``what`` is one of ``SORTS``; ``activity`` holds what its record reports,
    also of a plain place or an association. ``metres`` along the paths (inf: cannot be walked to).

    ``coming``: when it takes place in the week; ``then``: in the question's hours; ``later``: the
    next time, where there is none in the week. ``doubts``: what is uncertain: ``stale``, ``times``,
    ``language``. ``link``: where to read more, "" for nowhere. ``written``: its texts in other
    languages; ``place_written``: its place's. ``mentors`` and ``buddies``: matches per year.
    """

    what: str
    activity: Activity
    place_name: str
    kind_of_place: str
    theme: str
    metres: float
    minutes: float
    coming: tuple[Occurrence, ...] = ()
    then: tuple[Occurrence, ...] = ()
    later: Occurrence | None = None
    doubts: tuple[str, ...] = ()
    link: str = ""
    written: tuple[Written, ...] = ()
    place_written: tuple[Written, ...] = ()
    mentors: int | None = None
    buddies: int | None = None

    @property
    def id(self) -> str:
        """The activity's id, or ``place:`` and the place's."""
        return self.activity.id

    @property
    def place(self) -> str:
        """The place's id."""
        return self.activity.place


@dataclass(frozen=True, eq=False)
class Bank:
    """What is in reach, nearest first: ``entries`` meet the question in every part; of
    ``language_unknown`` and ``hours_unknown`` the record does not report that part. ``unreachable``
    meet it or may do so, but no path leads there.
    """

    area: str
    area_name: str
    question: BankQuestion
    start: Start
    entries: tuple[Entry, ...]
    language_unknown: tuple[Entry, ...] = ()
    hours_unknown: tuple[Entry, ...] = ()
    unreachable: tuple[Entry, ...] = ()
    demonstration: bool = False

    @property
    def all(self) -> tuple[Entry, ...]:
        """All within the limit: what is sure to answer the question first."""
        return (*self.entries, *self.language_unknown, *self.hours_unknown)
