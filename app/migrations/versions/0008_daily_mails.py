"""Daily mails and who wants them; drafts that wait until they are released.

Revision: 0008, after 0007.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import app.db

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "readers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("wants", sa.String(length=12), nullable=False),
        sa.Column("since", app.db.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_readers")),
        sa.UniqueConstraint("address", name=op.f("uq_readers_address")),
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.add_column(sa.Column("daily", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("digest_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("draft", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("edited", app.db.Document, nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_outbox_digest_id_outbox"), "outbox", ["digest_id"], ["id"])
        batch_op.create_index(batch_op.f("ix_outbox_digest_id"), ["digest_id"], unique=False)


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_outbox_digest_id"))
        batch_op.drop_constraint(batch_op.f("fk_outbox_digest_id_outbox"), type_="foreignkey")
        for name in ("edited", "draft", "digest_id", "daily"):
            batch_op.drop_column(name)
    op.drop_table("readers")
