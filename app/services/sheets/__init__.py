"""The partners' sheets: one sync for each workbook, what it writes, what it reads, what it holds."""
