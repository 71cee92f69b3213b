"""Which words fit what stands for many."""

from __future__ import annotations

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from bench.vocabulary import vocabulary
from indexer.query import Expanding, Fuzzy, NumberRange, Stem, Wildcard
from indexer.query.expansion import as_typed, matcher, matching_words, prefixes, stem
from tests.support.engines import naive_engine

ENDINGS = ("", "s", "es", "ed", "ing", "ly", "y", "ies", "ied", "ying", "ation", "ational", "izer", "ency", "ably", "logy", "fully", "'s")
ODD = ("dying", "lying", "tying", "skies", "skis", "sky", "idly", "gently", "ugly", "early", "only", "singly", "news", "policy", "policies")


def test_every_word_of_a_stem_begins_as_the_dictionary_is_asked() -> None:
    words = [word + ending for word, ending in product(vocabulary().words[:6_000], ENDINGS)]
    for word in (*words, *ODD):
        assert word.startswith(prefixes(Stem(stem(word)))[0]), (word, stem(word))
        assert matcher(Stem(stem(word)))(word)


def test_a_sign_of_a_wildcard_ends_what_all_words_begin_with() -> None:
    assert prefixes(Wildcard("fl*d")) == ("fl",)
    assert prefixes(Wildcard("20=?")) == ("20",)
    assert matching_words(Wildcard("20="), ["20", "201", "20a", "20٣", "2011"]) == ["201"]
    assert matching_words(Wildcard("[a]*"), ["a", "[a]b"]) == ["[a]b"]


def test_numbers_may_begin_with_zeros() -> None:
    words = ["7", "007", "0", "8", "10", "1a", "٧", "-7", "²"]
    assert matching_words(NumberRange(7, 9), words) == ["7", "007", "8"]
    assert prefixes(NumberRange(2015, 2020)) == ("0", "20")
    assert prefixes(NumberRange(7, 9)) == ("0", "7", "8", "9")
    assert prefixes(NumberRange(0, 0)) == ("0",)
    assert len(prefixes(NumberRange(9, 10))) == 10


def test_a_message_names_what_was_typed() -> None:
    assert as_typed(Wildcard("tax*", typed="Tax*")) == "Tax*"
    assert as_typed(Fuzzy("tax")) == "tax"
    assert as_typed(NumberRange(1, 5)) == "1-5"


words = st.text("abtx1", max_size=6) | st.text("0128", max_size=4)
nodes: st.SearchStrategy[Expanding] = (
    st.builds(Fuzzy, st.text("abtx", min_size=1, max_size=5), st.integers(1, 3), st.integers(0, 3))
    | st.text("abtx*?=", min_size=1, max_size=5).map(lambda text: Wildcard(text + "*"))
    | st.builds(NumberRange, st.integers(0, 200), st.integers(0, 200))
)


@given(nodes, st.lists(words))
def test_many_words_are_picked_as_each_one_fits(node: Expanding, many: list[str]) -> None:
    wanted = [word for word in many if naive_engine.fits(node, word)]
    assert matching_words(node, many) == [word for word in many if matcher(node)(word)] == wanted
    assert all(any(word.startswith(start) for start in prefixes(node)) for word in wanted)
