"""The fair ways of spreading estimated people, one at a time, so that any answer about them can be
computed under each.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geo.access.spread_range import movable, standing_of
from geo.area import spreading
from geo.area.model import Area
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
    sets = movable(area, weights, profile)
    if not sets:
        return ()
    unit = spreading.estimated_in(area.people, area.outlines)
    standing = standing_of(area, profile)
    found: list[SpreadWay] = []
    for some in sets:
        for way, at in some.ways:
            spots = np.flatnonzero(at).astype(np.int64)
            moved = np.zeros(len(some.people) + 1, dtype=bool)  # the last is of nobody: row -1
            moved[standing.unit[spots]] = True
            there = some.people[standing.unit[spots]] * standing.share[spots]
            found.append(SpreadWay(way, np.where(moved[unit], 0.0, weights), spots, there))
    if not found:
        return ()
    own = max((float(some.people.sum()), some.own) for some in sets)[1]
    nowhere = np.zeros(0, dtype=np.int64)
    return (SpreadWay(own, weights, nowhere, np.zeros(0)), *found)
