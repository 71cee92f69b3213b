"""Doubtful readings of a query: every kind is announced with its place and the other reading, or refused with what to write."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.i18n import Sentence
from indexer.query import Dialect, other_systems, parse
from indexer.query.diagnostics import CODES
from indexer.query.doubts import pasted
from indexer.query.other_systems import TABLE, Spelling

SPELLINGS = [(one, example) for one in TABLE for example in one.examples]
CASES = st.sampled_from([str.upper, str.lower, str.title, str])


def in_a_query(spelling: Spelling, written: str) -> str:
    return f"{written} council" if spelling.glued else f"{written}(council)" if spelling.name == "often" else f"council {written} budget"


@pytest.mark.parametrize("dialect", Dialect)
@pytest.mark.parametrize(("spelling", "written"), SPELLINGS)
def test_every_operator_of_the_table_is_refused_or_announced_with_what_to_write(spelling: Spelling, written: str, dialect: Dialect) -> None:
    text = in_a_query(spelling, written)
    parsed = parse(text, dialect)
    instead = other_systems.rewrite(written, spelling)
    if spelling.is_word:
        assert parsed.tree is not None
    else:
        assert parsed.tree is None
        assert any(instead in fault.suggestion or "w/15" in fault.suggestion for fault in parsed.diagnostics if fault.start < fault.end)
    doubts = [one for one in parsed.announcements if one.code == "other-operator"]
    if spelling.name == "often" or (spelling.glued and dialect is Dialect.DTSEARCH and spelling.name == "weight"):
        return
    (doubt,) = doubts
    assert text[doubt.start : doubt.end] == written
    assert doubt.other_query is not None
    assert instead in doubt.other_query
    assert parse(doubt.other_query, dialect).tree not in {None, parsed.tree}


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(["w", "wi", "within", "near", "nnear", "onear", "pre", "p", "n", "adj", "nw", "notw", "not w", "not near", "beside"]),
    st.sampled_from(["/", "\\", "⁄", "|", "//", "", "-", "/ ", " /", "(", "\\\\"]),
    st.integers(1, 99),
    CASES,
    st.sampled_from(Dialect),
)
def test_no_spelling_of_nearness_is_read_as_words_in_silence(name: str, sign: str, distance: int, case: object, dialect: Dialect) -> None:
    written = case(name) + sign + str(distance) + (")" if sign == "(" else "")  # type: ignore[operator]
    parsed = parse(f"council {written} budget", dialect)
    if name in {"w", "pre", "not w"} and sign in {"/", "⁄"}:
        assert parsed.tree is not None
        assert parsed.announcements == ()
    else:
        assert parsed.tree is None or parsed.announcements, written


@pytest.mark.parametrize("dialect", Dialect)
@pytest.mark.parametrize("text", ["councilw/5budget", "council,w/5 budget", "council <near/5> budget", "council w/5budget"])
def test_an_operator_that_touches_other_letters_is_refused(text: str, dialect: Dialect) -> None:
    assert parse(text, dialect).tree is None


@pytest.mark.parametrize(
    ("text", "code", "place", "other"),
    [
        ("flood or creek", "small-operator", "or", "flood OR creek"),
        ("council and budget", "small-operator", "and", "council AND budget"),
        ("Council And Budget", "small-operator", "And", "Council AND Budget"),
        ("council not budget", "small-operator", "not", "council NOT budget"),
        ("council but not budget", "small-operator", "not", "council NOT budget"),
        ("council and not budget", "small-operator", "and", "council AND NOT budget"),
        ("(flood or creek) and bridge", "small-operator", "or", "(flood OR creek) AND bridge"),
        ('"city council" or budget', "small-operator", "or", '"city council" OR budget'),
        ('"parks and recreation"', None, "", ""),
        ("flood OR creek", None, "", ""),
        ("council AND budget OR tax", "mixed-and-or", "OR", "council AND (budget OR tax)"),
        ("council budget OR tax", "mixed-and-or", "OR", "council (budget OR tax)"),
        ("tax OR account:river AND budget", "mixed-and-or", "OR", "(tax OR account:river) AND budget"),
        ("budget AND account:river OR tax", "mixed-and-or", "OR", "budget AND (account:river OR tax)"),
        ("(council AND budget) OR tax", None, "", ""),
        ("610.021(1)", "glued-parenthesis", "610.021(1)", "610.021 (1)"),
        ("501(c)(3)", "glued-parenthesis", "501(c)(3)", "501 (c) (3)"),
        ("council(s)", "glued-parenthesis", "council(s)", "(council OR councils)"),
        ("(un)lawful", "glued-parenthesis", "(un)lawful", "(un) lawful"),
        ("flood(creek river)", "glued-parenthesis", "(creek river)", '"flood creek river"'),
        ("flood(creek OR river)", None, "", ""),
        ("who approved the budget?", "question-mark", "?", "who approved the budget\\?"),
        ("who pays? who knows??", "question-mark", "?", "who pays\\? who knows??"),
        ("who pays ?", "question-mark", "?", None),
        ('"who pays?"', "question-mark", "?", '"who pays\\?"'),
        ("budget?", "question-mark", "?", "budget"),
        ("wo?d", None, "", ""),
        ("#1", "sign-not-searched", "#1", None),
        ("50%", "sign-not-searched", "50%", None),
        ("C#", "sign-not-searched", "C#", None),
        ("C++ budget", "sign-not-searched", "C++", None),
        ("council%", "sign-not-searched", "council%", "council*"),
        ("%council%", "sign-not-searched", "%council%", "*council*"),
        ("counc$", "sign-not-searched", "counc$", "counc*"),
        ("council=", "sign-not-searched", "council=", None),
        ("AT&T don't 1,000 e-mail 10:30", None, "", ""),
        ("date:[2018-07-01 TO 2018-07-31] mention:city_hall #flood_2018", None, "", ""),
        ("https://x.org/a?b=c%20d#e url:x.org/f=g", None, "", ""),
        ('"counc! act"', "other-operator", "!", '"counc* act"'),
        ('"council w/5 budget"', "other-operator", "w/5", "(council w/5 budget)"),
        ("1. budget", "list-marks", "1. ", "1 budget"),
        ("• budget", "list-marks", "• ", None),
        ("w2 form", None, "", ""),
        ("form w2", None, "", ""),
        ("council w2 budget", "other-operator", "w2", "council w/2 budget"),
    ],
)
def test_a_doubtful_reading_of_the_plain_dialect_has_its_place_and_its_other_reading(
    text: str, code: str | None, place: str, other: str | None
) -> None:
    _assert_doubt(text, Dialect.PLAIN, code, place, other)


@pytest.mark.parametrize(
    ("text", "code", "place", "other"),
    [
        ("council and budget or tax", "mixed-and-or", "or", "council and (budget or tax)"),
        ("city budget or tax and council", "mixed-and-or", "or", "(city budget or tax) and council"),
        ("council not budget or tax", "mixed-and-or", "or", "council not (budget or tax)"),
        ("council and (budget or tax)", None, "", ""),
        ("council and budget", None, "", ""),
        ("%council", "similar-words", "%council", "*council"),
        ("council%", "similar-words", "council%", "council*"),
        ("coun%cil", None, "", ""),
        ("council=", "sign-not-searched", "=", "council"),
        ("610.021(1)", "glued-parenthesis", "610.021(1)", "610.021 and (1)"),
        ("council(s) and tax", "glued-parenthesis", "council(s)", "(council or councils) and tax"),
        ("who approved the budget?", "question-mark", "?", "who approved the budget\\?"),
        ("#1", "sign-not-searched", "#1", None),
        ("2. council", "list-marks", "2. ", "2 council"),
    ],
)
def test_a_doubtful_reading_of_the_dtsearch_dialect_has_its_place_and_its_other_reading(
    text: str, code: str | None, place: str, other: str | None
) -> None:
    _assert_doubt(text, Dialect.DTSEARCH, code, place, other)


def _assert_doubt(text: str, dialect: Dialect, code: str | None, place: str, other: str | None) -> None:
    parsed = parse(text, dialect)
    assert parsed.tree is not None, parsed.diagnostics
    if code is None:
        assert parsed.announcements == ()
        return
    doubt = next(one for one in parsed.announcements if one.code == code)
    assert (text[doubt.start : doubt.end], doubt.other_query) == (place, other)
    assert isinstance(doubt.message, Sentence)


@pytest.mark.parametrize(
    ("text", "other"),
    [("kind:(post or reply)", "kind:(post OR reply)"), ("council w/5 budget and tax", "council w/5 budget AND tax")],
)
def test_a_query_refused_for_small_letters_offers_the_capitals(text: str, other: str) -> None:
    parsed = parse(text)
    assert parsed.tree is None
    assert [(one.code, one.other_query) for one in parsed.announcements] == [("small-operator", other)]


@pytest.mark.parametrize("dialect", Dialect)
@pytest.mark.parametrize(("text", "phrase"), [("610.021(1)", "610 021 1"), ("501(c)(3)", "501 c 3"), ("council(s)", "council s")])
def test_a_citation_is_a_phrase_in_both_dialects(text: str, phrase: str, dialect: Dialect) -> None:
    assert parse(text, dialect).tree == parse(f'"{phrase}"').tree


def test_a_question_is_read_as_its_words() -> None:
    assert parse("who approved the budget?").tree == parse("who approved the budget").tree
    assert parse("who approved the budget?", Dialect.DTSEARCH).tree == parse('"who approved the budget"').tree
    assert parse("city bud? council").tree == parse(r"city bud\? council").tree


ANY = st.lists(
    st.sampled_from(
        [
            *["council", "budget", "and", "or", "not", "AND", "OR", "NOT", "w/5", "w5", "near", "(", ")", '"', "budget!", "1.", "•"],
            *["\n", "\t"],
            *[
                "610.021(1)",
                "(s)",
                "who",
                "pays?",
                "50%",
                "%a",
                "#1",
                "C#",
                "a=",
                "kind:post",
                "date:2018",
                "[2018 TO ]",
                "adj",
                "\\5",
                "+5",
            ],
        ]
    ),
    max_size=10,
).map(" ".join)


@settings(max_examples=400, deadline=None)
@given(ANY, st.sampled_from(Dialect))
def test_every_announcement_has_a_place_a_known_code_and_an_other_query_that_can_be_run(text: str, dialect: Dialect) -> None:
    parsed = parse(text, dialect)
    for one in parsed.announcements:
        assert one.code in CODES
        assert 0 <= one.start < one.end <= len(text)
        assert isinstance(one.message, Sentence)
        if one.other_query is not None:
            other = parse(one.other_query, dialect).tree
            assert other is not None
            assert other != parsed.tree
    for at in parsed.unsearched:
        assert not text[at].isspace()
        assert not text[at].isalnum()


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.sampled_from(["council", "budget*", '"city council"', "w?d", "kind:post", "#flood"]), min_size=1, max_size=4).map(
        " AND ".join
    )
)
def test_a_plain_query_has_nothing_to_announce(text: str) -> None:
    assert parse(text).announcements == ()


TERMS_OF_A_LIST = st.lists(
    st.sampled_from(["budget", '"city council"', "mayor w/10 budget", "resign*", "e-mail", "tax OR levy"]), min_size=2, max_size=9
)
WAYS = {
    "1. ": lambda at: f"{at}. ",
    "1) ": lambda at: f"{at}) ",
    "(1) ": lambda at: f"({at}) ",
    "1.\u00a0": lambda at: f"{at}.\u00a0",
    "1 tab": lambda at: f"{at}\t",
    "1. tab": lambda at: f"{at}.\t",
    "No. 1: ": lambda at: f"No. {at}: ",
    "a. ": lambda at: f"{'abcdefghij'[at - 1]}. ",
    "(a) ": lambda at: f"({'abcdefghij'[at - 1]}) ",
    "i. ": lambda at: f"{['i', 'ii', 'iii', 'iv', 'v', 'vi', 'vii', 'viii', 'ix'][at - 1]}. ",
    "1.1 ": lambda at: f"1.{at} ",
    "1)": lambda at: f"{at})",
    "• ": lambda _at: "• ",
    "- ": lambda _at: "- ",
    "* ": lambda _at: "* ",
    "– ": lambda _at: "– ",
    "o ": lambda _at: "o ",
    "word bullet": lambda _at: "\uf0b7\t",
    "indented": lambda at: f"   {at}.   ",
}


@settings(max_examples=300, deadline=None)
@given(TERMS_OF_A_LIST, st.sampled_from(sorted(WAYS)), st.sampled_from(["", "blank"]))
def test_the_marks_of_a_list_are_found_and_nothing_of_its_terms(terms: list[str], way: str, gap: str) -> None:
    lines = []
    for at, term in enumerate(terms, 1):
        lines += [WAYS[way](at) + term, *([""] if gap else [])]
    found = [line[mark.end :] for line, mark in zip(lines, pasted.find_marks(lines), strict=True) if mark]
    assert found == terms
    assert pasted.describe_removed(pasted.find_marks(lines)) is not None


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from(["budget", "2018 budget", "J. Smith", "7/4/2018", "1.5 million", "10:30", "(573) 555-0199", "a", "911"]), max_size=6
    )
)
def test_what_is_no_mark_stays(lines: list[str]) -> None:
    assert pasted.find_marks(lines) == [None] * len(lines)


@pytest.mark.parametrize("dialect", Dialect)
@pytest.mark.parametrize(
    "text", ["1. budget\n2. council\n3. tax", "1. budget 2. council 3. tax", "• budget\n• council\n• tax", "budget\ncouncil\ntax"]
)
def test_a_list_in_the_search_box_is_said_with_the_number_of_any_of_its_lines(text: str, dialect: Dialect) -> None:
    doubts = {one.code: one for one in parse(text, dialect).announcements}
    operator = "or" if dialect is Dialect.DTSEARCH else "OR"
    assert doubts["several-lines"].other_query == f"(budget) {operator} (council) {operator} (tax)"
    assert ("list-marks" in doubts) == bool(re.search(r"[.•]", text))


@pytest.mark.parametrize("dialect", Dialect)
@pytest.mark.parametrize("text", ["who pays? " * 2_000, "a AND b OR " * 1_200 + "c", "\n".join(f"{at}. a" for at in range(1, 2_000))])
def test_a_very_long_query_is_announced_and_few_of_its_other_readings_are_read(text: str, dialect: Dialect) -> None:
    found = parse(text, dialect).announcements
    assert found
    assert sum(len(one.other_query or "") for one in found) <= 60_000


@pytest.mark.parametrize("dialect", Dialect)
@pytest.mark.parametrize(
    ("text", "place", "other"),
    [
        ("council within 5 budget", "within 5", "council w/5 budget"),
        ("council PRE 3 budget", "PRE 3", "council pre/3 budget"),
        ("council near 7 budget", "near 7", "council w/7 budget"),
        ("council w 5 budget", "w 5", "council w/5 budget"),
    ],
)
def test_a_nearness_written_apart_from_its_number_is_announced(text: str, place: str, other: str, dialect: Dialect) -> None:
    parsed = parse(text, dialect)
    (doubt,) = [one for one in parsed.announcements if one.code == "other-operator"]
    assert (text[doubt.start : doubt.end], doubt.other_query) == (place, other)


@pytest.mark.parametrize("text", ["within 5", "5 within", "plan within budget", "within 30"])
def test_a_word_beside_a_number_that_joins_nothing_is_no_operator(text: str) -> None:
    assert [one for one in parse(text).announcements if one.code == "other-operator"] == []


@pytest.mark.parametrize("mark", ["a.", "b)", "(c)", "i.", "iv)", "A."])
def test_the_letter_of_a_list_before_a_single_line_is_announced(mark: str) -> None:
    (doubt,) = [one for one in parse(f"{mark} budget").announcements if one.code == "list-marks"]
    assert doubt.other_query == "budget"
