"""The way between two points: metres, line and parts, against networkx and ``reach``."""

from __future__ import annotations

import math
from pathlib import Path

import geopandas as gpd
import networkx as nx
import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.network.distances import nearest, within
from geo.network.routes import TO_PATH, Route, route
from geo.network.walk_network import WalkNetwork, build_network
from geo.presets import profile, profiles
from geo.types import WGS84
from tests.conftest import often
from tests.geo.oracle import dense, grid, lines, networks, points, positions, spliced

OFTEN = settings(max_examples=often(200), deadline=None, suppress_health_check=list(HealthCheck))
WALKERS = st.sampled_from(list(profiles().values()))


def one(series: gpd.GeoSeries, row: int) -> gpd.GeoSeries:
    return series.iloc[[row]]


def check_whole(found: Route, metres: float) -> None:
    """A way's metres, its line and its parts say the same."""
    if math.isinf(metres):
        assert math.isinf(found.metres)
        assert found.line.is_empty
        assert found.steps == ()
        return
    assert found.metres == pytest.approx(metres, abs=1e-6)
    assert found.line.length == pytest.approx(found.metres, abs=1e-3)
    assert sum(step.metres for step in found.steps) == pytest.approx(found.metres, abs=1e-6)
    assert all(step.metres > 0 for step in found.steps)


def check_on_paths(network: WalkNetwork, found: Route, walker) -> None:
    """Between the stretches at its ends, a way follows paths the profile may use."""
    stretch = sum(step.metres for step in found.steps if step.kind == TO_PATH)
    allowed = network.walkable(walker).allowed
    paths = shapely.union_all(network.geometry[allowed])
    assert found.line.difference(paths.buffer(1e-4)).length <= stretch + 1e-3


@OFTEN
@given(st.data())
def test_a_way_is_as_long_as_networkx_says_and_stays_on_paths(data: st.DataObject) -> None:
    network = data.draw(networks())
    a, b = data.draw(positions(network, most=4)), data.draw(positions(network, most=4))
    walker = data.draw(WALKERS)
    snapped = network.snap(a, walker), network.snap(b, walker)
    want = dense(network, network.walkable(walker).allowed, *snapped)
    for row in range(len(a)):
        for column in range(len(b)):
            found = route(network, one(a, row), one(b, column), profile=walker)
            check_whole(found, want[row, column])
            if not found.line.is_empty:
                check_on_paths(network, found, walker)
                ends = shapely.get_coordinates(found.line)[[0, -1]]
                doors = shapely.get_coordinates([a.iloc[row], b.iloc[column]])
                assert ends == pytest.approx(doors, abs=1e-9)


def random_points(network: WalkNetwork, count: int, seed: int) -> gpd.GeoSeries:
    random = np.random.default_rng(seed)
    edges = random.choice(network.edges, count)
    on = shapely.line_interpolate_point(network.geometry[edges], 0.4, normalized=True)
    xy = shapely.get_coordinates(on) + random.uniform(-40, 40, (count, 2))
    return gpd.GeoSeries(shapely.points(xy), crs=network.crs)


@pytest.mark.shared
@pytest.mark.parametrize("name", ["adult", "with_stroller", "evening"])
def test_ways_on_rinkeby_kista_are_those_of_networkx_and_of_within(
    shared_data: Path, name: str
) -> None:
    from geo.sources.osm.files import read_osm

    network = build_network(read_osm(shared_data / "rinkeby-kista" / "walk.osm").lines)
    walker = profile(name)
    a, b = random_points(network, 40, 1), random_points(network, 40, 2)
    start, goal = network.snap(a, walker), network.snap(b, walker)
    graph = spliced(network, network.walkable(walker).allowed, start=start, goal=goal)
    pairs = within(network, start, goal, within_m=1e9, profile=walker)
    reachable = 0
    for row in range(40):
        found = route(network, one(a, row), one(b, row), profile=walker)
        try:
            want = nx.dijkstra_path_length(graph, ("start", row), ("goal", row))
        except nx.NetworkXNoPath:
            want = math.inf
        check_whole(found, want)
        if math.isfinite(want):
            reachable += 1
            assert found.metres == pytest.approx(pairs[row, row], abs=1e-6)
    assert reachable > 10


