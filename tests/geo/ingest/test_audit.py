"""The barrier audit names what is wrong in an area made wrong on purpose."""

from __future__ import annotations

import dataclasses
import json
import math

import geopandas as gpd
import networkx as nx
import numpy as np
import osmnx as ox
import pandas as pd
import pytest
import shapely

from geo import presets, texts
from geo.area.model import Area
from geo.ingest.checks import network_barriers
from geo.ingest.checks.network_audit import audit, to_json, to_rows
from geo.ingest.checks.network_barriers import (
    OFF_PATHS,
    OTHER_PIECE,
    UNREACHABLE,
    detour_of,
    pieces_of,
)
from geo.network.walk_network import build_network
from geo.types import WGS84
from tests.geo import oracle
from tests.tiny import tiny_area


def place_table(*rows: tuple[str, str, float, float]) -> gpd.GeoDataFrame:
    """(name, kind, x, y) in metres from the oracle's corner; NaN for no position."""
    shapes = [
        None if math.isnan(x) else shapely.Point(oracle.ORIGIN[0] + x, oracle.ORIGIN[1] + y)
        for _, _, x, y in rows
    ]
    table = pd.DataFrame(
        {
            "id": [f"id{number}" for number in range(len(rows))],
            "name": [row[0] for row in rows],
            "kind": [row[1] for row in rows],
            "address": "",
            "district": "",
            "source": "",
            "demonstration": False,
            "details": "{}",
        }
    )
    return gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(shapes, crs="EPSG:3006")).to_crs(WGS84)


def people_table(*rows: tuple[str, str, bool, float, float, float]) -> gpd.GeoDataFrame:
    """(unit, origin, estimated, people, x, y)."""
    table = pd.DataFrame(
        {
            "id": [f"p{number}" for number in range(len(rows))],
            "origin": [row[1] for row in rows],
            "unit": [row[0] for row in rows],
            "district": "",
            "estimated": [row[2] for row in rows],
            "all": [row[3] if row[1] == "residents" else np.nan for row in rows],
            "newcomers": [np.nan if row[1] == "residents" else row[3] for row in rows],
        }
    )
    return gpd.GeoDataFrame(table, geometry=oracle.points(*(row[4:] for row in rows))).to_crs(WGS84)


@pytest.fixture(scope="module")
def area() -> Area:
    """A 400 m grid, reached from a second grid by stairs alone, and two loose bits to the east."""
    streets = pd.concat(
        [
            oracle.grid(5, 5),
            oracle.lines([(0, 400), (0, 430)]).assign(steps=True),
            oracle.lines([(0, 430), (0, 600)], [(0, 600), (300, 600)]),
            oracle.lines([(600, 0), (600, 150)], [(600, 150), (680, 150)], [(650, 0), (650, 60)]),
        ],
        ignore_index=True,
    )
    streets["steps"] = streets["steps"].eq(True)
    return dataclasses.replace(
        tiny_area(),
        network=build_network(streets),
        places=place_table(
            ("Vid gatan", "preschool", 110, 3),
            ("Bakom kullen", "library", 350, 460),
            ("Öster om vägen", "preschool", 606, 40),
            ("Långt bort", "school", 2_400, 0),
            ("Utan läge", "meeting_place", math.nan, 0),
            ("Grannen", "preschool", 200, 100),
            ("Också grannen", "preschool", 200.6, 100),
            ("Biblioteket", "library", 300, 100),
            ("Språkcaféet", "language_cafe", 300, 100),
        ),
        people=people_table(
            ("0127A0010", "residents", True, 12.4, 100, 0),
            ("0127A0010", "residents", True, 30.0, 350, 465),
            ("0127A0010", "residents", True, 30.5, 350, 460),
            ("0127A0020", "residents", True, 7.0, 640, 100),
            ("", "residents", False, 3.0, 3_000, 0),
            ("hus-1", "transitional_housing", False, 3.0, 605, 30),
        ),
    )


@pytest.fixture(scope="module")
def found(area: Area):
    return audit(area, pairs=200)


def test_pieces_are_counted_by_length_for_adults_and_for_strollers(found) -> None:
    adult, stroller = found.pieces
    assert (adult.profile, stroller.profile) == ("adult", "with_stroller")
    assert adult.count == 3
    assert [piece.metres for piece in adult.listed] == pytest.approx([4_500, 230])
    assert (adult.rest_count, adult.rest.metres) == (1, pytest.approx(60))
    assert stroller.count == 4
    assert [piece.metres for piece in stroller.listed] == pytest.approx([4_000, 470, 230])
    for pieces in found.pieces:
        shares = [piece.share for piece in (*pieces.listed, pieces.rest)]
        assert sum(shares) == pytest.approx(1)
        assert pieces.metres == pytest.approx(sum(p.metres for p in pieces.listed) + 60)


def test_places_that_lie_badly_are_named_with_what_is_wrong_and_how_far(found) -> None:
    assert [(place.name, place.problem) for place in found.places] == [
        ("Utan läge", UNREACHABLE),
        ("Långt bort", UNREACHABLE),
        ("Öster om vägen", OTHER_PIECE),
        ("Bakom kullen", OFF_PATHS),
    ]
    by_name = {place.name: place for place in found.places}
    assert math.isinf(by_name["Utan läge"].metres)
    assert by_name["Långt bort"].metres == pytest.approx(2_000, abs=0.01)
    assert by_name["Öster om vägen"].metres == pytest.approx(206, abs=0.01)
    assert by_name["Öster om vägen"].nearest_m == pytest.approx(6, abs=0.01)
    assert by_name["Bakom kullen"].metres == pytest.approx(60, abs=0.01)
    assert found.places_checked == 9


