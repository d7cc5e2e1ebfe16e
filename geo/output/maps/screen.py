"""A map as the component on a page gets it (``static/map/``): plain data, the same for the same
map, so that a browser sees what has changed. What is large goes by an address instead.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from geo import texts
from geo.area.model import Area
from geo.area.provenance import OSM_CREDIT
from geo.output.maps import symbols
from geo.output.maps.folium import (
    OSM_LICENCE,
    Tiles,
    drawing,
    packed_lines,
    packed_points,
    packed_polygons,
    version,
)
from geo.output.maps.spec import (
    AreaLayer,
    Dots,
    Layer,
    LegendEntry,
    MapSpec,
    PointLayer,
    Theme,
    legend_of,
)
from geo.resources import STATIC

ROOT = "../../../"
"""From where the component's script stands (``_stcore/bidi-components/<name>/``) to the foot of our
addresses; relative, so that a base path in front of them changes nothing."""

ASSETS = {
    "leaflet.js": "leaflet/leaflet.js",
    "leaflet.css": "leaflet/leaflet.css",
    "map.css": "map/map.css",
    "map.js": "map/map.js",
    "draw.js": "map/draw.js",
    "cards.js": "map/cards.js",
}
WORDS = (
    *("label", "zoom_in", "zoom_out", "fit", "search", "none", "layers", "names", "paths", "tiles"),
    *("legend", "tools", "panel", "bare", "district", "to_zoom"),
)
"""What the map's own buttons and cards say: keys under ``[map]``."""

DISTRICTS = "districts"


@cache
def assets() -> dict[str, str]:
    """Return the addresses of what the component needs, all of them ours, with the content's
    checksum so that they can be kept.
    """

    def checksum(path: str) -> str:
        return sha256((STATIC / path).read_bytes()).hexdigest()[:12]

    return {
        name: f"{ROOT}app/static/{path}?v={checksum(path)}" for name, path in sorted(ASSETS.items())
    }


def screen_data(
    spec: MapSpec,
    area: Area,
    *,
    key: str,
    language: str,
    tiles: Tiles | None,
    address: Callable[[str, Callable[[], Any]], str],
) -> dict[str, Any]:
    """Return what the component draws of a map, but for size, panel and what it answers to.

    ``key`` names the map: the same keeps its view. ``address`` gives where a browser fetches
    content that goes by a name of its own, and makes it at most once.
    """
    words = {name: texts.text(f"map.{name}", language) for name in WORDS}
    words["label"] = words["label"] + ": {name}"
    layers = [layer_data(layer, language) for layer in spec.layers]
    if spec.dots is not None:
        layers.append(_dots(spec.dots))
    return {
        "id": f"{area.id}/{key}",
        "assets": assets(),
        "root": ROOT,
        "ground": f"narhet/area/{area.id}/background.json?key={version(area)}",
        "tiles": tiles.url if tiles else "",
        "credits": _credits(spec, tiles),
        "bounds": list(spec.bounds),
        "focus": [round(side, 6) for side in spec.focus] if spec.focus else None,
        "name": spec.title,
        "alt": spec.alt_text,
        "lang": language,
        "words": words,
        "layers": layers,
        "labels": _labels(spec),
        "theme": _theme(spec.theme, address) if spec.theme else None,
    }


def layer_data(layer: Layer, language: str) -> dict[str, Any]:
    """Return a layer as the component draws it."""
    legend = [_entry(entry) for entry in legend_of(layer, language)]
    match layer:
        case PointLayer():
            found = _points(layer)
            if layer.share:
                legend = [{"label": layer.label, "mark": "ring", "colour": layer.colour}]
        case AreaLayer() if layer.id == DISTRICTS:
            found = _borders(layer)
            legend = []  # their names stand on the map
        case _:
            shape, found = drawing(layer)
            found = {"type": shape, **found}
            if isinstance(layer, AreaLayer):
                found["pattern"] = layer.pattern
    return {"id": layer.id, "label": layer.label, "legend": legend, **found}