def test_the_way_to_the_nearest_place_is_as_long_as_nearest_says() -> None:
    network = build_network(grid(6, 6))
    home, places = points((130, 4)), points((470, 110), (330, 404), (99, 505))
    found = nearest(network, home, places)
    way = route(network, home, one(places, int(found.place[0, 0])))
    assert way.metres == pytest.approx(found.metres[0, 0], abs=1e-9)


def test_two_points_on_one_edge_are_as_far_apart_as_the_edge_says() -> None:
    network = build_network(lines([(0, 0), (400, 0)]))
    there = route(network, points((100, 5)), points((250, -3)))
    back = route(network, points((250, -3)), points((100, 5)))
    assert there.metres == back.metres == pytest.approx(5 + 150 + 3)
    assert [step.kind for step in there.steps] == [TO_PATH, "unknown", TO_PATH]
    assert there.line.equals(back.line)


def test_the_way_round_by_both_ends_wins_over_a_long_bend_of_the_same_edge() -> None:
    horseshoe = [(0, 0), (0, 500), (20, 500), (20, 0)]
    network = build_network(lines(horseshoe, [(0, 0), (20, 0)]))
    way = route(network, points((0, 10)), points((20, 10)))
    assert way.metres == pytest.approx(40)
    assert way.line.length == pytest.approx(40)


def test_the_parts_say_stairs_light_and_kind_in_walking_order() -> None:
    ways = lines(
        [(0, 0), (100, 0)], [(100, 0), (130, 0)], [(130, 0), (300, 0)], [(300, 0), (400, 0)]
    )
    ways["highway"] = ["footway", "steps", "cycleway", "secondary_link"]
    ways["steps"] = [False, True, False, False]
    ways["lit"] = [1, -1, 0, -1]
    network = build_network(ways)
    way = route(network, points((0, 20)), points((350, 0)))
    told = [(step.kind, round(step.metres), step.steps, step.lit) for step in way.steps]
    assert told == [
        (TO_PATH, 20, False, -1),
        ("path", 100, False, 1),
        ("steps", 30, True, -1),
        ("cycleway", 170, False, 0),
        ("road", 50, False, -1),
    ]
    assert (way.stairs_m, way.unlit_m) == (pytest.approx(30), pytest.approx(170))
    assert way.unknown_light_m == pytest.approx(80)


def test_a_stroller_goes_round_the_stairs() -> None:
    ways = lines([(0, 0), (100, 0)], [(0, 0), (0, 60), (100, 60), (100, 0)])
    ways["steps"] = [True, False]
    network = build_network(ways)
    a, b = points((0, 0)), points((100, 0))
    assert route(network, a, b).metres == pytest.approx(100)
    stroller = route(network, a, b, profile=profile("with_stroller"))
    assert stroller.metres == pytest.approx(220)
    assert stroller.stairs_m == 0


def test_one_and_the_same_door_is_no_way_at_all() -> None:
    network = build_network(grid(3, 3))
    way = route(network, points((50, 0)), points((50, 0)))
    assert way.metres == 0
    assert way.line.length == 0
    assert way.steps == ()


def test_points_may_come_in_degrees() -> None:
    network = build_network(grid(4, 4))
    a, b = points((10, 0)), points((210, 0))
    way = route(network, a.to_crs(WGS84), b.to_crs(WGS84))
    assert way.metres == pytest.approx(200, abs=1e-3)
    assert way.crs == network.crs


def test_a_point_far_from_every_path_has_no_way() -> None:
    network = build_network(grid(3, 3))
    check_whole(route(network, points((0, 0)), points((9000, 0))), math.inf)


def test_points_already_on_the_paths_give_the_same_metres_and_the_line_between_them() -> None:
    network = build_network(grid(6))
    a, b = points((12.0, 8.0)), points((431.0, 377.0))
    doors, paths = route(network, a, b), route(network, network.snap(a), network.snap(b))
    assert paths.metres == doors.metres
    ends = sum(step.metres for step in doors.steps if step.kind == TO_PATH)
    assert paths.line.length == pytest.approx(doors.metres - ends, abs=1e-3)
    assert doors.line.buffer(1e-6).covers(paths.line)
