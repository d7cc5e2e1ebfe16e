"""Walking distance as a surface: what it is at every spot of ground near a path, as shapes.

The metres at points along all paths, and from there straight to the middle of each cell of a
lattice: the least of its nearest points' metres and the way to them, smoothed a little. It shows
where a limit runs; no figure rests on it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import geopandas as gpd
import numpy as np
import shapely
from contourpy import FillType, LineType, contour_generator
from scipy.ndimage import gaussian_filter
from scipy.spatial import cKDTree

from geo.area.model import Area
from geo.network.distances import nearest
from geo.network.walk_network import Snapped, WalkNetwork
from geo.presets import Profile
from geo.types import Floats, Ints

SPACING_M = 15.0
"""Between the points along a path."""
CELL_M = 20.0
MOST_CELLS = 400_000
"""Cells grow where a lattice would have more."""
NEAREST = 6
"""So many points near a cell are asked for the shortest walk."""
SMOOTHED_CELLS = 0.9
NEAR_M = 95.0
"""Ground farther than this from every path is not walked on: water, forest."""
SHARES = (0.5, 1.0, 1.5, 2.0)
"""Borders between classes, in limits."""


@dataclass(frozen=True, eq=False)
class Lattice:
    """The ground of an area in cells, made once: where their middles are (metres of the network),
    which points along paths are near each (``point``, cells × few) and how far they are
    (``away_m``); ``points`` lie on the network. ``ground`` is the ground near a path.
    """

    crs: str
    x: Floats
    y: Floats
    point: Ints
    away_m: Floats
    points: Snapped
    ground: gpd.GeoSeries


@dataclass(frozen=True, eq=False)
class Surface:
    """Walking metres in classes: ``within`` has one shape per border of ``cuts_m``, each inside the
    next, and ``line`` where the limit runs; in the lattice's coordinate system.
    """

    limit_m: float
    cuts_m: tuple[float, ...]
    within: gpd.GeoSeries
    line: gpd.GeoSeries


def lattice_of(network: WalkNetwork, bounds: tuple[float, float, float, float]) -> Lattice:
    """Lay a lattice over some ground: west, south, east, north in metres of the network."""
    west, south, east, north = bounds
    cell = max(CELL_M, math.sqrt((east - west) * (north - south) / MOST_CELLS))
    x = np.arange(west - 2 * cell, east + 3 * cell, cell)
    y = np.arange(south - 2 * cell, north + 3 * cell, cell)
    points, xy = along_paths(network)
    middles = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    few = min(NEAREST, len(xy))
    away, point = cKDTree(xy).query(middles, k=few)
    away, point = away.reshape(len(middles), few), point.reshape(len(middles), few)
    field = away[:, 0].reshape(len(y), len(x))
    return Lattice(
        crs=network.crs,
        x=x,
        y=y,
        point=point.astype(np.int64),
        away_m=away,
        points=points,
        ground=_within(x, y, gaussian_filter(field, SMOOTHED_CELLS), NEAR_M, network.crs),
    )


def lattice(area: Area) -> Lattice:
    """Lay a lattice over an area; once while its paths and its boundary stay."""
    return area.once(("lattice",), ("network", "boundary"), lambda: _lattice_over(area))


def _lattice_over(area: Area) -> Lattice:
    west, south, east, north = (float(side) for side in area.metric_boundary.bounds)
    if not math.isfinite(west):
        west, south, east, north = (float(s) for s in shapely.total_bounds(area.network.geometry))
    return lattice_of(area.network, (west, south, east, north))


def along_paths(network: WalkNetwork) -> tuple[Snapped, Floats]:
    """Return points along every path, its ends among them, and their coordinates (points × 2)."""
    steps = np.maximum(1, np.ceil(network.edge_m / SPACING_M)).astype(np.int64)
    edge = np.repeat(np.arange(network.edges), steps + 1)
    first = np.repeat(np.cumsum(steps + 1) - (steps + 1), steps + 1)
    share = (np.arange(len(edge)) - first) / steps[edge]
    offset = share * network.edge_m[edge]
    spots = shapely.line_interpolate_point(network.geometry[edge], offset)
    return Snapped(edge, offset, np.zeros(len(edge))), shapely.get_coordinates(spots)


def surface(
    of: Lattice,
    network: WalkNetwork,
    places: Snapped,
    limit_m: float,
    *,
    profile: Profile | None = None,
) -> Surface:
    """Return walking metres to the nearest of some places, in classes about a limit."""
    metres = nearest(network, of.points, places, profile=profile).metres[:, 0]
    return classed(of, metres, [share * limit_m for share in SHARES], limit_m)


def classed(of: Lattice, metres: Floats, cuts_m: Sequence[float], limit_m: float) -> Surface:
    """Return metres at the lattice's points as shapes; ``cuts_m`` ascend."""
    most = 2.0 * max(cuts_m)  # unreachable, or so far that it makes no difference
    walked = np.minimum(metres[of.point] + of.away_m, most).min(axis=1)
    field = gaussian_filter(walked.reshape(len(of.y), len(of.x)), SMOOTHED_CELLS)
    shapes = [_within(of.x, of.y, field, cut, of.crs) for cut in cuts_m]
    within = gpd.GeoSeries([shapely.MultiPolygon(list(each.values)) for each in shapes], crs=of.crs)
    drawn = contour_generator(of.x, of.y, field, line_type=LineType.Separate)
    lines = [shapely.LineString(line) for line in drawn.lines(limit_m) if len(line) > 1]
    line = gpd.GeoSeries(lines, crs=of.crs).simplify(_STRAY_M)
    return Surface(limit_m, tuple(cuts_m), within, line)


_STRAY_M = 2.5


def _within(x: Floats, y: Floats, field: Floats, most: float, crs: str) -> gpd.GeoSeries:
    """Return where a field is at most so much, as polygons."""
    made = contour_generator(x, y, field, fill_type=FillType.OuterOffset)
    lowest = min(float(field.min()), most) - 1.0
    polygons = []
    for points, offsets in zip(*made.filled(lowest, most), strict=True):
        rings = [points[a:b] for a, b in pairwise(offsets)]
        polygons.append(shapely.Polygon(rings[0], rings[1:]))
    return gpd.GeoSeries(polygons, crs=crs).simplify(_STRAY_M)
