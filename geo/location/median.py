"""The p-median: the sites that make the walking of all people together as short as possible. Knows
matrices and people, not maps.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import csr_array

from geo.location import answers, highs, median_problem, median_search
from geo.location.answers import Candidates, Floats, Ints, Matrix, Siting
from geo.location.coverage import max_coverage
from geo.location.median_problem import Best, Problem
from geo.location.ready import compiled, small_table, small_town


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
    weights : people a row.
    count : how many new sites, all of them used.
    existing, forbidden : candidates that are open besides, and that may not be chosen.
    time_limit_s : after this the best choice found comes with the bound reached.
    progress : told of the work, and may raise ``Cancelled``.

    Raises
    ------
    SitingError : the question has no answer; its subclass says why.
    SolverFailed : the solver broke down.

    Examples
    --------
    >>> found = p_median([[0, 10, 40], [10, 0, 30], [40, 30, 0]], [1, 1, 5], 1)
    >>> found.sites.tolist(), found.objective, found.proven
    ([2], 70.0, True)
    """
    compiled("median", _examples)
    clock = highs.Clock(time_limit_s, progress)
    matrix = answers.distance_matrix(distances)
    people = answers.people_of(weights, matrix.shape[0])
    choice = answers.candidates_of(matrix.shape[1], count, existing, forbidden)
    metres, cap, rows = _metres(matrix, people, choice)
    goal_is_proven, bound = True, 0.0
    sites = choice.free[: choice.count]
    if 0 < choice.count < len(choice.free) and len(rows):
        problem = median_problem.problem_of(metres, people[rows], cap, choice.count)
        if len(problem.weights):
            sites, bound, goal_is_proven = _solve(problem, clock)
            sites = choice.free[sites]
        else:
            bound = problem.base
    else:
        bound = np.inf
    return _answer(matrix, people, choice, np.sort(sites), (bound, goal_is_proven), clock)


def _metres(matrix: csr_array, people: Floats, choice: Candidates) -> tuple[Floats, Floats, Ints]:
    """Return rows × free candidates (``inf``: out of reach), metres to what exists, and which rows
    of the matrix these are: those with people whom some of these candidates reach.
    """
    if matrix.nnz == matrix.shape[0] * matrix.shape[1]:
        table = matrix.data.reshape(matrix.shape)
    else:
        table = np.full(matrix.shape, np.inf)
        row = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
        table[row, matrix.indices] = matrix.data
    cap = table[:, choice.existing].min(axis=1, initial=np.inf)
    if len(choice.free) < matrix.shape[1]:
        table = table[:, choice.free]
    reached = np.isfinite(cap) | np.isfinite(table.min(axis=1, initial=np.inf))
    rows = np.flatnonzero(reached & (people > 0))
    if len(rows) < len(table):
        table, cap = table[rows], cap[rows]
    return table, cap, rows


def _solve(problem: Problem, clock: highs.Clock) -> tuple[Ints, float, bool]:
    """Return the best sites, the bound, and whether the people reached are proven to be most."""
    best = Best(problem, clock, whole=_is_whole(problem), goal=float(problem.weights.sum()))
    median_search.start(problem, best, clock)
    is_most = True
    if not np.isfinite(best.total):
        problem, is_most = _reach_most(problem, best, clock)
    bound = median_search.prove(problem, best, clock)
    return best.sites, bound, is_most


def _reach_most(problem: Problem, best: Best, clock: highs.Clock) -> tuple[Problem, bool]:
    """Return the problem of those choices that reach as many people as any, and whether that is
    proven; offer one such choice.
    """
    loose = np.isinf(problem.cap)
    reach = np.isfinite(median_problem.by_site(problem, np.inf)[:, loose]).T
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
    """Whether every total is a whole number, and small enough to be exact."""
    finite = problem.metres[np.isfinite(problem.metres)]
    caps = problem.cap[np.isfinite(problem.cap)]
    parts = (finite, caps, problem.weights)
    largest = float(problem.weights.sum()) * max(finite.max(initial=0), caps.max(initial=0))
    return largest < 2**52 and all(bool((part == np.floor(part)).all()) for part in parts)


def _answer(
    matrix: csr_array,
    people: Floats,
    choice: Candidates,
    sites: Ints,
    known: tuple[float, bool],
    clock: highs.Clock,
) -> Siting:
    """Return what these sites are worth by the matrix itself, with the bound that is known."""
    every = np.concatenate([sites, choice.existing])
    assignment = answers.nearest_open(matrix, every)
    served = np.flatnonzero(assignment >= 0)
    there_m = np.asarray(matrix[served, assignment[served]]).ravel() if len(served) else np.zeros(0)
    objective = float(people[served] @ there_m)
    bound, is_most = known
    bound = min(bound, objective)
    gap = answers.gap_between(objective, bound)
    lost = np.diff(matrix.indptr) == 0
    is_proven = is_most and gap == 0
    return Siting(
        sites=sites,
        objective=objective,
        bound=objective if is_proven else bound,
        gap=gap,
        proven=is_proven,
        seconds=clock.seconds,
        assignment=assignment,
        unreachable=float(people[lost].sum()),
        unserved=float(people[(assignment < 0) & ~lost].sum()),
        status="optimal" if is_proven else "time_limit" if clock.is_up else "tolerance",
    )


def _examples() -> None:
    """Ask what needs every compiled loop of this model."""
    metres, people = small_town(60, 24)
    p_median(metres, people, 5)
    p_median(small_table(80, 40), np.ones(80), 6, time_limit_s=2)
