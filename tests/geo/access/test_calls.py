"""Whom to call, in which order, and what to ask."""

from __future__ import annotations

from datetime import date

import pytest

from geo.access.preschools.call_list import QUESTIONS, calls_for
from geo.access.preschools.question import PreschoolQuestion
from geo.access.preschools.shortage import capacity_of
from tests.geo.preschool_worlds import ALL, nursery_street
from tests.refusals import refused

TODAY = date(2026, 11, 22)
KNOWN = {
    "platser": 20,
    "antal_barn": 18,
    "tar_emot_utan_personnummer": "ja",
    "språk": "svenska, dari",
    "åldrar": "1-5",
}


def calls(preschools, *, housing=None, which="transitional_housing-500", limit_m=450):
    families = housing or {500.0: {"barn_1_5": 6, "språk": "dari"}}
    area = nursery_street({100: 10, 900: 4}, preschools, families)
    answer = capacity_of(area, PreschoolQuestion(take_up=ALL, when=TODAY, limit_m=limit_m))
    return calls_for(area, answer, which)


def order(found) -> list[str]:
    return [call.place.id.removeprefix("preschool-") for call in found.calls]


def test_known_vacancies_come_first_then_likely_then_unknown_then_none() -> None:
    found = calls(
        {
            450: {"platser": 20, "antal_barn": 20},
            420: {"platser": 20},
            400: {"antal_barn": 95},
            200: KNOWN,
        }
    )
    assert order(found) == ["200", "400", "420", "450"]


def test_the_nearest_comes_first_among_equals() -> None:
    assert order(calls({200: KNOWN, 700: KNOWN, 600: KNOWN})) == ["600", "700", "200"]


def test_at_much_the_same_distance_one_that_takes_without_a_personal_number_comes_first() -> None:
    no = {**KNOWN, "tar_emot_utan_personnummer": "nej"}
    unknown = {**KNOWN, "tar_emot_utan_personnummer": "?"}
    assert order(calls({565: no, 575: unknown, 585: KNOWN})) == ["585", "575", "565"]


def test_one_that_takes_nobody_without_a_personal_number_is_called_last_for_a_housing() -> None:
    no = {**KNOWN, "tar_emot_utan_personnummer": "nej"}
    near_and_barred = {505: no, 800: KNOWN, 900: {"antal_barn": 20}}
    assert order(calls(near_and_barred)) == ["800", "900", "505"]
    # For all children of a district it stands where its vacancies and its distance put it.
    assert order(calls({0: no, 300: KNOWN}, which="Väst")) == ["0", "300"]


def test_then_a_language_in_common() -> None:
    other = {**KNOWN, "språk": "svenska"}
    found = calls({565: other, 585: KNOWN})
    assert order(found) == ["585", "565"]
    assert found.calls[0].common == ("dari",) and found.languages == ("dari",)


def test_beyond_the_limit_only_those_that_may_have_room_are_named_and_last() -> None:
    found = calls({510: {"platser": 5}, 900: {"platser": 5}, 950: KNOWN}, limit_m=200)
    assert order(found) == ["510", "950"]
    assert [call.in_limit for call in found.calls] == [True, False]


def test_only_what_is_unknown_or_estimated_is_asked() -> None:
    found = calls({400: KNOWN, 600: {"antal_barn": 95}})
    assert found.calls[0].ask == ()
    assert found.calls[1].ask == QUESTIONS


def test_a_list_says_how_many_children_and_what_is_known_of_need() -> None:
    housing = {500.0: {"barn_1_5": 6, "andel_inskrivna": "50 %"}}
    found = calls({400: KNOWN}, housing=housing)
    assert (found.children, found.enrolled_share, found.housing) == (
        6,
        0.5,
        "transitional_housing-500",
    )


def test_a_district_is_called_for_too_by_the_mean_walk_of_its_children() -> None:
    found = calls({0: KNOWN, 300: KNOWN}, which="Väst")
    assert order(found) == ["0", "300"] and found.housing == ""
    assert found.calls[0].metres == pytest.approx(100, abs=1e-3)


@pytest.mark.parametrize("which", ["500", "transitional_housing 500", "Transitional-Housing 500"])
def test_a_housing_is_called_for_by_its_files_id_and_its_name_too(which: str) -> None:
    assert calls({400: KNOWN}, which=which).housing == "transitional_housing-500"


def test_a_name_nobody_has_is_answered_with_those_there_are() -> None:
    with refused("unknown_housing") as caught:
        calls({400: KNOWN}, which="Norr")
    assert "Väst" in caught.value.message("sv")
