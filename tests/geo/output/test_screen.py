"""Maps on their way to a screen: nothing can be injected, nothing comes from outside, and the
background says what the area says.
"""

from __future__ import annotations

import ast
import gzip
import json
import re
from html import unescape
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment

from geo.output.maps import folium as folium_map
from geo.output.maps import spec as map_spec
from geo.output.maps.folium import OSM_TILES, tiles
from geo.output.maps.spec import AreaLayer, LineLayer, PointLayer
from tests.geo import whole_maps
from tests.tiny import CRS, EAST, NORTH, tiny_area

ROOT = Path(__file__).resolve().parents[3]
PAYLOADS = (
    "{{ 7*7*191 }}",
    "{% Torget %}",
    "{# bort #}",
    "{{{% x %}}}",
    "</script><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "`${alert(1)}`",
    "\u2028\u2029",
)
ring = gpd.GeoSeries([shapely.Point(17.8, 59.3).buffer(0.01)], crs="EPSG:4326")


def spec_with(text: str) -> map_spec.MapSpec:
    at = np.array([17.8]), np.array([59.3])
    layers = (
        AreaLayer("a", text, "#005a8c", ring, fill_opacity=0.2),
        LineLayer("l", text, "#005a8c", ring.boundary),
        map_spec.circle_layer("c", text, ids=[text], lon=at[0], lat=at[1], value=[3]),
        PointLayer("p", text, "house", "#a50026", (text,), *at),
    )
    return map_spec.compose(
        text,
        layers,
        bounds=(17.7, 59.2, 17.9, 59.4),
        table=pd.DataFrame(),
        credits=("© OpenStreetMap contributors", text),
    )


def rendered(text: str) -> str:
    tiled = tiles({"NARHET_TILES": OSM_TILES})
    return whole_maps.rendered(spec_with(text), tiny_area(), tiled)


def unpacked(packed: folium_map.Packed) -> np.ndarray:
    """The coordinates (n × 2: lon, lat) of a packed line, as the browser computes them."""
    return np.cumsum(np.asarray(packed, dtype=np.int64).reshape(-1, 2), axis=0) / folium_map.SCALE


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_text_is_run_by_the_template_engine_or_the_browser_in_a_whole_map(payload):
    page = rendered(payload)
    assert "9359" not in page
    assert "<script>alert" not in page
    assert "<img" not in page
    assert "onmouseover='" not in page
    # A second pass of the engine, which folium makes in places, changes nothing either.
    assert Environment().from_string(page).render() == page.removesuffix("\n")


@pytest.mark.parametrize("payload", PAYLOADS)
def test_text_reaches_the_reader_as_it_was(payload):
    page = rendered(payload)
    call = re.search(r"Narhet\.points\(\w+, (\{.*\})\);", page)
    assert call is not None
    assert json.loads(call[1])["label"] == payload


@pytest.mark.parametrize("payload", PAYLOADS)
def test_credits_which_leaflet_writes_as_html_hold_no_tags_but_the_licence_link(payload):
    call = re.search(r"Narhet\.ground\(\w+, (\{.*\})\);", rendered(payload))
    assert call is not None
    osm, other = json.loads(call[1])["credits"]
    assert re.fullmatch(
        r'<a href="https://www\.openstreetmap\.org/copyright"[^<>]*>[^<>]*</a>', osm
    )
    assert not set("<>\"'") & set(other)
    assert unescape(other) == payload


@given(st.recursive(st.text(), lambda inner: st.dictionaries(st.text(), inner) | st.lists(inner)))
def test_script_data_comes_back_whole_from_template_and_script(value):
    written = folium_map.script_data(value)
    assert Environment().from_string(written).render() == written
    assert not set("<>&'") & set(written)
    assert written.isascii()
    assert json.loads(written) == value


@given(st.text())
def test_html_text_comes_back_whole_from_template_and_html(text):
    written = folium_map.html_text(text)
    assert Environment(newline_sequence="\n", keep_trailing_newline=True).from_string(
        written
    ).render() == re.sub("\r\n|\r", "\n", written)
    assert "<" not in written
    assert unescape(written) == unescape(written.replace("&#123;", "{"))
    if "&" not in text and "\r" not in text and "\0" not in text:
        assert unescape(written) == text


def test_every_script_and_style_is_ours():
    page = rendered("Torget")
    links = re.findall(r"(?:src|href)=\\?[\"']([^\"']+)", page)
    scripts = [link for link in links if ".js" in link or ".css" in link]
    assert len(scripts) == 4
    assert all(link.startswith("../../app/static/") for link in scripts)
    hosts = set(re.findall(r"https?://([^/\"'\\ ]+)", page))
    assert hosts <= {"www.openstreetmap.org", "tile.openstreetmap.org"}


def test_every_asset_is_in_the_repository_with_its_licence():
    for name in folium_map.assets():
        assert (folium_map.STATIC / name).is_file()
    assert "BSD 2-Clause" in (folium_map.STATIC / "leaflet" / "LICENSE").read_text()
    assert "1.9.4" in (folium_map.STATIC / "leaflet" / "leaflet.js").read_text()[:200]


def test_our_script_never_writes_html():
    script = (folium_map.STATIC / "narhet-map.js").read_text()
    assert "innerHTML" not in script
    assert "eval(" not in script
    assert "document.write" not in script


def test_the_base_map_is_the_same_whatever_the_layers_show():
    area = tiny_area()
    scripts = {
        folium_map.base_map(folium_map.base_view(spec_with(text), area, "sv"), None)
        .get_root()
        .render()
        for text in ("Torget",)
        for _ in range(3)
    }
    assert len(scripts) == 1


