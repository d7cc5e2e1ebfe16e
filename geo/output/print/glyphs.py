"""Which characters a document's fonts can show, and what stands for the others: a text is never
lost without a trace, and never stops a document. Fonts for scripts that those of the libraries lack
(for example Ethiopic) are taken from the folder that ``NARHET_FONTS`` names.
"""

from __future__ import annotations

import os
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from fontTools.ttLib import TTFont, TTLibError

from geo.output.print.text_shapes import covered, fonts_folder

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
