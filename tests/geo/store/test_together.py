"""A process that dies loses nothing it confirmed; many that write at once lose no update."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import Any

import pytest

from geo.area.model import Area
from geo.catalog import open_area
from geo.store.model import CLOSED, Edit, edit_of
from geo.store.protection import Grounds
from geo.store.store import Store, store_of
from tests.geo.store import children

WRITERS, TIMES, CONFIRMED = 8, 3, 6
PATIENCE_S = 600
"""So long a child may take before it counts as stuck."""


@pytest.fixture
def filled(store: Store, ground: Grounds) -> Store:
    edits = [
        Edit(f"k{at}", "place", 0, fields={"name": "0", "kind": "library"})
        for at in range(children.TOGETHER)
    ]
    store.write(edits, who="Anna", ground=ground)
    return store


def killed_after(confirmed: int, work: Callable[..., None], area: str) -> list[Any]:
    """Let a child work until it has confirmed so much, kill it, and return all it confirmed."""
    child, said = children.start(work, area)
    heard = []
    try:
        for _ in range(confirmed):
            assert said.poll(PATIENCE_S), "the child says nothing"
            heard.append(said.recv())
    finally:
        os.kill(child.pid, signal.SIGKILL)
        child.join(PATIENCE_S)
    assert child.exitcode == -signal.SIGKILL
    while said.poll():
        try:
            heard.append(said.recv())
        except EOFError:
            break
    said.close()
    return heard


@pytest.mark.usefixtures("filled")
def test_a_writer_that_is_killed_leaves_all_it_confirmed_and_nothing_half(area: Area) -> None:
    heard = killed_after(CONFIRMED, children.write_for_ever, area.id)
    store = store_of(area.id)
    names = {store.record(f"k{at}").fields["name"] for at in range(children.TOGETHER)}
    assert len(names) == 1, "a batch is whole or not at all"
    last = int(names.pop())
    assert last >= heard[-1][0] >= CONFIRMED
    assert [each.id for each in store.records() if each.id.startswith("ny-")] == [
        f"ny-{number + 1}" for number in range(last)
    ]
    logged = [change for change in store.log(most=10_000) if change.by == "barn"]
    assert len(logged) == last * (children.TOGETHER + 1)
    assert {batch for _, batch in heard} <= {change.batch for change in logged}
    assert store.undo(max(change.batch for change in logged), who="Anna")


def test_a_writer_that_is_killed_before_it_confirmed_has_written_nothing(
    filled: Store, area: Area, ground: Grounds
) -> None:
    before = filled.revision()
    assert killed_after(1, children.write_half, area.id) == ["half"]
    store = store_of(area.id)
    assert store.revision() == before
    assert {store.record(f"k{at}").fields["name"] for at in range(children.TOGETHER)} == {"0"}
    again = [edit_of(store.record(f"k{at}"), name="hel") for at in range(children.TOGETHER)]
    assert store.write(again, who="Anna", ground=ground), "nobody is left waiting for the dead"


def test_writers_at_once_lose_no_update(filled: Store, area: Area) -> None:
    started = [
        children.start(children.add_to_one, area.id, f"skrivare {number}", TIMES)
        for number in range(WRITERS)
    ]
    for child, said in started:
        child.join(PATIENCE_S)
        assert child.exitcode == 0
        said.close()
    record = filled.record("k0")
    assert record.fields["details"]["count"] == WRITERS * TIMES
    assert record.version == 1 + WRITERS * TIMES
    history = filled.history("k0")
    assert sorted(change.number for change in history) == [c.number for c in reversed(history)]
    assert {change.by for change in history} == {"Anna", *(f"skrivare {n}" for n in range(WRITERS))}
    counts = [change.after.fields["details"].get("count", 0) for change in reversed(history)]
    assert counts == list(range(WRITERS * TIMES + 1))


def test_processes_that_open_a_new_store_at_once_make_it_once(
    backend: str, server: str, monkeypatch: pytest.MonkeyPatch, home: Any
) -> None:
    (home / "areas" / "ny").mkdir(parents=True)
    if backend == "postgres":
        monkeypatch.setenv("NARHET_DATABASE_URL", empty_database(server, "samtidigt"))
    started = [children.start(children.open_first, "ny") for _ in range(4)]
    for child, said in started:
        child.join(PATIENCE_S)
        assert child.exitcode == 0
        assert said.recv() == 0
        said.close()


def test_a_build_that_is_killed_leaves_the_area_it_confirmed(saved: Area) -> None:
    store = store_of(saved.id)
    store.take(saved, "Anna")
    (heard,) = {max(killed_after(2, children.save_for_ever, saved.id))}
    found = open_area(saved.id)
    assert found.revision >= heard
    assert found.places["id"].tolist() == saved.places["id"].tolist()
    assert store.records(status=CLOSED) == []


def empty_database(server: str, name: str) -> str:
    import psycopg

    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    return server.replace("/postgres?", f"/{name}?")
