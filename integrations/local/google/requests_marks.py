"""Requests on what is marked in a spreadsheet: developer metadata, protections, named ranges, the basic filter."""

from __future__ import annotations

import re
from dataclasses import replace

from integrations.local.google.kinds import Context, fresh_id, kinds, merged, update_mask
from integrations.local.google.lookup import matching_tags
from integrations.local.google.ranges import area_of, grid_json, grid_place, without_zero_sheet
from integrations.local.google.spreadsheets import protected_json, tag_json
from integrations.local.google.wire import Json, bad_request, integer, mapping, only
from integrations.local.google.workbook import COLUMNS, ROWS, Tag, Workbook

_TAG_FIELDS = frozenset({"metadataId", "metadataKey", "metadataValue", "location", "visibility"})
_PROTECTED_FIELDS = frozenset(
    [
        "protectedRangeId",
        "range",
        "namedRangeId",
        "tableId",
        "description",
        "warningOnly",
        "requestingUserCanEdit",
        "unprotectedRanges",
        "editors",
    ]
)
_NAMED_FIELDS = frozenset({"namedRangeId", "name", "range"})
_NAME = re.compile(r"[A-Za-z_À-ÿ][\wÀ-ÿ.]{0,249}")
# Google's limit is 30,000 characters of keys and values; Behaviour says in which scope.
_TAG_CHARACTERS = 30_000


def new_tag(workbook: Workbook, body: Json, context: Context) -> Tag:
    """A developer metadata from its message, not yet in the workbook; 400 on an id that is in use."""
    only(body, _TAG_FIELDS | {"developerMetadata"}, "developerMetadata")
    taken = {tag.id for tag in workbook.tags}
    tag_id = integer(body, "metadataId", 0) or fresh_id(taken)
    if tag_id in taken:
        named = f"Developer metadata with id {tag_id} already exists: the id is already in use."
        raise bad_request(named if context.behaviour.names_reused_tag else "Request contains an invalid argument.")
    if tag_id < 0:
        raise bad_request("metadataId must be positive.")
    if not body.get("metadataKey") or not isinstance(body.get("location"), dict):
        raise bad_request("developerMetadata needs metadataKey and location.")
    _visibility(body)
    sheet, dimension, index = _location(workbook, body["location"])
    value = body.get("metadataValue")
    tag = Tag(tag_id, str(body["metadataKey"]), value, body["visibility"], sheet, dimension, index)
    _check_room(workbook, tag, by_tab=context.behaviour.tags_limited_by_tab)
    return tag


def _visibility(body: Json) -> None:
    if body.get("visibility") not in ("DOCUMENT", "PROJECT"):
        raise bad_request("developerMetadata.visibility must be DOCUMENT or PROJECT.")


def _check_room(workbook: Workbook, fresh: Tag, *, by_tab: bool) -> None:
    together = [tag for tag in workbook.tags if not by_tab or tag.sheet == fresh.sheet]
    if sum(len(tag.key) + len(tag.value or "") for tag in (*together, fresh)) > _TAG_CHARACTERS:
        scope = "sheet" if by_tab else "spreadsheet"
        raise bad_request(f"The developer metadata of this {scope} exceeds {_TAG_CHARACTERS} characters.")


def _location(workbook: Workbook, where: Json) -> tuple[int | None, str | None, int | None]:
    only(where, {"locationType", "spreadsheet", "sheetId", "dimensionRange"}, "location")
    chosen = [name for name in ("spreadsheet", "sheetId", "dimensionRange") if where.get(name) not in (None, False)]
    if len(chosen) != 1:
        raise bad_request("location must be exactly one of spreadsheet, sheetId and dimensionRange.")
    if chosen == ["spreadsheet"]:
        return None, None, None
    if chosen == ["sheetId"]:
        return workbook.sheet(integer(where, "sheetId")).id, None, None
    span = mapping(where, "dimensionRange")
    only(span, {"sheetId", "dimension", "startIndex", "endIndex"}, "location.dimensionRange")
    sheet = workbook.sheet(integer(span, "sheetId", 0))
    start, end = integer(span, "startIndex", 0), integer(span, "endIndex")
    if span.get("dimension") not in (ROWS, COLUMNS):
        raise bad_request(f"Invalid dimension: {span.get('dimension')}")
    if end - start != 1:
        raise bad_request("A dimensionRange of developer metadata must be exactly one row or column.")
    if not 0 <= start < sheet.count(str(span["dimension"])):
        raise bad_request(f"There is no {span['dimension'].lower()} at index {start}.")
    return sheet.id, str(span["dimension"]), start


