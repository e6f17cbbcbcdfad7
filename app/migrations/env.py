"""Alembic's entry: runs the migrations on the connection that `app.migrate` hands over."""

from __future__ import annotations

from alembic import context

import app.models  # noqa: F401 - the tables must be known before they are compared
from app.db import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
