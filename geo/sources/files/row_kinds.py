"""Which rows of a table are no places (totals, headings), which are parts of one (platforms of a
station, departments), and which places are closed. A row is never dropped in silence.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import pandas as pd

from geo import presets
from geo.area.provenance import LeftOut
from geo.area.record_fields import day
from geo.cells import is_empty, plain, to_number, written
from geo.resources import DATA

CLOSED, PAUSED, PLANNED, ENDED = "closed", "paused", "planned", "ended"
"""Why a place does not count: keys under ``closed_because.``."""

_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_DAY = re.compile(r"(?<!\d)(?:19|20)\d\d-\d\d-\d\d(?!\d)")
_FULL = 3
"""A table whose rows usually fill so many cells can have headings among its rows."""


@dataclass(frozen=True)
class _Words:
    totals: re.Pattern[str]
    headings: re.Pattern[str]
    status: Mapping[str, re.Pattern[str]]
    closed_columns: frozenset[str]
    yes: frozenset[str]
    departments: frozenset[str]
    added: tuple[str, ...]
    persons: frozenset[str]
    person_starts: tuple[str, ...]
    association_persons: frozenset[str]


@dataclass(frozen=True)
class Closed:
    """That a place of a row does not count: why (``CLOSED`` …), and the words or the day that say
    so.
    """

    reason: str
    found: str


@cache
def listed() -> dict[str, Any]:
    """Return ``data/places/words.toml`` as it stands."""
    with (DATA / "places" / "words.toml").open("rb") as stream:
        return tomllib.load(stream)


@cache
def words() -> _Words:
    """Return the words that tell what a row is."""
    raw = listed()
    status = raw["status"]
    sorts = ("closed", "paused", "planned", "ending", "open")
    persons = raw["persons"]
    return _Words(
        totals=_starting(raw["totals"]),
        headings=re.compile(
            rf".*(?:{'|'.join(map(re.escape, raw['headings']))})(?:s|en|et)?", re.IGNORECASE
        ),
        status={name: _starting(status[name]) for name in sorts},
        closed_columns=frozenset(map(plain, status["closed_columns"])),
        yes=frozenset(status["yes"]),
        departments=frozenset(map(plain, raw["departments"]["columns"])),
        added=tuple(raw["departments"]["added"]),
        persons=frozenset(map(plain, persons["columns"])),
        person_starts=tuple(map(plain, persons["starts"])),
        association_persons=frozenset(map(plain, persons["associations"])),
    )


def _starting(found: Sequence[str]) -> re.Pattern[str]:
    longest = sorted(set(found), key=len, reverse=True)
    return re.compile(rf"(?:{'|'.join(map(re.escape, longest))})(?![^\W\d_])", re.IGNORECASE)


def is_person(column: str, kind: str = "") -> bool:
    """Return whether a column names, or reaches, a private person.

    >>> is_person("Kontaktperson 2"), is_person("Kontakt"), is_person("Kontakt", "association")
    (True, False, True)
    """
    name = plain(re.sub(r"\d+$", "", column.strip()))
    known = words()
    if name in known.persons or name.startswith(known.person_starts):
        return True
    return kind == "association" and name in known.association_persons


def says_status(cell: Any) -> bool:
    """Return whether a cell reads as the status of a place."""
    found = written(cell).replace("\u00a0", " ")
    return any(pattern.match(found) for pattern in words().status.values())


def no_places(frame: pd.DataFrame, columns: Mapping[str, str], points: pd.Series) -> list[LeftOut]:
    """Return the rows of a table that are no places: sums of the others, and headings.

    A sum begins with a word for one and says nowhere where it is; a row of the word and figures
    alone is one whatever column they stand in. A heading stands alone in its row, over rows that
    are full, and is written as one: named as a district is, or in capitals under an empty row. A
    place of which only the name is known is none.
    """
    cells = frame.to_numpy(dtype=object)
    filled = [[at for at, cell in enumerate(row) if not is_empty(cell)] for row in cells]
    counts = sorted(map(len, filled))
    usual = counts[len(counts) // 2] if counts else 0
    names = [str(column) for column in frame.columns]
    placed = points.notna().to_numpy(bool)
    addresses = [at for at, each in enumerate(names)
                 if each in (columns.get("address"), columns.get("postcode"))]  # fmt: skip
    found = []
    for at, row in enumerate(frame.index):
        told = filled[at]
        if not told:
            continue
        number = int(row)
        if _sums_up(cells[at], told, addresses, bool(placed[at])):
            found.append(LeftOut(number, "total_row", {"found": _line(cells[at], told)}))
        elif usual >= _FULL and len(told) == 1 and at + 1 < len(filled):
            below = len(filled[at + 1]) >= _FULL
            apart = at == 0 or int(frame.index[at - 1]) < number - 1
            text = written(cells[at][told[0]])
            if below and _is_heading(text, apart=apart):
                found.append(LeftOut(number, "heading_row", {"found": text[:60]}))
    return found


def _sums_up(
    cells: Sequence[Any], filled: Sequence[int], addresses: Sequence[int], placed: bool
) -> bool:
    at = next((at for at in filled if to_number(cells[at]) is None), None)
    first = "" if at is None else written(cells[at])
    match = words().totals.match(first)
    if match is None:
        return False
    texts = [at for at in filled if to_number(cells[at]) is None]
    alone = match.end() >= len(first.rstrip(" :.")) and len(texts) == 1
    told_where = placed or any(at in filled and at != texts[0] for at in addresses)
    return alone if told_where else len(texts) == 1 or (match.end() >= len(first.rstrip(" :.")))


def _is_heading(text: str, *, apart: bool) -> bool:
    if to_number(text) is not None or len(text) > 60:
        return False
    styled = text.endswith(":") or (text.isupper() and len(text) > 3)
    named = words().headings.fullmatch(text) is not None
    return named or (apart and styled) or text.endswith(":")


def _line(cells: Sequence[Any], filled: Sequence[int]) -> str:
    return " · ".join(written(cells[at]) for at in filled)[:60]


def closed_rows(
    frame: pd.DataFrame, columns: Mapping[str, str], kind: str, today: date
) -> tuple[dict[int, Closed], dict[int, date]]:
    """Return the rows whose place does not count, by their number, and the day on which others will
    close.

    A column of status says so, a column such as ``Nedlagd`` with a yes or a day that has passed, a
    last day that has passed, a first day that has not come (but of a kind that is asked about by
    day), or a name that ends with ``(nedlagd)``.
    """
    closed: dict[int, Closed] = {}
    ending: dict[int, date] = {}
    known, by_day = words(), presets.kind(kind).asked_by_day
    marks = [str(name) for name in frame.columns if plain(str(name)) in known.closed_columns]
    used = {name: columns.get(name, "") for name in ("status", "name", "valid_from", "valid_to")}
    told = {
        name: [written(cell) for cell in frame[column]] if column in frame else [""] * len(frame)
        for name, column in {**used, **{f"mark {mark}": mark for mark in marks}}.items()
    }
    for at, row in enumerate(frame.index):
        found = _by_status(told["status"][at], today) or _by_name(told["name"][at])
        last = _last_day(told["valid_to"][at])
        for mark in marks:
            cell = told[f"mark {mark}"][at]
            if cell.casefold() in known.yes:
                found = found or Closed(CLOSED, f"{mark}: {cell}"[:60])
            last = last or _last_day(cell)
        if isinstance(found, date):
            last, found = last or found, None
        if found is None and last is not None and last < today:
            found = Closed(ENDED, last.isoformat())
        first = day(told["valid_from"][at])
        if found is None and first is not None and first > today and not by_day:
            found = Closed(PLANNED, first.isoformat())
        if found is not None:
            closed[int(row)] = found
        elif last is not None:
            ending[int(row)] = last
    return closed, ending


def _by_status(told: str, today: date) -> Closed | date | None:
    """Return what a cell of status says; a day on which a place will close is a day."""
    if not told:
        return None
    told = told.replace("\u00a0", " ")
    says = words().status
    if says["paused"].match(told):
        return Closed(PAUSED, told[:60])
    if says["ending"].match(told) or says["closed"].match(told):
        last = _last_day(told)
        if last is not None and last >= today:
            return last
        return Closed(CLOSED, told[:60])
    return Closed(PLANNED, told[:60]) if says["planned"].match(told) else None


def _by_name(name: str) -> Closed | None:
    match = re.search(r"[(\[]\s*([^()\[\]]+)[)\]]\s*$", name)
    if match is None:
        return None
    says = words().status
    for reason, sort in ((PAUSED, "paused"), (CLOSED, "closed"), (PLANNED, "planned")):
        if says[sort].match(match[1]):
            return Closed(reason, match[1][:60])
    return None


def _last_day(told: str) -> date | None:
    """Return the day that stands in a text; of a year alone its last."""
    found = day(told)
    if found is None and (match := _DAY.search(told)):
        found = day(match[0])
    if found is None and len(told) <= 60 and (year := _YEAR.search(told)):
        found = date(int(year[0]), 12, 31)
    return found


STOP_COLUMNS = ("location_type", "parent_station")
_STATION, _ENTRANCE = "1", "2"


def parts_of_stations(
    frame: pd.DataFrame, columns: Mapping[str, str]
) -> tuple[list[LeftOut], dict[int, int]]:
    """Return the rows of a timetable's stops that are parts of a station, each with the station's
    row, and how many parts each such row stands for. Where the station has no row of its own, its
    first platform stands for it.
    """
    if not set(STOP_COLUMNS) <= set(map(str, frame.columns)) or columns.get("id") not in frame:
        return [], {}
    ids = [written(cell) for cell in frame[columns["id"]]]
    parents = [written(cell) for cell in frame["parent_station"]]
    sorts = [written(cell) or "0" for cell in frame["location_type"]]
    row_of = {own: int(row) for own, row in zip(ids, frame.index, strict=True) if own}
    above = {own: parent for own, parent in zip(ids, parents, strict=True) if own and parent}
    left_out, parts, first_of = list[LeftOut](), dict[int, int](), dict[str, int]()
    for parent, sort, row in zip(parents, sorts, frame.index, strict=True):
        if not parent or sort == _STATION:
            continue
        root = parent
        for _ in range(3):  # a boarding area is part of a platform, which is part of a station
            root = above.get(root, root)
        station = row_of.get(root)
        if station is None:
            station = first_of.setdefault(root, int(row))
        parts[station] = parts.get(station, 0) + 1
        if station != int(row):
            left_out.append(LeftOut(int(row), "part_of_station", {"station": str(station)}))
    return left_out, parts
