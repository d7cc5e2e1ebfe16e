"""A report as a map package: layers with styles a GIS reads, what they rest on, and the record."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import geopandas as gpd
import pyogrio
import pytest

from geo import texts
from geo.output.documents.gis_styles import qml, sld
from geo.output.documents.read_record import embedded
from geo.output.documents.report_geopackage import geojson_bytes, gpkg_bytes
from geo.output.report.model import Report
from geo.output.report.record import record
from tests.geo.board import ODD, few, made, named, whole
from tests.refusals import refused
from tests.tiny import tiny_area

GEOMETRY = {"districts", "squares", "places", "proposal"}


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("package") / "narhet.gpkg"
    path.write_bytes(gpkg_bytes(*whole()))
    return path


@pytest.fixture(scope="module")
def document() -> dict[str, object]:
    return json.loads(geojson_bytes(*whole()))


def features(document: dict, layer: str) -> list[dict]:
    return [found for found in document["features"] if found["properties"]["layer"] == layer]


def rows(path: Path, query: str) -> list[tuple]:
    link = sqlite3.connect(path)
    try:
        return link.execute(query).fetchall()
    finally:
        link.close()


def test_the_same_report_makes_the_same_bytes_dated_as_it_is(package: Path) -> None:
    report, area = whole()
    assert gpkg_bytes(report, area) == package.read_bytes()
    assert geojson_bytes(report, area) == geojson_bytes(report, area)
    dates = {when for (when,) in rows(package, "SELECT last_change FROM gpkg_contents")}
    assert dates == {"2026-11-26T00:00:00.000Z"}
    assert gpkg_bytes(replace(report, date="2026-11-27"), area) != package.read_bytes()


def test_a_gis_lists_its_layers(package: Path) -> None:
    listed = dict(pyogrio.list_layers(package))
    assert {name for name, shape in listed.items() if shape} == GEOMETRY
    assert listed["places"] == "Point" and listed["proposal"] == "Point"
    for name in GEOMETRY:
        frame = gpd.read_file(package, layer=name)
        assert len(frame) and frame.crs.to_epsg() == 4326 and frame.is_valid.all()
    assert rows(package, "PRAGMA application_id") == [(0x47504B47,)]
    assert rows(package, "PRAGMA integrity_check") == [("ok",)]


def test_its_figures_are_those_of_the_report(package: Path) -> None:
    report, _ = whole()
    districts = gpd.read_file(package, layer="districts").set_index("name")
    for row in report.results["districts"]:
        for name in ("people", "beyond", "share_beyond", "mean_m_beyond"):
            assert districts.loc[row["name"], name] == pytest.approx(row[name])
    squares = gpd.read_file(package, layer="squares")
    assert squares["beyond"].sum() == pytest.approx(report.results["beyond"], abs=1e-3)
    sites = gpd.read_file(package, layer="proposal")
    told = report.results["proposal"]["sites"]
    assert list(sites["number"]) == [1, 2] and len(sites) == len(told)
    assert list(sites["gain"]) == pytest.approx([site["gain"] for site in told])
    spots = {(layer.lon[0], layer.lat[0]) for layer in _proposed(report)}
    assert (sites.geometry.x[0], sites.geometry.y[0]) in spots


def _proposed(report: Report) -> list:
    return [
        layer
        for layer in report.finding("proposal").map.layers
        if layer.id.startswith(("proposed", "site"))
    ]


def test_every_layer_has_a_style_for_qgis_and_one_for_others(package: Path) -> None:
    styles = rows(package, "SELECT f_table_name, f_geometry_column, styleQML, styleSLD, "
                  "useAsDefault FROM layer_styles")  # fmt: skip
    assert {style[0] for style in styles} == GEOMETRY
    geometry = dict(rows(package, "SELECT table_name, column_name FROM gpkg_geometry_columns"))
    for name, column, written, other, default in styles:
        assert column == geometry[name] and default == 1
        doctype, _, xml = written.partition(">")
        assert doctype.startswith("<!DOCTYPE qgis")
        qgis = ET.fromstring(xml)
        assert qgis.tag == "qgis" and qgis.find("renderer-v2/symbols/symbol/layer") is not None
        assert ET.fromstring(other).find(".//{http://www.opengis.net/sld}Rule") is not None


def test_the_classes_of_the_squares_hold_every_square(package: Path) -> None:
    squares = gpd.read_file(package, layer="squares")
    xml = qml("squares", squares).partition(">")[2]
    ranges = [
        (float(each.get("lower")), float(each.get("upper")))
        for each in ET.fromstring(xml).iter("range")
    ]
    symbols = {each.get("name") for each in ET.fromstring(xml).iter("symbol")}
    assert {each.get("symbol") for each in ET.fromstring(xml).iter("range")} == symbols
    for value in squares["beyond"]:
        assert any(lower <= value <= upper for lower, upper in ranges), value
    literals = [
        float(node.text)
        for node in ET.fromstring(sld("squares", squares)).iter(
            "{http://www.opengis.net/ogc}Literal"
        )
    ]
    for value in squares["beyond"]:
        pairs = zip(literals[::2], literals[1::2], strict=True)
        assert any(lower <= value <= upper for lower, upper in pairs), value


def test_large_sums_keep_their_classes() -> None:
    """Six digits are not enough for the last border of a large sum."""
    frame = gpd.GeoDataFrame({"beyond": [1.0, 12.5, 1_234_567.0]}, geometry=[None] * 3, crs=4326)
    ranges = ET.fromstring(qml("squares", frame).partition(">")[2]).iter("range")
    assert max(float(each.get("upper")) for each in ranges) >= 1_234_567.0
    assert "1234567" in sld("squares", frame)


def test_it_says_what_it_rests_on(package: Path) -> None:
    report, _ = whole()
    info = pyogrio.read_dataframe(package, layer="info")
    assert {report.title, report.findings[1].words[0], *report.credits} <= set(info["text"])
    assert texts.text("slides.estimated") in set(info["text"])
    kinds = rows(package, "SELECT md_scope, mime_type FROM gpkg_metadata")
    assert kinds == [("dataset", "application/json")]
    refers = rows(package, "SELECT reference_scope, md_file_id FROM gpkg_metadata_reference")
    assert refers == [("geopackage", 1)]


def test_the_record_is_read_back(package: Path, tmp_path: Path) -> None:
    report, area = whole()
    assert embedded(package) == record(report)
    path = tmp_path / "narhet.geojson"
    path.write_bytes(geojson_bytes(report, area))
    assert embedded(path) == record(report)


def test_ogrinfo_finds_nothing_to_complain_of(package: Path) -> None:
    program = shutil.which("ogrinfo")
    if program is None:
        pytest.skip("no ogrinfo here: the package was read by pyogrio only")
    done = subprocess.run(
        [program, "-so", "-al", str(package)],
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
        env={"PATH": os.environ["PATH"]},
    )
    assert not [line for line in done.stderr.splitlines() if "ERROR" in line]
    for name in GEOMETRY:
        assert f"Layer name: {name}" in done.stdout
    assert 'ID["EPSG",4326]' in done.stdout


def test_geojson_says_which_layer_and_rounds_to_a_decimetre(document: dict) -> None:
    assert {found["properties"]["layer"] for found in document["features"]} == GEOMETRY
    assert "crs" not in document
    report, _ = whole()
    told = {found["properties"]["name"]: found["properties"] for found in
            features(document, "districts")}  # fmt: skip
    for row in report.results["districts"]:
        assert told[row["name"]]["beyond"] == pytest.approx(row["beyond"], abs=1e-5)
    for found in features(document, "places"):
        assert all(round(value, 6) == value for value in found["geometry"]["coordinates"])
    assert report.credits[0] in [row["text"] for row in document["narhet"]["about"]]


def test_hidden_counts_are_empty_and_nowhere(tmp_path: Path) -> None:
    report, area = few()
    path = tmp_path / "few.gpkg"
    path.write_bytes(gpkg_bytes(report, area))
    names = [name for name, _ in pyogrio.list_layers(path)]
    assert "squares" not in names
    for name in names:
        frame = pyogrio.read_dataframe(path, layer=name, read_geometry=False)
        numbers = frame.select_dtypes("number").to_numpy(float).ravel()
        assert not {3.0, 440.0} & set(numbers)
    document = json.loads(geojson_bytes(report, area))
    for found in features(document, "districts"):
        assert found["properties"]["beyond"] in (None, 0.0)


def test_transitional_housing_is_not_listed(tmp_path: Path) -> None:
    area = tiny_area()
    report = made(area, kind="transitional_housing", limit_m=300)
    path = tmp_path / "housing.gpkg"
    path.write_bytes(gpkg_bytes(report, area))
    assert "places" not in [name for name, _ in pyogrio.list_layers(path)]
    assert b"Genomg\xc3\xa5ngsbostaden" not in path.read_bytes()


@pytest.mark.parametrize("name", ODD)
def test_whatever_a_name_holds_it_is_text(name: str, tmp_path: Path) -> None:
    report, area = named(name)
    path = tmp_path / "odd.gpkg"
    path.write_bytes(gpkg_bytes(report, area))
    wanted = set(report.places["name"])
    assert set(gpd.read_file(path, layer="places")["name"]) == wanted
    assert {row["name"] for row in report.results["districts"]} == set(
        gpd.read_file(path, layer="districts")["name"]
    )
    document = json.loads(geojson_bytes(report, area))
    assert {found["properties"]["name"] for found in features(document, "places")} == wanted
    assert embedded(path) == record(report)
    districts = gpd.read_file(path, layer="districts").set_index("name")
    for row in report.results["districts"]:
        assert districts.loc[row["name"], "people"] == pytest.approx(row["people"])


def test_districts_are_left_out_where_there_are_none_or_not_chosen() -> None:
    area = tiny_area()
    bare = replace(area, districts=area.districts.iloc[:0], people=area.people.assign(district=""))
    assert not features(json.loads(geojson_bytes(made(bare), bare)), "districts")
    report = made(area, findings=("answer",))
    document = json.loads(geojson_bytes(report, area))
    assert not features(document, "districts") and not features(document, "proposal")


def test_nothing_to_say_is_refused() -> None:
    report, area = whole()
    for write in (gpkg_bytes, geojson_bytes):
        with refused("no_findings"):
            write(replace(report, findings=()), area)
