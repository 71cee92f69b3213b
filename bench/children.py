"""Runs the real commands as children and measures them: seconds of the wall clock and the most memory they held."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]


class ChildFailed(Exception):
    """A command of ours ended with another status than 0: then there is nothing to measure."""


@dataclass(frozen=True, slots=True)
class Ran:
    """How a child went. `peak` is the largest resident memory in bytes, files that it maps included."""

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
        printed = child.stdout.read()  # a few kilobytes, so the other pipe cannot fill up meanwhile
        complaint = child.stderr.read()
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - started
    if child.returncode:
        raise ChildFailed(f"{' '.join(command)} ended with {child.returncode}: {(complaint or printed).decode(errors='replace')[-2000:]}")
    lines = printed.decode().splitlines()
    answer = json.loads(lines[-1]) if lines else {}
    return Ran(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024, answer)
