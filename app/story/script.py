"""The story itself, told on the terminal as it happens, with a table of what came of it at the end."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from app.config import Settings
from app.services import eventlog
from app.story.browser import Visitor
from app.story.stage import Stage, open_stage
from app.web.texts import load_texts
from forms.builder import form_inputs

WIDTH = 120
"""Columns of the table where nobody looks at a terminal."""

APPLICATIONS = Path(__file__).parent / "applications.jsonl"
REASON = "La richiesta non si può svolgere negli spazi condivisi, che chiudono alle 20 e non hanno stanze singole."
OBSERVATIONS = "Capisco la motivazione, ma posso adattarmi agli orari e usare la sala riunioni quando è libera."


@dataclass
class Outcomes:
    """What was expected and what came, line by line."""

    console: Console
    lines: list[tuple[str, str, str]] = field(default_factory=list)

    def say(self, text: str) -> None:
        """Tell what happens."""
        self.console.print(f"  {text}", highlight=False)

    def expect(self, what: str, expected: object, came: object) -> None:
        """Note one outcome."""
        self.lines.append((what, str(expected), str(came)))

    @property
    def good(self) -> bool:
        """Whether everything came as expected."""
        return all(expected == came for _, expected, came in self.lines)

    def table(self) -> Table:
        """All outcomes."""
        table = Table(title="What came of it", title_justify="left")
        for heading in ("", "what", "expected", "came"):
            table.add_column(heading, overflow="fold")
        for what, expected, came in self.lines:
            mark = "[green]✓[/]" if expected == came else "[red]✗[/]"
            table.add_row(mark, what, expected, came)
        return table


def play(settings: Settings) -> bool:
    """Play the story on the stack of `settings`: True only if every outcome was the expected one."""
    console = Console(width=None if sys.stdout.isatty() else WIDTH)
    outcomes = Outcomes(console)
    console.print("\n[bold]The story[/] (fictional people, the programme's own pages, sheets and mails)")
    try:
        with open_stage(settings) as stage:
            _Play(stage, outcomes).all()
    except Exception as error:  # noqa: BLE001 - whatever stops the story is an outcome of it, told with the rest
        outcomes.expect("the story goes on to its end", "yes", f"{type(error).__name__}: {error}")
    console.print()
    console.print(outcomes.table())
    console.print("[green]Every outcome was the expected one.[/]" if outcomes.good else "[red]Not as expected.[/]")
    return outcomes.good


class _Play:
    """The scenes, in the order of the applications' own times."""

    def __init__(self, stage: Stage, outcomes: Outcomes) -> None:
        self.stage = stage
        self.outcomes = outcomes
        self.samples: dict[int, dict[str, Any]] = {}
        self.references: dict[int, str] = {}
        for line in APPLICATIONS.read_text(encoding="utf-8").splitlines():
            sample = json.loads(line)
            self.samples[sample["sample"]] = sample

    def all(self) -> None:
        """Everything."""
        for number in sorted(self.samples, key=lambda each: self.samples[each]["submitted_at"]):
            self.stage.at(datetime.fromisoformat(self.samples[number]["submitted_at"]))
            self._apply(number)
            if number == 101:  # noqa: PLR2004 - the last application of the first morning
                self._desks()
        self._proposal()
        self._agree()

    # --- people apply ---------------------------------------------------------------------------------------------

    def _apply(self, number: int) -> None:
        sample = self.samples[number]
        call = next(each for each in self.stage.context.catalogue.calls.values() if each.form.form == sample["form"])
        before = self.stage.references()
        with Visitor(self.stage.settings.base_url) as visitor:
            page = visitor.open(f"/bandi/{call.id}/domanda")
            page = visitor.send(page, _own(form_inputs(call.form, sample["data"]), page.forms[-1].hidden))
        self.stage.settle()
        new = sorted(self.stage.references() - before)
        expected = sample["expect"]
        what = f"application {number} ({', '.join(sample['tags'])})"
        if not expected["valid"]:
            self.outcomes.say(f"{what}: the page says what to correct")
            wanted = sorted((field, code) for field, code in expected["errors"])
            told = sorted((target.split("-")[0], _code_of(text)) for target, text in page.mistakes)
            self.outcomes.expect(f"{what}: errors", wanted, told)
            self.outcomes.expect(f"{what}: cases made", 0, len(new))
            return
        first = expected["first_state_after_email"]
        if first.startswith("duplicate_of:"):
            self._duplicate(what, int(first.partition(":")[2]), new, page.code)
            return
        self.references[number] = new[0] if new else "none"
        self.outcomes.say(f"{what}: received as {self.references[number]}; the address is confirmed by e-mail")
        self.stage.act(sample["data"]["email"].strip(), self.references[number], "email_confirmed")
        came = self.stage.first_state_after_email(self.references[number])
        self.outcomes.expect(f"{what}: first state", first, came)

    def _duplicate(self, what: str, original: int, new: list[str], code: int) -> None:
        self.outcomes.say(f"{what}: already there; the first address gets its link again")
        self.outcomes.expect(f"{what}: cases made, page", "0, 409", f"{len(new)}, {code}")
        subjects = self.stage.mails_to(self.samples[original]["data"]["email"])
        again = sum("già" in subject and self.references[original] in subject for subject in subjects)
        self.outcomes.expect(f"{what}: link mailed again to the first address", 1, again)

    # --- the desks: one accepted, one refused ---------------------------------------------------------------------

    def _desks(self) -> None:
        chiara, bruno = self.references[1], self.references[101]
        for number, reference in enumerate((chiara, bruno), 1):
            self._register("protocollo@comune-cinisello.example.org", reference, f"00012{number:02d}")
            self.stage.act(
                "sportello@comune-cinisello.example.org", reference, "admissible", {"requisiti": ["r1", "r2"]}
            )
        self.outcomes.say("OltreSpazio's two reviewers type outcome and score into their sheet")
        self._review(("olt-1", "olt-2"), chiara, "Sì", ("88", "81"))
        self._review(("olt-1", "olt-2"), bruno, "No", ("35", "41"))
        self.stage.settle()
        coordinator = "coordinamento@comune-cinisello.example.org"
        self.outcomes.say("the coordinator opens the mailed links: one yes, one no with its reason")
        self.stage.act(coordinator, chiara, "approve")
        self.stage.act(coordinator, bruno, "refuse", {"motivazione": REASON})
        self.outcomes.expect("notice before the refusal (art. 10-bis)", "preavviso", self.stage.state(bruno))
        self.stage.act(self.samples[1]["data"]["email"], chiara, "accept", {"codice_fiscale": "NVNCHR98B54C707U"})
        self.outcomes.expect("accepted desk", "assegnata", self.stage.state(chiara))
        self.outcomes.say("Bruno writes his observations; the coordinator answers them and refuses")
        self.stage.act(self.samples[101]["data"]["email"], bruno, "observations_received", {"testo": OBSERVATIONS})
        self.stage.act(coordinator, bruno, "refuse", {"motivazione": REASON})
        self.outcomes.expect("refused desk", "respinta", self.stage.state(bruno))

    # --- the proposal: partners, Provincia, coordinator -----------------------------------------------------------

    def _proposal(self) -> None:
        reference = self.references[21]
        self._register("protocollo@comune-matera.example.org", reference, "0004567")
        self.stage.act("sportello@comune-matera.example.org", reference, "admissible")
        self.outcomes.say("Basilicata Creativa and Generazione Lucana review in their sheet")
        self._review(("bc-1", "gl-1"), reference, "Sì", ("90", "78"))
        self.stage.settle()
        self.outcomes.expect("Matera asks the Provincia", "parere_provincia", self.stage.state(reference))
        self.stage.at(self.stage.context.clock.now() + timedelta(hours=16))
        self.stage.settle()
        self.outcomes.say("the Provincia gives its opinion, the coordinator approves")
        self.stage.act(
            "pareri@provincia-matera.example.org",
            reference,
            "opinion_given",
            {"parere": "favorevole", "motivazione": "La proposta è coerente con le scuole e gli spazi del rione."},
        )
        self.stage.act("coordinamento@comune-matera.example.org", reference, "approve")
        self.outcomes.expect("approved proposal", "approvata", self.stage.state(reference))

    def _register(self, office: str, reference: str, number: str) -> None:
        day = self.stage.context.clock.now().strftime("%d/%m/%Y")
        self.stage.act(office, reference, "register", {"protocollo_numero": number, "protocollo_data": day})

    def _review(self, reviewers: tuple[str, str], reference: str, outcome: str, scores: tuple[str, str]) -> None:
        for reviewer, score in zip(reviewers, scores, strict=True):
            cells = {"conflitto": "no", "esito_proposto": outcome, "punteggio_0_100": score}
            self.stage.partner(reviewer, reference).type_in(reference, cells)

    # --- sheets, database and mails say the same ------------------------------------------------------------------

    def _agree(self) -> None:
        self.stage.settle()
        calls = self.stage.context.catalogue.calls
        states = {state.id: state.label.it for call in calls.values() for state in call.workflow.states}
        rows = list(self.stage.rows())
        equal = [row for _, row in rows if row["stato"] == states[self.stage.state(str(row["codice"]))]]
        told = f"{len(rows)} of {len(rows)} rows"
        self.outcomes.expect("sheet rows equal database states", told, f"{len(equal)} of {len(rows)} rows")
        in_sheets = {str(row["codice"]) for _, row in rows}
        self.outcomes.expect("every case has its row", sorted(self.references.values()), sorted(in_sheets))
        cells = [str(value) for _, row in rows for value in row.values()]
        leaked = [value for value in cells if "HYPERLINK" in value or "@example.org" in value]
        self.outcomes.expect("nothing personal, no formula in the sheets", [], leaked)
        with self.stage.context.read() as session:
            self.outcomes.expect("event chain intact", [], eventlog.broken_links(session))


def _own(inputs: list[tuple[str, str]], hidden: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The inputs without those that the page's form has hidden already."""
    taken = {name for name, _ in hidden}
    return [(name, value) for name, value in inputs if name not in taken]


def _code_of(text: str) -> str:
    """The error code whose words `text` ends with."""
    return next((code for code, words in _patterns().items() if words.search(text)), text)


def _patterns() -> Mapping[str, re.Pattern[str]]:
    texts = load_texts()
    codes = [key.removeprefix("errors.") for key in texts.keys if key.startswith("errors.")]
    return {
        code: re.compile(": " + re.sub(r"\\\{\w+\\\}", ".+", re.escape(texts.raw(f"errors.{code}", "it"))) + "$")
        for code in codes
    }
