"""What Drive knows of a spreadsheet beside its cells: who may open it. Through the gateway's own client."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from integrations.sheets.gateway import GoogleClient

FILES = "https://www.googleapis.com/drive/v3/files"

WRITERS = frozenset({"writer", "fileOrganizer", "organizer", "owner"})
"""Roles that may change cells."""

_EVERY: Mapping[str, Any] = {"supportsAllDrives": True}
_FIELDS = "nextPageToken,permissions(id,type,role,emailAddress,domain,deleted)"
_ID = re.compile(r"/(?:d|sheets)/([A-Za-z0-9_-]{20,})|^([A-Za-z0-9_-]{20,})$")


@dataclass(frozen=True)
class Permission:
    """Who may do what: `who` is an address, a domain, or «anyone» for everybody who has the link."""

    id: str
    kind: str
    role: str
    who: str

    @property
    def writes(self) -> bool:
        """Whether it lets people change cells."""
        return self.role in WRITERS

    @property
    def domain(self) -> str:
        """The domain of the address, or the domain itself; empty for everybody."""
        return self.who.rpartition("@")[2].casefold() if self.kind != "anyone" else ""


class Drive:
    """Who may open which spreadsheet. All methods raise errors.SheetsError."""

    def __init__(self, client: GoogleClient) -> None:
        self._client = client

    def permissions(self, spreadsheet_id: str) -> tuple[Permission, ...]:
        """Everybody who may open the file: one call, more where they are hundreds."""
        found: list[Permission] = []
        page: dict[str, Any] = {}
        while True:
            params = {**_EVERY, "pageSize": 100, "fields": _FIELDS, **page}
            body = self._client.request("get", f"{FILES}/{spreadsheet_id}/permissions", params=params).json()
            found += [_permission(entry) for entry in body.get("permissions", ()) if not entry.get("deleted")]
            if "nextPageToken" not in body:
                return tuple(found)
            page = {"pageToken": body["nextPageToken"]}

    def share(self, spreadsheet_id: str, like: Permission) -> None:
        """Let those of `like` open this file as they could another one; Google mails nobody."""
        if like.kind == "anyone":
            return
        grant = {"type": like.kind, "role": "writer" if like.writes else like.role}
        grant["domain" if like.kind == "domain" else "emailAddress"] = like.who
        params = {**_EVERY, "sendNotificationEmail": False}
        self._client.request("post", f"{FILES}/{spreadsheet_id}/permissions", params=params, json=grant)

    def make_reader(self, spreadsheet_id: str, permission: Permission) -> None:
        """Take the right to change cells away."""
        self._give(spreadsheet_id, permission, "reader")

    def make_writer(self, spreadsheet_id: str, permission: Permission) -> None:
        """Give the right to change cells back."""
        self._give(spreadsheet_id, permission, "writer")

    def _give(self, spreadsheet_id: str, permission: Permission, role: str) -> None:
        where = f"{FILES}/{spreadsheet_id}/permissions/{permission.id}"
        self._client.request("patch", where, params=dict(_EVERY), json={"role": role})

    def delete(self, spreadsheet_id: str) -> None:
        """Delete the file for ever."""
        self._client.request("delete", f"{FILES}/{spreadsheet_id}", params=dict(_EVERY))


def _permission(entry: Mapping[str, Any]) -> Permission:
    kind = str(entry.get("type", ""))
    who = entry.get("emailAddress") or entry.get("domain") or kind
    return Permission(str(entry.get("id", "")), kind, str(entry.get("role", "")), str(who))


def spreadsheet_id_of(address: str) -> str | None:
    """The id in the address of a spreadsheet, or the id itself; None where the text has none."""
    found = _ID.search(address.strip())
    return next(filter(None, found.groups())) if found else None
