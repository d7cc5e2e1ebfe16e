"""What the cells of a table of activities mean: weekdays, hours, how often, seasons and days, as
people write them in Swedish and English; and the times of one row.

Whatever cannot be read makes the row's time unknown, and is reported.
"""

from __future__ import annotations

import calendar
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any

from babel import Locale

from geo.area.activities.derived import opening_times
from geo.area.activities.model import Times
from geo.area.activities.occurrences import (
    ALWAYS,
    WEEKDAYS,
    in_step,
    read_rule,
    rule_weekdays,
    weekly_rule,
)
from geo.area.opening_hours import weekly
from geo.area.provenance import LeftOut
from geo.cells import is_unknown, plain, to_number, written
from geo.resources import DATA

MOST_OVERNIGHT = timedelta(hours=8)
"""Hours that end before they begin are over midnight when they are no longer than this, else the
two are taken to be in the wrong order. Hours until midnight may be of any length."""
MOST_EXCEPTIONS = 400
_CLOCK = re.compile(r"(?:kl\.?\s*)?(\d{1,2})(?:[:.,](\d{2}))?(?::00)?")
_ISO = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})(?:[T ].*)?")
_DAY_FIRST = re.compile(r"(\d{1,2})[/.](\d{1,2})[/. ]\s*(\d{4})")
_DASH = re.compile(r"\s*(?:–|—|−|\s-\s|\.\.|\btill\b|\bto\b)\s*")
_LEAP = 2024


@dataclass(frozen=True)
class Often:
    """How often: every so many weeks, or the even or odd weeks of the calendar."""

    weeks: int = 1
    parity: int | None = None

    def rule(self, days: tuple[int, ...]) -> str:
        """Return the rule of weekdays that come so often."""
        if self.parity is None:
            return weekly_rule(days, self.weeks)
        weeks = ",".join(str(week) for week in range(1, 54) if week % 2 == self.parity)
        names = ",".join(WEEKDAYS[day] for day in sorted(set(days)))
        return f"FREQ=YEARLY;BYWEEKNO={weeks};BYDAY={names}"


def weekdays(text: str) -> tuple[int, ...] | None:
    """Return the weekdays a text names, Monday being 0; None where it cannot be read.

    >>> weekdays("tisdagar och torsdagar"), weekdays("mån-ons"), weekdays("tisd8g")
    ((1, 3), (0, 1, 2), None)
    """
    if not re.search(r"[^\W\d_]", text):
        return None
    week = weekly(f"{text} 10-11")
    return tuple(day for day, _, _ in week) or None if week else None


def clock(cell: Any) -> time | None:
    """Return a cell as an hour of the day, 24:00 as midnight; None where it is none.

    >>> clock("17"), clock("kl 17.30"), clock("25:00"), clock("24:00")
    (datetime.time(17, 0), datetime.time(17, 30), None, datetime.time(0, 0))
    """
    if isinstance(cell, datetime):
        return cell.time().replace(second=0, microsecond=0)
    if isinstance(cell, time):
        return cell.replace(second=0, microsecond=0)
    if isinstance(cell, timedelta):
        return _of_minutes(round(cell.total_seconds() / 60))
    if isinstance(cell, float) and 0 < cell < 1:
        return _of_minutes(round(cell * 24 * 60))  # a workbook's share of a day
    match = _CLOCK.fullmatch(written(cell).casefold())
    if match is None or int(match[2] or 0) > 59:
        return None
    return _of_minutes(int(match[1]) * 60 + int(match[2] or 0))


def hours_between(start: time, end: time) -> bool:
    """Return whether hours from one to another make sense: the same evening, or not long past
    midnight.
    """
    begins = timedelta(hours=start.hour, minutes=start.minute)
    ends = timedelta(hours=end.hour, minutes=end.minute)
    if end == time():
        return True
    return ends > begins or (ends != begins and ends + timedelta(days=1) - begins <= MOST_OVERNIGHT)


