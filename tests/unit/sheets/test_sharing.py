"""What raises an alarm about who may open a spreadsheet."""

from __future__ import annotations

import pytest

from integrations.sheets.drive import Permission, spreadsheet_id_of
from integrations.sheets.sharing import PUBLIC, Alarm, alarms

OWN = "hubout@progetto.iam.gserviceaccount.com"
ALLOWED = frozenset({"comune.example.org", "olt.example.org"})


def user(who: str, role: str = "writer") -> Permission:
    return Permission(f"id-{who}", "user", role, who)


def test_our_own_and_known_people_raise_none() -> None:
    people = [user(OWN, "owner"), user("Lucia@Olt.example.org"), user("uno@comune.example.org", "reader")]
    assert alarms(people, {"Lucia@Olt.example.org"}, ALLOWED, OWN) == ()
    assert alarms(people, None, ALLOWED, OWN) == ()


def test_one_address_of_a_public_provider_lets_in_nobody_else() -> None:
    people = [user("Uno@gmail.com"), user("altro@gmail.com")]
    assert alarms(people, None, ALLOWED | {"uno@gmail.com"}, OWN) == (Alarm("domain", "altro@gmail.com"),)
    assert "gmail.com" in PUBLIC


def test_who_has_the_link_strangers_and_new_editors_do() -> None:
    people = [
        Permission("a", "anyone", "reader", "anyone"),
        user("qualcuno@gmail.com", "reader"),
        Permission("b", "domain", "writer", "altro.example.org"),
        user("nuova@olt.example.org"),
        user("nuovo@olt.example.org", "reader"),
    ]
    assert alarms(people, set(), ALLOWED, OWN) == (
        Alarm("anyone", "reader"),
        Alarm("domain", "altro.example.org"),
        Alarm("domain", "qualcuno@gmail.com"),
        Alarm("editor", "nuova@olt.example.org"),
    )


@pytest.mark.parametrize(
    ("address", "id_"),
    [
        ("https://docs.google.com/spreadsheets/d/1AbC_def-0123456789xyz/edit#gid=0", "1AbC_def-0123456789xyz"),
        ("https://docs.google.com/spreadsheets/u/1/d/1AbC_def-0123456789xyz/", "1AbC_def-0123456789xyz"),
        ("http://127.0.0.1:8001/sheets/1AbC_def-0123456789xyz", "1AbC_def-0123456789xyz"),
        (" 1AbC_def-0123456789xyz ", "1AbC_def-0123456789xyz"),
        ("https://example.org/", None),
        ("", None),
    ],
)
def test_the_id_is_found_in_an_address(address: str, id_: str | None) -> None:
    assert spreadsheet_id_of(address) == id_
