"""All that a store holds goes into a file of each kind and comes back without loss."""

from __future__ import annotations

import json
import sqlite3
import zipfile
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pyogrio
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.area.model import Area
from geo.catalog import open_area
from geo.cli.parser import main
from geo.errors import FileFormat, FileMissing, FileTooLarge, HousingHidden
from geo.output.files.backup import ENDINGS, read_everything, write_everything
from geo.store.backup import Whole
from geo.store.model import PLACE_FIELDS, Change, Edit, Record, Scenario, edit_of
from geo.store.protection import Grounds, ground_of
from geo.store.rows import Kept
from geo.store.store import Store, has_store, store_of
from tests.refusals import refused

HOSTILE = (
    *("=1+1", "@SUM(A1)", "<script>", "{{7*7}}", "\x00\x1f\ud800\ufffe", "_x0041_", "\\0041"),
    *("‮rtl", "a\r\nb\tc", " kant ", "\\long:1", "å" * 40_000, ""),
)
WORDS = st.one_of(st.sampled_from(HOSTILE), st.text(st.characters(categories=None), max_size=12))
JSON = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(allow_nan=False, allow_infinity=False),
        WORDS,
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=2), st.dictionaries(WORDS, inner, max_size=2)),
    max_leaves=4,
)


@st.composite
def wholes(draw: Any) -> Whole:
    records = [draw(_kept(at)) for at in range(draw(st.integers(0, 3)))]
    changes = [
        Change(
            *(at + 1, 1, each.record.id, each.record.type, draw(WORDS), draw(WORDS), draw(WORDS)),
            *(None, each.record, draw(WORDS)),
        )
        for at, each in enumerate(records)
    ]
    scenarios = [Scenario("s", draw(WORDS), draw(JSON), 3, draw(WORDS), draw(WORDS))]
    return Whole(tuple(records), tuple(changes), tuple(scenarios), "2026")


@st.composite
def _kept(draw: Any, at: int) -> Kept:
    kind = draw(st.sampled_from(["place", "activity"]))
    fields = {"name": draw(WORDS), "details": draw(st.dictionaries(WORDS, JSON, max_size=2))}
    fields |= {"demonstration": draw(st.booleans()), draw(WORDS): draw(JSON)}
    if kind == "place":
        fields = {**PLACE_FIELDS, **fields}
    point = (None, None)
    if kind == "place" and draw(st.booleans()):
        point = draw(st.floats(-180, 180)), draw(st.floats(-90, 90))
    status = draw(st.sampled_from(["open", "closed"]))
    record = Record(f"{at}{draw(WORDS)}", kind, at + 1, status, *point, fields, "nu", draw(WORDS))
    return Kept(record, draw(st.none() | st.dictionaries(WORDS, JSON, max_size=2)), at)


