"""The transport problem as a linear programme over pairs, and its relaxation by prices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np
from scipy.sparse import csc_array, csr_array

from geo.models.location import highs
from geo.models.location.model import row_of
from geo.types import Floats, Ints

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
