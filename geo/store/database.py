"""Where the store is, SQLite beside the area or PostgreSQL by address; its tables, and transactions
in it. Makes the tables and brings older ones up to date; ``migrations`` does, and a test compares.
A database driver's errors become ours, which never hold a password or what was written.
"""

from __future__ import annotations

import contextlib
import os
import re
import sqlite3
import time
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Dialect,
    Double,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    event,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from geo import texts
from geo.errors import StoreError

SETTING = "NARHET_DATABASE_URL"
FILE = "store.db"
BUSY_S = 30.0
"""How long a writer waits for the others."""
_BUSY = ("database is locked", "database table is locked", "lock timeout")
_SAID = {
    "password authentication failed": "password",
    "no password supplied": "password",
    "refused": "no_server",
    "timeout expired": "no_server",
    "could not translate host": "no_server",
    "failed to resolve host": "no_server",
    "no such file or directory": "no_server",
    "does not exist": "no_database",
    "readonly database": "read_only",
    "read-only": "read_only",
    "permission denied": "read_only",
    "unable to open database": "no_folder",
    "is full": "full",
    "no space left": "full",
}
"""What drivers report, and the text under ``store.reason_`` that explains it to a person."""
_NOT_POSTGRES = texts.Phrase("store.reason_not_postgres")
_DAMAGED = ("file is not a database", "malformed", "file is encrypted")


def server_url() -> str:
    """Return the address of the PostgreSQL server, empty where there is none."""
    return os.environ.get(SETTING, "").strip()


def on_server(address: str) -> sa.Engine:
    """Return the engine of a PostgreSQL server, its tables made or brought up to date.

    Raises
    ------
    StoreError ``store_unreachable``, ``store_newer`` : the message names the server without user
    and password.
    """
    return _on_server(address, os.getpid())


def on_file(path: Path) -> sa.Engine:
    """Return the engine of an SQLite file, made or brought up to date.

    Raises
    ------
    StoreError ``store_unreachable``, ``store_newer``, ``store_damaged``, ``store_busy`` : see
    ``geo.errors``.
    """
    engine = _on_file(str(path))
    with told(engine):
        bring_up_to_date(engine)
    return engine


@contextlib.contextmanager
def reading(engine: sa.Engine) -> Iterator[sa.Connection]:
    """Read in one transaction: all that is read belongs together."""
    with told(engine), engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
        with connection.begin():
            yield connection


@contextlib.contextmanager
def writing(engine: sa.Engine, area: str) -> Iterator[sa.Connection]:
    """Write in one transaction, one writer an area at a time: all of it or nothing."""
    engine = engine.execution_options(**{WRITES: True})
    with told(engine), engine.connect() as connection, connection.begin():
        insert = postgresql if engine.dialect.name == "postgresql" else sqlite
        new = insert.insert(areas).values(area=area, files_at="", taken=False)
        connection.execute(new.on_conflict_do_nothing())
        connection.execute(sa.select(areas.c.area).where(areas.c.area == area).with_for_update())
        yield connection


@contextlib.contextmanager
def told(engine: sa.Engine) -> Iterator[None]:
    """Return what a database refused in our words, without what was being written."""
    try:
        yield
    except DBAPIError as error:
        said = str(error.orig).lower()
        place = where(engine)
        if any(words in said for words in _BUSY):
            raise StoreError("store_busy", store=place) from None
        if any(words in said for words in _DAMAGED):
            raise StoreError("store_damaged", store=place) from None
        raise StoreError("store_unreachable", store=place, reason=_reason(error)) from None
    except SQLAlchemyError as error:
        raise StoreError(
            "store_unreachable", store=where(engine), reason=type(error).__name__
        ) from None


def where(engine: sa.Engine) -> str:
    """Return what may be shown of where a store is: no user, no password."""
    if engine.dialect.name == "sqlite":
        return str(engine.url.database)
    return f"{engine.url.host or 'localhost'}/{engine.url.database or ''}"


def _reason(error: DBAPIError) -> texts.Phrase | str:
    """Return the kind of what went wrong: sentences of a driver may quote what was written."""
    said = str(error.orig).lower()
    for words, key in _SAID.items():
        if words in said:
            return texts.Phrase(f"store.reason_{key}")
    state = getattr(error.orig, "sqlstate", None) or getattr(error.orig, "sqlite_errorname", None)
    kind = type(error.orig).__name__
    return f"{kind} {state}" if state else kind


@lru_cache(maxsize=8)
def _on_server(address: str, process: int) -> sa.Engine:  # noqa: ARG001 - no pool outlives a fork
    try:
        url = sa.make_url(address)
    except (ArgumentError, ValueError):
        raise StoreError("store_unreachable", store=SETTING, reason=_NOT_POSTGRES) from None
    if url.get_backend_name() not in ("postgresql", "postgres"):
        raise StoreError("store_unreachable", store=SETTING, reason=_NOT_POSTGRES)
    engine = sa.create_engine(
        url.set(drivername="postgresql+psycopg"),
        **{"pool_pre_ping": True, "hide_parameters": True, "pool_size": 4},
        connect_args={"connect_timeout": 10, "options": f"-c lock_timeout={int(BUSY_S * 1000)}"},
    )
    with told(engine):
        bring_up_to_date(engine)
    return engine


