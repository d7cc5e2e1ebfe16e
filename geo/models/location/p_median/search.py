"""The proof of the p-median: a good choice first, then a bound that rises until they meet.

First prices (a Lagrangian bound by subgradient steps) decide most sites at once; what is left goes
to the master programme with cuts, and to branching on shares.

The p-median's master programme: sites as shares from 0 to 1, metres per row held up by cuts.
What it finds is a relaxation; its prices give a bound that holds to the last digits, whatever the
solver's tolerances.

Source: Duran-Mateluna, Alès, Elloumi, An efficient Benders decomposition for the p-median problem,
European Journal of Operational Research 308 (2023).
"""

from __future__ import annotations

import heapq
import itertools
import math
from dataclasses import dataclass, field, replace
from typing import Any

import highspy
import numpy as np
from scipy.sparse import csc_array

from geo.errors import NarhetError
from geo.models.location import highs
from geo.models.location.p_median import kernel as median_kernel
from geo.models.location.p_median.problem import Best, Problem, decided, lagrangian, reduced
from geo.types import Floats, Ints

_RESTARTS = 12
_STALE = 4
_ROUNDS = 40
"""Subgradient steps between two looks at the clock."""
_CHUNKS = 25
_SMALL_STEP = 0.01
_FEW = 500
"""So few choices are tried one by one."""
_CREDITS = (1.5, 4.0, 12.0)
"""What leaving a person unserved costs, in longest ways."""
_WHOLE = 1e-6
_WORTHWHILE = 0.25
"""Begin anew when this share of the sites has been decided at the root."""
_TAIL = 0.02
_PATIENCE = 3
"""Rounds of cuts that each gain less than ``_TAIL`` of what is missing, before branching."""


@dataclass(order=True)
class _Node:
    """A part of the choices: a bound on them, and between what the shares of sites are."""

    bound: float
    number: int
    low: Floats = field(compare=False)
    high: Floats = field(compare=False)


def start(problem: Problem, best: Best, clock: highs.Clock) -> None:
    """Offer choices by interchange from seeded random starts, until several bring nothing."""
    random = np.random.default_rng(0)
    stale = 0
    for _ in range(_RESTARTS):
        before = best.total
        best.better(problem, random.permutation(len(problem.sites))[: problem.count])
        stale = 0 if best.total < before else stale + 1
        clock.ask()
        if stale >= _STALE or clock.is_up:
            break


def prove(problem: Problem, best: Best, clock: highs.Clock) -> float:
    """Improve ``best`` and return the bound on the total: its own total where that is proven."""
    problem, bound = _by_prices(problem, best, clock)
    if bound >= best.cutoff or problem.is_impossible or _settled(problem, best):
        return best.total
    if not clock.is_up and math.comb(len(problem.sites), problem.count) <= _FEW:
        return max(bound, _try_all(problem, best, clock))
    return bound if clock.is_up else max(bound, branch(problem, best, clock))


def _try_all(problem: Problem, best: Best, clock: highs.Clock) -> float:
    """Offer every choice that is left; return the bound, nothing where time ran out."""
    for chosen in itertools.combinations(range(len(problem.sites)), problem.count):
        best.offer(np.concatenate([problem.kept, problem.sites[list(chosen)]]))
        clock.ask()
        if clock.is_up:
            return 0.0
    return best.total


def _by_prices(problem: Problem, best: Best, clock: highs.Clock) -> tuple[Problem, float]:
    """Return the problem without the sites that prices decide, with its prices, and the bound.

    Where people may be left unserved, each pays a credit instead, which is taken off again for as
    many as must be lost: a bound for any credit, so a few are tried.
    """
    second = np.minimum(problem.metres[:, min(1, problem.metres.shape[1] - 1)], problem.cap)
    price = np.where(np.isfinite(second), second, problem.metres[:, 0])
    problem, bound = replace(problem, price=price), problem.base
    longest = float(problem.metres[np.isfinite(problem.metres)].max(initial=0.0))
    if problem.lost is None:
        fees: tuple[float, ...] = (0.0,)
    else:
        fees = tuple(share * longest for share in _CREDITS)
        bound = 0.0
    for credit in fees:
        problem, now = _ascend(problem, credit, best, clock)
        bound = max(bound, now)
        if bound >= best.cutoff or clock.is_up or problem.is_impossible or _is_settled(problem):
            break
    return problem, bound


def _ascend(
    problem: Problem, credit: float, best: Best, clock: highs.Clock
) -> tuple[Problem, float]:
    """Raise the bound by subgradient steps, offer the choices met, and drop decided sites."""
    bound, step = -np.inf, 1.0
    for _ in range(_CHUNKS):
        cap = np.where(np.isinf(problem.cap) & (credit > 0), credit, problem.cap)
        upper = best.total - problem.base + credit * (problem.lost or 0.0)
        _, price, step = median_kernel.ascend(
            problem.metres, problem.near, problem.length, problem.weights, cap,
            np.minimum(problem.price, cap), problem.count, upper, step, _ROUNDS,
            len(problem.sites),
        )  # fmt: skip
        problem = replace(problem, price=price)
        constant, worth = lagrangian(problem, credit)
        best.better(problem, np.argsort(worth, kind="stable")[: problem.count])
        free = np.ones(len(worth), bool)
        now, opened, closed = decided(constant, worth, problem.count, best.cutoff, free)
        bound = max(bound, now)
        clock.ask()
        if bound >= best.cutoff:
            break
        if opened.any() or closed.any():
            problem = reduced(problem, opened, closed)
        if step < _SMALL_STEP or clock.is_up or problem.is_impossible or _is_settled(problem):
            break
    return problem, bound


