"""A second opinion on walking distances: networkx on the same lines with the points spliced in.

Nothing here uses the forward star, the seeds or the compiled loops it is meant to check.
"""

from __future__ import annotations

import geopandas as gpd
import networkx as nx
import numpy as np
import shapely
from hypothesis import strategies as st
from shapely.geometry import LineString

from geo.network.walk_network import Snapped, WalkNetwork, build_network
from geo.types import SWEREF99_TM, Bools

ORIGIN = (670_000.0, 6_580_000.0)
"""A corner in Stockholm: hypothesis draws small whole metres from here."""


def spliced(network: WalkNetwork, allowed: Bools, **sets: Snapped) -> nx.MultiGraph:
    """The network with every point of every set as a node ``(set name, row)`` at the end of its
    stretch; edges are cut where points meet them.
    """
    cuts: dict[int, list[tuple[float, tuple[str, int], float]]] = {}
    graph = nx.MultiGraph()
    graph.add_nodes_from(range(network.nodes))
    for name, points in sets.items():
        for row in range(len(points)):
            graph.add_node((name, row))
            if points.edge[row] >= 0:
                cut = (float(points.offset_m[row]), (name, row), float(points.stretch_m[row]))
                cuts.setdefault(int(points.edge[row]), []).append(cut)
    for edge in range(network.edges):
        here, at = int(network.edge_u[edge]), 0.0
        for offset, point, stretch in sorted(cuts.get(edge, ())):
            meets = ("meets", point)
            graph.add_edge(point, meets, weight=stretch)
            if allowed[edge]:
                graph.add_edge(here, meets, weight=max(0.0, offset - at), of=edge)
            here, at = meets, offset  # type: ignore[assignment]
        if allowed[edge]:
            rest = max(0.0, float(network.edge_m[edge]) - at)
            graph.add_edge(here, int(network.edge_v[edge]), weight=rest, of=edge)
    return graph


def dense(network: WalkNetwork, allowed: Bools, start: Snapped, goal: Snapped) -> np.ndarray:
    """Metres between all pairs, ``inf`` where there is no walk: one networkx search an origin, and
    one more for each private street that goals are on. A walk has the private streets that it
    begins and ends on, and no other.
    """
    graph = spliced(network, allowed, start=start, goal=goal)
    metres = np.full((len(start), len(goal)), np.inf)
    private = [network.ends_only[edge] & (edge >= 0) for edge in goal.edge]
    ends = {int(edge) for edge, closed in zip(goal.edge, private, strict=True) if closed}
    for row in range(len(start)):
        for end in {-1, *ends}:
            open_ = _opened(graph, network, {int(start.edge[row]), end})
            reached = nx.single_source_dijkstra_path_length(open_, ("start", row))
            for column in range(len(goal)):
                if end == (int(goal.edge[column]) if private[column] else -1):
                    metres[row, column] = reached.get(("goal", column), np.inf)
    return metres


def _opened(graph: nx.MultiGraph, network: WalkNetwork, ends: set[int]) -> nx.MultiGraph:
    """The graph without the private streets that a walk neither begins nor ends on."""
    if not network.ends_only.any():
        return graph
    open_ = graph.copy()
    open_.remove_edges_from(
        [
            (u, v, key)
            for u, v, key, of in graph.edges(keys=True, data="of")
            if of is not None and network.ends_only[of] and of not in ends
        ]
    )
    return open_


def ranked(metres: np.ndarray, k: int, within_m: float = np.inf) -> tuple[np.ndarray, np.ndarray]:
    """The k nearest of each row of a dense table, ties by column: ``(place, metres)``."""
    order = np.argsort(metres, axis=1, kind="stable")[:, :k]
    best = np.take_along_axis(metres, order, axis=1)
    best = np.where(best <= within_m, best, np.inf)
    place = np.where(np.isfinite(best), order, -1)
    short = ((0, 0), (0, k - place.shape[1]))
    return (
        np.pad(place, short, constant_values=-1),
        np.pad(best, short, constant_values=np.inf),
    )


