"""An area with what people edited in it. What nobody touched stays as its files have it, row for
row and sign for sign.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from geo import people as people_of
from geo.area import Area
from geo.keeping.records import ACTIVITY, CLOSED, DETAILS, OPEN, PLACE, Json, Record
from geo.keeping.rows import Kept
from geo.network import WGS84
from geo.people import HOUSING


def overlay(area: Area, edited: Sequence[Kept], edits: int) -> Area:
    """Return an area with the edited records in it.

    Parameters
    ----------
    edited : the records that say something else than the files, in order.
    edits : the number of the latest change.
    """
    places = [each for each in edited if each.record.type == PLACE]
    activities = [each for each in edited if each.record.type == ACTIVITY]
    table = _places(area, places) if places else area.places
    touched = {each.record.id for each in places if HOUSING in _kinds(each)}
    people = _with_people_of(area.people, table) if touched else area.people
    away = {each.record.id for each in places if not _is_there(each.record)}
    return replace(
        area,
        places=table,
        people=people,
        activities=_activities(area.activities, activities, away),
        edits=edits,
    )


def _is_there(record: Record) -> bool:
    return record.status == OPEN and (record.type == ACTIVITY or record.is_placed)


def _kinds(each: Kept) -> set[str]:
    """Return the kinds a place has and had."""
    fields = [each.record.fields, each.base["fields"] if each.base else {}]
    return {str(known.get("kind", "")) for known in fields}


def _places(area: Area, edited: Sequence[Kept]) -> gpd.GeoDataFrame:
    names = list(area.places.columns)
    rows = {each.record.id: _row(each.record) for each in edited if _is_there(each.record)}
    mine = pd.DataFrame(
        {name: [row.get(name) for row in rows.values()] for name in names}, index=list(rows)
    )
    points = [shapely.Point(row["lon"], row["lat"]) for row in rows.values()]
    changed = gpd.GeoDataFrame(
        mine.drop(columns="geometry"), geometry=gpd.GeoSeries(points, index=mine.index, crs=WGS84)
    )
    if len(area.districts):
        changed["district"] = people_of.with_districts(changed, area.districts)
    whole = _laid_over(area.places, changed[names], {each.record.id for each in edited})
    return gpd.GeoDataFrame(whole, geometry="geometry", crs=area.places.crs)


def _row(record: Record) -> Json:
    details = json.dumps(record.fields[DETAILS], ensure_ascii=False, allow_nan=False)
    fields = {**record.fields, DETAILS: details}
    return {**fields, "id": record.id, "lon": record.lon, "lat": record.lat}


def _activities(table: pd.DataFrame, edited: Sequence[Kept], away: set[str]) -> pd.DataFrame:
    """Return the activities; none of those at a place that is closed or has no point."""
    if edited:
        there = [each.record for each in edited if each.record.status != CLOSED]
        names = list(table.columns)
        rows: list[Json] = [{**record.fields, "id": record.id} for record in there]
        columns: dict[str, list[Any]] = {
            name: [row.get(name, "") for row in rows] for name in names
        }
        changed = pd.DataFrame(columns, index=[record.id for record in there])
        table = _laid_over(table, changed, {each.record.id for each in edited})
    gone = table["place"].isin(away) if away and len(table) else None
    return table if gone is None or not gone.any() else table[~gone].reset_index(drop=True)


def _laid_over(table: pd.DataFrame, changed: pd.DataFrame, edited: Iterable[str]) -> pd.DataFrame:
    """Return a table whose edited rows are replaced where they stand, or gone; new ones follow."""
    edited = set(edited)
    ids = table["id"].astype(str).tolist()
    kept = [row for row, name in enumerate(ids) if name not in edited or name in changed.index]
    rest = [name for name in changed.index if name not in set(ids)]
    base = table.iloc[kept].reset_index(drop=True)
    at = {name: row for row, name in reversed(list(enumerate(base["id"].astype(str))))}
    both = pd.concat([base, changed], ignore_index=True) if len(base) else changed.reset_index()
    order = list(range(len(base)))
    for number, name in enumerate(changed.index):
        if name in at:
            order[at[name]] = len(base) + number
    order += [len(base) + number for number, name in enumerate(changed.index) if name in set(rest)]
    whole = both.iloc[order].reset_index(drop=True)[list(table.columns)]
    for name in table.columns:
        if name != "geometry" and len(base) and whole[name].dtype != table[name].dtype:
            whole[name] = whole[name].astype(table[name].dtype)
    return whole


def _with_people_of(people: gpd.GeoDataFrame, places: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return people with those of transitional housing made anew of its places."""
    others = people[people["origin"] != HOUSING]
    housing = people_of.of_housing(places)
    if housing.empty or others.empty:
        return (others if housing.empty else housing).reset_index(drop=True)
    both = pd.concat([others, housing], ignore_index=True)
    return gpd.GeoDataFrame(both, geometry="geometry", crs=people.crs)
