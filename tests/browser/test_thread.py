"""The mission's own question, from the first page to the board's paper, with no option changed: a
coordinator asks where the next two info desks should stand, one reception says no, and the paper
says what the page said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page

from geo import texts
from geo.catalog import save_area
from geo.output.documents.read_record import embedded
from geo.output.documents.verify import HOLDS, verify
from tests.browser.conftest import ROOT, Visit, expect, serving, visiting
from tests.geo.access.meeting.worlds import meeting_street

pytestmark = pytest.mark.browser

MOST_CLICKS = 8
BEST = {
    "sv": r"^Två nya infodiskar, på (?=.*transitional_housing 150)(?=.*transitional_housing 850)"
    r".* når 70 boende i genomgångsbostad inom 600.m\. Bevisat",
    "en": r"^Two new info desks, at (?=.*transitional_housing 150)(?=.*transitional_housing 850)"
    r".* will reach 70 residents of transitional housing within 600.m\. Proven",
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("thread-home")
    area = meeting_street(
        {100.0: 60, 900.0: 30},
        housing={150.0: {"antal_boende": 40}, 850.0: {"antal_boende": 30}},
        places={300.0: ("school", {}), 700.0: ("association", {})},
        activities=[],
    )
    save_area(area, folder)
    return folder


@pytest.fixture(scope="module")
def base(home: Path) -> Iterator[str]:
    with serving([str(ROOT / "app.py"), "--port"], home) as address:
        yield address


@pytest.fixture(params=["sv", "en"])
def spoken(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def visit(browser: Browser, base: str, spoken: str) -> Iterator[Visit]:
    with visiting(browser, base, f"{spoken}-SE") as one:
        yield one


class Hand:
    """Clicks, and counts them."""

    def __init__(self) -> None:
        self.clicks = 0

    def click(self, what: Locator) -> None:
        expect(what).to_be_visible()
        what.click()
        self.clicks += 1


def headline(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", level=2).first).to_have_text(re.compile(words))


def test_where_two_desks_should_stand_goes_from_the_first_page_to_the_paper(
    visit: Visit, spoken: str, home: Path, tmp_path: Path
) -> None:
    page, hand = visit.page, Hand()
    visit.open(f"/?lang={spoken}")
    area = page.get_by_role("combobox", name=texts.text("shell.area", spoken))
    hand.click(area)
    hand.click(page.get_by_role("option", name="Gatan"))
    hand.click(page.get_by_role("button", name=texts.text("shell.placera", spoken), exact=True))
    headline(page, BEST[spoken])
    hand.click(page.get_by_role("button", name=texts.text("placera.to_board", spoken)))
    hand.click(page.get_by_role("button", name=texts.text("namnd.make_files", spoken)))
    with page.expect_download() as arriving:
        hand.click(
            page.get_by_role("button", name=texts.text("namnd.download_pdf", spoken), exact=True)
        )
    paper = tmp_path / "board.pdf"
    arriving.value.save_as(paper)
    assert hand.clicks <= MOST_CLICKS
    record = embedded(paper)["proposal"]
    assert record["question"]["kind"] == "info_desk" and record["question"]["count"] == 2
    assert record["question"]["group"] == "newcomers" and record["refused"] == []
    assert {site["name"].split(" (")[0] for site in record["sites"]} == {
        "transitional_housing 150",
        "transitional_housing 850",
    }
    assert verify(paper, home).status == HOLDS
    assert visit.outside == [] and visit.complaints == []


@pytest.mark.parametrize("spoken", ["sv"], indirect=True)
def test_a_reception_that_says_no_is_on_the_paper_with_its_reason_and_nowhere_else(
    visit: Visit, spoken: str, tmp_path: Path
) -> None:
    page = visit.page
    visit.open(f"/placera?area=street&lang={spoken}")
    headline(page, BEST[spoken])
    no = re.compile(r"transitional_housing 850.* (säger nej|says no)")
    page.get_by_role("button", name=no).click()
    headline(page, r"^(?!.*transitional_housing 850).*transitional_housing 150")
    why = page.get_by_role("textbox", name=texts.text("placera.why_no_label", spoken, number=1))
    why.fill("flyttar i maj")
    why.press("Enter")
    expect(page).to_have_url(re.compile("refused=.*flyttar"))
    page.get_by_role("button", name=texts.text("placera.to_board", spoken)).click()
    page.get_by_role("button", name=texts.text("namnd.make_files", spoken)).click()
    with page.expect_download() as arriving:
        page.get_by_role(
            "button", name=texts.text("namnd.download_pdf", spoken), exact=True
        ).click()
    paper = tmp_path / "board.pdf"
    arriving.value.save_as(paper)
    record = embedded(paper)["proposal"]
    (refused,) = record["refused"]
    assert refused not in {site["id"] for site in record["sites"]} and len(record["sites"]) == 2
    expect(
        page.get_by_text(re.compile("transitional_housing 850.*flyttar i maj")).first
    ).to_be_visible()
    assert visit.complaints == []
