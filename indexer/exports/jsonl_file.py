"""Records as JSON Lines: one object per line, exact texts, lists as lists."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

import msgspec

from indexer.exports.values import Cell, Description, Exact, FormatReport

_ESCAPED: Final = {"\u0085".encode(): rb"\u0085", "\u2028".encode(): rb"\u2028", "\u2029".encode(): rb"\u2029"}
"""Line separators that JSON allows unescaped but many programs take for the end of a line."""

_SEPARATOR: Final = re.compile(b"|".join(_ESCAPED))


class JsonlFile:
    """The JSON Lines exporter."""

    name = "jsonl"
    title = "JSON Lines, exact, for programs"
    suffix = ".jsonl"

    def open(self, path: Path, columns: Iterable[str], description: Description) -> JsonlRows:  # noqa: ARG002  # part of the protocol
        """Create the file. Raises OSError."""
        return JsonlRows(path)


class JsonlRows:
    """Writer of JSON Lines, one UTF-8 line per record."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb")
        self._encode = msgspec.json.Encoder().encode

    def add(self, exact: Mapping[str, Exact], cells: list[Cell]) -> None:  # noqa: ARG002  # part of the protocol
        """Write a record."""
        try:
            line = self._encode(exact)
        except UnicodeEncodeError:  # a lone surrogate: only escaped JSON can hold it
            line = json.dumps(exact, separators=(",", ":")).encode("ascii")
        if _SEPARATOR.search(line):
            line = _SEPARATOR.sub(lambda match: _ESCAPED[match[0]], line)
        self._file.write(line + b"\n")

    def abandon(self) -> None:
        """Close the file without finishing it. Does nothing after `close`."""
        self._file.close()

    def close(self) -> FormatReport:
        """Close the file."""
        self._file.close()
        return FormatReport()
