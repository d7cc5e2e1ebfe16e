"""An area at a glance, by hand: two districts on one street and two kinds of places."""

from __future__ import annotations

import json

import pytest

from geo.access.gaps import gap_of
from geo.access.overview import overview, questions
from geo.catalog import save_area
from geo.cli.parser import main
from geo.output.words import overview as words
from tests.geo.worlds import street

HOMES = {100.0: 10, 500.0: 20, 900.0: 30}


def test_the_district_that_is_farthest_stands_first() -> None:
    """Of 60 children the 50 in Öst have more than 400 m to the preschool at the western end."""
    found = overview(street(homes=HOMES, places={0.0: "preschool"}))
    assert [(row.name, row.least, row.mean) for row in found.districts] == [
        ("Öst", 1, 1.0),
        ("Väst", 0, 0.0),
    ]
    assert found.least_served is not None and found.least_served.name == "Öst"
    table = words.overview_table(found, "sv")
    assert list(table.iloc[:, 0]) == ["Öst", "Väst", "Hela området"]
    assert [cell.replace("\xa0", " ") for cell in table.iloc[:, 1]] == ["100 %", "0 %", "83 %"]
    assert words.shares(found) == [[1.0], [0.0], [pytest.approx(50 / 60)]]


def test_where_two_are_as_far_off_none_is_named() -> None:
    """From the station at the far end Väst has 890 m, and Öst at most 490 m of 500 m."""
    area = street(homes=HOMES, places={0.0: "preschool", 990.0: "station"})
    found = overview(area)
    assert {row.name: (row.least, row.mean) for row in found.districts} == {
        "Väst": (1, 0.5),
        "Öst": (1, 0.5),
    }
    assert found.least_served is None
    assert words.sentence(found, "sv") == "Ingen stadsdel har längst till flest slags platser."


def test_few_of_the_counted_are_shown_nowhere() -> None:
    """Three children beyond are fewer than five: no share, no order and no sentence tells them."""
    area = street(homes={100.0: 30, 900.0: 3}, places={0.0: "preschool"})
    found = overview(area)
    assert found.least_served is None
    assert set(words.overview_table(found, "sv").iloc[:, 1]) == {"döljs"}
    assert [row.name for row in found.districts] == ["Väst", "Öst"]
    told = words.overview_json(found)
    assert told["kinds"][0]["share_beyond"] is None
    assert all(row["share_beyond"]["preschool"] is None for row in told["districts"])


def test_an_area_without_places_or_people_says_what_it_lacks() -> None:
    area = street(homes=HOMES, places={})
    found = overview(area)
    assert (found.gaps, found.lacking) == ((), ("info_desk",))
    assert words.overview_lines(found, "sv") == [
        "Inga platser är inlagda än. Lägg in en lista, så syns vilka som har långt.",
        "Området har inga infodiskar på kartan.",
    ]


def test_answers_that_are_known_are_not_computed_again() -> None:
    area = street(homes=HOMES, places={0.0: "preschool"})
    asked = []

    def answer(question):
        asked.append(question)
        return gap_of(area, question)

    assert overview(area, answer).gaps[0].beyond == 50
    assert tuple(asked) == questions(area)


def test_the_command_says_the_table(home, capsys: pytest.CaptureFixture[str]) -> None:
    area = street(homes=HOMES, places={0.0: "preschool"})
    save_area(area, home)
    assert main(["area", "overview", area.id]) == 0
    said = capsys.readouterr().out.replace("\xa0", " ")
    assert said.startswith("Öst har längst: störst andel bortom gränsen.\n")
    assert "  Öst           100 %\n" in said
    assert main(["area", "overview", area.id, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["least_served"] == "Öst"
    assert told["districts"][0]["share_beyond"] == {"preschool": 1.0}
