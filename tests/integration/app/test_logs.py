"""What the logs say when the database refuses: what failed, and nothing that somebody has written."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from tests.integration.app.people import CHIARA, desk
from tests.integration.app.town import Town

BREAKERS = {
    "sqlite": "CREATE TRIGGER never BEFORE INSERT ON submissions BEGIN SELECT RAISE(ABORT, 'never'); END",
    "postgresql": "ALTER TABLE submissions ADD CONSTRAINT never CHECK (reference = '')",
}


def test_a_database_error_says_nothing_personal(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    with town.context.write() as session:
        session.execute(text(BREAKERS[session.get_bind().dialect.name]))
    assert town.send(desk()).status_code == 503
    assert "was not saved" in caplog.text
    assert "never" in caplog.text
    assert "INSERT INTO submissions" in caplog.text
    for word in (CHIARA, "Chiara", "Esempio", "Failing row"):
        assert word not in caplog.text


def test_what_is_there_already_is_not_told(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    with town.context.write() as session:
        session.execute(text("CREATE UNIQUE INDEX only_one ON outbox (target)"))
    assert town.send(desk()).status_code in {201, 303, 503}
    town.send(desk())
    assert "IntegrityError" in caplog.text
    assert CHIARA not in caplog.text
