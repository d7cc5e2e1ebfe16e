"""The check of places: all rules, in one order; and the places after fixes, which change only what
a fix names.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import geopandas as gpd
import shapely

from geo.area.model import Area
from geo.area.provenance import PLACES
from geo.area.record_fields import place_fields
from geo.ingest.checks.address_distance import judge_addresses, postcode_problems, spot_problems
from geo.ingest.checks.duplicates import same_problems
from geo.ingest.checks.location import ground_problems
from geo.ingest.checks.reference import known_addresses
from geo.ingest.checks.rows import Rows, rows_of
from geo.ingest.checks.thresholds import SEVERITIES, Fix, Problem
from geo.ingest.checks.values import record_problems
from geo.types import WGS84

_LEAVES = ("drop", "close")
_FILLED = ("name", "address", "district", "source")
"""Columns that a merge fills where the place that stays has none."""


def fixed(
    places: gpd.GeoDataFrame, fixes: Sequence[Fix]
) -> tuple[gpd.GeoDataFrame, tuple[str, ...]]:
    """Return the places after fixes, in their order and with their index, and the ids of those
    that lost their point.

    The order of the fixes never matters. Where two speak of one place, leaving comes before being
    merged, that before losing the point, that before moving; of two of a kind the first in the
    alphabet counts. A merge into a place that is not in the table takes the row out of it.
    """
    told = _sorted(fixes)
    gone = {fix.record for fix in told["leave"]}
    into = {
        fix.record: str(fix.values["into"])
        for fix in reversed(told["merge"])
        if fix.record not in gone
    }
    unplaced = {fix.record for fix in told["unplace"]} - gone - set(into)
    rows = {str(own): at for at, own in reversed(list(enumerate(places["id"])))}
    table = places.copy()
    for fix in reversed(told["set"]):
        if fix.record in rows:
            _set(table, rows[fix.record], fix.values)
    _move(table, rows, told["move"])
    for record in sorted(set(into) & set(rows)):
        root = _root(record, into)
        if root in rows and root not in gone:
            _fill(table, rows[root], rows[record])
    leave = gone | unplaced | {record for record in into if _root(record, into) != record}
    stays = ~table["id"].astype(str).isin(leave).to_numpy(bool)
    return table[stays], tuple(sorted(unplaced & set(rows)))


def _sorted(fixes: Sequence[Fix]) -> dict[str, list[Fix]]:
    """Return fixes by what they do, each list in an order that does not depend on the given one."""
    told: dict[str, list[Fix]] = {name: [] for name in ("leave", "merge", "unplace", "move", "set")}
    for fix in sorted(fixes, key=_key):
        told["leave" if fix.what in _LEAVES else fix.what].append(fix)
    return told


def _key(fix: Fix) -> tuple[str, str, str]:
    return fix.record, fix.what, json.dumps(dict(fix.values), sort_keys=True, default=str)


def _root(record: str, into: Mapping[str, str]) -> str:
    """Follow merges to the place that stays; a ring of them ends at its first name."""
    seen = [record]
    while (following := into.get(seen[-1])) is not None:
        if following in seen:
            return min(seen[seen.index(following) :])
        seen.append(following)
    return seen[-1]


def _move(table: gpd.GeoDataFrame, rows: Mapping[str, int], moves: Sequence[Fix]) -> None:
    points = table.geometry.to_numpy().copy()
    for fix in reversed(moves):
        if fix.record in rows:
            points[rows[fix.record]] = shapely.Point(fix.values["lon"], fix.values["lat"])
    if moves:
        table[table.geometry.name] = gpd.GeoSeries(points, index=table.index, crs=WGS84)


def _set(table: gpd.GeoDataFrame, row: int, values: Mapping[str, Any]) -> None:
    record = place_fields(str(table["details"].iat[row]))
    changed = False
    for name, value in values.items():
        if name in PLACES and name not in ("id", "details"):
            table.iat[row, table.columns.get_loc(name)] = "" if value is None else value
        elif value is None:
            changed |= record.pop(name, None) is not None
        else:
            changed = True
            record[name] = value
    if changed:
        _write(table, row, record)


def _fill(table: gpd.GeoDataFrame, row: int, other: int) -> None:
    """Give a place what only the other has; what both have stays as it is."""
    for name in _FILLED:
        at = table.columns.get_loc(name)
        if not str(table.iat[row, at]):
            table.iat[row, at] = table.iat[other, at]
    mine = place_fields(str(table["details"].iat[row]))
    theirs = place_fields(str(table["details"].iat[other]))
    if set(theirs) - set(mine):
        _write(table, row, {**theirs, **mine})


def _write(table: gpd.GeoDataFrame, row: int, record: Mapping[str, Any]) -> None:
    at = table.columns.get_loc("details")
    table.iat[row, at] = json.dumps(dict(record), ensure_ascii=False, allow_nan=False)


NOT_WRONG = ("off_paths", "other_district")
"""Worth a look, but no sign that the point is wrong."""


def check_places(
    places: gpd.GeoDataFrame,
    *,
    area: Area,
    today: date,
    rows: Mapping[str, int] | None = None,
    against: gpd.GeoDataFrame | None = None,
) -> tuple[Problem, ...]:
    """Check places: each with its reason and, where one exists, a fix.

    Parameters
    ----------
    places : columns of ``Area.places``; points may be missing. Restricted housing is passed over.
    area : its ground, paths, districts and address points.
    rows : row of the file by id of place; those without one get 0.
    against : other places (those the area has) to compare with; their own problems are not
        reported. One with the id of a checked place is that place as it was, and is passed over.

    Returns
    -------
    By row of the file, then in the order of the places; of one place the worst first.
    """
    seen = rows_of(places, area, row_of=rows or {}, against=against)
    if not seen.own:
        return ()
    points = _of_points(seen, area)
    wrong = frozenset(
        problem.record
        for problem in points
        if problem.severity != "note" and problem.code not in NOT_WRONG
    )
    found = [*same_problems(seen, wrong), *points, *record_problems(seen, area, today)]
    order = {own: at for at, own in reversed(list(enumerate(seen.ids)))}
    return tuple(
        sorted(
            found,
            key=lambda problem: (
                problem.row,
                order[problem.record],
                SEVERITIES.index(problem.severity),
                problem.code,
            ),
        )
    )


def _of_points(rows: Rows, area: Area) -> list[Problem]:
    known = known_addresses(area)
    judged = judge_addresses(rows, known)
    told = [found.problem for found in judged[: rows.own] if found.problem is not None]
    return [
        *told,
        *postcode_problems(rows, known, judged),
        *spot_problems(rows, known, judged),
        *ground_problems(rows, area, known, judged),
    ]
