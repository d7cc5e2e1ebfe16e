"""Maps on screen: the only importer of folium. Text enters the page's scripts through
``script_data`` or ``html_text`` and no other way, since folium hands rendered scripts to a template
engine again.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from typing import Any

import folium
from branca.element import MacroElement
from folium.template import Template

from geo import symbols, texts
from geo.area.model import Area
from geo.area.provenance import OSM_CREDIT
from geo.classes import RADII_PX
from geo.mapview import OUTLINE, AreaLayer, CircleLayer, Layer, LineLayer, MapSpec, PointLayer
from geo.output.background import packed_lines, packed_points, packed_polygons, version
from geo.output.tiles import Tiles
from geo.texts import DATA

STATIC = DATA.parent / "static"
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
    """Return the changing layers, lowest first: one group a layer, slim."""
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
