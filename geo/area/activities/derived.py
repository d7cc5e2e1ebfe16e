"""The activities of an area: those of its table, and those that its places are by their kind. Also
finds places by what a file calls them: their id, or else their name.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import shapely

from geo import presets
from geo.area import languages
from geo.area.activities.model import Activity, Times, kind_of_place
from geo.area.activities.occurrences import ALWAYS, weekly_rule
from geo.area.activities.table import from_table
from geo.area.opening_hours import hours_text, weekly
from geo.area.protected import in_the_open
from geo.area.record_fields import place_fields
from geo.cells import plain, to_number, written

if TYPE_CHECKING:
    from geo.area.model import Area


ONE_HOUSE_M = 150.0
"""Places of one name within so many metres of each other are taken as one house."""
_STOPS = ("station",)
_DEGREE_M = 111_200.0
DERIVED = "place:"
"""What the id of an activity that is a place itself begins with."""
_ALWAYS_OPEN = "24/7"
_DAY_MINUTES = 24 * 60
_LANGUAGES = ("languages", "språk", "sprak", "language")
_ORGANISERS = ("organisers", "organiser", "arrangör", "arrangörer", "operator", "huvudman")
_CONFIRMED = ("confirmed", "bekräftad", "checkdate", "updated", "uppdaterad")
_SEATS = ("seats", "capacity", "kapacitet", "antalplatser")
_CONTACT = ("contact", "kontakt", "phone", "telefon", "contactphone", "email", "epost")


def activities_of(area: Area) -> tuple[Activity, ...]:
    """Return what happens in an area: its table's activities, and one for each place of a kind that
    is an activity itself (a library, a language café), with its opening hours where they are known.

    Such a place has none of its own where the table already has the hours of its own activity of
    that kind: what visits its desk does not count as that. Activities of places that are not in the
    area are left out. The derived have ids as ``place:<place id>`` and are confirmed on the date of
    their record or, where that has none, of their source.
    """
    there = set(area.places["id"])
    listed = tuple(each for each in from_table(area.activities) if each.place in there)
    told = {(each.place, each.kind) for each in listed if not each.visiting}
    dated = {(each.part, each.title): each.date for each in area.sources}
    kinds = [kind_of_place(str(kind)) for kind in area.places["kind"]]
    here = area.places.drop(columns="geometry")[[bool(kind) for kind in kinds]]
    derived = tuple(
        _of_place(row, kind, _dated(row, dated))
        for row, kind in zip(here.to_dict("records"), filter(None, kinds), strict=True)
        if (row["id"], kind) not in told
    )
    return listed + derived


@lru_cache(maxsize=4096)
def opening_times(text: str) -> tuple[Times, ...] | None:
    """Return opening hours as people write them as recurring times; None where unknown.

    Hours the same on several days are one rule. Closed on public holidays, unless always open.

    >>> [(each.rrule, str(each.start)) for each in opening_times("mån-tis 10-19; lör 11-15")]
    [('FREQ=WEEKLY;BYDAY=MO,TU', '10:00:00'), ('FREQ=WEEKLY;BYDAY=SA', '11:00:00')]
    """
    week = weekly(text)
    if week is None:
        return None
    by_hours: dict[tuple[int, int], list[int]] = {}
    for day, start, end in week:
        by_hours.setdefault((start, end), []).append(day)
    return tuple(
        Times(
            weekly_rule(tuple(days)),
            ALWAYS,
            _clock(start),
            _clock(end),
            holidays=_ALWAYS_OPEN in text,
        )
        for (start, end), days in by_hours.items()
    )


def _of_place(row: Mapping[Any, Any], kind: str, dated: str) -> Activity:
    record = {plain(key): value for key, value in place_fields(row["details"]).items()}
    seats = to_number(_said(record, _SEATS))
    return Activity(
        id=f"{DERIVED}{row['id']}",
        place=str(row["id"]),
        kind=kind,
        name=str(row["name"]),
        times=opening_times(hours_text(record)),
        organisers=tuple(
            filter(None, (part.strip() for part in _said(record, _ORGANISERS).split(";")))
        ),
        languages=languages.known_in(_said(record, _LANGUAGES)),
        seats=int(seats) if seats is not None and seats >= 0 else None,
        contact=_said(record, _CONTACT),
        source=str(row["source"]),
        confirmed=_day(_said(record, _CONFIRMED)) or _day(dated),
        demonstration=bool(row["demonstration"]),
    )


def _dated(row: Mapping[Any, Any], dated: Mapping[tuple[str, str], str]) -> str:
    """Return the date of the source a place came from, "" where it has none."""
    title = str(row["source"])
    return dated.get((str(row["kind"]), title)) or dated.get(("places", title), "")


def _said(record: Mapping[str, Any], names: tuple[str, ...]) -> str:
    found = (written(record.get(name)) for name in names)
    return next((text for text in found if text), "")


def _clock(minute: int) -> time:
    return time(*divmod(minute % _DAY_MINUTES, 60))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


@dataclass(frozen=True)
class Found:
    """The place a text means; "" where none does or several do, which ``names`` then lists."""

    id: str = ""
    names: tuple[str, ...] = ()


class Places:
    """The places of an area that may be found by name: no protected housing is among them."""

    def __init__(self, places: gpd.GeoDataFrame) -> None:
        there = in_the_open(places)
        ids, names = ([str(cell) for cell in there[column]] for column in ("id", "name"))
        kinds = [str(cell) for cell in there["kind"]]
        self.kinds = dict(zip(ids, kinds, strict=True))
        self.names = dict(zip(ids, names, strict=True))
        self._where = dict(zip(ids, there.geometry, strict=True))
        self._exact: dict[str, list[str]] = {}
        self._plain: dict[str, list[str]] = {}
        for place, name in self.names.items():
            self._exact.setdefault(name, []).append(place)
            self._plain.setdefault(plain(name), []).append(place)

    def find(self, text: str) -> Found:
        """Return the place with an id, else with a name: as written before without case, spaces and
        punctuation.
        """
        wanted = text.strip()
        if wanted in self.names:
            return Found(wanted)
        key = plain(wanted)
        hits = self._exact.get(wanted) or (self._plain.get(key, []) if key else [])
        house = self._one_house(hits)
        if house:
            return Found(house)
        return Found("", tuple(f"{self.names[hit]} ({hit})" for hit in hits))

    def _one_house(self, hits: list[str]) -> str:
        """Return the place that several of one name are: no stop, as nothing is held there, and the
        others of different kinds in one house; the first in the order of kinds. "" where they are
        several.
        """
        rooms = [hit for hit in hits if self.kinds[hit] not in _STOPS] or hits
        order = list(presets.kinds())
        rooms.sort(key=lambda hit: (order.index(self.kinds[hit]), hit))
        if not rooms or len({self.kinds[hit] for hit in rooms}) < len(rooms):
            return ""
        first = self._where[rooms[0]]
        apart = any(_metres(first, self._where[hit]) > ONE_HOUSE_M for hit in rooms[1:])
        return "" if apart else rooms[0]


def _metres(one: shapely.Point, other: shapely.Point) -> float:
    """Return roughly how far two points (WGS84) are from each other, in metres."""
    north = (one.y - other.y) * _DEGREE_M
    east = (one.x - other.x) * _DEGREE_M * math.cos(math.radians(one.y))
    return math.hypot(north, east)
