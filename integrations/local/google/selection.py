"""Which names a `fields` query may have: a misspelt one is a 400 at Google, and must not pass unseen here.

The names are checked one by one, not path by path.
"""

from __future__ import annotations

from integrations.local.google.masks import Mask
from integrations.local.google.wire import bad_request

_SPREADSHEET = """
    spreadsheetId properties sheets namedRanges spreadsheetUrl developerMetadata dataSources dataSourceSchedules
    title locale autoRecalc timeZone defaultFormat iterativeCalculationSettings spreadsheetTheme primaryFontFamily
    themeColors colorType color importFunctionsExternalUrlAccessAllowed
    data merges conditionalFormats filterViews protectedRanges basicFilter charts bandedRanges rowGroups columnGroups
    slicers tables sheetId index sheetType gridProperties hidden tabColor tabColorStyle rightToLeft
    dataSourceSheetProperties rowCount columnCount frozenRowCount frozenColumnCount hideGridlines
    rowGroupControlAfter columnGroupControlAfter
    startRow startColumn rowData rowMetadata columnMetadata values userEnteredValue effectiveValue formattedValue
    userEnteredFormat effectiveFormat hyperlink note textFormatRuns dataValidation pivotTable dataSourceTable
    dataSourceFormula chipRuns numberValue stringValue boolValue formulaValue errorValue type message pattern
    numberFormat backgroundColor backgroundColorStyle borders padding horizontalAlignment verticalAlignment
    wrapStrategy textDirection textFormat hyperlinkDisplayType textRotation rgbColor themeColor red green blue alpha
    foregroundColor foregroundColorStyle fontFamily fontSize bold italic strikethrough underline link
    top right bottom left style width condition inputMessage strict showCustomUi relativeDate
    hiddenByFilter hiddenByUser pixelSize dataSourceColumnReference
    metadataId metadataKey metadataValue location visibility locationType spreadsheet dimensionRange dimension
    startIndex endIndex range startRowIndex endRowIndex startColumnIndex endColumnIndex depth collapsed
    namedRangeId name protectedRangeId description warningOnly requestingUserCanEdit unprotectedRanges editors users
    groups domainUsersCanEdit tableId sortSpecs criteria filterSpecs dimensionIndex sortOrder columnIndex
    filterCriteria hiddenValues visibleBackgroundColor visibleForegroundColor filterViewId filter
    replies updatedSpreadsheet addSheet duplicateSheet addNamedRange addProtectedRange addDimensionGroup
    deleteDimensionGroup dimensionGroups createDeveloperMetadata updateDeveloperMetadata deleteDeveloperMetadata
    deletedDeveloperMetadata findReplace valuesChanged formulasChanged rowsChanged sheetsChanged occurrencesChanged
    protectedRange namedRange
    majorDimension valueRanges valueRange dataFilters dataFilter a1Range gridRange developerMetadataLookup
    updatedRange updatedRows updatedColumns updatedCells updatedData updates tableRange totalUpdatedRows
    totalUpdatedColumns totalUpdatedCells totalUpdatedSheets responses clearedRange clearedRanges
    matchedDeveloperMetadata
"""
_DRIVE = """
    kind id name mimeType description starred trashed explicitlyTrashed parents properties appProperties spaces version
    webContentLink webViewLink iconLink hasThumbnail thumbnailLink viewedByMe viewedByMeTime createdTime modifiedTime
    modifiedByMe modifiedByMeTime owners lastModifyingUser shared ownedByMe capabilities viewersCanCopyContent
    copyRequiresWriterPermission writersCanShare permissions permissionIds hasAugmentedPermissions folderColorRgb
    originalFilename fullFileExtension fileExtension md5Checksum size quotaBytesUsed headRevisionId isAppAuthorized
    exportLinks shortcutDetails driveId teamDriveId trashedTime trashingUser sharedWithMeTime sharingUser
    linkShareMetadata resourceKey displayName photoLink me emailAddress permissionId type role domain
    allowFileDiscovery expirationTime deleted pendingOwner permissionDetails
    files nextPageToken incompleteSearch changes newStartPageToken startPageToken changeType time removed fileId file
    comments content anchor author
"""
SHEETS_NAMES = frozenset(_SPREADSHEET.split())
DRIVE_NAMES = frozenset(_DRIVE.split())


def check_selection(mask: Mask, known: frozenset[str]) -> None:
    """Refuse a mask with a name that no answer has."""
    for name, sub in mask.children.items():
        if name != "*" and name not in known:
            raise bad_request(f"Invalid field selection {name}")
        check_selection(sub, known)
