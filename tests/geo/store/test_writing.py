"""Edits are written whole, logged, told of each other, and undone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from geo.area.model import Area
from geo.errors import RecordChanged, StoreError, UndoBlocked
from geo.store.model import Edit, edit_of
from geo.store.protection import Grounds
from geo.store.store import Store, edits_of, has_store, store_of
from tests.refusals import refused

HOSTILE = "=1+1 <script>{{7*7}}\x00\\\ud800 ‮åäö\t\n" + "x" * 10_000


def test_the_first_time_an_areas_places_become_records(store: Store, area: Area) -> None:
    found = store.records()
    assert [each.id for each in found] == area.places["id"].tolist()
    assert found[3].fields == {
        **{"name": "Biblioteket", "kind": "library", "address": "Provgatan 1"},
        **{"district": "Södra", "source": "Provkartan", "demonstration": False},
        **{"details": {}, "reason": ""},
    }
    assert (found[3].lon, found[3].lat) == (area.places.geometry[3].x, area.places.geometry[3].y)
    assert [change.action for change in store.log()] == ["take"]
    assert store.take(area, "Bo") == 0
    assert len(store.log()) == 1


def test_an_area_nobody_edited_has_no_store(area: Area) -> None:
    assert not has_store(area.id)
    assert edits_of(area.id) == 0
    store_of(area.id).take(area, "Anna")
    assert has_store(area.id)
    assert edits_of(area.id) > 0


def test_a_change_is_logged_with_who_when_before_and_after(store: Store, ground: Grounds) -> None:
    old = store.record("b1")
    batch = store.write([edit_of(old, name="Nya")], who="Åsa", note="brev", ground=ground)
    (change,) = store.history("b1")
    assert (change.action, change.by, change.note, change.batch) == ("change", "Åsa", "brev", batch)
    assert change.number == store.revision()
    assert change.before == old
    assert change.after == store.record("b1")
    assert change.after.version == old.version + 1
    assert change.at == change.after.changed_at > old.changed_at


@pytest.mark.parametrize(
    ("changes", "action"),
    [
        ({"name": "Nya"}, "change"),
        ({"lon": 17.82, "lat": 59.375}, "move"),
        ({"lon": 17.82, "lat": 59.375, "address": "Ny gata 1"}, "change"),
        ({"lon": None, "lat": None}, "move"),
        ({"status": "closed"}, "close"),
        ({"details": {"antal_barn": 3}}, "change"),
    ],
)
def test_the_log_says_what_was_done(
    store: Store, ground: Grounds, changes: dict, action: str
) -> None:
    store.write([edit_of(store.record("b1"), **changes)], who="Anna", ground=ground)
    assert store.log(most=1)[0].action == action


def test_an_edit_that_changes_nothing_is_no_batch(store: Store, ground: Grounds) -> None:
    before = store.revision()
    assert store.write([edit_of(store.record("b1"))], who="Anna", ground=ground) == 0
    assert store.revision() == before


def test_the_second_of_two_editors_is_told_and_shown_both_versions(
    store: Store, ground: Grounds
) -> None:
    seen = store.record("b1")
    store.write([edit_of(seen, name="Annas")], who="Anna", ground=ground)
    edits = [edit_of(store.record("m1"), name="Fri"), edit_of(seen, name="Bos")]
    with pytest.raises(RecordChanged) as caught:
        store.write(edits, who="Bo", ground=ground)
    assert caught.value.mine.fields["name"] == "Bos"
    assert caught.value.theirs.fields["name"] == "Annas"
    assert caught.value.base == seen
    assert "Annas" in caught.value.message("sv") and "Anna" in caught.value.message("sv")
    assert store.record("m1").fields["name"] == "Träffpunkten", "all or nothing"


def test_an_id_that_is_taken_is_not_added_again(store: Store, ground: Grounds) -> None:
    with pytest.raises(RecordChanged) as caught:
        store.write([Edit("b1", "place", 0, fields={"name": "Jag"})], who="Bo", ground=ground)
    assert caught.value.theirs == store.record("b1")


def test_a_place_and_an_activity_may_share_an_id(store: Store, ground: Grounds) -> None:
    activity = Edit("b1", "activity", 0, fields={"place": "b1", "name": "Språkcafé"})
    store.write([activity], who="Anna", ground=ground)
    assert store.record("b1").type == "place"
    assert store.record("b1", "activity").fields["name"] == "Språkcafé"
    assert [each.id for each in store.records("activity")] == ["b1"]


def test_places_without_a_point_are_the_work_list(store: Store, ground: Grounds) -> None:
    lost = {"name": "Okänd", "kind": "library", "reason": "no_address"}
    store.write([Edit("ny", "place", 0, fields=lost)], who="Anna", ground=ground)
    assert [each.id for each in store.unplaced()] == ["ny"]
    placed = edit_of(store.record("ny"), lon=17.8179, lat=59.3759)
    store.write([placed], who="Anna", ground=ground)
    assert store.unplaced() == []
    assert store.record("ny").fields["reason"] == ""
    assert store.record("ny").fields["district"] == "Södra"


BAD = (
    Edit("", "place", 0),
    Edit("x", "hus", 0),
    Edit("x", "place", 0, status="gone"),
    Edit("x", "place", 0, lon=17.0),
    Edit("x", "place", 0, lon=float("nan"), lat=59.0),
    Edit("x", "place", 0, lon=59.0, lat=178.0),
    Edit("x", "place", 0, fields={"details": "text"}),
    Edit("x", "place", 0, fields={"details": {"tal": float("inf")}}),
    Edit("x", "place", 0, fields={"name": object()}),
)


def test_what_can_not_be_kept_is_refused_and_nothing_written(store: Store, ground: Grounds) -> None:
    before = store.revision()
    free = edit_of(store.record("m1"), name="Fri")
    for edit in (*BAD, replace(free, fields={"name": "Två gånger"})):
        with refused("bad_record"):
            store.write([free, edit], who="A", ground=ground)
    assert store.revision() == before


def test_hostile_words_come_back_as_they_were(store: Store, ground: Grounds) -> None:
    edit = Edit(
        *(HOSTILE[:60], "place", 0),
        fields={"name": HOSTILE, "details": {HOSTILE: [HOSTILE, 1e-300, 2**70, None, True]}},
    )
    store.write([edit], who=HOSTILE, note=HOSTILE, ground=ground)
    found = store.record(HOSTILE[:60])
    assert found.fields["name"] == HOSTILE
    assert found.fields["details"] == {HOSTILE: [HOSTILE, 1e-300, 2**70, None, True]}
    (change,) = store.history(HOSTILE[:60])
    assert (change.by, change.note, change.after) == (HOSTILE, HOSTILE, found)


def test_the_log_is_read_page_by_page(store: Store, ground: Grounds) -> None:
    for number in range(5):
        edit = edit_of(store.record("b1"), name=f"Namn {number}")
        store.write([edit], who="Anna", ground=ground)
    first = store.log(most=4)
    rest = store.log(most=4, before=first[-1].number)
    numbers = [change.number for change in (*first, *rest)]
    assert len(numbers) == 6
    assert numbers == sorted(numbers, reverse=True)


def test_undo_puts_back_a_whole_batch_and_undo_of_it_does_it_again(
    store: Store, ground: Grounds
) -> None:
    edits = [
        Edit("ny", "place", 0, lon=17.82, lat=59.375, fields={"name": "Ny", "kind": "library"}),
        edit_of(store.record("f1"), status="closed"),
        edit_of(store.record("b1"), name="Nya"),
    ]
    before = {each.id: each.fields for each in store.records(status="")}
    batch = store.write(edits, who="Anna", ground=ground)
    after = {each.id: (each.status, each.fields) for each in store.records(status="")}
    undone = store.undo(batch, who="Bo")
    assert {each.id: each.fields for each in store.records()} == before
    assert {change.by for change in store.log(most=3)} == {"Bo"}
    assert {change.note for change in store.log(most=3)} == {str(batch)}
    store.undo(undone, who="Anna")
    assert {each.id: (each.status, each.fields) for each in store.records(status="")} == after


def test_undo_refuses_whole_when_a_record_was_changed_later(store: Store, ground: Grounds) -> None:
    edits = [edit_of(store.record(name), address="Ny gata 1") for name in ("b1", "m1")]
    batch = store.write(edits, who="Anna", ground=ground)
    store.write([edit_of(store.record("b1"), name="Senare")], who="Bo", ground=ground)
    with pytest.raises(UndoBlocked) as caught:
        store.undo(batch, who="Anna")
    assert caught.value.records == ("b1",)
    assert "Senare" in caught.value.message("sv")
    assert store.record("m1").fields["address"] == "Ny gata 1"


def test_only_a_batch_that_is_there_can_be_undone(store: Store) -> None:
    first = store.log()[0].batch
    for batch in (first, 99, 0, -1):
        with refused("unknown_batch"):
            store.undo(batch, who="Anna")


def test_an_editor_of_a_removed_and_added_again_record_is_told(
    store: Store, ground: Grounds
) -> None:
    batch = store.write([Edit("ny", "place", 0, fields={"name": "A"})], who="A", ground=ground)
    seen = store.record("ny")
    store.undo(batch, who="A")
    with pytest.raises(RecordChanged) as caught:
        store.write([edit_of(seen, name="B")], who="B", ground=ground)
    assert caught.value.theirs is None
    store.write([Edit("ny", "place", 0, fields={"name": "C"})], who="C", ground=ground)
    with pytest.raises(RecordChanged) as caught:
        store.write([edit_of(seen, name="B")], who="B", ground=ground)
    assert caught.value.theirs.fields["name"] == "C"
    with refused("unknown_record"):
        store.record("nix")


def test_a_scenario_has_versions_too(store: Store) -> None:
    first = store.save_scenario("s1", "Två desks", {"a": [1, None, "ö"]}, who="Anna")
    assert store.scenario("s1") == first
    second = store.save_scenario("s1", "Tre", None, who="Bo", expects=first.version)
    assert second.version == 2 and store.scenarios() == [second]
    assert second.data is None and store.scenario("s1").changed_by == "Bo"
    with refused("scenario_changed", StoreError):
        store.save_scenario("s1", "Min", {}, who="Anna", expects=first.version)
    with refused("scenario_changed", StoreError):
        store.delete_scenario("s1", expects=first.version)
    with refused("bad_record"):
        store.save_scenario("s2", "Min", {1: object()}, who="Anna")
    store.delete_scenario("s1", expects=2)
    with refused("unknown_scenario"):
        store.scenario("s1")
    with refused("unknown_scenario"):
        store.delete_scenario("s1", expects=2)
