"""Maps for print: one MapSpec over its area's own paths and water, with legend, scale bar, north
arrow and credits, as SVG or PNG; the same bytes for the same map. Knows no documents.
"""

from __future__ import annotations

import hashlib
import math
import re
from dataclasses import dataclass
from html import escape

import geopandas as gpd
import typst

from geo import texts
from geo.area import Area
from geo.errors import DocumentFailed
from geo.mapview import OUTLINE, AreaLayer, CircleLayer, Layer, LineLayer, MapSpec, PointLayer
from geo.network import WGS84
from geo.output.legend import (
    INK,
    LETTERS,
    PX_MM,
    Legend,
    circle_px_mm,
    legend,
    legend_svg,
    letters,
    radius_mm,
    stroke,
    symbol_svg,
)
from geo.output.lettering import LINE, UNITS, width, wrapped
from geo.output.sheet import (
    Box,
    Sheet,
    area_data,
    aspect,
    line_data,
    network_data,
    north_degrees,
    sheet,
    true_mm,
)

OUTSIDE, INSIDE, WATER, PATHS, EDGE = "#e9edf0", "#ffffff", "#bcd8ea", "#9aa2ab", "#4b5560"
SIDE_MM = 52.0
"""Width of a legend beside the map."""

SMALL = 2.1
"""Letter size of credits, mm."""

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
    frame = laid.on.frame
    clip = f"c{hashlib.sha256(repr(frame).encode()).hexdigest()[:8]}"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width_mm:g}mm" height="{height_mm:g}mm" '
        f'viewBox="0 0 {width_mm * UNITS:g} {height_mm * UNITS:g}" role="img">',
        f"<title>{_xml(spec.title)}</title><desc>{_xml(spec.alt_text)}</desc>",
        f'<defs><clipPath id="{clip}">{_rect(frame, "")}</clipPath></defs>',
        f'<g clip-path="url(#{clip})">',
        _ground(area, laid.on),
        *(_layer(layer, laid.on) for layer in spec.layers),
        "</g>",
        _rect(frame, f'fill="none" {stroke(EDGE, 0.2, "")}'),
        _scale_bar(laid.on, language),
        _north(laid.on, language),
        legend_svg(laid.legend, *laid.at),
        *_credits(laid, width_mm, height_mm),
        "</svg>",
    ]
    return "\n".join(part for part in parts if part).encode()


def natural_height(
    spec: MapSpec, area: Area, language: str, *, width_mm: float, most_mm: float
) -> float:
    """Return the height at which a figure leaves no empty room, at most ``most_mm`` (mm)."""
    along = width_mm / aspect(_bounds(spec, area.network.crs), area.network.crs)
    below = legend(spec, width_mm, _columns(width_mm)).height + BELOW
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
    DocumentFailed : the picture could not be made.
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
    except typst.TypstError as error:
        raise DocumentFailed(reason=str(error)) from error
    return bytes(picture)


