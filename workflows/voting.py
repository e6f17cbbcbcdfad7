"""What a group decides: its outcome as a pure function of the rule and the votes.

A vote is points: 1 for and 0 against where votes are counted, a score where they are averaged. Who abstains or is in
conflict lowers the number of voters. An outcome is certain when no votes still to come could change it, whatever they
say and also if they never come: so it is told as soon as it is sure, and never taken back by one more vote.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

APPROVED: Final = "approved"
REJECTED: Final = "rejected"
TIED: Final = "tied"
"""As many for as against: whoever leads the group decides."""
SHORT: Final = "short"
"""Fewer votes than the minimum, now and for good: somebody else decides."""
OPEN: Final = "open"
"""Votes still to come may decide it."""

COUNTED: Final = ("any", "all", "most")
CHAIR, REJECT, EXTEND = "chair", "reject", "extend"
FOR: Final = ("Sì", "Favorevole")
"""Outcomes of a review that are a vote for, where the rule names none."""


@dataclass(frozen=True)
class Rule:
    """How votes become an outcome.

    Attributes:
        kind: `any` or `all` of the votes, `most` of them, so many `of` them (all, where fewer vote), or their `mean`.
        number: how many of them, or what the mean has to reach.
        weights: criterion -> how often its points count; without it a vote is one score.
        minimum: how many votes it takes, for or against.
        tie: at a tie the `chair` decides, or it is a `reject`, or the votes may change till the deadline (`extend`).
        approving: outcomes that are a vote for; all others are against.
    """

    kind: str
    number: int = 1
    weights: Mapping[str, int] = field(default_factory=dict)
    minimum: int = 1
    tie: str = CHAIR
    approving: tuple[str, ...] = FOR

    @property
    def outcomes(self) -> tuple[str, ...]:
        """What it can come to in the end."""
        tied = (TIED,) if self.kind == "most" and self.tie != REJECT else ()
        return APPROVED, REJECTED, *tied, SHORT


def weighed(rule: Rule, points: Mapping[str, int]) -> int:
    """The points of one vote: the sum over the criteria, each as often as the rule says."""
    return sum(weight * points.get(criterion, 0) for criterion, weight in rule.weights.items())


def outcome(rule: Rule, votes: Sequence[int], to_come: int, *, best: int = 1, closed: bool = False) -> str:
    """What the group decides.

    Args:
        rule: how votes become an outcome.
        votes: the points of each vote, 0 to `best`; of who abstained or is in conflict there is none.
        to_come: how many may vote and have not.
        best: the most that one vote can give.
        closed: the time to vote is over, so that nothing more comes.
    """
    total = sum(votes)
    more = range(1 if closed else max(0, to_come) + 1)
    # for each number of votes the outcome rises with the points: nothing lies between none and all of them
    ends = {_settled(rule, total + gain, len(votes) + coming) for coming in more for gain in (0, coming * best)}
    certain = ends.pop() if len(ends) == 1 else OPEN
    return OPEN if certain == TIED and rule.tie == EXTEND and not closed else certain


def _settled(rule: Rule, total: int, cast: int) -> str:
    """The outcome once everybody has voted."""
    if cast < rule.minimum:
        return SHORT
    if rule.kind == "most" and 2 * total == cast:
        return REJECTED if rule.tie == REJECT else TIED
    reached = {
        "any": total >= 1,
        "all": total == cast,
        "most": 2 * total > cast,
        "of": total >= min(rule.number, cast),
        "mean": total >= rule.number * cast,
    }
    return APPROVED if reached[rule.kind] else REJECTED


# --- how it is written ----------------------------------------------------------------------------------------------

KEYS: Final = ("rule", "minimum", "tie", "approving", "is")


def parse_votes(raw: Any) -> tuple[Rule, str]:
    """The rule that plain data writes, and the outcome that is asked for.

    Raises:
        ValueError: how to write what can't be read.
    """
    if not isinstance(raw, Mapping) or not {"rule", "is"} <= set(raw) <= set(KEYS):
        raise ValueError("write `votes: {rule: most, is: approved}`, and `minimum`, `tie`, `approving` as you need")
    rule = Rule(
        **_counting(raw["rule"]),
        minimum=_whole(raw.get("minimum", 1), "minimum"),
        tie=raw.get("tie", CHAIR),
        approving=_approving(raw.get("approving", FOR)),
    )
    if rule.tie not in (CHAIR, REJECT, EXTEND):
        raise ValueError(f"write `tie: {CHAIR}`, `{REJECT}` or `{EXTEND}`")
    if "tie" in raw and rule.kind != "most":
        raise ValueError("take `tie` out: only `rule: most` can end in a tie")
    if "approving" in raw and rule.kind == "mean":
        raise ValueError("take `approving` out: a mean is made of scores")
    if raw["is"] not in rule.outcomes:
        raise ValueError(f"write `is:` and one of {', '.join(rule.outcomes)}")
    return rule, raw["is"]


def _counting(raw: Any) -> dict[str, Any]:
    if isinstance(raw, str) and raw in COUNTED:
        return {"kind": raw}
    if isinstance(raw, Mapping) and set(raw) == {"of"}:
        return {"kind": "of", "number": _whole(raw["of"], "of")}
    if isinstance(raw, Mapping) and "mean" in raw and set(raw) <= {"mean", "weights"}:
        weights = raw.get("weights", {})
        if not isinstance(weights, Mapping) or ("weights" in raw and not weights):
            raise ValueError("write `weights: {innovazione: 2, team: 1}`")
        weights = {str(name): _whole(weight, str(name)) for name, weight in weights.items()}
        return {"kind": "mean", "number": _whole(raw["mean"], "mean"), "weights": weights}
    raise ValueError("write `rule: any`, `all`, `most`, `{of: 2}` or `{mean: 60}`")


def _whole(raw: Any, key: str) -> int:
    if not isinstance(raw, int) or isinstance(raw, bool) or raw < 1:
        raise ValueError(f"write a whole number above 0 after `{key}:`")
    return raw


def _approving(raw: Any) -> tuple[str, ...]:
    words = (raw,) if isinstance(raw, str) else raw
    if not isinstance(words, list | tuple) or not words or not all(isinstance(word, str) for word in words):
        raise ValueError("write the outcomes that are a vote for, as in `approving: [Sì, Sì con modifiche]`")
    return tuple(words)
