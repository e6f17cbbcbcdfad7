"""Every decision, opinion and consent wants the code of the mail; what does not is a step, and listed here."""

from __future__ import annotations

from pathlib import Path

from forms.document import parse
from workflows.definition import SYSTEM, load_workflow

STEPS = {
    "richiedente": {
        *("submit", "email_confirmed", "info_received", "observations_received", "revised", "report_received", "done"),
        *("renewal_requested", "review_request"),
    },
    "istruttore": {
        *("request_info", "admissible", "signed", "hand_over", "meeting_proposed", "meeting_done", "slot_booked"),
        *("slot_released", "event_done", "lab_starts", "lab_ends", "first_attendance", "programme_end"),
    },
    "coordinatore": {"done"},
    "protocollo": {"register"},
    "cedente": {"resume"},
    "riusante": {"resume", "outcome_recorded"},
}
"""What decides for or against nobody: facts, answers, and the way there. A place taken is lost to the next."""


def test_whatever_decides_is_confirmed_with_the_code(repository: Path) -> None:
    files = sorted((repository / "workflows" / "library").glob("*.yaml"))
    assert files
    for file in files:
        workflow = load_workflow(parse(file.read_text(encoding="utf-8"), file.name))
        for transition in workflow.transitions:
            for role in {*transition.actor} - {SYSTEM}:
                small = transition.event in STEPS.get(role, set())
                assert transition.high_stakes != small, f"{workflow.workflow}: {role} {transition.event}"
