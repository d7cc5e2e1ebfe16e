"""The tables of the store, for SQLAlchemy. ``migrations`` makes them; a test compares."""

from __future__ import annotations

import re
from typing import Any

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
)

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
