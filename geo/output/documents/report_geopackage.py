"""A report as a map package for a GIS: GeoPackage with styles for QGIS and metadata, or GeoJSON;
the same bytes for the same report.
"""

from __future__ import annotations

import json
import sqlite3
import tempfile
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio

from geo import texts
from geo.area.model import Area
from geo.errors import InputError
from geo.output.documents.gis_styles import qml, sld
from geo.output.files import formats
from geo.output.maps.spec import PointLayer
from geo.output.report.model import FINDINGS, Report, one_line
from geo.output.report.record import URI, record, record_bytes
from geo.types import WGS84

DISTRICT_COLUMNS = (
    "name",
    "people",
    "beyond",
    "share_beyond",
    "mean_m_beyond",
    "share_low",
    "share_high",
)
DECIMALS = 6


def gpkg_bytes(report: Report, area: Area) -> bytes:
    """Write a report's layers as GeoPackage, with a style each, what they rest on and the record.

    Raises
    ------
    InputError ``no_findings`` : the report holds nothing.
    """
    layers = _layers(report, area)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "narhet.gpkg"
        for name, frame in layers.items():
            frame.to_file(path, layer=name, driver="GPKG")
        about = pd.DataFrame(_about(report), columns=["what", "text"])
        pyogrio.write_dataframe(about, path, layer="info", driver="GPKG", append=True)
        _finish(path, report, layers)
        return formats.dated_geopackage(path, report.date)


def geojson_bytes(report: Report, area: Area) -> bytes:
    """Write the same layers as one GeoJSON: each feature says its ``layer``; what they rest on and
    the record are in the foreign member ``narhet``.

    Raises
    ------
    InputError ``no_findings`` : the report holds nothing.
    """
    features = []
    for name, frame in _layers(report, area).items():
        rows = frame.assign(layer=name).replace({np.nan: None})
        features += json.loads(rows.to_json(show_bbox=False, drop_id=True))["features"]
    document = {
        "type": "FeatureCollection",
        "narhet": {
            "about": [{"what": label, "text": words} for label, words in _about(report)],
            "report": record(report),
        },
        "features": features,
    }
    written = json.dumps(_rounded(document), ensure_ascii=False, allow_nan=False, indent=1)
    return written.encode()


def _layers(report: Report, area: Area) -> dict[str, gpd.GeoDataFrame]:
    if not report.findings:
        raise InputError("no_findings", known=", ".join(FINDINGS))
    found = {
        "districts": _districts(report, area),
        "squares": report.squares,
        "places": report.places,
        "proposal": _sites(report),
    }
    return {name: frame for name, frame in found.items() if frame is not None and len(frame)}


def _districts(report: Report, area: Area) -> gpd.GeoDataFrame | None:
    """Return the districts' shapes with the report's own figures; hidden ones empty."""
    rows = report.results.get("districts")
    if not rows or area.districts.empty or report.finding("districts") is None:
        return None
    told = pd.DataFrame(rows).reindex(columns=list(DISTRICT_COLUMNS))
    for name in DISTRICT_COLUMNS[1:]:
        told[name] = pd.to_numeric(told[name])
    shapes = area.districts[["name", "geometry"]]
    shapes = shapes.assign(name=[one_line(str(name)) for name in shapes["name"]])
    return gpd.GeoDataFrame(shapes.merge(told, on="name", how="left"), crs=WGS84)


def _sites(report: Report) -> gpd.GeoDataFrame | None:
    """Return the proposed sites, where the map of the proposal shows them."""
    finding, told = report.finding("proposal"), report.results.get("proposal")
    if finding is None or finding.map is None or not told:
        return None
    at = {
        one_line(name): (lon, lat)
        for layer in finding.map.layers
        if isinstance(layer, PointLayer)
        for name, lon, lat in zip(layer.ids, layer.lon, layer.lat, strict=True)
    }
    sites = [site for site in told["sites"] if site["name"] in at]
    if not sites:
        return None
    table = pd.DataFrame(
        {
            "number": range(1, len(sites) + 1),
            "id": [site["name"] for site in sites],
            "gain": pd.to_numeric([site["gain"] for site in sites]),
            "gain_if_last": pd.to_numeric([site["gain_if_last"] for site in sites]),
        }
    )
    lon, lat = np.array([at[site["name"]] for site in sites]).T
    return gpd.GeoDataFrame(table, geometry=gpd.points_from_xy(lon, lat), crs=WGS84)


