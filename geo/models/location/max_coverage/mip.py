"""Maximal covering by HiGHS: the linear relaxation by its primal simplex, and the whole-number
programme.

    most Σ w z   with  z_i ≤ Σ y_j over the columns that reach row i,  Σ y ≤ count,
                       Σ cost y ≤ budget,  0 ≤ z ≤ 1,  y of 0 and 1

(Church and ReVelle 1974).
"""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import block_array, csc_array, eye_array

from geo.models.location import highs
from geo.models.location.max_coverage.core import Core
from geo.types import Floats, Ints

_PRIMAL_SIMPLEX = 4


@dataclass(frozen=True)
class Purse:
    """At most ``count`` more sites for at most ``budget`` more (see ``forgiving``)."""

    count: int
    budget: float = np.inf

    @property
    def is_overdrawn(self) -> bool:
        """Whether more is spent than there was."""
        return self.count < 0 or self.budget < 0

    def affords(self, cost: Floats) -> bool:
        """Return whether sites of these costs fit."""
        return len(cost) <= self.count and float(cost.sum()) <= self.budget

    def after(self, cost: Floats) -> Purse:
        """Return what is left when sites of these costs are chosen."""
        return Purse(self.count - len(cost), self.budget - float(cost.sum()))


@dataclass(frozen=True, eq=False)
class Relaxed:
    """The relaxation: a bound on the core's people, a share per column, and what a column adds to
    the bound (below zero: what it would take from it).
    """

    bound: float
    share: Floats
    gain: Floats


@dataclass(frozen=True, eq=False)
class Model:
    """The programme's worth a variable (y, then z), its rows and their upper sides; ``limit`` are
    the last rows, those of count and budget.
    """

    worth: Floats
    matrix: csc_array
    upper: Floats
    limit: Floats


def forgiving(budget: float) -> float:
    """Return the most that still counts as within a budget: 0.1 + 0.2 is within 0.3."""
    return budget * (1 + 1e-9)


def relaxed(core: Core, purse: Purse, clock: highs.Clock) -> Relaxed | None:
    """Solve the linear relaxation; None when the time is out before.

    The bound is worked out from the solver's prices, and holds whatever its rounding: with λ a row
    from 0 to w and prices ν, μ ≥ 0 of count and budget, nobody reaches more than
    Σ (w − λ) + Σ max(0, r) + ν count + μ budget, where r_j = Σ λ over its rows − ν − μ cost_j.
    """
    model = _model(core, purse)
    solver = highs.new_solver(simplex_strategy=_PRIMAL_SIMPLEX)
    _load(solver, model)
    if not highs.is_optimal(highs.run(solver, clock)):
        return None
    solution = solver.getSolution()
    dual, share = np.abs(solution.row_dual), np.array(solution.col_value)[: core.columns]
    weight = core.cover.weight
    price, limits = np.minimum(dual[: core.rows], weight), dual[core.rows :]
    gain = core.matrix().T @ price - limits @ model.limit[:, : core.columns]
    bound = (weight - price).sum() + np.maximum(gain, 0).sum() + limits @ model.upper[core.rows :]
    return Relaxed(float(bound), share, gain)


def settled(found: Relaxed, goal: float) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which columns any choice that reaches ``goal`` must open, and which it cannot.

    ``goal`` is people of the core. By reduced costs: shutting a column that adds to the bound, or
    opening one that would take from it, moves the bound by as much.
    """
    slack = found.bound - goal + 1e-9 * abs(found.bound)
    return found.gain > slack, found.gain < -slack


def whole(
    core: Core, purse: Purse, step: float, clock: highs.Clock
) -> tuple[Ints | None, float, str]:
    """Return the best columns found (None: none), a bound on the core's people, and the status.

    ``step`` is what two different sums of people differ by at least, 0 where that is not known.
    """
    model = _model(core, purse)
    solver = highs.new_solver(mip_abs_gap=max(1e-6, step - 1e-3))
    _load(solver, model, whole=core.columns)
    while True:
        status = highs.run(solver, clock)
        values, bound = highs.best_known(solver)
        if highs.is_infeasible(status):
            return None, -np.inf, "optimal"
        bound = np.inf if np.isnan(bound) else bound
        chosen = None if values is None else np.flatnonzero(values[: core.columns] > 0.5)
        if chosen is None or purse.affords(core.cost[chosen]):
            return chosen, bound, highs.status_name(status)
        # within the solver's tolerance, not within the budget: never these together
        solver.addRow(-np.inf, len(chosen) - 1.0, len(chosen), chosen, np.ones(len(chosen)))


def _model(core: Core, purse: Purse) -> Model:
    y, z = core.columns, core.rows
    limits, upper = [], [0.0] * z
    if purse.count < y:
        limits.append(np.ones(y))
        upper.append(float(purse.count))
    if np.isfinite(purse.budget):
        limits.append(core.cost)
        upper.append(purse.budget)
    limit = np.array(limits).reshape(-1, y)
    matrix = block_array(
        [[-core.matrix().astype(np.float64), eye_array(z)], [csc_array(limit), None]]
    )
    worth = np.concatenate([np.zeros(y), core.cover.weight])
    return Model(worth, csc_array(matrix), np.array(upper), limit)


def _load(solver: highspy.Highs, model: Model, *, whole: int = 0) -> None:
    variables = len(model.worth)
    highs.load(
        solver,
        model.worth,
        model.matrix,
        (np.full(len(model.upper), -np.inf), model.upper),
        (np.zeros(variables), np.ones(variables)),
        whole=np.arange(variables) < whole if whole else None,
        maximize=True,
    )
