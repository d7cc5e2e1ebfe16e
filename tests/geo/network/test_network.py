"""The network's own promises: ends that meet, chains that join, pieces, profiles, snapping."""

from __future__ import annotations

import dataclasses
from itertools import pairwise

import geopandas as gpd
import hypothesis.strategies as st
import networkx as nx
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from scipy.spatial import cKDTree
from shapely.geometry import GeometryCollection, LineString, MultiLineString, Point

from geo import presets
from geo.errors import NoLines
from geo.network.topology import merge_chains
from geo.network.walk_network import MAX_SNAP_M, build_network, metric_crs, network_from_frame
from geo.types import SWEREF99_TM, WGS84
from tests.conftest import often
from tests.geo import oracle

RANDOM = settings(max_examples=often(200), deadline=None)
STROLLER, EVENING = presets.profile("with_stroller"), presets.profile("evening")


@st.composite
def ways(draw: st.DrawFn) -> gpd.GeoDataFrame:
    """Ways cut in pieces: walks over a few spots, so that they cross, close and double back."""
    spots = np.array([(x * 50.0, y * 50.0 + x) for x in range(4) for y in range(3)])
    pieces, way = [], []
    for number in range(draw(st.integers(1, 4))):
        stops = draw(st.lists(st.integers(0, len(spots) - 1), min_size=2, max_size=7))
        for a, b in pairwise(stops):
            if a != b:
                line = [tuple(spots[a]), tuple(spots[b])]
                pieces.append(line[::-1] if draw(st.booleans()) else line)
                way.append(number)
    if not pieces:
        pieces, way = [[(0.0, 0.0), (9.0, 9.0)]], [0]
    return oracle.lines(*pieces, way=way)


def as_graph(network) -> nx.MultiGraph:
    graph = nx.MultiGraph()
    for u, v, metres in zip(network.edge_u, network.edge_v, network.edge_m, strict=True):
        at = (tuple(np.round(network.node_xy[node], 2)) for node in (u, v))
        graph.add_edge(*at, weight=metres)
    return graph


@RANDOM
@given(ways())
def test_joining_chains_keeps_every_metre_and_every_distance(pieces) -> None:
    merged, plain = build_network(pieces), build_network(pieces.drop(columns="way"))
    assert merged.edges <= plain.edges
    assert merged.edge_m.sum() == pytest.approx(plain.edge_m.sum())
    joined = dict(nx.all_pairs_dijkstra_path_length(as_graph(merged)))
    apart = dict(nx.all_pairs_dijkstra_path_length(as_graph(plain)))
    assert set(joined) <= set(apart)
    for node, reached in joined.items():
        expected = {other: m for other, m in apart[node].items() if other in joined}
        assert reached == pytest.approx(expected)


def test_a_closed_path_cut_in_pieces_stays_tied_to_its_one_junction() -> None:
    ring = [(0, 0), (40, 0), (40, 40), (0, 40)]
    pieces = [[ring[i], ring[(i + 1) % 4]] for i in range(4)]
    network = build_network(oracle.lines(*pieces, [(0, 0), (-50, 0)], way=[1, 1, 1, 1, 2]))
    assert len(network.walkable().main_edges) == network.edges
    assert network.edge_m.sum() == pytest.approx(210)


def test_pieces_of_one_way_become_one_edge_from_junction_to_junction() -> None:
    table = oracle.lines([(0, 0), (10, 0)], [(20, 0), (10, 0)], [(20, 0), (30, 0)], way=[7, 7, 7])
    assert build_network(table).edges == 1
    assert build_network(table.assign(way=[7, 8, 7])).edges == 3
    crossed = oracle.lines([(0, 0), (10, 0)], [(10, 0), (20, 0)], [(10, 0), (10, 9)], way=[7, 7, 8])
    assert build_network(crossed).edges == 3


def test_lines_of_unknown_way_are_not_one_way() -> None:
    table = oracle.lines([(0, 0), (10, 0)], [(10, 0), (20, 0)], way=[None, None])
    assert len(merge_chains(table)) == 2


def test_attributes_follow_their_edge_through_joining_and_sorting() -> None:
    table = oracle.lines(
        [(300, 300), (310, 300)],
        [(0, 0), (10, 0)],
        [(10, 0), (20, 0)],
        way=[1, 2, 2],
        highway=["steps", "footway", "footway"],
        steps=[True, False, False],
        lit=[0, 1, 1],
        width_m=[1.5, 3.0, 3.0],
        surface=["asphalt", None, None],
    )
    network = build_network(table)
    by_length = np.argsort(network.edge_m)
    assert network.edge_m[by_length].tolist() == [10.0, 20.0]
    assert network.highway[by_length].tolist() == ["steps", "footway"]
    assert network.steps[by_length].tolist() == [True, False]
    assert network.lit[by_length].tolist() == [0, 1]
    assert network.width_m[by_length].tolist() == [1.5, 3.0]
    assert network.surface[by_length].tolist() == ["asphalt", ""]


