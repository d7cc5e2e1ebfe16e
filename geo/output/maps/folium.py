"""Maps on screen, by folium: the layers, the tiles under them with their credit (``NARHET_TILES``,
a URL with ``{z}/{x}/{y}``, empty for no tiles; ``NARHET_TILES_CREDIT``), and the map's own
background, an area's outline, water and paths in a few hundred kilobytes, for a browser that gets
no tiles.

Text enters the page's scripts through ``script_data`` or ``html_text`` and no other way, since
folium hands rendered scripts to a template engine again.
"""

from __future__ import annotations

import hashlib
import html
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

import folium
import geopandas as gpd
import numpy as np
import shapely
from branca.element import MacroElement
from folium.template import Template
from numpy.typing import NDArray

from geo import texts
from geo.access.walk_surface import lattice
from geo.area.model import Area
from geo.area.provenance import OSM_CREDIT
from geo.output.maps import symbols
from geo.output.maps.spec import (
    OUTLINE,
    RADII_PX,
    AreaLayer,
    CircleLayer,
    Layer,
    LineLayer,
    MapSpec,
    PointLayer,
)
from geo.resources import STATIC
from geo.types import WGS84

ROOT = "../../"
"""From the frame a map lives in (``component/<name>/``) to the foot of our addresses; relative, so
that a base path in front of them changes nothing."""

OSM_LICENCE = "https://www.openstreetmap.org/copyright"

_TEMPLATE_SIGNS = re.compile(r"\{(?=[{%#])")


def html_text(text: str) -> str:
    """Make a text safe inside HTML that a template engine will read again. Nothing is lost: the
    reader sees the text as it was.

    >>> html_text("<b>{{ 7*7 }}</b>")
    '&lt;b&gt;&#123;{ 7*7 }}&lt;/b&gt;'
    """
    return _TEMPLATE_SIGNS.sub("&#123;", html.escape(text, quote=True))


def script_data(value: Any) -> str:
    r"""Write a value as JSON that is safe inside a script tag and a template, text included.

    >>> script_data({"name": "</script>{{ 7*7 }}"})
    '{"name":"\\u003c/script\\u003e\\u007b{ 7*7 }}"}'
    """
    # ASCII only, so that line separators are escaped as well. Outside a string, JSON never has a
    # brace followed by a brace, per cent or hash sign.
    written = json.dumps(value, separators=(",", ":"), allow_nan=False)
    for sign in "<>&'":
        written = written.replace(sign, f"\\u{ord(sign):04x}")
    return _TEMPLATE_SIGNS.sub(r"\\u007b", written)


@dataclass(frozen=True)
class BaseView:
    """What lies still under every layer: the same value gives the same script, so the map stays."""

    area: str
    version: str
    bounds: tuple[float, float, float, float]
    credits: tuple[str, ...]
    language: str


def base_view(spec: MapSpec, area: Area, language: str) -> BaseView:
    """Return what a map of this area keeps between its changing layers."""
    return BaseView(area.id, version(area), spec.bounds, spec.credits, language)


def base_map(view: BaseView, tiles: Tiles | None) -> folium.Map:
    """Return the map without layers. Built anew for each showing, since ``st_folium`` hangs what
    it is given under the map; it holds no data, so that costs about a millisecond.
    """
    base = _Base(view)
    base.add_child(_Ground(view, tiles))
    return base


def feature_groups(spec: MapSpec) -> list[folium.FeatureGroup]:
    """Return the changing layers, lowest first: one group per layer, slim."""
    return [_group(layer) for layer in spec.layers]


@cache
def assets(root: str = ROOT) -> dict[str, str]:
    """Return the addresses of what the browser needs, all of them ours, with the content's
    checksum so that they can be kept.
    """
    files = ("leaflet/leaflet.js", "leaflet/leaflet.css", "narhet-map.js", "narhet-map.css")
    return {name: f"{root}app/static/{name}?v={_checksum(name)}" for name in files}


def _checksum(name: str) -> str:
    return sha256((STATIC / name).read_bytes()).hexdigest()[:12]


class _Base(folium.Map):
    """folium's Map with our own scripts and no CDN, and a header that lets people zoom the text."""

    _template = Template(
        """
        {% macro header(this, kwargs) %}
            <style>
                #{{ this.get_name() }} { position: relative; width: 100%; height: 100%; }
                html, body { width: 100%; height: 100%; margin: 0; padding: 0; }
            </style>
        {% endmacro %}
        {% macro html(this, kwargs) %}
            <div class="folium-map" id={{ this.get_name()|tojson }} ></div>
        {% endmacro %}
        {% macro script(this, kwargs) %}
            var {{ this.get_name() }} = Narhet.map({{ this.get_name()|tojson }}, {{ this.data }});
        {% endmacro %}
        """
    )

    def __init__(self, view: BaseView) -> None:
        west, south, east, north = view.bounds
        super().__init__(location=[(south + north) / 2, (west + east) / 2], tiles=None)
        self._id = "narhet"
        self.default_js = [(name, url) for name, url in assets().items() if name.endswith(".js")]
        self.default_css = [(name, url) for name, url in assets().items() if name.endswith(".css")]
        words = ("label", "zoom_in", "zoom_out")
        self.data = script_data(
            {
                "bounds": view.bounds,
                **{name: texts.text(f"map.{name}", view.language) for name in words},
            }
        )


