"""One PDF of records in a process of its own, so that what the typesetting library keeps is given back with each file.

The program reads one task from standard input and writes one answer, both JSON; `start` and `Making`
are the way to it. The process can be ended at any time: it writes nothing but the PDF.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Self

from indexer.i18n import say
from indexer.typeset import PdfFailed, render_pdf

PATIENCE: Final = 900.0  # seconds for one file; a file of 500 records takes about five
_ROOT: Final = Path(__file__).parents[2]
PROGRAM: Final[Sequence[str]] = (sys.executable, "-c", "from indexer.exports import pdf_process; pdf_process.run()")


class Making:
    """A PDF that is being made. `result` waits for it; `end` stops it. Close it in any case, or use `with`."""

    def __init__(self, process: subprocess.Popen[bytes], target: Path) -> None:
        self._process, self._target = process, target

    def result(self) -> int:
        """Wait until the PDF lies at its target; return how many pictures could not be drawn. Raises PdfFailed."""
        try:
            said, _ = self._process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired as error:
            self.end()
            raise PdfFailed(say("It took more than {seconds} seconds.", seconds=round(PATIENCE))) from error
        status = self._process.returncode
        if status < 0:
            raise PdfFailed(
                say("The process was stopped from outside ({signal}); the server may be low on memory.", signal=_signal(status))
            )
        try:
            answer = json.loads(said)
        except ValueError as error:
            raise PdfFailed(say("The process ended with status {status} and returned nothing.", status=status)) from error
        if answer["failed"]:
            raise PdfFailed(answer["failed"])
        return int(answer["undrawn"])

    def end(self) -> None:
        """Stop the process, if it still runs."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.communicate()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()


def start(data: Mapping[str, Any], pictures: Path, target: Path, made_at: datetime) -> Making:
    """Begin a PDF of records at `target`; `pictures` is the folder of the pictures that `data` names. Raises OSError.

    `made_at` is UTC. `data` is what the template records.typ reads; where a picture cannot be drawn, the first of its
    record's facts names it by the picture's `undrawn`.
    """
    task = {"data": data, "pictures": str(pictures.resolve()), "target": str(target.resolve()), "made_at": made_at.isoformat()}
    waiting = target.with_suffix(".task")
    waiting.write_text(json.dumps(task), encoding="ascii")
    with waiting.open("rb") as given:  # a file, not a pipe: nobody waits until the process has read it
        process = subprocess.Popen(PROGRAM, stdin=given, stdout=subprocess.PIPE, cwd=_ROOT)  # noqa: S603  # our own module
    waiting.unlink()
    return Making(process, target)


def make(task: Mapping[str, Any]) -> int:
    """Write the PDF of a task; return how many of its pictures could not be drawn. Raises PdfFailed, OSError."""
    data, folder, made_at = task["data"], Path(task["pictures"]), datetime.fromisoformat(task["made_at"])
    records, undrawn = data["records"], 0
    try:
        made = render_pdf("records", data, _files(records, folder), made_at=made_at)
    except PdfFailed:
        undrawn = _name_broken(records, folder)
        made = render_pdf("records", data, _files(records, folder), made_at=made_at)
    Path(task["target"]).write_bytes(made)
    return undrawn


def main() -> None:
    """Do the one task that standard input holds."""
    try:
        answer = {"undrawn": make(json.load(sys.stdin)), "failed": ""}
    except (PdfFailed, OSError) as error:
        answer = {"undrawn": 0, "failed": str(error)}
    json.dump(answer, sys.stdout)


def _files(records: Sequence[Mapping[str, Any]], folder: Path) -> dict[str, Path]:
    return {picture["file"]: folder / picture["file"] for record in records for picture in record["pictures"]}


def _name_broken(records: Sequence[Mapping[str, Any]], folder: Path) -> int:
    """Find the pictures that cannot be drawn, by trying each, and let their records name them; return how many they are."""
    undrawn = 0
    for record in records:
        for picture in list(record["pictures"]):
            try:
                render_pdf("picture_probe", {"file": picture["file"]}, {picture["file"]: folder / picture["file"]})
            except PdfFailed:
                record["pictures"].remove(picture)
                record["facts"].insert(0, picture["undrawn"])
                undrawn += 1
    return undrawn


def _signal(status: int) -> str:
    try:
        return signal.Signals(-status).name
    except ValueError:
        return str(-status)


def run() -> None:
    """Make one PDF, as the program of the process."""
    os.nice(5)  # whoever searches meanwhile comes first
    main()
