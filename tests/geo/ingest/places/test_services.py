"""Answers of open-data services and formats beside tables: rows in the shapes that services give,
with invented content, read as places.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from geo.area.model import Area
from geo.area.record_fields import place_fields
from geo.errors import FileFormat
from geo.sources.files import specifications
from geo.types import WGS84
from tests.geo.ingest.places.test_field_cases import (
    NAMES,
    SPOTS,
    lands,
    near_of,
    proposed,
    read,
    text_file,
)
from tests.geo.ingest.places.test_importing import area_with_addresses
from tests.refusals import refused


@pytest.fixture(scope="module")
def area() -> Area:
    return area_with_addresses()


def in_system(code: int) -> list[tuple[float, float]]:
    points = gpd.GeoSeries([shapely.Point(spot) for spot in SPOTS], crs=WGS84).to_crs(code)
    return [(round(point.x, 2), round(point.y, 2)) for point in points]


def answers() -> dict[str, Any]:
    plain = [{"namn": name, "lat": y, "long": x}
             for name, (x, y) in zip(NAMES, SPOTS, strict=True)]  # fmt: skip
    named = list(zip(NAMES, SPOTS, strict=True))
    return {
        "list": plain,
        "CKAN": {
            "help": "h", "success": True,
            "result": {"resource_id": "r", "fields": [{"id": "namn", "type": "text"}],
                       "records": [{"_id": at, **each} for at, each in enumerate(plain)],
                       "total": 4, "limit": 100, "_links": {"start": "s"}},
        },
        "Opendatasoft": {
            "total_count": 4,
            "results": [{"namn": name, "geo_point_2d": {"lon": x, "lat": y},
                         "geo_shape": {"type": "Feature", "properties": {},
                                       "geometry": {"type": "Point", "coordinates": [x, y]}}}
                        for name, (x, y) in named],
        },
        "ArcGIS": {
            "objectIdFieldName": "OBJECTID", "geometryType": "esriGeometryPoint",
            "spatialReference": {"wkid": 102100, "latestWkid": 3857},
            "fields": [{"name": "Namn", "type": "esriFieldTypeString", "alias": "Namn"},
                       {"name": "Uppdaterad", "type": "esriFieldTypeDate", "alias": "U"}],
            "features": [{"attributes": {"OBJECTID": at, "Namn": name, "Uppdaterad": 1764460800000},
                          "geometry": {"x": x, "y": y}}
                         for at, (name, (x, y)) in enumerate(
                             zip(NAMES, in_system(3857), strict=True))],
        },
        "Overpass": {
            "version": 0.6, "generator": "Overpass API", "osm3s": {"copyright": "OpenStreetMap"},
            "elements": [
                {"type": "node", "id": 1, "lat": SPOTS[0][1], "lon": SPOTS[0][0],
                 "tags": {"name": NAMES[0], "addr:street": "Provgatan", "addr:housenumber": "7"}},
                {"type": "way", "id": 2, "nodes": [8, 9], "tags": {"name": NAMES[1]},
                 "center": {"lat": SPOTS[1][1], "lon": SPOTS[1][0]}},
                {"type": "relation", "id": 3, "members": [], "tags": {"name": NAMES[2]},
                 "center": {"lat": SPOTS[2][1], "lon": SPOTS[2][0]}},
                {"type": "way", "id": 4, "nodes": [8, 9, 8], "tags": {"name": NAMES[3]}},
                {"type": "node", "id": 8, "lat": SPOTS[3][1] - 1e-5, "lon": SPOTS[3][0]},
                {"type": "node", "id": 9, "lat": SPOTS[3][1] + 1e-5, "lon": SPOTS[3][0]},
            ],
        },
        "Stockholm": {
            "meta": {"totalCount": 4},
            "data": [{"type": "serviceunits", "id": str(at),
                      "attributes": {"name": name, "created": "2014-01-01T00:00:00",
                                     "location": {"east": x, "north": y}},
                      "relationships": {"image": {"data": {"type": "image", "id": "55"}}},
                      "links": {"self": "x"}}
                     for at, (name, (x, y)) in enumerate(zip(NAMES, in_system(3011), strict=True))],
        },
        "Skolverket": {
            "data": [{"schoolUnitCode": f"1000000{at}", "type": "schoolunit", "attributes": {
                "displayName": name, "status": "AKTIV", "headMaster": "Eva Exempel",
                "url": "https://example.org/skola", "schoolTypes": ["GR", "FKLASS"],
                "addresses": [
                    {"type": "POSTADRESS", "streetAddress": "Box 1", "postalCode": "16211",
                     "locality": "Provby", "geoCoordinates": None},
                    {"type": "BESOKSADRESS", "streetAddress": "Provgatan 7",
                     "postalCode": "16260", "locality": "Provby",
                     "geoCoordinates": {"latitude": str(y), "longitude": str(x),
                                        "coordinateSweRefN": "1,5", "coordinateSweRefE": "2,5"}}],
            }} for at, (name, (x, y)) in enumerate(named)],
        },
        "HSDS": {
            "total_items": 4,
            "contents": [{"id": f"s{at}", "name": name, "status": "active",
                          "organization": {"id": "o", "name": "Provby"},
                          "service_at_locations": [{"id": "l", "location": {
                              "id": f"p{at}", "name": f"Huset {at}", "latitude": y, "longitude": x,
                              "addresses": [{"id": "a", "address_1": "Provgatan 7",
                                             "city": "Provby"}]}}]}
                         for at, (name, (x, y)) in enumerate(named)],
        },
    }  # fmt: skip


@pytest.mark.parametrize("service", list(answers()))
def test_the_answer_of_a_service_is_read_as_places(area: Area, tmp_path: Path, service: str):
    file = text_file(tmp_path, json.dumps(answers()[service]), "a.json")
    found = proposed(area, file)
    assert sorted(found.places["name"]) == sorted(NAMES)
    assert lands(found)
    assert found.understood.format == ("JSON" if service == "list" else service)
    assert "Exempel" not in "".join(found.places["details"])


def test_a_school_is_placed_by_where_it_is_visited(area: Area, tmp_path: Path):
    found = proposed(area, text_file(tmp_path, json.dumps(answers()["Skolverket"]), "a.json"))
    assert set(found.places["address"]) == {"Provgatan 7, 162 60 Provby"}
    assert found.understood.persons == ("headMaster",)


def test_days_of_arcgis_are_days(area: Area, tmp_path: Path):
    found = read(area, text_file(tmp_path, json.dumps(answers()["ArcGIS"]), "a.json"))
    assert set(found.frame["Uppdaterad"]) == {"2025-11-30"}


@pytest.mark.parametrize(
    ("service", "change"),
    [
        ("CKAN", {"result": {"records": [{"namn": "A", "lat": 59.4, "lon": 17.8}], "total": 40}}),
        ("Opendatasoft", {"total_count": 40}),
        ("ArcGIS", {"exceededTransferLimit": True}),
        ("Stockholm", {"meta": {"totalCount": 40}}),
        ("HSDS", {"total_items": 40}),
    ],
)
def test_rows_that_a_service_has_kept_back_are_told(
    area: Area, tmp_path: Path, service: str, change: dict[str, Any]
):
    document = {**answers()[service], **change}
    found = read(area, text_file(tmp_path, json.dumps(document), "a.json"))
    assert any(note.key.startswith("understanding.rows_missing") for note in found.notes)


INTERBOOK = {
    "TotalNumberOfElements": 2,
    "Customers": [
        {"Id": 1, "Name": "Påhittade Dansklubben", "WebSite": "http://example.org",
         "DistrictNames": ["Norra"], "AssociationCategoryName": "Kultur", "Address": "Provgatan 7",
         "ZipCode": "16255", "City": "Provby", "Phone": "08-000000", "Mobile": None,
         "Email": "a@example.org, b@example.org",
         "CustomerOccupations": [{"Id": 3, "Name": "Dans"}],
         "CustomerContactPeople": [{"Id": 9, "Name": "Förnamn", "Surname": "Efternamn",
                                    "Email": "p@example.org", "Mobile": "070-0000000"}]},
        {"Id": 2, "Name": "Påhittade IF", "WebSite": None, "DistrictNames": [], "Address": None,
         "ZipCode": None, "City": None, "Phone": "", "Email": "c@example.org",
         "CustomerOccupations": [], "CustomerContactPeople": []},
    ],
}  # fmt: skip


def test_a_register_of_associations_gives_no_private_person(area: Area, tmp_path: Path):
    found = proposed(area, text_file(tmp_path, json.dumps(INTERBOOK), "a.json"), kind="association")
    assert list(found.places["name"]) == ["Påhittade Dansklubben"]
    assert list(found.unplaced["name"]) == ["Påhittade IF"]
    told = "".join([*found.places["details"], *found.unplaced["details"]])
    assert "Efternamn" not in told and "070-0000000" not in told
    assert found.understood.persons == ("CustomerContactPeople",)
    details = place_fields(found.places["details"].iloc[0])
    assert details["Phone"] == "08-000000"
    assert found.understood.columns["email"] == "Email"


def test_json_that_holds_no_records_is_refused_and_says_so(area: Area, tmp_path: Path):
    for content in ('{"a": 1}', "[1, 2, 3]", "[]"):
        with refused("file_refused", FileFormat):
            read(area, text_file(tmp_path, content, "a.json"))


# Specifications


HEADS = {
    "visited": "source,id,name,latitude,longitude,email,visit_url,wikidata,updated,description",
    "schools": "source,id,name,type,street,postalcode,city,latitude,longitude,email",
    "venues": "source,id,name,latitude,longitude,capacity",
    "events": "source,id,name,startdate,enddate,latitude,longitude",
    "points": "source,id,name,latitude,longitude,category",
}


@pytest.mark.parametrize("name", list(HEADS))
def test_national_specifications_are_recognised_by_their_header(name: str):
    assert specifications.recognised(HEADS[name].split(",")) == name


def test_a_file_of_the_national_specification_is_read(area: Area, tmp_path: Path):
    head = "source,id,name,latitude,longitude,email,visit_url,street,housenumber"
    lines = [f"0180,lek-{at},{name},{y},{x},park@example.org,https://example.org,Provgatan,{at + 1}"
             for at, (name, (x, y)) in enumerate(zip(NAMES, SPOTS, strict=True))]  # fmt: skip
    found = proposed(area, text_file(tmp_path, "\n".join([head, *lines])))
    assert lands(found)
    assert list(found.places["address"]) == [f"Provgatan {at + 1}" for at in range(4)]
    assert [note.key for note in found.understood.notes] == ["specifications.follows"]
    columns = found.understood.columns
    assert (columns["id"], columns["email"], columns["url"]) == ("id", "email", "visit_url")


# GPX, GML, GeoParquet


def test_waypoints_of_gpx_are_places(area: Area, tmp_path: Path):
    points = "".join(f'<wpt lat="{y}" lon="{x}"><name>{name}</name><desc>d</desc></wpt>'
                     for name, (x, y) in zip(NAMES, SPOTS, strict=True))  # fmt: skip
    content = f'<?xml version="1.0"?><gpx xmlns="http://www.topografix.com/GPX/1/1">{points}</gpx>'
    found = proposed(area, text_file(tmp_path, content, "a.gpx"))
    assert lands(found) and list(found.places["name"]) == NAMES


@pytest.mark.parametrize(
    ("system", "code", "turned"),
    [
        ("urn:ogc:def:crs:EPSG::3006", 3006, True),
        ("EPSG:3006", 3006, False),
        ("http://www.opengis.net/def/crs/EPSG/0/4326", 4326, True),
        ("urn:ogc:def:crs:EPSG::25833", 25833, False),
    ],
)
def test_features_of_gml_are_places_in_the_order_of_their_system(
    area: Area, tmp_path: Path, system: str, code: int, turned: bool
):
    points = gpd.GeoSeries([shapely.Point(spot) for spot in SPOTS], crs=WGS84).to_crs(code)
    members = "".join(
        f'<gml:featureMember><s:skola gml:id="i{at}"><s:namn>{NAMES[at]}</s:namn>'
        f'<s:geom><gml:Point srsName="{system}"><gml:pos>'
        + (f"{point.y} {point.x}" if turned else f"{point.x} {point.y}")
        + "</gml:pos></gml:Point></s:geom></s:skola></gml:featureMember>"
        for at, point in enumerate(points)
    )
    content = (
        '<gml:FeatureCollection xmlns:gml="http://www.opengis.net/gml" xmlns:s="s">'
        f"{members}</gml:FeatureCollection>"
    )
    found = proposed(area, text_file(tmp_path, content, "a.gml"))
    assert lands(found) and list(found.places["name"]) == NAMES


@pytest.mark.parametrize("ending", [".gpx", ".gml"])
def test_xml_that_defines_entities_is_refused(area: Area, tmp_path: Path, ending: str):
    root = "gpx" if ending == ".gpx" else "FeatureCollection"
    content = f'<!DOCTYPE {root} [<!ENTITY a "b">]><{root}>&a;</{root}>'
    with refused("file_format"):
        read(area, text_file(tmp_path, content, f"a{ending}"))


def overture(folder: Path) -> Path:
    rows = [
        {"id": f"id-{at}", "names": {"primary": name, "common": None, "rules": None},
         "categories": {"primary": "library", "alternate": ["public_service"]},
         "confidence": 0.9, "websites": ["https://example.org/a"], "phones": None,
         "addresses": [{"freeform": "Provgatan 7", "locality": "Provby", "postcode": "16260",
                        "region": None, "country": "SE"}],
         "operating_status": "permanently_closed" if at == 3 else "open",
         "bbox": {"xmin": 1.0, "xmax": 1.0}, "sources": [{"dataset": "meta", "record_id": "1"}],
         "geometry": shapely.to_wkb(shapely.Point(SPOTS[at]))}
        for at, name in enumerate(NAMES)
    ]  # fmt: skip
    table = pa.Table.from_pylist(rows)
    geo = {"version": "1.1.0", "primary_column": "geometry",
           "columns": {"geometry": {"encoding": "WKB", "geometry_types": ["Point"]}}}  # fmt: skip
    pq.write_table(
        table.replace_schema_metadata({b"geo": json.dumps(geo).encode()}), folder / "a.parquet"
    )
    return folder / "a.parquet"


def test_overtures_places_in_geoparquet_are_read_and_the_closed_do_not_count(
    area: Area, tmp_path: Path
):
    found = proposed(area, overture(tmp_path), "library")
    assert list(found.places["name"]) == NAMES[:3]
    assert [each.row.name for each in found.closed] == [NAMES[3]]
    assert set(found.places["address"]) == {"Provgatan 7, 162 60 Provby"}
    assert lands(found, SPOTS[:3])
    assert near_of(area)


def test_a_small_parquet_with_the_same_long_text_in_every_row_is_refused(
    area: Area, tmp_path: Path
):
    text = pa.array(["x" * 100_000]).dictionary_encode()
    column = pa.DictionaryArray.from_arrays(pa.array([0] * 20_000, pa.int32()), text.dictionary)
    pq.write_table(pa.table({"namn": column}), tmp_path / "a.parquet")
    assert (tmp_path / "a.parquet").stat().st_size < 200_000
    with refused("file_refused", FileFormat):
        read(area, tmp_path / "a.parquet")
