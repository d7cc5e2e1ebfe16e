"""Looking addresses up: the real client against a local server with recorded shapes of answers.
Nothing protected is ever sent, and what lies elsewhere is refused.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest

from geo.area.model import Area
from geo.errors import Cancelled, Offline, OnlineError
from geo.ingest.geocoding.match import Wanted
from geo.ingest.geocoding.nominatim import looking_up
from geo.ingest.places.propose import Import, propose
from geo.sources import http
from geo.sources.files.place_tables import understand
from geo.sources.osm import overpass as osm_services
from tests.geo.fake_services import Answer, Services, running
from tests.geo.ingest.places.test_importing import area_with_addresses, lonlat, write
from tests.refusals import refused

TODAY = date(2026, 11, 22)


def answer(x: float, y: float, road: str = "Uppslagsvägen", number: str = "3", **more) -> dict:
    """One row as Nominatim gives it with ``addressdetails``."""
    lon, lat = lonlat(x, y)
    address = {
        "house_number": number,
        "road": road,
        "suburb": "Provby",
        "city": "Stockholm",
        "municipality": "Stockholms kommun",
        "postcode": "165 78",
        "country": "Sverige",
        "country_code": "se",
    }
    row = {
        "place_id": 1,
        "licence": "Data © OpenStreetMap contributors, ODbL 1.0.",
        "osm_type": "node",
        "osm_id": 5,
        "lat": str(lat),
        "lon": str(lon),
        "class": "place",
        "type": "house",
        "place_rank": 30,
        "importance": 0.0001,
        "addresstype": "place",
        "name": "",
        "display_name": f"{number}, {road}, Provby, Stockholm",
        "address": {key: value for key, value in address.items() if value},
    }
    return {**row, **more}


@pytest.fixture
def services(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(osm_services, "BUSY_PAUSE_S", 0.05)
    rests: list[float] = []
    monkeypatch.setattr("osmnx._nominatim.time", SimpleNamespace(sleep=rests.append))
    with running(Services(nominatim=[Answer([answer(200, 200)])])) as served:
        monkeypatch.setenv("NARHET_NOMINATIM_URL", served.url)
        served.rests = rests
        yield served


@pytest.fixture
def area() -> Area:
    return area_with_addresses()


def imported(area: Area, file: Path, kind: str = "library") -> Import:
    with looking_up(area) as lookup:
        return propose(area, understand(file, kind=kind), kind, today=TODAY, lookup=lookup)


def test_an_address_the_area_does_not_know_is_placed_and_credited(
    services: Services, area: Area, tmp_path: Path
):
    file = write(
        tmp_path / "f.csv",
        ["namn", "adress"],
        ["Eken", "Ekvägen 2"],
        ["Slaget", "c/o Ek, Uppslagsv. 3, 2 tr"],
    )
    found = imported(area, file)
    assert dict(found.how) == {2: "address", 3: "lookup"}
    assert found.score[3] == 90.0
    at = found.places.geometry[3]
    assert (at.x, at.y) == pytest.approx(lonlat(200, 200), abs=1e-6)
    assert found.places.at[3, "source"] == "f.csv · © OpenStreetMap contributors"
    assert [query for _, query in services.asked] == ["Uppslagsv. 3"], "no more than is needed"
    assert services.rests == [1], "a second's rest before each question"


def test_no_housing_and_nothing_protected_is_ever_sent(
    services: Services, area: Area, tmp_path: Path
):
    homes = write(
        tmp_path / "homes.csv",
        ["namn", "adress", "skyddad"],
        ["Öppna boendet", "Uppslagsvägen 3", "nej"],
        ["Hemliga huset", "Uppslagsvägen 3", "ja"],
    )
    found = imported(area, homes, kind="transitional_housing")
    assert len(found.places) == 0
    shelter = write(
        tmp_path / "shelter.csv",
        ["namn", "adress", "sekretess"],
        ["Jouren", "Uppslagsvägen 3", "x"],
    )
    assert list(imported(area, shelter).unplaced["reason"]) == ["unknown_street"]
    with looking_up(area) as lookup:
        secret = Wanted("Jouren", "Uppslagsvägen 3", protected=True)
        assert not lookup.find(secret).certain
        home = Wanted("Boende", "Uppslagsvägen 3", kind="transitional_housing")
        assert not lookup.find(home).certain
    assert services.asked == []


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (answer(9_000, 200), "outside"),
        (answer(200, 200, number="5"), "other_number"),
        (answer(200, 200, road="Andra vägen"), "not_found"),
        (answer(200, 200, lat="norr"), "not_found"),
        ({}, "not_found"),
    ],
)
def test_an_answer_that_is_not_this_address_here_places_nothing(
    services: Services, area: Area, row: dict, reason: str
):
    services.nominatim[:] = [Answer([row] if row else [])]
    with looking_up(area) as lookup:
        found = lookup.find(Wanted(address="Uppslagsvägen 3"))
    assert (found.certain, found.reason) == (False, reason)


def test_what_was_asked_is_asked_once_and_kept(services: Services, area: Area):
    for _ in range(2):
        with looking_up(area) as lookup:
            for _ in range(3):
                assert lookup.find(Wanted(address="Uppslagsvägen 3")).certain
    assert services.count("nominatim") == 1


def test_after_the_most_that_may_be_asked_the_rest_is_told(services: Services, area: Area):
    with looking_up(area) as lookup:
        lookup.most = 2
        reasons = [lookup.find(Wanted(address=f"Uppslagsvägen {n}")).reason for n in (3, 5, 7, 9)]
    assert reasons == ["", "other_number", "too_many", "too_many"]
    assert services.count("nominatim") == 2


def test_a_person_can_stop_it(services: Services, area: Area, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(http, "CHECK_EVERY_S", 0.0)

    def stop(_key: str, _share: float) -> None:
        if services.asked:
            raise Cancelled

    with looking_up(area, progress=stop) as lookup, pytest.raises(Cancelled):
        for number in range(3, 99):
            lookup.find(Wanted(address=f"Uppslagsvägen {number}"))
    assert services.count("nominatim") <= 2


def test_a_service_that_fails_says_so(
    services: Services, area: Area, monkeypatch: pytest.MonkeyPatch
):
    services.nominatim[:] = [Answer({"error": "Unable to geocode"})]
    with looking_up(area) as lookup, refused("service_answer", OnlineError):
        lookup.find(Wanted(address="Uppslagsvägen 3"))
    monkeypatch.setenv("NARHET_NOMINATIM_URL", "http://127.0.0.1:9")
    with looking_up(area) as lookup, pytest.raises(Offline):
        lookup.find(Wanted(address="Uppslagsvägen 3"))


def test_a_row_whose_postcode_is_of_another_town_is_not_asked_for(
    services: Services, area: Area, tmp_path: Path
):
    codes = area.addresses.iloc[[0] * 6].assign(postcode="165 78").reset_index(drop=True)
    known = replace(area, addresses=codes, _snaps={})
    file = write(
        tmp_path / "f.csv", ["namn", "adress", "postnummer"], ["Långt", "Storgatan 3", "903 25"]
    )
    assert list(imported(known, file).unplaced["reason"]) == ["other_postcode"]
    assert services.asked == []
