"""The range of a figure over the fair ways of spreading people: hand-worked, and computed anew."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from geo.access.gaps import Gap, gap, headline
from geo.area import spreading
from geo.area.model import Area
from geo.area.provenance import ADDRESSES, no_addresses
from geo.network.walk_network import build_network
from geo.output.documents.gap import gap_document
from geo.output.maps.places_and_gaps import contents
from geo.output.words.area_and_gaps import area_lines
from geo.texts import text
from geo.types import SWEREF99_TM, WGS84
from tests.geo.worlds import NORTH, WEST, street

NO_BREAK = "\u00a0"


def in_metres(*shapes: shapely.Geometry) -> gpd.GeoSeries:
    return gpd.GeoSeries(list(shapes), crs=SWEREF99_TM).to_crs(WGS84)


def houses(*rows: tuple[float, float, float, bool]) -> gpd.GeoDataFrame:
    """Buildings: metres east and north, floor area, home or not."""
    return gpd.GeoDataFrame(
        {"floor_m2": [row[2] for row in rows], "residential": [row[3] for row in rows]},
        geometry=in_metres(*(shapely.Point(WEST + row[0], NORTH + row[1]) for row in rows)),
    )


def doors(*at: tuple[float, float]) -> gpd.GeoDataFrame:
    """Addresses of one street, numbered."""
    texts = {name: [""] * len(at) for name in ADDRESSES}
    texts |= {"street": ["Gatan"] * len(at), "number": [str(row + 1) for row in range(len(at))]}
    points = in_metres(*(shapely.Point(WEST + x, NORTH + y) for x, y in at))
    return gpd.GeoDataFrame(texts, geometry=points)


def one_unit(
    buildings: gpd.GeoDataFrame | None = None,
    addresses: gpd.GeoDataFrame | None = None,
    *,
    people: float = 100.0,
) -> Area:
    """A street of 1,000 m with a preschool at its west end, a path of 300 m north from its middle,
    and one statistical area around all of it: 1,100 m by 400 m.
    """
    base = street(homes={0.0: 1.0}, places={0.0: "preschool"})
    line = [(0, 0), (500, 0)], [(500, 0), (1000, 0)], [(500, 0), (500, 300)]
    lines = [shapely.LineString([(WEST + x, NORTH + y) for x, y in ends]) for ends in line]
    network = build_network(gpd.GeoDataFrame(geometry=lines, crs=SWEREF99_TM))
    unit = in_metres(shapely.box(WEST - 50, NORTH - 50, WEST + 1050, NORTH + 350))
    units = gpd.GeoDataFrame(
        {"unit": ["U"], "all": [people], "children_0_4": [people / 10]}, geometry=unit
    )
    homes = base.buildings if buildings is None else buildings
    known = no_addresses() if addresses is None else addresses
    found = spreading.spread(units, network, homes, known)
    return replace(
        base,
        network=network,
        people=found.people.assign(district="Öst"),
        outlines=found.outlines,
        buildings=homes,
        addresses=known,
        _snaps={},
    )


def asked(area: Area, limit_m: float = 400) -> Gap:
    return gap(area, kind="preschool", limit_m=limit_m, group="all")


def test_each_way_gives_the_share_that_a_hand_finds() -> None:
    found = asked(one_unit())
    ways = dict(found.ways)
    # Pieces of 50 m: 8 of 26 within 400 m. A junction 500 m off; ends at 0, 1,000 and 800 m.
    assert ways["paths"] == pytest.approx(18 / 26)
    assert ways["junctions"] == 1.0
    assert ways["dead_ends"] == pytest.approx(2 / 3)
    assert list(ways) == ["paths", "junctions", "dead_ends", "near_paths", "ground"]
    assert found.share_beyond == ways["paths"]
    assert (found.share_low, found.share_high) == (min(ways.values()), max(ways.values()))


def test_ground_agrees_with_a_fine_grid_and_another_search() -> None:
    area = one_unit()
    found = dict(asked(area).ways)
    x, y = np.meshgrid(np.arange(-47.5, 1050, 5), np.arange(-47.5, 350, 5))
    # The nearest path by straight metres, and along it to the preschool at (0, 0).
    along = np.clip(x, 0, 1000)
    to_street = np.hypot(x - along, y)
    up = np.clip(y, 0, 300)
    to_path = np.hypot(x - 500, y - up)
    walk = np.where(to_street <= to_path, to_street + along, to_path + 500 + up)
    near = np.minimum(to_street, to_path)
    far = (walk > 400) | (near > 300)
    assert found["ground"] == pytest.approx(far.mean(), abs=0.02)
    assert found["near_paths"] == pytest.approx(far[near <= 60].mean(), abs=0.03)


def test_homes_of_known_size_leave_nothing_to_choose() -> None:
    area = one_unit(houses((100, 10, 300, True), (900, 10, 100, True), (950, 10, 900, False)))
    found = asked(area)
    assert found.share_beyond == found.share_low == found.share_high == 0.25
    assert found.ways == (("buildings", 0.25),)
    assert (
        headline(found, "sv")
        == f"25 av 100 invånare (25{NO_BREAK}%) bor längre än 400{NO_BREAK}m från en förskola."
    )


def test_homes_and_addresses_give_a_range_between_the_two() -> None:
    homes = houses((100, 10, 300, True), (900, 10, 100, True), (950, 10, 900, False))
    found = asked(one_unit(homes, doors((100, 12), (899, 12), (901, 12), (950, 12))))
    # The address at the big building that is no home is not counted.
    assert dict(found.ways) == {"buildings": 0.25, "addresses": pytest.approx(2 / 3)}
    assert (found.share_low, found.share_high) == (0.25, pytest.approx(2 / 3))
    assert "ungefär var fjärde, 25–67" in headline(found, "sv")
    assert "about one in four, 25–67%" in headline(found, "en")


def test_addresses_place_people_where_no_homes_are_known() -> None:
    area = one_unit(addresses=doors((100, 12), (899, 12), (901, 12)))
    assert list(area.outlines["placed"]) == ["addresses"]
    assert asked(area).share_beyond == asked(area).share_high == pytest.approx(2 / 3)
    assert area.count("all").sum() == pytest.approx(100)


def test_counted_people_have_no_range() -> None:
    area = street(homes={100.0: 1.0, 600.0: 3.0}, places={0.0: "preschool"})
    found = asked(area)
    assert found.share_beyond == found.share_low == found.share_high == 0.75
    assert found.ways == ()


def test_a_range_is_unknown_where_no_outline_is_kept() -> None:
    area = replace(one_unit(), outlines=one_unit().outlines.iloc[:0])
    found = asked(area)
    assert np.isnan(found.share_low) and np.isnan(found.share_high)
    document = gap_document(found, area, day="2026-11-30")
    data = document.data() if callable(document.data) else document.data
    assert data["share_low"] is None and data["share_high"] is None


def test_two_kinds_of_units_vary_on_their_own() -> None:
    paths, homes = (
        one_unit(),
        one_unit(houses((100, 10, 300, True), (900, 10, 100, True)), doors((100, 12), (900, 12))),
    )
    people = pd.concat(
        [paths.people, homes.people.assign(unit="V", id=homes.people["id"] + "v")],
        ignore_index=True,
    )
    outlines = pd.concat([paths.outlines, homes.outlines.assign(unit="V")], ignore_index=True)
    area = replace(
        homes,
        people=gpd.GeoDataFrame(people, crs=WGS84),
        outlines=gpd.GeoDataFrame(outlines, crs=WGS84),
        _snaps={},
    )
    one, two = dict(asked(paths).ways), dict(asked(homes).ways)
    found = asked(area)
    assert found.share_low == pytest.approx((min(one.values()) + min(two.values())) / 2)
    assert found.share_high == pytest.approx((max(one.values()) + max(two.values())) / 2)


def test_districts_hold_their_share_and_files_their_range() -> None:
    area = one_unit()
    found = asked(area)
    for row in found.districts:
        if row.share_beyond is not None:
            assert row.share_low is not None and row.share_high is not None
            assert row.share_low <= row.share_beyond <= row.share_high
    document = gap_document(found, area, day="2026-11-30")
    last = document.rows.iloc[-1]
    assert (last["share_low"], last["share_high"]) == (found.share_low, found.share_high)
    assert any("50–100" in line or "–100" in line for line in document.lines)
    said = " ".join(words for _, words in document.summary)
    assert text("spread.all_paths", "sv") in said
    assert said.count("i korsningarna") == 1
    assert any(text("spread.all_paths", "sv") in line for line in area_lines(area, "sv"))


def test_an_area_of_before_says_that_its_ranges_are_unknown_and_what_to_do() -> None:
    area = one_unit()
    before = replace(area, outlines=area.outlines.iloc[:0])
    assert np.isnan(asked(before).share_low or 0.0)
    for told in (area_lines(before, "sv"), [words for _, words in contents(before, "sv")]):
        assert any(text("spread.not_kept", "sv") in line for line in told)
        assert not any(text("spread.all_paths", "sv") in line for line in told)


def test_spots_are_made_once_an_area_and_way_of_walking(monkeypatch: pytest.MonkeyPatch) -> None:
    area = one_unit()
    first = asked(area)
    monkeypatch.setattr(spreading, "standings", None)
    assert asked(area, 600).ways != first.ways
    other = replace(area, outlines=area.outlines.copy(), _snaps={})
    with pytest.raises(TypeError):
        asked(other)


def test_homes_that_come_later_move_people_to_them() -> None:
    area = one_unit()
    homes = houses((100, 10, 300, True), (900, 10, 100, True))
    people, outlines = spreading.spread_again(
        area.people, area.outlines, area.network, homes, area.addresses
    )
    assert sorted(people["all"]) == [pytest.approx(25), pytest.approx(75)]
    assert sorted(people["children_0_4"]) == [pytest.approx(2.5), pytest.approx(7.5)]
    assert list(outlines["placed"]) == ["buildings"]


REAL = Path(__file__).parents[3] / "../shared/data/hasselby-vallingby"


@pytest.mark.shared
@pytest.mark.skipif(not REAL.is_dir(), reason="needs ../shared/data/hasselby-vallingby")
def test_the_borough_s_ways_are_those_measured_elsewhere() -> None:
    from geo.ingest.build import Inputs, build

    area = build(
        "hv",
        "HV",
        Inputs(
            lines=REAL / "walk_lines.geojson.gz",
            people=(REAL / "deso2025.geojson",),
            districts=REAL / "stadsdelar.geojson",
            places=(("preschool", REAL / "preschools.csv"),),
        ),
    )
    found = gap(area, kind="preschool", limit_m=400, group="children_0_4")
    ways = dict(found.ways)
    measured = {
        "paths": 0.337, "junctions": 0.318, "near_paths": 0.387, "dead_ends": 0.395,
        "ground": 0.413,
    }  # fmt: skip
    for way, share in measured.items():
        assert ways[way] == pytest.approx(share, abs=0.004), way
    _same_as_scipy(area, ways["dead_ends"])
    assert json.dumps(found.ways)


def _same_as_scipy(area: Area, share: float) -> None:
    """Work out people at dead ends anew: shapely, and Dijkstra from a node for all preschools."""
    network = area.network
    at = area.snapped_places("preschool")
    hub = network.nodes
    on = at.edge >= 0
    ends = np.concatenate([network.edge_u[at.edge[on]], network.edge_v[at.edge[on]]])
    back = network.edge_m[at.edge[on]] - at.offset_m[on]
    metres = np.concatenate([at.offset_m[on], back]) + np.tile(at.stretch_m[on], 2)
    links = pd.DataFrame(
        {
            "u": np.concatenate([network.edge_u, np.full(len(ends), hub)]),
            "v": np.concatenate([network.edge_v, ends]),
            "m": np.concatenate([network.edge_m, metres + 1e-9]),
        }
    )
    links = links[links["u"] != links["v"]]
    links[["u", "v"]] = np.sort(links[["u", "v"]], axis=1)
    links = links.groupby(["u", "v"], as_index=False)["m"].min()
    graph = coo_array((links["m"], (links["u"], links["v"])), shape=(hub + 1, hub + 1)).tocsr()
    walk = dijkstra(graph, directed=False, indices=hub)[:hub]
    main = network.walkable().main_edges
    times = np.bincount(np.concatenate([network.edge_u[main], network.edge_v[main]]), minlength=hub)
    dead = np.flatnonzero(times == 1)
    shapes = area.outlines.geometry.to_crs(network.crs)
    people = area.people.groupby("unit")["children_0_4"].sum()
    beyond = 0.0
    for unit, shape in zip(area.outlines["unit"], shapes, strict=True):
        here = dead[shapely.contains_xy(shape, *network.node_xy[dead].T)]
        beyond += people[unit] * float((walk[here] > 400).mean())
    assert share == pytest.approx(beyond / people.sum(), abs=1e-6)


def test_the_range_never_leaves_out_the_share_itself() -> None:
    for limit in (100, 250, 400, 500, 799, 800):
        found = asked(one_unit(), limit)
        assert found.share_low <= found.share_beyond <= found.share_high
