"""Reading activities from a table, one row per activity and one of its times. What is wrong with a
cell is reported with its row and column, and the rest of the row is used.
"""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from geo.area import languages
from geo.area.activities.derived import Places
from geo.area.activities.model import (
    Activity,
    Named,
    Times,
    activity_kinds,
    audiences,
    kind_of_place,
    told_of,
)
from geo.area.provenance import LeftOut
from geo.cells import plain
from geo.errors import InputError, UnknownLanguage
from geo.sources.activities import cells as activities_cells
from geo.sources.activities.cells import Row, row_times
from geo.sources.files import hsds
from geo.sources.files.opening import opened
from geo.sources.files.place_tables import find_columns
from geo.sources.files.sheets import SHEET_ENDINGS, Choices, read_grid

_OTHER = "other"


@dataclass(frozen=True)
class ActivitiesRead:
    """The activities of a file, and what of it could not be used (keys under ``left_out.``).

    ``columns``: our field → the file's column. ``rows``: rows with anything in them.
    """

    activities: tuple[Activity, ...]
    left_out: tuple[LeftOut, ...]
    columns: dict[str, str] = field(default_factory=dict)
    rows: int = 0


def read_activities(
    path: Path | str, places: gpd.GeoDataFrame, *, columns: Mapping[str, str] | None = None
) -> ActivitiesRead:
    """Read activities from CSV, Excel or OpenDocument.

    A row without a place that is found is left out. A time, language, audience or number that
    cannot be read is unknown, and reported. Rows alike in all but their times are one activity; so
    are rows with the same id at the same place.

    Parameters
    ----------
    places : ``Area.places``; a place is found by its id, else by its name.
    columns : our field → column, where its name is not one of ours.

    Raises
    ------
    FileMissing, FileFormat, FileTooLarge : the file cannot be read.
    InputError ``column_missing`` : no column names the place, or a stated one is not there.
    """
    with opened(Path(path), (*SHEET_ENDINGS, ".hsds")) as file:
        if file.ending == ".hsds":
            frame = hsds.activities_of(hsds.read_tables(file))
            return activities_in(frame, places, file.name, columns=columns)
        grid = read_grid(file, Choices())
        found = activities_in(grid.frame, places, file.name, columns=columns)
    left_out = sorted([*grid.left_out, *found.left_out], key=lambda item: item.row)
    return replace(found, left_out=tuple(left_out))


def activities_in(
    frame: pd.DataFrame,
    places: gpd.GeoDataFrame,
    file: str,
    *,
    columns: Mapping[str, str] | None = None,
) -> ActivitiesRead:
    """Read activities from a table whose index is the row in the file: see ``read_activities``."""
    there = [str(column) for column in frame.columns]
    used = {**_guessed(there), **find_columns(columns or {}, there, file)}
    if "place" not in used:
        raise InputError(
            "column_missing",
            file=file,
            wanted="place",
            columns=", ".join(there),
            example=f"place={there[0]}",
        )
    names, left_out = Places(places), list[LeftOut]()
    read = []
    for number, record in zip(frame.index, frame.to_dict("records"), strict=True):
        row = Row(int(number), {key: record[name] for key, name in used.items()}, used, left_out)
        found = _activity(row, names)
        if found is not None:
            more = {key: cell for key, cell in record.items() if key not in used.values()}
            found = replace(found, told=told_of(more))
            read.append((row, found, row_times(row)))
    activities = _joined(read)
    return ActivitiesRead(activities, tuple(left_out), used, len(frame))


def _guessed(there: list[str]) -> dict[str, str]:
    """Return our field → the column that has its most certain name; a column is one field's."""
    by_plain: dict[str, str] = {}
    for column in there:
        by_plain.setdefault(plain(column), column)
    found: dict[str, str] = {}
    for at in range(max(map(len, activities_cells.columns().values()))):
        for name, names in activities_cells.columns().items():
            column = by_plain.get(names[at], "") if at < len(names) else ""
            if column and name not in found and column not in found.values():
                found[name] = column
    return found


