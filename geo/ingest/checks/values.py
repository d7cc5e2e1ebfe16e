"""What a place's record reports that cannot be so, or is so no longer: places below children, hours
that end before they start, dates that have passed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache

from geo import privacy
from geo.area.model import Area
from geo.area.opening_hours import KEYS, hours_text, weekly
from geo.area.provenance import Source
from geo.area.record_fields import day
from geo.cells import is_unknown, plain, to_number, written
from geo.ingest.checks.rows import Rows
from geo.ingest.checks.thresholds import Fix, Problem
from geo.texts import Phrase

_SPAN = re.compile(
    r"(?<![\d.:-])(\d{1,2}(?:[:.]\d{2})?)(\s*(?:[-–—−]|till|to)\s*)(\d{1,2}(?:[:.]\d{2})?)(?![\d.:-])"
)


def record_problems(rows: Rows, area: Area, today: date) -> Iterator[Problem]:
    """Check what each record reports of itself, and how old the sources of the area are."""
    for row in range(rows.own):
        yield from _counts(rows, row)
        yield from _hours(rows, row)
        yield from _dates(rows, row, today)
    yield from _sources(rows, area, today)


def _counts(rows: Rows, row: int) -> Iterator[Problem]:
    places = to_number(rows.field(row, "places"))
    enrolled = to_number(rows.field(row, "enrolled"))
    if places is None or enrolled is None or places >= enrolled:
        return
    fix = Fix("set", rows.ids[row], {rows.column(row, "places"): None})
    few = privacy.is_small(enrolled, counted=True)
    shown = Phrase("checking.few", {"smallest": privacy.SMALLEST}) if few else enrolled
    values = {"places": places, "enrolled": shown}
    yield rows.problem("capacity_below_enrolled", row, values=values, fix=fix)


def _hours(rows: Rows, row: int) -> Iterator[Problem]:
    hours = hours_text(rows.fields[row])
    if not hours or is_unknown(hours):
        return
    wrong = [span for span in _SPAN.finditer(hours) if _ends_first(rows, span)]
    if not wrong:
        if weekly(hours) is None:
            yield rows.problem("hours_unreadable", row, severity="note", values={"hours": hours})
        return
    better = _SPAN.sub(lambda span: _swapped(rows, span), hours)
    right = all(not _ends_first(rows, span) for span in _SPAN.finditer(better))
    record = rows.records[row]
    column = next(own for key in KEYS for own in record if plain(own) == key and record[own])
    yield rows.problem(
        "hours_end_first",
        row,
        severity="error",
        values={"hours": hours, "span": wrong[0][0], "better": better},
        fix=Fix("set", rows.ids[row], {column: better}) if right else None,
    )


def _ends_first(rows: Rows, span: re.Match[str]) -> bool:
    """Return whether hours end before they start. Those past midnight are an evening, not a
    mistake, when they begin at noon or later and end in the night.
    """
    start, end = _minutes(span[1]), _minutes(span[3])
    if start is None or end is None or start < end:
        return False
    rule = rows.rule.records
    whole_day = start == end == 0
    return not whole_day and (
        start == end or start < rule.evening_from * 60 or end > rule.night_to * 60
    )


def _swapped(rows: Rows, span: re.Match[str]) -> str:
    start, end = _minutes(span[1]), _minutes(span[3])
    least = rows.rule.records.least_hours * 60
    if not _ends_first(rows, span) or start is None or end is None or start - end < least:
        return span[0]
    return f"{span[3]}{span[2]}{span[1]}"


def _minutes(text: str) -> int | None:
    hour, _, minute = text.replace(".", ":").partition(":")
    found = int(hour) * 60 + int(minute or 0)
    return found if int(minute or 0) < 60 and found <= 24 * 60 else None


def _dates(rows: Rows, row: int, today: date) -> Iterator[Problem]:
    told = {name: rows.field(row, name) for name in ("valid_from", "valid_to", "updated")}
    days = {name: _day(written(value)) for name, value in told.items()}
    for name, value in told.items():
        if value is not None and days[name] is None:
            values = {"found": written(value), "column": rows.column(row, name)}
            yield rows.problem("date_unreadable", row, severity="note", values=values)
    first, last, updated = days["valid_from"], days["valid_to"], days["updated"]
    if first and last and last < first:
        swap = {
            rows.column(row, "valid_from"): told["valid_to"],
            rows.column(row, "valid_to"): told["valid_from"],
        }
        values = {"first": first.isoformat(), "last": last.isoformat()}
        fix = Fix("set", rows.ids[row], swap)
        yield rows.problem("valid_reversed", row, severity="error", values=values, fix=fix)
    elif last and last < today:
        yield rows.problem(
            "past_valid_to",
            row,
            severity="error",
            values={"last": last.isoformat()},
            fix=Fix("close", rows.ids[row]),
        )
    if updated and (today - updated).days > rows.rule.records.old_days:
        yield rows.problem("record_old", row, values={"updated": updated.isoformat()})


@lru_cache(maxsize=8192)
def _day(text: str) -> date | None:
    """Return a date; a month or a year alone is its last day, so that nothing is called old that
    may not be.
    """
    if re.fullmatch(r"(?:19|20)\d\d", text):
        return date(int(text), 12, 31)
    if month := re.fullmatch(r"((?:19|20)\d\d)-(0[1-9]|1[0-2])", text):
        first = date(int(month[1]), int(month[2]), 28) + timedelta(days=4)
        return first - timedelta(days=first.day)
    return day(text)


def _sources(rows: Rows, area: Area, today: date) -> Iterator[Problem]:
    """Report each old source once, on the places that have no date of their own."""
    for source in area.sources:
        found = _day(written(source.date))
        if found is None or (today - found).days <= rows.rule.records.old_days:
            continue
        theirs = [row for row in range(rows.own) if _comes_from(rows, row, source)]
        if theirs:
            yield rows.problem(
                "source_old",
                theirs[0],
                severity="note",
                values={"source": source.title, "updated": found.isoformat(), "count": len(theirs)},
                others=tuple(theirs[1:]),
            )


def _comes_from(rows: Rows, row: int, source: Source) -> bool:
    return (
        rows.kinds[row] == source.part
        and rows.sources[row] == source.title
        and rows.field(row, "updated") is None
    )
