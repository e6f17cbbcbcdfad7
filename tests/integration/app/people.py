"""The people of the tests, all fictional, and what they write."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

DESKS, IDEAS, SMALL, CLOSING = "coworking-2026", "clab-urbano-2026", "sportello-piccolo", "bando-che-chiude"

CHIARA = "chiara.desempio@example.org"
EUFEMIA = "eufemia@example.org"
MOTHER = "mamma@example.org"

OFFICER = "sportello@comune-cinisello.example.org"
COORDINATOR = "coordinamento@comune-cinisello.example.org"
DEPUTY = "vice@comune-cinisello.example.org"
REGISTER = "protocollo@comune-cinisello.example.org"
REVIEWER = "revisione1@oltrespazio.example.org"

MATERA_OFFICER = "sportello@comune-matera.example.org"
MATERA_COORDINATOR = "coordinamento@comune-matera.example.org"
MATERA_REGISTER = "protocollo@comune-matera.example.org"
PROVINCE = "pareri@provincia-matera.example.org"

SMALL_OFFICER, SMALL_COORDINATOR = "istruttoria@prova.example.org", "coordina@prova.example.org"
SMALL_REGISTER = "protocollo@prova.example.org"

TAX_CODE = "NVNCHR98B54C707U"
"""Of somebody born on 14/02/1998, as Chiara was."""

REASON = "La richiesta non si può svolgere negli spazi condivisi, che chiudono alle venti."
OBSERVATIONS = "Capisco, ma posso adattarmi agli orari e usare la sala riunioni."

_SAMPLES = {
    sample["sample"]: sample
    for line in (Path(__file__).parents[2] / "unit" / "forms" / "samples.jsonl").read_text("utf-8").splitlines()
    for sample in [json.loads(line)]
}

Answers = dict[str, Any]


def desk(**changes: Any) -> Answers:
    """Chiara asks for a desk at Cofò, with `changes`; None takes an answer away."""
    return changed(_SAMPLES[1]["data"], changes)


def idea(**changes: Any) -> Answers:
    """Eufemia of Matera proposes an idea, with `changes`; None takes an answer away."""
    return changed(_SAMPLES[21]["data"], changes)


def idea_of_a_minor(**changes: Any) -> Answers:
    """A sixteen-year-old of Cinisello proposes an idea; their mother answers for them."""
    parent = {
        "genitore_nome": "Maria",
        "genitore_cognome": "Inventati",
        "genitore_ruolo": "genitore",
        "genitore_email": MOTHER,
        "genitore_telefono": "+393331234560",
    }
    return idea(citta="cinisello", data_nascita="12/12/2009", **parent, **changes)


CONSENT = {
    "nome": "Maria",
    "cognome": "Inventati",
    "ruolo": "genitore",
    "accordo_altro_genitore": "comune_accordo",
    "uscita_autonoma": "no",
    "contatto_emergenza": "+393331234560",
    "dichiarazione_445": "true",
    "informativa_letta": "true",
}


def sample(number: int) -> Answers:
    """What the sample application of this number writes."""
    return dict(_SAMPLES[number]["data"])


def changed(data: Answers, changes: Answers) -> Answers:
    """`data` with `changes`; None takes an answer away."""
    return {name: value for name, value in {**data, **changes}.items() if value is not None}
