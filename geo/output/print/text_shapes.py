"""Words as shapes, for figures that must look the same on every machine: how wide a text is, where
it breaks, and the outlines of its letters. Letters that join (as in Arabic) are not joined.

Which characters a document's fonts can show, and what stands for the others: a text is never
lost without a trace, and never stops a document. Fonts for scripts that those of the libraries lack
(for example Ethiopic) are taken from the folder that ``NARHET_FONTS`` names.

PDF by typst: tagged, archivable, the same bytes for the same data on every machine. Data go in
as inputs, so nothing in them is markup.
"""

from __future__ import annotations

import json
import os
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from threading import RLock
from typing import Any

import typst
from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.pens.transformPen import TransformPen
from fontTools.ttLib import TTFont, TTLibError

from geo.errors import NarhetError

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


MISSING = "□"
"""Stands for a character that no font here has."""

BREAK = "\u200b"
LONGEST_RUN, PIECE = 40, 6
"""A run of letters longer than this may break after each piece."""

_SILENT = re.compile("[\u200c-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\u00ad]")
_LONG = re.compile(rf"\S{{{LONGEST_RUN + 1},}}")


def plain(text: str) -> str:
    r"""Return a text as regular letters can show it; unknown characters as empty boxes.

    >>> plain("Å\x07 \U000f0000")
    'Å□ □'
    """
    return _shown(text, bold=False)


def strong(text: str) -> str:
    """Return a text as bold letters can show it, which are fewer."""
    return _shown(text, bold=True)


def from_right(text: str) -> bool:
    """Return whether a text's first letter is of a script read from the right.

    >>> from_right("1. مرحبا"), from_right("Hej مرحبا")
    (True, False)
    """
    kinds = (unicodedata.bidirectional(character) for character in text)
    return next((kind for kind in kinds if kind in ("L", "R", "AL")), "L") != "L"


def _shown(text: str, *, bold: bool) -> str:
    known = covered(bold) & covered(False) if bold else covered(False)
    text = unicodedata.normalize("NFC", _SILENT.sub("", text))
    text = "".join(_one(character, known) for character in text)
    return _LONG.sub(_broken, text)


def _one(character: str, known: frozenset[int]) -> str:
    if character.isspace() and character not in "\u00a0\u202f":
        return " "
    category = unicodedata.category(character)
    if category in ("Cc", "Cs", "Co", "Cn") or ord(character) not in known:
        return MISSING
    return character


def _broken(run: re.Match[str]) -> str:
    word = run.group()
    return BREAK.join(word[at : at + PIECE] for at in range(0, len(word), PIECE))


OWN = "DejaVu Sans"
ENDINGS = (".ttf", ".otf")
MOST_FILES, MOST_BYTES = 40, 30_000_000
_HIDDEN = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\u00ad]")
"""Signs that turn text round or hide in it; joiners stay, Persian needs them."""
_JOINERS = "\u200c\u200d"


@dataclass(frozen=True)
class Face:
    """A font: its family's name and the code points it has shapes for."""

    family: str
    covered: frozenset[int]


def folder() -> Path | None:
    """Return the folder of extra fonts, None where there is none."""
    named = os.environ.get("NARHET_FONTS", "")
    found = Path(named).expanduser() if named else None
    return found if found is not None and found.is_dir() else None


def paths() -> list[str]:
    """Return the folders typst takes fonts from."""
    extra = folder()
    return [str(fonts_folder()), *([str(extra)] if extra else [])]


def families() -> list[str]:
    """Return the families to set text in other languages with, in the order they are tried."""
    extra = folder()
    found = [face.family for face in _faces(extra)] if extra else []
    return list(dict.fromkeys([OWN, *found]))


def shown(text: str) -> str:
    """Return a text as it can be set, without signs that turn it round; "" where a letter of it has
    no shape in any font here.
    """
    kept = " ".join(unicodedata.normalize("NFC", _HIDDEN.sub("", text)).split())
    return kept if all(map(_can_show, kept)) else ""


def _can_show(character: str) -> bool:
    if character.isspace() or character in _JOINERS:
        return True
    if unicodedata.category(character) in ("Cc", "Cs", "Co", "Cn"):
        return False
    extra = folder()
    faces = _faces(extra) if extra else ()
    point = ord(character)
    return point in covered(False) or any(point in face.covered for face in faces)


@lru_cache(maxsize=4)
def _faces(where: Path) -> tuple[Face, ...]:
    """Read the fonts of a folder; what is none is passed over."""
    files = sorted(path for path in where.rglob("*") if path.suffix.lower() in ENDINGS)
    found = []
    for path in files[:MOST_FILES]:
        try:
            if path.stat().st_size > MOST_BYTES:
                continue
            with TTFont(BytesIO(path.read_bytes()), lazy=True) as font:
                named = font["name"]
                # typst passes over a font without a PostScript name
                name = named.getDebugName(6) and (named.getDebugName(16) or named.getDebugName(1))
                points = frozenset(font.getBestCmap() or ())
        except (OSError, TTLibError, KeyError, ValueError, AssertionError):
            continue  # each of these is how fontTools refuses some file
        if name and points:
            found.append(Face(str(name), points))
    return tuple(found)


def pdf_of(
    template: Path, inputs: Mapping[str, str], moment: datetime, *, fonts: Sequence[str]
) -> bytes:
    """Set a template with its inputs as PDF/UA-1, which a screen reader can read, and PDF/A-3a,
    which an archive takes. ``moment``: when the document says it was made; ``fonts``:
    folders of the only fonts that are used.

    Raises
    ------
    NarhetError ``document_failed`` : it cannot be set.
    """
    try:
        written, _ = typst.compile_with_warnings(
            str(template),
            sys_inputs=dict(inputs),
            pdf_standards=["ua-1", "a-3a"],
            timestamp=moment,
            format="pdf",
            **only(fonts),
        )
    except RuntimeError as error:
        raise NarhetError("document_failed", reason=str(error)) from error
    return bytes(written)


def values_of(
    template: Path, label: str, inputs: Mapping[str, str], *, fonts: Sequence[str]
) -> list[Any]:
    """Return the values that a template, once set, holds under a label, in reading order.

    Raises
    ------
    NarhetError ``document_failed`` : it cannot be set.
    """
    try:
        found = typst.query(
            str(template), label, field="value", sys_inputs=dict(inputs), **only(fonts)
        )
    except RuntimeError as error:
        raise NarhetError("document_failed", reason=str(error)) from error
    return list(json.loads(found))


def only(fonts: Sequence[str]) -> dict[str, Any]:
    """Return typst's settings for no fonts but those of some folders, so that every machine writes
    the same bytes.
    """
    return {"font_paths": list(fonts), "ignore_system_fonts": True}
