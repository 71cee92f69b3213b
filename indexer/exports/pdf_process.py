"""Make a PDF of records in a separate process, so that the typesetting library's memory is freed after each file.

The program reads a task from standard input and writes an answer, both JSON; `start` and `PdfJob` are its
interface. The process can be killed at any time: it writes only the PDF.
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
from indexer.typeset import PdfFailed, compile_pdf, make_displayable

TIMEOUT: Final = 900.0  # seconds per file; a file of 500 records takes about five
PAGE_HEIGHT, LINE_WIDTH, FACTS_WIDTH = 580.0, 468.0, 380.0  # points of a page of records.typ, with room to spare
_ROOT: Final = Path(__file__).parents[2]
PROGRAM: Final[Sequence[str]] = (sys.executable, "-c", "from indexer.exports import pdf_process; pdf_process.run()")


class PdfJob:
    """A PDF being made. `result` waits for it; `end` stops it. Always call `end`, or use `with`."""

    def __init__(self, process: subprocess.Popen[bytes], target: Path) -> None:
        self._process, self._target = process, target

    def result(self) -> int:
        """Wait until the PDF is written; return how many pictures could not be drawn. Raises PdfFailed."""
        try:
            output, _ = self._process.communicate(timeout=TIMEOUT)
        except subprocess.TimeoutExpired as error:
            self.end()
            raise PdfFailed(say("It took more than {seconds} seconds.", seconds=round(TIMEOUT))) from error
        status = self._process.returncode
        if status < 0:
            raise PdfFailed(
                say("The process was stopped from outside ({signal}); the server may be low on memory.", signal=_signal_name(status))
            )
        try:
            answer = json.loads(output)
        except ValueError as error:
            raise PdfFailed(say("The process ended with status {status} and returned nothing.", status=status)) from error
        if answer["failed"]:
            raise PdfFailed(answer["failed"])
        return int(answer["undrawn"])

    def end(self) -> None:
        """Kill the process if it still runs."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.communicate()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()


def start(data: Mapping[str, Any], pictures: Path, target: Path, made_at: datetime) -> PdfJob:
    """Start making a PDF of records at `target`; `pictures` is the folder of the pictures named in `data`. Raises OSError.

    `made_at` is UTC. `data` is the input of the template records.typ; a picture that cannot be drawn is replaced by its
    `undrawn` line at the top of the record's facts.
    """
    task = {"data": data, "pictures": str(pictures.resolve()), "target": str(target.resolve()), "made_at": made_at.isoformat()}
    task_path = target.with_suffix(".task")
    task_path.write_text(json.dumps(task), encoding="ascii")
    with task_path.open("rb") as stdin:  # a file, not a pipe: the parent need not wait until the process has read it
        process = subprocess.Popen(PROGRAM, stdin=stdin, stdout=subprocess.PIPE, cwd=_ROOT)  # noqa: S603  # our own module
    task_path.unlink()
    return PdfJob(process, target)


def make(task: Mapping[str, Any]) -> int:
    """Write the PDF of a task; return the number of pictures that could not be drawn. Raises PdfFailed, OSError."""
    data, folder, made_at = task["data"], Path(task["pictures"]), datetime.fromisoformat(task["made_at"])
    records, undrawn = data["records"], 0
    for record in records:
        record["fits"] = _height_at_most(record) <= PAGE_HEIGHT
    try:
        content = compile_pdf("records", data, _files(records, folder), made_at=made_at)
    except PdfFailed:
        undrawn = _name_undrawable(records, folder)
        content = compile_pdf("records", data, _files(records, folder), made_at=made_at)
    Path(task["target"]).write_bytes(content)
    return undrawn


def _height_at_most(record: Mapping[str, Any]) -> float:
    """Return a height in points that a record surely does not exceed, so that most need not be measured, which costs memory."""
    texts = (*record["title"], *record["text"], record["heading"])
    facts = [line for _, lines in record["facts"] for line in lines] + [picture["caption"] for picture in record["pictures"]]
    lines = sum(_lines_at_most(text, LINE_WIDTH / 13) for text in texts) * 20
    small_lines = sum(_lines_at_most(line, FACTS_WIDTH / 8.5) for line in facts) * 15
    pictures = sum(float(picture["height"]) + 25 for picture in record["pictures"])
    return 90 + lines + small_lines + pictures


def _lines_at_most(text: str, letters: float) -> int:
    """Return the lines of a text if each letter is as wide as it is high; far more for scripts with wider signs."""
    shown = make_displayable(text)
    width = len(shown) if shown.isascii() else sum(1 if letter < "\u0600" else 12 for letter in shown)
    return 1 + int(width / (letters * 0.8))


def main() -> None:
    """Run the task on standard input."""
    try:
        answer = {"undrawn": make(json.load(sys.stdin)), "failed": ""}
    except (PdfFailed, OSError) as error:
        answer = {"undrawn": 0, "failed": str(error)}
    json.dump(answer, sys.stdout)


def _files(records: Sequence[Mapping[str, Any]], folder: Path) -> dict[str, Path]:
    return {picture["file"]: folder / picture["file"] for record in records for picture in record["pictures"]}


def _name_undrawable(records: Sequence[Mapping[str, Any]], folder: Path) -> int:
    """Try each picture, and name those that cannot be drawn in their record's facts; return their number."""
    undrawn = 0
    for record in records:
        for picture in list(record["pictures"]):
            try:
                compile_pdf("picture_probe", {"file": picture["file"]}, {picture["file"]: folder / picture["file"]})
            except PdfFailed:
                record["pictures"].remove(picture)
                record["facts"].insert(0, picture["undrawn"])
                undrawn += 1
    return undrawn


def _signal_name(status: int) -> str:
    try:
        return signal.Signals(-status).name
    except ValueError:
        return str(-status)


def run() -> None:
    """Run as the program of the process, at low priority."""
    os.nice(5)  # searches come first
    main()
