"""The peers' own graphs of our network, each built once and its building timed apart; and which
peers are not installed.
"""

from __future__ import annotations

import contextlib
import os
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
from scipy.sparse import coo_array, csr_array

from geo.network.walk_network import WalkNetwork
from geo.types import Floats, Ints

OPTIONAL = ("pandana", "networkit")


@dataclass(frozen=True, eq=False)
class Built:
    """A peer's graph, and the seconds it took to make it of our arrays."""

    graph: Any
    seconds: float


def missing() -> list[str]:
    """Return the peers that are not installed, to be said aloud."""
    found = []
    for name in OPTIONAL:
        try:
            version(name)
        except PackageNotFoundError:
            found.append(name)
    return found


def scipy_graph(network: WalkNetwork) -> Built:
    """Return the network both ways as scipy's CSR; of parallel edges the shortest."""
    return _timed(lambda: _shortest(network))


def networkx_graph(network: WalkNetwork) -> Built:
    """Return the network as an undirected networkx graph."""

    def build() -> nx.Graph:
        table = _shortest(network).tocoo()
        graph = nx.Graph()
        graph.add_nodes_from(range(network.nodes))
        rows = zip(table.row.tolist(), table.col.tolist(), table.data.tolist(), strict=True)
        graph.add_weighted_edges_from(rows)
        return graph

    return _timed(build)


def pandana_graph(network: WalkNetwork) -> Built:
    """Return the network in pandana, with its contraction hierarchy."""
    import pandana

    def build() -> Any:
        with _quiet():
            return pandana.Network(
                pd.Series(network.node_xy[:, 0]),
                pd.Series(network.node_xy[:, 1]),
                pd.Series(network.edge_u),
                pd.Series(network.edge_v),
                pd.DataFrame({"metres": network.edge_m}),
                twoway=True,
            )

    return _timed(build)


def networkit_graph(network: WalkNetwork, kinds: list[Ints]) -> Built:
    """Return the network in networkit with one more node a kind, that leads to its places at no
    cost: its way to search from several places at once.
    """
    import networkit

    def build() -> Any:
        table = _shortest(network).tocoo()
        tail, head, metres = [table.row], [table.col], [table.data]
        for at, places in enumerate(kinds):
            tail.append(np.full(len(places), network.nodes + at))
            head.append(places)
            metres.append(np.zeros(len(places)))
        arcs = (np.concatenate(metres), (np.concatenate(tail), np.concatenate(head)))
        count = network.nodes + len(kinds)
        return networkit.GraphFromCoo(arcs, count, weighted=True, directed=True)

    return _timed(build)


def networkit_metres(graph: Any, node: int) -> Floats:
    """Return networkit's metres from a node to all."""
    import networkit

    search = networkit.distance.Dijkstra(graph, node, False)
    search.run()
    metres = np.asarray(search.getDistances(asarray=True), dtype=np.float64)
    return np.where(metres > 1e300, np.inf, metres)


def _shortest(network: WalkNetwork) -> csr_array:
    tail = np.concatenate([network.edge_u, network.edge_v])
    head = np.concatenate([network.edge_v, network.edge_u])
    metres = np.concatenate([network.edge_m, network.edge_m])
    order = np.lexsort((metres, head, tail))
    tail, head, metres = tail[order], head[order], metres[order]
    first = np.r_[True, (tail[1:] != tail[:-1]) | (head[1:] != head[:-1])] & (tail != head)
    # A stored zero is no edge to scipy.
    values = np.maximum(metres[first], 1e-12)
    shape = (network.nodes, network.nodes)
    return coo_array((values, (tail[first], head[first])), shape=shape).tocsr()


def _timed(build: Callable[[], Any]) -> Built:
    start = time.perf_counter()
    graph = build()
    return Built(graph, time.perf_counter() - start)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep what compiled code prints about its progress off the screen."""
    sys.stdout.flush()
    kept, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)
