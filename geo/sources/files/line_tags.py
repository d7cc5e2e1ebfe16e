"""What a file of lines says of who may walk them, in OpenStreetMap's tags: its own columns, those
of the road register (NVDB) and Overture's. So one rule decides what is walked, whoever drew it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.cells import is_unknown, plain, written
from geo.sources.osm.features import ASKING_HIGHWAYS, NEVER, OPEN_HIGHWAYS, WAY_KEYS
from geo.types import Floats

Tags = dict[str, str]

KNOWN = frozenset({*OPEN_HIGHWAYS, *ASKING_HIGHWAYS, *NEVER}) | {
    *("platform", "elevator", "escalator", "services", "rest_area", "bus_stop", "emergency_bay"),
    *("via_ferrata", "traffic_island", "unknown", "ladder", "rail", "tram", "subway"),
}
"""Values of ``highway`` that tell OpenStreetMap's column from any other of the name."""
READ = (*WAY_KEYS, "barrier", "layer", "bridge", "tunnel")
OTHER_THINGS = (
    *("waterway", "aerialway", "power", "aeroway", "route", "boundary", "natural", "barrier"),
)
"""A line without ``highway`` that has one of these is no path."""
GCM = {
    100: {"highway": "cycleway", "foot": "designated"},
    105: {"highway": "cycleway", "foot": "designated"},
    110: {"highway": "cycleway", "foot": "no"},
    115: {"highway": "footway"},
    120: {"highway": "cycleway", "foot": "no"},
    125: {"highway": "footway"},
    130: {"highway": "footway"},
    135: {"highway": "cycleway", "foot": "no"},
    140: {"highway": "cycleway", "foot": "no"},
    145: {"highway": "footway"},
    150: {"highway": "path"},
    155: {"highway": "steps"},
    160: {"highway": "pedestrian"},
    165: {"highway": "path"},
    170: {"highway": "path"},
    175: {"highway": "elevator", "foot": "yes"},
}
"""NVDB's types of foot and cycle paths (GCM-typ), by number."""
GCM_NAMES = {
    "gångochcykelbana": 100,
    "gångochcykelbanauppdelad": 105,
    "cykelbanapåbjuden": 110,
    "cykelbana": 110,
    "gångbana": 115,
    "cykelfält": 120,
    "cykelpassageochövergångsställe": 125,
    "cykelöverfartochövergångsställe": 130,
    "cykelpassage": 135,
    "cykelöverfart": 140,
    "övergångsställe": 145,
    "gatupassageutanutmärkning": 150,
    "trappa": 155,
    "torgöppenyta": 160,
    "annancykelbarförbindelse": 165,
    "annanejcykelbarförbindelse": 170,
    "hiss": 175,
}
NVDB_CARS = ("motorvag", "motorväg", "motortrafikled")
NVDB_LIT = ("gcmbelyst", "belyst")
NVDB_TYPE = ("gcmtyp", "gcmt502")
NVDB_NET = ("vagtrafiknatnattyp", "vagtr474", "nattyp")
SAME_SHARE = 1e-4
"""A connector this near a point of its segment, as a share of the length, is that point."""
_NO = frozenset({"", "0", "nej", "no", "false", "-1", "none", "nan"})
_PAIR = re.compile(r'"((?:[^"\\]|\\.)*)"\s*=>\s*"((?:[^"\\]|\\.)*)"')


def tags_of(table: pd.DataFrame) -> list[Tags] | None:
    """Return each row's tags; None where the columns are none that we know."""
    columns = {plain(str(name)): str(name) for name in reversed(table.columns)}
    columns.pop("geometry", None)
    for read in (_overture, _nvdb, _osm):
        found = read(table, columns)
        if found is not None:
            return found
    return None


