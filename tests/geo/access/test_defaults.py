"""What a question begins with where nobody has chosen: newcomers first, where there are any."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from geo import presets, texts
from geo.access.defaults import defaults, filled, for_everybody, for_everybody_words
from geo.area.model import Area
from geo.catalog import save_area
from geo.cli.parser import main
from tests.geo.access.meeting.worlds import meeting_street
from tests.geo.worlds import street

FIRST = ("info_desk", "language_cafe", "meeting_place", "association")


def housed(counted: bool = True) -> Area:
    return meeting_street(
        {100.0: 60, 900.0: 30},
        housing={150.0: {"antal_boende": 40} if counted else {}},
        places={300.0: ("school", {}), 700.0: ("association", {})},
        activities=[],
    )


@pytest.mark.parametrize("kind", FIRST)
def test_newcomers_come_first_where_transitional_housing_has_residents(kind: str) -> None:
    found = defaults(housed(), kind)
    assert (found.group, found.limit_m, found.aim) == (
        "newcomers", presets.kind(kind).limit_m, presets.kind(kind).aim
    )  # fmt: skip
    assert for_everybody_words(housed(), kind, found.group, "sv") == []


@pytest.mark.parametrize("kind", FIRST)
def test_without_housing_an_answer_for_all_residents_is_called_one(kind: str) -> None:
    area = street(homes={100.0: 10}, places={0.0: "preschool"})
    assert defaults(area, kind).group == "all"
    assert for_everybody_words(area, kind, "all", "sv") == [
        "Det här är ett svar för alla invånare: området har inga genomgångsbostäder."
    ]
    assert for_everybody(area, ("preschool",), "all") == ""
    assert for_everybody(area, (kind,), "children_0_4") == ""
    assert for_everybody(housed(), (kind,), "all") == ""  # somebody chose all, in spite of them
    assert for_everybody(housed(counted=False), (kind,), "all") == "housing_uncounted"


def test_a_first_question_is_about_two_desks_for_newcomers_else_preschools_for_children() -> None:
    first = defaults(housed())
    assert (first.kind, first.group, first.count) == ("info_desk", "newcomers", 2)
    other = defaults(street(homes={100.0: 10}, places={0.0: "preschool"}))
    # The street counts children aged 0 to 4, who stand in for those aged 1 to 5.
    assert (other.kind, other.group) == ("preschool", "children_0_4")


def test_what_somebody_chose_stays_and_a_balance_weighs_against_all_residents() -> None:
    area = housed()
    told = {"kind": "library", "limit": "250", "group": "all", "objective": "median"}
    assert filled(told, area) == told
    assert filled({"kind": "library", "balance": "0.5"}, area)["group"] == "all"
    assert filled({"kind": "job_centre", "budget": "9"}, area)["objective"] == "coverage"


def test_the_command_says_whom_its_answer_is_about(capsys: pytest.CaptureFixture[str]) -> None:
    area = street(homes={100.0: 10, 900.0: 20}, places={0.0: "school", 900.0: "school"})
    save_area(replace(area, id="utan", name="Utan"))
    note = texts.text("defaults.no_housing", "sv")
    assert main(["gaps", "utan", "--kind", "info_desk", "--limit", "600"]) == 0
    assert capsys.readouterr().out.splitlines()[1] == note
    assert main(["sites", "utan", "--kind", "info_desk", "--count", "1"]) == 0
    assert capsys.readouterr().out.splitlines()[1] == note
    assert main(["sites", "utan", "--kind", "info_desk", "--count", "1", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["notes"] == [note] and answer["nobody_gains"] is False
    asked = {
        name: answer["question"][name] for name in ("kind", "count", "group", "limit_m", "aim")
    }
    assert asked == {
        "kind": "info_desk", "count": 1, "group": "all", "limit_m": 600.0, "aim": "coverage",
    }  # fmt: skip
    assert "school" in answer["question"]["candidates"] and answer["question"]["refused"] == []
    assert main(["gaps", "utan", "--kind", "info_desk", "--limit", "600", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["profile_differs_by"] == ["speed"] and answer["places"] == 0
