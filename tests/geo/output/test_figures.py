"""Printed maps: right in scale and north, readable in grey, the same bytes each time, and small."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from geo import texts
from geo.access.gaps import gap
from geo.area.model import Area
from geo.area.provenance import empty_table
from geo.output.maps import spec as map_spec
from geo.output.maps import symbols
from geo.output.maps.places_and_gaps import gap_map, places_map
from geo.output.maps.spec import (
    RADII_PX,
    SEQUENTIAL,
    AreaLayer,
    CircleLayer,
    Layer,
    LineLayer,
    MapSpec,
    PointLayer,
    ValueClass,
)
from geo.output.print import figure, legend, projection, text_shapes
from geo.output.print.figure import figure_png, figure_svg, natural_height
from geo.output.print.projection import Box
from geo.sources.files.vector import read_lines_listed
from tests.tiny import CRS, EAST, NORTH, tiny_area

SVG = "{http://www.w3.org/2000/svg}"
SIZE = {"width_mm": 120.0, "height_mm": 110.0}
AT_MIDDLE = gpd.GeoSeries([shapely.Point(EAST + 400, NORTH + 400)], crs=CRS).to_crs("EPSG:4326")


def parsed(svg: bytes) -> ElementTree.Element:
    return ElementTree.fromstring(svg)


def spec_of(layers: Sequence[Layer], area: Area, title: str = "Prov") -> MapSpec:
    bounds = map_spec.bounds_of(area)
    return map_spec.compose(title, layers, bounds=bounds, table=pd.DataFrame(), credits=("A", "B"))


def tiny_gap_map(area: Area) -> MapSpec:
    answer = gap(area, kind="library", limit_m=300, group="children_0_4")
    return gap_map(area, answer, "sv")


def pixel(picture: Image.Image, x_mm: float, y_mm: float, dpi: float) -> tuple[int, ...]:
    found = picture.getpixel((int(x_mm / 25.4 * dpi), int(y_mm / 25.4 * dpi)))
    assert isinstance(found, tuple)
    return found[:3]


def test_the_same_map_gives_the_same_bytes_and_says_what_it_shows() -> None:
    area = tiny_area()
    spec = tiny_gap_map(area)
    drawn = figure_svg(spec, area, "sv", **SIZE)
    assert drawn == figure_svg(tiny_gap_map(tiny_area()), tiny_area(), "sv", **SIZE)
    root = parsed(drawn)
    assert root.findtext(f"{SVG}title") == spec.title
    assert root.findtext(f"{SVG}desc") == spec.alt_text
    assert (root.get("width"), root.get("height")) == ("120mm", "110mm")


def test_a_figure_needs_no_font_no_script_and_no_address() -> None:
    area = tiny_area()
    drawn = figure_svg(tiny_gap_map(area), area, "sv", **SIZE).decode()
    tags = {node.tag.removeprefix(SVG) for node in parsed(drawn.encode()).iter()}
    assert tags <= {
        "svg",
        "title",
        "desc",
        "defs",
        "clipPath",
        "rect",
        "g",
        "path",
        "use",
        "circle",
    }
    addresses = re.findall(r"\w+://[^\"]*", drawn)
    assert set(addresses) == {"http://www.w3.org/2000/svg"}
    assert "font" not in drawn


def test_a_figure_shows_nobody_but_what_its_map_shows() -> None:
    """Paths, water and outline are the area's; people and places only those of the layers."""
    area = tiny_area()
    spec = tiny_gap_map(area)
    emptied = replace(area, people=empty_table(("id",)), places=empty_table(("id",)))
    assert figure_svg(spec, area, "sv", **SIZE) == figure_svg(spec, emptied, "sv", **SIZE)


@pytest.mark.parametrize(
    ("crs", "within"), [("EPSG:3006", 1e-5), ("EPSG:32635", 1e-5), ("EPSG:3857", 3e-3)]
)
def test_the_scale_is_right_on_the_ground_at_the_maps_latitude(crs: str, within: float) -> None:
    on = projection.sheet((17.7, 59.3, 17.9, 59.4), crs, Box(0, 0, 100, 80))
    lon, lat = on.middle
    geod = pyproj.Geod(ellps="WGS84")
    east = geod.fwd(lon, lat, 90, 500)
    west = geod.fwd(lon, lat, 270, 500)
    x, y = on.mm(np.array([west[0], east[0]]), np.array([west[1], east[1]]))
    drawn = math.hypot(x[1] - x[0], y[1] - y[0])
    assert projection.true_mm(on, 1000) == pytest.approx(drawn, rel=within)


