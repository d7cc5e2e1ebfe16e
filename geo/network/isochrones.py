"""What can truly be walked to within limits, as shapes: reached paths cut at the limit, with the
ground beside them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import geopandas as gpd
import numpy as np
import shapely

from geo.errors import BadLimit
from geo.network.kernels.outline import join_stretches, outline, paint
from geo.network.kernels.route import metres_within, stretches_from
from geo.network.search import Points
from geo.network.walk_network import Snapped, WalkNetwork
from geo.presets import Profile
from geo.types import Bools, Floats, Ints

FRONTAGE_M = 25.0
"""How far beside a reached path counts as reached: the doors along it. Ground farther from every
path is a hole, and water or a motorway is never crossed but by a path that crosses it."""
CELL_M = 5.0
"""Side of the raster's cells: the area is within 1 % of the exact one (see the tests)."""
MOST_CELLS = 16_000_000
"""Cells grow where the raster would hold more than this (128 MB)."""


@dataclass(frozen=True, eq=False)
class Reached:
    """The stretches of path within a limit: disjoint, ``low_m`` to ``high_m`` along ``edge``."""

    edge: Ints
    low_m: Floats
    high_m: Floats

    @property
    def metres(self) -> float:
        """Length of path reached."""
        return float((self.high_m - self.low_m).sum())


def isochrones(
    network: WalkNetwork,
    places: Points,
    *,
    limits_m: Sequence[float],
    profile: Profile | None = None,
) -> gpd.GeoDataFrame:
    """Return what can be walked to from the nearest of some places, one shape a limit.

    Parameters
    ----------
    places : points in any coordinate system, or snapped; those off every path reach nothing.
    limits_m : metres, ascending.

    Returns
    -------
    GeoDataFrame in the network's coordinate system (metres), one row per limit in the order given:
    ``limit_m``, ``path_m`` (length of path within the limit, each metre once) and a MultiPolygon,
    empty where no path is reached. A shape covers every shape of a smaller limit of the same call.

    Raises
    ------
    BadLimit : no limit, or one that is not above zero; BadLimit ``limits_unordered`` : they do not
    ascend.

    Examples
    --------
    >>> from geo import isochrones, open_area
    >>> area = open_area("demo")
    >>> shapes = isochrones(area.network, area.places_of("library").geometry, limits_m=[400, 800])
    >>> shapes["limit_m"].tolist(), bool(shapes.geometry[1].covers(shapes.geometry[0]))
    ([400.0, 800.0], True)
    """
    limits = checked_limits(limits_m)
    walk = _walk(network, places, limits[-1], profile)
    reached = [_reached(walk, limit) for limit in limits]
    shapes = _shapes(network, reached, _around(network, walk.start, limits[-1]))
    # Sums of the same stretches may differ in their last bit; a larger limit never reaches less.
    path_m = np.maximum.accumulate([part.metres for part in reached])
    columns = {"limit_m": limits, "path_m": path_m}
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=network.crs)


def checked_limits(limits_m: Sequence[float]) -> list[float]:
    """Return limits as numbers, or raise ``BadLimit`` (``limits_unordered``): they must be above
    zero, and ascend.

    >>> checked_limits([400, 800])
    [400.0, 800.0]
    """
    try:
        limits = [float(limit) for limit in limits_m]
    except (TypeError, ValueError):
        raise BadLimit(found=_listed(limits_m)) from None
    if not limits or not all(math.isfinite(limit) and limit > 0 for limit in limits):
        raise BadLimit(found=_listed(limits_m))
    if any(larger <= smaller for smaller, larger in pairwise(limits)):
        raise BadLimit("limits_unordered", found=_listed(limits_m))
    return limits


def _listed(limits_m: Sequence[object]) -> str:
    return ", ".join(f"{x:g}" if isinstance(x, int | float) else str(x) for x in limits_m)


@dataclass(frozen=True, eq=False)
class _Walk:
    """A search from some places: metres to each node, the nodes it came to, and where it began."""

    network: WalkNetwork
    allowed: Bools
    start: Snapped
    node_m: Floats
    nodes: Ints


def _walk(network: WalkNetwork, places: Points, limit_m: float, profile: Profile | None) -> _Walk:
    start = places if isinstance(places, Snapped) else network.snap(places, profile)
    who = np.flatnonzero(start.edge >= 0)
    edge = start.edge[who]
    ends = np.concatenate([network.edge_u[edge], network.edge_v[edge]])
    to_u = start.stretch_m[who] + start.offset_m[who]
    to_v = start.stretch_m[who] + (network.edge_m[edge] - start.offset_m[who])
    seeds_m = np.concatenate([to_u, to_v])
    view = network.walkable(profile)
    found = metres_within(*network.star, network.edge_m, view.through, ends, seeds_m, limit_m)
    return _Walk(network, view.allowed, start, *found)


