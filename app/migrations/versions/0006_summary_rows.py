"""Rows of summary tabs as they were last seen.

Revision: 0006, after 0005.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.db import Document

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "summary_rows",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workbook", sa.String(length=80), nullable=False),
        sa.Column("tab", sa.String(length=120), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("base", Document, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_summary_rows")),
        sa.UniqueConstraint("workbook", "tab", "key", name=op.f("uq_summary_rows_workbook_tab_key")),
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table("summary_rows")
