"""A week of rounds as the models take it and answer it: matrices of seconds and worth; and what no
rounds of a week can be worth more than: two relaxations, each a proof.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array, csc_array

from geo.models.location.highs import Clock, load, new_solver, run
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


ITERATIONS = 100_000
"""The solver stops after so many steps, at the same one on every machine …"""
PRIMAL = 4
"""HiGHS's number for primal simplex: a third of the time of dual simplex here."""
SECONDS = 120.0
"""… unless it takes longer than this. What it has by then proves a bound too."""


def bound(question: Rounds) -> int:
    """Return a value that no rounds exceed: the lower of ``knapsack`` and ``flow``."""
    least = min(knapsack(question), flow(question))
    return math.floor(least + 1e-6 * max(1.0, least))


def knapsack(question: Rounds) -> float:
    """Return what the visits are worth that all hours of the week suffice for, were parts of visits
    allowed.

    A visit takes its own time and at least half of the shortest walk to it and half of the shortest
    from it.
    """
    walk = question.walk_s + np.diag(np.full(len(question.walk_s), np.inf))
    rows = np.arange(question.places)
    least_s = question.visit_s + (walk[rows].min(axis=1) + walk[:, rows].min(axis=0)) / 2
    value = np.where(within_reach(question), question.value, 0).max(axis=0).astype(float)
    taken = np.flatnonzero((value > 0) & np.isfinite(least_s))
    order = taken[np.argsort(-value[taken] / np.maximum(least_s[taken], 1e-9), kind="stable")]
    room, total = float(question.length_s.sum()), 0.0
    for place in order:
        part = min(1.0, room / least_s[place]) if least_s[place] > 0 else 1.0
        total += part * value[place]
        room -= part * least_s[place]
    return total


def flow(question: Rounds) -> float:
    """Return what rounds are worth at most were parts of rounds allowed: a linear programme.

    Variables are x, how many times a sort of shift goes straight from a to b, and y, the time at
    which it does so, summed. What comes to a place goes from it; y grows by each walk and visit,
    and lies for each x between the earliest a can be left and the latest that still allows b and
    the way back. A place is left once at most, a start once for each shift. Shifts that are alike
    are one sort. The proof is of the duals, whatever the solver reports: see ``_proven``.
    """
    sorts = [_legs(question, members) for members in _sorts(question)]
    if not sorts:
        return 0.0
    programme = _programme(question, sorts)
    solver = new_solver(simplex_iteration_limit=ITERATIONS, simplex_strategy=PRIMAL)
    load(
        solver,
        programme.worth,
        programme.columns,
        (programme.low, programme.high),
        (np.zeros(len(programme.most)), programme.most),
        maximize=True,
    )
    run(solver, Clock(SECONDS))
    duals = np.asarray(solver.getSolution().row_dual, dtype=np.float64)
    return _proven(programme, duals) if len(duals) else math.inf


@dataclass(frozen=True, eq=False)
class _Legs:
    """The legs that ``count`` shifts, all alike, can walk: from place to place, -1 the start.
    ``seconds`` are walk and visit; ``early`` and ``late`` when a leg may begin; ``worth`` is of the
    place left.
    """

    count: int
    start: Ints
    end: Ints
    seconds: Floats
    early: Floats
    late: Floats
    worth: Floats


@dataclass(frozen=True, eq=False)
class _Programme:
    """Greatest ``worth·x`` with ``low ≤ columns x ≤ high`` and ``0 ≤ x ≤ most``."""

    worth: Floats
    columns: csc_array
    low: Floats
    high: Floats
    most: Floats


def _sorts(question: Rounds) -> list[list[int]]:
    """Return the shifts that are alike, together; those that can visit nothing are left out."""
    within = within_reach(question)
    worth = np.where(within, question.value, 0)
    found: dict[tuple[int, int, bytes], list[int]] = {}
    for shift in np.flatnonzero(within.any(axis=1)):
        key = int(question.start[shift]), int(question.length_s[shift]), worth[shift].tobytes()
        found.setdefault(key, []).append(int(shift))
    return list(found.values())