def test_the_bar_is_of_a_round_length_as_it_says() -> None:
    area = tiny_area()
    laid = figure._layout(tiny_gap_map(area), area, "sv", 120, 110)
    drawn = legend.scale_bar(laid.on, "sv")
    bar = parsed(f'<svg xmlns="http://www.w3.org/2000/svg">{drawn}</svg>'.encode())[0]
    metres = float(bar.get("data-metres", ""))
    assert metres in {1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0}
    long = re.search(r"h(\d+)v", bar[1].get("d", ""))
    assert long is not None
    assert int(long[1]) / text_shapes.UNITS == pytest.approx(
        projection.true_mm(laid.on, metres), abs=0.01
    )
    assert int(long[1]) / text_shapes.UNITS <= laid.on.frame.width / 4


@given(st.floats(0.01, 1e7))
def test_a_round_length_is_the_longest_that_is_not_above(metres: float) -> None:
    found = legend.round_length(metres)
    assert found <= metres
    assert metres / found < 2.5 + 1e-9
    assert f"{found:e}"[0] in "125"


@pytest.mark.parametrize("crs", ["EPSG:3006", "EPSG:32635", "EPSG:32632", "EPSG:3857"])
def test_the_arrow_points_to_true_north(crs: str) -> None:
    on = projection.sheet((17.7, 59.3, 17.9, 59.4), crs, Box(0, 0, 100, 80))
    lon, lat = on.middle
    x, y = on.mm(np.array([lon, lon]), np.array([lat - 0.001, lat + 0.001]))
    angle = math.degrees(math.atan2(x[1] - x[0], -(y[1] - y[0])))
    assert projection.north_degrees(on) == pytest.approx(angle, abs=0.01)
    turned = re.search(r"rotate\((-?[\d.]+)\)", legend.north_arrow(on, "sv"))
    assert turned is not None and float(turned[1]) == pytest.approx(angle, abs=0.01)


def test_arrow_and_bar_stand_where_they_hide_the_least() -> None:
    left, right = Box(0, 0, 10, 10), Box(50, 0, 10, 10)
    assert legend.freest([right, left], []) == right
    assert legend.freest([right, left], [(55.0, 5.0)]) == left
    assert legend.freest([right, left], [(55.0, 5.0), (5.0, 5.0), (6.0, 5.0)]) == right
    on = projection.sheet((17.7, 59.3, 17.9, 59.4), CRS, Box(0, 0, 100, 80))
    corner = [(on.frame.right - 6, on.frame.top + 6), (on.frame.left + 4, on.frame.bottom - 4)]
    assert legend.north_arrow(on, "sv", corner) != legend.north_arrow(on, "sv")
    assert legend.scale_bar(on, "sv", corner) != legend.scale_bar(on, "sv")


def test_all_of_the_bounds_lie_within_the_frame() -> None:
    for bounds in ((17.7, 59.3, 17.9, 59.31), (17.7, 59.3, 17.71, 59.4), (17.7, 59.3, 17.7, 59.3)):
        on = projection.sheet(bounds, CRS, Box(10, 5, 100, 80))
        x, y = on.mm(np.array(bounds[::2]), np.array(bounds[1::2]))
        assert ((x > 10) & (x < 110)).all() and ((y > 5) & (y < 85)).all()


def test_water_ground_and_outside_lie_where_they_are() -> None:
    area = tiny_area()
    spec = spec_of([], area)
    on = figure._layout(spec, area, "sv", 120, 110).on
    picture = Image.open(io.BytesIO(figure_png(spec, area, "sv", **SIZE, dpi=200))).convert("RGB")
    ground = gpd.GeoSeries(
        [shapely.Point(EAST + 550, NORTH + 530), shapely.Point(EAST + 250, NORTH + 250)], crs=CRS
    ).to_crs("EPSG:4326")
    x, y = on.mm(ground.x.to_numpy(), ground.y.to_numpy())
    assert pixel(picture, x[0], y[0], 200) == tuple(bytes.fromhex(figure.WATER[1:]))
    assert pixel(picture, x[1], y[1], 200) == tuple(bytes.fromhex(figure.INSIDE[1:]))
    assert pixel(picture, 1.5, 1.5, 200) == tuple(bytes.fromhex(figure.OUTSIDE[1:]))