def _layout(spec: MapSpec, area: Area, language: str, width_mm: float, height_mm: float) -> _Layout:
    """Try the legend below and beside, and keep what gives the map the larger scale."""
    credits = _credit_lines(spec, area, language, width_mm)
    room = height_mm - _credits_mm(credits)
    crs = area.network.crs
    bounds = _bounds(spec, crs)
    columns = _columns(width_mm)
    below, side = legend(spec, width_mm, columns), legend(spec, SIDE_MM, 1)
    across = width_mm - SIDE_MM - BESIDE
    along = room - below.height - BELOW
    low = _scale(bounds, crs, width_mm, along)
    beside = _scale(bounds, crs, across, room) if side.height <= room else 0.0
    if not spec.legend:
        frame, at, columns, wide = Box(0.0, 0.0, width_mm, room), (0.0, room), 1, width_mm
    elif beside > low * 1.02:
        frame, at, columns, wide = (
            *(Box(0.0, 0.0, across, room), (across + BESIDE, 0.0)),
            *(1, SIDE_MM),
        )
    else:
        frame = Box(0.0, 0.0, width_mm, max(along, LEAST_MM / 2))
        at, wide = (0.0, frame.height + BELOW), width_mm
    on = sheet(bounds, crs, _inside(frame))
    circles = [layer for layer in spec.layers if isinstance(layer, CircleLayer)]
    px_mm = {layer.label: circle_px_mm(layer, on.mm_per_m) for layer in circles}
    return _Layout(on, legend(spec, wide, columns, px_mm), at, credits)


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
    outline = area_data(area.boundary, on)
    water = gpd.GeoSeries(area.water.geometry, crs=WGS84)
    # Paths get thinner as the ground gets smaller, or a large area would be all paths.
    hair = min(max(on.mm_per_m * 7, 0.06), 0.3)
    paths = network_data(area.network.geometry, on)
    return "\n".join(
        [
            _rect(on.frame, f'fill="{OUTSIDE if outline else INSIDE}"'),
            f'<path d="{outline}" fill="{INSIDE}"/>',
            f'<path d="{area_data(water, on)}" fill="{WATER}"/>',
            f'<path d="{paths}" fill="none" {stroke(PATHS, hair, "")}/>',
            f'<path d="{outline}" fill="none" {stroke(EDGE, 0.35, "8 5")}/>',
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
            data = area_data(gpd.GeoSeries(layer.geometry, crs=WGS84), on)
            look = stroke(layer.colour, layer.width_px * PX_MM, layer.dash)
            colour, opacity = escape(layer.colour), layer.fill_opacity
            return f'<path d="{data}" fill="{colour}" fill-opacity="{opacity:g}" {look}/>'


def _points(layer: PointLayer, on: Sheet) -> str:
    """Draw one symbol a place: its shape once, then where it stands."""
    x, y = on.mm(layer.lon, layer.lat)
    shape = symbol_svg(layer.symbol, layer.colour, layer.size_px * PX_MM, (0.0, 0.0))
    name = f"s{hashlib.sha256(shape.encode()).hexdigest()[:8]}"
    marks = [
        f'<use href="#{name}" x="{a * UNITS:.0f}" y="{b * UNITS:.0f}"/>'
        for a, b in zip(x.tolist(), y.tolist(), strict=True)
    ]
    return f'<defs><g id="{name}">{shape}</g></defs>' + "".join(marks)


def _circles(layer: CircleLayer, on: Sheet) -> str:
    """Draw circles large to small, so that none hides another."""
    px_mm = circle_px_mm(layer, on.mm_per_m)
    drawn = (layer.index >= 0).nonzero()[0]
    order = drawn[layer.value[drawn].argsort(kind="stable")[::-1]]
    x, y = on.mm(layer.lon[order], layer.lat[order])
    looks = [
        (escape(entry.colour), radius_mm(entry.radius_px, px_mm) * UNITS) for entry in layer.classes
    ]
    marks = [
        f'<circle cx="{a * UNITS:.0f}" cy="{b * UNITS:.0f}" r="{looks[step][1]:.0f}" '
        f'fill="{looks[step][0]}"/>'
        for a, b, step in zip(x.tolist(), y.tolist(), layer.index[order].tolist(), strict=True)
    ]
    return f'<g stroke="{OUTLINE}" stroke-width="18">{"".join(marks)}</g>' if marks else ""


def _scale_bar(on: Sheet, language: str) -> str:
    """Draw a bar of a round length, at most a quarter of the map wide, black and white halves."""
    metres = round_length(on.frame.width / 4 / true_mm(on, 1.0))
    long = true_mm(on, metres)
    label = (
        texts.metres(metres, language)
        if metres < 1000
        else f"{texts.number(metres / 1000, language)}{texts.NO_BREAK_SPACE}km"
    )
    x, y = on.frame.left + 3.0, on.frame.bottom - 3.0
    half = long / 2 * UNITS
    left, top = x * UNITS, (y - 1.2) * UNITS
    bar = (
        f'<path d="M{left:.0f} {top:.0f}h{long * UNITS:.0f}v120h-{long * UNITS:.0f}Z" fill="#fff" '
        f'stroke="{INK}" stroke-width="20"/>'
        f'<path d="M{left:.0f} {top:.0f}h{half:.0f}v120h-{half:.0f}Z" fill="{INK}"/>'
    )
    back = Box(x - 1.6, y - 6.0, max(long, width(label, LETTERS) + 1.0) + 3.2, 7.6)
    return (
        f'<g id="scale-bar" data-metres="{metres:g}">'
        + _rect(back, 'fill="#fff" fill-opacity="0.85"')
        + bar
        + letters(label, x, y - 2.3)
        + "</g>"
    )


def round_length(metres: float) -> float:
    """Return the longest of 1, 2, 5, 10, 20 … metres that is not above.

    >>> round_length(1240), round_length(99.0)
    (1000.0, 50.0)
    """
    power = 10.0 ** math.floor(math.log10(metres))
    return float(max(step * power for step in (1.0, 2.0, 5.0) if step * power <= metres))


def _north(on: Sheet, language: str) -> str:
    """Draw an arrow to true north in the upper right corner of the map."""
    word = texts.text("figure.north", language)
    x, y = on.frame.right - 6.5, on.frame.top + 8.5
    arrow = '<path d="M0-420L230 260L0 120L-230 260Z" fill="{}" stroke="{}" stroke-width="20"/>'
    back = f'<circle cx="{x * UNITS:.0f}" cy="{y * UNITS:.0f}" r="560" fill="#fff"/>'
    place = f"translate({x * UNITS:.0f} {(y + 1.2) * UNITS:.0f})"
    turn = f"rotate({north_degrees(on):.2f})"
    return (
        f'<g id="north"><g fill-opacity="0.85">{back}</g>'
        f'<g transform="{place} {turn}">{arrow.format(INK, INK)}'
        f'<path d="M0-420L0 120L-230 260Z" fill="#fff" stroke="{INK}" stroke-width="15"/></g>'
        + letters(word, x - width(word, SMALL, bold=True) / 2, y - 3.2, size=SMALL, bold=True)
        + "</g>"
    )


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


def _rect(box: Box, look: str) -> str:
    left, top, across, along = (side * UNITS for side in (box.left, box.top, box.width, box.height))
    return f'<rect x="{left:.0f}" y="{top:.0f}" width="{across:.0f}" height="{along:.0f}" {look}/>'


def _xml(text: str) -> str:
    return escape(_UNWRITABLE.sub("\ufffd", text))
