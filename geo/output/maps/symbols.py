"""How each symbol of ``data/kinds.toml`` is drawn: one shape on a 24 by 24 grid, for screen, legend
and print alike.
"""

from __future__ import annotations

from html import escape

HALO = "#ffffff"
XMLNS = "http://www.w3.org/2000/svg"

_RING = "M12 2a10 10 0 1 0 0 20a10 10 0 1 0 0-20Z"

MOST_NUMBERS = 20
"""Numbered marks go to this; what comes after has the ``star``."""
_DISC = "M12 .5a11.5 11.5 0 1 0 0 23a11.5 11.5 0 1 0 0-23Z"
_DIGITS = (
    "m0 0v12h6v-12zm2.2 2.2h1.6v7.6h-1.6z",
    "m0.4 1.6v1.6h1.8v6.6h-1.6v2.2h5.4v-2.2h-1.6v-9.8h-2.2z",
    "m0 0v2.2h3.8v2.7h-3.8v7.1h6v-2.2h-3.8v-2.7h3.8v-7.1z",
    "m0 0v2.2h3.8v2.7h-3.8v2.2h3.8v2.7h-3.8v2.2h6v-12z",
    "m0 0v7.1h3.8v4.9h2.2v-12h-2.2v4.9h-1.6v-4.9z",
    "m0 0v7.1h3.8v2.7h-3.8v2.2h6v-7.1h-3.8v-2.7h3.8v-2.2z",
    "m0 0v12h6v-7.1h-3.8v-2.7h3.8v-2.2zm2.2 7.1h1.6v2.7h-1.6z",
    "m0 0v2.2h3.8v9.8h2.2v-12z",
    "m0 0v12h6v-12zm2.2 7.1h1.6v2.7h-1.6zm0 -4.9h1.6v2.7h-1.6z",
    "m0 0v7.1h3.8v2.7h-3.8v2.2h6v-12zm2.2 2.2h1.6v2.7h-1.6z",
)
"""0 to 9 as holes of 6 by 12 with strokes of 2.2, from their upper left corner."""


def _number(number: int) -> str:
    digits = str(number)
    left = 12 - (7.2 * len(digits) - 1.2) / 2
    holes = (f"M{left + 7.2 * at:.1f} 6{_DIGITS[int(digit)]}" for at, digit in enumerate(digits))
    return _DISC + "".join(holes)


PATHS: dict[str, str] = {
    "house": "M12 2.5L22.5 12.5H19.5V21.5H4.5V12.5H1.5ZM10 21.5V15.5H14V21.5Z",
    "info": f"{_RING}M10.6 5.8h2.8v2.8h-2.8ZM10.6 10.2h2.8v8h-2.8Z",
    "speech": "M2.5 3.5h19v13h-9.5l-5.5 5v-5h-4ZM6 7.2h12v1.7h-12ZM6 11h8.5v1.7h-8.5Z",
    "circle": "M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18Z",
    "book": "M1.5 5c4-2 7.5-1.2 10.5 1c3-2.2 6.5-3 10.5-1v14.5c-4-2-7.5-1.2-10.5 1"
    "c-3-2.2-6.5-3-10.5-1ZM11.2 8.5h1.6v9.5h-1.6Z",
    "people": "M7.5 3.5a3.3 3.3 0 1 0 0 6.6a3.3 3.3 0 1 0 0-6.6Z"
    "M16.5 3.5a3.3 3.3 0 1 0 0 6.6a3.3 3.3 0 1 0 0-6.6Z"
    "M1.5 21c0-6 2.5-9.3 6-9.3c1.9 0 3.5 1 4.5 2.6c1-1.6 2.6-2.6 4.5-2.6"
    "c3.5 0 6 3.3 6 9.3Z",
    "diamond": "M12 1.5L22 12L12 22.5L2 12Z",
    "triangle": "M12 2L23 21.5H1Z",
    "square": "M3.5 3.5h17v17h-17Z",
    "heart": "M12 21.5C5 16 1.5 12.3 1.5 8.3C1.5 5.2 4 3 7 3c2.1 0 3.9 1.1 5 3"
    "c1.1-1.9 2.9-3 5-3c3 0 5.5 2.2 5.5 5.3C22.5 12.3 19 16 12 21.5Z",
    "flag": "M4.5 1.5h3v2h14l-4 5.2l4 5.3h-14v8.5h-3Z",
    "pentagon": "M12 1.5L22.5 9.3L18.5 21.5H5.5L1.5 9.3Z",
    "hexagon": "M6.8 3h10.4L22.5 12l-5.3 9H6.8L1.5 12Z",
    "cross": "M5.2 2L12 8.8L18.8 2L22 5.2L15.2 12L22 18.8L18.8 22L12 15.2L5.2 22"
    "L2 18.8L8.8 12L2 5.2Z",
    "plus": "M9.3 2h5.4v7.3H22v5.4h-7.3V22H9.3v-7.3H2V9.3h7.3Z",
    "ring": f"{_RING}M12 7.5a4.5 4.5 0 1 0 0 9a4.5 4.5 0 1 0 0-9Z",
    "circle_open": "M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18Z"
    "M12 5.4a6.6 6.6 0 1 0 0 13.2a6.6 6.6 0 1 0 0-13.2Z",
    "star": "M12 1L15.2 8.6L23.4 9.3L17.2 14.7L19 22.7L12 18.5L5 22.7L6.8 14.7L.6 9.3L8.8 8.6Z",
    "pin": "M12 23.5C6.5 17 3.5 13.3 3.5 9a8.5 8.5 0 0 1 17 0c0 4.3-3 8-8.5 14.5Z"
    "M12 5.8a3.2 3.2 0 1 0 0 6.4a3.2 3.2 0 1 0 0-6.4Z",
    **{f"number_{number}": _number(number) for number in range(1, MOST_NUMBERS + 1)},
}
"""SVG path data; holes by the even-odd rule. ``pin`` marks a position someone chose."""


def path(symbol: str) -> str:
    """Return a symbol's path data; ``KeyError`` for a symbol nobody has drawn."""
    return PATHS[symbol]


def svg(symbol: str, colour: str, size_px: int = 22) -> str:
    """Return a symbol as an SVG picture, with a white halo.

    >>> 'fill="#4d4d4d"' in svg("square", "#4d4d4d")
    True
    """
    return (
        f'<svg xmlns="{XMLNS}" viewBox="-2 -2 28 28" width="{size_px}" height="{size_px}">'
        f'<path d="{path(symbol)}" fill="{escape(colour)}" fill-rule="evenodd" '
        f'stroke="{HALO}" stroke-width="2.5" stroke-linejoin="round" paint-order="stroke"/></svg>'
    )
