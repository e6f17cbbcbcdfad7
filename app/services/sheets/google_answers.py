"""What the Google in use answered to the open questions of google-sheets.md §8 (`hubout doctor --google`)."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import HubOutError
from app.models import GoogleAnswer
from app.services.context import Context
from integrations.sheets.drive import spreadsheet_id_of
from integrations.sheets.questions import NO, RULES


def ask(context: Context, address: str | None = None) -> dict[str, str]:
    """Ask in a spreadsheet of its own, or in tabs of the one at `address`, and keep the answers.

    Raises:
        HubOutError: the address is none.
        SheetsError: Google is away or refuses.
    """
    spreadsheet_id = spreadsheet_id_of(address) if address else None
    if address and spreadsheet_id is None:
        raise HubOutError(f"`{address}` is no address of a spreadsheet", "copy it from the browser's address bar")
    answers = context.gateway.answers(spreadsheet_id, folder=context.settings.drive_folder)
    now = context.clock.now()
    with context.write() as session:
        for question, answer in answers.items():
            session.merge(GoogleAnswer(question=question, answer=answer[:500], asked_at=now))
    return answers


def rules_ahead(session: Session) -> bool:
    """Whether blank rows may have rules: only where it is known that appendCells does not take them for data."""
    return session.scalar(select(GoogleAnswer.answer).where(GoogleAnswer.question == RULES)) == NO
