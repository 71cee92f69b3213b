"""The help pages say the same in every language: the same pages, parts, tables, examples and links."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from portal.access import Role
from portal.i18n import LANGUAGES
from portal.records import picture_size
from portal.views.site.help_pages import FOLDER, NAMES, PICTURES, TASKS, first_sentence, markdown_text
from tests.support.town import Town

OTHERS = [code for code in LANGUAGES if code != "en"]
CODE = re.compile(r"`([^`]+)`")
STEP = re.compile(r"\d\. ")
PICTURE = re.compile(r"!\[([^\]]+)\]\(pictures/([\w-]+\.webp)\)")
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
        elif STEP.match(line):
            rows.append("step")
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


@pytest.mark.parametrize("name", TASKS)
def test_a_task_has_five_to_seven_short_steps_with_pictures(name: str) -> None:
    for language in LANGUAGES:
        text = markdown_text(name, language)
        steps = shape(text).count("step")
        assert 5 <= steps <= 7
        assert len(PICTURE.findall(text)) >= 2
        assert len(first_sentence(name, language)) < 160
        assert max(len(re.sub(r"\s+", " ", step)) for step in re.split(r"(?m)^(?=\d\. )", text)[1:-1]) < 520, "a step is short"


def test_every_picture_of_the_help_is_there_in_every_language_and_small_and_no_other() -> None:
    for language in LANGUAGES:
        named = {picture for name in NAMES for _words, picture in PICTURE.findall(markdown_text(name, language))}
        files = {path.name: path.read_bytes() for path in (PICTURES / language).iterdir()}
        assert set(files) == named
        assert all(len(content) <= 120_000 and picture_size(content) != (0, 0) for content in files.values())


def test_a_picture_of_the_help_is_sent_in_the_language_of_its_page(town: Town) -> None:
    client = town.client("rhea")
    for language in LANGUAGES:
        client.set_cookie("showme_language", language)
        picture = re.search(r'src="\.\./(static/help/[^"]+)" width="\d+" height="\d+"', client.get("/help/prove-a-zero").text)
        assert picture
        assert f"/{language}/" in picture[1]
        with client.get(f"/{picture[1]}") as answer:
            assert answer.status_code == 200


def test_the_help_begins_with_the_four_tasks(town: Town) -> None:
    page = town.client("gwen").get("/help").text
    assert re.findall(r'href="/help/([\w-]+)"', page.split("<main", 1)[1])[:4] == list(TASKS)
    assert set(re.findall(r'href="/help/([\w-]+)"', page)) >= set(NAMES)


def test_the_page_of_roles_names_every_role() -> None:
    rows = [line.split("|")[1].strip() for line in markdown_text("roles", "en").splitlines() if line.startswith("| ")][1:]
    assert rows == [role.value for role in Role]


@pytest.mark.parametrize(
    ("address", "name"),
    [("/search", "answer-a-request"), ("/terms", "check-a-term-list"), ("/captures", "add-an-archive"), ("/certificates", "prove-a-zero")],
)
def test_every_area_leads_to_the_help_for_its_task(town: Town, address: str, name: str) -> None:
    foot = town.client("rhea").get(address).text.split("<footer", 1)[1]
    assert f'href="/help/{name}"' in foot