def test_in_grey_the_classes_of_circles_still_differ() -> None:
    area = tiny_area()
    steps = range(len(SEQUENTIAL))
    points = gpd.GeoSeries(
        [shapely.Point(EAST + 100 + 150 * step, NORTH + 250) for step in steps], crs=CRS
    ).to_crs("EPSG:4326")
    layer = CircleLayer(
        *("c", "Människor", tuple(map(str, steps))),
        *(points.x.to_numpy(), points.y.to_numpy()),
        value=np.arange(1.0, 6.0),
        index=np.arange(5),
        classes=tuple(ValueClass(k, k + 1, SEQUENTIAL[k], RADII_PX[k]) for k in steps),
    )
    spec = spec_of([layer], area)
    on = figure._layout(spec, area, "sv", 120, 110).on
    picture = Image.open(io.BytesIO(figure_png(spec, area, "sv", **SIZE, dpi=300))).convert("L")
    x, y = on.mm(layer.lon, layer.lat)
    grey = [
        int(str(picture.getpixel((int(a / 25.4 * 300), int(b / 25.4 * 300)))))
        for a, b in zip(x, y, strict=True)
    ]
    assert all(pale - dark >= 20 for pale, dark in pairwise(grey)), grey
    assert len(set(RADII_PX)) == len(RADII_PX)


def test_lines_and_areas_carry_their_meaning_in_dashes_and_fill() -> None:
    area = tiny_area()
    ring = gpd.GeoSeries([AT_MIDDLE.iloc[0].buffer(0.002)], crs="EPSG:4326")
    layers = (
        AreaLayer("a", "Yta", "#005a8c", ring, dash="4 4", fill_opacity=0.25),
        LineLayer("l", "Linje", "#005a8c", ring.boundary, dash="8 6", width_px=3),
        LineLayer("w", "Hel", "#005a8c", ring.boundary),
    )
    drawn = figure_svg(spec_of(layers, area), area, "sv", **SIZE).decode()
    px = legend.PX_MM * text_shapes.UNITS
    dashes = re.findall(r'stroke-dasharray="([\d ]+)"', drawn)
    assert dashes.count(f"{4 * px:.0f} {4 * px:.0f}") == 2  # on the map and in its legend
    assert dashes.count(f"{8 * px:.0f} {6 * px:.0f}") == 2
    assert 'fill-opacity="0.25"' in drawn


def test_a_shared_border_is_drawn_once() -> None:
    area = tiny_area()
    on = projection.sheet(map_spec.bounds_of(area), CRS, Box(0, 0, 100, 100))
    both = projection.border_data(area.districts.geometry, on)
    metric = area.districts.geometry.to_crs(CRS)
    length = shapely.union_all(metric.boundary.values).length

    def drawn(data: str) -> float:
        total = 0.0
        for line in re.findall(r"l([-\d ]+)", data):
            steps = np.array(line.split(), dtype=float).reshape(-1, 2)
            total += float(np.hypot(*steps.T).sum())
        return total / text_shapes.UNITS / on.mm_per_m

    assert drawn(both) == pytest.approx(length, rel=0.01)


def test_each_place_stands_where_it_is() -> None:
    area = tiny_area()
    spec = places_map(area, ["preschool", "library"], "sv")
    root = parsed(figure_svg(spec, area, "sv", **SIZE))
    marks = [
        (float(node.get("x", "")), float(node.get("y", ""))) for node in root.iter(f"{SVG}use")
    ]
    on = figure._layout(spec, area, "sv", 120, 110).on
    points = [layer for layer in spec.layers if isinstance(layer, PointLayer)]
    wanted = [
        (a * text_shapes.UNITS, b * text_shapes.UNITS)
        for layer in points
        for a, b in zip(*on.mm(layer.lon, layer.lat), strict=True)
    ]
    assert len(marks) == 4
    assert np.array(marks) == pytest.approx(np.array(wanted), abs=0.51)
    assert all(
        f'd="{symbols.path(layer.symbol)}"' in figure_svg(spec, area, "sv", **SIZE).decode()
        for layer in points
    )


