"""Maximal covering: reach as many people as possible with a number of sites, or for a budget."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import csc_array, eye_array, hstack, vstack

from geo.location import answers, highs
from geo.location.answers import Matrix, Siting


def max_coverage(
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
    """PLAIN FIRST VERSION, to be replaced."""
    clock = highs.Clock(time_limit_s, progress)
    matrix = answers.reach_matrix(reach)
    rows, columns = matrix.shape
    people = answers.people_of(weights, rows)
    choice = answers.candidates_of(columns, count, existing, forbidden)
    cost = answers.costs_of(costs, columns)
    ones = matrix.copy()
    ones.data = np.ones(len(ones.data))
    a = vstack(
        [
            hstack([-ones, eye_array(rows)]),
            csc_array(
                np.concatenate([np.isin(np.arange(columns), choice.free), np.zeros(rows)])[None]
            ),
            csc_array(
                np.concatenate(
                    [np.where(np.isin(np.arange(columns), choice.free), cost, 0), np.zeros(rows)]
                )[None]
            ),
        ]
    ).tocsc()
    low = np.concatenate([np.full(rows + 2, -np.inf)])
    high = np.concatenate([np.zeros(rows), [choice.count], [np.inf if budget is None else budget]])
    if budget is None:
        low[rows] = choice.count
    ylow, yhigh = np.zeros(columns), np.zeros(columns)
    yhigh[choice.free] = 1
    ylow[choice.existing] = yhigh[choice.existing] = 1
    solver = highs.new_solver()
    highs.load(
        solver,
        np.concatenate([np.zeros(columns), people]),
        a,
        (low, high),
        (np.concatenate([ylow, np.zeros(rows)]), np.concatenate([yhigh, np.ones(rows)])),
        whole=np.arange(columns + rows) < columns,
        maximize=True,
    )
    status = highs.run(solver, clock)
    values, bound = highs.best_known(solver)
    sites = np.setdiff1d(np.flatnonzero(values[:columns] > 0.5), choice.existing)
    assignment = answers.nearest_open(matrix, np.concatenate([sites, choice.existing]))
    objective = float(people[assignment >= 0].sum())
    gap = answers.gap_between(objective, bound)
    lost = np.diff(matrix.indptr) == 0
    return Siting(
        sites,
        objective,
        bound,
        gap,
        gap == 0,
        clock.seconds,
        assignment,
        float(people[lost].sum()),
        float(people[(assignment < 0) & ~lost].sum()),
        highs.status_name(status),
    )
