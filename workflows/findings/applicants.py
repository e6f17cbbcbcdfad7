"""What the applicant, and the parent of a minor, must be told and be able to do."""

from __future__ import annotations

from collections.abc import Iterator

from workflows.definition import APPLICANT_SIDE, Problem, State, Transition
from workflows.effects import Mail
from workflows.engine import AUTO
from workflows.exploration import PARENT, Exploration, Situation, Step
from workflows.findings.places import at, at_state, first_of_each
from workflows.judgement import three_valued
from workflows.telling import example, happening

APPLICANT = "richiedente"


def applicant_not_told(exploration: Exploration) -> Iterator[Problem]:
    """Decisions that others take, and that no mail tells to the applicant or the parent."""
    told: set[int] = set()
    for here in exploration.came:
        if exploration.definition.state(here.state).kind != "open" or exploration.came[here] is None:
            continue
        for transition, after in exploration.moves(here):
            target = exploration.definition.state(after.state)
            silent = not set(transition.actor) & APPLICANT_SIDE and target.kind in ("success", "closed")
            if not silent or id(transition) in told or _mails_applicant(exploration, here, transition, target):
                continue
            told.add(id(transition))
            what = f"the applicant is never told that `{transition.event}` led to `{target.id}`"
            end = happening(exploration, here, Step(transition))
            where = at(exploration, transition, "effects")
            yield where, what + example(exploration, here, end), "add `effects: [{mail: …}]`"


def _mails_applicant(exploration: Exploration, here: Situation, transition: Transition, target: State) -> bool:
    known = exploration.premises.to_applicant
    world, past = exploration.worlds[here.world], exploration.past(here)
    for effect in transition.effects:
        if not isinstance(effect, Mail):
            continue
        to_them = effect.to in APPLICANT_SIDE or (effect.to is None and (known is None or effect.message in known))
        sent = effect.when is None or three_valued(effect.when, lambda leaf: world.get(leaf, past(leaf))) is not False
        if to_them and sent:
            return True
    return any(each.role in APPLICANT_SIDE for each in target.notify)


def no_way_to_withdraw(exploration: Exploration) -> Iterator[Problem]:
    """States in which an applicant who changed their mind can do nothing; the first one asks for the address only."""
    caught = [
        here
        for here in exploration.came
        if exploration.came[here] is not None
        and exploration.definition.state(here.state).kind in ("open", "success")
        and not _leaves_by(exploration, here, APPLICANT)
        and not _comes_at_once(exploration, here)
    ]
    for here in first_of_each(caught):
        what = f"the applicant can’t withdraw in the state `{here.state}`"
        fix = "add it to `from:` of `withdraw`, or a `give_up`"
        yield at_state(exploration, here.state), what + example(exploration, here), fix


def without_consent(exploration: Exploration) -> Iterator[Problem]:
    """Minors who get on without a parent, and parents who can’t change their mind."""
    if not exploration.consents:
        return
    alone, bound = [], []
    for here in exploration.came:
        kind = exploration.definition.state(here.state).kind
        if not here.minor or kind not in ("open", "success"):
            continue
        if not here.authorised and kind == "success":
            alone.append(here)
        if here.authorised and not _leaves_by(exploration, here, PARENT):
            bound.append(here)
    for here in first_of_each(alone):
        what = f"somebody under 18 comes to `{here.state}` without a parent’s consent"
        fix = "lead whoever is under 18 through a state where the parent consents"
        yield at_state(exploration, here.state), what + example(exploration, here), fix
    for here in first_of_each(bound):
        what = f"a parent can’t take back their consent in the state `{here.state}`"
        yield (
            at_state(exploration, here.state),
            what + example(exploration, here),
            "add it to `from:` of `consent_withdrawn`",
        )


def _leaves_by(exploration: Exploration, here: Situation, role: str) -> bool:
    """Whether `role` can end the case from here."""
    definition = exploration.definition
    return any(
        role in transition.actor and definition.state(there.state).kind in ("closed", "final")
        for transition, there in exploration.moves(here)
    )


def _comes_at_once(exploration: Exploration, here: Situation) -> bool:
    return any(transition.event == AUTO for transition, _ in exploration.moves(here))
