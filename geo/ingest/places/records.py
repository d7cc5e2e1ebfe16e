"""The rows of an understood file as records of places: an id that stays the same from one import to
the next, name, address, and all else the file has.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any

import pandas as pd
import shapely

from geo import presets
from geo.area import protected as area_protected
from geo.area.opening_hours import KEYS
from geo.area.protected import ENOUGH, HOUSING, SHAPE
from geo.area.provenance import LeftOut
from geo.area.record_fields import rules
from geo.cells import detail, holds_numbers, is_unknown, plain, to_number, written
from geo.errors import InputError
from geo.ingest.geocoding.match import Wanted
from geo.ingest.geocoding.parse import folded
from geo.ingest.place_files import texts_of, with_numbers
from geo.sources.files.coordinates import FIELDS
from geo.sources.files.figures import read_count
from geo.sources.files.opening import wrong_format
from geo.sources.files.place_tables import Understood
from geo.sources.files.row_kinds import Closed, closed_rows, listed, words

OWN = ("id", "name", "address", "housenumber", "postcode", "city", "kind")
"""Fields that are a place's own columns, or part of them; all other columns go to its details."""
MOST_FIGURES, FEW_FIGURES = 0.5, 3
"""A file without coordinates and addresses is statistics where so large a share of its columns, and
at least so many, hold figures."""
ALL_BUT_SOME = 0.9
MARK = {"skyddad": "ja"}
"""What is left of the words with which a file says that a housing is protected."""
RULES_OF = {
    **{"capacity": "places", "enrolled": "enrolled", "languages": "languages"},
    **{"valid_from": "valid_from", "valid_to": "valid_to", "operator": "owner"},
}
"""Our field → where ``geo.area.record_fields`` lists the column names its readers take."""


@dataclass(frozen=True)
class PlaceRow:
    """A row of a file as a place. ``row``: its number as a person sees it; ``point`` (WGS84) is
    None where it has none; ``details``: all other columns; ``closed``: why it does not count, where
    the file says so; ``lost``: why its coordinates cannot be
    used (a key under ``left_out.``), "" where it has none to use. ``known_as``: of protected
    housing, ``digest`` of the ids that an earlier file may have given it.
    """

    row: int
    id: str
    name: str
    address: str
    wanted: Wanted
    details: Mapping[str, Any]
    point: shapely.Point | None
    lost: str = ""
    known_as: frozenset[str] = frozenset()
    closed: Closed | None = None

    @property
    def restricted(self) -> bool:
        """Whether it is housing whose address is protected: nothing of it may be kept as it is."""
        return self.wanted.kind == HOUSING and area_protected.says_restricted(dict(self.details))


def place_rows(
    understood: Understood, kind: str, *, today: date, swedish: bool = True
) -> tuple[list[PlaceRow], list[LeftOut], list[LeftOut]]:
    """Return the rows of a file as places of a kind, the rows that hold nothing to use, and what a
    person should know of single rows (keys under ``row_notes.``).

    Rows of one place that differ by department are added up. ``swedish``: whether postcodes are
    written in two parts, as in ``162 60``.

    Raises
    ------
    FileFormat ``file_refused`` : it has no rows. InputError ``no_places`` : it holds figures or
    words, but nothing on where a place is.
    """
    _check_holds_places(understood)
    frame, left_out = _of_kind(understood, kind)
    texts = {field: texts_of(frame, understood.columns.get(field)) for field in OWN}
    texts["address"] = with_numbers(frame, understood.columns)
    details, notes = _details(frame, understood)
    details = [_unmarked(record) for record in details]
    lost = {item.row: item.reason for item in understood.left_out}
    gone = [item for item in understood.left_out if item.row not in understood.frame.index]
    closed, ending = closed_rows(frame, understood.columns, kind, today)
    notes += [LeftOut(row, "closes", {"found": last.isoformat()}) for row, last in ending.items()]
    rows: list[PlaceRow] = []
    taken: dict[str, int] = {}
    for at, row in enumerate(frame.index):
        told = {field: values[at] for field, values in texts.items()}
        point = understood.points[row]
        point = None if pd.isna(point) else point
        if not told["name"] and not told["address"] and point is None:
            left_out.append(LeftOut(int(row), "nothing_usable"))
            continue
        protected = area_protected.says_restricted(details[at])
        ids = _id(kind, told, point), _id(kind, {**told, "id": ""}, point)
        rows.append(
            PlaceRow(
                row=int(row),
                id=_free_id(*ids, taken),
                name=told["name"],
                address=_whole_address(told, swedish),
                wanted=_wanted(told, kind, protected),
                details=details[at],
                point=point,
                lost="" if point is not None else lost.get(int(row), ""),
                known_as=frozenset(map(digest, ids if protected else ())),
                closed=closed.get(int(row)),
            )
        )
    rows, added = added_up(rows, understood, kind)
    notes = sorted([*notes, *added], key=lambda item: item.row)
    return rows, sorted([*gone, *left_out], key=lambda item: item.row), notes


