"""The Excel workbook of an export: records for people, all columns, and what the package is."""

from indexer.exports.workbook.readable import READABLE_COLUMNS
from indexer.exports.workbook.workbook import XlsxFile

__all__ = ["READABLE_COLUMNS", "XlsxFile"]
