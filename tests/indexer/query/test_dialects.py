"""Nearness, similar words, stems, ranges of numbers and the dtSearch dialect; every tree can be written as text again."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from indexer.i18n import Sentence
from indexer.query import (
    And,
    Dialect,
    Fuzzy,
    Near,
    Node,
    Not,
    NotNear,
    NumberRange,
    Or,
    Phrase,
    Stem,
    Wildcard,
    Word,
    expanding,
    nodes,
    parse,
)
from indexer.query.canonical import canonical

A, B, C, D = (Word(letter) for letter in "abcd")


def tree(text: str, dialect: Dialect = Dialect.PLAIN) -> Node:
    parsed = parse(text, dialect)
    assert parsed.tree is not None, parsed.diagnostics
    assert parsed.dialect is dialect
    assert parsed.reading
    assert parse(parsed.canonical).tree == parsed.tree
    return parsed.tree


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("a w/5 b", Near(A, B, 5)),
        ("a W/5 b", Near(A, B, 5)),
        ("a pre/12 b", Near(A, B, 12, is_ordered=True)),
        ("a Not w/5 b", NotNear(A, B, 5)),
        ("a NOT  PRE/1 b", NotNear(A, B, 1, is_ordered=True)),
        ("a w/1000 b", Near(A, B, 1000)),
        ("a w/005 b", Near(A, B, 5)),
        ("a w⁄5 b", Near(A, B, 5)),
        ("a w/5 b w/3 c", Near(Near(A, B, 5), C, 3)),
        ("a w/5 (b w/3 c)", Near(A, Near(B, C, 3), 5)),
        ("(a OR b) w/10 (c OR d*)", Near(Or((A, B)), Or((C, Wildcard("d*"))), 10)),
        ("(a)w/5(b)", Near(A, B, 5)),
        ("“a”w/5“b”", Near(A, B, 5)),
        ('"a b" w/5 c', Near(Phrase((A, B)), C, 5)),
        ("a w/5 b c", And((Near(A, B, 5), C))),
        ("c a w/5 b OR d", Or((And((C, Near(A, B, 5))), D))),
        ("NOT a w/5 b", Not(Near(A, B, 5))),
        ("a NOT b w/5 c", And((A, Not(Near(B, C, 5))))),
        ("(a not w/2 b) w/5 c", Near(NotNear(A, B, 2), C, 5)),
        ("budget~ w/5 tax~~", Near(Fuzzy("budget"), Stem("tax"), 5)),
        ("not w/5 b", None),
        ('"a b"~5', Near(A, B, 5)),
        ('"a b c"~5', Near(Near(A, B, 5), C, 5)),
        ('"city bud*"~3', Near(Word("city"), Wildcard("bud*"), 3)),
        ('"not" w/5 b', Near(Word("not"), B, 5)),
        ("(a)AND(b)OR(c)", Or((And((A, B)), C))),
        ("（a OR b） c", And((Or((A, B)), C))),
    ],
)
def test_nearness_binds_first_and_goes_from_left_to_right(text: str, meaning: Node | None) -> None:
    if meaning is None:
        assert parse(text).tree is None
    else:
        assert tree(text) == meaning


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("Budgét~", Fuzzy("budget")),
        ("budget~1", Fuzzy("budget")),
        ("budget~2", Fuzzy("budget", 2)),
        ("budgets~~", Stem("budget")),
        ("author:jonson~", Fuzzy("jonson", field="author")),
        ("#flod~", Fuzzy("flod", field="hashtag")),
        ("#floods~~", Stem("flood", field="hashtag")),
        ('"city counsil~"', Phrase((Word("city"), Fuzzy("counsil")))),
        ('"city budgets~~ 2018"', Phrase((Word("city"), Stem("budget"), Word("2018")))),
        ("12~~24", NumberRange(12, 24)),
        ("0012~~24", NumberRange(12, 24)),
        ('"rule 12~~24"', Phrase((Word("rule"), NumberRange(12, 24)))),
        (r"555\=\=\=\=", Wildcard("555====")),
        (r"ba\%nana", Fuzzy("banana", 1, 2)),
        (r'"who pays\?"', Phrase((Word("who"), Wildcard("pays?")))),
        ("*東京", Phrase((Wildcard("*東"), Word("京")))),
        ("½", Word("1⁄2")),
        ("half-½*", Phrase((Word("half"), Wildcard("1⁄2*")))),
        (r'"\{1⁄2} inch"', Phrase((Word("1⁄2"), Word("inch")))),
        ("url:x.org/~jane", Phrase(tuple(Word(word, "url") for word in ["x", "org", "jane"]), "url")),
        ("a AND\u200b b", And((A, B))),
        ("a\u00a0AND\u00a0b", And((A, B))),
        ("author:«Ann Lee»", Phrase((Word("ann", "author"), Word("lee", "author")), "author")),
    ],
)
def test_similar_words_stems_numbers_and_pasted_signs(text: str, meaning: Node) -> None:
    assert tree(text) == meaning


def test_what_was_typed_is_kept_for_messages() -> None:
    typed = [node.typed for node in expanding(tree("Bud** counsil~2 taxes~~ 5~~9"))]
    assert typed == ["Bud**", "counsil~2", "taxes~~", "5~~9"]


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("city council", Phrase((Word("city"), Word("council")))),
        ("city council AND tax", And((Phrase((Word("city"), Word("council"))), Word("tax")))),
        ("a and b or c", Or((And((A, B)), C))),
        ("a or b and c", Or((A, And((B, C))))),
        ("a not b", And((A, Not(B)))),
        ("a And Not b", And((A, Not(B)))),
        ("not a", Not(A)),
        ("a b w/5 c d", Near(Phrase((A, B)), Phrase((C, D)), 5)),
        ("(a or b) W/5 (c or d)", Near(Or((A, B)), Or((C, D)), 5)),
        ("a not w/5 b", NotNear(A, B, 5)),
        ("a not pre/5 b", NotNear(A, B, 5, is_ordered=True)),
        ("tax* wo?d", Phrase((Wildcard("tax*"), Wildcard("wo?d")))),
        ("555-====", Phrase((Word("555"), Wildcard("====")))),
        ("budgets~", Stem("budget")),
        ("city budgets~", Phrase((Word("city"), Stem("budget")))),
        ("ba%nana", Fuzzy("banana", 1, 2)),
        ("b%%anana", Fuzzy("banana", 2, 1)),
        ("%banana", Fuzzy("banana", 1, 0)),
        ("banana%", Fuzzy("banana", 1, 6)),
        ("12~~24", NumberRange(12, 24)),
        ("rule 12~~24", Phrase((Word("rule"), NumberRange(12, 24)))),
        ("#flood and @city.hall", And((Word("flood", "hashtag"), Word("city.hall", "mention")))),
        ("account:riverbend and budget", And((Word("riverbend", "account"), Word("budget")))),
        ("kind:(post or reply)", Or((Word("post", "kind"), Word("reply", "kind")))),
        ("“all and only his”", Phrase(tuple(Word(word) for word in ["all", "and", "only", "his"]))),
        ("the and only", And((Word("the"), Word("only")))),
        ("budget—tax", Phrase((Word("budget"), Word("tax")))),
        ('"budget~ tax%es"', Phrase((Stem("budget"), Fuzzy("taxes", 1, 3)))),
        ("url:riverbend.gov/a?b=c%20d", Phrase(tuple(Word(word, "url") for word in ["riverbend", "gov", "a", "b", "c", "20d"]), "url")),
        ("*", None),
    ],
)
def test_the_dtsearch_dialect(text: str, meaning: Node | None) -> None:
    found = tree(text, Dialect.DTSEARCH)
    assert meaning is None or found == meaning


FAULTS = [
    ("(a AND b) w/5 c", "(a AND b)", "joined by AND", "(a w/5 c) AND (b w/5 c)"),
    ("c pre/5 (a b)", "(a b)", "joined by AND", "(c pre/5 a) AND (c pre/5 b)"),
    ("a not w/5 (b AND c)", "(b AND c)", "joined by AND", "a not w/5 (b OR c)"),
    ("(a OR (b AND c)) w/5 d", "(b AND c)", "joined by AND", "once for each"),
    ("a w/5 (NOT b)", "(NOT b)", "NOT cannot", "a not w/5 b"),
    ("a w/5 NOT b", "NOT", "NOT cannot stand after w/5", "a not w/5 b"),
    ("#flood w/5 x", "#flood", "not looked for in the text", "flood"),
    ("(x OR @city) w/5 x", "@city", "not looked for in the text", "city"),
    ("account:riverbend w/5 x", "riverbend", "not looked for in the text", "AND account:riverbend"),
    ("x w/5 date:2018", "2018", "day has no place", "AND [2018-01-01 TO 2018-12-31]"),
    ("* w/5 a", "*", "every record", "tax*"),
    ("www.x.org w/5 a", "www.x.org", "not looked for in the text", '"www x org"'),
    ("a w/0 b", "w/0", "not a valid distance", "1 to 1,000"),
    ("a w/1001 b", "w/1001", "not a valid distance", "1 to 1,000"),
    ("a w/" + "9" * 5000 + " b", "w/" + "9" * 5000, "not a valid distance", "1 to 1,000"),
    ("a w/ 5 b", "w/ 5", "not a valid distance", "w/5"),
    ("a w/5b c", "w/5b", "not a valid distance", "w/5"),
    ("a near/5 b", "near/5", "another search program", "w/5"),
    ("a /5 b", "/5", "another search program", "w/5"),
    ("burger w/fries", "w/fries", "not a valid distance", '"w/fries"'),
    ("a w/s b", "w/s", "one sentence", "w/15"),
    ("a w/5", "w/5", "Nothing follows w/5", '"w/5"'),
    ("(w/5 a)", "w/5", "Nothing stands before w/5", '"w/5"'),
    ("a w/5 OR b", "w/5", "Nothing follows w/5", "Write a word"),
    ("a AND/OR b", "AND/OR", "not an operator", "OR"),
    ('"a b"~', "~", "not a valid distance", "1 to 1,000"),
    ('"a b"~0', "~0", "not a valid distance", "1 to 1,000"),
    ('"a"~5', "~5", "two or more words", "~5"),
    ('author:"ann lee"~5', "~5", "two or more words", "~5"),
    ("budget~3", "budget~3", "1 or 2 letters", "budget~2"),
    ("ab~", "ab~", "too short", "3 letters"),
    ("flod~2", "flod~2", "too short", "5 for 2"),
    ("tax*~", "tax*~", "cannot be used together", "tax*"),
    ("a~b", "a~b", "inside of a word", "12~~24"),
    ("about ~5", "~5", "directly after a word", "leave it out"),
    ("(a OR b)~2", "~2", "directly after a word", "leave it out"),
    ("24~~12", "24~~12", "ends before it begins", "12~~24"),
    ("[12 TO 24]", "[12 TO 24]", "these are numbers", "12~~24"),
    ("ba%nana", "%", "dtSearch", "banana~"),
    ("‘city council’", "‘city council’", "Single quotation marks", '"city council"'),
    ("a w/5 b and c", "and", "small letters", "AND"),
    ("a AND, b", "AND,", "a stop touches", "quotation marks"),
    ("a —w/5 b", "—w/5", "a stop touches", "Leave the stop out"),
    ("xfirstword w/5 a", "xfirstword", "first or the last word", "Leave it out"),
]


@pytest.mark.parametrize(("text", "place", "said", "hint"), FAULTS)
def test_what_cannot_be_read_is_told_with_its_place_and_the_repair(text: str, place: str, said: str, hint: str) -> None:
    _assert_told(text, Dialect.PLAIN, place, said, hint)


FAULTS_OF_DTSEARCH = [
    ("city #flood", "#flood", "side by side", "w/5"),
    ("author:jane roe", "roe", "side by side", "quotation marks"),
    ("(a or b) c", "c", "side by side", "and, or"),
    ('"city council" budget', "budget", "side by side", "quotation marks"),
    ("a and b)", ")", "closes nothing", "Leave it out"),
    ("budget&", "budget&", "synonyms", "(budget or …)"),
    ('"##[0-9]+"', '"##[0-9]+"', "regular expression", "* is any letters"),
    ("##[0-9]+", "##[0-9]+", "regular expression", "= is one digit"),
    ("subject contains (a w/3 b)", "subject contains", "with a colon", "author:"),
    ("apple w/10 xlastword", "xlastword", "first or the last word", "Leave it out"),
    ("date(1/1/2018 to 2/2/2018) and a", "date(1/1/2018 to 2/2/2018)", "recognizes", "[2018-07-01 TO 2018-07-31]"),
    ("creditcard(*)", "creditcard(*)", "recognizes", "wildcard"),
    ("a andany b", "andany", "optional", "OR"),
    ("a w/p b", "w/p", "paragraph", "w/50"),
    ("ba%%%nana", "ba%%%nana", "more than 2", "1 or 2"),
    ("5%", "5%", "too short", "3 letters"),
    ("budget~~", "budget~~", "between two whole numbers", "budget~"),
    ("budget~2", "budget~2", "no meaning", "ba%nana"),
    ("parks & recreation", "&", "no letter", '"parks & recreation"'),
    ("and b", "and", "Nothing stands before and", '"and"'),
    ('"a b"~5', "~5", "not known in the dtSearch dialect", "a w/5 b"),
]


@pytest.mark.parametrize(("text", "place", "said", "hint"), FAULTS_OF_DTSEARCH)
def test_what_dtsearch_knows_and_we_do_not_is_named(text: str, place: str, said: str, hint: str) -> None:
    _assert_told(text, Dialect.DTSEARCH, place, said, hint)


def _assert_told(text: str, dialect: Dialect, place: str, said: str, hint: str) -> None:
    parsed = parse(text, dialect)
    assert parsed.tree is None
    assert parsed.canonical == ""
    assert any(
        text[fault.start : fault.end] == place and said in fault.message and hint in fault.suggestion for fault in parsed.diagnostics
    ), parsed.diagnostics
    assert all(isinstance(fault.message, Sentence) and isinstance(fault.suggestion, Sentence) for fault in parsed.diagnostics)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("city council w/5 budget OR tax*", "(city AND (council w/5 budget)) OR tax*"),
        ("a b NOT c", "a AND b AND NOT c"),
        ("NOT (a OR b)", "NOT (a OR b)"),
        ("a pre/3 b not w/4 c", "(a pre/3 b) not w/4 c"),
        ("#flood @city_hall @city.hall", '#flood AND @city_hall AND mention:"city.hall"'),
        ("author:“Ann Lee” to:2018-07", 'author:"ann lee" AND [ TO 2018-07-31]'),
        ("not and or", '"not" AND "and" AND "or"'),
        ("has:photo platform:x", "has:picture AND platform:twitter"),
        ("budgets~~ counsil~2", "budgets~~ AND counsil~2"),
        ("*", "*"),
        ("", "*"),
    ],
)
def test_the_canonical_text_has_every_parenthesis(text: str, written: str) -> None:
    assert parse(text).canonical == written
    assert parse(written).canonical == written


PIECES = st.sampled_from(
    [
        *[
            "a",
            "budget",
            "Café",
            "ß",
            "½",
            "⁉",
            "東京",
            "🎉",
            "👍🏽",
            "#️⃣",
            "*️⃣",
            "12",
            "2018",
            "don't",
            "ñ",
            "ſ",
            "ﷺ",
            "not",
            "to",
            "=",
            "%",
        ],
        *["*", "?", "~", "~~", "~2", "\\", "\\=", "\\%", "\\?", "\\{x}", "{", "}", "'", "‘", "’", "&", "_", ".", ",", "-", "–", "—", "/"],
        *[
            " ",
            " ",
            " ",
            "\n",
            "\u00a0",
            "\u200b",
            "\u200d",
            "\ufe0f",
            "\ufeff",
            '"',
            "“",
            "”",
            "«",
            "(",
            ")",
            "（",
            "[",
            "]",
            "#",
            "@",
            "＃",
            ":",
        ],
        *[
            " AND ",
            " OR ",
            " NOT ",
            " and ",
            " or ",
            " not ",
            " w/5 ",
            " pre/3 ",
            " not w/2 ",
            " w/s ",
            "w/",
            " TO ",
            "~5",
            "~~24",
            "##",
            "xlastword",
        ],
        *[
            "account:",
            "author:",
            "hashtag:",
            "mention:",
            "url:",
            "has:picture",
            "kind:(",
            "date:2018-07",
            "from:",
            "www.x.org/~a",
            "[2018 TO ]",
            "x:",
        ],
    ]
)


@settings(max_examples=400, deadline=None)
@given(st.lists(PIECES, max_size=20).map("".join), st.sampled_from(Dialect))
@example("hashtag:#\u200d🟦", Dialect.DTSEARCH)
@example("½www.x.org/~a", Dialect.PLAIN)
@example("—xlastword ¼~~ 'xfirstword", Dialect.PLAIN)
@example("a w/5 " * 400 + "b", Dialect.PLAIN)
@example("(" * 300 + "a" + ")" * 300, Dialect.DTSEARCH)
@example("NOT " * 300 + "a", Dialect.DTSEARCH)
@example("a or " * 2000 + "b", Dialect.DTSEARCH)
@example("a " * 2500 + "b", Dialect.DTSEARCH)
def test_any_query_is_read_and_can_be_written_again_or_is_refused_with_places(text: str, dialect: Dialect) -> None:
    parsed = parse(text, dialect)
    assert (parsed.tree is None) == bool(parsed.diagnostics)
    for fault in parsed.diagnostics:
        assert 0 <= fault.start < fault.end <= len(text)
        assert isinstance(fault.message, Sentence)
        assert isinstance(fault.suggestion, Sentence)
    if parsed.tree is not None:
        assert parsed.reading
        assert parsed.canonical == canonical(parsed.tree)
        again = parse(parsed.canonical)
        assert again.tree == parsed.tree, (parsed.canonical, again)
        assert again.canonical == parsed.canonical
        assert not any(isinstance(node, Near | NotNear) and _is_unfit(node) for node in nodes(parsed.tree))


def _is_unfit(near: Near | NotNear) -> bool:
    return any(isinstance(side, And | Not) or getattr(side, "field", "text") != "text" for side in (near.left, near.right))


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.characters(), max_size=4).map("".join),
    st.sampled_from(["{}", '"{} a"', "{}*", "#{}", "author:{}", "a w/5 {}", "{}~~"]),
    st.sampled_from(Dialect),
)
def test_any_letters_are_read_and_can_be_written_again_or_are_refused(letters: str, way: str, dialect: Dialect) -> None:
    parsed = parse(way.replace("{}", letters), dialect)
    assert (parsed.tree is None) == bool(parsed.diagnostics)
    if parsed.tree is not None:
        assert parse(parsed.canonical).tree == parsed.tree, parsed.canonical
