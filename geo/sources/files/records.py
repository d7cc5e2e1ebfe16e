"""Rows of a JSON file that is no map: a list of records, or the answer of a service of open data
(CKAN, Opendatasoft, ArcGIS, Overpass, JSON:API as Stockholm's, Skolverket, registers of
associations, HSDS). Nested records become columns.
"""

from __future__ import annotations

import json
import mmap
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from geo.sources.files import _parquet_child
from geo.sources.files.opening import Opened
from geo.sources.files.row_kinds import is_person

MOST_PARTS = 4_000_000
"""Commas and brackets of a file: each may become a value in memory."""
MOST_ROWS = 200_000
MOST_COLUMNS = 2_000
_SNIFFED = 1 << 16
_DEEPEST = 8
_COLLECTION = re.compile(rb'"type"\s*:\s*"FeatureCollection"')
_ALONE = re.compile(
    rb'\{\s*"type"\s*:\s*"(?:Feature|(?:Multi)?(?:Point|LineString|Polygon)|GeometryCollection)"'
)
_STOCKHOLM = "EPSG:3011"
_WEB_MERCATORS = {102100: 3857, 102113: 3857, 900913: 3857}
_PATHS = {"links", "_links", "relationships"}
"""What JSON:API says of a record beside its attributes."""
_VISIT = ("BESOKSADRESS", "visiting", "visit", "physical")
_NAMES = ("name", "namn", "title", "primary", "value", "Name")


@dataclass(frozen=True)
class Answer:
    """What a JSON file holds: rows by column, what people call the format, the coordinate system
    that it states ("" for none), and the rows that the service has in all (0 for unknown; -1 where
    it only says that there are more).
    """

    rows: list[dict[str, Any]]
    format: str
    crs: str = ""
    total: int = 0


def is_map(file: Opened) -> bool:
    """Return whether a JSON file is a map (GeoJSON): of features, or one, or a bare geometry."""
    with file.path.open("rb") as stream:
        start = stream.read(_SNIFFED).removeprefix(b"\xef\xbb\xbf").lstrip()
        if not start.startswith(b"{"):
            return False
        if _ALONE.match(start) or _COLLECTION.search(start):
            return True
        with mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as content:
            return _COLLECTION.search(content) is not None


def read_records(file: Opened) -> Answer:
    """Read an open JSON file that is no map.

    Raises
    ------
    FileFormat : it is no JSON, holds no list of records, or more than a table may.
    """
    content = file.path.read_bytes().removeprefix(b"\xef\xbb\xbf")
    parts = content.count(b",") + content.count(b"{") + content.count(b"[")
    if parts > MOST_PARTS:
        raise file.broken("too_many_cells", found=parts, limit=MOST_PARTS)
    try:
        answer = answer_of(_parsed(content))
    except (ValueError, RecursionError, TypeError, KeyError, AttributeError) as error:
        raise file.broken() from error
    if answer is None or not answer.rows:
        raise file.broken("no_records")
    if len(answer.rows) > MOST_ROWS:
        raise file.broken("too_many_rows", found=len(answer.rows), limit=MOST_ROWS)
    columns = len({name for row in answer.rows for name in row})
    if columns > MOST_COLUMNS:
        raise file.broken("too_many_columns", found=columns, limit=MOST_COLUMNS)
    return answer


PARQUET_BYTES = 60_000_000
PARQUET_MEMORY_MB = 2_000
PARQUET_SECONDS = 60


