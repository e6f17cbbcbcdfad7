"""DataFilter: which developer metadata, and which cells, a filter means."""

from __future__ import annotations

from integrations.local.google.ranges import Place, grid_place, resolve
from integrations.local.google.wire import Json, bad_request, integer, only
from integrations.local.google.workbook import ROWS, Area, Tag, Workbook

_LOOKUP_FIELDS = {
    "locationType", "metadataLocation", "locationMatchingStrategy", "metadataId", "metadataKey", "metadataValue",
    "visibility",
}  # fmt: skip
_LOCATION_TYPES = ("ROW", "COLUMN", "SHEET", "SPREADSHEET")


def location_type(tag: Tag) -> str:
    """ROW, COLUMN, SHEET or SPREADSHEET."""
    if tag.dimension is not None:
        return "ROW" if tag.dimension == ROWS else "COLUMN"
    return "SPREADSHEET" if tag.sheet is None else "SHEET"


def matching_tags(workbook: Workbook, data_filter: Json) -> list[Tag]:
    """The developer metadata that a DataFilter selects."""
    kind, value = _union(data_filter)
    if kind != "developerMetadataLookup":
        place = _place(workbook, kind, value)
        return [tag for tag in workbook.tags if _on(tag, place)]
    only(value, _LOOKUP_FIELDS, "developerMetadataLookup")
    wanted_type = value.get("locationType")
    if wanted_type not in (None, *_LOCATION_TYPES):
        raise bad_request(f"Invalid locationType: {wanted_type}")
    return [tag for tag in workbook.tags if _matches(tag, value)]


def places_of(workbook: Workbook, data_filter: Json) -> list[Place]:
    """The cells that a DataFilter selects: whole rows, columns or tabs for metadata."""
    kind, value = _union(data_filter)
    if kind != "developerMetadataLookup":
        return [_place(workbook, kind, value)]
    return [_tag_place(workbook, tag) for tag in matching_tags(workbook, data_filter) if tag.sheet is not None]


def _union(data_filter: Json) -> tuple[str, Json]:
    only(data_filter, {"a1Range", "gridRange", "developerMetadataLookup"}, "dataFilter")
    if len(data_filter) != 1:
        raise bad_request("Exactly one of a1Range, gridRange and developerMetadataLookup must be set.")
    kind, value = next(iter(data_filter.items()))
    return kind, value


def _place(workbook: Workbook, kind: str, value: object) -> Place:
    if kind == "a1Range":
        return resolve(workbook, str(value))
    return grid_place(workbook, value if isinstance(value, dict) else {})


def _tag_place(workbook: Workbook, tag: Tag) -> Place:
    sheet = workbook.sheet(tag.sheet or 0)
    if tag.dimension is None or tag.index is None:
        return Place(sheet, sheet.whole)
    if tag.dimension == ROWS:
        return Place(sheet, Area(tag.index, tag.index + 1, 0, sheet.column_count), bounded=True)
    return Place(sheet, Area(0, sheet.row_count, tag.index, tag.index + 1), bounded=True)


def _on(tag: Tag, place: Place) -> bool:
    if tag.sheet != place.sheet.id:
        return False
    if tag.index is None:
        return place.area == place.sheet.whole
    low, high = (place.area.top, place.area.bottom) if tag.dimension == ROWS else (place.area.left, place.area.right)
    return low <= tag.index < high


def _matches(tag: Tag, lookup: Json) -> bool:
    wanted_id = integer(lookup, "metadataId", -1)
    wanted = (
        lookup.get("metadataKey"),
        lookup.get("metadataValue"),
        lookup.get("visibility"),
        lookup.get("locationType"),
    )
    own = (tag.key, tag.value, tag.visibility, location_type(tag))
    if wanted_id >= 0 and tag.id != wanted_id:
        return False
    if any(asked is not None and asked != have for asked, have in zip(wanted, own, strict=True)):
        return False
    where = lookup.get("metadataLocation")
    return not where or _located(tag, where, exact=lookup.get("locationMatchingStrategy") == "EXACT_LOCATION")


def _located(tag: Tag, where: Json, *, exact: bool) -> bool:
    if where.get("spreadsheet"):
        return tag.sheet is None or not exact
    if "dimensionRange" in where:
        span = where["dimensionRange"]
        if (tag.sheet, tag.dimension) != (integer(span, "sheetId", 0), span.get("dimension")) or tag.index is None:
            return False
        return integer(span, "startIndex", 0) <= tag.index < integer(span, "endIndex", 2**31 - 1)
    return tag.sheet == integer(where, "sheetId", 0) and (tag.index is None or not exact)
