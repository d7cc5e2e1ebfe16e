"""What a coordinator does on Förskola: choose a housing, ask for more places, place a surge."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Browser, Page

from geo.catalog import save_area
from tests.browser.conftest import ROOT, Visit, choose, click_map, expect, serving, visiting
from tests.geo.preschool_worlds import nursery_street

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = tmp_path_factory.mktemp("forskola-home")
    world = nursery_street(
        homes={100.0: 20, 500.0: 10, 900.0: 30},
        preschools={
            200.0: {"platser": 18, "antal_barn": 12},
            800.0: {"platser": 15, "antal_barn": 15},
        },
        housing={300.0: {"barn_1_5": 9}, 850.0: {"barn_1_5": 7}},
    )
    save_area(world, home)
    with serving([str(ROOT / "app.py"), "--port"], home) as address:
        yield address


@pytest.fixture
def visit(browser: Browser, base: str) -> Iterator[Visit]:
    with visiting(browser, base) as one:
        yield one


def sentence(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", level=2).first).to_have_text(re.compile(words))


def test_a_coordinator_reads_chooses_a_housing_and_asks_for_more_places(visit: Visit) -> None:
    page = visit.page
    visit.open("/forskola?area=street&limit=300")
    # 52 of 60 residents' children and 16 counted ones; 27 are enrolled, six places are vacant.
    sentence(page, r"^Av 68 barn .*troligen 41 som saknar en i dag: 6 ryms .*inom 300.m, 35 blir")
    choose(page, "Välj boende eller stadsdel", "transitional_housing 850")
    expect(
        page.get_by_text(re.compile(r"7 barn 1–5, 15 platser inom 300.m, 0 lediga"))
    ).to_be_visible()
    expect(page).to_have_url(re.compile("home=transitional_housing-850"))
    expect(page.get_by_role("cell", name="preschool 800").first).to_be_visible()
    choose(page, "Förskola$", "preschool 800")
    expect(
        page.get_by_text(re.compile("10 platser till på preschool 800: 10 barn till"))
    ).to_be_visible()
    assert visit.outside == []
    assert visit.complaints == []


def test_a_surge_is_placed_by_a_click_on_the_map_and_answered_by_week(visit: Visit) -> None:
    page = visit.page
    visit.open("/forskola?area=street&limit=1000&lang=en")
    sentence(page, "^Of 68 children aged 1–5 who are expected to want a preschool place")
    page.get_by_text("Work out an arrival").click()
    place = page.get_by_text(re.compile("^Chosen place: "))
    expect(place).to_be_visible()
    before = place.inner_text()
    click_map(page, 95, 275)
    expect(place).not_to_have_text(before)
    weeks = page.get_by_role("textbox", name="Each week")
    weeks.fill("50,100")
    weeks.press("Enter")
    # 150 people: 13 % are 0–5, five sixths of them 1–5; six places are vacant.
    expect(
        page.get_by_text(re.compile(r"Preschools: probably 11 of 17 \(aged 1–5\) are left"))
    ).to_be_visible()
    table = page.get_by_role("region", name="Week by week: preschools")
    expect(table.get_by_role("row")).to_have_count(3)
    expect(table.get_by_role("row").nth(2)).to_contain_text(re.compile("100.*17.*6.*11"))
    assert visit.outside == []
    assert visit.complaints == []


def test_the_workbook_holds_the_figures_on_screen(visit: Visit, tmp_path: Path) -> None:
    page = visit.page
    visit.open("/forskola?area=street&limit=300")
    sentence(page, "^Av 68 ")
    with page.expect_download() as arriving:
        page.get_by_role("button", name="Arbetsbok (Excel)").click()
    arriving.value.save_as(tmp_path / "forskola.xlsx")
    book = openpyxl.load_workbook(BytesIO((tmp_path / "forskola.xlsx").read_bytes()))
    heads, area, *_ = book["districts"].iter_rows(values_only=True)
    told = dict(zip(heads, area, strict=True))
    assert (told["children"], told["places"], told["shortage_children"]) == (76, 33, 35)
