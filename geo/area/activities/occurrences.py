"""When an activity takes place: its occurrences between two moments, the hours of a week, and which
days are holidays in Sweden.

Hours are the wall clock's: an activity at 17–19 is at 17–19 on both sides of the change to summer
time. A start in the hour that the change skips is at the same distance after the last hour before
it (RFC 5545, 3.3.5); of an hour that comes twice the first counts.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from itertools import islice

import holidays as calendar
import numpy as np
from babel import Locale
from dateutil.rrule import rrule, rrulestr
from holidays.constants import DE_FACTO, PUBLIC
from numpy.typing import NDArray

from geo.area.activities.model import Activity, Occurrence, Times
from geo.clock import STOCKHOLM

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
ALWAYS = date(2000, 1, 3)
"""The first day of hours that have no first day: a Monday long ago."""
_FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
_NUMBERS = {
    "INTERVAL": (1, 520),
    "COUNT": (1, 9999),
    "BYMONTH": (1, 12),
    "BYMONTHDAY": (1, 31),
    "BYYEARDAY": (1, 366),
    "BYWEEKNO": (1, 53),
    "BYSETPOS": (1, 366),
}
"""Parts of a rule that hold numbers, and from what to what."""
_FROM_THE_END = ("BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYSETPOS")
"""Parts whose numbers may be negative: counted from the end."""
_TRIED = (date(2024, 1, 1), date(2033, 12, 31))
"""Days a rule must fall on one of: ten years, with leap years and a week 53."""


def weekly_rule(days: tuple[int, ...], every_weeks: int = 1) -> str:
    """Return the rule of weekdays (0 is Monday), every so many weeks.

    >>> weekly_rule((1, 3), 2)
    'FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH'
    """
    interval = f"INTERVAL={every_weeks};" if every_weeks > 1 else ""
    return f"FREQ=WEEKLY;{interval}BYDAY=" + ",".join(WEEKDAYS[day] for day in sorted(set(days)))


def weekday_name(day: int, language: str = "sv", width: str = "abbreviated") -> str:
    """Return what a weekday is called, 0 being Monday; ``width`` is ``wide`` or ``abbreviated``.

    >>> weekday_name(1), weekday_name(1, "en", "wide")
    ('tis', 'Tuesday')
    """
    return str(Locale("sv" if language == "sv" else "en").days["format"][width][day])


@lru_cache(maxsize=4096)
def read_rule(text: str) -> str | None:
    """Return a rule of days as ``Times`` holds it, or None where the text is none.

    Rules by the hour or minute are none: an activity's hours stand beside its days. Nor is one that
    falls on no day at all. ``UNTIL`` becomes a day of Stockholm, that day included.

    >>> read_rule("rrule:freq=weekly;byday=tu;until=20261231T233000Z")
    'FREQ=WEEKLY;BYDAY=TU;UNTIL=20270101'
    >>> read_rule("FREQ=WEEKLY;BYDAY=XX") is None
    True
    """
    cleaned = "".join(text.upper().split()).removeprefix("RRULE:").rstrip(";")
    parts = _parts(cleaned)
    if len(parts) != len(cleaned.split(";")) or not _is_rule(parts):
        return None
    try:
        if "UNTIL" in parts:
            parts["UNTIL"] = f"{_until(parts['UNTIL']):%Y%m%d}"
        rule = ";".join(f"{name}={value}" for name, value in parts.items())
        lasting = {name: parts[name] for name in parts if name not in ("UNTIL", "COUNT")}
        found = next(iter(_rule(lasting, _TRIED[0], _TRIED[1])), None)
    except (ValueError, TypeError, IndexError, KeyError, AttributeError):
        return None  # each of these is how dateutil refuses some rule
    return None if found is None else rule


def in_step(rule: str) -> bool:
    """Return whether a rule falls on the same days whatever its first day is.

    >>> in_step("FREQ=WEEKLY;BYDAY=TU"), in_step("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU")
    (True, False)
    """
    parts = _parts(rule)
    by_days = {"BYDAY", "BYMONTHDAY", "BYYEARDAY"} & set(parts) or parts["FREQ"] == "DAILY"
    return bool(by_days) and parts.get("INTERVAL", "1") == "1" and "COUNT" not in parts


def occurrences(activity: Activity, start: datetime, end: datetime) -> tuple[Occurrence, ...]:
    """Return when an activity takes place between two moments, earliest first.

    Parameters
    ----------
    start, end : aware, or Stockholm's wall clock where they are not. What is going on at ``start``
        counts, what begins at ``end`` does not.

    Returns
    -------
    () when nothing happens, and when the hours are unknown: see ``activity.times``.
    """
    since, until = _moment(start), _moment(end)
    first = since.astimezone(STOCKHOLM).date() - DAY
    last = until.astimezone(STOCKHOLM).date()
    found = {
        clock
        for times in activity.times or ()
        for day in held_days(activity, times, first, last)
        if (clock := _clock(times, day))[0] < until and clock[1] > since
    }
    return tuple(
        Occurrence(activity, begins.astimezone(STOCKHOLM), ends.astimezone(STOCKHOLM))
        for begins, ends in sorted(found)
    )


def in_week(activity: Activity, monday: date) -> tuple[Occurrence, ...]:
    """Return when an activity takes place in the week of a day, what goes on at its start too."""
    first = monday - DAY * monday.weekday()
    return occurrences(activity, midnight(first), midnight(first + 7 * DAY))


def week_grid(activity: Activity, monday: date) -> NDArray[np.bool_]:
    """Return in which hours of a week an activity is on: (7, 24), Monday first, by the wall clock.

    An hour counts when the activity is on in any part of it. All False also where the hours are
    unknown: see ``activity.times``. Shared and read-only: copy it to write in it.
    """
    first = monday - DAY * monday.weekday()
    return _grid(activity.times or (), activity.valid_from, activity.valid_to, first)


def possible(activity: Activity) -> Activity:
    """Return an activity as if what has no known weeks were on in every week: when it may be on."""
    if not activity.undated:
        return activity
    return replace(activity, times=tuple(map(_every_week, activity.times or ())))


def is_weekly(times: Times) -> bool:
    """Return whether hours are the same in every week, but for seasons, holidays and exceptions.

    >>> [is_weekly(Times(weekly_rule((1,), weeks), ALWAYS, time(9), time(10))) for weeks in (1, 2)]
    [True, False]
    """
    parts = _parts(times.rrule)
    plain = set(parts) <= {"FREQ", "BYDAY", "WKST", "INTERVAL", "UNTIL"}
    weekly = parts["FREQ"] in ("WEEKLY", "DAILY") and parts.get("INTERVAL", "1") == "1"
    return plain and weekly and not times.weeks_unknown


def rule_weekdays(times: Times) -> tuple[int, ...]:
    """Return the weekdays that a rule names, Monday being 0; () where it names none."""
    names = _parts(times.rrule).get("BYDAY", "")
    return tuple(WEEKDAYS.index(name[-2:]) for name in names.split(",") if name[-2:] in WEEKDAYS)


def rule_interval(times: Times) -> int:
    """Return every how many weeks (or other rounds) a rule comes."""
    return int(_parts(times.rrule).get("INTERVAL", "1"))


def _every_week(times: Times) -> Times:
    """Return hours without known weeks as those of every week."""
    if not times.weeks_unknown:
        return times
    return replace(times, rrule=weekly_rule(rule_weekdays(times)), weeks_unknown=False)


@lru_cache(maxsize=16_384)
def _grid(
    times: tuple[Times, ...], since: date | None, until: date | None, first: date
) -> NDArray[np.bool_]:
    """Return the grid of a week for all activities of the same hours: nobody may write in it."""
    activity = Activity("", "", "", times=times, valid_from=since, valid_to=until)
    grid = np.zeros((7, 24), dtype=bool)
    for each in in_week(activity, first):
        moment = each.start.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        while moment < each.end.astimezone(UTC):
            clock = moment.astimezone(STOCKHOLM)
            day = (clock.date() - first).days
            if 0 <= day < len(grid):
                grid[day, clock.hour] = True
            moment += HOUR
    grid.flags.writeable = False
    return grid


def held_days(activity: Activity, times: Times, first: date, last: date) -> tuple[date, ...]:
    """Return the days, from one to another, both counted, on which one of an activity's times
    begins.
    """
    return tuple(day for day in days(times, first, last) if _holds(activity, day))


@lru_cache(maxsize=65_536)
def days(times: Times, first: date, last: date) -> tuple[date, ...]:
    """Return the days from one to another, both counted, on which recurring hours begin; none where
    nobody has said in which weeks.
    """
    if times.weeks_unknown:
        return ()
    return tuple(day for day in rule_days(times, first, last) if _takes_place(times, day))


def rule_days(times: Times, first: date, last: date) -> list[date]:
    """Return the days of a rule from one to another, before season, holidays and exceptions."""
    parts = _parts(times.rrule)
    until = parts.pop("UNTIL", "")
    ends = min(last, _until(until)) if until else last
    most = int(parts["COUNT"]) if "COUNT" in parts else None
    begins = times.first if most else _nearer(times.first, parts, first)
    found = islice(_rule(parts, begins, ends), most)
    return [day.date() for day in found if day.date() >= first]


def rule_until(times: Times, last: date) -> str:
    """Return the rule as iCalendar writes it for an event that begins on one of its days: up to the
    one on a last day, without a count.
    """
    parts = _parts(times.rrule)
    kept = [f"{name}={parts[name]}" for name in parts if name not in ("UNTIL", "COUNT")]
    until = _moment(datetime.combine(last, times.start))
    return ";".join([*kept, f"UNTIL={until:%Y%m%dT%H%M%SZ}"])


def wall_clock(times: Times, day: date) -> tuple[datetime, datetime]:
    """Return when hours that begin on a day start and end by the clock on the wall, which may show
    an hour that the change to summer time skips.
    """
    next_day = times.end <= times.start
    begins = datetime.combine(day, times.start, STOCKHOLM)
    return begins, datetime.combine(day + DAY * next_day, times.end, STOCKHOLM)


def midnight(day: date) -> datetime:
    """Return when a day begins in Stockholm."""
    return datetime.combine(day, time(), STOCKHOLM)


def in_season(season: tuple[str, str] | None, day: date) -> bool:
    """Return whether a day is in a season of the year, its first and last day counted.

    >>> [in_season(("09-01", "05-31"), date(2026, month, 7)) for month in (1, 7)]
    [True, False]
    """
    if season is None:
        return True
    first, last = season
    today = f"{day:%m-%d}"
    return first <= today <= last if first <= last else today >= first or today <= last


def _parts(rule: str) -> dict[str, str]:
    return dict(part.partition("=")[::2] for part in rule.split(";"))


def _is_rule(parts: dict[str, str]) -> bool:
    """Return whether a rule has only parts we know, each with numbers that part can have."""
    if not set(parts) <= {"FREQ", "UNTIL", "WKST", "BYDAY", *_NUMBERS}:
        return False
    if parts.get("FREQ") not in _FREQUENCIES or {"COUNT", "UNTIL"} <= set(parts):
        return False
    if parts["FREQ"] in ("DAILY", "WEEKLY") and any(map(str.isdigit, parts.get("BYDAY", ""))):
        return False  # "the second Tuesday" of a week is none
    if "BYSETPOS" in parts and not any(name[:2] == "BY" for name in set(parts) - {"BYSETPOS"}):
        return False  # the first of what?
    return all(
        re.fullmatch(r"-?[0-9]{1,4}", number)
        and least <= abs(int(number)) <= most
        and (int(number) > 0 or name in _FROM_THE_END)
        for name, (least, most) in _NUMBERS.items()
        if name in parts
        for number in parts[name].split(",")
    )


def _until(text: str) -> date:
    """Return the last day of a rule as iCalendar writes it: a day, or a moment in UTC or not."""
    if re.fullmatch(r"[0-9]{8}", text):
        return datetime.strptime(text, "%Y%m%d").date()
    moment = datetime.strptime(text.removesuffix("Z"), "%Y%m%dT%H%M%S")
    return moment.replace(tzinfo=UTC).astimezone(STOCKHOLM).date() if "Z" in text else moment.date()


def _rule(parts: dict[str, str], begins: date, last: date) -> rrule:
    """Return a rule's days up to a last one, so that a rule without any day ends too."""
    written = ";".join(f"{name}={value}" for name, value in parts.items() if name != "COUNT")
    found = rrulestr(f"{written};UNTIL={last:%Y%m%d}", dtstart=datetime.combine(begins, time()))
    if not isinstance(found, rrule):
        raise ValueError(written)
    return found


