"""People placed on the map: every area's totals kept, and nobody lost."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.area import spreading
from geo.area.people import of_housing, with_districts
from geo.area.provenance import LeftOut, empty_table
from geo.area.record_fields import PLACE_COLUMNS
from geo.network.walk_network import WalkNetwork, build_network
from geo.sources.files.vector import read_lines_listed
from geo.sources.statistics.files import read_districts, read_units

X, Y = 660_000.0, 6_584_000.0
CRS = "EPSG:3006"
NO_BUILDINGS = empty_table(("floor_m2", "residential"))
GROUPS = ["all", "children_0_4"]


def grid(step: float = 100.0, cells: int = 10) -> WalkNetwork:
    """A street grid of one square kilometre."""
    ends = [(at * step, other * step) for at in range(cells + 1) for other in range(cells)]
    lines = [shapely.LineString([(X + a, Y + b), (X + a, Y + b + step)]) for a, b in ends]
    lines += [shapely.LineString([(X + b, Y + a), (X + b + step, Y + a)]) for a, b in ends]
    return build_network(gpd.GeoDataFrame(geometry=lines, crs=CRS))


def spread(
    table: gpd.GeoDataFrame, network: WalkNetwork, buildings: gpd.GeoDataFrame
) -> tuple[gpd.GeoDataFrame, str, tuple[LeftOut, ...]]:
    found = spreading.spread(table, network, buildings)
    return found.people, found.made, found.left_out


NETWORK = grid()


def units(shapes: list[object], **groups: list[float]) -> gpd.GeoDataFrame:
    frame = gpd.GeoDataFrame(
        {"unit": [f"U{at}" for at in range(len(shapes))], "name": "", **groups},
        geometry=shapes,
        crs=CRS,
        index=pd.RangeIndex(1, len(shapes) + 1, name="row"),
    )
    return frame.to_crs(4326)


def box(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    return shapely.box(X + west, Y + south, X + east, Y + north)


def houses(*rows: tuple[float, float, float, bool]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"floor_m2": [row[2] for row in rows], "residential": [row[3] for row in rows]},
        geometry=[shapely.Point(X + row[0], Y + row[1]) for row in rows],
        crs=CRS,
    ).to_crs(4326)


sizes = st.floats(0, 1e6) | st.just(float("nan"))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.floats(-600, 1600), st.floats(-600, 1600), st.floats(1, 900), st.floats(1, 900),
            sizes, sizes, st.booleans(),
        ),
        min_size=1,
        max_size=6,
    ),
    st.lists(st.tuples(st.floats(0, 1000), st.floats(0, 1000), st.floats(0, 900), st.booleans()),
             max_size=6),
)  # fmt: skip
def test_every_areas_people_are_kept_to_the_last_one(
    rows: list[tuple[float, float, float, float, float, float, bool]],
    built: list[tuple[float, float, float, bool]],
) -> None:
    shapes = [
        shapely.Point(X + w, Y + s) if is_point else box(w, s, w + width, s + height)
        for w, s, width, height, _, _, is_point in rows
    ]
    table = units(shapes, all=[row[4] for row in rows], children_0_4=[row[5] for row in rows])
    placed, made, _ = spread(table, NETWORK, houses(*built) if built else NO_BUILDINGS)
    assert made in ("buildings", "paths", "points")
    assert placed["id"].is_unique
    assert not placed.geometry.is_empty.any()
    populated = table[(table[GROUPS].fillna(0) > 0).any(axis=1)].set_index("unit")
    assert set(placed["unit"]) == set(populated.index)
    for group in GROUPS:
        sums = placed.groupby("unit")[group].sum(min_count=1).reindex(populated.index)
        np.testing.assert_allclose(sums, populated[group], rtol=1e-9, atol=0, equal_nan=True)
        assert not (placed[group] < 0).any()
        unknown = placed["unit"].map(populated[group].isna())
        assert placed.loc[unknown, group].isna().all()


def test_people_stand_along_the_paths_by_length_in_short_pieces() -> None:
    table = units([box(-10, -10, 1010, 1010)], all=[2200.0])
    placed, made, left_out = spread(table, NETWORK, NO_BUILDINGS)
    assert (made, left_out) == ("paths", ())
    assert len(placed) == 440  # 22 km in pieces of 50 m
    assert placed["all"].to_numpy() == pytest.approx(5.0)
    assert placed["estimated"].all()
    stretch = NETWORK.snap(placed.geometry).stretch_m
    assert stretch.max() < 0.001


def test_a_path_across_a_border_counts_on_each_side_for_its_length_there() -> None:
    """A border between two streets cuts every cross street in two."""
    table = units([box(-5, -5, 450, 1005), box(450, -5, 1005, 1005)], all=[100.0, 100.0])
    placed, _, _ = spread(table, NETWORK, NO_BUILDINGS)
    east = placed.to_crs(CRS).geometry.x - X
    assert (east[placed["unit"] == "U0"] <= 450 + 1e-3).all()
    assert (east[placed["unit"] == "U1"] >= 450 - 1e-3).all()
    # 5 whole streets and 11 cross streets of 450 m: the last 50 m of each carry its share
    last = placed[(placed["unit"] == "U0") & (east > 400.01) & (east < 449.99)]
    assert last["all"].sum() == pytest.approx(100 * 11 * 50 / (5 * 1000 + 11 * 450), rel=1e-6)


def test_homes_take_the_people_by_floor_area_where_there_are_any() -> None:
    table = units([box(0, 0, 300, 300), box(500, 500, 900, 900)], all=[100.0, 40.0])
    built = houses((50, 50, 300, True), (150, 50, 100, True), (160, 60, 900, False))
    placed, made, _ = spread(table, NETWORK, built)
    assert made == "buildings"
    assert placed.loc[placed["unit"] == "U0", "all"].tolist() == [75.0, 25.0]
    assert (placed["unit"] == "U1").sum() > 2


def test_an_area_beside_the_network_keeps_its_people_and_is_listed_when_far() -> None:
    near, far = box(1100, 100, 1200, 200), box(3000, 3000, 3100, 3100)
    table = units([near, far], all=[10.0, 20.0])
    placed, _, left_out = spread(table, NETWORK, NO_BUILDINGS)
    assert placed["all"].tolist() == [10.0, 20.0]
    assert placed["id"].tolist() == ["U0-0", "U1-0"]
    assert left_out == (LeftOut(2, "outside_network", {"found": "U1"}),)
    assert (NETWORK.snap(placed.geometry).edge < 0).tolist() == [False, True]


def test_points_stay_where_they_are_and_are_no_estimate() -> None:
    table = units([shapely.Point(X + 5, Y + 7)] * 2, all=[3.0, 4.0])
    table["unit"] = "same"
    placed, made, _ = spread(table, NETWORK, NO_BUILDINGS)
    assert made == "points"
    assert not placed["estimated"].any()
    assert placed["id"].tolist() == ["same-1", "same-2"]
    assert placed.geometry.iloc[0].equals(table.geometry.iloc[0])


def test_only_the_main_component_carries_people() -> None:
    island = shapely.LineString([(X + 50, Y + 50), (X + 60, Y + 50)])
    network = build_network(
        pd.concat([NETWORK.frame()[["geometry"]], gpd.GeoDataFrame(geometry=[island], crs=CRS)])
    )
    placed, _, _ = spread(units([box(10, 10, 90, 90)], all=[9.0]), network, NO_BUILDINGS)
    assert placed["all"].tolist() == [9.0]  # one point inside, not on the island


def housing(*details: object) -> gpd.GeoDataFrame:
    rows = [
        {
            "id": f"transitional_housing-{at}",
            "name": "",
            "kind": "transitional_housing",
            "address": "",
            "district": "Vinsta",
            "source": "",
            "demonstration": False,
            "details": json.dumps(record, ensure_ascii=False),
            "geometry": shapely.Point(17.8, 59.3),
        }
        for at, record in enumerate(details)
    ]
    table = gpd.GeoDataFrame(rows, columns=list(PLACE_COLUMNS), geometry="geometry", crs=4326)
    return table.astype({"id": object})


def test_housing_gives_its_people_and_unknown_stays_unknown() -> None:
    table = housing({"Antal boende": 48, "Hushåll": "12", "barn 0-5": 7}, {"boende": ".."}, {})
    found = of_housing(table)
    assert found["unit"].tolist() == table["id"].tolist()
    assert (found["origin"] == "transitional_housing").all()
    assert not found["estimated"].any()
    np.testing.assert_array_equal(found["newcomers"], [48, np.nan, np.nan])
    np.testing.assert_array_equal(found["newcomer_households"], [12, np.nan, np.nan])
    np.testing.assert_array_equal(found["newcomer_children_0_5"], [7, np.nan, np.nan])
    assert found["newcomer_children_6_17"].isna().all()


def test_other_kinds_and_no_places_give_nobody() -> None:
    assert len(of_housing(housing({}).assign(kind="library"))) == 0
    assert len(of_housing(empty_table(PLACE_COLUMNS[:-1]))) == 0


def test_a_point_on_a_shared_border_is_in_the_first_district() -> None:
    districts = gpd.GeoDataFrame(
        {"name": ["Norr", "Syd"]},
        geometry=[shapely.box(17, 59, 18, 60), shapely.box(17, 58, 18, 59)],
        crs=4326,
    )
    points = gpd.GeoDataFrame(
        geometry=gpd.points_from_xy([17.5, 17.5, 17.5, 30], [59, 58.5, 59.5, 0]),
        index=[7, 3, 5, 9],
        crs=4326,
    )
    named = with_districts(points, districts)
    assert named.to_dict() == {7: "Norr", 3: "Syd", 5: "Norr", 9: ""}
    assert with_districts(points, districts.iloc[:0]).tolist() == [""] * 4
    assert with_districts(points.iloc[:0], districts).tolist() == []


@pytest.mark.shared
def test_a_real_boroughs_people_all_stand_on_its_paths(shared_data: Path) -> None:
    folder = shared_data / "hasselby-vallingby"
    table = read_units(folder / "deso2025.geojson").frame
    network = build_network(read_lines_listed(folder / "walk_lines.geojson.gz").frame)
    placed, made, left_out = spread(table, network, NO_BUILDINGS)
    assert (made, left_out) == ("paths", ())
    assert placed["all"].sum() == pytest.approx(76_322, rel=1e-9)
    assert placed["children_0_4"].sum() == pytest.approx(3_828, rel=1e-9)
    snapped = network.snap(placed.geometry)
    assert (snapped.edge >= 0).all()
    assert snapped.stretch_m.max() < 0.01
    districts = read_districts(folder / "stadsdelar.geojson")
    outside = placed.loc[with_districts(placed, districts) == "", "all"].sum()
    assert outside < 0.005 * 76_322  # simplified outlines reach a little beyond the borough
    assert spreading.PIECE_M == 50
