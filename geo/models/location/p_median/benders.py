"""The p-median's master programme: sites as shares from 0 to 1, metres per row held up by cuts.
What it finds is a relaxation; its prices give a bound that holds to the last digits, whatever the
solver's tolerances.

Source: Duran-Mateluna, Alès, Elloumi, An efficient Benders decomposition for the p-median problem,
European Journal of Operational Research 308 (2023).
"""

from __future__ import annotations

from typing import Any

import highspy
import numpy as np
from scipy.sparse import csc_array

from geo.errors import NarhetError
from geo.models.location import highs
from geo.models.location.p_median import kernel as median_kernel
from geo.models.location.p_median.problem import Problem
from geo.types import Floats, Ints

_ROOMY = 1e-3
"""A cut this far from biting (scaled metres) may be forgotten."""


class Master:
    """Least Σ w θ with ``count`` sites open, where cuts bound θ (metres per row) from below.

    A row that may be left unserved has a share of that as well, and these share the people that may
    be lost. Metres and people are scaled by powers of two to what the solver likes.
    """

    def __init__(self, problem: Problem, clock: highs.Clock) -> None:
        self.problem = problem
        self.clock = clock
        self.rows, self.sites = len(problem.weights), len(problem.sites)
        self.giving = np.flatnonzero(np.isinf(problem.cap) & (problem.lost is not None))
        finite = problem.metres[np.isfinite(problem.metres)]
        self.metre = 2.0 ** np.floor(np.log2(max(float(finite.max(initial=0.0)), 1e-6) / 64))
        self.person = 2.0 ** np.floor(np.log2(float(problem.weights.mean())))
        self.cut_row = np.empty(0, np.intp)
        self.cut_rhs = np.empty(0)
        self.is_level = np.empty(0, bool)
        self.first = 1 + int(len(self.giving) > 0)
        self.least_m: Floats = problem.metres[:, 0].copy()
        self.least_m[self.giving] = 0.0
        self.opened: Floats = np.zeros(self.sites)
        self.theta: Floats = np.zeros(self.rows)
        self.unserved: Floats = np.zeros(self.rows)
        self.slack: Floats = np.empty(0)
        self.price: Floats = np.zeros(self.rows)
        self.credit = 0.0
        self.solver = highs.new_solver(solver="simplex", presolve="off")
        self._begin()

    def limit(self, low: Floats, high: Floats) -> None:
        """Set the bounds of the sites' shares."""
        every = np.arange(self.sites, dtype=np.int32)
        self.solver.changeColsBounds(self.sites, every, low, high)

    def solve(self) -> bool:
        """Solve; return whether there is an answer (False: the bounds allow none).

        Raises
        ------
        NarhetError ``solver_failed`` : neither an answer, nor none, nor out of time (then
        ``clock.is_up``).
        """
        status = highs.run(self.solver, self.clock)
        if status == highspy.HighsModelStatus.kTimeLimit:
            return True
        if highs.is_infeasible(status):
            return False
        if not highs.is_optimal(status):
            raise NarhetError("solver_failed", status=highs.status_name(status))
        solution = self.solver.getSolution()
        values = np.asarray(solution.col_value)
        duals = np.asarray(solution.row_dual)
        self.opened = np.clip(values[: self.sites], 0.0, 1.0)
        self.theta = values[self.sites : self.sites + self.rows] * self.metre
        self.unserved = np.zeros(self.rows)
        self.unserved[self.giving] = np.clip(values[self.sites + self.rows :], 0.0, 1.0)
        self.slack = np.asarray(solution.row_value)[self.first :] - self.cut_rhs / self.metre
        self._price(duals)
        return True

    def _price(self, duals: Floats) -> None:
        """Turn the cuts' duals into prices per row, and the lost people's into a credit per
        person.
        """
        problem = self.problem
        cut = np.maximum(duals[self.first :], 0.0) * self.person
        level = np.bincount(self.cut_row, cut * self.cut_rhs, self.rows)
        weight = np.bincount(self.cut_row, np.where(self.is_level, cut, 0.0), self.rows)
        rest = np.maximum(problem.weights - weight, 0.0)
        price = np.minimum((level + rest * self.least_m) / problem.weights, problem.cap)
        self.credit = 0.0
        if len(self.giving):
            self.credit = max(0.0, -duals[1]) * self.metre
            price[self.giving] = np.minimum(price[self.giving], self.credit)
        self.price = price

    def violated(self) -> tuple[Ints, Floats]:
        """Return the rows and levels (metres) of the cuts that the last answer breaks."""
        problem = self.problem
        level = median_kernel.separate(
            problem.metres, problem.near, problem.length, problem.cap, self.opened, self.unserved,
            self.theta,
        )  # fmt: skip
        rows = np.flatnonzero(level >= 0)
        return rows, level[rows]

    def add(self, rows: Ints, level: Floats) -> None:
        """Add the cuts ``θ + Σ (level − d) y ≥ level``; for an infinite level, ``Σ y ≥ 1``."""
        problem = self.problem
        start, index, value = median_kernel.cuts(
            problem.metres, problem.near, problem.length, rows, level
        )
        is_level = np.isfinite(level)
        sizes = np.diff(start)
        part = np.repeat(is_level, sizes)
        value = np.where(part, value / self.metre, value)
        rhs = np.where(is_level, level, self.metre)
        parts = [(start[:-1], sizes, index, value)]
        parts.append(_single(is_level, self.sites + rows, np.ones(len(rows))))
        if len(self.giving):
            number = np.full(self.rows, -1)
            number[self.giving] = self.sites + self.rows + np.arange(len(self.giving))
            parts.append(_single(number[rows] >= 0, number[rows], rhs / self.metre))
        firsts, indices, values = _joined(parts)
        self.solver.addRows(
            len(rows), rhs / self.metre, np.full(len(rows), np.inf), len(indices),
            firsts[:-1], indices, values,
        )  # fmt: skip
        self.cut_row = np.concatenate([self.cut_row, rows])
        self.cut_rhs = np.concatenate([self.cut_rhs, rhs])
        self.is_level = np.concatenate([self.is_level, is_level])

    def forget(self) -> None:
        """Drop the cuts that are far from biting in the last answer."""
        roomy = np.flatnonzero(self.slack > _ROOMY * (1 + self.cut_rhs / self.metre))
        if len(roomy) < len(self.cut_row) // 3:
            return
        self.solver.deleteRows(len(roomy), (roomy + self.first).astype(np.int32))
        stays = np.ones(len(self.cut_row), bool)
        stays[roomy] = False
        self.cut_row, self.cut_rhs = self.cut_row[stays], self.cut_rhs[stays]
        self.is_level = self.is_level[stays]

    def _begin(self) -> None:
        problem, gone = self.problem, len(self.giving)
        width = self.sites + self.rows + gone
        table = np.zeros((self.first, width))
        table[0, : self.sites] = 1.0
        low, high = np.full(self.first, float(problem.count)), np.full(self.first, problem.count)
        if gone:
            table[1, self.sites + self.rows :] = problem.weights[self.giving] / self.person
            low[1] = -np.inf
            high = high.astype(np.float64)
            high[1] = (problem.lost or 0.0) / self.person
        cost = np.concatenate([np.zeros(self.sites), problem.weights / self.person, np.zeros(gone)])
        bottom = np.concatenate([np.zeros(self.sites), self.least_m / self.metre, np.zeros(gone)])
        top = np.concatenate([np.ones(self.sites), np.full(self.rows, np.inf), np.ones(gone)])
        highs.load(self.solver, cost, csc_array(table), (low, high), (bottom, top))


def _single(has: Any, index: Any, value: Floats) -> tuple[Any, Any, Any, Any]:
    """Return rows of one entry where ``has``, none elsewhere."""
    sizes = has.astype(np.int32)
    return np.cumsum(sizes) - sizes, sizes, index[has].astype(np.int32), value[has]


def _joined(parts: list[tuple[Any, Any, Any, Any]]) -> tuple[Any, Any, Any]:
    """Return row-wise tables put side by side as one: first entries, indices, values."""
    row = np.concatenate([np.repeat(np.arange(len(sizes)), sizes) for _, sizes, _, _ in parts])
    order = np.argsort(row, kind="stable")
    index = np.concatenate([part[2] for part in parts])[order].astype(np.int32)
    value = np.concatenate([part[3] for part in parts])[order].astype(np.float64)
    sizes = sum(part[1] for part in parts)
    return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int32), index, value
