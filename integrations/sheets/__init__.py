"""Partners' Google Sheets: what a tab looks like, the merge of its cells, and the one door to Google's API."""