def read_parquet(file: Opened) -> Answer:
    """Read an open Parquet file's rows, geometries as hexadecimal WKB, in a child that is bounded.

    Raises
    ------
    FileFormat : it is broken, or holds more than a table may.
    """
    bounds = (MOST_ROWS, PARQUET_BYTES, PARQUET_MEMORY_MB, PARQUET_SECONDS)
    command = [sys.executable, "-I", "-B", str(Path(_parquet_child.__file__)), str(file.path)]
    try:
        done = subprocess.run(
            [*command, *(str(bound) for bound in bounds)],
            capture_output=True,
            timeout=2 * PARQUET_SECONDS,
            check=False,
            env={"ARROW_DEFAULT_MEMORY_POOL": "system", "OMP_NUM_THREADS": "1"},
        )
    except subprocess.TimeoutExpired as error:
        raise file.broken("too_slow", limit=PARQUET_SECONDS) from error
    try:
        told: Any = json.loads(done.stdout) if done.returncode == 0 else {"error": "broken"}
    except ValueError as error:
        raise file.broken() from error
    if "error" in told:
        values = {key: told[key] for key in ("found", "limit") if key in told}
        raise file.broken(str(told["error"]), **values)
    if not told["rows"]:
        raise file.broken("no_rows")
    kept = [{key: value for key, value in row.items() if key not in _OVERTURE_OWN}
            if "names" in row else row for row in told["rows"]]  # fmt: skip
    return Answer(flat(kept), "GeoParquet", crs=f"EPSG:{told['crs']}" if told["crs"] else "")


_OVERTURE_OWN = frozenset({"bbox", "sources", "version", "theme", "type"})
"""What Overture says of its own records: nothing on a place."""


def _parsed(content: bytes) -> Any:
    """Return what JSON says; one record a line is a list of them."""
    try:
        return json.loads(content)
    except json.JSONDecodeError:
        lines = [line for line in content.splitlines() if line.strip()]
        if len(lines) < 2:
            raise
        return [json.loads(line) for line in lines]


def answer_of(document: Any) -> Answer | None:
    """Return the rows of a document, None where it holds no list of records.

    >>> answer_of([{"namn": "Solrosen", "läge": {"lat": 59.36, "lon": 17.87}}]).rows
    [{'namn': 'Solrosen', 'lat': 59.36, 'lon': 17.87}]
    """
    if isinstance(document, Mapping):
        for reader in (_arcgis, _overpass, _ckan, _opendatasoft, _json_api):
            found = reader(document)
            if found is not None:
                return found
        name, rows = _longest(document)
        if not rows:
            return _keyed(document)
        total = next(
            (
                document[key]
                for key in document
                if re.fullmatch(
                    r"(?i)total_?(num|number)?_?(of)?_?(items|elements|count|hits)?", key
                )
                and isinstance(document[key], int)
            ),
            0,
        )
        called = {"Customers": "Interbook Go", "contents": "HSDS"}.get(name, "JSON")
        return Answer(flat([_feature(row) for row in rows]), called, total=total)
    if isinstance(document, list):
        rows = [each for each in document if isinstance(each, Mapping)]
        return Answer(flat([_feature(row) for row in rows]), "JSON") if rows else None
    return None


def flat(rows: list[Any]) -> list[dict[str, Any]]:
    """Return nested records as rows of values: a column is called by its last name where no other
    column is, else by its whole path (``organization.name``).
    """
    paths = [dict(_leaves(row, (), 0)) for row in rows]
    seen: dict[tuple[str, ...], None] = {}
    for each in paths:
        seen.update(dict.fromkeys(each))
    of_leaf: dict[str, list[tuple[str, ...]]] = {}
    for path in seen:
        of_leaf.setdefault(path[-1], []).append(path)
    called: dict[tuple[str, ...], str] = {}
    for leaf, found in of_leaf.items():
        nearest = min(found, key=len)
        alone = sum(len(path) == len(nearest) for path in found) == 1
        for path in found:
            called[path] = leaf if path == nearest and (alone or len(path) == 1) else ".".join(path)
    return [{called[path]: value for path, value in each.items()} for each in paths]


def _leaves(value: Any, path: tuple[str, ...], deep: int) -> Iterator[tuple[tuple[str, ...], Any]]:
    if path and isinstance(value, (Mapping, list)) and is_person(path[-1]):
        yield path, json.dumps(value, ensure_ascii=False, default=str) if value else None
    elif isinstance(value, Mapping) and deep < _DEEPEST:
        if path and _is_shape(value):
            yield path, json.dumps(value)
            return
        for key, each in value.items():
            yield from _leaves(each, (*path, str(key)), deep + 1)
    elif isinstance(value, list) and any(isinstance(each, Mapping) for each in value):
        yield from _listed([each for each in value if isinstance(each, Mapping)], path, deep)
    elif isinstance(value, (Mapping, list)):
        scalars = isinstance(value, list) and not any(isinstance(each, list) for each in value)
        told = ", ".join(str(each) for each in value if each is not None) if scalars else ""
        yield path or ("value",), told or (json.dumps(value) if value else None)
    else:
        yield path or ("value",), value


