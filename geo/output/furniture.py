"""What stands on every printed map: a scale bar, an arrow to the north. Knows a sheet, not what is
drawn on it.
"""

from __future__ import annotations

import math

from geo import texts
from geo.output.legend import INK, LETTERS, letters
from geo.output.lettering import UNITS, width
from geo.output.sheet import Box, Sheet, north_degrees, true_mm

SMALL = 2.1
"""Size of small letters in figures, mm: about 6 points."""


def scale_bar(on: Sheet, language: str) -> str:
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


def north_arrow(on: Sheet, language: str) -> str:
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


def rect(box: Box, look: str) -> str:
    """Return a rectangle with a look (attributes) as SVG."""
    left, top, across, along = (side * UNITS for side in (box.left, box.top, box.width, box.height))
    return f'<rect x="{left:.0f}" y="{top:.0f}" width="{across:.0f}" height="{along:.0f}" {look}/>'
