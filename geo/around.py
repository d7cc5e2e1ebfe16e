"""What lies around one point on foot: how far one gets, the nearest place of each kind, and the way
there. Knows the area, and no screen.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely

from geo import presets
from geo.area.model import Area
from geo.errors import BadPoint, PointOffPaths, PointSwapped
from geo.network.distances import within
from geo.network.isochrones import checked_limits, isochrones
from geo.network.routes import Route, route
from geo.network.walk_network import MAX_SNAP_M, Snapped
from geo.presets import Profile
from geo.types import WGS84

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

    ``shapes`` has a row a limit, ascending, in the network's metres: ``limit_m``, ``minutes``,
    ``path_m``, ``km2`` and a MultiPolygon. ``nearest`` has one entry a kind the area has.
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
    BadPoint : not a position; PointSwapped : in the area if read the other way round;
    PointOffPaths : no path within 300 m of it.
    BadLimit : a limit is not above zero; LimitsUnordered : they do not ascend.
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
    """Bring a point (WGS84) to the area's paths, or say why that can not be done."""
    if not (math.isfinite(lon) and math.isfinite(lat) and abs(lon) <= 180 and abs(lat) <= 180):
        raise BadPoint(found=_written(lon, lat))
    start = (
        area.network.snap(_point(lon, lat), walker) if abs(lat) <= 90 else None
    )  # beyond a pole nothing can be measured
    if start is not None and start.edge[0] >= 0:
        return start
    if abs(lon) <= 90 and area.network.snap(_point(lat, lon), walker).edge[0] >= 0:
        raise PointSwapped(found=_written(lon, lat), proposal=_written(lat, lon))
    if start is None:
        raise BadPoint(found=_written(lon, lat))
    raise PointOffPaths(found=_written(lon, lat), limit=MAX_SNAP_M)


def read_point(words: str) -> tuple[float, float]:
    """Read a position as a person writes it: longitude, then latitude.

    >>> read_point("17.83, 59.36")
    (17.83, 59.36)
    """
    parts = [part for part in re.split(r"[,;\s]+", words.strip()) if part]
    try:
        lon, lat = (float(part) for part in parts)
    except ValueError:
        raise BadPoint(found=words) from None
    if not (math.isfinite(lon) and math.isfinite(lat)):
        raise BadPoint(found=words)
    return lon, lat


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
