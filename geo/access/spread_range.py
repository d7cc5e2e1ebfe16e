"""How much a figure of estimated people rests on where in their statistical area they stand: the
same figure for each fair way of spreading them, and the range between the ways.

Of people whose homes are not known these are along paths, at junctions, at dead ends, on ground
within 60 m of a path and on all ground; of people at homes or addresses the other of the two, where
it is known. Counted people stand where they were counted, and no range is theirs.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce

import numpy as np
import pandas as pd

from geo import presets
from geo.area import spreading
from geo.area.model import Area
from geo.area.spreading import AT_DOORS, OPEN_WAYS, WAYS, Standing
from geo.network.distances import nearest
from geo.types import Bools, Floats, Ints

KEPT = 8
"""So many kinds and profiles keep their metres with an area."""


@dataclass(frozen=True, eq=False)
class SpreadRange:
    """Lowest and highest share beyond the limit over the fair ways of spreading people, by the
    area and by district (``""`` is outside all). ``ways`` : the share each way gives, the one the
    figure uses first; a single one where no other is possible.
    """

    low: float
    high: float
    ways: tuple[tuple[str, float], ...]
    districts: dict[str, tuple[float, float]]


@dataclass(frozen=True, eq=False)
class _Tally:
    """People and people beyond, per district."""

    people: Floats
    beyond: Floats

    def __add__(self, other: _Tally) -> _Tally:
        return _Tally(self.people + other.people, self.beyond + other.beyond)

    @property
    def share(self) -> float:
        people = float(self.people.sum())
        return float(self.beyond.sum()) / people if people > 0 else float("nan")


def spread_range(
    area: Area, *, kind: str, profile: str, limit_m: float, weights: Floats, metres: Floats
) -> SpreadRange | None:
    """Return the range of a share of people beyond a limit.

    Parameters
    ----------
    weights, metres : people of the group and their metres to the kind, per row of ``area.people``.

    Returns
    -------
    None where people are estimated within outlines the area does not keep (it is of an older make):
    how wide the range is then is not known.
    """
    found = movable(area, weights, profile)
    if found is None:
        return None
    unit = spreading.estimated_in(area.people, area.outlines)
    rows = _Rows(area, unit, weights, metres > limit_m)
    counted = rows.tally(unit < 0)
    sets: list[list[tuple[str, _Tally]]] = []
    for some in found:
        standing = standing_of(area, profile)
        far = standing_metres(area, kind, profile) > limit_m
        tallies = [(some.own, rows.tally(np.isin(unit, np.flatnonzero(some.mine))))]
        for way, at in some.ways:
            tallies.append((way, _moved(rows, standing, at, far, some.people, some.mine)))
        sets.append(tallies)
    return _between(rows.names, counted, sets)


@dataclass(frozen=True, eq=False)
class Movable:
    """Estimated people who can be spread in the same ways.

    Attributes
    ----------
    own : the way in which they are spread already.
    mine : which outlines are theirs; ``people`` : people per outline, 0 in those of others.
    ways : the ways that are possible, each with which spots of ``standing_of`` are its.
    """

    own: str
    mine: Bools
    people: Floats
    ways: tuple[tuple[str, Bools], ...]


def movable(area: Area, weights: Floats, profile: str) -> list[Movable] | None:
    """Return the estimated people of an area by how they can be spread: those along paths, and
    those at homes or addresses; None where it does not keep their outlines.

    Parameters
    ----------
    weights : people per row of ``area.people``.
    """
    unit = spreading.estimated_in(area.people, area.outlines)
    estimated = area.people["estimated"].to_numpy(bool) & (weights > 0)
    if (estimated & (unit < 0)).any():
        return None
    if not estimated.any():
        return []
    placed = area.outlines["placed"].to_numpy(object)
    lives = np.bincount(unit[estimated], weights[estimated], minlength=len(placed))
    at_doors = np.isin(placed, AT_DOORS)
    standing = standing_of(area, profile)
    found = []
    for mine, ways in ((~at_doors, OPEN_WAYS), (at_doors, AT_DOORS)):
        people = np.where(mine, lives, 0.0)
        if not people.any():
            continue
        spots = [
            (way, (standing.way == WAYS.index(way)) & (people[standing.unit] > 0)) for way in ways
        ]
        possible = tuple((way, at) for way, at in spots if at.any())
        found.append(Movable(_own_name(placed[people > 0]), mine, people, possible))
    return found


def _own_name(placed: np.ndarray) -> str:
    names = set(placed) - {spreading.INSIDE} or {spreading.PATHS}
    return str(names.pop()) if len(names) == 1 else "homes"


def _moved(
    rows: _Rows, standing: Standing, at: Bools, far: Bools, people: Floats, mine: Bools
) -> _Tally:
    """Return people moved to the spots of one way; where an outline has none they stay."""
    stays = mine.copy()
    stays[np.unique(standing.unit[at])] = False
    there = people[standing.unit[at]] * standing.share[at]
    size = len(rows.names)
    district = rows.row_of[standing.district[at]]
    moved = _Tally(_summed(district, there, size), _summed(district, there * far[at], size))
    return moved + rows.tally(np.isin(rows.unit, np.flatnonzero(stays)))


class _Rows:
    """The rows of an area's people, to be summed by district."""

    def __init__(self, area: Area, unit: Ints, weights: Floats, far: Bools) -> None:
        every = pd.Index([*area.districts["name"].astype(str), ""])
        known = every.drop_duplicates()
        self.names = list(known)
        self.row_of = known.get_indexer(every)
        at = known.get_indexer(area.people["district"].astype(str))
        self.district = np.where(at < 0, known.get_loc(""), at)
        self.unit, self.weights, self.far = unit, weights, far

    def tally(self, some: Bools) -> _Tally:
        district, people = self.district[some], self.weights[some]
        size = len(self.names)
        far = people * self.far[some]
        return _Tally(_summed(district, people, size), _summed(district, far, size))


