"""The compiled loops for the k nearest (rows of labels, sorted by metres and then by place) and for
a field that is kept up to date. They work on the structures of ``geo.network.kernels.search``.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from geo.network.kernels.search import _COMPILED, _LATE, _take, _wait, _write


@njit(**_COMPILED)
def keep(metres, place, sent, row, new_m, new_place):  # type: ignore[no-untyped-def]
    """Insert a label into a row sorted by (metres, place), one per place; what falls off the end is
    dropped. Returns whether it was kept.
    """
    k = metres.shape[1]
    if new_m > metres[row, k - 1] or new_m == np.inf:
        return False
    at = k - 1
    for j in range(k):
        if place[row, j] == new_place:
            if metres[row, j] <= new_m:
                return False
            at = j
            break
    else:
        if new_m == metres[row, at] and place[row, at] <= new_place:
            return False
    while at > 0 and (
        metres[row, at - 1] > new_m
        or (metres[row, at - 1] == new_m and place[row, at - 1] > new_place)
    ):
        metres[row, at] = metres[row, at - 1]
        place[row, at] = place[row, at - 1]
        sent[row, at] = sent[row, at - 1]
        at -= 1
    metres[row, at] = new_m
    place[row, at] = new_place
    sent[row, at] = False
    return True


@njit(**_COMPILED)
def _begin(journal, count, metres, place, sent, node):  # type: ignore[no-untyped-def]
    """Empty a node's row when it is first met, and note the node; return how many are noted."""
    if journal.marked[node]:
        return count
    journal.marked[node] = True
    journal.node[count] = node
    for j in range(metres.shape[1]):
        metres[node, j] = np.inf
        place[node, j] = -1
        sent[node, j] = False
    return count + 1


@njit(**_COMPILED)
def spread_k(  # type: ignore[no-untyped-def]
    paths,
    queue,
    per_metre,
    metres,
    place,
    sent,
    due,
    journal,
    seed_node,
    seed_m,
    seed_place,
    within_m,
):
    """Fill rows of ``metres`` and ``place`` (nodes, k) with the k nearest distinct places.

    ``sent`` (nodes, k) flags labels already sent to the neighbours; ``due`` is the nearest of each
    node's others, where the node waits. Only the rows of nodes that are reached are written;
    ``journal`` marks and lists them. Returns how many.
    """
    count = 0
    k = metres.shape[1]
    wrap = queue.head.shape[0] - 1
    waiting = 0
    now = np.int64(_LATE)
    for s in range(seed_node.shape[0]):
        node = seed_node[s]
        if not seed_m[s] <= within_m or seed_m[s] == np.inf:
            continue
        count = _begin(journal, count, metres, place, sent, node)
        if keep(metres, place, sent, node, seed_m[s], seed_place[s]) and (
            queue.bucket[node] < 0 or seed_m[s] < due[node]
        ):
            due[node] = seed_m[s]
            bucket = np.int64(seed_m[s] * per_metre)
            now = min(now, bucket)
            waiting += _wait(queue, node, bucket & wrap)
    while waiting > 0:
        node = queue.head[now & wrap]
        if node < 0:
            now += 1
            continue
        _take(queue, node, now & wrap)
        waiting -= 1
        last = np.int64(due[node] * per_metre)
        for j in range(k):
            if sent[node, j] or place[node, j] < 0:
                continue
            here_m = metres[node, j]
            bucket = np.int64(here_m * per_metre)
            if bucket > last:
                due[node] = here_m
                waiting += _wait(queue, node, bucket & wrap)
                break
            sent[node, j] = True
            for half in range(paths.first[node], paths.first[node + 1]):
                if paths.closed.shape[0] > 0 and paths.closed[half]:
                    continue
                there = paths.neighbour[half]
                there_m = here_m + paths.metres[half]
                if there_m > within_m or there_m == np.inf:
                    continue
                count = _begin(journal, count, metres, place, sent, there)
                if keep(metres, place, sent, there, there_m, place[node, j]) and (
                    queue.bucket[there] < 0 or there_m < due[there]
                ):
                    due[there] = there_m
                    waiting += _wait(queue, there, np.int64(there_m * per_metre) & wrap)
    return count


@njit(**_COMPILED)
def nearest_per_point(  # type: ignore[no-untyped-def]
    node_m, node_place, reached, points, doors, within_m, metres, place
):
    """Carry labels of nodes (nodes, k) on to points: by either end of the edge, or straight along
    it. Fills ``metres`` and ``place`` (points, k). Rows of nodes not ``reached`` are not read.
    """
    k = node_m.shape[1]
    sent = np.zeros((1, k), np.bool_)
    sieve = np.zeros(_sieve_size(doors.edge.shape[0]), np.bool_)
    for i in range(doors.edge.shape[0]):
        sieve[doors.edge[i] & (sieve.shape[0] - 1)] = True
    for p in range(points.edge.shape[0]):
        e = points.edge[p]
        if e < 0:
            continue
        row_m = metres[p : p + 1]
        row_place = place[p : p + 1]
        for end in range(2):
            node = points.u[p] if end == 0 else points.v[p]
            to_m = points.u_m[p] if end == 0 else points.v_m[p]
            if not reached[node]:
                continue
            for j in range(k):
                there_m = to_m + node_m[node, j]
                if there_m > within_m or there_m > row_m[0, k - 1]:
                    break
                if k > 1:
                    keep(row_m, row_place, sent, 0, there_m, node_place[node, j])
                elif there_m < row_m[0, 0] or node_place[node, 0] < row_place[0, 0]:
                    row_m[0, 0] = there_m
                    row_place[0, 0] = node_place[node, 0]
        if not sieve[e & (sieve.shape[0] - 1)]:
            continue
        for i in range(np.searchsorted(doors.edge, e), doors.edge.shape[0]):
            if doors.edge[i] != e:
                break
            along = points.stretch[p] + abs(points.offset[p] - doors.offset[i]) + doors.stretch[i]
            if along <= within_m:
                keep(row_m, row_place, sent, 0, along, doors.row[i])


@njit(**_COMPILED)
def _sieve_size(doors):  # type: ignore[no-untyped-def]
    """Return a power of two well above the number of edges with places on them."""
    size = 64
    while size < 8 * doors:
        size *= 2
    return size


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
