"""Which party goes where so that most get a place and then walk least, none exceeding its places:
the transport problem, by linear programme where parties are single, else by branching.

Knows parties (so many alike, so large), costs and places; not children or preschools.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np
from scipy.sparse import csc_array, csr_array

from geo.capacity_checks import row_of
from geo.location import highs
from geo.location.answers import Floats, Ints

WHOLE = 1e-6
"""How far from a whole number the solver's answer may be."""
NEAREST = 5
"""So many preschools a party are tried first …"""
AT_ONCE = 3
"""… and at most so many more at a time."""
REDUCED_M = 1e-7
"""Metres that a pair must promise to be worth a try: what the solver takes for nothing."""
_DUAL_SIMPLEX, _PRIMAL_SIMPLEX = 1, 4


@dataclass(frozen=True, eq=False)
class Parties:
    """Who is to be placed.

    Attributes
    ----------
    metres : parties × preschools; what a whole party walks in all, stored where it may go.
    count : parties alike in each row.
    size : people in each of them, who go together.
    """

    metres: csr_array
    count: Ints
    size: Ints


@dataclass(frozen=True, eq=False)
class Transport:
    """Parties moved along each stored entry, and how good that is at most.

    Attributes
    ----------
    amount : parties a stored entry of ``Parties.metres``.
    placed : people placed.
    walk_m : what they walk in all.
    bound_placed : nobody can place more than this.
    bound_walk_m : nobody who places ``placed`` people makes them walk less than this.
    status : ``optimal``, ``time_limit``, or what the solver said when it stopped.
    """

    amount: Ints
    placed: int
    walk_m: float
    bound_placed: int
    bound_walk_m: float
    status: str


def least_walk(parties: Parties, places: Ints, clock: highs.Clock) -> Transport:
    """Place as many people as possible, and then with the least walk in all.

    One linear programme, in which a place is worth more than any detour it may cause; where its
    answer is whole, as it always is when all parties are single, it is the best there is. Else the
    most people are found by branching, and then the least walk of so many.

    Raises
    ------
    Cancelled : the clock's listener does not want the answer any longer.
    """
    model = _model(parties, places)
    if not len(model.cost):
        return _transport(parties, np.zeros(0, np.intp), None, None, "optimal")
    relaxed, status = _relaxed(model, clock)
    if relaxed is None:
        return _first_come(parties, places, model, status)
    amount = np.rint(relaxed).astype(np.intp)
    if np.abs(relaxed - amount).max() <= WHOLE and _fits(parties, places, amount):
        return _transport(parties, amount, None, None, "optimal")
    return _branched(parties, places, model, relaxed, clock)


@dataclass(frozen=True, eq=False)
class _Model:
    """Least ``cost`` with no party twice and no preschool over its places, a variable an entry."""

    cost: Floats
    party: Ints
    preschool: Ints
    size: Floats
    most: Floats
    parties: int

    def columns(self, entries: Ints) -> csc_array:
        """Return these variables' columns: one in the party's row, its size in the preschool's."""
        row = np.stack(
            [self.party[entries], self.parties + self.preschool[entries]], axis=1
        ).ravel()
        value = np.stack([np.ones(len(entries)), self.size[entries]], axis=1).ravel()
        first = 2 * np.arange(len(entries) + 1)
        return csc_array((value, row, first), shape=(len(self.most), len(entries)))

    def load(self, solver: highspy.Highs, cost: Floats, entries: Ints, **more: Any) -> None:
        """Give the solver the variables of these entries, at this cost."""
        free = (np.full(len(self.most), -np.inf), self.most)
        bounds = (np.zeros(len(entries)), np.full(len(entries), np.inf))
        highs.load(solver, cost[entries], self.columns(entries), free, bounds, **more)


def _model(parties: Parties, places: Ints) -> _Model:
    metres = parties.metres
    row = row_of(metres)
    most = np.concatenate([parties.count, places]).astype(np.float64)
    size = parties.size[row].astype(np.float64)
    return _Model(metres.data, row, metres.indices, size, most, metres.shape[0])


def _relaxed(model: _Model, clock: highs.Clock) -> tuple[Floats | None, str]:
    """Solve the relaxation: first with each party's nearest preschools, then with those that the
    prices say are worth a try, until none is.
    """
    cost = model.cost - _worth(model) * model.size
    known = _rank(model.party, model.cost) < NEAREST
    entries = np.flatnonzero(known)
    solver = highs.new_solver(solver="simplex", simplex_strategy=_DUAL_SIMPLEX)
    model.load(solver, cost, entries)
    while True:
        status = highs.run(solver, clock)
        if not highs.is_optimal(status):
            return None, highs.status_name(status)
        price = np.asarray(solver.getSolution().row_dual)
        left = cost - price[model.party] - model.size * price[model.parties + model.preschool]
        better = np.flatnonzero(~known & (left < -REDUCED_M))
        if not len(better):
            found = np.zeros(len(cost))
            found[entries] = np.asarray(solver.getSolution().col_value)
            return found, "optimal"
        new = better[_rank(model.party[better], left[better]) < AT_ONCE]
        _add(solver, model, cost, new)
        known[new] = True
        entries = np.concatenate([entries, new])


