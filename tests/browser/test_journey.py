"""What a coordinator does: open, switch area and language, change the limit, click, download."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from geo import texts
from geo.access.gaps import gap, headline
from geo.catalog import open_area, save_area
from tests.browser.conftest import (
    ROOT,
    Visit,
    choose,
    click_map,
    expect,
    give_file,
    serving,
    to_page,
    visiting,
)
from tests.geo.worlds import street

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = tmp_path_factory.mktemp("journey-home")
    save_area(street(homes={100.0: 10, 500.0: 20, 900.0: 30}, places={0.0: "preschool"}), home)
    with serving([str(ROOT / "app.py"), "--port"], home) as address:
        yield address


@pytest.fixture
def visit(browser: Browser, base: str) -> Iterator[Visit]:
    with visiting(browser, base) as one:
        yield one


def sentence(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", level=2)).to_have_text(re.compile(words))


def test_a_visit_from_the_demonstration_to_another_area_language_and_limit(visit: Visit) -> None:
    page = visit.page
    visit.open("/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Demonstration: Helsingfors centrum")
    expect(page.get_by_text("Demonstration: påhittade boenden").first).to_be_visible()
    to_page(page, "Utforska", "Gap")
    sentence(page, r"boende i genomgångsbostad .* bor längre än 600.m från en infodisk\.")
    choose(page, "Område", "Gatan")
    sentence(page, r"^50 av 60 barn 0–4 år \(83.%\) bor längre än 400.m från en förskola\.$")
    choose(page, "Avståndsgräns", "^600")
    sentence(page, r"^30 av 60 barn 0–4 år \(50.%\) bor längre än 600.m från en förskola\.$")
    choose(page, "Språk", "English")
    sentence(page, r"^30 of 60 children aged 0–4 \(50%\) live farther than 600.m")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    for part in ("area=street", "limit=600", "lang=en", "/gap"):
        expect(page).to_have_url(re.compile(re.escape(part)))
    assert visit.outside == []
    assert visit.complaints == []


def test_a_link_shows_a_colleague_the_same_view(visit: Visit) -> None:
    visit.open("/gap?area=street&limit=850&group=all&lang=en&profile=with_stroller")
    sentence(visit.page, r"^300 of 600 residents \(50%\) live farther than 850.m")
    walking = visit.page.get_by_role(
        "combobox", name=re.compile("^Walking profile|Walking profile$")
    )
    expect(walking).to_have_value("With a stroller")


def test_a_click_on_the_map_shows_what_is_in_reach_from_there(visit: Visit) -> None:
    page = visit.page
    visit.open("/karta?area=street&limit=1000")
    click_map(page, 250, 280)
    expect(page.get_by_text("Platser som nås, närmast först").first).to_be_visible()
    expect(page.get_by_role("cell", name="Förskola", exact=True).first).to_be_visible()


def test_a_place_is_found_by_name_and_its_record_shown(visit: Visit) -> None:
    page = visit.page
    visit.open("/karta?area=street")
    page.get_by_role("combobox", name=re.compile("Sök plats")).click()
    page.keyboard.type("preschool 0")
    page.get_by_role("option").first.click()
    expect(page.get_by_role("rowheader", name="Källa", exact=True).first).to_be_visible()


def test_the_download_holds_the_figures_on_screen(visit: Visit, tmp_path: Path) -> None:
    page = visit.page
    visit.open("/gap?area=street&limit=400")
    sentence(page, "^50 av 60")
    with page.expect_download() as arriving:
        page.get_by_role("button", name="Tabell (CSV)").click()
    arriving.value.save_as(tmp_path / "gap.csv")
    with (tmp_path / "gap.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert float(rows[-1]["beyond"]) == 50
    assert rows[-1]["limit_m"] == "400.0"


def test_fetching_without_a_network_says_so_and_offers_the_demonstration(
    browser: Browser, tmp_path: Path
) -> None:
    save_area(street(homes={100.0: 10}, places={0.0: "preschool"}), tmp_path)
    nowhere = {
        "NARHET_NOMINATIM_URL": "http://127.0.0.1:9/",
        "NARHET_OVERPASS_URL": "http://127.0.0.1:9/",
    }
    with (
        serving([str(ROOT / "app.py"), "--port"], tmp_path, **nowhere) as base,
        visiting(browser, base) as visit,
    ):
        page = visit.page
        visit.open("/omrade?area=street")
        page.get_by_role("button", name="Hämta", exact=True).click()
        expect(page.get_by_text(re.compile("Ingen kontakt med"))).to_be_visible()
        page.get_by_role("button", name="Öppna demonstrationen").click()
        expect(page.get_by_text("Demonstration: påhittade boenden").first).to_be_visible()


def test_own_files_become_an_area(visit: Visit, tmp_path: Path) -> None:
    world = street(homes={100.0: 10, 900.0: 30}, places={0.0: "preschool"})
    world.network.frame()[["geometry"]].to_file(tmp_path / "vägar.gpkg", driver="GPKG")
    points = world.people.assign(lon=world.people.geometry.x, lat=world.people.geometry.y)
    points.drop(columns="geometry").to_csv(tmp_path / "boende.csv", index=False)
    page = visit.page
    visit.open("/omrade?area=street")
    page.get_by_label("Områdets namn").fill("Egen gata")
    homes = points.head(1).assign(andamal1="Bostad;Flerfamiljshus")
    homes[["lon", "lat", "andamal1"]].to_csv(tmp_path / "hus.csv", index=False)
    asked = {"network": "vägar.gpkg", "people": "boende.csv", "buildings": "hus.csv"}
    for part, name in asked.items():
        titled = page.get_by_test_id("stFileUploader").filter(
            has_text=texts.text(f"omrade.file_{part}")
        )
        give_file(page, titled.locator("input[type=file]"), tmp_path / name, name)
    page.get_by_role("button", name="Bygg", exact=True).click()
    expect(page.get_by_text("Området Egen gata är klart och öppet.")).to_be_visible()
    expect(page).to_have_url(re.compile("area=egen-gata"))
    expect(page.get_by_text("1, varav 1 är bostadshus")).to_be_visible()


@pytest.mark.shared
def test_hasselby_vallingby_on_screen_says_what_the_planner_says(
    browser: Browser, shared_data: Path, tmp_path: Path
) -> None:
    from geo.cli.parser import main

    folder = shared_data / "hasselby-vallingby"
    words = ["area", "build", "hasselby-vallingby", "--home", str(tmp_path)]
    words += ["--lines", str(folder / "walk_lines.geojson.gz")]
    words += ["--districts", str(folder / "stadsdelar.geojson")]
    words += ["--people", str(folder / "deso2025.geojson")]
    words += ["--place", f"preschool={folder / 'preschools.csv'}"]
    assert main(words) == 0
    area = open_area("hasselby-vallingby", tmp_path)
    with (
        serving([str(ROOT / "app.py"), "--port"], tmp_path) as base,
        visiting(browser, base) as visit,
    ):
        visit.open("/gap?area=hasselby-vallingby&limit=400")
        for limit in (400, 1000):
            answer = gap(area, kind="preschool", limit_m=limit, group="children_0_4")
            expect(visit.page.get_by_role("heading", level=2)).to_have_text(headline(answer, "sv"))
            if limit == 400:
                choose(visit.page, "Avståndsgräns", "^1.000")
        assert visit.outside == []
