"""What lies around one point on foot: how far one gets, the nearest place of each kind, the way
there, and what is known of one place.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo import presets, privacy, texts
from geo.area import protected
from geo.area.model import Area
from geo.area.people import HOUSING
from geo.area.provenance import Source
from geo.cells import plain, to_number
from geo.errors import InputError
from geo.network.distances import reached_paths, within
from geo.network.isochrones import checked_limits, isochrones
from geo.network.routes import Route, route
from geo.network.walk_network import MAX_SNAP_M, Snapped, WalkNetwork
from geo.presets import Profile
from geo.types import WGS84, Floats

WALK_MINUTES = (5.0, 10.0, 15.0)
"""What the map shows around a clicked point: the 15-minute town, in three steps."""


@dataclass(frozen=True)
class NearestPlace:
    """The nearest place of a kind: its id (empty: none can be reached), metres and minutes."""

    kind: str
    place: str
    metres: float
    minutes: float


@dataclass(frozen=True, eq=False)
class Around:
    """What can be walked to from a point.

    ``shapes`` has a row per limit, ascending, in the network's metres: ``limit_m``, ``minutes``,
    ``path_m``, ``km2`` and a MultiPolygon. ``nearest`` has one entry per kind the area has.
    """

    lon: float
    lat: float
    profile: str
    stretch_m: float
    shapes: gpd.GeoDataFrame
    nearest: tuple[NearestPlace, ...]


@dataclass(frozen=True, eq=False)
class Way:
    """The way from a point to a place: ``route`` in metres, and its ``line`` in WGS84."""

    profile: str
    place: str
    minutes: float
    route: Route
    line: gpd.GeoSeries


def around(
    area: Area, lon: float, lat: float, *, limits_m: Sequence[float], profile: str = "adult"
) -> Around:
    """Find what can be walked to from a point (WGS84) within ascending limits.

    Raises
    ------
    InputError ``bad_point`` : not a position; InputError ``point_swapped`` : in the area if read
    the other way round;
    InputError ``point_off_paths`` : no path within 300 m of it.
    BadLimit : a limit is not above zero; BadLimit ``limits_unordered`` : they do not ascend.
    """
    limits = checked_limits(limits_m)
    walker = presets.profile(profile)
    start = placed(area, lon, lat, walker)
    shapes = isochrones(area.network, start, limits_m=limits, profile=walker)
    shapes["minutes"] = [walker.minutes(limit) for limit in limits]
    shapes["km2"] = shapes.area / 1e6
    return Around(
        lon=lon,
        lat=lat,
        profile=profile,
        stretch_m=float(start.stretch_m[0]),
        shapes=shapes,
        nearest=_nearest(area, start, walker),
    )


def limits_of(minutes: Sequence[float], profile: str) -> list[float]:
    """Return how many metres a profile walks in some minutes.

    >>> limits_of([5, 10], "adult")
    [399.0, 798.0]
    """
    pace = presets.profile(profile).metres_per_second
    return [round(60 * pace * each, 6) for each in minutes]


def way_to(area: Area, lon: float, lat: float, *, place: str, profile: str = "adult") -> Way:
    """Find the way from a point (WGS84) to one of the area's places."""
    there = area.places.geometry[area.places["id"] == place].iloc[:1]
    return _way(area, _point(lon, lat), there, place, presets.profile(profile))


def way_between(
    area: Area, a: tuple[float, float], b: tuple[float, float], *, profile: str = "adult"
) -> Way:
    """Find the way between two points (lon, lat); raises as ``around``."""
    walker = presets.profile(profile)
    for lon, lat in (a, b):
        placed(area, lon, lat, walker)
    return _way(area, _point(*a), _point(*b), "", walker)


def placed(area: Area, lon: float, lat: float, walker: Profile) -> Snapped:
    """Snap a point (WGS84) to the area's paths, or raise why that cannot be done."""
    if not (math.isfinite(lon) and math.isfinite(lat) and abs(lon) <= 180 and abs(lat) <= 180):
        raise InputError("bad_point", found=_written(lon, lat))
    start = (
        area.network.snap(_point(lon, lat), walker) if abs(lat) <= 90 else None
    )  # beyond a pole nothing can be measured
    if start is not None and start.edge[0] >= 0:
        return start
    if abs(lon) <= 90 and area.network.snap(_point(lat, lon), walker).edge[0] >= 0:
        raise InputError("point_swapped", found=_written(lon, lat), proposal=_written(lat, lon))
    if start is None:
        raise InputError("bad_point", found=_written(lon, lat))
    raise InputError("point_off_paths", found=_written(lon, lat), limit=MAX_SNAP_M)


def read_limits(words: str) -> list[float]:
    """Read ascending limits in metres as a person writes them.

    >>> read_limits("400,800")
    [400.0, 800.0]
    """
    parts = [part for part in re.split(r"[,;\s]+", words.strip()) if part]
    return checked_limits([presets.limit_m(part) for part in parts or [words]])


def _nearest(area: Area, start: Snapped, walker: Profile) -> tuple[NearestPlace, ...]:
    """Search once, to all places; equal distances go to the earlier place."""
    goals = area.snapped_places(profile=walker)
    found = within(area.network, start, goals, within_m=math.inf, profile=walker)
    metres = np.full(len(area.places), np.inf)
    metres[found.indices] = found.data
    kinds, ids = area.places["kind"].to_numpy(object), area.places["id"].to_numpy(object)
    nearest = []
    for kind in area.kinds:
        rows = np.flatnonzero(kinds == kind)
        row = rows[np.argmin(metres[rows])]
        place = str(ids[row]) if np.isfinite(metres[row]) else ""
        nearest.append(
            NearestPlace(kind, place, float(metres[row]), walker.minutes(float(metres[row])))
        )
    return tuple(nearest)


