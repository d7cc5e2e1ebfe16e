"""The check of places: all rules, in one order. Holds no rule itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import geopandas as gpd

from geo.area.model import Area
from geo.checking.ground import ground_problems
from geo.checking.known import known_addresses
from geo.checking.problems import SEVERITIES, Problem
from geo.checking.records import record_problems
from geo.checking.rows import Rows, rows_of
from geo.checking.same import same_problems
from geo.checking.spots import spot_problems
from geo.checking.streets import judge_addresses, postcode_problems

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
    against : other places (those the area has) to compare with; nothing is told of them. One with
        the id of a checked place is that place as it was, and is passed over.

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
