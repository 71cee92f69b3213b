"""docs/query-language.md is compared with the parser: what it shows is read, what it calls refused is refused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from indexer.query import Dialect, parse

PAGE = (Path(__file__).parents[3] / "docs" / "query-language.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    return PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]


def rows(text: str) -> list[list[str]]:
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if not set(line) <= set("|- ")]


def codes(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def side_by_side() -> list[tuple[str, Dialect]]:
    pairs = []
    for row in rows(section("Both dialects side by side"))[1:-1]:
        pairs += [(code, Dialect.PLAIN) for code in codes(row[1])] + [(code, Dialect.DTSEARCH) for code in codes(row[2])]
    return pairs


@pytest.mark.parametrize(("text", "dialect"), side_by_side())
def test_each_way_of_both_dialects_is_read(text: str, dialect: Dialect) -> None:
    assert parse(text, dialect).diagnostics == ()


def test_the_two_dialects_say_the_same_in_each_row() -> None:
    for row in rows(section("Both dialects side by side"))[1:-1]:
        plain, pasted = codes(row[1]), codes(row[2]) or codes(row[1])
        if "similar words" not in row[0]:
            assert (
                len({repr(parse(text).canonical) for text in plain} & {repr(parse(text, Dialect.DTSEARCH).canonical) for text in pasted})
                >= 1
            )


def test_the_table_of_what_binds_first_is_true() -> None:
    for row in rows(section("What binds first"))[1:]:
        (example,), (meant,) = codes(row[2]), codes(row[3])
        assert parse(example).tree == parse(meant).tree
        assert parse(meant).tree is not None


def test_what_is_called_refused_near_others_is_refused_and_its_repair_is_read() -> None:
    refused = rows(section("Words near each other").split("Everything else")[1])[1:]
    assert len(refused) == 7
    for row in refused:
        for text in codes(row[0]):
            assert parse(text).tree is None, text
        for text in codes(row[1]):
            assert "…" in text or parse(text).tree is not None, text


@pytest.mark.parametrize("title", ["Words", "Operators", "Wildcards", "Similar words, other forms, numbers", "Fields"])
def test_each_query_of_the_tables_is_read(title: str) -> None:
    for row in rows(section(title))[1:]:
        for text in codes(row[0]):
            dialect = Dialect.DTSEARCH if "dtSearch" in row[0] and text != codes(row[0])[0] else Dialect.PLAIN
            assert parse(text, dialect).diagnostics == (), text


def test_what_dtsearch_knows_and_the_page_calls_refused_is_refused() -> None:
    listed = section("The dtSearch dialect").split("Known to dtSearch")[1]
    for text in [
        "word&",
        '"##…"',
        "field contains (…)",
        "xfirstword",
        "xlastword",
        "date(…)",
        "mail(…)",
        "creditcard(…)",
        "andany",
        "w/s",
        "w/p",
    ]:
        assert f"`{text}`" in listed
        assert parse(f"a or {text.replace('…', 'x')} or b", Dialect.DTSEARCH).tree is None, text


def test_nothing_is_called_unavailable() -> None:
    assert "available" not in PAGE
