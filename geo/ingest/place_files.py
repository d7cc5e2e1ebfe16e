"""A file of places of one kind, read and checked for ``area build`` and ``area add``."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo import clock, presets
from geo.area.provenance import LeftOut
from geo.area.record_fields import PLACE_COLUMNS
from geo.cells import detail, holds_numbers, is_unknown, plain, written
from geo.errors import OutsideArea
from geo.sources.files import field_names
from geo.sources.files.coordinates import FIELDS
from geo.sources.files.place_tables import Table, find_columns, read_points
from geo.sources.files.row_kinds import closed_rows, parts_of_stations
from geo.sources.files.row_kinds import no_places as no_place_rows
from geo.texts import Phrase
from geo.types import WGS84

FAR_M = 100_000.0
"""A place farther than this outside the area is a mistake in the file."""

_IDS = ("id", "skolverketsid", "skolenhetskod", "markerid", "objektid", "placeid", "ref", "stopid")
_NAMES = ("namn", "name", "lokal", "titel", "title", "benämning", "verksamhet", "schoolname")
_ADDRESSES = ("adress", "address", "gatuadress", "besöksadress", "street", "gata")
_GUESSES = {"id": _IDS, "name": _NAMES, "address": _ADDRESSES}


def read_places(
    path: Path,
    kind: str,
    *,
    columns: Mapping[str, str] | None = None,
    crs: str | None = None,
) -> tuple[gpd.GeoDataFrame, Table]:
    """Read the places of one kind from a table or vector file.

    Parameters
    ----------
    columns : our field (``id``, ``name``, ``address``, ``lat``, ``lon``, ``n``, ``e``) → column.

    Returns
    -------
    places : ``PLACE_COLUMNS``; the index, named ``row``, holds row numbers of the file. ``name`` is
        empty where unknown; ``district`` and ``source`` are for the caller to fill; ``details`` is
        a JSON record of the other columns.
    table : what was read, with all columns used and all rows left out.

    Raises
    ------
    InputError ``unknown_kind`` : with the nearest valid ones.
    InputError ``column_missing``, ``no_coordinates`` and what ``read_points`` raises.
    """
    presets.kind(kind)
    named = dict(columns or {})
    table = read_points(path, columns=named, crs=crs, join=True)
    frame, others = _of_kind(table.frame, kind)
    there = [str(column) for column in frame.columns if column != frame.geometry.name]
    plainly = pd.DataFrame(frame[there])
    matched, _ = field_names.match(plainly, taken=table.columns.values(), kind=kind)
    fields = {**_guessed(there), **{name: matched[name] for name in _MATCHED if name in matched}}
    fields |= find_columns(_ours(named), there, str(path))
    known = {**matched, **fields}
    no_places = [
        *no_place_rows(plainly, known, frame.geometry),
        *_not_counting(plainly, known, kind),
    ]
    frame = frame.drop(index=list({item.row for item in no_places} & set(frame.index)))
    first, repeated = _first_of_each_id(frame, fields.get("id"))
    used = {**table.columns, **fields}
    places = _places(frame[first], kind, fields, set(used.values()), there)
    found = [*table.left_out, *others, *no_places, *repeated]
    left_out = sorted(found, key=lambda item: item.row)
    return places, Table(frame[first], used, tuple(left_out), table.rows, table.crs)


_MATCHED = ("name", "address", "housenumber")


def _not_counting(frame: pd.DataFrame, columns: Mapping[str, str], kind: str) -> list[LeftOut]:
    """Return the rows of platforms of a station, and of places that are closed, with why."""
    parts, _ = parts_of_stations(frame, columns)
    closed, _ = closed_rows(frame, columns, kind, clock.today())
    gone = {item.row for item in parts}
    return parts + [
        LeftOut(
            row,
            "closed",
            {"why": Phrase(f"closed_because.{each.reason}"), "found": each.found},
        )
        for row, each in closed.items()
        if row not in gone
    ]


def near(
    places: gpd.GeoDataFrame,
    boundary: shapely.Geometry,
    crs: str,
    *,
    far_m: float = FAR_M,
    file: str,
) -> tuple[gpd.GeoDataFrame, tuple[LeftOut, ...]]:
    """Leave out places far outside an area.

    Parameters
    ----------
    places : as ``read_places`` returns them, row numbers in the index.
    boundary : the area in the metres of ``crs``.

    Returns
    -------
    The places that are kept, index 0 …, and the rows that are not.

    Raises
    ------
    OutsideArea : every place lies farther than ``far_m`` outside.
    """
    points = np.asarray(places.geometry.to_crs(crs).values, dtype=object)
    finite = np.isfinite(shapely.get_x(points)) & np.isfinite(shapely.get_y(points))
    metres = np.full(len(points), np.inf)
    metres[finite] = shapely.distance(points[finite], boundary)
    is_far = ~(metres <= far_m)
    if len(places) and is_far.all():
        raise OutsideArea(file=file, rows=len(places), found=_km(float(metres.min())))
    left_out = tuple(
        LeftOut(int(places.index[row]), "far_away", {"found": _km(float(metres[row]))})
        for row in np.flatnonzero(is_far)
    )
    return places[~is_far].reset_index(drop=True), left_out


def _km(metres: float) -> int | float:
    return round(metres / 1000) if np.isfinite(metres) else metres


def _ours(named: Mapping[str, str]) -> dict[str, str]:
    return {field: column for field, column in named.items() if field.lower() not in FIELDS}


def _guessed(there: Iterable[str]) -> dict[str, str]:
    by_plain: dict[str, str] = {}
    for column in there:
        by_plain.setdefault(plain(column), column)
    guesses = {
        field: next((by_plain[name] for name in names if name in by_plain), None)
        for field, names in _GUESSES.items()
    }
    return {field: column for field, column in guesses.items() if column is not None}


def _of_kind(frame: gpd.GeoDataFrame, kind: str) -> tuple[gpd.GeoDataFrame, list[LeftOut]]:
    """Keep the rows of one kind where the file itself has a column of our kinds."""
    if "kind" not in frame or not (frame["kind"] == kind).any():
        return frame, []
    other = frame["kind"] != kind
    left_out = [
        LeftOut(int(row), "other_kind", {"found": written(found)[:60] or "–"})
        for row, found in frame.loc[other, "kind"].items()
    ]
    return frame[~other], left_out


def _first_of_each_id(
    frame: gpd.GeoDataFrame, column: str | None
) -> tuple[pd.Series, list[LeftOut]]:
    """Return which rows are the first with their id; rows without an id are places of their own."""
    if column is None:
        return pd.Series(True, index=frame.index), []
    ids = pd.Series([written(cell) for cell in frame[column]], index=frame.index, dtype=object)
    repeated = ids.duplicated() & (ids != "")
    left_out = [
        LeftOut(int(row), "duplicate_id", {"found": found[:60]})
        for row, found in ids[repeated].items()
    ]
    return ~repeated, left_out


def _places(
    frame: gpd.GeoDataFrame,
    kind: str,
    fields: Mapping[str, str],
    used: set[str],
    there: list[str],
) -> gpd.GeoDataFrame:
    others = [column for column in there if column not in used]
    columns = {
        "id": _ids(frame, kind, fields.get("id")),
        "name": texts_of(frame, fields.get("name")),
        "kind": kind,
        "address": with_numbers(frame, fields),
        "district": "",
        "source": "",
        "demonstration": False,
        "details": _details(frame, others),
    }
    places = gpd.GeoDataFrame(columns, index=frame.index, geometry=frame.geometry.values, crs=WGS84)
    return places[list(PLACE_COLUMNS)]


def _ids(frame: gpd.GeoDataFrame, kind: str, column: str | None) -> list[str]:
    """Return an id a row: the kind and the file's own id, else the row number in a name no file id
    takes.
    """
    given = [written(cell) for cell in frame[column]] if column else [""] * len(frame)
    taken = set(given)
    ids = []
    for own, row in zip(given, frame.index, strict=True):
        suffix = own or str(row)
        while not own and suffix in taken:
            suffix = f"row-{suffix}"
        taken.add(suffix)
        ids.append(f"{kind}-{suffix}")
    return ids


def with_numbers(frame: pd.DataFrame, fields: Mapping[str, str]) -> list[str]:
    """Return a row's address with the house number of a column of its own, unless it has it."""
    streets = texts_of(frame, fields.get("address"))
    return list(map(_with_number, streets, texts_of(frame, fields.get("housenumber"))))


def _with_number(street: str, number: str) -> str:
    if not street or not number or re.search(rf"(?<!\w){re.escape(number)}(?!\w)", street):
        return street
    return f"{street} {number}"


def texts_of(frame: pd.DataFrame, column: str | None) -> list[str]:
    """Return a column as text a row, spaces once; empty where nothing is known or there is no such
    column.
    """
    if column is None:
        return [""] * len(frame)
    return ["" if is_unknown(cell) else " ".join(written(cell).split()) for cell in frame[column]]


def _details(frame: gpd.GeoDataFrame, columns: list[str]) -> list[str]:
    """Return a JSON record a row of the given columns, without what is empty."""
    cells = {column: list(frame[column]) for column in columns}
    numeric = {column: holds_numbers(values) for column, values in cells.items()}
    records = [
        {
            column: value
            for column in columns
            if (value := detail(cells[column][at], numeric[column])) is not None
        }
        for at in range(len(frame))
    ]
    return [json.dumps(record, ensure_ascii=False, allow_nan=False) for record in records]
