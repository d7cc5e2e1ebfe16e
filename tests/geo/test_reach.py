"""Reach against networkx with the points spliced in: on random graphs and on real Rinkeby-Kista."""

from __future__ import annotations

import math
from pathlib import Path

import geopandas as gpd
import hypothesis.strategies as st
import numpy as np
import osmnx as ox
import pytest
import shapely
from hypothesis import HealthCheck, given, settings

from geo import presets, reach
from geo.errors import BadLimit
from geo.network import Snapped, WalkNetwork, build_network
from tests.geo import oracle

ADULT, STROLLER, EVENING = (presets.profile(name) for name in ("adult", "with_stroller", "evening"))
RANDOM = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


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


@pytest.mark.parametrize("limit", [0.0, -1.0, math.nan])
def test_a_limit_that_is_no_distance_is_refused(limit: float) -> None:
    network, here = build_network(oracle.grid()), oracle.points((0, 0))
    for ask in (
        lambda: reach.nearest(network, here, here, within_m=limit),
        lambda: reach.within(network, here, here, within_m=limit),
        lambda: reach.reached_paths(network, here, limit_m=limit),
    ):
        with pytest.raises(BadLimit):
            ask()
    with pytest.raises(BadLimit):
        reach.nearest(network, here, here, k=0)


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


@pytest.fixture(scope="module")
def around(kista: WalkNetwork) -> tuple[gpd.GeoSeries, gpd.GeoSeries]:
    """45 people and 45 places at random over the extract: 2,025 pairs."""
    generator = np.random.default_rng(7)
    low, high = kista.node_xy.min(axis=0), kista.node_xy.max(axis=0)
    xy = generator.uniform(low, high, (90, 2))
    near = kista.node_xy[generator.integers(0, kista.nodes, 60)]
    xy[:60] = near + generator.normal(0, 15, (60, 2))
    shuffled = gpd.GeoSeries(shapely.points(generator.permutation(xy)), crs=kista.crs)
    return shuffled[:45], shuffled[45:].reset_index(drop=True)


@pytest.mark.shared
@pytest.mark.parametrize("profile", [ADULT, STROLLER], ids=lambda profile: profile.id)
def test_two_thousand_real_pairs_agree_with_networkx(kista, around, profile) -> None:
    start, goal = (kista.snap(points, profile) for points in around)
    truth = oracle.dense(kista, kista.walkable(profile).allowed, start, goal)
    assert truth.size > 2_000 and 0.3 < np.isfinite(truth).mean() < 1
    for k in (1, 3):
        place, metres = oracle.ranked(truth, k)
        found = reach.nearest(kista, *around, k=k, profile=profile)
        np.testing.assert_allclose(found.metres, metres, atol=1e-6)
        assert (found.place == place).all()
    for within_m in (800.0, 2_500.0, math.inf):
        found = reach.within(kista, *around, within_m=within_m, profile=profile)
        expected = np.where((truth <= within_m) & np.isfinite(truth), truth, 0)
        np.testing.assert_allclose(found.toarray(), expected, atol=1e-6)
        fewer = reach.within(kista, around[0], around[1][:9], within_m=within_m, profile=profile)
        np.testing.assert_allclose(fewer.toarray(), expected[:, :9], atol=1e-6)


@pytest.mark.shared
def test_a_stroller_never_walks_shorter_than_an_adult_between_the_same_doors(kista, around) -> None:
    start, goal = (kista.snap(points, STROLLER) for points in around)
    adult = reach.nearest(kista, start, goal, k=3, profile=ADULT)
    stroller = reach.nearest(kista, start, goal, k=3, profile=STROLLER)
    assert kista.steps.any()
    assert (stroller.metres >= adult.metres - 1e-9).all()
    assert (stroller.metres > adult.metres + 1).any()