def often(cell: Any) -> Often | None:
    """Return how often something comes; nothing written is every week; None: cannot be read.

    >>> often("varannan vecka"), often(3), often("jämna veckor"), often("då och då")
    (Often(weeks=2, parity=None), Often(weeks=3, parity=None), Often(weeks=1, parity=0), None)
    """
    said = plain(written(cell))
    if not said:
        return Often()
    if said.isdecimal():
        return Often(int(said)) if 1 <= int(said) <= 52 else None
    for weeks, name in enumerate(("week", "second_week", "third_week", "fourth_week"), start=1):
        if said in words(f"every_{name}"):
            return Often(weeks)
    for parity, name in enumerate(("even_weeks", "odd_weeks")):
        if said in words(name):
            return Often(1, parity)
    return None


def day(cell: Any) -> date | None:
    """Return a cell as a day, None where it is none: 2026-11-22, 22/11 2026 or 22.11.2026.

    >>> day("2026-11-22"), day("31/12 2026"), day("2026-13-01")
    (datetime.date(2026, 11, 22), datetime.date(2026, 12, 31), None)
    """
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = written(cell)
    try:
        if match := _ISO.fullmatch(text):
            return date(int(match[1]), int(match[2]), int(match[3]))
        if match := _DAY_FIRST.fullmatch(text):
            return date(int(match[3]), int(match[2]), int(match[1]))
    except ValueError:
        return None
    return None


def days(cell: Any) -> tuple[date, ...] | None:
    """Return the days a cell lists, also from one to another; None where any cannot be read.

    >>> [str(each) for each in days("2026-12-24; 2026-12-30–2027-01-01")]
    ['2026-12-24', '2026-12-30', '2026-12-31', '2027-01-01']
    """
    one = day(cell)
    if one is not None:
        return (one,)
    found: list[date] = []
    for part in filter(None, (part.strip() for part in re.split(r"[;,]", written(cell)))):
        ends = [day(end) for end in _DASH.split(part)]
        first, last = ends[0], ends[-1]
        if first is None or last is None or len(ends) > 2 or last < first:
            return None
        found += [first + timedelta(days=step) for step in range((last - first).days + 1)]
        if len(found) > MOST_EXCEPTIONS:
            return None
    return tuple(sorted(set(found)))


def season(text: str) -> tuple[bool, tuple[str, str] | None]:
    """Return whether a season can be read, and its first and last day as MM-DD; None: all year.

    >>> season("1 sept–31 maj"), season("juni - augusti"), season("ibland")
    ((True, ('09-01', '05-31')), (True, ('06-01', '08-31')), (False, None))
    """
    if not text or plain(text) in words("all_year"):
        return True, None
    ends = re.split(_DASH, text.casefold().strip())
    if len(ends) == 1:
        ends = re.split(r"(?<=[^\W\d_])\s*-\s*(?=[^\W_])", ends[0])
    if len(ends) != 2:
        return False, None
    first, last = _of_year(ends[0], first=True), _of_year(ends[1], first=False)
    return (True, (first, last)) if first and last else (False, None)


def yes_or_no(cell: Any) -> bool | None:
    """Return what a cell answers, None where it is neither yes nor no."""
    said = plain(written(cell))
    return True if said in words("yes") else False if said in words("no") else None


@cache
def words(name: str) -> frozenset[str]:
    """Return the words that mean something, as they are compared."""
    return frozenset(map(plain, _table()["words"][name]))


@cache
def columns() -> dict[str, tuple[str, ...]]:
    """Return the names a field's column may have, as they are compared."""
    return {field: tuple(map(plain, names)) for field, names in _table()["columns"].items()}


def _of_minutes(minutes: int) -> time | None:
    if not 0 <= minutes <= 24 * 60:
        return None
    return time(*divmod(minutes % (24 * 60), 60))


