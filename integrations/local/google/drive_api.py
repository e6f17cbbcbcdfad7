"""The methods of the Drive API v3 that a spreadsheet's life needs, and the v2 upload that gspread uses."""

from __future__ import annotations

import csv
import io
import re
import secrets
from collections.abc import Sequence
from functools import partial

from integrations.local.google.calls import Call, Plain, Route, route
from integrations.local.google.cells import EMPTY, formatted
from integrations.local.google.creating import blank_workbook
from integrations.local.google.kinds import fresh_id
from integrations.local.google.ranges import Place
from integrations.local.google.store import Change, Record, Store, new_file_id
from integrations.local.google.values import Writing, write
from integrations.local.google.wire import ApiError, Json
from integrations.local.google.workbook import Sheet, Workbook

SPREADSHEET = "application/vnd.google-apps.spreadsheet"
_FILES = "/drive/v3/files"
_ID = _FILES + "/([^/]+)"
_DEFAULT_FILE = ("kind", "id", "name", "mimeType")
_DEFAULT_PERMISSION = ("kind", "id", "type", "role")
_ROLES = ("owner", "organizer", "fileOrganizer", "writer", "commenter", "reader")
_TERM = re.compile(
    r"\s*(?:'(?P<parent>[^']*)'\s+in\s+parents"
    r"|(?P<field>name|mimeType|trashed|modifiedTime|fullText)\s*(?P<operator>=|!=|contains|>=|<=|>|<)\s*"
    r"(?P<value>'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|true|false))\s*",
    re.IGNORECASE,
)


