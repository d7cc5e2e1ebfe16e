"""Words as shapes, for figures that must look the same on every machine: how wide a text is, where
it breaks, and the outlines of its letters. Letters that join (as in Arabic) are not joined.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from threading import RLock
from typing import Any

from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.pens.transformPen import TransformPen
from fontTools.ttLib import TTFont

UNITS = 100
"""Outlines are written in whole hundredths of a millimetre."""

_SPACES = re.compile(r"[ \t\r\n]+")  # a no-break space breaks no line

_READING = RLock()
"""A font is read bit by bit as it is used, by one at a time."""

LINE = 1.3
"""Height of a line, in letter sizes."""


def fonts_folder() -> Path:
    """Return the folder of the fonts that come with matplotlib: DejaVu, free to embed."""
    found = find_spec("matplotlib")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("matplotlib")
    return Path(found.origin).parent / "mpl-data" / "fonts" / "ttf"


def width(text: str, size: float, *, bold: bool = False) -> float:
    """Return how wide a text is at a letter size, in the size's unit."""
    return sum(_glyph(character, bold)[1] for character in text) * size


def wrapped(text: str, size: float, room: float, *, bold: bool = False) -> list[str]:
    """Break a text into lines that fit; a word too long for a line is broken where it must.

    >>> wrapped("ett två tre", 10, 40)
    ['ett två', 'tre']
    """
    lines: list[str] = []
    line = ""
    for word in _SPACES.split(text.strip(" \t\r\n")):
        longer = f"{line} {word}" if line else word
        if width(longer, size, bold=bold) <= room:
            line = longer
            continue
        if line:
            lines.append(line)
        *full, line = _pieces(word, size, room, bold)
        lines += full
    return [*lines, line] if line else lines


def outline(text: str, x: float, y: float, size: float, *, bold: bool = False) -> str:
    """Return a text's letters as SVG path data, beginning at ``x`` on the base line ``y`` (mm).

    A character without a shape is drawn as an empty box, so that it is seen to be missing.
    """
    with _READING:
        pen = SVGPathPen(_glyphs(bold), ntos=_whole)
        step = size * UNITS / _font(bold)["head"].unitsPerEm
        for character in text:
            name, advance = _glyph(character, bold)
            moved = TransformPen(pen, (step, 0, 0, -step, x * UNITS, y * UNITS))
            _glyphs(bold)[name].draw(moved)
            x += advance * size
    written: str = pen.getCommands()
    return written


@cache
def covered(bold: bool = False) -> frozenset[int]:
    """Return the code points that DejaVu Sans has a shape for."""
    with _READING:
        return frozenset(_font(bold).getBestCmap())


def _pieces(word: str, size: float, room: float, bold: bool) -> list[str]:
    pieces, piece = [], ""
    for character in word:
        if piece and width(piece + character, size, bold=bold) > room:
            pieces.append(piece)
            piece = ""
        piece += character
    return [*pieces, piece]


def _whole(value: float) -> str:
    return str(round(value))


@cache
def _font(bold: bool) -> Any:
    return TTFont(fonts_folder() / ("DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"))


@cache
def _glyphs(bold: bool) -> Any:
    return _font(bold).getGlyphSet()


@cache
def _glyph(character: str, bold: bool) -> tuple[str, float]:
    """Return a character's glyph and its advance in letter sizes."""
    with _READING:
        font = _font(bold)
        name: str = font.getBestCmap().get(ord(character), ".notdef")
        return name, font["hmtx"][name][0] / font["head"].unitsPerEm
