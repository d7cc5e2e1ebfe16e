"""How good a capacitated answer can be at most, and a good one: prices a row (Lagrangian relaxation
of "every row served once"), packings a site, and what can be ruled out. Knows arrays only.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from geo.location import highs
from geo.location.answers import Floats, Ints
from geo.location.capacitated_kernel import SLACK, climb, improve, recentre, settle, strike_rows

ROUNDS = 10
"""Price moves between two looks at the clock."""
MOST_ROUNDS = 800


@dataclass(frozen=True, eq=False)
class Problem:
    """``cost[j, i]`` people × metres, infinite out of reach; ``grain``: all costs are multiples of
    it (0: of none).
    """

    cost: Floats
    weight: Floats
    room: Floats
    count: int
    grain: float

    @property
    def slack_room(self) -> Floats:
        """Room a candidate, with what sums of float64 may be off."""
        return self.room * (1 + SLACK)


@dataclass(eq=False)
class Best:
    """The best answer so far and the bound; ``place`` is the candidate a row, None before any."""

    problem: Problem
    objective: float = np.inf
    bound: float = 0.0
    place: Ints | None = None
    sites: Ints = field(default_factory=lambda: np.empty(0, np.intp))
    nodes: int = 0

    @property
    def cutoff(self) -> float:
        """Only answers below this are better."""
        return self.objective - max(self.problem.grain * (1 - 1e-6), 1e-10 * abs(self.objective))

    @property
    def is_closed(self) -> bool:
        """Whether nothing can be better."""
        return self.place is not None and self.bound >= self.cutoff

    def offer(self, sites: Ints, place: Ints) -> bool:
        """Take an answer if it is one and better: ``place`` the candidate a row."""
        problem = self.problem
        load = np.bincount(place, problem.weight, len(problem.room))
        value = float(problem.cost[place, np.arange(len(place))].sum())
        if (load > problem.slack_room).any() or not value < self.objective - 1e-12 * abs(value):
            return False
        self.objective, self.place, self.sites = value, place.copy(), np.sort(sites)
        return True

    def raise_bound(self, bound: float) -> None:
        """Note a proven bound; up to the next multiple of the grain."""
        grain = self.problem.grain
        if grain:
            bound = np.ceil(bound / grain - 1e-6) * grain
        self.bound = min(self.objective, max(self.bound, float(bound)))


@dataclass(eq=False)
class Prices:
    """What serving each row is worth, what each site earns then, and what is still open to choice.

    ``cost`` is the problem's, infinite where ruled out; ``state`` 0 closed, 1 open, −1 free.
    """

    price: Floats
    earned: Floats
    cost: Floats
    state: Ints
    reach: float = 1.0
    bound: float = -np.inf


def begin(problem: Problem) -> Prices:
    """Return prices to start from: the usual cost of a row within a site's share of candidates."""
    sites = len(problem.room)
    share = max(1, sites // problem.count)
    near = np.partition(problem.cost, min(share, sites - 1), axis=0)[: share + 1]
    near = np.where(np.isfinite(near), near, np.nan)
    price = np.nanmean(near, axis=0)
    return Prices(price, np.zeros(sites), problem.cost.copy(), np.full(sites, -1), bound=-np.inf)


def raise_prices(
    problem: Problem, prices: Prices, best: Best, clock: highs.Clock, rounds: int = MOST_ROUNDS
) -> None:
    """Move the prices uphill, and try the sites they open as answers, until neither moves."""
    seen = np.zeros((ROUNDS, problem.count), np.int64)
    price, tried, done = prices.price.copy(), set[bytes](), 0
    kept, earned = price.copy(), prices.earned.copy()
    direction, share = np.zeros(len(price)), np.zeros_like(prices.cost)
    pace = np.array([prices.reach, 0.0, -np.inf, 15.0, np.inf])
    place = np.zeros(len(price), np.int64)
    while done < rounds and not best.is_closed and not clock.is_up:
        clock.ask()
        target = best.objective if best.place is not None else 1.5 * price.sum() + 1.0
        used = climb(
            price, prices.cost, problem.weight, problem.slack_room, prices.state, problem.count,
            target, ROUNDS, pace, kept, earned, seen, direction,
            share, place,
        )  # fmt: skip
        done += abs(used)
        if used < 0:
            best.offer(np.unique(place), place.astype(np.intp))
        if pace[2] > prices.bound:
            prices.bound, prices.price, prices.earned = pace[2], kept.copy(), earned.copy()
            best.raise_bound(prices.bound)
        try_sites(problem, seen[abs(used) - 1], best, clock, place)
        for sites in seen[: abs(used) : 3]:
            key = np.sort(sites).tobytes()
            if key not in tried and not clock.is_up:
                tried.add(key)
                try_sites(problem, sites, best, clock)
        if used < ROUNDS or pace[0] < 0.004:
            break


def try_sites(
    problem: Problem, sites: Ints, best: Best, clock: highs.Clock, begun: Ints | None = None
) -> None:
    """Settle the rows into these sites, move the sites among their own rows, and offer that.

    ``begun``: a site a row to start from, −1 for none yet.
    """
    finite = problem.cost[np.isfinite(problem.cost)]
    penalty = 10.0 * (finite.max() + 1.0) / problem.weight.min()
    where = np.sort(sites).astype(np.int64)
    load, place = np.zeros(len(where)), np.full(len(problem.weight), -1, np.int64)
    if begun is not None:
        found = np.minimum(np.searchsorted(where, begun), len(where) - 1)
        place = np.where(where[found] == begun, found, -1)
    rooms = problem.slack_room
    total, _over = settle(problem.cost, problem.weight, rooms, where, place, load, penalty)
    for _ in range(20):
        clock.ask()
        if not np.isfinite(total):
            return
        best.offer(where, where[place])
        if not recentre(problem.cost, rooms, where, place, load):
            return
        total, _over = improve(problem.cost, problem.weight, rooms, where, place, load, penalty)


def rule_out(problem: Problem, prices: Prices, best: Best, *, keep: bool = True) -> int:
    """Close sites and strike pairs that no better answer uses; return how many pairs went."""
    if best.place is None:
        return 0
    own = best.place.astype(np.int64) if keep else np.full(len(best.place), -1)
    room, count = problem.slack_room, problem.count
    struck = strike_rows(
        prices.price, prices.cost, problem.weight, room, prices.state, prices.earned,
        prices.bound, count, best.cutoff, own,
    )  # fmt: skip
    free = prices.state < 0
    order = np.argsort(-np.where(prices.state == 1, np.inf, prices.earned), kind="stable")
    chosen = np.zeros(len(room), bool)
    chosen[order[:count]] = True
    last, after = (float(prices.earned[order[k]]) for k in (count - 1, min(count, len(room) - 1)))
    gain = np.where(free, prices.earned, 0.0)
    closed = free & ~chosen & (prices.bound + last - gain >= best.cutoff)
    forced = free & chosen & (prices.bound + gain - after >= best.cutoff)
    if keep:
        closed[best.sites] = False
        forced &= np.isin(np.arange(len(room)), best.sites)
    prices.state[closed] = 0
    prices.state[forced & ~closed] = 1
    prices.cost[prices.state == 0] = np.inf
    return int(struck)
