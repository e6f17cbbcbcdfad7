"""One file = one call (bando): what its author writes, and the call it becomes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from app.catalogue.messages import Message
from app.catalogue.sheet_settings import Asked, MoreTab, PartnerColumn, SheetSettings, Summary
from app.dates import ROME
from forms.definition import FieldDefinition, FormDefinition, Text
from forms.document import Document, Strict
from workflows.definition import WorkflowDefinition

PEOPLE_KEYS: Mapping[str, str] = {
    "coordinatore": "coordinator",
    "backup_coordinatore": "coordinator",
    "istruttore": "case_officer",
    "revisore": "reviewer",
    "provincia": "province",
    "protocollo": "register",
    "commissione": "panel",
    "cedente": "donor",
    "riusante": "receiver",
    "cabina_di_regia": "coordinator",
    "tutor": "tutor",
    "newsletter": "newsletter",
}
"""Role of a workflow -> key under `people:` (clarifications.md §3)."""

PeopleKey = Literal[
    "coordinator",
    "case_officer",
    "reviewer",
    "province",
    "register",
    "panel",
    "donor",
    "receiver",
    "newsletter",
    "tutor",
]
"""Who a call may name under `people:`."""

PEOPLE_DEFAULTS: Mapping[str, str] = {"case_officer": "coordinator", "register": "coordinator"}
"""Who stands in where a call names nobody."""


def in_rome(instant: datetime) -> datetime:
    """The instant in UTC; without a zone it is told in Europe/Rome."""
    return (instant if instant.tzinfo else instant.replace(tzinfo=ROME)).astimezone(UTC)


class Person(Strict):
    """Somebody who acts for the call: `id` names their tab in the sheet, `email` gets the links."""

    id: str = ""
    body: str = ""
    email: str

    @field_validator("email")
    @classmethod
    def _plain_address(cls, email: str) -> str:
        if "@" not in email or any(character in email for character in "\r\n ,;<>"):
            raise ValueError(f"`{email}` is no e-mail address | write one address, like ufficio@comune.example.org")
        return email

    @property
    def name(self) -> str:
        """How a tab or a page names this person."""
        return self.id or self.email


PeopleValue = tuple[Person, ...]


class Site(Strict):
    """One value of the routing answer.

    `places` are desks or seats to give away, `capacity` the people a room takes, `city` says whose holidays count.
    """

    label: Text | None = None
    places: int | None = Field(default=None, ge=0)
    capacity: int | None = Field(default=None, ge=1)
    tab: str | None = None
    workbook: str | None = None
    city: Literal["cinisello", "matera"] | None = None


LIST_CLOSES_BEFORE = timedelta(hours=24)
"""How long before the start nobody is called from a waiting list any more (clarifications.md §2)."""


class Edition(Strict):
    """One edition of a course: its seats, its dates (Europe/Rome), whom it is for, where it is, what to bring.

    With fewer than `min` seats taken five days before the start its case officer is asked whether it takes place.
    """

    id: str
    title: Text
    seats: int = Field(ge=1)
    min: int = Field(default=0, ge=0)
    start: datetime
    end: datetime
    age: tuple[int, int] | None = None
    place: Text | None = None
    bring: Text | None = None

    @field_validator("start", "end")
    @classmethod
    def _in_rome(cls, instant: datetime) -> datetime:
        return in_rome(instant)

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Edition:
        if self.end <= self.start:
            raise ValueError("`end` is not after `start` | move one of the two dates")
        return self

    @property
    def list_close(self) -> datetime:
        """When nobody is called from the waiting list any more: a day before the start."""
        return self.start - LIST_CLOSES_BEFORE


class Invite(Strict):
    """An invite code that the call knows from the start; `demo` ones hold on embedded defaults only."""

    code: str = Field(pattern=r"^[A-Z]{2}-[0-9A-Z]{4}$")
    school: str
    contact: str
    school_year: str
    places: int | None = Field(default=None, ge=1)
    demo: bool = False


class Office(Strict):
    """Who answers for the procedure (law 241/1990, articles 5 and 8); shown in receipts."""

    name: str = "Ufficio Politiche giovanili"
    officer: str = "Responsabile del procedimento"
    email: str = "hubout@comune.example.org"
    phone: str = "02 0000 0000"
    substitute: str = "segreteria.generale@comune.example.org"
    court: str = "TAR competente per territorio"


class CallFile(Strict):
    """A call as its author writes it; unknown keys are errors."""

    call: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{2,78}$")
    title: Text
    opens: datetime
    closes: datetime | None = None
    starts: datetime | None = None
    ends: datetime | None = None
    form: str | dict[str, Any]
    workflow: str | dict[str, Any]
    city: Literal["cinisello", "matera"] = "cinisello"
    route_by: str | None = None
    sites: dict[str, Site] = Field(default_factory=dict)
    options: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    editions: tuple[Edition, ...] = ()
    invites: tuple[Invite, ...] = ()
    people: dict[PeopleKey, Any]
    reviews: int = Field(default=2, ge=1)
    requirements: tuple[Text, ...] = ()
    criteria: tuple[Text, ...] = ()
    office: Office = Office()
    next_steps: Text | None = None
    bring: Text | None = None
    questionnaire: str | None = Field(default=None, pattern=r"^https://[^\s]+$")
    publish_days: int = Field(default=60, ge=1, le=3660)
    sheet: SheetSettings | None = None
    messages: dict[str, dict[str, Any]] = Field(default_factory=dict)

    @field_validator("opens", "closes", "starts", "ends")
    @classmethod
    def _in_rome(cls, instant: datetime | None) -> datetime | None:
        return None if instant is None else in_rome(instant)

    @field_validator("people")
    @classmethod
    def _as_lists(cls, people: dict[str, Any]) -> dict[str, dict[str, PeopleValue]]:
        return {key: _people(value) for key, value in people.items()}

    @model_validator(mode="after")
    def _closes_after_it_opens(self) -> CallFile:
        if self.closes and self.closes <= self.opens:
            raise ValueError("`closes` is not after `opens` | move one of the two dates")
        return self


def _people(value: Any) -> dict[str, PeopleValue]:
    """A role's people by site; the key "" serves every site without its own."""
    if isinstance(value, Mapping) and "email" not in value:
        return {str(site): _people(of_site)[""] for site, of_site in value.items()}
    entries = value if isinstance(value, Sequence) and not isinstance(value, str) else [value]
    return {
        "": tuple(Person(email=entry) if isinstance(entry, str) else Person.model_validate(entry) for entry in entries)
    }


