"""The demonstration area: real where it says so, invented where it says so, and quick."""

from __future__ import annotations

import json
import socket
import time

import numpy as np
import pytest

from geo.area.model import Area
from geo.catalog import open_area
from geo.errors import Cancelled
from geo.network import distances
from geo.sources.demo import area as demo_area


@pytest.fixture(scope="module")
def area() -> Area:
    return demo_area.build_demo()


def test_the_demo_builds_in_a_few_seconds_without_the_network(monkeypatch):
    def refuse(*_args, **_kwargs):
        raise AssertionError("the demonstration must not need the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    start = time.process_time()
    demo_area.build_demo()
    assert time.process_time() - start < 15


def test_opening_the_demo_builds_and_keeps_it(home):
    first = open_area("demo", home)
    again = open_area("demo", home)
    assert first.demonstration and again.demonstration
    assert again.key == first.key
    assert len(again.people) == len(first.people) and again.network.edges == first.network.edges


def test_every_invented_row_says_so_in_its_name_and_no_real_row_does(area):
    invented = area.places["demonstration"].to_numpy(bool)
    says_so = area.places["name"].str.contains("Påhitta") & area.places["name"].str.contains(
        "(demonstration)", regex=False
    )
    assert (says_so.to_numpy(bool) == invented).all()
    assert (area.places["kind"][invented] == "transitional_housing").sum() == 3
    assert (area.places["kind"][invented] == "info_desk").sum() == 1


def test_the_real_places_of_helsinki_are_there(area):
    names = set(area.places["name"])
    assert {"Helsingfors centrumbibliotek Ode", "Luckan", "Kaisaniemen ala-aste"} <= names
    assert {"library", "meeting_place", "school", "station", "place_of_worship"} <= set(area.kinds)


def test_residents_follow_floor_area_and_are_marked_as_estimated(area):
    residents = area.people[area.people["origin"] == "residents"]
    homes = area.buildings[area.buildings["residential"]]
    expected = homes["floor_m2"].sum() * demo_area.HOUSING_SHARE / demo_area.M2_PER_RESIDENT
    assert residents["all"].sum() == pytest.approx(expected)
    assert residents["estimated"].all()
    assert (residents["children_0_4"] < residents["all"]).all()
    assert 5_000 < expected < 20_000


def test_newcomers_are_the_housings_own_counts(area):
    housing = area.places_of("transitional_housing")
    newcomers = area.people[area.people["origin"] == "transitional_housing"]
    assert list(newcomers["unit"]) == list(housing["id"])
    details = [json.loads(text) for text in housing["details"]]
    assert list(newcomers["newcomers"]) == [row["residents"] for row in details]
    assert list(newcomers["newcomer_children_0_5"]) == [row["children_0_5"] for row in details]


def test_all_people_and_places_lie_in_a_named_quarter_and_reach_the_paths(area):
    quarters = set(area.districts["name"])
    assert len(quarters) == 4
    assert set(area.people["district"]) == quarters
    assert set(area.places["district"]) <= quarters
    assert (area.snapped_people().edge >= 0).all()
    ways = area.network.walkable()
    assert len(ways.main_edges) / ways.allowed.sum() > 0.95


def test_the_demo_has_a_gap_to_show(area):
    people, libraries = area.snapped_people(), area.snapped_places("library")
    metres = distances.nearest(area.network, people, libraries).metres[:, 0]
    children = area.count("children_0_4")
    share = children[metres > 400].sum() / children.sum()
    assert np.isfinite(metres).all() and 0.1 < share < 0.9


def test_every_part_of_the_demo_has_a_source_and_openstreetmap_is_credited(area):
    parts = {source.part for source in area.sources}
    assert {"network", "boundary", "districts", "people", *area.kinds} <= parts
    network = next(source for source in area.sources if source.part == "network")
    assert (network.title, network.licence) == ("© OpenStreetMap contributors", "ODbL 1.0")
    assert network.date == "2019-04-21" and area.uses_osm
    for kind in area.kinds:
        rows = sum(source.rows for source in area.sources if source.part == kind)
        assert rows == len(area.places_of(kind))


def test_stopping_the_build_stops_it():
    def stop(_key, _share):
        raise Cancelled

    with pytest.raises(Cancelled):
        demo_area.build_demo(stop)
