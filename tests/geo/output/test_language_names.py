"""Languages are read by name in tables and files for people, also where a record has codes."""

from __future__ import annotations

import pytest

from geo.access.preschools.question import PreschoolQuestion
from geo.access.preschools.shortage import capacity_of
from geo.area.languages import named
from geo.output.maps.preschools import preschool_table
from geo.output.words.knowledge_bank import bank_rows
from geo.output.words.preschool_rows import preschool_rows
from tests.geo.access.test_bank import AREA, asked
from tests.geo.preschool_worlds import nursery_street


@pytest.mark.parametrize(
    ("language", "said"), [("sv", "tigrinja, arabiska"), ("en", "Tigrinya, Arabic")]
)
def test_a_preschool_is_shown_with_its_languages_by_name(language: str, said: str) -> None:
    area = nursery_street(homes={100.0: 20}, preschools={200.0: {"platser": 18, "språk": "ti, ar"}})
    answer = capacity_of(area, PreschoolQuestion.read({"limit": "300"}))
    assert said in preschool_table(answer, language).to_string()
    rows = preschool_rows(answer, area, language, exact=True)
    assert said in rows["languages"].tolist()


@pytest.mark.parametrize(
    ("language", "said"), [("sv", "tigrinja, svenska"), ("en", "Tigrinya, Swedish")]
)
def test_a_row_of_the_knowledge_bank_has_languages_by_name(language: str, said: str) -> None:
    rows = bank_rows(asked(), AREA, language)
    assert said in rows.loc[rows["id"] == "cafe", "languages"].tolist()


def test_what_is_no_language_stays_as_it_is_written() -> None:
    assert named(["flera", "TI", "tigrinja"]) == "flera, tigrinja"
