"""Text made fit for any document."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd

LONG_NAME = 80
"""A name is cut here in titles and sentences; tables hold it whole."""

_UNWRITABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
    "\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]"
)
"""What documents cannot hold, and signs that turn the reading order of what stands beside them."""


def writable(text: str) -> str:
    """Return text without what documents cannot hold: control signs, halves of signs, and signs
    that turn the reading order of their neighbours. Everything else stays, in any script.
    """
    return _UNWRITABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def one_line(text: str) -> str:
    """Return writable text on one line; spaces that must not break stay."""
    return re.sub(r"[^\S\u00a0\u202f]+", " ", writable(text)).strip()


def short(text: str, most: int = LONG_NAME) -> str:
    """Return a name that fits into a sentence: cut with … where it is longer."""
    line = one_line(text)
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def writable_table(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose texts and headings can stand in any document, each on one line."""

    def cell(value: Any) -> Any:
        return one_line(value) if isinstance(value, str) else value

    found = table.map(cell)
    found.columns = [one_line(str(name)) for name in table.columns]
    return found
