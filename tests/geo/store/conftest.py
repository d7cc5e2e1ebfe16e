"""One suite, two databases: a store on SQLite, and one on a real PostgreSQL server."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from geo.area.model import Area
from geo.catalog import save_area
from geo.store import database as store_database
from geo.store.protection import Grounds, ground_of
from geo.store.store import Store, store_of
from tests.geo.store.server import postgres
from tests.tiny import tiny_area

BACKENDS = ("sqlite", "postgres")
_numbers = count(1)


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The address of a PostgreSQL server of this test run's own."""
    with postgres() as address:
        yield address
        store_database.on_server(address).dispose()


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Set the store to one of the databases, for this test."""
    monkeypatch.delenv("NARHET_DATABASE_URL", raising=False)
    if request.param == "postgres":
        monkeypatch.setenv("NARHET_DATABASE_URL", request.getfixturevalue("server"))
    return str(request.param)


@cache
def _tiny() -> Area:
    return tiny_area()


@cache
def _empty_store() -> bytes:
    with TemporaryDirectory() as home:
        path = Path(home) / "areas" / "tom" / "store.db"
        path.parent.mkdir(parents=True)
        store_of("tom", home)
        return path.read_bytes()


@pytest.fixture
def area(backend: str, home: Path) -> Area:
    """An area under a name no other test has: they share the server's database."""
    found = replace(_tiny(), id=f"provby-{next(_numbers)}")
    folder = home / "areas" / found.id
    folder.mkdir(parents=True)
    if backend == "sqlite":  # an empty store; that stores are made is a test of its own
        (folder / "store.db").write_bytes(_empty_store())
    return found


@pytest.fixture
def saved(area: Area) -> Area:
    """The area on disk."""
    return save_area(area)


@pytest.fixture
def store(area: Area) -> Store:
    """The store of the area, with the area's records in it."""
    found = store_of(area.id)
    found.take(area, "Anna")
    return found


@pytest.fixture
def ground(area: Area) -> Grounds:
    return ground_of(area)