@pytest.mark.parametrize("shift", np.linspace(0, 0.01, 7).tolist())
def test_ends_less_than_a_centimetre_apart_meet_wherever_they_lie(shift: float) -> None:
    gap = 0.009
    table = oracle.lines([(0, 0), (10 + shift, 0)], [(10 + shift + gap, 0), (20, 0)])
    assert build_network(table).nodes == 3
    apart = oracle.lines([(0, 0), (10 + shift, 0)], [(10 + shift + 0.02, 0), (20, 0)])
    assert build_network(apart).nodes == 4


def test_a_line_shorter_than_a_centimetre_still_joins_its_neighbours() -> None:
    table = oracle.lines([(0, 0), (10.004, 0)], [(10.004, 0), (10.012, 0)], [(10.012, 0), (20, 0)])
    network = build_network(table)
    assert len(network.walkable().main_edges) == network.edges == 2


def test_edges_run_from_their_first_node_to_their_second() -> None:
    network = build_network(oracle.grid())
    for at, node in ((0, network.edge_u), (-1, network.edge_v)):
        ends = shapely.get_coordinates(shapely.get_point(network.geometry, at))
        np.testing.assert_array_equal(ends, network.node_xy[node])


@RANDOM
@given(oracle.networks())
def test_a_network_survives_its_own_table(network) -> None:
    again = network_from_frame(network.frame())
    for part in dataclasses.fields(network):
        before, after = getattr(network, part.name), getattr(again, part.name)
        if isinstance(before, np.ndarray):
            assert before.dtype == after.dtype
            np.testing.assert_array_equal(before, after)


@RANDOM
@given(oracle.networks())
def test_the_star_holds_each_edge_both_ways_and_a_loop_once(network) -> None:
    first, neighbour, edge = network.star
    seen = [
        (node, int(neighbour[half]), int(edge[half]))
        for node in range(network.nodes)
        for half in range(first[node], first[node + 1])
    ]
    expected = set()
    for number, (u, v) in enumerate(zip(network.edge_u, network.edge_v, strict=True)):
        expected |= {(int(u), int(v), number), (int(v), int(u), number)}
    assert set(seen) == expected and len(seen) == len(expected)


@RANDOM
@given(oracle.networks())
def test_pieces_are_those_networkx_finds_and_the_longest_is_the_main(network) -> None:
    for profile in (presets.profile("adult"), STROLLER, EVENING):
        view = network.walkable(profile)
        forbidden = (network.steps & (not profile.steps)) | (
            (network.lit == 0) & (not profile.unlit)
        )
        assert (view.allowed == ~forbidden).all()
        graph = nx.Graph()
        graph.add_nodes_from(range(network.nodes))
        graph.add_edges_from(
            zip(network.edge_u[view.allowed], network.edge_v[view.allowed], strict=True)
        )
        pieces = list(nx.connected_components(graph))
        assert len(np.unique(view.component)) == len(pieces)
        assert all(len(set(view.component[list(piece)])) == 1 for piece in pieces)
        lengths = [
            network.edge_m[view.allowed & np.isin(network.edge_u, list(piece))].sum()
            for piece in pieces
        ]
        assert network.edge_m[view.main_edges].sum() == pytest.approx(max(lengths))


@RANDOM
@given(st.data())
def test_a_point_meets_the_nearest_point_of_the_main_piece(data) -> None:
    network = data.draw(oracle.networks())
    points = data.draw(oracle.positions(network))
    for profile in (presets.profile("adult"), STROLLER):
        main = network.walkable(profile).main_edges
        snapped = network.snap(points, profile)
        for row, point in enumerate(points):
            if point.is_empty or not np.isfinite(point.x) or len(main) == 0:
                assert snapped.edge[row] == -1 and np.isinf(snapped.stretch_m[row])
                continue
            gaps = shapely.distance(network.geometry[main], point)
            assert snapped.stretch_m[row] == pytest.approx(gaps.min(), abs=1e-9)
            if gaps.min() > MAX_SNAP_M:
                assert snapped.edge[row] == -1
                continue
            edge = snapped.edge[row]
            assert edge in main and 0 <= snapped.offset_m[row] <= network.edge_m[edge]
            met = network.geometry[edge].interpolate(snapped.offset_m[row])
            assert met.distance(point) == pytest.approx(gaps.min(), abs=1e-6)


def test_points_may_come_in_any_coordinate_system() -> None:
    network = build_network(oracle.grid())
    metric = oracle.points((33, 4), (250, 180))
    for crs in (WGS84, SWEREF99_TM, "EPSG:3011", "EPSG:3857"):
        snapped = network.snap(metric.to_crs(crs))
        np.testing.assert_allclose(snapped.stretch_m, [4, 20], atol=1e-5)
        np.testing.assert_allclose(snapped.offset_m, network.snap(metric).offset_m, atol=1e-5)


def test_missing_points_are_unreachable() -> None:
    network = build_network(oracle.grid())
    points = gpd.GeoSeries([None, Point(), Point(*oracle.ORIGIN)], crs=SWEREF99_TM)
    assert network.snap(points).edge.tolist()[:2] == [-1, -1]
    assert network.snap(points).edge[2] >= 0
    assert network.snap(points.to_crs(WGS84)).edge[2] >= 0


