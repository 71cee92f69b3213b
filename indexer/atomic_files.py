"""Atomic output: an unfinished export stays in a "….partial" folder beside its target and is renamed only when complete."""

from __future__ import annotations

import fcntl
import glob
import os
import shutil
import stat
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def sync(path: Path) -> None:
    """Flush a file or folder to disk (fsync)."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


SUFFIX = ".partial"
YOUNG_SECONDS = 2.0


@contextmanager
def partial_folder(target: Path) -> Iterator[Path]:
    """Create a folder beside `target` and always remove it, with its contents, at the end.

    A crash leaves it behind; the next call for the same target, or `remove_partials`, deletes it. Raises OSError.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    remove_partials(target.parent, target.name)
    folder = target.with_name(f"{target.name}.{uuid.uuid4().hex[:12]}{SUFFIX}")
    folder.mkdir(mode=0o700)
    lock = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def publish(package: Path, target: Path) -> None:
    """Rename a finished package or file to its final name atomically and durably. Raises OSError."""
    package.replace(target)
    sync(target.parent)


@contextmanager
def scratch_folder(prefix: str) -> Iterator[Path]:
    """Create a folder in the system's temporary folder and remove it at the end; first removes leftovers of killed runs."""
    with partial_folder(Path(tempfile.gettempdir()) / prefix) as folder:
        yield folder


def remove_partials(folder: Path, name: str = "") -> list[str]:
    """Remove the leftovers of crashed exports (of target `name`, else of all) and return their names. Running exports are kept."""
    removed = []
    for path in sorted(folder.glob(f"{glob.escape(name)}.{'[0-9a-f]' * 12}{SUFFIX}" if name else f"*{SUFFIX}")):
        try:
            status = path.lstat()
            if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.getuid():
                continue
            if name and status.st_mtime > time.time() - YOUNG_SECONDS:
                continue  # just created, perhaps not locked yet
            lock = os.open(path, os.O_RDONLY)
        except FileNotFoundError:
            continue  # its owner removed it meanwhile
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            continue
        else:
            shutil.rmtree(path)
            removed.append(path.name)
        finally:
            os.close(lock)
    return removed
