"""Where the store is, which version of the tables it has, and what is said when it is of no use."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from geo.area.model import Area
from geo.errors import StoreError
from geo.store import database as store_database
from geo.store import database as store_tables
from geo.store.model import Edit
from geo.store.protection import Grounds
from geo.store.store import Store, edits_of, store_of
from tests.refusals import refused

PASSWORD = "hemligt-ord"


def test_the_migrations_make_the_tables_that_the_code_knows(store: Store) -> None:
    config = Config()
    config.set_main_option("script_location", str(store_database.MIGRATIONS))
    script = ScriptDirectory.from_config(config)
    assert script.get_heads() == [store_tables.HEAD]
    assert {each.revision for each in script.walk_revisions()} == set(store_tables.KNOWN)
    with store.engine.connect() as connection:
        different = compare_metadata(MigrationContext.configure(connection), store_tables.metadata)
    assert different == []


def test_a_newer_database_is_refused(store: Store, area: Area, backend: str) -> None:
    with store.engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = 'v9999'"))
    try:
        with refused("store_newer", StoreError) as caught:
            if backend == "postgres":
                store_database.bring_up_to_date(store.engine)
            store_of(area.id).records()
        assert "v9999" in caught.value.message("sv")
    finally:
        with store.engine.begin() as connection:
            connection.execute(sa.text("UPDATE alembic_version SET version_num = 'v0001'"))


@pytest.mark.durable
def test_a_confirmed_write_is_on_the_disk(store: Store, backend: str) -> None:
    if backend == "postgres":
        with store.engine.connect() as connection:
            for setting in ("fsync", "synchronous_commit"):
                assert connection.execute(sa.text(f"SHOW {setting}")).scalar() == "on"
        return
    with store.engine.connect() as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert found == {
        **{"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1},
        "busy_timeout": 30_000,
    }


def test_areas_on_one_server_do_not_mix(store: Store, ground: Grounds, home: Path) -> None:
    (home / "areas" / "annan").mkdir()
    other = store_of("annan")
    store.write([Edit("ny", "place", 0, fields={"name": "Ny"})], who="A", ground=ground)
    assert other.records() == [] and other.revision() == 0 and other.scenarios() == []
    store.save_scenario("s", "S", 1, who="A")
    assert other.scenarios() == []


def test_a_damaged_file_is_said_to_be_damaged(home: Path) -> None:
    folder = home / "areas" / "trasig"
    folder.mkdir(parents=True)
    (folder / "store.db").write_bytes(b"not a database at all" * 400)
    with refused("store_damaged", StoreError) as caught:
        store_of("trasig")
    assert "store.db" in caught.value.message("sv")
    with refused("store_unreachable", StoreError):
        store_of("finns-inte")
    assert not (home / "areas" / "finns-inte").exists()
    assert edits_of("finns-inte") == 0


def test_a_store_that_others_hold_says_so(
    area: Area, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if "NARHET_DATABASE_URL" in os.environ:
        pytest.skip("a server queues its writers")
    monkeypatch.setattr(store_database, "BUSY_S", 0.05)
    store_database._on_file.cache_clear()
    store = store_of(area.id)
    store.take(area, "Anna")
    held = sqlite3.connect(home / "areas" / area.id / "store.db", isolation_level=None)
    try:
        held.execute("BEGIN IMMEDIATE")
        assert len(store.records()) == 6, "reading goes on"
        with refused("store_busy", StoreError):
            store.save_scenario("s", "S", 1, who="A")
    finally:
        held.close()
        store_database._on_file.cache_clear()


def test_an_area_on_a_medium_that_can_not_be_written_still_opens_with_its_edits(
    store: Store, area: Area, ground: Grounds, backend: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if backend == "postgres":
        pytest.skip("a server is no medium")
    store.write([Edit("ny", "place", 0, fields={"name": "Ny"})], who="A", ground=ground)
    store_database._on_file.cache_clear()
    with monkeypatch.context() as patch:
        patch.setattr(store_database, "_is_read_only", lambda _: True)
        found = store_of(area.id)
        assert found.record("ny").fields["name"] == "Ny"
        with refused("store_unreachable", StoreError) as caught:
            found.save_scenario("s", "S", 1, who="A")
    assert "cannot be written" in caught.value.message("en")
    store_database._on_file.cache_clear()


def test_why_a_server_is_of_no_use_is_said_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NARHET_DATABASE_URL", "postgresql://127.0.0.1:1/narhet")
    with refused("store_unreachable", StoreError) as caught:
        store_of("demo")
    assert "127.0.0.1/narhet" in caught.value.message("sv")
    assert "servern svarar inte" in caught.value.message("sv")


@pytest.mark.parametrize(
    "address",
    [
        f"postgresql://anna:{PASSWORD}@127.0.0.1:1/narhet?connect_timeout=1",
        f"postgres://anna:{PASSWORD}@127.0.0.1:1/narhet",
        f"mysql://anna:{PASSWORD}@localhost/narhet",
        f"postgresql://anna:{PASSWORD}@[::1/narhet",
        f"{PASSWORD}",
        f"postgresql://anna:{PASSWORD}@127.0.0.1:tolv/narhet",
    ],
)
def test_a_password_is_never_told(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NARHET_DATABASE_URL", address)
    with refused("store_unreachable", StoreError) as caught:
        store_of("demo")
    told = f"{caught.value!r} {caught.value.message('sv')} {caught.value.message('en')}"
    assert PASSWORD not in told and "anna" not in told
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    if not address.startswith("postgres"):
        assert "ska börja med postgresql://" in told, "what to write instead"