def _worth(model: _Model) -> float:
    """Return metres that no person placed can cost the others.

    Single people move along a chain that visits no preschool and no party twice; of parties we only
    know that nobody walks farther than to the farthest.
    """
    farthest = float((model.cost / model.size).max())
    steps = float(min(model.parties, len(model.most) - model.parties))
    if (model.size > 1).any():
        size = np.ones(model.parties)
        size[model.party] = model.size
        people, places = size @ model.most[: model.parties], model.most[model.parties :].sum()
        steps = float(min(people, places))
    return (steps + 1.0) * farthest + 1.0


def _add(solver: highspy.Highs, model: _Model, cost: Floats, new: Ints) -> None:
    """Add variables; what was best is still allowed, so the primal simplex goes on from there."""
    matrix = model.columns(new)
    bounds = (np.zeros(len(new)), np.full(len(new), np.inf))
    parts = (matrix.indptr[:-1], matrix.indices, matrix.data)
    solver.addCols(len(new), cost[new], *bounds, matrix.nnz, *parts)
    solver.setOptionValue("simplex_strategy", _PRIMAL_SIMPLEX)


def _rank(party: Ints, by: Floats) -> Ints:
    """Return each entry's place in its party's order, from 0; ``party`` is sorted."""
    order = np.lexsort((by, party))
    rank = np.empty(len(order), np.intp)
    rank[order] = np.arange(len(order)) - np.searchsorted(party, party[order])
    return rank


def _branched(
    parties: Parties, places: Ints, model: _Model, relaxed: Floats, clock: highs.Clock
) -> Transport:
    """Find the most people, then the least walk of so many, each by branching."""
    size = parties.size[row_of(parties.metres)].astype(np.float64)
    start = _by_nearness(parties, places, relaxed)
    most = int(np.ceil(size @ relaxed - WHOLE))  # one more would have been worth any walk
    if size @ start < most:
        solver = _branching(model, -size, start)
        half = highs.Clock(max(clock.left_s / 2, 1e-3), clock.progress)
        status = highs.run(solver, half)
        values, bound = highs.best_known(solver)
        start = _better(parties, places, start, values, -size)
        if np.isfinite(bound):
            most = min(most, int(np.floor(-bound + WHOLE)))
        if highs.is_optimal(status):
            most = int(size @ start)
    solver = _branching(model, model.cost, start, at_least=(size, float(size @ start)))
    status = highs.run(solver, highs.Clock(max(clock.left_s, 1e-3), clock.progress))
    values, bound = highs.best_known(solver)
    amount = _better(parties, places, start, values, model.cost)
    walk_m = float(model.cost @ amount)
    least_m = (
        walk_m if highs.is_optimal(status) else max(0.0, float(np.nan_to_num(bound, posinf=0.0)))
    )
    proven = highs.is_optimal(status) and most == int(size @ amount)
    said = highs.status_name(status) if not highs.is_optimal(status) else "time_limit"
    return _transport(parties, amount, most, least_m, "optimal" if proven else said)


def _branching(
    model: _Model, cost: Floats, start: Ints, at_least: tuple[Floats, float] | None = None
) -> highspy.Highs:
    solver = highs.new_solver()
    model.load(solver, cost, np.arange(len(cost)), whole=np.ones(len(cost), bool))
    if at_least is not None:
        needed, least = at_least
        solver.addRow(least, np.inf, len(needed), np.arange(len(needed), dtype=np.int32), needed)
    guess = highspy.HighsSolution()
    guess.col_value = start.astype(np.float64).tolist()
    solver.setSolution(guess)
    return solver


def _better(
    parties: Parties, places: Ints, start: Ints, values: Floats | None, cost: Floats
) -> Ints:
    if values is None:
        return start
    amount = np.rint(values).astype(np.intp)
    return amount if _fits(parties, places, amount) and cost @ amount <= cost @ start else start


def _fits(parties: Parties, places: Ints, amount: Ints) -> bool:
    metres = parties.metres
    row = row_of(metres)
    gone = np.bincount(row, amount, metres.shape[0])
    taken = np.bincount(metres.indices, amount * parties.size[row], metres.shape[1])
    return bool((gone <= parties.count).all() and (taken <= places).all() and (amount >= 0).all())


def _first_come(parties: Parties, places: Ints, model: _Model, status: str) -> Transport:
    """Return the nearest pairs first, with the bounds anybody can see."""
    amount = _by_nearness(parties, places, np.zeros(len(model.cost)))
    can_go = parties.count * parties.size * (np.diff(parties.metres.indptr) > 0)
    return _transport(parties, amount, int(min(can_go.sum(), places.sum())), 0.0, status)


def _by_nearness(parties: Parties, places: Ints, wanted: Floats) -> Ints:
    """Place the parties of whom most is wanted there first, then the nearest, while there is room.

    Larger parties first: single ones fill what is left.
    """
    metres = parties.metres
    row = row_of(metres)
    order = np.lexsort(
        (metres.data / parties.size[row], -np.rint(100 * wanted), -parties.size[row])
    )
    left, room = parties.count.copy(), places.copy()
    amount = np.zeros(metres.nnz, np.intp)
    for entry in order:
        party, where = row[entry], metres.indices[entry]
        taken = min(left[party], room[where] // parties.size[party])
        amount[entry] = taken
        left[party] -= taken
        room[where] -= taken * parties.size[party]
    return amount


def _transport(
    parties: Parties, amount: Ints, most: int | None, least_m: float | None, status: str
) -> Transport:
    placed = int(parties.size[row_of(parties.metres)] @ amount)
    walk_m = float(parties.metres.data @ amount)
    most, least_m = placed if most is None else most, walk_m if least_m is None else least_m
    return Transport(amount, placed, walk_m, most, least_m, status)
