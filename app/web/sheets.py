"""One tab of a workbook as a page that can only be read, and as a file: behind a private link."""

from __future__ import annotations

from http import HTTPStatus
from io import BytesIO

from flask import Blueprint, Response, abort, send_file
from werkzeug.wrappers import Response as BaseResponse

from app.services.sheets import sheet_pages
from app.web.page import context, show
from integrations.tables import FORMATS, as_csv, shown

sheet_tabs = Blueprint("sheets", __name__)


@sheet_tabs.get("/foglio/<token>")
def show_tab(token: str) -> Response:
    """The tab as a table."""
    page = _behind(token)
    rows = [[shown(cell) for cell in row] for row in page.table.rows]
    return show("sheet.html", page=page, rows=rows, token=token, formats=sorted(FORMATS))


@sheet_tabs.get("/foglio/<token>/scarica/<kind>")
def download(token: str, kind: str) -> BaseResponse:
    """The tab as a file, always saved."""
    if kind not in FORMATS:
        abort(HTTPStatus.NOT_FOUND)
    page = _behind(token)
    ending, mime, make = FORMATS[kind]
    content = make([page.table])
    if kind == "csv":  # one tab needs no archive
        ending, mime, content = "csv", "text/csv; charset=utf-8", as_csv(page.table)
    name = f"{page.table.title}.{ending}"
    return send_file(BytesIO(content), mimetype=mime, as_attachment=True, download_name=name)


def _behind(token: str) -> sheet_pages.TabPage:
    page = sheet_pages.behind(context(), token)
    if page is None:
        abort(HTTPStatus.NOT_FOUND)
    return page