def added_up(
    rows: list[PlaceRow], understood: Understood, kind: str
) -> tuple[list[PlaceRow], list[LeftOut]]:
    """Return the rows with those of one place that differ by department as one place, its figures
    added where all are known; and of each such row that it was added to which.

    Places are the same where name and address, or name and point, are.
    """
    known = words()
    column = next((str(name) for name in understood.frame if plain(str(name)) in known.departments
                   and str(name) not in understood.columns.values()), "")  # fmt: skip
    if not column or kind == HOUSING:
        return rows, []
    groups: dict[tuple[str, ...], list[PlaceRow]] = {}
    for row in rows:
        spot = f"{row.point.x:.5f} {row.point.y:.5f}" if row.point is not None else ""
        where = folded(row.address) or spot
        own = (folded(row.name), where) if row.name and where else ("", str(row.row))
        groups.setdefault(own, []).append(row)
    figures = [
        _key(understood.columns[field], field) for field in known.added
        if field in understood.columns
    ]  # fmt: skip
    merged, notes = [], []
    for members in groups.values():
        named = [written(each.details.get(column)) for each in members]
        if len(members) == 1 or not all(named) or len(set(named)) < len(named):
            merged += members
            continue
        details = {**members[0].details, column: ", ".join(named)}
        for key in figures:
            values = [to_number(each.details.get(key)) for each in members]
            told = [value for value in values if value is not None]
            details.pop(key, None)
            if told and len(told) == len(values):
                details[key] = _whole(sum(told))
            elif told:
                details[key] = f"{listed()['figures']['least']} {_whole(sum(told))}"
        open_ones = [each for each in members if each.closed is None]
        first = replace(
            members[0], details=details, closed=None if open_ones else members[0].closed
        )
        merged.append(first)
        notes += [
            LeftOut(each.row, "added_up", {"row": str(first.row), "found": name[:60]})
            for each, name in zip(members[1:], named[1:], strict=True)
        ]
    return sorted(merged, key=lambda each: each.row), notes


def _whole(value: float) -> int | float:
    return int(value) if value.is_integer() else value


def without_protected(understood: Understood, kind: str) -> Understood:
    """Return a file's content without the cells and points of protected housing."""
    records = _details(understood.frame, understood)[0] if kind == HOUSING else []
    says = [area_protected.says_restricted(_unmarked(record)) for record in records]
    hidden = [row for row, is_so in zip(understood.frame.index, says, strict=False) if is_so]
    if not hidden:
        return understood
    frame, points = understood.frame.copy(), understood.points.copy()
    frame.loc[hidden] = None
    points.loc[hidden] = None
    told = tuple(item for item in understood.left_out if item.row not in hidden)
    return replace(understood, frame=frame, points=points, left_out=told)


def _check_holds_places(understood: Understood) -> None:
    """Refuse a file without a hint of where anything is."""
    columns, sure = understood.columns, understood.sure
    if len(understood.frame) == 0:
        raise wrong_format(understood.file, understood.format, "no_rows")
    if understood.points.notna().any() or {"address", "postcode"} & set(columns):
        return
    filled = [name for name in understood.frame if understood.frame[name].notna().any()]
    figures = [name for name in filled if _is_figures(understood.frame[name])]
    many = len(figures) >= max(FEW_FIGURES, MOST_FIGURES * len(filled))
    if "name" not in columns or (many and sure.get("name") != "stated"):
        raise InputError(
            "no_places",
            file=understood.file,
            rows=len(understood.frame),
            columns=", ".join(map(str, filled[:8])) + (" …" if len(filled) > 8 else ""),
        )


def _is_figures(column: pd.Series) -> bool:
    """Return whether a column holds numbers, or words for unknown numbers; a few may write it in
    their own way ("~100").
    """
    cells = [cell for cell in column if written(cell)]
    figures = sum(to_number(cell) is not None or is_unknown(cell) for cell in cells)
    return bool(cells) and figures >= ALL_BUT_SOME * len(cells)


def _of_kind(understood: Understood, kind: str) -> tuple[pd.DataFrame, list[LeftOut]]:
    """Keep the rows of one kind where the file itself has kinds: by our ids, else by their names;
    then a row of unknown kind stays.
    """
    frame = understood.frame
    column = understood.columns.get("kind", "kind")
    if column not in frame:
        return frame, []
    told = [written(cell) for cell in frame[column]]
    kinds = [kind_named(cell) for cell in told]
    if kind in told:
        other = pd.Series([cell != kind for cell in told], index=frame.index)
    elif kind in kinds:
        other = pd.Series([found not in (kind, "") for found in kinds], index=frame.index)
    else:
        return frame, []
    left_out = [
        LeftOut(int(row), "other_kind", {"found": written(found)[:60] or "–"})
        for row, found in frame.loc[other, column].items()
    ]
    return frame[~other], left_out


@lru_cache(maxsize=10_000)
def kind_named(cell: str) -> str:
    """Return the kind of place a word names, "" where it names none of ours."""
    for known in presets.kinds().values():
        named = (known.sv, known.en, known.plural_sv, known.plural_en, *known.names)
        if plain(cell) in {plain(name) for name in named}:
            return known.id
    return ""