class _Element(MacroElement):
    """One call of a function in ``static/narhet-map.js`` with data, on the element it hangs
    under.
    """

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            Narhet.{{ this.call }}({{ this._parent.get_name() }}, {{ this.data }});
        {% endmacro %}
        """
    )

    def __init__(self, call: str, data: Mapping[str, Any]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "Narhet"
        self.call = call
        self.data = script_data(data)


class _Ground(_Element):
    def __init__(self, view: BaseView, tiles: Tiles | None) -> None:
        credits = dict.fromkeys([*view.credits, *([tiles.credit] if tiles else [])])
        super().__init__(
            "ground",
            {
                "background": f"{ROOT}narhet/area/{view.area}/background.json?key={view.version}",
                "tiles": tiles.url if tiles else "",
                "credits": [_credit(credit) for credit in credits],
            },
        )


def _credit(credit: str) -> str:
    """Write a credit as Leaflet wants it: HTML; OpenStreetMap asks for a link to its licence."""
    if credit == OSM_CREDIT:
        return f'<a href="{OSM_LICENCE}" target="_blank" rel="noopener">{credit}</a>'
    return html_text(credit)


def drawing(layer: Layer) -> tuple[str, dict[str, Any]]:
    """Return which function of ``static/narhet-map.js`` draws a layer, and its data."""
    match layer:
        case PointLayer():
            return "points", _points(layer)
        case CircleLayer():
            return "circles", _circles(layer)
        case LineLayer():
            return "lines", _lines(layer)
        case AreaLayer():
            return "areas", _areas(layer)


def _group(layer: Layer) -> folium.FeatureGroup:
    group = folium.FeatureGroup(name=layer.id)
    group.add_child(_Element(*drawing(layer)))
    return group


def _points(layer: PointLayer) -> dict[str, Any]:
    return {
        "label": layer.label,
        "path": symbols.path(layer.symbol),
        "colour": layer.colour,
        "size": layer.size_px,
        "pin": layer.symbol == "pin",
        "at": packed_points(layer.lon, layer.lat),
    }


def _circles(layer: CircleLayer) -> dict[str, Any]:
    """Order circles large to small, so that none hides another."""
    drawn = (layer.index >= 0).nonzero()[0]
    order = drawn[layer.value[drawn].argsort(kind="stable")[::-1]]
    return {
        "outline": OUTLINE,
        "classes": [[entry.colour, entry.radius_px] for entry in layer.classes],
        "metres": layer.span_m / 2 / RADII_PX[-1],
        "index": layer.index[order].tolist(),
        "at": packed_points(layer.lon[order], layer.lat[order]),
    }


def _lines(layer: LineLayer) -> dict[str, Any]:
    return {
        "colour": layer.colour,
        "dash": layer.dash,
        "width": layer.width_px,
        "lines": packed_lines(layer.geometry),
    }


def _areas(layer: AreaLayer) -> dict[str, Any]:
    return {
        "colour": layer.colour,
        "dash": layer.dash,
        "width": layer.width_px,
        "fill": layer.fill_opacity,
        "areas": packed_polygons(layer.geometry),
    }


SCALE = 100_000
"""Coordinates leave as whole numbers: degrees times this, about a metre."""

SIMPLIFY_M = 2.5
"""What a line may stray when points are left out: less than a pixel at street level."""

Packed = list[int]
"""A line: longitude and latitude of its first point, then the steps to each next, all in
1/``SCALE`` degrees."""


def background(area: Area) -> bytes:
    """Return outline, water, ground near a path, and paths as JSON: ``{"scale", "outline", "water",
    "near", "paths"}``.

    ``outline``, ``water`` and ``near`` are lists of polygons, each a list of rings; ``paths`` is a
    list of lines; each ring and line packed as ``Packed``. Simplified to ``SIMPLIFY_M`` metres;
    paths that meet end to end are joined first.
    """
    crs = area.network.crs
    outline = gpd.GeoSeries(area.boundary, crs=WGS84).to_crs(crs)
    water = gpd.GeoSeries(area.water.geometry, crs=WGS84).to_crs(crs)
    content = {
        "scale": SCALE,
        "outline": packed_polygons(_slim(outline)),
        "water": packed_polygons(_slim(water)),
        "near": packed_polygons(lattice(area).ground) if area.network.edges else [],
        # Line by line: keeping thousands of crossings as they are takes seconds and shows nothing.
        "paths": packed_lines(_joined(area).simplify(SIMPLIFY_M, preserve_topology=False)),
    }
    return json.dumps(content, separators=(",", ":")).encode()


def version(area: Area) -> str:
    """Return a short name of an area's content, for addresses that may be kept for ever."""
    return hashlib.sha256(area.key.encode()).hexdigest()[:16]


