"""Calls whose file is gone while they have cases: these go on with the call as it was kept."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import inspect, select

from app.catalogue.library import Catalogue, restored_call
from app.db import Database
from app.errors import HubOutError
from app.models import CallLock, PinnedDefinition
from forms.document import DefinitionError

log = logging.getLogger(__name__)


def with_kept(catalogue: Catalogue, database: Database) -> Catalogue:
    """The catalogue, and every call that has cases but no file any more; nobody can apply for these.

    Raises:
        HubOutError: such a call was not kept, or can't be read any more: its file has to come back.
    """
    gone = _gone(catalogue, database)
    if not gone:
        return catalogue
    restored = {}
    for name, body in gone.items():
        fix = "put the file back, or set HUBOUT_CALLS_DIR to its folder"
        if body is None:
            raise HubOutError(f"the file of the call `{name}` is gone, and it has cases", fix)
        try:
            restored[name] = restored_call(catalogue, body)
        except DefinitionError as error:
            raise HubOutError(
                f"the file of the call `{name}` is gone, and what was kept is wrong ({error})", fix
            ) from error
        log.warning("the file of the call %s is gone: its cases go on as it was kept", name)
    return replace(catalogue, calls={**catalogue.calls, **restored})


def _gone(catalogue: Catalogue, database: Database) -> dict[str, Mapping[str, Any] | None]:
    """Each call that had a case and has no file: what was kept of it last."""
    with database.read() as session:
        if not inspect(session.connection()).has_table(CallLock.__tablename__):
            return {}
        names = [name for name in session.scalars(select(CallLock.call)) if name not in catalogue.calls]
        kept: dict[str, Mapping[str, Any] | None] = {}
        for name in names:
            query = select(PinnedDefinition.body).where(PinnedDefinition.kind == "call", PinnedDefinition.name == name)
            kept[name] = session.scalars(query.order_by(PinnedDefinition.published_at.desc())).first()
        return kept