def _id(kind: str, told: Mapping[str, str], point: shapely.Point | None) -> str:
    """Return an id that the same place has in the next file: the file's own, else one made of what
    it is called and where it is written to be.
    """
    if told["id"]:
        return f"{kind}-{told['id']}"
    says = [folded(told[field]) for field in ("name", "address", "postcode")]
    if not any(says) and point is not None:
        says = [f"{point.x:.6f}", f"{point.y:.6f}"]
    return f"{kind}-{hashlib.sha256('|'.join(says).encode()).hexdigest()[:12]}"


def digest(own_id: str) -> str:
    """Return an id so that it can be known again, and not be read."""
    return hashlib.sha256(own_id.encode()).hexdigest()


def _free_id(own: str, made: str, taken: dict[str, int]) -> str:
    """Return a row's own id, or where an earlier row has it the one made of what it is called, with
    a number if that is taken too. ``taken``: ids in use → the last number tried after each, so
    that a file of equal rows is not counted through again at every row.
    """
    free = own if own not in taken else made
    while free in taken:
        taken[made] += 1
        free = f"{made}-{taken[made]}"
    taken[free] = 1
    return free


def _whole_address(told: Mapping[str, str], swedish: bool) -> str:
    """Return the address with postcode and town, where those stand in columns of their own; a
    Swedish postcode in two parts, any other as it is written.
    """
    address, code = told["address"], "".join(told["postcode"].split())
    if not address:
        return ""
    ours = swedish and re.fullmatch(r"(?:SE?-?)?[1-9]\d{4}", code) is not None
    code = code[-5:] if ours else code
    shown = f"{code[:3]} {code[3:]}" if ours else told["postcode"]
    town = " ".join(filter(None, (shown, told["city"])))
    known = folded(address)
    if not town or folded(told["city"] or town) in known or (code and code in known):
        return address
    return f"{address}, {town}"


def _wanted(told: Mapping[str, str], kind: str, protected: bool) -> Wanted:
    return Wanted(
        **{field: told[field] for field in ("name", "address", "postcode", "city")},
        kind=kind,
        protected=protected or kind == HOUSING,
    )


def _details(
    frame: pd.DataFrame, understood: Understood
) -> tuple[list[dict[str, Any]], list[LeftOut]]:
    """Return a record a row of all columns that are not a place's own, without what is empty, and
    which figures stood with a mark, as a range or about.
    """
    field_of = {column: field for field, column in understood.columns.items()}
    names = {
        str(column): _key(str(column), field_of.get(str(column), ""))
        for column in frame.columns
        if field_of.get(str(column)) not in (*OWN, *FIELDS, "position")
    }
    if "kind" in understood.columns:
        names[understood.columns["kind"]] = understood.columns["kind"]
    cells = {column: list(frame[column]) for column in names}
    numeric = {column: holds_numbers(values) for column, values in cells.items()}
    details = [
        {
            names[column]: value
            for column in names
            if (value := detail(cells[column][at], numeric[column])) is not None
        }
        for at in range(len(frame))
    ]
    notes = []
    for field in words().added:
        column = understood.columns.get(field, "")
        if column in names and not numeric[column]:
            notes += _read_figures(frame, column, names[column], details)
    return details, notes


def _read_figures(
    frame: pd.DataFrame, column: str, key: str, details: list[dict[str, Any]]
) -> list[LeftOut]:
    """Put the figures of a column into the records: without their mark, which is kept beside them;
    a range or an approximate figure stays as written, and is unknown.
    """
    notes = []
    for at, (row, cell) in enumerate(frame[column].items()):
        figure = read_count(cell) if isinstance(cell, str) else None
        if figure is None or key not in details[at]:
            continue
        if figure.value is not None and figure.mark:
            details[at][key] = _whole(figure.value)
            details[at][f"{key}{listed()['figures']['noted']}"] = written(cell)
            values = {"found": written(cell), "value": figure.value, "column": column}
            notes.append(LeftOut(int(row), "marked_figure", values))
        elif figure.value is None:
            notes.append(
                LeftOut(int(row), "vague_figure", {"found": written(cell), "column": column})
            )
    return notes


def _unmarked(record: dict[str, Any]) -> dict[str, Any]:
    """Return a record without our marks of what has been made coarse: a file cannot vouch for that,
    so what carries them is taken for protected.
    """
    if not {SHAPE, ENOUGH} & set(record):
        return record
    return {**{key: record[key] for key in record if key not in (SHAPE, ENOUGH)}, **MARK}


def _key(column: str, field: str) -> str:
    """Return what a column is called in a place's details: as in the file where the readers of
    hours, places and languages know that name, else our field's name.
    """
    if field == "opening_hours":
        return column if plain(column) in KEYS else field
    if field in RULES_OF:
        return column if plain(column) in rules().columns[RULES_OF[field]] else field
    return column
