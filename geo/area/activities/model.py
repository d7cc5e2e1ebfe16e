"""What happens at a place: its kind, hours, languages, who may come and how fresh the record is;
its link and its texts in other languages, checked before use, as anybody may have written them.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from geo.area import languages
from geo.cells import is_unknown, plain, written
from geo.errors import UnknownLanguage
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
    place. ``weeks_unknown``: every second week or so, and nobody has said which: it has weekdays
    and hours, and no dates.
    """

    rrule: str
    first: date
    start: time
    end: time
    season: tuple[str, str] | None = None
    holidays: bool = False
    except_days: tuple[date, ...] = ()
    weeks_unknown: bool = False


@dataclass(frozen=True)
class Activity:
    """Something one can come to at a place; what is not known is None, "" or ().

    ``place``: a place's id. ``times``: None where the hours are unknown. ``languages``: BCP 47.
    ``audience``: codes of ``audiences()``. ``seats``: people at a time; of mentors, matches per
    year. ``confirmed``: the day somebody last made sure. ``visiting``: by another organisation than
    the place's own, at its desk or in its rooms. ``told``: columns with a link or a text in another
    language (see ``geo.area.activities.model``), and the text.
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

    @property
    def undated(self) -> tuple[Times, ...]:
        """The hours of which nobody has said in which weeks they are."""
        return tuple(each for each in self.times or () if each.weeks_unknown)


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


LONGEST_LINK = 200
"""Letters a link may have: a longer one makes a code that telephones fail to read in print."""
LONGEST_TEXT = 2000
_CONTROL = re.compile(r"[\s\x00-\x20\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u206f\\<>\"'`{}|^]")
_CODE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z]{4})?(?:[-_](?:[A-Za-z]{2}|[0-9]{3}))?")


@dataclass(frozen=True)
class Written:
    """What a record holds in one language (BCP 47): a name and a text, "" for none."""

    language: str
    name: str = ""
    text: str = ""


def told_of(record: Mapping[Any, Any]) -> tuple[tuple[str, str], ...]:
    """Return the columns of a record that hold a link or a text in a stated language, with the
    text.

    >>> told_of({"webb": "https://example.org", "name_ti": "ካፈ", "rum": "2"})
    (('webb', 'https://example.org'), ('name_ti', 'ካፈ'))
    """
    links = {plain(name) for name in _columns()["link"]}
    return tuple(
        (str(column), written(value)[:LONGEST_TEXT])
        for column, value in record.items()
        if (plain(str(column)) in links or _tagged(str(column))[1])
        and not is_unknown(value)
        and written(value).strip()
    )


def link_of(text: str) -> str:
    """Return a link that may be printed and followed, "" for anything else: http or https to a
    host, without a user's name, spaces or signs that no link has, and not too long.

    >>> link_of("https://example.org/språk?x=1"), link_of("javascript:alert(1)")
    ('https://example.org/språk?x=1', '')
    """
    link = text.strip()
    if not link or len(link) > LONGEST_LINK or _CONTROL.search(link):
        return ""
    try:
        parts = urlsplit(link)
        port = parts.port
    except ValueError:
        return ""
    host = parts.hostname or ""
    whole = parts.scheme.lower() in ("http", "https") and "." in host.strip(".") and port != 0
    return link if whole and "@" not in parts.netloc else ""


def written_of(record: Mapping[str, Any]) -> tuple[Written, ...]:
    """Return the texts a record holds in stated languages, by language code.

    A column is a word of ``name`` or ``text`` (``data/bank.toml``), then ``_`` or ``:`` and a
    language's code: ``name_ti``, ``description:ar``. Nothing is translated.

    >>> written_of({"name_ti": "ካፈ", "text:ar": "مقهى", "name": "Café", "text_1": "x"})
    (Written(language='ar', name='', text='مقهى'), Written(language='ti', name='ካፈ', text=''))
    """
    found: dict[str, dict[str, str]] = {}
    for column, value in record.items():
        part, code = _tagged(str(column))
        if code and isinstance(value, str) and value.strip():
            text = " ".join(value[:LONGEST_TEXT].split())
            found.setdefault(code, {}).setdefault(part, text)
    return tuple(Written(code, **found[code]) for code in sorted(found))


def _tagged(column: str) -> tuple[str, str]:
    """Return which field a column is and its language's code; "" where it has none."""
    before, sign, tag = _split(column)
    if not sign or not _CODE.fullmatch(tag):
        return "", ""
    for part in ("name", "text"):
        if plain(before) in map(plain, _columns()[part]):
            try:
                return part, languages.language(tag)
            except UnknownLanguage:
                return "", ""
    return "", ""


def _split(column: str) -> tuple[str, str, str]:
    """Cut a column at its first colon, else its first low line."""
    return column.strip().partition(":" if ":" in column else "_")


@cache
def _columns() -> dict[str, tuple[str, ...]]:
    with (DATA / "bank.toml").open("rb") as file:
        table: dict[str, list[str]] = tomllib.load(file)["columns"]
    return {name: tuple(columns) for name, columns in table.items()}
