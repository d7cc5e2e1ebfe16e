"""Reach where it is easiest to be wrong: worked by hand, at the ends of the scale, and spoilt."""

from __future__ import annotations

import dataclasses
import math

import geopandas as gpd
import hypothesis.strategies as st
import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings

from geo import presets
from geo.errors import BadLimit
from geo.network import distances
from geo.network.walk_network import Snapped, build_network
from tests.conftest import often
from tests.geo import oracle
from tests.refusals import refused

ADULT, STROLLER, EVENING = (presets.profile(name) for name in ("adult", "with_stroller", "evening"))
RANDOM = settings(
    max_examples=often(150),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
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


def test_two_points_on_one_edge_are_as_far_apart_as_the_edge_says() -> None:
    network = build_network(oracle.lines([(0, 0), (0, 100), (100, 100), (100, 0)]))
    a, b = oracle.points((-3, 50)), oracle.points((104, 50))
    assert distances.nearest(network, a, b).metres[0, 0] == pytest.approx(3 + 200 + 4)


def test_a_shorter_way_round_beats_the_edge_itself() -> None:
    network = build_network(oracle.lines([(0, 0), (0, 200), (50, 200), (50, 0)], [(0, 0), (50, 0)]))
    a, b = oracle.points((0, 10)), oracle.points((50, 10))
    assert distances.nearest(network, a, b).metres[0, 0] == pytest.approx(10 + 50 + 10)
    assert distances.within(network, a, b, within_m=500)[0, 0] == pytest.approx(70)


def test_equal_distances_go_to_the_earlier_place() -> None:
    network = build_network(oracle.lines([(0, 0), (100, 0)], [(100, 0), (200, 0)]))
    places = oracle.points((180, 0), (20, 0), (180, 0))
    found = distances.nearest(network, oracle.points((100, 0)), places, k=3)
    assert found.place.tolist() == [[0, 1, 2]]
    assert found.metres.tolist() == [[80.0, 80.0, 80.0]]


def test_more_places_wanted_than_there_are_gives_inf_and_minus_one() -> None:
    network = build_network(oracle.grid())
    found = distances.nearest(network, oracle.points((0, 0)), oracle.points((100, 0)), k=3)
    assert found.place.tolist() == [[0, -1, -1]]
    assert found.metres.tolist() == [[100.0, math.inf, math.inf]]


def test_empty_sets_give_empty_answers() -> None:
    network = build_network(oracle.grid())
    some, none = oracle.points((0, 0), (50, 0)), oracle.points()
    assert distances.nearest(network, none, some).metres.shape == (0, 1)
    assert np.isinf(distances.nearest(network, some, none).metres).all()
    assert distances.within(network, none, some, within_m=100).shape == (0, 2)
    assert distances.within(network, some, none, within_m=100).shape == (2, 0)


def test_a_point_on_no_edge_is_unreachable_and_its_place_is_never_named() -> None:
    network = build_network(oracle.grid())
    off = Snapped(np.array([-1, 0]), np.array([0.0, 10.0]), np.array([999.0, 2.0]))
    found = distances.nearest(network, off, off, k=2)
    assert found.place.tolist() == [[-1, -1], [1, -1]]
    assert distances.within(network, off, off, within_m=1_000).toarray().tolist() == [
        [0, 0],
        [0, 4],
    ]


@pytest.mark.parametrize("limit", [0.0, -1.0, math.nan, -math.inf])
def test_a_limit_that_is_no_distance_is_refused(limit: float) -> None:
    network, here = build_network(oracle.grid()), oracle.points((0, 0))
    for ask in (
        lambda: distances.nearest(network, here, here, within_m=limit),
        lambda: distances.within(network, here, here, within_m=limit),
        lambda: distances.nearest_nodes(network, here, within_m=limit),
        lambda: distances.reached_nodes(network, here, limit_m=limit),
        lambda: distances.reached_paths(network, here, limit_m=limit),
    ):
        with pytest.raises(BadLimit):
            ask()
    with pytest.raises(BadLimit):
        distances.nearest(network, here, here, k=0)


@pytest.mark.parametrize("length", [-1.0, math.nan, math.inf, -math.inf, 1e300])
def test_an_edge_without_a_real_length_is_refused(length: float) -> None:
    network = build_network(oracle.grid(2, 2))
    broken = dataclasses.replace(network, edge_m=np.array([100.0, length, 100, 100]))
    here = Snapped(np.array([0]), np.array([3.0]), np.array([1.0]))
    for ask in (
        lambda: distances.nearest(broken, here, here),
        lambda: distances.within(broken, here, here, within_m=9.0),
        lambda: distances.nearest_nodes(broken, here),
    ):
        with refused("bad_length", match="bad_length"):
            ask()


@pytest.mark.parametrize("length", [0.0, 1e-12, 0.3, 9e8])
def test_edges_of_no_length_or_very_long_are_walked_as_they_are(
    length: float,
) -> None:
    network = build_network(oracle.grid(2, 2))
    same = dataclasses.replace(network, edge_m=np.full(4, length))
    here = Snapped(np.array([0]), np.array([0.0]), np.array([0.0]))
    metres = distances.nearest_nodes(same, here).metres[:, 0]
    found = sorted(metres.tolist())
    np.testing.assert_allclose(found, [0, length, length, 2 * length], atol=1e-9)


def test_a_network_of_one_node_or_none_answers() -> None:
    loop = build_network(oracle.lines([(0, 0), (50, 0), (50, 50), (0, 0)]))
    assert loop.nodes == 1
    places = oracle.points((50, 0), (0, 0))
    found = distances.nearest(loop, oracle.points((50, 50)), places, k=2)
    assert found.place.tolist() == [[0, 1]] and found.metres[0, 0] == 50
    assert distances.nearest_nodes(loop, places).metres.tolist() == [[0.0]]
    nothing = dataclasses.replace(
        loop,
        node_xy=np.empty((0, 2)),
        **{name: getattr(loop, name)[:0] for name in EDGE_COLUMNS},
    )
    assert np.isinf(distances.nearest(nothing, places, places).metres).all()
    assert distances.within(nothing, places, places, within_m=9.0).nnz == 0
    assert distances.nearest_nodes(nothing, places).metres.shape == (0, 1)


def test_something_else_than_a_point_is_refused() -> None:
    network = build_network(oracle.grid())
    line = gpd.GeoSeries([shapely.LineString([(0, 0), (1, 1)])], crs=network.crs)
    with refused("bad_point"):
        distances.nearest(network, line, oracle.points((0, 0)))


def test_everything_connected_is_reached_without_a_limit() -> None:
    network = build_network(oracle.grid())
    reached = distances.reached_paths(network, oracle.points((10, 0)), limit_m=math.inf)
    assert reached.length.sum() == pytest.approx(network.edge_m.sum())


def test_more_pairs_than_the_first_room_are_all_kept() -> None:
    network = build_network(oracle.grid(8, 8))
    xy = np.random.default_rng(3).uniform(0, 700, (90, 2))
    here = oracle.points(*map(tuple, xy))
    found = distances.within(network, here, here, within_m=math.inf)
    assert found.nnz == 90 * 90 > 4 * 1024
    truth = distances.nearest(network, here, here, k=90)
    np.testing.assert_allclose(np.sort(found.toarray(), axis=1), truth.metres, atol=1e-6)


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
        lambda: distances.nearest(network, points, good, k=k).metres,
        lambda: distances.nearest(network, good, points, k=k).metres,
        lambda: distances.within(network, points, good, within_m=50.0).data,
        lambda: distances.within(network, good, points, within_m=50.0).data,
        lambda: distances.nearest_nodes(network, points, k=k).metres,
        lambda: distances.reached_nodes(network, points, limit_m=50.0)[1],
    ):
        if (off | fits).all():
            metres = ask()
            assert not np.isnan(metres).any() and (metres >= 0).all()
        else:
            with refused("bad_point"):
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
    found = distances.nearest(network, snapped, here)
    off = snapped.edge < 0
    assert np.isinf(found.metres[off]).all() and (found.place[off] == -1).all()
    assert np.isfinite(found.metres[~off]).all()
    assert (snapped.stretch_m[~off] <= 300).all()
    assert distances.within(network, here, snapped, within_m=math.inf).nnz == (~off).sum()
