"""The processor time that a server has used: what a page costs, however busy the machine is otherwise."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

PROC = Path("/proc")
GROUP_FIELD = 2  # of /proc/PID/stat, counted after the name in parentheses


def seconds_of(group: int) -> float:
    """Return the processor seconds of all processes of a group: Gunicorn's workers are children in the group of their master."""
    return sum(_nanoseconds(folder) for folder in PROC.iterdir() if folder.name.isdigit() and _group(folder) == group) / 1e9


def _group(process: Path) -> int:
    with suppress(OSError):  # it has ended
        return int((process / "stat").read_text().rpartition(")")[2].split()[GROUP_FIELD])
    return 0


def _nanoseconds(process: Path) -> int:
    """Return the time of all threads that still run; to the nanosecond, where /proc/PID/stat counts hundredths of a second."""
    total = 0
    with suppress(OSError):  # it has ended
        for thread in (process / "task").iterdir():
            with suppress(OSError):
                total += int((thread / "schedstat").read_text().split()[0])
    return total
