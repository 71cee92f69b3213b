"""Keeps the data folder private to its owner: folders 700, files 600, whatever the umask."""

from __future__ import annotations

import logging
import os
import stat
from pathlib import Path

# The program's own files in a data folder; anything else there (samples, a person's notes) is left alone.
OURS = ("vault", "incoming", "index", "exports", "certificates", "uploads", "staging", "productions", "secret_key")
OURS_LIKE = ("*.sqlite3*", "*.lock")
OTHERS = 0o077
log = logging.getLogger(__name__)


class ReadOnlyFolder(Exception):
    """A write was requested in a read-only data folder; the text is for people."""


READ_ONLY = "The data folder {data} is read-only: it can be searched and verified, but nothing is added and no events are logged."


def is_read_only(data: Path) -> bool:
    """Tell whether a data folder exists and this process may not write in it (a read-only disk, another owner)."""
    return data.is_dir() and not os.access(data, os.W_OK)


def make_private(data: Path) -> int:
    """Create a data folder if missing, keep this process's new files private, and remove other users' access to existing files.

    Returns the number of paths changed. Paths that cannot be changed (another owner, a read-only disk) are logged.
    """
    os.umask(OTHERS)
    if is_read_only(data):
        return 0
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    ours = [data / name for name in OURS if (data / name).exists()]
    ours += [path for pattern in OURS_LIKE for path in data.glob(pattern)]
    is_open = _is_open(data)
    if not is_open and not any(map(_is_open, ours)):
        return 0  # nobody else can reach the files inside
    tightened = sum(_tighten(path) for top in ours for path in (top, *(top.rglob("*") if top.is_dir() and not top.is_symlink() else ())))
    if is_open:
        _tighten(data)
    if tightened:
        log.warning("%s: %s files and folders could be read by other users; now only by their owner.", data, tightened)
    return tightened


def _is_open(path: Path) -> bool:
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return False  # another process removed it meanwhile
    return not stat.S_ISLNK(mode) and bool(mode & OTHERS)


def _tighten(path: Path) -> bool:
    if not _is_open(path):
        return False
    try:
        path.chmod(stat.S_IMODE(path.lstat().st_mode) & ~OTHERS)
    except FileNotFoundError:
        return False
    except OSError as error:
        log.warning("%s can be read by other users, and that could not be changed: %s", path, error.strerror)
        return False
    return True
