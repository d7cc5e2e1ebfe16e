"""Maps for print: one MapSpec over its area's own paths and water, with legend, scale bar, north
arrow and credits, as SVG or PNG; the same bytes for the same map.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from html import escape

import geopandas as gpd
import numpy as np
import typst

from geo import texts
from geo.area.model import Area
from geo.errors import NarhetError
from geo.output.maps.spec import (
    OUTLINE,
    AreaLayer,
    CircleLayer,
    Layer,
    LineLayer,
    MapSpec,
    PointLayer,
)
from geo.output.print.legend import (
    PX_MM,
    SMALL,
    Legend,
    circle_px_mm,
    legend,
    legend_svg,
    letters,
    north_arrow,
    radius_mm,
    rect,
    scale_bar,
    stroke,
    symbol_svg,
)
from geo.output.print.projection import (
    Box,
    Sheet,
    area_data,
    aspect,
    border_data,
    line_data,
    network_data,
    sheet,
)
from geo.output.print.text_shapes import LINE, UNITS, width, wrapped
from geo.types import WGS84

OUTSIDE, INSIDE, WATER, PATHS, EDGE = "#e9edf0", "#ffffff", "#bcd8ea", "#9aa2ab", "#4b5560"
SIDE_MM = 52.0
"""Width of a legend beside the map."""

LEAST_MM = 40.0
BESIDE, BELOW = 3.0, 2.5
"""Room between map and legend, mm."""

_PAGE = """#set page(width: float(sys.inputs.width) * 1mm, height: float(sys.inputs.height) * 1mm,
  margin: 0pt, fill: white)
#image(bytes(sys.inputs.figure), format: "svg", width: 100%, height: 100%)"""
_UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class _Layout:
    on: Sheet
    legend: Legend
    at: tuple[float, float]
    credits: tuple[str, ...]


def figure_svg(
    spec: MapSpec, area: Area, language: str, *, width_mm: float, height_mm: float
) -> bytes:
    """Draw a map for print as SVG, ``width_mm`` by ``height_mm``; all words as shapes.

    The legend stands below the map, or beside it where that leaves the map larger. Up is the
    grid's up; the arrow points to true north. Lines are thinned to what print can show, so that
    the file stays below a megabyte.

    Raises
    ------
    ValueError : a size below 40 mm.
    """
    if not min(width_mm, height_mm) >= LEAST_MM:
        raise ValueError(f"{width_mm} × {height_mm} mm")
    laid = _layout(spec, area, language, width_mm, height_mm)
    frame, marks = laid.on.frame, _marks(spec, laid.on)
    clip = f"c{hashlib.sha256(repr(frame).encode()).hexdigest()[:8]}"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width_mm:g}mm" height="{height_mm:g}mm" '
        f'viewBox="0 0 {width_mm * UNITS:g} {height_mm * UNITS:g}" role="img">',
        f"<title>{_xml(spec.title)}</title><desc>{_xml(spec.alt_text)}</desc>",
        f'<defs><clipPath id="{clip}">{rect(frame, "")}</clipPath></defs>',
        f'<g clip-path="url(#{clip})">',
        _ground(area, laid.on),
        *(_layer(layer, laid.on) for layer in spec.layers),
        "</g>",
        rect(frame, f'fill="none" {stroke(EDGE, 0.2, "")}'),
        scale_bar(laid.on, language, marks),
        north_arrow(laid.on, language, marks),
        legend_svg(laid.legend, *laid.at),
        *_credits(laid, width_mm, height_mm),
        "</svg>",
    ]
    return "\n".join(part for part in parts if part).encode()


def natural_height(
    spec: MapSpec, area: Area, language: str, *, width_mm: float, most_mm: float
) -> float:
    """Return the height at which a figure leaves no empty room, at most ``most_mm`` (mm)."""
    crs = area.network.crs
    bounds = _bounds(spec, crs)
    along = width_mm / aspect(bounds, crs)
    px_mm = _px_mm(spec, sheet(bounds, crs, Box(0.0, 0.0, width_mm, along)))
    below = legend(spec, width_mm, _columns(width_mm), px_mm).height + BELOW
    credits = _credits_mm(_credit_lines(spec, area, language, width_mm))
    return max(min(along + below + credits, most_mm), LEAST_MM)


def figure_png(
    spec: MapSpec,
    area: Area,
    language: str,
    *,
    width_mm: float,
    height_mm: float,
    dpi: float = 200.0,
) -> bytes:
    """Draw the same map as ``figure_svg`` in pixels, for slides and screens without SVG.

    Raises
    ------
    NarhetError ``document_failed`` : the picture could not be made.
    """
    drawing = figure_svg(spec, area, language, width_mm=width_mm, height_mm=height_mm)
    inputs = {
        "figure": drawing.decode(),
        "width": f"{width_mm:g}",
        "height": f"{height_mm:g}",
    }
    try:
        picture = typst.compile(
            _PAGE.encode(),
            format="png",
            ppi=dpi,
            sys_inputs=inputs,
            ignore_system_fonts=True,
        )
    except RuntimeError as error:
        raise NarhetError("document_failed", reason=str(error)) from error
    return bytes(picture)


