"""A file with several kinds of place: each row is taken as what it says, all as one change."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from geo.area.model import Area
from geo.catalog import open_area, save_area
from geo.cli.parser import main
from geo.ingest.places.propose import by_kind
from geo.sources.files.place_tables import understand
from geo.store.store import has_store, store_of
from tests.geo.ingest.places.test_importing import area_with_addresses, write

HEAD = ["kod", "namn", "adress", "typ"]
ROWS = (
    ["a", "Boken", "Provgatan 7", "library"],
    ["b", "Disken", "", "Infodisk"],
    ["c", "Ugglan", "", "library"],
    ["d", "Rymdbasen", "Ekvägen 2", "rymdstation"],
    ["e", "Prata", "Ekvägen 2", "Språkcafé"],
)


def run(*words: object) -> int:
    return main([str(word) for word in words])


@pytest.fixture
def area(home: Path) -> Area:  # noqa: ARG001 - its folder is the test's own
    return save_area(area_with_addresses())


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return write(tmp_path / "mixed.csv", HEAD, *ROWS)


def test_each_row_is_in_the_part_of_its_kind_and_an_unknown_kind_is_told_once(file: Path):
    parts, left_out = by_kind(understand(file))
    rows = {kind: list(part.frame.index) for kind, part in parts}
    assert rows == {"library": [2, 4], "info_desk": [3], "language_cafe": [6]}
    assert [(each.row, each.reason, each.values["found"]) for each in left_out] == [
        (5, "other_kind", "rymdstation")
    ]


def test_all_kinds_are_one_change_once_and_undone_as_one(
    area: Area, file: Path, capsys: pytest.CaptureFixture[str]
):
    before = len(area.places)
    assert run("import", area.id, file, "--kind", "all") == 0
    said = capsys.readouterr().out
    assert [said.count(name) for name in ("Bibliotek\n", "Infodiskar\n", "Språkcaféer\n")] == [
        1
    ] * 3
    assert "rad 5: är av en annan typ: rymdstation" in said.replace("Rad", "rad")
    store = store_of(area.id)
    assert {record.id for record in store.unplaced()} == {"info_desk-b", "library-c"}
    places = open_area(area.id).places
    kinds = dict(zip(places["id"], places["kind"], strict=True))
    assert (kinds["library-a"], kinds["language_cafe-e"]) == ("library", "language_cafe")
    assert len(places) == before + 2
    batch = store.log()[0].batch
    assert run("import", area.id, file, "--kind", "all") == 0
    assert "Inget nytt: området är redan som filen." in capsys.readouterr().out
    assert store.log()[0].batch == batch
    assert run("undo", area.id, batch) == 0
    assert len(open_area(area.id).places) == before and store.unplaced() == []


def test_a_dry_run_of_all_kinds_as_json_writes_nothing(
    area: Area, file: Path, capsys: pytest.CaptureFixture[str]
):
    assert run("import", area.id, file, "--kind", "all", "--json", "--dry-run") == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["kind"], found["rows"], found["written"]) == ("all", 5, False)
    counts = {each["kind"]: each["counts"] for each in found["kinds"]}
    assert {kind: (each["placed"], each["unplaced"]) for kind, each in counts.items()} == {
        "library": (1, 1),
        "info_desk": (0, 1),
        "language_cafe": (1, 0),
    }
    assert [row["row"] for row in found["left_out"]] == [5]
    assert not has_store(area.id)


def test_a_file_without_kinds_is_refused(
    area: Area, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    plain = write(tmp_path / "plain.csv", ["namn", "adress"], ["Boken", "Provgatan 7"])
    assert run("import", area.id, plain, "--kind", "all") == 2
    assert "saknar en kolumn för kind" in capsys.readouterr().err
    assert not has_store(area.id)
