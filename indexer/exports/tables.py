"""The tables of an export, all fed with the same records; the costly ones of a large export in a process of their own.

The process gets its task and then the rows on standard input, and answers with a line of JSON for each finished file. It can
be killed at any time: it writes only its files. The bytes are the same wherever a table is written.
"""

from __future__ import annotations

import json
import marshal
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import IO, Final, Protocol

import msgspec

from indexer import platforms
from indexer.exports.columns import COLUMNS, cells
from indexer.exports.csv_file import CsvFile
from indexer.exports.jsonl_file import JsonlFile
from indexer.exports.values import Description, Exact, Exporter, ExportError, FormatReport, RowWriter
from indexer.exports.workbook import XlsxFile
from indexer.i18n import say

EXPORTERS: Final[tuple[Exporter, ...]] = (CsvFile(), XlsxFile(), JsonlFile())
APART: Final = frozenset({"csv", "xlsx"})
"""Formats written in a process of their own."""

APART_FROM: Final = 5_000  # records; the process takes half a second to start
BATCH: Final = 256  # records sent at a time
PACKED_LAST: Final = ("csv", "xlsx")  # they take the longest to finish
NAMES: Final = tuple(column.name for column in COLUMNS)
PROGRAM: Final[Sequence[str]] = (sys.executable, "-c", "from indexer.exports import tables; tables.run()")
_ROOT: Final = Path(__file__).parents[2]


class Tables(Protocol):
    """Writer of all tables of an export."""

    def add(self, exact: dict[str, Exact]) -> None:
        """Write a record to every table."""
        ...

    def abandon(self) -> None:
        """Stop writing when the export fails. Does nothing after `close`."""
        ...

    def close(self) -> Iterator[tuple[str, FormatReport]]:
        """Finish the tables; yield the name and report of each as soon as its file is complete, in a fixed order."""
        ...


def open_tables(exporters: Sequence[Exporter], paths: Mapping[str, Path], about: Description) -> Tables:
    """Create the files of the exporters, `paths` by exporter. Raises OSError."""
    if about.total < APART_FROM or not {exporter.name for exporter in exporters if exporter in EXPORTERS} >= APART:
        return TablesHere(exporters, paths, about)
    here = [exporter for exporter in exporters if exporter.name not in APART]
    return TablesApart(TablesHere(here, paths, about), {name: paths[name] for name in PACKED_LAST}, about)


class TablesHere:
    """Tables written in this process."""

    def __init__(self, exporters: Sequence[Exporter], paths: Mapping[str, Path], about: Description) -> None:
        self._writers: dict[str, RowWriter] = {}
        with ExitStack() as opened:
            opened.callback(self.abandon)
            for exporter in exporters:
                self._writers[exporter.name] = exporter.open(paths[exporter.name], NAMES, about)
            opened.pop_all()
        self._needs_cells = not self._writers.keys().isdisjoint(APART)

    def add(self, exact: dict[str, Exact]) -> None:
        """Write a record to every table."""
        line = cells(exact) if self._needs_cells else []
        for writer in self._writers.values():
            writer.add(exact, line)

    def abandon(self) -> None:
        """Close the files. Does nothing after `close`."""
        for writer in self._writers.values():
            writer.abandon()

    def close(self) -> Iterator[tuple[str, FormatReport]]:
        """Finish the tables. The workbook is slow to finish, so the other files can be packed meanwhile."""
        with ThreadPoolExecutor(1) as executor:
            slow = {name: executor.submit(writer.close) for name, writer in self._writers.items() if name == "xlsx"}
            for name in sorted(self._writers, key=lambda name: PACKED_LAST.index(name) if name in PACKED_LAST else -1):
                yield name, slow[name].result() if name in slow else self._writers[name].close()


class _Task(msgspec.Struct):
    """The files that the process writes."""

    paths: dict[str, str]
    about: Description
    platforms: tuple[platforms.Platform, ...]  # this process has no importers that register them


class _Answer(msgspec.Struct):
    """A finished file, or why there is none; `number` is that of the system's error, if it is one."""

    name: str = ""
    report: FormatReport | None = None
    failed: str = ""
    number: int = 0


_decode_answer = msgspec.json.Decoder(_Answer).decode


