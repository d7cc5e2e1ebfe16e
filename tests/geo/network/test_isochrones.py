"""What can be walked to, as shapes: against the slow exact union of buffered, cut paths."""

from __future__ import annotations

import time
from itertools import pairwise
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.errors import BadLimit
from geo.network.distances import reached_paths
from geo.network.isochrones import CELL_M, FRONTAGE_M, _reached, _walk, isochrones
from geo.network.walk_network import WalkNetwork, build_network
from geo.presets import profile
from tests.conftest import often
from tests.geo.oracle import grid, lines, networks, points, positions

OFTEN = settings(max_examples=often(150), deadline=None, suppress_health_check=list(HealthCheck))
LIMITS = st.lists(st.integers(1, 600), min_size=1, max_size=4, unique=True).map(sorted)


def exact(paths: gpd.GeoSeries) -> shapely.Geometry:
    """The slow union: every cut path with the ground beside it, round corners nearly round."""
    return shapely.union_all(shapely.buffer(paths.values, FRONTAGE_M, quad_segs=16))


def spots(network: WalkNetwork, count: int, seed: int = 3) -> gpd.GeoSeries:
    """Points beside random paths of the main component."""
    random = np.random.default_rng(seed)
    edges = random.choice(network.walkable().main_edges, count)
    on = shapely.line_interpolate_point(network.geometry[edges], 0.37, normalized=True)
    xy = shapely.get_coordinates(on) + random.uniform(-15, 15, (count, 2))
    return gpd.GeoSeries(shapely.points(xy), crs=network.crs)


def check_against_the_exact_union(network: WalkNetwork, limit_m: float) -> None:
    at = spots(network, 3)
    for row in range(len(at)):
        found = isochrones(network, at[row : row + 1], limits_m=[limit_m])
        paths = reached_paths(network, at[row : row + 1], limit_m=limit_m)
        slow = exact(paths)
        assert found.area[0] == pytest.approx(slow.area, rel=0.03)
        # Not only as large: the same ground.
        assert found.geometry[0].symmetric_difference(slow).area < 0.01 * slow.area
        assert found["path_m"][0] == pytest.approx(paths.length.sum(), abs=1e-6)


@pytest.mark.shared
def test_the_area_is_that_of_the_slow_union_on_rinkeby_kista(shared_data: Path) -> None:
    from geo.sources.osm.files import read_osm

    ways = read_osm(shared_data / "rinkeby-kista" / "walk.osm").lines
    check_against_the_exact_union(build_network(ways), 1200)


@pytest.mark.shared
def test_the_area_is_that_of_the_slow_union_on_hasselby_vallingby(shared_data: Path) -> None:
    from geo.sources.files.vector import read_lines_listed

    ways = read_lines_listed(shared_data / "hasselby-vallingby" / "walk_lines.geojson.gz").frame
    network = build_network(ways)
    check_against_the_exact_union(network, 1200)
    at = network.snap(spots(network, 9))
    taken = []
    for row in range(9):
        began = time.thread_time()
        isochrones(network, at.take(np.array([row])), limits_m=[1200])
        taken.append(time.thread_time() - began)
    assert np.median(taken) < 0.1  # of the processor; 14 ms where it was measured


def test_the_area_is_that_of_the_slow_union_in_helsinki() -> None:
    from geo.catalog import open_area

    check_against_the_exact_union(open_area("demo").network, 800)


@OFTEN
@given(st.data())
def test_larger_limits_cover_smaller_ones_and_shapes_are_sound(data: st.DataObject) -> None:
    network = data.draw(networks())
    places = data.draw(positions(network))
    found = isochrones(network, places, limits_m=data.draw(LIMITS))
    assert found.is_valid.all()
    for smaller, larger in pairwise(found.geometry):
        assert smaller.is_empty or larger.covers(smaller)
    assert found["path_m"].is_monotonic_increasing


@OFTEN
@given(st.data())
def test_every_reached_path_lies_inside_and_nothing_lies_far_from_one(data: st.DataObject) -> None:
    network = data.draw(networks())
    places = data.draw(positions(network, most=2))
    walker = profile(data.draw(st.sampled_from(["adult", "with_stroller", "evening"])))
    limit = data.draw(st.integers(1, 400))
    found = isochrones(network, places, limits_m=[limit], profile=walker)
    paths = reached_paths(network, places, limit_m=limit, profile=walker)
    paths = paths[paths.length > 1e-6]
    shape = found.geometry[0]
    assert shape.is_empty == paths.empty
    if not paths.empty:
        ground = shapely.union_all(paths.values)
        assert shape.buffer(1e-6).covers(ground)
        # A gap narrower than a cell may close, a corner be cut: never by more than a cell.
        assert ground.buffer(FRONTAGE_M + CELL_M, quad_segs=32).covers(shape)
        assert shape.buffer(CELL_M / 2).covers(ground.buffer(FRONTAGE_M - CELL_M / 2))
        assert found["path_m"][0] == pytest.approx(ground.length, abs=1e-4) or ground.length < sum(
            paths.length
        )