def _way(area: Area, a: gpd.GeoSeries, b: gpd.GeoSeries, place: str, walker: Profile) -> Way:
    found = route(area.network, a, b, profile=walker)
    line = gpd.GeoSeries([found.line], crs=found.crs).to_crs(WGS84)
    return Way(walker.id, place, walker.minutes(found.metres), found, line)


def _point(lon: float, lat: float) -> gpd.GeoSeries:
    return gpd.GeoSeries([shapely.Point(lon, lat)], crs=WGS84)


def _written(lon: float, lat: float) -> str:
    return f"{round(lon, 5):g},{round(lat, 5):g}"


@dataclass(frozen=True, eq=False)
class Here:
    """What can be walked to from one point.

    ``place`` are rows of ``area.places`` within the limit, nearest first, with ``metres`` and
    ``minutes``. ``people`` is how many residents live within the limit; NaN where the area has
    none. ``few``: they are counted people, and too few to disclose.
    """

    lon: float
    lat: float
    limit_m: float
    profile: str
    stretch_m: float
    place: pd.Index
    metres: Floats
    minutes: Floats
    people: float
    few: bool
    _network: WalkNetwork = field(repr=False)
    _start: Snapped = field(repr=False)

    @cached_property
    def paths(self) -> gpd.GeoSeries:
        """The stretches within ``limit_m`` (WGS84); made when first drawn."""
        walker = presets.profile(self.profile)
        found = reached_paths(self._network, self._start, limit_m=self.limit_m, profile=walker)
        return found.to_crs(WGS84)


def reach_here(
    area: Area, lon: float, lat: float, *, limit_m: float, profile: str = "adult"
) -> Here:
    """Find paths, places and people within a walking distance of a point (WGS84).

    Raises
    ------
    InputError ``bad_point``, ``point_swapped``, ``point_off_paths`` : as ``around.placed``.
    BadLimit : not a positive number of metres.
    """
    limit = presets.limit_m(limit_m)
    walker = presets.profile(profile)
    start = placed(area, lon, lat, walker)
    goals = area.snapped_places(profile=walker)
    found = within(area.network, start, goals, within_m=limit, profile=walker)
    order = np.lexsort((found.indices, found.data))
    metres = found.data[order]
    people, few = _people_within(area, start, limit, walker)
    return Here(
        lon=lon,
        lat=lat,
        limit_m=limit,
        profile=profile,
        stretch_m=float(start.stretch_m[0]),
        place=area.places.index[found.indices[order]],
        metres=metres,
        minutes=np.array([walker.minutes(each) for each in metres]),
        people=people,
        few=few,
        _network=area.network,
        _start=start,
    )


def record(area: Area, place_id: str, language: str) -> list[tuple[str, str]]:
    """Return what is known of a place as label and value: kind, address, details, source.

    Unknown is written as unknown. Values are the file's own text, not safe for HTML.
    """
    row = area.places[area.places["id"] == place_id].iloc[0]
    unknown = texts.text("source.unknown", language)

    def word(key: str) -> str:
        return texts.text(f"place.{key}", language)

    lines = [
        (word("name"), row["name"] or unknown),
        (word("kind"), presets.kind(row["kind"]).name(language)),
        (word("address"), row["address"] or unknown),
        (word("district"), row["district"] or unknown),
    ]
    details = json.loads(row["details"]) if row["details"] else {}
    if protected.SHAPE in details:
        details = {}  # what is kept of protected housing is for sums
    lines += [
        (str(key), _detail(row["kind"], key, value, language)) for key, value in details.items()
    ]
    source = source_of(area, row)
    title = row["source"] or unknown
    lines.append((word("source"), title))
    if source is not None:
        lines.append((word("licence"), source.licence or unknown))
        lines.append((word("date"), source.date or unknown))
    if row["demonstration"]:
        lines.append((word("demonstration"), texts.text("demo.invented", language)))
    return lines


def source_of(area: Area, place: pd.Series | Mapping[str, Any]) -> Source | None:
    """Return the source a place came from, if it is among the area's."""
    parts = {place["kind"], "places"}
    for source in area.sources:
        if source.part in parts and source.title == place["source"]:
            return source
    return None


def _detail(kind: str, key: str, value: object, language: str) -> str:
    """Return one detail in words; a small count of a housing's residents is suppressed."""
    if (
        kind == HOUSING
        and plain(key) in _counts()
        and privacy.is_small(to_number(value) or 0, True)
    ):
        return texts.text("gap.fewer", language, smallest=privacy.SMALLEST)
    return _value_words(value, language)


@cache
def _counts() -> frozenset[str]:
    """Return the names, as compared, that a column of a housing's people may have."""
    groups = [row for row in presets.groups().values() if row.origin == HOUSING]
    return frozenset(plain(name) for row in groups for name in (row.id, *row.columns))


def _value_words(value: object, language: str) -> str:
    if isinstance(value, float | int) and not isinstance(value, bool):
        return texts.number(value, language, 0 if float(value).is_integer() else 2)
    return str(value)


def _people_within(
    area: Area, start: object, limit_m: float, walker: presets.Profile
) -> tuple[float, bool]:
    """Return the residents within a limit, and whether they are too few to disclose."""
    if "all" not in area.groups:
        return math.nan, False
    found = within(
        area.network, start, area.snapped_people(walker), within_m=limit_m, profile=walker
    )
    here = area.count("all")[found.indices]
    estimated = area.people["estimated"].to_numpy(bool)[found.indices]
    people = float(here.sum())
    return people, privacy.is_small(people, not bool(estimated[here > 0].any()))
