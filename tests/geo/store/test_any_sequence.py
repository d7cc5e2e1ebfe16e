"""Any sequence of edits and undos does to the store what it does to a plain dictionary."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from geo.area.model import Area
from geo.errors import RecordChanged, UndoBlocked
from geo.store.model import Change, Edit, Record, edit_of
from geo.store.protection import ground_of
from geo.store.store import store_of

IDS = st.sampled_from(["n1", "n2", "n3", "b1", "m1"])
NAMES = st.sampled_from(["A", "B", "C"])
POINTS = st.sampled_from([(17.818, 59.3749), (17.829, 59.3794), (None, None)])
numbers = count(1)


def told(record: Record) -> tuple[Any, ...]:
    return record.version, record.status, record.lon, record.lat, record.fields["name"]


def said(kept: tuple[Any, ...] | None) -> tuple[Any, ...] | None:
    """Return what a record says, whichever version of it does: what was undone is as it was."""
    return None if kept is None else kept[1:]


def replayed(first: dict[str, Record], log: list[Change]) -> dict[str, Record]:
    """Return the records a log leaves behind, told from the oldest change to the latest."""
    found = dict(first)
    for change in log:
        if change.record:
            assert found.get(change.record) == change.before
            if change.after is None:
                del found[change.record]
            else:
                found[change.record] = change.after
    return found


class Keeping(RuleBasedStateMachine):
    """A store and a dictionary, to which the same is done."""

    area: Area
    folder: Any

    def __init__(self) -> None:
        super().__init__()
        area = replace(self.area, id=f"foljd-{next(numbers)}")
        (self.folder / "areas" / area.id).mkdir(parents=True, exist_ok=True)
        self.ground = ground_of(area)
        self.store = store_of(area.id)
        self.store.take(area, "Anna")
        self.first = {each.id: each for each in self.store.records()}
        self.model = {name: told(each) for name, each in self.first.items()}
        self.versions = dict.fromkeys(self.model, 1)
        self.batches: list[tuple[int, dict[str, Any], dict[str, Any]]] = []

    def expect(self, name: str, after: tuple[Any, ...] | None) -> None:
        """Let the dictionary hold what a record is now, with the next version of it."""
        self.versions[name] = self.versions.get(name, 0) + 1
        if after is None:
            del self.model[name]
        else:
            self.model[name] = (self.versions[name], *after)

    def edit(self, edits: list[Edit]) -> None:
        before = {each.id: self.model.get(each.id) for each in edits}
        batch = self.store.write(edits, who="Anna", ground=self.ground)
        changed = [
            each
            for each in edits
            if before[each.id] is None
            or before[each.id][1:] != (each.status, each.lon, each.lat, each.fields["name"])
        ]
        assert (batch == 0) == (not changed)
        for each in changed:
            self.expect(each.id, (each.status, each.lon, each.lat, each.fields["name"]))
        if changed:
            after = {each.id: self.model[each.id] for each in changed}
            self.batches.append((batch, {each.id: before[each.id] for each in changed}, after))

    @rule(name=IDS, named=NAMES, point=POINTS)
    def add(self, name: str, named: str, point: Any) -> None:
        edit = Edit(name, "place", 0, "open", *point, {"name": named, "kind": "library"})
        if name not in self.model:
            self.edit([edit])
            return
        with pytest.raises(RecordChanged):
            self.store.write([edit], who="Bo", ground=self.ground)

    @rule(names=st.sets(IDS, min_size=1), named=NAMES)
    def change(self, names: set[str], named: str) -> None:
        there = [self.store.record(name) for name in sorted(names) if name in self.model]
        self.edit([edit_of(each, name=named) for each in there])

    @rule(name=IDS, point=POINTS)
    def move(self, name: str, point: Any) -> None:
        if name in self.model:
            self.edit([edit_of(self.store.record(name), lon=point[0], lat=point[1])])

    @rule(name=IDS, status=st.sampled_from(["open", "closed"]))
    def close_or_reopen(self, name: str, status: str) -> None:
        if name in self.model:
            self.edit([edit_of(self.store.record(name), status=status)])

    @rule(name=IDS, named=NAMES)
    def edit_what_was_seen_earlier(self, name: str, named: str) -> None:
        if self.versions.get(name, 0) > 1 and name in self.model:
            stale = replace(edit_of(self.store.record(name), name=named), expects=1)
            with pytest.raises(RecordChanged) as refused:
                self.store.write([stale], who="Bo", ground=self.ground)
            assert told(refused.value.theirs) == self.model[name]

    @rule(which=st.integers(0, 5))
    def undo(self, which: int) -> None:
        if not self.batches:
            return
        number, before, after = self.batches[-1 - which % len(self.batches)]
        later = {name for name, left in after.items() if said(self.model.get(name)) != said(left)}
        if later:
            with pytest.raises(UndoBlocked) as refused:
                self.store.undo(number, who="Bo")
            assert set(refused.value.records) == later
            return
        batch = self.store.undo(number, who="Bo")
        for name, was in before.items():
            self.expect(name, None if was is None else was[1:])
        self.batches.append((batch, after, {name: self.model.get(name) for name in before}))

    @invariant()
    def the_store_is_as_the_dictionary(self) -> None:
        found = {each.id: told(each) for each in self.store.records(status="")}
        assert found == self.model

    def teardown(self) -> None:
        log = self.store.log(most=10_000)[::-1]
        now = {each.id: each for each in self.store.records(status="")}
        there = replayed(self.first, log)
        assert {name: told(each) for name, each in there.items()} == self.model
        assert there == now


def test_any_sequence_of_edits_and_undos(area: Area, home: Any) -> None:
    class Here(Keeping):
        pass

    Here.area, Here.folder = area, home
    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=6,
            stateful_step_count=12,
            suppress_health_check=list(HealthCheck),
        ),
    )
