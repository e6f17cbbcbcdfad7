"""Guards on the act itself, on the time of it, and on what has happened to the case before."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from forms.derive import age_on
from forms.model import Text
from workflows.dates import due, is_open, local_date, parse_token
from workflows.guards.model import (
    Guard,
    Moment,
    anchor,
    event_number,
    given_date,
    not_future,
    span,
    state_id,
    whole,
)

REASON_LENGTH = range(30, 3001)
ROUNDS = ("changes_suggested", "ask_changes", "any_asks_changes")
MEMBER_AGES = range(18, 36)
CHECKLIST = (
    "risultato_raggiunto",
    "misura",
    "persone_coinvolte",
    "costo_effettivo",
    "cosa_adottata",
    "lezione_appresa",
)
"""What the receiving city fills in of an exchange, all of it."""

_PROTOCOL_NUMBER = re.compile(r"[0-9]{7,12}")


def _reason_given(_: Any, moment: Moment) -> bool:
    reason = moment.facts.inputs.get("motivazione")
    return isinstance(reason, str) and len(reason.strip()) in REASON_LENGTH


def _within(token: Any, moment: Moment) -> bool:
    until = due(parse_token(token), moment.case.entered_at, moment.case.anchors, moment.calendar)
    return until is None or is_open(until, moment.facts.now)


def _first_within(token: Any, moment: Moment) -> bool:
    case = moment.case
    first = next((visit.entered_at for visit in case.history if visit.state == case.state), case.entered_at)
    until = due(parse_token(token), first, case.anchors, moment.calendar)
    return until is None or is_open(until, moment.facts.now)


def _within_deadline(_: Any, moment: Moment) -> bool:
    return moment.limit is None or is_open(moment.limit, moment.facts.now)


def _reached(name: Any, moment: Moment) -> bool:
    instant = moment.case.anchors.get(name)
    return instant is None or instant <= moment.facts.now


def _submitted_in_time(_: Any, moment: Moment) -> bool:
    closes = moment.case.anchors.get("call_close")
    return closes is None or moment.case.submitted_at <= closes


def _requirements_met(_: Any, moment: Moment) -> bool:
    ticked = moment.facts.inputs.get("requisiti")
    return set(moment.facts.requirements) <= set(ticked if isinstance(ticked, list | tuple) else ())


def _members_age_ok(_: Any, moment: Moment) -> bool:
    members = moment.case.answers.get("membri")
    day = local_date(moment.case.submitted_at)
    births = [given_date(each.get("data_nascita")) for each in members or () if isinstance(each, Mapping)]
    return all(birth is not None and age_on(birth, day) in MEMBER_AGES for birth in births)


def _protocollo_present(_: Any, moment: Moment) -> bool:
    if not moment.case.law241 or moment.case.protocol:
        return True
    inputs = moment.facts.inputs
    number = inputs.get("protocollo_numero")
    good = isinstance(number, str) and _PROTOCOL_NUMBER.fullmatch(number) is not None
    return good and not_future(inputs.get("protocollo_data"), moment)


def _count_lt(parameter: Any, moment: Moment) -> bool:
    return all(moment.case.counts.get(event, 0) < number for event, number in parameter.items())


def _target_given(_: Any, moment: Moment) -> bool:
    return bool(moment.facts.inputs.get("target")) and moment.facts.target_open


def _checklist_complete(_: Any, moment: Moment) -> bool:
    return all(moment.facts.inputs.get(name) not in (None, "") for name in CHECKLIST)


_TOO_LATE = Text(it="Il termine per farlo è passato.", en="The time for this has passed.")

ACTS: Mapping[str, Guard] = MappingProxyType(
    {
        "reason_given": Guard(
            _reason_given,
            "the act gives a reason of 30 to 3000 characters (`motivazione`)",
            Text(it="Scrivi la motivazione, da 30 a 3000 caratteri.", en="Give the reasons, 30 to 3000 characters."),
            inputs=("motivazione",),
        ),
        "within": Guard(
            _within,
            "not later than this time after the entry of the state, as in `within: P10D`",
            _TOO_LATE,
            timed=True,
            parameter=span,
        ),
        "first_within": Guard(
            _first_within,
            "not later than this time after the state was entered first, as in `first_within: P10D`",
            _TOO_LATE,
            Text(
                it="È ancora presto: c’è chi può chiedere un riesame.",
                en="Too early: some may still ask for their scores to be looked at again.",
            ),
            timed=True,
            parameter=span,
        ),
        "within_deadline": Guard(_within_deadline, "before the state's own timer falls due", _TOO_LATE, timed=True),
        "reached": Guard(
            _reached,
            "this date of the case has come, as in `reached: start`; where the case has no such date, true",
            Text(it="È ancora presto: non è ancora cominciato.", en="Too early: it has not begun yet."),
            timed=True,
            parameter=anchor,
        ),
        "submitted_in_time": Guard(
            _submitted_in_time,
            "the application was sent before the call closed; confirming it later is valid",
            Text(
                it="La domanda è arrivata dopo la chiusura del bando.", en="The application came after the call closed."
            ),
        ),
        "requirements_met": Guard(
            _requirements_met,
            "the officer ticked all requirements of the call (`requisiti`)",
            Text(it="Spunta tutti i requisiti dell’avviso.", en="Tick all requirements of the call."),
            needs=frozenset({"requirements"}),
            inputs=("requisiti",),
        ),
        "members_age_ok": Guard(
            _members_age_ok,
            "everyone of the team (`membri`) was 18 to 35 on the day of sending; without a team, true",
            Text(
                it="Qualcuno nel team non aveva da 18 a 35 anni il giorno dell’invio.",
                en="Someone in the team was not 18 to 35 on the day of sending.",
            ),
        ),
        "protocollo_present": Guard(
            _protocollo_present,
            "not law 241, or a register number and its date are stored or given in this act",
            Text(
                it="Servono il numero di protocollo (da 7 a 12 cifre) e la sua data, non futura.",
                en="The register number (7 to 12 digits) and its date, not in the future, are needed.",
            ),
            inputs=("protocollo_numero", "protocollo_data"),
        ),
        "preavviso_used": Guard(
            lambda _, moment: "preavviso" in moment.case.visited,
            "the state `preavviso` was entered once",
            Text(it="Il preavviso di rigetto non è stato inviato.", en="No notice of refusal was sent."),
            Text(it="Il preavviso di rigetto è già stato inviato.", en="A notice of refusal was sent already."),
        ),
        "suspension_not_used": Guard(
            lambda _, moment: "integrazione" not in moment.case.visited,
            "the state `integrazione` was never entered",
            Text(it="Le integrazioni si chiedono una volta sola.", en="More can be asked for only once."),
        ),
        "entered": Guard(
            lambda state, moment: state in moment.case.visited,
            "the state named was entered once, as in `entered: parere_provincia`",
            Text(it="La domanda non è passata da lì.", en="The application has not been there."),
            Text(it="La domanda è già passata da lì.", en="The application has been there already."),
            parameter=state_id,
        ),
        "count_lt": Guard(
            _count_lt,
            "the event was fired fewer times than this, as in `count_lt: {reopen: 1}`",
            Text(it="Si può fare un numero limitato di volte.", en="This can be done only so many times."),
            parameter=event_number,
        ),
        "rounds_lt": Guard(
            lambda number, moment: moment.case.count(ROUNDS) < number,
            "changes were asked for fewer times than this, by partners or coordinator",
            Text(it="Le modifiche sono già state chieste.", en="Changes have been asked for already."),
            Text(it="Si possono ancora chiedere modifiche.", en="Changes can still be asked for."),
            parameter=whole,
        ),
        "signature_recorded": Guard(
            lambda _, moment: not_future(moment.facts.inputs.get("signed_on"), moment),
            "the day of the signature is given and not in the future (`signed_on`)",
            Text(it="Scrivi la data della firma, non futura.", en="Give the day of the signature, not in the future."),
            inputs=("signed_on",),
        ),
        "slot_free": Guard(
            lambda _, moment: moment.facts.slot_free,
            "the place and time asked for meet no other booking; without a place, true",
            Text(it="In quell’orario la sede è già occupata.", en="The place is taken at that time."),
            needs=frozenset({"slot_free"}),
            inputs=("data", "ora", "ore", "sede"),
        ),
        "target_given": Guard(
            _target_given,
            "the act names an open application of the same call (`target`)",
            Text(
                it="Indica il codice di una proposta aperta dello stesso avviso.",
                en="Give the code of an open proposal of the same call.",
            ),
            needs=frozenset({"target_open"}),
            inputs=("target",),
        ),
        "proposer_agrees": Guard(
            lambda _, moment: moment.facts.inputs.get("proposer_agrees") is True,
            "the proposer's agreement is ticked (`proposer_agrees`)",
            Text(it="Serve l’accordo di chi propone.", en="The proposer has to agree."),
            inputs=("proposer_agrees",),
        ),
        "checklist_complete": Guard(
            _checklist_complete,
            "all outcome fields of an exchange are filled in",
            Text(it="Compila tutta la scheda degli esiti.", en="Fill in the whole record of outcomes."),
            inputs=CHECKLIST,
        ),
        "overdue": Guard(
            lambda _, moment: moment.case.overdue,
            "a deadline of the state has escalated",
            Text(it="È ancora presto: il tempo previsto non è passato.", en="Too early: the time set has not passed."),
        ),
    }
)
