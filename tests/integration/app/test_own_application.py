"""Nobody judges their own: who applies, is of the team, or of the organisation that applies is in conflict."""

from __future__ import annotations

import pytest

from tests.integration.app import scenes
from tests.integration.app.members import SELECTION, SELECTION_OFFICER, SUBSTITUTE, team
from tests.integration.app.people import COORDINATOR, REASON, REVIEWER, Answers, desk
from tests.integration.app.test_selection import ANNA, score
from tests.integration.app.town import Town

OTHER = "revisione2@oltrespazio.example.org"
MEMBER = "membro2@selezione.example.org"


def mate(email: str) -> dict[str, str]:
    return {"nome": "Remo", "cognome": "Esempietti", "email": email, "data_nascita": "1999-05-04"}


@pytest.mark.parametrize(
    "answers",
    [desk(email=REVIEWER.upper()), desk(posti="2", team=[mate(REVIEWER)])],
    ids=["applies", "of-the-team"],
)
def test_a_reviewer_does_not_count_for_their_own_application(town: Town, answers: Answers) -> None:
    reference = scenes.reviewed_desk_waits(town, answers)
    assert "revisori" in [mail["payload"]["message"] for mail in town.dump()["outbox"] if mail["target"] == OTHER]
    asked = [mail["payload"]["message"] for mail in town.dump()["outbox"] if mail["target"] == REVIEWER]
    assert "revisori" not in asked
    town.review(reference, scores=(100,))
    assert town.state(reference) == "valutazione"
    town.review(reference, scores=(100, 60))
    assert town.state(reference) == "decisione"
    mail = town.mails(COORDINATOR, reference)[-1].text
    assert "60" in mail
    assert "80" not in mail


def test_where_all_reviewers_apply_together_the_coordinator_goes_on(town: Town) -> None:
    reference = scenes.reviewed_desk_waits(town, desk(email=REVIEWER, posti="2", team=[mate(OTHER)]))
    assert "nessuno_valuta" in town.asked(reference)
    town.choose(COORDINATOR, reference, "reviews_waived", motivazione=REASON)
    assert town.state(reference) == "decisione"


def test_a_member_of_the_panel_does_not_score_their_own_team(town: Town) -> None:
    mine = town.confirmed(team(MEMBER), SELECTION)
    other = town.confirmed(team(ANNA), SELECTION)
    town.at("2026-11-20T12:01")
    for reference in (mine, other):
        town.choose(SELECTION_OFFICER, reference, "admissible")
    town.sync()
    town.later(minutes=1)
    assert (len(town.mails(SUBSTITUTE, mine)), len(town.mails(SUBSTITUTE, other))) == (1, 0)
    score(town, mine, "membro-2", innovazione_0_25="25", fattibilita_0_25="25")
    for reference, third in ((mine, "supplente"), (other, "membro-2")):
        for member in ("presidente", third, "membro-3"):
            score(town, reference, member)
    town.sync()
    town.choose("presidente@selezione.example.org", other, "panel_closes", seduta_del="20/11/2026")
    assert town.row_of(mine)["record"]["ranking"] == {"score": 7800, "tie_breaker": 2000, "members": 3}
