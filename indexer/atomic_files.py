"""Whole or absent: an unfinished export stands in a folder "….partial" beside its target, and only a whole one gets its name."""

from __future__ import annotations

import fcntl
import os
import shutil
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


@contextmanager
def partial(target: Path) -> Iterator[Path]:
    """Give a new folder beside `target` and remove it with all that is in it, whatever happens.

    A crash leaves it behind; `remove_partials` clears it away. Raises OSError.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
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
    """Give a whole package its name at one stroke, and wait until that is on the disk. Raises OSError."""
    package.replace(target)
    sync(target.parent)


def remove_partials(folder: Path) -> list[str]:
    """Remove what crashed exports left in a folder and return the names. An export that is still at work is left alone."""
    removed = []
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        if not path.is_dir() or path.is_symlink():
            continue
        lock = os.open(path, os.O_RDONLY)
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
