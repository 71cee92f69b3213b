"""How the search page tells a reader what was read, what words stand for, what was meant; help that runs on the reader's own records."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest

from indexer.query import Diagnostic
from portal import config, create_app
from portal.search import facets
from tests.support.town import ACCOUNT_CANARY, CITY, MESSAGE_CANARY, Town, fill

OPERATORS = [
    r" OR ",
    r" NOT ",
    r"^\(",
    r'^"\w+ \w+"$',
    r"\*$",
    r"^\w\?",
    r"\w~$",
    r"~~$",
    r"~~\d",
    r" w/5 ",
    r" pre/5 ",
    r" not w/5 ",
    r'"~5$',
    r" w/10 ",
    r"^@",
    r"^account:",
    r"^platform:",
    r"^kind:",
    r"^author:",
    r"^has:",
    r"^date:",
    r"^\[",
    r"^from:",
]


def shown_examples(page: str) -> list[tuple[str, int]]:
    found = re.findall(r'<code>([^<]+)</code></a>\s*<span class="example-count">([\d,]+) record', page)
    return [(unescape(query), int(count.replace(",", ""))) for query, count in found]


def test_the_page_says_the_whole_reading_in_the_readers_language(town: Town) -> None:
    client = town.client("rhea")
    page = client.get("/search?q=council+w/5+agenda&from=2020-09-01&to=2020-09-30").text
    assert "council within 5 words of agenda, posted September 1 – September 30, 2020, Central Time, in 2 accounts" in page
    client.set_cookie("showme_language", "es")
    page = client.get("/search?q=council+w/5+agenda&from=2020-09-01&to=2020-09-30").text
    assert "publicado del 1 de septiembre al 30 de septiembre de 2020, hora del Centro, en 2 cuentas" in page


def test_request_staff_are_told_of_their_own_accounts_alone(town: Town) -> None:
    page = town.client("gwen").get("/search?q=flood").text
    assert f"in the account @{CITY} (X / Twitter), without direct messages" in page


def test_did_you_mean_leads_to_the_repaired_query_with_the_same_filters(town: Town) -> None:
    client = town.client("rhea")
    page = client.get("/search?q=counsil+agenda&kind=post").text
    assert "no record contains this" in page
    found = re.search(r'Did you mean <a href="([^"]+)"><strong>council</strong>', page)
    assert found
    assert unescape(found[1]) == "/search?q=council+agenda&kind=post"
    assert client.get("/search.json?q=council+agenda&kind=post").json["total"] == 40


@pytest.mark.parametrize("word", [MESSAGE_CANARY, ACCOUNT_CANARY])
def test_nothing_is_suggested_or_expanded_from_records_that_the_reader_may_not_see(town: Town, word: str) -> None:
    near, stem = word[:-1] + "x", word[:5]
    assert word in town.client("rhea").get(f"/search?q={near}").text
    gwen = town.client("gwen")
    for address in (f"q={near}", f"q={stem}*", f"q={near}~2", f"q={near}+OR+flood"):
        assert word not in gwen.get(f"/search?{address}").text
        assert word not in gwen.get(f"/search.json?{address}").text


def test_an_expansion_shows_the_first_words_and_has_all(town: Town) -> None:
    client = town.client("rhea")
    page = client.get("/search?q=*e*").text
    every = client.get("/search.json?q=*e*").json["expansions"][0]["words"]
    assert len(every) > 12
    assert f"All {len(every)} words" in page
    assert all(page.count(f'class="form">{one["word"]} ') >= 1 for one in every)
    assert [one["records"] for one in every] == sorted((one["records"] for one in every), reverse=True)


def test_all_faults_stand_in_one_line_each_with_its_number(town: Town) -> None:
    answer = town.client("rhea").get("/search", query_string={"q": "nofield:x AND date:tomorrow flood"})
    assert answer.status_code == 400
    assert answer.text.count("<pre") == 1
    assert len(re.findall(r'href="#fault-\d"', answer.text)) == len(re.findall(r'<li id="fault-\d"', answer.text)) >= 2
    long = town.client("rhea").get("/search", query_string={"q": "flood OR " * 330 + "("})
    assert long.status_code == 400
    assert long.text.count("<pre") == 1
    assert ("flood OR " * 330).strip() in long.text


def test_the_pieces_of_a_faulty_query_are_the_query() -> None:
    found = [Diagnostic(0, 2, "a", ""), Diagnostic(1, 4, "b", ""), Diagnostic(6, 6, "c", "")]
    pieces = facets.underlined("abcdef", found)
    assert "".join(text for text, _wrong, _numbers in pieces).replace(facets.BLANK, "") == "abcdef"
    assert [number for _text, _wrong, numbers in pieces for number in numbers] == [1, 2, 3]
    assert [text for text, is_wrong, _numbers in pieces if is_wrong] == ["a", "b", "cd", facets.BLANK]
    assert facets.underlined("", [Diagnostic(0, 0, "c", "")]) == [(facets.BLANK, True, (1,))]


def test_each_operator_has_an_example_that_runs_with_the_count_shown(town: Town) -> None:
    client = town.client("rhea")
    found = shown_examples(client.get("/help/search").text)
    for pattern in OPERATORS:
        assert any(re.search(pattern, query) for query, _count in found), pattern
    for query, count in found:
        answer = client.get("/search.json", query_string={"q": query}).json
        assert answer["total"] == count > 0, query


def test_examples_are_made_of_what_the_reader_may_see(town: Town) -> None:
    page = town.client("gwen").get("/help/search").text
    found = shown_examples(page)
    assert len(found) > 10
    assert MESSAGE_CANARY not in page
    assert ACCOUNT_CANARY not in page
    for query, count in found:
        assert town.client("gwen").get("/search.json", query_string={"q": query}).json["total"] == count, query
    assert not shown_examples(town.client("nora").get("/help/search").text)


def test_help_on_an_empty_archive_is_still_a_page(tmp_path: Path) -> None:
    repository = fill(tmp_path)
    repository.delete_index()
    repository.close()
    app = create_app(config.read({"SHOWME_DEMO": "1"}, tmp_path))
    app.testing = True
    page = Town(tmp_path, app, repository).client("rhea").get("/help/search")
    assert page.status_code == 200
    assert "Examples appear here" in page.text
    app.extensions["showme"].close()
