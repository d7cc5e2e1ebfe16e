"""The map and the shell in a real browser."""

from __future__ import annotations

import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import Locator

from tests.browser.conftest import (
    Visit,
    click_map,
    drawn_map,
    expect,
    free_port,
    serving,
    to_page,
    visiting,
)
from tests.tiny import tiny_area

pytestmark = pytest.mark.browser
ATTACK = "{{ 7*7*191 }}"
FOCUSED = "(root) => (root.getRootNode().activeElement || {dataset: {}}).dataset.place || ''"
PIXELS = """(canvas) => {
    const all = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
    let drawn = 0;
    for (let at = 3; at < all.length; at += 4) drawn += all[at] > 0;
    return drawn;
}"""


def symbols(drawn: Locator) -> Locator:
    return drawn.locator(".place")


def painted(drawn: Locator, pane: str) -> int:
    """How many pixels of a sheet are painted."""
    return int(drawn.locator(f".leaflet-{pane}-pane canvas").evaluate(PIXELS))


def test_the_dashboard_opens_with_a_map_and_asks_nobody_else(visit: Visit):
    visit.open("/karta?area=provby")
    drawn = drawn_map(visit.page)
    expect(symbols(drawn)).to_have_count(len(tiny_area().places))
    expect(visit.page.get_by_role("heading", level=1)).to_have_count(1)
    assert visit.outside == []
    assert visit.complaints == []


def test_a_link_straight_to_a_page_goes_through_the_entry(browser, areas: Path):
    """First request of a fresh server: the page asked for, in the language and area of the link."""
    from tests.browser.conftest import ROOT

    with (
        serving([str(ROOT / "app.py"), "--port"], areas) as base,
        visiting(browser, base) as visit,
    ):
        visit.open("/karta?area=provby&lang=en")
        drawn_map(visit.page)
        expect(visit.page.locator("html")).to_have_attribute("lang", "en")
        expect(visit.page.get_by_test_id("stTopNav")).to_be_visible()
        assert visit.page.url.startswith(f"{base}/karta?")
        expect(visit.page.get_by_text("does not seem to exist")).to_have_count(0)
        assert visit.complaints == []


def test_language_and_title_follow_the_switch(visit: Visit):
    visit.open("/karta?area=provby")
    html = visit.page.locator("html")
    expect(html).to_have_attribute("lang", "sv")
    expect(visit.page).to_have_title("Karta – Närhet")
    visit.open("/karta?area=provby&lang=en")
    expect(html).to_have_attribute("lang", "en")
    expect(visit.page).to_have_title("Map – Närhet")


def test_streamlits_own_answers_carry_the_headers_too(server: str):
    for path in ("/", "/karta", "/_stcore/health", "/static/nothing.js"):
        with urllib.request.urlopen(server + path) as answer:
            assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]
            assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_every_layer_is_drawn_and_no_text_is_run(bench_visit: Visit):
    bench_visit.open("/?area=provby")
    drawn = drawn_map(bench_visit.page)
    expect(symbols(drawn)).to_have_count(len(tiny_area().places))
    for pane in ("ground", "lines", "overlay"):
        assert painted(drawn, pane) > 10_000
    assert "9359" not in drawn.inner_text()
    assert "9359" not in bench_visit.page.locator("body").inner_text()
    expect(drawn.locator(f".place[aria-label*='{ATTACK}']")).to_have_count(1)
    expect(bench_visit.page).to_have_title("Provkarta – Närhet")
    assert bench_visit.outside == []
    assert bench_visit.complaints == []


def test_symbols_are_large_enough_to_hit_and_named(bench_visit: Visit):
    bench_visit.open("/?area=provby")
    drawn = drawn_map(bench_visit.page)
    for marker in symbols(drawn).all():
        box = marker.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 24
        assert marker.get_attribute("aria-label")
        assert marker.get_attribute("role") == "button"
    # One tab stop: the arrows go on from there.
    expect(drawn.locator(".place[tabindex='0']")).to_have_count(1)


def test_a_click_and_a_key_on_a_symbol_tell_which_place_it_is(bench_visit: Visit):
    bench_visit.open("/?area=provby")
    drawn = drawn_map(bench_visit.page)
    drawn.locator("[data-place=g1]").click()
    expect(bench_visit.page.get_by_text("klick 1:")).to_contain_text("[g1]")
    drawn.locator("[data-place=m1]").focus()
    bench_visit.page.keyboard.press("Enter")
    expect(bench_visit.page.get_by_text("klick 2:")).to_contain_text("[m1]")
    bench_visit.page.keyboard.press("Space")
    expect(bench_visit.page.get_by_text("klick 3:")).to_contain_text("[m1]")
    # The run that the key caused left the focus where it was, and a letter runs nothing.
    assert drawn.evaluate(FOCUSED) == "m1"
    runs = drawn.get_attribute("data-drawn")
    bench_visit.page.keyboard.press("r")
    bench_visit.page.wait_for_timeout(500)
    assert drawn.get_attribute("data-drawn") == runs


