"""Nothing of a protected housing reaches the database: no row, no log, no journal, no error."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import shapely
import sqlalchemy as sa

from geo.area.model import Area
from geo.area.people import of_housing
from geo.area.protected import SHAPE, is_restricted
from geo.errors import HousingHidden, InputError, NarhetError, RecordChanged
from geo.store.database import records
from geo.store.model import Edit, edit_of
from geo.store.protection import Grounds
from geo.store.store import Store
from tests.geo.store.server import dump

NAME, STREET, ID, PHONE = "Hemliga huset", "Dolda vägen 7", "boende-hemlig-17", "070-1234567"
LON, LAT = 17.8211234, 59.3761357
SECRET = Edit(
    *(ID, "place", 0, "open", LON, LAT),
    {
        **{"name": NAME, "kind": "transitional_housing", "address": STREET},
        "details": {"skyddad": "Ja", "telefon": PHONE, "hushall": 6},
    },
)
TOLD = (NAME, STREET, ID, PHONE, "17.8211234", "59.3761357", "17.82112", "59.37613")


def everything(home: Path, backend: str, server: str) -> bytes:
    """All bytes there are: the database's files with their journals, or what the server dumps."""
    if backend == "postgres":
        return dump(server)
    return b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())


def nothing_told(content: bytes) -> None:
    for word in TOLD:
        for form in (word, word.encode("unicode_escape").decode(), word.lower()):
            assert form.encode() not in content, word
            assert form.encode("utf-16-le") not in content, word
    doubles = [value.to_bytes(8, "big") for value in _bits(LON, LAT)]
    for number in [*doubles, *(each[::-1] for each in doubles)]:
        assert number not in content


def _bits(*values: float) -> list[int]:
    import struct

    return [struct.unpack(">Q", struct.pack(">d", value))[0] for value in values]


@pytest.fixture
def look(home: Path, backend: str, request: pytest.FixtureRequest):
    server = request.getfixturevalue("server") if backend == "postgres" else ""
    return lambda: everything(home, backend, server)


def test_a_protected_housing_is_kept_as_a_region_under_another_id(
    store: Store, ground: Grounds, area: Area, look
) -> None:
    at_work = Edit("a1", "activity", 0, fields={"place": ID, "kind": "language_cafe"})
    store.write([SECRET, at_work], who="Anna", note=f"läste {NAME}", ground=ground)
    kept = store.record("transitional_housing-restricted-1")
    assert kept.fields["details"]["hushall"] == 6 and SHAPE in kept.fields["details"]
    region = shapely.from_wkt(kept.fields["details"][SHAPE])
    assert region.covers(shapely.Point(LON, LAT)) and kept.lon != LON
    assert store.record("a1").fields["place"] == kept.id
    assert store.history(kept.id)[0].note == ""
    nothing_told(look())
    found = store.overlay(area)
    assert is_restricted(found.places).sum() == 1
    assert found.people.loc[found.people["unit"] == kept.id, "newcomer_households"].tolist() == [6]


def test_not_even_journals_and_pages_of_the_database_hold_it(
    store: Store, ground: Grounds, home: Path, backend: str, request: pytest.FixtureRequest
) -> None:
    name = f"Ingen ska se {backend}"
    secret = replace(SECRET, id=name, fields={**SECRET.fields, "name": name})
    with store.engine.connect() as held:
        held.execute(sa.select(records)).all()  # while somebody reads, the journal stays
        store.write([secret], who="Anna", note=f"läste {name}", ground=ground)
        store.write([edit_of(store.record("b1"), name="Kontroll 4711")], who="A", ground=ground)
        folder = home
        if backend == "postgres":
            folder = Path(request.getfixturevalue("server").partition("host=")[2]) / "data"
            held.execute(sa.text("CHECKPOINT"))
        content = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
        journals = [path for path in folder.rglob("*") if "wal" in str(path) and path.is_file()]
    assert journals
    assert any(b"Kontroll 4711" in each for each in content)
    assert not any(name.encode() in each for each in content)


def test_the_file_itself_would_tell_if_it_were_written_as_it_is(
    store: Store, ground: Grounds, look
) -> None:
    open_one = {**SECRET.fields, "details": {"telefon": PHONE}}
    store.write([replace(SECRET, fields=open_one)], who="Anna", ground=ground)
    with pytest.raises(AssertionError):
        nothing_told(look())
    store.write([edit_of(store.record(ID), name="X")], who="Anna", ground=ground)
    forgotten = store.record(ID)
    hide = edit_of(forgotten, details={**forgotten.fields["details"], "skyddad": "ja"})
    batch = store.write([hide], who="Anna", ground=ground)
    assert batch > 0
    assert store.history(ID) == []
    assert [each.id for each in store.records() if "restricted" in each.id]
    assert not [each for each in store.records() if each.id == ID]
    nothing_told(look())
    with pytest.raises(NarhetError):
        store.undo(batch - 1, who="Anna")
    assert "hide" in {change.action for change in store.log()}


