"""`hubout check`: every fault of every definition file, as `file:line: what: how to fix`.

What one file can tell is checked where it is read; here is what takes two: a call against its form, its workflow,
its people and the sheet it wants.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path

from app.catalogue.calls import PEOPLE_KEYS, Call
from app.catalogue.library import CALLS, Catalogue, read_catalogue
from app.catalogue.premises import premises_of
from app.catalogue.sheet_settings import CASE_COLUMNS, MoreTab, SheetSettings
from app.catalogue.votes import votes_of
from forms.definition import Derived, FormDefinition
from forms.document import Document, Fault
from integrations.sheets.layout import LEFT, RIGHT
from workflows.checker import check as check_workflow
from workflows.definition import APPLICANT_SIDE, SYSTEM, Problem
from workflows.effects import Assign, Effect, Mail, Rank
from workflows.ranking import PANEL
from workflows.telling import headline

PERSONAL = frozenset({"identity", "contact", "sensitive", "special", "minor"})
"""Data classes that never reach a sheet, whatever a call asks for."""

APART = (("revisore", "coordinatore"), ("commissione", "coordinatore"), ("cedente", "riusante"))
"""Roles that one person never holds together on one case."""

SOME_SITES = frozenset({"provincia", "scuola"})
"""Roles that a call needs at some of its sites only, or that a case names (a student's school)."""


def check_paths(
    carried_out: Collection[type[Effect]], paths: Iterable[Path] = (), calls_dir: Path | None = None
) -> list[Fault]:
    """The faults of the whole project, and of the call files of `paths` (files or folders) with it.

    `carried_out` are the effects that the shell has a handler for.
    """
    more: list[Path] = []
    for path in paths:
        more += sorted(path.glob("*.yaml")) if path.is_dir() else [path]
    own = {path.resolve() for path in CALLS.glob("*.yaml")}
    catalogue, faults = read_catalogue(calls_dir, [path for path in more if path.resolve() not in own])
    return sorted({*faults, *cross_checks(catalogue, carried_out)})


def cross_checks(catalogue: Catalogue, carried_out: Collection[type[Effect]]) -> Iterator[Fault]:
    """Faults between files that each are readable."""
    own: dict[str, list[Problem]] = {}
    for workflow in catalogue.workflows.values():
        document = catalogue.documents[f"workflow:{workflow.workflow}"]
        problems = check_workflow(workflow, sub_forms=catalogue.sub_forms, messages=catalogue.messages)
        own[workflow.sha256] = problems
        yield from (document.fault(*problem) for problem in problems)
    for call in catalogue.calls.values():
        document = catalogue.documents[f"call:{call.id}"]
        yield from _people(call, document)
        yield from _panel(call, document)
        yield from votes_of(call, document)
        yield from _sites(call, document)
        yield from _sheet(call, document)
        if call.workflow.sha256 not in own:
            own[call.workflow.sha256] = check_workflow(
                call.workflow, sub_forms=catalogue.sub_forms, messages=call.messages
            )
        yield from _workflow_of(call, catalogue, document, own[call.workflow.sha256])
        yield from _effects(call, carried_out, document)
    yield from _shared_tabs(catalogue)


def _workflow_of(call: Call, catalogue: Catalogue, document: Document, own: Sequence[Problem]) -> Iterator[Fault]:
    """The workflow with what this call gives it, beside its `own` faults: fields, people, places and dates."""
    fields = {field.id for field in call.form.fields}
    seen = {(path, headline(what)) for path, what, _ in own}
    inline = isinstance(call.file.workflow, dict)
    if inline:
        yield from (document.fault(("workflow", *path), what, fix) for path, what, fix in own)
    for premises in premises_of(call):
        problems = check_workflow(
            call.workflow, premises, sub_forms=catalogue.sub_forms, messages=call.messages, fields=fields
        )
        for path, what, fix in problems:
            if (path, headline(what)) in seen:
                continue
            seen.add((path, headline(what)))
            if inline:
                yield document.fault(("workflow", *path), what, fix)
            else:
                yield document.fault(("workflow",), f"workflow `{call.workflow.workflow}`: {what}", fix)


def _effects(call: Call, carried_out: Collection[type[Effect]], document: Document) -> Iterator[Fault]:
    """Every effect of the workflow can be carried out by this version."""
    given = [*call.workflow.on_submit, *(effect for each in call.workflow.transitions for effect in each.effects)]
    for name in sorted({effect.name for effect in given if type(effect) not in carried_out}):
        what = f"workflow `{call.workflow.workflow}` asks for `{name}`, which is not carried out yet"
        yield document.fault(
            ("workflow",), what, "use another workflow, or add a handler (app/services/casework/effects.py)"
        )


def _people(call: Call, document: Document) -> Iterator[Fault]:
    """Every role of the workflow has a person at every site; as many reviewers as reviews; nobody twice."""
    used = _roles_of(call)
    for site in call.site_ids():
        where = f" for site `{site}`" if site else ""
        for role in sorted(used - APPLICANT_SIDE - {SYSTEM} - SOME_SITES):
            if not call.people(role, site):
                key = PEOPLE_KEYS.get(role, role)
                yield document.fault(("people",), f"nobody is `{key}`{where}", f"add `{key}:` with an e-mail address")
        reviewers = call.people("revisore", site)
        if "revisore" in used and call.file.reviews > len(reviewers):
            what = f"`reviews: {call.file.reviews}`, but there are {len(reviewers)} reviewers{where}"
            yield document.fault(("reviews",), what, "add reviewers or ask for fewer reviews")
        names = [reviewer.name for reviewer in reviewers]
        if len(set(names)) < len(names):
            yield document.fault(
                ("people", "reviewer"), f"two reviewers have the same id{where}", "give each its own id"
            )
        for role, other in APART:
            both = _addresses(call, role, site) & _addresses(call, other, site)
            for address in sorted(both):
                what = f"{address} is `{PEOPLE_KEYS[role]}` and `{PEOPLE_KEYS[other]}`{where}"
                yield document.fault(
                    ("people", PEOPLE_KEYS[role]), what, "name two different people (clarifications §3)"
                )


def _panel(call: Call, document: Document) -> Iterator[Fault]:
    """A selection has three people who score at every site, columns for their points, and places to give."""
    if not any(isinstance(effect, Rank) for each in call.workflow.transitions for effect in each.effects):
        return
    if not call.criteria:
        what = "the panel has no column for its points"
        fix = "add `{id: innovazione_0_25, type: integer, min: 0, max: 25, asks: panel}` and the other criteria"
        yield document.fault(("sheet",), what, fix)
    for site in call.site_ids():
        where = f" for site `{site}`" if site else ""
        names = {person.name for person in call.people("commissione", site)}
        if 0 < len(names) < PANEL:
            what = f"the panel has {len(names)} members{where}"
            yield document.fault(("people", "panel"), what, f"name {PANEL} people, the chair first, and a substitute")
        if call.site(site).places is None:
            what = f"the ranking has no number of places{where}"
            yield document.fault(("sites",), what, "add `sites: {ainm: {places: 5}}` with a place for each programme")


def _addresses(call: Call, role: str, site: str) -> set[str]:
    return {person.email.casefold() for person in call.people(role, site)}


def _roles_of(call: Call) -> set[str]:
    """Every role that the workflow lets act, mails, or hands powers to."""
    workflow = call.workflow
    used = {role for transition in workflow.transitions for role in transition.actor}
    used |= {transition.grants for transition in workflow.transitions if transition.grants}
    used |= {notify.role for state in workflow.states for notify in state.notify}
    used |= {role for reminder in workflow.reminders for role in reminder.to}
    used |= {role for limit in workflow.deadlines for role in (*limit.then.alert, limit.then.escalate) if role}
    given = [effect for transition in workflow.transitions for effect in transition.effects]
    used |= {effect.role for effect in given if isinstance(effect, Assign)}
    return used | {effect.to for effect in given if isinstance(effect, Mail) and effect.to}


def _sites(call: Call, document: Document) -> Iterator[Fault]:
    route = call.route_field
    if call.file.route_by and call.file.route_by not in {field.id for field in call.form.fields}:
        yield document.fault(("route_by",), f"the form has no field `{call.file.route_by}`", "name one with options")
        return
    known = {option.value for option in route.options} if route else set[str]()
    for site in call.file.sites:
        if site not in known:
            what = f"site `{site}` is no answer of the form"
            yield document.fault(
                ("sites", site), what, f"use one of {', '.join(sorted(known)) or 'none: add route_by'}"
            )
    for role, by_site in call.file.people.items():
        for site in by_site:
            if site and site not in known:
                yield document.fault(("people", role, site), f"site `{site}` is no answer of the form", "remove it")


def _sheet(call: Call, document: Document) -> Iterator[Fault]:
    sheet = call.file.sheet
    if sheet is None:
        return
    yield from _columns(call, document, ("sheet",), sheet)
    sites, states = set(call.site_ids()), {state.id for state in call.workflow.states}
    for index, more in enumerate(sheet.more_tabs):
        path = ("sheet", "more_tabs", index)
        yield from _columns(call, document, path, more)
        for site in sorted(set(more.sites) - sites):
            yield document.fault((*path, "sites"), f"site `{site}` is no answer of the form", "remove it")
        for state in sorted(set(more.states) - states):
            what = f"workflow `{call.workflow.workflow}` has no state `{state}`"
            yield document.fault((*path, "states"), what, f"use some of {', '.join(sorted(states))}")
        if more.shows == "places" and (call.workflow.capacity is None or len(call.workflow.capacity.key) != 3):  # noqa: PLR2004 - site, day, half-day
            what = f"workflow `{call.workflow.workflow}` gives no desks away by site, day and half-day"
            yield document.fault((*path, "shows"), what, "use `shows: waiting_list`, or remove the tab")


def _columns(
    call: Call, document: Document, path: tuple[str | int, ...], written: SheetSettings | MoreTab
) -> Iterator[Fault]:
    """The columns of a tab: ours are allowed by the form, nothing stands twice."""
    system = {column.id for column in (*LEFT, *RIGHT)}
    derived = {field.sheet.derived for field in call.form.fields if isinstance(field.sheet, Derived)}
    fields = {field.id for field in call.form.fields}
    for index, name in enumerate(written.columns):
        where = (*path, "columns", index)
        if name in system:
            yield document.fault(where, f"the column `{name}` comes by itself", "remove it from the list")
        elif written.columns.index(name) < index:
            yield document.fault(where, f"the column `{name}` is listed twice", "remove one")
        elif name not in derived and (name in fields or name not in CASE_COLUMNS):
            yield from _content_column(call.form, document, where, name, derived)
    seen: set[str] = set()
    for index, column in enumerate(written.partner_columns):
        where = (*path, "partner_columns", index, "id")
        if column.id in system or column.id in written.columns:
            yield document.fault(where, f"the partner column `{column.id}` clashes with one of ours", "rename it")
        if column.id in seen:
            yield document.fault(where, f"the partner column `{column.id}` is listed twice", "rename or remove one")
        seen.add(column.id)


def _content_column(
    form: FormDefinition, document: Document, path: tuple[str | int, ...], name: str, derived: Collection[str]
) -> Iterator[Fault]:
    field = next((field for field in form.fields if field.id == name), None)
    if field is None:
        allowed = sorted({each.id for each in form.fields if each.sheet == "yes"} | set(derived))
        yield document.fault(path, f"the form has no field `{name}`", f"use some of {', '.join(allowed)}")
    elif field.pii in PERSONAL:
        what = f"`{name}` is personal data ({field.pii}) and never reaches a sheet"
        yield document.fault(path, what, "remove it; partners see the reference code")
    elif field.sheet != "yes":
        yield document.fault(path, f"the form keeps `{name}` out of sheets", "remove it from the list")


def _shared_tabs(catalogue: Catalogue) -> Iterator[Fault]:
    """Two calls may share a tab only if its columns are the same."""
    seen: dict[tuple[str, str], tuple[Call, object]] = {}
    for call in catalogue.calls.values():
        for tab in call.all_tabs():
            columns = (tab.content, tab.columns, tab.shows)
            first, known = seen.setdefault((tab.workbook, tab.title), (call, columns))
            if known != columns:
                what = f"tab «{tab.title}» of `{tab.workbook}` is also that of `{first.id}`, with other columns"
                document = catalogue.documents[f"call:{call.id}"]
                yield document.fault(("sheet",), what, "give the tab another name, or both calls the same columns")
