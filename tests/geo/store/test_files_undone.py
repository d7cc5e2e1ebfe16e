"""Reading files is one change of the log: undone whole, read again it is there again, and what
happened since stays.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from geo.area.model import Area
from geo.catalog import open_area, save_area
from geo.cli.parser import main
from geo.errors import StoreError
from geo.ingest import file_changes
from geo.store.model import Edit, edit_of
from geo.store.protection import ground_of
from geo.store.store import store_of
from tests.refusals import refused
from tests.tiny import tiny_area

ACTIVITIES = "place;activity;kind;weekday;from;to\nb1;Språkcafé;language_cafe;tisdag;18;20\n"


@pytest.fixture
def area() -> Area:
    return save_area(tiny_area())


def run(*words: object, status: int = 0) -> None:
    assert main([*map(str, words), "--lang", "en"]) == status


def batch_of() -> int:
    return store_of("provby").log(most=1)[0].batch


def test_activities_added_undone_and_added_again_are_there(area: Area, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text(ACTIVITIES, encoding="utf-8")
    before = open_area(area.id)
    for _ in range(2):
        run("activities", area.id, "--add", file)
        assert open_area(area.id).activities["name"].tolist() == ["Språkcafé"]
        run("undo", area.id, batch_of())
        back = open_area(area.id)
        assert back.activities.empty and back.sources == before.sources
    run("activities", area.id, "--add", file)
    assert open_area(area.id).activities["name"].tolist() == ["Språkcafé"]
    assert open_area(area.id, edited=False).activities["name"].tolist() == ["Språkcafé"]


def test_an_undone_undo_brings_it_back(area: Area, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text(ACTIVITIES, encoding="utf-8")
    run("activities", area.id, "--add", file)
    undone = file_changes.undo(area.id, batch_of())
    file_changes.undo(area.id, undone)
    assert open_area(area.id).activities["name"].tolist() == ["Språkcafé"]


def test_an_activity_that_a_person_closed_stays_closed_when_its_file_is_read_again(
    area: Area, tmp_path: Path
) -> None:
    file = tmp_path / "a.csv"
    file.write_text(ACTIVITIES, encoding="utf-8")
    run("activities", area.id, "--add", file)
    store = store_of(area.id)
    (own,) = store.records("activity")
    store.write([edit_of(own, status="closed")], who="Ana", ground=ground_of(area))
    run("activities", area.id, "--add", file)
    assert open_area(area.id).activities.empty


def test_places_of_a_file_are_one_change_and_its_undo_leaves_what_people_did(
    area: Area, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    point = area.places.geometry.iloc[0]
    file = tmp_path / "cafes.csv"
    file.write_text(f"id,name,lat,lon\n1,Ett,{point.y},{point.x}\n", encoding="utf-8")
    run("area", "add", area.id, "--place", f"language_cafe={file}", "--who", "Kim")
    added = batch_of()
    assert f"undo {area.id} {added}" in capsys.readouterr().err
    store = store_of(area.id)
    mine = Edit("ny", "place", 0, lon=point.x, lat=point.y, fields={"kind": "library"})
    store.write([mine, edit_of(store.record("b1"), name="Anas")], who="Ana", ground=ground_of(area))
    run("undo", area.id, added)
    now = open_area(area.id)
    assert "language_cafe" not in now.kinds
    assert "ny" in now.places["id"].tolist() and "Anas" in now.places["name"].tolist()
    capsys.readouterr()
    run("log", area.id, "--json")
    log = json.loads(capsys.readouterr().out)
    assert any(line["by"] == "Kim" and line["action"] == "files" for line in log)


def test_what_was_edited_since_stops_the_undo(area: Area, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text(ACTIVITIES, encoding="utf-8")
    run("activities", area.id, "--add", file)
    added = batch_of()
    store = store_of(area.id)
    (own,) = store.records("activity")
    store.write([edit_of(own, name="Anas")], who="Ana", ground=ground_of(area))
    with refused("undo_blocked"):
        file_changes.undo(area.id, added)
    assert open_area(area.id).activities["name"].tolist() == ["Anas"]


def test_districts_are_put_back_and_another_part_read_meanwhile_stays(
    area: Area, tmp_path: Path
) -> None:
    half = area.districts.iloc[:1].assign(name="Bara en")
    shapes = tmp_path / "nya.geojson"
    half.to_file(shapes)
    file = tmp_path / "a.csv"
    file.write_text(ACTIVITIES, encoding="utf-8")
    run("area", "add", area.id, "--districts", shapes)
    changed = batch_of()
    assert open_area(area.id).districts["name"].tolist() == ["Bara en"]
    run("activities", area.id, "--add", file)
    file_changes.undo(area.id, changed)
    now = open_area(area.id)
    assert now.districts["name"].tolist() == area.districts["name"].tolist()
    homes = (each.people[each.people["origin"] == "residents"] for each in (now, area))
    assert len({tuple(each["district"]) for each in homes}) == 1
    assert now.activities["name"].tolist() == ["Språkcafé"]


def test_a_part_that_was_read_again_is_not_put_back_unseen(area: Area, tmp_path: Path) -> None:
    changes = []
    for name in ("ett", "två"):
        shapes = tmp_path / f"{name}.geojson"
        area.districts.iloc[:1].assign(name=name).to_file(shapes)
        run("area", "add", area.id, "--districts", shapes)
        changes.append(batch_of())
    with refused("undo_files_blocked", StoreError):
        file_changes.undo(area.id, changes[0])
    file_changes.undo(area.id, changes[1])
    file_changes.undo(area.id, changes[0])
    assert open_area(area.id).districts["name"].tolist() == area.districts["name"].tolist()


def test_a_change_of_files_long_ago_is_refused_in_words(area: Area, tmp_path: Path) -> None:
    shapes = tmp_path / "nya.geojson"
    for number in range(14):
        area.districts.iloc[:1].assign(name=f"Nr {number}").to_file(shapes)
        run("area", "add", area.id, "--districts", shapes)
        if number == 0:
            first = batch_of()
    with refused("undo_too_old"):
        file_changes.undo(area.id, first)
    assert open_area(area.id).districts["name"].tolist() == ["Nr 13"]


def test_an_area_fetched_again_keeps_what_files_gave(area: Area) -> None:
    from geo.area.provenance import Source
    from geo.ingest.build import from_fetched
    from geo.sources.osm.files import OsmExtract
    from geo.sources.osm.overpass import Fetched

    empty = area.places.iloc[:0]
    extract = OsmExtract(
        lines=area.network.frame(),
        places=empty,
        buildings=area.buildings,
        water=area.water,
        addresses=area.addresses,
        date="2026-11-01",
    )
    credit = Source("boundary", "OpenStreetMap", "ODbL 1.0", "2026-11-01")
    fetched = Fetched("Provby", area.boundary, extract, area.districts.iloc[:0], credit, credit)
    made = from_fetched(area.id, area.name, fetched, earlier=area)
    assert made.people["all"].sum() == area.people["all"].sum()
    assert set(made.places["id"]) == set(area.places["id"])
    assert len(made.districts) == len(area.districts)


def filled(area: Area, tmp_path: Path) -> Path:
    """A copy of an area with an edit, a place of a person's own and one without a point."""
    store = store_of(area.id)
    store.take(area, "Ana")
    edits = [
        edit_of(store.record("b1"), name="Anas"),
        Edit("ny", "place", 0, lon=17.82, lat=59.375, fields={"name": "Ny", "kind": "library"}),
        Edit("väntar", "place", 0, fields={"name": "Väntar", "kind": "info_desk"}),
    ]
    store.write(edits, who="Ana", ground=ground_of(area))
    path = tmp_path / "allt.gpkg"
    run("export", area.id, "-o", path)
    return path


