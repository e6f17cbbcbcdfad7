"""Votes that come to something for which the workflow has no answer, or to nothing at all."""

from __future__ import annotations

from collections.abc import Iterator

from forms.conditions import Named, leaves
from workflows.definition import Deadline, Problem, Reminder, Transition
from workflows.exploration import Exploration
from workflows.findings.places import at, first_of_each
from workflows.findings.waits import comes_by_itself, is_sure
from workflows.telling import example
from workflows.voting import Rule, parse_votes

BY_VOTES = ("votes", "panel_votes")


def unheard_votes(exploration: Exploration) -> Iterator[Problem]:
    """Outcomes of a vote that nothing in the state answers to: the case would wait for ever."""
    for here in first_of_each(exploration.came):
        asking = [ask for each in exploration.definition.leaving(here.state) for ask in _asking(each)]
        rules = [(guard, rule) for guard, rule, _, _ in asking]
        for place, (guard, rule, _, transition) in enumerate(asking):
            if (guard, rule) in rules[:place]:
                continue
            heard = {wanted for name, other, wanted, _ in asking if (name, other) == (guard, rule)}
            for missing in (each for each in rule.outcomes if each not in heard):
                what = f"where the votes come to `{missing}` nothing leads on from the state `{here.state}`"
                story = example(exploration, here, f"the votes are `{missing}`, and it waits in vain")
                fix = f"add a transition with the same rule and `is: {missing}`"
                yield at(exploration, transition, "guard"), what + story, fix


def endless_votes(exploration: Exploration) -> Iterator[Problem]:
    """Votes that nothing ever closes: a tie that may change, or a vote that never comes, would stay open for ever."""
    for here in first_of_each(exploration.came):
        transition = next((each for each in exploration.definition.leaving(here.state) if any(_asking(each))), None)
        if transition is None or any(_closes(limit) for limit in exploration.limits(here.state)):
            continue
        moving = [each for each, _ in exploration.moves(here) if comes_by_itself(each)]
        if not (moving and is_sure(exploration, here, moving)):
            what = f"nothing ever closes the votes of the state `{here.state}`"
            story = example(exploration, here, "somebody never votes, and it waits in vain")
            fix = "add a deadline with `then: {escalate: <role>}`: one that only alerts leaves them open"
            yield at(exploration, transition, "guard"), what + story, fix


def _closes(limit: Reminder | Deadline) -> bool:
    return isinstance(limit, Deadline) and limit.then.escalate is not None


def _asking(transition: Transition) -> Iterator[tuple[str, Rule, str, Transition]]:
    for leaf in leaves(transition.guard) if transition.guard else ():
        if isinstance(leaf, Named) and leaf.name in BY_VOTES:
            yield leaf.name, *parse_votes(leaf.parameter), transition
