"""Walking distances between points, door to door along paths. Knows the network and nothing of what
the points are.

One rule, stated beside every figure: a point meets the network at the nearest point of an edge in
the main component; the stretch there counts; two points on one edge are as far apart as the edge
says; unreachable is ``inf``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeAlias

import geopandas as gpd
import numpy as np
import shapely
import shapely.ops
from scipy.sparse import csr_array

from geo import kernels
from geo.errors import BadLimit
from geo.network import Floats, Ints, Snapped, WalkNetwork
from geo.presets import Profile

Points: TypeAlias = gpd.GeoSeries | Snapped


@dataclass(frozen=True, eq=False)
class Nearest:
    """The nearest places of each origin: ``place`` (origins, k), -1 for none; ``metres`` (origins,
    k), ``inf`` for none.
    """

    place: Ints
    metres: Floats


def nearest(
    network: WalkNetwork,
    origins: Points,
    places: Points,
    *,
    k: int = 1,
    within_m: float = math.inf,
    profile: Profile | None = None,
) -> Nearest:
    """Find the ``k`` nearest places of each origin in walking metres; equal distances go to the
    earlier place.

    One search from all places at once answers every origin, however many there are.

    Raises
    ------
    BadLimit : ``within_m`` is not above zero, or ``k`` below one.
    """
    _check(within_m, k)
    start, goal = _snapped(network, origins, profile), _snapped(network, places, profile)
    seed_node, seed_m, seed_place = _seeds(network, goal)
    node_m, node_place = kernels.nearest_per_node(
        *network.star,
        network.edge_m,
        network.walkable(profile).allowed,
        seed_node,
        seed_m,
        seed_place,
        k,
        within_m,
    )
    metres, place = kernels.nearest_per_point(
        node_m,
        node_place,
        network.edge_u,
        network.edge_v,
        network.edge_m,
        start.edge,
        start.offset_m,
        start.stretch_m,
        *_by_edge(network, goal),
        goal.offset_m,
        goal.stretch_m,
        within_m,
    )
    return Nearest(place, metres)


def within(
    network: WalkNetwork,
    origins: Points,
    destinations: Points,
    *,
    within_m: float,
    profile: Profile | None = None,
) -> csr_array:
    """Return metres between all pairs in reach, as a sparse matrix (origins × destinations); zeros
    are kept.

    Searches from the smaller side; memory follows the pairs found, never origins × destinations.
    """
    _check(within_m)
    start, goal = _snapped(network, origins, profile), _snapped(network, destinations, profile)
    shape = (len(start), len(goal))
    swap = len(goal) < len(start)
    if swap:
        start, goal = goal, start
    row_start, column, metres = kernels.pairs_within(
        *network.star,
        network.edge_m,
        network.walkable(profile).allowed,
        network.edge_u,
        network.edge_v,
        start.edge,
        start.offset_m,
        start.stretch_m,
        *_by_edge(network, goal),
        goal.offset_m,
        goal.stretch_m,
        within_m,
    )
    matrix = csr_array((metres, column, row_start), shape=shape[::-1] if swap else shape)
    if swap:
        matrix = matrix.T.tocsr()
    matrix.sort_indices()
    return matrix


def reached_paths(
    network: WalkNetwork, origin: Points, *, limit_m: float, profile: Profile | None = None
) -> gpd.GeoSeries:
    """Return the stretches of path within ``limit_m`` of one point, cut where the limit is met
    (metric coordinates).
    """
    _check(limit_m)
    start = _snapped(network, origin, profile)
    node, metres, _ = _seeds(network, start)
    allowed = network.walkable(profile).allowed
    node_m = kernels.search_from(*network.star, network.edge_m, allowed, node, metres, limit_m)
    left_u, left_v = (
        np.where(np.isfinite(from_m), np.clip(limit_m - from_m, 0, network.edge_m), 0.0)
        for from_m in (node_m[network.edge_u], node_m[network.edge_v])
    )
    own = np.isin(np.arange(network.edges), start.edge)
    whole = allowed & ~own & (left_u + left_v >= network.edge_m)
    pieces = [network.geometry[whole]]
    for left, backwards in ((left_u, False), (left_v, True)):
        part = np.flatnonzero(allowed & ~own & ~whole & (left > 0))
        lines = shapely.reverse(network.geometry[part]) if backwards else network.geometry[part]
        pieces.append(_cut(lines, left[part]))
    pieces.append(_own_edges(network, start, limit_m, left_u, left_v))
    return gpd.GeoSeries(np.concatenate(pieces), crs=network.crs)


def _own_edges(
    network: WalkNetwork, start: Snapped, limit_m: float, left_u: Floats, left_v: Floats
) -> np.ndarray:
    """Return what is reached of the points' own edges: straight along them, or back in by either
    end; each metre once.
    """
    pieces = []
    for edge in np.unique(start.edge[start.edge >= 0]):
        length = network.edge_m[edge]
        parts = [(0.0, left_u[edge]), (length - left_v[edge], length)]
        for point in np.flatnonzero(start.edge == edge):
            far = max(0.0, limit_m - start.stretch_m[point])
            at = start.offset_m[point]
            parts.append((max(0.0, at - far), min(length, at + far)))
        pieces += [
            shapely.ops.substring(network.geometry[edge], low, high) for low, high in _union(parts)
        ]
    return np.array([piece for piece in pieces if piece.geom_type == "LineString"], dtype=object)


def _union(parts: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Join intervals that touch or overlap; leave out those without length."""
    joined: list[tuple[float, float]] = []
    for low, high in sorted(parts):
        if high <= low:
            continue
        if joined and low <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], high))
        else:
            joined.append((low, high))
    return joined


def _cut(lines: np.ndarray, length_m: Floats) -> np.ndarray:
    """Keep the first ``length_m`` metres of each line."""
    cut = [
        shapely.ops.substring(line, 0, metres) for line, metres in zip(lines, length_m, strict=True)
    ]
    return np.array([line for line in cut if line.geom_type == "LineString"], dtype=object)


def _check(within_m: float, k: int = 1) -> None:
    if math.isnan(within_m) or within_m <= 0:
        raise BadLimit(found=str(within_m))
    if k < 1:
        raise BadLimit(found=str(k))


def _snapped(network: WalkNetwork, points: Points, profile: Profile | None) -> Snapped:
    return points if isinstance(points, Snapped) else network.snap(points, profile)


def _seeds(network: WalkNetwork, goal: Snapped) -> tuple[Ints, Floats, Ints]:
    """Return the two ends of each reachable place's edge, with metres from there, and whose they
    are.
    """
    who = np.flatnonzero(goal.edge >= 0)
    edge = goal.edge[who]
    to_u = goal.stretch_m[who] + goal.offset_m[who]
    to_v = goal.stretch_m[who] + (network.edge_m[edge] - goal.offset_m[who])
    node = np.concatenate([network.edge_u[edge], network.edge_v[edge]])
    return node, np.concatenate([to_u, to_v]), np.concatenate([who, who])


def _by_edge(network: WalkNetwork, points: Snapped) -> tuple[Ints, Ints]:
    """Group points by their edge: ``first`` (edges + 1) into ``points`` (reachable ones, in edge
    order).
    """
    who = np.flatnonzero(points.edge >= 0)
    order = who[np.argsort(points.edge[who], kind="stable")]
    first = np.zeros(network.edges + 1, dtype=np.int64)
    np.cumsum(np.bincount(points.edge[who], minlength=network.edges), out=first[1:])
    return first, order
