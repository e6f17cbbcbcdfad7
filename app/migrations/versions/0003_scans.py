"""What the virus scanner says of files.

Revision: 0003, after 0002.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import app.db

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    with op.batch_alter_table("files", schema=None) as batch_op:
        batch_op.add_column(sa.Column("scan", sa.String(length=12), server_default="unscanned", nullable=False))
        batch_op.add_column(sa.Column("scan_note", sa.String(length=200), server_default="", nullable=False))
        batch_op.add_column(sa.Column("scan_tries", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("next_scan_at", app.db.UtcDateTime(timezone=True), nullable=True))
        batch_op.create_index(batch_op.f("ix_files_scan"), ["scan", "id"], unique=False)


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("files", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_files_scan"))
        for name in ("next_scan_at", "scan_tries", "scan_note", "scan"):
            batch_op.drop_column(name)
