"""Drawn records and drawn queries: tantivy, Whoosh and the naive search find the same, in the same order, with the same counts.

The naive search looks at every pair of places in every record; it shares nothing with the engines but the words.
`SHOWME_DRAWS=20000 pytest tests/test_engines_agree.py` draws more.
"""

from __future__ import annotations

import os
import random
import tempfile
from datetime import date
from pathlib import Path
from unittest import mock

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.engines import Document, Filters, Sort, open_engine, tantivy_near
from indexer.query import (
    And,
    DayRange,
    Everything,
    Expanding,
    Fuzzy,
    Near,
    Node,
    Not,
    NotNear,
    Numbered,
    NumberRange,
    Or,
    Phrase,
    Stem,
    Wildcard,
    Word,
    expanding,
    parse,
)
from tests import naive_engine

MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108  # waiting for a disk thousands of times proves nothing
DRAWS = int(os.environ.get("SHOWME_DRAWS", "300"))

WORDS = ("tax", "tax", "Tax", "taxes", "flood", "#flood", "café", "don't", "1,000", "🎉", "東京", "the", "the", "a", "@hall", "T-ax")
CLOSE_WORDS = ("a", "a", "b", "b", "c", "tax", "taxes", "taxi", "text", "10", "007", "11", "plan", "planned")
HANDLES = ("hall", "City.Hall", "parks_mo")
TAGS = ("flood", "Flood", "café", "東京")
ADDRESSES = ("https://t.co/Ab", "https://www.riverbend.gov/a?b=c", "riverbend.gov")
DAYS = (date(2018, 6, 30), date(2018, 7, 1), date(2019, 1, 1))

short_parts = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join)
# few words over and over, so that words are near each other, and near again, and just too far away
long_parts = st.lists(st.sampled_from(CLOSE_WORDS), min_size=2, max_size=14).map(" ".join)
parts = st.lists(short_parts | long_parts, max_size=3).map(tuple)
days = st.sampled_from(DAYS)


@st.composite
def documents(draw: st.DrawFn) -> Document:
    day = draw(st.none() | days)
    return Document(
        pk=draw(st.integers(0, 9)),
        parts=draw(parts),
        account_id=(account := draw(st.integers(1, 3))),
        account_words=(HANDLES[account - 1], "City of Riverbend"),
        platform=draw(st.sampled_from(["twitter", "facebook", "instagram"])),
        kind=draw(st.sampled_from(["post", "reply"])),
        author=draw(st.sampled_from(["", "Ann Lee", "ann", "Bób"])),
        posted=None if day is None else draw(st.integers(-2, 2)),
        day=day,
        has=tuple(draw(st.sets(st.sampled_from(["media", "picture", "parent", "conversation"])))),
        hashtags=tuple(draw(st.lists(st.sampled_from(TAGS), max_size=2))),
        mentions=tuple(draw(st.lists(st.sampled_from(HANDLES), max_size=2))),
        urls=tuple(draw(st.lists(st.sampled_from(ADDRESSES), max_size=2))),
    )


# each leaf is a tree and the text that a person would type for it
words = st.sampled_from(["tax", "taxes", "flood", "cafe", "the", "a", "no", "🎉", "t", "absent"]).map(lambda word: (Word(word), word))
patterns = st.sampled_from(["t*", "*a*", "t?x", "*x", "?", "??", "f*d", "ca??", "abs*"])
wildcards = patterns.filter(lambda text: text.strip("*?")).map(lambda text: (Wildcard(text), text))
items = st.sampled_from(["tax", "tax", "the", "the", "flood", "t", "t*", "*o*", "東", "京", "1", "000"])
phrases = st.lists(items, min_size=2, max_size=3).map(
    lambda texts: (Phrase(tuple(Wildcard(text) if "*" in text else Word(text) for text in texts)), f'"{" ".join(texts)}"')
)
fields = st.sampled_from(
    [
        (Word("flood", "hashtag"), "#Flood"),
        (Wildcard("f*", "hashtag"), "hashtag:f*"),
        (Word("東京", "hashtag"), "#東京"),
        (Word("city.hall", "mention"), "@city.hall"),
        (Wildcard("*hall", "mention"), "mention:*hall"),
        (Word("riverbend", "account"), "account:Riverbend"),
        (Phrase((Word("city", "account"), Word("hall", "account")), "account"), 'account:"city hall"'),
        (Word("ann", "author"), "author:ANN"),
        (Wildcard("b?b", "author"), "author:b?b"),
        (Word("twitter", "platform"), "platform:x"),
        (Word("reply", "kind"), "kind:reply"),
        (Word("media", "has"), "has:media"),
        (Word("reply", "has"), "has:reply"),
        (Word("link", "has"), "has:link"),
        (Phrase((Word("t", "url"), Word("co", "url")), "url"), "url:t.co"),
        (Wildcard("river*", "url"), "url:river*"),
        (DayRange(date(2018, 7, 1), date(2018, 7, 31)), "date:2018-07"),
        (DayRange(None, date(2018, 6, 30)), "to:2018-06"),
        (DayRange(date(2018, 7, 1), None), "from:2018-07-01"),
        (DayRange(None, None), "[ TO ]"),
        (Everything(), "*"),
    ]
)
Written = tuple[Node, str | None]  # None where no words of the language are the tree

