"""Who goes out: name, working hours, languages and where they start, from a table a person keeps.
What is wrong with a cell is reported with row and column, and the rest is used.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import time
from itertools import pairwise
from pathlib import Path
from typing import Any

from geo.area import languages
from geo.area.activities.derived import Places
from geo.area.model import Area
from geo.area.protected import in_the_open
from geo.cells import plain, to_number, written
from geo.errors import InputError, UnknownLanguage
from geo.sources.files.place_tables import understand
from geo.texts import Phrase

NAMES = ("namn", "name", "person", "medarbetare", "personal")
LANGUAGES = ("språk", "sprak", "languages", "language")
STARTS = ("start", "startpunkt", "startplats", "utgångspunkt", "start point", "startpoint")
LON, LAT = ("lon", "long", "longitud", "longitude"), ("lat", "latitud", "latitude")
DAYS = (
    ("mån", "måndag", "man", "mon", "monday"),
    ("tis", "tisdag", "tue", "tuesday"),
    ("ons", "onsdag", "wed", "wednesday"),
    ("tor", "tors", "torsdag", "thu", "thursday"),
    ("fre", "fredag", "fri", "friday"),
    ("lör", "lördag", "lor", "sat", "saturday"),
    ("sön", "söndag", "son", "sun", "sunday"),
)
"""What the columns of each weekday may be called, Monday first."""
COLUMNS = (NAMES[0], LANGUAGES[0], STARTS[0], *(names[0] for names in DAYS))
"""The columns of a table of staff, as we write it."""
MOST = 200
"""So many rows of a table are read."""
_HOURS = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?\s*[-–—]\s*(\d{1,2})(?:[:.](\d{2}))?")
_APART = re.compile(r"\s*(?:,|;|\boch\b|\band\b|\+)\s*")
_POINT = re.compile(r"\s*(-?\d{1,3}(?:\.\d+)?)\s*[,; ]\s*(-?\d{1,2}(?:\.\d+)?)\s*")

Stretch = tuple[time, time]


@dataclass(frozen=True)
class Worker:
    """Somebody who visits: ``hours`` a weekday, Monday first, each as stretches of the day; each
    stretch begins and ends at ``lon``, ``lat``. ``languages``: BCP 47.
    """

    name: str
    lon: float
    lat: float
    hours: tuple[tuple[Stretch, ...], ...]
    languages: tuple[str, ...] = ()
    start: str = ""


@dataclass(frozen=True)
class StaffProblem:
    """A cell of the table that cannot be used: its row as a person sees it, the column, what is
    wrong (a key under ``outreach.staff_``), and what stands there.
    """

    row: int
    column: str
    what: str
    found: str

    @property
    def phrase(self) -> Phrase:
        """Return it as a sentence to be."""
        values = {"row": self.row, "column": self.column, "found": self.found[:60]}
        return Phrase(f"outreach.staff_{self.what}", values)


@dataclass(frozen=True)
class Staff:
    """Who can be planned for, and what of the table could not be used."""

    workers: tuple[Worker, ...]
    problems: tuple[StaffProblem, ...] = ()


def read_staff(path: Path, area: Area) -> Staff:
    """Read a table of staff: a column for the name, one per weekday with hours (``9-12, 13-16``),
    languages, and ``lon`` and ``lat`` or a ``start`` that is a place of the area.

    Raises
    ------
    FileMissing, FileFormat, FileTooLarge : the file cannot be used. InputError ``no_staff`` :
    nobody in it can.
    """
    staff = staff_of(rows_of(path), area)
    if not staff.workers:
        nobody = Phrase("outreach.staff_nobody", {})
        why = staff.problems[0].phrase if staff.problems else nobody
        raise InputError("no_staff", file=Path(path).name, why=why)
    return staff


def rows_of(path: Path) -> list[tuple[int, dict[str, Any]]]:
    """Return the rows of a table with their numbers, as ``staff_of`` takes them.

    Raises
    ------
    FileMissing, FileFormat, FileTooLarge : the file cannot be used.
    """
    frame = understand(Path(path)).frame
    return [
        (int(row), {str(name): cell for name, cell in record.items()})
        for row, record in zip(frame.index, frame.to_dict("records"), strict=True)
    ]


def tidy(rows: Iterable[tuple[int, Mapping[str, Any]]]) -> list[dict[str, str]]:
    """Return rows as text under ``COLUMNS``, whatever their columns were called, to be corrected by
    a person; coordinates stand as the start. Empty rows are left out.
    """
    found = []
    for number, cells in rows:
        row = _Row(number, cells, [])
        told = [row.of(names)[1] for names in (NAMES, LANGUAGES, STARTS, *DAYS)]
        lon, lat = (row.of(names)[1] for names in (LON, LAT))
        if lon and lat and to_number(lon) is not None and to_number(lat) is not None:
            told[2] = f"{to_number(lon)}, {to_number(lat)}"
        if any(told):
            found.append(dict(zip(COLUMNS, told, strict=True)))
    return found[:MOST]


def staff_of(rows: Iterable[tuple[int, Mapping[str, Any]]], area: Area) -> Staff:
    """Return the staff of rows (number, cells by column); rows without a name are passed over."""
    problems: list[StaffProblem] = []
    places = Places(area.places)
    rows = list(rows)
    if len(rows) > MOST:
        problems.append(StaffProblem(rows[MOST][0], "", "too_many", str(MOST)))
    workers = [
        worker
        for row, cells in rows[:MOST]
        if (worker := _worker(_Row(row, cells, problems), places, area)) is not None
    ]
    return Staff(tuple(workers), tuple(problems))


def hours_of(text: str) -> tuple[Stretch, ...]:
    """Return the stretches of a day, earliest first; none for an empty text.

    >>> hours_of("9-12, 13.00–16.30")[1][1].isoformat()
    '16:30:00'

    Raises
    ------
    ValueError : no hours, an hour past 24, an end before its start, or stretches that overlap.
    """
    found = []
    for part in filter(None, _APART.split(text.strip())):
        match = _HOURS.fullmatch(part)
        if match is None:
            raise ValueError(part)
        first, second = match.group(1, 2), match.group(3, 4)
        start, end = (time(int(hour), int(minute or 0)) for hour, minute in (first, second))
        if end <= start:
            raise ValueError(part)
        found.append((start, end))
    found.sort()
    if any(after[0] < before[1] for before, after in pairwise(found)):
        raise ValueError(text)
    return tuple(found)


@dataclass(frozen=True)
class _Row:
    """A row being read: what is wrong with it goes to ``problems``."""

    number: int
    cells: Mapping[str, Any]
    problems: list[StaffProblem]

    def of(self, names: Iterable[str]) -> tuple[str, str]:
        """Return the column and the text of the first of some columns that is there."""
        wanted = [plain(name) for name in names]
        for column, cell in self.cells.items():
            if plain(column) in wanted:
                return column, written(cell)
        return next(iter(names)), ""

    def wrong(self, column: str, what: str, found: str) -> None:
        """Note what cannot be used."""
        self.problems.append(StaffProblem(self.number, column, what, found))


def _worker(row: _Row, places: Places, area: Area) -> Worker | None:
    column, name = row.of(NAMES)
    hours = tuple(_day(row, names) for names in DAYS)
    if not name:
        if any(hours):
            row.wrong(column, "no_name", "")
        return None
    start = _start(row, places, area)
    if start is None:
        return None
    if not any(hours):
        row.wrong(DAYS[0][0], "no_hours", name)
        return None
    return Worker(name, start[0], start[1], hours, _languages(row), start[2])


def _day(row: _Row, names: tuple[str, ...]) -> tuple[Stretch, ...]:
    column, text = row.of(names)
    try:
        return hours_of(text)
    except ValueError:
        row.wrong(column, "bad_hours", text)
        return ()


def _start(row: _Row, places: Places, area: Area) -> tuple[float, float, str] | None:
    """Return where somebody starts: coordinates, or a place of the area by id or name."""
    lon, lat = (to_number(row.of(names)[1]) for names in (LON, LAT))
    column, text = row.of(STARTS)
    if (lon is None or lat is None) and (match := _POINT.fullmatch(text)):
        lon, lat = float(match[1]), float(match[2])
    if lon is not None and lat is not None:
        if abs(lon) <= 180 and abs(lat) <= 90 and math.isfinite(lon + lat):
            return lon, lat, ""
        row.wrong(column, "bad_start", f"{lon}, {lat}")
        return None
    found = places.find(text)
    id_ = found.id or _same_name(text, area)
    if not id_:
        row.wrong(column, "several_starts" if found.names else "bad_start", text)
        return None
    point = area.places.geometry[area.places["id"].astype(str) == id_].iloc[0]
    return float(point.x), float(point.y), str(places.names[id_])


TOGETHER_M = 300.0
"""Places of one name no farther apart than this are one to start from."""


def _same_name(text: str, area: Area) -> str:
    """Return the first of several places of one name that stand together, or that are alone with it
    in the district written after it; "" where there is none.
    """
    name, _, district = text.partition(",")
    open_ = in_the_open(area.places)
    same = open_[open_["name"].astype(str).map(plain) == plain(name)]
    if district.strip():
        same = same[same["district"].astype(str).map(plain) == plain(district)]
    if same.empty or not plain(name):
        return ""
    points = same.geometry.to_crs(area.network.crs)
    apart = points.distance(points.iloc[0]).max()
    return str(same["id"].iloc[0]) if apart <= TOGETHER_M else ""


def _languages(row: _Row) -> tuple[str, ...]:
    column, text = row.of(LANGUAGES)
    found = []
    for part in languages.parts(text):
        try:
            found.append(languages.language(part))
        except UnknownLanguage:
            row.wrong(column, "bad_language", part)
    return tuple(dict.fromkeys(found))
