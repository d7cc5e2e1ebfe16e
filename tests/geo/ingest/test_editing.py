"""From cells, clicks and fixes to edits, and from two versions of a record to one."""

from __future__ import annotations

from dataclasses import replace

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo import clock
from geo.catalog import save_area
from geo.errors import RecordChanged
from geo.ingest import edits as edits_module
from geo.ingest import edits as ingest_edits
from geo.ingest.checks.thresholds import Fix
from geo.ingest.edits import MINE, THEIRS, Draft
from geo.ingest.geocoding.match import Match
from geo.store.model import CLOSED, OPEN, PLACE, Conflict, Edit, Record, edit_of
from geo.store.protection import ground_of
from geo.store.store import store_of
from tests.tiny import tiny_area

FIELDS = {
    **{"kind": "library", "address": "Torget 1", "district": "", "source": "lista.csv"},
    **{"demonstration": False, "reason": ""},
}


def record(own_id: str, name: str, **details: object) -> Record:
    fields = {**FIELDS, "name": name, "details": details}
    return Record(own_id, PLACE, 3, OPEN, 17.8, 59.4, fields)


def two() -> Draft:
    rows = [record("a", "Ettan", platser=12, tel="08-1"), record("b", "Tvåan", platser=30)]
    return ingest_edits.draft(rows, "library")


def test_the_table_holds_names_and_the_details_that_are_filled() -> None:
    frame = two().frame()
    assert list(frame.columns) == ["name", "address", "details.platser", "details.tel"]
    assert frame["details.platser"].tolist() == [12, 30]
    assert frame["details.tel"].tolist() == ["08-1", None]


def test_a_changed_cell_is_an_edit_of_that_field_alone() -> None:
    delta = {"edited_rows": {1: {"name": " Nya tvåan ", "details.platser": 31.0}}}
    (edit,) = ingest_edits.edits(ingest_edits.applied(two(), delta))
    assert (edit.id, edit.expects, edit.lon, edit.status) == ("b", 3, 17.8, OPEN)
    assert edit.fields["name"] == "Nya tvåan"
    assert edit.fields["details"] == {"platser": 31}
    assert edit.fields["source"] == "lista.csv"


def test_an_emptied_cell_is_unknown_and_not_nought() -> None:
    delta = {"edited_rows": {0: {"details.platser": None, "details.tel": ""}}}
    (edit,) = ingest_edits.edits(ingest_edits.applied(two(), delta))
    assert edit.fields["details"] == {}


def test_a_row_taken_away_is_closed_and_a_new_one_waits_for_its_place() -> None:
    delta = {
        "deleted_rows": [0],
        "added_rows": [{"name": "Trean", "details.platser": 4}, {}],
        "edited_rows": {},
    }
    new, closed = sorted(
        ingest_edits.edits(ingest_edits.applied(two(), delta), lambda: "x"),
        key=lambda one: one.expects,
    )
    assert (closed.id, closed.status, closed.fields["name"]) == ("a", CLOSED, "Ettan")
    assert (new.id, new.expects, new.lon, new.fields["reason"]) == ("library-x", 0, None, "by_hand")
    assert new.fields["details"] == {"platser": 4}


def test_what_is_written_again_as_it_was_is_no_edit() -> None:
    delta = {"edited_rows": {0: {"name": "Ettan", "details.platser": 12}}}
    assert ingest_edits.edits(ingest_edits.applied(two(), delta)) == ()


@given(
    first=st.dictionaries(st.integers(0, 1), st.fixed_dictionaries({"name": st.text()})),
    second=st.dictionaries(st.integers(0, 1), st.fixed_dictionaries({"address": st.text()})),
)
def test_leaving_the_page_between_two_cells_loses_neither(first: dict, second: dict) -> None:
    """A draft folded and edited again says what one edited at once says."""
    folded = ingest_edits.applied(
        ingest_edits.applied(two(), {"edited_rows": first}), {"edited_rows": second}
    )
    both = {at: {**first.get(at, {}), **second.get(at, {})} for at in (0, 1)}
    assert ingest_edits.edits(folded) == ingest_edits.edits(
        ingest_edits.applied(two(), {"edited_rows": both})
    )


def test_of_protected_housing_only_counts_can_be_written() -> None:
    fields = {**FIELDS, "kind": "transitional_housing", "name": "Skyddat boende", "address": ""}
    details = {"region_wkt": "POINT (1 1)", "region_enough": True, "barn_1_5": 7}
    hidden = Record("h", PLACE, 1, OPEN, 17.8, 59.4, {**fields, "details": details})
    assert ingest_edits.is_hidden(hidden)
    assert ingest_edits.draft([hidden], "transitional_housing").rows == ()
    base = ingest_edits.draft([hidden], "transitional_housing", hidden=True)
    assert base.columns == ("details.barn_1_5",)
    (edit,) = ingest_edits.edits(
        ingest_edits.applied(base, {"edited_rows": {0: {"details.barn_1_5": 9}}})
    )
    assert edit.fields["details"] == {**details, "barn_1_5": 9}
    assert (edit.lon, edit.lat) == (17.8, 59.4)


def test_a_suggestion_that_is_taken_credits_who_knew_the_place() -> None:
    match = Match("", 70, "street", shapely.Point(17.9, 59.5), "Torget 3", "OpenStreetMap")
    edit = ingest_edits.placed(record("a", "Ettan"), match)
    assert (edit.lon, edit.lat, edit.fields["reason"]) == (17.9, 59.5, "")
    assert edit.fields["source"] == "lista.csv · OpenStreetMap"


