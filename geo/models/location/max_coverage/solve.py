"""Maximal covering: reach as many people as possible with a number of sites, or for a budget."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array

from geo.errors import SitingError
from geo.models.location import highs
from geo.models.location import model as location_model
from geo.models.location.max_coverage import branch_and_bound as max_coverage_branch_and_bound
from geo.models.location.max_coverage import branch_and_bound as max_coverage_mip
from geo.models.location.max_coverage.branch_and_bound import Best, Purse
from geo.models.location.max_coverage.core import core_of
from geo.models.location.model import Candidates, Siting, compiled, small_table, small_town
from geo.types import Floats, Ints, Matrix

_MOST_WHOLE = 2.0**52


def max_coverage(  # noqa: PLR0913 (every one is part of the question)
    reach: Matrix,
    weights: ArrayLike,
    count: int | None,
    *,
    existing: Iterable[int] = (),
    costs: ArrayLike | None = None,
    budget: float | None = None,
    forbidden: Iterable[int] = (),
    time_limit_s: float = 60,
    progress: highs.Progress | None = None,
) -> Siting:
    """Choose the sites that reach most people together with those open already.

    Parameters
    ----------
    reach : demand × candidates; stored entries (dense: non-zeros) are in reach.
    weights : people per row of demand.
    count : new sites: exactly so many, or at most so many where there is a budget; None: no bound
        but the budget.
    existing, forbidden : candidates open already, and such as may not be opened.
    costs : what a candidate costs (None: 1 each); existing ones cost nothing.
    budget : what the new sites may cost together.
    progress : called now and then; may raise ``Cancelled``.

    Returns
    -------
    People reached by new and existing sites, and a bound on what any choice could reach. When
    people are whole numbers the bound is rounded down to one, for no choice reaches a part of a
    person. Sites are filled up with the first free candidates where fewer reach all.

    Raises
    ------
    SitingError ``bad_budget``, ``budget_too_small`` : not an amount of at least zero; below the
    cheapest free candidate. And what ``answers`` raises at the door.

    Notes
    -----
    Church and ReVelle 1974. Rows and candidates that cannot matter are dropped; a Lagrangian
    bound with swaps (Galvão and ReVelle 1996) settles most columns, the relaxation and a
    branch and cut what is left.

    Examples
    --------
    >>> from geo import max_coverage
    >>> reach = [[1, 0, 0], [1, 1, 0], [0, 1, 1]]
    >>> found = max_coverage(reach, [5, 2, 4], count=1)
    >>> found.sites.tolist(), found.objective, found.proven
    ([0], 7.0, True)
    """
    compiled("coverage", _examples)
    clock = highs.Clock(time_limit_s, progress)
    matrix = location_model.reach_matrix(reach)
    people = location_model.people_of(weights, matrix.shape[0])
    choice = location_model.candidates_of(matrix.shape[1], count, existing, forbidden)
    cost = location_model.costs_of(costs, matrix.shape[1])
    if count is None and budget is None:
        raise SitingError("bad_count", found="None")
    purse = Purse(choice.count)
    if budget is not None:
        purse = _purse(choice, cost, budget)
    best = _best(matrix, people, choice, cost, purse, clock)
    sites = best.candidates
    if budget is None:
        sites = _filled(sites, choice)
    else:
        sites = _needed(matrix, people, choice.existing, sites, cost)
    return _answer(matrix, people, choice, sites, best, clock)


def _purse(choice: Candidates, cost: Floats, budget: object) -> Purse:
    """Check the budget; one of equal costs is a number of sites."""
    if isinstance(budget, bool) or not isinstance(budget, int | float | np.number):
        raise SitingError("bad_budget", found=str(budget))
    if not math.isfinite(budget) or budget < 0:
        raise SitingError("bad_budget", found=f"{budget:.15g}")
    amount = max_coverage_mip.forgiving(float(budget))
    free = cost[choice.free]
    if len(free) and choice.count and free.min() > amount:
        raise SitingError(
            "budget_too_small", budget=f"{budget:.15g}", cheapest=f"{free.min():.15g}"
        )
    return Purse(choice.count, amount)


def _best(
    matrix: csr_array, people: Floats, choice: Candidates, cost: Floats, purse: Purse,
    clock: highs.Clock,
) -> Best:  # fmt: skip
    """Return the answer for those whom no existing site reaches."""
    served = _reached(matrix, choice.existing)
    free = choice.free[cost[choice.free] <= purse.budget]
    core = core_of(matrix[~served][:, free], people[~served], free, cost[free])
    if math.isfinite(purse.budget) and core.columns and np.ptp(core.cost) == 0:
        each = core.cost[0]
        fitting = purse.count if each == 0 else int(purse.budget / each)
        purse = Purse(min(purse.count, fitting))
    return max_coverage_branch_and_bound.best_of(core, purse, _step(people), clock)


def _answer(
    matrix: csr_array, people: Floats, choice: Candidates, sites: Ints, best: Best,
    clock: highs.Clock,
) -> Siting:  # fmt: skip
    assignment = location_model.nearest_open(matrix, np.concatenate([sites, choice.existing]))
    objective = float(people[assignment >= 0].sum())
    before = float(people[_reached(matrix, choice.existing)].sum())
    bound = before + best.bound
    if _step(people):
        bound = math.floor(bound + 1e-4)
    bound = max(objective, bound)
    gap = location_model.gap_between(objective, bound)
    lost = np.diff(matrix.indptr) == 0
    return Siting(
        sites=sites,
        objective=objective,
        bound=bound if gap else objective,
        gap=gap,
        proven=gap == 0,
        seconds=clock.seconds,
        assignment=assignment,
        unreachable=float(people[lost].sum()),
        unserved=float(people[(assignment < 0) & ~lost].sum()),
        status="optimal" if gap == 0 else best.status,
    )


def _step(people: Floats) -> float:
    """Return what two different sums of people differ by at least; 0 where they are not whole."""
    whole = bool((people == np.floor(people)).all()) and people.sum() < _MOST_WHOLE
    return 1.0 if whole else 0.0


def _reached(matrix: csr_array, sites: Ints) -> NDArray[np.bool_]:
    """Return which rows some of the sites reach."""
    is_open = np.zeros(matrix.shape[1], bool)
    is_open[sites] = True
    row = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    reached = np.zeros(matrix.shape[0], bool)
    reached[row[is_open[matrix.indices]]] = True
    return reached


def _filled(sites: Ints, choice: Candidates) -> Ints:
    """Add the first free candidates until there are as many as wanted."""
    more = np.setdiff1d(choice.free, sites)[: choice.count - len(sites)]
    return np.sort(np.concatenate([sites, more])).astype(np.intp)


def _needed(matrix: csr_array, people: Floats, existing: Ints, sites: Ints, cost: Floats) -> Ints:
    """Drop sites that add nobody, the dearest first."""
    kept = sites
    reached = people[_reached(matrix, np.concatenate([existing, kept]))].sum()
    for site in sites[np.lexsort((-sites, -cost[sites]))]:
        fewer = kept[kept != site]
        if people[_reached(matrix, np.concatenate([existing, fewer]))].sum() >= reached:
            kept = fewer
    return kept


def _examples() -> None:
    """Ask what needs every compiled loop of this model."""
    metres, people = small_town(60, 24)
    max_coverage(metres < 220, people, 5)
    reach = small_table(200, 60) < 6
    max_coverage(reach, np.arange(200) % 8 + 1, 12, time_limit_s=1)
    max_coverage(reach, np.arange(200) % 8 + 1, None, costs=np.arange(60) % 8 + 1, budget=30)
