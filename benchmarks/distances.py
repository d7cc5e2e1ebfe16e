"""Walking distances against scipy and networkx on the same network; answers are compared before
times.
"""

from __future__ import annotations

import math

import networkx as nx
import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from benchmarks.timing import Row, against, median_s
from geo.area.model import Area
from geo.network.distances import nearest, within
from geo.network.walk_network import Snapped, WalkNetwork
from geo.types import Floats

WITHIN_M = 1000.0
ORIGINS = 500


def nearest_of_everybody(area: Area) -> list[Row]:
    """Everybody's metres to the nearest preschool: our search from all places at once, and the
    peers'.
    """
    network = area.network
    people, places = area.snapped_people(), area.snapped_places("preschool")
    graph, seeded = _with_places(network, places)
    walk = _as_networkx(graph)

    def ours() -> Floats:
        metres: Floats = nearest(network, people, places).metres[:, 0]
        return metres

    def scipy() -> Floats:
        node_m = dijkstra(graph, directed=True, indices=seeded, min_only=True)
        return _carried(network, people, node_m)

    def networkx() -> Floats:
        found = nx.multi_source_dijkstra_path_length(walk, set(seeded.tolist()))
        node_m = np.full(graph.shape[0], math.inf)
        node_m[list(found)] = list(found.values())
        return _carried(network, people, node_m)

    # Peers know no places on edges: who lives on the same edge as a place may differ.
    for peer in (scipy(), networkx()):
        same = np.isclose(ours(), peer, atol=1e-6) | np.isin(people.edge, places.edge)
        assert same.all(), "answers differ"
    what = f"gap: nearest of {len(places)} preschools for {len(people):,} points"
    times = [("scipy dijkstra min_only", median_s(scipy)), ("networkx", median_s(networkx, 2))]
    return against(what, median_s(ours), times)


def pairs(area: Area) -> list[Row]:
    """All pairs within a kilometre: our bounded searches, and scipy's with a limit."""
    network = area.network
    generator = np.random.default_rng(0)
    people = area.snapped_people()
    some = people.take(generator.choice(len(people), min(ORIGINS, len(people)), replace=False))
    places = area.snapped_places("preschool")
    graph, seeded = _with_places(network, places)

    def ours() -> csr_array:
        return within(network, some, places, within_m=WITHIN_M)

    def scipy() -> Floats:
        node_m = dijkstra(graph, directed=True, indices=seeded, limit=WITHIN_M)
        found = np.stack([_carried(network, some, row) for row in node_m], axis=1)
        found[found > WITHIN_M] = math.inf
        return found

    def one_scipy_limit_a_person() -> Floats:
        """What a search from each person costs, without carrying it on to the places."""
        ends = network.edge_u[some.edge]
        found: Floats = dijkstra(graph, directed=True, indices=ends, limit=WITHIN_M)
        return found

    def from_each_person() -> csr_array:
        both = people.take(np.arange(min(3 * ORIGINS, len(people))))
        return within(network, some, both, within_m=WITHIN_M)

    assert abs(ours().nnz - np.isfinite(scipy()).sum()) <= 0.02 * ours().nnz + 5
    what = f"{len(some)} points × {len(places)} preschools within {WITHIN_M:.0f} m"
    rows = against(what, median_s(ours), [("scipy dijkstra limit=", median_s(scipy))])
    what = f"{len(some)} searches of {WITHIN_M:.0f} m each way"
    peers = [("scipy dijkstra limit=", median_s(one_scipy_limit_a_person, 3))]
    return rows + against(what, median_s(from_each_person), peers)


def _with_places(network: WalkNetwork, places: Snapped) -> tuple[csr_array, np.ndarray]:
    """Return the network as scipy's CSR, with a node a place leading to both ends of its edge."""
    here = np.flatnonzero(places.edge >= 0)
    edge = places.edge[here]
    number = network.nodes + np.arange(len(here))
    to_u = places.stretch_m[here] + places.offset_m[here]
    to_v = places.stretch_m[here] + network.edge_m[edge] - places.offset_m[here]
    tail = np.concatenate([network.edge_u, network.edge_v, number, number])
    head = np.concatenate(
        [network.edge_v, network.edge_u, network.edge_u[edge], network.edge_v[edge]]
    )
    metres = np.concatenate([network.edge_m, network.edge_m, to_u, to_v])
    # scipy sums parallel edges: keep the shortest.
    order = np.lexsort((metres, head, tail))
    tail, head, metres = tail[order], head[order], metres[order]
    first = np.r_[True, (tail[1:] != tail[:-1]) | (head[1:] != head[:-1])]
    count = network.nodes + len(here)
    values = np.maximum(metres[first], 1e-12)  # a stored zero is no edge to scipy
    return csr_array((values, (tail[first], head[first])), shape=(count, count)), number


def _as_networkx(graph: csr_array) -> nx.DiGraph:
    table = graph.tocoo()
    walk = nx.DiGraph()
    walk.add_nodes_from(range(graph.shape[0]))
    walk.add_weighted_edges_from(
        zip(table.row.tolist(), table.col.tolist(), table.data.tolist(), strict=True)
    )
    return walk


def _carried(network: WalkNetwork, points: Snapped, node_m: Floats) -> Floats:
    """Carry metres at nodes on to points on edges, by the nearer end."""
    edge = points.edge
    by_u = node_m[network.edge_u[edge]] + points.offset_m
    by_v = node_m[network.edge_v[edge]] + network.edge_m[edge] - points.offset_m
    metres: Floats = np.where(edge < 0, math.inf, np.minimum(by_u, by_v) + points.stretch_m)
    return metres
