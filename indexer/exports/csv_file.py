"""Records as CSV: RFC 4180, UTF-8 with a byte order mark so that Excel reads accents, formulas neutralized."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from indexer.exports.values import Cell, Description, Exact, FormatReport
from indexer.spreadsheets import FORMULA_STARTS, escape_formula

_SURROGATE = re.compile("[\ud800-\udfff]")
_SEPARATOR = re.compile("[\u0085\u2028\u2029]")
_ODD = re.compile("[\0\u0085\u2028\u2029]")
_BETWEEN = '","'
_GUARDED = re.compile(f'(?:^|",")[{re.escape("".join(sorted(FORMULA_STARTS)))}]')


class CsvFile:
    """The CSV exporter."""

    name = "csv"
    title = "CSV, for any spreadsheet or database"
    suffix = ".csv"

    def open(self, path: Path, columns: Iterable[str], description: Description) -> CsvRows:  # noqa: ARG002  # part of the protocol
        """Create the file and write its header row. Raises OSError."""
        return CsvRows(path, columns)


class CsvRows:
    """Writer of CSV rows, one line per record. Every cell is quoted; lines end in CR LF."""

    def __init__(self, path: Path, columns: Iterable[str]) -> None:
        self._file = path.open("wb")
        self._file.write(codecs.BOM_UTF8)
        self._guarded = self._replaced = self._nul = self._separated = 0
        self.add({}, list(columns))

    def add(self, exact: Mapping[str, Exact], cells: list[Cell]) -> None:  # noqa: ARG002  # part of the protocol
        """Write a record. Most have nothing to escape, which is found out for the whole line at once."""
        texts = [cell if cell.__class__ is str else str(cell) for cell in cells]
        line = _BETWEEN.join(texts)
        if line.count('"') != 2 * (len(texts) - 1) or _ODD.search(line) or _GUARDED.search(line):
            line = _BETWEEN.join([self._escape(text) for text in texts])
        self._write(f'"{line}"\r\n')

    def _escape(self, cell: str) -> str:
        """Neutralize a formula, double quotation marks, replace NUL, which many programs take for the end of the file; count them."""
        if _ODD.search(cell):
            self._nul += cell.count("\0")
            self._separated += _SEPARATOR.search(cell) is not None
            cell = cell.replace("\0", "\u2400")
        escaped = escape_formula(cell)
        self._guarded += escaped != cell
        return escaped.replace('"', '""')

    def _write(self, line: str) -> None:
        try:
            data = line.encode()
        except UnicodeEncodeError:
            line, count = _SURROGATE.subn("\ufffd", line)
            self._replaced += count
            data = line.encode()
        self._file.write(data)

    def abandon(self) -> None:
        """Close the file without finishing it. Does nothing after `close`."""
        self._file.close()

    def close(self) -> FormatReport:
        """Close the file and report replaced characters."""
        self._file.close()
        notes = []
        if self._guarded:
            notes.append(
                f"records.csv: {self._guarded:,} cells begin with an apostrophe that is not in the record, so that no spreadsheet takes "
                "them for a formula. To undo this, remove the first apostrophe wherever apostrophes come before = + - @, a tab, or "
                "a line break; records.jsonl has the text without it."
            )
        if self._replaced:
            notes.append(
                f"records.csv: incomplete characters that UTF-8 forbids, replaced with U+FFFD: {self._replaced:,}. records.jsonl has them."
            )
        if self._nul:
            notes.append(f"records.csv: NUL characters, replaced with U+2400: {self._nul:,}. records.jsonl has them.")
        if self._separated:
            notes.append(
                f"records.csv: cells with the line separators U+0085, U+2028, or U+2029: {self._separated:,}. Some programs read these "
                "as the end of a line even inside quotation marks; records.jsonl has them escaped."
            )
        return FormatReport(tuple(notes), replaced=self._replaced + self._nul)
