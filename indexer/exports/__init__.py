"""Hands over what a search counted: CSV, Excel, JSON Lines and media in one ZIP that is a valid BagIt bag.

On demand with an offline viewer, PDFs of the records, the context of their threads, and the certificate of the search.
Streamed in one pass, with memory that does not grow with the records' texts; whole or absent.
"""

from __future__ import annotations

from indexer.atomic_files import remove_partials
from indexer.exports.columns import COLUMNS
from indexer.exports.package import EXPORTERS, packed
from indexer.exports.values import (
    Around,
    CaptureLine,
    Choices,
    Description,
    Exporter,
    ExportError,
    ExportMismatch,
    ExportReport,
    OpenMedia,
    PdfLayout,
)

__all__ = [
    "COLUMNS",
    "EXPORTERS",
    "Around",
    "CaptureLine",
    "Choices",
    "Description",
    "ExportError",
    "ExportMismatch",
    "ExportReport",
    "Exporter",
    "OpenMedia",
    "PdfLayout",
    "packed",
    "remove_partials",
]
