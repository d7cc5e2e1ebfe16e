"""``area check`` tells what is wrong with the places, bounded, in both languages and as JSON."""

from __future__ import annotations

import json
from dataclasses import fields, replace

import pytest

from geo.catalog import save_area
from geo.cli.parser import main
from geo.ingest.checks.fixes import check_places
from geo.ingest.checks.network_audit import Audit
from geo.ingest.checks.thresholds import SEVERITIES, Fix, Problem
from geo.output.words.imports import MOST, check_json, check_lines
from geo.texts import LANGUAGES, catalogue, text
from tests.geo.ingest.checks.worlds import TODAY, Stand, table_of, the_street

DOUBLES = tuple(
    Stand(f"{own}{row}", (row * 90.0, 0), f"Förskola nr {row}", f"{'ABCDEFGH'[row]}vägen 1")
    for row in range(8)
    for own in "ab"
)


@pytest.fixture
def area() -> str:
    area = replace(the_street(), places=table_of(*DOUBLES))
    save_area(area)
    return area.id


def test_the_json_keeps_its_keys_and_adds_problems_and_repairs(
    area: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["area", "check", area, "--json", "--lang", "en"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert set(document) == {field.name for field in fields(Audit)} | {"problems", "repairs"}
    assert len(document["problems"]) == 8
    assert document["problems"][0] == {
        "code": "same_place",
        "severity": "error",
        "record": "b0",
        "row": 0,
        "others": ["a0"],
        "reason": "“Förskola nr 0” seems to be the same place as “Förskola nr 0” (0\u00a0m away; "
        "Avägen 1).",
        "values": {
            "name": "Förskola nr 0",
            "other": "Förskola nr 0",
            "address": "Avägen 1",
            "metres": 0.0,
        },
        "fix": {
            "what": "merge",
            "record": "b0",
            "values": {"into": "a0"},
            "text": "Merge with “Förskola nr 0” and keep what both know",
        },
    }


def test_the_text_groups_says_totals_and_how_many_more(
    area: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["area", "check", area, "--lang", "sv"]) == 0
    out = capsys.readouterr().out
    assert "Kontroll av 16 platser: fel 8, troliga fel 0, värt en titt 0." in out
    assert "Fel: samma plats två gånger (8)" in out
    assert out.count("verkar vara samma plats") == MOST
    assert "… och 3 till" in out


def test_nothing_wrong_is_said_in_a_line() -> None:
    assert check_lines([], 3, "sv") == ["Kontroll av 3 platser: inget att anmärka på."]


def test_a_name_can_neither_break_a_line_nor_steer_a_terminal() -> None:
    hostile = Stand("a", (500, 60), "Solen\n\x1b[31m{0}\u202e %s {name}")
    problems = check_places(table_of(hostile), area=the_street(), today=TODAY)
    lines = check_lines(problems, 1, "sv")
    assert all(line.isprintable() for line in lines)
    assert any("{0}" in line and "{name}" in line for line in lines)
    json.dumps(check_json(problems, "sv"), allow_nan=False)


def test_rows_stand_before_reasons() -> None:
    problem = Problem("record_old", "a", 14, {"name": "Solen", "updated": "2024-01-01"})
    assert any(line.strip().startswith("rad 14") for line in check_lines([problem], 1, "sv"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_rule_has_a_title_and_every_fix_its_words(language: str) -> None:
    keys = catalogue(language)
    rules = {key.split(".")[1] for key in keys if key.startswith("checking.")} - {"few"}
    titles = {key.split(".")[1] for key in keys if key.startswith("check_rule.")}
    assert rules == titles
    assert {f"check.{severity}" for severity in SEVERITIES} <= set(keys)
    for what in ("merge", "unplace", "move", "close"):
        problem = Problem("same_place", "a", values={"other": "x"}, fix=Fix(what, "a"))
        assert problem.fix_message(language) == text(f"checking_fix.{what}", language, other="x")