def _activity(row: Row, places: Places) -> Activity | None:
    """Return a row as an activity without times; None where its place is not found."""
    place = _place(row, places)
    if place is None:
        return None
    return Activity(
        id=row.text("id"),
        place=place,
        kind=_kind(row, places.kinds[place]),
        name=row.text("name"),
        organisers=tuple(part.strip() for part in row.listed("organisers", ";,/")),
        languages=_languages(row),
        audience=_audience(row),
        cost=row.text("cost"),
        drop_in=row.answer("drop_in"),
        seats=row.count("seats"),
        contact=row.text("contact"),
        source=row.text("source"),
        confirmed=row.day("confirmed"),
        valid_from=row.day("valid_from"),
        valid_to=row.day("valid_to"),
        visiting=bool(row.answer("visiting")),
    )


def _place(row: Row, places: Places) -> str | None:
    said = row.text("place")
    if not said:
        row.tell("activity_no_place", "place")
        return None
    found = places.find(said)
    if found.id:
        return found.id
    if found.names:
        row.tell("activity_ambiguous_place", "place", names="; ".join(found.names[:3]))
    else:
        row.tell("activity_unknown_place", "place")
    return None


def _kind(row: Row, kind_of_its_place: str) -> str:
    """Return the kind a row names, else the one its name is, else the one its place is."""
    said = row.text("kind")
    by_name = _by_name(activity_kinds())
    if said and plain(said) in by_name:
        return by_name[plain(said)]
    if said:
        close = difflib.get_close_matches(plain(said), list(by_name), n=1, cutoff=0.6)
        nearest = activity_kinds()[by_name[close[0]]].sv if close else "–"
        row.tell("activity_unknown_kind", "kind", nearest=nearest)
        return _OTHER
    by_its_name = by_name.get(plain(row.text("name")), "")
    return by_its_name or kind_of_place(kind_of_its_place) or _OTHER


def _languages(row: Row) -> tuple[str, ...]:
    found = []
    for part in languages.parts(row.text("languages")):
        try:
            found.append(languages.language(part))
        except UnknownLanguage as error:
            row.tell("activity_unknown_language", "languages", part, **_nearest(error))
    return tuple(dict.fromkeys(found))


def _audience(row: Row) -> tuple[str, ...]:
    by_name = _by_name(audiences())
    found = []
    for part in row.listed("audience", ";,/"):
        code = by_name.get(plain(part))
        if code is None:
            row.tell("activity_unknown_audience", "audience", part)
        else:
            found.append(code)
    return tuple(dict.fromkeys(found))


def _joined(
    read: list[tuple[Row, Activity, tuple[Times, ...] | None]],
) -> tuple[Activity, ...]:
    """Join rows that are one activity, and name those without an id."""
    groups: dict[Activity, list[Times]] = {}
    told: set[Activity] = set()
    first: dict[str, Activity] = {}
    for row, found, times in read:
        key = first.setdefault(found.id, found) if found.id else found
        if (key.place, key.kind) != (found.place, found.kind):
            row.tell("activity_duplicate_id", "id")
            continue
        otherwise = _otherwise(row, found, key)
        if otherwise:
            row.tell("activity_same_id", "id", fields=", ".join(otherwise))
        groups.setdefault(key, []).extend(times or ())
        if times is not None:
            told.add(key)
    taken = {key.id for key in groups}
    return tuple(
        replace(
            key,
            id=key.id or _new_id(key, taken),
            times=tuple(dict.fromkeys(times)) if key in told else None,
        )
        for key, times in groups.items()
    )


def _otherwise(row: Row, found: Activity, first: Activity) -> list[str]:
    """Return the columns in which a row differs from the first one of its id."""
    fields = [name for name in row.columns if hasattr(found, name) and row.has(name)]
    return [row.columns[name] for name in fields if getattr(found, name) != getattr(first, name)]


def _new_id(activity: Activity, taken: set[str]) -> str:
    """Return an id that the same activity gets when its file is read again with other hours."""
    what = "\n".join((activity.place, activity.kind, activity.name, *activity.organisers))
    base = "activity-" + hashlib.sha256(what.encode()).hexdigest()[:10]
    name, again = base, 2
    while name in taken:
        name, again = f"{base}-{again}", again + 1
    taken.add(name)
    return name


def _nearest(error: UnknownLanguage) -> dict[str, Any]:
    return {"nearest": error.values["nearest"]}


def _by_name(named: Mapping[str, Named]) -> dict[str, str]:
    found: dict[str, str] = {}
    for key, row in named.items():
        for text in (key, row.sv, row.en, *row.names):
            found.setdefault(plain(text), key)
    return found
