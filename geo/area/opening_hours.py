"""When a place is open, read from its record. What cannot be read is unknown, not closed.

Reads the simple part of OpenStreetMap's ``opening_hours`` and Swedish as people write it ("tis
17–19", "mån-fre kl. 9.00–20.00, lör 10–14"). Months, weeks and unknown words make the whole text
unknown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from geo.cells import plain

EVENING = (18 * 60, 21 * 60)
"""Open in the evening means open for some part of 18–21, on at least one day a week."""
KEYS = ("openinghours", "öppettider", "oppettider", "öppet", "oppet", "öppettid", "tider", "hours")

_NAMES = (
    ("mo", "mon", "monday", "mondays", "mån", "må", "måndag", "måndagar"),
    ("tu", "tue", "tues", "tuesday", "tuesdays", "tis", "ti", "tisdag", "tisdagar"),
    ("we", "wed", "wednesday", "wednesdays", "ons", "on", "onsdag", "onsdagar"),
    (
        *("th", "thu", "thur", "thurs", "thursday", "thursdays"),
        *("tors", "tor", "to", "torsdag", "torsdagar"),
    ),
    ("fr", "fri", "friday", "fridays", "fre", "fredag", "fredagar"),
    ("sa", "sat", "saturday", "saturdays", "lör", "lö", "lördag", "lördagar"),
    ("su", "sun", "sunday", "sundays", "sön", "sö", "söndag", "söndagar"),
)
_DAYS = {name: day for day, names in enumerate(_NAMES) for name in names}
_SPANS = {
    **dict.fromkeys(("vardagar", "vardag", "weekdays"), range(5)),
    **dict.fromkeys(("helger", "helg", "weekends"), range(5, 7)),
    **dict.fromkeys(("dagligen", "daily", "alladagar", "vardag-helg"), range(7)),
}
_CLOSED = ("off", "closed", "stängt")
_HOLIDAYS = ("ph", "sh")
_TOKEN = re.compile(
    r"(?P<always>24/7)|(?P<from>\d{1,2}(?:[:.]\d{2})?)\s*-\s*(?P<to>\d{1,2}(?:[:.]\d{2})?)\+?"
    r"|(?P<word>[^\W\d_]+)(?:\s*-\s*(?P<last>[^\W\d_]+))?|(?P<end>[;|])|[\s,]+"
)


def hours_text(record: Mapping[str, Any]) -> str:
    """Return the hours a place's record reports, as text; empty where it reports none."""
    by_plain = {plain(str(key)): value for key, value in record.items()}
    found = (str(by_plain[key]).strip() for key in KEYS if by_plain.get(key) not in (None, ""))
    return next(found, "")


def open_in_evening(text: str) -> bool | None:
    """Return whether hours as people write them hold some part of an evening; None: cannot be read.

    >>> open_in_evening("Mo-Th 10:00-19:00; Fr 10-16"), open_in_evening("tis 9–12")
    (True, False)
    >>> open_in_evening("efter överenskommelse") is None
    True
    """
    week = weekly(text)
    if week is None:
        return None
    return any(start < EVENING[1] and end > EVENING[0] for _, start, end in week)


def weekly(text: str) -> tuple[tuple[int, int, int], ...] | None:
    """Return opening hours as (day 0–6, from minute, to minute), or None where any part of the text
    cannot be read. Public holidays are passed over; a later rule for a day replaces the earlier.
    """
    rules = _rules(_cleaned(text))
    if not rules:
        return None
    week: dict[int, list[tuple[int, int]]] = {}
    for days, hours in rules:
        for day in days:
            week[day] = hours
    return tuple((day, *span) for day in sorted(week) for span in week[day])


def _cleaned(text: str) -> str:
    found = re.sub(r"[–—−]", "-", text.casefold().strip())
    found = re.sub(r"\bkl\b\.?|\bklockan\b|\böppet\b|\böppettider\b:?|\bopen\b", " ", found)
    found = re.sub(r"\balla dagar\b|\bvarje dag\b", "dagligen", found)
    found = re.sub(r"\s*\b(?:till|to(?=\s*\d))\b\s*", "-", found)
    found = re.sub(r"(?<=[^\W\d_])[.:](?=\s|\d|$)", " ", found)
    return re.sub(r"\b(?:och|and|samt)\b|&", ",", found)


def _rules(text: str) -> list[tuple[list[int], list[tuple[int, int]]]] | None:
    """Return (days, hours) in the order written; None when something cannot be read."""
    rules: list[tuple[list[int], list[tuple[int, int]]]] = []
    days: list[int] = []
    hours: list[tuple[int, int]] | None = None
    for token in _tokens(text):
        if token is None:
            return None
        kind, value = token
        if kind in ("days", "end") and hours is not None:
            rules.append((days, hours))
            days, hours = [], None
        if kind == "days":
            days = [*days, *value]
        elif kind == "hours":
            # Hours without days are every day's; "PH off" does not concern an ordinary week.
            days = days or list(range(7))
            hours = [*(hours or []), *value]
    if hours is not None:
        rules.append((days, hours))
    elif days:
        return None
    ordinary = [([day for day in part if day != _NO_DAY], spans) for part, spans in rules]
    return [rule for rule in ordinary if rule[0]]


_NO_DAY = -1


def _tokens(text: str) -> list[tuple[str, Any] | None]:
    found: list[tuple[str, Any] | None] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            return [None]
        at = match.end()
        if match["always"]:
            found.append(("hours", [(0, 24 * 60)]))
        elif match["from"]:
            span = _span(match["from"], match["to"])
            found.append(None if span is None else ("hours", [span]))
        elif match["end"]:
            found.append(("end", None))
        elif match["word"]:
            found.append(_word(match["word"], match["last"]))
    return found


def _word(first: str, last: str | None) -> tuple[str, Any] | None:
    if last is None and first in _CLOSED:
        return ("hours", [])
    if last is None and first in _HOLIDAYS:
        return ("days", [_NO_DAY])
    if last is None and first in _SPANS:
        return ("days", list(_SPANS[first]))
    if first not in _DAYS or (last is not None and last not in _DAYS):
        return None
    start = _DAYS[first]
    length = 0 if last is None else (_DAYS[last] - start) % 7
    return ("days", [(start + step) % 7 for step in range(length + 1)])


def _span(start: str, end: str) -> tuple[int, int] | None:
    begins, ends = _minute(start), _minute(end)
    if begins is None or ends is None:
        return None
    return begins, ends if ends > begins else ends + 24 * 60


def _minute(text: str) -> int | None:
    hour, _, minute = re.sub(r"\.", ":", text).partition(":")
    found = int(hour) * 60 + int(minute or 0)
    return found if int(minute or 0) < 60 and found <= 24 * 60 else None