def _summed(row: Ints, people: Floats, rows: int) -> Floats:
    return np.bincount(row, people, minlength=rows).astype(np.float64)


def _between(
    names: list[str], counted: _Tally, sets: list[list[tuple[str, _Tally]]]
) -> SpreadRange:
    """Return the range over all choices of one way for each set of people."""
    sums = [counted]
    for tallies in sets:
        sums = [before + tally for before in sums for _, tally in tallies]
    shares = np.array([each.share for each in sums])
    people = np.array([each.people for each in sums])
    beyond = np.array([each.beyond for each in sums])
    by = np.divide(beyond, people, out=np.full(people.shape, np.nan), where=people > 0)
    with np.errstate(invalid="ignore"):
        low, high = (np.full(len(names), np.nan) for _ in range(2))
        some = ~np.isnan(by).all(axis=0)
        low[some], high[some] = np.nanmin(by[:, some], axis=0), np.nanmax(by[:, some], axis=0)
    return SpreadRange(
        float(shares.min()),
        float(shares.max()),
        _ways(counted, sets),
        dict(zip(names, zip(low.tolist(), high.tolist(), strict=True), strict=True)),
    )


def _ways(counted: _Tally, sets: list[list[tuple[str, _Tally]]]) -> tuple[tuple[str, float], ...]:
    """Return each way's share, the others standing as they do."""
    if not sets:
        return ()
    told = []
    for at, tallies in enumerate(sets):
        rest = reduce(
            _Tally.__add__, (other[0][1] for n, other in enumerate(sets) if n != at), counted
        )
        told += [(name, (tally + rest).share) for name, tally in tallies]
    return tuple(told)


def standing_of(area: Area, profile: str) -> Standing:
    """Return where an area's estimated residents might as well stand, snapped for a way of walking;
    made once an area and profile.
    """
    return area.once(
        ("standing", profile),
        ("people", "network", "outlines", "buildings", "addresses", "districts", "water"),
        lambda: spreading.standings(
            area.outlines,
            area.network,
            presets.profile(profile),
            buildings=area.buildings,
            addresses=area.addresses,
            districts=area.districts,
            water=area.water,
        ),
    )


def standing_metres(area: Area, kind: str, profile: str) -> Floats:
    """Return walking metres from each of those spots to the nearest place of a kind."""
    standing = standing_of(area, profile)
    if kind not in area.kinds:
        return np.full(len(standing.way), np.inf)
    walker = presets.profile(profile)
    places = area.snapped_places(kind, walker)
    return area.once(
        ("standing_metres", kind, profile),
        ("places", "network", "outlines", "buildings", "addresses", "districts", "water"),
        lambda: nearest(area.network, standing.spots, places, profile=walker).metres[:, 0],
        most=KEPT,
    )
