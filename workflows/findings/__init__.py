"""What exploring a workflow brings to light: each fault with the shortest story that shows it."""

from __future__ import annotations

from collections.abc import Iterator

from workflows.definition import Problem
from workflows.exploration import Exploration
from workflows.findings.applicants import applicant_not_told, no_way_to_withdraw, without_consent
from workflows.findings.people import never_successful, nobody_to_do_it, stopped_by_a_recusal
from workflows.findings.votes import endless_votes, unheard_votes
from workflows.findings.waits import missing_dates, never_due, waiting_for_nobody
from workflows.findings.ways import dead_ends, endless_rounds, unreachable
from workflows.premises import OPEN

__all__ = ["findings"]


def findings(exploration: Exploration) -> Iterator[Problem]:
    """Every fault that shows under the exploration's premises.

    What a call does not use (a state for minors, where its form asks for no birth date) is no fault of it: whether
    every state is reached and every timer can fire is asked of the workflow as it is for all calls.
    """
    if exploration.premises == OPEN:
        yield from unreachable(exploration)
        yield from never_due(exploration)
    for find in (
        dead_ends,
        endless_rounds,
        waiting_for_nobody,
        missing_dates,
        nobody_to_do_it,
        stopped_by_a_recusal,
        never_successful,
        unheard_votes,
        endless_votes,
        applicant_not_told,
        no_way_to_withdraw,
        without_consent,
    ):
        yield from find(exploration)
