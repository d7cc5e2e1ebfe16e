"""A point far from its address, its street or its postcode, and different addresses on one point:
by the area's address points or, where those have none, by the other places of the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np
from scipy.spatial import cKDTree

from geo.ingest.checks.network_barriers import SAME_M
from geo.ingest.checks.reference import Known, Off, off_known, off_peers
from geo.ingest.checks.rows import Address, Rows, groups_of, likeness
from geo.ingest.checks.thresholds import Fix, Problem
from geo.types import Floats, Ints

MOST_PEERS = 50
"""Nearest places of one street that a place is compared with."""


@dataclass(frozen=True)
class Judged:
    """The verdict of addresses on one place: it stands where it should (``True``), it does not
    (``False``), or it is unknown (None); and the problem, if any.
    """

    stands: bool | None = None
    problem: Problem | None = None


def judge_addresses(rows: Rows, known: Known) -> list[Judged]:
    """Compare each place, also those only compared with, with what is known of its address."""
    peers = _streets(rows)
    return [_judge(rows, row, known, peers) for row in range(len(rows))]


def place_again(rows: Rows, row: int, known: Known) -> Fix:
    """Return what to do about a wrong point: move it to its address where that is known and no
    other address stands there, else take the point away.
    """
    houses = known.exact(rows.addresses[row])
    if len(houses) and not _taken(rows, row, known.xy[houses[0]]):
        lon, lat = known.lonlat[houses[0]]
        return Fix("move", rows.ids[row], {"lon": float(lon), "lat": float(lat)})
    return Fix("unplace", rows.ids[row])


def postcode_problems(rows: Rows, known: Known, judged: list[Judged]) -> Iterator[Problem]:
    """Return a problem per place far from its postcode's addresses, when its street decides
    nothing.
    """
    middles: dict[str, tuple[Floats, float]] = {}
    for row in range(rows.own):
        code = rows.postcodes[row]
        there = known.rounds.get(code)
        rule = rows.rule.postcode
        if judged[row].stands is not None or not rows.placed[row] or there is None:
            continue
        if len(there) < rule.fewest:
            continue
        if code not in middles:
            middles[code] = _middle(known, there)
        middle, spread = middles[code]
        metres = float(np.hypot(*(rows.xy[row] - middle)))
        if metres > max(rule.near_m, rule.times_spread * spread):
            values = {"metres": metres, "postcode": f"{code[:3]} {code[3:]}"}
            fix = place_again(rows, row, known)
            yield rows.problem("far_from_postcode", row, values=values, fix=fix)


def _judge(rows: Rows, row: int, known: Known, peers: dict[str, tuple[Ints, cKDTree]]) -> Judged:
    if not rows.placed[row] or not rows.addresses[row].street:
        return Judged()
    off = off_known(rows, row, known)
    if off is not None:
        return _by_known(rows, row, known, off)
    others = _nearest_peers(rows, row, *peers[rows.addresses[row].street])
    return _by_peers(rows, row, known, off_peers(rows, row, others))


def _nearest_peers(rows: Rows, row: int, street: Ints, tree: cKDTree) -> list[int]:
    """Return the nearest places of a street that do not stand on the place's own point."""
    metres, at = tree.query(rows.xy[row], k=min(MOST_PEERS, len(street)))
    away = np.atleast_1d(at)[np.atleast_1d(metres) > SAME_M]
    return sorted(street[away].tolist())


def _by_known(rows: Rows, row: int, known: Known, off: Off) -> Judged:
    if off.excess_m <= 0:
        return Judged(stands=True)
    code = "far_from_address" if off.exact else "far_from_street"
    return Judged(
        False,
        rows.problem(
            code,
            row,
            severity="error",
            values={"metres": off.metres, "address": rows.written[row]},
            fix=place_again(rows, row, known),
        ),
    )


def _by_peers(rows: Rows, row: int, known: Known, found: list[tuple[int, Off]]) -> Judged:
    """Let the other places of the street decide: near one of them it stands; one alone that lies
    elsewhere leaves open which of the two is wrong; several make it this one.
    """
    if not found:
        return Judged()
    if any(off.excess_m <= 0 for _, off in found):
        return Judged(stands=True)
    nearest, off = min(found, key=lambda item: item[1].excess_m)
    values = {
        "metres": off.metres,
        "address": rows.written[row],
        "other": rows.name(nearest),
        "theirs": rows.written[nearest],
    }
    others = tuple(other for other, _ in found)
    fix = place_again(rows, row, known)
    return Judged(None, rows.problem("streets_apart", row, values=values, others=others, fix=fix))


def _streets(rows: Rows) -> dict[str, tuple[Ints, cKDTree]]:
    found: dict[str, list[int]] = {}
    for row in np.flatnonzero(rows.placed):
        street = rows.addresses[row].street
        if street:
            found.setdefault(street, []).append(int(row))
    return {
        street: (np.array(theirs, dtype=np.int64), cKDTree(rows.xy[theirs]))
        for street, theirs in found.items()
    }


def _taken(rows: Rows, row: int, xy: Floats) -> bool:
    """Return whether another place with another address stands there."""
    mine = rows.addresses[row]
    return any(
        other != row and rows.addresses[other].street and not mine.meets(rows.addresses[other])
        for other in rows.standing_at(xy, SAME_M)
    )


def _middle(known: Known, there: Ints) -> tuple[Floats, float]:
    points = known.xy[there]
    middle: Floats = np.median(points, axis=0)
    return middle, float(np.median(np.hypot(points[:, 0] - middle[0], points[:, 1] - middle[1])))


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
