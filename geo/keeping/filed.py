"""What the files of an area say of its places and activities, as records are kept."""

from __future__ import annotations

import json
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.area.model import Area
from geo.keeping.records import ACTIVITY, DETAILS, OPEN, PLACE, PLACE_FIELDS, Json, Key
from geo.types import WGS84


def filed(area: Area) -> dict[Key, Json]:
    """Return the content of each place and activity of an area, in its order; of rows that share an
    id the first.
    """
    found: dict[Key, Json] = {}
    for row in _rows(area.activities):
        fields = {name: value for name, value in row.items() if name != "id"}
        kept = {"status": OPEN, "lon": None, "lat": None, "fields": fields}
        found.setdefault((ACTIVITY, str(row["id"])), kept)
    return {**_places(area), **found}


def _places(area: Area) -> dict[Key, Json]:
    found: dict[Key, Json] = {}
    lon, lat = _points(area.places)
    table = pd.DataFrame(area.places.drop(columns=area.places.geometry.name))
    for row, x, y in zip(_rows(table), lon, lat, strict=True):
        fields = {name: row.get(name, empty) for name, empty in PLACE_FIELDS.items()}
        fields[DETAILS] = plain_details(str(row.get(DETAILS) or ""))
        point = (None, None) if np.isnan(x) else (float(x), float(y))
        kept = {"status": OPEN, "lon": point[0], "lat": point[1], "fields": fields}
        found.setdefault((PLACE, str(row["id"])), kept)
    return found


def plain_details(words: str) -> Json:
    """Return a place's details; what is no number to JSON is unknown."""
    try:
        record: Json = json.loads(words, parse_constant=lambda _: None) if words else {}
    except ValueError:
        return {}
    return record if isinstance(record, dict) else {}


def _points(places: gpd.GeoDataFrame) -> tuple[Any, Any]:
    """Return longitude and latitude of each place, NaN where it has no point."""
    if places.empty:
        return np.zeros(0), np.zeros(0)
    shapes = np.asarray(places.geometry.to_crs(WGS84).values, dtype=object)
    wide = (shapely.get_type_id(shapes) > 0) & ~shapely.is_empty(shapes)
    shapes = np.where(wide, shapely.point_on_surface(shapes), shapes)
    return shapely.get_x(shapes), shapely.get_y(shapes)


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    names = [str(name) for name in table.columns]
    cells = [[_plain(cell) for cell in table[name]] for name in table.columns]
    return [dict(zip(names, row, strict=True)) for row in zip(*cells, strict=True)]


def _plain(cell: Any) -> Any:
    """Return a cell as JSON knows it; unknown is an empty text."""
    if isinstance(cell, np.generic):
        cell = cell.item()
    return (
        ""
        if cell is None or cell is pd.NA or (isinstance(cell, float) and np.isnan(cell))
        else cell
    )
