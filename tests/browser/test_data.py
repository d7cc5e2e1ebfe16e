"""A coordinator drops the election board's workbook: no header, no coordinates. Its columns are
mapped, what can be placed is placed, the rest waits on the work list, and all of it is undone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Browser, Page

from geo.area.model import Area
from geo.catalog import save_area
from geo.store.store import store_of
from tests.browser.conftest import (
    ROOT,
    Visit,
    choose,
    click_map,
    expect,
    give_file,
    serving,
    settled,
    visiting,
)
from tests.tiny import tiny_area

pytestmark = pytest.mark.browser

ROWS = [
    (404, "Johannes 4 Vanadislunden", "Johannes skola", "Roslagsgatan 61", "113 54", "Stockholm"),
    (405, "Johannes 5 Mellersta", "Johannes skola", "Roslagsgatan 61", "113 54", "Stockholm"),
    (501, "Provby 1 Torget", "Träffpunkten", "Provgatan 5", "113 55", "Stockholm"),
    (502, "Provby 2 Skogen", "Skogssalen", "Ingenstansvägen 4", "113 57", "Stockholm"),
    (503, "Provby 3 Sjön", "Sjösalen", "Strandvägen 12", "113 58", "Stockholm"),
]
"""Three can be placed by the addresses of the area, two can not."""


def world() -> Area:
    """A small town in which two of the file's addresses are known."""
    area = tiny_area()
    places = area.places.copy()
    places["address"] = [f"Solgatan {row}" for row in range(1, len(places) + 1)]
    places.loc[3, ["name", "address"]] = ["Johannes skola", "Roslagsgatan 61"]
    places.loc[4, "address"] = "Provgatan 5"
    return replace(area, id="provby", places=places)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data-home")
    save_area(world(), folder)
    return folder


@pytest.fixture(scope="module")
def base(home: Path) -> Iterator[str]:
    with serving([str(ROOT / "app.py"), "--port"], home) as address:
        yield address


@pytest.fixture
def visit(browser: Browser, base: str) -> Iterator[Visit]:
    with visiting(browser, base) as one:
        yield one


def workbook() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in ROWS:
        sheet.append(row)
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def drop(page: Page, name: str, content: bytes) -> None:
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    file = {"name": name, "mimeType": kind, "buffer": content}
    give_file(page, page.locator("input[type=file]"), file, name)


def put_in(page: Page) -> None:
    """Put the file in; a proposal that the last correction has overtaken is refused, and seen
    again."""
    done, again = page.get_by_text("är inläst:"), page.get_by_text("Du ändrade nyss")
    for _ in range(20):
        settled(page)
        page.get_by_role("button", name="Lägg in i området").click()
        expect(done.or_(again)).to_be_visible()
        if done.is_visible():
            return


def task(page: Page, name: str) -> None:
    page.get_by_text(re.compile(name), exact=False).first.click()


def test_the_polling_place_workbook_is_mapped_put_in_worked_off_and_undone(
    visit: Visit, home: Path
) -> None:
    page = visit.page
    visit.open("/data?area=provby")
    drop(page, "vallokaler.xlsx", workbook())
    expect(page.get_by_role("heading", name="Så förstod vi filen")).to_be_visible()
    expect(page.get_by_text("inga rubriker. Inga koordinater i filen.")).to_be_visible()
    expect(page.get_by_text("Placerade: 3 av 5")).to_be_visible()
    choose(page, r"Namn \(", "^#2: Johannes 4")
    expect(page.get_by_role("combobox", name=re.compile(r"Namn \(angiven\)"))).to_be_visible()
    put_in(page)
    expect(
        page.get_by_text("vallokaler.xlsx är inläst: 3 med plats på kartan, 2 på arbetslistan.")
    ).to_be_visible()
    store = store_of("provby", home)
    assert sorted(record.name for record in store.unplaced()) == [
        "Provby 2 Skogen",
        "Provby 3 Sjön",
    ]
    expect(page.get_by_text("Platser på arbetslistan: 2")).to_be_visible()
    task(page, r"^Arbetslista$")
    expect(page.get_by_text("Utan plats på kartan: 2.")).to_be_visible()
    here = page.get_by_role("button", name="Placera där jag klickade")
    expect(here).to_be_disabled()
    click_map(page, 250, 180)
    expect(here).to_be_enabled()
    here.click()
    expect(page.get_by_text("Provby 2 Skogen har fått en plats på kartan.")).to_be_visible()
    assert [record.name for record in store.unplaced()] == ["Provby 3 Sjön"]
    page.get_by_role("button", name="Ångra").first.click()
    expect(page.get_by_text(re.compile(r"Ändring \d+ är ångrad\."))).to_be_visible()
    task(page, r"^Historik$")
    page.locator(".st-key-history_undo_2").get_by_role("button").click()
    expect(page.get_by_text("Ändring 2 är ångrad.")).to_be_visible()
    assert store.unplaced() == []
    assert len(store.records()) == len(world().places)
    assert visit.outside == []
    assert visit.complaints == []


@pytest.mark.shared
def test_the_real_workbook_keeps_what_it_can_not_place(
    visit: Visit, home: Path, shared_data: Path
) -> None:
    page = visit.page
    file = shared_data / "messy" / "valnamnden_vallokaler_valdagen_original.xlsx"
    visit.open("/data?area=provby")
    drop(page, file.name, file.read_bytes())
    expect(page.get_by_text(re.compile(r"^Placerade: \d+ av 537$"))).to_be_visible()
    choose(page, r"Namn \(", "^#2: Domkyrko 1")
    expect(page.get_by_role("combobox", name=re.compile(r"Namn \(angiven\)"))).to_be_visible()
    put_in(page)
    store = store_of("provby", home)
    waiting = len(store.unplaced())
    assert len(store.records()) == len(world().places) + 537
    assert 500 < waiting < 537
    expect(page.get_by_text(f"Platser på arbetslistan: {waiting}")).to_be_visible()
    page.get_by_role("button", name="Ångra").first.click()
    expect(page.get_by_text("är ångrad.")).to_be_visible()
    expect(page.get_by_text("Platser på arbetslistan")).to_have_count(0)
    assert len(store.records()) == len(world().places)