def _of_year(text: str, *, first: bool) -> str:
    """Return a day of the year as MM-DD, a month alone as its first or last day; "" for none."""
    text = text.strip().rstrip(".")
    if match := re.fullmatch(r"(\d{1,2})-(\d{1,2})", text):
        month, number = int(match[1]), int(match[2])
    elif match := re.fullmatch(r"(\d{1,2})/(\d{1,2})", text):
        month, number = int(match[2]), int(match[1])
    elif match := re.fullmatch(r"(?:(\d{1,2})\.?\s*)?([^\W\d_]{3,})", text):
        month = _months().get(match[2][:3], 0)
        number = int(match[1]) if match[1] else (1 if first else 0)
    else:
        return ""
    if not 1 <= month <= 12:
        return ""
    last = calendar.monthrange(_LEAP, month)[1]
    number = number or last
    return f"{month:02d}-{number:02d}" if 1 <= number <= last else ""


@cache
def _months() -> dict[str, int]:
    """Return months by the first three letters of their Swedish and English names."""
    return {
        str(name)[:3].casefold(): number
        for spoken in ("sv", "en")
        for number, name in Locale(spoken).months["format"]["wide"].items()
    }


@cache
def _table() -> dict[str, Any]:
    with (DATA / "activity_columns.toml").open("rb") as file:
        return tomllib.load(file)


NO_FIRST_DAY = "activity_no_first_day"
_TELLING = ("weekday", "from", "to", "hours", "rrule")


def row_times(row: Row) -> tuple[Times, ...] | None:
    """Return the times a row gives; None where it gives none, or none that can be read."""
    if not any(row.has(field) for field in _TELLING):
        return None
    told = _hindrances(row)
    season = _season(row)
    exceptions = _exceptions(row)
    first = row.day("first")
    goes_on = bool(row.answer("holidays"))
    bare = _bare(row, first)
    if bare is None or _hindrances(row) > told:
        return None
    return tuple(
        replace(
            each,
            season=season,
            holidays=goes_on or each.holidays,
            except_days=exceptions,
        )
        for each in bare
    )


def _hindrances(row: Row) -> int:
    """Return how much of a row could not be read so far; without a first day its weekdays and hours
    still stand.
    """
    return sum(each.reason != NO_FIRST_DAY for each in row.told)


def _bare(row: Row, first: date | None) -> tuple[Times, ...] | None:
    """Return days and hours, before season, holidays and exceptions."""
    hours = _hours(row)
    if hours is None:
        return _opening(row, first) if _is_only_hours(row) else None
    if row.has("rrule"):
        return _by_rule(row, first, hours)
    days, repeat = weekdays(row.text("weekday")), often(row.cells.get("interval"))
    if not row.has("weekday"):
        row.tell("activity_no_weekday", "weekday")
    elif days is None:
        row.tell("activity_bad_weekday", "weekday")
    if repeat is None:
        row.tell("activity_bad_interval", "interval")
    elif repeat.weeks > 1 and first is None:
        row.tell(NO_FIRST_DAY, "interval" if row.has("interval") else "first")
    if days is None or repeat is None:
        return None
    undated = repeat.weeks > 1 and first is None
    return (Times(repeat.rule(days), first or ALWAYS, *hours, weeks_unknown=undated),)


def _by_rule(row: Row, first: date | None, hours: tuple[time, time]) -> tuple[Times, ...] | None:
    rule = read_rule(row.text("rrule"))
    if rule is None:
        row.tell("activity_bad_rrule", "rrule")
        return None
    undated = first is None and not in_step(rule)
    times = Times(rule, first or ALWAYS, *hours, weeks_unknown=undated)
    if undated:
        row.tell(NO_FIRST_DAY, "rrule")
        if not rule.startswith("FREQ=WEEKLY;INTERVAL=") or not rule_weekdays(times):
            return None
    return (times,)


