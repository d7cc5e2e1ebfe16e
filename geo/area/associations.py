"""Associations: what they do, in which languages, whom they can match with newcomers, and which
places they use, read from places' records.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

from geo import presets
from geo.area import languages
from geo.area.activities.derived import Places, activities_of
from geo.area.activities.model import Activity
from geo.area.record_fields import place_fields
from geo.cells import plain, to_number, written
from geo.resources import DATA

if TYPE_CHECKING:
    from geo.area.model import Area


ASSOCIATION = "association"
_NO = {plain(word) for word in ("nej", "no", "false", "0")}


@dataclass(frozen=True)
class Association:
    """An association of an area; what its record does not report is None, "" or ().

    ``place``: the id of its own place. ``mentors_per_year`` and ``buddies_per_year``: newcomers (or
    families) it can match in a year; ``seats_per_year``: those it has a place for. ``uses``: ids of
    places it uses beside its own; ``uses_elsewhere``: those it names that are not found in the
    area. ``runs``: the activities that name it as an organiser, and those at its own place that
    name none.
    """

    place: str
    name: str
    does: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    mentors_per_year: int | None = None
    buddies_per_year: int | None = None
    seats_per_year: int | None = None
    uses: tuple[str, ...] = ()
    uses_elsewhere: tuple[str, ...] = ()
    runs: tuple[Activity, ...] = ()
    contact: str = ""
    source: str = ""
    confirmed: date | None = None
    demonstration: bool = False

    @property
    def matches_per_year(self) -> int | None:
        """Return mentors and buddies per year together; None where neither is known."""
        known = [
            count for count in (self.mentors_per_year, self.buddies_per_year) if count is not None
        ]
        return sum(known) if known else None


def associations_of(area: Area) -> tuple[Association, ...]:
    """Return the associations of an area, in the order of its places."""
    return _placed(area, activities_of(area))


def organisations_of(area: Area) -> tuple[Association, ...]:
    """Return the associations of an area, those with a point first, then those without."""
    activities = activities_of(area)
    waiting = (
        of_record(area.row_of_unplaced(each), activities) for each in area.unplaced_of(ASSOCIATION)
    )
    return (*_placed(area, activities), *waiting)


def of_record(row: Mapping[Any, Any], activities: Sequence[Activity] = ()) -> Association:
    """Return what a record reports as an association does, of whatever kind it is: of one without a
    point, or a course. ``activities``: those among which it may run some.
    """
    return _of_place(row, None, activities)


def is_municipal(kind: str, details: str) -> bool:
    """Return whether a record serves a whole municipality, so that nobody lacks it for living
    beyond a walking limit.

    >>> is_municipal("job_centre", ""), is_municipal("library", "")
    (True, False)
    >>> is_municipal("association", '{"inriktning": "matchar nyanlända med mentorer"}')
    True
    >>> is_municipal("adult_education", '{"nås till fots": "ja"}')
    False
    """
    record = {plain(key): written(value) for key, value in place_fields(details).items()}
    walked, serves = plain(_said(record, "walked_to")), plain(_said(record, "serves"))
    if walked:
        return walked in _NO
    if serves:
        return any(plain(word) in serves for word in _table()["municipal"]["serves"])
    known = presets.kinds().get(kind)
    if known is not None and not known.walked_to:
        return True
    if kind != ASSOCIATION:
        return False
    told = any(_said(record, name) for name in ("mentors_per_year", "buddies_per_year"))
    does = plain(_said(record, "does"))
    return told or any(plain(word) in does for word in _table()["municipal"]["does"])


def _placed(area: Area, activities: Sequence[Activity]) -> tuple[Association, ...]:
    places = Places(area.places)
    return tuple(
        _of_place(row, places, activities)
        for row in area.places_of(ASSOCIATION).drop(columns="geometry").to_dict("records")
    )


def _of_place(
    row: Mapping[Any, Any], places: Places | None, activities: Sequence[Activity]
) -> Association:
    record = {plain(key): written(value) for key, value in place_fields(row["details"]).items()}
    own, name = str(row["id"]), str(row["name"])
    runs = tuple(each for each in activities if _is_run_by(each, own, plain(name)))
    uses = _listed(_said(record, "uses"))
    named = [(text, places.find(text).id if places else "") for text in uses]
    used = [found for _, found in named if found] + [each.place for each in runs]
    return Association(
        place=own,
        name=name,
        does=_listed(_said(record, "does")),
        languages=languages.known_in(_said(record, "languages")),
        mentors_per_year=_count(_said(record, "mentors_per_year")),
        buddies_per_year=_count(_said(record, "buddies_per_year")),
        seats_per_year=_count(_said(record, "seats_per_year")),
        uses=tuple(dict.fromkeys(place for place in used if place != own)),
        uses_elsewhere=tuple(text for text, found in named if not found),
        runs=runs,
        contact=_said(record, "contact"),
        source=str(row["source"]),
        confirmed=_day(_said(record, "confirmed")),
        demonstration=bool(row["demonstration"]),
    )


def _is_run_by(activity: Activity, place: str, name: str) -> bool:
    if activity.organisers:
        return bool(name) and name in map(plain, activity.organisers)
    return activity.place == place and not activity.visiting


def _said(record: Mapping[str, str], field: str) -> str:
    return next((record[name] for name in _columns()[field] if record.get(name)), "")


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in re.split(r"[;|]|,\s", text) if part.strip())


def _count(text: str) -> int | None:
    number = to_number(text)
    return int(number) if number is not None and number >= 0 else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


@cache
def _columns() -> dict[str, tuple[str, ...]]:
    rows: dict[str, list[str]] = _table()["columns"]
    return {field: tuple(map(plain, names)) for field, names in rows.items()}


@cache
def _table() -> dict[str, Any]:
    with (DATA / "associations.toml").open("rb") as file:
        return tomllib.load(file)
