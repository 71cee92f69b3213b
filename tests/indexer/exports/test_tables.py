"""Tables written in a process of their own: the same bytes, and any failure of either process leaves nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from indexer.catalog.models import RecordView
from indexer.exports import Choices, ExportError, tables
from indexer.i18n import say
from tests.support.export_samples import NASTY, attachment, description, make, record

ROOT = Path(__file__).parents[3]


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[subprocess.Popen[bytes]]:
    """Write the tables of every export apart; return the processes."""
    processes: list[subprocess.Popen[bytes]] = []
    popen = subprocess.Popen

    def start(*arguments: Any, **named: Any) -> subprocess.Popen[bytes]:
        processes.append(popen(*arguments, **named))
        return processes[-1]

    monkeypatch.setattr(tables, "APART_FROM", 0)
    monkeypatch.setattr(tables, "BATCH", 3)
    monkeypatch.setattr(subprocess, "Popen", start)
    return processes


def test_the_bytes_are_the_same_wherever_a_table_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    views = [record(n, text, attachments=(attachment(f"{n}.jpg"),), extra={"n": text}) for n, text in enumerate(NASTY)]
    about = description(len(views), query="half \ud83d", notes=(say("{count} of them", count=2),))
    about = replace(
        about, first_day=date(2018, 7, 1), coverage={"from": None, "to": None, "summary": say("All days."), "gaps": [], "notes": []}
    )
    here = make(tmp_path / "here" / "a.zip", views, choices=Choices(viewer=True), about=about)
    monkeypatch.setattr(tables, "APART_FROM", 0)
    apart = make(tmp_path / "apart" / "a.zip", views, choices=Choices(viewer=True), about=about)
    assert here.path.read_bytes() == apart.path.read_bytes()
    assert here.formats == apart.formats


@pytest.mark.parametrize("count", [0, 1, 3, 7])
def test_any_number_of_records_arrives_and_the_process_is_gone(tmp_path: Path, started: list[subprocess.Popen[bytes]], count: int) -> None:
    assert make(tmp_path / "a.zip", [record(n) for n in range(count)]).rows == count
    assert [process.returncode for process in started] == [0]


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        ("import os; os.kill(os.getpid(), 9)", "ended with status -9"),
        ("raise SystemExit(3)", "ended with status 3"),
        ('import sys; sys.stdin.buffer.read(); print(\'{"failed": "No more room."}\')', "No more room"),
    ],
)
def test_a_process_that_fails_leaves_no_package(
    tmp_path: Path, started: list[subprocess.Popen[bytes]], monkeypatch: pytest.MonkeyPatch, program: str, reason: str
) -> None:
    monkeypatch.setattr(tables, "PROGRAM", (sys.executable, "-S", "-c", program))
    with pytest.raises(ExportError, match=rf"process that writes the tables failed: .*{reason}.*Nothing was exported"):
        make(tmp_path / "a.zip", [record(n, "x" * 50_000) for n in range(30)])
    assert list(tmp_path.iterdir()) == []
    assert started[0].returncode is not None


def test_a_full_disk_in_the_process_is_the_same_error_as_here(
    tmp_path: Path, started: list[subprocess.Popen[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    program = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000)); import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)"
    monkeypatch.setattr(tables, "PROGRAM", (sys.executable, "-c", f"{program}\nfrom indexer.exports import tables; tables.run()"))
    with pytest.raises(OSError, match="File too large"):
        make(tmp_path / "a.zip", [record(n, "x" * 30_000) for n in range(30)])
    assert list(tmp_path.iterdir()) == []
    assert started[0].returncode is not None


@pytest.mark.parametrize("error", [RuntimeError("the disk is gone"), KeyboardInterrupt()])
def test_an_export_that_fails_or_is_stopped_ends_the_process(
    tmp_path: Path, started: list[subprocess.Popen[bytes]], error: BaseException
) -> None:
    def views() -> Iterator[RecordView]:
        yield from (record(n) for n in range(20))
        raise error

    with pytest.raises(type(error)):
        make(tmp_path / "a.zip", views(), 30)
    assert [process.returncode for process in started] == [-signal.SIGKILL]
    assert list(tmp_path.iterdir()) == []


def test_the_process_ends_with_its_parent(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from indexer.exports import tables\n"
        "from tests.support.export_samples import make, record\n"
        "tables.APART_FROM = 0\n"
        "def views():\n"
        "    yield record(1)\n"
        "    print(subprocess_id(), flush=True); sys.stdin.read()\n"
        "import subprocess; popen = subprocess.Popen; made = []\n"
        "subprocess.Popen = lambda *words, **named: made.append(popen(*words, **named)) or made[-1]\n"
        "subprocess_id = lambda: made[0].pid\n"
        "make(Path(sys.argv[1]), views(), 2)"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    parent = subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path / "a.zip")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, env=environment
    )
    with parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        parent.kill()
    deadline = time.monotonic() + 30
    while Path(f"/proc/{child}").exists() and "Z" not in Path(f"/proc/{child}/stat").read_text().rpartition(")")[2][:3]:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert not (tmp_path / "a.zip").exists()