def _opening(row: Row, first: date | None) -> tuple[Times, ...] | None:
    """Return hours written as opening hours, with the weekdays in the same cell or their own."""
    text = f"{row.text('weekday')} {row.text('hours')}".strip()
    repeat = often(row.cells.get("interval"))
    found = opening_times(text) if weekly(text) else None
    if found is None:
        row.tell("activity_bad_hours", "hours")
        return None
    if repeat is None:
        row.tell("activity_bad_interval", "interval")
        return None
    if repeat == Often():
        return tuple(replace(each, first=first or each.first) for each in found)
    undated = first is None and repeat.weeks > 1
    if undated:
        row.tell(NO_FIRST_DAY, "interval")
    return tuple(
        replace(
            each,
            rrule=repeat.rule(rule_weekdays(each)),
            first=first or each.first,
            weeks_unknown=undated,
        )
        for each in found
    )


def _hours(row: Row) -> tuple[time, time] | None:
    """Return from and to where they can be read and follow each other."""
    if _is_only_hours(row):
        return None
    found = []
    for field in ("from", "to"):
        hour = clock(row.cells.get(field)) if row.has(field) else None
        if hour is None:
            row.tell("activity_bad_hour" if row.has(field) else "activity_no_hour", field)
        else:
            found.append(hour)
    if len(found) != 2:
        return None
    start, end = found
    if not hours_between(start, end):
        row.tell("activity_end_before_start", "to", begins=f"{start:%H:%M}")
        return None
    return start, end


def _is_only_hours(row: Row) -> bool:
    return row.has("hours") and not row.has("from") and not row.has("to")


def _season(row: Row) -> tuple[str, str] | None:
    can_be_read, found = season(row.text("season"))
    if not can_be_read:
        row.tell("activity_bad_season", "season")
    return found


def _exceptions(row: Row) -> tuple[date, ...]:
    if not row.has("except"):
        return ()
    found = days(row.cells["except"])
    if found is None:
        row.tell("activity_bad_day", "except")
    return found or ()


_SHOWN = 60


@dataclass(frozen=True)
class Row:
    """A row's number in the file, its cells by our field, the columns they stand in, and the list
    that collects what cannot be used.
    """

    number: int
    cells: Mapping[str, Any]
    columns: Mapping[str, str]
    told: list[LeftOut]

    def tell(self, reason: str, field: str, found: str | None = None, **values: Any) -> None:
        """Return what cannot be used: a key under ``left_out.``, with the cell and column."""
        shown = (self.text(field) if found is None else found)[:_SHOWN]
        column = self.columns.get(field, field)
        self.told.append(LeftOut(self.number, reason, {"found": shown, "column": column, **values}))

    def has(self, field: str) -> bool:
        """Return whether anything known stands in a field."""
        return not is_unknown(self.cells.get(field))

    def text(self, field: str) -> str:
        """Return a field as text, "" where nothing is known."""
        return " ".join(written(self.cells[field]).split()) if self.has(field) else ""

    def listed(self, field: str, signs: str) -> tuple[str, ...]:
        """Return the parts of a field, apart by any of some signs."""
        parts = re.split(f"[{re.escape(signs)}]", self.text(field))
        return tuple(part.strip() for part in parts if part.strip())

    def answer(self, field: str) -> bool | None:
        """Return a field's yes or no; None where it is empty or neither, which is reported."""
        if not self.has(field):
            return None
        found = yes_or_no(self.cells[field])
        if found is None:
            self.tell("activity_not_yes_or_no", field)
        return found

    def count(self, field: str) -> int | None:
        """Return a field's number of people; None where it is empty or no such number."""
        if not self.has(field):
            return None
        number = to_number(self.cells[field])
        if number is None or number < 0 or number != int(number):
            self.tell("not_a_number", field)
            return None
        return int(number)

    def day(self, field: str) -> date | None:
        """Return a field's day; None where it is empty or no day."""
        if not self.has(field):
            return None
        found = day(self.cells[field])
        if found is None:
            self.tell("activity_bad_day", field)
        return found
