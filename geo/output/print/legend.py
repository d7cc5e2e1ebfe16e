"""The legend of a printed map: its rows, in columns of even height, and how much room they take;
and what stands on every printed map: a scale bar, an arrow to the north.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import combinations, pairwise

from geo import texts
from geo.output.maps import symbols
from geo.output.maps.spec import OUTLINE, RADII_PX, CircleLayer, LegendEntry, MapSpec
from geo.output.print.projection import Box, Sheet, north_degrees, true_mm
from geo.output.print.text_shapes import LINE, UNITS, outline, width, wrapped

PX_MM = 0.2
"""A pixel of the screen's map on paper: symbols of 18 pixels are 3.6 mm."""

LETTERS = 2.6
"""Letter size in figures, mm: a little above 7 points."""

INK = "#1f2328"
LEAST_RADIUS, MOST_RADIUS = 0.4, 4.0
EDGE_MM = 0.5
"""Room for half the lines of the marks at the edge of a legend."""

GAP = 0.9
"""Between the rows of a legend, mm."""


@dataclass(frozen=True)
class Row:
    """A row of a legend: its words in lines, and its mark; a heading has none."""

    lines: tuple[str, ...]
    entry: LegendEntry | None
    mark_mm: float = 0.0

    @property
    def height(self) -> float:
        """How tall the row is, mm, with the gap below."""
        return max(len(self.lines) * LETTERS * LINE, self.mark_mm) + GAP


Block = tuple[Row, ...]


@dataclass(frozen=True)
class Legend:
    """A legend laid out: blocks of rows per column, the columns' width and how tall it is (mm)."""

    columns: tuple[tuple[Block, ...], ...]
    column_mm: float
    mark_mm: float
    height: float


def legend(
    spec: MapSpec, width_mm: float, columns: int, px_mm: Mapping[str, float] | None = None
) -> Legend:
    """Lay out a map's legend in columns; the classes of one layer stay together under its name.

    ``px_mm`` is the size of a pixel a circle layer, by its label, where circles are measured on
    the ground.
    """
    column_mm = width_mm / columns
    px_mm = px_mm or {}
    sizes = [_mark_mm(entry, px_mm) for entry in spec.legend]
    mark_mm = max([7.0, *sizes])
    room = column_mm - mark_mm - 4.0
    blocks = _blocks(spec, sizes, room, column_mm - 3.0)
    packed = _even(blocks, columns)
    height = max((EDGE_MM + _height(column) for column in packed), default=0.0)
    return Legend(tuple(packed), column_mm, mark_mm, height)


def legend_svg(laid: Legend, left: float, top: float) -> str:
    """Return a legend as SVG, its upper left corner at a point on paper (mm)."""
    drawn: list[str] = []
    for number, column in enumerate(laid.columns):
        x, y = left + number * laid.column_mm + EDGE_MM, top + EDGE_MM
        for block in column:
            for row in block:
                drawn.append(_row(row, x, y, laid.mark_mm))
                y += row.height
            y += GAP
    return "".join(drawn)


def letters(
    text: str, x: float, y: float, *, size: float = LETTERS, bold: bool = False, halo: float = 0.0
) -> str:
    """Return a text as one SVG path, with a white halo (mm) where it stands on a map."""
    data = outline(text, x, y, size, bold=bold)
    around = (
        f' stroke="#fff" stroke-width="{halo * 2 * UNITS:.0f}" stroke-linejoin="round" '
        'paint-order="stroke"'
        if halo
        else ""
    )
    return f'<path d="{data}" fill="{INK}"{around}/>' if data else ""


def symbol_svg(symbol: str, colour: str, size_mm: float, at: tuple[float, float]) -> str:
    """Return a symbol with its white halo, its grid of 28 units ``size_mm`` wide, with its middle
    (a pin: its tip) at a point on paper.
    """
    step = size_mm / 28 * UNITS
    anchor = 23.5 if symbol == "pin" else 12.0
    x, y = at[0] * UNITS - 12 * step, at[1] * UNITS - anchor * step
    return (
        f'<path transform="translate({x:.1f} {y:.1f}) scale({step:.3f})" '
        f'd="{symbols.path(symbol)}" fill="{escape(colour)}" fill-rule="evenodd" '
        'stroke="#fff" stroke-width="3" stroke-linejoin="round" paint-order="stroke"/>'
    )


