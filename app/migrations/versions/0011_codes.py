"""Codes that confirm what is at stake, and links that follow others.

Revision: 0011, after 0010.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    with op.batch_alter_table("action_tokens", schema=None) as batch_op:
        batch_op.add_column(sa.Column("code_turn", sa.Integer(), server_default=sa.text("0"), nullable=False))
        batch_op.add_column(sa.Column("code_tries", sa.Integer(), server_default=sa.text("0"), nullable=False))
        batch_op.add_column(sa.Column("seen_seq", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("follows_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_action_tokens_follows_id_action_tokens"), "action_tokens", ["follows_id"], ["id"]
        )


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("action_tokens", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_action_tokens_follows_id_action_tokens"), type_="foreignkey")
        for name in ("follows_id", "seen_seq", "code_tries", "code_turn"):
            batch_op.drop_column(name)
