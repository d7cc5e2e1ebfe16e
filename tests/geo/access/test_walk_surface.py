"""The surface of walking distance, and people as dots, where the answer is known by hand."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo.access.people_dots import FARTHEST_M, NEAREST_M, dots, each_of
from geo.access.walk_surface import NEAR_M, along_paths, lattice_of, surface
from geo.network.walk_network import build_network
from tests.tiny import CRS, EAST, NORTH, tiny_area

LIMIT = 400.0


def at(x: float, y: float) -> shapely.Point:
    return shapely.Point(EAST + x, NORTH + y)


@pytest.fixture(scope="module")
def street():
    """One street, a kilometre from west to east, with a place at its western end."""
    line = shapely.LineString([at(0, 0), at(1000, 0)])
    network = build_network(gpd.GeoDataFrame(geometry=[line], crs=CRS))
    ground = lattice_of(network, (EAST - 200, NORTH - 200, EAST + 1200, NORTH + 200))
    places = network.snap(gpd.GeoSeries([at(0, 0)], crs=CRS))
    return network, ground, surface(ground, network, places, LIMIT)


def test_the_limit_runs_where_the_walk_is_as_long_as_the_limit(street):
    _, _, found = street
    crossed = found.line.union_all().intersection(shapely.LineString([at(0, 0), at(1000, 0)]))
    assert crossed.geom_type == "Point"
    assert crossed.x - EAST == pytest.approx(LIMIT, abs=12)  # a cell is 20 m
    # 60 m beside the street the walk is the way along it and 60 m more.
    inside = found.within.iloc[1]
    assert inside.contains(at(LIMIT - 90, 60)) and not inside.contains(at(LIMIT - 30, 60))


def test_classes_lie_inside_each_other_and_their_borders_are_shares_of_the_limit(street):
    _, _, found = street
    assert found.cuts_m == (200.0, 400.0, 600.0, 800.0)
    for inner, outer in zip(found.within, found.within[1:], strict=False):
        assert inner.difference(outer).area < 1.0
    for cut, shape in zip(found.cuts_m, found.within, strict=True):
        assert shape.contains(at(cut - 20, 0)) and not shape.contains(at(cut + 20, 0))


def test_ground_far_from_every_path_is_not_walked_on(street):
    _, ground, _ = street
    shape = ground.ground.union_all()
    assert shape.contains(at(500, NEAR_M - 15)) and not shape.contains(at(500, NEAR_M + 15))
    assert not shape.contains(at(1000 + NEAR_M + 15, 0))


def test_every_path_has_points_at_its_ends_and_no_gap_is_wider_than_told(street):
    network, _, _ = street
    points, xy = along_paths(network)
    east = np.sort(xy[:, 0] - EAST)
    assert (east[0], east[-1]) == pytest.approx((0, 1000))
    assert np.diff(east).max() <= 15.0 + 1e-9
    assert (points.edge == 0).all()


def test_a_network_without_places_is_far_everywhere(street):
    network, ground, _ = street
    nowhere = network.snap(gpd.GeoSeries([], crs=CRS))
    found = surface(ground, network, nowhere, LIMIT)
    assert all(shape.is_empty for shape in found.within) and found.line.empty


def test_dots_add_up_to_the_people_and_stand_near_them():
    area = tiny_area()
    people = area.count("children_0_4")
    made = dots(area, people)
    assert made.each == 2
    assert abs(len(made.row) * made.each - people.sum()) <= made.each
    spots = area.people.geometry.to_crs(CRS)
    home = np.column_stack([spots.x, spots.y])[made.row]
    moved = np.hypot(*(made.xy - home).T)
    assert moved.min() >= NEAREST_M - 1e-6 and moved.max() <= FARTHEST_M + 1e-6
    assert (people[made.row] > 0).all()
    again = dots(area, people)
    assert (again.xy == made.xy).all()


def test_nobody_who_is_counted_is_ever_a_dot():
    area = tiny_area()
    counted = area.people.assign(estimated=False)
    homes = area.people.assign(origin="transitional_housing")
    for people in (counted, homes):
        assert len(dots(replace(area, people=people), area.count("all")).row) == 0


@pytest.mark.parametrize(("people", "each"), [(0, 2), (1_800, 2), (1_801, 5), (45_001, 100)])
def test_a_dot_is_a_round_number_of_people_never_one(people, each):
    assert each_of(people) == each