def stroke(colour: str, width_mm: float, dash: str) -> str:
    """Return the attributes of a line; ``dash`` in pixels, as in ``8 6``."""
    dashes = " ".join(f"{float(part) * PX_MM * UNITS:.0f}" for part in dash.split())
    look = f' stroke-dasharray="{dashes}"' if dashes else ' stroke-linejoin="round"'
    return f'stroke="{escape(colour)}" stroke-width="{width_mm * UNITS:.0f}"{look}'


def radius_mm(radius_px: float, px_mm: float) -> float:
    """Return the radius of a circle on paper; the smallest can still be seen."""
    return max(radius_px * px_mm, LEAST_RADIUS)


def circle_px_mm(layer: CircleLayer, mm_per_m: float) -> float:
    """Return the size of a pixel of a circle layer on paper: measured on the ground where it says
    how wide its largest circle is, but not so that circles hide the map.
    """
    if not layer.span_m:
        return PX_MM
    return min(layer.span_m / 2 * mm_per_m, MOST_RADIUS) / RADII_PX[-1]


def _mark_mm(entry: LegendEntry, px_mm: Mapping[str, float]) -> float:
    match entry.mark:
        case "circle":
            return 2 * radius_mm(entry.size_px / 2, _circle_px(entry, px_mm))
        case "symbol":
            return entry.size_px * PX_MM
        case _:
            return 3.0


def _circle_px(entry: LegendEntry, px_mm: Mapping[str, float]) -> float:
    """Return a pixel's size for a circle row, found by the layer's label that begins it."""
    found = [size for label, size in px_mm.items() if entry.label.startswith(f"{label}: ")]
    return found[0] if found else PX_MM


def _blocks(spec: MapSpec, sizes: list[float], room: float, whole: float) -> list[Block]:
    """Gather rows in blocks: circles of one layer share a heading instead of each repeating it."""
    blocks: list[Block] = []
    heads = [layer.label for layer in spec.layers if isinstance(layer, CircleLayer)]
    last = ""
    for entry, size in zip(spec.legend, sizes, strict=True):
        head = next((head for head in heads if entry.label.startswith(f"{head}: ")), "")
        words = entry.label.removeprefix(f"{head}: ") if head else entry.label
        row = Row(tuple(wrapped(words, LETTERS, room)), entry, size)
        if head and head == last:
            blocks[-1] = (*blocks[-1], row)
        elif head:
            blocks.append((Row(tuple(wrapped(head, LETTERS, whole, bold=True)), None), row))
        else:
            blocks.append((row,))
        last = head
    return blocks


def _even(blocks: list[Block], columns: int) -> list[tuple[Block, ...]]:
    """Cut blocks into columns, in their order, so that the tallest is as low as can be."""
    best: list[tuple[Block, ...]] = [tuple(blocks)] if blocks else []
    for count in range(2, min(columns, len(blocks)) + 1):
        for cuts in combinations(range(1, len(blocks)), count - 1):
            edges = [0, *cuts, len(blocks)]
            tried = [tuple(blocks[a:b]) for a, b in pairwise(edges)]
            if max(map(_height, tried)) < max(map(_height, best)) - 1e-9:
                best = tried
    return best


def _height(column: tuple[Block, ...]) -> float:
    return sum(sum(row.height for row in block) + GAP for block in column)


def _row(row: Row, x: float, y: float, mark_mm: float) -> str:
    inner = row.height - GAP
    if row.entry is None:
        return "".join(
            letters(line, x, y + LETTERS * (number * LINE + 0.95), bold=True)
            for number, line in enumerate(row.lines)
        )
    middle = y + inner / 2
    first = middle - len(row.lines) * LETTERS * LINE / 2
    words = [
        letters(line, x + mark_mm + 2.0, first + LETTERS * (number * LINE + 0.98))
        for number, line in enumerate(row.lines)
    ]
    return _mark(row.entry, Box(x, y, mark_mm, inner), row.mark_mm) + "".join(words)


def _mark(entry: LegendEntry, box: Box, size_mm: float) -> str:
    x, y = box.left + box.width / 2, box.top + box.height / 2
    match entry.mark:
        case "symbol":
            return symbol_svg(entry.symbol, entry.colour, size_mm, (x, y))
        case "circle":
            return (
                f'<circle cx="{x * UNITS:.0f}" cy="{y * UNITS:.0f}" r="{size_mm / 2 * UNITS:.0f}" '
                f'fill="{escape(entry.colour)}" stroke="{OUTLINE}" stroke-width="18"/>'
            )
        case "line":
            return (
                f'<path d="M{box.left * UNITS:.0f} {y * UNITS:.0f}h{box.width * UNITS:.0f}" '
                f'fill="none" {stroke(entry.colour, 3 * PX_MM, entry.dash)}/>'
            )
        case _:
            return (
                f'<rect x="{box.left * UNITS:.0f}" y="{(y - 1.4) * UNITS:.0f}" '
                f'width="{box.width * UNITS:.0f}" height="280" fill="{escape(entry.colour)}" '
                f'fill-opacity="{entry.fill_opacity:g}" '
                f"{stroke(entry.colour, 2 * PX_MM, entry.dash)}/>"
            )