def test_a_street_block_is_a_hole_and_water_is_not_crossed() -> None:
    network = build_network(grid(4, 4, spacing=200.0))
    (shape,) = isochrones(network, points((300, 300)), limits_m=[5000]).geometry
    holes = [hole for part in shape.geoms for hole in part.interiors]
    assert len(holes) == 9
    for hole in holes:  # 200 m between streets, less the ground beside both
        assert shapely.Polygon(hole).area == pytest.approx((200 - 2 * FRONTAGE_M) ** 2, rel=0.01)


def test_the_far_bank_is_not_reached_because_it_is_near_as_the_crow_flies() -> None:
    """Two banks 80 m apart, a bridge 1,000 m away."""
    banks = lines([(0, 0), (1000, 0)], [(0, 80), (1000, 80)], [(1000, 0), (1000, 80)])
    network = build_network(banks)
    at = points((10, 0))
    found = isochrones(network, at, limits_m=[500, 1200])
    far_bank = shapely.Point(shapely.get_coordinates(points((10, 80)))[0])
    middle = shapely.Point(shapely.get_coordinates(points((500, 40)))[0])
    assert not found.geometry[0].contains(far_bank)
    assert not found.geometry[1].contains(far_bank)
    assert not found.geometry[1].contains(middle)
    assert found["path_m"].tolist() == pytest.approx([510.0, 1000 + 80 + 130.0])


def test_stairs_stop_a_stroller() -> None:
    ways = lines([(0, 0), (100, 0)], [(100, 0), (200, 0)], [(200, 0), (300, 0)])
    ways["steps"] = [False, True, False]
    network = build_network(ways)
    start = points((10, 0))
    adult = isochrones(network, start, limits_m=[250])
    stroller = isochrones(network, start, limits_m=[250], profile=profile("with_stroller"))
    assert adult["path_m"][0] == pytest.approx(260)
    assert stroller["path_m"][0] == pytest.approx(100)


def test_several_places_reach_together_and_each_metre_counts_once() -> None:
    network = build_network(lines([(0, 0), (1000, 0)]))
    both = isochrones(network, points((300, 0), (500, 0)), limits_m=[150, 250])
    assert both["path_m"].tolist() == pytest.approx([500.0, 700.0])
    apart = isochrones(network, points((100, 0), (900, 0)), limits_m=[50])
    assert apart["path_m"][0] == pytest.approx(200.0)
    assert len(apart.geometry[0].geoms) == 2


def test_the_stretch_to_the_path_counts() -> None:
    network = build_network(lines([(0, 0), (1000, 0)]))
    found = isochrones(network, points((500, 80)), limits_m=[60, 100])
    assert found.geometry[0].is_empty
    assert found["path_m"].tolist() == pytest.approx([0.0, 40.0])


@pytest.mark.parametrize("at", [[], [(5000.0, 5000.0)]])
def test_no_places_and_places_off_every_path_reach_nothing(at: list) -> None:
    network = build_network(grid(3, 3))
    found = isochrones(network, points(*at), limits_m=[100, 200])
    assert found.geometry.is_empty.all()
    assert found["path_m"].tolist() == [0.0, 0.0]
    assert found.crs.to_string() == network.crs


@pytest.mark.parametrize(
    "limits", [[], [0], [-5], [400, 400], [800, 400], [float("nan")], [float("inf")], ["x"], [None]]
)
def test_limits_that_do_not_ascend_or_are_not_metres_are_refused(limits: list) -> None:
    network = build_network(grid(3, 3))
    with pytest.raises(BadLimit):
        isochrones(network, points((50, 0)), limits_m=limits)


def test_a_limit_gives_the_same_outline_alone_as_among_others() -> None:
    network = build_network(grid(5, 5))
    alone = isochrones(network, points((120, 0)), limits_m=[200])
    among = isochrones(network, points((120, 0)), limits_m=[100, 200, 300])
    assert alone.geometry[0].normalize() == among.geometry[1].normalize()


def test_stretches_are_apart_and_sum_to_the_path_reached() -> None:
    network = build_network(grid(4, 4))
    reached = _reached(_walk(network, points((150, 3)), 220.0, None), 220.0)
    assert (reached.high_m > reached.low_m).all()
    assert (reached.high_m <= network.edge_m[reached.edge]).all()
    paths = reached_paths(network, points((150, 3)), limit_m=220)
    assert reached.metres == pytest.approx(paths.length.sum())
