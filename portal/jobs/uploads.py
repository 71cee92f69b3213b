"""Uploads are written straight to a file in the data folder, so that an archive of several GB is never held in memory.

Files of an upload that did not become a job (a lost connection, a refused form) are removed when the request ends.
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
ROOM_LEFT = 256 * 2**20  # bytes of disk space that an upload leaves free


class NoRoom(Exception):
    """The disk of the data folder cannot hold the upload."""


class PortalRequest(Request):
    """A request that writes its files to SHOWME_DATA/uploads as they arrive."""

    def _get_file_stream(
        self,
        total_content_length: int | None,  # noqa: ARG002  # Werkzeug's signature
        content_type: str | None,  # noqa: ARG002  # Werkzeug's signature
        filename: str | None = None,  # noqa: ARG002  # Werkzeug's signature
        content_length: int | None = None,  # noqa: ARG002  # Werkzeug's signature
    ) -> IO[bytes]:
        site: Site = current_app.extensions["showme"]
        folder = site.config.uploads
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{secrets.token_hex(8)}.part"
        self.parts.append(path)
        part = path.open("w+b")
        fcntl.flock(part, fcntl.LOCK_EX)  # until it is complete; a killed process releases it, which `remove_orphans` checks
        return part

    @property
    def parts(self) -> list[Path]:
        """The files this request has written that are not kept yet."""
        parts: list[Path] = self.environ.setdefault("showme.parts", [])
        return parts

    def close(self) -> None:
        """Remove the files that were not kept."""
        super().close()
        for path in self.parts:
            path.unlink(missing_ok=True)
        self.parts.clear()


def remove_orphans(folder: Path) -> int:
    """Remove unfinished uploads of killed processes and return how many; uploads still in progress are locked and stay."""
    removed = 0
    for path in folder.glob("*.part"):
        try:
            with path.open("rb") as part:
                fcntl.flock(part, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if path.stat().st_mtime < time.time() - ORPHAN_SECONDS:  # otherwise it may have been created just now
                    path.unlink()
                    removed += 1
        except (BlockingIOError, FileNotFoundError):
            continue  # still arriving, or already removed
    return removed


def check_room(expected: int | None) -> None:
    """Refuse an upload that the disk cannot hold twice (upload and vault), before it begins. Raises NoRoom."""
    folder = the_site().config.data
    if expected and shutil.disk_usage(folder).free < 2 * expected + ROOM_LEFT:
        raise NoRoom


def keep(files: Sequence[FileStorage]) -> list[Path]:
    """Move each uploaded file to its own folder under its original name; return the paths in the order sent."""
    kept_paths = []
    for file in files:
        path = Path(file.stream.name)
        file.close()
        folder = path.with_suffix("")
        folder.mkdir()
        kept_paths.append(path.rename(folder / safe_name(file.filename or "")))
    return kept_paths


def discard(paths: Sequence[Path]) -> None:
    """Remove uploads that are in custody or were refused, with their folders."""
    for path in paths:
        path.unlink(missing_ok=True)
        if path.parent.is_dir() and not any(path.parent.iterdir()):
            path.parent.rmdir()


def safe_name(name: str) -> str:
    """Return a file name without folders, characters special to a shell or file system, or leading dots."""
    last = PurePosixPath(name.replace("\\", "/")).name
    clean = "".join(char if char.isalnum() or char in " ._-()" else "_" for char in last).strip(" .")
    cut = clean.encode()[-MAX_NAME:].decode(errors="ignore").strip(" .")  # keep the end, which has the file type
    return cut or "archive"
