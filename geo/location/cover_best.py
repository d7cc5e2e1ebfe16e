"""The choice of columns of a core that reaches most people, with a bound: quick means first, then
the relaxation, then whole numbers on what is left. Knows no candidates but by number.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from geo.location import cover_kernel, cover_mip, highs
from geo.location.answers import Floats, Ints
from geo.location.cover_core import Core, smaller
from geo.location.cover_mip import Purse
from geo.location.cover_search import Swaps, best_below, start_of

_LAST_SWAPS = 2000


@dataclass(frozen=True, eq=False)
class Best:
    """Candidates to open, the people they reach, a bound on any choice, and the status."""

    candidates: Ints
    reached: float
    bound: float
    status: str = "optimal"

    def is_proven(self, step: float) -> bool:
        """Whether no sum of people fits between this choice and its bound."""
        return self.bound <= best_below(self.reached, step)


def best_of(core: Core, purse: Purse, step: float, clock: highs.Clock) -> Best:
    """Return the choice that reaches most people for the purse.

    ``step`` is what two different sums of people differ by at least, 0 where that is not known.
    """
    best, rest = _plain(core, purse), core
    if best is not None:
        return best
    if np.isinf(purse.budget):
        start = start_of(core, purse.count, step, clock)
        best = _named(core, start.columns, start.bound)
        rest = smaller(core, start.opened, start.shut)
    else:
        best = _named(core, _greedy(core, purse), float(core.cover.weight.sum()))
    if best.is_proven(step):
        return best
    return _by_solver(rest, _left(purse, core, rest), best, step, clock)


def _plain(core: Core, purse: Purse) -> Best | None:
    """Return the best choice where there is nothing to weigh up: none or all."""
    if purse.count == 0 or core.columns == 0:
        return Best(core.opened, core.base, core.base)
    if purse.count < core.columns or not purse.affords(core.cost):
        return None
    reached = core.base + float(core.cover.weight.sum())
    return Best(np.sort(np.concatenate([core.opened, core.column])), reached, reached)


def _by_solver(core: Core, purse: Purse, best: Best, step: float, clock: highs.Clock) -> Best:
    """Better a choice, and its bound, by the relaxation and then by whole numbers."""
    plain = _plain(core, purse)
    if plain is not None:
        return _joined(best, plain)
    found = None if clock.is_up else cover_mip.relaxed(core, purse, clock)
    if found is None:
        return replace(best, status="time_limit")
    best = _better(best, _named(core, _rounded(core, purse, found.share), np.inf))
    best = replace(best, bound=max(best.reached, min(best.bound, core.base + found.bound)))
    if best.is_proven(step):
        return best
    rest = smaller(core, *cover_mip.settled(found, best.reached - core.base))
    left = _left(purse, core, rest)
    plain = _plain(rest, left)
    return _joined(best, plain) if plain else _by_branching(rest, left, best, step, clock)


def _by_branching(core: Core, purse: Purse, best: Best, step: float, clock: highs.Clock) -> Best:
    start = _start(core, purse, best)
    chosen, bound, status = cover_mip.whole(core, purse, start, step, clock)
    if chosen is not None:
        best = _better(best, _named(core, chosen, np.inf))
    bound = max(best.reached, min(best.bound, core.base + bound))
    if status == "optimal" and bound <= best.reached + 1e-6 * max(1.0, best.reached):
        bound = best.reached  # all nodes are closed: what is left is the solver's rounding
    return replace(best, bound=bound, status=status)


def _left(purse: Purse, before: Core, after: Core) -> Purse:
    new = np.isin(before.column, after.opened)
    return purse.after(before.cost[new])


def _named(core: Core, columns: Ints, bound: float) -> Best:
    """Return a choice of a core's columns as candidates; ``bound`` is on the core's people."""
    reached = core.base + cover_kernel.reached_by(core.cover, np.asarray(columns, np.int64))
    candidates = np.sort(np.concatenate([core.opened, core.column[columns]]))
    return Best(candidates, reached, core.base + bound)


def _better(best: Best, other: Best) -> Best:
    """Return the choice that reaches more, with the bound of the first."""
    if other.reached <= best.reached * (1 + 1e-12):
        return best
    return replace(other, bound=best.bound)


def _joined(best: Best, other: Best) -> Best:
    """Return the better choice when ``other`` is the best of all that is not known to be worse."""
    found = _better(best, other)
    return replace(found, bound=found.reached)


def _start(core: Core, purse: Purse, best: Best) -> Ints:
    """Return the columns of the best choice that are still there, filled up where one may."""
    kept = np.flatnonzero(np.isin(core.column, best.candidates))
    if not purse.affords(core.cost[kept]):
        return kept[:0]
    if np.isfinite(purse.budget):
        return kept
    free = np.setdiff1d(np.arange(core.columns), kept)
    return np.sort(np.concatenate([kept, free[: purse.count - len(kept)]]))


def _rounded(core: Core, purse: Purse, share: Floats) -> Ints:
    """Return the columns of greatest share, bettered by swaps where sites cost the same."""
    order = np.argsort(-share, kind="stable")
    if np.isinf(purse.budget):
        swaps = Swaps(core, purse.count)
        swaps.go_on_from(order[: purse.count], _LAST_SWAPS)
        return swaps.best
    chosen: list[int] = []
    for column in order[share[order] > 0]:
        if purse.affords(core.cost[[*chosen, column]]):
            chosen.append(int(column))
    return np.sort(np.array(chosen, np.intp))


def _greedy(core: Core, purse: Purse) -> Ints:
    """Return the better of two choices: most people first, most people for the money first."""
    by_column = core.matrix().tocsc()
    choices = []
    for price in (np.ones(core.columns), np.maximum(core.cost, 1e-9)):
        missed, chosen = core.cover.weight.copy(), np.empty(0, np.intp)
        while True:
            gain = by_column.T @ missed
            fits = core.cost <= within_left(purse, core.cost[chosen])
            fits[chosen] = False
            gain[~fits] = 0.0
            if len(chosen) == purse.count or not gain.any():
                break
            column = int(np.argmax(gain / price))
            chosen = np.append(chosen, column)
            missed[by_column[:, [column]].indices] = 0.0
        choices.append(np.sort(chosen))
    return max(choices, key=lambda columns: cover_kernel.reached_by(core.cover, columns))


def within_left(purse: Purse, spent: Floats) -> float:
    """Return the most that another site may cost."""
    return cover_mip.within(purse.budget) - float(spent.sum())
