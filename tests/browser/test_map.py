"""The map and the shell in a real browser."""

from __future__ import annotations

import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import FrameLocator, Locator, Page

from tests.browser.conftest import Visit, expect, free_port, serving, visiting
from tests.tiny import tiny_area

pytestmark = pytest.mark.browser
ATTACK = "{{ 7*7*191 }}"
PIXELS = """(canvas) => {
    const all = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
    let drawn = 0;
    for (let at = 3; at < all.length; at += 4) drawn += all[at] > 0;
    return drawn;
}"""


def map_frame(page: Page) -> FrameLocator:
    return page.frame_locator("iframe[src*='streamlit_folium']")


def drawn(page: Page) -> FrameLocator:
    """The map, once its background is there."""
    frame = map_frame(page)
    frame.locator("html[data-narhet-ground]").wait_for(state="attached")
    return frame


def symbols(frame: FrameLocator) -> Locator:
    return frame.locator(".narhet-symbol")


def test_the_dashboard_opens_with_a_map_and_asks_nobody_else(visit: Visit):
    visit.open("/?area=provby")
    frame = drawn(visit.page)
    expect(symbols(frame)).to_have_count(len(tiny_area().places))
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
        drawn(visit.page)
        expect(visit.page.locator("html")).to_have_attribute("lang", "en")
        expect(visit.page.get_by_test_id("stSidebar")).to_be_visible()
        assert visit.page.url.startswith(f"{base}/karta?")
        expect(visit.page.get_by_text("does not seem to exist")).to_have_count(0)
        assert visit.complaints == []


def test_language_and_title_follow_the_switch(visit: Visit):
    visit.open("/?area=provby")
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
    frame = drawn(bench_visit.page)
    expect(symbols(frame)).to_have_count(len(tiny_area().places))
    assert frame.locator(".leaflet-narhet-ground-pane canvas").evaluate(PIXELS) > 10_000
    assert frame.locator(".leaflet-overlay-pane canvas").evaluate(PIXELS) > 10_000
    assert "9359" not in frame.locator("body").inner_text()
    assert "9359" not in bench_visit.page.locator("body").inner_text()
    expect(frame.locator(f".narhet-symbol[aria-label*='{ATTACK}']")).to_have_count(1)
    expect(bench_visit.page).to_have_title("Provkarta – Närhet")
    assert bench_visit.outside == []
    assert bench_visit.complaints == []


def test_symbols_are_large_enough_to_hit_and_named(bench_visit: Visit):
    bench_visit.open("/?area=provby")
    frame = drawn(bench_visit.page)
    for marker in symbols(frame).all():
        box = marker.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 24
        assert marker.get_attribute("aria-label")
        assert marker.get_attribute("role") == "button"
    title = bench_visit.page.locator("iframe[src*='streamlit_folium']")
    expect(title).to_have_attribute("title", "Karta")


def test_a_click_and_a_key_on_a_symbol_tell_which_place_it_is(bench_visit: Visit):
    bench_visit.open("/?area=provby")
    frame = drawn(bench_visit.page)
    frame.locator("[aria-label='Genomgångsbostad']").click()
    expect(bench_visit.page.get_by_text("klick 1:")).to_contain_text("[g1]")
    library = frame.locator("[aria-label='Mötesplats']")
    library.focus()
    bench_visit.page.keyboard.press("Enter")
    expect(bench_visit.page.get_by_text("klick 2:")).to_contain_text("[m1]")
    bench_visit.page.keyboard.press("Space")
    expect(bench_visit.page.get_by_text("klick 3:")).to_contain_text("[m1]")


def test_two_places_on_one_point_both_answer(bench_visit: Visit):
    bench_visit.open("/?area=provby")
    frame = drawn(bench_visit.page)
    # The two preschools that share a point lie on top of each other: the last is uppermost.
    frame.locator("[aria-label='Förskola']").last.click()
    expect(bench_visit.page.get_by_text("klick 1:")).to_contain_text("[f2,f3]")


def test_the_open_map_tells_where_it_was_clicked(bench_visit: Visit):
    bench_visit.open("/?area=provby")
    frame = drawn(bench_visit.page)
    frame.locator("#map_div").click(position={"x": 30, "y": 300})
    told = bench_visit.page.get_by_text("klick 1:")
    expect(told).to_contain_text("[]")
    lon, lat = (float(part) for part in told.inner_text().split()[2:4])
    assert 17.7 < lon < 17.9
    assert 59.3 < lat < 59.5


def test_the_map_keeps_its_zoom_and_never_remounts_when_layers_change(bench_visit: Visit):
    bench_visit.open("/?area=provby")
    frame = drawn(bench_visit.page)
    body = frame.locator("body")
    expect(symbols(frame)).to_have_count(6)
    body.evaluate("() => { window.mark = 'same'; window.map.setZoom(17, {animate: false}); }")
    before = frame.locator(".leaflet-overlay-pane canvas").evaluate(PIXELS)
    bench_visit.page.get_by_text("Cirklar", exact=True).click()
    frame.locator("body").evaluate(
        """(_, script) => new Promise((done) => {
            const layers = () => Object.values(window.map._layers);
            const wait = () => layers().some((l) => l._radius) ? setTimeout(wait, 100) : done();
            wait();
        })"""
    )
    assert body.evaluate("() => [window.mark, window.map.getZoom()]") == ["same", 17]
    assert frame.locator(".leaflet-overlay-pane canvas").evaluate(PIXELS) < before
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
            visit.open("/?area=provby")
        frame = drawn(visit.page)
        assert frame.locator(".leaflet-narhet-ground-pane canvas").evaluate(PIXELS) > 10_000
        assert all(url.startswith(dead) for url in visit.outside)
        under = frame.locator(".leaflet-narhet-ground-pane").evaluate("p => +p.style.zIndex")
        assert under < 200  # Leaflet's tiles


def test_openstreetmap_is_credited_without_tiles(bench_visit: Visit):
    bench_visit.open("/?area=provby")
    credit = drawn(bench_visit.page).locator(".leaflet-control-attribution")
    expect(credit).to_contain_text("© OpenStreetMap contributors")
