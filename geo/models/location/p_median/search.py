"""The proof of the p-median: a good choice first, then a bound that rises until they meet.

First prices (a Lagrangian bound by subgradient steps) decide most sites at once; what is left goes
to the master programme with cuts, and to branching on shares.
"""

from __future__ import annotations

import heapq
import itertools
import math
from dataclasses import dataclass, field, replace

import numpy as np

from geo.models.location import highs
from geo.models.location.p_median import kernel as median_kernel
from geo.models.location.p_median.benders import Master
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
