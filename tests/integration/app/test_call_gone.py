"""The file of a call is taken away while it has cases: they go on as it was, and nobody applies any more."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import delete

from app.errors import HubOutError
from app.models import PinnedDefinition
from app.services.context import open_context
from tests.integration.app import scenes
from tests.integration.app.people import SMALL, SMALL_COORDINATOR, SMALL_OFFICER, desk
from tests.integration.app.scenes import ENTRY
from tests.integration.app.town import Town


def restarted(town: Town) -> None:
    """The house starts again without the folder of the trial calls."""
    context = open_context(town.context.settings)
    again = replace(town.context, catalogue=context.catalogue)
    again.__dict__.update({name: each for name, each in vars(town.context).items() if name in ("transport", "gateway")})
    town.context = again
    town.__dict__.pop("app", None)  # its pages know the calls of before
    context.close()


def test_its_cases_go_on(town: Town) -> None:
    reference = scenes.checked_desk(town, desk(email="prima@example.org"), SMALL)
    restarted(town)
    town.choose(SMALL_OFFICER, reference, "admissible")
    town.review(reference)
    town.choose(SMALL_COORDINATOR, reference, "approve", **ENTRY)
    assert town.state(reference) == "posto_offerto"
    town.later(days=20)
    assert town.state(reference) == "decaduta"
    town.later(days=500)
    assert town.state(reference) == "archiviata"


def test_nobody_applies_any_more(town: Town) -> None:
    town.apply(desk(), SMALL)
    restarted(town)
    assert town.send(desk(email="altra@example.org"), SMALL).status_code != 201


def test_a_call_without_cases_is_simply_not_there(town: Town) -> None:
    restarted(town)
    assert SMALL not in town.context.catalogue.calls


def test_what_was_never_kept_has_to_come_back(town: Town) -> None:
    """Cases of before: the start says what to do instead of letting them stand."""
    town.apply(desk(), SMALL)
    with town.context.write() as session:
        session.execute(delete(PinnedDefinition).where(PinnedDefinition.kind == "call"))
    with pytest.raises(HubOutError, match="put the file back"):
        open_context(town.context.settings)
