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

from geo import kernels
from geo.network import build_network
from tests.geo import oracle

RANDOM = settings(max_examples=200, deadline=None)
ROOT = Path(__file__).resolve().parents[2]


@RANDOM
@given(st.lists(st.tuples(st.sampled_from([0.0, 1.0, 1.5, 9.0]), st.integers(0, 3)), max_size=40))
def test_the_heap_gives_back_smallest_first_and_ties_by_rank(entries) -> None:
    keys, ranks = np.empty(41), np.empty(41, np.int64)
    items, size = np.empty(41, np.int64), 0
    for item, (key, rank) in enumerate(entries):
        size = kernels._push(keys, ranks, items, size, key, rank, item)
    out = []
    while size:
        out.append((keys[0], ranks[0]))
        assert entries[items[0]] == (keys[0], ranks[0])
        size = kernels._drop_top(keys, ranks, items, size)
    assert out == sorted(entries)


@RANDOM
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 9)), max_size=30), st.integers(1, 5))
def test_keep_holds_the_k_best_of_what_it_was_given(offers, k: int) -> None:
    metres, place = np.full((1, k), np.inf), np.full((1, k), -1, np.int64)
    best: dict[int, float] = {}
    for number, metre in offers:
        kernels._keep(metres, place, 0, k, float(metre), number)
        best[number] = min(best.get(number, np.inf), float(metre))
    expected = sorted((metre, number) for number, metre in best.items())[:k]
    found = [(m, p) for m, p in zip(metres[0], place[0], strict=True) if p >= 0]
    assert found == expected
    assert np.isinf(metres[0][len(found) :]).all()


@RANDOM
@given(oracle.networks(), st.integers(0, 30), st.sampled_from([np.inf, 80.0]))
def test_a_search_from_one_node_is_scipys(network, seed: int, within_m: float) -> None:
    source = seed % network.nodes
    allowed = np.ones(network.edges, dtype=bool)
    found = kernels.search_from(
        *network.star, network.edge_m, allowed, np.array([source]), np.zeros(1), within_m
    )
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
    allowed = np.ones(network.edges, dtype=bool)

    def search(node: int) -> np.ndarray:
        return kernels.search_from(
            *network.star, network.edge_m, allowed, np.array([node]), np.zeros(1), np.inf
        )

    alone = [search(node) for node in range(40)]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(search, range(40)))
    np.testing.assert_array_equal(alone, together)
    for old, new in zip(before, (*network.star, network.edge_m), strict=True):
        np.testing.assert_array_equal(old, new)


def test_a_second_start_loads_the_compiled_loops_from_disk(tmp_path: Path) -> None:
    package = tmp_path / "geo"
    package.mkdir()
    (package / "__init__.py").touch()
    shutil.copy(ROOT / "geo" / "kernels.py", package)
    script = (
        "import numpy as np; from geo import kernels as k;"
        "i = np.zeros(1, np.int64); f = np.zeros(1);"
        "k.search_from(np.array([0, 1]), i, i, f, np.ones(1, bool), i, f, 9.0);"
        "print(sum(k.nearest_per_node.stats.cache_hits.values()),"
        " sum(k.nearest_per_node.stats.cache_misses.values()))"
    )
    starts = [
        subprocess.run(
            [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True
        ).stdout.split()
        for _ in range(2)
    ]
    assert starts[0][1] == "1", "the first start compiles"
    assert starts[1][1] == "0", "the second start compiles again"
