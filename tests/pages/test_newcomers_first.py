"""Newcomers come first on the pages: they are asked for where there are none, and the answer is
called what it is; a kind that is not there is answered; what cannot be followed is said.
"""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from geo import texts
from geo.catalog import open_area, save_area
from tests.geo.access.meeting.worlds import meeting_street
from tests.geo.worlds import street
from tests.pages.test_pages import page, said

WITHOUT = "Det här är ett svar för alla invånare: området har inga genomgångsbostäder."


@pytest.fixture
def housed() -> None:
    save_area(
        meeting_street(
            {100.0: 60, 900.0: 30},
            housing={150.0: {"antal_boende": 40}, 850.0: {"antal_boende": 30}},
            places={300.0: ("school", {}), 700.0: ("association", {})},
            activities=[],
        )
    )


@pytest.fixture
def without_housing() -> None:
    places = {0.0: "preschool", 200.0: "school", 900.0: "school"}
    save_area(street(homes={100.0: 10, 900.0: 30}, places=places))


def press(test: AppTest, key: str) -> AppTest:
    return test.button(key=key).click().run()


@pytest.mark.usefixtures("housed")
@pytest.mark.parametrize(
    ("language", "what", "whom", "where"),
    [
        ("sv", "Två nya infodiskar", "70 boende i genomgångsbostad inom 600 m", "(receptionen)"),
        ("en", "Two new info desks", "70 residents of transitional housing", "reception"),
    ],
)
def test_placera_opens_on_two_desks_for_the_residents_of_transitional_housing(
    language: str, what: str, whom: str, where: str
) -> None:
    test = page("placera", area="street", lang=language)
    assert not test.exception
    header = test.header[0].value.replace("\\", "").replace("\u00a0", " ")
    assert header.startswith(what) and whom in header and where in header
    assert WITHOUT not in said(test)


@pytest.mark.usefixtures("housed")
def test_a_kind_that_is_not_there_is_lacked_by_all_with_the_next_step_as_a_button() -> None:
    test = page("gap", area="street")
    assert not test.exception
    assert (
        "Ingen infodisk finns i området: alla 70 boende i genomgångsbostad saknar en inom 600 m."
        in said(test)
    )
    assert texts.text("flips.speed_alone", "sv") in said(test)
    assert "inte nås alls" not in said(test)
    assert test.button(key="gap_place").label == "Var ska infodiskar öppna?"


@pytest.mark.usefixtures("without_housing")
@pytest.mark.parametrize("address", ["placera", "gap"])
def test_without_housing_the_page_asks_for_it_and_calls_the_answer_one_for_all(address) -> None:
    test = page(address, area="street", kind="info_desk")
    assert not test.exception
    assert WITHOUT in said(test)
    press(test, "housing_add")
    assert texts.text("defaults.all_three", "sv") in said(test)
    test.text_input(key="housing_name").input("Boende A")
    test.text_input(key="housing_where").input("school 900")
    test.number_input(key="housing_residents").set_value(25)
    press(test, "housing_add")
    assert not test.exception
    area = open_area("street")
    assert area.count("newcomers").sum() == 25
    assert WITHOUT not in said(test)
    assert "25" in said(test) and "boende i genomgångsbostad" in said(test)


@pytest.mark.usefixtures("without_housing")
def test_a_question_about_preschools_asks_for_no_housing() -> None:
    test = page("gap", area="street")
    assert "barn 0–4 år" in said(test) and WITHOUT not in said(test)
    assert "housing_add" not in [each.key for each in test.button]


@pytest.mark.usefixtures("without_housing")
def test_a_link_whose_group_is_not_here_says_what_and_what_is_shown_instead() -> None:
    test = page("gap", area="street", kind="info_desk", group="newcomers", limit="700")
    assert not test.exception
    assert "går inte att välja här: newcomers. Sidan visar i stället: Invånare." in said(test)
    assert "700 m" in said(test)
    weighed = page("placera", area="street", balance="0.5", near="400", rooms="library|school")
    assert not weighed.exception
    for what in ("placera.balance", "placera.near", "placera.rooms"):
        assert f"”{texts.text(what, 'sv')}” går inte att välja här" in said(weighed)


@pytest.mark.usefixtures("housed")
def test_a_proposal_that_helps_nobody_shows_no_names_and_what_to_try() -> None:
    test = page("placera", area="street", open="association", limit="2000")
    assert not test.exception
    header = test.header[0].value
    assert header.startswith("Inget föreslås") and "Bevisat" not in header
    assert "school" not in header and texts.text("placera.nobody_next", "sv") in said(test)
    assert not [each for each in test.button if each.key and each.key.startswith("no_")]
