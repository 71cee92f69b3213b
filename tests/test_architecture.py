"""docs/architecture.md is compared with the folders."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")


def named(heading: str) -> set[str]:
    """Return the packages that the table below a heading names."""
    part = re.split(r"^## ", PAGE.split(f"## {heading}\n", 1)[1], flags=re.MULTILINE)[0]
    return {name for row in re.findall(r"^\| \d+ \| ([^|]+) \|", part, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)}


@pytest.mark.parametrize("top", ["indexer", "portal"])
def test_every_package_has_its_row(top: str) -> None:
    modules = {path.stem for path in (ROOT / top).glob("*.py")}
    packages = {path.parent.name for path in (ROOT / top).glob("*/__init__.py")}
    assert named(top) == (modules | packages) - {"__init__", "__main__"}


def test_every_place_is_there() -> None:
    places = re.findall(r"`((?:indexer|portal)/[\w./]+)`", PAGE)
    assert len(places) > 20
    assert [place for place in places if not (ROOT / place).is_file()] == []


def test_no_folder_holds_more_than_fifteen_modules() -> None:
    for top in ("indexer", "portal"):
        for folder in {path.parent for path in (ROOT / top).rglob("*.py")}:
            modules = [path for path in folder.glob("*.py") if path.name != "__init__.py"]
            assert len(modules) <= 15, folder
