"""Points spread over the paths: evenly, inside, and the same every time."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import pdist

from geo.errors import BadLimit, SitingError
from geo.planning.siting.candidates import SAMPLES, lattice
from tests.refusals import refused
from tests.tiny import tiny_area

AREA = tiny_area()
EVERYWHERE = shapely.Polygon()


def spots(spacing_m: float, boundary: shapely.Geometry = EVERYWHERE) -> np.ndarray:
    points = lattice(AREA.network, boundary, spacing_m).to_crs(AREA.network.crs)
    return np.asarray(points.values, dtype=object)


@given(st.floats(60, 500))
def test_no_two_points_are_nearer_than_the_spacing_and_no_path_is_far_from_one(
    spacing_m: float,
) -> None:
    found = spots(spacing_m)
    xy = shapely.get_coordinates(found)
    assert len(found) == 1 or pdist(xy).min() >= spacing_m - 0.01
    paths = shapely.union_all(AREA.network.geometry)
    assert shapely.distance(found, paths).max() < 0.01
    along = shapely.get_coordinates(shapely.segmentize(AREA.network.geometry, 10))
    gaps = np.hypot(*(along[:, None] - xy[None]).transpose(2, 0, 1)).min(axis=1)
    assert gaps.max() <= spacing_m * (1 + 1 / SAMPLES)


def test_points_are_inside_the_boundary_and_the_same_every_time() -> None:
    west, south, *_ = shapely.total_bounds(AREA.network.geometry)
    box = shapely.box(west, south, west + 300, south + 300)
    found = spots(100, box)
    assert 9 <= len(found) <= 16
    assert shapely.covers(box.buffer(0.01), found).all()
    assert (shapely.get_coordinates(found) == shapely.get_coordinates(spots(100, box))).all()


@pytest.mark.parametrize("spacing", [0, -5, float("nan"), float("inf")])
def test_a_spacing_is_a_length(spacing: float) -> None:
    with pytest.raises(BadLimit):
        lattice(AREA.network, EVERYWHERE, spacing)


def test_more_points_than_can_be_chosen_among_are_refused() -> None:
    for spacing in (1e-6, 3.0):
        with refused("lattice_too_fine", SitingError):
            lattice(AREA.network, EVERYWHERE, spacing)
