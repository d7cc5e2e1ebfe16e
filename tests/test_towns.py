"""Made-up towns behave like the real suburbs they stand in for."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from benchmarks.towns import town_network
from geo.ingest.build import Inputs, build
from geo.network.topology import morton
from geo.network.walk_network import WalkNetwork, exact


@pytest.fixture(scope="module")
def town() -> WalkNetwork:
    return town_network(20_000)


@pytest.fixture(scope="module")
def suburbs(shared_data: Path) -> list[WalkNetwork]:
    lines = shared_data / "hasselby-vallingby" / "walk_lines.geojson.gz"
    osm = shared_data / "rinkeby-kista" / "walk.osm"
    return [
        build("hv", "HV", Inputs(lines=lines)).network,
        build("rk", "RK", Inputs(osm=osm)).network,
    ]


def degree(network: WalkNetwork) -> np.ndarray:
    return np.bincount(np.r_[network.edge_u, network.edge_v], minlength=network.nodes)


def detour(network: WalkNetwork) -> float:
    """Median of metres on foot over straight metres, between nodes 200 to 1,000 m apart."""
    view = network.walkable()
    main = np.unique(network.edge_u[view.main_edges])
    start = np.random.default_rng(0).choice(main, 100, replace=False)
    shape = (network.nodes, network.nodes)
    graph = csr_array((network.edge_m, (network.edge_u, network.edge_v)), shape=shape)
    walked = dijkstra(graph, directed=False, indices=start)[:, main]
    apart = network.node_xy[start][:, None] - network.node_xy[main][None]
    straight = np.hypot(apart[..., 0], apart[..., 1])
    near = (straight >= 200) & (straight <= 1000)
    return float(np.median(walked[near] / straight[near]))


def reached(network: WalkNetwork) -> float:
    """Median nodes within a kilometre on foot: what a bounded search pays for."""
    start = np.random.default_rng(0).choice(network.nodes, 100, replace=False)
    shape = (network.nodes, network.nodes)
    graph = csr_array((network.edge_m, (network.edge_u, network.edge_v)), shape=shape)
    within = dijkstra(graph, directed=False, indices=start, limit=1000.0)
    return float(np.median(np.isfinite(within).sum(axis=1)))


def test_a_town_has_the_degrees_lengths_and_detours_of_a_suburb(town: WalkNetwork) -> None:
    assert 2.5 <= degree(town).mean() <= 2.7
    assert degree(town).min() == 1 and (degree(town) == 1).mean() > 0.1, "culs-de-sac"
    assert 30 <= np.median(town.edge_m) <= 40
    assert 1.25 <= detour(town) <= 1.45
    ways = town.walkable()
    assert 0.95 <= len(ways.main_edges) / ways.allowed.sum() < 1


@pytest.mark.shared
def test_a_town_lies_between_or_near_the_real_suburbs(
    town: WalkNetwork, suburbs: list[WalkNetwork]
) -> None:
    for measure, room in (
        (lambda network: degree(network).mean(), 0.1),
        (lambda network: (degree(network) == 1).mean(), 0.1),
        (lambda network: np.median(network.edge_m), 8.0),
        (lambda network: np.percentile(network.edge_m, 90), 10.0),
        (detour, 0.05),
        (reached, 300.0),
    ):
        real = sorted(measure(network) for network in suburbs)
        assert real[0] - room <= measure(town) <= real[1] + room, real


def test_paths_of_a_town_meet_only_at_nodes(town: WalkNetwork) -> None:
    crossing, _ = shapely.STRtree(town.geometry).query(town.geometry, predicate="crosses")
    assert len(crossing) == 0


@pytest.mark.parametrize("nodes", [300, 20_000, 200_000])
def test_a_town_is_about_as_large_as_asked_and_its_arrays_agree(nodes: int) -> None:
    town = town_network(nodes, seed=3)
    assert town.nodes == pytest.approx(nodes, rel=0.15 if nodes < 1000 else 0.05)
    ends = shapely.get_coordinates(shapely.get_point(town.geometry, 0))
    np.testing.assert_array_equal(ends, town.node_xy[town.edge_u])
    ends = shapely.get_coordinates(shapely.get_point(town.geometry, -1))
    np.testing.assert_array_equal(ends, town.node_xy[town.edge_v])
    np.testing.assert_array_equal(town.edge_m, exact(shapely.length(town.geometry)))
    assert (np.diff(morton(town.node_xy).astype(np.int64)) >= 0).all()
    assert np.isfinite(town.node_xy).all() and (town.edge_m > 0).all()


def test_the_same_seed_gives_the_same_town_and_another_seed_another() -> None:
    one, same, another = (town_network(2_000, seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one.node_xy, same.node_xy)
    np.testing.assert_array_equal(one.edge_u, same.edge_u)
    assert one.nodes != another.nodes or not np.array_equal(one.node_xy, another.node_xy)


@pytest.mark.slow
def test_a_million_nodes_take_seconds() -> None:
    start = time.process_time()
    assert town_network(1_000_000).nodes > 900_000
    assert time.process_time() - start < 20
