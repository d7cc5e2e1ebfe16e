"""Where Alembic begins: it works on the connection, and in the transaction, that it is given."""

from __future__ import annotations

from alembic import context

from geo.store.database import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
)
context.run_migrations()
