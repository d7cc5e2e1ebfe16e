"""Reach against networkx with the points spliced in: on random graphs and on real Rinkeby-Kista."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor

import geopandas as gpd
import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from geo import presets
from geo.network import distances
from geo.network.walk_network import Snapped, WalkNetwork, build_network
from tests.conftest import often
from tests.geo import oracle

ADULT, STROLLER, EVENING = (presets.profile(name) for name in ("adult", "with_stroller", "evening"))
RANDOM = settings(
    max_examples=often(150),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
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
        found = distances.nearest(network, origins, places, k=k, within_m=within_m, profile=profile)
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
        found = distances.within(network, origins, places, within_m=within_m, profile=profile)
        assert found.shape == truth.shape
        table = np.full(truth.shape, np.inf)
        rows = np.repeat(np.arange(len(origins)), np.diff(found.indptr))
        table[rows, found.indices] = found.data
        assert found.nnz == np.isfinite(table).sum(), "a pair stands twice"
        with np.errstate(invalid="ignore"):  # inf - inf: out of reach without a limit
            clear = ~(np.abs(truth - within_m) <= 1e-6)
        expected = np.where(truth <= within_m, truth, np.inf)
        np.testing.assert_allclose(table[clear], expected[clear], atol=1e-6)
        back = distances.within(network, places, origins, within_m=within_m, profile=profile)
        np.testing.assert_allclose(back.T.toarray(), found.toarray(), atol=1e-6)


@RANDOM
@given(questions(), st.integers(1, 5), st.sampled_from([math.inf, 30.0, 150.0]))
def test_every_node_is_answered_as_a_point_that_stands_on_it(question, k: int, within_m) -> None:
    network, _, places = question
    for profile in (ADULT, STROLLER):
        found = distances.nearest_nodes(network, places, k=k, within_m=within_m, profile=profile)
        assert found.metres.shape == found.place.shape == (network.nodes, k)
        out = np.array([_edge_at(network, node) for node in range(network.nodes)])
        on = Snapped(out[:, 0].astype(int), out[:, 1], np.zeros(network.nodes))
        main = network.walkable(profile).main_edges
        there = np.isin(network.edge_u[on.edge], network.edge_u[main])
        asked = distances.nearest(network, on, places, k=k, within_m=within_m, profile=profile)
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
    pairs = distances.within(network, origins, places, within_m=within_m)
    back = distances.within(network, places, origins, within_m=within_m).T.tocsr()
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
    found = distances.nearest(network, origins, places, k=k, within_m=within_m)
    np.testing.assert_array_equal(found.metres, metres)
    np.testing.assert_array_equal(found.place, place)


@RANDOM
@given(questions(), st.sampled_from([20.0, 90.0, math.inf]))
def test_reached_nodes_are_those_networkx_reaches(question, limit_m: float) -> None:
    network, _, places = question
    for profile in (ADULT, STROLLER):
        node, metres = distances.reached_nodes(network, places, limit_m=limit_m, profile=profile)
        assert len(set(node.tolist())) == len(node)
        every = distances.nearest_nodes(network, places, profile=profile).metres[:, 0]
        inside = np.flatnonzero((every <= limit_m) & np.isfinite(every))
        assert sorted(node.tolist()) == inside.tolist()
        np.testing.assert_array_equal(metres, every[node])


@RANDOM
@given(questions(), st.integers(1, 8), st.sampled_from([math.inf, 30.0, 150.0, 700.0]))
def test_a_few_origins_get_the_answers_they_get_among_many(question, k: int, within_m) -> None:
    network, origins, places = question
    for profile in (ADULT, STROLLER):
        alone = distances.nearest(network, origins, places, k=k, within_m=within_m, profile=profile)
        crowd = gpd.GeoSeries([*origins] * (1 + distances.FEW), crs=origins.crs)
        among = distances.nearest(network, crowd, places, k=k, within_m=within_m, profile=profile)
        np.testing.assert_array_equal(alone.metres, among.metres[: len(origins)])
        np.testing.assert_array_equal(alone.place, among.place[: len(origins)])


@RANDOM
@given(questions())
def test_another_place_never_lengthens_a_walk(question) -> None:
    network, origins, places = question
    before = distances.nearest(network, origins, places.iloc[:-1])
    after = distances.nearest(network, origins, places)
    assert (after.metres <= before.metres + 1e-9).all()


@RANDOM
@given(questions(), st.sampled_from([20.0, 90.0, 250.0, 2_000.0]))
def test_reached_paths_are_each_metre_within_the_limit_once(question, limit_m: float) -> None:
    network, origins, _ = question
    for row in range(min(2, len(origins))):
        origin = origins.iloc[[row]]
        reached = distances.reached_paths(network, origin, limit_m=limit_m)
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


def test_sessions_side_by_side_get_the_answers_they_get_alone() -> None:
    network = build_network(oracle.grid(25, 25))
    generator = np.random.default_rng(4)
    sets = [
        [oracle.points(*generator.uniform(0, 2400, (90, 2)).tolist()) for _ in range(2)]
        for _ in range(6)
    ]

    def ask(pair: list[gpd.GeoSeries]) -> list[np.ndarray]:
        found = [distances.nearest(network, *pair, k=k).metres for k in (1, 3)]
        return [*found, distances.within(network, *pair, within_m=600.0).toarray()]

    alone = [ask(pair) for pair in sets]
    with ThreadPoolExecutor(6) as pool:
        together = list(pool.map(ask, sets * 5))
    for number, answers in enumerate(together):
        for one, other in zip(answers, alone[number % 6], strict=True):
            np.testing.assert_array_equal(one, other)
