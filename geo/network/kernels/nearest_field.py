"""The compiled loops of a field that is kept up to date. They work on the structures of
``geo.network.kernels.search``.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from geo.network.kernels.search import _COMPILED, _write


@njit(**_COMPILED)
def forget(paths, metres, place, journal, count, seed_node, gone):  # type: ignore[no-untyped-def]
    """Clear the labels of place ``gone``: the nodes it is nearest to, which hang together from its
    seeds. Journal as in ``spread``.
    """
    low = count
    for s in range(seed_node.shape[0]):
        node = seed_node[s]
        if place[node] == gone:
            count = _write(journal, count, metres, place, node)
            metres[node] = np.inf
            place[node] = -1
    done = low
    while done < count:
        node = journal.node[done]
        done += 1
        for half in range(paths.first[node], paths.first[node + 1]):
            there = paths.neighbour[half]
            if place[there] == gone and not (paths.closed.shape[0] > 0 and paths.closed[half]):
                count = _write(journal, count, metres, place, there)
                metres[there] = np.inf
                place[there] = -1
    return count


@njit(**_COMPILED)
def offers(paths, metres, place, node):  # type: ignore[no-untyped-def]
    """Return what the neighbours of some nodes offer them, as seeds: (node, metres, place)."""
    total = 0
    for i in range(node.shape[0]):
        total += paths.first[node[i] + 1] - paths.first[node[i]]
    seed_node = np.empty(total, np.int64)
    seed_m = np.empty(total)
    seed_place = np.empty(total, np.int64)
    count = 0
    for i in range(node.shape[0]):
        for half in range(paths.first[node[i]], paths.first[node[i] + 1]):
            there = paths.neighbour[half]
            if place[there] < 0 or (paths.closed.shape[0] > 0 and paths.closed[half]):
                continue
            seed_node[count] = node[i]
            seed_m[count] = metres[there] + paths.metres[half]
            seed_place[count] = place[there]
            count += 1
    return seed_node[:count], seed_m[:count], seed_place[:count]


@njit(**_COMPILED)
def beside(first, edge, node, also, point_first, point_row, seen):  # type: ignore[no-untyped-def]
    """Return the points on the edges that meet some nodes, and those in ``also``, each once.

    ``point_row[point_first[e]:point_first[e + 1]]`` are the points on edge ``e``; ``seen`` has one
    flag per point, all False before and after.
    """
    row = np.empty(min(seen.shape[0], 2 * node.shape[0] + also.shape[0] + 64), np.int64)
    count = 0
    for i in range(also.shape[0]):
        point = also[i]
        if not seen[point]:
            seen[point] = True
            row[count] = point
            count += 1
    for i in range(node.shape[0]):
        for half in range(first[node[i]], first[node[i] + 1]):
            for at in range(point_first[edge[half]], point_first[edge[half] + 1]):
                point = point_row[at]
                if not seen[point]:
                    seen[point] = True
                    if count == row.shape[0]:
                        wider = np.empty(min(seen.shape[0], 2 * count), np.int64)
                        wider[:count] = row
                        row = wider
                    row[count] = point
                    count += 1
    for i in range(count):
        seen[row[i]] = False
    return row[:count]
