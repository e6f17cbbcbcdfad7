"""Acts that the call has nobody for, now or after one conflict of interest; calls in which nobody can succeed."""

from __future__ import annotations

from collections.abc import Iterator

from forms.conditions import names_of
from workflows.definition import APPLICANT_SIDE, SYSTEM, Problem
from workflows.engine import ABSTAIN, BACKUP, REGISTER
from workflows.exploration import Exploration
from workflows.findings.places import at, at_state, first_of_each
from workflows.ranking import PANEL
from workflows.telling import ROLE_WORDS, example

_DECIDERS = frozenset({"coordinatore", *BACKUP.values()})
_BESIDE = APPLICANT_SIDE | {SYSTEM, REGISTER}


def nobody_to_do_it(exploration: Exploration) -> Iterator[Problem]:
    """Acts for which the call names nobody."""
    told: set[str] = set()
    for here in exploration.came if exploration.premises.roles is not None else ():
        able = {step.transition.event for step in exploration.steps(here) if step.transition}
        for transition in exploration.definition.leaving(here.state):
            if transition.event in able | told or transition.timer or exploration.can_happen(transition):
                continue
            if exploration.outlook(transition, here) is False:
                continue
            told.add(transition.event)
            who = " or ".join(ROLE_WORDS[role] for role in transition.actor)
            what = f"nobody can do `{transition.event}` in the state `{here.state}`: the call names nobody as {who}"
            fix = f"name a person for `{transition.actor[0]}` under `people:` in the call"
            yield at(exploration, transition, "actor"), what + example(exploration, here), fix


def stopped_by_a_recusal(exploration: Exploration) -> Iterator[Problem]:
    """States that nobody leads on from once the only one who may speak there declares a conflict of interest."""
    premises = exploration.premises
    if premises.reviewers == 0:
        yield from _stopped(exploration, "min_reviews", "since the call names no reviewer")
    if premises.reviewers == 1:
        yield from _stopped(exploration, "min_reviews", "if the only reviewer has a conflict of interest")
    if premises.panel is not None and premises.panel <= PANEL:
        yield from _stopped(exploration, "panel_complete", "if one of the panel has a conflict of interest")
    if premises.has_backup is False:
        yield from _undecided(exploration)


def _stopped(exploration: Exploration, guard: str, why: str) -> Iterator[Problem]:
    """States that ask for `guard` and, where it never holds, are led on from by nobody but the applicant."""
    supposing = Exploration(exploration.definition, exploration.premises, {guard: False})
    for state in exploration.definition.states:
        asking = [
            each for each in exploration.definition.leaving(state.id) if each.guard and guard in names_of(each.guard)
        ]
        inside = [each for each in supposing.came if each.state == state.id]
        onward = any(set(move.actor) - APPLICANT_SIDE for each in inside for move, _ in supposing.moves(each))
        if asking and inside and not onward:
            what = f"{why}, nothing leads on from the state `{state.id}`"
            fix = "name one more in the call, or add an act like `reviews_waived`"
            yield at(exploration, asking[0], "guard"), what + example(supposing, inside[0], "and it waits in vain"), fix


def _undecided(exploration: Exploration) -> Iterator[Problem]:
    """States in which only the coordinator decides, and may abstain."""
    definition = exploration.definition
    for here in first_of_each(exploration.came):
        leaving = definition.leaving(here.state)
        others = any(exploration.actors(each) - _DECIDERS - _BESIDE for each in leaving if each.to)
        if definition.leaving(here.state, ABSTAIN) and not others:
            what = f"once the coordinator abstains nobody can decide in the state `{here.state}`"
            story = example(exploration, here, "the coordinator does `abstain`, and nobody is left")
            yield at_state(exploration, here.state), what + story, "give `coordinator:` a second address"


def never_successful(exploration: Exploration) -> Iterator[Problem]:
    """Calls in which every application comes to nothing."""
    successes = [state.id for state in exploration.definition.states if state.kind == "success"]
    if successes and not exploration.reached & set(successes):
        names = ", ".join(f"`{each}`" for each in successes)
        what = f"no application can succeed: no case ever reaches {names}"
        yield at_state(exploration, successes[0]), what, "give the call places, and people for every act"
