"""Brings a database to the schema of this version, and tells whether it is there."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection

import app.models  # noqa: F401 - the tables must be known before they are compared
from app.db import Base, Database

FOLDER = Path(__file__).resolve().parent / "migrations"


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = connection
    return config


def upgrade(database: Database, revision: str = "head") -> None:
    """Migrate forward to `revision`; nothing to do is fine."""
    with database.engine.begin() as connection:
        command.upgrade(_config(connection), revision)


def downgrade(database: Database, revision: str) -> None:
    """Migrate back to `revision` (`base` empties the database)."""
    with database.engine.begin() as connection:
        command.downgrade(_config(connection), revision)


def is_current(database: Database) -> bool:
    """Whether the schema is that of this version."""
    with database.engine.connect() as connection:
        now = MigrationContext.configure(connection).get_current_revision()
        return now == ScriptDirectory.from_config(_config(connection)).get_current_head()


def differences(database: Database) -> list[object]:
    """What the models say and the migrated database does not; empty when they agree."""
    with database.engine.connect() as connection:
        return list(compare_metadata(MigrationContext.configure(connection), Base.metadata))


def new_revision(database: Database, message: str) -> None:
    """Write a migration file for the difference between database and models (for developers)."""
    with database.engine.begin() as connection:
        command.revision(_config(connection), message=message, autogenerate=True)
