"""No sign of a record ends a line, a cell or a file of an export early, for whatever program reads it."""

from __future__ import annotations

import csv
import json
from pathlib import Path

from tests.support.export_samples import make, record, unpack

SIGNS = "\0\x0b\x0c\x1c\x1d\x1e\x1f\x85\u2028\u2029\r\n\t\ufeff\ufffe\x1a"


def made(tmp_path: Path) -> Path:
    views = [record(number, f"before{sign}after", title=sign) for number, sign in enumerate(SIGNS)]
    return unpack(make(tmp_path / "made.zip", views).path, tmp_path / "out") / "data"


def test_every_program_counts_the_same_lines_of_json(tmp_path: Path) -> None:
    data = (made(tmp_path) / "records.jsonl").read_bytes()
    lines = data.decode().splitlines()
    assert len(lines) == data.count(b"\n") == len(SIGNS)
    assert [json.loads(line)["text"] for line in lines] == [f"before{sign}after" for sign in SIGNS]


def test_the_table_has_no_nul_and_says_what_stands_for_it(tmp_path: Path) -> None:
    folder = made(tmp_path)
    data = (folder / "records.csv").read_bytes()
    assert b"\0" not in data
    with (folder / "records.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["text"] for row in rows] == [f"before{sign}after".replace("\0", "\u2400") for sign in SIGNS]
    said = (folder / "README.txt").read_text(encoding="utf-8")
    assert "NUL characters, replaced with U+2400: 2" in said
    assert "U+0085, U+2028, or U+2029: 6" in said


def test_the_readme_warns_of_rounded_ids(tmp_path: Path) -> None:
    assert "1.7E+18" in (made(tmp_path) / "README.txt").read_text(encoding="utf-8")
