"""Runs the real commands as child processes and measures them: wall-clock seconds and peak memory.

A command may start a helper process; their memory counts together. It is sampled many times a second; the kernel's
own peak of the command's process is the lower bound of the result.
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
SAMPLE_SECONDS = 0.04


class ChildFailed(Exception):
    """A command ended with a status other than 0, so there is nothing to measure."""


@dataclass(frozen=True, slots=True)
class Result:
    """The result of a child. `peak` is the peak resident memory of it and its helpers together, in bytes, with mapped files."""

    seconds: float
    processor: float  # CPU seconds of all cores together
    peak: int
    answer: dict[str, Any]  # the JSON object printed last


def indexer(data: Path, *words: str | Path, environ: Mapping[str, str] | None = None) -> Result:
    """Run `python -m indexer --data DATA ... --json`. Raises ChildFailed."""
    return run([sys.executable, "-m", "indexer", "--data", str(data), *map(str, words), "--json"], environ)


def run(command: Sequence[str], environ: Mapping[str, str] | None = None) -> Result:
    """Run a command that prints a JSON object as its last line. Raises ChildFailed."""
    started = time.perf_counter()
    child = subprocess.Popen(  # noqa: S603  # our own commands
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, **(environ or {})}
    )
    with child:
        if child.stdout is None or child.stderr is None:
            raise ChildFailed(f"{' '.join(command)} has no pipes")
        with _MemorySampler(child.pid) as sampler:
            printed = child.stdout.read()  # a few kilobytes, so the other pipe cannot fill up meanwhile
            errors = child.stderr.read()
            _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - started
    if child.returncode:
        raise ChildFailed(f"{' '.join(command)} ended with {child.returncode}: {(errors or printed).decode(errors='replace')[-2000:]}")
    lines = printed.decode().splitlines()
    answer = json.loads(lines[-1]) if lines else {}
    return Result(seconds, usage.ru_utime + usage.ru_stime, sampler.peak, answer)


class _MemorySampler:
    """Samples the memory of a process and its descendants until stopped."""

    def __init__(self, pid: int) -> None:
        self.peak = 0
        self._pid = pid
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _sample(self) -> None:
        while not self._stop.wait(SAMPLE_SECONDS):
            # not the value from wait4: it counts the memory of the parent process before exec as the command's
            self.peak = max(self.peak, sum(_resident_memory(pid) for pid in _process_tree(self._pid)), _peak_memory(self._pid))


def _process_tree(pid: int) -> list[int]:
    """Return a process and its running descendants."""
    pids = [pid]
    for parent in pids:
        try:
            for task in Path(f"/proc/{parent}/task").iterdir():
                pids += map(int, (task / "children").read_text().split())
        except (FileNotFoundError, ProcessLookupError):
            continue  # just ended
    return pids


def _peak_memory(pid: int) -> int:
    """Return the peak resident memory of a process in bytes; 0 if it has just ended."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return next((int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM:")), 0)


def _resident_memory(pid: int) -> int:
    """Return the resident memory of a process in bytes; 0 if it has just ended."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE
    except (FileNotFoundError, ProcessLookupError):
        return 0