Marks = Sequence[tuple[float, float]]
"""Where symbols and circles stand on paper, mm."""

ROOM = 2.5
"""A mark this near (mm) reaches under what stands beside it."""

SMALL = 2.1
"""Size of small letters in figures, mm: about 6 points."""


def scale_bar(on: Sheet, language: str, marks: Marks = ()) -> str:
    """Draw a bar of a round length, at most a quarter of the map wide, black and white halves; in
    the lower corner with fewer marks (mm), to the left if that is the same.
    """
    metres = round_length(on.frame.width / 4 / true_mm(on, 1.0))
    long = true_mm(on, metres)
    label = (
        texts.metres(metres, language)
        if metres < 1000
        else f"{texts.number(metres / 1000, language)}{texts.NO_BREAK_SPACE}km"
    )
    wide = max(long, width(label, LETTERS) + 1.0) + 3.2
    y = on.frame.bottom - 3.0
    corners = [
        Box(left, y - 6.0, wide, 7.6) for left in (on.frame.left + 1.4, on.frame.right - 1.4 - wide)
    ]
    back = freest(corners, marks)
    x = back.left + 1.6
    half = long / 2 * UNITS
    left, top = x * UNITS, (y - 1.2) * UNITS
    bar = (
        f'<path d="M{left:.0f} {top:.0f}h{long * UNITS:.0f}v120h-{long * UNITS:.0f}Z" fill="#fff" '
        f'stroke="{INK}" stroke-width="20"/>'
        f'<path d="M{left:.0f} {top:.0f}h{half:.0f}v120h-{half:.0f}Z" fill="{INK}"/>'
    )
    return (
        f'<g id="scale-bar" data-metres="{metres:g}">'
        + rect(back, 'fill="#fff" fill-opacity="0.85"')
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
    return float(max(step * power for step in (0.5, 1.0, 2.0, 5.0) if step * power <= metres))


def north_arrow(on: Sheet, language: str, marks: Marks = ()) -> str:
    """Draw an arrow to true north in the upper corner with fewer marks (mm), to the right if that
    is the same.
    """
    word = texts.text("figure.north", language)
    corners = [
        Box(left, on.frame.top + 2.9, 11.2, 11.2)
        for left in (on.frame.right - 12.1, on.frame.left + 0.9)
    ]
    back = freest(corners, marks)
    x, y = back.left + 5.6, back.top + 5.6
    arrow = '<path d="M0-420L230 260L0 120L-230 260Z" fill="{}" stroke="{}" stroke-width="20"/>'
    disc = f'<circle cx="{x * UNITS:.0f}" cy="{y * UNITS:.0f}" r="560" fill="#fff"/>'
    place = f"translate({x * UNITS:.0f} {(y + 1.2) * UNITS:.0f})"
    turn = f"rotate({north_degrees(on):.2f})"
    return (
        f'<g id="north"><g fill-opacity="0.85">{disc}</g>'
        f'<g transform="{place} {turn}">{arrow.format(INK, INK)}'
        f'<path d="M0-420L0 120L-230 260Z" fill="#fff" stroke="{INK}" stroke-width="15"/></g>'
        + letters(word, x - width(word, SMALL, bold=True) / 2, y - 3.2, size=SMALL, bold=True)
        + "</g>"
    )


def freest(corners: Sequence[Box], marks: Marks) -> Box:
    """Return the corner that hides the fewest marks; the first of several."""

    def hidden(box: Box) -> int:
        return sum(
            box.left - ROOM <= x <= box.right + ROOM and box.top - ROOM <= y <= box.bottom + ROOM
            for x, y in marks
        )

    return min(corners, key=hidden)


def rect(box: Box, look: str) -> str:
    """Return a rectangle with a look (attributes) as SVG."""
    left, top, across, along = (side * UNITS for side in (box.left, box.top, box.width, box.height))
    return f'<rect x="{left:.0f}" y="{top:.0f}" width="{across:.0f}" height="{along:.0f}" {look}/>'
