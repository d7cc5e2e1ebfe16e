"""The p-median: the sites that make the walking of all people together as short as possible."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import csr_array

from geo.models.location import highs
from geo.models.location import model as location_model
from geo.models.location.max_coverage.solve import max_coverage
from geo.models.location.model import Siting, compiled, small_table, small_town, table_of, worth
from geo.models.location.p_median import problem as p_median_problem
from geo.models.location.p_median import search as p_median_search
from geo.models.location.p_median.problem import Best, Problem
from geo.types import Floats, Ints, Matrix


def p_median(
    distances: Matrix,
    weights: ArrayLike,
    count: int,
    *,
    existing: Iterable[int] = (),
    forbidden: Iterable[int] = (),
    time_limit_s: float = 60,
    progress: highs.Progress | None = None,
) -> Siting:
    """Choose ``count`` new sites so that people × metres to the nearest open site are least.

    Where pairs are missing, as many people as possible are reached first, and then those reached
    have the least Σ people × metres. Exact: interchange finds a choice, Lagrangian prices and
    Benders' cuts prove it (Beasley 1985; Duran-Mateluna, Alès, Elloumi 2023).

    Parameters
    ----------
    distances : demand × candidates, metres; see ``answers.distance_matrix``.
    weights : people per row.
    count : how many new sites, all of them used.
    existing, forbidden : candidates that are open already, and that may not be chosen.
    time_limit_s : after this the best choice found comes with the bound reached.
    progress : called as the work goes on, and may raise ``Cancelled``.

    Raises
    ------
    SitingError : the question has no answer; its code says why.
    NarhetError ``solver_failed`` : the solver broke down.

    Examples
    --------
    >>> from geo import p_median
    >>> found = p_median([[0, 10, 40], [10, 0, 30], [40, 30, 0]], [1, 1, 5], 1)
    >>> found.sites.tolist(), found.objective, found.proven
    ([2], 70.0, True)
    """
    compiled("median", _examples)
    clock = highs.Clock(time_limit_s, progress)
    matrix = location_model.distance_matrix(distances)
    people = location_model.people_of(weights, matrix.shape[0])
    choice = location_model.candidates_of(matrix.shape[1], count, existing, forbidden)
    metres, cap, rows = table_of(matrix, people, choice)
    goal_is_proven, bound = True, 0.0
    sites = choice.free[: choice.count]
    if 0 < choice.count < len(choice.free) and len(rows):
        problem = p_median_problem.problem_of(metres, people[rows], cap, choice.count)
        if len(problem.weights):
            sites, bound, goal_is_proven = _solve(problem, clock)
            sites = choice.free[sites]
        else:
            bound = problem.base
    else:
        bound = np.inf
    opened = (choice, np.sort(sites))
    return worth(matrix, people, opened, (bound, goal_is_proven), clock, count=_in_all)


def _solve(problem: Problem, clock: highs.Clock) -> tuple[Ints, float, bool]:
    """Return the best sites, the bound, and whether the people reached are proven to be most."""
    best = Best(problem, clock, whole=_is_whole(problem), goal=float(problem.weights.sum()))
    p_median_search.start(problem, best, clock)
    is_most = True
    if not np.isfinite(best.total):
        problem, is_most = _reach_most(problem, best, clock)
    bound = p_median_search.prove(problem, best, clock)
    return best.sites, bound, is_most


def _reach_most(problem: Problem, best: Best, clock: highs.Clock) -> tuple[Problem, bool]:
    """Return the problem of those choices that reach as many people as any, and whether that is
    proven; offer one such choice.
    """
    loose = np.isinf(problem.cap)
    reach = np.isfinite(p_median_problem.by_site(problem, np.inf)[:, loose]).T
    weights = problem.weights[loose]
    most = max_coverage(
        csr_array(reach.astype(np.float64)), weights, problem.count,
        time_limit_s=max(clock.left_s / 2, 0.1), progress=clock.progress,
    )  # fmt: skip
    given_up = float(weights[~reach[:, most.sites].any(axis=1)].sum())
    best.goal = float(problem.weights.sum()) - given_up
    best.offer(most.sites)
    best.better(problem, most.sites)
    return (replace(problem, lost=given_up) if given_up else problem), most.proven


def _is_whole(problem: Problem) -> bool:
    """Return whether every total is a whole number, and small enough to be exact."""
    finite = problem.metres[np.isfinite(problem.metres)]
    caps = problem.cap[np.isfinite(problem.cap)]
    parts = (finite, caps, problem.weights)
    largest = float(problem.weights.sum()) * max(finite.max(initial=0), caps.max(initial=0))
    return largest < 2**52 and all(bool((part == np.floor(part)).all()) for part in parts)


def _in_all(people: Floats, metres: Floats) -> float:
    """Return all walks added up, in metres."""
    return float(people @ metres)


def _examples() -> None:
    """Ask what needs every compiled loop of this model."""
    metres, people = small_town(60, 24)
    p_median(metres, people, 5)
    p_median(small_table(80, 40), np.ones(80), 6, time_limit_s=2)
