"""spreadsheets.batchUpdate: every request is applied in order to one draft; one fault and nothing happened."""

from __future__ import annotations

from collections.abc import Mapping

from integrations.local.google.kinds import Context, Kind
from integrations.local.google.requests_blocks import BLOCK_KINDS
from integrations.local.google.requests_cells import CELL_KINDS
from integrations.local.google.requests_dimensions import DIMENSION_KINDS
from integrations.local.google.requests_marks import MARK_KINDS
from integrations.local.google.requests_tabs import TAB_KINDS
from integrations.local.google.wire import ApiError, Json, bad_request, only, violation
from integrations.local.google.workbook import Workbook

KINDS: Mapping[str, Kind] = {**TAB_KINDS, **CELL_KINDS, **BLOCK_KINDS, **DIMENSION_KINDS, **MARK_KINDS}

# Requests that Google knows and this server does not: refused by name, never silently accepted.
UNSUPPORTED = frozenset(
    [
        "addBanding",
        "addChart",
        "addCommentReply",
        "addConditionalFormatRule",
        "addDataSource",
        "addFilterView",
        "addSlicer",
        "addTable",
        "autoFill",
        "cancelDataSourceRefresh",
        "deleteBanding",
        "deleteComment",
        "deleteCommentReply",
        "deleteConditionalFormatRule",
        "deleteDataSource",
        "deleteDuplicates",
        "deleteEmbeddedObject",
        "deleteFilterView",
        "deleteRange",
        "deleteTable",
        "duplicateFilterView",
        "insertComment",
        "insertRange",
        "pasteData",
        "randomizeRange",
        "refreshDataSource",
        "textToColumns",
        "trimWhitespace",
        "updateBanding",
        "updateChartSpec",
        "updateCommentPost",
        "updateConditionalFormatRule",
        "updateDataSource",
        "updateDimensionGroup",
        "updateEmbeddedObjectBorder",
        "updateEmbeddedObjectPosition",
        "updateFilterView",
        "updateSlicerSpec",
        "updateTable",
    ]
)


def apply_batch(draft: Workbook, requests: object, context: Context) -> list[Json]:
    """Apply the requests to the draft.

    Returns:
        One reply a request, `{}` where Google has nothing to say.

    Raises:
        ApiError: with the place of the first request that cannot be done; the draft is then to be thrown away.
    """
    if not isinstance(requests, list) or not requests:
        raise bad_request("Must specify at least one request.")
    checked = [_kind(request, place) for place, request in enumerate(requests)]
    replies = []
    for place, (name, body) in enumerate(checked):
        try:
            reply = KINDS[name].apply(draft, body, context)
        except ApiError as error:
            raise error.prefixed(f"requests[{place}].{name}") from error
        replies.append({} if reply is None else {name: reply})
    return replies


def _kind(request: object, place: int) -> tuple[str, Json]:
    where = f"requests[{place}]"
    if not isinstance(request, dict) or not request:
        raise bad_request(f"Invalid {where}: No request set.")
    if len(request) > 1:
        raise bad_request(f"Invalid {where}: a request is a union, {', '.join(sorted(request))} are set.")
    name, body = next(iter(request.items()))
    if name in UNSUPPORTED:
        raise bad_request(f"Invalid {where}.{name}: the local server does not do this kind of request.")
    if name not in KINDS:
        text = f"Invalid JSON payload received. Unknown name \"{name}\" at '{where}': Cannot find field."
        raise violation(where, text)
    if not isinstance(body, dict):
        raise violation(f"{where}.{name}", f"Invalid value at '{where}.{name}', {body!r}")
    only(body, KINDS[name].fields, f"{where}.{name}")
    return name, body
