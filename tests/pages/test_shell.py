"""The launcher and what stands around each page, without a browser."""

from __future__ import annotations

import ast
import gzip
import json
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware

import app as launcher
from geo.catalog import save_area
from geo.output.maps import folium as folium_map
from geo.output.maps.folium import tiles
from geo.output.maps.spec import compose
from pages.shared import background
from pages.shared import map as map_box
from pages.shared.map import Click
from tests.asgi import Answer, get, knock
from tests.geo.output.test_mapview import TABLE, contrast, points
from tests.tiny import tiny_area

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENT = {"NARHET_TILES": "https://{s}.karta.example/{z}/{x}/{y}.png"}
PLACES = (17.8, 59.3), (17.81, 59.31)
SPEC = compose("Prov", [points(*PLACES)], bounds=(17.7, 59.2, 17.9, 59.4), table=TABLE)


class Client:
    """The launcher's own routes and headers, without Streamlit's."""

    def __init__(self, site: Starlette) -> None:
        self.site = site

    def get(self, url: str, **headers: str) -> Answer:
        return get(self.site, url, **headers)


@pytest.fixture
def client() -> Iterator[Client]:
    headers = launcher.security_headers(tiles(ENVIRONMENT))
    site = Starlette(
        routes=launcher.routes(),
        middleware=[Middleware(launcher.SecurityHeaders, headers=headers)],
    )
    yield Client(site)
    background._areas.clear()
    background._packed.clear()


def directives(policy: str) -> dict[str, list[str]]:
    parts = [part.split() for part in policy.split(";")]
    return {name: values for name, *values in parts}


