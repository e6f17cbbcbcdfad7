"""The programme in figures: applications by month, city and form, without any person behind them.

`figures` are the true counts, for nobody's eyes but ours; `shown` is what people see: counts under five are hidden
(clarifications.md §8). Spreadsheet, dashboard and reports take them from here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.dates import local_day
from app.models import Submission
from app.services.casework import outcomes
from app.services.casework.cases import LISTED, RESERVE
from app.services.context import Context
from app.services.sheets.small_counts import LEAST, WITHHELD, Cell, shown, shown_group
from forms.derive import fascia_eta
from forms.model import BIRTH_DATE

BANDS = ("under_18", "18_24", "25_30", "31_35")
"""The age bands that have a column; who is older or gave no birth date counts in none."""

BAND = "fascia_eta"
"""Where an anonymised case keeps its age band."""

CITIES = {"cinisello": "Cinisello Balsamo", "matera": "Matera"}


@dataclass
class Figures:
    """The counts of one month, city and form: `waits` are whole days from sending to the first answer."""

    month: str
    city: str
    form: str
    title: str
    applications: int = 0
    admitted: int = 0
    listed: int = 0
    waits: list[int] = field(default_factory=list)
    bands: dict[str, int] = field(default_factory=lambda: dict.fromkeys(BANDS, 0))

    @property
    def key(self) -> str:
        """The line's name, the same every day."""
        return f"{self.month}/{self.city}/{self.form}"


def figures(session: Session, context: Context) -> tuple[Figures, ...]:
    """The true counts of every month, city and form in which somebody applied, the earliest month first."""
    calls = context.catalogue.calls
    first: dict[int, outcomes.Answered] = {}
    admitted: set[int] = set()
    for answer in outcomes.answers(session, calls.values()):
        first.setdefault(answer.submission_id, answer)
        if calls[answer.call].workflow.state(answer.state).kind == "success":
            admitted.add(answer.submission_id)
    lines: dict[tuple[str, str, str], Figures] = {}
    for case in session.execute(_applied(list(calls))):
        call = calls[case.call]
        city, form = call.city(case.site), call.form
        month = f"{local_day(case.submitted_at):%Y-%m}"
        line = lines.setdefault((month, city, form.form), Figures(month, city, form.form, form.title.it))
        line.applications += 1
        line.admitted += case.id in admitted
        line.listed += case.state in (LISTED, RESERVE)
        if case.id in first:
            line.waits.append((local_day(first[case.id].at) - local_day(case.submitted_at)).days)
        band = _band(case)
        if band in line.bands:
            line.bands[band] += 1
    return tuple(lines[key] for key in sorted(lines))


def _applied(calls: Sequence[str]) -> Any:
    """Every application whose sender confirmed it, or that needed no confirming."""
    columns = (
        *(Submission.id, Submission.call, Submission.site, Submission.state, Submission.submitted_at),
        *(Submission.answers[BIRTH_DATE].as_string().label("born"), Submission.record[BAND].as_string().label("band")),
    )
    counted = or_(Submission.confirmed_at.is_not(None), Submission.in_sheet.is_(True))
    return select(*columns).where(Submission.call.in_(calls), counted)


def _band(case: Any) -> str:
    if case.born:
        return fascia_eta(date.fromisoformat(case.born), local_day(case.submitted_at))
    return case.band or ""


def shown_figures(line: Figures) -> dict[str, Cell]:
    """One line as people may see it, by column."""
    total, bands = shown_group(line.applications, line.bands)
    days = line.waits
    return {
        "mese": line.month,
        "citta": CITIES.get(line.city, line.city),
        "modulo": line.title,
        "domande": total,
        "ammesse": shown(line.admitted),
        "in_lista": shown(line.listed),
        "giorni_medi_risposta": (2 * sum(days) + len(days)) // (2 * len(days)) if len(days) >= LEAST else WITHHELD,
        **bands,
    }
