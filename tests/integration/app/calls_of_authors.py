"""Call files as their authors write them."""

from __future__ import annotations

from pathlib import Path
from textwrap import indent

import forms
import workflows

EXAMPLE = """\
call: coworking-cinisello-2026
title: {it: Chiedi una postazione nel coworking, en: Ask for a coworking desk}
opens: 2026-11-02T09:00               # Europe/Rome; no `closes`: a window always open
form: coworking-postazione            # by name from forms/library, or inline
workflow: ammissione-posti            # by name from workflows/library, or inline
sites: {cb-cofo: {places: 12, tab: Cofò}, cb-ampliamento: {places: 8, tab: Cofò}}
people:
  coordinator: [coordinamento@comune.example.org, vice@comune.example.org]
  case_officer: sportello@comune.example.org
  reviewer:
    - {id: olt-1, body: OltreSpazio, email: revisione1@oltrespazio.example.org}
    - {id: olt-2, body: OltreSpazio, email: revisione2@oltrespazio.example.org}
reviews: 2                            # `check` refuses more than there are reviewers
sheet:
  workbook: cowo-esempio              # or an existing spreadsheet shared with us
  columns: [sede, fascia_eta, profilo, posti, giorni, attivita]     # ours; reference, state, dates come by themselves
  partner_columns:                    # one tab a reviewer where there are several
    - {id: conflitto, options: [sì, no]}
    - {id: esito_proposto, options: [Sì, Sì con modifiche, No, Mi astengo]}
    - {id: punteggio_0_100, type: integer, min: 0, max: 100}
    - {id: note_per_il_gruppo}
"""
"""The call of design.md §6, with a workbook of its own."""

EXAMPLE_ID = "coworking-cinisello-2026"

VOTES = """\
    event: reviews_done
    actor: sistema
    origin: sheet
    to: decisione
    guard: {votes: {rule: all, minimum: 2, is: approved}}
  - from: valutazione
    event: voted_no
    actor: sistema
    origin: sheet
    to: preavviso
    guard: {votes: {rule: all, minimum: 2, is: rejected}}
  - from: valutazione
    event: votes_short
    actor: sistema
    origin: sheet
    to: decisione
    guard: {votes: {rule: all, minimum: 2, is: short}}
"""


def by_votes(text: str) -> str:
    """`text` with its workflow written out, in which the reviewers decide and what they refuse is refused."""
    advised = """\
    event: reviews_done
    actor: sistema
    origin: sheet
    to: decisione
    guard: {min_reviews: 2}
"""
    whole = inline(text, "workflow")
    assert indent(advised, "  ") in whole
    return whole.replace(indent(advised, "  "), indent(VOTES, "  "))


def inline(text: str, key: str) -> str:
    """`text` with its form or workflow written out below `key` instead of named."""
    package, name = (forms, "coworking-postazione") if key == "form" else (workflows, "ammissione-posti")
    whole = (Path(package.__file__ or "").parent / "library" / f"{name}.yaml").read_text(encoding="utf-8")
    line = next(line for line in text.splitlines() if line.startswith(f"{key}: "))
    return text.replace(line, f"{key}:\n{indent(whole, '  ')}".rstrip())


def line_of(text: str, words: str) -> int:
    """The number of the first line with `words`."""
    return next(number for number, line in enumerate(text.splitlines(), 1) if words in line)
