"""The choice of columns of a core that reaches most people, with a bound: quick means first, then
branch and bound on what is left. Knows no candidates but by number.
"""

from __future__ import annotations

import numpy as np

from geo.location import cover_kernel, highs
from geo.location.cover_core import Core, smaller
from geo.location.cover_mip import Purse
from geo.location.cover_search import start_of
from geo.location.cover_tree import Best, by_branching, named, plain, purse_left
from geo.types import Floats, Ints

_FREE = 1e-9
"""What a site that costs nothing counts as, so that there is something to divide by."""


def best_of(core: Core, purse: Purse, step: float, clock: highs.Clock) -> Best:
    """Return the choice that reaches most people for the purse.

    ``step`` is what two different sums of people differ by at least, 0 where that is not known.
    """
    best, rest = plain(core, purse), core
    if best is not None:
        return best
    if np.isinf(purse.budget):
        start = start_of(core, purse.count, step, clock)
        best = named(core, start.columns, start.bound)
        rest = smaller(core, start.opened, start.shut)
    else:
        best = named(core, _greedy(core, purse), float(core.cover.weight.sum()))
    if best.is_proven(step):
        return best
    return by_branching(rest, purse_left(purse, core, rest), best, step, clock)


def _greedy(core: Core, purse: Purse) -> Ints:
    """Return the better of two choices: most people first, most people for the money first."""
    choices = [
        _greedy_by(core, purse, price)
        for price in (np.ones(core.columns), np.maximum(core.cost, _FREE))
    ]
    return max(choices, key=lambda columns: cover_kernel.reached_by(core.cover, columns))


def _greedy_by(core: Core, purse: Purse, price: Floats) -> Ints:
    by_column = core.matrix().tocsc()
    missed, chosen = core.cover.weight.copy(), np.empty(0, np.intp)
    while len(chosen) < purse.count:
        left = purse.budget - float(core.cost[chosen].sum())
        gain = np.where(core.cost <= left, by_column.T @ missed, 0.0)
        gain[chosen] = 0.0
        if not gain.any():
            break
        column = int(np.argmax(gain / price))
        chosen = np.append(chosen, column)
        missed[by_column.indices[by_column.indptr[column] : by_column.indptr[column + 1]]] = 0.0
    return np.sort(chosen)
