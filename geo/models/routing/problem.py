"""A week of rounds as the models take it and answer it: matrices of seconds and worth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geo.types import Bools, Floats, Ints

Routes = tuple[tuple[int, ...], ...]
"""The places each shift visits, in order."""


@dataclass(frozen=True, eq=False)
class Rounds:
    """A question: ``walk_s`` (places + starts, square; ``inf`` unreachable), ``visit_s`` a place.

    ``start`` and ``length_s`` are a shift's start (row among the starts) and seconds. ``value`` is
    (shifts, places), whole numbers: what a visit in that shift is worth, 0 where it may not be.
    """

    walk_s: Floats
    visit_s: Ints
    start: Ints
    length_s: Ints
    value: Ints

    @property
    def places(self) -> int:
        """How many places there are to visit."""
        return len(self.visit_s)


@dataclass(frozen=True)
class Solved:
    """A shift's places in order, for each shift; the value visited, and what none can exceed."""

    routes: Routes
    value: int
    bound: int

    @property
    def proven(self) -> bool:
        """Whether no other rounds visit more."""
        return self.value >= self.bound


def value_of(question: Rounds, routes: Routes) -> int:
    """Return what the visits of some rounds are worth together."""
    return int(
        sum(question.value[shift, place] for shift, route in enumerate(routes) for place in route)
    )


def within_reach(question: Rounds) -> Bools:
    """Return which places each shift could visit alone and be back in time: (shifts, places)."""
    home, rows = question.places + question.start, np.arange(question.places)
    there = question.walk_s[home][:, rows] + question.walk_s[rows][:, home].T
    alone = there + question.visit_s
    return np.asarray((alone <= question.length_s[:, None]) & (question.value > 0))
