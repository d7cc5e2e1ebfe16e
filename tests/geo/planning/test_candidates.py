"""Where something new could stand, and who is left out for what."""

from __future__ import annotations

import json
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo import presets
from geo.area.model import Area
from geo.errors import BadLimit
from geo.planning.siting.candidates import candidates, cost_of
from tests.geo.worlds import along, street
from tests.refusals import refused


def rooms(**details: dict[str, object]) -> Area:
    """A street with a school for each record, 100 m apart."""
    area = street(homes={0: 1}, places={100.0 * at: "school" for at in range(1, len(details) + 1)})
    places = area.places.assign(
        name=list(details),
        details=[json.dumps(record, ensure_ascii=False) for record in details.values()],
    )
    return replace(area, places=gpd.GeoDataFrame(places))


def names(area: Area, **wishes: object) -> list[str]:
    return list(candidates(area, **wishes).table["name"])  # type: ignore[arg-type]


def test_without_a_wish_all_kinds_with_rooms_may_be_chosen() -> None:
    area = street(
        homes={0: 1}, places={0: "library", 100: "station", 200: "school", 300: "preschool"}
    )
    found = candidates(area)
    assert found.by_kind == {"library": 1, "school": 1}
    assert {"library", "school"} <= set(presets.rooms())
    assert candidates(area, kinds=("station",)).by_kind == {"station": 1}


def test_what_is_not_known_to_be_open_in_the_evening_is_left_out_and_counted() -> None:
    area = rooms(
        sent={"opening_hours": "Mo-Fr 10:00-20:00"},
        tidigt={"öppettider": "mån-fre 9–16"},
        okänt={"opening_hours": "efter överenskommelse"},
        tyst={},
    )
    found = candidates(area, evening=True)
    assert list(found.table["name"]) == ["sent"]
    assert found.reasons == {"unknown_hours": 2, "closed_evening": 1}
    assert len(candidates(area)) == 4


def test_staff_is_known_from_the_record_or_else_from_the_kind() -> None:
    area = rooms(självklart={}, meröppet={"bemannad": "nej"}, två={"personal": 2})
    assert names(area, staffed=True) == ["självklart", "två"]
    hall = street(homes={0: 1}, places={0: "meeting_place"})
    found = candidates(hall, staffed=True)
    assert len(found) == 0 and found.reasons == {"unknown_staff": 1}


def test_only_rooms_within_walking_distance_of_a_kind() -> None:
    area = street(
        homes={0: 1},
        places={0: "transitional_housing", 300: "school", 401: "school", 900: "school"},
    )
    found = candidates(area, near=[("transitional_housing", 400)])
    assert list(found.table["name"]) == ["school 300"]
    assert [(item.reason, item.values) for item in found.left_out] == [
        ("far", {"kind": "transitional_housing", "limit_m": 400})
    ] * 2
    assert len(candidates(area, near=[("library", 400)])) == 0


def test_a_place_that_stands_twice_stands_once() -> None:
    area = street(
        homes={0: 1},
        places={0: "school", 20: "library", 60: "school", 500: "school", 501: "meeting_place"},
    )
    called = ["Torget", "torget ", "Torget", "", ""]
    area = replace(area, places=gpd.GeoDataFrame(area.places.assign(name=called)))
    found = candidates(area)
    # 20 m away under the same name is the same; 60 m is not; nameless ones are of different kinds.
    assert list(found.table["id"]) == ["school-0", "school-2", "school-3", "meeting_place-4"]
    assert [(item.id, item.reason) for item in found.left_out] == [("library-1", "double")]


def test_points_and_path_points_are_candidates_with_names_of_their_own() -> None:
    area = street(homes={0: 1}, places={0: "school"})
    spots = along([250.0, 250.0, 700.0])
    points = [(point.x, point.y) for point in spots]
    found = candidates(area, points=points)
    assert list(found.table["id"]) == ["point-1", "point-2"]
    assert list(found.table["district"]) == ["Väst", "Öst"]
    with_rooms = candidates(area, kinds=("school",), points=points, lattice_m=300)
    assert with_rooms.by_kind == {"school": 1, "point": 2, "lattice": 4}


def test_a_point_far_from_paths_or_taken_away_by_hand_is_left_out() -> None:
    area = rooms(ett={}, två={})
    found = candidates(area, points=[(0.0, 0.0)], kinds=("school",), excluded=["school-1"])
    assert list(found.table["id"]) == ["school-0"]
    assert found.reasons == {"excluded": 1, "off_paths": 1}


@pytest.mark.parametrize("point", [(200.0, 0.0), (0.0, 95.0), (float("nan"), 0.0)])
def test_a_point_is_a_position_on_earth(point: tuple[float, float]) -> None:
    with refused("bad_point"):
        candidates(rooms(ett={}), points=[point])


def test_kinds_and_distances_must_exist() -> None:
    with refused("unknown_kind"):
        candidates(rooms(ett={}), kinds=("slott",))
    with refused("unknown_kind"):
        candidates(rooms(ett={}), near=[("slott", 100)])
    with pytest.raises(BadLimit):
        candidates(rooms(ett={}), near=[("school", -1)])


def test_costs_are_read_from_the_record_and_unknown_ones_stay_unknown() -> None:
    assert cost_of({"Kostnad": "12 500"}) == 12500
    assert cost_of({"hyra": 3.5, "namn": "x"}) == 3.5
    for record in ({}, {"cost": "okänd"}, {"cost": -4}, {"rent": True}):
        assert np.isnan(cost_of(record))
    found = candidates(rooms(ett={"cost": 4}, två={"cost": ".."}))
    assert found.table["cost"].tolist()[0] == 4 and np.isnan(found.table["cost"].tolist()[1])


def test_the_area_has_no_place_moved_or_gone() -> None:
    area = rooms(ett={}, två={})
    before = area.places.copy()
    candidates(area, evening=True, staffed=True, lattice_m=100, excluded=["school-0"])
    assert area.places.equals(before)
    assert shapely.equals(area.places.geometry.values, before.geometry.values).all()
