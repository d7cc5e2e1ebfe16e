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
from geo.output.words.proposal import headline
from geo.output.words.sites import site_rows
from geo.planning.siting.candidates import candidates, cost_of
from geo.planning.siting.instance import prepare
from geo.planning.siting.proposal import propose
from geo.planning.siting.question import SitingQuestion
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
    assert list(found.table["name"]) == ["transitional_housing 0", "school 300"]
    assert [(item.reason, item.values) for item in found.left_out] == [
        ("far", {"kind": "transitional_housing", "limit_m": 400})
    ] * 2
    assert len(candidates(area, near=[("library", 400)])) == 0


def homes(**details: dict[str, object]) -> Area:
    """A street with a library and, for each record, housing."""
    kinds = {0.0: "library"} | {
        100.0 * at: "transitional_housing" for at in range(1, len(details) + 1)
    }
    area = street(homes={0: 1, 900: 5}, places=kinds)
    places = area.places.assign(
        name=["Boken", *details],
        details=[json.dumps(record, ensure_ascii=False) for record in ({}, *details.values())],
    )
    return replace(area, places=gpd.GeoDataFrame(places))


def test_housing_is_a_candidate_by_its_reception_unless_its_record_says_no() -> None:
    area = homes(
        tyst={"boende": 20}, ja={"Reception": "Ja"}, nej={"Har reception": "Nej"},
        no={"front desk": "no"}, falskt={"reception": False}, tom={"reception": ""},
    )  # fmt: skip
    found = candidates(area)
    assert list(found.table["name"]) == ["Boken", "tyst", "ja", "tom"]
    assert [(item.name, item.reason) for item in found.left_out] == [
        ("nej", "no_reception"),
        ("no", "no_reception"),
        ("falskt", "no_reception"),
    ]
    assert names(area, kinds=("transitional_housing",)) == ["tyst", "ja", "tom"]
    assert names(area, kinds=("library",)) == ["Boken"]


@pytest.mark.parametrize("reception", ["ja", "nej", None])
def test_protected_housing_is_no_candidate_and_nothing_says_that_it_was_left_out(
    reception: str | None,
) -> None:
    told = {"skyddad": "ja", "boende": 20} | ({"reception": reception} if reception else {})
    with_it, without = homes(öppet={"boende": 20}, dolt=told), homes(öppet={"boende": 20})
    for wishes in ({}, {"kinds": ("transitional_housing",)}, {"staffed": True}):
        one, other = candidates(with_it, **wishes), candidates(without, **wishes)  # type: ignore[arg-type]
        assert one.table.equals(other.table) and one.left_out == other.left_out
    assert "reception" not in " ".join(with_it.places["details"])


@pytest.mark.parametrize(
    ("language", "said"), [("sv", "öppet (receptionen)"), ("en", "öppet (the reception)")]
)
def test_a_desk_in_a_housing_is_named_after_the_reception(language: str, said: str) -> None:
    area = homes(öppet={"boende": 20})
    area = replace(area, people=area.people.assign(all=[0.0, 50.0]))  # at 900 m, housing at 100
    question = SitingQuestion("info_desk", 1, limit_m=850.0)
    proposal = propose(prepare(area, question))
    assert [site.id for site in proposal.sites] == ["transitional_housing-1"]
    assert said in headline(proposal, language)
    assert site_rows(proposal, language)["name"].tolist() == [said]


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
