"""The compiled loops on their own: order of the heap, ties, bounds, other threads, a cold start."""

from __future__ import annotations

import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import hypothesis.strategies as st
import numpy as np
from hypothesis import given, settings
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from geo.network import search as network_search
from geo.network.kernels import nearest as k_nearest_kernel
from geo.network.kernels import search as search_kernel
from geo.network.walk_network import WalkNetwork, build_network
from tests.conftest import often
from tests.geo import oracle

RANDOM = settings(max_examples=often(200), deadline=None)
ROOT = Path(__file__).resolve().parents[3]


def metres_from(network: WalkNetwork, source: int, within_m: float) -> np.ndarray:
    """Metres from a node to all nodes, by one search in a lent workspace."""
    with network_search.workspace(network) as lent:
        node, node_m = search_kernel.search(
            network_search.paths(network, None),
            lent.queue,
            lent.per_metre,
            lent.metres,
            lent.place,
            lent.journal,
            np.array([source]),
            np.zeros(1),
            within_m,
        )
    metres = np.full(network.nodes, np.inf)
    metres[node] = node_m
    return metres


@RANDOM
@given(st.lists(st.tuples(st.integers(0, 5), st.sampled_from([-1, 0, 1, 3])), max_size=60))
def test_the_queue_holds_each_node_once_where_it_was_last_put(moves) -> None:
    lost = [np.full(6, -1, np.int32) for _ in range(3)]
    queue = search_kernel.Queue(np.full(4, -1, np.int32), *lost)
    where: dict[int, int] = {}
    for node, bucket in moves:
        if bucket >= 0:
            assert search_kernel._wait(queue, node, bucket) == (node not in where)
            where[node] = bucket
        elif where:
            of = next(iter(where.values()))
            top = int(queue.head[of])
            search_kernel._take(queue, top, of)
            assert where.pop(top) == of
        for of in range(4):
            listed, node = [], int(queue.head[of])
            while node >= 0:
                listed.append(node)
                node = int(queue.after[node])
            assert sorted(listed) == sorted(node for node in where if where[node] == of)


@RANDOM
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 9)), max_size=30), st.integers(1, 5))
def test_keep_holds_the_k_best_of_what_it_was_given(offers, k: int) -> None:
    metres, place = np.full((1, k), np.inf), np.full((1, k), -1, np.int32)
    sent = np.zeros((1, k), bool)
    best: dict[int, float] = {}
    for number, metre in offers:
        before = metres.copy(), place.copy()
        kept = k_nearest_kernel.keep(metres, place, sent, 0, float(metre), number)
        changed = (before[0] != metres).any() or (before[1] != place).any()
        assert kept == changed
        best[number] = min(best.get(number, np.inf), float(metre))
    expected = sorted((metre, number) for number, metre in best.items())[:k]
    found = [(m, p) for m, p in zip(metres[0], place[0], strict=True) if p >= 0]
    assert found == expected
    assert np.isinf(metres[0][len(found) :]).all()


@RANDOM
@given(oracle.networks(), st.data())
def test_a_journal_takes_a_search_back_to_the_last_bit(network, data) -> None:
    lent = network_search.new_workspace(network)
    paths = network_search.paths(network, None)
    node = st.integers(0, network.nodes - 1)
    work = (paths, lent.queue, lent.per_metre, lent.metres, lent.place, lent.journal)
    one, two = (
        (np.array([data.draw(node)]), np.array([data.draw(st.sampled_from([0.0, 30.0, 99.5]))]))
        for _ in range(2)
    )
    search_kernel.spread(*work, 0, *one, np.array([1]), np.inf)
    lent.journal.marked[:] = False
    before = lent.metres.copy(), lent.place.copy()
    count = search_kernel.spread(
        *work, 0, *two, np.array([0]), data.draw(st.sampled_from([70.0, np.inf]))
    )
    assert len(set(lent.journal.node[:count].tolist())) == count
    assert (lent.metres <= before[0]).all()
    changed = (lent.metres != before[0]) | (lent.place != before[1])
    assert set(np.flatnonzero(changed)) == set(lent.journal.node[:count].tolist())
    search_kernel.take_back(lent.journal, 0, count, lent.metres, lent.place)
    np.testing.assert_array_equal(lent.metres, before[0])
    np.testing.assert_array_equal(lent.place, before[1])
    assert not lent.journal.marked.any()
    assert (lent.queue.head == -1).all() and (lent.queue.bucket == -1).all()


@RANDOM
@given(oracle.networks(), st.integers(0, 30), st.sampled_from([np.inf, 80.0]))
def test_a_search_from_one_node_is_scipys(network, seed: int, within_m: float) -> None:
    source = seed % network.nodes
    found = metres_from(network, source, within_m)
    shortest: dict[tuple[int, int], float] = {}
    for u, v, metres in zip(network.edge_u, network.edge_v, network.edge_m, strict=True):
        pair = (int(min(u, v)), int(max(u, v)))
        shortest[pair] = min(metres, shortest.get(pair, np.inf))
    pairs = np.array(list(shortest)).T
    graph = coo_array(
        (list(shortest.values()), (pairs[0], pairs[1])), shape=(network.nodes, network.nodes)
    )
    truth = dijkstra(graph.tocsr(), directed=False, indices=source, limit=within_m)
    np.testing.assert_allclose(found, truth, atol=1e-6)


def test_a_search_leaves_its_network_untouched_and_repeats_itself_in_other_threads() -> None:
    network = build_network(oracle.grid(20, 20))
    before = [array.copy() for array in (*network.star, network.edge_m)]
    alone = [metres_from(network, node, np.inf) for node in range(40)]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda node: metres_from(network, node, np.inf), range(40)))
    np.testing.assert_array_equal(alone, together)
    for old, new in zip(before, (*network.star, network.edge_m), strict=True):
        np.testing.assert_array_equal(old, new)


def test_a_second_start_loads_the_compiled_loops_from_disk(tmp_path: Path) -> None:
    package = tmp_path / "geo" / "network" / "kernels"
    package.mkdir(parents=True)
    for folder in (package, package.parent, package.parent.parent):
        (folder / "__init__.py").touch()
    for module in ("search.py", "nearest.py"):
        shutil.copy(ROOT / "geo" / "network" / "kernels" / module, package)
    script = (
        "import numpy as np; from geo.network.kernels import nearest as r;"
        "f = np.full((1, 1), np.inf); i = np.full((1, 1), -1, np.int32);"
        "r.keep(f, i, np.zeros((1, 1), bool), 0, 1.0, 3);"
        "print(sum(r.keep.stats.cache_hits.values()), sum(r.keep.stats.cache_misses.values()))"
    )
    starts = [
        subprocess.run(
            [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True
        ).stdout.split()
        for _ in range(2)
    ]
    assert starts[0] == ["0", "1"], "the first start compiles"
    assert starts[1] == ["1", "0"], "the second start compiles again"
