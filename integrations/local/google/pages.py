"""The pages for people: the files, and a tab as a grid that can be edited without JavaScript."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from werkzeug.wrappers import Request, Response

from integrations.local.google.arranging import paste, sort_tab
from integrations.local.google.grid import PERSON, Typed, enter, frozen_rows, grid_view
from integrations.local.google.kinds import Behaviour
from integrations.local.google.store import Store
from integrations.local.google.wire import ApiError
from integrations.local.google.workbook import Sheet, Workbook

_STYLE = Path(__file__).parent / "static" / "sheets.css"
_FILE = re.compile(r"/sheets/([^/]+)/?|/spreadsheets/d/([^/]+)(?:/.*)?")
_TAB = re.compile(r"/sheets/([^/]+)/(\d+)")
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
# A page of a hundred rows sends some thousand fields.
_MAX_FORM = 16 * 2**20


class _Form(Request):
    max_form_memory_size = _MAX_FORM
    max_content_length = _MAX_FORM


class Pages:
    """The list of files and the grid of a tab.

    Args:
        store: the files.
        today: the present day in a time zone; it completes a date typed without a year.
        behaviour: whether people may sort over protected cells.
    """

    def __init__(self, store: Store, today: Callable[[str], date], behaviour: Behaviour) -> None:
        self._store = store
        self._today = today
        self._behaviour = behaviour
        self._templates = Environment(
            loader=PackageLoader("integrations.local.google"), autoescape=True, undefined=StrictUndefined
        )

    def respond(self, request: Request) -> Response:
        """The page of a request."""
        try:
            return self._respond(request)
        except ApiError as error:
            words = "Questo foglio non c’è." if error.code == 404 else error.message  # noqa: PLR2004 - HTTP's number
            return self._page("error.html", code=error.code, message=words)

    def _respond(self, request: Request) -> Response:
        if request.path == "/static/sheets.css":
            return Response(_STYLE.read_text(encoding="utf-8"), content_type="text/css; charset=UTF-8")
        if request.path == "/":
            return self._page("files.html", files=self._files())
        if tab := _TAB.fullmatch(request.path):
            return self._tab(request, tab.group(1), int(tab.group(2)))
        if file := _FILE.fullmatch(request.path):
            return self._first_tab(request, file.group(1) or file.group(2))
        raise ApiError(404, request.path)

    def _page(self, template: str, *, code: int = 200, **values: object) -> Response:
        content = self._templates.get_template(template).render(**values)
        return Response(content, code, _HEADERS, content_type="text/html; charset=UTF-8")

    def _files(self) -> list[dict[str, object]]:
        records = [record for record in self._store.records(PERSON) if not record.trashed]
        return [
            {"record": record, "tabs": _visible(self._store.read(record.id, PERSON)), "modified": _day(record.modified)}
            for record in records
        ]

    def _first_tab(self, request: Request, file_id: str) -> Response:
        tabs = _visible(self._store.read(file_id, PERSON))
        wanted = request.args.get("tab") or request.args.get("gid") or ""
        found = next((tab for tab in tabs if wanted in (str(tab.id), tab.title)), tabs[0])
        return _see(f"/sheets/{file_id}/{found.id}")

    def _tab(self, request: Request, file_id: str, sheet_id: int) -> Response:
        if request.method == "POST":
            return self._edit(_Form(request.environ), file_id, sheet_id)
        return self._grid(request, file_id, sheet_id, Typed())

    def _grid(self, request: Request, file_id: str, sheet_id: int, typed: Typed) -> Response:
        workbook = self._store.read(file_id, PERSON)
        sheet = _sheet(workbook, sheet_id)
        first, sought = _number(request, "da", frozen_rows(sheet) + 1), request.args.get("cerca", "").strip()
        grid = grid_view(workbook, sheet, first, typed, sought)
        shown = {cell.name for row in grid.rows for cell in row.cells}
        return self._page(
            "grid.html",
            code=422 if typed.problems else 200,
            workbook=workbook,
            sheet=sheet,
            tabs=_visible(workbook),
            grid=grid,
            sought=sought,
            problems=typed.problems,
            unseen=len(typed.problems.keys() - shown),
            pasted=request.form if "blocco" in request.form else {},
            sorted=request.args.get("salvate") == "ordine",
            saved=_number(request, "salvate", -1),
        )

    def _edit(self, request: Request, file_id: str, sheet_id: int) -> Response:
        # A browser says where a form comes from; a page of another site must not write here.
        if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
            raise ApiError(403, "Questa richiesta viene da un’altra pagina.")
        try:
            with self._store.writing(file_id, PERSON) as draft:
                done, typed = self._edited(draft, _sheet(draft, sheet_id), request)
                draft.discarded = bool(typed.problems) or not done
        except (ValueError, IndexError) as error:
            raise ApiError(400, "La pagina inviata non è completa: ricaricala.") from error
        if typed.problems:
            return self._grid(request, file_id, sheet_id, typed)
        shown = {"da": _number(request, "da", 1), "cerca": request.args.get("cerca", ""), "salvate": done}
        return _see(f"/sheets/{file_id}/{sheet_id}?{urlencode(shown)}#esito")

    def _edited(self, draft: Workbook, sheet: Sheet, request: Request) -> tuple[int | str, Typed]:
        """Do to the draft what a form asks: sort, paste, or enter the cells of a page; and what the page then says."""
        form, today = request.form, self._today(draft.time_zone)
        if "ordina" in form:
            column, down = int(form["ordina"]), form.get("verso") == "giu"
            sort_tab(draft, sheet, column, today, self._behaviour, down=down)
            return "ordine", Typed()
        if "blocco" in form:
            return paste(draft, sheet, (int(form["riga"]) - 1, int(form["colonna"])), form["blocco"], today)
        return enter(draft, sheet, form.to_dict(), today)


def _visible(workbook: Workbook) -> list[Sheet]:
    return [sheet for sheet in workbook.sheets if not sheet.extra.get("hidden")]


def _sheet(workbook: Workbook, sheet_id: int) -> Sheet:
    for sheet in workbook.sheets:
        if sheet.id == sheet_id:
            return sheet
    raise ApiError(404, str(sheet_id))


def _number(request: Request, name: str, default: int) -> int:
    text = request.args.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 9 else default  # noqa: PLR2004 - no sheet has more rows


def _see(target: str) -> Response:
    return Response("", 303, {**_HEADERS, "Location": target})


def _day(stamp: str) -> str:
    return f"{stamp[8:10]}/{stamp[5:7]}/{stamp[:4]} {stamp[11:16]} UTC"
