"""The compiled loop that bounds a maximal covering from above: Lagrangian relaxation by subgradient
steps. Plain arrays in and out.

A row's λ is the price of reaching it. For any 0 ≤ λ ≤ w, no choice of p columns reaches more than Σ
(w − λ) + the p greatest Σ λ over a column's rows: Galvão and ReVelle 1996. The least such bound
equals that of the linear relaxation.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

_COMPILED: dict[str, Any] = {"cache": True, "nogil": True}
OPEN, SHUT = 1, -1
"""States of a column; 0 is free."""


@njit(**_COMPILED)
def settle(cover, state, must):  # type: ignore[no-untyped-def]
    """Return each row's free columns, −1 where an open column reaches it; None-like when a row that
    must be reached cannot be: then ``ok`` is False. Opens the only column of such a row.
    """
    rows = cover.weight.shape[0]
    free = np.zeros(rows, np.int64)
    again, ok = True, True
    while again and ok:
        again = False
        for row in range(rows):
            free[row] = 0
            last = -1
            for q in range(cover.row_first[row], cover.row_first[row + 1]):
                column = cover.row_column[q]
                if state[column] == OPEN:
                    free[row] = -1
                    break
                if state[column] == 0:
                    free[row] += 1
                    last = column
            if must[row] and free[row] == 0:
                ok = False
                break
            if must[row] and free[row] == 1:
                state[last] = OPEN
                again = True
    return free, ok


@njit(**_COMPILED)
def greatest(value, loose, left, choice):  # type: ignore[no-untyped-def]
    """Mark the ``left`` loose columns of greatest value, the first of equals; return the least
    value that is in and the greatest that is out, nan where all or none are.
    """
    size = loose.shape[0]
    if left <= 0 or left >= size:
        if left > 0:
            choice[loose] = True
        return np.nan, np.nan
    worth = value[loose]
    order = np.partition(worth, (size - left - 1, size - left))
    edge, room = order[size - left], left
    for k in range(size):
        if worth[k] > edge:
            choice[loose[k]] = True
            room -= 1
    for k in range(size):
        if room > 0 and worth[k] == edge:
            choice[loose[k]] = True
            room -= 1
    return edge, order[size - left - 1]


@njit(**_COMPILED)
def column_values(cover, price):  # type: ignore[no-untyped-def]
    """Return the sum of the prices of the rows a column reaches."""
    value = np.zeros(cover.column_first.shape[0] - 1)
    for row in range(price.shape[0]):
        if price[row] != 0.0:
            for q in range(cover.row_first[row], cover.row_first[row + 1]):
                value[cover.row_column[q]] += price[row]
    return value


@njit(**_COMPILED)
def bound_from_above(cover, state, must, count, price, mean, goal, steps, scale):  # type: ignore[no-untyped-def]
    """Take subgradient steps from the prices ``price``; leave the best ones there.

    ``state`` a column and ``must`` a row are the branch; ``count`` columns are open in all.
    ``mean`` a column becomes the running mean of what the steps opened; ``goal`` is the bound that
    would do; ``scale`` holds the length of a step, shortened when nothing is gained.

    Returns
    -------
    bound, the columns' values at the best prices, the value of the last column in and the first
    one out (nan where there is none), the most people a step's choice reached, and that choice.
    """
    rows, columns = price.shape[0], state.shape[0]
    best_choice = np.zeros(columns, np.bool_)
    free, ok = settle(cover, state, must)
    left = count - np.sum(state == OPEN)
    if not ok or left < 0:
        return -np.inf, np.zeros(columns), np.nan, np.nan, -np.inf, best_choice
    loose = np.flatnonzero(state == 0)
    left = min(left, loose.shape[0])
    certain = 0.0
    active = np.flatnonzero(free > 0)
    for row in range(rows):
        if free[row] < 0:
            certain += cover.weight[row]
            price[row] = 0.0
        elif free[row] == 0:
            price[row] = cover.weight[row]
    now, value = price.copy(), column_values(cover, price)
    slope, way = np.zeros(rows), np.zeros(rows)
    choice = np.zeros(columns, np.bool_)
    bound, most, waited = np.inf, -np.inf, 0
    for _ in range(steps):
        choice[:] = state == OPEN
        greatest(value, loose, left, choice)
        total = certain
        slope[:] = 0.0
        for k in range(loose.shape[0]):
            column = loose[k]
            if choice[column]:
                total += value[column]
                for q in range(cover.column_first[column], cover.column_first[column + 1]):
                    slope[cover.column_row[q]] += 1.0
            mean[column] += 0.04 * (choice[column] - mean[column])
        reached = certain
        for at in active:
            if slope[at] > 0.0:
                reached += cover.weight[at]
            if must[at] or now[at] < cover.weight[at]:
                total += cover.weight[at] - now[at]
                slope[at] -= 1.0
        if reached > most:
            most = reached
            best_choice[:] = choice
        waited = 0 if total < bound - 1e-5 * abs(bound) else waited + 1
        if total < bound:
            bound = total
            price[:] = now
            if bound <= goal:
                break
        if waited >= 20:
            waited = 0
            scale[0] *= 0.8
        if scale[0] < 1e-3:
            break
        length = 0.0
        for at in active:
            way[at] = slope[at] + 0.5 * way[at]
            if (now[at] <= 0.0 and way[at] > 0.0) or (
                not must[at] and now[at] >= cover.weight[at] and way[at] < 0.0
            ):
                way[at] = 0.0
            length += way[at] * way[at]
        if length == 0.0:
            break
        step = scale[0] * max(total - goal, 1e-6 * abs(total)) / length
        for at in active:
            if way[at] == 0.0:
                continue
            new = max(0.0, now[at] - step * way[at])
            if not must[at]:
                new = min(new, cover.weight[at])
            change = new - now[at]
            if change != 0.0:
                now[at] = new
                for q in range(cover.row_first[at], cover.row_first[at + 1]):
                    value[cover.row_column[q]] += change
    # once more without the rounding errors of so many small changes
    value = column_values(cover, price)
    choice[:] = state == OPEN
    last_in, first_out = greatest(value, loose, left, choice)
    bound = certain
    for at in active:
        if must[at] or price[at] < cover.weight[at]:
            bound += cover.weight[at] - price[at]
    for column in loose:
        if choice[column]:
            bound += value[column]
    return bound, value, last_in, first_out, most, best_choice
