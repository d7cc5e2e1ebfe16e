"""A proposal as a file of each kind: the same sentence and figures in all, small counts in none."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest

from geo.catalog import save_area
from geo.cli.parser import main
from geo.output.documents.answer import ENDINGS, AnswerDocument, answer_bytes
from geo.output.documents.sites import site_document
from geo.planning.siting import alternatives, instance
from geo.planning.siting.alternatives import SiteAnswer
from geo.planning.siting.question import SitingQuestion
from tests.geo.output.opened import words_of
from tests.geo.worlds import street

DAY = "2026-11-30"
GAIN = "2 613"
"""Whom two new libraries reach: 2,003 and 610."""


def answered(homes: dict[float, float], count: int) -> SiteAnswer:
    places = {0.0: "language_cafe", 200.0: "library", 500.0: "school", 900.0: "library"}
    asked = SitingQuestion(
        kind="language_cafe",
        count=count,
        limit_m=300.0,
        group="children_0_4",
        kinds=("library", "school"),
    )
    placing = instance.prepare(street(homes=homes, places=places), asked)
    found = alternatives.answered(placing, vary=True, most=3)
    return replace(found, proposal=replace(found.proposal, seconds=0.0))


@pytest.fixture(scope="module")
def answer() -> SiteAnswer:
    return answered({0: 11, 300: 2003, 900: 610, 1300: 17}, 2)


@pytest.fixture(scope="module")
def document(answer: SiteAnswer) -> AnswerDocument:
    return site_document(answer, "sv", day=DAY)


@pytest.mark.parametrize("ending", ENDINGS)
def test_each_kind_of_file_opens_and_says_the_same(document: AnswerDocument, ending: str) -> None:
    said = words_of(answer_bytes(document, ending), ending)
    if ending == ".csv":
        rows = list(csv.DictReader(io.StringIO(said_lines(document))))
        assert sum(float(row["gain"]) for row in rows) == 2613
    else:
        assert f"når {GAIN} fler barn 0–4 år inom 300 m" in said
    assert "library 900" in said and "library 200" in said


def said_lines(document: AnswerDocument) -> str:
    return answer_bytes(document, ".csv").decode("utf-8-sig")


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_same_answer_on_the_same_day_gives_the_same_bytes(
    answer: SiteAnswer, document: AnswerDocument, ending: str
) -> None:
    again = site_document(answer, "sv", day=DAY)
    assert answer_bytes(again, ending) == answer_bytes(document, ending)


@pytest.mark.parametrize("ending", [".pdf", ".pptx", ".html"])
def test_paper_holds_what_was_asked_besides(document: AnswerDocument, ending: str) -> None:
    said = words_of(answer_bytes(document, ending), ending)
    for words in (
        "Näst bäst: school 500 i stället. Det når lika många.",
        "Vad varje plats till ger",
        "härefter ger varje ny plats mindre",
        "vald i 12 av 12",
        "Hela området",
        "Vad siffran vilar på",
    ):
        assert words in said


@pytest.mark.parametrize("ending", ENDINGS)
def test_no_kind_of_file_tells_three_from_four(ending: str) -> None:
    three, four = (answered({0: 20, 900: few, 1300: 10 - few}, 1) for few in (3, 4))
    files = [answer_bytes(site_document(each, day=DAY), ending) for each in (three, four)]
    assert files[0] == files[1]
    told = [
        answer_bytes(site_document(each, day=DAY, exact=True), ending) for each in (three, four)
    ]
    assert told[0] != told[1]


def test_nothing_to_propose_is_a_file_without_sites() -> None:
    nobody_gains = answered({0: 20}, 0)
    document = site_document(nobody_gains, day=DAY)
    assert json.loads(answer_bytes(document, ".geojson"))["features"] == []
    for ending in ENDINGS:
        assert answer_bytes(document, ending)


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_command_writes_each_kind_of_file(ending: str, tmp_path: Path) -> None:
    area = save_area(street(homes={0: 20, 900: 30}, places={900.0: "library"}))
    file = tmp_path / f"svar{ending}"
    asked = ["sites", area.id, "--kind", "language_cafe", "--limit", "100", "-o", str(file)]
    assert main(asked) == 0
    assert "library 900" in words_of(file.read_bytes(), ending)
