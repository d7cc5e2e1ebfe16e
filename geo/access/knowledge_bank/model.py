"""The answer of the knowledge bank: where one walks from, and what is in reach."""

from __future__ import annotations

import math
from dataclasses import dataclass

import shapely

from geo.access.knowledge_bank.question import BankQuestion
from geo.area.activities.model import Activity, Occurrence, Span, Written
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
class Stops:
    """How far it is on foot to the nearest stop from where one starts, and from the stop nearest to
    a place (NaN: the place has no point, or no stop within reach); with the stops' names.
    """

    from_m: float
    from_name: str
    to_m: float = math.nan
    to_name: str = ""


@dataclass(frozen=True)
class Speakers:
    """Newcomers of all housing who speak a language (BCP 47; "" for all newcomers), and for them
    the matches and seats a year of supply that serves the whole municipality: what is known to be
    in the language, and at most. ``untold`` of it do not report how many. ``hidden``: so few people
    that no number of them is disclosed.
    """

    language: str
    people: float
    matches: Span
    seats: Span
    untold: int
    hidden: bool = False


@dataclass(frozen=True)
class Entry:
    """One thing in reach. ``what`` is one of ``SORTS``; ``activity`` holds what its record reports,
    also of a plain place or an association. ``metres`` along the paths (inf: cannot be walked to).

    ``coming``: when it takes place in the week; ``then``: in the question's hours; ``later``: the
    next time, where there is none in the week. ``doubts``: what is uncertain: ``stale``, ``times``,
    ``weeks``, ``language``. ``link``: where to read more, "" for nowhere. ``written``: its texts in
    other languages; ``place_written``: its place's. ``mentors`` and ``buddies``: matches per year,
    ``seats``: places per year; ``does``: what an organisation says it does. ``municipal``: it
    serves the whole municipality; ``placed``: its record has a point. ``stops``: how far the
    nearest stops are, where stops are known.
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
    seats: int | None = None
    does: tuple[str, ...] = ()
    municipal: bool = False
    placed: bool = True
    stops: Stops | None = None

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
    meet it or may do so, but no path leads there. ``municipal`` serve the whole municipality, and
    are beyond the limit or have no point; ``unplaced`` are other records without a
    point, ``speakers`` who share what is municipal.
    """

    area: str
    area_name: str
    question: BankQuestion
    start: Start
    entries: tuple[Entry, ...]
    language_unknown: tuple[Entry, ...] = ()
    hours_unknown: tuple[Entry, ...] = ()
    unreachable: tuple[Entry, ...] = ()
    municipal: tuple[Entry, ...] = ()
    unplaced: tuple[Entry, ...] = ()
    speakers: tuple[Speakers, ...] = ()
    demonstration: bool = False

    @property
    def all(self) -> tuple[Entry, ...]:
        """All within the limit: what is sure to answer the question first."""
        return (*self.entries, *self.language_unknown, *self.hours_unknown)
