"""What single cells and column names mean: numbers as people write them, words for unknown."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable
from typing import Any

from geo.errors import InputError

UNKNOWN_WORDS = frozenset(
    {
        *("", ".", "..", "...", "-", "–", "—", "*", "x", "na", "n/a", "nan", "null", "none", "?"),
        *("uppgift saknas", "saknas", "saknar uppgift", "okänt", "okänd", "ej uppgift"),
        *("unknown", "missing", "suppressed", "sekretess", "#n/a", "#saknas!", "#ref!", "#value!"),
        *("#värdefel!", "#referens!", "#div/0!", "#division/0!", "#name?", "#namn?", "#num!"),
    }
)
"""How files write that a figure is unknown, spreadsheets' words for a failed formula included."""

_PLAIN = re.compile(r"[+-]?\d+(?:[.,]\d+)?(?:[eE][+-]?\d{1,3})?")
_GROUPED = re.compile(r"[+-]?\d{1,3}(?: \d{3})+(?:[.,]\d+)?")
_POINT_GROUPED = re.compile(r"[+-]?\d{1,3}(?:\.\d{3})+,\d+")
_COMMA_GROUPED = re.compile(r"[+-]?\d{1,3}(?:(?:,\d{3})+\.\d+|(?:,\d{3}){2,})")
_FEWER_THAN = re.compile(
    r"(?:[<≤]=?|färre\s+än|mindre\s+än|högst|fewer\s+than|less\s+than|at\s+most)"
    r"\s*\d+(?:\s*%)?"
)
_POINT_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:\.\d{3})+")
_COMMA_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+")
_LONGEST_NUMBER = 60
_CODE = re.compile(r"-?(?:0|[1-9]\d{0,14})(?:[.,]\d{1,15})?")


def to_number(cell: Any, decimal: str = "") -> float | None:
    """Return a cell as a number, or None where it is not one: decimal comma or point, thousands
    apart by spaces of any kind.

    ``decimal`` says which sign parts the decimals (``,`` or ``.``), where ``1.234`` can be both.

    >>> to_number("6 584 321,5"), to_number("59.36"), to_number(".."), to_number("1,234,567")
    (6584321.5, 59.36, None, 1234567.0)
    """
    if cell is None or isinstance(cell, bool):
        return None
    if not isinstance(cell, str):
        try:
            value = float(cell)
        except (TypeError, ValueError, OverflowError):
            return None
        return value if math.isfinite(value) else None
    text = cell.strip()
    if text[:1].isalpha() or len(text) > _LONGEST_NUMBER:
        return None
    text = re.sub(r"\s", " ", text).replace("\u2212", "-")
    if decimal == "," and _POINT_THOUSANDS.fullmatch(text):
        plain = text.replace(".", "")
    elif decimal == "." and _COMMA_THOUSANDS.fullmatch(text):
        plain = text.replace(",", "")
    elif _PLAIN.fullmatch(text):
        plain = text.replace(",", ".")
    elif _GROUPED.fullmatch(text):
        plain = text.replace(" ", "").replace(",", ".")
    elif _POINT_GROUPED.fullmatch(text):
        plain = text.replace(".", "").replace(",", ".")
    elif _COMMA_GROUPED.fullmatch(text):
        plain = text.replace(",", "")
    else:
        return None
    value = float(plain)
    return value if math.isfinite(value) else None


def is_unknown(cell: Any) -> bool:
    """Return whether a cell stands for an unknown figure: empty, ``..``, ``uppgift saknas``,
    ``<5``.
    """
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return True
    text = written(cell).lower()
    return text in UNKNOWN_WORDS or _FEWER_THAN.fullmatch(text) is not None


def is_empty(cell: Any) -> bool:
    """Return whether nothing stands in a cell."""
    return written(cell) == ""


def written(cell: Any) -> str:
    """Return a cell as text, whole numbers without a decimal point; nothing as an empty text."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell)
    if not isinstance(cell, str) and (isinstance(cell, float) or hasattr(cell, "is_integer")):
        if math.isnan(cell):
            return ""
        return str(int(cell)) if math.isfinite(cell) and cell == int(cell) else str(float(cell))
    text = str(cell).strip()
    return "" if text in ("NaT", "<NA>") else text


def plain(name: str) -> str:
    """Return a column name without case, spaces and punctuation, as names are compared.

    >>> plain("Ålder 0–4")
    'ålder04'
    """
    name = unicodedata.normalize("NFC", name).casefold()
    return name if name.isalnum() else "".join(filter(str.isalnum, name))


def without_year(name: str) -> str:
    """Return a compared name without a year at its end: ``pop2025`` is ``pop``."""
    return re.sub(r"(?<=\D)(?:19|20)\d\d$", "", name)


def detail(cell: Any, numeric: bool) -> Any:
    """Return a cell as it stands in a JSON record; None where nothing stands in it.

    ``numeric`` says that its column holds numbers only (see ``holds_numbers``).
    """
    text = written(cell)
    if text == "":
        return None
    if isinstance(cell, bool) or type(cell).__name__ in ("bool", "bool_"):
        return bool(cell)
    number = to_number(cell) if numeric or not isinstance(cell, str) else None
    if number is None:
        return text
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


def holds_numbers(cells: Iterable[Any]) -> bool:
    """Return whether all that stands in a column are plain numbers; codes like ``0136`` and postal
    codes are not.
    """
    texts = [cell if isinstance(cell, str) else written(cell) for cell in cells]
    filled = [text.strip() for text in texts if text.strip()]
    return bool(filled) and all(_CODE.fullmatch(text) for text in filled)


def finite(value: float | None) -> float | None:
    """Return a number as JSON takes it: null for unknown, hidden and endless."""
    return None if value is None or not math.isfinite(value) else float(value)


def read_point(words: str) -> tuple[float, float]:
    """Read a position as a person writes it: longitude, then latitude.

    >>> read_point("17.83, 59.36")
    (17.83, 59.36)
    """
    parts = [part for part in re.split(r"[,;\s]+", words.strip()) if part]
    try:
        lon, lat = (float(part) for part in parts)
    except ValueError:
        raise InputError("bad_point", found=words) from None
    if not (math.isfinite(lon) and math.isfinite(lat)):
        raise InputError("bad_point", found=words)
    return lon, lat
