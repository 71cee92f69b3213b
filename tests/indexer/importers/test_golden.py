"""Every sample archive gives exactly what stands beside it. `make golden` writes the expectations anew."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.golden import archive_of, cases, expected, lines


@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case.parent.name}/{case.name}")
def test_an_archive_gives_what_its_golden_file_says(case: Path) -> None:
    assert expected(case).exists(), f"{case} has no golden file; look at what `make golden` writes, then commit it"
    assert list(lines(archive_of(case))) == expected(case).read_text(encoding="utf-8").splitlines()


def test_there_are_cases() -> None:
    assert cases()
