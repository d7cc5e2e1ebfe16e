"""Different addresses on one point: the mark of a place that was looked up by something else than
its address, its name most often.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np
from scipy.spatial import cKDTree

from geo.ingest.checks.address_distance import Judged, place_again
from geo.ingest.checks.network_barriers import SAME_M
from geo.ingest.checks.reference import Known
from geo.ingest.checks.rows import Address, Rows, groups_of, likeness
from geo.ingest.checks.thresholds import Problem
from geo.types import Ints

MOST_NAMES = 50
"""Others on a point whose names are compared with a place's."""


def spot_problems(rows: Rows, known: Known, judged: list[Judged]) -> Iterator[Problem]:
    """Return a problem per place that shares a point with another address.

    A place that stands on its street is not the wrong one. Where the street of none is known each
    is reported, since nobody can know which.
    """
    for spot in _spots(rows):
        here = _street_rows(rows, spot)
        owner = next((row for row in spot if judged[row].stands), None)
        houses = _houses(rows, spot)
        for row in spot:
            if row >= rows.own or judged[row].stands is not None or not rows.addresses[row].street:
                continue
            if len(here) > 1:
                yield _streets_differ(rows, row, here, owner, known)
            else:
                yield from _numbers_differ(rows, row, houses, known)


def _street_rows(rows: Rows, spot: list[int]) -> dict[str, list[int]]:
    """Return the places of a spot by street, without those whose street is not known."""
    here: dict[str, list[int]] = {}
    for row in spot:
        if rows.addresses[row].street:
            here.setdefault(rows.addresses[row].street, []).append(row)
    return here


@dataclass(frozen=True)
class _Houses:
    """Places of a spot by address, and the two addresses one of which is furthest from any."""

    rows: dict[Address, list[int]]
    ends: tuple[Address, ...]


def _houses(rows: Rows, spot: list[int]) -> _Houses:
    """Return the houses of a spot, without places whose house number is not known."""
    here: dict[Address, list[int]] = {}
    for row in spot:
        if rows.addresses[row].low:
            here.setdefault(rows.addresses[row], []).append(row)
    if not here:
        return _Houses({}, ())
    return _Houses(
        here, (min(here, key=lambda each: each.high), max(here, key=lambda each: each.low))
    )


def _streets_differ(
    rows: Rows, row: int, here: dict[str, list[int]], owner: int | None, known: Known
) -> Problem:
    mine = rows.addresses[row].street
    theirs = (other for street, found in here.items() if street != mine for other in found)
    others = list(islice(theirs, MOST_NAMES))
    if owner is not None and rows.addresses[owner].street == mine:
        owner = None
    named = [
        other
        for other in others
        if likeness(rows.names[row], rows.names[other]) >= rows.rule.same.alike
    ]
    first = owner if owner is not None else (named or others)[0]
    values = {
        "address": rows.written[row],
        "other": rows.name(first),
        "theirs": rows.written[first],
        "count": sum(map(len, here.values())) - len(here[mine]),
    }
    return rows.problem(
        "shared_by_name" if named else "shared_point",
        row,
        severity="error" if named or owner is not None else "warning",
        values=values,
        others=tuple(others),
        fix=place_again(rows, row, known),
    )


def _numbers_differ(rows: Rows, row: int, houses: _Houses, known: Known) -> Iterator[Problem]:
    """Return the problems of numbers of one street on one point: most likely the middle of the
    street.
    """
    rule = rows.rule.address
    mine = rows.addresses[row]
    gaps = {each: mine.gap(each) or 0 for each in houses.ends}
    furthest = max(gaps, key=lambda each: gaps[each], default=mine)
    gap = gaps.get(furthest, 0)
    if gap == 0:
        return
    other = houses.rows[furthest][0]
    apart = (each for house, found in houses.rows.items() if mine.gap(house) for each in found)
    metres = gap * rule.metres_a_number
    yield rows.problem(
        "shared_street",
        row,
        severity="warning" if metres > rule.off_m else "note",
        values={
            "address": rows.written[row],
            "other": rows.name(other),
            "theirs": rows.written[other],
        },
        others=tuple(sorted(islice(apart, MOST_NAMES))),
        fix=place_again(rows, row, known) if metres > rule.off_m else None,
    )


def _spots(rows: Rows) -> list[list[int]]:
    """Return places by point, where two or more stand on one."""
    there = np.flatnonzero(rows.placed)
    if len(there) < 2:
        return []
    points, which = np.unique(np.round(rows.xy[there], 2), axis=0, return_inverse=True)
    near = cKDTree(points).query_pairs(SAME_M, output_type="ndarray")
    label: Ints = groups_of(len(points), near)[which.ravel()]
    order = np.argsort(label, kind="stable")
    cuts = np.flatnonzero(np.diff(label[order])) + 1
    return [[int(row) for row in there[part]] for part in np.split(order, cuts) if len(part) > 1]
