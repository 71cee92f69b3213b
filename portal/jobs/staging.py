"""Uploaded files that wait for their user to look at the preview and add them: each in a folder of its own.

`staged-<user id>-<token>/<name of the file>` in the uploads folder. Adding a file renames its folder, so that a file is
added once, however often the form is sent.
"""

from __future__ import annotations

import re
import secrets
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from werkzeug.datastructures import FileStorage

from portal.jobs import uploads

KEEP_HOURS = 24  # that a file waits to be added
_FOLDER = re.compile(r"staged-(?P<user>\d+)-[0-9a-f]{16}")


@dataclass(frozen=True, slots=True)
class StagedUpload:
    """A file that waits to be added. `token` is the name of its folder."""

    token: str
    path: Path

    @property
    def name(self) -> str:
        """The file's name as uploaded."""
        return self.path.name


def stage(files: Sequence[FileStorage], user_id: int) -> list[StagedUpload]:
    """Keep uploaded files until their user adds them, in the order sent."""
    staged = []
    for path in uploads.keep(files):
        folder = path.parent.rename(path.parent.with_name(f"staged-{user_id}-{secrets.token_hex(8)}"))
        staged.append(StagedUpload(folder.name, folder / path.name))
    return staged


def find(folder: Path, token: str, user_id: int) -> StagedUpload | None:
    """Return a file that a user has staged; None if it was added, removed or is another user's."""
    match = _FOLDER.fullmatch(token)
    if match is None or int(match["user"]) != user_id or not (folder / token).is_dir():
        return None
    path = next((path for path in (folder / token).iterdir() if path.is_file()), None)
    return StagedUpload(token, path) if path else None


def claim(upload: StagedUpload) -> Path | None:
    """Take a file out of staging for good and return its new path; None if another request was faster."""
    target = upload.path.parent.with_name(secrets.token_hex(8))
    try:
        upload.path.parent.rename(target)
    except FileNotFoundError:
        return None
    return target / upload.name


def discard(upload: StagedUpload) -> None:
    """Remove a file from staging."""
    shutil.rmtree(upload.path.parent, ignore_errors=True)


def remove_expired(folder: Path, now: float | None = None) -> list[str]:
    """Remove the files that nobody added in time; return their names."""
    before = (time.time() if now is None else now) - KEEP_HOURS * 3600
    removed = []
    for path in folder.glob("staged-*"):
        if _FOLDER.fullmatch(path.name) and path.stat().st_mtime < before:
            removed += [file.name for file in path.iterdir()]
            shutil.rmtree(path, ignore_errors=True)
    return removed