def test_arrows_go_from_place_to_place_and_reach_them_all(bench_visit: Visit):
    bench_visit.open("/?area=provby")
    drawn = drawn_map(bench_visit.page)
    drawn.locator(".place[tabindex='0']").focus()
    reached = {drawn.evaluate(FOCUSED)}
    for _ in tiny_area().places["id"]:
        bench_visit.page.keyboard.press("ArrowRight")
        reached.add(drawn.evaluate(FOCUSED))
    assert reached == set(tiny_area().places["id"])
    expect(drawn.locator(".place[tabindex='0']")).to_have_count(1)


def test_two_places_on_one_point_both_answer(bench_visit: Visit):
    bench_visit.open("/?area=provby")
    drawn = drawn_map(bench_visit.page)
    # The two preschools that share a point lie on top of each other: the last is uppermost.
    drawn.locator("[data-layer=preschool]").last.click()
    expect(bench_visit.page.get_by_text("klick 1:")).to_contain_text("[f2,f3]")


def test_the_open_map_tells_where_it_was_clicked(bench_visit: Visit):
    bench_visit.open("/?area=provby")
    click_map(bench_visit.page, 120, 60)
    told = bench_visit.page.get_by_text("klick 1:")
    expect(told).to_contain_text("[]")
    lon, lat = (float(part) for part in told.inner_text().split()[2:4])
    assert 17.7 < lon < 17.9
    assert 59.3 < lat < 59.5


def test_the_map_keeps_its_zoom_and_never_remounts_when_layers_change(bench_visit: Visit):
    bench_visit.open("/?area=provby")
    drawn = drawn_map(bench_visit.page)
    expect(symbols(drawn)).to_have_count(6)
    drawn.evaluate(
        "(root) => { root.mark = 'same'; root.narhet.leaflet.setZoom(17, {animate: false}); }"
    )
    symbols(drawn).first.evaluate("(place) => { place.mark = 'kept'; }")
    bench_visit.page.get_by_text("Cirklar", exact=True).click()
    expect(drawn).to_have_attribute("data-drawn", "2")
    circles = "(root) => root.narhet.layers.has('people')"
    assert drawn.evaluate(circles) is False
    assert drawn.evaluate("(root) => [root.mark, root.narhet.leaflet.getZoom()]") == ["same", 17]
    assert symbols(drawn).first.evaluate("(place) => place.mark") == "kept"
    backgrounds = [url for url in bench_visit.asked if "background.json" in url]
    assert len(backgrounds) == 1


def test_the_background_shows_when_the_tile_server_does_not_answer(browser, areas: Path):
    from tests.browser.conftest import ROOT

    dead = f"http://localhost:{free_port()}"
    command = [str(ROOT / "tests" / "browser" / "bench_app.py")]
    with (
        serving(command, areas, NARHET_TILES=dead + "/{z}/{x}/{y}.png") as base,
        visiting(browser, base) as visit,
    ):
        with visit.page.expect_event("requestfailed", lambda r: r.url.startswith(dead)):
            visit.open("/karta?area=provby")
        drawn = drawn_map(visit.page)
        assert painted(drawn, "ground") > 10_000
        assert all(url.startswith(dead) for url in visit.outside)
        under = drawn.locator(".leaflet-ground-pane").evaluate("p => +p.style.zIndex")
        assert under < 200  # Leaflet's tiles


def test_a_map_is_the_same_on_another_page_and_back(visit: Visit):
    """Karta to Gap and back: each map keeps its view, and the ground is fetched once."""
    visit.open("/karta?area=provby")
    drawn_map(visit.page).evaluate(
        "(root) => { root.mark = 'same'; root.narhet.leaflet.setZoom(16, {animate: false}); }"
    )
    to_page(visit.page, "Underlag", "Metod")
    expect(visit.page.locator(".narhet")).to_have_count(0)
    to_page(visit.page, "Utforska", "Karta")
    drawn = drawn_map(visit.page)
    assert drawn.evaluate("(root) => [root.mark, root.narhet.leaflet.getZoom()]") == ["same", 16]
    assert len([url for url in visit.asked if "background.json" in url]) == 1
    assert visit.complaints == []


def test_openstreetmap_is_credited_without_tiles(bench_visit: Visit):
    bench_visit.open("/?area=provby")
    credit = drawn_map(bench_visit.page).locator(".credit")
    expect(credit).to_contain_text("© OpenStreetMap contributors")
