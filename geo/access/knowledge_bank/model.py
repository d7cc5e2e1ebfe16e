"""What the knowledge bank tells: where one walks from, and what is in reach. Computes nothing.

A question to the knowledge bank, from what a person chose or wrote to what the search takes. The
door where a mistake is told; behind it every word is known.

The presets of the knowledge bank, and records as JSON. Knows nothing of walking.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

import shapely

from geo import presets
from geo.access.from_point import read_point
from geo.access.meeting import terms as meeting_terms
from geo.area.activities.links import Written
from geo.area.activities.model import Activity, Occurrence
from geo.area.activities.occurrences import STOCKHOLM, midnight
from geo.area.associations import ASSOCIATION
from geo.cells import is_unknown, plain, written
from geo.errors import BadMoment, BadPoint
from geo.texts import DATA

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
    """One thing in reach. ``what`` is one of ``SORTS``; ``activity`` holds what its record tells,
    also of a plain place or an association. ``metres`` along the paths (inf: can not be walked to).

    ``coming``: when it takes place in the week; ``then``: of the hours asked about; ``later``: the
    next time, where there is none in the week. ``doubts``: what is uncertain: ``stale``, ``times``,
    ``language``. ``link``: where to read more, "" for nowhere. ``written``: its texts in other
    languages; ``place_written``: its place's. ``mentors`` and ``buddies``: matches a year.
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
    """What is in reach, nearest first: ``entries`` answer the question in all that was asked;
    of ``language_unknown`` and ``hours_unknown`` the record does not tell. ``unreachable`` answer
    it or may do so, but no path leads there.
    """

    area: str
    area_name: str
    question: Question
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


LIMIT_M = "1000"
FIRST_YEAR, LAST_YEAR = 2000, 2100


@dataclass(frozen=True)
class Wish:
    """What is asked, as written. ``at``: longitude, latitude; or ``housing``: an id or a name.
    ``when``: a day, or a day and an hour; ``themes``: themes or kinds of activity; ``language``: a
    code or a name. Empty: not asked for.
    """

    at: str = ""
    housing: str = ""
    when: str = ""
    language: str = ""
    themes: tuple[str, ...] = ()
    limit: str = LIMIT_M
    profile: str = "adult"


@dataclass(frozen=True)
class Question:
    """A question, checked. From a point (``lon``, ``lat``: degrees) or a ``housing`` (id or name).

    ``since`` and ``until``: aware moments between which something is to be open; None: any time.
    ``whole_day``: no hour was told. ``monday`` begins the week that hours are told of; ``today``
    decides what is fresh. ``kinds`` are themes or kinds of activity, none: all.
    """

    monday: date
    today: date
    lon: float | None = None
    lat: float | None = None
    housing: str = ""
    since: datetime | None = None
    until: datetime | None = None
    whole_day: bool = False
    language: str = ""
    kinds: tuple[str, ...] = ()
    limit_m: float = 1000.0
    profile: str = "adult"


def ask(wish: Wish, *, today: date | None = None) -> Question:
    """Return a question with every word checked; ``today`` is Stockholm's unless told.

    Raises
    ------
    BadPoint, BadMoment, BadLimit, UnknownProfile, UnknownLanguage, UnknownTerm : what can not be.
    """
    now = today or datetime.now(STOCKHOLM).date()
    presets.profile(wish.profile)
    if not wish.at and not wish.housing:
        raise BadPoint(found="")
    lon, lat = read_point(wish.at) if wish.at else (None, None)
    since, until, whole_day = read_when(wish.when) if wish.when else (None, None, False)
    return Question(
        monday=meeting_terms.week_of(since.astimezone(STOCKHOLM).date() if since else now),
        today=now,
        lon=lon,
        lat=lat,
        housing="" if wish.at else wish.housing,
        since=since,
        until=until,
        whole_day=whole_day,
        language=meeting_terms.read_language(wish.language),
        kinds=meeting_terms.read_kinds(wish.themes),
        limit_m=presets.limit_m(wish.limit),
        profile=wish.profile,
    )


def read_when(words: str) -> tuple[datetime, datetime, bool]:
    """Read a day, or a day and an hour, by Stockholm's clock unless another zone is written.

    Returns
    -------
    From when to when something is to be open, and whether that is a whole day: of an hour, what is
    open then or begins within ``soon_hours`` (``data/bank.toml``).

    Raises
    ------
    BadMoment : anything else.

    >>> since, until, whole_day = read_when("2026-03-03T18:00")
    >>> since.isoformat(), until.isoformat(), whole_day
    ('2026-03-03T18:00:00+01:00', '2026-03-03T20:00:00+01:00', False)
    """
    text = words.strip()
    try:
        whole_day = len(text) <= len("2026-03-03")
        found = datetime.fromisoformat(text)
    except ValueError:
        raise BadMoment(found=text[:40]) from None
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise BadMoment(found=text[:40])
    if whole_day:
        day = found.date()
        return midnight(day), midnight(day + timedelta(days=1)), True
    since = found.astimezone(STOCKHOLM) if found.tzinfo else found.replace(tzinfo=STOCKHOLM)
    return since, since + timedelta(hours=rules().soon_hours), False


@dataclass(frozen=True)
class Rules:
    """What ``data/bank.toml`` says."""

    soon_hours: int
    ahead_days: int
    themes: Mapping[str, str]
    left_out: tuple[str, ...]
    columns: Mapping[str, tuple[str, ...]]


@cache
def rules() -> Rules:
    """Return the bank's presets."""
    with (DATA / "bank.toml").open("rb") as file:
        table: dict[str, Any] = tomllib.load(file)
    return Rules(
        soon_hours=int(table["soon_hours"]),
        ahead_days=int(table["ahead_days"]),
        themes=dict(table["themes"]),
        left_out=tuple(table["left_out"]["kinds"]),
        columns={name: tuple(columns) for name, columns in table["columns"].items()},
    )


def fields_of(details: object) -> dict[str, Any]:
    """Return a record kept as JSON; an empty one where it is none."""
    try:
        found = json.loads(details) if isinstance(details, str) and details else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def said(record: Mapping[str, Any], field: str) -> str:
    """Return what a record says of a field of ``data/bank.toml``, "" where nothing."""
    known = {plain(name) for name in rules().columns[field]}
    for column, value in record.items():
        if plain(str(column)) in known and not is_unknown(value):
            return " ".join(written(value).split())
    return ""
