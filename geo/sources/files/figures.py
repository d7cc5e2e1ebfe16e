r"""Figures as people write them in lists: with a mark that leads to a note, with their unit, as a
range, or about.

>>> read_count("54*").value, read_count("72 1)").mark
(54.0, '1)')
>>> read_count("15-18").low, read_count("ca 40").value, read_count("vid behov")
(15.0, None, None)
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from geo.cells import to_number, written
from geo.sources.files.row_kinds import listed

_MARKED = re.compile(r"(\d[\d ]*)\s*(\*{1,3}|[†‡§¹²³]{1,2}|\(?\d{1,2}\)|\(?[a-e]\)|\[\d{1,2}\])")


@dataclass(frozen=True)
class _Patterns:
    unit: re.Pattern[str]
    range: re.Pattern[str]
    about: re.Pattern[str]


@cache
def _patterns() -> _Patterns:
    told = listed()["figures"]
    one = {name: "|".join(map(re.escape, sorted(told[name], key=len, reverse=True)))
           for name in ("most", "units", "about", "between")}  # fmt: skip
    unit = rf"\s*(?:{one['units']})?"
    return _Patterns(
        re.compile(rf"(?:(?:{one['most']})\s*)?(\d[\d ]*){unit}", re.IGNORECASE),
        re.compile(rf"(\d{{1,6}})\s*(?:{one['between']})\s*(\d{{1,6}}){unit}", re.IGNORECASE),
        re.compile(rf"(?:{one['about']})\s*(\d{{1,6}}){unit}|(\d{{1,6}})\s*\+", re.IGNORECASE),
    )


@dataclass(frozen=True)
class Figure:
    """A figure: its value, None where it is a range or about; the mark that stood at it; the bounds
    that are told.
    """

    value: float | None
    mark: str = ""
    low: float | None = None
    high: float | None = None


def read_count(cell: Any) -> Figure | None:
    """Return what a cell says of a number of places or people, None where it says none."""
    number = to_number(cell)
    if number is not None:
        return Figure(number)
    text = " ".join(written(cell).split())
    if not text or len(text) > 60:
        return None
    patterns = _patterns()
    if match := _MARKED.fullmatch(text):
        return Figure(to_number(match[1].strip()), match[2])
    if match := patterns.range.fullmatch(text):
        low, high = float(match[1]), float(match[2])
        return Figure(low) if low == high else Figure(None, "", min(low, high), max(low, high))
    if match := patterns.about.fullmatch(text):
        return Figure(None, "", float(match[1] or match[2]), None)
    match = patterns.unit.fullmatch(text)
    return Figure(to_number(match[1].strip()), text) if match else None


def is_count(cell: Any) -> bool:
    """Return whether a cell says a number of places or people, in whatever way."""
    return read_count(cell) is not None
