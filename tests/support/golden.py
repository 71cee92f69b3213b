"""Golden files: what an importer makes of an archive, one JSON line each. `make golden` writes them anew."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import Any

import msgspec

from indexer.evidence.archive import open_archive
from indexer.importers import identify
from indexer.record import Record
from tests.support.builders import CASES


def cases() -> list[Path]:
    """Return every case: a folder with `archive/` (or `archive.zip`) and, beside it, `expected.jsonl`."""
    return sorted(path.parent for path in CASES.glob("*/*/archive*") if path.name in {"archive", "archive.zip"})


def lines(path: Path) -> Iterator[str]:
    """Yield the facts, then every record, problem and tally of an archive, as JSON lines."""
    identified = identify(open_archive(path))
    yield _line({"importer": identified.importer.name, "facts": _plain(identified.facts)})
    for value in identified.records():
        plain = _plain(value)
        if isinstance(value, Record):
            plain["raw"] = hashlib.sha256(value.raw).hexdigest()[:16]
        yield _line({type(value).__name__.lower(): plain})


def _plain(value: Any) -> dict[str, Any]:
    table = asdict(value) if is_dataclass(value) else msgspec.structs.asdict(value)
    if "kinds" in table:
        table["kinds"] = sorted(table["kinds"])
    return {key: content for key, content in table.items() if content not in ("", (), None, {}, False, 0)}


def _line(table: dict[str, Any]) -> str:
    return msgspec.json.encode(table, order="sorted", enc_hook=str).decode()


def expected(case: Path) -> Path:
    return case / "expected.jsonl"


def archive_of(case: Path) -> Path:
    folder = case / "archive"
    return folder if folder.is_dir() else case / "archive.zip"


if __name__ == "__main__":
    for case in cases():
        if not sys.argv[1:] or case.parent.name in sys.argv[1:]:
            expected(case).write_text("\n".join(lines(archive_of(case))) + "\n", encoding="utf-8")
            print(case)  # noqa: T201