def packed_lines(shapes: gpd.GeoSeries) -> list[Packed]:
    """Pack the lines of a series (in any coordinate system with one stated), parts apart.

    >>> packed_lines(gpd.GeoSeries.from_wkt(["LINESTRING (18 59, 18.00001 59.00002)"], crs=WGS84))
    [[1800000, 5900000, 1, 2]]
    """
    lines = shapely.get_parts(np.asarray(shapes.to_crs(WGS84).values, dtype=object))
    is_line = np.isin(shapely.get_type_id(lines), (1, 2))
    return _packed(lines[is_line])


def packed_polygons(shapes: gpd.GeoSeries) -> list[list[Packed]]:
    """Pack the polygons of a series: for each its rings, the outer one first."""
    parts = shapely.get_parts(np.asarray(shapes.to_crs(WGS84).values, dtype=object))
    polygons = parts[(shapely.get_type_id(parts) == 3) & ~shapely.is_empty(parts)]
    rings, owner = shapely.get_rings(polygons, return_index=True)
    grouped: list[list[Packed]] = [[] for _ in polygons]
    for polygon, ring in zip(owner, _packed(rings), strict=True):
        grouped[polygon].append(ring)
    return grouped


def packed_points(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> Packed:
    """Pack points in their order, each as the step from the one before."""
    steps = np.diff(
        np.rint(np.column_stack([lon, lat]) * SCALE).astype(np.int64), axis=0, prepend=0
    )
    return [int(step) for step in steps.ravel()]


def _packed(lines: NDArray[np.object_]) -> list[Packed]:
    if not len(lines):
        return []
    coordinates, line = shapely.get_coordinates(lines, return_index=True)
    whole = np.rint(coordinates * SCALE).astype(np.int64)
    first = np.concatenate([[True], line[1:] != line[:-1]])
    steps = np.diff(whole, axis=0, prepend=0)
    steps[first] = whole[first]
    # A step of nothing draws nothing: simplified lines round to fewer points here.
    keep = first | steps.any(axis=1)
    starts = np.flatnonzero(first[keep])[1:]
    return [part.ravel().tolist() for part in np.split(steps[keep], starts)]


def _joined(area: Area) -> gpd.GeoSeries:
    network = area.network
    merged = shapely.line_merge(shapely.multilinestrings(list(network.geometry)))
    return gpd.GeoSeries(shapely.get_parts(merged), crs=network.crs)


def _slim(shapes: gpd.GeoSeries) -> gpd.GeoSeries:
    return shapes[~(shapes.is_empty | shapes.isna())].simplify(SIMPLIFY_M)


OSM_TILES = "https://tile.openstreetmap.org/{z}/{x}/{y}.png"


@dataclass(frozen=True)
class Tiles:
    """A tile server: its URL template, whom to credit, and the host a browser must be allowed to
    ask.
    """

    url: str
    credit: str
    host: str


def tiles(environment: Mapping[str, str] | None = None) -> Tiles | None:
    """Return the tile server in use, or None when the maps do without.

    Parameters
    ----------
    environment : the process environment unless given. ``NARHET_TILES`` unset means OpenStreetMap's
        standard tiles; a URL that is not http(s), or lacks ``{z}``, ``{x}`` or ``{y}``, counts as
        none, since half a map address cannot show anything.

    >>> tiles({"NARHET_TILES": ""}) is None
    True
    >>> tiles({"NARHET_TILES": "https://{s}.karta.example/{z}/{x}/{y}.png"}).host
    'https://*.karta.example'
    """
    settings = os.environ if environment is None else environment
    url = settings.get("NARHET_TILES", OSM_TILES).strip()
    if not url or not all(part in url for part in ("{z}", "{x}", "{y}")):
        return None
    parts = urlsplit(url.replace("{s}", "*", 1))
    if parts.scheme not in ("http", "https") or not _plain_host(parts.netloc):
        return None
    credit = settings.get("NARHET_TILES_CREDIT", OSM_CREDIT)
    return Tiles(url=url, credit=credit, host=f"{parts.scheme}://{parts.netloc}")


def _plain_host(netloc: str) -> bool:
    """Return whether a host can stand in a header: nothing that could begin another directive."""
    allowed = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:[]*")
    return bool(netloc) and set(netloc) <= allowed
