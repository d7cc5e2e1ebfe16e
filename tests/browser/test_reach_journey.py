"""A planner clicks the map for reach and the way, and compares two ways of walking."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from geo.catalog import save_area
from tests.browser.conftest import ROOT, Visit, click_map, drawn_map, expect, serving, visiting
from tests.geo.access.test_flips import world

pytestmark = pytest.mark.browser
BANDS = """(root) => [...root.narhet.layers.values()]
    .filter((layer) => layer.type === "areas" && layer.data.fill > 0)
    .map((layer) => [layer.data.fill, layer.data.dash])"""


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = tmp_path_factory.mktemp("reach-home")
    save_area(world(stairs=True), home)
    with serving([str(ROOT / "app.py"), "--port"], home) as address:
        yield address


@pytest.fixture
def visit(browser: Browser, base: str) -> Iterator[Visit]:
    with visiting(browser, base) as one:
        yield one


def test_a_click_draws_three_bands_and_the_way_and_says_the_same_in_words(visit: Visit) -> None:
    page = visit.page
    visit.open("/karta?area=street")
    click_map(page, 250, 280)
    expect(page.get_by_text("Närmaste plats av varje typ").first).to_be_visible()
    expect(page.get_by_text(re.compile(r"^Till preschool .* omkring"))).to_be_visible()
    legend = page.get_by_role("list", name="Teckenförklaring")
    for words in (r"Nås på 5 min", r"Nås på 10 min", r"Nås på 15 min", "Gångväg till närmaste"):
        expect(legend.get_by_text(re.compile(words))).to_be_visible()
    drawn = drawn_map(page).evaluate(BANDS)
    assert len(drawn) == 3
    assert len({opacity for opacity, _ in drawn}) == 3
    assert len({dash for _, dash in drawn}) == 3
    assert visit.outside == []
    assert visit.complaints == []


def test_another_profile_moves_the_bands(visit: Visit) -> None:
    page = visit.page
    visit.open("/karta?area=street&profile=older&lang=en")
    click_map(page, 250, 280)
    expect(page.get_by_text(re.compile(r"Within 15 min \(720.m\)")).first).to_be_visible()


def test_the_comparison_opens_on_the_gap_page(visit: Visit) -> None:
    page = visit.page
    visit.open("/gap?area=street&limit=500&group=children_0_4")
    page.get_by_text("Jämför två sätt att gå").click()
    expect(page.get_by_text(re.compile("men inte med ”Med barnvagn”")).first).to_be_visible()
    expect(page.get_by_text("Där svaret ändras, per stadsdel").first).to_be_visible()
    page.get_by_text("samma tid", exact=True).click()
    expect(page.get_by_text(re.compile("når en förskola inom 6,3 minuter")).first).to_be_visible()
    expect(page.locator(".narhet")).to_have_count(2)
    assert visit.outside == []
