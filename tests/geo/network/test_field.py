"""The kept field against fresh computations: random changes, taken back in any order they came."""

from __future__ import annotations

import geopandas as gpd
import hypothesis.strategies as st
import numpy as np
import pytest
import shapely
from hypothesis import given, settings

from geo import presets
from geo.network import distances
from geo.network.nearest_field import NearestField
from geo.network.walk_network import WalkNetwork, build_network
from geo.types import SWEREF99_TM
from tests.conftest import often
from tests.geo import oracle
from tests.refusals import refused

RANDOM = settings(max_examples=often(150), deadline=None)
PROFILES = [presets.profile(name) for name in ("adult", "with_stroller")]


def assert_fresh(field: NearestField, profile: presets.Profile | None = None) -> None:
    """Every metre and every place is that of a computation from nothing, to the last bit."""
    fresh = distances.nearest(field.network, field.people, field.places, profile=profile)
    np.testing.assert_array_equal(field.metres, fresh.metres[:, 0])
    np.testing.assert_array_equal(field.place, fresh.place[:, 0])
    nodes = distances.nearest_nodes(field.network, field.places, profile=profile)
    np.testing.assert_array_equal(field.node_metres, nodes.metres[:, 0])
    np.testing.assert_array_equal(field.node_place, nodes.place[:, 0])


def state(field: NearestField) -> list[np.ndarray]:
    arrays = (field.metres, field.place, field.node_metres, field.node_place, field.places.edge)
    return [array.copy() for array in (*arrays, field.people.edge, field.people.offset_m)]


def assert_same(kept: list[np.ndarray], now: list[np.ndarray]) -> None:
    for one, other in zip(kept, now, strict=True):
        np.testing.assert_array_equal(one, other)


@st.composite
def drawn_lines(draw: st.DrawFn, network: WalkNetwork) -> gpd.GeoSeries:
    """A line between two spots on or near paths, with a bend now and then."""
    ends = []
    for _ in range(2):
        edge = network.geometry[draw(st.integers(0, network.edges - 1))]
        spot = edge.interpolate(draw(st.sampled_from([0.0, 0.2, 0.5, 0.77, 1.0])), normalized=True)
        by = draw(st.sampled_from([(0.0, 0.0), (0.0, 0.0), (3.0, -2.0), (-1.0, 7.0)]))
        ends.append((spot.x + by[0], spot.y + by[1]))
    if draw(st.booleans()) or np.hypot(*np.subtract(*ends)) < 1:
        ends.insert(1, (ends[0][0] + draw(st.integers(1, 90)), ends[1][1] + 13.0))
    return gpd.GeoSeries([shapely.LineString(ends)], crs=SWEREF99_TM)


@RANDOM
@given(st.data(), st.sampled_from(PROFILES), st.booleans())
def test_any_changes_give_the_floats_of_a_fresh_computation(data, profile, known: bool) -> None:
    network = data.draw(oracle.networks())
    people, places = (data.draw(oracle.positions(network, most=9)) for _ in range(2))
    given_as = (lambda points: points) if known else (lambda points: network.snap(points, profile))
    field = NearestField(network, given_as(people), given_as(places), profile=profile)
    assert_fresh(field, profile)
    shapes: list[object] = list(places)
    history = [(state(field), list(shapes))]
    for _ in range(data.draw(st.integers(1, 7))):
        change = data.draw(st.sampled_from(["add", "remove", "path", "undo", "undo"]))
        here = [number for number in range(len(shapes)) if shapes[number] is not None]
        if change == "add":
            spot = data.draw(oracle.positions(field.network, most=1))
            if len(spot) == 0:
                continue
            number = field.add(spot if known else field.network.snap(spot, profile))
            assert number == len(shapes)
            shapes.append(spot.iloc[0])
        elif change == "remove" and here:
            number = data.draw(st.sampled_from(here))
            field.remove(number)
            shapes[number] = None
        elif change == "path":
            field.add_path(data.draw(drawn_lines(field.network)))
        elif change == "undo":
            assert field.undo() == (len(history) > 1)
            history = history[:-1] if len(history) > 1 else history
            assert_same(history[-1][0], state(field))
            shapes = list(history[-1][1])
            continue
        else:
            continue
        if known:
            for points, snapped in ((people, field.people), (shapes, field.places)):
                anew = field.network.snap(gpd.GeoSeries(list(points), crs=SWEREF99_TM), profile)
                there = snapped.edge >= 0
                np.testing.assert_array_equal(there, anew.edge >= 0)
                np.testing.assert_allclose(
                    snapped.stretch_m[there], anew.stretch_m[there], rtol=0, atol=1e-9
                )
        assert_fresh(field, profile)
        history.append((state(field), list(shapes)))
    while field.changes:
        assert field.undo()
    assert_same(history[0][0], state(field))


def river() -> WalkNetwork:
    """Two long banks 60 m apart; only the north one has a way round, so the south one is loose."""
    north = [[(x * 100.0, 60.0), (x * 100.0 + 100.0, 60.0)] for x in range(9)]
    return build_network(oracle.lines(*north, [(0, 60), (0, 400)], [(0, 0), (900, 0)]))


