"""What a preschool can take: stated, added, estimated and unknown are kept apart."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.access.preschools.supply import Amount, Supply, estimated_places, supply_of, total
from tests.geo.preschool_worlds import nursery_street

TODAY = date(2026, 11, 22)


def of(details: dict[str, object], kind: str = "preschool", when: date = TODAY) -> Supply:
    return supply_of(nursery_street({100: 3}, {0: details}, kind=kind), when, kind)


def only(details: dict[str, object], kind: str = "preschool"):
    return of(details, kind).here[0]


def test_stated_places_less_enrolled_are_the_vacancies() -> None:
    found = only({"platser": 40, "antal_barn": 33})
    assert (found.places, found.enrolled) == (Amount(40, 40, 40), 33)
    assert found.vacancies == Amount(7, 7, 7)
    assert found.basis == "stated" and not found.estimated


def test_only_enrolled_gives_an_estimate_with_a_range_by_the_stated_rule() -> None:
    found = only({"antal_barn": 95.0})
    assert found.places == Amount(100, 95, 106)
    assert found.vacancies == Amount(5, 0, 11)
    assert found.basis == "estimated" and found.estimated


def test_enrolled_and_vacancies_add_up_to_places_that_are_no_estimate() -> None:
    found = only({"Inskrivna barn": "18", "Lediga platser": "2"})
    assert found.places == Amount(20, 20, 20) and found.basis == "sum" and not found.estimated


def test_neither_places_nor_enrolled_is_unknown_and_listed_and_not_none() -> None:
    supply = of({"huvudman": "Enskild"})
    assert supply.here[0].places is None and supply.here[0].vacancies is None
    assert supply.unknown == supply.here and supply.known == ()
    assert [each.what for each in supply.problems] == ["nothing_known"]
    assert total(each.places for each in supply.here) == Amount(0, 0, 0)


def test_fewer_places_than_enrolled_is_a_problem_with_both_numbers() -> None:
    supply = of({"places": 20, "enrolled": 25})
    assert supply.here[0].places == Amount(20, 20, 20)
    assert supply.here[0].vacancies == Amount(0, 0, 0)
    problem = supply.problems[0]
    assert problem.what == "fewer_places" and problem.values == {"places": 20, "enrolled": 25}
    assert problem.place == supply.here[0].id


@pytest.mark.parametrize("cell", ["-3", "12,5", "många"])
def test_a_count_that_is_none_is_told_and_unknown(cell: str) -> None:
    supply = of({"platser": cell, "antal_barn": 19})
    assert supply.problems[0].what == "no_count"
    assert supply.problems[0].values == {"field": "places", "found": cell}
    assert supply.here[0].basis == "estimated"


@pytest.mark.parametrize("cell", ["..", "-", "uppgift saknas", "sekretess", ""])
def test_words_for_unknown_are_no_problem(cell: str) -> None:
    supply = of({"platser": cell, "antal_barn": 19})
    assert supply.problems == () and supply.here[0].estimated


def test_more_vacancies_than_places_is_a_problem() -> None:
    supply = of({"places": 10, "vacancies": 12})
    assert supply.problems[0].what == "more_vacancies"
    assert supply.here[0].vacancies == Amount(10, 10, 10)


def test_the_columns_of_the_public_file_are_read() -> None:
    found = only({"huvudman": "Enskild", "antal_barn": 11.0, "barngrupper": 1})
    assert (found.owner, found.enrolled, found.groups) == ("independent", 11, 1)


def test_what_else_is_known_is_read_in_both_languages() -> None:
    one = only({"Tar emot utan personnummer": "Ja", "språk": "svenska, arabiska", "åldrar": "1-5"})
    assert (one.without_personal_number, one.languages) == ("yes", ("svenska", "arabiska"))
    assert one.ages == "1-5"
    other = only({"without_personal_number": "no", "owner": "municipal"})
    assert (other.without_personal_number, other.owner) == ("no", "municipal")
    assert only({}).without_personal_number == "unknown"


@pytest.mark.parametrize(
    ("details", "valid"),
    [
        ({"valid_from": "2026-11-22"}, True),
        ({"valid_from": "2026-11-23"}, False),
        ({"valid_to": "2026-11-22"}, True),
        ({"giltig till": "2026-11-21"}, False),
        ({"valid_from": "i vår"}, True),
    ],
)
def test_a_preschool_counts_on_the_days_it_exists(details, valid: bool) -> None:
    supply = of({"platser": 10, **details})
    assert (len(supply.here), len(supply.not_valid)) == ((1, 0) if valid else (0, 1))


def test_a_day_that_is_none_is_told() -> None:
    assert of({"platser": 10, "valid_from": "i vår"}).problems[0].what == "no_date"


def test_the_rule_for_preschools_is_not_used_for_other_kinds() -> None:
    supply = of({"enrolled": 95}, kind="adult_education")
    assert supply.here[0].places is None and supply.problems == ()


@given(st.integers(0, 5000))
def test_an_estimate_lies_within_its_range_and_holds_the_enrolled(enrolled: int) -> None:
    found = estimated_places(enrolled)
    assert enrolled == found.low <= found.value <= found.high
