"""The page Möten, headless: each question in both languages, and what a link may ask for."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import time
from itertools import pairwise

import pytest
from streamlit.testing.v1 import AppTest

from geo import texts
from geo.access.meeting.hours import hours_gap
from geo.access.meeting.question import MeetingQuestion
from geo.area.activities.model import Times
from geo.catalog import save_area
from geo.output.documents.answer import ENDINGS
from geo.output.maps.meeting import PALETTE, heat_map, legend
from tests.geo.access.meeting.worlds import MONDAY, TODAY, activity, meeting_street
from tests.geo.worlds import street
from tests.pages.test_pages import page, said


@pytest.fixture
def gatan():
    return save_area(
        meeting_street(
            {100.0: 60, 900.0: 30},
            housing={
                150.0: {"antal_boende": 40, "språk": "ti 24; ar 16"},
                850.0: {"antal_boende": 20},
            },
            places={300.0: ("school", {}), 700.0: ("association", {})},
            activities=[
                activity("school-300", (1,), (17, 19), languages=("ti",), seats=8, name="*Kafé*"),
                activity("association-700", (5,), (11, 13), confirmed=None),
                activity("association-700", None, kind="mentors", seats=6),
            ],
            born_abroad={100.0: 20, 900.0: 250},
        )
    )


def asked(**choices: str) -> AppTest:
    return page("moten", **{"area": "street", "limit": "400", "week": "2026-11-25", **choices})


@pytest.mark.usefixtures("gatan")
def test_the_sentence_stands_first_and_the_week_hour_by_hour() -> None:
    test = asked()
    assert not test.exception
    told = said(test)
    assert "På vardagskvällar: 40 av 60 boende i genomgångsbostad (67 %) har något öppet" in told
    assert "På helger: 0–20 av 60" in told
    table = next(each for each in test.get("html") if "Tisdag" in each.proto.body).proto.body
    tuesday = table[table.index("Tisdag") : table.index("Onsdag")]
    assert re.findall(r">(\d+)</td>", tuesday) == ["0"] * 10 + ["67", "67"] + ["0"] * 3
    saturday = table[table.index("Lördag") : table.index("Söndag")]
    assert saturday.count(">0–33</td>") == 2
    assert 'tabindex="0"' in table and '<th scope="row"' in table


@pytest.mark.usefixtures("gatan")
@pytest.mark.parametrize(
    ("measure", "language"),
    [("hours", "en"), ("language", "sv"), ("arena", "en"), ("contact", "sv")],
)
def test_each_question_is_answered_in_either_language(measure: str, language: str) -> None:
    test = asked(meet=measure, lang=language)
    assert not test.exception and not test.error
    told = said(test)
    assert texts.text("moten.title", language) in told
    expected = {
        "hours": ("nov. 2026", "Nov 23"),
        "language": ("24 av 40 boende vars språk", "24 of 40 residents whose languages"),
        "arena": ("Så långt det är känt", "only the 60 residents of transitional housing"),
        "contact": ("8 deltagarplatser i veckan", "8 seats a week"),
    }[measure]
    assert expected[texts.LANGUAGES.index(language)] in told
    labels = [button.proto.label for button in test.get("download_button")]
    assert labels == [texts.text(f"files.{ending[1:]}", language) for ending in ENDINGS]


@pytest.mark.usefixtures("gatan")
def test_one_housing_and_hours_people_can_come_are_asked_by_the_address() -> None:
    told = said(asked(at_home="transitional_housing-150", free="works_daytime"))
    assert "På vardagskvällar: något är öppet inom 400 m från transitional_housing 150." in told
    assert "arbetar på dagtid" in told
    assert "(0)" in told  # hours they can not come stand in brackets


@pytest.mark.usefixtures("gatan")
def test_a_link_that_asks_nonsense_shows_the_page_all_the_same() -> None:
    names = ("activity", "who", "week", "speaks", "audience", "free", "at_home", "established")
    for more in ({"meet": "arena"}, {"meet": "x"}):
        test = asked(**dict.fromkeys(names, "igår"), **more)
        assert not test.exception and not test.error
        assert "enomgångsbostad" in said(test)


@pytest.mark.usefixtures("gatan")
def test_a_choice_stands_in_the_address() -> None:
    test = asked()
    question = next(box for box in test.selectbox if box.label == texts.text("moten.ask"))
    question.select("language").run()
    assert test.query_params["meet"] in ("language", ["language"])
    assert "vars språk är kända" in said(test)


def test_with_nothing_entered_the_answer_is_unknown_and_a_button_leads_to_what_is_missing() -> None:
    save_area(
        meeting_street(
            {100.0: 60},
            housing={150.0: {"antal_boende": 40, "språk": "ti 40"}},
            places={300.0: ("school", {})},
        )
    )
    for language in texts.LANGUAGES:
        for measure in ("hours", "language"):
            test = asked(meet=measure, lang=language)
            told = said(test)
            assert not test.exception and texts.text("source.unknown", language) in told.casefold()
            assert "ingen av 40" not in told and "none of 40" not in told
            (button,) = (each for each in test.button if each.key == "moten_add")
            assert button.label == texts.text("moten.add_activity", language)
    test = asked()
    next(each for each in test.button if each.key == "moten_add").click().run()
    assert test.session_state["view"]["task"] == "activities"


def test_a_fortnight_is_shown_where_something_is_not_weekly() -> None:
    every_other = Times("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", MONDAY, time(17), time(19))
    area = meeting_street(
        {100.0: 60},
        housing={150.0: {"antal_boende": 40}},
        places={300.0: ("school", {})},
        activities=[replace(activity("school-300"), times=(every_other,))],
    )
    save_area(area)
    tables = [each.proto.body for each in asked().get("html") if "Tisdag" in each.proto.body]
    tuesdays = [body[body.index("Tisdag") : body.index("Onsdag")] for body in tables]
    assert [row.count(">100</td>") for row in tuesdays] == [2, 0]
    assert "Veckan efter (30 nov.–6 dec. 2026)" in said(asked())


def test_an_area_without_newcomers_is_asked_about_its_residents() -> None:
    save_area(street(homes={100.0: 10}, places={0.0: "library"}))
    test = asked(activity="language_cafe")
    assert not test.exception and not test.error
    assert "så när invånare kan gå till något öppet" in said(test)
    arena = asked(meet="arena")
    assert not arena.exception and "nyanlända är okänt" in said(arena)
    assert {"moten_newcomers", "moten_housing"} <= {each.key for each in arena.button}
    contact = asked(meet="contact")
    assert not contact.exception and contact.error


def test_a_small_count_is_not_on_the_page() -> None:
    pages = set()
    for few in (1, 4):
        area = meeting_street(
            {100.0: 10},
            housing={150.0: {"antal_boende": few}, 850.0: {"antal_boende": 20}},
            places={300.0: ("school", {})},
            activities=[activity("school-300")],
        )
        save_area(area)
        pages.add(re.sub(r"street@[^)]+", "", said(asked())))
    assert len(pages) == 1
    assert "färre än 5 personer räknas som 3" in pages.pop()


@pytest.mark.usefixtures("gatan")
def test_black_can_be_read_on_each_colour_and_each_is_darker_than_the_last(gatan) -> None:
    def luminance(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    shades = [luminance(colour) for colour in PALETTE]
    assert all((shade + 0.05) / 0.05 >= 6.0 for shade in shades)
    assert all(one > other for one, other in pairwise(shades))
    assert [colour for colour, _ in legend("sv")] == list(PALETTE)
    answer = hours_gap(
        gatan, MeetingQuestion.read({"week": "2026-11-25", "limit": "400"}, today=TODAY)
    )
    cell = heat_map(answer, "sv").cells[1][10]
    assert (cell.words, cell.low) == ("67", PALETTE[5])
    assert cell.aloud.startswith("Tisdag 17–18: 67")


@pytest.mark.usefixtures("gatan")
def test_a_limit_of_ones_own_is_named_in_the_language_of_the_screen() -> None:
    test = asked(limit="850", lang="en")
    (limit,) = (box for box in test.selectbox if box.label == texts.text("choose.limit", "en"))
    assert limit.options[-1] == texts.text("choose.own_limit", "en")


@pytest.mark.usefixtures("gatan")
def test_a_first_visit_asks_within_a_kilometre_and_a_choice_holds_on_other_pages() -> None:
    test = page("moten", area="street")
    assert "inom 1 000 m" in said(test)
    assert test.query_params["limit"] in ("1000", ["1000"])
    kept = page("moten", area="street", limit="400")
    assert "inom 400 m" in said(kept)
    fresh = page("gap", area="street")
    assert "saknar en inom 600 m" in said(fresh)  # an info desk's own limit
    (limit,) = (box for box in test.selectbox if box.label == texts.text("choose.limit"))
    limit.select("600").run()
    assert "inom 600 m" in said(test)
