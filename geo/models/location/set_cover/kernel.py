"""The compiled loops of covering all for the least cost: which rows are implied by others, and a
search that weighs rows. Plain arrays in and out.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

_COMPILED: dict[str, Any] = {"cache": True, "nogil": True}
_FREE = 1e-9
"""What a site that costs nothing counts as, so that there is something to divide by."""


class Trial(NamedTuple):
    """A choice of columns that is improved step by step.

    ``score[j]`` is the weight of the rows a column would newly reach, or, of an open one, of those
    only it reaches. ``missing[:total[2]]`` are the rows not reached and ``place`` where each
    stands; ``total`` holds cost, least cost of a whole cover (by ``best``), and rows missing.
    """

    is_open: NDArray[np.bool_]
    best: NDArray[np.bool_]
    times: NDArray[np.int64]
    weight: NDArray[np.float64]
    score: NDArray[np.float64]
    since: NDArray[np.int64]
    may_come: NDArray[np.bool_]
    missing: NDArray[np.int64]
    place: NDArray[np.int64]
    total: NDArray[np.float64]


@njit(**_COMPILED)
def implied(cover):  # type: ignore[no-untyped-def]
    """Return which rows are reached whenever another is: their columns contain all of the other's
    (of equals all but the first).
    """
    rows = cover.row_first.shape[0] - 1
    out = np.zeros(rows, np.bool_)
    mark = np.full(cover.column_first.shape[0] - 1, -1)
    for row in range(rows):
        first, last = cover.row_first[row], cover.row_first[row + 1]
        size = last - first
        if out[row] or size == 0:
            continue
        rarest = cover.row_column[first]
        for k in range(first, last):
            column = cover.row_column[k]
            mark[column] = row
            there = cover.column_first[column + 1] - cover.column_first[column]
            if there < cover.column_first[rarest + 1] - cover.column_first[rarest]:
                rarest = column
        for q in range(cover.column_first[rarest], cover.column_first[rarest + 1]):
            other = cover.column_row[q]
            start, end = cover.row_first[other], cover.row_first[other + 1]
            if other == row or out[other] or end - start < size:
                continue
            if end - start == size and other < row:
                continue
            shared = 0
            for k in range(start, end):
                if mark[cover.row_column[k]] == row:
                    shared += 1
            out[other] = shared == size
    return out


@njit(**_COMPILED)
def flip(cover, trial, cost, column):  # type: ignore[no-untyped-def]
    """Open a shut column, or shut an open one."""
    opens = not trial.is_open[column]
    change = 1 if opens else -1
    trial.is_open[column] = opens
    trial.total[0] += change * cost[column]
    for k in range(cover.column_first[column], cover.column_first[column + 1]):
        row = cover.column_row[k]
        first, last = cover.row_first[row], cover.row_first[row + 1]
        weight = trial.weight[row]
        before = trial.times[row]
        trial.times[row] = before + change
        for q in range(first, last):
            trial.may_come[cover.row_column[q]] = True
        if before + change == 0:  # nobody reaches it any more
            trial.place[row] = int(trial.total[2])
            trial.missing[trial.place[row]] = row
            trial.total[2] += 1
            for q in range(first, last):
                if cover.row_column[q] != column:
                    trial.score[cover.row_column[q]] += weight
        elif before == 0:  # this column alone
            trial.total[2] -= 1
            last_missing = trial.missing[int(trial.total[2])]
            trial.missing[trial.place[row]] = last_missing
            trial.place[last_missing] = trial.place[row]
            for q in range(first, last):
                if cover.row_column[q] != column:
                    trial.score[cover.row_column[q]] -= weight
        elif before == 1 or before + change == 1:  # two, or one other again
            for q in range(first, last):
                other = cover.row_column[q]
                if other != column and trial.is_open[other]:
                    trial.score[other] -= change * weight
    # a row that only this column reaches counts for it open or shut; others do not
    score = 0.0
    for k in range(cover.column_first[column], cover.column_first[column + 1]):
        row = cover.column_row[k]
        if trial.times[row] == (1 if opens else 0):
            score += trial.weight[row]
    trial.score[column] = score


@njit(**_COMPILED)
def cover_greedily(cover, trial, cost):  # type: ignore[no-untyped-def]
    """Open columns until nothing is missing: most newly reached rows for the cost first."""
    while trial.total[2] > 0:
        choice = -1
        for column in range(cost.shape[0]):
            if trial.is_open[column] or trial.score[column] <= 0:
                continue
            if choice < 0 or trial.score[column] * max(cost[choice], _FREE) > trial.score[
                choice
            ] * max(cost[column], _FREE):
                choice = column
        flip(cover, trial, cost, choice)
    keep_best(trial, cost)


@njit(**_COMPILED)
def keep_best(trial, cost):  # type: ignore[no-untyped-def]
    """Remember a whole cover, without rounding errors in its cost."""
    total = 0.0
    for column in range(cost.shape[0]):
        if trial.is_open[column]:
            total += cost[column]
    trial.total[0] = total
    if total < trial.total[1]:
        trial.total[1] = total
        trial.best[:] = trial.is_open


@njit(**_COMPILED)
def least_loss(trial, cost, barred):  # type: ignore[no-untyped-def]
    """Return the open column that is missed least for its cost, the one longest there of equals."""
    choice = -1
    for column in range(cost.shape[0]):
        if not trial.is_open[column] or column == barred:
            continue
        if choice < 0:
            choice = column
            continue
        mine = trial.score[column] * max(cost[choice], _FREE)
        others = trial.score[choice] * max(cost[column], _FREE)
        if mine < others or (mine == others and trial.since[column] < trial.since[choice]):
            choice = column
    return choice


@njit(**_COMPILED)
def search_on(cover, trial, cost, first_step, steps, goal):  # type: ignore[no-untyped-def]
    """Shut a column or two, open one that reaches a missing row, and let what is missing weigh
    more; stop when a cover costs no more than ``goal``.

    Row weighting local search with configuration checking (Gao, Weise and Li 2015).
    """
    np.random.seed(first_step)
    came = -1
    for step in range(first_step, first_step + steps):
        while trial.total[2] == 0:
            keep_best(trial, cost)
            if trial.total[1] <= goal:
                return
            column = least_loss(trial, cost, -1)
            flip(cover, trial, cost, column)
            trial.since[column] = step
            trial.may_come[column] = False
        column = least_loss(trial, cost, came)
        if column >= 0:
            flip(cover, trial, cost, column)
            trial.since[column] = step
            trial.may_come[column] = False
        while trial.total[2] > 0:
            row = trial.missing[np.random.randint(int(trial.total[2]))]
            choice = -1
            for q in range(cover.row_first[row], cover.row_first[row + 1]):
                column = cover.row_column[q]
                if not trial.may_come[column]:
                    continue
                if choice < 0:
                    choice = column
                    continue
                mine = trial.score[column] * max(cost[choice], _FREE)
                others = trial.score[choice] * max(cost[column], _FREE)
                if mine > others or (mine == others and trial.since[column] < trial.since[choice]):
                    choice = column
            if choice < 0 or trial.total[0] + cost[choice] >= trial.total[1] - 1e-12:
                break
            flip(cover, trial, cost, choice)
            trial.since[choice] = step
            came = choice
            for k in range(int(trial.total[2])):
                heavier = trial.missing[k]
                trial.weight[heavier] += 1.0
                for q in range(cover.row_first[heavier], cover.row_first[heavier + 1]):
                    trial.score[cover.row_column[q]] += 1.0
        if came >= 0 and not trial.is_open[came]:
            came = -1
