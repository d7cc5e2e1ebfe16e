"""The ground divides into regions that hide a place, by the ground and its residents alone."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.area.regions import divide, is_wide, rule

EAST, NORTH = 660_000.0, 6_580_000.0


def zones(*boxes: tuple[float, float, float, float]) -> np.ndarray:
    return np.array(
        [shapely.box(EAST + w, NORTH + s, EAST + e, NORTH + n) for w, s, e, n in boxes],
        dtype=object,
    )


def homes(*at: tuple[float, float]) -> np.ndarray:
    return np.array([(EAST + x, NORTH + y) for x, y in at]).reshape(-1, 2)


def test_the_rule_is_at_least_what_is_promised() -> None:
    known = rule()
    assert known.across_m >= 300 and known.grid_m >= known.across_m
    assert known.households >= 10 and known.persons_per_household > 2
    assert {"skyddad", "restricted", "begränsad", "skyddat_boende"} <= set(known.columns)


def test_what_is_wide_holds_a_circle() -> None:
    assert is_wide(shapely.box(0, 0, 305, 305), 300)
    assert not is_wide(shapely.box(0, 0, 290, 5000), 300)
    arm = shapely.union(shapely.box(0, 0, 100, 900), shapely.box(0, 0, 900, 100))
    assert not is_wide(arm, 300)


def test_lived_in_cells_of_the_grid_are_regions_by_themselves() -> None:
    everywhere = [(x, y) for x in range(5, 1500, 50) for y in range(5, 1000, 50)]
    found = divide(zones((0, 0, 1500, 1000)), homes(*everywhere), np.ones(len(everywhere)))
    assert len(found) == 6
    assert all(region.enough and region.people == 100 for region in found)


def test_empty_ground_is_joined_until_enough_live_there() -> None:
    found = divide(zones((0, 0, 2000, 500)), homes((250, 250)), np.array([30.0]))
    assert len(found) == 1 and found[0].enough
    alone = divide(zones((0, 0, 2000, 500)), homes((250, 250)), np.array([20.0]))
    assert len(alone) == 1 and not alone[0].enough


def test_a_narrow_district_is_joined_with_its_neighbour() -> None:
    found = divide(zones((0, 0, 500, 500), (500, 0, 600, 500)), homes((250, 250)), np.array([30.0]))
    assert len(found) == 1 and found[0].shape.area == pytest.approx(600 * 500)


def test_parts_join_within_their_own_district_first() -> None:
    both = zones((0, 0, 1000, 500), (1000, 0, 2000, 500))
    found = divide(both, homes((250, 250), (1250, 250)), np.array([30.0, 30.0]))
    assert sorted(region.shape.bounds[0] - EAST for region in found) == [0, 1000]


def test_parts_with_water_between_join_the_nearest() -> None:
    found = divide(zones((0, 0, 500, 500), (900, 0, 1000, 100)), homes((20, 20)), np.array([99.0]))
    assert len(found) == 1 and found[0].people == 99


corner = st.integers(0, 30).map(lambda step: step * 100.0)


@settings(max_examples=25, deadline=None)
@given(
    cuts=st.lists(st.floats(150, 2900), max_size=3, unique=True),
    at=st.lists(st.tuples(st.floats(0, 3000), st.floats(0, 1800)), min_size=1, max_size=40),
    seed=st.integers(0, 99),
)
def test_regions_cover_the_ground_once_and_each_hides(
    cuts: list[float], at: list[tuple[float, float]], seed: int
) -> None:
    edges = [0.0, *sorted(cuts), 3000.0]
    ground = zones(*((w, 0, e, 1800) for w, e in pairwise(edges)))
    people = np.random.default_rng(seed).integers(0, 40, len(at)).astype(float)
    found = divide(ground, homes(*at), people)
    shapes = np.array([region.shape for region in found], dtype=object)
    assert shapely.area(shapes).sum() == pytest.approx(3000 * 1800)
    assert shapely.union_all(shapes).area == pytest.approx(3000 * 1800)
    assert sum(region.people for region in found) == pytest.approx(people.sum())
    if len(found) > 1:
        assert all(region.enough for region in found)
    for region in found:
        if region.enough:
            assert is_wide(region.shape, 300) and region.people >= rule().people


@settings(max_examples=15, deadline=None)
@given(
    at=st.lists(st.tuples(st.floats(0, 3000), st.floats(0, 1800)), min_size=1, max_size=30),
    more=st.lists(st.tuples(st.floats(0, 3000), st.floats(0, 1800)), min_size=1, max_size=30),
    cut=st.floats(150, 2850),
)
def test_regions_of_two_years_never_meet_in_something_narrow(
    at: list[tuple[float, float]], more: list[tuple[float, float]], cut: float
) -> None:
    ground = zones((0, 0, cut, 1800), (cut, 0, 3000, 1800))
    one = divide(ground, homes(*at), np.full(len(at), 20.0))
    other = divide(ground, homes(*at, *more), np.full(len(at) + len(more), 20.0))
    for a in one:
        for b in other:
            parts = shapely.get_parts(shapely.intersection(a.shape, b.shape))
            shared = shapely.union_all(parts[shapely.area(parts) > 0])  # lines may be shared too
            assert shared.area < 1e-6 or is_wide(shared, 299.0)
