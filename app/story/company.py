"""The company of the story: who they are, what they write, and how they apply through the pages' forms."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from pypdf import PdfWriter

from app.catalogue.calls import Call
from app.dates import show_moment
from app.services.mail.mail_values import applicant_name
from app.story.browser import Visitor
from app.story.outcomes import Outcomes
from app.story.stage import Answers, Stage
from app.web.texts import load_texts
from forms.builder import form_inputs

APPLICATIONS = Path(__file__).parent / "applications.jsonl"
A_PAGE = (595, 842)
"""A4 in points."""


class Company:
    """Everybody in the story, by the numbers of their applications."""

    def __init__(self, stage: Stage, outcomes: Outcomes) -> None:
        self.stage = stage
        self.outcomes = outcomes
        outcomes.when = lambda: show_moment(stage.context.clock.now(), "en")
        self.applications: dict[int, dict[str, Any]] = {}
        self.references: dict[int, str] = {}
        for line in APPLICATIONS.read_text(encoding="utf-8").splitlines():
            application = json.loads(line)
            self.applications[application["sample"]] = application

    # --- what they do ---------------------------------------------------------------------------------------------

    def at(self, moment: str) -> None:
        """Let time go on to `moment`, as `2026-11-28T18:00+01:00`."""
        self.stage.at(datetime.fromisoformat(moment))

    def act(self, who: str, number: int, event: str, **answers: str | list[str]) -> None:
        """Have `who` choose `event` behind the link that was mailed to them."""
        self.stage.act(who, self.references[number], event, answers)

    def applicant_acts(self, number: int, event: str, answers: Answers | None = None, *, page: str = "azione") -> None:
        """Have the applicant choose `event`: behind the link of a mail or (`page="stato"`) on their own page."""
        self.stage.act(self.email(number), self.references[number], event, answers, page=page)

    def type_in(self, reviewer: str | None, number: int, **cells: str) -> None:
        """Have a partner type into the row of the case."""
        reference = self.references[number]
        self.stage.partner(reviewer, reference).type_in(reference, cells)

    def expect_state(self, what: str, number: int, state: str) -> None:
        """Note where a case is."""
        self.outcomes.expect(what, state, self.stage.state(self.references[number]))

    def email(self, number: int) -> str:
        """The address of whoever applied."""
        return str(self.applications[number]["data"]["email"]).strip()

    def answers(self, number: int, **changes: object) -> dict[str, str | list[str]]:
        """The answers of an application with `changes`, as its page's inputs."""
        data = {**self.applications[number]["data"], **changes}
        inputs: dict[str, str | list[str]] = {}
        for name, value in form_inputs(self.call_of(number).form, data):
            given = inputs.get(name)
            inputs[name] = value if given is None else [*(given if isinstance(given, list) else [given]), value]
        return inputs

    def call_of(self, number: int) -> Call:
        """The call that an application is for."""
        application = self.applications[number]
        calls = self.stage.context.catalogue.calls.values()
        return next(
            call
            for call in calls
            if call.form.form == application["form"]
            and (not call.file.sites or call.site_of(application["data"]) in call.file.sites)
        )

    # --- how they apply -------------------------------------------------------------------------------------------

    def apply(self, *numbers: int) -> None:
        """Send these applications, each at its own hour, and note what the house says."""
        for number in numbers:
            self.stage.at(datetime.fromisoformat(self.applications[number]["submitted_at"]))
            self._apply(number)

    def _apply(self, number: int) -> None:
        application, call = self.applications[number], self.call_of(number)
        before = self.stage.references()
        inputs = form_inputs(call.form, application["data"])
        with Visitor(self.stage.settings.base_url) as visitor:
            page = visitor.open(f"/bandi/{call.id}/domanda")
            taken = {name for name, _ in page.forms[-1].hidden}  # the page's form has these already
            own = [(name, value) for name, value in inputs if name not in taken]
            page = visitor.send(page, own, _files(application["data"]))
        new = sorted(self.stage.references() - before)
        what = f"{number} ({', '.join(application['tags'])})"
        name, expected = applicant_name(application["data"]), application["expect"]
        if not expected["valid"]:
            self.outcomes.say(f"{name} ({number}) applies: the page says what to correct")
            codes = {(field, code) for field, code in expected["errors"]}
            told = {(target.split("-")[0], _code_of(text)) for target, text in page.mistakes}
            # the page's summary has one line for each question, with the first that is wrong with it
            wanted = {(field, code) for field, code in codes if (field, code) in told or field not in dict(told)}
            self.outcomes.expect(f"application {what}: errors", sorted(wanted), sorted(told))
            self.outcomes.expect(f"application {what}: cases made", 0, len(new))
        elif expected["first_state_after_email"].startswith("duplicate_of:"):
            self.outcomes.say(
                f"{name} ({number}) applies again: the page says so, the first address gets its link again"
            )
            self._duplicate(what, int(expected["first_state_after_email"].partition(":")[2]), new, page.code)
        elif not new:
            raise RuntimeError(f"application {what} was not taken: HTTP {page.code}, {page.mistakes}")
        else:
            self._confirm(what, number, new[0])

    def _confirm(self, what: str, number: int, reference: str) -> None:
        self.references[number] = reference
        name = applicant_name(self.applications[number]["data"])
        if self.call_of(number).workflow.leaving("da_confermare", "email_confirmed"):
            self.outcomes.say(f"{name} ({number}) applies: {reference}; the address is confirmed by e-mail")
            self.applicant_acts(number, "email_confirmed")
        else:
            self.outcomes.say(f"{name} ({number}) applies: {reference}, from an office that is known")
        first = self.applications[number]["expect"]["first_state_after_email"]
        self.outcomes.expect(f"application {what}: first state", first, self.stage.first_state(reference))

    def _duplicate(self, what: str, original: int, new: list[str], code: int) -> None:
        self.stage.settle()
        self.outcomes.expect(f"application {what}: cases made, page", "0, 409", f"{len(new)}, {code}")
        subjects = self.stage.mails_to(self.email(original))
        again = sum("già" in subject and self.references[original] in subject for subject in subjects)
        self.outcomes.expect(f"application {what}: link mailed again to the first address", 1, again)


def _files(data: Mapping[str, Any]) -> dict[str, tuple[str, bytes, str]]:
    """A PDF for each answer that tells one: with its name and as many pages, all of them blank."""
    told = {name: value for name, value in data.items() if isinstance(value, Mapping) and "filename" in value}
    return {name: (value["filename"], _blank_pages(value["pages"]), "application/pdf") for name, value in told.items()}


def _blank_pages(number: int) -> bytes:
    writer, content = PdfWriter(), BytesIO()
    for _ in range(number):
        writer.add_blank_page(*A_PAGE)
    writer.write(content)
    return content.getvalue()


def _code_of(text: str) -> str:
    """The error code whose words `text` ends with."""
    return next((code for code, words in _patterns().items() if words.search(text)), text)


@cache
def _patterns() -> Mapping[str, re.Pattern[str]]:
    texts = load_texts()
    codes = [key.removeprefix("errors.") for key in texts.keys if key.startswith("errors.")]
    return {
        code: re.compile(": " + re.sub(r"\\\{\w+\\\}", ".+", re.escape(texts.raw(f"errors.{code}", "it"))) + "$")
        for code in codes
    }
