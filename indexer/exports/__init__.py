"""Export the records of a search as one ZIP: CSV, Excel, JSON Lines and media in a valid BagIt bag.

Optional: an offline viewer, PDFs of the records, related records from their threads, and the search certificate.
Streamed in one pass, so memory does not grow with the size of the texts. A package is complete or not written at all.
"""

from indexer.atomic_files import remove_partials
from indexer.exports.columns import COLUMNS
from indexer.exports.names import numbered_name, package_name
from indexer.exports.package import write_package
from indexer.exports.pdf_file import refuse_too_many
from indexer.exports.tables import EXPORTERS
from indexer.exports.values import (
    CaptureLine,
    Choices,
    Description,
    Exporter,
    ExportError,
    ExportMismatch,
    ExportReport,
    Extras,
    OpenMedia,
    PdfLayout,
    SetDigest,
)

__all__ = [
    "COLUMNS",
    "EXPORTERS",
    "CaptureLine",
    "Choices",
    "Description",
    "ExportError",
    "ExportMismatch",
    "ExportReport",
    "Exporter",
    "Extras",
    "OpenMedia",
    "PdfLayout",
    "SetDigest",
    "numbered_name",
    "package_name",
    "refuse_too_many",
    "remove_partials",
    "write_package",
]
