"""The story itself, told on the terminal as it happens, with a table of what came of it at the end."""

from __future__ import annotations

import sys

from rich.console import Console

from app.config import Settings
from app.services.casework import eventlog
from app.story import first_week, what_follows
from app.story.company import Company
from app.story.outcomes import Outcomes
from app.story.stage import open_stage

WIDTH = 120
"""Columns of the table where nobody looks at a terminal."""

LOOK_AT = {
    "What is in the calendar": "/calendario",
    "Who was admitted, by code": "/bandi/idee-ainm-2026/ammessi",
    "Every mail, with its links": "/posta",
}
"""What is worth opening once the story is over."""


def play(settings: Settings) -> bool:
    """Play the story on the stack of `settings`: True only if every outcome was the expected one."""
    console = Console(width=None if sys.stdout.isatty() else WIDTH)
    outcomes = Outcomes(console)
    console.print("\n[bold]The story[/] (fictional people, the programme's own pages, sheets and mails)")
    try:
        with open_stage(settings) as stage:
            _all(Company(stage, outcomes))
    except Exception as error:  # noqa: BLE001 - whatever stops the story is an outcome of it, told with the rest
        outcomes.expect("the story goes on to its end", "yes", f"{type(error).__name__}: {error}")
    console.print()
    console.print(outcomes.table())
    for what, address in LOOK_AT.items():
        console.print(f"  {what}: {settings.base_url}{address}", highlight=False)
    console.print("[green]Every outcome was the expected one.[/]" if outcomes.good else "[red]Not as expected.[/]")
    return outcomes.good


def _all(company: Company) -> None:
    """Every scene, in the order of the applications' own times."""
    company.outcomes.scene(first_week.NETWORK)
    company.apply(15, first_week.SCHOOL)
    first_week.desks(company)
    first_week.courses(company)
    first_week.proposed_lab(company)
    first_week.network(company)
    company.outcomes.scene(first_week.COURSES)
    company.apply(first_week.ZOE)
    company.outcomes.scene(first_week.PROPOSALS)
    company.apply(13)
    first_week.students(company)
    company.outcomes.scene(first_week.DESKS)
    company.apply(4, 5)
    first_week.proposed_square(company)
    what_follows.ideas_apply(company)
    what_follows.exchanges_planned(company)
    first_week.youth_centre(company)
    what_follows.activity_reported(company)
    what_follows.december_begins(company)
    what_follows.courses_end(company)
    what_follows.last_morning(company)
    _agree(company)


def _agree(company: Company) -> None:
    """Sheets, database and mails say the same."""
    stage, outcomes = company.stage, company.outcomes
    company.outcomes.scene("Everything agrees")
    stage.settle(read_sheets=True)
    calls = stage.context.catalogue.calls.values()
    labels = {
        reference: company.call_of(number).workflow.state(stage.state(reference)).label.it
        for number, reference in company.references.items()
    }
    rows = list(stage.rows())
    ours = [row for _, row in rows if row.get("codice") in labels]
    equal = [row for row in ours if row["stato"] == labels[str(row["codice"])]]
    outcomes.expect(
        "sheet rows equal database states", f"{len(ours)} of {len(ours)} rows", f"{len(equal)} of {len(ours)} rows"
    )
    played = {company.call_of(number).workflow.workflow for number in company.references}
    outcomes.expect("workflows played", sorted({call.workflow.workflow for call in calls}), sorted(played))
    cells = [str(value) for _, row in rows for value in row.values()]
    leaked = [value for value in cells if "HYPERLINK" in value or "@example.org" in value]
    outcomes.expect("nothing personal, no formula in the sheets", [], leaked)
    with stage.context.read() as session:
        outcomes.expect("event chain intact", [], eventlog.broken_links(session))
