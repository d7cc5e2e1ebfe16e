"""Walking distances between points, door to door along paths: to the nearest, to the k nearest, and
of all pairs in reach as sparse matrices.

One rule, shown beside every figure: a point meets the network at the nearest point of an edge in
the main component; the stretch there counts; two points on one edge are as far apart as the edge
says; unreachable is ``inf``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import shapely
import shapely.ops
from geopandas import GeoSeries
from scipy.sparse import coo_array, csr_array

from geo.errors import BadLimit
from geo.network import search as network_search
from geo.network.kernels import nearest as k_nearest_kernel
from geo.network.kernels import search as search_kernel
from geo.network.search import Points
from geo.network.walk_network import Snapped, WalkNetwork
from geo.presets import Profile
from geo.types import Floats, Ints, SmallInts

FEW = 8
"""For so few origins the walk goes out from them, while it finds enough within ``RINGS_M``."""
RINGS_M = (500.0, 1500.0, 4500.0)


@dataclass(frozen=True, eq=False)
class Nearest:
    """The nearest places of each origin: ``place`` (origins, k), -1 for none; ``metres`` (origins,
    k), ``inf`` for none.
    """

    place: SmallInts
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

    One search from all places at once answers every origin, however many there are; for a few, the
    walk goes out from them, to the same answer. With fewer than ``k`` places in reach the rest of a
    row is -1 and ``inf``.

    Raises
    ------
    BadLimit : ``within_m`` is not above zero, or ``k`` below one.
    InputError ``bad_point`` : a snapped point is on no edge of the network.

    Examples
    --------
    >>> from geo import nearest, open_area
    >>> area = open_area("demo")
    >>> preschools, libraries = (area.places_of(kind).geometry for kind in ("preschool", "library"))
    >>> found = nearest(area.network, preschools, libraries)
    >>> found.metres[:, 0].round().tolist(), found.place[:, 0].tolist()
    ([303.0, 433.0], [2, 4])
    """
    within_m = check(within_m, k)
    start = network_search.snapped(network, origins, profile)
    goal = network_search.snapped(network, places, profile)
    paths, seeds = network_search.paths(network, profile), network_search.seeds(network, goal)
    rows = min(k, max(1, len(goal)))
    if len(start) <= FEW:
        found = _of_few(network, start, goal, rows, within_m, profile)
        if found is not None:
            return _widened(found, k)
    metres, place = _blank(len(start), rows)
    with network_search.workspace(network) as lent:
        if rows == 1:
            node_m, node_place = lent.metres[:, None], lent.place[:, None]
            count = search_kernel.spread(*network_search.tools(paths, lent), 0, *seeds, within_m)
        else:
            node_m, node_place = _rows(network.nodes, rows, filled=False)
            count = k_nearest_kernel.spread_k(
                *_ranks(paths, lent, node_m, node_place), *seeds, within_m
            )
        k_nearest_kernel.nearest_per_point(
            node_m,
            node_place,
            lent.journal.marked,
            network_search.ends(network, start),
            network_search.by_edge(goal),
            within_m,
            metres,
            place,
        )
        if rows == 1:
            search_kernel.take_back(lent.journal, 0, count, lent.metres, lent.place)
        else:
            lent.journal.marked[lent.journal.node[:count]] = False
    return _widened(Nearest(place, metres), k)


def nearest_nodes(
    network: WalkNetwork,
    places: Points,
    *,
    k: int = 1,
    within_m: float = math.inf,
    profile: Profile | None = None,
) -> Nearest:
    """Find the ``k`` nearest places of every node of the network: rows are nodes; else as
    ``nearest``.
    """
    within_m = check(within_m, k)
    goal = network_search.snapped(network, places, profile)
    paths, seeds = network_search.paths(network, profile), network_search.seeds(network, goal)
    rows = min(k, max(1, len(goal)))
    metres, place = _rows(network.nodes, rows, filled=True)
    with network_search.workspace(network) as lent:
        if rows == 1:
            own = replace(lent, metres=metres[:, 0], place=place[:, 0])
            count = search_kernel.spread(*network_search.tools(paths, own), 0, *seeds, within_m)
        else:
            count = k_nearest_kernel.spread_k(*_ranks(paths, lent, metres, place), *seeds, within_m)
        lent.journal.marked[lent.journal.node[:count]] = False
    return _widened(Nearest(place, metres), k)


def reached_nodes(
    network: WalkNetwork, places: Points, *, limit_m: float, profile: Profile | None = None
) -> tuple[Ints, Floats]:
    """Return the nodes within ``limit_m`` of the nearest of some places, and their metres: in no
    stated order. Work follows what is reached, not the size of the network.
    """
    limit_m = check(limit_m)
    node, metres, _ = network_search.seeds(
        network, network_search.snapped(network, places, profile)
    )
    with network_search.workspace(network) as lent:
        found: tuple[Ints, Floats] = search_kernel.search(
            *network_search.tools(network_search.paths(network, profile), lent),
            node,
            metres,
            limit_m,
        )
    return found


