"""The search for the shortest radius within which some number of sites covers everybody: what is
possible from above, what is impossible from below, until they meet. Whether sites cover every row
is decided for certain where time allows.
"""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array, csr_array

from geo.errors import NarhetError
from geo.models.location import highs
from geo.models.location.p_center import kernel as center_kernel
from geo.types import Floats, Ints

_SAFE = 1e-6
_STEPS = 2000
"""Local search steps between two looks at the clock."""
_TRIES = 10
_SLICE = 0.4
"""The share of the time left that one question of covering may take at first."""


@dataclass
class Ladder:
    """Radii (metres, ascending) between what is known impossible and known possible.

    ``metres`` is rows × sites, at most the row's ``cap`` (what it has anyway); ``low`` is the index
    of the greatest radius proven too short (−1: none), ``high`` that of the shortest reached, by
    ``chosen``.
    """

    metres: Floats
    cap: Floats
    count: int
    radii: Floats
    low: int
    high: int
    chosen: Ints

    @property
    def is_closed(self) -> bool:
        """Whether the shortest radius is known."""
        return self.high <= self.low + 1

    def take(self, chosen: Ints) -> None:
        """Take a choice if its radius is shorter."""
        reached = float(np.minimum(self.cap, self.metres[:, chosen].min(axis=1)).max())
        index = int(np.searchsorted(self.radii, reached))
        if index < self.high:
            self.high, self.chosen = index, chosen

    def core(self, index: int) -> Core:
        """Return who has to be covered by whom within a radius."""
        radius_m = self.radii[index]
        return core_of(self.metres[self.cap > radius_m] <= radius_m, self.count)


def ladder_of(metres: Floats, cap: Floats, count: int) -> Ladder:
    """Return the ladder of a question in which every row can be reached.

    No radius is shorter than the farthest row's nearest site; and none longer than with any sites.
    """
    nearest = np.minimum(cap, metres.min(axis=1))
    radii = np.unique(np.concatenate([metres[np.isfinite(metres)], cap[np.isfinite(cap)]]))
    low = int(np.searchsorted(radii, nearest.max())) - 1
    return Ladder(metres, cap, count, radii, low, len(radii), np.empty(0, np.intp))


def search(ladder: Ladder, clock: highs.Clock) -> None:
    """Close in on the shortest radius from both sides, the cheap ways first."""
    lower_by_search(ladder, _slice(clock, 0.3), 1)
    raise_by_relaxation(ladder, _slice(clock, 0.6))
    lower_by_search(ladder, _slice(clock, 0.4), _TRIES)
    close(ladder, clock)


def start(ladder: Ladder) -> None:
    """Take the choice that opens the nearest site of the row that has farthest, again and again.

    Source: Gonzalez, Clustering to minimize the maximum intercluster distance, Theoretical Computer
    Science 38 (1985).
    """
    chosen = np.empty(0, np.intp)
    now_m = ladder.cap
    for _ in range(ladder.count):
        site = int(np.argmin(ladder.metres[int(np.argmax(now_m))]))
        chosen = np.append(chosen, site)
        now_m = np.minimum(now_m, ladder.metres[:, site])
    ladder.take(np.unique(chosen))


def lower_by_search(ladder: Ladder, clock: highs.Clock, tries: int) -> None:
    """Find shorter radii by local search, halving; ``tries`` of ``_STEPS`` at each radius."""
    low = ladder.low
    while low + 1 < ladder.high and not clock.is_up:
        middle = (low + ladder.high) // 2
        found = _look(ladder, middle, clock, tries)
        if found is None:
            low = middle
        else:
            ladder.take(found)


def raise_by_relaxation(ladder: Ladder, clock: highs.Clock) -> None:
    """Prove radii too short by the linear relaxation of covering."""
    high = ladder.high
    while ladder.low + 1 < high and not clock.is_up:
        middle = (ladder.low + high) // 2
        if _is_short(ladder, ladder.core(middle), clock):
            ladder.low = middle
        else:
            high = middle


def close(ladder: Ladder, clock: highs.Clock) -> None:
    """Decide radii halfway between what is known, or nearer the proven ones where that takes too
    long, until the shortest is known.
    """
    part = 0.5
    while not ladder.is_closed and not clock.is_up:
        span = ladder.high - ladder.low
        index = ladder.low + max(1, int(span * part))
        verdict = _decided(ladder, index, clock, _SLICE if index > ladder.low + 1 else 1.0)
        if verdict is None:
            part /= 4
        elif not verdict:
            ladder.low = index


def _decided(ladder: Ladder, index: int, clock: highs.Clock, patience: float) -> bool | None:
    """Return whether a radius can be reached, None where time ran out; take a choice that does."""
    core = ladder.core(index)
    if core.is_impossible:
        return False
    if not len(core.inside):
        ladder.take(core.kept if len(core.kept) else np.arange(ladder.count))
        return True
    verdict, found = decide(core, _slice(clock, patience))
    if verdict:
        ladder.take(np.concatenate([core.kept, core.sites[found]]))
    return verdict


def _is_short(ladder: Ladder, core: Core, clock: highs.Clock) -> bool:
    """Return whether the relaxation proves that a radius is too short."""
    if core.is_impossible or not len(core.inside):
        return core.is_impossible
    bound, share = fewest(core, clock)
    if bound > core.count + _SAFE:
        return True
    if share.any() and (np.abs(share - np.round(share)) < _SAFE).all():
        found = np.flatnonzero(share > 0.5)
        if len(found) <= core.count and core.inside[:, found].any(axis=1).all():
            ladder.take(np.concatenate([core.kept, core.sites[found]]))
    return False


