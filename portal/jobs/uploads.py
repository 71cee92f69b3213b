"""Uploads go straight to a file in the data folder: no part of an archive of several GB is held in memory.

What an upload leaves behind without having become a job (a cut line, a refused form) is removed when the request ends.
"""

from __future__ import annotations

import fcntl
import secrets
import shutil
import time
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import IO

from flask import Request, current_app
from werkzeug.datastructures import FileStorage

from portal.site import Site
from portal.site import site as the_site

ORPHAN_SECONDS = 5.0
MAX_NAME = 150  # bytes; file systems take 255
ROOM_LEFT = 256 * 2**20  # bytes of the disk that an upload does not touch


class NoRoom(Exception):
    """The disk of the data folder cannot hold the upload."""


class PortalRequest(Request):
    """A request whose files are written below SHOWME_DATA/uploads while they arrive."""

    def _get_file_stream(
        self,
        total_content_length: int | None,  # noqa: ARG002  # Werkzeug names it
        content_type: str | None,  # noqa: ARG002  # Werkzeug names it
        filename: str | None = None,  # noqa: ARG002  # Werkzeug names it
        content_length: int | None = None,  # noqa: ARG002  # Werkzeug names it
    ) -> IO[bytes]:
        site: Site = current_app.extensions["showme"]
        folder = site.config.uploads
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{secrets.token_hex(8)}.part"
        self.parts.append(path)
        part = path.open("w+b")
        fcntl.flock(part, fcntl.LOCK_EX)  # until it is whole: a killed process lets go, and `remove_orphans` knows by that
        return part

    @property
    def parts(self) -> list[Path]:
        """The files that this request has written and nobody has kept yet."""
        parts: list[Path] = self.environ.setdefault("showme.parts", [])
        return parts

    def close(self) -> None:
        """Remove what nobody kept."""
        super().close()
        for path in self.parts:
            path.unlink(missing_ok=True)
        self.parts.clear()


def remove_orphans(folder: Path) -> int:
    """Remove the unfinished uploads of killed processes and return how many; those that still arrive are locked and stay."""
    removed = 0
    for path in folder.glob("*.part"):
        try:
            with path.open("rb") as part:
                fcntl.flock(part, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if path.stat().st_mtime < time.time() - ORPHAN_SECONDS:  # else it may have been made this moment
                    path.unlink()
                    removed += 1
        except (BlockingIOError, FileNotFoundError):
            continue  # still arriving, or gone meanwhile
    return removed


def check_room(expected: int | None) -> None:
    """Refuse an upload before it begins when the disk cannot hold it twice (upload and vault). Raises NoRoom."""
    folder = the_site().config.data
    if expected and shutil.disk_usage(folder).free < 2 * expected + ROOM_LEFT:
        raise NoRoom


def keep(files: Sequence[FileStorage]) -> list[Path]:
    """Give each uploaded file a folder of its own and the name it came with; return the paths, in the order sent."""
    kept = []
    for file in files:
        path = Path(file.stream.name)
        file.close()
        folder = path.with_suffix("")
        folder.mkdir()
        kept.append(path.rename(folder / safe_name(file.filename or "")))
    return kept


def discard(paths: Sequence[Path]) -> None:
    """Remove uploads that are in custody or were refused, with their folders."""
    for path in paths:
        path.unlink(missing_ok=True)
        if path.parent.is_dir() and not any(path.parent.iterdir()):
            path.parent.rmdir()


def safe_name(name: str) -> str:
    """Return a file name without folders, signs that a shell or a file system minds, or leading dots."""
    last = PurePosixPath(name.replace("\\", "/")).name
    clean = "".join(char if char.isalnum() or char in " ._-()" else "_" for char in last).strip(" .")
    cut = clean.encode()[-MAX_NAME:].decode(errors="ignore").strip(" .")  # the end is kept: it says what kind of file it is
    return cut or "archive"