class TablesApart:
    """Tables of which some are written in a process of their own."""

    def __init__(self, here: TablesHere, paths: Mapping[str, Path], about: Description) -> None:
        self._here, self._names = here, tuple(paths)
        self._waiting: list[list[Exact]] = []
        names = tuple(replace(platform, request_steps=()) for platform in platforms.registered())  # the steps are for pages
        task = _Task({name: str(path.resolve()) for name, path in paths.items()}, about, names)
        self._process = subprocess.Popen(PROGRAM, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=_ROOT)  # noqa: S603  # our own module
        self._send(json.dumps(msgspec.to_builtins(task, enc_hook=str)).encode("ascii"))  # escapes halves of characters

    def add(self, exact: dict[str, Exact]) -> None:
        """Write a record here and send it to the process. Raises ExportError, OSError."""
        self._here.add(exact)
        self._waiting.append(list(exact.values()))
        if len(self._waiting) == BATCH:
            self._send_rows()

    def abandon(self) -> None:
        """Stop the process. Does nothing after `close`."""
        self._here.abandon()
        if self._process.poll() is None:
            self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            _close(pipe)
        self._process.wait()

    def close(self) -> Iterator[tuple[str, FormatReport]]:
        """Finish the tables: those of the process while the others are packed. Raises ExportError, OSError."""
        if self._waiting:
            self._send_rows()
        self._send(b"")
        yield from self._here.close()
        for name in self._names:
            answer = self._answer()
            if answer.report is None or answer.name != name:
                raise ExportError(_failed(answer.failed))
            yield name, answer.report
        self._process.wait()

    def _send_rows(self) -> None:
        rows, self._waiting = self._waiting, []
        self._send(marshal.dumps(rows))

    def _send(self, message: bytes) -> None:
        pipe = _opened(self._process.stdin)
        try:
            pipe.write(len(message).to_bytes(8, "big"))
            pipe.write(message)
            if not message:
                pipe.close()
        except BrokenPipeError as error:
            raise ExportError(_failed(self._answer().failed)) from error

    def _answer(self) -> _Answer:
        """Read the next answer. Raises OSError for one that the process met, ExportError if it is gone."""
        line = _opened(self._process.stdout).readline()
        if not line:
            status = self._process.wait()
            raise ExportError(_failed(say("it ended with status {status}.", status=status)))
        answer = _decode_answer(line)
        if answer.number:
            raise OSError(answer.number, answer.failed)
        return answer


def run() -> None:
    """Run as the program of the process: write the tables that the task names, and say when each is finished."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides
    reader = _Reader(sys.stdin.buffer)
    task = msgspec.convert(json.loads(reader.message()), _Task)
    for platform in task.platforms:
        if not platforms.is_registered(platform.code):
            platforms.register(platform)
    try:
        paths = {name: Path(path) for name, path in task.paths.items()}
        tables = TablesHere([exporter for exporter in EXPORTERS if exporter.name in paths], paths, task.about)
        while message := reader.message():
            for row in marshal.loads(message):  # noqa: S302  # from our own parent
                tables.add(dict(zip(NAMES, row, strict=True)))
        for name, report in tables.close():
            _tell(_Answer(name, report))
    except EOFError:
        os._exit(1)  # the parent is gone; its folder will be removed
    except OSError as error:
        _tell(_Answer(failed=error.strerror or str(error), number=error.errno or 5))
    except Exception as error:  # any other must end the export in words
        _tell(_Answer(failed=f"{type(error).__name__}: {error}"))
        raise


class _Reader:
    """Reads messages: eight bytes of length, then the message; an empty one is the last."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream

    def message(self) -> bytes:
        """Read the next message. Raises EOFError if the stream ends before the last one."""
        length = int.from_bytes(self._read(8), "big")
        return self._read(length)

    def _read(self, length: int) -> bytes:
        data = self._stream.read(length)
        if len(data) < length:
            raise EOFError
        return data


def _tell(answer: _Answer) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(answer) + b"\n")
    sys.stdout.buffer.flush()


def _failed(reason: str) -> str:
    return say("The process that writes the tables failed: {reason} Nothing was exported. Start the export again.", reason=reason)


def _opened(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise ExportError(_failed("it has no pipe."))
    return pipe


def _close(pipe: IO[bytes] | None) -> None:
    try:
        if pipe is not None:
            pipe.close()
    except BrokenPipeError:
        pass  # what was not sent yet is not needed any more
