"""Cover all: the fewest sites, or the cheapest, that reach everyone whom some candidate reaches,
with a bound: what is certain first, then a search and the relaxation, then whole numbers on what is
left.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

import highspy
import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csc_array, csr_array

from geo.models.location import highs
from geo.models.location import model as location_model
from geo.models.location.max_coverage import kernel as cover_kernel
from geo.models.location.max_coverage.core import Core, cover_of
from geo.models.location.model import Siting, compiled, small_table, small_town
from geo.models.location.set_cover import kernel as set_cover_kernel
from geo.types import Floats, Ints, Matrix

_STEPS = 500
_ROUNDS, _PATIENCE, _MOST_ROUNDS = 60, 3, 2000
_SHARE_OF_TIME = 0.3
"""Of the time limit, for the search; the rest is for branch and cut."""
_MOST_WHOLE = 2**52


@dataclass(frozen=True, eq=False)
class Least:
    """Candidates to open, their cost, a bound on that of any cover, and the status."""

    candidates: Ints
    cost: float
    bound: float
    status: str = "optimal"


def least_cost(core: Core, clock: highs.Clock) -> Least:
    """Return the cheapest columns of an ``essence`` that reach all its rows.

    ``core.opened`` are counted in neither cost nor bound, but named among the candidates.
    """
    if core.rows == 0:
        return Least(core.opened, 0.0, 0.0)
    step = step_of(core.cost)
    found = _relaxed(core, clock)
    bound = 0.0 if found is None else _up(found[0], step)
    best = _named(core, _searched(core, bound, clock), bound)
    if best.bound >= best.cost * (1 - 1e-9):
        return replace(best, bound=best.cost)
    if found is None or clock.is_up:
        return replace(best, status="time_limit")
    return _by_branching(core, best, found, step, clock)


def essence(matrix: csr_array, column: Ints, cost: Floats) -> Core:
    """Return what is left of rows × columns to weigh up, until nothing goes.

    Dropped are rows reached whenever another is, columns whose rows another reaches at no more
    cost, and the only column of a row: it is ``opened``. Every row has a column.
    """
    opened: list[Ints] = []
    while True:
        by_column = csc_array(matrix)
        by_column.sort_indices()
        cover = cover_of(matrix, by_column, np.ones(matrix.shape[0]))
        row_goes = set_cover_kernel.implied(cover)
        only = np.unique(matrix.indices[matrix.indptr[:-1][np.diff(matrix.indptr) == 1]])
        settled = np.zeros(matrix.shape[1], bool)
        settled[only] = True
        row_goes |= matrix @ settled.astype(np.int32) > 0
        left = csc_array(matrix[~row_goes])
        left.sort_indices()
        rows = csr_array(left)
        rows.sort_indices()
        now = cover_of(rows, left, np.ones(rows.shape[0]))
        gone = settled | cover_kernel.dominated(
            now.column_first, now.column_row, now.row_first, now.row_column, cost
        )
        opened.append(column[settled])
        if not (gone.any() or row_goes.any()):
            return Core(cover, column, cost, np.sort(np.concatenate(opened)).astype(np.intp))
        matrix, column, cost = rows[:, ~gone], column[~gone], cost[~gone]


def step_of(cost: Floats) -> float:
    """Return what all sums of these costs are multiples of; 0 where they are not whole."""
    if (cost != np.floor(cost)).any() or cost.sum() >= _MOST_WHOLE:
        return 0.0
    return float(np.gcd.reduce(cost.astype(np.int64)))


def _up(bound: float, step: float) -> float:
    """Round a bound up to what a cost can be."""
    return step * math.ceil(bound / step - 1e-6) if step else bound


def _searched(core: Core, goal: float, clock: highs.Clock) -> Ints:
    """Return the columns of the cheapest cover a search finds; the same each time.

    It goes on three times as long as it took to the last gain, unless ``goal`` is reached or its
    share of the time is used up.
    """
    rows, columns = core.rows, core.columns
    trial = set_cover_kernel.Trial(
        is_open=np.zeros(columns, np.bool_),
        best=np.zeros(columns, np.bool_),
        times=np.zeros(rows, np.int64),
        weight=np.ones(rows),
        score=np.diff(core.cover.column_first).astype(np.float64),
        since=np.zeros(columns, np.int64),
        may_come=np.ones(columns, np.bool_),
        missing=np.arange(rows),
        place=np.arange(rows),
        total=np.array([0.0, np.inf, float(rows)]),
    )
    set_cover_kernel.cover_greedily(core.cover, trial, core.cost)
    cost, last_gain = trial.total[1], 0
    for round_ in range(_MOST_ROUNDS):
        clock.ask()
        late = clock.seconds > _SHARE_OF_TIME * clock.limit_s
        if late or trial.total[1] <= goal or round_ > _ROUNDS + _PATIENCE * last_gain:
            break
        first = 1 + round_ * _STEPS
        set_cover_kernel.search_on(core.cover, trial, core.cost, first, _STEPS, goal)
        if trial.total[1] < cost:
            cost, last_gain = trial.total[1], round_
    return np.flatnonzero(trial.best)


def _relaxed(core: Core, clock: highs.Clock) -> tuple[float, Floats] | None:
    """Return the relaxation's bound and each column's reduced cost; None when time is out.

    By interior point without a vertex: under 2 CPU-s on 10,000 × 2,000, where simplex takes over
    10. Both are worked out from the solver's prices u ≥ 0 a row, and hold whatever its rounding:
    any cover costs at least Σ u + Σ min(0, r) with r_j = cost_j − Σ u over its rows.
    """
    solver = highs.new_solver(solver="ipm", run_crossover="off")
    _load(solver, core, whole=False)
    highs.run(solver, clock)
    solution = solver.getSolution()
    if not solution.dual_valid:
        return None
    price = np.maximum(np.array(solution.row_dual), 0.0)
    gain = core.cost - core.matrix().T @ price
    return float(price.sum() + np.minimum(gain, 0.0).sum()), gain


def _by_branching(
    core: Core, best: Least, found: tuple[float, Floats], step: float, clock: highs.Clock
) -> Least:
    """Improve a cover, and its bound, by branch and cut on what a cover as cheap may consist of."""
    bound, gain = found
    slack = best.cost - bound + 1e-9 * abs(bound)
    rest = without(core, gain > slack)
    spent = float(core.cost[np.isin(core.column, rest.opened)].sum())
    if rest.rows == 0:
        only = Least(rest.opened, spent, spent)
        return replace(_cheaper(best, only), bound=min(best.cost, spent))
    start = np.isin(rest.column, best.candidates)
    solver = highs.new_solver(mip_abs_gap=max(1e-6, step * (1 - 1e-3)))
    _load(solver, rest, whole=True)
    if (rest.matrix() @ start.astype(np.int32) > 0).all():
        solution = highspy.HighsSolution()
        solution.col_value = start.astype(np.float64).tolist()
        solver.setSolution(solution)
    status = highs.run(solver, clock)
    values, proven = highs.best_known(solver)
    if values is not None:
        best = _cheaper(best, _named(rest, np.flatnonzero(values > 0.5), best.bound, spent))
    if not math.isnan(proven):
        best = replace(best, bound=max(best.bound, _up(spent + proven, step)))
    close = best.bound >= best.cost - 1e-6 * max(1.0, best.cost)
    if (highs.is_optimal(status) and close) or best.bound > best.cost:
        best = replace(best, bound=best.cost)
    return replace(best, status=highs.status_name(status))


def without(core: Core, shut: NDArray[np.bool_]) -> Core:
    """Return what is left of a core whose ``shut`` columns are settled not to be opened."""
    rest = essence(core.matrix()[:, ~shut], core.column[~shut], core.cost[~shut])
    return replace(rest, opened=np.sort(np.concatenate([core.opened, rest.opened])))


def _load(solver: highspy.Highs, core: Core, *, whole: bool) -> None:
    rows, columns = core.rows, core.columns
    highs.load(
        solver,
        core.cost,
        csc_array(core.matrix().astype(np.float64)),
        (np.ones(rows), np.full(rows, np.inf)),
        (np.zeros(columns), np.ones(columns)),
        whole=np.ones(columns, bool) if whole else None,
    )


def _named(core: Core, columns: Ints, bound: float, spent: float = 0.0) -> Least:
    candidates = np.sort(np.concatenate([core.opened, core.column[columns]]))
    return Least(candidates, spent + float(core.cost[columns].sum()), bound)


def _cheaper(best: Least, other: Least) -> Least:
    """Return the cheaper cover, with the bound of the first."""
    return best if other.cost >= best.cost * (1 - 1e-12) else replace(other, bound=best.bound)


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
    >>> from geo import cover_all
    >>> found = cover_all([[1, 0, 0], [1, 1, 0], [0, 1, 1], [0, 0, 0]])
    >>> found.sites.tolist(), found.objective, found.proven, found.unreachable
    ([0, 1], 2.0, True, 1.0)
    """
    compiled("cover_all", _examples)
    clock = highs.Clock(time_limit_s, progress)
    matrix = location_model.reach_matrix(reach)
    choice = location_model.candidates_of(matrix.shape[1], None, existing)
    cost = location_model.costs_of(costs, matrix.shape[1])
    lost = np.diff(matrix.indptr) == 0
    wanted = ~lost & (location_model.nearest_open(matrix, choice.existing) < 0)
    ones = csr_array((np.ones(matrix.nnz, np.int8), matrix.indices, matrix.indptr), matrix.shape)
    asked = ones[wanted]
    core = essence(asked[:, choice.free], choice.free, cost[choice.free])
    certain = float(cost[core.opened].sum())
    best = least_cost(core, clock)
    sites = _needed(asked, best.candidates, cost)
    objective = float(cost[sites].sum())
    bound = min(objective, certain + best.bound)
    gap = location_model.gap_between(objective, bound)
    return Siting(
        sites=sites,
        objective=objective,
        bound=bound if gap else objective,
        gap=gap,
        proven=gap == 0,
        seconds=clock.seconds,
        assignment=location_model.nearest_open(matrix, np.concatenate([sites, choice.existing])),
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