class DriveApi:
    """Every method of Drive that this server does, over one store."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def routes(self) -> Sequence[Route]:
        """The routes; Drive lets unknown query parameters pass."""
        drive = partial(route, query=None)
        return (
            drive("GET", _FILES, self.list_files),
            drive("POST", _FILES, self.create),
            drive("GET", _ID, self.get),
            drive("PATCH", _ID, self.update),
            drive("DELETE", _ID, self.delete),
            drive("POST", _ID + "/copy", self.copy),
            drive("GET", _ID + "/export", self.export),
            drive("GET", _ID + "/comments", self.comments),
            drive("GET", _ID + "/permissions", self.list_permissions),
            drive("POST", _ID + "/permissions", self.create_permission),
            drive("GET", _ID + "/permissions/([^/]+)", self.get_permission),
            drive("PATCH", _ID + "/permissions/([^/]+)", self.update_permission),
            drive("DELETE", _ID + "/permissions/([^/]+)", self.delete_permission),
            drive("GET", "/drive/v3/changes", self.list_changes),
            drive("GET", "/drive/v3/changes/startPageToken", self.start_token),
            drive("PUT", "/upload/drive/v2/files/([^/]+)", self.upload),
        )

    # ---- files

    def list_files(self, call: Call) -> Json:
        """files.list."""
        terms = _terms(call.query.get("q", ""))
        found = [item for item in self.store.records(call.identity) if all(_holds(item, term) for term in terms)]
        size, start = min(max(call.count("pageSize", 100), 1), 1000), call.count("pageToken", 0)
        page = [file_json(item) for item in found[start : start + size]]
        if "fields" not in call.query:
            page = [{name: item[name] for name in _DEFAULT_FILE} for item in page]
        answer: Json = {"kind": "drive#fileList", "incompleteSearch": False, "files": page}
        if start + size < len(found):
            answer["nextPageToken"] = str(start + size)
        return dict(call.mask.apply(answer))

    def create(self, call: Call) -> Json:
        """files.create: spreadsheets only."""
        if call.body.get("mimeType", SPREADSHEET) != SPREADSHEET:
            raise ApiError(400, "The local server keeps spreadsheets only.", reason="badRequest")
        workbook = blank_workbook(str(call.body.get("name") or "Untitled"))
        parents = tuple(call.body.get("parents") or ("root",))
        description = str(call.body.get("description") or "")
        record = self.store.create(workbook, call.identity, parents=parents, description=description)
        return _file_answer(call, record)

    def get(self, call: Call) -> Json:
        """files.get."""
        return _file_answer(call, self._record(call))

    def update(self, call: Call) -> Json:
        """files.update: name, description, trashed and parents."""
        record = self._record(call)
        parents = [item for item in record.parents if item not in call.query.get("removeParents", "").split(",")]
        parents += [item for item in call.query.get("addParents", "").split(",") if item]
        fresh = self.store.change_record(
            record.id,
            call.identity,
            name=str(call.body.get("name") or record.name),
            description=str(call.body.get("description", record.description)),
            trashed=bool(call.body.get("trashed", record.trashed)),
            parents=tuple(parents) or ("root",),
        )
        return _file_answer(call, fresh)

    def delete(self, call: Call) -> Plain:
        """files.delete."""
        self._record(call)
        self.store.delete(call.parts[0], call.identity)
        return Plain("", code=204)

    def copy(self, call: Call) -> Json:
        """files.copy: tabs, developer metadata and protections come along."""
        record = self._record(call)
        twin = self.store.read(record.id, call.identity).copy()
        twin.id = new_file_id()
        twin.title = str(call.body.get("name") or f"Copy of {record.name}")
        parents = tuple(call.body.get("parents") or record.parents)
        return _file_answer(call, self.store.create(twin, call.identity, parents=parents))

    def export(self, call: Call) -> Plain:
        """files.export: the first tab as CSV."""
        record = self._record(call)
        if call.query.get("mimeType") != "text/csv":
            raise ApiError(400, "The local server exports text/csv only.", reason="badRequest")
        return Plain(sheet_csv(self.store.read(record.id, call.identity)), "text/csv")

    def comments(self, call: Call) -> Json:
        """comments.list: there are none here."""
        self._record(call)
        return {"comments": []}

    def upload(self, call: Call) -> Json:
        """Drive v2's media upload with conversion: a CSV takes the place of all tabs."""
        record = self._record(call)
        rows = [list(row) for row in csv.reader(io.StringIO(call.text.decode("utf-8-sig")))]
        with self.store.writing(record.id, call.identity) as draft:
            sheet = Sheet(fresh_id({0}), draft.title)
            wide = max((len(row) for row in rows), default=0)
            sheet.resize(max(1000, len(rows)), max(26, wide))
            draft.sheets, draft.tags, draft.named = [sheet], [], []
            # Recorded: a spreadsheet made from an upload is in this zone.
            draft.time_zone = "America/Los_Angeles"
            write(draft, Place(sheet, sheet.whole), rows, Writing("USER_ENTERED", self.store.now().date()))
        return {"kind": "drive#file", "id": record.id, "title": record.name, "mimeType": SPREADSHEET}

    # ---- permissions

    def list_permissions(self, call: Call) -> Json:
        """permissions.list."""
        shown = [_permission_json(item) for item in self._record(call).permissions]
        if "fields" not in call.query:
            shown = [{name: item[name] for name in _DEFAULT_PERMISSION} for item in shown]
        return dict(call.mask.apply({"kind": "drive#permissionList", "permissions": shown}))

    def create_permission(self, call: Call) -> Json:
        """permissions.create; an identity whose access was taken away has it again."""
        record = self._record(call)
        kind, role = call.body.get("type"), call.body.get("role")
        if kind not in ("user", "group", "domain", "anyone") or role not in _ROLES:
            raise ApiError(400, "The permission type or role field is required.", reason="required")
        names = ("type", "role", "emailAddress", "domain", "allowFileDiscovery")
        item = {"id": secrets.token_hex(10)} | {name: call.body[name] for name in names if name in call.body}
        revoked = tuple(one for one in record.revoked if one != item.get("emailAddress"))
        self.store.change_record(record.id, call.identity, permissions=(*record.permissions, item), revoked=revoked)
        return _permission_answer(call, item)

    def get_permission(self, call: Call) -> Json:
        """permissions.get."""
        return _permission_answer(call, _permission(self._record(call), call.parts[1]))

    def update_permission(self, call: Call) -> Json:
        """permissions.update: the role."""
        record = self._record(call)
        old = _permission(record, call.parts[1])
        if call.body.get("role") not in _ROLES:
            raise ApiError(400, "The permission type or role field is required.", reason="required")
        fresh = old | {"role": call.body["role"]}
        items = tuple(fresh if item is old else item for item in record.permissions)
        self.store.change_record(record.id, call.identity, permissions=items)
        return _permission_answer(call, fresh)

    def delete_permission(self, call: Call) -> Plain:
        """permissions.delete: from now on this identity is answered 403."""
        record = self._record(call)
        gone = _permission(record, call.parts[1])
        items = tuple(item for item in record.permissions if item is not gone)
        lost = (gone["emailAddress"],) if gone.get("emailAddress") else ()
        self.store.change_record(record.id, call.identity, permissions=items, revoked=record.revoked + lost)
        return Plain("", code=204)

    # ---- changes

    def list_changes(self, call: Call) -> Json:
        """changes.list: one entry a file, its last change."""
        changes, following = self.store.changes(call.count("pageToken", 1))
        visible = {record.id: record for record in self.store.records(call.identity)}
        shown = [
            _change_json(change, visible.get(change.file_id))
            for change in changes
            if change.removed or change.file_id in visible
        ]
        answer: Json = {"kind": "drive#changeList", "newStartPageToken": str(following), "changes": shown}
        return dict(call.mask.apply(answer))

    def start_token(self, call: Call) -> Json:
        """changes.getStartPageToken."""
        _, following = self.store.changes(2**60)
        return dict(call.mask.apply({"kind": "drive#startPageToken", "startPageToken": str(following)}))

    def _record(self, call: Call) -> Record:
        try:
            return self.store.record(call.parts[0], call.identity)
        except ApiError as error:
            if error.code == 404:  # noqa: PLR2004 - HTTP's own number
                raise ApiError(404, f"File not found: {call.parts[0]}.", reason="notFound") from error
            raise


