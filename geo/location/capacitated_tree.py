"""Branch and bound on what prices leave open: a site open or closed, a row to one half of its sites
or to the other. Knows arrays only.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from geo.location import highs
from geo.location.answers import Floats, Ints
from geo.location.capacitated_kernel import climb
from geo.location.capacitated_search import Best, Prices, Problem, rule_out, try_sites

ROUNDS, TURNS = 40, 3
"""Price moves at a node before what they rule out is struck, and how often."""
PACE, PATIENCE = (0.3, 0.1), 5.0
"""The first and later steps of prices at a node, and rounds without gain before they shrink."""
DOUBT = 0.1
"""A site open in this share of the rounds, or closed in it, is worth a choice."""


@dataclass(order=True)
class Node:
    """A part of all answers, waiting: those that use only ``allowed`` pairs (packed bits)."""

    bound: float
    number: int
    price: Floats = field(compare=False)
    allowed: NDArray[np.uint8] = field(compare=False)
    state: Ints = field(compare=False)


def search(problem: Problem, prices: Prices, best: Best, clock: highs.Clock) -> None:
    """Look through what is left, the part of least bound first, until none can be better."""
    waiting = [_waiting(prices, 0)]
    number = 0
    while waiting and not clock.is_up:
        clock.ask()
        if waiting[0].bound >= best.cutoff:
            waiting = []
            break
        best.raise_bound(waiting[0].bound)
        node = _opened(problem, heapq.heappop(waiting))
        opened, taken = _bounded(problem, node, best, clock)
        if node.bound >= best.cutoff:
            continue
        for part in _halves(node, opened, taken):
            number += 1
            heapq.heappush(waiting, _waiting(part, number))
    if not waiting:
        best.bound = best.objective
    best.nodes = number


def _waiting(prices: Prices, number: int) -> Node:
    allowed = np.packbits(np.isfinite(prices.cost))
    return Node(prices.bound, number, prices.price, allowed, prices.state)


def _opened(problem: Problem, node: Node) -> Prices:
    sites, rows = problem.cost.shape
    allowed = np.unpackbits(node.allowed, count=sites * rows).reshape(sites, rows)
    cost = np.where(allowed > 0, problem.cost, np.inf)
    return Prices(node.price, np.zeros(sites), cost, node.state.copy(), bound=node.bound)


def _bounded(
    problem: Problem, node: Prices, best: Best, clock: highs.Clock
) -> tuple[Floats, Floats]:
    """Raise the node's bound, and strike what it rules out; return in which share of the rounds
    each site was open, and how often it took each row.
    """
    sites, rows = problem.cost.shape
    opened, taken, before = np.zeros(sites), np.zeros((sites, rows)), node.bound
    for turn in range(TURNS):
        if not np.isfinite(node.cost).any(axis=0).all():
            node.bound = np.inf
            return opened, taken
        pace = np.array([PACE[min(turn, 1)], 0.0, -np.inf, PATIENCE, best.cutoff])
        seen, place = np.zeros((ROUNDS, problem.count), np.int64), np.zeros(rows, np.int64)
        price, node.price, taken = node.price.copy(), node.price.copy(), np.zeros_like(taken)
        used = climb(
            price, node.cost, problem.weight, problem.slack_room, node.state, problem.count,
            best.objective, ROUNDS, pace, node.price, node.earned, seen, np.zeros(rows), taken,
            place,
        )  # fmt: skip
        node.bound = pace[2]
        seen = seen[: abs(used)]
        late = seen[len(seen) // 3 :]
        opened = np.bincount(late.ravel(), minlength=sites) / len(late)
        if used < 0:
            best.offer(np.unique(place), place.astype(np.intp))
        if node.bound >= best.cutoff:
            return opened, taken
        if turn == 0:
            try_sites(problem, seen[-1], best, clock)
            try_sites(problem, seen[-1], best, clock, place)
        if rule_out(problem, node, best, keep=False) < rows // 4:
            break
    node.bound = max(node.bound, before)
    return opened, taken


def _halves(node: Prices, opened: Floats, taken: Floats) -> list[Prices]:
    """Split the node by the site that is open about half the time, else by a row that several
    sites share; no parts where nothing is left to choose.
    """
    doubt = np.where(node.state < 0, np.minimum(opened, 1 - opened), 0.0)
    site = int(np.argmax(doubt))
    if doubt[site] > DOUBT:
        parts = [_copy(node), _copy(node)]
        parts[0].state[site] = 1
        parts[1].state[site] = 0
        parts[1].cost[site] = np.inf
        return parts
    return _by_row(node, taken)


def _by_row(node: Prices, taken: Floats) -> list[Prices]:
    """Split by the row whose sites cost it most unevenly: those like its first, or the others."""
    allowed = np.isfinite(node.cost)
    share = np.where(allowed, taken, 0.0)
    share /= np.maximum(share.sum(axis=0), 1e-12)
    cost = np.where(allowed, node.cost, 0.0)
    mean = (share * cost).sum(axis=0)
    spread = np.sqrt((share * (cost - mean) ** 2).sum(axis=0))
    spread[allowed.sum(axis=0) < 2] = -1.0
    row = int(np.argmax(spread))
    if spread[row] < 0:
        return []
    options = np.flatnonzero(allowed[:, row])
    first, second = options[np.argsort(-share[options, row], kind="stable")[:2]]
    ours = _nearer(node.cost, options, first, second)
    parts = [_copy(node), _copy(node)]
    parts[0].cost[options[~ours], row] = np.inf
    parts[1].cost[options[ours], row] = np.inf
    return parts


def _copy(node: Prices) -> Prices:
    return Prices(node.price, node.earned, node.cost.copy(), node.state.copy(), bound=node.bound)


def _nearer(cost: Floats, options: Ints, first: int, second: int) -> NDArray[np.bool_]:
    """Return which options cost their rows more like the first than like the second."""
    finite = np.isfinite(cost)
    filled = np.where(finite, cost, 10.0 * cost[finite].max() + 1.0)
    apart = [np.abs(filled[options] - filled[j]).sum(axis=1) for j in (first, second)]
    nearer = apart[0] <= apart[1]
    nearer[options == first], nearer[options == second] = True, False
    return np.asarray(nearer)
