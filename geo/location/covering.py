"""Cover all: the fewest sites, or the cheapest, that reach everyone whom some candidate reaches.
Knows who is in reach of what, not where that is.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import csr_array

from geo.location import answers, cover_least, highs
from geo.location.answers import Siting
from geo.location.ready import compiled, small_table, small_town
from geo.types import Floats, Ints, Matrix


def cover_all(
    reach: Matrix,
    *,
    existing: Iterable[int] = (),
    costs: ArrayLike | None = None,
    time_limit_s: float = 60,
    progress: highs.Progress | None = None,
) -> Siting:
    """Choose the cheapest sites that, with those open already, reach every row any site can reach.

    Parameters
    ----------
    reach : demand × candidates; stored entries (dense: non-zeros) are in reach.
    existing : candidates open already; they cost nothing.
    costs : what a candidate costs (None: 1 each, so the fewest sites).
    progress : called now and then; may raise ``Cancelled``.

    Returns
    -------
    ``objective`` is the cost of the new sites, or their number; ``unreachable`` counts the rows no
    candidate reaches. When costs are whole numbers the bound is rounded up to what they can add
    up to. Where time runs out the sites still reach everyone, at a cost within ``gap``.

    Raises
    ------
    What ``answers`` raises at the door.

    Notes
    -----
    Toregas and others 1971. Rows and columns that are implied are dropped, a row weighting search
    finds a good cover, the relaxation and a branch and cut prove how good.

    Examples
    --------
    >>> found = cover_all([[1, 0, 0], [1, 1, 0], [0, 1, 1], [0, 0, 0]])
    >>> found.sites.tolist(), found.objective, found.proven, found.unreachable
    ([0, 1], 2.0, True, 1.0)
    """
    compiled("cover_all", _examples)
    clock = highs.Clock(time_limit_s, progress)
    matrix = answers.reach_matrix(reach)
    choice = answers.candidates_of(matrix.shape[1], None, existing)
    cost = answers.costs_of(costs, matrix.shape[1])
    lost = np.diff(matrix.indptr) == 0
    wanted = ~lost & (answers.nearest_open(matrix, choice.existing) < 0)
    ones = csr_array((np.ones(matrix.nnz, np.int8), matrix.indices, matrix.indptr), matrix.shape)
    asked = ones[wanted]
    core = cover_least.essence(asked[:, choice.free], choice.free, cost[choice.free])
    certain = float(cost[core.opened].sum())
    best = cover_least.least_cost(core, clock)
    sites = _needed(asked, best.candidates, cost)
    objective = float(cost[sites].sum())
    bound = min(objective, certain + best.bound)
    gap = answers.gap_between(objective, bound)
    return Siting(
        sites=sites,
        objective=objective,
        bound=bound if gap else objective,
        gap=gap,
        proven=gap == 0,
        seconds=clock.seconds,
        assignment=answers.nearest_open(matrix, np.concatenate([sites, choice.existing])),
        unreachable=float(lost.sum()),
        status="optimal" if gap == 0 else best.status,
    )


def _needed(asked: csr_array, sites: Ints, cost: Floats) -> Ints:
    """Drop sites without which all rows are still reached, the dearest first."""
    by_site = asked.tocsc()
    times = np.asarray(by_site[:, sites].sum(axis=1, dtype=np.int64)).ravel()
    kept = set(sites.tolist())
    for site in sites[np.lexsort((-sites, -cost[sites]))]:
        rows = by_site.indices[by_site.indptr[site] : by_site.indptr[site + 1]]
        if (times[rows] > 1).all():
            times[rows] -= 1
            kept.discard(int(site))
    return np.array(sorted(kept), np.intp)


def _examples() -> None:
    """Ask what needs every compiled loop of this model."""
    cover_all(small_town(60, 24)[0] < 220)
    cover_all(small_table(120, 60) < 8, time_limit_s=2)
