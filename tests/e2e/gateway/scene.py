"""A town whose mails lie in front of scanners and people, and the count of what was done through their links."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import count

import requests
from playwright.sync_api import Browser

from app.story.browser import code_in
from integrations.local.smtp import StoredMessage
from tests.integration.app import scenes
from tests.integration.app.journeys import student_before_the_school
from tests.integration.app.members import COURSE, SCHOOL, learner
from tests.integration.app.people import COORDINATOR, MOTHER, OFFICER, PROVINCE, REGISTER, desk
from tests.integration.app.town import Town

PATIENCE = 30  # seconds
AGENTS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Safari/537.36",
    "Mozilla/5.0 (compatible; Microsoft-SafeLinks)",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148",
    "Barracuda Sentinel (EE)",
    "Mimecast-URL-Protect",
    "python-requests/2.32",
    "curl/8.5.0",
    "",
)
_BESIDE = frozenset({"submit", "auto", "retention"})
_HANDS = frozenset({"taken_back"})


@dataclass(frozen=True)
class Mail:
    """A mail with an action link as it lies in a mailbox: the link, every link, the code printed below."""

    link: str
    links: tuple[str, ...]
    code: str


@dataclass(frozen=True)
class Done:
    """What was done through links: decisions, opinions and consents; steps that decide nothing."""

    decisions: int
    steps: int


@dataclass
class Scene:
    """The town at its address, Chromium beside it."""

    town: Town
    address: str
    chromium: Browser
    _names: Iterable[int] = field(default_factory=count)

    def decide(self) -> Mail:
        """A coordinator's mail: a case to decide."""
        return self.mail(COORDINATOR, scenes.desk_to_decide(self.town, desk(email=self._somebody())))

    def confirm(self) -> Mail:
        """An applicant's first mail: the address to be confirmed, which decides nothing."""
        who = self._somebody()
        return self.mail(who, self.town.apply(desk(email=who)))

    def consent(self) -> Mail:
        """A parent's mail: to authorise, or not."""
        return self.mail(MOTHER, scenes.idea_without_consent(self.town))

    def opinion(self) -> Mail:
        """The Provincia's mail: an opinion to give."""
        return self.mail(PROVINCE, scenes.idea_before_the_province(self.town))

    def offer(self) -> Mail:
        """The mail of who was next on a course's list: a place to take or to give up."""
        first, who = self._somebody(), self._somebody()
        taken, waits = (self.town.confirmed(learner(email), COURSE) for email in (first, who))
        self.town.own_page(taken).choose("withdraw")
        self.town.work()
        return self.mail(who, waits)

    def school(self) -> Mail:
        """A school's mail: a student to confirm."""
        return self.mail(SCHOOL, student_before_the_school(self.town, self._somebody()))

    def check(self) -> Mail:
        """A case officer's mail: whether an application is complete."""
        return self.mail(OFFICER, scenes.checked_desk(self.town, desk(email=self._somebody())))

    def register(self) -> Mail:
        """The register office's mail: a number to record."""
        return self.mail(REGISTER, self.town.confirmed(desk(email=self._somebody())))

    def mail(self, person: str, reference: str) -> Mail:
        """The newest mail with an action link that `person` has about `reference`."""
        found = [mail for mail in self.town.mails(person, reference) if self._action(mail)]
        link = self._action(found[-1])
        links = tuple(self._here(each) for each in found[-1].links)
        return Mail(self._here(link), links, code_in(found[-1].text, link))

    def done(self) -> Done:
        """Everything that people have done so far, by its weight."""
        events = Counter(row["event"] for row in self.town.dump()["events"] if row["actor"] != "sistema")
        calls = self.town.context.catalogue.calls.values()
        weighty = {each.event for call in calls for each in call.workflow.transitions if each.high_stakes} | _HANDS
        decisions = sum(number for event, number in events.items() if event in weighty)
        return Done(decisions, sum(events.values()) - decisions - sum(events[each] for each in _BESIDE))

    def after(self, act: Callable[[], object]) -> Done:
        """What `act` has done."""
        before = self.done()
        act()
        self.town.work()
        now = self.done()
        return Done(now.decisions - before.decisions, now.steps - before.steps)

    def _here(self, link: str) -> str:
        return link.replace(self.town.context.settings.base_url, self.address)

    @staticmethod
    def _action(mail: StoredMessage) -> str:
        return next((link for link in mail.links if "/azione/" in link), "")

    def _somebody(self) -> str:
        return f"persona{next(iter(self._names))}@example.org"


class Person:
    """Somebody with a browser who reads the mail and answers it."""

    def __init__(self, mail: Mail) -> None:
        self.mail = mail
        self.session = requests.Session()

    def open(self, link: str = "") -> requests.Response:
        """Press the link of the mail."""
        return self.session.get(link or self.mail.link, timeout=PATIENCE)

    def send(self, page: requests.Response, event: str, **answers: str) -> requests.Response:
        """Choose, fill in with the mail's code, press the button."""
        csrf = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
        typed = {"csrf_token": csrf[1] if csrf else "", "esito": event, "conferma_codice": self.mail.code, **answers}
        return self.session.post(page.url, data=typed, timeout=PATIENCE)

    def choose(self, event: str, link: str = "", **answers: str) -> requests.Response:
        """Open and answer."""
        return self.send(self.open(link), event, **answers)
