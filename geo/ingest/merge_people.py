"""New figures of residents put into those there are: groups and places that the new ones say
nothing of stay, and nobody is counted twice.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo import presets
from geo.area.people import RESIDENTS
from geo.area.provenance import Source
from geo.errors import InputError
from geo.sources.statistics.join import read_code
from geo.types import WGS84, Ints

HALF = 0.5
NEAR_M = 100.0
"""Outlines are simplified: who stands so far outside all of them is of the nearest."""


@dataclass(frozen=True, eq=False)
class Merged:
    """``units``: the new statistical areas with what was known before of other ``groups``.
    ``rows``: residents who stay where and as they were. ``some_uncovered``: some of those are
    people of places that the new figures do not cover, so that the earlier sources still count.
    """

    units: gpd.GeoDataFrame
    groups: tuple[str, ...]
    rows: gpd.GeoDataFrame
    some_uncovered: bool


def merged(
    people: gpd.GeoDataFrame,
    units: gpd.GeoDataFrame,
    crs: str,
    *,
    outlines: gpd.GeoDataFrame | None = None,
    same_year: bool = True,
    is_official: bool = False,
) -> Merged:
    """Return new statistical areas with the groups that only the residents there are have.

    A resident is of the new area with their own area's code, else of the one they stand in; a
    statistical area goes over to new ones as a whole, where most of it lies in them. Where the new
    figures are points, who is of none keeps only the groups that the new figures lack.

    Parameters
    ----------
    people : ``Area.people``.
    units : ``unit``, a float column per group and shapes in WGS84.
    outlines : areas that the figures were joined with, with ``unit``; of one without figures
        people stay as they are where both are of the ``same_year``, else with their other groups.
    is_official : the new figures are of official statistical areas: they take the place of people
        who are of none.
    """
    old = people[people["origin"] == RESIDENTS].reset_index(drop=True)
    new = [name for name in presets.groups() if name in units]
    others = [
        name
        for name in presets.groups()
        if name in old and name not in new and old[name].notna().any()
    ]
    at = _area_of(old, units, crs)
    kept = units.copy()
    if others and len(old):
        sums = old.loc[at >= 0, others].groupby(at[at >= 0]).sum(min_count=1)
        for name in others:
            kept[name] = sums[name].reindex(range(len(units))).to_numpy(np.float64)
    rows = old[at < 0].reset_index(drop=True)
    are_points = bool((units.geom_type == "Point").all())
    replaced = np.full(len(rows), are_points)
    if is_official:
        replaced |= np.array([read_code(str(unit)) is None for unit in rows["unit"]], dtype=bool)
    if outlines is not None and not same_year:
        replaced |= _area_of(rows, outlines, crs) >= 0
    there = [name for name in new if name in rows]
    rows.loc[replaced, there] = 0.0 if are_points or is_official else np.nan
    known = [name for name in presets.groups() if name in rows]
    rows = rows[(rows[known].fillna(0) > 0).any(axis=1)].reset_index(drop=True)
    return Merged(kept, tuple(others), rows, bool((~replaced).any()))


def stacked(new: gpd.GeoDataFrame, rows: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return residents with those who stay, each with an id of their own."""
    if rows.empty:
        return new
    taken = set(new["id"].astype(str))
    ids = [f"{name}-before" if name in taken else name for name in rows["id"].astype(str)]
    return stack([new, rows.assign(id=ids)])


def stack(tables: Sequence[gpd.GeoDataFrame]) -> gpd.GeoDataFrame:
    """Put tables of people or places on top of each other; a column that one lacks is unknown
    there.
    """
    full = [pd.DataFrame(table) for table in tables if len(table)]
    if not full:
        return tables[0]
    rows = pd.concat(full, ignore_index=True)
    for name in presets.groups():
        if name in rows:
            rows[name] = rows[name].astype(np.float64)
    return gpd.GeoDataFrame(rows, geometry="geometry", crs=WGS84)


def without_groups(sources: Iterable[Source], new: Collection[str]) -> tuple[Source, ...]:
    """Return sources, those of people without the groups that are new; of one that had no other,
    nothing is left.
    """
    kept = []
    for source in sources:
        if source.part == "people":
            columns = {name: said for name, said in source.columns.items() if name not in new}
            if not columns.keys() & presets.groups().keys():
                continue
            source = replace(source, columns=columns)
        kept.append(source)
    return tuple(kept)


def each_once(sources: Iterable[Source]) -> tuple[Source, ...]:
    """Return sources without repetition: a file read again is the source that it was."""
    kept: list[Source] = []
    for source in sources:
        if source not in kept:
            kept.append(source)
    return tuple(kept)


def years_of(sources: Iterable[Source]) -> dict[str, int]:
    """Return the latest year that figures of each group are known to be of; none where unknown."""
    years: dict[str, int] = {}
    for source in sources:
        if source.part == "people" and source.date[:4].isdigit():
            for group in source.columns.keys() & presets.groups().keys():
                years[group] = max(years.get(group, 0), int(source.date[:4]))
    return years


def ask_before_older(
    there: Mapping[str, int], groups: Iterable[str], year: int, *, replace_year: bool
) -> None:
    """Ask before figures of an older year take the place of newer ones.

    Raises
    ------
    InputError ``older_year`` : they would, and nobody has said that they may.
    """
    newer = [there[name] for name in groups if there.get(name, 0) > year > 0]
    if newer and not replace_year:
        raise InputError("older_year", found=str(year), there=str(max(newer)))


def _area_of(people: gpd.GeoDataFrame, units: gpd.GeoDataFrame, crs: str) -> Ints:
    """Return the row of the area each resident is of: by code, else by place; −1 where none."""
    found: Ints = np.full(len(people), -1, dtype=np.int64)
    if people.empty or units.empty:
        return found
    named = {_key(unit): row for row, unit in reversed(list(enumerate(units["unit"])))}
    found = np.array([named.get(_key(unit), -1) for unit in people["unit"]], dtype=np.int64)
    is_area = (units.geom_type != "Point").to_numpy(bool)
    lost = np.flatnonzero(found < 0)
    if not is_area.any() or not len(lost):
        return found
    tree = shapely.STRtree(np.asarray(units.geometry.to_crs(crs).values, dtype=object)[is_area])
    points = np.asarray(people.geometry.iloc[lost].to_crs(crs).values, dtype=object)
    inside = np.isin(np.arange(len(lost)), tree.query(points, predicate="intersects")[0])
    unit = people["unit"].astype(str).iloc[lost]
    is_coded = np.array([read_code(each) is not None for each in unit], dtype=bool)
    # A statistical area is redrawn as a whole: points of one whose neighbour is new stay its own.
    mostly = (pd.Series(inside).groupby(unit.to_numpy()).transform("mean") > HALF).to_numpy(bool)
    reach = np.where(is_coded, np.where(mostly, np.inf, -1.0), NEAR_M)
    (person, area), metres = tree.query_nearest(points, all_matches=False, return_distance=True)
    taken = metres <= reach[person]
    found[lost[person[taken]]] = np.flatnonzero(is_area)[area[taken]]
    return found


def _key(unit: object) -> str:
    code = read_code(str(unit))
    return code.plain if code else str(unit)
