"""What stands on every printed map: a scale bar, an arrow to the north. Knows a sheet, not what is
drawn on it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from geo import texts
from geo.output.legend import INK, LETTERS, letters
from geo.output.lettering import UNITS, width
from geo.output.sheet import Box, Sheet, north_degrees, true_mm

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
