"""The page Nämnd, headless: the report on the page, what is chosen for it, files, presentation."""

from __future__ import annotations

from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from geo import texts
from geo.catalog import save_area
from tests.geo.worlds import street
from tests.pages.test_pages import page, said

HOMES = {100.0: 10.0, 300.0: 20.0, 560.0: 6.0, 705.0: 10.0, 990.0: 30.0}


@pytest.fixture
def gatan() -> None:
    places = {0.0: "preschool", 700.0: "library", 950.0: "school"}
    save_area(street(homes=HOMES, places=places, estimated=True))


def asked(**choices: str) -> AppTest:
    return page("namnd", **{"area": "street", "limit": "400", "group": "all", **choices})


@pytest.mark.usefixtures("gatan")
@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_the_report_stands_on_the_page_with_the_same_sentence_as_the_gap(language: str) -> None:
    test = asked(lang=language)
    assert not test.exception
    sentence = {
        "sv": "460 av 760 invånare (61 %) bor längre än 400 m från en förskola.",
        "en": "460 of 760 residents (61%) live farther than 400 m from a preschool.",
    }[language]
    assert sentence in said(test)
    assert texts.text("report.sources_title", language) in said(test)


@pytest.mark.usefixtures("gatan")
def test_findings_and_words_of_ones_own_are_as_chosen() -> None:
    test = asked()
    test.multiselect(key="report_findings").set_value(["districts", "answer"]).run()
    test.text_area(key="own_answer").input("Vi föreslår <b>detta</b>.").run()
    assert not test.exception
    titles = [each.value for each in test.subheader]
    assert titles == [texts.text("report.districts_title"), texts.text("report.answer_title")]
    assert "Vi föreslår" in said(test)
    test.multiselect(key="report_findings").set_value([]).run()
    assert test.error and not test.exception


@pytest.mark.usefixtures("gatan")
def test_a_proposal_is_told_with_its_proof() -> None:
    test = asked()
    test.number_input(key="report_sites").set_value(1).run()
    assert not test.exception
    assert texts.text("report.proposal_title") in [each.value for each in test.subheader]
    assert "Bevisat" in said(test)


@pytest.mark.usefixtures("gatan")
def test_the_files_are_made_on_a_click_and_all_are_offered() -> None:
    test = asked()
    test.date_input(key="report_date").set_value(date(2026, 11, 26)).run()
    press(test, "namnd.make_files")
    assert not test.exception
    labels = {each.proto.label for each in test.get("download_button")}
    endings = ("pdf", "pptx", "xlsx", "gpkg", "geojson", "html")
    assert {texts.text(f"namnd.download_{ending}") for ending in endings} <= labels


@pytest.mark.usefixtures("gatan")
def test_a_presentation_steps_through_the_findings_and_closes() -> None:
    test = asked()
    press(test, "namnd.present")
    assert test.title[0].value.startswith("Vem kan inte gå")
    press(test, "namnd.forth")
    assert test.title[0].value == texts.text("report.question_title")
    press(test, "namnd.forth")
    press(test, "namnd.back")
    assert test.title[0].value == texts.text("report.question_title")
    assert not test.exception
    press(test, "namnd.close")
    assert test.title[0].value == texts.text("namnd.title")


@pytest.mark.usefixtures("gatan")
def test_an_area_without_the_kind_says_what_to_add() -> None:
    test = asked(kind="info_desk")
    assert not test.exception


def press(test: AppTest, key: str) -> None:
    next(each for each in test.button if each.label == texts.text(key)).click().run()
