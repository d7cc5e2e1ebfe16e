"""The compiled loops of the covering models: greedy and swapping choices, and what dominates what.
Plain arrays in and out.

The compiled loop that bounds a maximal covering from above: Lagrangian relaxation by subgradient
steps. Plain arrays in and out.

A row's λ is the price of reaching it. For any 0 ≤ λ ≤ w, no choice of p columns reaches more than Σ
(w − λ) + the p greatest Σ λ over a column's rows: Galvão and ReVelle 1996. The least such bound
equals that of the linear relaxation.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

_COMPILED: dict[str, Any] = {"cache": True, "nogil": True}


class Cover(NamedTuple):
    """Who is in reach of what, stored both ways.

    ``row_column[row_first[i]:row_first[i + 1]]`` are the columns (candidates) that reach row ``i``,
    ``column_row[column_first[j]:column_first[j + 1]]`` the rows that column ``j`` reaches, both
    ascending; ``weight`` are the people per row, all above zero.
    """

    row_first: NDArray[np.int64]
    row_column: NDArray[np.int32]
    column_first: NDArray[np.int64]
    column_row: NDArray[np.int32]
    weight: NDArray[np.float64]


class Search(NamedTuple):
    """A choice of one column per slot, and what a swap would change.

    ``gain[j]``: people column ``j`` reaches whom nobody else does; ``shared[j, s]``: those it
    reaches whom only slot ``s`` reaches, so that ``shared[site[s], s]`` is what is lost without
    ``s``. ``total`` holds the people reached now and the most so far, by ``best``.
    """

    site: NDArray[np.int64]
    slot: NDArray[np.int64]
    times: NDArray[np.int64]
    slots: NDArray[np.int64]
    gain: NDArray[np.float64]
    shared: NDArray[np.float64]
    not_in: NDArray[np.int64]
    not_out: NDArray[np.int64]
    best: NDArray[np.int64]
    total: NDArray[np.float64]


@njit(**_COMPILED)
def put(cover, search, slot, column):  # type: ignore[no-untyped-def]
    """Open a column in an empty slot."""
    search.site[slot] = column
    search.slot[column] = slot
    for k in range(cover.column_first[column], cover.column_first[column + 1]):
        row = cover.column_row[k]
        people = cover.weight[row]
        first, last = cover.row_first[row], cover.row_first[row + 1]
        if search.times[row] == 0:
            search.total[0] += people
            for q in range(first, last):
                search.gain[cover.row_column[q]] -= people
                search.shared[cover.row_column[q], slot] += people
        elif search.times[row] == 1:
            alone = search.slots[row]
            for q in range(first, last):
                search.shared[cover.row_column[q], alone] -= people
        search.times[row] += 1
        search.slots[row] += slot


@njit(**_COMPILED)
def take(cover, search, slot):  # type: ignore[no-untyped-def]
    """Close the column of a slot."""
    column = search.site[slot]
    search.slot[column] = -1
    for k in range(cover.column_first[column], cover.column_first[column + 1]):
        row = cover.column_row[k]
        people = cover.weight[row]
        first, last = cover.row_first[row], cover.row_first[row + 1]
        search.times[row] -= 1
        search.slots[row] -= slot
        if search.times[row] == 0:
            search.total[0] -= people
            for q in range(first, last):
                search.gain[cover.row_column[q]] += people
                search.shared[cover.row_column[q], slot] -= people
        elif search.times[row] == 1:
            alone = search.slots[row]
            for q in range(first, last):
                search.shared[cover.row_column[q], alone] += people


@njit(**_COMPILED)
def fill_greedily(cover, search):  # type: ignore[no-untyped-def]
    """Open, slot after slot, the column that reaches most people not yet reached."""
    for column in range(search.gain.shape[0]):
        for k in range(cover.column_first[column], cover.column_first[column + 1]):
            search.gain[column] += cover.weight[cover.column_row[k]]
    for slot in range(search.site.shape[0]):
        choice = -1
        for column in range(search.gain.shape[0]):
            if search.slot[column] < 0 and (
                choice < 0 or search.gain[column] > search.gain[choice]
            ):
                choice = column
        put(cover, search, slot, choice)
    search.best[:] = search.site
    search.total[1] = search.total[0]


@njit(**_COMPILED)
def swap_on(cover, search, first_step, steps):  # type: ignore[no-untyped-def]
    """Make ``steps`` best swaps, also for the worse, but not back to what was left just now.

    Tabu search (Glover 1989): a column that left may not return for 5 to 14 steps, one that came
    must stay a while, unless the choice would be the best so far.
    """
    np.random.seed(first_step)
    slots, columns = search.site.shape[0], search.gain.shape[0]
    loss = np.empty(slots)
    for step in range(first_step, first_step + steps):
        for slot in range(slots):
            loss[slot] = search.shared[search.site[slot], slot]
        most, come, leave = -np.inf, -1, -1
        to_beat = search.total[1] * (1 + 1e-12) - search.total[0]
        for column in range(columns):
            if search.slot[column] >= 0:
                continue
            barred = search.not_in[column] > step
            gain = search.gain[column]
            for slot in range(slots):
                change = gain - loss[slot] + search.shared[column, slot]
                if change <= most:
                    continue
                if change <= to_beat and (barred or search.not_out[search.site[slot]] > step):
                    continue
                most, come, leave = change, column, slot
        if come < 0:
            continue
        gone = search.site[leave]
        take(cover, search, leave)
        put(cover, search, leave, come)
        search.not_in[gone] = step + 5 + np.random.randint(10)
        search.not_out[come] = step + 2 + np.random.randint(max(1, slots // 2))
        if search.total[0] > search.total[1] * (1 + 1e-12):
            search.total[1] = search.total[0]
            search.best[:] = search.site


@njit(**_COMPILED)
def reached_by(cover, columns):  # type: ignore[no-untyped-def]
    """Return the people whom some of the columns reach."""
    seen = np.zeros(cover.weight.shape[0], np.bool_)
    people = 0.0
    for column in columns:
        for k in range(cover.column_first[column], cover.column_first[column + 1]):
            row = cover.column_row[k]
            if not seen[row]:
                seen[row] = True
                people += cover.weight[row]
    return people


@njit(**_COMPILED)
def dominated(inner_first, inner, outer_first, outer, cost):  # type: ignore[no-untyped-def]
    """Return which sets lie within another that costs no more (of equals all but the first).

    ``inner[inner_first[j]:inner_first[j + 1]]`` are the members of set ``j``, ``outer`` the sets a
    member; sets are compared with those that share their rarest member.
    """
    sets, members = inner_first.shape[0] - 1, outer_first.shape[0] - 1
    out = np.zeros(sets, np.bool_)
    mark = np.full(members, -1)
    for j in range(sets):
        first, last = inner_first[j], inner_first[j + 1]
        size = last - first
        if size == 0:
            out[j] = True
            continue
        rarest = inner[first]
        for k in range(first, last):
            mark[inner[k]] = j
            if (
                outer_first[inner[k] + 1] - outer_first[inner[k]]
                < outer_first[rarest + 1] - outer_first[rarest]
            ):
                rarest = inner[k]
        for q in range(outer_first[rarest], outer_first[rarest + 1]):
            other = outer[q]
            larger = inner_first[other + 1] - inner_first[other]
            if other == j or out[other] or larger < size or cost[other] > cost[j]:
                continue
            if larger == size and cost[other] == cost[j] and other > j:
                continue
            shared = 0
            for k in range(inner_first[other], inner_first[other + 1]):
                if mark[inner[k]] == j:
                    shared += 1
            if shared == size:
                out[j] = True
                break
    return out


@njit(**_COMPILED)
def move_to(cover, search, columns):  # type: ignore[no-untyped-def]
    """Open these columns instead, one per slot, and forget what was left just now."""
    wanted = np.zeros(search.gain.shape[0], np.bool_)
    wanted[columns] = True
    search.not_in[:] = 0
    search.not_out[:] = 0
    following = 0
    for slot in range(search.site.shape[0]):
        if wanted[search.site[slot]]:
            continue
        while search.slot[columns[following]] >= 0:
            following += 1
        take(cover, search, slot)
        put(cover, search, slot, columns[following])
    if search.total[0] > search.total[1] * (1 + 1e-12):
        search.total[1] = search.total[0]
        search.best[:] = search.site


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
