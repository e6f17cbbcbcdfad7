"""The tables. One noun a module; no behaviour beyond small facts about a row itself."""

from app.models.delegations import Delegation
from app.models.drafts import Draft
from app.models.edition_settings import EditionSetting
from app.models.events import Event, EventPayload
from app.models.files import StoredFile
from app.models.outbox import OutboxMessage
from app.models.readers import Reader
from app.models.reviews import Review
from app.models.seats import CallLock, Seat
from app.models.sheets import (
    DriveHint,
    GoogleAnswer,
    HeldCell,
    Quarantine,
    SharingCheck,
    SheetRow,
    Spreadsheet,
    SummaryRow,
)
from app.models.submissions import PinnedDefinition, Submission
from app.models.timers import Timer
from app.models.tokens import ActionToken
from app.models.unreachable import Unreachable
from app.models.uploads import WaitingUpload

__all__ = [
    "ActionToken",
    "CallLock",
    "Delegation",
    "Draft",
    "DriveHint",
    "EditionSetting",
    "Event",
    "EventPayload",
    "GoogleAnswer",
    "HeldCell",
    "OutboxMessage",
    "PinnedDefinition",
    "Quarantine",
    "Reader",
    "Review",
    "Seat",
    "SharingCheck",
    "SheetRow",
    "Spreadsheet",
    "StoredFile",
    "Submission",
    "SummaryRow",
    "Timer",
    "Unreachable",
    "WaitingUpload",
]
