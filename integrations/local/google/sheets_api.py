"""The methods of the Sheets API v4."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from integrations.local.google.batch import apply_batch
from integrations.local.google.calls import Call, Route, route
from integrations.local.google.creating import new_workbook
from integrations.local.google.kinds import Behaviour, Context
from integrations.local.google.lookup import matching_tags, places_of
from integrations.local.google.masks import EVERYTHING
from integrations.local.google.ranges import Place, resolve
from integrations.local.google.requests_tabs import copied_sheet, copy_title
from integrations.local.google.spreadsheets import sheet_properties, spreadsheet_json, tag_json
from integrations.local.google.store import Store
from integrations.local.google.values import Reading, Writing, append, clear, read, rows_of, write
from integrations.local.google.wire import Json, bad_request, not_found, only
from integrations.local.google.workbook import Workbook

_ID = r"/v4/spreadsheets/([^/:]+)"
_READING = "majorDimension valueRenderOption dateTimeRenderOption"
_ECHO = "includeValuesInResponse responseValueRenderOption responseDateTimeRenderOption"
_VALUE_RANGE = {"range", "majorDimension", "values"}
_BATCH_FIELDS = {"requests", "includeSpreadsheetInResponse", "responseRanges", "responseIncludeGridData"}
_BATCH_WRITE = {
    "valueInputOption", "data", "includeValuesInResponse", "responseValueRenderOption",
    "responseDateTimeRenderOption",
}  # fmt: skip


class SheetsApi:
    """Every method of Sheets v4 that this server does, over one store."""

    def __init__(self, store: Store, behaviour: Behaviour) -> None:
        self.store = store
        self.behaviour = behaviour

    def routes(self) -> Sequence[Route]:
        """The routes, each before a more general one."""
        post, put, get = "POST", "PUT", "GET"
        return (
            route(post, "/v4/spreadsheets", self.create),
            route(get, _ID, self.get, "ranges includeGridData excludeTablesInBandedRanges"),
            route(post, _ID + ":batchUpdate", self.batch_update),
            route(post, _ID + ":getByDataFilter", self.get_by_filter, reads=True),
            route(get, _ID + "/values:batchGet", self.values_batch_get, "ranges " + _READING),
            route(post, _ID + "/values:batchGetByDataFilter", self.values_by_filter, reads=True),
            route(post, _ID + "/values:batchUpdate", self.values_batch_update),
            route(post, _ID + "/values:batchUpdateByDataFilter", self.values_update_by_filter),
            route(post, _ID + "/values:batchClear", self.values_batch_clear),
            route(post, _ID + "/values:batchClearByDataFilter", self.values_clear_by_filter),
            route(post, _ID + r"/values/(.+):append", self.values_append, f"valueInputOption insertDataOption {_ECHO}"),
            route(post, _ID + r"/values/(.+):clear", self.values_clear),
            route(get, _ID + r"/values/(.+)", self.values_get, _READING),
            route(put, _ID + r"/values/(.+)", self.values_update, f"valueInputOption {_ECHO}"),
            route(post, _ID + r"/sheets/(\d+):copyTo", self.copy_to),
            route(post, _ID + "/developerMetadata:search", self.search_tags, reads=True),
            route(get, _ID + r"/developerMetadata/(\d+)", self.get_tag),
        )

    # ---- spreadsheets

    def create(self, call: Call) -> Json:
        """spreadsheets.create."""
        workbook = new_workbook(call.body, self._context(None, call.identity))
        self.store.create(workbook, call.identity)
        return spreadsheet_json(workbook, call.mask, None, grid_data=False)

    def get(self, call: Call) -> Json:
        """spreadsheets.get."""
        workbook = self.store.read(call.parts[0], call.identity)
        ranges = [item for item in call.query.getlist("ranges") if item]
        places = [resolve(workbook, item) for item in ranges] if ranges else None
        return spreadsheet_json(workbook, call.mask, places, grid_data=call.flag("includeGridData"))

    def get_by_filter(self, call: Call) -> Json:
        """spreadsheets.getByDataFilter."""
        only(call.body, {"dataFilters", "includeGridData", "excludeTablesInBandedRanges"})
        workbook = self.store.read(call.parts[0], call.identity)
        filters = call.body.get("dataFilters")
        places = None
        if filters:
            places = [place for item in filters for place in places_of(workbook, item)]
        return spreadsheet_json(workbook, call.mask, places, grid_data=bool(call.body.get("includeGridData")))

    def batch_update(self, call: Call) -> Json:
        """spreadsheets.batchUpdate."""
        only(call.body, _BATCH_FIELDS)
        with self.store.writing(call.parts[0], call.identity) as draft:
            replies = apply_batch(draft, call.body.get("requests"), self._context(draft, call.identity))
            answer: Json = {"spreadsheetId": draft.id, "replies": replies}
            if call.body.get("includeSpreadsheetInResponse"):
                ranges = call.body.get("responseRanges") or []
                places = [resolve(draft, item) for item in ranges] if ranges else None
                grid_data = bool(call.body.get("responseIncludeGridData"))
                inner = call.mask.sub("updatedSpreadsheet") or EVERYTHING
                answer["updatedSpreadsheet"] = spreadsheet_json(draft, inner, places, grid_data=grid_data)
        return dict(call.mask.apply(answer))

    def copy_to(self, call: Call) -> Json:
        """spreadsheets.sheets.copyTo."""
        only(call.body, {"destinationSpreadsheetId"})
        source = self.store.read(call.parts[0], call.identity)
        sheet = source.sheet(int(call.parts[1]))
        with self.store.writing(str(call.body.get("destinationSpreadsheetId")), call.identity) as draft:
            twin = copied_sheet(draft, sheet, source, copy_title(draft, sheet.title), None)
            draft.sheets.append(twin)
            return sheet_properties(draft, twin)

    # ---- values

    def values_get(self, call: Call) -> Json:
        """spreadsheets.values.get."""
        workbook = self.store.read(call.parts[0], call.identity)
        answer = read(workbook, resolve(workbook, call.parts[1]), _reading(call.query))
        return dict(call.mask.apply(answer))

    def values_batch_get(self, call: Call) -> Json:
        """spreadsheets.values.batchGet."""
        workbook = self.store.read(call.parts[0], call.identity)
        reading = _reading(call.query)
        found = [read(workbook, resolve(workbook, item), reading) for item in call.query.getlist("ranges")]
        return dict(call.mask.apply({"spreadsheetId": workbook.id} | ({"valueRanges": found} if found else {})))

    def values_by_filter(self, call: Call) -> Json:
        """spreadsheets.values.batchGetByDataFilter: answers are sorted by place, not by request."""
        only(call.body, {"dataFilters", *_READING.split()})
        workbook = self.store.read(call.parts[0], call.identity)
        reading = _reading(call.body)
        pairs = [(place, item) for item in _filters(call.body) for place in places_of(workbook, item)]
        pairs.sort(key=lambda pair: _order(workbook, pair[0]))
        grouped: dict[str, Json] = {}
        for place, item in pairs:
            entry = grouped.setdefault(place.label, {"valueRange": read(workbook, place, reading), "dataFilters": []})
            entry["dataFilters"].append(item)
        answer: Json = {"spreadsheetId": workbook.id}
        return dict(call.mask.apply(answer | ({"valueRanges": list(grouped.values())} if grouped else {})))

    def values_update(self, call: Call) -> Json:
        """spreadsheets.values.update."""
        rows = rows_of(call.body)
        only(call.body, _VALUE_RANGE, "data")
        with self.store.writing(call.parts[0], call.identity) as draft:
            place = resolve(draft, call.parts[1])
            if call.body.get("range") and resolve(draft, str(call.body["range"])) != place:
                wanted, given = place.label, call.body["range"]
                raise bad_request(f"Requested writing within range [{wanted}], but the body names [{given}]")
            writing = self._writing(call.query, draft, call.body)
            answer = {"spreadsheetId": draft.id} | write(draft, place, rows, writing)
            answer |= _echo(draft, answer, call.query, "updatedData")
        return dict(call.mask.apply(answer))

    def values_append(self, call: Call) -> Json:
        """spreadsheets.values.append."""
        rows = rows_of(call.body)
        only(call.body, _VALUE_RANGE, "data")
        insert = call.query.get("insertDataOption", "OVERWRITE")
        if insert not in ("OVERWRITE", "INSERT_ROWS"):
            raise bad_request(f"Invalid insertDataOption: {insert}")
        with self.store.writing(call.parts[0], call.identity) as draft:
            place = resolve(draft, call.parts[1])
            writing = self._writing(call.query, draft, call.body)
            done = append(draft, place, rows, writing, insert_rows=insert == "INSERT_ROWS")
            done["updates"] = {"spreadsheetId": draft.id} | done["updates"]
            done["updates"] |= _echo(draft, done["updates"], call.query, "updatedData")
        return dict(call.mask.apply({"spreadsheetId": call.parts[0]} | done))

    def values_batch_update(self, call: Call) -> Json:
        """spreadsheets.values.batchUpdate."""
        only(call.body, _BATCH_WRITE)
        data = call.body.get("data") or []
        with self.store.writing(call.parts[0], call.identity) as draft:
            answers = []
            for number, item in enumerate(data):
                rows = rows_of(item, f"data[{number}].values")
                only(item, _VALUE_RANGE, f"data[{number}]")
                place = resolve(draft, str(item.get("range") or ""))
                answers.append(self._one_write(draft, place, rows, item, call.body))
        return dict(call.mask.apply(_totals(call.parts[0], answers)))

    def values_update_by_filter(self, call: Call) -> Json:
        """spreadsheets.values.batchUpdateByDataFilter: where a column is at this moment."""
        only(call.body, _BATCH_WRITE)
        with self.store.writing(call.parts[0], call.identity) as draft:
            answers = []
            for number, item in enumerate(call.body.get("data") or []):
                rows = rows_of(item, f"data[{number}].values")
                only(item, {"dataFilter", "majorDimension", "values"}, f"data[{number}]")
                for place in places_of(draft, item.get("dataFilter") or {}):
                    done = self._one_write(draft, place, rows, item, call.body)
                    del done["spreadsheetId"]
                    answers.append(done | {"dataFilter": item["dataFilter"]})
        return dict(call.mask.apply(_totals(call.parts[0], answers)))

    def _one_write(self, draft: Workbook, place: Place, rows: list[list[Any]], item: Json, options: Json) -> Json:
        done = {"spreadsheetId": draft.id} | write(draft, place, rows, self._writing(options, draft, item))
        return done | _echo(draft, done, options, "updatedData")

    def values_clear(self, call: Call) -> Json:
        """spreadsheets.values.clear."""
        with self.store.writing(call.parts[0], call.identity) as draft:
            return dict(call.mask.apply({"spreadsheetId": draft.id} | clear(resolve(draft, call.parts[1]))))

    def values_batch_clear(self, call: Call) -> Json:
        """spreadsheets.values.batchClear."""
        only(call.body, {"ranges"})
        with self.store.writing(call.parts[0], call.identity) as draft:
            done = [clear(resolve(draft, item))["clearedRange"] for item in call.body.get("ranges") or []]
            return dict(call.mask.apply({"spreadsheetId": draft.id, "clearedRanges": done}))

    def values_clear_by_filter(self, call: Call) -> Json:
        """spreadsheets.values.batchClearByDataFilter."""
        only(call.body, {"dataFilters"})
        with self.store.writing(call.parts[0], call.identity) as draft:
            places = [place for item in _filters(call.body) for place in places_of(draft, item)]
            done = [clear(place)["clearedRange"] for place in places]
            return dict(call.mask.apply({"spreadsheetId": draft.id} | ({"clearedRanges": done} if done else {})))

    # ---- developer metadata

    def search_tags(self, call: Call) -> Json:
        """spreadsheets.developerMetadata.search."""
        only(call.body, {"dataFilters"})
        workbook = self.store.read(call.parts[0], call.identity)
        matched = []
        for tag in workbook.tags:
            hits = [item for item in _filters(call.body) if tag in matching_tags(workbook, item)]
            if hits:
                matched.append({"developerMetadata": tag_json(tag), "dataFilters": hits})
        return dict(call.mask.apply({"matchedDeveloperMetadata": matched} if matched else {}))

    def get_tag(self, call: Call) -> Json:
        """spreadsheets.developerMetadata.get."""
        workbook = self.store.read(call.parts[0], call.identity)
        for tag in workbook.tags:
            if tag.id == int(call.parts[1]):
                return dict(call.mask.apply(tag_json(tag)))
        raise not_found()

    # ---- shared

    def today(self, time_zone: str) -> date:
        """The present day where the spreadsheet is."""
        try:
            zone = ZoneInfo(time_zone)
        except (ZoneInfoNotFoundError, ValueError):
            zone = ZoneInfo("Etc/GMT")
        return self.store.now().astimezone(zone).date()

    def _context(self, draft: Workbook | None, identity: str) -> Context:
        return Context(identity, self.today(draft.time_zone if draft else "Etc/GMT"), self.behaviour)

    def _writing(self, options: Any, draft: Workbook, body: Json) -> Writing:
        option = str(options.get("valueInputOption") or "")
        return Writing(option, self.today(draft.time_zone), body.get("majorDimension") or "ROWS")


def _reading(options: Any) -> Reading:
    names = ("majorDimension", "valueRenderOption", "dateTimeRenderOption")
    major, render, dates = (options.get(name) for name in names)
    return Reading(major or "ROWS", render or "FORMATTED_VALUE", dates or "SERIAL_NUMBER")


def _echo(draft: Workbook, done: Json, options: Any, name: str) -> Json:
    if str(options.get("includeValuesInResponse") or "").lower() not in ("true", "1"):
        return {}
    render = options.get("responseValueRenderOption") or "FORMATTED_VALUE"
    dates = options.get("responseDateTimeRenderOption") or "SERIAL_NUMBER"
    return {name: read(draft, resolve(draft, done["updatedRange"]), Reading("ROWS", render, dates))}


def _filters(body: Json) -> list[Json]:
    filters = body.get("dataFilters")
    if not isinstance(filters, list) or not filters:
        raise bad_request("At least one dataFilter is required.")
    return filters


def _order(workbook: Workbook, place: Place) -> tuple[int, int, int]:
    return workbook.sheets.index(place.sheet), place.area.top, place.area.left


def _totals(spreadsheet_id: str, answers: list[Json]) -> Json:
    totals: Json = {
        "totalUpdatedRows": sum(answer.get("updatedRows", 0) for answer in answers),
        "totalUpdatedColumns": max((answer.get("updatedColumns", 0) for answer in answers), default=0),
        "totalUpdatedCells": sum(answer.get("updatedCells", 0) for answer in answers),
        "totalUpdatedSheets": len({answer["updatedRange"].rpartition("!")[0] for answer in answers}),
    }
    kept = {name: count for name, count in totals.items() if count}
    return {"spreadsheetId": spreadsheet_id} | kept | ({"responses": answers} if answers else {})
