"""Migrations make what the models say, on both databases, and can be taken back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import inspect

from app import migrate
from app.db import Base, Database


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database(database_url.replace("postgresql://", "postgresql+psycopg://"))
    yield opened
    opened.close()


def test_an_empty_database_is_not_current(database: Database) -> None:
    assert not migrate.is_current(database)
    assert migrate.differences(database) != []


def test_migrated_is_what_the_models_say(database: Database) -> None:
    migrate.upgrade(database)
    assert migrate.is_current(database)
    assert migrate.differences(database) == []
    assert set(inspect(database.engine).get_table_names()) == {*Base.metadata.tables, "alembic_version"}


def test_twice_is_once(database: Database) -> None:
    migrate.upgrade(database)
    migrate.upgrade(database)
    assert migrate.is_current(database)


def test_back_and_forth(database: Database) -> None:
    migrate.upgrade(database)
    migrate.downgrade(database, "base")
    assert inspect(database.engine).get_table_names() == ["alembic_version"]
    assert not migrate.is_current(database)
    migrate.upgrade(database)
    assert migrate.differences(database) == []