def test_a_copy_goes_into_an_empty_home_and_waits_for_the_paths(
    area: Area, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = filled(area, tmp_path)
    had = store_of(area.id).everything()
    monkeypatch.setenv("NARHET_HOME", str(tmp_path / "tomt"))
    run("restore", "provby", path, "--dry-run")
    assert not (tmp_path / "tomt" / "areas" / "provby").exists()
    run("restore", "provby", path)
    bare = replace(area, places=area.places.iloc[:0], people=area.people.iloc[:0], _snaps={})
    save_area(bare)  # its paths alone: no file has any of the places
    now = open_area("provby")
    assert set(now.places["id"]) == {*area.places["id"], "ny"}
    assert "Anas" in now.places["name"].tolist()
    assert [each.name for each in store_of("provby").unplaced()] == ["Väntar"]
    there = {
        each.record.key: each.record.fields for each in store_of("provby").everything().records
    }
    assert there == {each.record.key: each.record.fields for each in had.records}
    save_area(area)  # and its files again: nothing is there twice
    assert set(open_area("provby").places["id"]) == {*area.places["id"], "ny"}
    assert "Anas" in open_area("provby").places["name"].tolist()


def test_a_copy_into_an_area_that_has_fewer_files_loses_nothing(
    area: Area, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = filled(area, tmp_path)
    monkeypatch.setenv("NARHET_HOME", str(tmp_path / "annat"))
    save_area(replace(area, places=area.places.iloc[:2], _snaps={}))
    run("restore", "provby", path)
    assert set(open_area("provby").places["id"]) == {*area.places["id"], "ny"}


def test_a_change_of_files_in_another_home_is_not_undone_here(
    area: Area, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "a.csv"
    file.write_text(ACTIVITIES, encoding="utf-8")
    run("activities", area.id, "--add", file)
    added = batch_of()
    path = tmp_path / "allt.xlsx"
    run("export", area.id, "-o", path)
    monkeypatch.setenv("NARHET_HOME", str(tmp_path / "annat"))
    for name in ("A", "B"):
        save_area(replace(area, name=name))
    run("restore", "provby", path)
    with refused("undo_too_old"):
        file_changes.undo("provby", added)
    assert open_area("provby").activities["name"].tolist() == ["Språkcafé"]