def test_layers_are_slim():
    lon, lat = np.full(1000, 17.8), np.linspace(59.3, 59.31, 1000)
    layer = PointLayer("p", "Förskola", "triangle", "#b34700", ("x" * 40,) * 1000, lon, lat)
    written = json.dumps(folium_map._points(layer))
    assert len(written) < 12_000  # ids stay on the server
    assert "xxx" not in written


def test_five_thousand_circles_are_less_than_a_hundred_kilobytes():
    rng = np.random.default_rng(1)
    lon, lat = rng.uniform(17.7, 17.9, 5000), rng.uniform(59.3, 59.4, 5000)
    layer = map_spec.circle_layer(
        "c", "Barn", ids=["x"] * 5000, lon=lon, lat=lat, value=rng.gamma(1, 10, 5000)
    )
    assert len(json.dumps(folium_map._circles(layer), separators=(",", ":"))) < 100_000


def test_coordinates_survive_the_journey_to_five_decimals():
    rng = np.random.default_rng(7)
    lon, lat = rng.uniform(-180, 180, 500), rng.uniform(-85, 85, 500)
    back = unpacked(folium_map.packed_points(lon, lat))
    assert np.abs(back - np.column_stack([lon, lat])).max() <= 0.5000001e-5


def content(area) -> dict:
    return json.loads(folium_map.background(area))


def test_the_background_holds_every_path_within_its_tolerance():
    area = tiny_area()
    lines = [shapely.LineString(unpacked(path)) for path in content(area)["paths"]]
    drawn = gpd.GeoSeries(lines, crs="EPSG:4326").to_crs(CRS).union_all()
    walked = shapely.MultiLineString(list(area.network.geometry))
    assert shapely.hausdorff_distance(drawn, walked) < folium_map.SIMPLIFY_M + 1
    assert drawn.length == pytest.approx(walked.length, rel=0.01)


def test_the_background_holds_outline_and_water():
    area = tiny_area()
    for part, shapes in (("outline", area.boundary), ("water", area.water.geometry)):
        polygons = [
            shapely.Polygon(unpacked(rings[0]), [unpacked(hole) for hole in rings[1:]])
            for rings in content(area)[part]
        ]
        drawn = gpd.GeoSeries(polygons, crs="EPSG:4326").to_crs(CRS).union_all()
        meant = shapes.to_crs(CRS).union_all()
        assert drawn.symmetric_difference(meant).area < 0.02 * meant.area


def test_holes_in_an_outline_stay_holes():
    hole = shapely.box(EAST + 200, NORTH + 200, EAST + 400, NORTH + 400)
    shape = shapely.box(EAST, NORTH, EAST + 800, NORTH + 800).difference(hole)
    packed = folium_map.packed_polygons(gpd.GeoSeries([shape], crs=CRS))
    assert [len(rings) for rings in packed] == [2]


def test_an_area_without_water_or_paths_to_draw_still_has_a_background():
    area = tiny_area()
    assert folium_map.packed_polygons(area.water.iloc[:0].geometry) == []
    assert folium_map.packed_lines(gpd.GeoSeries([], crs="EPSG:4326")) == []


def test_the_version_changes_with_the_revision():
    from dataclasses import replace

    area = tiny_area()
    assert folium_map.version(area) == folium_map.version(replace(area))
    assert folium_map.version(area) != folium_map.version(replace(area, revision=2))


@pytest.mark.shared
def test_a_borough_fits_in_a_quarter_of_a_megabyte(shared_data):
    from dataclasses import replace

    from geo.network.walk_network import build_network

    file = shared_data / "hasselby-vallingby" / "walk_lines.geojson.gz"
    with gzip.open(file) as lines:
        network = build_network(gpd.read_file(lines))
    sent = gzip.compress(folium_map.background(replace(tiny_area(), network=network)), 6)
    assert len(sent) < 250_000


@pytest.mark.parametrize(
    ("url", "host"),
    [
        (OSM_TILES, "https://tile.openstreetmap.org"),
        ("https://{s}.karta.example/{z}/{x}/{y}.png", "https://*.karta.example"),
        ("http://localhost:8080/{z}/{x}/{y}.png", "http://localhost:8080"),
    ],
)
def test_the_browser_may_ask_the_tile_server_in_use(url, host):
    found = tiles({"NARHET_TILES": url})
    assert found is not None
    assert found.host == host


@pytest.mark.parametrize(
    "url",
    [
        "",
        "  ",
        "https://karta.example/",
        "javascript:alert(1)//{z}/{x}/{y}",
        "https://a; script-src *;/{z}/{x}/{y}",
        "https://a b/{z}/{x}/{y}",
    ],
)
def test_an_address_that_can_not_be_a_tile_server_means_no_tiles(url):
    assert tiles({"NARHET_TILES": url}) is None


def test_tiles_are_openstreetmaps_unless_set_and_credited():
    found = tiles({})
    assert found is not None
    assert (found.url, found.credit) == (OSM_TILES, "© OpenStreetMap contributors")


def test_only_the_map_of_folium_imports_it_and_geo_never_streamlit():
    for file in (ROOT / "geo").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            roots = {name.split(".")[0] for name in names}
            assert not roots & {"streamlit", "streamlit_folium"}, file
            if file != ROOT / "geo" / "output" / "maps" / "folium.py":
                assert not roots & {"folium", "branca"}, file
