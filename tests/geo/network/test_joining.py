"""Lines of a file become a network: joined where they share a point or nearly do, and left apart
where they only cross.
"""

from __future__ import annotations

from itertools import pairwise

import geopandas as gpd
import networkx as nx
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.network.distances import within
from geo.network.joining import JoinedLines, join_lines
from geo.network.walk_network import build_network
from geo.types import SWEREF99_TM

WEST, NORTH = 660_000.0, 6_580_000.0
Line = list[tuple[float, ...]]


def frame(lines: list[Line], **columns: list[object]) -> gpd.GeoDataFrame:
    shapes = [
        shapely.LineString([(WEST + x, NORTH + y, *z) for x, y, *z in line]) for line in lines
    ]
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=SWEREF99_TM)


def metres(joined: JoinedLines, one: tuple[float, float], other: tuple[float, float]) -> float:
    found = walks(joined, [one, other])[0, 1]
    return float(found) or np.inf


def walks(joined: JoinedLines, spots: list[tuple[float, float]]) -> np.ndarray:
    """Metres between points that lie on lines; 0 where there is no way."""
    network = build_network(joined.lines)
    at = np.array([shapely.Point(WEST + x, NORTH + y) for x, y in spots], dtype=object)
    snapped = network.meet(at, np.arange(network.edges), network.tree, 1.0)
    assert (snapped.edge >= 0).all()
    return within(network, snapped, snapped, within_m=1e6).toarray()


GRID = st.tuples(st.integers(0, 4), st.integers(0, 4)).map(lambda at: (at[0] * 100, at[1] * 100))
STREETS = st.lists(
    st.lists(GRID, min_size=2, max_size=6).filter(
        lambda line: all(one != other for one, other in pairwise(line))
    ),
    min_size=1,
    max_size=6,
)


def steps(lines: list[Line]) -> nx.Graph:
    """The same streets as a graph of whoever stands on a vertex: lines meet at their vertices, and
    where a vertex of one lies on another.
    """
    graph: nx.Graph = nx.Graph()
    spots = {at for line in lines for at in line}
    for line in lines:
        for one, other in pairwise(line):
            straight = shapely.LineString([one, other])
            on = [at for at in spots if straight.distance(shapely.Point(at)) < 1e-9]
            on.sort(key=lambda at: straight.project(shapely.Point(at)))
            for a, b in pairwise(on):
                graph.add_edge(a, b, m=float(np.hypot(a[0] - b[0], a[1] - b[1])))
    return graph


@given(STREETS)
def test_distances_between_vertices_are_those_of_a_graph_of_vertices(lines: list[Line]) -> None:
    graph = steps(lines)
    joined = join_lines(frame(lines))
    assert joined.lines.length.sum() == pytest.approx(frame(lines).length.sum())
    spots = sorted(graph)
    found = walks(joined, spots)
    lengths = dict(nx.all_pairs_dijkstra_path_length(graph, weight="m"))
    for row, one in enumerate(spots):
        for column, other in enumerate(spots):
            assert found[row, column] == pytest.approx(lengths[one].get(other, 0.0), abs=1e-6)


def test_an_end_just_before_or_just_beyond_a_street_is_joined_to_it_and_told() -> None:
    street: Line = [(0, 0), (400, 0)]
    for gap in (0.4, -0.4):
        joined = join_lines(frame([street, [(200, 300), (200, gap)]]))
        assert metres(joined, (200, 300), (0, 0)) == pytest.approx(500, abs=0.5)
        np.testing.assert_allclose(joined.near, [[WEST + 200, NORTH]], atol=0.01)
        assert len(joined.shared) == len(joined.apart) == 0
    apart = join_lines(frame([street, [(200, 300), (200, 0.6)]]))
    assert metres(apart, (200, 300), (0, 0)) == np.inf
    assert len(apart.near) == 0


def test_two_ends_that_nearly_meet_are_one_place() -> None:
    joined = join_lines(frame([[(0, 0), (100, 0)], [(100.3, 0.2), (200, 0)]]))
    assert metres(joined, (0, 0), (200, 0)) == pytest.approx(200, abs=0.5)
    assert len(joined.near) == 1 and len(joined.lines) == 2


def test_an_end_near_a_corner_is_joined_to_the_corner() -> None:
    street: Line = [(0, 0), (100, 0), (100, 100)]
    joined = join_lines(frame([street, [(300, 0), (100.3, -0.1)]]))
    assert len(joined.lines) == 3, "no stub of a few centimetres is made"
    assert metres(joined, (300, 0), (100, 100)) == pytest.approx(300, abs=0.5)


def test_lines_that_cross_without_a_common_point_are_told_and_not_joined() -> None:
    joined = join_lines(frame([[(0, 0), (400, 0)], [(200, -100), (200, 100)]]))
    assert metres(joined, (0, 0), (200, 100)) == np.inf
    np.testing.assert_allclose(joined.apart, [[WEST + 200, NORTH]])
    assert len(joined.lines) == 2 and len(joined.near) == len(joined.shared) == 0


def test_a_bend_within_a_hands_breadth_is_told_and_not_joined() -> None:
    joined = join_lines(frame([[(0, 0), (400, 0)], [(100, 100), (200, 0.05), (300, 100)]]))
    assert len(joined.apart) == 1 and len(joined.lines) == 2


def test_heights_and_levels_keep_a_bridge_from_the_street_below() -> None:
    street, bridge = [(0, 0, 10), (200, 0, 10), (400, 0, 10)], [(200, -100, 18), (200, 0, 18)]
    high = join_lines(frame([street, [*bridge, (200, 100, 18)]]))
    assert len(high.lines) == 2 and len(high.shared) == 0
    level = join_lines(frame([[(0, 0), (400, 0)], [(200, -100), (200, -0.2)]], level=[0, 1]))
    assert len(level.near) == 0 and len(level.apart) == 1
    same = join_lines(frame([[(0, 0), (400, 0)], [(200, -100), (200, -0.2)]], level=[1, 1]))
    assert len(same.near) == 1


def test_a_doubled_line_is_not_a_place_where_something_was_joined() -> None:
    street: Line = [(0, 0), (10, 0), (100, 0)]
    doubled: Line = [(0, 0), (10, 0.2), (10.2, 0.2)]
    joined = join_lines(frame([street, doubled]))
    assert len(joined.near) == len(joined.apart) == 0


def test_heights_stay_with_the_pieces() -> None:
    street = [(0, 0, 5), (100, 0, 15), (200, 0, 15)]
    joined = join_lines(frame([street, [(100, 90, 15), (100, 0, 15)]]))
    slope = build_network(joined.lines).slope
    assert sorted(np.round(slope, 3)) == [0, 0, 0.1]
