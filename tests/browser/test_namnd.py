"""What somebody who presents to the board does: make the files, look, present with the arrows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from geo import texts
from geo.catalog import save_area
from geo.output.documents.verify import HOLDS, verify
from tests.browser.conftest import ROOT, Visit, expect, serving, visiting
from tests.geo.worlds import street

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("board-home")
    homes = {100.0: 10.0, 300.0: 20.0, 560.0: 6.0, 705.0: 10.0, 990.0: 30.0}
    places = {0.0: "preschool", 700.0: "library", 950.0: "school"}
    save_area(street(homes=homes, places=places, estimated=True), folder)
    return folder


@pytest.fixture
def visit(browser: Browser, home: Path) -> Iterator[Visit]:
    with (
        serving([str(ROOT / "app.py"), "--port"], home) as base,
        visiting(browser, base) as one,
    ):
        yield one


def test_a_report_is_made_downloaded_verified_and_presented(
    visit: Visit, home: Path, tmp_path: Path
) -> None:
    page = visit.page
    visit.open("/namnd?area=street&limit=400&group=all")
    expect(page.get_by_text("460 av 760 invånare").first).to_be_visible()
    page.get_by_role("button", name=texts.text("namnd.make_files")).click()
    button = page.get_by_role("button", name=texts.text("namnd.download_pdf"), exact=True)
    expect(button).to_be_visible()
    with page.expect_download() as arriving:
        button.click()
    arriving.value.save_as(tmp_path / "namnd.pdf")
    assert verify(tmp_path / "namnd.pdf", home).status == HOLDS
    page.get_by_role("button", name=texts.text("namnd.present")).click()
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text("Vem kan inte gå till en förskola? Gatan")
    expect(page.get_by_role("button", name=texts.text("namnd.forth"))).to_be_enabled()
    page.keyboard.press("ArrowRight")
    expect(heading).to_have_text(texts.text("report.question_title"))
    page.keyboard.press("ArrowRight")
    expect(heading).to_have_text(texts.text("report.answer_title"))
    page.keyboard.press("ArrowLeft")
    expect(heading).to_have_text(texts.text("report.question_title"))
    expect(page.get_by_test_id("stHeader")).to_be_hidden()
    page.get_by_role("button", name=texts.text("namnd.close")).click()
    expect(heading).to_have_text(texts.text("namnd.title"))
    assert not visit.complaints and not visit.outside
