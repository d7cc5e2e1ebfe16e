"""Which characters a document's fonts can show, and what stands for the others: a text is never
lost without a trace, and never stops a document. Knows fonts, not documents.
"""

from __future__ import annotations

import re
import unicodedata

from geo.output.lettering import covered

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
    """Tell whether a text's first letter is of a script read from the right.

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
