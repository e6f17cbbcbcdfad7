"""Reports of mail servers: read whatever they look like, and never believed beyond what they say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.dsn import address_is_gone, read_report
from integrations.local.smtp import report_of

MAIL = b"From: HubOut <hubout@example.org>\r\nMessage-ID:\r\n <7.0123456789abcdef@example.org>\r\n\r\nCiao\r\n"
REPORT = report_of(MAIL, "hubout@example.org", "anna@example.org")

EXCHANGE = b"""\
From: postmaster@outlook.example
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: multipart/alternative; boundary="c"

--c
Content-Type: text/plain

Your message to anna couldn't be delivered.
--c--
--b
Content-Type: message/delivery-status

Reporting-MTA: dns;outlook.example
Received-From-MTA: dns;relay.example.org

Final-Recipient: rfc822;anna@example.org
Action: failed
Status: 5.1.10
Diagnostic-Code: smtp;550 5.1.10
 RESOLVER.ADR.RecipientNotFound; Recipient not found

--b
Content-Type: message/rfc822
Content-Transfer-Encoding: 7bit

From: HubOut <hubout@example.org>
Message-ID: <7.0123456789abcdef@example.org>
Subject: Ciao

Ciao
--b--
"""


@pytest.mark.parametrize("raw", [REPORT, EXCHANGE, EXCHANGE.replace(b"message/del", b"message/global-del")])
def test_a_failure_names_the_mail_and_the_reason(raw: bytes) -> None:
    report = read_report(raw)
    assert report is not None
    assert report.failed
    assert "<7.0123456789abcdef@example.org>" in report.message_ids
    assert address_is_gone(report.status)
    assert report.reason.startswith(f"returned: {report.status} 550")
    assert len(report.reason.splitlines()) == 1


def test_a_delay_is_no_failure() -> None:
    report = read_report(REPORT.replace(b"Action: failed", b"Action: delayed").replace(b"5.1.1", b"4.4.1"))
    assert report is not None
    assert not report.failed
    assert not address_is_gone(report.status)


@pytest.mark.parametrize("raw", [b"", MAIL, b"Subject: Sono in ferie\r\n\r\nAction: failed\r\nStatus: 5.1.1\r\n"])
def test_another_mail_is_no_report(raw: bytes) -> None:
    assert read_report(raw) is None


@pytest.mark.parametrize(
    ("words", "gone"),
    [
        ("550 5.1.1 no such user", True),
        ("5.2.1", True),
        ("552 5.2.2 mailbox full", False),
        ("550 5.7.1 spam", False),
        ("550 no such user", False),
        ("5.10.1", False),
    ],
)
def test_only_a_bad_address_counts_as_gone(words: str, *, gone: bool) -> None:
    assert address_is_gone(words) is gone


@given(st.binary(max_size=200), st.integers(0, len(REPORT)), st.integers(0, 60))
def test_no_damage_ends_the_reading(rubbish: bytes, at: int, lost: int) -> None:
    read_report(REPORT[:at] + rubbish + REPORT[at + lost :])
