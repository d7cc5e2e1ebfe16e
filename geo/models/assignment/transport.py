"""Which party goes where so that most people get a place and then walk least, no preschool going
over its places: the transport problem, proven.

Single people: one linear programme, whose answer is whole. Parties that stay together: the pairs
that can be in a best answer, by the prices of the relaxation, and branching over these alone.

The transport problem as a linear programme over pairs, and its relaxation by prices.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np
from scipy.sparse import csc_array, csr_array

from geo.models.location import highs
from geo.models.location.model import row_of
from geo.types import Floats, Ints

WHOLE = 1e-6
"""How far from a whole number the solver's answer may be."""
FIRST_TRIED = 1.3
"""So many pairs per party, those of least reduced cost, are branched over first."""
BRANCHING = {"mip_allow_restart": False, "mip_heuristic_effort": 0.0}
"""Starting over and the solver's own guesses take most of its time here, and find little."""


@dataclass(frozen=True, eq=False)
class Transport:
    """Parties moved along each stored pair, and how good that is at most.

    Attributes
    ----------
    amount : parties per stored entry of ``Parties.metres``.
    placed : people placed.
    walk_m : what they walk in all.
    bound_placed : nobody can place more than this.
    bound_walk_m : nobody who places ``placed`` people makes them walk less than this.
    status : ``optimal``, ``time_limit``, or the solver's own status when it stopped.
    """

    amount: Ints
    placed: int
    walk_m: float
    bound_placed: int
    bound_walk_m: float
    status: str


def least_walk(parties: Parties, places: Ints, clock: highs.Clock) -> Transport:
    """Place as many people as possible, and then with the least walk in all.

    Raises
    ------
    Cancelled : the clock's listener does not want the answer any longer.
    """
    model = model_of(parties, places)
    if not len(model.metres):
        return _transport(model, np.zeros(0, np.intp))
    found, status = relaxed(model, model.metres - worth(model) * model.size, clock)
    if found is None:
        can_go = np.bincount(model.party, minlength=len(model.count)) > 0
        most = min((parties.count * parties.size)[can_go].sum(), places.sum())
        return _transport(model, _by_nearness(model, None), int(most), 0.0, status)
    amount = np.rint(found.amount).astype(np.intp)
    if np.abs(found.amount - amount).max() <= WHOLE and model.fits(amount):
        return _transport(model, amount)
    return _together(model, found, clock)


def _together(model: Model, best: Relaxed, clock: highs.Clock) -> Transport:
    """Find the most people that can be placed, then the least walk of so many."""
    amount = _filled(model, _by_nearness(model, best.amount), clock)
    # One person more would have been worth any walk, so no whole answer places one more than this.
    most = int(np.ceil(model.people(best.amount) - WHOLE))
    amount, most = _most_people(model, best, amount, most, clock)
    placed = model.people(amount)
    least, status = relaxed(model, model.metres, clock, at_least=placed, start=amount)
    if least is None:
        return _transport(model, amount, most, 0.0, status)
    amount, bound_m, status = _least_metres(model, least, amount, clock)
    if most > placed and status == "optimal":
        status = "time_limit"
    return _transport(model, amount, most, bound_m, status)


def _most_people(
    model: Model, best: Relaxed, amount: Ints, most: int, clock: highs.Clock
) -> tuple[Ints, int]:
    """Return an answer that places as many as there was time to find, and the bound on them."""
    tried = np.flatnonzero((best.reduced <= _level(model, best)) | (amount > 0))
    every = np.arange(len(model.metres))
    for pairs in (tried, every):
        if model.people(amount) >= most:
            break
        part = highs.Clock(max(clock.left_s / 4, 1e-3), clock.progress)
        solver = _branching(model, -model.size, pairs, amount, None)
        status = highs.run(solver, part)
        found, bound = highs.best_known(solver)
        amount = _better(model, amount, pairs, found, -model.size, clock)
        if pairs is every and np.isfinite(bound):
            most = min(most, int(np.floor(-bound + WHOLE)))
        if pairs is every and highs.is_optimal(status):
            most = int(model.people(amount))
    return amount, most


def _least_metres(
    model: Model, least: Relaxed, amount: Ints, clock: highs.Clock
) -> tuple[Ints, float, str]:
    """Return the answer of least walk that places as many, what none can go below, and how it went.

    An answer with a pair whose reduced cost is above the level costs more than relaxation and level
    together: where the best without such pairs costs no more than that, it is the best of all.
    """
    placed, level = model.people(amount), _level(model, least)
    while True:
        walk_m = float(model.metres @ amount)
        level = min(level, walk_m - least.cost)
        pairs = np.flatnonzero((least.reduced <= level + WHOLE) | (amount > 0))
        solver = _branching(model, model.metres, pairs, amount, placed)
        status = highs.run(solver, highs.Clock(max(clock.left_s, 1e-3), clock.progress))
        found, bound_m = highs.best_known(solver)
        amount = _better(model, amount, pairs, found, model.metres, clock)
        walk_m = float(model.metres @ amount)
        if not highs.is_optimal(status):
            of_these = max(least.cost, float(np.nan_to_num(bound_m, nan=0.0)))
            bound_m = min(walk_m, of_these, least.cost + level)
            return amount, bound_m, highs.status_name(status)
        if walk_m - least.cost <= level + WHOLE:
            return amount, walk_m, "optimal"
        level = walk_m - least.cost


