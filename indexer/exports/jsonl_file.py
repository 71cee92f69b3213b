"""Records as JSON Lines: one object a line, every text exact, lists as lists."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

import msgspec

from indexer.exports.values import Cell, Description, Exact, Written

_ESCAPED: Final = {"\u0085".encode(): rb"\u0085", "\u2028".encode(): rb"\u2028", "\u2029".encode(): rb"\u2029"}
"""Line separators that JSON may hold raw, and that many programs take for the end of a line."""

_SEPARATOR: Final = re.compile(b"|".join(_ESCAPED))


class JsonlFile:
    """The JSON Lines exporter."""

    name = "jsonl"
    title = "JSON Lines, exact, for programs"
    suffix = ".jsonl"

    def open(self, path: Path, columns: Iterable[str], description: Description) -> JsonlRows:  # noqa: ARG002  # the protocol's
        """Begin the file. Raises OSError."""
        return JsonlRows(path)


class JsonlRows:
    """Writes one line for each record, in UTF-8."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb")
        self._encode = msgspec.json.Encoder().encode

    def add(self, exact: Mapping[str, Exact], cells: list[Cell]) -> None:  # noqa: ARG002  # the protocol's
        """Write one record."""
        try:
            line = self._encode(exact)
        except UnicodeEncodeError:  # half a letter (a lone surrogate): only the escaped form of JSON can hold it
            line = json.dumps(exact, separators=(",", ":")).encode("ascii")
        if _SEPARATOR.search(line):
            line = _SEPARATOR.sub(lambda found: _ESCAPED[found[0]], line)
        self._file.write(line + b"\n")

    def abandon(self) -> None:
        """Let go of the file. Does nothing after `close`."""
        self._file.close()

    def close(self) -> Written:
        """End the file."""
        self._file.close()
        return Written()
