"""How reach and ways leave: plain data, GeoJSON and lines of text, each with what it rests on."""

from __future__ import annotations

import json
import math
from typing import Any

import geopandas as gpd
import pandas as pd

from geo import cells, presets, texts
from geo.access.from_point import Around, Way
from geo.area.model import Area
from geo.area.provenance import Source
from geo.network.routes import Step
from geo.network.walk_network import MAX_SNAP_M
from geo.output.words import sources as source_words
from geo.output.words.area_and_gaps import parts_of
from geo.types import WGS84

DECIMALS = 6
"""Of a degree, in files: a tenth of a metre."""


def sources_of(area: Area) -> tuple[Source, ...]:
    """Return the sources that walking distances rest on."""
    return tuple(source for source in area.sources if source.part == "network")


def reach_json(answer: Around, area: Area, language: str) -> dict[str, Any]:
    """Return what is in reach as plain data: metres, minutes, square kilometres."""
    return {
        **_common(area, answer.profile, language),
        "lon": answer.lon,
        "lat": answer.lat,
        "stretch_m": answer.stretch_m,
        "limits": [_limit(row) for row in answer.shapes.itertuples()],
        "nearest": [
            {
                "kind": row.kind,
                "place": row.place or None,
                "metres": cells.finite(row.metres),
                "minutes": cells.finite(row.minutes),
            }
            for row in answer.nearest
        ],
    }


def reach_geojson(answer: Around, area: Area, language: str) -> bytes:
    """Write a polygon per limit as GeoJSON; what it rests on is in ``narhet``."""
    columns = pd.DataFrame([_limit(row) for row in answer.shapes.itertuples()])
    columns["profile"] = answer.profile
    columns["attribution"] = source_words.credit(area)
    shapes = gpd.GeoDataFrame(columns, geometry=answer.shapes.geometry, crs=answer.shapes.crs)
    return _geojson(shapes, area, answer.profile, language)


def reach_lines(answer: Around, area: Area, language: str) -> list[str]:
    """Return what is in reach in lines of text."""
    at = f"{answer.lon:g},{answer.lat:g}"
    profile = presets.profile(answer.profile).name(language)
    lines = [texts.text("reach.from_point", language, found=at, profile=profile)]
    for row in answer.shapes.itertuples():
        minutes = texts.number(row.minutes, language, 1)
        limit = texts.metres(row.limit_m, language)
        band = texts.text("reach.band", language, minutes=minutes, limit=limit)
        km2 = texts.number(row.km2, language, 2)
        path = texts.metres(row.path_m, language)
        lines.append(texts.text("reach.line", language, band=band, km2=km2, path=path))
    names = area.places.set_index("id")["name"]
    for row in answer.nearest:
        kind = presets.kind(row.kind).name(language).lower()
        if not row.place:
            lines.append(texts.text("reach.nearest_lost", language, kind=kind))
            continue
        name = names.loc[row.place] or texts.text("reach.unnamed", language)
        metres = texts.metres(row.metres, language)
        minutes = texts.number(row.minutes, language, 1)
        lines.append(
            texts.text(
                "reach.nearest_line", language, kind=kind, name=name, metres=metres, minutes=minutes
            )
        )
    return [*lines, "", *_rests_on(area, answer.profile, language)]


def route_json(way: Way, area: Area, language: str) -> dict[str, Any]:
    """Return a way as plain data; ``metres`` is null where there is none."""
    return {
        **_common(area, way.profile, language),
        "metres": cells.finite(way.route.metres),
        "minutes": cells.finite(way.minutes),
        "stairs_m": way.route.stairs_m,
        "unlit_m": way.route.unlit_m,
        "unknown_light_m": way.route.unknown_light_m,
        "parts": [
            {"kind": step.kind, "metres": step.metres, "steps": step.steps, "lit": _lit(step)}
            for step in way.route.steps
        ],
    }


def route_geojson(way: Way, area: Area, language: str) -> bytes:
    """Write a way as GeoJSON: one line, none where there is no way."""
    columns = {
        "metres": [cells.finite(way.route.metres)],
        "minutes": [cells.finite(way.minutes)],
        "profile": [way.profile],
        "attribution": [source_words.credit(area)],
    }
    shapes = gpd.GeoDataFrame(columns, geometry=way.line.values, crs=way.line.crs)
    return _geojson(shapes[~shapes.is_empty], area, way.profile, language)


def route_lines(way: Way, area: Area, language: str) -> list[str]:
    """Return a way in lines of text: metres and minutes, then its parts in walking order."""
    profile = presets.profile(way.profile).name(language)
    if math.isinf(way.route.metres):
        return [texts.text("reach.no_way", language, profile=profile)]
    metres = texts.metres(way.route.metres, language)
    minutes = texts.number(way.minutes, language, 1)
    first = texts.text("reach.way_line", language, metres=metres, minutes=minutes, profile=profile)
    parts = [
        f"{texts.metres(metres, language):>10}  {words}"
        for words, metres in parts_of(way, language)
    ]
    return [first, *parts, *notes(way, language), "", *_rests_on(area, way.profile, language)]


def notes(way: Way, language: str) -> list[str]:
    """Return how much of a way is stairs, unlit, or of unknown light."""
    found = {
        "reach.stairs": way.route.stairs_m,
        "reach.unlit": way.route.unlit_m,
        "reach.unknown_light": way.route.unknown_light_m,
    }
    return [
        texts.text(key, language, metres=texts.metres(metres, language))
        for key, metres in found.items()
        if metres >= 0.5
    ]


def _common(area: Area, profile: str, language: str) -> dict[str, Any]:
    return {
        "area": area.id,
        "area_name": area.name,
        "profile": profile,
        "metres_per_second": presets.profile(profile).metres_per_second,
        "snap_rule": texts.text("gap.snap_rule", language, limit=MAX_SNAP_M),
        "sources": [source_words.source_json(source, language) for source in sources_of(area)],
        "attribution": source_words.credit(area),
        "demonstration": area.demonstration,
    }


def _limit(row: Any) -> dict[str, float]:
    return {
        "limit_m": float(row.limit_m),
        "minutes": round(float(row.minutes), 3),
        "path_m": round(float(row.path_m), 3),
        "km2": round(float(row.km2), 6),
    }


def _rests_on(area: Area, profile: str, language: str) -> list[str]:
    """Return how distances are measured and where the paths come from."""
    walker = presets.profile(profile)
    lines = [
        f"{texts.text('file.profile', language)}: {walker.name(language)}: "
        f"{walker.source(language)}",
        f"{texts.text('file.snap_rule', language)}: "
        f"{texts.text('gap.snap_rule', language, limit=MAX_SNAP_M)}",
    ]
    word = texts.text("file.source", language)
    lines += [
        f"{word}: {source_words.source_line(source, language)}" for source in sources_of(area)
    ]
    if source_words.credit(area):
        lines.append(f"{texts.text('file.credit', language)}: {source_words.credit(area)}")
    return lines


def _geojson(shapes: gpd.GeoDataFrame, area: Area, profile: str, language: str) -> bytes:
    placed = shapes.to_crs(WGS84)
    document = json.loads(placed.to_json(na="null", drop_id=True))
    for feature in document["features"]:
        feature["geometry"]["coordinates"] = _rounded(feature["geometry"]["coordinates"])
    document["narhet"] = {
        **_common(area, profile, language),
        "summary": _rests_on(area, profile, language),
    }
    return json.dumps(document, ensure_ascii=False).encode()


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, DECIMALS)
    return [_rounded(part) for part in value]


def _lit(step: Step) -> bool | None:
    return None if step.lit < 0 else bool(step.lit)
