"""Readings: every node in English and Spanish, with parentheses where precedence could be doubted; a whole search in one sentence."""

from __future__ import annotations

import re
from datetime import date

import pytest

from indexer.catalog.models import AccountView
from indexer.query import And, DayRange, Everything, Fuzzy, Near, Node, Not, NotNear, NumberRange, Or, Phrase, Stem, Wildcard, Word
from indexer.query.filters import Filters, Permission
from indexer.query.reading import day, paraphrase
from indexer.query.reading_words import ENGLISH, SPANISH, TABLES
from indexer.record import RecordKind
from indexer.search.reading import paraphrase_search, paraphrases
from indexer.search.request import SearchRequest

TAX = Or((Word("budget"), Wildcard("tax*")))
CASES: list[tuple[Node, str, str]] = [
    (
        Near(Word("council"), TAX, 5),
        "council within 5 words of (budget or any word starting with tax)",
        "council a 5 palabras o menos de (budget o cualquier palabra que empiece por tax)",
    ),
    (Near(Word("x"), Word("y"), 3, is_ordered=True), "x followed within 3 words by y", "x seguido, a 3 palabras o menos, de “y”"),
    (Near(Word("x"), Word("z"), 1), "x next to z", "x junto a z"),
    (NotNear(Word("x"), Word("z"), 5), "x not within 5 words of z", "x que no esté a 5 palabras o menos de z"),
    (
        NotNear(Word("x"), Word("z"), 1, is_ordered=True),
        "x not immediately followed by z",
        "x que no vaya seguido inmediatamente de z",
    ),
    (
        Fuzzy("budget"),
        "any word like budget (1 letter added, missing, different, or swapped)",
        "cualquier palabra parecida a budget (1 letra de más, de menos, distinta o cambiada de lugar)",
    ),
    (
        Fuzzy("budget", 2, 3),
        "any word like budget starting with bud (up to 2 letters added, missing, different, or swapped)",
        "cualquier palabra parecida a budget que empiece por bud (hasta 2 letras de más, de menos, distintas o cambiadas de lugar)",
    ),
    (Stem("budget", typed="budgets~~"), "any form of budgets", "cualquier forma de budgets"),
    (NumberRange(12, 24), "a whole number from 12 to 24", "un número entero de 12 a 24"),
    (
        Wildcard("r=?d"),
        "any word like r=?d (? is any one letter, = is one digit)",
        "cualquier palabra como r=?d (? es una sola, = es una cifra)",
    ),
    (Wildcard("flo*", "hashtag"), "hashtag flo* (* is any number of letters)", "etiqueta flo* (* es cualquier número de letras)"),
    (
        Phrase((Word("the"), Word("city"), Wildcard("coun*"))),
        "“the city” immediately followed by any word starting with coun",
        "“the city” seguido inmediatamente de cualquier palabra que empiece por coun",
    ),
    (
        And((Near(Near(Word("a1"), Word("b1"), 2), Word("c1"), 4), Not(TAX))),
        "((a1 within 2 words of b1) within 4 words of c1), but not (budget or any word starting with tax)",
        "((a1 a 2 palabras o menos de b1) a 4 palabras o menos de c1), pero no (budget o cualquier palabra que empiece por tax)",
    ),
    (
        And((Word("reply", "kind"), Word("picture", "has"), DayRange(date(2018, 7, 1), None))),
        "kind reply and with picture and posted on July 1, 2018 or later",
        "tipo respuesta y con imagen y publicado el 1 de julio de 2018 o después",
    ),
    (Or((Word("and"), Word("y"))), "“and” or y", "and o “y”"),
]
ACCOUNTS = tuple(AccountView(at, "facebook" if at == 3 else "twitter", str(at), f"Town{at}", "", 5, None, None) for at in (1, 2, 3))


@pytest.mark.parametrize(("tree", "english", "spanish"), CASES)
def test_every_node_is_read_in_english_and_in_spanish(tree: Node, english: str, spanish: str) -> None:
    assert paraphrase(tree) == english
    assert paraphrase(tree, SPANISH) == spanish


