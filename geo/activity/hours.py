"""The times of one row of a table of activities: a rule, or weekdays and how often; from, to, first
day, season and exceptions. Whatever can not be read makes the row's time unknown, and is told.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time

from geo.activity import cells
from geo.activity.rows import Row
from geo.area.activities.derived import opening_times
from geo.area.activities.model import Times
from geo.area.activities.occurrences import ALWAYS, WEEKDAYS, in_step, read_rule
from geo.area.opening_hours import weekly

_TELLING = ("weekday", "from", "to", "hours", "rrule")


def row_times(row: Row) -> tuple[Times, ...] | None:
    """Return the times a row tells; None where it tells none, or none that can be read."""
    if not any(row.has(field) for field in _TELLING):
        return None
    told = len(row.told)
    season = _season(row)
    exceptions = _exceptions(row)
    first = row.day("first")
    goes_on = bool(row.answer("holidays"))
    bare = _bare(row, first)
    if bare is None or len(row.told) > told:
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


def _bare(row: Row, first: date | None) -> tuple[Times, ...] | None:
    """Return days and hours, before season, holidays and exceptions."""
    hours = _hours(row)
    if hours is None:
        return _opening(row, first) if _is_only_hours(row) else None
    if row.has("rrule"):
        return _by_rule(row, first, hours)
    days, repeat = cells.weekdays(row.text("weekday")), cells.often(row.cells.get("interval"))
    if not row.has("weekday"):
        row.tell("activity_no_weekday", "weekday")
    elif days is None:
        row.tell("activity_bad_weekday", "weekday")
    if repeat is None:
        row.tell("activity_bad_interval", "interval")
    elif repeat.weeks > 1 and first is None:
        row.tell("activity_no_first_day", "interval" if row.has("interval") else "first")
    if days is None or repeat is None or (repeat.weeks > 1 and first is None):
        return None
    return (Times(repeat.rule(days), first or ALWAYS, *hours),)


def _by_rule(row: Row, first: date | None, hours: tuple[time, time]) -> tuple[Times, ...] | None:
    rule = read_rule(row.text("rrule"))
    if rule is None:
        row.tell("activity_bad_rrule", "rrule")
        return None
    if first is None and not in_step(rule):
        row.tell("activity_no_first_day", "rrule")
        return None
    return (Times(rule, first or ALWAYS, *hours),)


def _opening(row: Row, first: date | None) -> tuple[Times, ...] | None:
    """Return hours written as opening hours, with the weekdays in the same cell or their own."""
    text = f"{row.text('weekday')} {row.text('hours')}".strip()
    repeat = cells.often(row.cells.get("interval"))
    found = opening_times(text) if weekly(text) else None
    if found is None:
        row.tell("activity_bad_hours", "hours")
        return None
    if repeat is None:
        row.tell("activity_bad_interval", "interval")
        return None
    if repeat == cells.Often():
        return tuple(replace(each, first=first or each.first) for each in found)
    if first is None and repeat.weeks > 1:
        row.tell("activity_no_first_day", "interval")
        return None
    return tuple(
        replace(each, rrule=repeat.rule(_weekdays(each.rrule)), first=first or each.first)
        for each in found
    )


def _hours(row: Row) -> tuple[time, time] | None:
    """Return from and to where they can be read and follow each other."""
    if _is_only_hours(row):
        return None
    found = []
    for field in ("from", "to"):
        hour = cells.clock(row.cells.get(field)) if row.has(field) else None
        if hour is None:
            row.tell("activity_bad_hour" if row.has(field) else "activity_no_hour", field)
        else:
            found.append(hour)
    if len(found) != 2:
        return None
    start, end = found
    if not cells.hours_between(start, end):
        row.tell("activity_end_before_start", "to", begins=f"{start:%H:%M}")
        return None
    return start, end


def _is_only_hours(row: Row) -> bool:
    return row.has("hours") and not row.has("from") and not row.has("to")


def _season(row: Row) -> tuple[str, str] | None:
    can_be_read, found = cells.season(row.text("season"))
    if not can_be_read:
        row.tell("activity_bad_season", "season")
    return found


def _exceptions(row: Row) -> tuple[date, ...]:
    if not row.has("except"):
        return ()
    found = cells.days(row.cells["except"])
    if found is None:
        row.tell("activity_bad_day", "except")
    return found or ()


def _weekdays(rule: str) -> tuple[int, ...]:
    return tuple(map(WEEKDAYS.index, rule.partition("BYDAY=")[2].split(",")))
