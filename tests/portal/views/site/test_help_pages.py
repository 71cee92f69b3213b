"""The help pages say the same in every language: the same pages, parts, tables, examples and links."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from portal.i18n import LANGUAGES
from portal.views.site.help_pages import FOLDER, NAMES, markdown_text
from tests.support.town import Town

OTHERS = [code for code in LANGUAGES if code != "en"]
CODE = re.compile(r"`([^`]+)`")
LINK = re.compile(r"\]\(([^)]+)\)")


def shape(text: str) -> list[str]:
    """Return what a page is made of, line by line: headings by their depth, rows of tables by their cells, points of lists."""
    rows = []
    for line in text.splitlines():
        if line.startswith("#"):
            rows.append(line.split(" ")[0])
        elif line.startswith("|"):
            rows.append(f"row of {line.count('|') - 1}")
        elif line.startswith("- "):
            rows.append("point")
    return rows


def test_every_file_is_a_page_and_every_page_has_its_file() -> None:
    for folder in (FOLDER, *(FOLDER / code for code in OTHERS)):
        assert {path.stem for path in folder.glob("*.md")} == set(NAMES), folder
    assert {path.name for path in Path(FOLDER).iterdir() if path.is_dir()} == set(OTHERS)


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("name", NAMES)
def test_a_page_has_the_same_parts_examples_and_links_in_every_language(name: str, language: str) -> None:
    english, other = markdown_text(name, "en"), markdown_text(name, language)
    assert english != other
    assert shape(other) == shape(english)
    assert sorted(CODE.findall(other)) == sorted(CODE.findall(english))
    assert LINK.findall(other) == LINK.findall(english)


def test_a_reader_is_shown_the_pages_of_their_language(town: Town) -> None:
    client = town.client("rhea")
    assert '<h1 id="how-to-search">How to search</h1>' in client.get("/help/search").text
    client.set_cookie("showme_language", "es")
    page = client.get("/help/search").text
    assert "Cómo buscar</h1>" in page
    assert "How to search" not in page
    assert "Listas de términos</a>" in client.get("/help").text
