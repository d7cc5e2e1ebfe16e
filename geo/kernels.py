"""The compiled search loops, and nothing else: plain arrays in, plain arrays out. Knows no files,
names or projections.

A network is a forward star stored both ways: ``first[i]:first[i + 1]`` are the half-edges that
leave node ``i``, with ``neighbour`` and ``edge`` (the index of the undirected edge).
``allowed[edge]`` says whether a profile may walk there. A snapped point is ``(edge, offset,
stretch)``: metres along the edge from its first node, and metres from the edge to the point.
Compiled code is cached on disk, and runs without the interpreter's lock.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit

_INLINE: dict[str, Any] = {"cache": True, "nogil": True, "inline": "never"}
_COMPILED: dict[str, Any] = {"cache": True, "nogil": True}


@njit(**_INLINE)
def _push(keys, ranks, items, size, key, rank, item):  # type: ignore[no-untyped-def]
    """Sift a new entry up a binary heap ordered by (key, rank); return the new size."""
    hole = size
    while hole > 0:
        parent = (hole - 1) >> 1
        if keys[parent] < key or (keys[parent] == key and ranks[parent] <= rank):
            break
        keys[hole] = keys[parent]
        ranks[hole] = ranks[parent]
        items[hole] = items[parent]
        hole = parent
    keys[hole] = key
    ranks[hole] = rank
    items[hole] = item
    return size + 1


@njit(**_INLINE)
def _drop_top(keys, ranks, items, size):  # type: ignore[no-untyped-def]
    """Remove the smallest entry of the heap; return the new size."""
    size -= 1
    key = keys[size]
    rank = ranks[size]
    item = items[size]
    hole = 0
    child = 1
    while child < size:
        right = child + 1
        if right < size and (
            keys[right] < keys[child]
            or (keys[right] == keys[child] and ranks[right] < ranks[child])
        ):
            child = right
        if key < keys[child] or (key == keys[child] and rank <= ranks[child]):
            break
        keys[hole] = keys[child]
        ranks[hole] = ranks[child]
        items[hole] = items[child]
        hole = child
        child = 2 * hole + 1
    keys[hole] = key
    ranks[hole] = rank
    items[hole] = item
    return size


@njit(**_COMPILED)
def nearest_per_node(  # type: ignore[no-untyped-def]
    first, neighbour, edge, edge_m, allowed, seed_node, seed_m, seed_place, k, within_m
):
    """Find the ``k`` nearest distinct places of every node, in one search from all places at once.

    Returns ``metres`` (nodes, k) with ``inf`` where there is none, and ``place`` (nodes, k) with
    -1. Equal distances go to the lower place index.
    """
    nodes = first.shape[0] - 1
    metres = np.full((nodes, k), np.inf)
    place = np.full((nodes, k), -1, np.int64)
    filled = np.zeros(nodes, np.int64)
    capacity = k * neighbour.shape[0] + seed_node.shape[0] + 1
    keys = np.empty(capacity)
    ranks = np.empty(capacity, np.int64)
    items = np.empty(capacity, np.int64)
    # What stands in the heap for each node, when only one place is wanted: no worse one need join.
    waiting_m = np.full(nodes if k == 1 else 0, np.inf)
    waiting_place = np.full(nodes if k == 1 else 0, np.iinfo(np.int64).max)
    size = 0
    for s in range(seed_node.shape[0]):
        if seed_m[s] <= within_m:
            size = _push(keys, ranks, items, size, seed_m[s], seed_place[s], seed_node[s])
    while size > 0:
        here_m = keys[0]
        here_place = ranks[0]
        node = items[0]
        size = _drop_top(keys, ranks, items, size)
        have = filled[node]
        if have == k:
            continue
        known = False
        for j in range(have):
            known = known or place[node, j] == here_place
        if known:
            continue
        metres[node, have] = here_m
        place[node, have] = here_place
        filled[node] = have + 1
        for h in range(first[node], first[node + 1]):
            if not allowed[edge[h]]:
                continue
            there = neighbour[h]
            there_m = here_m + edge_m[edge[h]]
            if there_m > within_m or filled[there] == k:
                continue
            if k == 1:
                if there_m > waiting_m[there] or (
                    there_m == waiting_m[there] and here_place >= waiting_place[there]
                ):
                    continue
                waiting_m[there] = there_m
                waiting_place[there] = here_place
            size = _push(keys, ranks, items, size, there_m, here_place, there)
    return metres, place


@njit(**_COMPILED)
def _keep(metres, place, row, k, new_m, new_place):  # type: ignore[no-untyped-def]
    """Insert (new_m, new_place) into a row sorted by (metres, place), one entry a place; drop what
    falls off the end.
    """
    for j in range(k):
        if place[row, j] == new_place:
            if metres[row, j] <= new_m:
                return
            for i in range(j, k - 1):
                metres[row, i] = metres[row, i + 1]
                place[row, i] = place[row, i + 1]
            metres[row, k - 1] = np.inf
            place[row, k - 1] = -1
            break
    at = k
    while at > 0 and (
        place[row, at - 1] < 0
        or metres[row, at - 1] > new_m
        or (metres[row, at - 1] == new_m and place[row, at - 1] > new_place)
    ):
        at -= 1
    if at == k:
        return
    for i in range(k - 1, at, -1):
        metres[row, i] = metres[row, i - 1]
        place[row, i] = place[row, i - 1]
    metres[row, at] = new_m
    place[row, at] = new_place


@njit(**_COMPILED)
def nearest_per_point(  # type: ignore[no-untyped-def]
    node_m,
    node_place,
    edge_u,
    edge_v,
    edge_m,
    point_edge,
    point_offset,
    point_stretch,
    on_edge_first,
    on_edge,
    place_offset,
    place_stretch,
    within_m,
):
    """Carry ``nearest_per_node`` on to points on edges: by either end of the edge, or straight
    along it.

    ``on_edge[on_edge_first[e]:on_edge_first[e + 1]]`` are the places snapped to edge ``e``.
    """
    points = point_edge.shape[0]
    k = node_m.shape[1]
    metres = np.full((points, k), np.inf)
    place = np.full((points, k), -1, np.int64)
    for p in range(points):
        e = point_edge[p]
        if e < 0:
            continue
        to_u = point_stretch[p] + point_offset[p]
        to_v = point_stretch[p] + (edge_m[e] - point_offset[p])
        u = edge_u[e]
        v = edge_v[e]
        for j in range(k):
            # What is farther than the last one kept need not be tried.
            by_u = to_u + node_m[u, j]
            if node_place[u, j] >= 0 and by_u <= within_m and by_u <= metres[p, k - 1]:
                _keep(metres, place, p, k, by_u, node_place[u, j])
            by_v = to_v + node_m[v, j]
            if node_place[v, j] >= 0 and by_v <= within_m and by_v <= metres[p, k - 1]:
                _keep(metres, place, p, k, by_v, node_place[v, j])
        for i in range(on_edge_first[e], on_edge_first[e + 1]):
            q = on_edge[i]
            along = point_stretch[p] + abs(point_offset[p] - place_offset[q]) + place_stretch[q]
            if along <= within_m:
                _keep(metres, place, p, k, along, q)
    return metres, place


@njit(**_COMPILED)
def search_from(  # type: ignore[no-untyped-def]
    first, neighbour, edge, edge_m, allowed, seed_node, seed_m, within_m
):
    """Return metres (nodes,) from the nearest seed to every node within ``within_m``; ``inf``
    beyond.
    """
    metres, _ = nearest_per_node(
        first,
        neighbour,
        edge,
        edge_m,
        allowed,
        seed_node,
        seed_m,
        np.zeros(seed_node.shape[0], np.int64),
        1,
        within_m,
    )
    return metres[:, 0]


@njit(**_COMPILED)
def pairs_within(  # type: ignore[no-untyped-def]
    first,
    neighbour,
    edge,
    edge_m,
    allowed,
    edge_u,
    edge_v,
    from_edge,
    from_offset,
    from_stretch,
    on_edge_first,
    on_edge,
    to_offset,
    to_stretch,
    within_m,
):
    """Walk out from every origin to all destinations within ``within_m``: a bounded search each,
    work as far as it reaches.

    Returns CSR arrays ``(start, column, metres)``, columns unsorted within a row. Memory follows
    the pairs found.
    """
    nodes = first.shape[0] - 1
    destinations = to_offset.shape[0]
    best = np.full(nodes, np.inf)
    touched = np.empty(nodes, np.int64)
    found_m = np.full(destinations, np.inf)
    found = np.empty(destinations, np.int64)
    keys = np.empty(neighbour.shape[0] + 4)
    ranks = np.zeros(neighbour.shape[0] + 4, np.int64)
    items = np.empty(neighbour.shape[0] + 4, np.int64)
    start = np.zeros(from_edge.shape[0] + 1, np.int64)
    column = np.empty(1024, np.int64)
    metres = np.empty(1024)
    for o in range(from_edge.shape[0]):
        start[o + 1] = start[o]
        e = from_edge[o]
        if e < 0:
            continue
        touched_n = 0
        found_n = 0
        for i in range(on_edge_first[e], on_edge_first[e + 1]):
            q = on_edge[i]
            along = from_stretch[o] + abs(from_offset[o] - to_offset[q]) + to_stretch[q]
            if along <= within_m:
                found[found_n] = q
                found_n += 1
                found_m[q] = along
        size = 0
        for end in range(2):
            node = edge_u[e] if end == 0 else edge_v[e]
            out_m = from_stretch[o] + (from_offset[o] if end == 0 else edge_m[e] - from_offset[o])
            if out_m <= within_m and out_m < best[node]:
                if math.isinf(best[node]):
                    touched[touched_n] = node
                    touched_n += 1
                best[node] = out_m
                size = _push(keys, ranks, items, size, out_m, 0, node)
        while size > 0:
            here_m = keys[0]
            node = items[0]
            size = _drop_top(keys, ranks, items, size)
            if here_m > best[node]:
                continue
            for h in range(first[node], first[node + 1]):
                e = edge[h]
                if not allowed[e]:
                    continue
                for i in range(on_edge_first[e], on_edge_first[e + 1]):
                    q = on_edge[i]
                    off = to_offset[q] if edge_u[e] == node else edge_m[e] - to_offset[q]
                    if edge_u[e] == edge_v[e]:
                        off = min(to_offset[q], edge_m[e] - to_offset[q])
                    there_m = here_m + off + to_stretch[q]
                    if there_m <= within_m and there_m < found_m[q]:
                        if math.isinf(found_m[q]):
                            found[found_n] = q
                            found_n += 1
                        found_m[q] = there_m
                there = neighbour[h]
                there_m = here_m + edge_m[e]
                if there_m <= within_m and there_m < best[there]:
                    if math.isinf(best[there]):
                        touched[touched_n] = there
                        touched_n += 1
                    best[there] = there_m
                    size = _push(keys, ranks, items, size, there_m, 0, there)
        if start[o] + found_n > column.shape[0]:
            room = max(2 * column.shape[0], start[o] + found_n)
            wider_column = np.empty(room, np.int64)
            wider_metres = np.empty(room)
            wider_column[: start[o]] = column[: start[o]]
            wider_metres[: start[o]] = metres[: start[o]]
            column = wider_column
            metres = wider_metres
        for i in range(found_n):
            column[start[o] + i] = found[i]
            metres[start[o] + i] = found_m[found[i]]
            found_m[found[i]] = np.inf
        start[o + 1] = start[o] + found_n
        for i in range(touched_n):
            best[touched[i]] = np.inf
    return start, column[: start[-1]], metres[: start[-1]]