def _level(model: Model, found: Relaxed) -> float:
    """Return the reduced cost that so many pairs per party, on average, do not exceed."""
    at = min(int(FIRST_TRIED * len(model.count)), len(found.reduced) - 1)
    return max(0.0, float(np.partition(found.reduced, at)[at]))


def _branching(
    model: Model, cost: Floats, pairs: Ints, start: Ints, at_least: float | None
) -> highspy.Highs:
    """Return a solver for these pairs, given what is known."""
    solver = highs.new_solver(**BRANCHING)
    model.load(solver, cost, pairs, at_least=at_least, whole=np.ones(len(pairs), bool))
    guess = highspy.HighsSolution()
    guess.col_value = start[pairs].astype(np.float64).tolist()
    solver.setSolution(guess)
    return solver


def _better(
    model: Model, start: Ints, pairs: Ints, values: Floats | None, cost: Floats, clock: highs.Clock
) -> Ints:
    """Return what the solver found, made whole, where that is better than what was known."""
    if values is None:
        return start
    amount = np.zeros(len(start), np.intp)
    amount[pairs] = np.rint(values)
    if not model.fits(amount) or np.abs(values - amount[pairs]).max() > WHOLE:
        amount[model.size == 1] = 0
        amount = _filled(model, amount, clock) if model.fits(amount) else start
    no_fewer = model.people(amount) >= model.people(start)
    return amount if no_fewer and cost @ amount <= cost @ start else start


def _filled(model: Model, amount: Ints, clock: highs.Clock) -> Ints:
    """Return the same parties in the same places, and single people as well as can be in the rest.

    Single people of ``amount`` are placed anew, as far as the clock allows.
    """
    single = np.flatnonzero(model.size == 1)
    parties = np.where(model.size > 1, amount, 0)
    taken = np.bincount(model.preschool, parties * model.size, len(model.places)).astype(np.intp)
    if not len(single):
        return parties
    rest = Model(
        model.metres[single],
        model.party[single],
        model.preschool[single],
        model.size[single],
        model.count,
        model.places - taken,
    )
    found, _ = relaxed(rest, rest.metres - worth(rest), clock)
    if found is None:
        return amount
    parties[single] = np.rint(found.amount)
    return parties


