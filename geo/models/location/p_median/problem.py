"""The p-median as its solver sees it: rows with their sites nearest first, smaller for everything
already decided.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from geo.models.location import highs
from geo.models.location.model import PROVEN
from geo.models.location.p_median import kernel as median_kernel
from geo.models.location.p_median import kernel as p_median_kernel
from geo.types import Floats, Ints

Flags = NDArray[np.bool_]

_LOOKS = 100_000_000
"""Metres that interchange looks at between two looks at the clock."""
_ROUNDING = 1e-11
"""Sums of people that differ by less, relative, are the same."""


@dataclass(frozen=True, eq=False)
class Problem:
    """Open ``count`` of some sites so that people × metres are least.

    Attributes
    ----------
    metres, near : rows × sites, a row's sites nearest first; ``inf`` out of reach.
    length : how many of these are nearer than ``cap``, a row.
    weights : people per row, above zero.
    price : metres per row, the best known for a bound (see ``lagrangian``).
    cap : metres per row at worst, whatever opens; ``inf`` where it may be left unserved.
    sites : how the whole problem names these sites.
    kept : sites already known to open, named alike.
    base : people × metres already settled.
    lost : people that may be left unserved; None: all can be served, and must be.
    """

    metres: Floats
    near: NDArray[np.int32]
    length: NDArray[np.int32]
    weights: Floats
    price: Floats
    cap: Floats
    count: int
    sites: Ints
    kept: Ints
    base: float = 0.0
    lost: float | None = None

    @property
    def is_impossible(self) -> bool:
        """Whether no choice leaves so few people unserved."""
        too_few = len(self.sites) < self.count
        return too_few or (
            self.lost is not None and self.lost < -PROVEN * self.weights.sum() - PROVEN
        )


def problem_of(metres: Floats, weights: Floats, cap: Floats, count: int) -> Problem:
    """Return the problem of metres (rows × sites, ``inf`` out of reach), with rows sorted."""
    near = np.argsort(metres, axis=1, kind="stable").astype(np.int32)
    every = np.arange(metres.shape[1])
    whole = Problem(
        metres=np.take_along_axis(metres, near, 1),
        near=near,
        length=np.empty(0, np.int32),
        weights=weights,
        price=np.zeros(len(weights)),
        cap=cap,
        count=count,
        sites=every,
        kept=every[:0],
    )
    nothing = np.zeros(metres.shape[1], bool)
    return reduced(whole, nothing, nothing)


def reduced(problem: Problem, opened: Flags, closed: Flags) -> Problem:
    """Return the problem that is left once these sites are decided.

    Rows that gain nothing from what is left are settled. With ``count`` of m sites open, no row has
    farther than its (m − count + 1)-th nearest.
    """
    metres, near, cap = problem.metres, problem.near, problem.cap
    if opened.any():
        cap = np.minimum(cap, _least(metres, opened[near]))
    left = ~(opened | closed)
    count = problem.count - int(opened.sum())
    metres, near = _columns(metres, near, left)
    spare = int(left.sum()) - count
    if count and 0 <= spare < metres.shape[1]:
        cap = np.minimum(cap, metres[:, spare])
    length = (metres < np.minimum(cap, np.finfo(np.float64).max)[:, None]).sum(1, dtype=np.int32)
    stays = length > 0 if count else np.zeros(len(length), bool)
    gone = np.isinf(cap) & ~stays
    lost = problem.lost
    if gone.any():
        lost = (lost or 0.0) - float(problem.weights[gone].sum())
    settled = ~stays & ~gone
    width = int(length[stays].max(initial=0))
    return replace(
        problem,
        metres=np.ascontiguousarray(metres[stays, :width]),
        near=np.ascontiguousarray(near[stays, :width]),
        length=length[stays],
        weights=problem.weights[stays],
        price=np.minimum(problem.price, cap)[stays],
        cap=cap[stays],
        count=count,
        sites=problem.sites[left],
        kept=np.concatenate([problem.kept, problem.sites[opened]]),
        base=problem.base + float(problem.weights[settled] @ cap[settled]),
        lost=lost,
    )


def by_site(problem: Problem, missing_m: float) -> Floats:
    """Return sites × rows metres, at most the cap; ``missing_m`` where a row is not served."""
    found: Floats = median_kernel.spread_out(
        problem.metres, problem.near, problem.length, problem.cap, missing_m, len(problem.sites)
    )
    return found


def lagrangian(problem: Problem, credit: float = 0.0) -> tuple[float, Floats]:
    """Return the bound that the prices give, with no site open, and each site's worth.

    ``credit`` is the price of leaving a person unserved, where that may be.
    """
    worth = median_kernel.worth(
        problem.metres, problem.near, problem.length, problem.weights,
        problem.price, len(problem.sites),
    )  # fmt: skip
    constant = (
        problem.base + float(problem.weights @ problem.price) - credit * (problem.lost or 0.0)
    )
    return constant, worth


def decided(
    constant: float, worth: Floats, count: int, cutoff: float, free: Flags
) -> tuple[float, Flags, Flags]:
    """Return the bound with ``count`` of the ``free`` sites open, and which of these must be open
    or closed in any choice below ``cutoff``.
    """
    some = np.flatnonzero(free)
    order = some[np.argsort(worth[some], kind="stable")]
    bound = constant + float(worth[order[:count]].sum())
    opened, closed = np.zeros(len(worth), bool), np.zeros(len(worth), bool)
    if 0 < count < len(order):
        last, following = worth[order[count - 1]], worth[order[count]]
        opened[order[:count]] = bound + following - worth[order[:count]] >= cutoff
        closed[order[count:]] = bound + worth[order[count:]] - last >= cutoff
    return bound, opened, closed


class Best:
    """The best choice so far (``total`` is ``inf`` without any), and what a better one would have
    to be below.
    """

    def __init__(self, problem: Problem, clock: highs.Clock, *, whole: bool, goal: float) -> None:
        self.problem = problem
        self.clock = clock
        self.whole = whole
        self.goal = goal
        self.sites: Ints = np.empty(0, np.intp)
        self.total = np.inf
        self._missing_m = _missing_m(problem)
        self._metres = by_site(problem, np.inf)
        self._table_of: Problem = problem
        self._table = by_site(problem, self._missing_m) if self._missing_m else self._metres
        self._seen: set[bytes] = set()

    @property
    def cutoff(self) -> float:
        """A bound of this is proof."""
        if not np.isfinite(self.total):
            return float("inf")
        return self.total - (1 - 1e-6 if self.whole else 0.5 * PROVEN * max(1.0, self.total))

    def offer(self, sites: Ints) -> None:
        """Take a choice if it is better; sites are the whole problem's."""
        metres = self._metres[sites].min(axis=0)
        served = np.isfinite(metres)
        reached = float(self.problem.weights[served].sum())
        if reached < self.goal * (1 - _ROUNDING):
            return
        total = self.problem.base + float(self.problem.weights[served] @ metres[served])
        if total < self.total:
            self.total, self.sites = total, np.sort(sites)

    def better(self, problem: Problem, start: Ints) -> None:
        """Offer what interchange makes of a choice (columns of a reduced problem)."""
        self.offer(np.concatenate([problem.kept, problem.sites[start]]))
        key = problem.sites[np.sort(start)].tobytes()
        if key in self._seen:
            return
        self._seen.add(key)
        table = self.table(problem)
        chosen = np.asarray(start, np.int64).copy()
        if 1 < len(chosen) < len(problem.sites):
            site, looks = 0, 1 + max(len(table), _LOOKS // len(problem.weights))
            while site >= 0 and not self.clock.is_up:
                self.clock.ask()
                site = p_median_kernel.interchange(table, problem.weights, chosen, site, looks)
        elif len(chosen) == 1:
            chosen[0] = int(np.argmin(table @ problem.weights))
        self.offer(np.concatenate([problem.kept, problem.sites[chosen]]))

    def table(self, problem: Problem) -> Floats:
        """Return the metres interchange works on, kept as long as the problem is the same."""
        if self._table_of.near is not problem.near:
            self._table_of = problem
            self._table = by_site(problem, self._missing_m)
        return self._table


def _least(metres: Floats, chosen: Flags) -> Floats:
    """Return each row's first chosen value of an ascending row, ``inf`` where none is."""
    first = chosen.argmax(axis=1)
    found = metres[np.arange(len(metres)), first]
    return np.where(chosen.any(axis=1), found, np.inf)


def _columns(
    metres: Floats, near: NDArray[np.int32], left: Flags
) -> tuple[Floats, NDArray[np.int32]]:
    """Return the rows with only the sites that are left, renumbered, still nearest first."""
    if left.all():
        return metres, near
    number = (np.cumsum(left) - 1).astype(np.int32)
    keep = left[near]
    width = int(keep.sum(axis=1).max(initial=0))
    order = np.argsort(~keep, axis=1, kind="stable")[:, :width]
    kept = np.take_along_axis(keep, order, 1)
    return (
        np.where(kept, np.take_along_axis(metres, order, 1), np.inf),
        np.where(kept, number[np.take_along_axis(near, order, 1)], 0).astype(np.int32),
    )


def _missing_m(problem: Problem) -> float:
    """Return metres so long that leaving anybody unserved is never worth it, within reason."""
    if np.isfinite(problem.cap).all() or not len(problem.weights):
        return 0.0
    finite = problem.metres[np.isfinite(problem.metres)]
    longest = max(1.0, float(finite.max(initial=0.0)))
    share = float(problem.weights.sum() / problem.weights.min())
    return 2.0 * longest * min(share, 1e6) + 1.0
