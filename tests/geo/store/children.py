"""What other processes do to a store in tests. Each begins with little but this imported."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from types import ModuleType
from typing import Any

import geopandas as gpd

from geo.area.protected import Ground
from geo.errors import RecordChanged
from geo.store import protection
from geo.store.model import Edit, edit_of
from geo.store.store import store_of
from geo.types import SWEREF99_TM, WGS84

CONTEXT = get_context("forkserver")
CONTEXT.set_forkserver_preload([__name__, "psycopg", "alembic.command"])
NOBODY = gpd.GeoDataFrame(geometry=[], crs=WGS84)
NOWHERE = Ground(NOBODY, NOBODY.geometry, SWEREF99_TM)
TOGETHER = 5


def start(work: Callable[..., None], *words: Any) -> tuple[Any, Connection]:
    """Start a child with our settings; what it sends comes out of the connection."""
    here, there = CONTEXT.Pipe(duplex=False)
    names = ("NARHET_HOME", "NARHET_DATABASE_URL")
    settings = {name: os.environ.get(name, "") for name in names}
    child = CONTEXT.Process(target=_run, args=(work, settings, there, words), daemon=True)
    with _plain_main():
        child.start()
    there.close()
    return child, here


@contextmanager
def _plain_main() -> Iterator[None]:
    """Keep a child from running our main module: tests of pages leave a page's script there."""
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


def write_for_ever(say: Connection, area: str) -> None:
    """Write batches of several places and a new one, and say each that is confirmed."""
    store = store_of(area)
    number = 0
    while True:
        number += 1
        edits = [edit_of(store.record(f"k{at}"), name=f"{number}") for at in range(TOGETHER)]
        new = Edit(f"ny-{number}", "place", 0, fields={"name": f"{number}", "kind": "library"})
        batch = store.write([*edits, new], who="barn", ground=NOWHERE)
        say.send((number, batch))


def write_half(say: Connection, area: str) -> None:
    """Write a batch, and stop for ever just before it is confirmed."""

    def stop(*_: object) -> None:
        say.send("half")
        time.sleep(600)

    protection.forget = stop
    store = store_of(area)
    edits = [edit_of(store.record(f"k{at}"), name="halv") for at in range(TOGETHER)]
    store.write(edits, who="barn", ground=NOWHERE)


def add_to_one(say: Connection, area: str, name: str, times: int) -> None:
    """Add one to a number in a record, again and again, trying once more when others were first."""
    store = store_of(area)
    for _ in range(times):
        while True:
            record = store.record("k0")
            count = record.fields["details"].get("count", 0)
            try:
                edit = edit_of(record, details={"count": count + 1, "last": name})
                store.write([edit], who=name, ground=NOWHERE)
                break
            except RecordChanged:
                continue
    say.send(name)


def open_first(say: Connection, area: str) -> None:
    """Open a store that others open for the first time as well."""
    say.send(store_of(area).revision())


def save_for_ever(say: Connection, area: str) -> None:
    """Save an area again and again, and say each revision that is confirmed."""
    from geo.catalog import open_area, save_area

    found = open_area(area)
    while True:
        say.send(save_area(found).revision)


def _run(
    work: Callable[..., None], settings: dict[str, str], say: Connection, words: tuple[Any, ...]
) -> None:
    os.environ.update(settings)
    sys.path.insert(0, str(Path(__file__).resolve().parents[3]))
    work(say, *words)
    say.close()
