"""Summary tabs: tabs whose rows are reckoned from the database. One maker of rows for each, pure reading.

They are synchronised with the others and written only where something changed; what partners add in columns of their
own (who teaches an edition) is kept as it was seen, and a person confirms it (app.services.sheets.edition_settings).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from itertools import product

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalogue.calls import Call, Tab
from app.catalogue.sheet_settings import Summary
from app.dates import ROME, local_day
from app.models import Submission
from app.services.casework import outcomes, places
from app.services.casework.calendar import BOOKED
from app.services.context import Context
from app.services.roles import role_label
from app.services.sheets import indicators, sheet_rows
from forms.definition import FieldDefinition
from forms.sheet import sheet_cell, sheet_columns
from integrations.sheets.layout import LEFT, RIGHT, CellValue, Column, TabLayout
from integrations.sheets.outcome import OurRow
from workflows.definition import APPLICANT_SIDE, SYSTEM

KEY = "chiave"
"""Names a row that is no case (clarifications.md §8: aggregate tabs have their own key)."""

Rows = dict[str, OurRow]
Maker = Callable[[Session, Context, Sequence[Call], Tab], Rows]


def layout_of(shows: Summary, tab: Tab, partner: Sequence[Column]) -> TabLayout:
    """The columns of a summary tab; locked unless a partner has columns in it."""
    own = COLUMNS[shows]
    if shows in OF_CASES:
        return TabLayout(tab.title, tab.title, (*LEFT, *own, *RIGHT, *partner), locked=not partner)
    return TabLayout(tab.title, tab.title, (Column(KEY), *own, *partner), reference=KEY, locked=not partner)


def rows_of(session: Session, context: Context, shows: Summary, calls: Sequence[Call], tab: Tab) -> Rows:
    """Every row that the summary should have now, by its key."""
    return MAKERS[shows](session, context, calls, tab)


def _places(session: Session, context: Context, calls: Sequence[Call], tab: Tab) -> Rows:
    """Each site, day and half-day with what is taken and how many wait for it."""
    rows: Rows = {}
    taken = places.taken_in(session, [call.id for call in calls], context.clock.now())
    for call in calls:
        wanted: dict[str, int] = {}
        for listed in places.waiting_lists(session, call):
            for key in (key for case in listed for key in places.keys_of(call, case.answers)):
                wanted[key] = wanted.get(key, 0) + 1
        sites, days, halves = (_values(call, name) for name in call.workflow.capacity.key)  # type: ignore[union-attr] # checked
        for (site, at), (day, on), (half, when) in product(sites.items(), days.items(), halves.items()):
            total = call.site(site).places
            if total is None or site not in tab.sites:
                continue
            key = f"{site}/{day}/{half}"
            held = taken.get((call.id, key), 0)
            rows[key] = OurRow(
                {
                    KEY: key,
                    "sede": at,
                    "giorno": on,
                    "fascia_oraria": when,
                    "posti_totali": total,
                    "occupati": held,
                    "liberi": max(total - held, 0),
                    "in_lista": wanted.get(key, 0),
                }
            )
    return rows


def _values(call: Call, field: str) -> dict[str, str]:
    """The answers that are a part of a capacity key, with their words; the whole day is its two halves."""
    options = call.form.field(field).options
    return {option.value: option.it for option in options if option.value not in places.WHOLE_DAY}


def _waiting_list(session: Session, context: Context, calls: Sequence[Call], tab: Tab) -> Rows:
    listed = [
        (case, number)
        for call in calls
        for own in places.waiting_lists(session, call)
        for number, case in enumerate(own, 1)
        if case.site in tab.sites
    ]
    more: dict[str, dict[str, CellValue]] = {
        case.reference: {
            "sede": _label(context.catalogue.calls[case.call].route_field, case.site),
            "posizione": number,
            "dal": local_day(case.state_entered_at).isoformat(),
        }
        for case, number in listed
    }
    return _with(sheet_rows.rows_for(session, context, (), [case for case, _ in listed]), more)


def _editions(session: Session, context: Context, calls: Sequence[Call], _: Tab) -> Rows:
    rows: Rows = {}
    taken = places.taken_in(session, [call.id for call in calls], context.clock.now())
    for call in calls:
        listed: dict[str, int] = {}
        for own in places.waiting_lists(session, call):
            for case in own:
                edition = call.edition_of(case.answers)
                listed[edition.id if edition else ""] = listed.get(edition.id if edition else "", 0) + 1
        for edition in call.file.editions:
            rows[edition.id] = OurRow(
                {
                    KEY: edition.id,
                    "edizione": edition.title.it,
                    "posti": edition.seats,
                    "iscritti": taken.get((call.id, edition.id), 0),
                    "in_lista": listed.get(edition.id, 0),
                    "min_iscritti": edition.min,
                    "inizio": edition.start.isoformat(),
                    "fine": edition.end.isoformat(),
                }
            )
    return rows


def _calendar(session: Session, context: Context, calls: Sequence[Call], tab: Tab) -> Rows:
    """What is booked and what took place, under the code of its proposal."""
    query = select(Submission).where(
        Submission.call.in_([call.id for call in calls]), Submission.state.in_((BOOKED, "realizzata"))
    )
    rows: Rows = {}
    for case in session.scalars(query.order_by(Submission.id)):
        call = context.catalogue.calls[case.call]
        start = case.record.get("anchors", {}).get("start")
        if start is None or case.site not in tab.sites:
            continue
        begins = datetime.fromisoformat(start).astimezone(ROME)
        booked = case.record.get("acts", {}).get("slot_booked", {})
        title = "titolo" in sheet_columns(call.form)
        rows[case.reference] = OurRow(
            {
                KEY: case.reference,
                "sede": booked.get("sede") or _label(call.route_field, case.site),
                "data": begins.date().isoformat(),
                "ora": f"{begins:%H:%M}",
                "titolo": sheet_cell(call.form, "titolo", case.answers, local_day(case.submitted_at))
                if title
                else None,
                "stato": call.workflow.state(case.state).label.it,
            }
        )
    return rows


def _indicators(session: Session, context: Context, _: Sequence[Call], __: Tab) -> Rows:
    return {
        line.key: OurRow({KEY: line.key, **indicators.shown_figures(line)})
        for line in indicators.figures(session, context)
    }


def _decisions(session: Session, context: Context, _: Sequence[Call], __: Tab) -> Rows:
    """The last decision on every case that had one, of all calls: what applicants and the system did is none."""
    people = APPLICANT_SIDE | {SYSTEM}
    calls = context.catalogue.calls
    last = {each.submission_id: each for each in outcomes.answers(session, calls.values()) if each.role not in people}
    query = select(Submission).where(Submission.id.in_(last), Submission.in_sheet.is_(True)).order_by(Submission.id)
    cases = session.scalars(query).all()
    more: dict[str, dict[str, CellValue]] = {
        case.reference: {
            "modulo": calls[case.call].form.title.it,
            "esito": calls[case.call].workflow.state(last[case.id].state).label.it,
            "deciso_il": local_day(last[case.id].at).isoformat(),
            "ruolo": role_label(last[case.id].role, "it"),
            "protocollo_numero": case.protocol_number,
            "protocollo_data": case.protocol_date.isoformat() if case.protocol_date else None,
        }
        for case in cases
    }
    return _with(sheet_rows.rows_for(session, context, (), cases), more)


def _with(rows: Mapping[str, OurRow], more: Mapping[str, Mapping[str, CellValue]]) -> Rows:
    return {reference: OurRow({**row.cells, **more[reference]}) for reference, row in rows.items()}


def _label(field: FieldDefinition | None, value: str) -> str:
    options = field.options if field else ()
    return next((option.it for option in options if option.value == value), value)


def _texts(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name) for name in names)


def _numbers(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name, kind="integer") for name in names)


COLUMNS: Mapping[Summary, tuple[Column, ...]] = {
    "places": (*_texts("sede", "giorno", "fascia_oraria"), *_numbers("posti_totali", "occupati", "liberi", "in_lista")),
    "waiting_list": (Column("sede"), Column("posizione", kind="integer"), Column("dal", kind="date")),
    "editions": (
        Column("edizione"),
        *_numbers("posti", "iscritti", "in_lista", "min_iscritti"),
        Column("inizio", kind="datetime"),
        Column("fine", kind="datetime"),
    ),
    "calendar": (Column("sede"), Column("data", kind="date"), *_texts("ora", "titolo", "stato")),
    "indicators": (
        *_texts("mese", "citta", "modulo"),
        *_numbers("domande", "ammesse", "in_lista", "giorni_medi_risposta", *indicators.BANDS),
    ),
    "decisions": (
        *_texts("modulo", "esito"),
        Column("deciso_il", kind="date"),
        *_texts("ruolo", "protocollo_numero"),
        Column("protocollo_data", kind="date"),
    ),
}
"""Our columns of each summary, as the programme names them."""

OF_CASES = frozenset({"waiting_list", "decisions"})
"""Summaries with one row a case: they have the columns that every tab of cases has."""

MAKERS: Mapping[Summary, Maker] = {
    "places": _places,
    "waiting_list": _waiting_list,
    "editions": _editions,
    "calendar": _calendar,
    "indicators": _indicators,
    "decisions": _decisions,
}