def _create_tag(workbook: Workbook, body: Json, context: Context) -> Json:
    tag = new_tag(workbook, mapping(body, "developerMetadata"), context)
    workbook.tags.append(tag)
    return {"developerMetadata": tag_json(tag)}


def _filtered(workbook: Workbook, filters: object) -> list[Tag]:
    if not isinstance(filters, list) or not filters:
        raise bad_request("At least one dataFilter is required.")
    ids = {tag.id for item in filters for tag in matching_tags(workbook, item)}
    return [tag for tag in workbook.tags if tag.id in ids]


def _update_tag(workbook: Workbook, body: Json, _context: Context) -> Json:
    mask, change = update_mask(body, _TAG_FIELDS), mapping(body, "developerMetadata")
    only(change, _TAG_FIELDS, "developerMetadata")
    done = []
    for tag in _filtered(workbook, body.get("dataFilters")):
        message = merged(tag_json(tag), change, mask)
        _visibility(message)
        fresh = replace(
            tag, key=message["metadataKey"], value=message.get("metadataValue"), visibility=message["visibility"]
        )
        if mask.has("location") and "location" in change:
            sheet, dimension, index = _location(workbook, change["location"])
            fresh = replace(fresh, sheet=sheet, dimension=dimension, index=index)
        workbook.tags[workbook.tags.index(tag)] = fresh
        done.append({"developerMetadata": tag_json(fresh)})
    return {"developerMetadata": [item["developerMetadata"] for item in done]} if done else {}


def _delete_tag(workbook: Workbook, body: Json, _context: Context) -> Json:
    gone = _filtered(workbook, [mapping(body, "dataFilter")])
    workbook.tags = [tag for tag in workbook.tags if tag not in gone]
    return {"deletedDeveloperMetadata": [tag_json(tag) for tag in gone]} if gone else {}


def _protected_ids(workbook: Workbook) -> set[int]:
    return {item["protectedRangeId"] for sheet in workbook.sheets for item in sheet.protected}


def _clean_protection(workbook: Workbook, item: Json) -> Json:
    only(item, _PROTECTED_FIELDS, "protectedRange")
    where = dict(item.get("range") or {})
    sheet = workbook.sheet(integer(where, "sheetId", 0))
    area_of(sheet, where)
    kept = {name: value for name, value in item.items() if value not in (None, False, "", [])}
    return kept | {"range": where | {"sheetId": sheet.id}, "requestingUserCanEdit": True}


def add_protection(workbook: Workbook, message: Json, context: Context) -> Json:
    """Add a ProtectedRange; whoever adds it may edit it.

    Returns:
        The message as addProtectedRange answers it: with empty editors, as recorded.
    """
    taken = _protected_ids(workbook)
    wanted = integer(message, "protectedRangeId", 0) or fresh_id(taken)
    if wanted in taken:
        raise bad_request(f"A protected range with id {wanted} already exists.")
    item: Json = {"protectedRangeId": wanted} | _clean_protection(workbook, message)
    item["protectedRangeId"] = wanted
    answer = protected_json(item)
    if not item.get("warningOnly"):
        editors = dict(item.get("editors") or {})
        people = {name: value for name, value in editors.items() if value}
        answer = answer | {"editors": people}
        item["editors"] = people | {"users": sorted({*people.get("users", []), context.identity})}
    else:
        item.pop("editors", None)
    workbook.sheet(item["range"]["sheetId"]).protected.append(item)
    return answer


def _add_protection(workbook: Workbook, body: Json, context: Context) -> Json:
    return {"protectedRange": add_protection(workbook, mapping(body, "protectedRange"), context)}


def _find_protection(workbook: Workbook, wanted: int) -> tuple[list[Json], int]:
    for sheet in workbook.sheets:
        for place, item in enumerate(sheet.protected):
            if item["protectedRangeId"] == wanted:
                return sheet.protected, place
    raise bad_request(f"No protected range with id: {wanted}")


