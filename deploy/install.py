"""Installs packages with pip and says how far it is: `python deploy/install.py -r requirements.txt`.

Uses the standard library only. pip's own output is shown when it fails.
"""

from __future__ import annotations

import re
import subprocess
import sys
import time
from pathlib import Path

PIP = [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", "--require-hashes", "--progress-bar", "off", "--no-color"]
SAY_EVERY = 5.0  # seconds
_COLLECTING = re.compile(r"(?:Collecting|Requirement already satisfied:) (?P<name>[\w.-]+)")


def main(arguments: list[str]) -> int:
    """Run pip and print a line every few seconds; return pip's exit status."""
    total, seen, said = count_packages(Path(arguments[-1])), 0, time.monotonic()
    lines: list[str] = []
    pip = subprocess.Popen([*PIP, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8")  # noqa: S603  # fixed command
    for line in pip.stdout or ():
        lines.append(line)
        if match := _COLLECTING.match(line):
            seen += 1
            if time.monotonic() - said > SAY_EVERY:
                print(f"      {seen} of {total}: {match['name']}", flush=True)
                said = time.monotonic()
        elif line.startswith("Installing collected packages"):
            print("      unpacking ...", flush=True)
    status = pip.wait()
    if status:
        sys.stdout.writelines(lines)
    return status


def count_packages(requirements: Path) -> int:
    """Count the pinned packages of a requirements file."""
    return sum(1 for line in requirements.read_text(encoding="utf-8").splitlines() if re.match(r"[\w.-]+(\[[\w,-]+\])?==", line))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