def _layout(spec: MapSpec, area: Area, language: str, width_mm: float, height_mm: float) -> _Layout:
    """Lay map, legend and credits out. The scale of the map says how large the circles of its
    legend are: room is kept for those of a map without a legend, which are never smaller.
    """
    credits = _credit_lines(spec, area, language, width_mm)
    room = Box(0.0, 0.0, width_mm, height_mm - _credits_mm(credits))
    crs = area.network.crs
    bounds = _bounds(spec, crs)
    frame, at, columns, wide = _placed_legend(spec, room, sheet(bounds, crs, room), bounds)
    on = sheet(bounds, crs, _inside(frame))
    return _Layout(on, legend(spec, wide, columns, _px_mm(spec, on)), at, credits)


def _placed_legend(
    spec: MapSpec, room: Box, on: Sheet, bounds: tuple[float, float, float, float]
) -> tuple[Box, tuple[float, float], int, float]:
    """Try the legend below and beside, and keep what gives the map the larger scale: the map's
    frame, the legend's corner, its columns and its width.
    """
    if not spec.legend:
        return room, (0.0, room.height), 1, room.width
    columns, px_mm = _columns(room.width), _px_mm(spec, on)
    below, side = legend(spec, room.width, columns, px_mm), legend(spec, SIDE_MM, 1, px_mm)
    across = room.width - SIDE_MM - BESIDE
    along = room.height - below.height - BELOW
    low = _scale(bounds, on.crs, room.width, along)
    beside = _scale(bounds, on.crs, across, room.height) if side.height <= room.height else 0.0
    if beside > low * 1.02:
        return Box(0.0, 0.0, across, room.height), (across + BESIDE, 0.0), 1, SIDE_MM
    frame = Box(0.0, 0.0, room.width, max(along, LEAST_MM / 2))
    return frame, (0.0, frame.height + BELOW), columns, room.width


def _px_mm(spec: MapSpec, on: Sheet) -> dict[str, float]:
    circles = [layer for layer in spec.layers if isinstance(layer, CircleLayer)]
    return {layer.label: circle_px_mm(layer, on.mm_per_m) for layer in circles}