def test_people_that_lie_badly_are_summed_by_unit_and_kept_apart_by_problem(found) -> None:
    rows = {(row.unit, row.problem): row for row in found.people}
    assert set(rows) == {
        ("", UNREACHABLE),
        ("hus-1", OTHER_PIECE),
        ("0127A0020", OTHER_PIECE),
        ("0127A0010", OFF_PATHS),
    }
    off = rows["0127A0010", OFF_PATHS]
    assert (off.people, off.points, off.estimated) == (pytest.approx(60.5), 2, True)
    assert off.metres == pytest.approx(65, abs=0.01)
    assert rows["hus-1", OTHER_PIECE].people == 3


def test_few_counted_people_are_never_counted_out_loud(found) -> None:
    for language in texts.LANGUAGES:
        table = found.findings(language).set_index("name")
        assert (
            texts.text("audit.people_small", language, smallest=5) in table.loc["hus-1", "detail"]
        )
    rows = {row["unit"]: row for row in to_json(found)["people"]}
    assert rows["hus-1"]["people"] is None and rows["hus-1"]["small"]
    assert rows["0127A0020"]["people"] == 7 and not rows["0127A0020"]["small"]
    assert "estimated" in found.findings("en").set_index("name").loc["0127A0020", "detail"]


def test_several_places_on_one_point_are_named_together(found) -> None:
    assert [set(spot.names) for spot in found.shared] == [
        {"Grannen", "Också grannen"},
        {"Biblioteket", "Språkcaféet"},
    ]
    assert [spot.same_kind for spot in found.shared] == [True, False]


def test_detours_are_networkx_walks_over_straight_lines(area: Area) -> None:
    network = area.network
    start, goal, straight_m = network_barriers._random_pairs(network, np.random.default_rng(0), 60)
    walks = np.diag(oracle.dense(network, network.walkable().allowed, start, goal))
    ends = [
        shapely.line_interpolate_point(network.geometry[side.edge], side.offset_m)
        for side in (start, goal)
    ]
    np.testing.assert_allclose(straight_m, shapely.distance(*ends), atol=1e-6)
    assert ((straight_m >= 200) & (straight_m <= 1_000)).all()
    detour = detour_of(network, seed=0, pairs=60)
    assert detour.pairs == 60
    assert detour.median == pytest.approx(np.median(walks / straight_m))
    assert detour.p90 == pytest.approx(np.quantile(walks / straight_m, 0.9))


def test_detours_know_straight_streets_chessboards_and_far_bridges() -> None:
    straight = build_network(oracle.lines([(0, 0), (2_000, 0)]))
    assert detour_of(straight, pairs=50).median == pytest.approx(1)
    chessboard = detour_of(build_network(oracle.grid(12, 12)), pairs=500)
    assert 1.15 < chessboard.median < chessboard.p90 <= math.sqrt(2) + 1e-9
    # Up to eight kilometres round between the banks: the search goes on beyond its first bound.
    banks = build_network(oracle.lines([(0, 0), (4_000, 0), (4_000, 300), (0, 300)]))
    bridge = detour_of(banks, pairs=400)
    assert 5 < bridge.p90 < math.inf


def test_the_same_seed_draws_the_same_pairs_and_another_draws_others(area: Area) -> None:
    assert audit(area, seed=1, pairs=50) == audit(area, seed=1, pairs=50)
    one, other = (detour_of(area.network, seed=seed, pairs=50) for seed in (1, 2))
    assert one != other


def test_a_network_too_small_for_pairs_says_so() -> None:
    tiny = build_network(oracle.lines([(0, 0), (50, 0)]))
    assert detour_of(tiny).pairs == 0 and math.isnan(detour_of(tiny).median)


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_the_rows_are_ready_to_read(found, language: str) -> None:
    table = to_rows(found, language)
    headings = [texts.text(f"audit.column_{name}", language) for name in ("what", "name")]
    assert list(table.columns)[:2] == headings and table.shape[1] == 4
    assert table.map(lambda cell: isinstance(cell, str)).all(axis=None)
    words = " ".join(table.to_numpy().ravel())
    for name in ("Långt bort", "Utan läge", "Öster om vägen", "Bakom kullen", "Också grannen"):
        assert name in words
    assert "nan" not in words and "{" not in words
    assert len(table) == 5 + 4 + 4 + 4 + 2 + 1 + 1  # pieces twice, places … detour, slope


def test_the_json_is_json_and_has_no_infinity(found) -> None:
    written = json.dumps(to_json(found), allow_nan=False)
    assert json.loads(written)["places"][0]["metres"] is None


def test_an_area_with_nobody_and_nothing_in_it_is_audited_all_the_same(area: Area) -> None:
    bare = dataclasses.replace(
        area, people=area.people.iloc[:0], places=area.places.iloc[:0], _snaps={}
    )
    found = audit(bare, pairs=10)
    assert found.people == found.places == found.shared == ()
    assert "0" in found.findings("sv")["detail"].iloc[-2]


@pytest.mark.shared
def test_real_kista_falls_apart_without_its_cycleways(shared_data) -> None:
    graph = ox.graph_from_xml(
        shared_data / "rinkeby-kista" / "walk.osm", simplify=False, retain_all=True
    )
    edges = ox.graph_to_gdfs(ox.convert.to_undirected(graph), nodes=False)
    network = build_network(edges.assign(way=edges["osmid"])[["way", "geometry"]])
    pieces = pieces_of(network, presets.profile("adult"))
    assert pieces.count == nx.number_connected_components(graph.to_undirected()) == 105
    assert pieces.listed[0].share == pytest.approx(0.61, abs=0.01)
    detour = detour_of(network, pairs=300)
    assert 1.4 < detour.median < 2 and detour.pairs == 300, "cycleways are the short cuts"