def _look(ladder: Ladder, index: int, clock: highs.Clock, tries: int) -> Ints | None:
    """Look for a choice within a radius by local search; None: none found."""
    core = ladder.core(index)
    if core.is_impossible:
        return None
    if not len(core.inside):
        return core.kept if len(core.kept) else np.arange(ladder.count)
    if core.count >= len(core.sites):
        return np.concatenate([core.kept, core.sites])
    rows = center_kernel.listed(np.ascontiguousarray(core.inside))
    sites = center_kernel.listed(np.ascontiguousarray(core.inside.T))
    random = np.random.default_rng(0)
    chosen = random.permutation(len(core.sites))[: core.count].astype(np.int64)
    weight = np.ones(len(core.inside), np.int64)
    for seed in range(1, tries + 1):
        clock.ask()
        if center_kernel.look_for_cover(*rows, *sites, chosen, weight, _STEPS, seed):
            return np.concatenate([core.kept, core.sites[chosen]])
        if clock.is_up:
            return None
    return None


def _slice(clock: highs.Clock, share: float) -> highs.Clock:
    """Return a clock for a share of the time left, whose listener hears of the whole."""

    def heard(_key: str, _share: float) -> None:
        clock.ask()

    listener = heard if clock.progress is not None else None
    return highs.Clock(max(share * clock.left_s, 1e-3), listener)


Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Core:
    """What is left of a covering question: ``inside`` (rows × sites), which sites these are, the
    sites ``kept`` that must open, and how many more may.
    """

    inside: Flags
    sites: Ints
    kept: Ints
    count: int

    @property
    def is_impossible(self) -> bool:
        """Whether it is plain that no choice covers all."""
        rows = len(self.inside)
        return self.count < 0 or (rows > 0 and (not self.count or not self.inside.any(1).all()))


def core_of(inside: Flags, count: int) -> Core:
    """Return the question without rows covered with others, sites no better than others, and sites
    that must open.
    """
    core = Core(inside, np.arange(inside.shape[1]), np.empty(0, np.intp), count)
    while len(core.inside) and not core.is_impossible:
        before = core.inside.shape
        core = _forced(_less_sites(_less_rows(core)))
        if core.inside.shape == before:
            break
    return core


def fewest(core: Core, clock: highs.Clock) -> tuple[float, Floats]:
    """Return a lower bound on how many of the core's sites cover its rows, and shares to do so.

    The linear relaxation; the bound is that of its prices, made feasible to the last digit.
    """
    rows, sites = core.inside.shape
    solver = highs.new_solver(solver="simplex", presolve="off")
    table = csc_array(core.inside.astype(np.float64))
    highs.load(
        solver, np.ones(sites), table, (np.ones(rows), np.full(rows, np.inf)),
        (np.zeros(sites), np.full(sites, np.inf)),
    )  # fmt: skip
    status = highs.run(solver, clock)
    if not highs.is_optimal(status):
        return 0.0, np.zeros(sites)
    solution = solver.getSolution()
    price = np.maximum(np.asarray(solution.row_dual), 0.0)
    most = max(1.0, float((table.T @ price).max(initial=0.0)))
    return float(price.sum()) / most, np.asarray(solution.col_value)


def decide(core: Core, clock: highs.Clock) -> tuple[bool | None, Ints]:
    """Return whether the core's sites can cover its rows (None: out of time), and which do.

    Raises
    ------
    NarhetError ``solver_failed`` : the solver broke down.
    """
    rows, sites = core.inside.shape
    solver = highs.new_solver(mip_max_improving_sols=1)
    table = csc_array(
        csr_array(np.concatenate([core.inside, np.ones((1, sites), bool)]).astype(np.float64))
    )
    low = np.concatenate([np.ones(rows), [-np.inf]])
    high = np.concatenate([np.full(rows, np.inf), [core.count]])
    highs.load(
        solver, np.ones(sites), table, (low, high), (np.zeros(sites), np.ones(sites)),
        whole=np.ones(sites, bool),
    )  # fmt: skip
    status = highs.run(solver, clock)
    if highs.is_infeasible(status):
        return False, np.empty(0, np.intp)
    values, _ = highs.best_known(solver)
    if values is not None:
        found = np.flatnonzero(values > 0.5)
        if len(found) <= core.count and core.inside[:, found].any(axis=1).all():
            return True, found
    if status != highspy.HighsModelStatus.kTimeLimit and not highs.is_optimal(status):
        raise NarhetError("solver_failed", status=highs.status_name(status))
    return None, np.empty(0, np.intp)


def _less_rows(core: Core) -> Core:
    """Drop rows that are covered whenever another one is: of equals all but the first."""
    stays = center_kernel.smallest(np.ascontiguousarray(core.inside))
    return Core(core.inside[stays], core.sites, core.kept, core.count)


def _less_sites(core: Core) -> Core:
    """Drop sites that cover no more than another one does: of equals all but the first."""
    stays = center_kernel.smallest(np.ascontiguousarray(~core.inside.T))
    return Core(core.inside[:, stays], core.sites[stays], core.kept, core.count)


def _forced(core: Core) -> Core:
    """Open the only site of a row, and drop what it covers."""
    alone = core.inside.sum(axis=1) == 1
    if not alone.any():
        return core
    opened = core.inside[alone].any(axis=0)
    rows = ~core.inside[:, opened].any(axis=1)
    return Core(
        core.inside[rows][:, ~opened],
        core.sites[~opened],
        np.concatenate([core.kept, core.sites[opened]]),
        core.count - int(opened.sum()),
    )