def file_json(record: Record) -> Json:
    """A File with every field that this server knows."""
    return {
        "kind": "drive#file",
        "id": record.id,
        "name": record.name,
        "mimeType": SPREADSHEET,
        "description": record.description,
        "trashed": record.trashed,
        "parents": list(record.parents),
        "version": str(record.version),
        "createdTime": record.created,
        "modifiedTime": record.modified,
        "webViewLink": f"https://docs.google.com/spreadsheets/d/{record.id}/edit?usp=drivesdk",
        "owners": [{"kind": "drive#user", "displayName": record.owner, "emailAddress": record.owner}],
        "permissions": [_permission_json(item) for item in record.permissions],
        "shared": len(record.permissions) > 1,
    }


def _file_answer(call: Call, record: Record) -> Json:
    answer = file_json(record)
    if "fields" not in call.query:
        return {name: answer[name] for name in _DEFAULT_FILE}
    return dict(call.mask.apply(answer))


def _permission_json(item: Json) -> Json:
    return {"kind": "drive#permission", **item}


def _permission(record: Record, permission_id: str) -> Json:
    for item in record.permissions:
        if item["id"] == permission_id:
            return item
    raise ApiError(404, f"Permission not found: {permission_id}.", reason="notFound")


def _permission_answer(call: Call, item: Json) -> Json:
    answer = _permission_json(item)
    if "fields" not in call.query:
        return {name: answer[name] for name in _DEFAULT_PERMISSION}
    return dict(call.mask.apply(answer))


def _change_json(change: Change, record: Record | None) -> Json:
    answer: Json = {
        "kind": "drive#change",
        "type": "file",
        "changeType": "file",
        "time": change.at,
        "removed": record is None,
        "fileId": change.file_id,
    }
    return answer | ({"file": file_json(record)} if record else {})


def _terms(query: str) -> list[re.Match[str]]:
    """The terms of a `q`, joined by `and`; anything else is refused."""
    terms: list[re.Match[str]] = []
    rest = query.strip()
    while rest:
        term = _TERM.match(rest)
        if not term:
            raise ApiError(400, "Invalid Value", reason="invalid")
        terms.append(term)
        rest = rest[term.end() :]
        if rest:
            joined = re.match(r"and\s+", rest, re.IGNORECASE)
            if not joined:
                raise ApiError(400, "Invalid Value", reason="invalid")
            rest = rest[joined.end() :]
    return terms


def _holds(record: Record, term: re.Match[str]) -> bool:
    if term["parent"] is not None:
        return term["parent"] in record.parents
    raw: str = term["value"]
    wanted = re.sub(r"\\(.)", r"\1", raw[1:-1]) if raw[0] in "'\"" else raw.lower()
    own = {
        "name": record.name,
        "mimetype": SPREADSHEET,
        "trashed": str(record.trashed).lower(),
        "modifiedtime": record.modified,
        "fulltext": record.name,
    }[term["field"].lower()]
    compare = {
        "=": own == wanted,
        "!=": own != wanted,
        "contains": wanted.casefold() in own.casefold(),
        ">": own > wanted,
        "<": own < wanted,
        ">=": own >= wanted,
        "<=": own <= wanted,
    }
    return compare[term["operator"].lower()]


def sheet_csv(workbook: Workbook) -> str:
    """The first tab as CSV: what a person sees, down to the last filled row."""
    sheet = workbook.sheets[0]
    rows = [[formatted(cell, workbook.locale) for cell in row] for row in sheet.rows]
    while rows and not any(rows[-1]):
        rows.pop()
    wide = max(
        (len(row) - next((n for n, text in enumerate(reversed(row)) if text), len(row)) for row in rows), default=0
    )
    buffer = io.StringIO()
    csv.writer(buffer).writerows([(row + [formatted(EMPTY, workbook.locale)] * wide)[:wide] for row in rows])
    return buffer.getvalue().removesuffix("\r\n")