@pytest.mark.parametrize("ending", ENDINGS)
@settings(max_examples=4, suppress_health_check=list(HealthCheck))
@given(whole=wholes())
def test_whatever_it_holds_it_comes_back(whole: Whole, ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"allt{ending}"
    write_everything(whole, path)
    assert read_everything(path) == whole


def filled(store: Store, ground: Grounds) -> None:
    """Give a store some of everything."""
    edits = [
        Edit("=1+1", "place", 0, fields={"name": "\x00<script>", "kind": "library"}),
        edit_of(store.record("f1"), status="closed"),
        edit_of(store.record("b1"), name="Nya", details={"tal": 0.1, "ö": [None, "=x"]}),
        Edit("a1", "activity", 0, fields={"place": "b1", "name": "Språkcafé"}),
        Edit(
            *("g2", "place", 0, "open", 17.8211234, 59.3761357),
            {"name": "Hemliga huset", "kind": "transitional_housing", "details": {"skyddad": "ja"}},
        ),
    ]
    batch = store.write(edits, who="Anna", note="=1+1", ground=ground)
    store.undo(
        store.write([edit_of(store.record("m1"), name="X")], who="B", ground=ground), who="B"
    )
    store.save_scenario("s1", "Två desks", {"desks": [1, None]}, who="Åsa")
    assert batch


def untimed(whole: Whole) -> Whole:
    """Without the numbers of the log, which a server counts for all areas."""
    return replace(whole, changes=tuple(replace(each, number=0) for each in whole.changes))


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_store_goes_into_a_file_and_into_an_empty_store_of_its_own(
    store: Store, ground: Grounds, area: Area, ending: str, tmp_path: Path, home: Path
) -> None:
    filled(store, ground)
    path = tmp_path / f"allt{ending}"
    write_everything(store.everything(), path)
    (home / "areas" / f"{area.id}-b").mkdir()
    other = store_of(f"{area.id}-b")
    dry = other.restore(read_everything(path), who="Kim", ground=ground, dry=True)
    assert dry.whole and other.everything().records == ()
    assert other.restore(read_everything(path), who="Kim", ground=ground) == dry
    assert untimed(other.everything()) == untimed(store.everything())
    places = [each.overlay(area).places.drop(columns="geometry") for each in (store, other)]
    assert places[0].equals(places[1])
    last = max(change.batch for change in other.log())
    assert other.undo(last, who="Kim") == last + 1


def test_into_a_store_that_goes_on_it_is_a_batch_that_can_be_undone(
    store: Store, ground: Grounds
) -> None:
    filled(store, ground)
    saved = store.everything()
    b1 = edit_of(store.record("b1"), name="Senare", details={})
    store.write([b1, edit_of(store.record("f1"), status="open")], who="Bo", ground=ground)
    store.save_scenario("s1", "Annat", 1, who="Bo", expects=1)
    before = store.everything()
    done = store.restore(saved, who="Kim", ground=ground)
    assert (done.whole, done.added, done.changed, done.scenarios) == (False, 0, 2, 1)
    assert store.record("b1").fields["name"] == "Nya"
    assert store.record("f1").status == "closed"
    assert store.scenario("s1").name == "Två desks"
    assert store.log(most=1)[0].by == "Kim"
    store.undo(done.batch, who="Kim")
    assert [each.record.fields for each in store.everything().records] == [
        each.record.fields for each in before.records
    ]
    assert store.restore(store.everything(), who="Kim", ground=ground).batch == 0


def test_cells_of_the_workbook_are_texts_and_never_formulas(
    store: Store, ground: Grounds, tmp_path: Path
) -> None:
    filled(store, ground)
    path = tmp_path / "allt.xlsx"
    write_everything(store.everything(), path)
    book = openpyxl.load_workbook(path)
    types = {cell.data_type for sheet in book for row in sheet for cell in row if cell.value}
    assert types == {"s"}
    with zipfile.ZipFile(path) as parts:
        assert not any(b"<f>" in parts.read(name) for name in parts.namelist())
    assert "Nya" in [cell.value for cell in book["places"]["F"]]


def test_a_gis_reads_the_places_and_what_people_correct_there_comes_back(
    store: Store, ground: Grounds, tmp_path: Path
) -> None:
    filled(store, ground)
    path = tmp_path / "allt.gpkg"
    write_everything(store.everything(), path)
    frame = pyogrio.read_dataframe(path, layer="places").set_index("id")
    assert frame.loc["b1", "name"] == "Nya"
    assert frame.loc["b1"].geometry.x == store.record("b1").lon
    geojson = tmp_path / "allt.geojson"
    write_everything(store.everything(), geojson)
    whole = json.loads(geojson.read_text())
    (b1,) = [each for each in whole["features"] if each["properties"]["id"] == "b1"]
    b1["properties"]["name"], b1["geometry"]["coordinates"] = "Rättad", [17.82, 59.375]
    geojson.write_text(json.dumps(whole))
    store.restore(read_everything(geojson), who="Kim", ground=ground)
    assert store.record("b1").fields["name"] == "Rättad"
    assert (store.record("b1").lon, store.record("b1").lat) == (17.82, 59.375)


def test_nothing_of_protected_housing_goes_out_or_comes_in_by_a_file(
    store: Store, ground: Grounds, tmp_path: Path, home: Path
) -> None:
    filled(store, ground)
    (home / "areas" / "annan").mkdir()
    path = tmp_path / "allt.geojson"
    write_everything(store.everything(), path)
    content = path.read_text()
    for word in ("Hemliga", "17.8211234", "59.3761357", "g2"):
        assert word not in content
    whole = json.loads(content)
    place = next(each for each in whole["features"] if "restricted" in each["properties"]["id"])
    for told in ({"name": "Hemliga huset"}, {"address": "Dolda vägen"}, {"kind": "library"}):
        changed = {**place, "properties": {**place["properties"], **told}}
        path.write_text(json.dumps({**whole, "features": [changed]}))
        for each in (store, store_of("annan")):
            with pytest.raises(HousingHidden):
                each.restore(read_everything(path), who="Kim", ground=ground)
    assert store_of("annan").records() == []


def test_other_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FileMissing):
        read_everything(tmp_path / "nix.xlsx")
    for name in ("a.csv", "a.xlsx", "a.gpkg", "a.geojson"):
        (tmp_path / name).write_bytes(b"id,name\n1,a\n")
        with pytest.raises(FileFormat) as caught:
            read_everything(tmp_path / name)
        assert name in caught.value.message("sv")  # told in a sentence, not as a crash
    (tmp_path / "b.geojson").write_text('{"features": [], "narhet": {"about": []}}')
    with pytest.raises(FileFormat):
        read_everything(tmp_path / "b.geojson")
    with refused("output_format"):
        write_everything(Whole((), (), ()), tmp_path / "a.csv")


def test_a_file_that_is_too_much_or_computes_is_refused_before_it_is_read(tmp_path: Path) -> None:
    bomb = tmp_path / "allt.xlsx"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 60_000_000)
    large = tmp_path / "stor.xlsx"
    with large.open("wb") as stream:
        stream.truncate(51_000_000)
    book = tmp_path / "vy.gpkg"
    write_everything(Whole((), (), ()), book)
    with closing(sqlite3.connect(book)) as base:
        base.execute("ALTER TABLE about RENAME TO hidden")
        base.execute("CREATE VIEW about AS SELECT * FROM hidden")
        base.commit()
    for path in (bomb, book, large):
        with pytest.raises((FileFormat, FileTooLarge)) as caught:
            read_everything(path)
        assert path.name in caught.value.message("sv")


def test_export_and_restore_on_the_command_line(
    saved: Area, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = str(tmp_path / "allt.xlsx")

    def run(*words: str) -> str:
        assert main([*words, "--lang", "en"]) == 0
        return capsys.readouterr().out

    assert "6 places, 0 activities" in run("export", saved.id, "-o", file)
    assert not has_store(saved.id)
    store = store_of(saved.id)
    store.take(saved, "Anna")
    filled(store, ground_of(saved))
    run("export", saved.id, "-o", file)
    batch = store.write(
        [edit_of(store.record("b1"), name="Senare")], who="Bo", ground=ground_of(saved)
    )
    told = run("restore", saved.id, file, "--dry-run", "--who", "Kim")
    assert "nothing was changed" in told and "0 records added, 1 changed" in told
    assert store.record("b1").fields["name"] == "Senare"
    assert f"Back as change {batch + 1}" in run("restore", saved.id, file, "--who", "Kim")
    assert "Nya" in open_area(saved.id).places["name"].tolist()
