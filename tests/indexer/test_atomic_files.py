"""What a killed process left is removed by the next one; what is still at work is left alone."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from indexer.atomic_files import partial_folder, scratch_folder
from portal.jobs.uploads import remove_orphans

OLD = (1_700_000_000, 1_700_000_000)
HOLDS = "import sys, time\nfrom pathlib import Path\nfrom indexer import atomic_files\nwith getattr(atomic_files, sys.argv[1])(%s) as folder:\n    print(folder, flush=True)\n    time.sleep(60)\n"


def held(kind: str, argument: str, environ: dict[str, str]) -> tuple[subprocess.Popen[str], Path]:
    code = HOLDS % argument
    process = subprocess.Popen(
        [sys.executable, "-c", code, kind], stdout=subprocess.PIPE, text=True, env=environ, cwd=Path(__file__).parents[2]
    )
    assert process.stdout is not None
    folder = Path(process.stdout.readline().strip())
    os.utime(folder, OLD)
    return process, folder


@pytest.mark.parametrize("kind", ["partial_folder", "scratch_folder"])
def test_the_next_run_removes_what_a_killed_one_left_and_nothing_that_is_at_work(
    tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    target = tmp_path / "flood.zip"
    argument = f"Path({str(target)!r})" if kind == "partial_folder" else "'showme-test'"
    processes = [held(kind, argument, dict(os.environ)) for _ in range(2)]
    killed, running = processes
    killed[0].send_signal(signal.SIGKILL)
    killed[0].wait()
    other = tmp_path / "flood.zip.kept.partial"
    other.mkdir()
    os.utime(other, OLD)
    with partial_folder(target) if kind == "partial_folder" else scratch_folder("showme-test") as folder:
        assert folder.exists()
        assert not killed[1].exists()
        assert running[1].exists()
        assert other.exists()  # not made by us
    running[0].kill()
    running[0].wait()
    for process, _folder in processes:
        assert process.stdout is not None
        process.stdout.close()


def test_an_orphaned_upload_is_removed_and_one_that_arrives_is_not(tmp_path: Path) -> None:
    orphan, arriving, fresh = (tmp_path / f"{name}.part" for name in ("orphan", "arriving", "fresh"))
    for path in (orphan, arriving, fresh):
        path.write_bytes(b"x")
    for path in (orphan, arriving):
        os.utime(path, OLD)
    with arriving.open("r+b") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        assert remove_orphans(tmp_path) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["arriving.part", "fresh.part"]
