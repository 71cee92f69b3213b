"""Makes archives for tests: ZIPs from folders or from a table of names and contents."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

from indexer.evidence.archive import Archive
from indexer.importers import Importer
from indexer.record import Problem, Record, Tally

CASES = Path(__file__).parents[1] / "archives"
REAL = Path(__file__).parents[3] / "shared" / "real_archives"


def values(importer: Importer, archive: Archive) -> list[Record | Problem | Tally]:
    """Return what an importer reads in an archive, asked for without identifying it."""
    return list(importer.records(archive, importer.facts(archive)))


def zip_folder(folder: Path, target: Path, prefix: str = "") -> Path:
    """Pack a folder; members in sorted order and with a fixed time, so that the file is the same each time."""
    files = {prefix + path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
    return zip_files(files, target)


def zip_files(files: Mapping[str, bytes | str], target: Path) -> Path:
    """Pack a table of names and contents."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2024, 1, 2, 3, 4, 6)), content, zipfile.ZIP_DEFLATED)
    return target


def folder_of(files: Mapping[str, bytes | str], target: Path) -> Path:
    """Write a table of names and contents as files."""
    for name, content in files.items():
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return target