def test_what_has_no_place_on_the_ground_is_left_out() -> None:
    area = tiny_area()
    at = AT_MIDDLE.iloc[0]
    lon, lat = np.array([at.x, np.nan, at.x]), np.array([at.y, at.y, np.inf])
    points = PointLayer("p", "P", "square", "#000000", ("a", "b", "c"), lon, lat)
    circles = map_spec.circle_layer(
        "c", "C", ids=["a", "b", "c"], lon=lon, lat=lat, value=[1, 2, 3]
    )
    drawn = figure_svg(spec_of([points, circles], area), area, "sv", **SIZE).decode()
    assert drawn.count("<use ") == 1
    assert "nan" not in drawn and "inf" not in drawn


def test_a_circle_just_outside_the_bounds_is_on_the_map() -> None:
    area = tiny_area()
    west, _, east, north = map_spec.bounds_of(area)
    layer = map_spec.circle_layer(
        *("c", "C"),
        ids=["a", "b"],
        lon=[(west + east) / 2, (west + east) / 2],
        lat=[north + 0.0015, north + 0.05],
        value=[1, 2],
        span_m=250.0,
    )
    on = figure._layout(spec_of([layer], area), area, "sv", 120, 110).on
    y = on.mm(layer.lon, layer.lat)[1]
    assert on.frame.top < y[0] < on.frame.bottom
    assert y[1] < on.frame.top, "one far away does not move the map"


def test_the_legend_says_each_entry_once_and_a_layers_name_once() -> None:
    area = tiny_area()
    spec = tiny_gap_map(area)
    laid = legend.legend(spec, 120, 2)
    rows = [row for column in laid.columns for block in column for row in block]
    assert [row.entry for row in rows if row.entry is not None] == list(spec.legend)
    circles = next(layer for layer in spec.layers if isinstance(layer, CircleLayer))
    said = " ".join(" ".join(row.lines) for row in rows)
    assert said.count(circles.label) == 1
    for step in range(len(circles.classes)):
        assert map_spec.class_label(circles.classes, step, "sv") in said


@pytest.mark.parametrize(("width", "height"), [(120.0, 110.0), (170.0, 90.0), (60.0, 150.0)])
def test_map_legend_and_credits_share_the_figure_without_covering_each_other(
    width: float, height: float
) -> None:
    area = tiny_area()
    spec = tiny_gap_map(area)
    laid = figure._layout(spec, area, "sv", width, height)
    left, top = laid.at
    frame = laid.on.frame
    assert left >= frame.right or top >= frame.bottom
    assert top + laid.legend.height <= height - figure._credits_mm(laid.credits) + 0.01
    assert left + laid.legend.column_mm * len(laid.legend.columns) <= width + 0.01
    assert frame.height >= 20 and frame.width >= 20


def test_circles_in_the_legend_are_as_large_as_on_the_map() -> None:
    area = tiny_area()
    root = parsed(figure_svg(tiny_gap_map(area), area, "sv", **SIZE))
    radii: dict[str, set[str]] = {}
    for node in root.iter(f"{SVG}circle"):
        radii.setdefault(node.get("fill", ""), set()).add(node.get("r", ""))
    assert all(len(radii[colour]) == 1 for colour in SEQUENTIAL if colour in radii)


def test_a_demonstration_and_its_credits_are_named_on_the_figure() -> None:
    area = replace(tiny_area(), demonstration=True)
    spec = spec_of([], area)
    said = " ".join(figure._credit_lines(spec, area, "sv", 300.0))
    assert texts.text("demo.mark", "sv") in said
    assert "A, B" in said
    plain = figure._credit_lines(spec, tiny_area(), "sv", 300.0)
    assert texts.text("demo.mark", "sv") not in " ".join(plain)


def test_hostile_texts_stay_texts() -> None:
    area = tiny_area()
    evil = "</desc><script>alert(1)</script> & ]]> {{ 7*7 }} \x00\x0b مرحبا 🏠 \ud800"
    layer = LineLayer("l", evil, '"/><script>', gpd.GeoSeries([], crs="EPSG:4326"), dash="4 4")
    root = parsed(figure_svg(spec_of([layer], area, title=evil), area, "sv", **SIZE))
    assert {node.tag for node in root.iter()} & {f"{SVG}script"} == set()
    assert "</desc><script>alert(1)</script> & ]]> {{ 7*7 }}" in (root.findtext(f"{SVG}desc") or "")
    assert figure_png(spec_of([layer], area, title=evil), area, "sv", **SIZE)[:4] == b"\x89PNG"


