"""The map page with a point chosen, and the comparison on the gap page, headless."""

from __future__ import annotations

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from geo import texts
from geo.catalog import open_area, save_area
from tests.geo.access.test_flips import world
from tests.geo.worlds import along, street
from tests.pages.test_pages import page, words


@pytest.fixture
def gatan() -> None:
    homes = {100.0: 10, 300.0: 20, 900.0: 30}
    save_area(street(homes=homes, places={0.0: "preschool", 700.0: "library"}))


def clicked(metres: float, **choices: str) -> AppTest:
    """The map page after a click at metres along the street."""
    test = page("karta", area="street", **choices)
    point = along({metres: 0})[0]
    key = open_area("street").key
    test.session_state["spot"] = (key, "point", (point.x, point.y))
    return test.run()


@pytest.mark.usefixtures("gatan")
@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_a_chosen_point_shows_bands_the_nearest_of_each_kind_and_the_way(language: str) -> None:
    test = clicked(300, lang=language)
    assert not test.exception
    said = words(test) + "\n".join(item.value for item in test.text)
    said = said.replace(texts.NO_BREAK_SPACE, " ")
    assert texts.text("reach.nearest", language) in said
    assert "preschool 0" in said and "library 700" in said
    assert {"sv": "Nås på 15 min (1 197 m)", "en": "Within 15 min (1,197 m)"}[language] in said
    assert "300 m" in said
    assert texts.text("reach.unknown_light", language, metres="300 m") in said


@pytest.mark.usefixtures("gatan")
def test_the_profile_sets_how_far_the_minutes_reach_and_the_kind_where_the_way_leads() -> None:
    test = clicked(300, profile="older", kind="library")
    said = words(test).replace(texts.NO_BREAK_SPACE, " ")
    assert "Nås på 15 min (720 m)" in said
    told = " ".join(item.value for item in test.text).replace(texts.NO_BREAK_SPACE, " ")
    assert "Till library 700: 400 m, omkring 8,3 minuter för profilen Äldre." in told
    box = next(box for box in test.selectbox if box.label == texts.text("reach.route_to"))
    box.select("preschool").run()
    told = " ".join(item.value for item in test.text).replace(texts.NO_BREAK_SPACE, " ")
    assert "Till preschool 0: 300 m" in told


def test_a_click_far_from_every_path_is_told() -> None:
    save_area(street(homes={}, places={0.0: "preschool"}))
    test = page("karta", area="street")
    test.session_state["spot"] = (open_area("street").key, "point", (17.0, 60.0))
    test.run()
    assert not test.exception
    assert "ingen gångväg inom 300 m" in words(test)


def test_an_area_without_places_still_shows_how_far_one_gets() -> None:
    world = street(homes={}, places={0.0: "preschool"})
    save_area(replace(world, places=world.places.iloc[:0]))
    test = clicked(300)
    assert not test.exception
    assert "Nås på 5 min" in words(test)


def compared(language: str = "sv") -> AppTest:
    test = page("gap", area="street", limit="500", lang=language)
    switch = next(box for box in test.toggle if box.label == texts.text("flips.open", language))
    return switch.set_value(True).run()


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_the_comparison_says_for_whom_the_answer_changes(language: str) -> None:
    save_area(world(stairs=True))
    test = compared(language)
    assert not test.exception
    said = words(test)
    assert texts.text("flips.by_district", language) in said
    sentence = {
        "sv": "har högst 500 m till en förskola med profilen ”Vuxen”, men inte med ”Med barnvagn”",
        "en": "have at most 500 m to a preschool with the profile “Adult”, but not with",
    }[language]
    assert sentence in said


def test_a_network_without_stairs_says_unknown_and_shows_no_noughts() -> None:
    save_area(world())
    said = words(compared())
    assert texts.text("flips.no_steps") in said
    assert texts.text("flips.by_district") not in said


def test_the_same_time_tells_the_slower_from_the_faster() -> None:
    save_area(world())
    test = compared()
    basis = next(box for box in test.radio if box.label == texts.text("flips.basis"))
    basis.set_value("minutes").run()
    said = words(test)
    assert "når en förskola inom 6,3 minuter" in said
    assert "500 m för profilen ”Vuxen” och 414 m för ”Med barnvagn”" in said
    assert texts.text("flips.no_steps") in said
    second = next(box for box in test.selectbox if box.label == texts.text("flips.beyond"))
    second.select("adult").run()
    assert not test.exception
    assert texts.text("flips.same") in words(test)
