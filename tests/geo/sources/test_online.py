"""Fetching an area by name: the real osmnx code against a local server, with good answers and every
bad one.
"""

from __future__ import annotations

import json
import socket
from pathlib import Path
from types import SimpleNamespace

import geopandas as gpd
import numpy as np
import osmnx
import pytest
from shapely import LineString

from geo.errors import Cancelled, NarhetError, Offline, OnlineError, ServiceSlow
from geo.network.walk_network import build_network
from geo.sources import http
from geo.sources.osm import overpass as osm_services
from geo.sources.osm.features import walkable
from geo.sources.osm.overpass import fetch
from tests.geo.fake_services import (
    BUILDINGS,
    FREE,
    PATHS,
    Answer,
    Services,
    overpass,
    place,
    running,
    square,
)
from tests.geo.local_server import PassingClock
from tests.refusals import refused

QUERY = "Kista, Stockholm, Sweden"
PATIENCE_S = 60
"""So long an answer may take that is there at once, on a busy machine."""


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> PassingClock:
    """The clock of the code that asks; what it pauses is counted, not waited for."""
    passing = PassingClock()
    for module in (http, osm_services):
        monkeypatch.setattr(module, "time", passing)
    return passing


@pytest.fixture
def services(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(osm_services, "BUSY_PAUSE_S", 0.05)
    monkeypatch.setattr(osm_services, "STATUS_PAUSE_S", 0.05)
    # osmnx rests a second before each question to Nominatim; not needed towards ourselves.
    monkeypatch.setattr("osmnx._nominatim.time", SimpleNamespace(sleep=lambda _seconds: None))
    with running(Services()) as served:
        monkeypatch.setenv("NARHET_OVERPASS_URL", f"{served.url}/api")
        monkeypatch.setenv("NARHET_NOMINATIM_URL", served.url)
        yield served


def files_in(home: Path) -> list[str]:
    return sorted(str(path.relative_to(home)) for path in home.rglob("*"))


@pytest.mark.usefixtures("services")
def test_a_fetch_brings_boundary_paths_places_buildings_and_districts():
    fetched = fetch(QUERY)
    assert fetched.name == "Kista"
    assert tuple(fetched.boundary.total_bounds) == (17.92, 59.39, 17.97, 59.42)
    lines = fetched.extract.lines
    assert set(lines["highway"]) == {"cycleway", "steps", "service"}
    assert set(lines.loc[lines["private"], "highway"]) == {"service"}, (
        "a driveway is no way through"
    )
    assert list(lines.loc[lines["steps"], "width_m"]) == [2.5]
    assert set(lines.loc[lines["highway"] == "cycleway", "lit"]) == {1}
    assert set(fetched.extract.places["name"]) == {"Kista bibliotek", "Förskolan {{ 7*7 }}"}
    assert list(fetched.extract.places["kind"]) == ["library", "preschool"]
    assert len(fetched.extract.buildings) == 1 and fetched.extract.buildings["residential"].all()
    assert list(fetched.districts["name"]) == ["Väster", "Öster"]
    assert fetched.extract.date == "2025-07-09" and fetched.source.is_osm


@pytest.mark.usefixtures("services")
def test_the_fetched_paths_make_a_network_of_junctions():
    network = build_network(fetch(QUERY).extract.lines)
    assert (network.nodes, network.edges) == (4, 4), "with the private driveway"


@pytest.mark.shared
def test_a_real_overpass_answer_comes_through_to_the_last_metre(services, shared_data):
    real = shared_data / "rinkeby-kista" / "overpass_response.json"
    body = json.loads(real.read_text())
    lon = [row["lon"] for row in body["elements"] if row["type"] == "node"]
    lat = [row["lat"] for row in body["elements"] if row["type"] == "node"]
    box = square(min(lon), min(lat), max(lon), max(lat))
    services.nominatim = [Answer(place("Rinkeby-Kista", box))]
    services.paths = [Answer(real.read_bytes())]
    services.places = services.buildings = [Answer(overpass())]
    fetched = fetch("Rinkeby-Kista, Stockholm, Sweden")
    nodes = {row["id"]: (row["lon"], row["lat"]) for row in body["elements"] if "lon" in row}
    drawn = gpd.GeoSeries(
        [
            LineString([nodes[number] for number in row["nodes"]])
            for row in body["elements"]
            if row["type"] == "way" and walkable(row["tags"])
        ],
        crs=4326,
    )
    assert len(nodes) == 12_648 and len(drawn) == fetched.extract.lines["way"].nunique() > 3_000
    metres = fetched.extract.lines.to_crs(3006).length.sum()
    assert metres == pytest.approx(drawn.to_crs(3006).length.sum(), rel=1e-9)
    assert fetched.extract.date == "2025-07-09"


def test_a_place_with_no_places_or_buildings_is_fetched_without(services):
    services.places = services.buildings = [Answer(overpass())]
    fetched = fetch(QUERY)
    assert len(fetched.extract.lines) > 0
    assert len(fetched.extract.places) == len(fetched.extract.buildings) == 0
    assert len(fetched.districts) == 0


def test_the_same_name_is_answered_from_the_home_folder_the_second_time(services, home):
    first = fetch(QUERY)
    asked = len(services.asked)
    again = fetch(QUERY)
    assert len([what for what, _ in services.asked[asked:] if what != "status"]) == 0
    assert again.extract.lines.geometry.geom_equals(first.extract.lines.geometry).all()
    assert again.extract.date == first.extract.date
    assert all(name.startswith("cache") for name in files_in(home))


def test_old_answers_are_fetched_anew(services, monkeypatch):
    fetch(QUERY)
    monkeypatch.setattr("geo.sources.osm.overpass.CACHE_DAYS", -1.0)
    fetch(QUERY)
    assert services.count("paths") == 2


def test_we_say_who_we_are_and_ask_overpass_once_for_all_paths(services):
    fetch(QUERY)
    assert services.count("paths") == 1 and services.count("nominatim") == 1
    assert all("Narhet" in agent for agent in services.agents)


def test_osmnx_settings_and_name_lookup_are_put_back(services):
    before = {
        name: getattr(osmnx.settings, name) for name in vars(osmnx.settings) if name[0] != "_"
    }
    lookup = socket.getaddrinfo
    fetch(QUERY)
    services.paths = [Answer(status=500)]
    with refused("service_answer", OnlineError):
        fetch("Husby, Stockholm, Sweden")
    after = {name: getattr(osmnx.settings, name) for name in before}
    assert after == before and socket.getaddrinfo is lookup


BAD = {
    "server error": (Answer("oj", status=500), "service_answer"),
    "forbidden": (Answer("nej", status=403), "service_answer"),
    "busy for ever": (Answer("vänta", status=429), "service_answer"),
    "gateway time-out for ever": (Answer("vänta", status=504), "service_answer"),
    "busy, come back in a day": (
        Answer("vänta", status=429, headers={"Retry-After": "86400"}),
        "service_answer",
    ),
    "silence": (Answer(silent=True), "service_slow"),
    "a drip": (Answer(json.dumps(PATHS), drip_s=0.05), "service_slow"),
    "html": (Answer("<html><body>hej</body></html>"), "service_answer"),
    "nothing": (Answer(b""), "service_answer"),
    "not text": (Answer(bytes(range(256))), "service_answer"),
    "cut JSON": (Answer(json.dumps(PATHS)[:400]), "service_answer"),
    "cut connection": (Answer(json.dumps(PATHS), cut_at=200), "service_answer"),
    "a number": (Answer("7"), "service_answer"),
    "a redirect in a ring": (
        Answer(status=302, headers={"Location": "/api/status"}),
        "service_answer",
    ),
}


LATER = ["server error", "busy for ever", "a drip", "cut JSON"]


@pytest.mark.parametrize(
    ("what", "case"),
    [(what, case) for what in ("nominatim", "paths") for case in BAD]
    + [(what, case) for what in ("places", "buildings") for case in LATER],
)
def test_a_bad_answer_is_a_clear_error_in_bounded_time_and_leaves_nothing(
    services, home, clock, what, case
):
    """It pauses no longer than it may, hangs up on a silent service, and takes no drip to its end:
    that would be more than a minute.
    """
    answer, expected = BAD[case]
    setattr(services, what, [answer])
    timeout_s = 1 if expected == "service_slow" else PATIENCE_S
    with refused(expected, OnlineError) as caught:
        fetch(QUERY, timeout_s=timeout_s)
    assert clock.slept_s < 1 and services.dripped_out == 0
    assert files_in(home) == []
    for language in ("sv", "en"):
        sentence = caught.value.message(language)
        assert ("Nominatim" if what == "nominatim" else "Overpass") in sentence


ODD = {
    "no elements key": {"version": 0.6},
    "elements that are none": {"elements": "many"},
    "an element without a type": {"elements": [{"id": 1}]},
    "a node without a place": {"elements": [{"type": "node", "id": 1}]},
    "a way without nodes": {"elements": [{"type": "way", "id": 1, "tags": {"highway": "path"}}]},
    "a way on unknown nodes": {
        "elements": [{"type": "way", "id": 1, "nodes": [1, 2], "tags": {"highway": "path"}}]
    },
    "no elements": overpass(),
    "a server-side time-out": {
        **PATHS,
        "remark": 'runtime error: Query timed out in "query" at line 1 after 25 seconds.',
    },
}


@pytest.mark.parametrize("case", ODD)
def test_an_odd_answer_about_paths_is_a_clear_error(services, home, case):
    services.paths = [Answer(ODD[case])]
    with refused("service_answer", OnlineError):
        fetch(QUERY, timeout_s=PATIENCE_S)
    assert files_in(home) == []


@pytest.mark.parametrize(
    "odd", [{}, [{}], [{"importance": 1}], place(shape={"type": "Polygon", "coordinates": []})]
)
def test_an_odd_answer_about_the_name_is_a_clear_error(services, home, odd):
    services.nominatim = [Answer(odd)]
    with pytest.raises(OnlineError) as caught:
        fetch(QUERY, timeout_s=PATIENCE_S)
    assert caught.value.code in {"service_answer", "place_not_found"}
    assert files_in(home) == []


@pytest.mark.parametrize("status", [429, 503, 504])
def test_a_service_that_is_busy_once_is_asked_again(services, status):
    services.paths = [Answer("vänta", status=status), Answer(PATHS)]
    assert len(fetch(QUERY).extract.lines) > 0
    assert services.count("paths") == 2


def test_we_wait_for_our_turn_as_the_status_page_says(services):
    busy = "a\nb\nc\nRate limit: 2\nSlot available after: 2026-01-01T00:00:00Z, in 1 seconds.\n"
    services.status = [Answer(busy), Answer(FREE)]
    fetch(QUERY)
    first_paths = [what for what, _ in services.asked].index("paths")
    assert [what for what, _ in services.asked[:first_paths]].count("status") == 2


def test_a_turn_that_is_too_far_off_is_told_at_once(services, home, clock):
    services.status = [Answer("Rate limit: 2\nSlot available after: x, in 900 seconds.\n")]
    with pytest.raises(ServiceSlow):
        fetch(QUERY, timeout_s=PATIENCE_S)
    assert services.count("status") == 1 and services.count("paths") == 0
    assert clock.slept_s == 0 and files_in(home) == []


@pytest.mark.parametrize("page", ["<html>no such page</html>", "", "Rate limit: 0\n"])
def test_a_server_without_a_status_page_is_asked_straight_away(services, page):
    services.status = [Answer(page, status=404 if page.startswith("<") else 200)]
    assert len(fetch(QUERY).extract.lines) > 0


def test_an_unknown_name_says_so(services, home):
    services.nominatim = [Answer([])]
    with refused("place_not_found", OnlineError) as caught:
        fetch("Nangijala, Sweden")
    assert "Nangijala" in caught.value.message("sv") and files_in(home) == []
    services.nominatim = [Answer(place())]
    assert fetch("Nangijala, Sweden").name == "Kista", "a name not found is not remembered"


def test_the_next_name_is_asked_where_the_first_is_not_on_the_map(services):
    services.nominatim = [Answer([]), Answer(place("Kungsholmen"))]
    names = ("Kungsholmens stadsdelsområde, Sweden", "Kungsholmen, Sweden")
    assert fetch(names[0], alternatives=names[1:]).name == "Kungsholmen"
    assert [query for what, query in services.asked if what == "nominatim"] == list(names)


def test_a_place_that_is_only_a_point_becomes_a_circle_and_says_so(services):
    services.nominatim = [Answer(place(shape={"type": "Point", "coordinates": [17.942, 59.4]}))]
    fetched = fetch("Kista centrum")
    area = fetched.boundary.to_crs(3006).area.sum()
    assert area == pytest.approx(np.pi * 1500**2, rel=0.01)
    assert (fetched.source.made, fetched.source.estimated) == ("circle", True)
    services.nominatim = [Answer(place())]
    assert not fetch(QUERY).source.estimated


def test_a_street_is_not_a_place(services, home):
    street = {"type": "LineString", "coordinates": [[17.9, 59.4], [17.91, 59.4]]}
    services.nominatim = [Answer(place(shape=street))]
    with refused("place_not_found", OnlineError):
        fetch("Kistagången")
    assert files_in(home) == []


def test_a_whole_country_is_too_large_and_overpass_is_not_asked(services):
    services.nominatim = [Answer(place("Sverige", square(11, 55, 24, 69)))]
    with refused("place_too_large", OnlineError) as caught:
        fetch("Sweden")
    assert "Sweden" in caught.value.message("sv") and services.count("paths") == 0


def test_no_connection_is_told_as_offline(monkeypatch, home):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    monkeypatch.setenv("NARHET_NOMINATIM_URL", f"http://127.0.0.1:{port}")
    with pytest.raises(Offline) as caught:
        fetch(QUERY)
    assert "Nominatim" in caught.value.message("sv") and files_in(home) == []


@pytest.mark.usefixtures("services")
def test_overpass_out_of_reach_is_told_by_its_name(monkeypatch, home):
    monkeypatch.setenv("NARHET_OVERPASS_URL", "http://127.0.0.1:9/api")
    with pytest.raises(Offline) as caught:
        fetch(QUERY)
    assert "Overpass" in caught.value.message("en") and files_in(home) == []


def test_an_address_that_is_none_is_a_clear_error(monkeypatch, home):
    monkeypatch.setenv("NARHET_NOMINATIM_URL", "not an address")
    with pytest.raises(NarhetError):
        fetch(QUERY)
    assert files_in(home) == []


@pytest.mark.usefixtures("services")
@pytest.mark.parametrize("stop_at", range(6))
def test_stopping_at_any_step_stops_and_leaves_nothing(home, stop_at):
    told: list[str] = []

    def progress(key: str, _share: float) -> None:
        if key not in told:
            told.append(key)
        if len(told) > stop_at:
            raise Cancelled

    if stop_at < 5:
        with pytest.raises(Cancelled):
            fetch(QUERY, progress=progress)
        assert files_in(home) == []
    else:
        fetch(QUERY, progress=progress)
        assert len(told) == 5


def test_stopping_while_overpass_is_busy_does_not_wait_out_the_pause(services, clock, monkeypatch):
    monkeypatch.setattr(osm_services, "BUSY_PAUSE_S", 60.0)
    services.paths = [Answer("vänta", status=429)]

    def progress(_key: str, _share: float) -> None:
        if services.count("paths"):
            raise Cancelled

    with pytest.raises(Cancelled):
        fetch(QUERY, progress=progress)
    assert services.count("paths") == 1 and clock.slept_s <= http.CHECK_EVERY_S


def test_a_home_that_can_not_be_written_is_told(services, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(NarhetError) as caught:
        fetch(QUERY, home=blocked)
    assert caught.value.code == "output_unwritable" and services.asked == []


def test_the_outline_sent_is_short_and_covers_the_margin(services):
    angles = np.linspace(0, 2 * np.pi, 5000)
    ring = [[17.945 + 0.02 * np.cos(a), 59.405 + 0.01 * np.sin(a)] for a in angles[:-1]]
    services.nominatim = [
        Answer(place(shape={"type": "Polygon", "coordinates": [[*ring, ring[0]]]}))
    ]
    fetch(QUERY)
    assert max(len(query) for what, query in services.asked if what == "places") < 60_000


def test_buildings_are_asked_for_apart(services):
    services.buildings = [Answer(BUILDINGS)]
    fetch(QUERY)
    assert services.count("buildings") == 1 and services.count("places") == 1