def _about(report: Report) -> list[tuple[str, str]]:
    """Return a package's own description: title, words, date, marks and credits."""
    language = report.language

    def word(key: str) -> str:
        return texts.text(f"file.{key}", language)

    lines = [(word("answer"), report.title), (word("area"), f"{report.area_name} {report.date}")]
    lines += [
        (finding.title, words)
        for finding in report.findings
        for words in (*finding.words, *([finding.own_words] if finding.own_words else []))
    ]
    if report.demonstration:
        lines.append((word("demonstration"), texts.text("demo.mark", language)))
    if report.estimated:
        lines.append((word("estimated"), texts.text("slides.estimated", language)))
    return lines + [(word("credit"), credit) for credit in report.credits]


def _finish(path: Path, report: Report, layers: dict[str, gpd.GeoDataFrame]) -> None:
    """Add styles, metadata and the record, with the date of the report."""
    moment = f"{report.date[:10]}T00:00:00.000Z"
    link = sqlite3.connect(path)
    try:
        _add_styles(link, report, layers, moment)
        _add_metadata(link, report, moment)
        link.commit()
    finally:
        link.close()


def _add_styles(
    link: sqlite3.Connection, report: Report, layers: dict[str, gpd.GeoDataFrame], moment: str
) -> None:
    link.execute(
        "CREATE TABLE layer_styles (id INTEGER PRIMARY KEY AUTOINCREMENT, f_table_catalog TEXT, "
        "f_table_schema TEXT, f_table_name TEXT, f_geometry_column TEXT, styleName TEXT, "
        "styleQML TEXT, styleSLD TEXT, useAsDefault BOOLEAN, description TEXT, owner TEXT, "
        "ui TEXT, update_time DATETIME)"
    )
    rows = [
        ("", "", name, "geom", name, qml(name, frame), sld(name, frame), True,
         report.title, "", "", moment)
        for name, frame in layers.items()
    ]  # fmt: skip
    link.executemany(
        "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, "
        "f_geometry_column, styleName, styleQML, styleSLD, useAsDefault, description, owner, ui, "
        "update_time) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        rows,
    )
    link.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change) "
        "VALUES ('layer_styles', 'attributes', 'layer_styles', '', ?)",
        (moment,),
    )


def _add_metadata(link: sqlite3.Connection, report: Report, moment: str) -> None:
    """Add the record in the tables of the GeoPackage metadata extension."""
    link.executescript(
        "CREATE TABLE IF NOT EXISTS gpkg_metadata (id INTEGER CONSTRAINT m_pk PRIMARY KEY ASC NOT "
        "NULL, md_scope TEXT NOT NULL DEFAULT 'dataset', md_standard_uri TEXT NOT NULL, "
        "mime_type TEXT NOT NULL DEFAULT 'text/xml', metadata TEXT NOT NULL DEFAULT '');"
        "CREATE TABLE IF NOT EXISTS gpkg_metadata_reference (reference_scope TEXT NOT NULL, "
        "table_name TEXT, column_name TEXT, row_id_value INTEGER, timestamp DATETIME NOT NULL, "
        "md_file_id INTEGER NOT NULL, md_parent_id INTEGER, CONSTRAINT crmr_mfi_fk FOREIGN KEY "
        "(md_file_id) REFERENCES gpkg_metadata(id));"
        "CREATE TABLE IF NOT EXISTS gpkg_extensions (table_name TEXT, column_name TEXT, "
        "extension_name TEXT NOT NULL, definition TEXT NOT NULL, scope TEXT NOT NULL, "
        "CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name));"
    )
    link.execute(
        "INSERT INTO gpkg_metadata (md_scope, md_standard_uri, mime_type, metadata) "
        "VALUES ('dataset', ?, 'application/json', ?)",
        (URI, record_bytes(report).decode()),
    )
    link.execute(
        "INSERT INTO gpkg_metadata_reference (reference_scope, timestamp, md_file_id) "
        "VALUES ('geopackage', ?, (SELECT max(id) FROM gpkg_metadata))",
        (moment,),
    )
    for table in ("gpkg_metadata", "gpkg_metadata_reference"):
        link.execute(
            "INSERT OR IGNORE INTO gpkg_extensions VALUES (?, NULL, 'gpkg_metadata', "
            "'http://www.geopackage.org/spec120/#extension_metadata', 'read-write')",
            (table,),
        )


def _rounded(value: Any) -> Any:
    """Round coordinates and figures to what is meaningful: six decimals of a degree are 0.1 m."""
    if isinstance(value, float):
        return round(value, DECIMALS)
    if isinstance(value, list):
        return [_rounded(each) for each in value]
    if isinstance(value, dict):
        return {name: each if name == "report" else _rounded(each) for name, each in value.items()}
    return value