@lru_cache(maxsize=64)
def _on_file(path: str) -> sa.Engine:
    """Keep no connection: when the last one closes, all is in the one file, fit to be copied."""
    read_only = _is_read_only(Path(path))
    address = sa.URL.create("sqlite", database=path)
    if read_only:  # on a medium that cannot be written SQLite must be opened as one nobody writes
        file = Path(path).resolve().as_uri()
        query = {"mode": "ro", "immutable": "1", "uri": "true"}
        address = sa.URL.create("sqlite", database=file, query=query)
    engine = sa.create_engine(
        address,
        **{"poolclass": NullPool, "hide_parameters": True},
        connect_args={"timeout": BUSY_S},
    )
    event.listen(engine, "connect", _prepare_to_read if read_only else _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _is_read_only(path: Path) -> bool:
    return path.is_file() and not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK))


def _prepare_to_read(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None


def _prepare(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # we begin transactions ourselves
    connection.execute(f"PRAGMA busy_timeout = {int(BUSY_S * 1000)}")
    _into_wal(connection)
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA secure_delete = ON")


def _into_wal(connection: sqlite3.Connection) -> None:
    """Turn the write-ahead log on; SQLite does not wait for others there, so we do."""
    until = time.monotonic() + BUSY_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > until:
                raise
            time.sleep(0.02)


def _begin(connection: sa.Connection) -> None:
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


MIGRATIONS = Path(__file__).with_name("migrations")
WRITES = "narhet_writes"
"""The option of a connection that writes."""
LOCK = 0x6E617268
"""The number of the lock that processes migrating one PostgreSQL database hold in turn."""


def bring_up_to_date(engine: sa.Engine) -> None:
    """Make or migrate the tables; processes that come at once wait for the first.

    Raises
    ------
    StoreError ``store_newer`` : a newer Närhet wrote the store.
    """
    with engine.connect() as connection, connection.begin():
        if _version(connection) == HEAD:
            return
    with engine.execution_options(**{WRITES: True}).connect() as connection, connection.begin():
        if engine.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))
        _migrate(connection)


def _version(connection: sa.Connection) -> str | None:
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
    if found is not None and found not in KNOWN:
        raise StoreError("store_newer", found=str(found)[:40], known=HEAD)
    return found


def _migrate(connection: sa.Connection) -> None:
    if _version(connection) == HEAD:
        return  # another process was first
    from alembic import command  # loads only when there is something to do
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


HEAD = "v0001"
KNOWN = ("v0001",)
"""The versions of the tables, oldest first; a test holds them against the migrations."""


class Words(TypeDecorator[str]):
    """Any text of Python: PostgreSQL takes neither the null character nor half a surrogate pair."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Write what a database cannot hold, and the backslash, as a backslash and four digits."""
        return value and re.sub(r"[\\\0\ud800-\udfff]", lambda at: f"\\{ord(at[0]):04x}", value)

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Read it back."""
        return value and re.sub(r"\\([0-9a-f]{4})", lambda at: chr(int(at[1], 16)), str(value))


OBJECT = JSON(none_as_null=True)
metadata = MetaData()

areas = Table(
    "areas",
    metadata,
    Column("area", Words, primary_key=True),
    Column("files_at", Text, nullable=False),  # Area.created of the files last merged
    Column("taken", Boolean, nullable=False),
)
records = Table(
    "records",
    metadata,
    Column("area", Words, ForeignKey("areas.area"), primary_key=True),
    Column("type", Text, primary_key=True),
    Column("id", Words, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("status", Text, nullable=False),
    Column("lon", Double),
    Column("lat", Double),
    Column("fields", OBJECT, nullable=False),
    Column("base", OBJECT),  # its file's version, None for a record that no file had
    Column("edited", Boolean, nullable=False),  # differs from its base
    Column("changed_at", Text, nullable=False),
    Column("changed_by", Words, nullable=False),
    Index("records_edited", "area", "edited"),
)
changes = Table(
    "changes",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("area", Words, ForeignKey("areas.area"), nullable=False),
    Column("batch", Integer, nullable=False),
    Column("record", Words, nullable=False),
    Column("type", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("version", Integer, nullable=False),  # of the record after the change
    Column("at", Text, nullable=False),
    Column("by", Words, nullable=False),
    Column("before", OBJECT),
    Column("after", OBJECT),
    Column("note", Words, nullable=False),
    Index("changes_area", "area", "number"),
    Index("changes_batch", "area", "batch"),
    Index("changes_record", "area", "type", "record"),
    sqlite_autoincrement=True,
)
scenarios = Table(
    "scenarios",
    metadata,
    Column("area", Words, ForeignKey("areas.area"), primary_key=True),
    Column("id", Words, primary_key=True),
    Column("name", Words, nullable=False),
    Column("data", JSON, nullable=False),
    Column("version", Integer, nullable=False),
    Column("changed_at", Text, nullable=False),
    Column("changed_by", Words, nullable=False),
)