def _nearer(begins: date, parts: dict[str, str], first: date) -> date:
    """Move the start of a weekly rule by whole rounds to just before a day: the days stay the same,
    and none of the years between have to be walked through.
    """
    if parts["FREQ"] != "WEEKLY" or not set(parts) <= {"FREQ", "INTERVAL", "BYDAY", "WKST"}:
        return begins
    round_days = 7 * int(parts.get("INTERVAL", "1"))
    rounds = (first - begins).days // round_days - 1
    return begins + DAY * round_days * max(rounds, 0)


def _takes_place(times: Times, day: date) -> bool:
    open_then = times.holidays or not is_holiday(day)
    return open_then and day not in times.except_days and in_season(times.season, day)


def _holds(activity: Activity, day: date) -> bool:
    since, until = activity.valid_from, activity.valid_to
    return (since is None or since <= day) and (until is None or day <= until)


def _clock(times: Times, day: date) -> tuple[datetime, datetime]:
    """Return when hours that begin on a day start and end, in UTC."""
    begins, ends = wall_clock(times, day)
    start, end = _moment(begins), _moment(ends)
    planned = ends.replace(tzinfo=None) - begins.replace(tzinfo=None)
    return start, end if end > start else start + planned


def _moment(clock: datetime) -> datetime:
    """Return a moment in UTC; without a zone it is Stockholm's wall clock."""
    zoned = clock if clock.tzinfo else clock.replace(tzinfo=STOCKHOLM)
    return zoned.astimezone(UTC)