@dataclass(frozen=True)
class Tab:
    """One tab of one workbook and the reviewer who works in it (None: rows only, nobody is asked).

    `content` are our columns of it, `columns` the partners'. A tab that `shows` a summary has rows of its own making,
    of the call's `sites`; one with `states` has the cases that came to them.
    """

    workbook: str
    title: str
    reviewer: Person | None
    columns: tuple[PartnerColumn, ...]
    asks: Asked = "reviewer"
    content: tuple[str, ...] = ()
    shows: Summary | None = None
    states: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()


@dataclass(frozen=True)
class Call:
    """A call with its form and workflow resolved; what services work with.

    `gone`: its file is not there any more; its cases go on as it was, and nobody applies.
    """

    file: CallFile
    form: FormDefinition
    workflow: WorkflowDefinition
    document: Document
    messages: Mapping[str, Message] = field(default_factory=dict)
    gone: bool = False

    @property
    def id(self) -> str:
        """The name in addresses, commands and rows."""
        return self.file.call

    def open_at(self, now: datetime) -> bool:
        """Whether an application sent at `now` is in time (server receipt time counts)."""
        return not self.gone and self.file.opens <= now and (self.file.closes is None or now <= self.file.closes)

    @property
    def route_field(self) -> FieldDefinition | None:
        """The answer that chooses people, places and tab: the one that has all sites or, after a slip, most of them."""
        if self.file.route_by:
            return self.form.field(self.file.route_by)
        sites = set(self.file.sites)
        known = [(len(sites & {option.value for option in field.options}), field) for field in self.form.fields]
        most, field = max(known, key=lambda each: each[0], default=(0, None))
        return field if most else None

    def dates(self, answers: Mapping[str, Any]) -> dict[str, datetime]:
        """The dates that this call gives a case: those of its edition, or of the call itself."""
        edition = self.edition_of(answers)
        if edition is not None:
            return {"start": edition.start, "end": edition.end, "list_close": edition.list_close}
        dates = {"start": self.file.starts, "end": self.file.ends, "call_close": self.file.closes}
        if self.file.starts:
            dates["list_close"] = self.file.starts - LIST_CLOSES_BEFORE
        return {name: instant for name, instant in dates.items() if instant is not None}

    @property
    def given_dates(self) -> frozenset[str]:
        """The dates that every case of the call has."""
        if self.file.editions:
            return frozenset(self.dates({field.id: self.file.editions[0].id for field in self.form.fields}))
        return frozenset(self.dates({}))

    def edition_of(self, answers: Mapping[str, Any]) -> Edition | None:
        """The edition that was chosen, where the call has editions."""
        field = next((field for field in self.form.fields if field.options_from == "editions"), None)
        chosen = answers.get(field.id) if field else None
        return next((edition for edition in self.file.editions if edition.id == chosen), None)

    def limit_of(self, answers: Mapping[str, Any]) -> int | None:
        """How many places there are of what was asked for; None where nothing limits it."""
        edition = self.edition_of(answers)
        if edition is not None:
            return edition.seats
        return self.site(self.site_of(answers)).places

    def site_of(self, answers: Mapping[str, Any]) -> str:
        """The routing answer's value, or "" where the call has one site only."""
        route = self.route_field
        value = answers.get(route.id) if route else None
        return str(value[0] if isinstance(value, list) and value else value or "")

    def site(self, site: str) -> Site:
        """What the call says of `site`."""
        return self.file.sites.get(site, Site())

    def city(self, site: str) -> str:
        """Whose patron day and office hours count."""
        return self.site(site).city or self.file.city

    def people(self, role: str, site: str) -> tuple[Person, ...]:
        """Who holds `role` (a workflow's role id) for cases of `site`; empty when nobody does."""
        key = PEOPLE_KEYS.get(role, "")
        named = self.file.people.get(key)  # type: ignore[call-overload] # any role may be asked for
        if named is None:
            return self.people("coordinatore", site)[:1] if key in PEOPLE_DEFAULTS else ()
        people: tuple[Person, ...] = named.get(site, named.get("", ()))
        if role == "backup_coordinatore":
            return people[1:2] or people[:1]
        return people[:1] if role in ("coordinatore", "istruttore", "protocollo") else people

    def tabs(self, site: str) -> tuple[Tab, ...]:
        """The tabs a case of `site` may have a row in: one for each who is asked by name; where nobody is, one for all.

        Then those that the call adds for its cases; summaries have rows of their own.
        """
        sheet = self.file.sheet
        if sheet is None:
            return ()
        workbook, title = self._workbook(site), self.site(site).tab or sheet.tab
        columns: dict[Asked, tuple[PartnerColumn, ...]] = {
            asks: tuple(column for column in sheet.partner_columns if column.asks == asks)
            for asks in ("reviewer", "panel", "province")
        }
        reviewers = self.people("revisore", site)
        tabs = [
            Tab(
                workbook,
                title if len(reviewers) == 1 else f"{title} – {reviewer.name}",
                reviewer,
                tuple(column for column in columns["reviewer"] if not column.only or reviewer.id in column.only),
                content=sheet.columns,
            )
            for reviewer in reviewers
        ]
        panel = self.people("commissione", site) if columns["panel"] else ()
        tabs += [
            Tab(workbook, f"{title} – {each.name}", each, columns["panel"], "panel", sheet.columns) for each in panel
        ]
        tabs = tabs or [Tab(workbook, title, None, columns["reviewer"], content=sheet.columns)]
        province = self.people("provincia", site) if columns["province"] else ()
        opinion = columns["province"]
        tabs += [Tab(workbook, f"{title} – {each.name}", each, opinion, "province", sheet.columns) for each in province]
        more = (each for each in sheet.more_tabs if not each.shows and site in (each.sites or (site,)))
        return (*tabs, *(_more(each, workbook) for each in more))

    def summary_tabs(self) -> tuple[Tab, ...]:
        """The call's summaries: each in every workbook that its sites lead to."""
        tabs: list[Tab] = []
        for each in self.file.sheet.more_tabs if self.file.sheet else ():
            sites: dict[str, list[str]] = {}
            for site in each.sites or self.site_ids():
                sites.setdefault(self._workbook(site), []).append(site)
            if each.shows:
                tabs += [_more(each, workbook, tuple(own)) for workbook, own in sites.items()]
        return tuple(tabs)

    def _workbook(self, site: str) -> str:
        return self.site(site).workbook or (self.file.sheet.workbook if self.file.sheet else "")

    @property
    def partner_columns(self) -> tuple[PartnerColumn, ...]:
        """Every column that partners write in, on whichever tab."""
        sheet = self.file.sheet
        more = (column for each in sheet.more_tabs for column in each.partner_columns) if sheet else ()
        return (*(sheet.partner_columns if sheet else ()), *more)

    @property
    def criteria(self) -> dict[str, int]:
        """What the panel gives points for, and the most of each."""
        columns = self.file.sheet.partner_columns if self.file.sheet else ()
        return {column.criterion: column.max for column in columns if column.criterion and column.max is not None}

    def site_ids(self) -> tuple[str, ...]:
        """Every value the routing answer can have in this call."""
        route = self.route_field
        return tuple(self.file.sites) or (tuple(option.value for option in route.options) if route else ("",))

    def all_tabs(self) -> tuple[Tab, ...]:
        """Every tab of the call, each once."""
        of_cases = [tab for site in self.site_ids() for tab in self.tabs(site)]
        return tuple({(tab.workbook, tab.title): tab for tab in (*of_cases, *self.summary_tabs())}.values())


def _more(more: MoreTab, workbook: str, sites: tuple[str, ...] = ()) -> Tab:
    """The tab that a call adds beside those of reviewers and panel."""
    return Tab(
        workbook,
        more.tab,
        None,
        more.partner_columns,
        content=more.columns,
        shows=more.shows,
        states=more.states,
        sites=sites,
    )
