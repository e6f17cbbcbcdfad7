"""Settings of a course's editions that partners propose in the sheet: the room, the teacher, whether it takes place.

What they type in a tab that shows editions is kept as a proposal, the case officers of the call are mailed once, and
nothing is used before one of them has confirmed it (app.services.sheets.edition_answers).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalogue.calls import Call, Person, Tab
from app.models import EditionSetting, Submission
from app.services.casework.reviews import said_in
from app.services.context import Context
from app.services.mail import outbox
from integrations.sheets.layout import CellValue, TabLayout
from integrations.sheets.outcome import Held, Place, Reconciled

SHOWS, ROLE, MESSAGE = "editions", "istruttore", "edizioni_proposte"
OPEN, ACCEPTED, DECLINED, REPLACED = "open", "accepted", "declined", "replaced"

ROOM, GOES_ON = "aula", "conferma_edizione"
"""Columns that mean something to us; whatever else partners propose is kept and shown."""

YES, NO = "sì", "no"

Settings = Mapping[Place, str]
"""By edition and column."""


def proposals(
    layout: TabLayout, seen: Mapping[str, Mapping[str, CellValue]], editions: Sequence[str]
) -> dict[Place, str]:
    """What the tab says of each edition, empty where it says nothing; cells that can't be taken say nothing new."""
    found: dict[Place, str] = {}
    for edition, cells in ((each, seen[each]) for each in editions if each in seen):
        said = said_in(layout, cells)
        for column in layout.partner:
            mistaken = column.id not in said and cells.get(column.id) not in (None, "")
            if column.kind in ("text", "choice") and not mistaken:
                found[edition, column.id] = str(said.get(column.id, "")).strip()
    return found


def note(
    session: Session, context: Context, calls: Sequence[Call], tab: Tab, layout: TabLayout, result: Reconciled
) -> None:
    """Keep what partners propose in a tab of editions as it was just read, and mail the officers what is new."""
    if tab.shows != SHOWS:
        return
    now = context.clock.now()
    for call in calls:
        rows = _rows(session, call.id)
        for row in rows:
            if row.to_undo and (row.edition, row.name) in result.released:
                row.to_undo = {key: cell for key, cell in row.to_undo.items() if key != _key(tab)} or None
        waiting = {(row.edition, row.name): row for row in rows if row.state == OPEN}
        settings, new = _in_force(rows), []
        to_come = [edition.id for edition in call.file.editions if edition.end > now]
        for place, wanted in proposals(layout, result.seen_base, to_come).items():
            before = waiting.get(place)
            if wanted == (before.now if before else settings.get(place, "")):
                continue
            if before:
                before.state, before.closed_at = REPLACED, now
            if wanted != (was := settings.get(place, "")):
                edition, name = place
                row = EditionSetting(call=call.id, edition=edition, name=name, was=was, now=wanted, proposed_at=now)
                new.append(row)
        session.add_all(new)
        session.flush()
        for person in officers(call) if new else ():
            payload = {"message": MESSAGE, "role": ROLE, "call": call.id}
            letter = outbox.Letter("mail", person.email, f"edition/{new[0].id}/{person.email}", payload)
            outbox.put(session, letter, submission_id=None, now=now)


def undone(session: Session, calls: Sequence[Call], tab: Tab) -> dict[Place, Held]:
    """Cells of a tab whose proposal was declined: the sheet is to show what is in force again."""
    rows = (row for call in calls for row in _rows(session, call.id)) if tab.shows == SHOWS else iter(())
    return {
        (row.edition, row.name): Held(row.to_undo[_key(tab)], back=True)
        for row in rows
        if row.to_undo and _key(tab) in row.to_undo
    }


def mark_undone(row: EditionSetting, tab: Tab, cell: CellValue) -> None:
    """Have the next sync of `tab` put back what is in force where the sheet shows `cell`."""
    row.to_undo = {**(row.to_undo or {}), _key(tab): cell}


def in_force(session: Session, call: str) -> Settings:
    """What officers have confirmed of the call's editions."""
    return _in_force(_rows(session, call))


def waiting_in(session: Session, call: str) -> list[EditionSetting]:
    """The proposals of a call that wait for an answer, oldest first."""
    return [row for row in _rows(session, call) if row.state == OPEN]


def called_off(session: Session, call: str) -> frozenset[str]:
    """Editions that, as an officer has confirmed, do not take place; whoever has a place keeps it until the act."""
    settings = in_force(session, call)
    return frozenset(edition for (edition, name), value in settings.items() if (name, value) == (GOES_ON, NO))


def room_of(session: Session, call: Call, submission: Submission) -> str:
    """The confirmed room of the edition that a case has chosen; empty without one."""
    edition = call.edition_of(submission.answers)
    return in_force(session, call.id).get((edition.id, ROOM), "") if edition else ""


def officers(call: Call) -> tuple[Person, ...]:
    """Who answers for the call's editions: its case officers, each once."""
    return tuple(dict.fromkeys(person for site in call.site_ids() for person in call.people(ROLE, site)))


def tabs_of(call: Call) -> Iterator[Tab]:
    """The tabs in which partners propose."""
    return (tab for tab in call.summary_tabs() if tab.shows == SHOWS)


def _rows(session: Session, call: str) -> list[EditionSetting]:
    return list(session.scalars(select(EditionSetting).where(EditionSetting.call == call).order_by(EditionSetting.id)))


def _in_force(rows: Sequence[EditionSetting]) -> dict[Place, str]:
    answered = sorted((row for row in rows if row.state == ACCEPTED), key=lambda row: row.id)
    return {(row.edition, row.name): row.now for row in answered}


def _key(tab: Tab) -> str:
    return f"{tab.workbook}/{tab.title}"
