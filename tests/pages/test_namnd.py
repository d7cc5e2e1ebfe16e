"""The page Nämnd, headless: the report on the page, what is chosen for it, files, presentation."""

from __future__ import annotations

from dataclasses import replace
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
def test_each_file_is_made_on_a_click_of_its_own() -> None:
    test = asked()
    test.date_input(key="report_date").set_value(date(2026, 11, 26)).run()
    for ending in ("pdf", "pptx", "xlsx", "gpkg", "geojson", "html"):
        name = texts.text(f"namnd.download_{ending}")
        assert name not in {each.proto.label for each in test.get("download_button")}
        press(test, "namnd.make_files" if ending == "pdf" else f"namnd.make_{ending}")
        assert not test.exception
        assert name in {each.proto.label for each in test.get("download_button")}


@pytest.mark.usefixtures("gatan")
def test_what_was_written_is_still_there_after_the_presentation() -> None:
    test = asked()
    test.text_input(key="report_title").input("Vårt förslag").run()
    test.multiselect(key="report_findings").set_value(["answer", "map"]).run()
    press(test, "namnd.present")
    press(test, "namnd.close")
    assert not test.exception
    assert test.text_input(key="report_title").value == "Vårt förslag"
    assert test.multiselect(key="report_findings").value == ["answer", "map"]


def test_an_area_without_people_places_or_districts_says_what_to_add() -> None:
    whole = street(homes=HOMES, places={0.0: "preschool"}, estimated=True)
    bare = {"people": whole.people.iloc[:0], "places": whole.places.iloc[:0]}
    save_area(replace(whole, **bare, districts=whole.districts.iloc[:0]))
    test = asked()
    assert not test.exception
    for part in ("people", "places", "districts"):
        assert texts.text(f"lacks.{part}") in said(test)
        assert "--" not in texts.text(f"lacks.{part}")
    next(each for each in test.button if each.label == texts.text("frame.to_area")).click().run()
    assert not test.exception
    assert test.title[0].value == texts.text("omrade.title")


@pytest.mark.parametrize("lacking", ["places", "districts"])
def test_an_area_that_lacks_one_of_them_is_answered_all_the_same(lacking: str) -> None:
    whole = street(homes=HOMES, places={0.0: "preschool"}, estimated=True)
    save_area(replace(whole, **{lacking: getattr(whole, lacking).iloc[:0]}))
    test = asked()
    assert not test.exception
    assert texts.text(f"lacks.{lacking}") in said(test)
    assert texts.text("report.answer_title") in [each.value for each in test.subheader]


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
