"""Makes the tables of a store, and brings older ones up to date."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from geo.errors import StoreNewer
from geo.keeping.tables import HEAD, KNOWN

MIGRATIONS = Path(__file__).with_name("migrations")
WRITES = "narhet_writes"
"""The option of a connection that writes."""
LOCK = 0x6E617268
"""The number of the lock that processes migrating one PostgreSQL database hold in turn."""


def bring_up_to_date(engine: sa.Engine) -> None:
    """Make or migrate the tables; processes that come at once wait for the first.

    Raises
    ------
    StoreNewer : a newer Närhet wrote the store.
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
        raise StoreNewer(found=str(found)[:40], known=HEAD)
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
