"""A town with cases in many states, and the addresses of all the pages that its people meet."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import update

from app.models import ActionToken
from app.services import listing
from app.services.mail import readers
from app.services.sheets import sheet_pages, sheet_tabs
from tests.integration.app import scenes
from tests.integration.app.journeys import exchange_in_opinion, student_before_the_school
from tests.integration.app.members import DONOR, SCHOOL
from tests.integration.app.people import (
    CLOSING,
    COORDINATOR,
    DESKS,
    IDEAS,
    MOTHER,
    OFFICER,
    PROVINCE,
    REGISTER,
    desk,
    idea_of_a_minor,
)
from tests.integration.app.town import Town

NEW_ADDRESS = "gaia.nuova@example.org"
_NO_TOKEN = "x" * 43


def of_everybody() -> dict[str, str]:
    """Pages that need no link, and those of links that lead nowhere."""
    pages = {path: path for path in ("/", "/en/", "/privacy", "/accessibilita", "/calendario", "/posta", "/nope")}
    pages |= {path: path for path in (f"/bozza/{_NO_TOKEN}", f"/stato/{_NO_TOKEN}", f"/azione/{_NO_TOKEN}")}
    for call in (DESKS, IDEAS, "studenti-clab-2026", CLOSING):
        pages |= {path: path for path in (f"/bandi/{call}", f"/bandi/{call}/privacy")}
    return pages | {"/en/bandi": f"/en/bandi/{DESKS}", "a closed form": f"/bandi/{CLOSING}/domanda"}


def of_a_minor(town: Town) -> dict[str, str]:
    """What somebody under 18 and their parent see while the parent is awaited, and a new address to confirm."""
    reference = town.confirmed(idea_of_a_minor(email="gaia@example.org", titolo="Una sala prove"), IDEAS)
    door = town.own_page(reference)
    own = door.address
    page = door.browser.get(f"{own}/contatti")
    token = page.text.split('name="csrf_token" value="')[1].split('"')[0]
    door.browser.post(f"{own}/contatti", data={"csrf_token": token, "email": NEW_ADDRESS, "telefono": "+393331234567"})
    town.work()
    (mail,) = town.mails(NEW_ADDRESS)
    (link,) = (link for link in mail.links if "/indirizzo/" in link)
    return {
        "status of a minor": own,
        "own data": f"{own}/dati",
        "contacts": f"{own}/contatti",
        "paper": f"{own}/carta",
        "parent": town.door(MOTHER, reference).address,
        "new address": link.removeprefix(town.context.settings.base_url),
    }


def of_desks(town: Town) -> dict[str, str]:
    """A desk's way: the applicant's page at three points, register office, case officer, coordinator, a used link."""
    asked = scenes.incomplete_desk(town)
    offered = scenes.desk_to_decide(town, desk(email="seconda@example.org", nome="Seconda"))
    decision = town.door(COORDINATOR, offered).address
    town.choose(COORDINATOR, offered, "approve")
    third = town.confirmed(desk(email="terza@example.org", nome="Terza"))
    fresh = town.apply(desk(email="quarta@example.org", nome="Quarta"))
    to_decide = scenes.desk_to_decide(town, desk(email="quinta@example.org", nome="Quinta"))
    return {
        "status: asked for more": town.own_page(asked).address,
        "status: a place is offered": town.own_page(offered).address,
        "status: address to confirm": town.own_page(fresh).address,
        "confirm the address": town.door("quarta@example.org", fresh).address,
        "register": town.door(REGISTER, third).address,
        "check": town.door(OFFICER, third).address,
        "decision": town.door(COORDINATOR, to_decide).address,
        "decided": decision,
    }


def of_others(town: Town) -> dict[str, str]:
    """Action pages of those who give an opinion or confirm, and the calendar with something in it."""
    pages = {
        "opinion": town.door(PROVINCE, scenes.idea_before_the_province(town)).address,
        "other city": town.door(DONOR, exchange_in_opinion(town)).address,
        "school": town.door(SCHOOL, student_before_the_school(town, "nico@example.org")).address,
    }
    town.work()
    return pages


def of_closed_doors(town: Town) -> dict[str, str]:
    """Links that decide no more, the choice of single or daily mails, a tab to be read only, a list of the admitted."""
    open_, closed = (
        scenes.desk_to_decide(town, desk(email=f"{name}@example.org", nome=name)) for name in ("Sei", "Otto")
    )
    door = town.door(COORDINATOR, open_)
    pages = {"decision to pass on": door.address, "to whom": f"{door.open().request.path}/passa"}
    revoked = town.door(COORDINATOR, closed).address
    town.own_page(closed).choose("withdraw")
    town.work()
    with town.context.write() as session:
        reader = readers.known(session, COORDINATOR, town.clock.now())
        pages["single or daily mails"] = f"/avvisi/{readers.token_of(town.context, reader)}"
        until = town.clock.now() - timedelta(seconds=1)
        session.execute(update(ActionToken).where(ActionToken.person == OFFICER).values(expires_at=until))
    book = sheet_tabs.workbooks(town.context)[0]
    tab = next(link for _, link in sheet_pages.links(town.context, book))
    return pages | {
        "revoked": revoked,
        "expired": town.door(OFFICER, open_).address,
        "a tab to be read": tab.removeprefix(town.context.settings.base_url),
        "the admitted": "/bandi/idee-ainm-2026/ammessi",
    }


def newest_mail(town: Town) -> str:
    """The page of the newest mail in the mailbox."""
    return f"/posta/{town.post.messages()[-1].key}"


def sheet_to_review(town: Town) -> str:
    """The page of the local Google on which reviewers find a desk that waits for them."""
    scenes.reviewed_desk_waits(town)
    town.sync()
    spreadsheet = next(tab["spreadsheet"] for tab in listing.sheets_status(town.context) if tab["spreadsheet"])
    return f"{town.google.url}/sheets/{spreadsheet}"
