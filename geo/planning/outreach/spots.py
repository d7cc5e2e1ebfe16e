"""Where outreach may go: each transitional housing, and each statistical area with residents (each
district, where the area has no smaller ones).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from geo import presets, texts
from geo.access.meeting.language import Spoken, spoken_at
from geo.access.meeting.supply import homes, without_few
from geo.area.model import Area
from geo.area.newcomers import Newcomers, Part, newcomers_of
from geo.area.people import HOUSING, RESIDENTS
from geo.area.protected import in_the_open, is_restricted
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
    rest. ``near`` are the names of one or two known places by which a statistical area is called,
    whose own name is a code.
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
    near: tuple[str, ...] = ()

    @property
    def is_home(self) -> bool:
        """Whether it is a housing."""
        return self.kind == HOMES


def spots_of(area: Area, question: OutreachQuestion) -> tuple[Spot, ...]:
    """Return all spots of an area: housing first, then areas in the order of ``area.people``."""
    areas = _areas(area, question.meeting.group)
    return (*_homes(area, question.meeting.when or WHEN), *_called_by_name(area, areas))


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


CODE = re.compile(r"[0-9A-Z_.:-]*[0-9][0-9A-Z_.:-]*")
"""A statistical area's own code, as ``0180C5670``: a name has small letters."""
LANDMARKS = 6
"""So many of the nearest places an area may be called by."""


def _called_by_name(area: Area, spots: tuple[Spot, ...]) -> Iterator[Spot]:
    """Yield areas whose name is a code with the places they are called by: the nearest known one
    for the area it is nearest to, two for another area it is nearest to as well, so that no two
    are called the same.
    """
    open_ = in_the_open(area.places)
    open_ = open_[(open_["kind"] != HOUSING) & (open_["name"].astype(str).str.strip() != "")]
    names = open_["name"].astype(str).str.strip().to_numpy(object)
    xy = np.column_stack([open_.geometry.x.to_numpy(float), open_.geometry.y.to_numpy(float)])
    near = {spot.id: _nearest(spot, names, xy) for spot in spots if CODE.fullmatch(spot.name)}
    taken: set[tuple[str, ...]] = set()
    called: dict[str, tuple[str, ...]] = {}
    for spot in sorted(spots, key=lambda each: (near.get(each.id, [(0.0, "")])[:1], each.id)):
        found = [name for _, name in near.get(spot.id, ())]
        choices = [*((name,) for name in found[:1]), *combinations(found, 2)]
        called[spot.id] = next((each for each in choices if each not in taken), ())
        taken.add(called[spot.id])
    yield from (replace(spot, near=called[spot.id]) for spot in spots)


def _nearest(spot: Spot, names: NDArray[np.object_], xy: Floats) -> list[tuple[float, str]]:
    """Return the nearest places with different names, with how far they are in degrees of
    latitude.
    """
    apart = (xy - [spot.lon, spot.lat]) * [np.cos(np.radians(spot.lat)), 1.0]
    far = np.hypot(apart[:, 0], apart[:, 1]).round(9)
    found: dict[str, float] = {}
    for row in np.lexsort((names.astype(str), far)):
        if str(names[row]) != spot.district:
            found.setdefault(str(names[row]), float(far[row]))
        if len(found) == LANDMARKS:
            break
    return [(metres, name) for name, metres in found.items()]


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
    """Return what to call a place in the list: never a code."""
    if spot.restricted:
        where = spot.district or texts.text("gap.outside_districts", language)
        return texts.text("outreach.restricted", language, district=where)
    if spot.is_home:
        return spot.name or _nameless(spot, language)
    where = _where(spot, language)
    if not where or where == spot.district:
        return spot.district or texts.text("gap.outside_districts", language)
    if not spot.district:
        return where[0].upper() + where[1:]
    return texts.text("outreach.unit", language, district=spot.district, where=where)


def _nameless(spot: Spot, language: str) -> str:
    """Return what to call a housing without a name: its kind and district."""
    name = presets.kind(HOUSING).name(language)
    return f"{name}, {spot.district}" if spot.district else name


def _where(spot: Spot, language: str) -> str:
    """Return where in its district an area is: by which places, or its own name."""
    if spot.near:
        key = "outreach.near" if len(spot.near) == 1 else "outreach.between"
        return texts.text(key, language, first=spot.near[0], second=spot.near[-1])
    return "" if CODE.fullmatch(spot.name) else spot.name
