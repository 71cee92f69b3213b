"""Runs the real commands as children and measures them: seconds of the wall clock and the most memory they held.

A command may start a helper process; their memory counts together. It is looked at many times a second, and the
system's own record of the largest single process is the least that is told.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

ROOT = Path(__file__).parents[1]
PAGE = os.sysconf("SC_PAGE_SIZE")
LOOK_EVERY = 0.04  # seconds


class ChildFailed(Exception):
    """A command of ours ended with another status than 0: then there is nothing to measure."""


@dataclass(frozen=True, slots=True)
class Ran:
    """How a child went. `peak` is the largest resident memory of it and its helpers together, in bytes, mapped files included."""

    seconds: float
    processor: float  # seconds of all cores together
    peak: int
    answer: dict[str, Any]  # the JSON object that it printed last


def indexer(data: Path, *words: str | Path, environ: Mapping[str, str] | None = None) -> Ran:
    """Run `python -m indexer --data DATA ... --json`. Raises ChildFailed."""
    return run([sys.executable, "-m", "indexer", "--data", str(data), *map(str, words), "--json"], environ)


def run(command: Sequence[str], environ: Mapping[str, str] | None = None) -> Ran:
    """Run a command that prints a JSON object as its last line. Raises ChildFailed."""
    started = time.perf_counter()
    child = subprocess.Popen(  # noqa: S603  # our own commands
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, **(environ or {})}
    )
    with child:
        if child.stdout is None or child.stderr is None:
            raise ChildFailed(f"{' '.join(command)} has no pipes")
        with _Watch(child.pid) as watch:
            printed = child.stdout.read()  # a few kilobytes, so the other pipe cannot fill up meanwhile
            complaint = child.stderr.read()
            _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - started
    if child.returncode:
        raise ChildFailed(f"{' '.join(command)} ended with {child.returncode}: {(complaint or printed).decode(errors='replace')[-2000:]}")
    lines = printed.decode().splitlines()
    answer = json.loads(lines[-1]) if lines else {}
    return Ran(seconds, used.ru_utime + used.ru_stime, watch.peak, answer)


class _Watch:
    """Looks at the memory of a process and its descendants until told to stop."""

    def __init__(self, pid: int) -> None:
        self.peak = 0
        self._pid = pid
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._stop.wait(LOOK_EVERY):
            # not what wait4 tells: there the memory of the process that started the command counts as the command's
            self.peak = max(self.peak, sum(_resident(pid) for pid in _family(self._pid)), _highest(self._pid))


def _family(pid: int) -> list[int]:
    """Return a process and its living descendants."""
    found = [pid]
    for one in found:
        try:
            for task in Path(f"/proc/{one}/task").iterdir():
                found += map(int, (task / "children").read_text().split())
        except (FileNotFoundError, ProcessLookupError):
            continue  # it has just ended
    return found


def _highest(pid: int) -> int:
    """Return the most resident memory that a process had since it began, in bytes; 0 when it has just ended."""
    try:
        told = Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return next((int(line.split()[1]) * 1024 for line in told.splitlines() if line.startswith("VmHWM:")), 0)


def _resident(pid: int) -> int:
    """Return the resident memory of a process in bytes; 0 when it has just ended."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE
    except (FileNotFoundError, ProcessLookupError):
        return 0