def level(tags: Mapping[str, str]) -> int:
    """Return how many levels above the ground a way lies, as far as it says.

    >>> level({"bridge": "yes"}), level({"tunnel": "yes", "layer": "-2"}), level({})
    (1, -2, 0)
    """
    said = re.fullmatch(r"[+-]?\d{1,2}", tags.get("layer", ""))
    if said:
        return int(said[0])
    above = tags.get("bridge", "no") != "no"
    return 1 if above else -1 if tags.get("tunnel", "no") != "no" else 0


def _cells(table: pd.DataFrame, column: str) -> list[str]:
    return ["" if is_unknown(cell) else written(cell).strip() for cell in table[column]]


def _rows(count: int, columns: Iterable[tuple[str, list[str]]]) -> list[Tags]:
    rows: list[Tags] = [{} for _ in range(count)]
    for key, cells in columns:
        for row, cell in zip(rows, cells, strict=True):
            if cell:
                row[key] = cell
    return rows


def _osm(table: pd.DataFrame, columns: Mapping[str, str]) -> list[Tags] | None:
    """Read OpenStreetMap's own columns, Geofabrik's ``fclass``, and GDAL's ``other_tags``."""
    wanted = {plain(key): key for key in (*READ, *OTHER_THINGS)}
    rows = _rows(
        len(table),
        ((key, _cells(table, columns[name])) for name, key in wanted.items() if name in columns),
    )
    if "othertags" in columns:
        for row, cell in zip(rows, _cells(table, columns["othertags"]), strict=True):
            row.update({key: value for key, value in _PAIR.findall(cell) if key not in row})
    if "fclass" in columns:
        for row, cell in zip(rows, _cells(table, columns["fclass"]), strict=True):
            row.setdefault("highway", re.sub(r"^track_grade\d$", "track", cell.lower()))
    for row in rows:
        if "highway" in row:
            row["highway"] = row["highway"].lower()
    said = [row["highway"] for row in rows if row.get("highway")]
    if sum(each in KNOWN for each in said) * 2 < len(said) or not any(rows):
        return None
    if not said and not any("railway" in row for row in rows):
        return None
    for row in rows:
        if row.get("highway") == "unknown":
            row["highway"] = "road"
        if "highway" not in row and not any(key in row for key in (*OTHER_THINGS, "railway")):
            row["highway"] = "road"  # a line of a file of paths that says nothing of itself
    return rows


def _nvdb(table: pd.DataFrame, columns: Mapping[str, str]) -> list[Tags] | None:
    """Read the road register: types of foot and cycle paths, and the net of vehicles."""
    kind, net, lit = (_first(columns, names) for names in (NVDB_TYPE, NVDB_NET, NVDB_LIT))
    cars = [columns[name] for name in NVDB_CARS if name in columns]
    if not (kind or net or cars):
        return None
    rows = []
    for at in range(len(table)):
        said = written(table[kind].iloc[at]).strip() if kind else ""
        number = re.match(r"\d{3}(?!\d)", said)
        code = int(number[0]) if number else GCM_NAMES.get(plain(said), 0)
        tags = dict(GCM.get(code, {"highway": "road"}))
        if any(_yes(table[column].iloc[at]) for column in cars):
            tags = {"highway": "motorway"}
        if lit and _yes(table[lit].iloc[at]):
            tags["lit"] = "yes"
        rows.append(tags)
    return rows


def _first(columns: Mapping[str, str], names: Iterable[str]) -> str:
    return next((columns[name] for name in names if name in columns), "")


def _yes(cell: Any) -> bool:
    return not is_unknown(cell) and written(cell).strip().lower() not in _NO


