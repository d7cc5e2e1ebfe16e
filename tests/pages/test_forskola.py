"""The page Förskola, headless: places against children, whom to call, a surge, where to add."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from streamlit.testing.v1 import AppTest

from geo import clock, texts
from geo.catalog import save_area
from geo.output.documents.answer import ENDINGS
from tests.geo.preschool_worlds import nursery_street, points_at
from tests.geo.worlds import street
from tests.pages.test_pages import page, words


@pytest.fixture
def gatan() -> None:
    save_area(
        nursery_street(
            homes={100.0: 20, 500.0: 10, 900.0: 30},
            preschools={
                200.0: {"platser": 18, "antal_barn": 12},
                800.0: {"platser": 15, "antal_barn": 15},
            },
            housing={300.0: {"antal_boende": 40, "barn_1_5": 9}},
        )
    )


def asked(**choices: str) -> AppTest:
    return page("forskola", **{"area": "street", "limit": "300", **choices})


def said(test: AppTest) -> str:
    told = words(test) + "\n" + "\n".join(item.value for item in test.text)
    return told.replace("\\", "").replace("\u2060", "").replace("**", "")


@pytest.mark.usefixtures("gatan")
@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_the_page_says_places_children_and_shortage(language: str) -> None:
    test = asked(lang=language)
    assert not test.exception
    told = said(test)
    assert {"sv": "vilja ha en förskoleplats", "en": "want a preschool place"}[language] in told
    assert {"sv": "Förskoleplatser", "en": "Preschool places"}[language] in told
    assert "33" in told  # 18 + 15 places
    assert "Väst" in told and "Öst" in told


@pytest.mark.usefixtures("gatan")
def test_how_many_want_a_place_is_chosen_by_age_and_kept_in_the_address() -> None:
    test = asked()
    ages = [test.number_input(key=f"take_up_{age}") for age in range(1, 6)]
    assert [each.value for each in ages] == [56, 91, 95, 95, 95]
    assert "Av 61 barn" in said(test)  # 86.4 % of sixty residents, and the housing's nine
    test.number_input(key="take_up_1").set_value(100.0).run()
    assert not test.exception
    assert "Av 66 barn" in said(test) and "är valt för den här frågan: 1 år: 100 %" in said(test)
    next(each for each in test.button if each.label == "Som i hela landet").click().run()
    assert "Av 61 barn" in said(test)
    assert "Av 69 barn" in said(asked(take_up="100"))
    wrong = asked(take_up="120")
    assert wrong.error and "120" in wrong.error[0].value and "Av 61 barn" in said(wrong)


@pytest.mark.usefixtures("gatan")
def test_a_housing_tells_its_children_the_places_in_reach_and_whom_to_call() -> None:
    test = asked()
    told = said(test)
    assert "preschool 200" in told
    assert "9 barn 1–5, 18 platser inom 300 m" in told
    assert "6 lediga" in told
    assert texts.text("forskola.call_in_order").replace("**", "") in told


@pytest.mark.usefixtures("gatan")
def test_a_surge_is_answered_week_by_week_and_what_can_not_be_is_told() -> None:
    test = asked()
    next(each for each in test.toggle if each.key == "surge_open").set_value(True).run()
    assert not test.exception
    lon, lat = points_at(400.0)
    test.text_input(key="surge_words").set_value(f"{lon:.5f},{lat:.5f}").run()
    test.number_input(key="surge_people").set_value(100).run()
    test.text_input(key="surge_ages").set_value("0-5=20,6-15=30,16-=50").run()
    test.text_input(key="surge_ramp").set_value("50,50").run()
    assert not test.exception
    told = said(test)
    assert texts.text("forskola.surge_weeks", kind="förskolor") in told
    test.text_input(key="surge_words").set_value("11.0,57.0").run()
    assert test.error and "11" in test.error[-1].value
    test.text_input(key="surge_words").set_value("preschool 200").run()
    test.date_input(key="surge_date").set_value(clock.today() - timedelta(days=3)).run()
    assert test.error
    assert "vilja ha en förskoleplats" in said(test)  # the rest stands


@pytest.mark.usefixtures("gatan")
def test_where_to_add_places_is_answered_with_proof() -> None:
    test = asked(limit="1000")
    next(each for each in test.toggle if each.key == "growth_open").set_value(True).run()
    assert not test.exception
    told = said(test)
    assert "95 %" in told and "evis" in told  # "Bevisat"


@pytest.mark.usefixtures("gatan")
@pytest.mark.parametrize("method", ["2sfca", "e2sfca", "balanced", "assignment"])
def test_each_method_answers(method: str) -> None:
    test = asked(method=method)
    assert not test.exception and not test.error


@pytest.mark.usefixtures("gatan")
@pytest.mark.parametrize(("choice", "value"), [("method", "magi"), ("when", "igår"), ("home", "x")])
def test_a_link_that_asks_nonsense_shows_the_page_all_the_same(choice: str, value: str) -> None:
    test = asked(**{choice: value})
    assert not test.exception
    assert "vilja ha en förskoleplats" in said(test)


def test_an_area_without_preschools_says_what_to_add() -> None:
    save_area(street(homes={100.0: 10}, places={0.0: "library"}))
    test = asked()
    assert not test.exception
    assert "preschool" in test.error[0].value


def test_few_counted_children_are_not_told() -> None:
    area = nursery_street(
        homes={100.0: 20},
        preschools={200.0: {"platser": 18}},
        housing={300.0: {"antal_boende": 9, "barn_1_5": 3}},
    )
    save_area(replace(area, _snaps={}))
    told = said(asked())
    assert "3 barn 1–5" not in told


def test_the_page_is_the_same_whichever_small_count_a_housing_has() -> None:
    pages = set()
    for few in (1, 4):
        area = nursery_street(
            homes={100.0: 20},
            preschools={200.0: {"platser": 18}},
            housing={
                300.0: {"barn_1_5": few, "andel_inskrivna": f"{100 // few} %"},
                600.0: {"barn_1_5": 9},
            },
        )
        save_area(replace(area, id=f"street{few}", _snaps={}))
        pages.add(re.sub(r"street\d@\d+@[^)]+", "street", said(asked(area=f"street{few}"))))
    assert len(pages) == 1


@pytest.mark.usefixtures("gatan")
def test_what_more_places_at_one_preschool_would_change_is_said() -> None:
    test = asked()
    pick = next(box for box in test.selectbox if box.label == texts.text("forskola.more_pick"))
    assert pick.value is None
    pick.select("preschool-200").run()
    assert not test.exception
    assert "10 platser till på preschool 200" in said(test)


def test_unreachable_children_are_listed_by_district() -> None:
    area = nursery_street(homes={100.0: 20}, preschools={200.0: {"platser": 18}})
    far = area.people.geometry.translate(yoff=0.05)
    save_area(replace(area, people=area.people.set_geometry(far), _snaps={}))
    told = said(asked())
    # 86.4 % of the twenty want a place.
    assert "Av dem som saknar en plats bor 17 där ingen gångväg når." in told
    assert "17 av dem bor i Väst." in told


@pytest.mark.usefixtures("gatan")
def test_every_kind_of_file_is_offered() -> None:
    names = [each.proto.label for each in asked().get("download_button")]
    assert names[-len(ENDINGS) :] == [texts.text(f"files.{ending[1:]}") for ending in ENDINGS]