def branch(problem: Problem, best: Best, clock: highs.Clock) -> float:
    """Return the bound from the master programme and branching on shares, bettering ``best``."""
    tree = _Tree(problem, best, clock)
    every = len(problem.sites)
    heap = [_Node(problem.base, 0, np.zeros(every), np.ones(every))]
    while heap and not clock.is_up:
        node = heapq.heappop(heap)
        if node.bound >= best.cutoff:
            break
        share = tree.explore(node)
        if share is None:
            continue
        if not clock.left_s:
            heapq.heappush(heap, node)
            break
        if node.number == 0 and (node.low >= node.high).sum() > _WORTHWHILE * every:
            smaller = reduced(tree.problem_now, node.low == 1, node.high == 0)
            if smaller.is_impossible or _settled(smaller, best):
                return best.total
            return max(node.bound, branch(smaller, best, clock))
        for child in tree.children(node, share):
            heapq.heappush(heap, child)
    bounds = [tree.floor, *(node.bound for node in heap)]
    return min([bound for bound in bounds if bound < best.cutoff], default=best.total)


class _Tree:
    """One master programme for all nodes, as every cut holds for every choice."""

    def __init__(self, problem: Problem, best: Best, clock: highs.Clock) -> None:
        self.best, self.clock = best, clock
        self.problem_now = problem
        self.master = Master(problem, clock)
        self.master.add(*_first_cuts(problem))
        self.made = 0
        self.floor = np.inf
        """The least bound of a node closed because its best choice is whole, and known."""

    def explore(self, node: _Node) -> Floats | None:
        """Raise the node's bound and decide sites in it; return shares to branch on, None: done."""
        master, best = self.master, self.best
        master.limit(node.low, node.high)
        stale, before = 0, node.bound
        while True:
            if not self._may(node) or not master.solve():
                return None
            if self.clock.is_up:
                return master.opened
            changed = self._look(node)
            if node.bound >= best.cutoff:
                return None
            rows, level = master.violated()
            self._round(node)
            gained = node.bound - before
            stale = stale + 1 if gained < _TAIL * (best.cutoff - node.bound) else 0
            before = node.bound
            is_whole = np.abs(master.opened - np.round(master.opened)).max() < _WHOLE
            if not changed and not len(rows):
                self.floor = min(self.floor, node.bound) if is_whole else self.floor
                return None if is_whole else master.opened
            if stale >= (_PATIENCE if node.number else 4 * _PATIENCE) and not is_whole:
                return master.opened
            if changed:
                master.limit(node.low, node.high)
            if len(rows):
                master.forget()
                master.add(rows, level)

    def children(self, node: _Node, share: Floats) -> list[_Node]:
        """Return the two halves of a node: the most undecided site closed, and open."""
        free = node.low < node.high
        site = int(np.argmax(np.where(free, 0.5 - np.abs(share - 0.5), -1.0)))
        halves = []
        for value in (0.0, 1.0):
            self.made += 1
            low, high = node.low.copy(), node.high.copy()
            low[site] = high[site] = value
            halves.append(_Node(node.bound, self.made, low, high))
        return halves

    def _look(self, node: _Node) -> bool:
        """Raise the node's bound by the master's prices; return whether they decide more sites."""
        master = self.master
        problem = replace(master.problem, price=master.price)
        constant, worth = lagrangian(problem, master.credit)
        is_open, free = node.low == 1, node.low < node.high
        bound, opened, closed = decided(
            constant + float(worth[is_open].sum()), worth,
            problem.count - int(is_open.sum()), self.best.cutoff, free,
        )  # fmt: skip
        if bound > node.bound:
            node.bound = bound
            self.problem_now = problem
        node.low[opened], node.high[closed] = 1.0, 0.0
        return bool(opened.any() or closed.any())

    def _round(self, node: _Node) -> None:
        """Offer the sites with the largest shares."""
        problem = self.master.problem
        most = np.argsort(-(self.master.opened + node.low), kind="stable")[: problem.count]
        self.best.better(problem, most)

    def _may(self, node: _Node) -> bool:
        return bool(node.low.sum() <= self.master.problem.count <= node.high.sum())


def _first_cuts(problem: Problem) -> tuple[Ints, Floats]:
    """Return the two cuts per row on either side of its price."""
    rows = np.arange(len(problem.price))
    after = (problem.metres < problem.price[:, None]).sum(axis=1)
    after = np.minimum(after, problem.length)
    padded = np.concatenate([problem.metres, np.full((len(rows), 1), np.inf)], axis=1)
    above = np.where(after < problem.length, padded[rows, after], problem.cap)
    below = np.where(after > 0, padded[rows, after - 1], np.inf)
    use = after > 1
    return np.concatenate([rows, rows[use]]), np.concatenate([above, below[use]])


def _is_settled(problem: Problem) -> bool:
    return not problem.count or len(problem.sites) == problem.count


def _settled(problem: Problem, best: Best) -> bool:
    """Return whether nothing is left to choose; then that choice is offered."""
    if _is_settled(problem):
        best.offer(np.concatenate([problem.kept, problem.sites[: problem.count]]))
    return _is_settled(problem)


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