@cache
def closed_days(year: int) -> frozenset[date]:
    """Return the public holidays of a year, and the three eves on which all is closed as well.

    Ordinary Sundays are no holidays here: an activity on Sundays has them among its days. Midsummer
    Eve, Christmas Eve and New Year's Eve are no public holidays by law, but equal to them in
    practice (a Sunday by the Annual Leave Act). Other eves and days between are ordinary days;
    close them by ``except_days``.

    >>> date(2026, 6, 19) in closed_days(2026), date(2026, 4, 4) in closed_days(2026)
    (True, False)
    """
    found = calendar.country_holidays("SE", years=year, categories=(PUBLIC, DE_FACTO))
    return frozenset(day for day in found if day.year == year)


def is_holiday(day: date) -> bool:
    """Return whether a day is a public holiday, or one of the three eves."""
    return day in closed_days(day.year)


def holiday_name(day: date, language: str = "sv") -> str:
    """Return what a holiday is called, as in ``Midsommarafton``; "" on an ordinary day.

    >>> holiday_name(date(2026, 12, 24)), holiday_name(date(2026, 12, 24), "en")
    ('Julafton', 'Christmas Eve')
    """
    spoken = "sv" if language == "sv" else "en_US"
    named = calendar.country_holidays(
        "SE", years=day.year, categories=(PUBLIC, DE_FACTO), language=spoken
    )
    return str(named.get(day) or "")
