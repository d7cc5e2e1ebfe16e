"""What leaves the house is the same whichever small count a housing has: so it tells none."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from geo.access.preschools.demand import FEW_AS, demand_of
from geo.catalog import save_area
from geo.cli.parser import main
from geo.output.documents import answer
from geo.output.documents.answer import AnswerDocument, answer_bytes
from tests.geo.preschool_worlds import nursery_street

SMALL = (1, 2, 3, 4)
RESIDENTS = {100.0: 20.0, 600.0: 10.0}
WORLDS: dict[str, tuple[dict[float, float], dict[float, int | None]]] = {
    "beside residents": (RESIDENTS, {300.0: None}),
    "too far off": (RESIDENTS, {990.0: None}),
    "beside a large one": (RESIDENTS, {300.0: None, 500.0: 12}),
    "nobody but them": ({}, {300.0: None}),
    "beside two large ones and nobody else": ({}, {300.0: None, 500.0: 12, 900.0: 30}),
}
"""Residents' children and housing at metres along the street; None is the small count."""


def made(world: str, few: int) -> None:
    homes, housing = WORLDS[world]
    told: dict[float, Mapping[str, Any]] = {
        at: {
            "antal_boende": 50,
            "barn_1_5": few if count is None else count,
            "andel_inskrivna": f"{round(100 / (few if count is None else count))} %",
        }
        for at, count in housing.items()
    }
    save_area(
        nursery_street(
            homes or {100.0: 0.0},
            {200.0: {"platser": 8, "antal_barn": 2}, 700.0: {"antal_barn": 12}},
            told,
        )
    )


def written(folder: Path, ending: str, *words: str) -> str:
    file = folder / f"out{ending}"
    assert main(["preschools", "street", "--limit", "250", "-o", str(file), *words]) == 0
    return undated(file.read_bytes())


def undated(content: bytes) -> str:
    return re.sub(r"street@\d+@[^)]+", "street", content.decode("utf-8-sig"))


@pytest.fixture
def outgoing(monkeypatch: pytest.MonkeyPatch) -> list[AnswerDocument]:
    """The documents that commands write to files, of which each kind of file is made."""
    documents = []

    def seen(document: AnswerDocument, ending: str) -> bytes:
        documents.append(document)
        return answer_bytes(document, ending)

    monkeypatch.setattr(answer, "answer_bytes", seen)
    return documents


@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize("method", ["2sfca", "assignment"])
def test_files_are_the_same_whichever_small_count_a_housing_has(
    world: str, method: str, tmp_path: Path, outgoing: list[AnswerDocument]
) -> None:
    found = {ending: set() for ending in (".json", ".csv", ".geojson")}
    for few in SMALL:
        made(world, few)
        asked = ("--method", method, "--for", "transitional_housing-300")
        if "far" in world:
            asked = ("--method", method, "--for", "transitional_housing-990")
        found[".json"].add(written(tmp_path, ".json", *asked, "--more", "preschool-200=5"))
        for ending in (".csv", ".geojson"):
            found[ending].add(undated(answer_bytes(outgoing[-1], ending)))
    assert {ending: len(each) for ending, each in found.items()} == dict.fromkeys(found, 1)


def test_the_housing_and_its_shares_are_hidden_and_the_stand_in_is_said(tmp_path: Path) -> None:
    made("beside a large one", 2)
    document = json.loads(
        written(tmp_path, ".json", "--for", "transitional_housing-300", "--lang", "en")
    )
    home = next(row for row in document["housing"] if row["id"] == "transitional_housing-300")
    assert home["children"] is home["enrolled_share"] is home["shortage_children"] is None
    assert document["calls"]["children"] is document["calls"]["enrolled_share"] is None
    assert any(f"counted as {FEW_AS} children" in note for note in document["notes"])


def test_where_all_are_counted_nobody_is_told_who_takes_how_many(tmp_path: Path) -> None:
    made("beside two large ones and nobody else", 4)
    document = json.loads(written(tmp_path, ".json", "--more", "preschool-200=5"))
    assert "more" not in document
    assert {row["assigned"] for row in document["preschools"]} == {None}
    assert {row["surplus"] for row in document["districts"]} == {None}


def test_exact_files_tell_the_count(tmp_path: Path) -> None:
    made("beside residents", 2)
    document = json.loads(written(tmp_path, ".json", "--exact"))
    assert [row["children"] for row in document["housing"]] == [2]


def test_none_and_many_stand_as_they_are(tmp_path: Path) -> None:
    for count in (0, 5, 40):
        save_area(nursery_street({100.0: 8}, {200.0: {"platser": 8}}, {300.0: {"barn_1_5": count}}))
        document = json.loads(written(tmp_path, ".json"))
        assert document["children"] == 8 + count
        assert not any("räknade som" in note for note in document["notes"])


def test_a_stand_in_keeps_the_residents_as_they_are() -> None:
    area = nursery_street({100.0: 8}, {200.0: {"platser": 8}}, {300.0: {"barn_1_5": 1}})
    exact, out = demand_of(area), demand_of(area, exact=False)
    assert exact.children[~exact.counted].tolist() == out.children[~out.counted].tolist()
    assert (exact.stand_ins, out.stand_ins) == (0, 1)
    assert out.children[out.counted].tolist() == [FEW_AS]