def test_both_tables_have_the_same_keys_and_the_same_places() -> None:
    assert set(ENGLISH) == set(SPANISH)
    for key, text in ENGLISH.items():
        places = set(re.findall(r"{(\w+)}", text))
        assert places == set(re.findall(r"{(\w+)}", SPANISH[key])), key
    assert all(f"kind {kind.value}" in ENGLISH for kind in RecordKind)
    assert all(len(table["months"].split()) == 12 for table in TABLES.values())


def test_the_forms_of_a_stem_are_said_where_they_are_known() -> None:
    node = Stem("budget", typed="budget~~")
    assert paraphrase(node, ENGLISH, {node: ["budget", "budgets"]}) == "any form of budget (budget, budgets)"
    assert paraphrase(node, ENGLISH, {node: list("abcdefgh")}).endswith("(a, b, c, d, e, f, …)")


def test_a_whole_search_is_one_sentence() -> None:
    july = Filters(first_day=date(2018, 7, 1), last_day=date(2018, 7, 31))
    tree = Near(Word("council"), Word("budget"), 5)
    said = paraphrases(tree, SearchRequest(filters=july), ACCOUNTS, "America/Chicago")
    assert said["en"] == "council within 5 words of budget, posted July 1 – July 31, 2018, Central Time, in 3 accounts"
    assert said["es"] == (
        "council a 5 palabras o menos de budget, publicado del 1 de julio al 31 de julio de 2018, hora del Centro, en 3 cuentas"
    )


@pytest.mark.parametrize(
    ("filters", "part"),
    [
        (Filters(), "days in Central Time"),
        (Filters(first_day=date(2018, 7, 4), last_day=date(2018, 7, 4)), "posted July 4, 2018, Central Time"),
        (Filters(first_day=date(2017, 7, 1), last_day=date(2018, 7, 4)), "posted July 1, 2017 – July 4, 2018"),
        (Filters(last_day=date(2018, 7, 4)), "posted on July 4, 2018 or earlier"),
        (Filters(accounts=frozenset({1})), "in the account @Town1 (X / Twitter)"),
        (Filters(accounts=frozenset({1, 3})), "in the accounts @Town1 (X / Twitter) and @Town3 (Facebook)"),
        (
            Filters(accounts=frozenset({1, 3}), permission=Permission(frozenset({3}), without_messages=False)),
            "in the account @Town3 (Facebook)",
        ),
        (Filters(permission=Permission(frozenset(), without_messages=False)), "in no account"),
        (Filters(platforms=frozenset({"twitter"})), "on X / Twitter, in 2 accounts"),
        (Filters(kinds=frozenset({"post", "reply"})), "of kind post or reply"),
        (Filters(kinds=frozenset()), "of kind no record"),
        (Filters(authors=frozenset({"Ann Lee"})), "written by Ann Lee"),
        (Filters(has_media=False), "without pictures or video"),
        (Filters(permission=Permission(None, without_messages=True)), "without direct messages"),
    ],
)
def test_every_filter_is_said(filters: Filters, part: str) -> None:
    assert part in paraphrase_search(Everything(), SearchRequest(filters=filters), ACCOUNTS, "America/Chicago")


def test_accounts_that_the_reader_may_not_see_are_not_even_counted() -> None:
    said = paraphrase_search(
        Everything(),
        SearchRequest(filters=Filters(permission=Permission(frozenset({1, 2}), without_messages=False))),
        ACCOUNTS,
        "America/Chicago",
    )
    assert "in 2 accounts" in said
    assert "Town3" not in said


def test_what_the_role_leaves_out_is_said_once_and_the_day_it_stands_for_last() -> None:
    reader = Filters(permission=Permission(None, without_messages=True))
    said = paraphrase_search(Everything(), SearchRequest(filters=reader, as_of=date(2020, 2, 1)), ACCOUNTS, "America/Phoenix")
    assert said == (
        "every record, days in America/Phoenix, in 3 accounts, without direct messages, as it was at the end of February 1, 2020"
    )


def test_days_are_written_as_people_write_them() -> None:
    assert day(date(2018, 7, 4)) == "July 4, 2018"
    assert day(date(2018, 7, 4), SPANISH) == "4 de julio de 2018"