@pytest.mark.parametrize("path", ["/healthz", "/finns-inte", "/app/static/narhet-map.js"])
def test_every_answer_carries_the_security_headers_also_refusals(client, path):
    headers = client.get(path).headers
    policy = directives(headers["content-security-policy"])
    assert policy["default-src"] == ["'self'"]
    assert policy["frame-ancestors"] == ["'self'"]
    assert policy["object-src"] == ["'none'"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "SAMEORIGIN"
    assert headers["referrer-policy"] == "strict-origin-when-cross-origin"
    assert "geolocation=()" in headers["permissions-policy"]


def test_only_pictures_may_come_from_outside_and_only_from_the_tile_server(client):
    policy = directives(client.get("/healthz").headers["content-security-policy"])
    for name, values in policy.items():
        outside = [value for value in values if "//" in value or value == "*"]
        assert outside == (["https://*.karta.example"] if name == "img-src" else [])
    without = directives(launcher.security_headers(None)["Content-Security-Policy"])
    assert without["img-src"] == ["'self'", "data:", "blob:"]


def test_the_server_says_that_it_is_well(client):
    answer = client.get("/healthz")
    assert (answer.status, answer.text) == (200, "ok")


def test_own_files_are_kept_for_a_year_only_under_an_address_with_checksum(client):
    assert "immutable" in client.get("/app/static/narhet-map.js?v=1").headers["cache-control"]
    assert client.get("/app/static/narhet-map.js").headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("path", ["../app.py", "%2e%2e/app.py", "..%2fapp.py", "leaflet", "x.js"])
def test_nothing_outside_static_is_served(client, path):
    assert client.get(f"/app/static/{path}").status == 404


async def _accepting(scope, _receive, send) -> None:
    """An application that takes every web socket, and says which origin it was told."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
        return
    body = dict(scope["headers"]).get(b"origin", b"-")
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": body})


@pytest.mark.parametrize(
    ("headers", "answer"),
    [
        ({"host": "karta:8501", "origin": "http://karta:8501"}, "websocket.accept"),
        ({"host": "karta:8501"}, "websocket.accept"),
        ({"host": "karta:8501", "origin": "https://annan.example"}, "websocket.close"),
        ({"host": "karta:8501", "origin": "http://karta:9000"}, "websocket.close"),
        ({"host": "karta:8501", "origin": "null"}, "websocket.close"),
    ],
)
def test_only_our_own_pages_may_open_a_session(headers, answer):
    assert knock(launcher.OwnOrigin(_accepting), **headers)["type"] == answer


def test_streamlit_never_hears_of_a_foreign_site_so_looks_up_no_outer_address():
    site = launcher.OwnOrigin(_accepting)
    assert get(site, "/", host="karta", origin="https://annan.example").text == "-"
    assert get(site, "/", host="karta", origin="https://karta").text == "https://karta"


def address(name: str, key: str) -> str:
    return f"/narhet/area/{name}/background.json?key={key}"


def test_a_background_is_sent_once_and_kept_until_the_area_changes(client, home):
    area = save_area(tiny_area(), home)
    key = folium_map.version(area)
    answer = client.get(address("provby", key))
    assert answer.json() == json.loads(folium_map.background(area))
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-encoding"] == "gzip"
    again = client.get(address("provby", key), if_none_match=answer.headers["etag"])
    assert (again.status, again.body) == (304, b"")
    newer = save_area(area, home)
    old = client.get(address("provby", "gammal"))
    assert old.headers["etag"] == f'"{folium_map.version(newer)}"'
    assert old.headers["cache-control"] == "no-cache"


@pytest.mark.usefixtures("client")
def test_what_a_page_has_open_needs_no_folder():
    area = tiny_area()
    background.remember(area)
    packed, version = background.gzipped("provby", folium_map.version(area)) or (b"", "")
    assert version == folium_map.version(area)
    assert gzip.decompress(packed) == folium_map.background(area)


@pytest.mark.parametrize("name", ["finns-inte", "..%2f..%2fetc", "PROVBY", "demo", "a" * 200])
def test_an_area_that_is_not_there_is_refused_and_never_built(client, home, name):
    assert client.get(address(name, "x")).status == 404
    assert not (home / "areas").exists()


def test_a_damaged_area_is_refused_without_a_trace_of_the_server(client, home):
    save_area(tiny_area(), home)
    (home / "areas" / "provby" / "area.json").write_text("{")
    answer = client.get(address("provby", "x"))
    assert (answer.status, answer.text) == (404, "")


def test_only_so_many_backgrounds_are_kept(home):
    for _ in range(background.KEPT + 3):
        area = save_area(tiny_area(), home)
        background.remember(area)
        background.gzipped("provby", folium_map.version(area))
    assert len(background._packed) <= background.KEPT
    background._areas.clear()
    background._packed.clear()


def test_a_click_on_a_place_names_the_place_and_one_on_the_open_map_nothing():
    lon, lat = PLACES[1]
    click = map_box.read_click({"lon": lon, "lat": lat, "drawn": True}, lambda: SPEC)
    assert click is not None
    assert [shown.id for shown in click.shown] == ["preschool1"]
    open_map = {"lon": 17.75, "lat": 59.25, "drawn": False}
    assert map_box.read_click(open_map, lambda: SPEC) == Click(17.75, 59.25)


@pytest.mark.parametrize("told", [None, {}, {"lon": "x", "lat": None}, [1, 2], {"lon": 17.8}])
def test_an_answer_without_a_click_is_none(told):
    assert map_box.read_click(told, lambda: SPEC) is None


def test_a_layer_goes_once_by_an_address_that_nobody_can_guess(client):
    made = []

    def make():
        made.append(1)
        return {"b": [1, 2], "a": 1}

    one, again = background.address("provby|x", make), background.address("provby|x", make)
    assert one == again and len(made) == 1
    assert background.address("provby|y", make) != one
    answer = client.get(f"/{one}")
    assert answer.json() == {"a": 1, "b": [1, 2]}
    assert "immutable" in answer.headers["cache-control"]
    assert client.get("/narhet/layer/0000.json").status == 404
    for at in range(background.LAYERS_KEPT + 3):
        background.address(f"many|{at}", make)
    assert len(background._layers) == background.LAYERS_KEPT
    background._layers.clear()


def test_a_browser_runs_no_script_but_files_and_the_few_that_stand_inline(client):
    policy = directives(client.get("/healthz").headers["content-security-policy"])
    assert policy["script-src"][0] == "'self'"
    assert all(source.startswith("'sha256-") for source in policy["script-src"][1:])
    assert len(policy["script-src"]) == 1 + len(launcher.inline_scripts())


def settings() -> dict:
    return tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))


def test_nothing_is_reported_home_and_no_outside_host_is_asked():
    found = settings()
    assert found["browser"]["gatherUsageStats"] is False
    assert found["browser"]["serverAddress"]
    assert found["client"]["showErrorDetails"] == "none"
    assert "http" not in json.dumps(found)


def test_no_docstring_of_a_script_is_shown_on_its_page():
    assert settings()["runner"]["magicEnabled"] is False


def mixed(colour: str, ground: str, share: float) -> str:
    pairs = [(int(colour[at : at + 2], 16), int(ground[at : at + 2], 16)) for at in (1, 3, 5)]
    return "#" + "".join(f"{round(share * one + (1 - share) * other):02x}" for one, other in pairs)


def test_the_theme_has_the_contrast_the_law_asks_for():
    theme = settings()["theme"]
    grounds = theme["backgroundColor"], theme["secondaryBackgroundColor"]
    for ground in grounds:
        assert contrast(theme["textColor"], ground) >= 7
        assert contrast(theme["linkColor"], ground) >= 4.5
        assert contrast(theme["primaryColor"], ground) >= 4.5
        assert contrast(mixed(theme["textColor"], ground, 0.6), ground) >= 4.5  # captions
    assert contrast(theme["borderColor"], theme["backgroundColor"]) >= 3


def test_a_page_file_run_on_its_own_does_nothing():
    """Streamlit's old navigation would run them before any check; they only define things."""
    allowed = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef, ast.Assign, ast.AnnAssign)
    for file in (ROOT / "pages").glob("*.py"):
        if file.name == "start.py":
            continue
        body = ast.parse(file.read_text(encoding="utf-8")).body
        for node in body:
            is_docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
            assert is_docstring or isinstance(node, allowed), f"{file.name}:{node.lineno}"


def test_the_old_navigation_finds_no_pages_beside_the_entry_script():
    assert launcher.app.script_path == ROOT / "pages" / "start.py"
    assert not (ROOT / "pages" / "pages").exists()