def _listed(
    records: list[Mapping[str, Any]], path: tuple[str, ...], deep: int
) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Return records in a record: their names where that is all they say, else the one that says
    where a visit goes, else the first; further ones as they stand.
    """
    names = [next((str(each[key]) for key in _NAMES if each.get(key)), "") for each in records]
    if all(names) and all(len(each) <= 2 for each in records):
        yield path or ("value",), ", ".join(names)
        return
    chosen = next(
        (each for each in records if any(each.get(key) in _VISIT for key in each)), records[0]
    )
    yield from _leaves(chosen, path, deep + 1)
    if len(records) > 1:
        rest = [each for each in records if each is not chosen]
        yield (*path, "…"), json.dumps(rest, ensure_ascii=False, default=str)[:2_000]


def _is_shape(value: Mapping[str, Any]) -> bool:
    return set(value) <= {"type", "coordinates", "crs"} and "coordinates" in value


def _feature(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a GeoJSON feature in a list as a record."""
    if row.get("type") != "Feature" or "properties" not in row:
        return row
    return {**dict(row["properties"] or {}), "geometry": json.dumps(row.get("geometry"))}


def _longest(document: Mapping[str, Any]) -> tuple[str, list[Any]]:
    """Return the longest list of records in a document, or in a part of it."""
    lists = [(name, value) for name, value in document.items() if _is_records(value)]
    for value in document.values():
        if isinstance(value, Mapping):
            lists += [(name, inner) for name, inner in value.items() if _is_records(inner)]
    if not lists:
        return "", []
    name, rows = max(lists, key=lambda each: len(each[1]))
    return name, [each for each in rows if isinstance(each, Mapping)]


def _is_records(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(each, Mapping) for each in value)


def _keyed(document: Mapping[str, Any]) -> Answer | None:
    """Return a document whose parts are records under their ids; one record alone is a row."""
    records = {key: value for key, value in document.items() if isinstance(value, Mapping)}
    if len(records) > 1 and len(records) == len(document):
        return Answer(flat([{"id": key, **value} for key, value in records.items()]), "JSON")
    return Answer(flat([document]), "JSON") if {"name", "id"} & set(document) else None


def _ckan(document: Mapping[str, Any]) -> Answer | None:
    result = document.get("result")
    if "success" not in document or not isinstance(result, Mapping):
        return None
    if not _is_records(result.get("records")):
        return None
    rows = [{key: value for key, value in each.items() if key != "_id"}
            for each in result["records"]]  # fmt: skip
    return Answer(flat(rows), "CKAN", total=int(result.get("total") or 0))


def _opendatasoft(document: Mapping[str, Any]) -> Answer | None:
    if "total_count" in document and _is_records(document.get("results")):
        return Answer(flat(document["results"]), "Opendatasoft", total=int(document["total_count"]))
    if "nhits" in document and _is_records(document.get("records")):
        rows = [{**dict(each.get("fields") or {}), "geometry": each.get("geometry")}
                for each in document["records"]]  # fmt: skip
        return Answer(flat(rows), "Opendatasoft", total=int(document["nhits"]))
    return None


def _json_api(document: Mapping[str, Any]) -> Answer | None:
    """Return the units of an answer in JSON:API: Stockholm's services, Skolverket's register."""
    data = document.get("data")
    meta = document.get("meta") if isinstance(document.get("meta"), Mapping) else {}
    if isinstance(data, Mapping) and _is_records(data.get("attributes")):
        return Answer(flat(list(data["attributes"])), "Skolverket")
    units = [data] if isinstance(data, Mapping) else data
    if not _is_records(units) or not any("attributes" in each for each in units):  # type: ignore[union-attr]
        return None
    rows, kinds = [], Counter[str]()
    for each in units or ():
        about = each.get("attributes")
        kinds[str(each.get("type", ""))] += 1
        others = {key: value for key, value in each.items() if key not in {*_PATHS, "attributes"}}
        rows.append({**others, **(about if isinstance(about, Mapping) else {})})
    stockholm = kinds.most_common(1)[0][0] == "serviceunits"
    total = dict(meta or {}).get("totalCount", 0)
    return Answer(
        flat([{key: value for key, value in row.items() if key != "type"} for row in rows]),
        "Stockholm" if stockholm else "Skolverket" if "schoolUnitCode" in rows[0] else "JSON:API",
        crs=_STOCKHOLM if stockholm else "",
        total=total if isinstance(total, int) else 0,
    )


