"""Who could write into the spreadsheets when it was last looked at, and what Google answered to open questions.

Revision: 0010, after 0009.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.db import Document, UtcDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "sharing_checks",
        sa.Column("workbook", sa.String(length=80), nullable=False),
        sa.Column("spreadsheet_id", sa.String(length=120), nullable=False),
        sa.Column("next_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("writers", Document, nullable=False),
        sa.Column("told", Document, nullable=False),
        sa.PrimaryKeyConstraint("workbook", name=op.f("pk_sharing_checks")),
    )
    op.create_table(
        "google_answers",
        sa.Column("question", sa.String(length=120), nullable=False),
        sa.Column("answer", sa.String(length=500), nullable=False),
        sa.Column("asked_at", UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("question", name=op.f("pk_google_answers")),
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table("google_answers")
    op.drop_table("sharing_checks")
