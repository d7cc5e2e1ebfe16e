"""An area with what people edited in it, and what its files hold of places and activities, as
records. What nobody touched stays as its files have it, row for row and sign for sign.
"""

from __future__ import annotations

import json
from collections.abc import Container, Sequence
from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.area import people as area_people
from geo.area.model import Area, Unplaced
from geo.area.people import HOUSING
from geo.area.protected import SHAPE, says_restricted
from geo.area.provenance import PLACES
from geo.area.repairs import repair_of, with_repairs
from geo.store.model import (
    ACTIVITY,
    CLOSED,
    DETAILS,
    OPEN,
    PLACE,
    PLACE_FIELDS,
    REPAIR,
    Json,
    Key,
    Record,
)
from geo.store.rows import Kept
from geo.types import WGS84


def overlay(area: Area, edited: Sequence[Kept], edits: int, forgotten: Container[Key] = ()) -> Area:
    """Return an area with the edited records in it.

    Parameters
    ----------
    edited : the records that differ from the files, in order.
    edits : the number of the latest change.
    forgotten : places that the files still hold and nobody may know of.
    """
    area = without(area, forgotten)
    places = [each for each in edited if each.record.type == PLACE]
    activities = [each for each in edited if each.record.type == ACTIVITY]
    table = _places(area, places) if places else area.places
    touched = {each.record.id for each in places if HOUSING in _kinds(each)}
    people = _with_people_of(area.people, table) if touched else area.people
    away = {_word(each.record.id) for each in places if not _is_there(each.record)}
    repairs = [
        repair_of(
            each.record.id,
            each.record.fields,
            why=_word(each.record.name),
            by=_word(each.record.changed_by),
            at=each.record.changed_at,
        )
        for each in edited
        if each.record.type == REPAIR and each.record.status == OPEN
    ]
    area = with_repairs(area, repairs)
    return replace(
        area,
        places=table,
        people=people,
        activities=_activities(area.activities, activities, away),
        edits=edits,
        unplaced=tuple(_unplaced(each.record) for each in places if _waits(each.record)),
    )


def without(area: Area, forgotten: Container[Key]) -> Area:
    """Return an area as its files have it, without the places that are forgotten and who lives
    there.
    """
    if not forgotten:
        return area
    there = [(PLACE, str(name)) not in forgotten for name in area.places["id"]]
    if all(there):
        return area
    gone = set(area.places["id"][~np.array(there)].astype(str))
    homes = (area.people["origin"] == HOUSING) & area.people["unit"].astype(str).isin(gone)
    return replace(
        area,
        places=area.places[there].reset_index(drop=True),
        people=area.people[~homes].reset_index(drop=True),
        activities=area.activities[~area.activities["place"].isin(gone)].reset_index(drop=True),
    )


def _waits(record: Record) -> bool:
    """Return whether a place is open and has no point that it may get."""
    details = dict(record.fields[DETAILS])
    hidden = record.fields["kind"] == HOUSING and (SHAPE in details or says_restricted(details))
    return record.status == OPEN and not record.is_placed and not hidden


def _unplaced(record: Record) -> Unplaced:
    fields = record.fields
    return Unplaced(
        _word(record.id),
        _word(record.name),
        _word(fields.get("kind")),
        json.dumps(fields.get(DETAILS) or {}, ensure_ascii=False),
        _word(fields.get("source")),
    )


def _is_there(record: Record) -> bool:
    return record.status == OPEN and (record.type == ACTIVITY or record.is_placed)


def _kinds(each: Kept) -> set[str]:
    """Return the kinds a place has and had."""
    fields = [each.record.fields, each.base["fields"] if each.base else {}]
    return {str(known.get("kind", "")) for known in fields}


def _places(area: Area, edited: Sequence[Kept]) -> gpd.GeoDataFrame:
    names = list(area.places.columns)
    rows = {_word(each.record.id): _row(each.record) for each in edited if _is_there(each.record)}
    mine = pd.DataFrame(
        {name: [row.get(name) for row in rows.values()] for name in names}, index=list(rows)
    )
    points = [shapely.Point(row["lon"], row["lat"]) for row in rows.values()]
    changed = gpd.GeoDataFrame(
        mine.drop(columns="geometry"), geometry=gpd.GeoSeries(points, index=mine.index, crs=WGS84)
    )
    if len(area.districts):
        changed["district"] = area_people.with_districts(changed, area.districts)
    whole = _laid_over(area.places, changed[names], {_word(each.record.id) for each in edited})
    return gpd.GeoDataFrame(whole, geometry="geometry", crs=area.places.crs)


def _row(record: Record) -> Json:
    details = json.dumps(record.fields[DETAILS], ensure_ascii=False, allow_nan=False)
    words = {name: _word(record.fields.get(name)) for name in PLACES}
    told: Json = {**words, "demonstration": bool(record.fields["demonstration"])}
    told |= {DETAILS: _word(details), "id": _word(record.id)}
    return {**told, "lon": record.lon, "lat": record.lat}