def _arcgis(document: Mapping[str, Any]) -> Answer | None:
    features = document.get("features")
    if not _is_records(features) or not any("attributes" in each for each in features or ()):
        return None
    dates = {
        str(each.get("name"))
        for each in document.get("fields") or ()
        if isinstance(each, Mapping) and each.get("type") == "esriFieldTypeDate"
    }
    rows = []
    for each in features or ():
        told = dict(each.get("attributes") or {})
        told |= {name: _day(told[name]) for name in dates & set(told)}
        shape = _esri_shape(each.get("geometry"))
        rows.append({**told, **({"geometry": shape} if shape else {})})
    system = document.get("spatialReference") or {}
    code = int(system.get("latestWkid") or system.get("wkid") or 0)
    code = _WEB_MERCATORS.get(code, code)
    more = -1 if document.get("exceededTransferLimit") else 0
    return Answer(
        flat(rows), "ArcGIS", crs=f"EPSG:{code}" if 0 < code < 100_000 else "", total=more
    )


def _day(value: Any) -> Any:
    """Return milliseconds since 1970 as a day."""
    if not isinstance(value, (int, float)) or isinstance(value, bool) or abs(value) > 2e14:
        return value
    return datetime.fromtimestamp(value / 1000, UTC).date().isoformat()


def _esri_shape(shape: Any) -> str:
    """Return an ArcGIS geometry as GeoJSON; areas and lines by their first ring or path."""
    if not isinstance(shape, Mapping):
        return ""
    if shape.get("x") is not None and shape.get("y") is not None:
        return json.dumps({"type": "Point", "coordinates": [shape["x"], shape["y"]]})
    for name, kind in (
        ("points", "MultiPoint"),
        ("rings", "Polygon"),
        ("paths", "MultiLineString"),
    ):
        if shape.get(name):
            parts = shape[name][:1] if name == "rings" else shape[name]
            return json.dumps({"type": kind, "coordinates": parts})
    return ""


def _overpass(document: Mapping[str, Any]) -> Answer | None:
    """Return the tagged elements of Overpass; a way without a centre stands at its nodes."""
    elements = document.get("elements")
    if not _is_records(elements) or "version" not in document:
        return None
    nodes = {
        each["id"]: (each["lon"], each["lat"])
        for each in elements or ()
        if each.get("type") == "node" and "lon" in each and "lat" in each
    }
    rows = []
    for each in elements or ():
        tags = each.get("tags")
        if not isinstance(tags, Mapping) or not tags:
            continue  # a corner of a way
        spot = _osm_spot(each, nodes)
        own = {"id": f"{each.get('type')}/{each.get('id')}", **dict(tags)}
        rows.append({**own, **({"lat": spot[1], "lon": spot[0]} if spot else {})})
    return Answer([{str(key): value for key, value in row.items()} for row in rows], "Overpass")


def _osm_spot(
    element: Mapping[str, Any], nodes: Mapping[Any, tuple[float, float]]
) -> tuple[float, float] | None:
    for spot in (element, element.get("center") or {}):
        if "lat" in spot and "lon" in spot:
            return spot["lon"], spot["lat"]
    drawn = [(each["lon"], each["lat"]) for each in element.get("geometry") or () if each]
    drawn = drawn or [nodes[own] for own in element.get("nodes") or () if own in nodes]
    box = element.get("bounds") or {}
    if not drawn and len(box) == 4:
        drawn = [(box["minlon"], box["minlat"]), (box["maxlon"], box["maxlat"])]
    if not drawn:
        return None
    drawn = drawn[:-1] if len(drawn) > 2 and drawn[0] == drawn[-1] else drawn
    return sum(x for x, _ in drawn) / len(drawn), sum(y for _, y in drawn) / len(drawn)
