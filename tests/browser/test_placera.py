"""A coordinator reads where to open, lets a place say no, asks why not another, takes a file."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from geo.catalog import save_area
from tests.browser.conftest import ROOT, Visit, drawn_map, expect, serving, visiting
from tests.geo.worlds import street

pytestmark = pytest.mark.browser

HOMES = {20.0: 10.0, 310.0: 20.0, 560.0: 5.0, 705.0: 10.0, 990.0: 30.0}
ROOMS = {200.0: "library", 400.0: "school", 900.0: "library", 0.0: "place_of_worship"}
"""Within 300 m: library 200 reaches 300, the school 250, library 900 400, the church 100."""
LINK = "/placera?area=street&open=language_cafe&limit=300&group=all"
BEST = (
    r"^Två nya språkcaféer, på library 900 och library 200, når 700 invånare inom 300.m\. Bevisat"
)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = tmp_path_factory.mktemp("placera-home")
    save_area(street(homes=HOMES, places=ROOMS, estimated=True), home)
    with serving([str(ROOT / "app.py"), "--port"], home) as address:
        yield address


@pytest.fixture
def visit(browser: Browser, base: str) -> Iterator[Visit]:
    with visiting(browser, base) as one:
        yield one


def sentence(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", level=2)).to_have_text(re.compile(words))


def test_a_place_says_no_and_may_be_asked_again(visit: Visit) -> None:
    page = visit.page
    visit.open(LINK)
    sentence(page, BEST + r": inget annat par når fler\.$")
    expect(page.get_by_text("Näst bäst: school 400 i stället. Det når 50 färre.")).to_be_visible()
    page.get_by_role("button", name=re.compile("library 200 säger nej")).click()
    sentence(page, r"^Två nya språkcaféer, på library 900 och school 400, når 650 invånare")
    expect(page).to_have_url(re.compile("refused=library-0"))
    page.get_by_role("button", name=re.compile("^.*Ångra: library 200")).click()
    sentence(page, BEST)
    expect(page).not_to_have_url(re.compile("refused"))
    assert visit.outside == []
    assert visit.complaints == []


@pytest.mark.parametrize("by", ["mouse", "keyboard"])
def test_a_candidate_on_the_map_answers_why_it_was_not_chosen(visit: Visit, by: str) -> None:
    page = visit.page
    visit.open(LINK)
    sentence(page, BEST)
    # Two were not chosen, the school and the church: either is answered with what it costs.
    symbol = drawn_map(page).locator("[data-layer=candidates]").first
    expect(page.get_by_text("Varje punkt är det bästa valet")).to_be_visible()  # all has come
    if by == "mouse":
        symbol.click()
    else:
        symbol.focus()
        page.keyboard.press("Enter")
    said = page.get_by_text(re.compile("^Bästa valet med (school 400|place_of_worship 0): Det når"))
    expect(said).to_have_text(re.compile(r"(school 400.* 50 färre|place_of_worship 0.* 200 färre)"))
    expect(page.get_by_text("Bevisat: med den platsen finns inget bättre val.")).to_be_visible()


def test_the_file_holds_what_the_sentence_says(visit: Visit, tmp_path: Path) -> None:
    page = visit.page
    visit.open(LINK)
    sentence(page, BEST)
    expect(page.get_by_text("Varje punkt är det bästa valet")).to_be_visible()
    with page.expect_download() as arriving:
        page.get_by_role("button", name="Tabell (CSV)").click()
    arriving.value.save_as(tmp_path / "placera.csv")
    with (tmp_path / "placera.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert [row["name"] for row in rows] == ["library 900", "library 200"]
    assert [float(row["gain"]) for row in rows] == [400, 300]
    assert {(float(row["people_after"]), row["proven"]) for row in rows} == {(700, "True")}


def test_in_english_on_a_narrow_screen_nothing_sticks_out(visit: Visit) -> None:
    page = visit.page
    page.set_viewport_size({"width": 480, "height": 900})
    visit.open(LINK + "&lang=en")
    sentence(page, r"^Two new language cafés, at library 900 and library 200, will reach 700 res")
    expect(
        page.get_by_text("Second best: school 400 instead. It reaches 50 fewer.")
    ).to_be_visible()
    expect(page.get_by_text("Each point is the best choice")).to_be_visible()
    wide = page.evaluate("document.scrollingElement.scrollWidth")
    assert wide <= 480
    table = page.get_by_role("region", name="The proposal")
    expect(table.get_by_role("rowheader")).to_have_text(["1", "2"])
