"""Places that are known and not on the map: named where an answer would count them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from geo import texts
from geo.area.record_fields import approximate
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


def test_a_record_is_placed_by_the_command_which_can_be_undone(
    store: Store, capsys: pytest.CaptureFixture[str]
):
    write(store, waiting("Norra boken"))
    area = open_area("provby")
    lon, lat = area.places.geometry.iloc[0].coords[0]
    words = ["place", "provby", "library-Norra boken"]
    told = said([*words, "--at", f"{lon},{lat}", "--who", "Anna"], capsys)
    record = store.record("library-Norra boken")
    assert (record.lon, record.lat) == (lon, lat) and record.changed_by == "Anna"
    assert open_area("provby").unplaced == ()
    batch = store.log(most=1)[0].batch
    assert f"python -m geo undo provby {batch}" in told
    said(["undo", "provby", str(batch)], capsys)
    assert not store.record("library-Norra boken").is_placed
    said([*words, "--at", "Norra"], capsys)
    assert "stadsdelen Norra" in approximate(store.record("library-Norra boken").fields["details"])
    gaps = said(GAPS, capsys)
    assert "Står på en ungefärlig plats: Norra boken (i stadsdelen Norra)." in gaps


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ([], "place_no_point"),
        (["--at", "17,59", "--suggested"], "place_no_point"),
        (["--at", "59,17"], "point_outside"),
        (["--at", "Ingenstans"], "point_unknown"),
        (["--address", "Ingenvägen 3"], "point_unknown"),
        (["--suggested"], "no_suggestion"),
    ],
)
def test_a_point_that_cannot_be_is_refused_in_words(
    words: list[str], code: str, store: Store, capsys: pytest.CaptureFixture[str]
):
    write(store, waiting("Boken"))
    before = store.revision()
    assert main(["place", "provby", "library-Boken", *words]) == 2
    shown = capsys.readouterr().err
    assert shown.split()[:2] == texts.catalogue("sv")[f"errors.{code}"].split()[:2] or (
        "Boken" in shown or "Ingen" in shown or "59,17" in shown
    )
    assert store.revision() == before
    assert main(["place", "provby", "ingen-sådan", "--at", "17,59"]) == 2


def test_protected_housing_is_never_placed(store: Store, capsys: pytest.CaptureFixture[str]):
    write(store, waiting("Hemligt", "transitional_housing", details={"skyddad": "ja"}))
    hidden = store.unplaced()[0]
    assert main(["place", "provby", hidden.id, "--at", "Norra"]) == 2
    assert not store.record(hidden.id).is_placed
    assert "Hemligt" not in "".join(capsys.readouterr())
