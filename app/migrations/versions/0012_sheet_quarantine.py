"""Quarantined cells of the sheets, what Drive tells, and when each spreadsheet is read.

Revision: 0012, after 0011.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import app.db

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    with op.batch_alter_table("spreadsheets", schema=None) as batch_op:
        batch_op.add_column(sa.Column("visit_at", app.db.UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("parked", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        "drive_hints",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("page_token", sa.String(length=200), nullable=True),
        sa.Column("asked_at", app.db.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drive_hints")),
    )
    op.create_table(
        "quarantines",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workbook", sa.String(length=80), nullable=False),
        sa.Column("tab", sa.String(length=120), nullable=False),
        sa.Column("found_at", app.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("closed_at", app.db.UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quarantines")),
    )
    op.create_table(
        "held_cells",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("quarantine_id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("was", app.db.Document, nullable=True),
        sa.Column("now", app.db.Document, nullable=True),
        sa.Column("live", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.ForeignKeyConstraint(
            ["quarantine_id"], ["quarantines.id"], name=op.f("fk_held_cells_quarantine_id_quarantines")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_held_cells")),
    )
    with op.batch_alter_table("held_cells", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_held_cells_quarantine_id"), ["quarantine_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_held_cells_reference"), ["reference"], unique=False)


def downgrade() -> None:
    """Go back."""
    for table in ("held_cells", "quarantines", "drive_hints"):
        op.drop_table(table)
    with op.batch_alter_table("spreadsheets", schema=None) as batch_op:
        for name in ("parked", "visit_at"):
            batch_op.drop_column(name)
