"""What maps show: classes, colours, legends, words and what a click means."""

from __future__ import annotations

from itertools import pairwise

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo import presets, texts
from geo.output.maps import spec as map_spec
from geo.output.maps import symbols
from geo.output.maps.spec import AreaLayer, CircleLayer, LineLayer, PointLayer, Shown
from tests.tiny import tiny_area

BOUNDS = (17.0, 59.0, 18.0, 60.0)
TABLE = pd.DataFrame({"namn": ["a"]})
amounts = st.lists(st.floats(1e-6, 1e7), min_size=1, max_size=60)


def points(*at: tuple[float, float], id: str = "preschool") -> PointLayer:
    return PointLayer(
        id,
        "Förskola",
        "triangle",
        "#b34700",
        tuple(f"{id}{row}" for row in range(len(at))),
        np.array([lon for lon, _ in at]),
        np.array([lat for _, lat in at]),
    )


def circles(*value: float) -> CircleLayer:
    count = len(value)
    return map_spec.circle_layer(
        "people",
        "Barn",
        ids=[f"p{row}" for row in range(count)],
        lon=17.5 + np.arange(count) / 100,
        lat=np.full(count, 59.5),
        value=value,
    )


def spec_of(*layers: map_spec.Layer, language: str = "sv") -> map_spec.MapSpec:
    return map_spec.compose("Barn", layers, bounds=BOUNDS, table=TABLE, language=language)


@given(amounts)
def test_every_amount_above_zero_lies_in_exactly_one_class_and_between_its_borders(values):
    found = map_spec.classes(values)
    index = map_spec.class_index(values, found)
    assert (index >= 0).all()
    for value, step in zip(values, index, strict=True):
        last = step == len(found) - 1
        assert found[step].lower <= value
        assert value <= found[step].upper if last else value < found[step].upper


@given(amounts)
def test_classes_follow_on_each_other_grow_and_each_holds_somebody(values):
    found = map_spec.classes(values)
    assert 1 <= len(found) <= 5
    assert found[0].lower == 0
    assert found[-1].upper == max(values)
    for one, other in pairwise(found):
        assert one.upper == other.lower
        assert one.radius_px < other.radius_px
        assert one.colour != other.colour
    used = set(map_spec.class_index(values, found).tolist())
    assert {0, len(found) - 1} <= used


@given(amounts)
def test_class_borders_are_numbers_a_person_can_read(values):
    for entry in map_spec.classes(values)[1:]:
        assert float(f"{entry.lower:.0e}") == pytest.approx(entry.lower)
        assert f"{entry.lower:.6e}"[0] in "125"


def test_nobody_and_unknown_are_not_drawn():
    layer = circles(0, -1, float("nan"), float("inf"), 3)
    assert layer.index.tolist() == [-1, -1, -1, -1, 0]


def test_an_empty_map_layer_has_no_classes_and_no_legend():
    assert spec_of(circles()).legend == ()
    assert spec_of(circles(0.0, 0.0)).legend == ()


def test_borders_stand_with_the_upper_class_in_the_legend():
    found = map_spec.classes([1, 2, 3, 8, 9, 40, 41], 3)
    labels = [map_spec.class_label(found, step, "sv") for step in range(3)]
    assert labels == ["under 2", "2 till 10", "10 eller fler"]
    assert map_spec.class_index([2, 10], found).tolist() == [1, 2]


def test_small_borders_keep_digits_that_count():
    found = map_spec.classes([0.001, 0.02, 0.3], 2)
    assert map_spec.class_label(found, 0, "sv") == "under 0,020"


