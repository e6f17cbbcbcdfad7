"""Delivery status notifications (RFC 3464): what a mail server says became of a mail it had taken."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, message_from_string
from email.message import Message

LONGEST = 5_000_000
"""Bytes of a report that are looked at; what comes after them is the mail itself, come back."""

_STATUS_TYPES = frozenset({"message/delivery-status", "message/global-delivery-status"})
_CODE = re.compile(r"\b[245]\.\d{1,3}\.\d{1,3}\b")
_GONE = re.compile(r"\b5\.(?:1\.\d{1,3}|2\.1)\b")
_MESSAGE_ID = re.compile(r"<[^<>\s@]{1,200}@[^<>\s@]{1,200}>")
_REASON_CHARS = 200


@dataclass(frozen=True, slots=True)
class Report:
    """`failed`: the mail will not arrive. `status`: the code of RFC 3463, as 5.1.1.

    `message_ids` are all ids that the report quotes, the returned mail's among them.
    """

    failed: bool
    status: str
    reason: str
    message_ids: tuple[str, ...]


def read_report(raw: bytes) -> Report | None:
    """The report in these bytes of an e-mail; None for any other mail, as an out-of-office reply."""
    mail = message_from_bytes(raw[:LONGEST])
    blocks = [block for part in mail.walk() if part.get_content_type() in _STATUS_TYPES for block in _blocks(part)]
    spoken = [block for block in blocks if block["Action"]]
    if not spoken:
        return None
    about = next((block for block in spoken if _field(block, "Action").casefold() == "failed"), spoken[0])
    code = _CODE.search(_field(about, "Status"))
    diagnosis = _field(about, "Diagnostic-Code").partition(";")
    status = code[0] if code else ""
    return Report(
        failed=_field(about, "Action").casefold() == "failed",
        status=status,
        reason=f"returned: {status} {(diagnosis[2] or diagnosis[0]).strip()}".strip()[:_REASON_CHARS],
        message_ids=tuple(dict.fromkeys(_MESSAGE_ID.findall("\n".join(_texts(mail))))),
    )


def address_is_gone(words: str) -> bool:
    """Whether an answer of a mail server says that the address itself does not work (RFC 3463: 5.1.x, 5.2.1)."""
    return _GONE.search(words) is not None


def _blocks(part: Message) -> list[Message]:
    """The groups of fields of a status part: one of the message, then one of each recipient."""
    inside = part.get_payload()
    if isinstance(inside, list):  # `email` knows only the older type, and takes the other one for a mail
        inside = "\n".join(each.as_string() for each in inside if isinstance(each, Message))
    return [message_from_string(group) for group in re.split(r"\r?\n(?:\r?\n)+", str(inside))]


def _field(block: Message, name: str) -> str:
    return " ".join(str(block.get(name, "")).split())


def _texts(mail: Message) -> Iterator[str]:
    """What every part says, its headers too: servers return the mail whole, its headers only, or those as text."""
    for part in mail.walk():
        yield from (f"{name}: {value}" for name, value in part.items())
        if not part.is_multipart():
            content = part.get_payload(decode=True)
            yield content.decode("ascii", errors="replace") if isinstance(content, bytes) else ""