def reached_paths(
    network: WalkNetwork, origin: Points, *, limit_m: float, profile: Profile | None = None
) -> GeoSeries:
    """Return the stretches of path within ``limit_m`` of one point, cut where the limit is met
    (metric coordinates).
    """
    limit_m = check(limit_m)
    start = network_search.snapped(network, origin, profile)
    allowed = network.walkable(profile).allowed
    node_m = np.full(network.nodes, np.inf)
    node, metres = reached_nodes(network, start, limit_m=limit_m, profile=profile)
    node_m[node] = metres
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
    return GeoSeries(np.concatenate(pieces), crs=network.crs)


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


def _of_few(
    network: WalkNetwork,
    start: Snapped,
    goal: Snapped,
    k: int,
    within_m: float,
    profile: Profile | None,
) -> Nearest | None:
    """Walk out from each origin, farther and farther; None where that does not find ``k`` places
    each.
    """
    wanted = np.where(start.edge >= 0, k, 0)
    for ring_m in RINGS_M:
        limit_m = min(ring_m, within_m)
        row, place, metres = walk_pairs(network, start, goal, limit_m, profile)
        if limit_m == within_m or (np.bincount(row, minlength=len(start)) >= wanted).all():
            order = np.lexsort((place, metres, row))
            row, place, metres = row[order], place[order], metres[order]
            rank = np.arange(len(row)) - np.searchsorted(row, row)
            best = rank < k
            filled_m, filled_place = _blank(len(start), k)
            filled_m[row[best], rank[best]] = metres[best]
            filled_place[row[best], rank[best]] = place[best]
            return Nearest(filled_place, filled_m)
    return None


def _ranks(
    paths: search_kernel.Paths, lent: network_search.Workspace, metres: Floats, place: SmallInts
) -> tuple[Any, ...]:
    sent = np.empty(metres.shape, dtype=bool)
    due = np.empty(len(metres))
    return paths, lent.queue, lent.per_metre, metres, place, sent, due, lent.journal


def _blank(rows: int, k: int) -> tuple[Floats, SmallInts]:
    return np.full((rows, k), np.inf), np.full((rows, k), -1, dtype=np.int32)


def _widened(found: Nearest, k: int) -> Nearest:
    """Fill rows up to ``k`` where there are fewer places."""
    more = ((0, 0), (0, k - found.metres.shape[1]))
    if k == found.metres.shape[1]:
        return found
    return Nearest(
        np.pad(found.place, more, constant_values=-1),
        np.pad(found.metres, more, constant_values=np.inf),
    )


def _rows(nodes: int, k: int, *, filled: bool) -> tuple[Floats, SmallInts]:
    """Return rows of labels, filled or left for the search to fill where it comes."""
    if filled:
        return _blank(nodes, k)
    return np.empty((nodes, k)), np.empty((nodes, k), dtype=np.int32)


ALONE = 64
"""Searches fewer than this are done in one thread: another would cost more than it saves."""


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

    Searches from the smaller side, on all processors; memory follows the pairs found, never origins
    × destinations.

    Raises
    ------
    BadLimit : ``within_m`` is not above zero.
    InputError ``bad_point`` : a snapped point is on no edge of the network.

    Examples
    --------
    >>> from geo import open_area, within
    >>> area = open_area("demo")
    >>> preschools, libraries = (area.places_of(kind).geometry for kind in ("preschool", "library"))
    >>> pairs = within(area.network, preschools, libraries, within_m=500)
    >>> pairs.shape, pairs.nnz, round(pairs[0, 2])
    ((2, 7), 3, 303)
    """
    within_m = check(within_m)
    start = network_search.snapped(network, origins, profile)
    goal = network_search.snapped(network, destinations, profile)
    if len(goal) < len(start):
        column, row, metres = walk_pairs(network, goal, start, within_m, profile)
    else:
        row, column, metres = walk_pairs(network, start, goal, within_m, profile)
    shape = (len(start), len(goal))
    matrix = coo_array((metres, (row, column)), shape=shape).tocsr()
    matrix.sort_indices()
    return matrix


def walk_pairs(
    network: WalkNetwork, start: Snapped, goal: Snapped, within_m: float, profile: Profile | None
) -> tuple[SmallInts, SmallInts, Floats]:
    """Walk out from each of ``start``: (start, goal, metres) of each pair in reach, in no stated
    order.
    """
    paths, origins = network_search.paths(network, profile), network_search.ends(network, start)
    # Neighbours one after the other find what they share in the cache.
    order = np.argsort(start.edge, kind="stable")
    parts = 1 if len(order) < ALONE else 4 * network_search.threads()

    def walk(part: Ints) -> tuple[SmallInts, SmallInts, Floats]:
        with network_search.workspace(network) as lent:
            first, goal_row, metres = search_kernel.pairs_within(
                *network_search.tools(paths, lent), origins, part, listed, within_m
            )
        return np.repeat(part, np.diff(first)).astype(np.int32), goal_row, metres

    with network_search.doors(network, goal) as listed:
        found = network_search.in_threads(walk, np.array_split(order, parts))
    row, column, metres = (np.concatenate(column) for column in zip(*found, strict=True))
    return row, column, metres


def check(within_m: float, k: int = 1) -> float:
    """Return a limit (metres) as a float: compiled code would be compiled once more for whole
    numbers.
    """
    if not within_m > 0:
        raise BadLimit(found=str(within_m))
    if k < 1:
        raise BadLimit(found=str(k))
    return float(within_m)
