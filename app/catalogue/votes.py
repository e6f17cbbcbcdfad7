"""What a call has to give the votes of its workflow: voters, words that are a vote for, scores, criteria."""

from __future__ import annotations

from collections.abc import Iterator

from app.catalogue.calls import Call
from forms.conditions import Named, leaves
from forms.document import Document, Fault
from workflows.guards.reviews import BEST_SCORE
from workflows.voting import Rule, parse_votes


def votes_of(call: Call, document: Document) -> Iterator[Fault]:
    """Votes that can come to nothing but a refusal or `short`, whatever people say."""
    told: list[tuple[str, Rule]] = []
    for transition in call.workflow.transitions:
        for leaf in leaves(transition.guard) if transition.guard else ():
            if not isinstance(leaf, Named) or leaf.name not in ("votes", "panel_votes"):
                continue
            rule, _ = parse_votes(leaf.parameter)
            if (leaf.name, rule) not in told:
                told.append((leaf.name, rule))
    for guard, rule in told:
        yield from _voters(call, document, rule, "revisore" if guard == "votes" else "commissione")
        yield from _votes(call, document, rule) if guard == "votes" else _criteria(call, document, rule)


def _voters(call: Call, document: Document, rule: Rule, role: str) -> Iterator[Fault]:
    for site in call.site_ids():
        voters = len(call.people(role, site))
        if voters < rule.minimum:
            where = f" for site `{site}`" if site else ""
            what = f"{rule.minimum} must vote, but only {voters} can{where}"
            yield document.fault(("people",), what, "name more people, or lower `minimum:` in the workflow")


def _votes(call: Call, document: Document, rule: Rule) -> Iterator[Fault]:
    columns = call.file.sheet.partner_columns if call.file.sheet else ()
    if rule.kind == "mean":
        scores = [column for column in columns if column.part == "score"]
        if not scores or any(column.max is None or column.max > BEST_SCORE for column in scores):
            fix = f"add `{{id: punteggio_0_100, type: integer, min: 0, max: {BEST_SCORE}}}`"
            yield document.fault(("sheet",), f"votes are scores, and no column asks for one up to {BEST_SCORE}", fix)
        return
    words = {option.casefold() for column in columns if column.part == "outcome" for option in column.options}
    if not words & {word.casefold() for word in rule.approving}:
        what = f"nobody can vote for: no outcome is {' or '.join(f'«{word}»' for word in rule.approving)}"
        yield document.fault(("sheet",), what, "name the outcomes that are a vote for under `approving:`")


def _criteria(call: Call, document: Document, rule: Rule) -> Iterator[Fault]:
    for criterion in sorted(set(rule.weights) - set(call.criteria)):
        fix = f"add a column `{criterion}_0_25` with `asks: panel`, or correct `weights:`"
        yield document.fault(("sheet",), f"the panel gives no points for `{criterion}`", fix)