def test_a_housing_of_a_file_that_becomes_protected_is_nowhere_else(
    store: Store, ground: Grounds, area: Area, look
) -> None:
    """The row stays in the area's files: nobody sees it, counts it, or gets it back."""
    (at,) = area.places.index[area.places["id"] == "g1"]
    rows = area.places.copy()
    rows.loc[at, ["name", "address", "details"]] = [NAME, STREET, '{"hushall": 6}']
    people = of_housing(rows)
    area = replace(area, places=rows, people=people, created="2026-11-30T10:00:00+00:00")
    store.merge(area, "filer")
    before = store.everything()
    shown = store.record("g1")
    hide = edit_of(shown, details={**shown.fields["details"], "skyddad": "ja"})
    at_work = Edit("a1", "activity", 0, fields={"place": "g1", "kind": "language_cafe"})
    store.write([at_work], who="Anna", ground=ground)
    store.write([hide], who="Anna", ground=ground)

    def nowhere(of: Area) -> None:
        found = store.overlay(of)
        there = found.places[found.places["kind"] == "transitional_housing"]
        assert there["id"].tolist() == ["transitional_housing-restricted-1"]
        assert found.people["newcomer_households"].sum() == 6, "counted once"
        assert found.activities["place"].tolist() == ["transitional_housing-restricted-1"]
        assert NAME not in found.places.to_json() and STREET not in found.places.to_json()
        assert all(each.id != "g1" for each in store.records(status=""))

    nowhere(area)
    again = replace(area, created="2026-12-01T10:00:00+00:00")
    store.merge(again, "filer")
    nowhere(again)
    store.restore(before, who="Anna", ground=ground)
    nowhere(again)
    assert store.record("f1").id == "f1", "what else the copy holds is there"
    for word in (NAME, STREET):
        assert word.encode() not in look()


def test_without_a_point_only_counts_are_kept_until_it_is_placed(
    store: Store, ground: Grounds, look
) -> None:
    store.write([replace(SECRET, lon=None, lat=None)], who="Anna", ground=ground)
    (lost,) = store.unplaced()
    assert lost.fields["details"] == {"hushall": 6, "skyddad": "ja"}
    assert lost.fields["address"] == ""
    store.write([edit_of(lost, lon=LON, lat=LAT, name=NAME)], who="Anna", ground=ground)
    placed = store.record(lost.id)
    assert placed.is_placed and SHAPE in placed.fields["details"]
    nothing_told(look())


MORE = (
    {"name": NAME},
    {"address": STREET},
    {"lon": LON, "lat": LAT},
    {"details": {}, "lon": LON, "lat": LAT, "name": NAME},
    {"kind": "library"},
)


def test_nobody_tells_more_of_a_hidden_housing(store: Store, ground: Grounds, look) -> None:
    store.write([SECRET], who="Anna", ground=ground)
    kept = store.record("transitional_housing-restricted-1")
    said = ""
    for changes in MORE:
        with pytest.raises(HousingHidden) as refused:
            store.write([edit_of(kept, **changes)], who="Anna", ground=ground)
        said += f"{refused.value!r} {refused.value.message('sv')}"
    nothing_told(said.encode() + look())


def test_a_hidden_housing_is_closed_and_its_counts_are_corrected(
    store: Store, ground: Grounds
) -> None:
    store.write([SECRET], who="Anna", ground=ground)
    kept = store.record("transitional_housing-restricted-1")
    details = {**kept.fields["details"], "hushall": 8}
    store.write([edit_of(kept, details=details)], who="Anna", ground=ground)
    kept = store.record(kept.id)
    assert kept.fields["details"]["hushall"] == 8
    batch = store.write([edit_of(kept, status="closed")], who="Anna", ground=ground)
    store.undo(batch, who="Anna")
    assert store.record(kept.id).status == "open"
    second = store.write([SECRET], who="Anna", ground=ground)
    assert store.record("transitional_housing-restricted-2").version == 1
    store.undo(second, who="Anna")
    store.write([SECRET], who="Anna", ground=ground)
    assert store.record("transitional_housing-restricted-3"), "an id is not used twice"


def test_errors_tell_nothing_either(
    store: Store, ground: Grounds, look, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = []
    stale = replace(SECRET, id="g1", expects=7)
    for edits in ([stale], [SECRET, Edit("b1", "place", 9)], [SECRET, SECRET]):
        with pytest.raises((RecordChanged, InputError)) as refused:
            store.write(edits, who="Anna", ground=ground)
        assert refused.value.code in {"record_changed", "bad_record"}
        said.append(f"{refused.value!r} {refused.value.message('sv')}")
    assert NAME not in "".join(said) and STREET not in "".join(said)

    def refuse(row: object) -> dict:
        return {**columns(row), "version": object()}

    from geo.store import rows as store_rows

    columns = store_rows._columns
    monkeypatch.setattr(store_rows, "_columns", refuse)
    with pytest.raises(NarhetError) as refused:
        store.write([SECRET], who="Anna", ground=ground)
    told = f"{refused.value!r} {refused.value.__context__!r} {refused.value.__cause__!r}"
    assert NAME not in told and PHONE not in told
    nothing_told(look())
