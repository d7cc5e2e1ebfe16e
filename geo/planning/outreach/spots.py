"""Where outreach may go: each transitional housing, and each statistical area with residents (each
district, where the area has no smaller ones).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from geo import presets, texts
from geo.access.meeting.language import Spoken, spoken_at
from geo.access.meeting.supply import homes, without_few
from geo.area.model import Area
from geo.area.newcomers import Newcomers, Part, newcomers_of
from geo.area.people import HOUSING, RESIDENTS
from geo.area.protected import is_restricted
from geo.planning.outreach.question import AREAS, HOMES, WHEN, OutreachQuestion
from geo.types import Floats, Ints


@dataclass(frozen=True)
class Spot:
    """One place outreach may go. ``rows`` of ``area.people`` live there; ``people`` are how many of
    the group (NaN: unknown). ``lon`` and ``lat`` are the housing, or the home in the middle of the
    area. ``restricted``: protected housing, known only as a region. ``counted``: people were
    counted, ``hidden``: and are so few that no number of them is disclosed. ``place`` is a
    housing's place id. ``times`` are presets of when how many can come, where a housing's own
    record reports it; ``untold``: not of all, so that the last is the question's preset for the
    rest.
    """

    id: str
    name: str
    kind: str
    district: str
    rows: tuple[int, ...]
    lon: float
    lat: float
    people: float
    group: str
    counted: bool
    hidden: bool = False
    restricted: bool = False
    place: str = ""
    spoken: tuple[Spoken, ...] = ()
    times: tuple[Part, ...] = ()
    untold: bool = False

    @property
    def is_home(self) -> bool:
        """Whether it is a housing."""
        return self.kind == HOMES


def spots_of(area: Area, question: OutreachQuestion) -> tuple[Spot, ...]:
    """Return all spots of an area: housing first, then areas in the order of ``area.people``."""
    return (*_homes(area, question.meeting.when or WHEN), *_areas(area, question.meeting.group))


def people_of(area: Area, group: str) -> Floats:
    """Return people per row of ``area.people``: newcomers of housing, few of them as a fixed
    number, and the group's residents elsewhere; unknown counts as nobody.
    """
    origin = area.people["origin"].to_numpy(object)
    newcomers = _column(area, "newcomers")
    residents = _column(area, group)
    return np.where(
        origin == HOUSING,
        without_few(np.nan_to_num(newcomers)),
        np.where(origin == RESIDENTS, np.nan_to_num(residents), 0.0),
    )


def spot_numbers(spots: tuple[Spot, ...], rows: int) -> Ints:
    """Return the number of the spot that each row of ``area.people`` is in, -1 for none."""
    found = np.full(rows, -1, dtype=np.int64)
    for number, spot in enumerate(spots):
        found[list(spot.rows)] = number
    return found


def times_of(told: Newcomers, people: float, preset: str) -> tuple[tuple[Part, ...], bool]:
    """Return when a housing's people can come, by its own record, and whether that leaves some
    unknown: they are last, by a preset. Empty where the record reports nothing.

    Parameters
    ----------
    people : how many live there, few of them as a fixed number; so are few of a part.
    """
    parts = [
        Part(part.code, None if part.people is None else float(without_few(np.array(part.people))))
        for part in told.availability
    ]
    counts = [part.people for part in parts if part.people is not None]
    if not parts or len(counts) < len(parts) or not math.isfinite(people):
        return tuple(parts), False
    over = sum(counts) - people
    if over > 0 and sum(part.people or 0.0 for part in told.availability) <= told.people:
        # Only as few were made three: no one is in two parts.
        most = counts.index(max(counts))
        parts[most] = Part(parts[most].code, max(counts[most] - over, 0.0))
    untold = over < 0
    return (*parts, *((Part(preset, -over),) if untold else ())), untold


def _homes(area: Area, preset: str) -> tuple[Spot, ...]:
    hidden = set(area.places["id"][is_restricted(area.places)].astype(str))
    spoken = spoken_at(area)
    told = {each.place: each for each in newcomers_of(area)}
    found = []
    for home in homes(area):
        nothing = Newcomers(home.id, home.name, home.people)
        times, untold = times_of(told.get(home.id, nothing), home.people, preset)
        point = area.people.geometry.iloc[home.row]
        found.append(
            Spot(
                id=home.id,
                name=home.name,
                kind=HOMES,
                district=home.district,
                rows=(home.row,),
                lon=float(point.x),
                lat=float(point.y),
                people=home.people,
                group="newcomers",
                counted=True,
                hidden=home.hidden,
                restricted=home.id in hidden,
                place=home.id,
                spoken=spoken.get(home.id, ()),
                times=times,
                untold=untold,
            )
        )
    return tuple(found)


def _areas(area: Area, group: str) -> tuple[Spot, ...]:
    lives = np.flatnonzero((area.people["origin"] == RESIDENTS).to_numpy(bool))
    told = _column(area, presets.group(group).id)
    units, districts = (area.people[name].to_numpy(object) for name in ("unit", "district"))
    by_name: dict[str, list[int]] = {}
    for row in lives:
        by_name.setdefault(str(units[row] or districts[row] or ""), []).append(int(row))
    estimated = area.people["estimated"].to_numpy(bool)
    points = area.people.geometry
    xy = np.column_stack([points.x.to_numpy(np.float64), points.y.to_numpy(np.float64)])
    found = []
    for name, rows in by_name.items():
        weight = np.nan_to_num(told[rows])
        middle = rows[_middle(xy[rows], weight)]
        known = np.isfinite(told[rows]).any()
        where = [str(districts[row]) for row in rows if districts[row]]
        found.append(
            Spot(
                id=name or "-",
                name=name,
                kind=AREAS,
                district=max(sorted(set(where)), key=where.count) if where else "",
                rows=tuple(rows),
                lon=float(xy[middle, 0]),
                lat=float(xy[middle, 1]),
                people=float(weight.sum()) if known else float("nan"),
                group=group,
                counted=not bool(estimated[rows].any()),
            )
        )
    return tuple(found)


def _middle(xy: Floats, weight: Floats) -> int:
    """Return the row nearest the middle of where people live; metres here are near enough."""
    weight = weight if weight.sum() > 0 else np.ones(len(weight))
    mean = np.average(xy, axis=0, weights=weight)
    apart = (xy - mean) * [np.cos(np.radians(mean[1])), 1.0]
    return int((apart**2).sum(axis=1).round(14).argmin())


def _column(area: Area, group: str) -> Floats:
    if group not in area.people:
        return np.full(len(area.people), np.nan)
    return np.array(area.people[group], dtype=np.float64)


def spot_name(spot: Spot, language: str) -> str:
    """Return what to call a place in the list."""
    if spot.restricted:
        where = spot.district or texts.text("gap.outside_districts", language)
        return texts.text("outreach.restricted", language, district=where)
    if spot.is_home:
        return spot.name or spot.id
    if not spot.name:
        return texts.text("gap.outside_districts", language)
    if spot.district in ("", spot.name):
        return spot.name
    return texts.text("outreach.unit", language, unit=spot.name, district=spot.district)
