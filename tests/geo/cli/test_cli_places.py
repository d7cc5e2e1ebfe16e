"""Places that are known and not on the map: named where an answer would count them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from geo.catalog import open_area, save_area
from geo.cli.parser import main
from geo.store.model import PLACE, Edit
from geo.store.protection import ground_of
from geo.store.store import Store, store_of
from tests.tiny import tiny_area

GAPS = ["gaps", "provby", "--kind", "library", "--limit", "300", "--group", "all"]
SITES = ["sites", "provby", "--kind", "library", "--limit", "300", "--group", "all"]


def waiting(name: str, kind: str = "library", **fields: object) -> Edit:
    """Return a new record without a point."""
    told = {"name": name, "kind": kind, "reason": "by_hand", **fields}
    return Edit(f"{kind}-{name}", PLACE, 0, fields=told)


@pytest.fixture
def store(home: Path) -> Store:  # noqa: ARG001 - its folder is the test's own
    area = save_area(tiny_area())
    made = store_of("provby")
    made.take(area, "test")
    return made


def write(store: Store, *edits: Edit) -> None:
    store.write(edits, who="test", ground=ground_of(open_area("provby")))


def said(words: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    assert main(words) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize("words", [GAPS, SITES])
def test_known_places_without_a_point_are_counted_and_named_beside_the_answer(
    words: list[str], store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    assert json.loads(said([*words, "--json"], capsys))["unplaced"] == 0
    assert "saknar plats" not in said(words, capsys)
    write(store, waiting("Norra boken"), waiting("Södra boken"), waiting("Annat", "school"))
    assert json.loads(said([*words, "--json"], capsys))["unplaced"] == 2
    sentence = (
        "Två bibliotek är kända men saknar plats på kartan: Norra boken och Södra boken. "
        "De räknas inte i svaret."
    )
    lines = said(words, capsys).splitlines()
    assert sentence in lines[1]
    assert sum(sentence in line for line in lines) == 1
    english = said([*words, "--lang", "en"], capsys)
    assert "Two libraries are known but have no place on the map: Norra boken and" in english
    page = tmp_path / "answer.html"
    said([*words, "-o", str(page)], capsys)
    assert sentence in page.read_text(encoding="utf-8")


def test_one_is_named_in_its_own_gender_and_closed_ones_are_not(
    store: Store, capsys: pytest.CaptureFixture[str]
):
    write(store, waiting("Boken"))
    assert "Ett bibliotek är känt men saknar plats på kartan: Boken. Det" in said(GAPS, capsys)
    record = store.record("library-Boken")
    write(store, Edit(record.id, PLACE, record.version, "closed", fields=record.fields))
    assert "saknar plats" not in said(GAPS, capsys)


def test_protected_housing_without_a_point_is_never_among_them(store: Store):
    write(
        store,
        waiting("Öppna boendet", "transitional_housing", details={"boende": 10}),
        waiting("Hemliga boendet", "transitional_housing", details={"skyddad": "ja", "boende": 9}),
    )
    area = open_area("provby")
    assert [each.name for each in area.unplaced] == ["Öppna boendet"]


def test_an_area_that_nobody_edited_has_none(home: Path):  # noqa: ARG001
    save_area(tiny_area())
    assert open_area("provby").unplaced == ()
    assert open_area("demo").unplaced == ()