def _reached(walk: _Walk, limit_m: float) -> Reached:
    """Return the stretches of each edge that are reached: from its ends, and from places that lie
    on it.
    """
    network, start = walk.network, walk.start
    edge, low, high = stretches_from(
        *network.star,
        network.edge_u,
        network.edge_m,
        walk.allowed,
        walk.node_m,
        walk.nodes,
        limit_m,
    )
    own = np.flatnonzero((start.edge >= 0) & (start.stretch_m < limit_m))
    own_edge, at = start.edge[own], start.offset_m[own]
    left = limit_m - start.stretch_m[own]
    edge = np.concatenate([edge, own_edge])
    low = np.concatenate([low, np.maximum(0.0, at - left)])
    high = np.concatenate([high, np.minimum(network.edge_m[own_edge], at + left)])
    order = np.lexsort((low, edge))
    return Reached(*join_stretches(edge[order], low[order], high[order]))


def _around(network: WalkNetwork, start: Snapped, limit_m: float) -> Floats:
    """Return the box (2 × 2: low, high) that a limit cannot leave: no path is shorter than a
    straight line.
    """
    own = np.flatnonzero(start.edge >= 0)
    met = shapely.line_interpolate_point(network.geometry[start.edge[own]], start.offset_m[own])
    xy = shapely.get_coordinates(met) if len(own) else np.zeros((1, 2))
    return np.array([xy.min(axis=0) - limit_m, xy.max(axis=0) + limit_m])


def _shapes(
    network: WalkNetwork, reached: list[Reached], around: Floats
) -> list[shapely.MultiPolygon]:
    """Paint stretches on one raster, limit after limit, and trace the outline of each."""
    touched = np.unique(reached[-1].edge)
    if not len(touched):
        return [shapely.MultiPolygon() for _ in reached]
    xy, owner = shapely.get_coordinates(network.geometry[touched], return_index=True)
    first = np.searchsorted(owner, np.arange(len(touched) + 1))
    low, high = np.maximum(xy.min(axis=0), around[0]), np.minimum(xy.max(axis=0), around[1])
    west, south, cell, field = _raster(low - FRONTAGE_M, high + FRONTAGE_M)
    shapes = []
    for part in reached:
        line = np.searchsorted(touched, part.edge)
        reach = FRONTAGE_M + cell
        paint(field, west, south, cell, reach, xy, first, line, part.low_m, part.high_m)
        points, ring = outline(field, FRONTAGE_M)
        shapes.append(_polygons(points * cell + [west, south], ring))
    return shapes


def _raster(low: Floats, high: Floats) -> tuple[float, float, float, Floats]:
    """Return west, south, cell and an empty raster over a box; corners are whole cells, so that a
    place gives the same outline whatever else is computed with it.
    """
    cell = CELL_M
    while np.prod((high - low) / cell + 5) > MOST_CELLS:
        cell *= 2
    corner = np.floor(low / cell) - 2
    columns, rows = (np.ceil(high / cell) - corner).astype(int) + 3
    field = np.full((rows, columns), (FRONTAGE_M + 2 * cell) ** 2)
    return float(corner[0] * cell), float(corner[1] * cell), cell, field


def _polygons(xy: Floats, first: Ints) -> shapely.MultiPolygon:
    """Make polygons of rings with the inside to their left: shells run against the clock."""
    if len(first) == 1:
        return shapely.MultiPolygon()
    rings = shapely.linearrings(xy, indices=np.repeat(np.arange(len(first) - 1), np.diff(first)))
    is_shell = shapely.is_ccw(rings)
    shells, holes = shapely.polygons(rings[is_shell]), rings[~is_shell]
    owner = _owners(shells, shapely.points(xy[first[:-1]][~is_shell]))
    order = np.argsort(owner, kind="stable")
    cuts = np.searchsorted(owner[order], np.arange(len(shells) + 1))
    return shapely.multipolygons(
        [
            shapely.polygons(shapely.get_exterior_ring(shell), holes=holes[order[low:high]])
            for shell, (low, high) in zip(shells, pairwise(cuts), strict=True)
        ]
    )


def _owners(shells: np.ndarray, inside: np.ndarray) -> Ints:
    """Return the smallest shell round each point."""
    hit, shell = shapely.STRtree(shells).query(inside)
    several = np.bincount(hit, minlength=len(inside))[hit] > 1
    keep = ~several
    if several.any():
        shapely.prepare(shells)
        keep[several] = shapely.contains(shells[shell[several]], inside[hit[several]])
    hit, shell = hit[keep], shell[keep]
    owner = np.full(len(inside), -1, dtype=np.int64)
    largest_first = np.argsort(-shapely.area(shells[shell]), kind="stable")
    owner[hit[largest_first]] = shell[largest_first]
    return owner
