r"""What one cell says of a position: degrees in any notation, two coordinates in one cell. Knows
nothing of tables or coordinate systems.

>>> to_degrees("59°21'54,4\" N")
59.36511111111111
>>> both("59,33; 18,06"), both("POINT (18.06 59.33)")
((59.33, 18.06), (59.33, 18.06))
"""

from __future__ import annotations

import re
from typing import Any

from geo.cells import to_number, written

_LONGEST = 120
_SIDE = r"(?P<{0}>[NSEWÖOVnsewöov])?"
_DEGREES = re.compile(
    _SIDE.format("before")
    + r"\s*(?P<d>[+-]?\d{1,3}(?:[.,]\d+)?)\s*(?:°|º|deg|\s|:)\s*"
    + r"(?:(?P<m>\d{1,2}(?:[.,]\d+)?)\s*(?:['′´`’‘m]|\s|:|$)\s*)?"
    + r"(?:(?P<s>\d{1,2}(?:[.,]\d+)?)\s*(?:\"|″|”|“|''|′′|s)?)?\s*"
    + _SIDE.format("after")
)
_PLAIN_SIDE = re.compile(r"(?:([NSEWÖOV])\s*)?([+-]?\d{1,3}[.,]\d+)\s*°?\s*([NSEWÖOV])?", re.I)
_WKT = re.compile(r"(?:SRID=\d+;)?\s*POINT\s*Z?\s*\(\s*(\S+)\s+(\S+)(?:\s+\S+)?\s*\)", re.I)
_SIGNED = r"[+-]?\d{1,8}"
_PAIRS = tuple(
    re.compile(rf"[(\[]?\s*({number})\s*{between}\s*({number})\s*[)\]]?")
    for number, between in (
        (rf"{_SIGNED}(?:\.\d+)?", r"[,;/|\s]"),
        (rf"{_SIGNED}(?:,\d+)?", r"[;/|\s]"),
        (rf"{_SIGNED},\d+", r","),
    )
)
_SIDES = "NSEWÖOVnsewöov"
_SPLITS = (
    re.compile(r"\s*[;/|]\s*"),
    re.compile(r",\s+"),
    re.compile(rf"(?<=[{_SIDES}])\s*,?\s*(?=\d)"),
    re.compile(rf"(?<=[^{_SIDES}\s,])\s*,?\s*(?=[{_SIDES}])"),
    re.compile(r"(?<=['′\"″”])\s*,?\s*(?=\d{1,3}\s*[°º])"),
)
"""Where one angle ends and the next begins, the surest first."""


def to_degrees(cell: Any) -> float | None:
    """Return degrees as a number, however they are written: decimal, or degrees, minutes and
    seconds; south and west (``S``, ``W``, Swedish ``V``) are negative. None where it is no angle.
    """
    found = _angle(written(cell)) if isinstance(cell, str) else None
    return found[0] if found else to_number(cell)


def both(cell: Any) -> tuple[float, float] | None:
    """Return the two coordinates that one cell holds, in its order; WKT gives latitude first, as
    people write it. None where it does not hold two.
    """
    text = " ".join(written(cell).split())
    if not text or len(text) > _LONGEST:
        return None
    wkt = _WKT.fullmatch(text)
    if wkt:
        across, up = to_number(wkt[1]), to_number(wkt[2])
        return None if across is None or up is None else (up, across)
    for pattern in _PAIRS:
        pair = pattern.fullmatch(text)
        if pair:
            first, second = to_number(pair[1], "."), to_number(pair[2], ".")
            return None if first is None or second is None else (first, second)
    return _two_angles(text)


def _two_angles(text: str) -> tuple[float, float] | None:
    for split in _SPLITS:
        parts = [part for part in split.split(text) if part]
        angles = [_angle(part) for part in parts] if len(parts) == 2 else []
        first, second = angles or (None, None)
        if first is not None and second is not None:
            swapped = first[1] in ("E", "W", "Ö", "O", "V")
            return (second[0], first[0]) if swapped else (first[0], second[0])
    return None


def _angle(text: str) -> tuple[float, str] | None:
    """Return an angle and its side (``N``, ``E`` …, or nothing)."""
    text = text.strip().replace("\u2212", "-")
    if not text or len(text) > _LONGEST:
        return None
    simple = _PLAIN_SIDE.fullmatch(text)
    if simple:
        side = (simple[1] or simple[3] or "").upper()
        value = to_number(simple[2])
    else:
        found = _DEGREES.fullmatch(text)
        if found is None:
            return None
        side = (found["before"] or found["after"] or "").upper()
        if not side and not re.search("[°º:'′]", text):
            return None  # two numbers beside each other
        value = _sexagesimal(found["d"], found["m"], found["s"])
    if value is None or abs(value) > 180:
        return None
    return (-abs(value) if side in ("S", "W", "V") else value), side


def _sexagesimal(degrees: str, minutes: str | None, seconds: str | None) -> float | None:
    parts = [to_number(part) if part else 0.0 for part in (degrees, minutes, seconds)]
    whole, sixtieths, seconds_of = (0.0 if part is None else part for part in parts)
    if sixtieths >= 60 or seconds_of >= 60:
        return None
    beyond = sixtieths / 60 + seconds_of / 3600
    return whole - beyond if degrees.startswith("-") else whole + beyond
