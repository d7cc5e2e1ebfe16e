"""The box for statistics and preschools: it asks beside the page and shows what came."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest

from geo import texts
from geo.catalog import open_area, save_area
from tests.geo.fake_statistics import Agencies, running
from tests.geo.worlds import street
from tests.pages.conftest import PATIENCE_S
from tests.pages.test_pages import page, said


@pytest.fixture
def agencies(monkeypatch: pytest.MonkeyPatch) -> Iterator[Agencies]:
    save_area(street(homes={100.0: 5.0}, places={0.0: "library"}))
    with running(Agencies()) as served:
        monkeypatch.setenv("NARHET_SCB_URL", f"{served.url}/scb")
        monkeypatch.setenv("NARHET_SCB_GEODATA_URL", f"{served.url}/geodata")
        monkeypatch.setenv("NARHET_SKOLVERKET_URL", f"{served.url}/skolverket")
        yield served


def _done(test: AppTest) -> AppTest:
    test.session_state["job"].wait(PATIENCE_S)
    return test.run()


def _town(test: AppTest, code: str) -> None:
    box = next(box for box in test.text_input if box.label == texts.text("fetch.town"))
    box.set_value(code)


@pytest.mark.usefixtures("agencies")
def test_the_box_gets_people_and_shows_table_and_drawing() -> None:
    test = page("omrade", area="street")
    assert not test.exception
    assert "Statistik och förskolor" in said(test)
    _town(test, "0127")
    test.button(key="fetch_people").click().run()
    test = _done(test)
    assert not test.exception
    assert open_area("street").people["all"].sum() == pytest.approx(3600)
    assert any("TAB6574 FolkmDesoAldKon, DeSO 2025, 2025" in _shown(item) for item in _all(test))


@pytest.mark.usefixtures("agencies")
def test_a_wrong_code_is_told_in_words() -> None:
    test = page("omrade", area="street")
    _town(test, "12")
    test.button(key="fetch_people").click().run()
    test = _done(test)
    assert "Ange kommunens kod med fyra siffror" in said(test)


def test_the_demonstration_is_told_apart() -> None:
    test = page("omrade", area="demo")
    assert "Demonstrationen ligger i Finland" in said(test)
    assert all(button.key != "fetch_people" for button in test.button)


def _all(test: AppTest) -> list[object]:
    return [*test.dataframe, *test.table, *test.markdown, *test.get("html")]


def _shown(item: object) -> str:
    value = getattr(item, "value", None)
    body = getattr(getattr(item, "proto", None), "body", "")
    return value.to_string() if hasattr(value, "to_string") else str(value or body)


def test_what_is_missing_leads_to_where_it_is_added() -> None:
    save_area(street(homes={100.0: 5.0}, places={0.0: "library"}))
    test = page("karta", area="street")
    shown = " ".join(each.value for each in test.markdown)
    assert "Genomgångsbostäder" in shown and "--" not in shown
    next(each for each in test.button if each.key == "ready_karta_housing").click().run()
    assert not test.exception
    assert test.session_state["view"]["task"] == "import"
    assert test.session_state["data_kind"] == "transitional_housing"
