"""Preschools from Stockholm's list of its services, and elsewhere from Skolverket's register: a
local server in the recorded shapes; the live services are never asked.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from geo.area.model import Area
from geo.area.provenance import PLACES
from geo.area.record_fields import place_fields
from geo.errors import Offline, OnlineError, OutsideArea
from geo.ingest.residents import AskSchools, add_schools
from geo.sources import http
from geo.sources.skolverket import fetch_preschools
from geo.types import SWEREF99_TM
from tests.geo.fake_statistics import Agencies, Odd, recorded, running
from tests.geo.worlds import NORTH, WEST, along, street
from tests.refusals import refused


@pytest.fixture
def agencies(monkeypatch: pytest.MonkeyPatch) -> Iterator[Agencies]:
    monkeypatch.setattr(http, "BUSY_PAUSE_S", 0.01)
    with running(Agencies()) as served:
        monkeypatch.setenv("NARHET_SKOLVERKET_URL", f"{served.url}/skolverket")
        monkeypatch.setenv("NARHET_STOCKHOLM_URL", f"{served.url}/stockholm")
        yield served


def with_units(agencies: Agencies) -> None:
    agencies.units = recorded("skolverket_units.json")
    unit = recorded("skolverket_unit.json")
    without = copy.deepcopy(unit)
    without["data"]["attributes"]["schoolName"] = "Förskolan Utan Läge"
    without["data"]["attributes"]["addresses"] = [unit["data"]["attributes"]["addresses"][0]]
    agencies.unit = {"12345678": unit, "12345679": without}


def service(number: int, metres: float, **more: Any) -> dict[str, Any]:
    """A unit of Stockholm's list, so far along the street."""
    point = along({metres: 0}).to_crs("EPSG:3011").iloc[0]
    location = {"east": round(point.x), "north": round(point.y)}
    attributes = {"name": f"Förskolan {number}", "location": location, **more}
    return {"type": "serviceunits", "id": str(number), "attributes": attributes}


def world() -> Area:
    return street(homes={100.0: 5.0}, places={0.0: "library", 500.0: "preschool"})


def test_a_preschool_of_the_register_has_its_visiting_address_and_owner(agencies: Agencies) -> None:
    with_units(agencies)
    found = fetch_preschools("0127")
    assert tuple(found.places.columns) == (*PLACES, "geometry")
    row = found.places.iloc[0]
    assert (row["id"], row["name"], row["kind"], row["address"]) == (
        "preschool-12345678", "Förskolan Eken", "preschool", "Gatan 3",
    )  # fmt: skip
    assert place_fields(row["details"]) == {
        "skolenhetskod": "12345678",
        "huvudman": "Kommunal",
        "huvudman_namn": "Botkyrka kommun",
        "postnummer": "14554",
        "ort": "NORSBORG",
        "webb": "https://exempel.se/eken",
    }
    metres = found.places.geometry.to_crs(SWEREF99_TM).iloc[0]
    assert (round(metres.x, 2), round(metres.y, 2)) == (660300.5, 6580002.25)
    source = found.source
    assert (source.title, source.licence, source.date) == (
        "Skolverket, Skolenhetsregistret v2", "CC0 1.0", "2026-10-10",
    )  # fmt: skip
    asked = agencies.questions("school-units")[0]
    assert asked == {"municipality_code": "0127", "school_type": "FS", "status": "AKTIV"}


def test_a_unit_with_a_postal_address_only_has_no_position(agencies: Agencies) -> None:
    with_units(agencies)
    source = fetch_preschools("0127").source
    assert [(row.row, row.reason, row.values["found"]) for row in source.left_out] == [
        (2, "no_position", "Förskolan Utan Läge")
    ]
    assert source.rows == 2


def test_no_name_of_a_person_is_kept(agencies: Agencies) -> None:
    with_units(agencies)
    assert "Namnsson" not in fetch_preschools("0127").places.to_json()


def test_wgs84_is_used_where_the_register_has_no_sweref(agencies: Agencies) -> None:
    with_units(agencies)
    address = agencies.unit["12345678"]["data"]["attributes"]["addresses"][1]
    address["geoCoordinates"] = {"latitude": "59.25", "longitude": "17.85"}
    point = fetch_preschools("0127").places.geometry.iloc[0]
    assert (point.x, point.y) == (17.85, 59.25)


