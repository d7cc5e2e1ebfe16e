"""The walking questions on one network, each beside its peers: answers are compared, then times and
memory measured. Points stand on nodes of the main component, where every peer can answer.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import networkx as nx
import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from benchmarks import peers
from benchmarks.bound import Touched, bound_s
from benchmarks.timing import Row, compared
from geo.network.distances import nearest_nodes, reached_nodes, within
from geo.network.nearest_field import NearestField
from geo.network.walk_network import Snapped, WalkNetwork
from geo.types import Floats, Ints

WITHIN_M = 1000.0
ORIGINS, DESTINATIONS = 2000, 500
KINDS, PER_KIND = 5, 40
PLACES, NEAREST = 200, 3
SEARCHES = 100
BLOCK = 25
"""Sources a call of scipy holds at a time: its answer is a float for each source and node."""
NEAR_ENOUGH_M = {"pandana": 0.2}
"""pandana counts in millimetres, edge by edge; the others agree to a micrometre."""


@dataclass(frozen=True, eq=False)
class Subject:
    """A network to measure on, its name, and how often to repeat."""

    name: str
    network: WalkNetwork
    runs: int = 5
    slow_peers: bool = True

    @cached_property
    def main(self) -> Ints:
        """Nodes of the main component."""
        edges = self.network.walkable().main_edges
        ends = np.concatenate([self.network.edge_u[edges], self.network.edge_v[edges]])
        return np.unique(ends)

    @cached_property
    def scipy(self) -> csr_array:
        """The network for scipy."""
        return peers.scipy_graph(self.network).graph

    @cached_property
    def networkx(self) -> nx.Graph:
        """The network for networkx."""
        return peers.networkx_graph(self.network).graph

    def some(self, count: int, seed: int) -> Ints:
        """Choose nodes of the main component, each at most once."""
        generator = np.random.default_rng(seed)
        return generator.choice(self.main, min(count, len(self.main)), replace=False)


def at_nodes(network: WalkNetwork, nodes: Ints) -> Snapped:
    """Return points that stand on nodes."""
    first, _, edge = network.star
    own = edge[first[nodes]].astype(np.int64)
    offset = np.where(network.edge_u[own] == nodes, 0.0, network.edge_m[own])
    return Snapped(own, offset, np.zeros(len(nodes)))


def pairs(subject: Subject) -> list[Row]:
    """All pairs of 2,000 points and 500 places within a kilometre."""
    network, graph = subject.network, subject.scipy
    origins, places = subject.some(ORIGINS, 1), subject.some(DESTINATIONS, 2)
    start, goal = at_nodes(network, origins), at_nodes(network, places)

    def ours() -> csr_array:
        return within(network, start, goal, within_m=WITHIN_M)

    def scipy() -> Floats:
        blocks = [
            dijkstra(graph, indices=places[low : low + BLOCK], limit=WITHIN_M)[:, origins]
            for low in range(0, len(places), BLOCK)
        ]
        return np.concatenate(blocks).T

    def networkx() -> Floats:
        row = {int(node): at for at, node in enumerate(origins)}
        metres = np.full((len(origins), len(places)), math.inf)
        for column, place in enumerate(places.tolist()):
            found = nx.single_source_dijkstra_path_length(subject.networkx, place, cutoff=WITHIN_M)
            for node in found.keys() & row.keys():
                metres[row[node], column] = found[node]
        return metres

    def scipy_at_once() -> Floats:
        return dijkstra(graph, indices=places, limit=WITHIN_M)[:, origins].T

    others: dict[str, Callable[[], Floats]] = {f"scipy limit=, {BLOCK} at a time": scipy}
    notes = {}
    if subject.slow_peers:
        others["scipy limit=, one call"] = scipy_at_once
        others["networkx cutoff="] = networkx
        if "pandana" not in peers.missing():
            built = peers.pandana_graph(network)
            notes["pandana nodes_in_range"] = built.seconds

            def pandana() -> Floats:
                found = built.graph.nodes_in_range(places, WITHIN_M)
                at = np.full(network.nodes, -1)
                at[origins] = np.arange(len(origins))
                column = np.full(network.nodes, -1)
                column[places] = np.arange(len(places))
                row = at[found["destination"].to_numpy()]
                metres = np.full((len(origins), len(places)), math.inf)
                kept = row >= 0
                named = column[found["source"].to_numpy()[kept]]
                metres[row[kept], named] = found.iloc[:, 2].to_numpy()[kept]
                return metres

            # Its shortest_path_lengths took ten times as long for so many pairs.
            others["pandana nodes_in_range"] = pandana
    return compared(
        f"{len(origins):,} × {len(places)} within {WITHIN_M:,.0f} m, {subject.name}",
        ours,
        others,
        subject.runs,
        check=lambda who, mine, theirs: _agree(who, _dense(mine), _dense(theirs)),
        bound=lambda: bound_s(_touched(network, goal, WITHIN_M)),
        prepared=notes,
    )


def kinds(subject: Subject) -> list[Row]:
    """The nearest of 40 places of each of 5 kinds, for every node."""
    network, graph = subject.network, subject.scipy
    chosen = [subject.some(PER_KIND, 10 + kind) for kind in range(KINDS)]
    goals = [at_nodes(network, places) for places in chosen]

    def ours() -> Floats:
        return np.stack([nearest_nodes(network, goal).metres[:, 0] for goal in goals])

    def scipy() -> Floats:
        return np.stack([dijkstra(graph, indices=places, min_only=True) for places in chosen])

    others = {"scipy dijkstra min_only": scipy}
    notes = {}
    if "networkit" not in peers.missing():
        built = peers.networkit_graph(network, chosen)
        notes["networkit Dijkstra"] = built.seconds

        def networkit() -> Floats:
            nodes = range(network.nodes, network.nodes + KINDS)
            found = [peers.networkit_metres(built.graph, node) for node in nodes]
            return np.stack(found)[:, : network.nodes]

        others["networkit Dijkstra"] = networkit
    return compared(
        f"nearest of {KINDS} kinds × {PER_KIND} places, all nodes, {subject.name}",
        ours,
        others,
        subject.runs,
        check=_agree,
        bound=lambda: bound_s(Touched(KINDS * len(network.star[1]))),
        prepared=notes,
    )


def three_nearest(subject: Subject) -> list[Row]:
    """The three nearest of 200 places, for every node; scipy has to search from each place."""
    network, graph = subject.network, subject.scipy
    places = subject.some(PLACES, 20)
    goal = at_nodes(network, places)

    def ours() -> Floats:
        return nearest_nodes(network, goal, k=NEAREST).metres

    def scipy() -> Floats:
        best = np.full((NEAREST, network.nodes), math.inf)
        for low in range(0, len(places), BLOCK):
            found = dijkstra(graph, indices=places[low : low + BLOCK])
            both = np.concatenate([best, found])
            best = np.partition(both, NEAREST - 1, axis=0)[:NEAREST]
        return np.sort(best, axis=0).T

    return compared(
        f"{NEAREST} nearest of {PLACES} places, all nodes, {subject.name}",
        ours,
        {"scipy, one pass a place": scipy},
        subject.runs,
        check=_agree,
        bound=lambda: bound_s(Touched(NEAREST * len(network.star[1]))),
    )


def one_more_place(subject: Subject) -> list[Row]:
    """Add one place to the nearest of 200 for every node, and undo it; scipy has to begin anew."""
    network, graph = subject.network, subject.scipy
    places = subject.some(PLACES, 20)
    news = np.setdiff1d(subject.some(SEARCHES, 40), places)
    everybody = at_nodes(network, np.arange(network.nodes))
    field = NearestField(network, everybody, at_nodes(network, places))
    added = [at_nodes(network, news[at : at + 1]) for at in range(len(news))]
    turn = itertools.cycle(range(len(news)))

    def ours() -> None:
        field.add(added[next(turn)])
        field.undo()

    def first() -> Floats:
        field.add(added[0])
        metres = field.metres.copy()
        field.undo()
        return metres

    def scipy() -> Floats:
        return dijkstra(graph, indices=np.append(places, news[0]), min_only=True)

    before = field.metres.copy()
    _agree("scipy", first(), scipy())
    _agree("itself", before, field.metres)
    return compared(
        f"add one to {PLACES} places and undo, all nodes, {subject.name}",
        ours,
        {"scipy dijkstra min_only": scipy},
        4 * subject.runs,
        check=lambda *_: None,
    )


def one_search(subject: Subject) -> list[Row]:
    """One search of a kilometre from a place: the mean of a hundred places'."""
    network, graph = subject.network, subject.scipy
    places = subject.some(SEARCHES, 30)
    goals = [at_nodes(network, places[at : at + 1]) for at in range(len(places))]

    def ours() -> list[Floats]:
        return [reached_nodes(network, goal, limit_m=WITHIN_M)[1] for goal in goals]

    def scipy() -> list[Floats]:
        found = (dijkstra(graph, indices=int(place), limit=WITHIN_M) for place in places)
        return [metres[np.isfinite(metres)] for metres in found]

    def check(who: str, mine: list[Floats], theirs: list[Floats]) -> None:
        for one, other in zip(mine, theirs, strict=True):
            _agree(who, np.sort(one), np.sort(other))

    return compared(
        f"one search of {WITHIN_M:,.0f} m, {subject.name}",
        ours,
        {"scipy dijkstra limit=": scipy},
        subject.runs,
        check=check,
        bound=lambda: bound_s(_touched(network, at_nodes(network, places), WITHIN_M)),
        per=len(places),
    )


def _touched(network: WalkNetwork, goal: Snapped, limit_m: float) -> Touched:
    """Count the half-edges that bounded searches from some points must look at."""
    leaving = np.diff(network.star[0])
    each = (
        leaving[reached_nodes(network, goal.take(np.array([at])), limit_m=limit_m)[0]].sum()
        for at in range(len(goal))
    )
    return Touched(int(sum(each)))


def _dense(matrix: csr_array | Floats) -> Floats:
    if isinstance(matrix, np.ndarray):
        return matrix
    table = matrix.tocoo()
    metres = np.full(matrix.shape, math.inf)
    metres[table.row, table.col] = table.data
    return metres


def _agree(peer: str, ours: Floats, theirs: Floats) -> None:
    assert ours.shape == theirs.shape, f"answers differ: {peer}"
    room = NEAR_ENOUGH_M.get(peer.split()[0], 1e-6)
    # At the very limit a rounding decides whether a pair is in reach.
    close = np.isclose(ours, theirs, rtol=0, atol=room)
    edge = np.minimum(ours, theirs) > WITHIN_M - room
    only_one = np.isfinite(ours) != np.isfinite(theirs)
    assert (close | (edge & only_one)).all(), f"answers differ: {peer}"