fuzzies = st.builds(Fuzzy, st.sampled_from(["tax", "taxes", "plan", "cafe", "no", "xat"]), st.integers(1, 2), st.integers(0, 3))
stems = st.sampled_from(["tax", "plan", "flood", "text"]).map(Stem)
ranges = st.builds(NumberRange, st.integers(0, 12), st.integers(0, 12))
close_words = st.sampled_from(["a", "b", "c", "a", "b", "tax", "taxes", "plan", "10", "absent"]).map(Word)
close_patterns = st.sampled_from(["t*", "tax*", "*a*", "?", "p?an", "1=", "==7", "*"]).map(Wildcard)
others: st.SearchStrategy[Expanding] = fuzzies | stems | ranges | close_patterns
close_items = close_words | close_words | others
close_phrases = st.lists(close_items, min_size=2, max_size=3).map(lambda found: Phrase(tuple(found)))
distances = st.integers(1, 6) | st.sampled_from([7, 8, 99, 100, 101, 102, 250, 5_000])


def _near(inside: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    return (
        st.builds(Near, inside, inside, distances, st.booleans())
        | st.builds(NotNear, inside, inside, distances, st.booleans())
        | st.lists(inside, min_size=2, max_size=3).map(lambda found: Or(tuple(found)))
    )


places = st.recursive(close_words | close_words | others | close_phrases, _near, max_leaves=4)
close = st.one_of(
    st.builds(Near, close_items, close_items, distances, st.booleans()),
    st.builds(NotNear, close_items, close_items, distances, st.booleans()),
    st.builds(Near, places, places, distances, st.booleans()),
    st.builds(NotNear, places, places, distances, st.booleans()),
    places,
).map(lambda node: (node, None))
numbered = st.frozensets(st.integers(0, 12), max_size=6).map(lambda pks: (Numbered(pks), None))
leaves = words | wildcards | phrases | fields | numbered | close | close | close | close


def _joined(written: list[Written], kind: type[And | Or], sign: str) -> Written:
    texts = [text for _node, text in written if text is not None]
    joined = "(" + sign.join(texts) + ")" if len(texts) == len(written) else None
    return kind(tuple(node for node, _text in written)), joined


def _branches(inside: st.SearchStrategy[Written]) -> st.SearchStrategy[Written]:
    several = st.lists(inside, min_size=2, max_size=3)
    return (
        several.map(lambda written: _joined(written, And, " "))
        | several.map(lambda written: _joined(written, And, " AND "))
        | several.map(lambda written: _joined(written, Or, " OR "))
        | inside.map(lambda written: (Not(written[0]), None if written[1] is None else f"NOT {written[1]}"))
    )


queries = st.recursive(leaves, _branches, max_leaves=4)

filters = st.just(Filters()) | st.builds(
    Filters,
    first_day=st.none() | days,
    last_day=st.none() | days,
    accounts=st.none() | st.frozensets(st.integers(1, 3)),
    platforms=st.none() | st.frozensets(st.sampled_from(["twitter", "facebook"])),
    kinds=st.none() | st.frozensets(st.sampled_from(["post", "reply"])),
    authors=st.none() | st.frozensets(st.sampled_from(["Ann Lee", "ann", ""])),
    has_media=st.none() | st.booleans(),
    allowed_accounts=st.none() | st.frozensets(st.integers(1, 3)),
    without_conversations=st.booleans(),
)


# which way tantivy is asked: so few words would never come to the ways of many
thresholds = st.fixed_dictionaries(
    {"_FEW": st.sampled_from([0, 2, 25]), "_MOST_PAIRS": st.sampled_from([0, 3, 1_000]), "_MOST_EXPRESSIONS": st.sampled_from([0, 12])}
)


@settings(max_examples=DRAWS, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(
    batches=st.lists(st.lists(documents(), min_size=2, max_size=8), min_size=1, max_size=2),
    deleted=st.sets(st.integers(0, 9), max_size=2),
    asked=st.lists(st.tuples(queries, filters), min_size=2, max_size=4),
    thresholds=thresholds,
)
def test_both_engines_find_what_the_naive_search_finds(
    batches: list[list[Document]], deleted: set[int], asked: list[tuple[Written, Filters]], thresholds: dict[str, int]
) -> None:
    with mock.patch.multiple(tantivy_near, **thresholds):
        _compare(batches, deleted, asked)


def _compare(batches: list[list[Document]], deleted: set[int], asked: list[tuple[Written, Filters]]) -> None:
    living: dict[int, Document] = {}
    for batch in batches:
        living.update((document.pk, document) for document in batch)
    living = {pk: document for pk, document in living.items() if pk not in deleted}
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        engines = [open_engine(name, Path(folder) / name) for name in ("tantivy", "whoosh")]
        for engine in engines:
            for at, batch in enumerate(batches):
                engine.write(batch)
                engine.commit(at)
            engine.delete(deleted)
            engine.commit(len(batches))
            assert engine.count() == len(living)
        for at, ((tree, text), narrowed) in enumerate(asked):
            trees = [tree]
            if text is not None:
                parsed = parse(text)
                assert parsed.tree is not None, (text, parsed.diagnostics)
                trees += [parsed.tree] if parsed.tree != tree else []
            for sort in Sort:
                wanted = naive_engine.found(living.values(), tree, narrowed, sort)
                counts = naive_engine.counts(living.values(), wanted)
                # Whoosh is slow and orders in one place: each question is put to it in one of the orders
                for engine in engines if sort is list(Sort)[at % 3] else engines[:1]:
                    for one in trees:
                        hits = engine.search(one, narrowed, sort, 100, 0)
                        streamed = list(engine.ids(one, narrowed, sort))
                        note = (engine.name, text, one, narrowed, sort)
                        assert streamed == list(hits.pks), note
                        assert (sorted(streamed) if sort is Sort.RELEVANCE else streamed) == (
                            sorted(wanted) if sort is Sort.RELEVANCE else wanted
                        ), note
                        assert hits.total == len(wanted), note
                        assert (hits.facets, hits.months, hits.undated) == counts, note
            for node in expanding(tree):
                meant = naive_engine.expansion(living.values(), node, narrowed)
                for engine in engines if at % 3 == 0 else engines[:1]:
                    assert list(engine.expand(node, narrowed).items()) == list(meant.items()), (engine.name, node, narrowed)
        for engine in engines:
            engine.close()


CROWD = ("a", "b", "c", "d", "e", "f", "tax", "taxes", "10", "plan", "planned", "o", "o", "o", "o")
near_distances = st.integers(1, 5) | st.integers(1, 12) | st.sampled_from([99, 100, 101, 5_000])
crowd_words = st.sampled_from(["a", "b", "c", "d", "e", "f", "tax", "10", "plan"]).map(Word)
crowd_items = crowd_words | crowd_words | crowd_words | st.sampled_from([Wildcard("tax*"), Stem("plan"), Fuzzy("tax"), NumberRange(1, 10)])
crowd_phrases = st.lists(crowd_items | st.just(Word("o")), min_size=2, max_size=2).map(lambda found: Phrase(tuple(found)))


def _crowded(inside: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    return (
        st.builds(Near, inside, inside, near_distances, st.booleans())
        | st.builds(NotNear, inside, inside, near_distances, st.booleans())
        | st.lists(inside, min_size=2, max_size=2).map(lambda found: Or(tuple(found)))
    )


crowded = st.recursive(crowd_items | crowd_items | crowd_phrases, _crowded, max_leaves=5)
crowded_trees = (
    st.builds(Near, crowd_items, crowd_items, near_distances, st.booleans())
    | st.builds(Near, crowded, crowded, near_distances, st.booleans())
    | st.builds(NotNear, crowded, crowded, near_distances, st.booleans())
)


def _crowd(seed: int) -> list[Document]:
    """Forty records of some parts, in which nearly every distance between two words occurs; most words are in the way."""
    chance = random.Random(seed)  # noqa: S311  # the same records for the same number
    made = []
    for pk in range(40):
        said = tuple(" ".join(chance.choices(CROWD, k=chance.randint(2, 16))) for _part in range(chance.choice((1, 1, 1, 2, 3))))
        made.append(Document(pk, said, 1 + pk % 2, ("hall",), "twitter", "post", "hall", pk, DAYS[0]))
    return made


@settings(max_examples=DRAWS, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 1 << 32), trees=st.lists(crowded_trees, min_size=6, max_size=10), thresholds=thresholds)
def test_what_is_near_is_found_exactly_where_the_naive_search_finds_it(seed: int, trees: list[Node], thresholds: dict[str, int]) -> None:
    living = _crowd(seed)
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder, mock.patch.multiple(tantivy_near, **thresholds):
        engines = [open_engine(name, Path(folder) / name) for name in ("tantivy", "whoosh")]
        for engine in engines:
            engine.write(living)
            engine.commit(1)
        for at, tree in enumerate(trees):
            for narrowed in (Filters(), Filters(allowed_accounts=frozenset({1}))):
                wanted = naive_engine.found(living, tree, narrowed, Sort.OLDEST)
                for engine in engines if at % 3 == 0 and narrowed == Filters() else engines[:1]:
                    hits = engine.search(tree, narrowed, Sort.OLDEST, 100, 0)
                    assert (list(hits.pks), hits.total) == (wanted, len(wanted)), (engine.name, tree, narrowed)
        for engine in engines:
            engine.close()