def _overture(table: pd.DataFrame, columns: Mapping[str, str]) -> list[Tags] | None:
    """Read Overture's segments, as GeoParquet has them (nested) or GeoJSON (text of JSON)."""
    if "class" not in columns or not {"connectors", "subtype"} & columns.keys():
        return None
    read: dict[str, Callable[[Any], Tags]] = {
        "subclass": lambda cell: {"subclass": _word(cell)},
        "accessrestrictions": _restricted,
        "roadflags": _flagged,
        "roadsurface": lambda cell: {"surface": _one(cell, "value")},
        "levelrules": lambda cell: {"layer": _one(cell, "value")},
    }
    rows = []
    for at in range(len(table)):
        kind = _word(table[columns["class"]].iloc[at])
        subtype = _word(table[columns["subtype"]].iloc[at]) if "subtype" in columns else "road"
        tags = {"railway": kind} if subtype not in ("", "road") else {"highway": kind or "road"}
        if kind == "unknown":
            tags = {"highway": "road"}
        for name, meaning in read.items():
            if name in columns:
                tags.update(meaning(nested(table[columns[name]].iloc[at])))
        rows.append({key: value for key, value in tags.items() if value})
    return rows


def nested(cell: Any) -> Any:
    """Return a nested cell as lists and mappings, whether it came so or as the text of JSON."""
    if isinstance(cell, np.ndarray):
        return [nested(each) for each in cell]
    if isinstance(cell, str) and cell[:1] in "[{":
        try:
            return json.loads(cell)
        except ValueError:
            return None
    return cell


def with_connectors(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return Overture's segments with a point wherever a connector says that others meet them, so
    that they are joined there.
    """
    if "connectors" not in table:
        return table
    shapes = np.asarray(table.geometry.values, dtype=object).copy()
    lines = np.flatnonzero(shapely.get_type_id(shapes) == shapely.GeometryType.LINESTRING)
    for row in lines:
        places = [each.get("at") for each in _list(nested(table["connectors"].iloc[row]))]
        inner = [float(at) for at in places if isinstance(at, int | float) and 0 < at < 1]
        if inner:
            shapes[row] = _with_points(shapes[row], np.array(inner))
    return table.set_geometry(gpd.GeoSeries(list(shapes), index=table.index, crs=table.crs))


def _with_points(line: shapely.LineString, shares: Floats) -> shapely.LineString:
    """Return a line with points at shares of its length, but where it has one already."""
    xy = shapely.get_coordinates(line)
    along = np.r_[0.0, np.cumsum(np.hypot(*np.diff(xy, axis=0).T))]
    wanted = shares * along[-1]
    new = wanted[np.abs(wanted[:, None] - along).min(axis=1) > SAME_SHARE * along[-1]]
    more = shapely.get_coordinates(shapely.line_interpolate_point(line, new))
    order = np.argsort(np.r_[along, new], kind="stable")
    return shapely.LineString(np.concatenate([xy, more])[order])


def _word(cell: Any) -> str:
    return cell.strip().lower() if isinstance(cell, str) else ""


def _list(cell: Any) -> list[dict[str, Any]]:
    return [each for each in cell if isinstance(each, dict)] if isinstance(cell, list) else []


def _one(cell: Any, key: str) -> str:
    """Return what is said of the whole line, or of most of it."""
    found = [each for each in _list(cell) if each.get(key) is not None]
    whole = [each for each in found if each.get("between") is None]
    return str((whole or found)[0][key]) if found else ""


def _restricted(cell: Any) -> Tags:
    """Return what access rules say of walkers; one for a part of the line holds for all of it."""
    tags: Tags = {}
    for rule in _list(cell):
        when = rule.get("when") if isinstance(rule.get("when"), dict) else {}
        modes = nested((when or {}).get("mode"))
        denied = rule.get("access_type") == "denied"
        if isinstance(modes, list) and "foot" in modes:
            tags["foot"] = "no" if denied else "yes"
        elif not modes and denied and not (when or {}).get("during"):
            private = "as_private" in str((when or {}).get("recognized"))
            tags.setdefault("access", "private" if private else "no")
    return tags


def _flagged(cell: Any) -> Tags:
    tags: Tags = {}
    for rule in _list(cell):
        flags = nested(rule.get("values")) or []
        if {"is_under_construction", "is_abandoned"} & set(flags):
            tags["construction"] = "yes"
        for flag, key in (("is_bridge", "bridge"), ("is_tunnel", "tunnel")):
            if flag in flags and rule.get("between") is None:
                tags[key] = "yes"
    return tags