def test_neighbours_in_space_are_neighbours_in_memory() -> None:
    network = build_network(oracle.grid(30, 30))
    jump = np.abs(network.edge_u - network.edge_v)
    assert np.median(jump) < 0.03 * network.nodes
    assert (np.diff(np.minimum(network.edge_u, network.edge_v)) >= 0).all()


def test_coordinates_without_meaning_do_not_become_edges() -> None:
    table = oracle.lines([(0, 0), (10, 0)])
    odd = [
        None,
        LineString(),
        LineString([(0, 0), (np.inf, 1)]),
        LineString([(1, 1), (1, 1)]),
        Point(3, 3),
        MultiLineString([[(670_000, 6_580_010), (670_000, 6_580_020)]]),
        GeometryCollection([LineString([(670_000, 6_580_030), (670_000, 6_580_035)]), Point(1, 1)]),
        LineString([(670_000, 6_580_040, 5), (670_000, 6_580_047, 9)]),
    ]
    table = gpd.GeoDataFrame(geometry=[*table.geometry, *odd], crs=SWEREF99_TM)
    assert sorted(build_network(table).edge_m.round(6)) == [5, 7, 10, 10]


def test_a_file_without_a_line_is_refused_by_name() -> None:
    table = gpd.GeoDataFrame(geometry=[Point(18, 59), None], crs=WGS84)
    with pytest.raises(NoLines) as refused:
        build_network(table, file="torg.geojson")
    assert "torg.geojson" in refused.value.message("sv")


@pytest.mark.parametrize(
    ("bounds", "expected"),
    [
        ((17.7, 59.3, 17.9, 59.4), SWEREF99_TM),
        ((24.9, 60.1, 25.0, 60.2), "EPSG:32635"),
        ((4.8, 52.3, 5.0, 52.4), "EPSG:32631"),
        ((-58.5, -34.7, -58.3, -34.5), "EPSG:32721"),
    ],
    ids=["Stockholm", "Helsinki", "Amsterdam", "Buenos Aires"],
)
def test_measuring_is_done_in_the_local_metres(bounds, expected: str) -> None:
    assert metric_crs(bounds) == expected


@pytest.mark.shared
def test_real_lines_lose_no_metre_and_their_ends_are_apart(shared_data) -> None:
    path = shared_data / "hasselby-vallingby" / "walk_lines.geojson.gz"
    table = gpd.read_file(f"/vsigzip/{path}")
    network = build_network(table)
    assert network.edge_m.sum() == pytest.approx(table["m"].sum(), rel=2e-3)
    assert not cKDTree(network.node_xy).query_pairs(0.01)
    assert network.crs == SWEREF99_TM


OLDER = presets.profile("older")


def test_a_path_known_to_be_too_steep_is_left_out_and_unknown_ones_are_kept_and_said() -> None:
    steep = LineString([(*oracle.ORIGIN, 10), (oracle.ORIGIN[0] + 100, oracle.ORIGIN[1], 25)])
    gentle = shapely.transform(steep, lambda xyz: xyz * (1, 1, 0.2) + (0, 50, 0), include_z=True)
    sides = oracle.lines([(0, 0), (0, 50)], [(100, 0), (100, 50)])
    geometry = [steep, gentle, *sides.geometry]
    network = build_network(gpd.GeoDataFrame(geometry=geometry, crs=SWEREF99_TM))
    assert np.sort(network.slope)[:2] == pytest.approx([0.03, 0.15])
    assert np.isnan(network.slope).sum() == 2
    assert OLDER.max_slope is not None
    assert network.walkable().allowed.all()
    assert network.walkable(OLDER).allowed.sum() == 3
    assert network.slope_unknown_share(OLDER) == pytest.approx(0.5)
    assert network.slope_unknown_share(presets.profile("adult")) == 0
    assert not shapely.has_z(network.geometry).any()


def test_a_way_in_pieces_is_as_steep_as_its_pieces_are_on_average() -> None:
    x, y = oracle.ORIGIN
    pieces = [LineString([(x, y, 0), (x + 10, y, 1)]), LineString([(x + 10, y, 1), (x + 40, y, 1)])]
    table = gpd.GeoDataFrame({"way": [1, 1]}, geometry=pieces, crs=SWEREF99_TM)
    assert build_network(table).slope == pytest.approx([1 / 40])
    lost = gpd.GeoDataFrame({"way": [1, 1], "slope": [0.1, np.nan]}, geometry=pieces, crs=table.crs)
    assert np.isnan(build_network(lost).slope).all()


def test_profiles_with_the_same_rules_share_one_view() -> None:
    network = build_network(oracle.grid())
    adult = presets.profile("adult")
    faster = dataclasses.replace(adult, id="faster", metres_per_second=2.0)
    assert network.walkable(faster) is network.walkable(adult)
    assert network.walkable(STROLLER) is not network.walkable(adult)
