"""Docs are compared with the code."""

from __future__ import annotations

import re
from pathlib import Path

from indexer.settings import SETTINGS

ROOT = Path(__file__).parents[1]


def test_every_setting_of_the_indexer_is_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text()
    for setting in SETTINGS:
        assert setting.name in readme


def test_every_page_that_the_readme_links_to_is_there() -> None:
    for link in re.findall(r"\]\(([^)#]+)\)", (ROOT / "README.md").read_text()):
        assert link.startswith("http") or (ROOT / link).exists(), link


def test_no_module_is_over_four_hundred_lines() -> None:
    for folder in ("indexer", "portal"):
        for path in (ROOT / folder).rglob("*.py"):
            assert len(path.read_text().splitlines()) <= 400, path
