"""Positions as people write them, and which system their numbers are in."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Transformer

from geo.sources.files.coordinates import both, find_pair, to_degrees

ZONES = {
    "EPSG:3007": 12.0, "EPSG:3008": 13.5, "EPSG:3009": 15.0, "EPSG:3010": 16.5, "EPSG:3011": 18.0,
    "EPSG:3012": 14.25, "EPSG:3013": 15.75, "EPSG:3014": 17.25, "EPSG:3015": 18.75,
    "EPSG:3016": 20.25, "EPSG:3017": 21.75, "EPSG:3018": 23.25,
}  # fmt: skip
"""SWEREF 99's local zones and their central meridians, as Lantmäteriet defines them."""


@pytest.mark.parametrize(
    ("text", "degrees"),
    [
        ("59.36512", 59.36512),
        ("59,36512", 59.36512),
        ("59° 30'", 59.5),
        ("59°21′54,432″N", 59.36512),
        ("59 21 54.432 N", 59.36512),
        ("N59°21.9072'", 59.36512),
        ("18°03'E", 18.05),
        ("18,05° Ö", 18.05),
        ("70°30'V", -70.5),
        ("33°51'24\"S", -33.856666666),
        ("59:21:54.432", 59.36512),
    ],
)
def test_degrees_read_in_every_notation(text: str, degrees: float) -> None:
    assert to_degrees(text) == pytest.approx(degrees, abs=1e-8)


@pytest.mark.parametrize(
    "text", ["", "abc", "59°75'", "200°", "12 34", "Gatan 12", "1" * 5000, "°"]
)
def test_what_is_no_angle_is_none(text: str) -> None:
    assert to_degrees(text) is None


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        ("59.33, 18.06", (59.33, 18.06)),
        ("59,33; 18,06", (59.33, 18.06)),
        ("59,33 18,06", (59.33, 18.06)),
        ("59,33, 18,06", (59.33, 18.06)),
        ("(59.33 18.06)", (59.33, 18.06)),
        ("POINT (18.06 59.33)", (59.33, 18.06)),
        ("SRID=4326;POINT Z(18.06 59.33 12)", (59.33, 18.06)),
        ("6580822, 674032", (6580822.0, 674032.0)),
        ("59°30'N 18°15'E", (59.5, 18.25)),
        ("E 18°15', N 59°30'", (59.5, 18.25)),
        ("59.33N, 18.06E", (59.33, 18.06)),
        ("Gatan 12, 13", None),
        ("59.33", None),
        ("", None),
        (None, None),
    ],
)
def test_two_coordinates_in_one_cell_are_told_apart(
    text: str | None, pair: tuple[float, float] | None
) -> None:
    assert both(text) == (None if pair is None else pytest.approx(pair))


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.floats(-90, 90).filter(lambda value: abs(value) > 1e-3))
def test_an_angle_reads_back_from_degrees_minutes_and_seconds(value: float) -> None:
    size = abs(value)
    minutes = (size % 1) * 60
    seconds = (minutes % 1) * 60
    text = f"{int(size)}°{int(minutes)}'{min(seconds, 59.99999):.5f}\"{'N' if value > 0 else 'S'}"
    assert to_degrees(text) == pytest.approx(value, abs=1e-8)


@pytest.mark.parametrize("crs", ZONES)
@pytest.mark.parametrize("names", [("x", "y"), ("N", "E"), ("kol1", "kol2")])
def test_the_area_tells_which_of_the_twelve_zones(crs: str, names: tuple[str, str]) -> None:
    """Numbers of all twelve look alike; only one of them puts the points into the area."""
    lon, lat = ZONES[crs] + np.array([0.01, 0.02, -0.03]), np.array([59.30, 59.31, 59.32])
    across, up = Transformer.from_crs(4326, crs, always_xy=True).transform(lon, lat)
    frame = pd.DataFrame({"namn": list("abc"), names[0]: up, names[1]: across}, dtype=object)
    near = (ZONES[crs] - 0.1, 59.2, ZONES[crs] + 0.1, 59.4)
    pair = find_pair(frame, {}, None, near=near)
    assert pair is not None
    assert (pair.crs, pair.landing) == (crs, 1.0)
    assert pair.columns == {"e": names[1], "n": names[0]}
    assert pair.by_name == (names[0] != "kol1")
    blind = find_pair(frame, {}, None)
    assert blind is None or blind.landing == 0


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:3006", "EPSG:3021"])
@pytest.mark.parametrize("swapped", [False, True])
def test_columns_without_names_are_told_by_where_their_numbers_land(
    crs: str, swapped: bool
) -> None:
    lon, lat = np.array([17.834213, 17.90427, 17.87123]), np.array([59.365127, 59.36417, 59.3551])
    across, up = Transformer.from_crs(4326, crs, always_xy=True).transform(lon, lat)
    pairs = [up, across] if swapped else [across, up]
    frame = pd.DataFrame({"#1": [11, 12, 13], "#2": pairs[0], "#3": pairs[1]}, dtype=object)
    pair = find_pair(frame, {}, None)
    assert pair is not None
    assert (pair.crs, pair.landing, pair.by_name) == (crs, 1.0, False)
    np.testing.assert_allclose(pair.up, up)


def test_counts_without_names_are_no_coordinates() -> None:
    frame = pd.DataFrame({"#1": [12.5, 13.5, 14.0], "#2": [58.5, 59.0, 60.5]}, dtype=object)
    assert find_pair(frame, {}, None) is None


def test_one_column_with_both_is_read_in_any_order() -> None:
    cells = ["59.36512, 17.83421", None, "59°21'54.4\" N, 17°50'3.1\" E", "saknas"]
    frame = pd.DataFrame({"namn": list("abcd"), "Koordinater": cells}, dtype=object)
    pair = find_pair(frame, {}, None)
    assert pair is not None
    assert (pair.crs, pair.landing, pair.columns) == ("EPSG:4326", 1.0, {"position": "Koordinater"})
    np.testing.assert_allclose(pair.up, [59.36512, np.nan, 59.365111, np.nan], atol=1e-6)
    turned = pd.DataFrame({"läge": ["17.83421, 59.36512"]}, dtype=object)
    other = find_pair(turned, {}, None)
    assert other is not None
    assert (float(other.up[0]), float(other.across[0])) == (59.36512, 17.83421)