def test_stockholms_preschools_come_from_its_own_list(agencies: Agencies) -> None:
    agencies.services = [service(1, 300.0), service(2, 400.0), service(3, 0.0, location=None)]
    found = fetch_preschools("0180")
    assert found.places["name"].tolist() == ["Förskolan 1", "Förskolan 2"]
    metres = found.places.geometry.to_crs(SWEREF99_TM).distance(along({300.0: 0}).iloc[0:1].to_crs(
        SWEREF99_TM).iloc[0])  # fmt: skip
    assert metres.iloc[0] < 2
    assert found.source.title == "Stockholms stad, Hitta service"
    assert [row.reason for row in found.source.left_out] == ["no_position"]
    assert agencies.questions("stockholm")[0]["filter[servicetype.id]"] == "2"
    assert not agencies.questions("school-units")


def test_a_long_list_comes_in_pages_and_each_once(agencies: Agencies) -> None:
    agencies.services = [service(number, 10.0 * number) for number in range(150)]
    found = fetch_preschools("0180")
    assert found.places["id"].is_unique
    assert len(found.places) == 150
    assert [asked["page[offset]"] for asked in agencies.questions("stockholm")] == ["0", "100"]


@pytest.mark.usefixtures("agencies")
def test_where_neither_has_any_a_file_is_asked_for() -> None:
    with refused("no_preschools") as caught:
        fetch_preschools("0127")
    assert "0127" in caught.value.message("sv")


@pytest.mark.parametrize("body", [b"<html>", b'{"data": {"attributes": "nej"}}', b"[]"])
def test_a_register_that_answers_something_else_is_told(agencies: Agencies, body: bytes) -> None:
    agencies.odd = [Odd(body=body)]
    with refused("service_answer", OnlineError) as caught:
        fetch_preschools("0127")
    assert "Skolverket" in caught.value.message("sv")


def test_without_a_network_it_says_which_service(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NARHET_SKOLVERKET_URL", "http://127.0.0.1:9")
    with pytest.raises(Offline) as caught:
        fetch_preschools("0127")
    assert "Skolverket" in caught.value.message("en")


def test_preschools_come_into_the_area_with_their_source(agencies: Agencies) -> None:
    with_units(agencies)
    added = add_schools(world(), AskSchools("0127"))
    assert (added.added, added.with_children, added.others) == (1, 0, 1)
    own = added.area.places_of("preschool")
    assert own["name"].tolist() == ["preschool 500", "Förskolan Eken"]
    assert own["district"].tolist()[1] == "Öst"
    assert added.area.sources[-1].part == "preschool"
    again = add_schools(added.area, AskSchools("0127"))
    assert again.area.places["id"].tolist() == added.area.places["id"].tolist()
    assert sum(source.part == "preschool" for source in again.area.sources) == 1


def test_preschools_of_openstreetmap_give_way(agencies: Agencies) -> None:
    with_units(agencies)
    area = world()
    area.places.loc[area.places["kind"] == "preschool", "id"] = "osm-node-1"
    added = add_schools(area, AskSchools("0127"))
    assert added.area.places_of("preschool")["name"].tolist() == ["Förskolan Eken"]
    assert len(added.area.places_of("library")) == 1


def test_preschools_elsewhere_in_the_municipality_are_only_counted(agencies: Agencies) -> None:
    agencies.services = [service(1, 300.0), service(2, 2_900.0), service(3, 1_900.0)]
    added = add_schools(world(), AskSchools("0180"))
    assert added.added == 2
    assert [(row.reason, row.values) for row in added.source.left_out] == [
        ("elsewhere", {"count": 1})
    ]


def test_preschools_of_another_town_are_refused(agencies: Agencies) -> None:
    agencies.services = [service(1, 9_000.0)]
    with pytest.raises(OutsideArea):
        add_schools(world(), AskSchools("0180"))


def test_the_municipality_is_the_one_of_the_areas_own_codes(agencies: Agencies) -> None:
    with_units(agencies)
    area = world()
    with refused("bad_municipality"):
        add_schools(area, AskSchools())
    area.people["unit"] = "0127A0010"
    assert add_schools(area, AskSchools()).added == 1
    assert agencies.questions("school-units")[0]["municipality_code"] == "0127"


def test_a_downloaded_file_says_how_many_children_there_are(tmp_path: Path) -> None:
    path = tmp_path / "forskolor.csv"
    rows = [f"{name},{WEST + 200 + at},{NORTH},{n}" for at, (name, n) in enumerate(
        [("Eken", 40), ("Asken", "..")])]  # fmt: skip
    path.write_text("namn,E,N,antal_barn\n" + "\n".join(rows) + "\n", encoding="utf-8")
    added = add_schools(world(), AskSchools(file=path))
    assert (added.added, added.with_children) == (2, 1)
