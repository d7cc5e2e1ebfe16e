"""What happens at a place: its kind, hours, languages, who may come and how fresh the record is."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache
from typing import Any

from geo.resources import DATA


@dataclass(frozen=True)
class Named:
    """Something with an id and a name in two languages: a theme, a kind or an audience."""

    id: str
    sv: str
    en: str
    theme: str = ""
    """Of a kind of activity: the theme it is listed under."""
    names: tuple[str, ...] = ()
    """Other ways a file may write it."""
    places: tuple[str, ...] = ()
    """Of a kind of activity: kinds of place whose opening hours are such an activity's hours."""

    def name(self, language: str) -> str:
        """Return the name, as in ``Språkcafé``."""
        return self.sv if language == "sv" else self.en


@dataclass(frozen=True)
class Times:
    """Recurring hours by the wall clock of Stockholm.

    ``rrule``: an iCalendar rule of days, as in ``FREQ=WEEKLY;INTERVAL=2;BYDAY=TU``; every second
    week is counted from the week of ``first``, and nothing happens before ``first``. ``end`` at or
    before ``start`` is on the next day (midnight is ``00:00``). ``season``: first and last day of
    the year as ``MM-DD``, also across New Year; None: all year. ``holidays``: goes on on public
    holidays (see ``geo.area.activities.occurrences``). ``except_days``: days it does not take
    place.
    """

    rrule: str
    first: date
    start: time
    end: time
    season: tuple[str, str] | None = None
    holidays: bool = False
    except_days: tuple[date, ...] = ()


@dataclass(frozen=True)
class Activity:
    """Something one can come to at a place; what is not known is None, "" or ().

    ``place``: a place's id. ``times``: None where the hours are unknown. ``languages``: BCP 47.
    ``audience``: codes of ``audiences()``. ``seats``: people at a time; of mentors, matches per
    year. ``confirmed``: the day somebody last made sure. ``visiting``: by another organisation than
    the place's own, at its desk or in its rooms. ``told``: columns with a link or a text in another
    language (see ``geo.area.activities.links``), and the text.
    """

    id: str
    place: str
    kind: str
    name: str = ""
    times: tuple[Times, ...] | None = None
    organisers: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    audience: tuple[str, ...] = ()
    cost: str = ""
    drop_in: bool | None = None
    seats: int | None = None
    contact: str = ""
    source: str = ""
    confirmed: date | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    visiting: bool = False
    demonstration: bool = False
    told: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Occurrence:
    """Once that an activity takes place; ``start`` and ``end`` are aware, in Europe/Stockholm."""

    activity: Activity
    start: datetime
    end: datetime


@dataclass(frozen=True)
class Span:
    """An answer as a range: the least and the most it can be.

    One end counts only what is fresh and known, the other all there is, uncertain and unknown too.
    """

    low: float
    high: float


def is_counted(activity: Activity, today: date) -> bool:
    """Return whether an activity's record still holds: its last valid day has not passed."""
    return activity.valid_to is None or today <= activity.valid_to


def is_fresh(activity: Activity, today: date) -> bool:
    """Return whether somebody made sure of an activity within a year of a day, and it still holds.

    It concerns the record as a whole; whether the hours are known, ``activity.times`` shows.

    >>> cafe = Activity("a", "p", "language_cafe", confirmed=date(2025, 3, 1))
    >>> is_fresh(cafe, date(2026, 3, 1)), is_fresh(cafe, date(2026, 3, 2))
    (True, False)
    """
    if activity.confirmed is None or not is_counted(activity, today):
        return False
    return activity.confirmed >= a_year_before(today)


def a_year_before(day: date) -> date:
    """Return the same day a year earlier; of a leap day the 28th."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)


def counted(activities: Iterable[Activity], today: date) -> tuple[Activity, ...]:
    """Return the activities whose record still holds, fresh or not."""
    return tuple(activity for activity in activities if is_counted(activity, today))


@cache
def themes() -> dict[str, Named]:
    """Return the themes by id, in the order they are shown."""
    return _named("theme")


@cache
def activity_kinds() -> dict[str, Named]:
    """Return the kinds of activity by id, in the order they are shown."""
    return _named("kind")


@cache
def audiences() -> dict[str, Named]:
    """Return who may come, by code."""
    return _named("audience")


@cache
def kind_of_place(kind: str) -> str:
    """Return the kind of activity that a kind of place is, "" where it is none.

    >>> kind_of_place("language_cafe"), kind_of_place("school")
    ('language_cafe', '')
    """
    return next((key for key, row in activity_kinds().items() if kind in row.places), "")


def _named(part: str) -> dict[str, Named]:
    with (DATA / "activities.toml").open("rb") as file:
        rows: dict[str, dict[str, Any]] = tomllib.load(file)[part]
    return {key: Named(id=key, **_tuples(row)) for key, row in rows.items()}


def _tuples(row: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(cell) if isinstance(cell, list) else cell for key, cell in row.items()}
