"""Addresses out of OpenStreetMap: from features, from a file, from a fetch, and kept in an area."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import geopandas as gpd
import pytest
import shapely

from geo.area.provenance import ADDRESSES
from geo.catalog import open_area, save_area
from geo.ingest.build import Inputs, build, from_fetched
from geo.sources.osm import features as osm_features
from geo.sources.osm.features import addresses_table
from geo.sources.osm.overpass import fetch
from geo.types import WGS84
from tests.geo.fake_services import BUILDINGS, Answer, Services, node, overpass, running

OSM = """<?xml version="1.0" encoding="UTF-8"?>
<osm version="0.6">
 <node id="1" lat="59.4000" lon="17.9400"/><node id="2" lat="59.4000" lon="17.9420"/>
 <node id="3" lat="59.4002" lon="17.9402"><tag k="addr:street" v="Torneågatan"/>
  <tag k="addr:housenumber" v="12 A"/><tag k="addr:postcode" v="164 79"/></node>
 <node id="4" lat="59.4003" lon="17.9405"/><node id="5" lat="59.4003" lon="17.9407"/>
 <node id="6" lat="59.4004" lon="17.9407"/>
 <way id="10"><nd ref="1"/><nd ref="2"/><tag k="highway" v="footway"/>
  <tag k="name" v="Torneågatan"/></way>
 <way id="11"><nd ref="4"/><nd ref="5"/><nd ref="6"/><nd ref="4"/><tag k="building" v="school"/>
  <tag k="name" v="Husbygårdsskolan"/></way>
</osm>
"""


def features(*rows: dict) -> gpd.GeoDataFrame:
    points = [row.pop("at", shapely.Point(18.0, 59.3)) for row in rows]
    table = [{"element": "node", "id": number, **row} for number, row in enumerate(rows)]
    return osm_features.with_keys(gpd.GeoDataFrame(table, geometry=points, crs=WGS84))


def test_an_address_needs_a_street_and_a_number_and_a_name_needs_a_building_or_a_use():
    found = addresses_table(
        features(
            {"addr:street": "Storgatan", "addr:housenumber": "9–11"},
            {"addr:street": "Storgatan"},
            {"addr:housenumber": "7"},
            {"building": "school", "name": "Grimstaskolan"},
            {"amenity": "library", "name": "Kirjasto", "name:sv": "Biblioteket"},
            {"highway": "footway", "name": "Gångvägen"},
            {"addr:place": "Ornö", "addr:housenumber": "4", "at": shapely.Point(18.4, 59.1)},
        )
    )
    assert tuple(found.columns) == (*ADDRESSES, "geometry")
    assert list(found["street"]) == ["Storgatan", "", "", "Ornö"]
    assert list(found["number"]) == ["9–11", "", "", "4"]
    assert list(found["name"]) == ["", "Grimstaskolan", "Biblioteket", ""]
    assert set(found["source"]) == {"© OpenStreetMap contributors"}


def test_two_shops_at_one_door_without_names_are_one_address():
    row = {"addr:street": "Storgatan", "addr:housenumber": "9"}
    away = shapely.Point(18.001, 59.3)
    assert len(addresses_table(features(dict(row), dict(row), {**row, "at": away}))) == 2


def test_features_without_an_address_give_an_empty_table_in_wgs84():
    found = addresses_table(features({"highway": "footway", "name": "Gångvägen"}))
    assert len(found) == 0 and found.crs == WGS84 and tuple(found.columns)[:-1] == ADDRESSES


def test_an_area_made_of_an_osm_file_keeps_its_addresses_when_saved_and_opened(tmp_path: Path):
    file = tmp_path / "husby.osm"
    file.write_text(OSM, encoding="utf-8")
    save_area(build("husby", "Husby", Inputs(osm=file)))
    found = open_area("husby").addresses
    assert sorted(zip(found["street"], found["number"], found["name"], strict=True)) == [
        ("", "", "Husbygårdsskolan"),
        ("Torneågatan", "12 A", ""),
    ]
    assert set(found["postcode"]) == {"164 79", ""}
    where = found.geometry[found["number"] == "12 A"].iloc[0]
    assert (where.x, where.y) == pytest.approx((17.9402, 59.4002))


def test_a_fetch_brings_addresses_too(monkeypatch: pytest.MonkeyPatch):
    door = node(810, 17.9403, 59.4002, **{"addr:street": "Borgarfjordsgatan"})
    door["tags"]["addr:housenumber"] = "7"
    asked = overpass(*BUILDINGS["elements"], door)
    monkeypatch.setattr("osmnx._nominatim.time", SimpleNamespace(sleep=lambda _seconds: None))
    with running(Services(buildings=[Answer(asked)])) as served:
        monkeypatch.setenv("NARHET_OVERPASS_URL", f"{served.url}/api")
        monkeypatch.setenv("NARHET_NOMINATIM_URL", served.url)
        found = from_fetched("kista", "Kista", fetch("Kista, Stockholm, Sweden")).addresses
    told = set(zip(found["street"], found["number"], found["name"], strict=True))
    assert ("Borgarfjordsgatan", "7", "") in told
    assert ("", "", "Kista bibliotek") in told
    assert all("addr:housenumber" in query for what, query in served.asked if what == "buildings")
