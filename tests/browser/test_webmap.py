"""A report's map as one page, opened from the disk in a real browser: it asks nobody."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from geo.output.documents.report_page import html_bytes
from geo.output.maps.spec import PointLayer
from tests.browser.conftest import expect, visiting
from tests.browser.test_map import PIXELS
from tests.geo.board import ODD, few, named, whole

pytestmark = pytest.mark.browser


def stored(folder: Path, content: bytes) -> str:
    path = folder / "karta.html"
    path.write_bytes(content)
    return path.as_uri()


@pytest.mark.parametrize("language", ["sv", "en"])
def test_it_opens_from_the_disk_draws_its_maps_and_asks_nobody(
    browser: Browser, tmp_path: Path, language: str
) -> None:
    report, area = whole(language)
    with visiting(browser, stored(tmp_path, html_bytes(report, area))) as visit:
        visit.open("")
        page = visit.page
        page.locator("html[data-narhet-ground]").wait_for(state="attached")
        expect(page.locator("html")).to_have_attribute("lang", language)
        maps = [finding for finding in report.findings if finding.map is not None]
        assert len(maps) == 2
        expect(page.locator(".leaflet-container")).to_have_count(len(maps))
        for at in range(len(maps)):
            canvas = page.locator(".leaflet-container").nth(at).locator("canvas").first
            assert canvas.evaluate(PIXELS) > 1000
        wanted = sum(
            len(layer.ids)
            for finding in maps
            for layer in finding.map.layers
            if isinstance(layer, PointLayer)
        )
        expect(page.locator(".narhet-symbol")).to_have_count(wanted)
        finding = report.finding("districts")
        table = finding.table
        rows = page.get_by_role("table", name=finding.title, exact=True).locator("tbody tr")
        expect(rows).to_have_count(len(table))
        expect(rows.last).to_contain_text(str(table.iloc[-1, 1]))
        pictures = page.locator(".legend img")
        assert pictures.count() == sum(len(spec.map.legend) for spec in maps)
        for at in range(pictures.count()):
            assert pictures.nth(at).evaluate("(img) => img.complete && img.naturalWidth > 0")
        page.locator(".leaflet-control-zoom-in").first.click()
        page.wait_for_timeout(400)
        assert [url for url in visit.asked if not url.startswith(("file:", "data:"))] == []
        assert len([url for url in visit.asked if url.startswith("file:")]) == 1
        assert visit.complaints == []


@pytest.mark.parametrize("name", ODD)
def test_names_that_attack_are_words_on_the_page(
    browser: Browser, tmp_path: Path, name: str
) -> None:
    report, area = named(name)
    with visiting(browser, stored(tmp_path, html_bytes(report, area))) as visit:
        dialogs: list[str] = []
        visit.page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
        visit.open("")
        visit.page.locator("html[data-narhet-ground]").wait_for(state="attached")
        heading = visit.page.get_by_role("heading", level=1)
        assert heading.inner_text() == report.title
        names = [row["name"] for row in report.results["districts"]]
        cells = visit.page.locator("th[scope=row]").all_text_contents()
        assert set(names) <= set(cells)
        assert visit.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        assert dialogs == [] and visit.complaints == []


def test_a_map_without_circles_draws_too(browser: Browser, tmp_path: Path) -> None:
    with visiting(browser, stored(tmp_path, html_bytes(*few()))) as visit:
        visit.open("")
        visit.page.locator("html[data-narhet-ground]").wait_for(state="attached")
        assert visit.complaints == []
