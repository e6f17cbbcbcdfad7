"""What partners propose for the editions of a course.

Revision: 0013, after 0012.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import app.db

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "edition_settings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call", sa.String(length=80), nullable=False),
        sa.Column("edition", sa.String(length=120), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("was", sa.String(), nullable=False),
        sa.Column("now", sa.String(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("proposed_at", app.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("closed_at", app.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.String(length=254), nullable=False),
        sa.Column("to_undo", app.db.Document, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edition_settings")),
    )
    with op.batch_alter_table("edition_settings", schema=None) as batch_op:
        batch_op.create_index("ix_edition_settings_call", ["call"], unique=False)


def downgrade() -> None:
    """Go back."""
    op.drop_table("edition_settings")
