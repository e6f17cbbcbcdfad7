"""Uploads that wait for their form to be taken.

Revision: 0007, after 0006.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import app.db

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "waiting_uploads",
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("expires_at", app.db.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_waiting_uploads")),
    )
    with op.batch_alter_table("waiting_uploads", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_waiting_uploads_expires_at"), ["expires_at"], unique=False)


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("waiting_uploads", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_waiting_uploads_expires_at"))

    op.drop_table("waiting_uploads")
