"""The query language: what each sign means, and what is said when one cannot stand where it stands."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.query import And, DayRange, Everything, Node, Not, Or, Parsed, Phrase, Wildcard, Word, expanding, nodes, parse
from indexer.query.checks import MOST_LETTERS, MOST_TERMS
from indexer.query.nodes import MAX_DEPTH, depth
from indexer.query.reading import paraphrase
from indexer.query.reading_words import ENGLISH

A, B, C, D = (Word(letter) for letter in "abcd")


def tree(text: str) -> Node:
    parsed = parse(text)
    assert parsed.tree is not None, parsed.diagnostics
    assert parsed.diagnostics == ()
    assert parsed.reading
    return parsed.tree


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("", Everything()),
        ("  ", Everything()),
        ("*", Everything()),
        ("a", A),
        ("a b", And((A, B))),
        ("a AND b", And((A, B))),
        ("a OR b", Or((A, B))),
        ("NOT a", Not(A)),
        ("NOT NOT a", Not(Not(A))),
        ("a NOT b", And((A, Not(B)))),
        ("a AND NOT b", And((A, Not(B)))),
        ("a OR NOT b", Or((A, Not(B)))),
        ("a b OR c d", Or((And((A, B)), And((C, D))))),
        ("a OR b c OR d", Or((A, And((B, C)), D))),
        ("a AND b OR c AND d", Or((And((A, B)), And((C, D))))),
        ("(a OR b) AND (c OR d)", And((Or((A, B)), Or((C, D))))),
        ("(a OR b) c", And((Or((A, B)), C))),
        ("a(b OR c)d", And((A, Or((B, C)), D))),
        ("NOT a b", And((Not(A), B))),
        ("NOT (a b)", Not(And((A, B)))),
        ("NOT(a)b", And((Not(A), B))),
        ("((a))", A),
        ("* NOT a", And((Everything(), Not(A)))),
        ("and or not", And((Word("and"), Word("or"), Word("not")))),
        ("the And Or", And((Word("the"), Word("and"), Word("or")))),
        ("ANDREW NOTE ORAL", And((Word("andrew"), Word("note"), Word("oral")))),
    ],
)
def test_operators_bind_not_before_and_before_or(text: str, meaning: Node) -> None:
    assert tree(text) == meaning


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("Café", Word("cafe")),
        ("don't", Phrase((Word("don"), Word("t")))),
        ("1,000", Phrase((Word("1"), Word("000")))),
        ("e-mail", Phrase((Word("e"), Word("mail")))),
        ("10:30", Phrase((Word("10"), Word("30")))),
        ("note: x", And((Word("note"), Word("x")))),
        ("$5.00 (a)", And((Phrase((Word("5"), Word("00"))), A))),
        ("🎉", Word("🎉")),
        ("👍🏽", Word("👍")),
        ("東京", Phrase((Word("東"), Word("京")))),
        ('"City Council"', Phrase((Word("city"), Word("council")))),
        ("“City Council”", Phrase((Word("city"), Word("council")))),
        ('"council"', Word("council")),
        ('"a AND (b) OR #c, w/5 ~d ~ 5"', Phrase(tuple(Word(word) for word in ["a", "and", "b", "or", "c", "w", "5", "d", "5"]))),
        ('a"b c"d', And((A, Phrase((B, C)), D))),
        ("Bud*", Wildcard("bud*")),
        ("*get", Wildcard("*get")),
        ("wo?d", Wildcard("wo?d")),
        ("É?é*", Wildcard("e?e*")),
        ("bud**", Wildcard("bud*")),
        ("don't*", Phrase((Word("don"), Wildcard("t*")))),
        ("東京*", Phrase((Word("東"), Wildcard("京*")))),
        ('"city bud* wo?d"', Phrase((Word("city"), Wildcard("bud*"), Wildcard("wo?d")))),
        ('"who pays?"', Phrase((Word("who"), Word("pays")))),
    ],
)
def test_words_phrases_and_wildcards(text: str, meaning: Node) -> None:
    assert tree(text) == meaning


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("#Flood", Word("flood", "hashtag")),
        ("＃Flood", Word("flood", "hashtag")),
        ("#Inundación", Word("inundacion", "hashtag")),
        ("#flo*", Wildcard("flo*", "hashtag")),
        ("#1", Word("1")),
        ("@City.Hall", Word("city.hall", "mention")),
        ("hashtag:#flood", Word("flood", "hashtag")),
        ("mention:@city_hall", Word("city_hall", "mention")),
        ("account:Riverbend", Word("riverbend", "account")),
        ('Account:"City of Riverbend"', Phrase((Word("city", "account"), Word("of", "account"), Word("riverbend", "account")), "account")),
        ("account:(a OR b)", Or((Word("a", "account"), Word("b", "account")))),
        ("author:ann*", Wildcard("ann*", "author")),
        ("platform:X", Word("twitter", "platform")),
        ("platform:FaceBook", Word("facebook", "platform")),
        ("kind:Reply", Word("reply", "kind")),
        ("has:photo", Word("picture", "has")),
        ("url:riverbend.gov/a?b=c", Phrase(tuple(Word(word, "url") for word in ["riverbend", "gov", "a", "b", "c"]), "url")),
        ("url:https://t.co/Ab", Phrase(tuple(Word(word, "url") for word in ["https", "t", "co", "ab"]), "url")),
        (
            "www.riverbend.gov",
            Or(
                (
                    Phrase(tuple(Word(word, "url") for word in ["www", "riverbend", "gov"]), "url"),
                    Phrase(tuple(Word(word) for word in ["www", "riverbend", "gov"])),
                )
            ),
        ),
        ("date:2018", DayRange(date(2018, 1, 1), date(2018, 12, 31))),
        ("date:2020-02", DayRange(date(2020, 2, 1), date(2020, 2, 29))),
        ("date:2018-07-04", DayRange(date(2018, 7, 4), date(2018, 7, 4))),
        ("date:2018-7-4", DayRange(date(2018, 7, 4), date(2018, 7, 4))),
        ("from:2018-07", DayRange(date(2018, 7, 1), None)),
        ("to:2018-07", DayRange(None, date(2018, 7, 31))),
        ("[2018-07-01 TO 2018-07-31]", DayRange(date(2018, 7, 1), date(2018, 7, 31))),
        ("date:[2018 TO 2019-02]", DayRange(date(2018, 1, 1), date(2019, 2, 28))),
        ("[* TO 2018]", DayRange(None, date(2018, 12, 31))),
        ("[2018 TO ]", DayRange(date(2018, 1, 1), None)),
        (
            "NOT date:(2018 OR 2019)",
            Not(Or((DayRange(date(2018, 1, 1), date(2018, 12, 31)), DayRange(date(2019, 1, 1), date(2019, 12, 31))))),
        ),
    ],
)
def test_fields_tags_addresses_and_days(text: str, meaning: Node) -> None:
    assert tree(text) == meaning


FAULTS = [
    ('budget "city council', '"', "never closed"),
    ("say “this", "“", "never closed"),
    ("a (b c", "(", "never closed"),
    ("a b) c", ")", "no opening parenthesis"),
    ("a ( ) b", "( )", "parentheses are empty"),
    ('a "" b', '""', "quotation marks are empty"),
    ('"  "', '"  "', "quotation marks are empty"),
    ("OR b", "OR", "before OR"),
    ("a AND", "AND", "follows AND"),
    ("a OR OR b", "OR", "follows OR"),
    ("(a OR) b", "OR", "follows OR"),
    ("a NOT", "NOT", "follows NOT"),
    ("a NOT OR b", "NOT", "follows NOT"),
    ("acount:x", "acount:", "no field acount:"),
    ("Re:budget", "Re:", "no field Re:"),
    ("account:", "account:", "has no value"),
    ("account: x", "account:", "has no value"),
    ("a (kind:) b", "kind:", "has no value"),
    ("platform:myspace", "myspace", "not a value of platform"),
    ("kind:repli", "repli", "not a value of kind"),
    ("has:pictures", "pictures", "not a value of has"),
    ("date:7/4/2018", "7/4/2018", "not a date"),
    ("from:cityhall", "cityhall", "not a date"),
    ("date:2018-02-30", "2018-02-30", "not a date"),
    ("[2018 TO later]", "[2018 TO later]", "not a date"),
    ("[2019 TO 2018]", "[2019 TO 2018]", "ends before it begins"),
    ("{2018 TO 2019}", "{2018 TO 2019}", "[ ]"),
    ("kind:[2018 TO 2019]", "[2018 TO 2019]", "does not accept a range"),
    ("a [sic] b", "[", "date ranges"),
    ("a*b*c*d*e*f*g", "a*b*c*d*e*f*g", "at most"),
    ("#a" + "?" * 21, "#a" + "?" * 21, "20 ?"),
    ('"a * b"', "*", "wildcard by itself"),
    ("author:*", "*", "wildcard by itself"),
    ("#flood OR hashtag:*", "*", "is not a hashtag"),
    ("parks & recreation", "&", "no letter, digit, or emoji"),
    ("a -b", "-", "does not exclude"),
    ("a !b", "!", "does not exclude"),
    ("a || b", "||", "not an operator"),
]


@pytest.mark.parametrize(("text", "place", "said"), FAULTS)
def test_a_fault_is_told_with_its_place_and_what_would_be_right(text: str, place: str, said: str) -> None:
    parsed = parse(text)
    assert parsed.tree is None
    assert parsed.reading == ""
    assert any(text[fault.start : fault.end] == place and said in fault.message for fault in parsed.diagnostics), parsed.diagnostics
    assert all(fault.message and fault.suggestion for fault in parsed.diagnostics)


def test_all_faults_of_a_query_are_told_at_once_in_order() -> None:
    text = 'acount:x AND (kind:bogus OR "'
    assert [text[fault.start : fault.end] for fault in parse(text).diagnostics] == ["acount:", "(", "bogus", '"']


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("acount:x", "Did you mean account:?"),
        ("Re:budget", '"Re:budget"'),
        ("has:pictures", "Did you mean has:picture?"),
        ("date:7/4/2018", "2018-07-04"),
        ("from:cityhall", "author:cityhall"),
        ("hashtag:*", "has:hashtag"),
        ("a || b", "Write OR"),
    ],
)
def test_a_suggestion_names_the_very_repair(text: str, hint: str) -> None:
    assert hint in parse(text).diagnostics[0].suggestion


def test_of_very_many_faults_the_first_are_told_and_the_rest_counted() -> None:
    faults = parse("(" * 1_000).diagnostics
    assert len(faults) == 51
    assert "more errors" in faults[-1].message


def test_a_query_too_long_too_many_or_too_deep_is_refused() -> None:
    assert "longer than" in parse("a" * (MOST_LETTERS + 1)).diagnostics[0].message
    assert "more than" in parse("a " * (MOST_TERMS + 1)).diagnostics[0].message
    assert "deep" in parse("(" * (MAX_DEPTH + 1) + "a" + ")" * (MAX_DEPTH + 1)).diagnostics[0].message
    assert "deep" in parse("NOT " * (MAX_DEPTH + 1) + "a").diagnostics[0].message
    assert "deep" in parse("a w/5 " * (MAX_DEPTH + 1) + "b").diagnostics[0].message
    assert "deep" in parse("NOT (a OR b (" * 20 + "c" + "))" * 20).diagnostics[0].message
    deepest = tree("NOT (a OR b (" * 16 + "c" + "))" * 16)
    assert depth(deepest) == 48


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("*", "every record"),
        ("council (budget OR tax*) NOT #flood", "council and (budget or any word starting with tax), but not hashtag flood"),
        ("a OR b c", "a or (b and c)"),
        ("NOT (a OR b)", "every record, but not (a or b)"),
        ("a OR NOT b", "a or not b"),
        ("and", "“and”"),
        ('"city council"', "“city council”"),
        ("*ing *ou* w?d", "any word ending in ing and any word containing ou and any word like w?d (? is any one letter)"),
        ("platform:x kind:reply has:video", "platform X / Twitter and kind reply and with video"),
        ("date:2018-07-04", "posted on July 4, 2018"),
        ("date:2018-07", "posted from July 1, 2018 to July 31, 2018"),
        ("from:2018 OR to:2017", "posted on January 1, 2018 or later or posted on December 31, 2017 or earlier"),
        (
            'account:riverbend @hall author:"ann lee" url:t.co/a',
            "account riverbend and mention of hall and author “ann lee” and a link with “t co a”",
        ),
        ("[ TO ]", "with a known date"),
    ],
)
def test_a_query_is_read_back_in_plain_english(text: str, read: str) -> None:
    assert parse(text).reading == read


def test_a_reading_in_another_language_needs_only_another_table() -> None:
    spanish = {key: f"<{key}>" + "".join(f"{{{place}}}" for place in range(value.count("{"))) for key, value in ENGLISH.items()}
    spanish |= {key: ENGLISH[key] for key in ("day", "months")}
    said = paraphrase(tree("council (a OR tax*) NOT #flood date:2018"), spanish)
    assert all(f"<{key}>" in said for key in ("and", "or", "starting", "but not", "hashtag", "between"))
    assert " and " not in said


def test_the_wildcards_of_a_query_are_listed_once_in_order_as_typed() -> None:
    found = expanding(tree('Bud* OR "city t?x" OR bud* NOT #Flo*'))
    assert [(one.pattern, one.field, one.as_typed) for one in found] == [
        ("bud*", "text", "Bud*"),
        ("t?x", "text", "t?x"),
        ("flo*", "hashtag", "#Flo*"),
    ]


@given(
    st.text(max_size=60)
    | st.lists(
        st.sampled_from([*"()\"'~*?:#@-[]{} \t", "AND ", "OR ", "NOT ", "a", "é", "w/5", "from:", " TO ", "x:", "2018", "🎉"]),
        max_size=25,
    ).map("".join)
)
def test_any_text_is_read_or_refused_with_places_inside_of_it(text: str) -> None:
    parsed = parse(text)
    assert isinstance(parsed, Parsed)
    assert (parsed.tree is None) == bool(parsed.diagnostics)
    for fault in parsed.diagnostics:
        assert 0 <= fault.start <= fault.end <= len(text)
        assert fault.start < fault.end
    if parsed.tree is not None:
        assert parsed.reading
        assert all(not isinstance(node, Word) or node.word for node in nodes(parsed.tree))