def _word(value: object) -> str:
    """Return a text that a table can hold: half a surrogate pair becomes a question mark."""
    return "" if value is None else str(value).encode(errors="replace").decode()


def _activities(table: pd.DataFrame, edited: Sequence[Kept], away: set[str]) -> pd.DataFrame:
    """Return the activities; none of those at a place that is closed or has no point."""
    if edited:
        there = [each.record for each in edited if each.record.status != CLOSED]
        names = list(table.columns)
        rows: list[Json] = [
            {name: cell if isinstance(cell, bool) else _word(cell) for name, cell in fields.items()}
            for fields in ({**record.fields, "id": record.id} for record in there)
        ]
        columns: dict[str, list[Any]] = {
            name: [row.get(name, "") for row in rows] for name in names
        }
        changed = pd.DataFrame(columns, index=[_word(record.id) for record in there])
        table = _laid_over(table, changed, {_word(each.record.id) for each in edited})
    gone = table["place"].isin(away) if away and len(table) else None
    return table if gone is None or not gone.any() else table[~gone].reset_index(drop=True)


def _laid_over(table: pd.DataFrame, changed: pd.DataFrame, edited: set[str]) -> pd.DataFrame:
    """Return a table whose edited rows are replaced where they stand, or gone; new ones follow.

    ``changed`` has the same columns, and ids in its index.
    """
    ids = table["id"].astype(str).tolist()
    left = [row for row, name in enumerate(ids) if name not in edited or name in changed.index]
    base = table.iloc[left].reset_index(drop=True)
    if changed.empty:
        return base
    alike = changed.astype({name: table[name].dtype for name in table if name != "geometry"})
    if base.empty:
        return alike.reset_index(drop=True)
    place_of = {ids[row]: at for at, row in reversed(list(enumerate(left)))}
    order, new = list(range(len(base))), []
    for number, name in enumerate(changed.index, start=len(base)):
        if name in place_of:
            order[place_of[name]] = number
        else:
            new.append(number)
    both = pd.concat([base, alike], ignore_index=True)
    return both.iloc[order + new].reset_index(drop=True)


def _with_people_of(people: gpd.GeoDataFrame, places: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return people with those of transitional housing made anew of its places."""
    others = people[people["origin"] != HOUSING]
    housing = area_people.of_housing(places)
    if housing.empty or others.empty:
        return (others if housing.empty else housing).reset_index(drop=True)
    both = pd.concat([others, housing], ignore_index=True)
    return gpd.GeoDataFrame(both, geometry="geometry", crs=people.crs)


def filed(area: Area) -> dict[Key, Json]:
    """Return the content of each place and activity of an area, in its order; of rows that share an
    id the first.
    """
    found: dict[Key, Json] = {}
    for row in _rows(area.activities):
        fields = {name: value for name, value in row.items() if name != "id"}
        kept = {"status": OPEN, "lon": None, "lat": None, "fields": fields}
        found.setdefault((ACTIVITY, str(row["id"])), kept)
    return {**_filed_places(area), **found}


def _filed_places(area: Area) -> dict[Key, Json]:
    found: dict[Key, Json] = {}
    lon, lat = _points(area.places)
    table = pd.DataFrame(area.places.drop(columns=area.places.geometry.name))
    for row, x, y in zip(_rows(table), lon, lat, strict=True):
        fields = {name: row.get(name, empty) for name, empty in PLACE_FIELDS.items()}
        fields[DETAILS] = plain_details(str(row.get(DETAILS) or ""))
        point = (None, None) if np.isnan(x) else (float(x), float(y))
        kept = {"status": OPEN, "lon": point[0], "lat": point[1], "fields": fields}
        found.setdefault((PLACE, str(row["id"])), kept)
    return found


def plain_details(words: str) -> Json:
    """Return a place's details; what is no number to JSON is unknown."""
    try:
        record: Json = json.loads(words, parse_constant=lambda _: None) if words else {}
    except ValueError:
        return {}
    return record if isinstance(record, dict) else {}


def _points(places: gpd.GeoDataFrame) -> tuple[Any, Any]:
    """Return longitude and latitude of each place, NaN where it has no point."""
    if places.empty:
        return np.zeros(0), np.zeros(0)
    shapes = np.asarray(places.geometry.to_crs(WGS84).values, dtype=object)
    wide = (shapely.get_type_id(shapes) > 0) & ~shapely.is_empty(shapes)
    shapes = np.where(wide, shapely.point_on_surface(shapes), shapes)
    return shapely.get_x(shapes), shapely.get_y(shapes)


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    names = [str(name) for name in table.columns]
    cells = [[_plain(cell) for cell in table[name]] for name in table.columns]
    return [dict(zip(names, row, strict=True)) for row in zip(*cells, strict=True)]


def _plain(cell: Any) -> Any:
    """Return a cell as a JSON value; unknown is an empty text."""
    if isinstance(cell, np.generic):
        cell = cell.item()
    return (
        ""
        if cell is None or cell is pd.NA or (isinstance(cell, float) and np.isnan(cell))
        else cell
    )
