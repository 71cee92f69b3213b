"""Whole or absent: an unfinished export stands in a folder "….partial" beside its target, and only a whole one gets its name."""

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
    """Wait until a file or folder is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


SUFFIX = ".partial"
YOUNG_SECONDS = 2.0


@contextmanager
def partial(target: Path) -> Iterator[Path]:
    """Give a new folder beside `target` and remove it with all that is in it, whatever happens.

    A crash leaves it behind; the next call for the same target, or `remove_partials`, clears it away. Raises OSError.
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
    """Give a whole package or file its name at one stroke, and wait until that is on the disk. Raises OSError."""
    package.replace(target)
    sync(target.parent)


@contextmanager
def scratch(prefix: str) -> Iterator[Path]:
    """Give a new folder in the system's folder for temporary files, and remove it; what killed runs left of its kind goes first."""
    with partial(Path(tempfile.gettempdir()) / prefix) as folder:
        yield folder


def remove_partials(folder: Path, name: str = "") -> list[str]:
    """Remove what crashed exports (of one target) left in a folder and return the names. One that is still at work is left alone."""
    removed = []
    for path in sorted(folder.glob(f"{glob.escape(name)}.{'[0-9a-f]' * 12}{SUFFIX}" if name else f"*{SUFFIX}")):
        try:
            facts = path.lstat()
            if not stat.S_ISDIR(facts.st_mode) or facts.st_uid != os.getuid():
                continue
            if name and facts.st_mtime > time.time() - YOUNG_SECONDS:
                continue  # made this moment, perhaps not locked yet
            lock = os.open(path, os.O_RDONLY)
        except FileNotFoundError:
            continue  # removed by its owner meanwhile
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
