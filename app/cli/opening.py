"""What commands begin with: the settings, and the context that the services work with."""

from __future__ import annotations

import logging
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from app.config import Settings
from app.errors import HubOutError
from app.services.context import Context, open_context

if TYPE_CHECKING:
    from collections.abc import Iterator


def read_settings() -> Settings:
    """The settings of this environment.

    Raises:
        SettingsError: one line for each mistake.
    """
    return Settings.from_environment(os.environ)


def log_what_happens() -> None:
    """Have our own code log what it does: for processes that run on and on, into their log."""
    for package in ("app", "integrations"):
        logging.getLogger(package).setLevel(logging.INFO)


@contextmanager
def opened() -> Iterator[Context]:
    """The context of this environment, closed at the end.

    Raises:
        SettingsError: one line for each mistake.
        DefinitionError: a definition file is wrong.
        HubOutError: there is no database yet.
    """
    settings = read_settings()
    database = settings.home / "hubout.sqlite3"
    if settings.embedded_database and not database.exists():
        raise HubOutError(f"there is no database in {settings.home}", "start the stack, or set HUBOUT_HOME")
    context = open_context(settings)
    try:
        yield context
    finally:
        context.close()