def _update_protection(workbook: Workbook, body: Json, _context: Context) -> None:
    mask, change = update_mask(body, _PROTECTED_FIELDS), mapping(body, "protectedRange")
    items, place = _find_protection(workbook, integer(change, "protectedRangeId"))
    fresh = merged(items[place], change, mask) | {"protectedRangeId": items[place]["protectedRangeId"]}
    old = items.pop(place)
    fresh = {"protectedRangeId": old["protectedRangeId"]} | _clean_protection(workbook, fresh)
    workbook.sheet(fresh["range"]["sheetId"]).protected.append(fresh)


def _delete_protection(workbook: Workbook, body: Json, _context: Context) -> None:
    items, place = _find_protection(workbook, integer(body, "protectedRangeId"))
    del items[place]


def _add_named(workbook: Workbook, body: Json, _context: Context) -> Json:
    message = mapping(body, "namedRange")
    only(message, _NAMED_FIELDS, "namedRange")
    taken = {named["namedRangeId"] for named in workbook.named}
    wanted = str(message.get("namedRangeId") or fresh_id(set()))
    if wanted in taken:
        raise bad_request(f"A named range with id {wanted} already exists.")
    name = str(message.get("name") or "")
    if not _NAME.fullmatch(name):
        raise bad_request(f"The name of the range is not valid: {name}")
    if any(named["name"].casefold() == name.casefold() for named in workbook.named):
        raise bad_request(f'Cannot add a duplicate range name: a range named "{name}" already exists.')
    where = mapping(message, "range")
    place = grid_place(workbook, where)
    named: Json = {"namedRangeId": wanted, "name": name, "range": where | {"sheetId": place.sheet.id}}
    workbook.named.append(named)
    return {"namedRange": named | {"range": without_zero_sheet(named["range"])}}


def _update_named(workbook: Workbook, body: Json, _context: Context) -> None:
    mask, change = update_mask(body, _NAMED_FIELDS), mapping(body, "namedRange")
    for place, named in enumerate(workbook.named):
        if named["namedRangeId"] == change.get("namedRangeId"):
            fresh = merged(named, change, mask) | {"namedRangeId": named["namedRangeId"]}
            where = mapping(fresh, "range")
            workbook.named[place] = fresh | {"range": where | {"sheetId": grid_place(workbook, where).sheet.id}}
            return
    raise bad_request(f"No named range with id: {change.get('namedRangeId')}")


def _delete_named(workbook: Workbook, body: Json, _context: Context) -> None:
    wanted = body.get("namedRangeId")
    kept = [named for named in workbook.named if named["namedRangeId"] != wanted]
    if len(kept) == len(workbook.named):
        raise bad_request(f"No named range with id: {wanted}")
    workbook.named = kept


def _set_filter(workbook: Workbook, body: Json, _context: Context) -> None:
    message = mapping(body, "filter")
    only(message, {"range", "sortSpecs", "criteria", "filterSpecs", "tableId"}, "filter")
    place = grid_place(workbook, message.get("range") or {})
    full = grid_json(place.sheet.id, place.area) | {"sheetId": place.sheet.id}
    place.sheet.basic_filter = message | {"range": full}


def _clear_filter(workbook: Workbook, body: Json, _context: Context) -> None:
    workbook.sheet(integer(body, "sheetId", 0)).basic_filter = None


MARK_KINDS = kinds(
    createDeveloperMetadata=(_create_tag, "developerMetadata"),
    updateDeveloperMetadata=(_update_tag, "dataFilters developerMetadata fields"),
    deleteDeveloperMetadata=(_delete_tag, "dataFilter"),
    addProtectedRange=(_add_protection, "protectedRange"),
    updateProtectedRange=(_update_protection, "protectedRange fields"),
    deleteProtectedRange=(_delete_protection, "protectedRangeId"),
    addNamedRange=(_add_named, "namedRange"),
    updateNamedRange=(_update_named, "namedRange fields"),
    deleteNamedRange=(_delete_named, "namedRangeId"),
    setBasicFilter=(_set_filter, "filter"),
    clearBasicFilter=(_clear_filter, "sheetId"),
)
