"""Preschool places as a file of each kind: the same sentence and figures in all, what was asked
besides, and small counts in none.
"""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from geo.access.preschools.call_list import calls_for
from geo.access.preschools.question import PreschoolQuestion
from geo.access.preschools.shortage import capacity_of, more_places
from geo.access.preschools.surge import arrival_of, surge
from geo.area.model import Area
from geo.catalog import save_area
from geo.cli.parser import main
from geo.output.documents.answer import ENDINGS, AnswerDocument, answer_bytes
from geo.output.documents.preschools import Besides, preschool_document
from geo.planning.preschool_expansion import where_to_add
from tests.geo.output.opened import words_of
from tests.geo.preschool_worlds import nursery_street, points_at

DAY = "2026-11-30"
TODAY = date.fromisoformat(DAY)
QUESTION = PreschoolQuestion(when=TODAY, limit_m=450.0)


def nurseries(some: int = 12) -> Area:
    """Two housings, one with some children and one with nine, beside 1,024 others."""
    homes = {800.0: {"barn_1_5": some}, 850.0: {"barn_1_5": 9}}
    places = {0: {"platser": 8, "antal_barn": 7}, 700: {"platser": 10, "antal_barn": 10}}
    return nursery_street({100: 1010, 900: 14}, places, homes)


def documented(area: Area, *, exact: bool = False, asked: bool = True) -> AnswerDocument:
    """Return the document of an area, with all that can be asked besides, or nothing."""
    answer = capacity_of(area, QUESTION, exact=exact)
    other = None
    if asked:
        growth = where_to_add(area, answer, target=0.02)
        other = Besides(
            surge=surge(area, arrival_of(points_at(500), 150, TODAY), today=TODAY, limit_m=450.0),
            calls=calls_for(area, answer, "transitional_housing-800"),
            more=more_places(answer, "preschool-0", 3),
            growth=replace(growth, seconds=0.0),
        )
    return preschool_document(answer, area, "sv", day=DAY, exact=exact, besides=other)


@pytest.fixture(scope="module")
def document() -> AnswerDocument:
    return documented(nurseries())


@pytest.mark.parametrize("ending", ENDINGS)
def test_each_kind_of_file_opens_and_says_the_same(document: AnswerDocument, ending: str) -> None:
    content = answer_bytes(document, ending)
    if ending == ".csv":
        first, *_ = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
        assert (first["what"], first["children"], first["places"]) == ("area", "1045", "18")
    else:
        assert document.headline.replace("\u00a0", " ") in words_of(content, ending)
    # 1,024 residents' children of whom 86.4 % want a place, and the 21 of the housings.
    assert "Av 906 barn" in document.headline


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_same_answer_on_the_same_day_gives_the_same_bytes(
    document: AnswerDocument, ending: str
) -> None:
    assert answer_bytes(document, ending) == answer_bytes(document, ending)


@pytest.mark.parametrize("ending", [".pdf", ".pptx", ".html", ".xlsx", ".json"])
def test_files_hold_what_was_asked_besides(document: AnswerDocument, ending: str) -> None:
    said = words_of(answer_bytes(document, ending), ending)
    for words in ("preschool 700", "3 platser till på preschool 0"):
        assert words in said
    if ending == ".json":
        assert {"surge", "calls", "more", "growth"} <= set(document.data())
        return
    for words in ("150 människor", "Att ringa för", "Uppskattat"):
        assert words in said
    if ending == ".xlsx":
        book = openpyxl.load_workbook(io.BytesIO(answer_bytes(document, ending)))
        names = ["districts", "housing", "preschools", "surge", "calls", "more", "growth", "info"]
        assert book.sheetnames == names


@pytest.mark.parametrize("ending", ENDINGS)
def test_no_kind_of_file_tells_three_from_four(ending: str) -> None:
    three, four = (nurseries(few) for few in (3, 4))
    files = [answer_bytes(documented(area, asked=False), ending) for area in (three, four)]
    assert files[0] == files[1]
    exact = [
        answer_bytes(documented(area, asked=False, exact=True), ending) for area in (three, four)
    ]
    assert exact[0] != exact[1]


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_command_writes_each_kind_of_file(ending: str, tmp_path: Path) -> None:
    area = save_area(nurseries())
    file = tmp_path / f"svar{ending}"
    assert main(["preschools", area.id, "--for", "Väst", "-o", str(file)]) == 0
    assert "preschool 700" in words_of(file.read_bytes(), ending)
