"""What the check says of a place's own record."""

from __future__ import annotations

from dataclasses import replace

import pytest

from geo.area.provenance import Source
from geo.area.record_fields import place_fields
from geo.ingest.checks.fixes import fixed
from geo.ingest.checks.thresholds import Problem
from tests.geo.ingest.checks.worlds import Stand, found, table_of, the_street


def only(**details: object) -> Problem | None:
    """The one problem of a place whose record says this."""
    problems = found(Stand("a", name="Solen", details=details))
    assert len(problems) < 2
    return problems[0] if problems else None


def after(problem: Problem, details: dict[str, object]) -> dict[str, object]:
    assert problem.fix is not None
    table, _ = fixed(table_of(Stand("a", name="Solen", details=details)), [problem.fix])
    return place_fields(table["details"].iloc[0])


def test_fewer_places_than_children_are_told_and_made_unknown() -> None:
    details = {"Platser": 40, "Inskrivna": "41", "annat": "x"}
    problem = only(**details)
    assert problem is not None
    assert problem.code == "capacity_below_enrolled"
    assert problem.message("sv") == "”Solen” har 40 platser men 41 inskrivna barn."
    assert after(problem, details) == {"Inskrivna": "41", "annat": "x"}
    assert only(platser=41, inskrivna=41) is None
    assert only(platser="..", inskrivna=41) is None


def test_a_few_counted_children_are_not_told_by_number() -> None:
    problem = only(platser=2, inskrivna=4)
    assert problem is not None
    assert problem.message("sv") == "”Solen” har 2 platser men färre än 5 inskrivna barn."
    assert problem.message("en") == "“Solen” has 2 places but fewer than 5 children enrolled."


@pytest.mark.parametrize(
    ("hours", "better"),
    [
        ("mån-fre 17-09", "mån-fre 09-17"),
        ("Mo-Fr 16:00-08:00; Sa 10:00-14:00", "Mo-Fr 08:00-16:00; Sa 10:00-14:00"),
        ("tis 19–17", "tis 17–19"),
        ("tis kl. 20.30 till 18.00", "tis kl. 18.00 till 20.30"),
        ("10-9", None),
        ("mån 12-12", None),
        ("17-06", "06-17"),
    ],
)
def test_hours_that_end_before_they_start_are_told_and_swapped_where_that_makes_hours(
    hours: str, better: str | None
) -> None:
    problem = only(öppettider=hours)
    assert problem is not None
    assert (problem.code, problem.severity) == ("hours_end_first", "error")
    if better is None:
        assert problem.fix is None
        assert problem.fix_message() == ""
    else:
        assert after(problem, {"öppettider": hours}) == {"öppettider": better}
        assert better in problem.fix_message("sv")


@pytest.mark.parametrize(
    "hours", ["fre 17-02", "Fr-Sa 22:00-05:00", "24/7", "0-24", "00:00-00:00", "9-17", "", ".."]
)
def test_an_evening_past_midnight_is_no_mistake(hours: str) -> None:
    assert only(opening_hours=hours) is None


def test_hours_nobody_can_read_are_a_note() -> None:
    problem = only(öppettider="efter överenskommelse")
    assert problem is not None
    assert (problem.code, problem.severity, problem.fix) == ("hours_unreadable", "note", None)


def test_what_nobody_has_confirmed_for_a_year_is_told() -> None:
    assert only(updated="2025-11-22") is None
    problem = only(updated="2025-11-21")
    assert problem is not None
    assert (problem.code, problem.fix) == ("record_old", None), "a click must not confirm anything"
    assert only(senast_bekräftad="2026") is None, "a year is its last day"
    old = only(senast_bekräftad="2024-02")
    assert old is not None
    assert old.values["updated"] == "2024-02-29"


def test_a_record_past_its_day_is_closed() -> None:
    assert only(valid_to="2026-11-22") is None
    problem = only(giltig_till="2026-11-21")
    assert problem is not None
    assert problem.code == "past_valid_to"
    assert problem.fix is not None
    table, unplaced = fixed(table_of(Stand("a"), Stand("b")), [problem.fix])
    assert (list(table["id"]), unplaced) == (["b"], ())


def test_dates_the_wrong_way_round_are_swapped() -> None:
    details = {"valid_from": "2027-06-01", "valid_to": "2027-01-15"}
    problem = only(**details)
    assert problem is not None
    assert problem.code == "valid_reversed"
    assert after(problem, details) == {"valid_from": "2027-01-15", "valid_to": "2027-06-01"}


def test_a_date_that_is_none_is_a_note() -> None:
    problem = only(valid_to="till sommaren")
    assert problem is not None
    assert problem.code == "date_unreadable"
    assert problem.values["column"] == "valid_to"


def test_an_old_source_is_told_once_on_the_places_without_a_date_of_their_own() -> None:
    source = Source("preschool", "Listan", date="2024-05-01")
    area = replace(the_street(), sources=(source,))
    stands = [Stand(f"p{at}", (at * 200.0, 0), f"Namn {'abc'[at]}") for at in range(2)]
    dated = Stand("p2", (400, 0), "Namn c", details={"updated": "2026-10-01"})
    table = table_of(*stands, dated).assign(source="Listan")
    from geo.ingest.checks.fixes import check_places
    from tests.geo.ingest.checks.worlds import TODAY

    (problem,) = check_places(table, area=area, today=TODAY)
    assert (problem.code, problem.record, problem.others) == ("source_old", "p0", ("p1",))
    assert problem.values["count"] == 2