def theme_content(theme: Theme) -> dict[str, Any]:
    """Return the shapes of a surface, packed: ``classes`` near to far and ``line``."""
    return {
        "classes": [packed_polygons(theme.classes.iloc[[at]]) for at in range(len(theme.classes))],
        "line": packed_lines(theme.line),
    }


def dumped(content: Any) -> bytes:
    """Write content as JSON, the same bytes for the same content."""
    written = json.dumps(content, separators=(",", ":"), sort_keys=True, allow_nan=False)
    return written.encode()


def _theme(theme: Theme, address: Callable[[str, Callable[[], Any]], str]) -> dict[str, Any]:
    return {
        "address": address(theme.key, lambda: theme_content(theme)),
        "title": theme.title,
        "colours": list(theme.colours),
        "cuts": list(theme.cuts),
        "limit": theme.limit,
    }


def _points(layer: PointLayer) -> dict[str, Any]:
    return {
        "type": "points",
        "path": symbols.path(layer.symbol),
        "colour": layer.colour,
        "size": layer.size_px,
        "pin": layer.symbol == "pin",
        "front": layer.front or layer.symbol == "pin",
        "small": not layer.front and layer.symbol != "pin" and not layer.share,
        "ids": list(layer.ids),
        "names": list(layer.names),
        "notes": list(layer.notes),
        "share": [None if part is None else round(part, 3) for part in layer.share],
        "beside": list(layer.beside),
        "struck": [layer.struck] * len(layer.ids) if layer.struck else [],
        "at": packed_points(layer.lon, layer.lat),
    }


def _borders(layer: AreaLayer) -> dict[str, Any]:
    return {
        "type": "borders",
        "colour": layer.colour,
        "dash": layer.dash,
        "width": layer.width_px,
        "fill": layer.fill_opacity,
        "pattern": layer.pattern,
        "names": list(layer.names),
        "notes": list(layer.notes),
        "each": [packed_polygons(layer.geometry.iloc[[at]]) for at in range(len(layer.names))],
    }


def _dots(dots: Dots) -> dict[str, Any]:
    colours = [fill for fill, _ in dots.looks]
    return {
        "type": "dots",
        "id": dots.id,
        "label": dots.label,
        "legend": [{"label": dots.label, "mark": "dots", "colours": colours}],
        "at": packed_points(dots.lon, dots.lat),
        "index": dots.index.tolist() if dots.index.any() else [],
        "looks": [list(pair) for pair in dots.looks],
    }


def _entry(entry: LegendEntry) -> dict[str, Any]:
    found: dict[str, Any] = {"label": entry.label, "mark": entry.mark, "colour": entry.colour}
    if entry.mark == "symbol":
        found["path"] = symbols.path(entry.symbol)
    if entry.size_px:
        found["size"] = entry.size_px
    if entry.dash:
        found["dash"] = entry.dash
    if entry.fill_opacity:
        found["fill"] = entry.fill_opacity
    if entry.pattern:
        found["pattern"] = entry.pattern
    return found


def _labels(spec: MapSpec) -> list[list[Any]]:
    """Return where each district's name stands, and how large it is: lon, lat, name, size."""
    found = []
    for layer in spec.layers:
        if not isinstance(layer, AreaLayer) or layer.id != DISTRICTS:
            continue
        spots = _middles(layer.geometry)
        for name, spot, shape in zip(layer.names, spots, layer.geometry, strict=True):
            size = round(float(shapely.area(shape)) * 1e6)
            found.append([round(spot.x, 5), round(spot.y, 5), name, size])
    return found


def _middles(shapes: gpd.GeoSeries) -> list[shapely.Point]:
    """Return the middle of the largest circle inside each shape."""
    circles = shapely.maximum_inscribed_circle(np.asarray(shapes.values, dtype=object), 2e-4)
    return list(shapely.get_point(circles, 0))


def _credits(spec: MapSpec, tiles: Tiles | None) -> list[dict[str, str]]:
    names = dict.fromkeys([*spec.credits, *([tiles.credit] if tiles else [])])
    links = {OSM_CREDIT: OSM_LICENCE}
    return [{"text": name, "link": links.get(name, "")} for name in names]
