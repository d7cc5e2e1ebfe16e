"""One list of what an area has and lacks, and what each lack makes unanswerable: the same numbers
on the page, in words and as plain data.
"""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from geo import texts
from geo.access.readiness import HAS, MISSING, PARTLY, Ready, readiness
from geo.area.model import Area
from geo.area.provenance import Source
from geo.catalog import save_area
from geo.cli.parser import main
from geo.output.words import readiness as words
from tests.geo.worlds import street
from tests.tiny import tiny_area

PARTS = [
    "paths", "districts", "residents", "housing", "rooms", "meeting_places", "activities", "hours",
    "capacities", "languages", "unplaced", "sources",
]  # fmt: skip


def parts(area: Area) -> dict[str, Ready]:
    return {each.part: each for each in readiness(area)}


def test_a_small_world_counted_by_hand() -> None:
    area = street(homes={100.0: 10.0}, places={0.0: "preschool", 50.0: "library"})
    found = parts(area)
    assert list(found) == PARTS
    assert found["housing"].state == MISSING and found["housing"].of == 0
    assert (found["capacities"].state, found["capacities"].of) == (MISSING, 1)
    assert (found["meeting_places"].state, found["meeting_places"].known) == (HAS, 1)
    assert (found["activities"].state, found["activities"].known) == (MISSING, 0)
    assert (found["hours"].state, found["hours"].known, found["hours"].of) == (MISSING, 0, 1)
    assert found["residents"].state == PARTLY
    assert "up_to_five_years" in found["residents"].values["lacking"]


def test_a_capacity_that_is_told_and_one_that_is_not() -> None:
    area = street(homes={}, places={0.0: "preschool", 50.0: "preschool"})
    details = ['{"antal_platser": 20}', '{"antal_barn": 11}']
    area = replace(area, places=area.places.assign(details=details))
    found = parts(area)["capacities"]
    assert (found.state, found.known, found.of) == (PARTLY, 1, 2)
    assert found.values["enrolled"] == 1
    assert words.told(found, "sv") == "kända för 1 av 2; antalet inskrivna för 1."


def test_a_licence_without_a_date_is_no_known_source() -> None:
    area = street(homes={}, places={})
    sources = (Source("network", "A", "CC0 1.0", "2025"), Source("people", "B", "CC0 1.0"))
    found = parts(replace(area, sources=sources))["sources"]
    assert (found.state, found.known, found.of) == (PARTLY, 1, 2)


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_each_state_of_each_part_can_be_said(language: str) -> None:
    for area in (tiny_area(), street(homes={}, places={})):
        found = readiness(area)
        for each in found:
            for state in (HAS, PARTLY, MISSING):
                key = f"readiness.{each.part}_{state}"
                if key in texts.catalogue(language):
                    assert words.told(replace(each, state=state), language)
        lines = words.readiness_lines(found, language)
        assert len(lines) == 1 + len(PARTS)
        assert not any("--" in line or "python" in line for line in lines)


def test_it_is_on_the_command_line_as_text_and_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    area = save_area(tiny_area())
    assert main(["area", "show", area.id]) == 0
    assert words.summary(readiness(area), "sv") in capsys.readouterr().out
    assert main(["area", "show", area.id, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)["readiness"]
    assert [each["part"] for each in told] == PARTS
    assert all((each["unanswerable"] is None) == (each["state"] == HAS) for each in told)


def test_protected_housing_is_no_room() -> None:
    area = tiny_area()
    homes = area.places_of("transitional_housing")
    open_rooms = parts(area)["rooms"].values["receptions"]
    assert open_rooms == len(homes)
    details = area.places["details"].where(
        area.places["kind"] != "transitional_housing", '{"skyddad": "ja", "boende": 40}'
    )
    hidden = replace(area, places=area.places.assign(details=details), _snaps={})
    assert parts(hidden)["rooms"].values["receptions"] == 0
