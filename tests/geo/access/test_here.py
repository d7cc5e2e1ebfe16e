"""What lies around a point, worked by hand; what a record tells, and what it must not."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import pytest

from geo import texts
from geo.access.from_point import reach_here, record
from geo.area.model import Area
from geo.area.provenance import Source
from geo.errors import BadLimit
from tests.geo.worlds import along, street
from tests.refusals import refused


@pytest.fixture
def area() -> Area:
    places = {0.0: "preschool", 600.0: "library", 650.0: "preschool"}
    return street(homes={100.0: 10, 500.0: 20, 900.0: 30}, places=places)


def test_places_in_reach_are_nearest_first_with_metres_and_minutes(area: Area) -> None:
    point = along({500.0: 0})[0]
    found = reach_here(area, point.x, point.y, limit_m=200)
    assert list(area.places.loc[found.place, "kind"]) == ["library", "preschool"]
    assert found.metres == pytest.approx([100, 150], abs=0.01)
    assert found.minutes == pytest.approx([100 / 1.33 / 60, 150 / 1.33 / 60], abs=1e-3)
    assert found.people == 200  # the home at 500 m
    paths = found.paths.to_crs(area.network.crs)
    assert paths.length.sum() == pytest.approx(400, abs=0.1)


def test_a_few_counted_people_are_not_told_and_estimated_ones_are(area: Area) -> None:
    point = along({500.0: 0})[0]
    few = area.people.assign(all=[10.0, 4.0, 30.0], estimated=False)
    assert reach_here(replace(area, people=few, _snaps={}), point.x, point.y, limit_m=200).few
    guessed = few.assign(estimated=True)
    assert not reach_here(
        replace(area, people=guessed, _snaps={}), point.x, point.y, limit_m=200
    ).few


@pytest.mark.parametrize(("lon", "lat"), [(math.nan, 59.0), (200.0, 59.0), (17.0, 99.0)])
def test_what_is_no_position_is_refused(area: Area, lon: float, lat: float) -> None:
    with refused("bad_point"):
        reach_here(area, lon, lat, limit_m=400)


def test_a_point_in_another_country_is_off_the_paths(area: Area) -> None:
    with refused("point_off_paths") as caught:
        reach_here(area, 24.94, 60.17, limit_m=400)
    assert "24.94" in caught.value.message("sv")
    with pytest.raises(BadLimit):
        reach_here(area, 24.94, 60.17, limit_m=0)


def test_a_record_tells_source_licence_and_date_and_says_unknown(area: Area) -> None:
    credit = Source("library", "street", licence="CC0", date="2025-01-01")
    told = dict(record(replace(area, sources=(credit,)), "library-1", "sv"))
    assert told["Källa"] == "street"
    assert told["Licens"] == "CC0"
    assert told["Adress"] == texts.text("source.unknown", "sv")


def test_a_record_of_a_housing_does_not_tell_a_small_count(area: Area) -> None:
    details = json.dumps({"Barn 0-5": 3, "Boende": 84, "Våningar": 3})
    places = area.places.assign(kind="transitional_housing", details=details)
    told = dict(record(replace(area, places=places), "library-1", "sv"))
    assert told["Barn 0-5"] == "färre än 5"
    assert told["Boende"] == "84"
    assert told["Våningar"] == "3"