def luminance(colour: str) -> float:
    parts = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def lab(colour: str, sight: np.ndarray) -> np.ndarray:
    """CIE Lab of a colour as someone with this sight sees it."""
    parts = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    seen = np.clip(sight @ linear, 0, 1)
    to_xyz = np.array(
        [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    )
    ratio = to_xyz @ seen / np.array([0.9505, 1.0, 1.089])
    f = np.where(ratio > 0.008856, np.cbrt(ratio), 7.787 * ratio + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


# Machado, Oliveira and Fernandes 2009, severity 1.
SIGHTS = {
    "usual": np.eye(3),
    "protan": np.array(
        [[0.1523, 1.0526, -0.2049], [0.1145, 0.7863, 0.0992], [-0.0039, -0.0481, 1.0519]]
    ),
    "deutan": np.array(
        [[0.3673, 0.8606, -0.2280], [0.2801, 0.6726, 0.0473], [-0.0118, 0.0430, 0.9689]]
    ),
    "tritan": np.array(
        [[1.2555, -0.0767, -0.1788], [-0.0784, 0.9308, 0.1476], [0.0047, 0.6914, 0.3039]]
    ),
}


@pytest.mark.parametrize("sight", SIGHTS)
def test_neighbouring_class_colours_stay_apart_for_colour_blind_readers(sight):
    seen = [lab(colour, SIGHTS[sight]) for colour in map_spec.SEQUENTIAL]
    for one, other in pairwise(seen):
        assert one[0] > other[0]  # darker means more, for everyone
        assert np.linalg.norm(one - other) > 10


def test_class_colours_stay_apart_in_grey_print_and_differ_in_size_too():
    greys = [lab(colour, np.eye(3))[0] for colour in map_spec.SEQUENTIAL]
    assert np.diff(greys).max() < -6
    assert (np.diff(map_spec.RADII_PX) >= 2).all()


def test_outlines_and_kind_colours_reach_three_to_one_on_the_map():
    for ground in ("#ffffff", "#e9edf0", "#a9cce3"):
        assert contrast(map_spec.OUTLINE, ground) >= 3
    for kind in presets.kinds().values():
        assert contrast(kind.colour, "#ffffff") >= 4.5, kind.id


def test_every_kind_has_a_drawn_symbol_of_its_own_and_a_word_for_it():
    used = [kind.symbol for kind in presets.kinds().values()]
    assert len(set(used)) == len(used)
    shapes = {symbols.path(symbol) for symbol in used}
    assert len(shapes) == len(used)
    for symbol in symbols.PATHS:
        for language in texts.LANGUAGES:
            assert texts.text(f"symbols.{symbol}", language)


def test_the_alternative_text_says_what_each_layer_shows_in_both_languages():
    line = gpd.GeoSeries([shapely.LineString([(17, 59), (18, 60)])], crs="EPSG:4326")
    layers = (
        AreaLayer("reach", "Inom 400 m", "#005a8c", line.envelope),
        LineLayer("walk", "Vägen dit", "#5d3a9b", line),
        circles(1, 2, 3, 0),
        points((17.1, 59.1), (17.2, 59.2)),
    )
    said = spec_of(*layers).alt_text
    for part in ("Barn.", "Inom 400 m", "Vägen dit", "3 cirklar", "sammanlagt 6", "2 stycken"):
        assert part in said
    assert "triangel" in said
    assert "triangle" in spec_of(*layers, language="en").alt_text


def test_a_map_with_nothing_on_it_says_so():
    assert texts.text("map.alt_nothing") in spec_of().alt_text


def test_the_legend_has_one_row_a_symbol_and_one_a_class():
    legend = spec_of(circles(1, 2, 3, 8, 9, 40, 41), points((17.1, 59.1))).legend
    marks = [entry.mark for entry in legend]
    assert marks[-1] == "symbol"
    assert set(marks[:-1]) == {"circle"}
    assert len({(entry.colour, entry.size_px) for entry in legend}) == len(legend)


@given(st.floats(-60, 60), st.floats(-25, 25))
def test_a_click_finds_what_the_browser_was_sent_though_rounded(lon_shift, lat_shift):
    lon, lat = 17.83 + lon_shift / 1e4, 59.36 + lat_shift / 1e4
    spec = spec_of(points((lon, lat), (lon + 0.01, lat)))
    found = map_spec.shown_at(spec, round(lon, 5), round(lat, 5))
    assert found == (Shown("preschool", "preschool0"),)


def test_a_click_on_a_shared_point_finds_all_who_stand_there_uppermost_first():
    spec = spec_of(points((17.5, 59.5), id="a"), points((17.5, 59.5), (17.6, 59.5), id="b"))
    assert map_spec.shown_at(spec, 17.5, 59.5) == (Shown("b", "b0"), Shown("a", "a0"))


def test_a_click_far_from_everything_finds_nothing_nor_circles_not_drawn():
    spec = spec_of(circles(0, 5))
    assert map_spec.shown_at(spec, 17.5, 59.5) == ()
    assert map_spec.shown_at(spec, 17.51, 59.5) == (Shown("people", "p1"),)
    assert map_spec.shown_at(spec, 17.7, 59.7) == ()


def test_an_area_is_framed_by_its_boundary_and_credited_when_from_openstreetmap():
    area = tiny_area()
    west, south, east, north = map_spec.bounds_of(area)
    assert area.boundary.union_all().within(shapely.box(west, south, east, north).buffer(1e-4))
    assert map_spec.credits_of(area) == ("© OpenStreetMap contributors",)
    assert map_spec.credits_of(tiny_area(osm=False)) == ()
