"""One application to each form of the programme, as the browser tests send it: the samples, and one of our own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from forms.model import FormDefinition
from tests.integration.web.conftest import Site

POLIMI = "polimi-2026"
SAMPLES = {
    "coworking-2026": 1,
    "corsi-2026": 7,
    "laboratori-2026": 11,
    "scuole-clab-2026": 16,
    "studenti-clab-2026": 18,
    "clab-urbano-2026": 21,
    "idee-ainm-2026": 23,
    "terzo-settore-2026": 26,
    "centro-giovani-2026": 28,
    "scambio-2026": 30,
}
"""A call of each form, and its sample; the programme has none for the Politecnico."""

CALLS = (*SAMPLES, POLIMI)

NO_ADDRESS_TO_CONFIRM = "scambio-2026"
"""Staff of the two cities apply there: their case begins at once."""

RESEARCH: dict[str, Any] = {
    "nome": "Nives",
    "cognome": "Provolani",
    "email": "nives.provolani@example.org",
    "telefono": "333 123 4567",
    "corso": "Laboratorio di sintesi finale (dato di esempio)",
    "docente": "Ettore Finzioni",
    "docente_email": "ettore.finzioni@esempi.polimi.it",
    "tipo": "ricerca",
    "citta": ["cinisello"],
    "titolo": "Come si sta in un posto condiviso",
    "sintesi": "Osserviamo per quattro settimane come le persone scelgono il tavolo, quando fanno pausa e con chi "
    "parlano. Ne viene una mappa dei momenti in cui lo spazio aiuta a conoscersi e di quelli in cui disturba.",
    "persone": 4,
    "inizio": "11/1/2027",
    "fine": "12/2/2027",
    "raccolta_dati": "si",
    "tipo_dati": ["interviste", "osservazione"],
    "anonimi": "si",
    "parere_etico": "non_serve",
    "esiti": "Una mappa degli usi e un incontro pubblico per raccontarla a chi frequenta lo spazio.",
    "lingua": "it",
    "informativa_letta": True,
}
"""Of somebody who does not exist."""

PDF = b"""%PDF-1.4
1 0 obj <</Type /Catalog /Pages 2 0 R>> endobj
2 0 obj <</Type /Pages /Kids [3 0 R] /Count 1>> endobj
3 0 obj <</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842]>> endobj
trailer <</Root 1 0 R>>
%%EOF
"""


@dataclass(frozen=True)
class Application:
    """What somebody writes into the form of `call`: values by input, and a file for each question that wants one."""

    call: str
    form: FormDefinition
    inputs: dict[str, list[str]]
    files: dict[str, Path]

    @property
    def path(self) -> str:
        """Where the form is."""
        return f"/bandi/{self.call}/domanda"


def application(site: Site, samples: dict[int, dict[str, Any]], call: str, folder: Path) -> Application:
    """The application to `call`; time goes on to when it was sent."""
    if call in SAMPLES:
        sample = samples[SAMPLES[call]]
        data, sent = sample["data"], datetime.fromisoformat(sample["submitted_at"])
        if sent > site.context.clock.now():
            site.context.clock.set(sent)
    else:
        data = RESEARCH
    form = site.context.catalogue.calls[call].form
    files = {field.id: folder / f"{field.id}.pdf" for field in form.fields if field.type == "file" and field.id in data}
    for file in files.values():
        file.write_bytes(PDF)
    return Application(call, form, site.inputs(call, data).to_dict(flat=False), files)
