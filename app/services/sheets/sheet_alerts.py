"""Telling the office that a spreadsheet needs a person (mail `avviso_foglio`)."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalogue.sheet_alerts import Trouble
from app.dates import local_day
from app.models import Submission
from app.services.context import Context
from app.services.mail import mailing

MESSAGE = "avviso_foglio"
TOLD = ("coordinatore", "istruttore")


def tell(
    session: Session, context: Context, calls: Collection[str], title: str, trouble: Trouble, **facts: str | int
) -> bool:
    """Mail coordinator and case officer of the oldest case in the sheet, once a day for each trouble and its facts.

    `title` is the spreadsheet's.

    Those of a sheet without any case are not known yet: False, tell it again later. `hubout sheets status` shows it.
    """
    query = select(Submission).where(Submission.call.in_(calls), Submission.in_sheet.is_(True)).order_by(Submission.id)
    submission = session.scalars(query.limit(1)).one_or_none()
    if submission is None:
        return False
    mark = "/".join(["", title, trouble, *map(str, facts.values()), local_day(context.clock.now()).isoformat()])
    occasion = mailing.Occasion(1, mark=mark, facts={"trouble": trouble, "foglio": title, **facts})
    mailing.ask(context, session, submission, MESSAGE, TOLD, occasion)
    return True