def test_an_area_without_boundary_water_or_layers_is_drawn() -> None:
    area = replace(
        tiny_area(),
        boundary=gpd.GeoSeries([], crs="EPSG:4326"),
        water=empty_table(()),
        districts=empty_table(("name",)),
    )
    root = parsed(figure_svg(replace(spec_of([], area), credits=()), area, "en", **SIZE))
    assert len(root) > 4


def test_a_figure_below_the_least_size_is_refused() -> None:
    area = tiny_area()
    for wrong in (0.0, -5.0, 39.0, float("nan")):
        with pytest.raises(ValueError):
            figure_svg(spec_of([], area), area, "sv", width_mm=wrong, height_mm=100)


def test_the_natural_height_is_within_its_bounds() -> None:
    area = tiny_area()
    spec = tiny_gap_map(area)
    height = natural_height(spec, area, "sv", width_mm=120, most_mm=500)
    assert 120 < height < 200, "a square area, and its legend below"
    assert natural_height(spec, area, "sv", width_mm=120, most_mm=90) == 90


def test_a_picture_has_the_size_its_resolution_says() -> None:
    area = tiny_area()
    spec = tiny_gap_map(area)
    made = figure_png(spec, area, "sv", **SIZE, dpi=100)
    assert made == figure_png(spec, area, "sv", **SIZE, dpi=100)
    width, height = Image.open(io.BytesIO(made)).size
    assert (width, height) == pytest.approx((120 / 25.4 * 100, 110 / 25.4 * 100), abs=1)


def test_a_great_many_paths_still_make_a_small_file() -> None:
    rng = np.random.default_rng(7)
    start = rng.uniform(0, 50_000, (15_000, 1, 2))
    lines = shapely.linestrings(start + np.cumsum(rng.normal(0, 300, (15_000, 9, 2)), axis=1))
    on = projection.Sheet(CRS, Box(0, 0, 170, 170), 0.0, 50_000.0, 170 / 50_000)
    data = projection.network_data(np.asarray(lines, dtype=object), on)
    assert 10_000 < len(data) < 1_000_000


def test_a_thinned_line_strays_less_than_print_can_show() -> None:
    rng = np.random.default_rng(3)
    walk = np.cumsum(rng.normal(0, 6, (4_000, 2)), axis=0) + 25_000
    on = projection.Sheet(CRS, Box(0, 0, 100, 100), 20_000.0, 30_000.0, 0.01)
    lines = gpd.GeoSeries([shapely.LineString(walk)], crs=CRS)
    data = projection.line_data(lines, on)
    found = re.fullmatch(r"M(-?\d+) (-?\d+)l([-\d ]+)", data)
    assert found is not None
    steps = np.array([found[1], found[2], *found[3].split()], dtype=float).reshape(-1, 2)
    drawn = np.cumsum(steps, axis=0) / text_shapes.UNITS
    ground = shapely.LineString(
        np.column_stack([20_000 + drawn[:, 0] / 0.01, 30_000 - drawn[:, 1] / 0.01])
    )
    stray = shapely.hausdorff_distance(ground, lines.iloc[0])
    assert stray <= (projection.STRAY_MM + 0.02) / 0.01
    assert len(steps) < len(walk)


@given(st.text(max_size=80), st.floats(8, 60))
def test_a_wrapped_text_fits_and_loses_nothing(text: str, room: float) -> None:
    lines = text_shapes.wrapped(text, 2.6, room)
    assert all(len(line) <= 1 or text_shapes.width(line, 2.6) <= room + 1e-9 for line in lines)
    bare = re.sub(r"[ \t\r\n]", "", text)
    assert re.sub(r"[ ]", "", "".join(lines)) == bare


def test_a_hard_space_keeps_a_number_by_its_unit() -> None:
    assert text_shapes.wrapped("längre än 400\u00a0m", 10, 62)[-1] == "400\u00a0m"


@pytest.mark.shared
def test_the_paths_of_a_whole_borough_make_less_than_a_megabyte(shared_data: Path) -> None:
    frame = read_lines_listed(shared_data / "hasselby-vallingby" / "walk_lines.geojson.gz").frame
    on_ground = frame.geometry.to_crs(CRS)
    on = projection.sheet(
        tuple(frame.geometry.to_crs("EPSG:4326").total_bounds), CRS, Box(0, 0, 170, 150)
    )
    data = projection.network_data(np.asarray(on_ground.values, dtype=object), on)
    assert 100_000 < len(data) < 900_000
