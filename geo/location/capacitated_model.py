"""Whether any packing exists, as a mixed-integer programme: asked where no answer is found at once.
Knows arrays only.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import coo_array, csc_array

from geo.location import highs
from geo.location.answers import Floats, Ints
from geo.location.capacitated_search import Best, Problem


def find_any(problem: Problem, best: Best, clock: highs.Clock) -> str:
    """Find an answer, or that there is none (``best.bound`` infinite); return the solver's status.

    min Σ cost[j, i] x[j, i],  Σ_j x[j, i] = 1,  Σ_i weight[i] x[j, i] ≤ room[j] y[j],
    x[j, i] ≤ y[j],  Σ_j y[j] = count.
    """
    sites = np.arange(len(problem.room))
    at, row = np.nonzero(np.isfinite(problem.cost))
    cost = np.concatenate([np.zeros(len(sites)), problem.cost[at, row]])
    whole = np.array_equal(problem.weight, np.floor(problem.weight))
    exact = {} if whole else {"mip_feasibility_tolerance": 1e-9}
    solver = highs.new_solver(mip_max_improving_sols=1, **exact)
    matrix, rows = _rows(problem, at, row)
    bounds = np.zeros(len(cost)), np.ones(len(cost))
    highs.load(solver, cost, matrix, rows, bounds, whole=np.ones(len(cost)))
    status = highs.run(solver, clock)
    values, _bound = highs.best_known(solver)
    if values is not None:
        chosen = values[len(sites) :] > 0.5
        place = np.zeros(len(problem.weight), np.intp)
        place[row[chosen]] = at[chosen]
        best.offer(sites[values[: len(sites)] > 0.5], place)
    if highs.is_infeasible(status):
        best.bound = np.inf
    return highs.status_name(status)


def _rows(problem: Problem, at: Ints, row: Ints) -> tuple[csc_array, tuple[Floats, Floats]]:
    rows, opened, pairs = len(problem.weight), len(problem.room), len(at)
    pair = opened + np.arange(pairs)
    once = (row, pair, np.ones(pairs))
    held = (rows + at, pair, problem.weight[row])
    rooms = (rows + np.arange(opened), np.arange(opened), -problem.room)
    link = rows + opened + np.arange(pairs)
    links = (link, pair, np.ones(pairs)), (link, at, -np.ones(pairs))
    number = (np.full(opened, rows + opened + pairs), np.arange(opened), np.ones(opened))
    parts = [once, held, rooms, *links, number]
    r, c, v = (np.concatenate(part) for part in zip(*parts, strict=True))
    matrix = csc_array(coo_array((v, (r, c)), shape=(rows + opened + pairs + 1, opened + pairs)))
    least = np.concatenate([np.ones(rows), np.full(opened + pairs, -np.inf), [problem.count]])
    most = np.concatenate([np.ones(rows), np.zeros(opened + pairs), [problem.count]])
    return matrix, (least, most)
