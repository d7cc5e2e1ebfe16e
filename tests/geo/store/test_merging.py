"""Files read again meet what people edited: three ways, by id and field."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.area.model import Area
from geo.catalog import open_area, save_area
from geo.cli.parser import main
from geo.store import merge as store_merge
from geo.store.model import PLACE_FIELDS, Edit, Record, edit_of
from geo.store.protection import Grounds
from geo.store.rows import Kept
from geo.store.store import Store, store_of


def filed_as(area: Area, **names: object) -> Area:
    """The area as its files say now: a name a place id, None where the row is gone."""
    places = area.places[[names.get(name, "") is not None for name in area.places["id"]]]
    told = [
        names.get(row.id, row.name_)
        for row in places.rename(columns={"name": "name_"}).itertuples()
    ]
    return replace(area, places=places.assign(name=told).reset_index(drop=True))


def test_what_only_the_file_changed_is_the_files(store: Store, area: Area) -> None:
    met = store.merge(filed_as(area, b1="Filens"), "Bo")
    assert store.record("b1").fields["name"] == "Filens"
    assert (met.added, met.changed, met.closed, met.clashes) == (0, 1, 0, ())
    assert store.history("b1")[0].by == "Bo"
    assert store.overlay(filed_as(area, b1="Filens")).places["name"].tolist()[3] == "Filens"


def test_what_only_people_changed_stands(store: Store, area: Area, ground: Grounds) -> None:
    store.write([edit_of(store.record("b1"), name="Annas")], who="Anna", ground=ground)
    met = store.merge(area, "Bo")
    assert met.batch == 0
    assert store.overlay(area).places["name"].tolist()[3] == "Annas"


def test_where_both_changed_one_field_the_persons_stands_and_it_is_told_once(
    store: Store, area: Area, ground: Grounds
) -> None:
    store.write([edit_of(store.record("b1"), name="Annas")], who="Anna", ground=ground)
    before = store.revision()
    met = store.merge(filed_as(area, b1="Filens"), "Bo")
    (clash,) = met.clashes
    assert (clash.record, clash.field, clash.file, clash.kept) == ("b1", "name", "Filens", "Annas")
    assert store.record("b1").fields["name"] == "Annas"
    assert store.history("b1")[0].action == "conflict"
    assert store.clashes(before) == [clash]
    assert store.merge(filed_as(area, b1="Filens"), "Bo").clashes == ()


def test_different_fields_of_one_record_are_both_taken(
    store: Store, area: Area, ground: Grounds
) -> None:
    b1 = edit_of(store.record("b1"), address="Annas gata 1", details={"antal": 3})
    store.write([b1], who="Anna", ground=ground)
    file = filed_as(area, b1="Filens")
    file = replace(file, places=file.places.assign(details='{"telefon": "08"}'))
    met = store.merge(file, "Bo")
    assert met.clashes == ()
    assert store.record("b1").fields["name"] == "Filens"
    assert store.record("b1").fields["address"] == "Annas gata 1"
    assert store.record("b1").fields["details"] == {"antal": 3, "telefon": "08"}


def test_rows_gone_from_the_file_are_closed_unless_people_edited_them(
    store: Store, area: Area, ground: Grounds
) -> None:
    store.write([edit_of(store.record("m1"), name="Annas")], who="Anna", ground=ground)
    smaller = filed_as(area, b1=None, m1=None)
    met = store.merge(smaller, "Bo")
    assert store.record("b1").status == "closed"
    assert store.record("m1").status == "open"
    assert [(clash.record, clash.field) for clash in met.clashes] == [("m1", "gone")]
    assert store.overlay(smaller).places["id"].tolist() == ["f1", "f2", "f3", "g1", "m1"]
    assert store.merge(smaller, "Bo").batch == 0
    store.merge(area, "Bo")
    assert store.record("b1").status == "open", "it is in the file again"


def test_what_people_closed_stays_closed(store: Store, area: Area, ground: Grounds) -> None:
    store.write([edit_of(store.record("b1"), status="closed")], who="Anna", ground=ground)
    for file in (area, filed_as(area, f1="Filens"), area):
        store.merge(file, "Bo")
        assert store.record("b1").status == "closed"
        assert "b1" not in store.overlay(file).places["id"].tolist()


def test_what_people_added_stays_and_new_rows_come_in(
    store: Store, area: Area, ground: Grounds
) -> None:
    new = Edit("ny", "place", 0, lon=17.82, lat=59.375, fields={"name": "Ny", "kind": "library"})
    store.write([new], who="Anna", ground=ground)
    places = area.places.replace({"id": {"b1": "b2"}})
    met = store.merge(replace(area, places=places), "Bo")
    assert (met.added, met.closed) == (1, 1)
    assert store.overlay(replace(area, places=places)).places["id"].tolist()[-1] == "ny"
    assert store.record("b2").fields["name"] == "Biblioteket"


def test_a_merge_can_be_undone_and_stays_undone(store: Store, area: Area) -> None:
    places = area.places.replace({"id": {"b1": "b2"}})
    file = filed_as(replace(area, places=places), m1="Filens")
    batch = store.merge(file, "Bo").batch
    store.undo(batch, who="Anna")
    assert store.overlay(file).places["id"].tolist() == ["f1", "f2", "f3", "m1", "g1", "b1"]
    assert store.record("m1").fields["name"] == "Träffpunkten"
    assert store.record("b2").status == "closed"
    assert store.merge(file, "Bo").batch == 0


VALUES = st.sampled_from(["a", "b", "c"])
ROW = st.fixed_dictionaries({}, optional={"name": VALUES, "antal": VALUES})


@settings(max_examples=60)
@given(base=st.none() | ROW, file=st.none() | ROW, mine=ROW, closed=st.booleans())
def test_each_field_is_merged_as_three_ways_say(
    base: dict | None, file: dict | None, mine: dict, closed: bool
) -> None:
    """The oracle says it field by field: whoever changed it; both, and otherwise: the person."""
    status = "closed" if closed else "open"
    before = Kept(_said("place", mine, status), None if base is None else _told(base), 0)
    if file is None:
        if base is not None:
            met = store_merge._gone(before)
            untouched = _plain(mine) == _plain(base) and not closed
            assert met.after["status"] == ("closed" if untouched or closed else "open")
            assert bool(met.clashes) == (not untouched and not closed)
        return
    met = store_merge._meet(before, _told(file), keep_base=False)
    assert met.base == _told(file)
    was = {**_plain(base), "status": "open"} if base is not None else None
    now, said = {**_plain(mine), "status": status}, {**_plain(file), "status": "open"}
    clashed = set()
    for field in ("name", "antal", "status"):
        expected = now.get(field)
        if now.get(field) != said.get(field):
            if was is not None and was.get(field) == now.get(field):
                expected = said.get(field)
            elif was is None or was.get(field) != said.get(field):
                clashed.add(field)
        assert _field(met.after, field) == expected
    assert {clash.field.removeprefix("details.") for clash in met.clashes} == clashed


def _plain(row: dict) -> dict:
    return {"name": "", **row}


def _told(row: dict) -> dict:
    details = {"antal": row["antal"]} if "antal" in row else {}
    fields = {**PLACE_FIELDS, "name": row.get("name", ""), "details": details}
    return {"status": "open", "lon": None, "lat": None, "fields": fields}


def _said(kind: str, row: dict, status: str) -> Record:
    return Record("x", kind, 1, status, None, None, _told(row)["fields"])


def _field(kept: dict, name: str) -> object:
    if name == "status":
        return kept["status"]
    fields = kept["fields"]
    return fields["name"] if name == "name" else fields["details"].get(name)


def test_files_saved_while_the_store_looked_away_are_merged_when_the_area_opens(
    saved: Area, ground: Grounds, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = store_of(saved.id)
    store.take(saved, "Anna")
    store.write([edit_of(store.record("b1"), name="Annas")], who="Anna", ground=ground)
    with monkeypatch.context() as patch:
        patch.setattr("geo.catalog._with_edits", lambda area, _home: area)
        save_area(filed_as(saved, b1="Filens", f1="Filens"))
    found = open_area(saved.id)
    named = dict(zip(found.places["id"], found.places["name"], strict=True))
    assert (named["b1"], named["f1"]) == ("Annas", "Filens")
    assert store.history("b1")[0].action == "conflict"


def test_on_the_command_line(
    saved: Area, home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NARHET_USER", "Kim")
    file = home / "libraries.csv"
    places = saved.places.geometry

    def write(rows: str) -> None:
        file.write_text("id,name,lat,lon\n" + rows, encoding="utf-8")

    def run(*words: str, status: int = 0) -> tuple[str, str]:
        assert main([*words, "--lang", "en"]) == status
        return tuple(capsys.readouterr())

    at = f"{places.y[0]},{places.x[0]}"
    write(f"1,Ett,{at}\n2,Tva,{at}\n3,Tre,{at}\n")
    run("area", "add", saved.id, "--place", f"library={file}")
    said = run("log", saved.id)[0]
    assert "files were added to the area: libraries.csv" in said and "\tKim\t" in said
    area = open_area(saved.id)
    store = store_of(saved.id)
    store.take(area, "Anna")
    edits = [edit_of(store.record(f"library-{n}"), name=f"Annas {n}") for n in (1, 2)]
    batch = store.write(edits, who="Anna", ground=_ground(area))

    write(f"1,Filens,{at}\n3,Nya tre,{at}\n")
    said = run("area", "add", saved.id, "--place", f"library={file}")[1]
    assert "Annas 1: name is ”Filens” in the file, ”Annas 1” stands" in said
    assert "Annas 2: is no longer in the file" in said
    opened = open_area(saved.id).places
    named = dict(zip(opened["id"], opened["name"], strict=True))
    assert [named[f"library-{n}"] for n in (1, 2, 3)] == ["Annas 1", "Annas 2", "Nya tre"]
    files = open_area(saved.id, edited=False).places
    assert "Annas 1" not in files["name"].tolist(), "edits stay in the store, files stay files"

    logged = json.loads(run("log", saved.id, "--json", "--most", "3")[0])
    assert {change["by"] for change in logged} == {"Kim"}
    assert run("undo", saved.id, str(batch), status=1)[1].startswith(f"Change {batch} cannot")
    assert "undone" in run("undo", saved.id, str(logged[0]["batch"]), "--who", "Bo")[0]
    assert store.log(most=1)[0].by == "Bo"
    assert "There is no change 99" in run("undo", saved.id, "99", status=2)[1]
    assert "\tBo\tundone\t" in run("log", saved.id)[0]


def _ground(area: Area) -> Grounds:
    from geo.store.protection import ground_of

    return ground_of(area)
