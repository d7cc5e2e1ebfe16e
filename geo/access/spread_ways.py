"""The fair ways of spreading estimated people, one at a time, so that any answer about them can be
computed under each.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geo.access.spread_range import own_name, standing_of
from geo.area import spreading
from geo.area.model import Area
from geo.area.spreading import AT_DOORS, OPEN_WAYS, WAYS
from geo.types import Floats, Ints


@dataclass(frozen=True, eq=False)
class SpreadWay:
    """Where people stand under one way of spreading them.

    Attributes
    ----------
    way : its name, as in ``SpreadRange.ways``.
    stays : people per row of ``area.people`` who stand where they do.
    spots : rows of the area's ``standing_of``; ``people`` : those who stand there instead.
    """

    way: str
    stays: Floats
    spots: Ints
    people: Floats


def spread_ways(area: Area, weights: Floats, profile: str) -> tuple[SpreadWay, ...]:
    """Return every fair way of spreading people, the one that all figures use first; one at a time,
    all others standing as they do.

    Parameters
    ----------
    weights : people per row of ``area.people``.

    Returns
    -------
    Empty where all are counted, no other way is possible, or the outlines are not kept.
    """
    unit = spreading.estimated_in(area.people, area.outlines)
    estimated = area.people["estimated"].to_numpy(bool) & (weights > 0)
    if not estimated.any() or (estimated & (unit < 0)).any():
        return ()
    placed = area.outlines["placed"].to_numpy(object)
    lives = np.bincount(unit[estimated], weights[estimated], minlength=len(placed))
    at_doors = np.isin(placed, AT_DOORS)
    standing = standing_of(area, profile)
    own: list[tuple[float, str]] = []
    found: list[SpreadWay] = []
    for mine, ways in ((~at_doors, OPEN_WAYS), (at_doors, AT_DOORS)):
        people = np.where(mine, lives, 0.0)
        if not people.any():
            continue
        own.append((float(people.sum()), own_name(placed[people > 0])))
        for way in ways:
            here = (standing.way == WAYS.index(way)) & (people[standing.unit] > 0)
            spots = np.flatnonzero(here).astype(np.int64)
            if not len(spots):
                continue
            moved = np.zeros(len(placed) + 1, dtype=bool)  # the last is of nobody: row -1
            moved[standing.unit[spots]] = True
            there = people[standing.unit[spots]] * standing.share[spots]
            found.append(SpreadWay(way, np.where(moved[unit], 0.0, weights), spots, there))
    if not found:
        return ()
    nowhere = np.zeros(0, dtype=np.int64)
    return (SpreadWay(max(own)[1], weights, nowhere, np.zeros(0)), *found)