def _legs(question: Rounds, members: list[int]) -> _Legs:
    shift = members[0]
    places = np.flatnonzero(within_reach(question)[shift])
    home = question.places + int(question.start[shift])
    nodes = np.concatenate([[home], places])
    visit = np.concatenate([[0.0], question.visit_s[places]])
    walk = question.walk_s[np.ix_(nodes, nodes)]
    seconds = walk + visit[None, :]
    early = np.concatenate([[0.0], seconds[0, 1:]])
    length = float(question.length_s[shift])
    done = np.concatenate([[length], length - walk[1:, 0]])  # each left by then, or never home
    # The last leg may begin as late as it gets home; the first at once.
    late = np.minimum(done[:, None], done[None, :] - seconds)
    late[0] = np.where(late[0] >= 0, 0.0, -1.0)
    start, end = np.nonzero((early[:, None] <= late) & ~np.eye(len(nodes), dtype=bool))
    ids = np.concatenate([[-1], places])
    worth = np.concatenate([[0.0], question.value[shift, places].astype(float)])
    return _Legs(
        count=len(members),
        start=ids[start],
        end=ids[end],
        seconds=seconds[start, end],
        early=early[start],
        late=late[start, end],
        worth=worth[start],
    )


def _programme(question: Rounds, sorts: list[_Legs]) -> _Programme:
    """Return the linear programme of all sorts: one row per place that is left once, then each
    sort's own rows.
    """
    parts, low, high = [], [np.full(question.places, -np.inf)], [np.ones(question.places)]
    rows, columns = question.places, 0
    for legs in sorts:
        own, bounds = _own_rows(legs, question.places)
        left = np.flatnonzero(legs.start >= 0)
        parts.append((legs.start[left], columns + left, np.ones(len(left))))
        parts.append((own[0] + rows, own[1] + columns, own[2]))
        low.append(bounds[0])
        high.append(bounds[1])
        rows, columns = rows + len(bounds[0]), columns + 2 * len(legs.start)
    row, column, factor = (np.concatenate(side) for side in zip(*parts, strict=True))
    # A leg is walked once at most: one of its ends is a place.
    most = [np.concatenate([np.ones(len(legs.late)), legs.late]) for legs in sorts]
    return _Programme(
        worth=np.concatenate([np.concatenate([legs.worth, 0 * legs.worth]) for legs in sorts]),
        columns=csc_array(coo_array((factor, (row, column)), shape=(rows, columns))),
        low=np.concatenate(low),
        high=np.concatenate(high),
        most=np.concatenate(most),
    )


def _own_rows(legs: _Legs, places: int) -> tuple[tuple[Ints, Ints, Floats], tuple[Floats, Floats]]:
    """Return the rows of one sort of shift, as row, column and factor, and their bounds: balance
    and time of each place, shifts that go out, y under x's latest, y over x's earliest. Columns are
    the legs' x, then their y.
    """
    count = len(legs.start)
    x, y = np.arange(count), np.arange(count) + count
    to, of = np.flatnonzero(legs.end >= 0), np.flatnonzero(legs.start >= 0)
    out = np.flatnonzero(legs.start < 0)
    clock, shifts, under = places, 2 * places, 2 * places + 1
    over = under + count
    one = np.ones(count)
    entries = [
        (legs.end[to], x[to], one[to]),
        (legs.start[of], x[of], -one[of]),
        (clock + legs.end[to], x[to], legs.seconds[to]),
        (clock + legs.end[to], y[to], one[to]),
        (clock + legs.start[of], y[of], -one[of]),
        (np.full(len(out), shifts), out, one[out]),
        (under + x, x, -legs.late),
        (under + x, y, one),
        (over + x, x, -legs.early),
        (over + x, y, one),
    ]
    row, column, factor = (np.concatenate(side) for side in zip(*entries, strict=True))
    free = np.full(count, np.inf)
    low = np.concatenate([np.zeros(2 * places), [0.0], -free, 0 * one])
    high = np.concatenate([np.zeros(2 * places), [legs.count], 0 * one, free])
    return (row, column, factor), (low, high)


def _proven(programme: _Programme, duals: Floats) -> float:
    """Return a bound on the programme's greatest value from any duals: what ``x`` could gain beyond
    them is added, so that neither an early stop nor the solver's rounding makes it too low.
    """
    duals = np.where(np.isinf(programme.high), np.minimum(duals, 0.0), duals)
    duals = np.where(np.isinf(programme.low), np.maximum(duals, 0.0), duals)
    side = np.where(duals > 0, programme.high, programme.low)
    priced = float((duals[duals != 0] * side[duals != 0]).sum())
    gain = programme.worth - programme.columns.T @ duals
    return priced + float((np.maximum(gain, 0.0) * programme.most).sum())
