"""What a page marks in a text."""

from __future__ import annotations

import time

import pytest

from indexer.query import And, Fuzzy, Near, Node, Not, NotNear, NumberRange, Or, Phrase, Stem, Wildcard, Word, parse
from indexer.search import highlight
from indexer.search.highlight import spans

COUNCIL, BUDGET, CITY, VOTE = map(Word, ("council", "budget", "city", "vote"))
TEXT = "Council talks. The budget of the city council: 2018 votes, 007 budgets, a Buget and the vote of a council"


def marked(tree: Node, text: str = TEXT) -> list[str]:
    return [text[start:end] for start, end in spans(text, tree)]


def test_both_sides_are_marked_only_where_they_are_near() -> None:
    assert marked(Near(COUNCIL, BUDGET, 4)) == ["Council", "budget", "council"]
    assert marked(Near(COUNCIL, BUDGET, 2)) == []
    assert marked(Near(CITY, COUNCIL, 1)) == ["city", "council"]
    assert marked(Near(COUNCIL, CITY, 1, is_ordered=True)) == []
    assert marked(Near(BUDGET, CITY, 3, is_ordered=True)) == ["budget", "city"]


def test_what_stands_between_the_places_of_nested_nearness_is_not_marked() -> None:
    assert marked(Near(Near(BUDGET, CITY, 3), COUNCIL, 1)) == ["budget", "city", "council"]
    assert marked(Near(Phrase((CITY, COUNCIL)), Or((BUDGET, VOTE)), 4)) == ["budget", "city", "council"]


def test_of_not_near_only_the_places_that_stay_are_marked() -> None:
    assert marked(NotNear(COUNCIL, CITY, 2)) == ["Council", "council"]
    assert spans(TEXT, NotNear(COUNCIL, CITY, 2)) == [(0, 7), (len(TEXT) - 7, len(TEXT))]


def test_what_stands_for_words_is_marked_alone_and_in_phrases() -> None:
    assert marked(Fuzzy("budget")) == ["budget", "budgets", "Buget"]
    assert marked(Fuzzy("budget", 1, 4)) == ["budget", "budgets"]
    assert marked(Stem("vote")) == ["votes", "vote"]
    assert marked(NumberRange(5, 2018)) == ["2018", "007"]
    assert marked(Wildcard("==7")) == ["007"]
    assert marked(Phrase((NumberRange(1, 10), Stem("budget")))) == ["007", "budgets"]
    assert marked(Wildcard("v*", "account")) == []


def test_nothing_is_marked_for_what_must_not_be_there() -> None:
    assert marked(And((CITY, Not(Near(COUNCIL, BUDGET, 4))))) == ["city"]
    assert marked(Not(Stem("vote"))) == []


def test_a_page_of_a_hundred_long_texts_is_marked_at_once() -> None:
    tree = Or((Near(Or((COUNCIL, Fuzzy("budget"))), Near(Wildcard("c*"), Stem("vote"), 10), 25), NotNear(CITY, VOTE, 3)))
    started = time.process_time()
    for number in range(100):
        assert spans(f"{TEXT} {number} " * 4, tree)
    assert time.process_time() - started < 2


def test_a_search_without_words_marks_nothing_and_reads_no_text(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(text: str) -> list[str]:
        raise AssertionError(text)

    monkeypatch.setattr(highlight, "tokens", refuse)
    for query in ("*", "kind:post", "NOT flood"):
        tree = parse(query).tree
        assert tree is not None
        assert spans("the flood of 1993", tree) == []
    with pytest.raises(AssertionError):
        spans("the flood of 1993", Word("flood"))
