"""Addresses that mail servers say do not work.

Revision: 0005, after 0004.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import app.db

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "unreachable",
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("since", app.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("address", name=op.f("pk_unreachable")),
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table("unreachable")
