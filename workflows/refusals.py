"""What a person reads when an act is refused, in Italian and English."""

from __future__ import annotations

from forms.model import Text
from workflows.case import Case
from workflows.dates import ROME
from workflows.definition import SYSTEM, WorkflowDefinition
from workflows.roles import LABELS

NOT_YOUR_TURN = Text(it="In questo momento tocca ad altri.", en="It is someone else’s turn now.")
ABSTAINED = Text(
    it="Ti sei astenuto o astenuta: su questa domanda decide un’altra persona.",
    en="You abstained: someone else decides on this application.",
)
TWO_PARTS = Text(
    it="Su questa domanda hai già un’altra parte: chi chiede, chi valuta e chi decide sono persone diverse.",
    en="You already have another part here: who asks, who reviews and who decides are different people.",
)
CONFLICTED = Text(
    it="Su questa domanda hai un conflitto di interessi: l’hai dichiarato, o la domanda è del tuo stesso ente.",
    en="You have a conflict of interest here: you declared it, or the application is of your own organisation.",
)
TOO_LATE_TO_TAKE_BACK = Text(
    it="Non si può più tornare indietro: il tempo è passato, o nel frattempo è successo altro.",
    en="This can’t be taken back any more: the time is over, or something else has happened meanwhile.",
)
NOT_YOURS_TO_TAKE_BACK = Text(
    it="Può tornare indietro solo chi ha deciso.", en="Only whoever decided can take the decision back."
)
SEATS_GONE = Text(
    it="Non si può tornare indietro: nel frattempo i posti sono andati ad altri.",
    en="This can’t be taken back: meanwhile the places have gone to others.",
)
CONDITION = Text(
    it="Per questa domanda non è possibile, nella situazione attuale.",
    en="As things stand, this is not possible for this application.",
)


def no_transition(definition: WorkflowDefinition, case: Case) -> Text:
    """The act does not exist where the case is now: since when it is there, and through whom."""
    if case.state not in definition.state_ids:
        return Text(it="La domanda è in uno stato che qui non c’è.", en="The application is in an unknown state.")
    label = definition.state(case.state).label
    since = f"{case.entered_at.astimezone(ROME):%d/%m/%Y, %H:%M}"
    # what time and rules did is said of nobody
    actor = case.history[-1].actor if case.history else SYSTEM
    who = LABELS.get(actor) if actor != SYSTEM else None
    by = f", {who.it}" if who else ""
    by_en = f", {who.in_('en')}" if who else ""
    return Text(
        it=f"La domanda è in «{label.it}» ({since}{by}): questo non si può più fare, o non ancora.",
        en=f"The application is in “{label.in_('en')}” ({since}{by_en}): this can’t be done any more, or not yet.",
    )
