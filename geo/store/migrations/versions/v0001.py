"""Records, changes and scenarios of areas."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "v0001"
down_revision = None


def upgrade() -> None:
    """Make the first tables."""
    op.create_table(
        "areas",
        sa.Column("area", sa.Text, primary_key=True),
        sa.Column("files_at", sa.Text, nullable=False),
        sa.Column("taken", sa.Boolean, nullable=False),
    )
    op.create_table(
        "records",
        sa.Column("area", sa.Text, sa.ForeignKey("areas.area"), primary_key=True),
        sa.Column("type", sa.Text, primary_key=True),
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("lon", sa.Double),
        sa.Column("lat", sa.Double),
        sa.Column("fields", sa.JSON, nullable=False),
        sa.Column("base", sa.JSON),
        sa.Column("edited", sa.Boolean, nullable=False),
        sa.Column("changed_at", sa.Text, nullable=False),
        sa.Column("changed_by", sa.Text, nullable=False),
    )
    op.create_index("records_edited", "records", ["area", "edited"])
    _log_and_scenarios()


def _log_and_scenarios() -> None:
    op.create_table(
        "changes",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("area", sa.Text, sa.ForeignKey("areas.area"), nullable=False),
        sa.Column("batch", sa.Integer, nullable=False),
        sa.Column("record", sa.Text, nullable=False),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("before", sa.JSON),
        sa.Column("after", sa.JSON),
        sa.Column("note", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("changes_area", "changes", ["area", "number"])
    op.create_index("changes_batch", "changes", ["area", "batch"])
    op.create_index("changes_record", "changes", ["area", "type", "record"])
    op.create_table(
        "scenarios",
        sa.Column("area", sa.Text, sa.ForeignKey("areas.area"), primary_key=True),
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("data", sa.JSON, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("changed_at", sa.Text, nullable=False),
        sa.Column("changed_by", sa.Text, nullable=False),
    )


def downgrade() -> None:
    """Take the tables away."""
    for table in ("scenarios", "changes", "records", "areas"):
        op.drop_table(table)