def _columns(width_mm: float) -> int:
    return max(1, min(4, int(width_mm // 48)))


def _scale(
    bounds: tuple[float, float, float, float], crs: str, across: float, along: float
) -> float:
    shape = aspect(bounds, crs)
    return min(across / shape, along) if min(across, along) > 0 else 0.0


def _bounds(spec: MapSpec, crs: str) -> tuple[float, float, float, float]:
    """Return the map's bounds, with the circles that stand just outside: a square at the edge of
    an area has its middle beyond it.
    """
    west, south, east, north = spec.bounds
    for layer in spec.layers:
        if isinstance(layer, CircleLayer) and layer.span_m:
            beyond = _degrees(layer.span_m, spec.center, crs)
            lon, lat = layer.lon[layer.index >= 0], layer.lat[layer.index >= 0]
            near = (
                (lon > spec.bounds[0] - beyond[0]) & (lon < spec.bounds[2] + beyond[0])
                & (lat > spec.bounds[1] - beyond[1]) & (lat < spec.bounds[3] + beyond[1])
            )  # fmt: skip
            west, east = min([west, *lon[near]]), max([east, *lon[near]])
            south, north = min([south, *lat[near]]), max([north, *lat[near]])
    return float(west), float(south), float(east), float(north)


def _degrees(metres: float, at: tuple[float, float], crs: str) -> tuple[float, float]:
    """Return how many degrees of longitude and latitude some metres are at a position."""
    lon, lat = at
    place = gpd.GeoSeries.from_xy([lon], [lat], crs=WGS84).to_crs(crs)
    x, y = float(place.x.iloc[0]), float(place.y.iloc[0])
    moved = gpd.GeoSeries.from_xy([x + metres, x], [y, y + metres], crs=crs).to_crs(WGS84)
    return float(moved.x.iloc[0] - lon), float(moved.y.iloc[1] - lat)


def _inside(frame: Box) -> Box:
    """Leave room for half the frame's own line."""
    return Box(frame.left + 0.1, frame.top + 0.1, frame.width - 0.2, frame.height - 0.2)


def _credits_mm(credits: tuple[str, ...]) -> float:
    return len(credits) * SMALL * LINE + 1.0 if credits else 0.0


def _credit_lines(spec: MapSpec, area: Area, language: str, width_mm: float) -> tuple[str, ...]:
    parts = []
    if area.demonstration:
        parts.append(texts.text("demo.mark", language))
    if spec.credits:
        parts.append(texts.text("map.credits", language, credits=", ".join(spec.credits)))
    return tuple(wrapped(" ".join(parts), SMALL, width_mm))


def _ground(area: Area, on: Sheet) -> str:
    """Draw what lies beneath: the area's inside, water, paths and outline."""
    outline = area_data(gpd.GeoSeries(area.boundary, crs=WGS84), on)
    water = gpd.GeoSeries(area.water.geometry, crs=WGS84)
    # Paths get thinner as the ground gets smaller, or a large area would be all paths.
    hair = min(max(on.mm_per_m * 7, 0.06), 0.25)
    paths = network_data(area.network.geometry, on)
    return "\n".join(
        [
            rect(on.frame, f'fill="{OUTSIDE if outline else INSIDE}"'),
            f'<path d="{outline}" fill="{INSIDE}"/>',
            f'<path d="{area_data(water, on)}" fill="{WATER}"/>',
            f'<path d="{paths}" fill="none" {stroke(PATHS, hair, "")}/>',
            f'<path d="{outline}" fill="none" {stroke(PATHS, 0.3, "")}/>',
        ]
    )


def _layer(layer: Layer, on: Sheet) -> str:
    match layer:
        case PointLayer():
            return _points(layer, on)
        case CircleLayer():
            return _circles(layer, on)
        case LineLayer():
            data = line_data(gpd.GeoSeries(layer.geometry, crs=WGS84), on)
            look = stroke(layer.colour, layer.width_px * PX_MM, layer.dash)
            return f'<path d="{data}" fill="none" {look}/>'
        case AreaLayer():
            return _areas(layer, on)


def _areas(layer: AreaLayer, on: Sheet) -> str:
    shapes = gpd.GeoSeries(layer.geometry, crs=WGS84)
    look = stroke(layer.colour, layer.width_px * PX_MM, layer.dash)
    border = f'<path d="{border_data(shapes, on)}" fill="none" {look}/>'
    if not layer.fill_opacity:
        return border
    look = f'fill="{escape(layer.colour)}" fill-opacity="{layer.fill_opacity:g}"'
    return f'<path d="{area_data(shapes, on)}" {look}/>{border}'


def _points(layer: PointLayer, on: Sheet) -> str:
    """Draw one symbol a place: its shape once, then where it stands."""
    shape = symbol_svg(layer.symbol, layer.colour, layer.size_px * PX_MM, (0.0, 0.0))
    name = f"s{hashlib.sha256(shape.encode()).hexdigest()[:8]}"
    marks = [
        f'<use href="#{name}" x="{x * UNITS:.0f}" y="{y * UNITS:.0f}"/>'
        for x, y, _ in _placed(layer, on)
    ]
    return f'<defs><g id="{name}">{shape}</g></defs>' + "".join(marks)


def _circles(layer: CircleLayer, on: Sheet) -> str:
    """Draw circles large to small, so that none hides another."""
    px_mm = circle_px_mm(layer, on.mm_per_m)
    looks = [
        (escape(entry.colour), radius_mm(entry.radius_px, px_mm) * UNITS) for entry in layer.classes
    ]
    placed = sorted(_placed(layer, on), key=lambda mark: -layer.value[mark[2]])
    marks = []
    for x, y, row in placed:
        colour, radius = looks[layer.index[row]]
        marks.append(
            f'<circle cx="{x * UNITS:.0f}" cy="{y * UNITS:.0f}" r="{radius:.0f}" fill="{colour}"/>'
        )
    return f'<g stroke="{OUTLINE}" stroke-width="18">{"".join(marks)}</g>' if marks else ""


def _placed(layer: PointLayer | CircleLayer, on: Sheet) -> list[tuple[float, float, int]]:
    """Return where each mark of a layer falls on paper (mm), and its row; those without a place on
    the sheet's ground are left out.
    """
    x, y = on.mm(layer.lon, layer.lat)
    drawn = np.isfinite(x) & np.isfinite(y)
    if isinstance(layer, CircleLayer):
        drawn &= layer.index >= 0
    return [(float(x[row]), float(y[row]), int(row)) for row in np.flatnonzero(drawn)]


def _credits(laid: _Layout, width_mm: float, height_mm: float) -> list[str]:
    base = height_mm - SMALL * 0.35
    lines = len(laid.credits)
    return [
        letters(
            line,
            max(width_mm - width(line, SMALL), 0.0),
            base - (lines - 1 - number) * SMALL * LINE,
            size=SMALL,
        )
        for number, line in enumerate(laid.credits)
    ]


def _marks(spec: MapSpec, on: Sheet) -> list[tuple[float, float]]:
    """Return where the map's symbols and circles stand on paper (mm)."""
    layers = [layer for layer in spec.layers if isinstance(layer, PointLayer | CircleLayer)]
    return [(x, y) for layer in layers for x, y, _ in _placed(layer, on)]


def _xml(text: str) -> str:
    return escape(_UNWRITABLE.sub("\ufffd", text))
