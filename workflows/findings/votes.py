"""Votes that come to something for which the workflow has no answer."""

from __future__ import annotations

from collections.abc import Iterator

from forms.conditions import Named, leaves
from workflows.definition import Problem, Transition
from workflows.exploration import Exploration
from workflows.findings.places import at, first_of_each
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


def _asking(transition: Transition) -> Iterator[tuple[str, Rule, str, Transition]]:
    for leaf in leaves(transition.guard) if transition.guard else ():
        if isinstance(leaf, Named) and leaf.name in BY_VOTES:
            yield leaf.name, *parse_votes(leaf.parameter), transition
