"""Tables of text cells as Excel, GeoPackage and GeoJSON, and back without loss.

A formula stays text. What a cell cannot hold (control characters, half a surrogate pair) stands as
a backslash and four digits; a text longer than an Excel cell goes on in the table ``long``.
"""

from __future__ import annotations

import io
import json
import re
import tempfile
from pathlib import Path
from typing import Any, TypeAlias

import geopandas as gpd
import pandas as pd
import pyogrio
import shapely
import xlsxwriter

from geo.sources.files.opening import Opened
from geo.sources.files.sheets import Sheet, read_workbook
from geo.sources.files.vector import check_views
from geo.types import WGS84

HEAD = ("id", "version", "status", "lon", "lat")
TEXTS = ("name", "kind", "address", "district", "source", "reason", "place")
"""Fields with a column of their own; the others stand together as JSON in ``fields``."""
RECORD_COLUMNS = (
    *(*HEAD, *TEXTS, "details", "fields"),
    *("base", "position", "changed_at", "changed_by"),
)
LOG_COLUMNS = (
    *("number", "batch", "record", "type", "action", "at", "by", "before", "after", "note"),
)
COLUMNS = {
    "about": ("what", "text"),
    "places": RECORD_COLUMNS,
    "activities": RECORD_COLUMNS,
    "repairs": RECORD_COLUMNS,
    "scenarios": ("id", "name", "data", "version", "changed_at", "changed_by"),
    "log": LOG_COLUMNS,
}
SINCE = ("repairs",)
"""Tables that files of an earlier version lack."""
MOST_ROWS = 1_048_576
"""A sheet of Excel holds no more."""
CELL = 30_000
"""An Excel cell holds 32,767 characters."""
GOES_ON = "\\long:"

Cells: TypeAlias = dict[str, str]
Tables: TypeAlias = dict[str, list[Cells]]


_UNFIT = re.compile(
    r"[\\\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)|^\s|\s$"
)
"""What an XML or SQL file would not give back as it was."""


def cell(value: Any) -> str:
    """Return a value as text; a decimal number with all its digits."""
    return "" if value is None else repr(value) if isinstance(value, float) else str(value)


def _fit(words: str) -> str:
    """Write what a cell cannot hold as a backslash and four digits."""
    return _UNFIT.sub(lambda at: f"\\{ord(at[0]):04x}", words)


def _unfit(words: str) -> str:
    return re.sub(r"\\([0-9a-f]{4})", lambda at: chr(int(at[1], 16)), words)


def xlsx(tables: Tables) -> bytes:
    """Return tables as a workbook, a sheet each."""
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True})
    long: list[Cells] = []
    for name, rows in tables.items():
        _write_sheet(book, name, COLUMNS[name], [_shortened(row, long) for row in rows])
    _write_sheet(book, "long", ("number", "text"), long)
    book.close()
    return content.getvalue()


def _write_sheet(book: Any, name: str, columns: tuple[str, ...], rows: list[Cells]) -> None:
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 0)
    for column, title in enumerate(columns):
        sheet.write_string(0, column, title)
        for at, row in enumerate(rows, start=1):
            if row.get(title):
                sheet.write_string(at, column, row[title])  # as text, whatever it begins with


def _shortened(row: Cells, long: list[Cells]) -> Cells:
    """Return a row whose long texts go on in the table of long texts."""
    found = {}
    for name, words in row.items():
        fit = _fit(words)
        if len(fit) > CELL:
            number = str(
                len({each["number"] for each in long[-1:]}) and int(long[-1]["number"]) + 1
            )
            parts = [fit[at : at + CELL] for at in range(0, len(fit), CELL)]
            long += [{"number": number, "text": f"|{part}|"} for part in parts]
            fit = f"{GOES_ON}{number}"
        found[name] = fit
    return found


def from_xlsx(file: Opened) -> Tables:
    """Read the tables of a workbook."""
    book = {sheet.name: sheet for sheet in read_workbook(file, most_rows=MOST_ROWS)}
    wanted = [name for name in (*COLUMNS, "long") if name in book or name not in SINCE]
    sheets = {name: book[name] for name in wanted}
    whole: dict[str, str] = {}
    for row in _dicts(sheets.pop("long")):
        whole[row["number"]] = whole.get(row["number"], "") + row["text"][1:-1]
    return {name: list[Cells]() for name in SINCE} | {
        name: [
            {
                title: _unfit(whole[words.removeprefix(GOES_ON)])
                if words.startswith(GOES_ON)
                else _unfit(words)
                for title, words in row.items()
            }
            for row in _dicts(sheet)
        ]
        for name, sheet in sheets.items()
    }


