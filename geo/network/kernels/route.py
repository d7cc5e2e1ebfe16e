"""The compiled loops behind ``geo.network.routes`` and ``geo.network.isochrones``: one search that
remembers the way and stops at the goal, and one that keeps what lies within a limit. Plain arrays
in and out, in the form of ``geo.network.kernels.search``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

_COMPILED: dict[str, Any] = {"cache": True, "nogil": True}


@njit(**_COMPILED)
def way_between(  # type: ignore[no-untyped-def]
    first, neighbour, edge, edge_m, allowed, from_node, from_m, to_node, to_m, shortest_m
):
    """Find the shortest way from one of two nodes to one of two nodes, each with metres before or
    after it, if it is shorter than ``shortest_m``.

    Returns ``metres`` (``shortest_m`` when no way is shorter), the way's nodes and its edges in
    walking order, one edge fewer than nodes. Stops as soon as no shorter way can exist.
    """
    nodes = first.shape[0] - 1
    best = np.full(nodes, np.inf)
    came_by = np.full(nodes, -1, np.int64)
    keys = np.empty(64)
    items = np.empty(64, np.int64)
    size = 0
    for i in range(from_node.shape[0]):
        if from_m[i] < best[from_node[i]]:
            best[from_node[i]] = from_m[i]
            size = _put(keys, items, size, from_m[i], from_node[i])
    goal = -1
    found_m = shortest_m
    while size > 0:
        here_m = keys[0]
        node = items[0]
        size = _take(keys, items, size)
        if here_m >= found_m:
            break
        if here_m > best[node]:
            continue
        for i in range(to_node.shape[0]):
            if node == to_node[i] and here_m + to_m[i] < found_m:
                found_m = here_m + to_m[i]
                goal = node
        for h in range(first[node], first[node + 1]):
            if not allowed[edge[h]]:
                continue
            there = neighbour[h]
            there_m = here_m + edge_m[edge[h]]
            if there_m < best[there] and there_m < found_m:
                best[there] = there_m
                came_by[there] = h
                if size == keys.shape[0]:
                    keys = np.concatenate((keys, np.empty(size)))
                    items = np.concatenate((items, np.empty(size, np.int64)))
                size = _put(keys, items, size, there_m, there)
    count = 0
    node = goal
    while node >= 0:
        count += 1
        node = _tail(first, came_by[node]) if came_by[node] >= 0 else -1
    way_nodes = np.empty(count, np.int64)
    way_edges = np.empty(max(0, count - 1), np.int64)
    node = goal
    for at in range(count - 1, -1, -1):
        way_nodes[at] = node
        if at > 0:
            way_edges[at - 1] = edge[came_by[node]]
            node = _tail(first, came_by[node])
    return found_m, way_nodes, way_edges


@njit(**_COMPILED)
def metres_within(  # type: ignore[no-untyped-def]
    first, neighbour, edge, edge_m, allowed, seed_node, seed_m, limit_m
):
    """Find metres from the nearest seed to each node within a limit.

    Returns ``metres`` (nodes; ``inf`` beyond) and the nodes within, in no order.
    """
    metres = np.full(first.shape[0] - 1, np.inf)
    nodes = np.empty(64, np.int64)
    count = 0
    keys = np.empty(64 + seed_node.shape[0])
    items = np.empty(64 + seed_node.shape[0], np.int64)
    size = 0
    for i in range(seed_node.shape[0]):
        if seed_m[i] <= limit_m and seed_m[i] < metres[seed_node[i]]:
            metres[seed_node[i]] = seed_m[i]
            size = _put(keys, items, size, seed_m[i], seed_node[i])
    while size > 0:
        here_m = keys[0]
        node = items[0]
        size = _take(keys, items, size)
        if here_m > metres[node]:
            continue
        if count == nodes.shape[0]:
            nodes = np.concatenate((nodes, np.empty(count, np.int64)))
        nodes[count] = node
        count += 1
        for h in range(first[node], first[node + 1]):
            if not allowed[edge[h]]:
                continue
            there = neighbour[h]
            there_m = here_m + edge_m[edge[h]]
            if there_m <= limit_m and there_m < metres[there]:
                metres[there] = there_m
                if size == keys.shape[0]:
                    keys = np.concatenate((keys, np.empty(size)))
                    items = np.concatenate((items, np.empty(size, np.int64)))
                size = _put(keys, items, size, there_m, there)
    return metres, nodes[:count]


@njit(**_COMPILED)
def stretches_from(  # type: ignore[no-untyped-def]
    first, neighbour, edge, edge_u, edge_m, allowed, metres, nodes, limit_m
):
    """Return what is reached of edges from their ends: ``edge, low, high``; an edge may come
    twice, and stretches of one edge may overlap.
    """
    most = 0
    for node in nodes:
        most += first[node + 1] - first[node]
    line = np.empty(2 * most, np.int64)
    low = np.empty(2 * most)
    high = np.empty(2 * most)
    count = 0
    for node in nodes:
        left = limit_m - metres[node]
        for h in range(first[node], first[node + 1]):
            e = edge[h]
            if not allowed[e] or left <= 0.0:
                continue
            is_loop = neighbour[h] == node
            for end in range(2):
                if not is_loop and (edge_u[e] == node) != (end == 0):
                    continue
                line[count] = e
                low[count] = 0.0 if end == 0 else max(0.0, edge_m[e] - left)
                high[count] = min(edge_m[e], left) if end == 0 else edge_m[e]
                count += 1
    return line[:count], low[:count], high[:count]


@njit(**_COMPILED)
def _tail(first, half_edge):  # type: ignore[no-untyped-def]
    """Return the node a half-edge leaves."""
    return np.searchsorted(first, half_edge, side="right") - 1


@njit(**_COMPILED)
def _put(keys, items, size, key, item):  # type: ignore[no-untyped-def]
    """Sift an entry up a binary heap; return the new size."""
    hole = size
    while hole > 0:
        parent = (hole - 1) >> 1
        if keys[parent] <= key:
            break
        keys[hole] = keys[parent]
        items[hole] = items[parent]
        hole = parent
    keys[hole] = key
    items[hole] = item
    return size + 1


@njit(**_COMPILED)
def _take(keys, items, size):  # type: ignore[no-untyped-def]
    """Remove the smallest entry of the heap; return the new size."""
    size -= 1
    key = keys[size]
    item = items[size]
    hole = 0
    child = 1
    while child < size:
        if child + 1 < size and keys[child + 1] < keys[child]:
            child += 1
        if key <= keys[child]:
            break
        keys[hole] = keys[child]
        items[hole] = items[child]
        hole = child
        child = 2 * hole + 1
    keys[hole] = key
    items[hole] = item
    return size
