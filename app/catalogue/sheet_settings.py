"""What a call file says of its spreadsheet: the workbook, our columns, the partners', and the tabs beside theirs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from pydantic import Field, model_validator

from forms.document import Strict

REVIEW_PARTS: Mapping[str, str] = {
    "esito_proposto": "outcome",
    "punteggio_0_100": "score",
    "conflitto": "conflict",
    "note_per_il_gruppo": "note",
}
"""Columns that make a review by their very names."""


Asked = Literal["reviewer", "province", "panel"]
"""Whom a tab asks: a reviewer, the Provincia, or a member of the panel."""

Summary = Literal["places", "waiting_list", "editions", "calendar", "indicators", "decisions"]
"""What a summary tab shows: its rows are reckoned from the database."""

RANGE = re.compile(r"_0_\d+$")
"""What the id of a panel's column may end in: `innovazione_0_25` gives points for `innovazione`."""

CASE_COLUMNS: Mapping[str, Literal["text", "integer", "date"]] = {
    "posizione_lista": "integer",
    "parere_cedente": "text",
    "parere_riusante": "text",
    "comune_sede": "text",
    "inizio": "date",
    "fine": "date",
}
"""Columns of ours that tell of the case and not of an answer, where the form has no field of that name."""


class PartnerColumn(Strict):
    """A column that reviewers, the Provincia or the panel fill in.

    `asks` says whose tab has it, `only` (reviewers' ids) that some reviewers' tabs have it; `means` what it is for a
    review where its id does not say it (`esito_proposto`, `punteggio_0_100`, `conflitto`, `note_per_il_gruppo`).
    A `total` is ours: the sum of the panel member's points in the row, once all of them are there.
    """

    id: str
    type: Literal["text", "integer", "date", "bool", "choice", "total"] | None = None
    options: tuple[str, ...] = ()
    min: int | None = None
    max: int | None = None
    asks: Asked = "reviewer"
    only: tuple[str, ...] = ()
    means: Literal["outcome", "score", "conflict", "note"] | None = None

    @model_validator(mode="after")
    def _options_make_a_choice(self) -> PartnerColumn:
        if self.type == "choice" and not self.options:
            raise ValueError("a choice needs options | add `options: [sì, no]`")
        return self

    @property
    def part(self) -> str | None:
        """What the column is for a review: outcome, score, conflict, note, or nothing that counts."""
        return self.means or REVIEW_PARTS.get(self.id)

    @property
    def total(self) -> bool:
        """Written by us, from what stands in the row."""
        return self.type == "total"

    @property
    def criterion(self) -> str | None:
        """The criterion that a panel's column gives whole points for; None for any other column."""
        if self.asks != "panel" or self.total or self.kind != "integer" or self.max is None:
            return None
        return RANGE.sub("", self.id)

    @property
    def kind(self) -> Literal["text", "integer", "date", "bool", "choice"]:
        """The type, told by the options where the author named none."""
        if self.type == "total":
            return "integer"
        return self.type or ("choice" if self.options else "text")


class MoreTab(Strict):
    """A tab beside those of reviewers and panel: `columns` of the cases of `sites` and `states`, or a summary.

    Who has a row once keeps it, also in another state. A summary (`shows`) is reckoned from the database.
    """

    tab: str
    shows: Summary | None = None
    sites: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    partner_columns: tuple[PartnerColumn, ...] = ()

    @model_validator(mode="after")
    def _either_cases_or_summary(self) -> MoreTab:
        if self.shows and (self.columns or self.states):
            raise ValueError("a summary has its own columns and rows | remove `columns` and `states`")
        if not self.shows and not self.columns:
            raise ValueError("the tab shows nothing | add `columns: [titolo]`, or `shows: waiting_list`")
        return self


class SheetSettings(Strict):
    """The workbook, our columns and theirs. `spreadsheet_id` names one that exists and is shared with us.

    `titles` names the files of other workbooks that sites of the call lead to.
    """

    workbook: str
    title: str | None = None
    titles: dict[str, str] = Field(default_factory=dict)
    spreadsheet_id: str | None = None
    tab: str = "Domande"
    columns: tuple[str, ...]
    partner_columns: tuple[PartnerColumn, ...] = ()
    more_tabs: tuple[MoreTab, ...] = ()

    def title_of(self, workbook: str) -> str | None:
        """How the call names the file of `workbook`; None where it says nothing."""
        return self.title if workbook == self.workbook and self.title else self.titles.get(workbook)