def _dicts(sheet: Sheet) -> list[Cells]:
    """Return rows by the titles of their columns; a number that a person typed is its digits."""
    rows = [[_typed(cell) for cell in cells] for _, cells in sheet.records]
    titles = rows[0] if rows else []
    return [
        dict(zip(titles, [*row, *[""] * (len(titles) - len(row))], strict=True)) for row in rows[1:]
    ]


def _typed(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell)


def gpkg(tables: Tables) -> bytes:
    """Return tables as a GeoPackage; places have points."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "everything.gpkg"
        for name, rows in tables.items():
            columns = {
                title: pd.Series([_fit(row.get(title, "")) for row in rows], dtype=object)
                for title in COLUMNS[name]
            }
            frame = pd.DataFrame(columns)
            if name == "places":
                frame = gpd.GeoDataFrame(
                    frame.drop(columns=["lon", "lat"]),
                    geometry=[_point(row) for row in rows],
                    crs=WGS84,
                )
                named = {"geometry_type": "Point", "layer_options": {"FID": "fid"}}
            else:
                named = {}
            pyogrio.write_dataframe(
                frame, path, layer=name, driver="GPKG", append=path.exists(), **named
            )
        return path.read_bytes()


def _point(row: Cells) -> shapely.Point | None:
    return shapely.Point(float(row["lon"]), float(row["lat"])) if row.get("lon") else None


def from_gpkg(file: Opened) -> Tables:
    """Read the tables of a GeoPackage; where a place is, its point says."""
    check_views(file)
    tables: Tables = {}
    there_are = set(pyogrio.list_layers(file.path)[:, 0])
    for name, columns in COLUMNS.items():
        if name in SINCE and name not in there_are:
            tables[name] = []
            continue
        frame = pyogrio.read_dataframe(file.path, layer=name)
        there = [title for title in columns if title in frame]
        cells = {title: [_unfit(_text(cell)) for cell in frame[title]] for title in there}
        if name == "places":
            points = list(frame.geometry.to_crs(WGS84))
            for title, of in (("lon", shapely.get_x), ("lat", shapely.get_y)):
                cells[title] = ["" if each is None else repr(float(of(each))) for each in points]
        tables[name] = [
            dict(zip(cells, row, strict=True)) for row in zip(*cells.values(), strict=True)
        ]
    return tables


def _text(cell: Any) -> str:
    return cell if isinstance(cell, str) else ""


def geojson(tables: Tables) -> bytes:
    """Return tables as GeoJSON: places are features; the other tables stand in the foreign member
    ``narhet``.
    """
    features = []
    for row in tables["places"]:
        point = [float(row["lon"]), float(row["lat"])] if row.get("lon") else None
        shape = {"type": "Point", "coordinates": point} if point else None
        told = {
            title: row.get(title, "") for title in RECORD_COLUMNS if title not in ("lon", "lat")
        }
        features.append({"type": "Feature", "geometry": shape, "properties": told})
    others = {name: rows for name, rows in tables.items() if name != "places"}
    whole = {"type": "FeatureCollection", "features": features, "narhet": others}
    return json.dumps(whole, allow_nan=False, indent=1).encode()


def from_geojson(file: Opened) -> Tables:
    """Read the tables of a GeoJSON; where a place is, its point says."""
    whole = json.loads(file.path.read_bytes())
    places = []
    for feature in whole["features"]:
        shape = feature["geometry"]
        lon, lat = shape["coordinates"][:2] if shape else ("", "")
        places.append({**feature["properties"], "lon": cell(lon), "lat": cell(lat)})
    return {
        "places": places,
        **{name: list[Cells]() for name in SINCE},
        **{
            name: whole["narhet"][name]
            for name in COLUMNS
            if name != "places" and (name in whole["narhet"] or name not in SINCE)
        },
    }
