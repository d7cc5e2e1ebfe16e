"""The capacitated model as a mixed-integer programme, on the sites and pairs still open to choice.
Knows arrays only.
"""

from __future__ import annotations

import highspy
import numpy as np
from scipy.sparse import coo_array, csc_array

from geo.location import highs
from geo.location.answers import Ints
from geo.location.capacitated_search import Best, Prices, Problem


def solve(problem: Problem, prices: Prices, best: Best, clock: highs.Clock) -> bool:
    """Solve what is left; better answers go to ``best``. Returns whether the end was reached.

    min Σ cost[j, i] x[j, i],  Σ_j x[j, i] = 1,  Σ_i weight[i] x[j, i] ≤ room[j] y[j],
    x[j, i] ≤ y[j],  Σ_j y[j] = count.
    """
    sites = np.flatnonzero(prices.state != 0)
    allowed = np.isfinite(prices.cost[sites])
    at, row = np.nonzero(allowed)
    whole = np.array_equal(problem.weight, np.floor(problem.weight))
    solver = highs.new_solver(
        mip_abs_gap=0.999 * problem.grain if problem.grain else 1e-9,
        mip_feasibility_tolerance=1e-6 if whole else 1e-9,
        primal_feasibility_tolerance=1e-7 if whole else 1e-9,
    )
    cost = np.concatenate([np.zeros(len(sites)), prices.cost[sites[at], row]])
    low = np.concatenate([(prices.state[sites] == 1).astype(float), np.zeros(len(at))])
    matrix, least, most = _rows(problem, sites, at, row)
    highs.load(
        solver, cost, matrix, (least, most), (low, np.ones(len(cost))), whole=np.ones(len(cost))
    )
    _start(solver, best, sites, at, row)
    status = highs.run(solver, clock)
    values, bound = highs.best_known(solver)
    if values is not None:
        chosen = values[len(sites) :] > 0.5
        place = np.full(len(problem.weight), -1, np.intp)
        place[row[chosen]] = sites[at[chosen]]
        best.offer(sites[values[: len(sites)] > 0.5], place)
    if highs.is_infeasible(status):
        best.bound = best.objective
        return True
    if np.isfinite(bound):
        best.raise_bound(bound)
    return highs.is_optimal(status)


def _rows(
    problem: Problem, sites: Ints, at: Ints, row: Ints
) -> tuple[csc_array, np.ndarray, np.ndarray]:
    rows, opened, pairs = len(problem.weight), len(sites), len(at)
    pair = opened + np.arange(pairs)
    once = (row, pair, np.ones(pairs))
    held = (rows + at, pair, problem.weight[row])
    rooms = (rows + np.arange(opened), np.arange(opened), -problem.room[sites])
    link = rows + opened + np.arange(pairs)
    links = (link, pair, np.ones(pairs)), (link, at, -np.ones(pairs))
    number = (np.full(opened, rows + opened + pairs), np.arange(opened), np.ones(opened))
    parts = [once, held, rooms, *links, number]
    r, c, v = (np.concatenate(part) for part in zip(*parts, strict=True))
    matrix = csc_array(coo_array((v, (r, c)), shape=(rows + opened + pairs + 1, opened + pairs)))
    least = np.concatenate([np.ones(rows), np.full(opened + pairs, -np.inf), [problem.count]])
    most = np.concatenate([np.ones(rows), np.zeros(opened + pairs), [problem.count]])
    return matrix, least, most


def _start(solver: highspy.Highs, best: Best, sites: Ints, at: Ints, row: Ints) -> None:
    if best.place is None:
        return
    solution = highspy.HighsSolution()
    opened = np.isin(sites, best.sites).astype(float)
    solution.col_value = np.concatenate([opened, (sites[at] == best.place[row]).astype(float)])
    solver.setSolution(solution)