def bridge(*ends: tuple[float, float]) -> gpd.GeoSeries:
    with np.errstate(invalid="ignore"):  # shapely warns of NaN
        line = shapely.LineString(np.asarray(ends) + oracle.ORIGIN)
    return gpd.GeoSeries([line], crs=SWEREF99_TM)


def test_a_bridge_reaches_those_on_the_other_bank_and_they_step_out_on_their_own_side() -> None:
    south, place = oracle.points((450, -5), (450, 20)), oracle.points((350, 60))
    field = NearestField(river(), south, place)
    np.testing.assert_allclose(field.metres, [65 + 100, 40 + 100])
    field.add_path(bridge((450, 60), (450, 0)))
    np.testing.assert_allclose(field.metres, [5 + 60 + 100, 40 + 100])
    assert field.network.edges == 11 + 1 + 2 and field.network.nodes == 13 + 2
    assert_fresh(field)
    far = oracle.points((800, 5))
    number = field.add(far)
    assert field.place.tolist() == [0, 0] and field.places.edge[number] >= 0
    field.remove(0)
    np.testing.assert_allclose(field.metres, [5 + 350 + 5, 20 + 350 + 5])
    assert_fresh(field)
    assert [field.undo() for _ in range(4)] == [True, True, True, False]
    np.testing.assert_allclose(field.metres, [165, 140])


def test_a_new_path_shortens_walks_and_never_lengthens_one_between_fixed_doors() -> None:
    network = build_network(oracle.grid(12, 12))
    generator = np.random.default_rng(5)
    people = network.snap(oracle.points(*generator.uniform(0, 1100, (200, 2)).tolist()))
    places = network.snap(oracle.points((0, 0), (100, 0)))
    field = NearestField(network, people, places)
    before = field.metres.copy()
    field.add_path(bridge((20, 0), (850, 900)))
    assert (field.metres <= before).all() and (field.metres < before - 50).sum() >= 5
    field.remove(1)
    field.remove(0)
    assert np.isinf(field.metres).all() and (field.place == -1).all()


def test_a_path_crosses_others_without_joining_them() -> None:
    field = NearestField(river(), oracle.points((100, 0)), oracle.points((0, 400)))
    joined = field.add_path(bridge((500, -3), (500, 200), (0, 200)))
    assert joined.network.nodes == river().nodes + 2
    path = joined.network.geometry[joined.path]
    assert path.length == pytest.approx(3 + 200 + 3 + 500, abs=3.1)
    assert field.metres[0] == pytest.approx(400 + path.length + 200)


def test_what_can_not_be_a_path_or_a_place_is_refused_and_changes_nothing() -> None:
    field = NearestField(river(), oracle.points((1, 1)), oracle.points((0, 400)))
    before = state(field)
    for line in (
        gpd.GeoSeries([shapely.Point(0, 0)], crs=SWEREF99_TM),
        gpd.GeoSeries([], crs=SWEREF99_TM),
        gpd.GeoSeries([None], crs=SWEREF99_TM),
        bridge((0, 0), (0, 0)),
        bridge((0, 0), (np.nan, 0)),
        bridge((0, 0), (1e200, 0)),
        gpd.GeoSeries([shapely.MultiLineString([[(0, 0), (1, 1)]])], crs=SWEREF99_TM),
    ):
        with refused("bad_path"):
            field.add_path(line)
    with refused("path_apart") as caught:
        field.add_path(bridge((0, 60), (450, -80)))
    assert "80" in caught.value.message("sv") and "50" in caught.value.message("en")
    for places in (oracle.points(), oracle.points((0, 0), (1, 1))):
        with refused("bad_point"):
            field.add(places)
    field.remove(0)
    for number in (0, 1, -1):
        with refused("bad_point"):
            field.remove(number)
    field.undo()
    assert_same(before, state(field))
    with pytest.raises(ValueError, match="read-only"):
        field.metres[0] = 0.0


def test_a_place_off_every_path_serves_nobody_and_is_listed() -> None:
    field = NearestField(river(), oracle.points((100, 61)), oracle.points((0, 400)))
    before = state(field)
    number = field.add(oracle.points((9_000, 0)))
    assert field.places.edge[number] == -1 and field.places.stretch_m[number] > 300
    assert_same(before[:4], state(field)[:4])


def test_a_change_touches_what_it_changes_and_not_the_rest_of_the_town() -> None:
    network = build_network(oracle.grid(60, 60))
    generator = np.random.default_rng(2)
    everywhere = generator.uniform(0, 5900, (40, 2))
    people = oracle.points(*generator.uniform(0, 5900, (2000, 2)).tolist())
    field = NearestField(network, people, oracle.points(*everywhere.tolist()))
    before = field.metres.copy()
    field.add(oracle.points((3000, 3000)))
    change = field._changes[-1]
    assert 0 < len(change.node) < network.nodes / 8
    assert (field.metres != before).sum() <= len(change.person) < 2000 / 8
    assert_fresh(field)