def test_fixes_close_unplace_move_and_fill_records() -> None:
    area = tiny_area()
    records = ingest_edits.standing(area, None)
    fixes = [
        Fix("merge", "f2", {"into": "f1"}),
        Fix("unplace", "b1"),
        Fix("set", "m1", {"address": "Torget 9", "platser": 12}),
        Fix("move", "f3", {"lon": 17.82, "lat": 59.376}),
    ]
    edits = {each.id: each for each in ingest_edits.fix_edits(fixes, area.places, records)}
    assert set(edits) == {"f2", "b1", "m1", "f3"}
    assert edits["f2"].status == CLOSED
    assert (edits["b1"].lon, edits["b1"].fields["reason"]) == (None, "set_aside")
    assert edits["m1"].fields["address"] == "Torget 9"
    assert edits["m1"].fields["details"] == {"platser": 12}
    assert (edits["f3"].lon, edits["f3"].lat) == (17.82, 59.376)


def test_an_area_nobody_edited_stands_as_its_store_will_take_it() -> None:
    area = save_area(replace(tiny_area(), id="otagen"))
    store = store_of("otagen")
    store.take(area, "Anna")
    taken = ingest_edits.standing(area, store)
    assert [
        replace(each, changed_at="", changed_by="") for each in taken
    ] == list(ingest_edits.standing(area, None))  # fmt: skip


def conflict() -> Conflict:
    base = record("a", "Ettan", platser=12, tel="08-1")
    mine = edit_of(base, name="Min etta", lon=17.7)
    details = {"platser": 15, "tel": "08-1"}
    fields = {**base.fields, "name": "Deras etta", "details": details}
    return Conflict(mine, replace(base, version=4, fields=fields, changed_by="Bo"), base)


def test_only_what_both_changed_must_be_chosen() -> None:
    told = {each.field: each for each in edits_module.differences(conflict())}
    assert set(told) == {"name", "details.platser", "point"}
    assert (told["name"].both, told["name"].usual) == (True, MINE)
    assert (told["details.platser"].both, told["details.platser"].usual) == (False, THEIRS)
    assert (told["point"].both, told["point"].usual) == (False, MINE)


def test_a_settled_edit_keeps_of_each_field_what_was_chosen() -> None:
    edit = edits_module.settled(conflict(), {"name": THEIRS})
    assert edit is not None
    assert edit.expects == 4
    assert edit.fields["name"] == "Deras etta"
    assert edit.fields["details"] == {"platser": 15, "tel": "08-1"}
    assert (edit.lon, edit.lat) == (17.7, 59.4)
    mine = edits_module.settled(
        conflict(), dict.fromkeys(("name", "details.platser", "point"), MINE)
    )
    assert mine is not None
    assert mine.fields["name"] == "Min etta"
    assert mine.fields["details"]["platser"] == 12


def test_a_record_that_is_gone_comes_back_only_if_wanted_and_never_as_housing() -> None:
    gone = replace(conflict(), theirs=None)
    assert edits_module.settled(gone, {}) is None
    again = edits_module.settled(gone, {"record": MINE})
    assert again is not None
    assert (again.expects, again.fields["name"]) == (0, "Min etta")
    housing = Edit("a", PLACE, 3, fields={**gone.mine.fields, "kind": "transitional_housing"})
    assert edits_module.settled(replace(gone, mine=housing), {"record": MINE}) is None


def test_two_people_edit_one_record_and_both_edits_end_up_in_it() -> None:
    area = save_area(replace(tiny_area(), id="tva"))
    store, ground = store_of("tva"), ground_of(area)
    store.take(area, "Anna")
    seen = store.record("b1")
    store.write([edit_of(seen, address="Torget 2")], who="Bo", ground=ground)
    mine = edit_of(seen, name="Nya biblioteket")
    with pytest.raises(RecordChanged) as refused:
        store.write([mine], who="Anna", ground=ground)
    edit = edits_module.settled(refused.value.conflicts[0], {})
    assert edit is not None
    store.write([edit], who="Anna", ground=ground)
    now = store.record("b1")
    assert (now.name, now.fields["address"]) == ("Nya biblioteket", "Torget 2")
    assert [(each.by, edits_module.changed(each)) for each in store.history("b1")] == [
        ("Anna", (("name", "Biblioteket", "Nya biblioteket"),)),
        ("Bo", (("address", "Provgatan 1", "Torget 2"),)),
    ]


def test_the_log_is_told_by_batch_and_the_first_records_are_never_undone() -> None:
    area = save_area(replace(tiny_area(), id="satser"))
    store, ground = store_of("satser"), ground_of(area)
    store.take(area, "Anna")
    edits = [edit_of(store.record(name), status=CLOSED) for name in ("b1", "m1")]
    store.write(edits, who="Bo", ground=ground)
    latest, first = edits_module.batches(store.log())
    assert (latest.by, len(latest.changes), latest.undoable) == ("Bo", 2, True)
    assert edits_module.counted(latest.changes) == {"close": 2}
    assert not first.undoable


def test_the_history_shows_swedish_time() -> None:
    assert clock.local_time("2026-11-22T12:50:01+00:00") == "2026-11-22 13:50"
    assert clock.local_time("2026-07-01T12:50:01+00:00") == "2026-07-01 14:50"


def test_records_of_one_name_are_told_apart() -> None:
    names = {"a": "Salen", "b": "Salen", "c": "Torget"}
    assert ingest_edits.told_apart(names) == {"a": "Salen (a)", "b": "Salen (b)", "c": "Torget"}
