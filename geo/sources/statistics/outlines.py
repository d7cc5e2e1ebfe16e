"""Outlines of DeSO and RegSO: from Statistics Sweden's open geodata (WFS) or from a file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.errors import ShapelyError

from geo.area.provenance import Source
from geo.cells import plain, written
from geo.errors import InputError
from geo.sources.files.opening import wrong_format
from geo.sources.files.vector import read_vector
from geo.sources.http import Line, Steps, address
from geo.sources.publishers import published
from geo.sources.statistics.join import (
    DESO,
    NAMES,
    NEW,
    OLD,
    REGSO,
    Code,
    Outlines,
    read_code,
    read_name,
    shown,
    stated_vintage,
    vintages_in,
)
from geo.types import WGS84, Progress

SERVICE = "geodata.scb.se"
GEODATA_URL = "https://geodata.scb.se/geoserver"
TIMEOUT_S = 180.0
"""The service writes some five outlines per second."""
PAGE = 100
MOST_PAGES = 60
CODE_COLUMNS = {
    "deso": ("desokod", "deso", "desokod2025", "deso_kod", "deso2025"),
    "regso": ("regsokod", "regso", "regsokod2025", "regso_kod", "regso2025"),
}
NAME_COLUMNS = {"deso": ("desonamn",), "regso": ("regsonamn", "regso_name", "regsoname")}
ANY_NAME = ("namn", "name")


def fetch_outlines(
    level: str,
    vintage: str,
    municipality: str,
    *,
    progress: Progress | None = None,
    timeout_s: float = TIMEOUT_S,
) -> Outlines:
    """Fetch a municipality's outlines, a hundred at a time.

    ``NARHET_SCB_GEODATA_URL`` names another server.

    Raises
    ------
    Offline, ServiceSlow, OnlineError ``service_answer`` : the service did not help; Cancelled.
    """
    steps = Steps(progress)
    line = Line(SERVICE, timeout_s=timeout_s, check=steps.again)
    layer = f"{NAMES[level]}_{vintage}"
    features = fetch_layer(line, "stat", layer, f"kommunkod='{municipality}'", steps, level + "kod")
    frame = _outline_table(line, features, level)
    dates = [str(feature["properties"].get("referensdatum") or "") for feature in features]
    source = Source(
        "people_outlines",
        f"SCB, {shown(level, vintage)} ({layer})",
        "CC0 1.0",
        _date(max(dates, default="")),
        rows=len(frame),
    )
    return Outlines(frame, level, vintage, source)


def fetch_layer(
    line: Line, space: str, layer: str, where: str, steps: Steps, order: str
) -> list[dict[str, Any]]:
    """Fetch the features of a layer, page by page, as GeoJSON in WGS84 (longitude first).

    Raises
    ------
    Offline, ServiceSlow, OnlineError ``service_answer`` : the service did not help, or gave fewer
    features than it says it has. Refused : it has no such layer.
    """
    url = f"{address('NARHET_SCB_GEODATA_URL', GEODATA_URL)}/{space}/wfs"
    found: dict[str, dict[str, Any]] = {}
    for page in range(MOST_PAGES):
        steps.say("progress.fetch_outlines", min(0.9, page / 8))
        asked = {
            "service": "WFS",
            "version": "1.1.0",
            "request": "GetFeature",
            "typeName": f"{space}:{layer}",
            "outputFormat": "application/json",
            "srsName": "EPSG:4326",
            "sortBy": order,
            "startIndex": str(len(found)),
            "maxFeatures": str(PAGE),
            "CQL_FILTER": where,
        }
        answer = line.json(url, asked)
        features = _features(line, answer)
        fresh = {_key(feature, order): feature for feature in features}
        is_new = bool(fresh.keys() - found.keys())
        found |= fresh
        total = answer.get("numberMatched", answer.get("totalFeatures"))
        if not isinstance(total, int):
            total = len(found) if len(features) < PAGE else len(found) + 1
        if len(found) >= total:
            return list(found.values())
        if not is_new:
            break
    raise line.unusable("cut_short")  # fewer came than the service says it has


def read_outlines(path: Path, level: str, *, crs: str | None = None) -> Outlines:
    """Read outlines from a file; its codes, columns, version or name may show their vintage.

    Raises
    ------
    InputError ``column_missing`` : no column of codes or names of this level.
    FileFormat : no polygon; and what ``read_vector`` raises.
    """
    path = Path(path)
    shapes = read_vector(path, crs=crs).to_crs(WGS84)
    is_area = shapes.geom_type.isin(("Polygon", "MultiPolygon")) & ~shapes.is_empty
    if not is_area.any():
        raise wrong_format(str(path), "GeoJSON", "no_polygons")
    shapes = shapes[is_area]
    there = {plain(str(column)): str(column) for column in shapes.columns}
    code, name = _first(there, CODE_COLUMNS[level]), _first(there, NAME_COLUMNS[level])
    name = name or _first(there, ANY_NAME)
    if not code and not name:
        columns = ", ".join(str(column) for column in shapes.columns if column != "geometry")
        example = "desokod" if level == DESO else "regsokod"
        raise InputError(
            "column_missing", file=str(path), wanted=NAMES[level], columns=columns, example=example
        )
    codes: list[Code | None] = [None] * len(shapes)
    if code:
        codes = [read_code(written(cell)) for cell in shapes[code]]
    names = [read_name(written(cell)).name for cell in shapes[name]] if name else [""] * len(shapes)
    vintage = _vintage_of_file(shapes, level, codes, path.name, code or "")
    frame = gpd.GeoDataFrame(
        {"code": [c.plain if c and c.level == level else "" for c in codes], "name": names},
        geometry=_mended(shapes),
        crs=WGS84,
    )
    told = published(path)
    title, rows = told.title_of(path), len(frame)
    source = Source("people_outlines", title, told.licence, told.date, file=path.name, rows=rows)
    if level == REGSO and frame["code"].duplicated().any() and (frame["code"] != "").all():
        # A file of DeSO that says which RegSO each lies in: the larger areas are made of them.
        frame = frame.dissolve("code", sort=False, as_index=False)[["code", "name", "geometry"]]
        smaller = stated_vintage(DESO, path.name)
        vintage = vintage or {NEW: NEW, OLD[DESO]: OLD[REGSO]}.get(smaller, "")
        source = replace(source, made="dissolved", rows=len(frame))
    return Outlines(frame, level, vintage, source)


def inside(outlines: Outlines, boundary: gpd.GeoSeries, crs: str) -> Outlines:
    """Keep the outlines that lie by more than half of their ground in an area.

    Parameters
    ----------
    boundary : the area's; ``crs`` is a system in metres.
    """
    ground = boundary.to_crs(crs).union_all()
    shapes = np.asarray(outlines.frame.geometry.to_crs(crs).values, dtype=object)
    share = shapely.area(shapely.intersection(shapes, ground)) / shapely.area(shapes)
    frame = outlines.frame[share > 0.5].reset_index(drop=True)
    return Outlines(frame, outlines.level, outlines.vintage, outlines.source)


def _vintage_of_file(
    shapes: gpd.GeoDataFrame, level: str, codes: list[Code | None], name: str, column: str
) -> str:
    """Return the vintage a file shows: by its codes first, then its version, then names."""
    stated = {v for v in vintages_in(written(c) for c in shapes[column]) if v} if column else set()
    if len(stated) == 1 and all(codes):
        return stated.pop()
    if "version" in shapes:
        versions = {written(cell)[:4] for cell in shapes["version"]}
        if len(versions) == 1:
            named = stated_vintage(level, f"{level}{versions.pop()}")
            if named:
                return named
    return stated_vintage(level, name, column)


def _features(line: Line, answer: Any) -> list[dict[str, Any]]:
    features = answer.get("features") if isinstance(answer, dict) else None
    good = isinstance(features, list) and all(
        isinstance(feature, dict) and isinstance(feature.get("properties"), dict)
        for feature in features
    )
    if not good:
        raise line.unusable("unreadable_answer")
    assert isinstance(features, list)
    return features


def _key(feature: dict[str, Any], order: str) -> str:
    return str(feature["properties"].get(order) or feature.get("id"))


def _outline_table(line: Line, features: list[dict[str, Any]], level: str) -> gpd.GeoDataFrame:
    try:
        frame = gpd.GeoDataFrame.from_features(features, crs=WGS84)
        codes = [written(cell) for cell in frame[f"{level}kod"]] if len(frame) else []
        names = [written(c) for c in frame["regsonamn"]] if "regsonamn" in frame else codes
        shapes = _mended(frame) if len(frame) else []
    except (KeyError, TypeError, ValueError, AttributeError, ShapelyError) as error:
        raise line.unusable("unreadable_answer") from error
    return gpd.GeoDataFrame(
        {"code": pd.Series(codes, dtype=object), "name": pd.Series(names, dtype=object)},
        geometry=shapes,
        crs=WGS84,
    )


def _mended(frame: gpd.GeoDataFrame) -> Any:
    shapes = shapely.force_2d(np.asarray(frame.geometry.values, dtype=object))
    return shapely.make_valid(shapes, method="structure", keep_collapsed=True)


def _first(there: dict[str, str], names: tuple[str, ...]) -> str:
    return next((there[plain(name)] for name in names if plain(name) in there), "")


def _date(stated: str) -> str:
    digits = stated.replace("-", "")[:8]
    return f"{digits[:4]}-{digits[4:6]}-{digits[6:]}" if len(digits) == 8 else ""