def lines(*paths: list[tuple[float, float]], **columns: list[object]) -> gpd.GeoDataFrame:
    """Lines given in metres from ORIGIN."""
    shifted = [LineString(np.asarray(path) + ORIGIN) for path in paths]
    return gpd.GeoDataFrame(columns, geometry=shifted, crs=SWEREF99_TM)


def points(*positions: tuple[float, float]) -> gpd.GeoSeries:
    """Points given in metres from ORIGIN."""
    shifted = np.asarray(positions, dtype=float).reshape(-1, 2) + ORIGIN
    return gpd.GeoSeries(shapely.points(shifted), crs=SWEREF99_TM)


def grid(columns: int = 5, rows: int = 5, spacing: float = 100.0) -> gpd.GeoDataFrame:
    """A chessboard of streets, one line a block side."""
    at = [[(x * spacing, y * spacing) for x in range(columns)] for y in range(rows)]
    paths = [[row[x], row[x + 1]] for row in at for x in range(columns - 1)]
    paths += [[at[y][x], at[y + 1][x]] for y in range(rows - 1) for x in range(columns)]
    return lines(*paths)


@st.composite
def networks(draw: st.DrawFn) -> WalkNetwork:
    """Small random networks: parallel edges, loops, near-zero lengths, loose pieces, steps, unlit.

    Positions are few, so that ends meet often; bends make parallel edges of different length.
    """
    spot = st.tuples(st.integers(0, 4), st.integers(0, 4)).map(lambda p: (p[0] * 60.0, p[1] * 60.0))
    nudge = st.sampled_from([(0.0, 0.0), (0.0, 0.0), (0.0, 0.0), (0.02, 0.0), (0.0, 0.015)])
    paths = []
    for _ in range(draw(st.integers(1, 14))):
        a, b = draw(spot), draw(spot)
        by = draw(nudge)
        end = (b[0] + by[0], b[1] + by[1])
        bend = draw(st.none() | st.tuples(st.integers(-50, 290), st.integers(-50, 290)))
        if a == end and bend is None:
            bend = (int(a[0]) + 7, int(a[1]) + 9)
        if bend is not None and a == end:  # a loop needs two bends to have an inside
            paths.append([a, bend, (bend[0] + 11.0, bend[1] - 4.0), end])
        else:
            paths.append([a, end] if bend is None else [a, bend, end])
    count = len(paths)
    steps = draw(st.lists(st.booleans(), min_size=count, max_size=count))
    lit = draw(st.lists(st.sampled_from([1, 0, -1]), min_size=count, max_size=count))
    return build_network(lines(*paths, steps=steps, lit=lit))


@st.composite
def positions(draw: st.DrawFn, network: WalkNetwork, most: int = 6) -> gpd.GeoSeries:
    """Random points for a network: near it, on its nodes, several on one edge, far off, empty,
    NaN.
    """
    share, found = st.sampled_from([0.0, 0.3, 0.3, 0.9]), []
    for _ in range(draw(st.integers(0, most))):
        how = draw(st.sampled_from(["near", "near", "edge", "edge", "node", "far", "empty", "nan"]))
        if how == "near":
            x, y = draw(st.integers(-40, 300)), draw(st.integers(-40, 300))
            found.append(shapely.Point(ORIGIN[0] + x, ORIGIN[1] + y))
        elif how == "edge":
            line = network.geometry[draw(st.integers(0, network.edges - 1))]
            found.append(line.interpolate(draw(share), normalized=True))
        elif how == "node":
            node = draw(st.integers(0, network.nodes - 1))
            found.append(shapely.Point(network.node_xy[node]))
        elif how == "far":
            found.append(shapely.Point(ORIGIN[0] + 5_000, ORIGIN[1]))
        else:
            found.append(shapely.Point() if how == "empty" else shapely.Point(np.nan, np.nan))
    return gpd.GeoSeries(found, crs=SWEREF99_TM)