def _by_nearness(model: Model, wanted: Floats | None) -> Ints:
    """Place the larger parties first, where most is wanted, then where it is nearest, while there
    is room.
    """
    first = np.zeros(len(model.metres)) if wanted is None else -np.rint(100 * wanted)
    order = np.lexsort((model.metres / model.size, first, -model.size)).tolist()
    party, preschool = model.party.tolist(), model.preschool.tolist()
    size, left, room = model.size.tolist(), model.count.tolist(), model.places.tolist()
    amount = np.zeros(len(order), np.intp)
    for pair in order:
        who, where = party[pair], preschool[pair]
        taken = min(left[who], int(room[where] // size[pair]))
        if taken:
            amount[pair] = taken
            left[who] -= taken
            room[where] -= taken * size[pair]
    return amount


def _transport(
    model: Model,
    amount: Ints,
    most: int | None = None,
    least_m: float | None = None,
    status: str = "optimal",
) -> Transport:
    placed, walk_m = int(model.people(amount)), float(model.metres @ amount)
    most, least_m = placed if most is None else most, walk_m if least_m is None else least_m
    return Transport(amount, placed, walk_m, most, least_m, status)


NEAREST = 3
"""So many preschools per party are tried first …"""
AT_ONCE = 3
"""… and at most so many more at a time."""
REDUCED_M = 1e-8
"""Metres that a pair must promise to be worth a try."""
EXACT = {"dual_feasibility_tolerance": 1e-9}
"""Metres that the solver takes for nothing: a chain of moves adds many of them up."""
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
class Model:
    """A variable a stored pair; no party is moved twice and no preschool goes over its places.

    Attributes
    ----------
    metres, party, preschool, size : a number per pair: what its party walks, which and how large it
        is, and where it would go.
    count : parties alike a party.
    places : places per preschool.
    """

    metres: Floats
    party: Ints
    preschool: Ints
    size: Floats
    count: Ints
    places: Ints

    def people(self, amount: Floats | Ints) -> float:
        """Return how many people are placed, given the amount of each pair."""
        return float(self.size @ amount)

    def fits(self, amount: Ints) -> bool:
        """Return whether no party is moved twice and no preschool goes over its places."""
        gone = np.bincount(self.party, amount, len(self.count))
        taken = np.bincount(self.preschool, amount * self.size, len(self.places))
        within = (gone <= self.count).all() and (taken <= self.places).all()
        return bool(within and (amount >= 0).all())

    def load(
        self,
        solver: highspy.Highs,
        cost: Floats,
        pairs: Ints,
        *,
        at_least: float | None = None,
        **more: Any,
    ) -> None:
        """Give the solver these pairs at this cost; ``at_least`` so many are to be placed."""
        upper = np.concatenate([self.count, self.places]).astype(np.float64)
        lower = np.full(len(upper), -np.inf)
        if at_least is not None:
            upper, lower = np.append(upper, np.inf), np.append(lower, at_least)
        bounds = (np.zeros(len(pairs)), np.full(len(pairs), np.inf))
        columns = self.columns(pairs, at_least is not None)
        highs.load(solver, cost[pairs], columns, (lower, upper), bounds, **more)

    def columns(self, pairs: Ints, counted: bool) -> csc_array:
        """Return these pairs' columns: one in the party's row, its size in the preschool's, and
        in the last row where people are ``counted``.
        """
        rows = len(self.count) + len(self.places)
        ones, size = np.ones(len(pairs)), self.size[pairs]
        where = [self.party[pairs], len(self.count) + self.preschool[pairs]]
        value = [ones, size]
        if counted:
            where.append(np.full(len(pairs), rows))
            value.append(size)
        first = len(value) * np.arange(len(pairs) + 1)
        parts = (np.stack(value, axis=1).ravel(), np.stack(where, axis=1).ravel(), first)
        return csc_array(parts, shape=(rows + counted, len(pairs)))


@dataclass(frozen=True, eq=False)
class Relaxed:
    """The best answer with parts of people: ``amount`` and ``reduced`` cost per pair, and what it
    costs in all, which no whole answer beats.
    """

    amount: Floats
    reduced: Floats
    cost: float


def model_of(parties: Parties, places: Ints) -> Model:
    """Return the model of these parties and places."""
    row = row_of(parties.metres)
    size = parties.size[row].astype(np.float64)
    metres = parties.metres
    return Model(metres.data, row, metres.indices, size, parties.count, places)


def relaxed(
    model: Model,
    cost: Floats,
    clock: highs.Clock,
    *,
    at_least: float | None = None,
    start: Ints | None = None,
) -> tuple[Relaxed | None, str]:
    """Solve the relaxation: first with each party's nearest preschools, then with those worth a try
    by the prices, until none is. Return it, and the solver's status.

    ``start`` is an answer that is allowed, needed where ``at_least`` so many are to be placed.
    """
    known = _rank(model.party, model.metres) < NEAREST
    if start is not None:
        known |= start > 0
    pairs = np.flatnonzero(known)
    solver = highs.new_solver(solver="simplex", simplex_strategy=_DUAL_SIMPLEX, **EXACT)
    model.load(solver, cost, pairs, at_least=at_least)
    while True:
        status = highs.run(solver, clock)
        if not highs.is_optimal(status):
            return None, highs.status_name(status)
        reduced = _reduced(model, cost, np.asarray(solver.getSolution().row_dual))
        better = np.flatnonzero(~known & (reduced < -REDUCED_M))
        if not len(better):
            amount = np.zeros(len(cost))
            amount[pairs] = np.asarray(solver.getSolution().col_value)
            return Relaxed(amount, reduced, float(cost @ amount)), "optimal"
        new = better[_rank(model.party[better], reduced[better]) < AT_ONCE]
        _add(solver, model.columns(new, at_least is not None), cost[new])
        known[new] = True
        pairs = np.concatenate([pairs, new])


def worth(model: Model) -> float:
    """Return metres that no person placed can cost the others.

    Single people move along a chain that visits no preschool and no party twice; for parties it is
    only certain that nobody walks farther than to the farthest.
    """
    farthest = float((model.metres / model.size).max())
    steps = float(min(len(model.count), len(model.places)))
    if (model.size > 1).any():
        size = np.ones(len(model.count))
        size[model.party] = model.size
        steps = float(min(size @ model.count, model.places.sum()))
    return (steps + 1.0) * farthest + 1.0


def _reduced(model: Model, cost: Floats, price: Floats) -> Floats:
    parties = len(model.count)
    counted = price[-1] if len(price) > parties + len(model.places) else 0.0
    at_preschool = price[parties + model.preschool] + counted
    return np.asarray(cost - price[model.party] - model.size * at_preschool, np.float64)


def _add(solver: highspy.Highs, columns: csc_array, cost: Floats) -> None:
    """Add variables; what was best is still allowed, so the primal simplex goes on from there."""
    new = len(cost)
    parts = (columns.indptr[:-1], columns.indices, columns.data)
    solver.addCols(new, cost, np.zeros(new), np.full(new, np.inf), columns.nnz, *parts)
    solver.setOptionValue("simplex_strategy", _PRIMAL_SIMPLEX)


def _rank(party: Ints, by: Floats) -> Ints:
    """Return each pair's place in its party's order, from 0; ``party`` is sorted."""
    order = np.lexsort((by, party))
    rank = np.empty(len(order), np.intp)
    rank[order] = np.arange(len(order)) - np.searchsorted(party, party[order])
    return rank
