"""Drawn records, and drawn query trees with the texts that a person types for them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

from hypothesis import strategies as st

from indexer.engines import Document
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
)
from indexer.query.filters import Filters, Permission, Sort
from indexer.query.nodes import STATES

MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108  # waiting for a disk thousands of times proves nothing
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
        has=tuple(
            draw(
                st.sets(
                    st.sampled_from(
                        [
                            "media",
                            "picture",
                            "parent",
                            "conversation",
                            "edit",
                            "deletion",
                            "absent",
                            "absent-2",
                            "absent-21",
                            "zone-assumed",
                        ]
                    )
                )
            )
        ),
        hashtags=tuple(draw(st.lists(st.sampled_from(TAGS), max_size=2))),
        mentions=tuple(draw(st.lists(st.sampled_from(HANDLES), max_size=2))),
        urls=tuple(draw(st.lists(st.sampled_from(ADDRESSES), max_size=2))),
    )


class Written(NamedTuple):
    """A tree and how a person types it in the plain and in the dtSearch dialect; None where no words are that tree."""

    tree: Node
    plain: str | None = None
    dtsearch: str | None = None


words = st.sampled_from(["tax", "taxes", "flood", "cafe", "the", "a", "no", "🎉", "t", "absent"]).map(
    lambda word: Written(Word(word), word, word)
)

patterns = st.sampled_from(["t*", "*a*", "t?x", "*x", "?", "??", "f*d", "ca??", "abs*"])
wildcards = patterns.filter(lambda text: text.strip("*?")).map(lambda text: Written(Wildcard(text), text, text))
items = st.sampled_from(["tax", "tax", "the", "the", "flood", "t", "t*", "*o*", "東", "京", "1", "000"])


def _quoted(texts: list[str]) -> Written:
    typed = f'"{" ".join(texts)}"'
    return Written(Phrase(tuple(Wildcard(text) if "*" in text else Word(text) for text in texts)), typed, typed)


phrases = st.lists(items, min_size=2, max_size=3).map(_quoted)

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
        (Word("edit", "has"), "is:edited"),
        (Word("edit", "has"), "has:edit"),
        (Word("deletion", "has"), "is:Deleted"),
        (Word("deletion", "has"), "has:deletion"),
        (Word("absent", "has"), "is:absent"),
        (Word("absent-2", "has"), "is:absent-2"),
        (Word("undated", "has"), "is:undated"),
        (Word("zone-assumed", "has"), "is:zone-assumed"),
        (Phrase((Word("t", "url"), Word("co", "url")), "url"), "url:t.co"),
        (Wildcard("river*", "url"), "url:river*"),
        (DayRange(date(2018, 7, 1), date(2018, 7, 31)), "date:2018-07"),
        (DayRange(None, date(2018, 6, 30)), "to:2018-06"),
        (DayRange(date(2018, 7, 1), None), "from:2018-07-01"),
        (DayRange(None, None), "[ TO ]"),
        (Everything(), "*"),
    ]
).map(lambda known: Written(known[0], known[1], known[1]))


def _fuzzy(word: str, edits: int, kept: int) -> Written:
    tree = Fuzzy(word, edits, kept)
    if len(word) < 3 or (edits == 2 and len(word) < 5):
        return Written(tree)  # too short to be typed: the parser refuses it
    head, tail = word[:kept], word[kept:]
    plain = word + ("~" if edits == 1 else "~2") if not kept else head + r"\%" * edits + tail
    return Written(tree, plain, head + "%" * edits + tail)


def _pattern(pattern: str) -> Written:
    if not pattern.strip("*?"):
        return Written(Wildcard(pattern))  # any word at all is refused
    return Written(Wildcard(pattern), pattern.replace("=", r"\="), pattern)


def _numbers(one: int, other: int) -> Written:
    typed = f"{one}~~{other}" if one <= other else None
    return Written(NumberRange(one, other), typed, typed)


fuzzies = st.builds(_fuzzy, st.sampled_from(["tax", "taxes", "plan", "cafe", "no", "xat", "planed"]), st.integers(1, 2), st.integers(0, 3))
stems = st.sampled_from(["tax", "plan", "flood", "text"]).map(lambda stem: Written(Stem(stem), f"{stem}~~", f"{stem}~"))
ranges = st.builds(_numbers, st.integers(0, 12), st.integers(0, 12))

close_words = st.sampled_from(["a", "b", "c", "a", "b", "tax", "taxes", "plan", "10", "absent"]).map(
    lambda one: Written(Word(one), one, one)
)

close_patterns = st.sampled_from(["t*", "tax*", "*a*", "?", "p?an", "1=", "==7", "*"]).map(_pattern)
others = fuzzies | stems | ranges | close_patterns
close_items = close_words | close_words | others
distances = st.integers(1, 6) | st.sampled_from([7, 8, 99, 100, 101, 102, 250, 5_000])


def _together(sign: str, before: str, after: str, written: Sequence[Written], other_sign: str = "") -> tuple[str | None, str | None]:
    """Return the texts of several parts with a sign between them; None where one of them cannot be typed."""
    plain = [one.plain for one in written if one.plain is not None]
    dtsearch = [one.dtsearch for one in written if one.dtsearch is not None]
    return (
        before + sign.join(plain) + after if len(plain) == len(written) else None,
        before + (other_sign or sign).join(dtsearch) + after if len(dtsearch) == len(written) else None,
    )


def _phrase(found: list[Written]) -> Written:
    made = Phrase(tuple(one.tree for one in found if isinstance(one.tree, Word | Expanding)))
    return Written(made, *_together(" ", '"', '"', found))


def _two(left: Written, right: Written, distance: int, is_ordered: bool, is_near: bool) -> Written:  # noqa: FBT001  # drawn
    tree = (Near if is_near else NotNear)(left.tree, right.tree, distance, is_ordered)
    sign = ("" if is_near else "not ") + f"{'pre' if is_ordered else 'w'}/{distance}"
    typed = _together(f") {sign} (", "((", "))", [left, right]) if distance <= 1_000 else (None, None)
    return Written(tree, *typed)


def _either(found: list[Written]) -> Written:
    return Written(Or(tuple(one.tree for one in found)), *_together(" OR ", "(", ")", found, " or "))


def _near(inside: st.SearchStrategy[Written], apart: st.SearchStrategy[int], *, is_near: bool | None = None) -> st.SearchStrategy[Written]:
    which = st.booleans() if is_near is None else st.just(is_near)
    return st.builds(_two, inside, inside, apart, st.booleans(), which)


def _near_or_either(inside: st.SearchStrategy[Written]) -> st.SearchStrategy[Written]:
    near = _near(inside, distances)
    return near | near | st.lists(inside, min_size=2, max_size=3).map(_either)


close_phrases = st.lists(close_items, min_size=2, max_size=3).map(_phrase)
places = st.recursive(close_words | close_words | others | close_phrases, _near_or_either, max_leaves=4)
close = st.one_of(_near(close_items, distances), _near(places, distances), _near(places, distances), places)
numbered = st.frozensets(st.integers(0, 12), max_size=6).map(lambda pks: Written(Numbered(pks)))
leaves = words | wildcards | phrases | fields | numbered | close | close | close | close


def _all(found: list[Written], sign: str) -> Written:
    return Written(And(tuple(one.tree for one in found)), *_together(sign, "(", ")", found, " and "))


def _not(found: Written) -> Written:
    plain = None if found.plain is None else f"NOT {found.plain}"
    return Written(Not(found.tree), plain, None if found.dtsearch is None else f"not {found.dtsearch}")


def _branches(inside: st.SearchStrategy[Written]) -> st.SearchStrategy[Written]:
    several = st.lists(inside, min_size=2, max_size=3)
    return st.builds(_all, several, st.sampled_from([" ", " AND "])) | several.map(_either) | inside.map(_not)


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
    states=st.none() | st.none() | st.sets(st.sampled_from(sorted(STATES))).map(frozenset),
    permission=st.builds(Permission, accounts=st.none() | st.frozensets(st.integers(1, 3)), without_messages=st.booleans()),
)

# which way tantivy is asked: so few words would never come to the ways of many
thresholds = st.fixed_dictionaries(
    {"_FEW": st.sampled_from([0, 2, 25]), "_MOST_PAIRS": st.sampled_from([0, 3, 1_000]), "_MOST_EXPRESSIONS": st.sampled_from([0, 12])}
)

questions = st.tuples(queries, filters, st.sampled_from(Sort))
crowded_filters = st.just(Filters()) | st.just(Filters(permission=Permission(frozenset({1}), without_messages=False)))
Asked = tuple[Written, Filters, Sort]
CROWD = ("a", "b", "c", "d", "e", "f", "tax", "taxes", "10", "plan", "planned", "o", "o", "o", "o")
near_distances = st.integers(1, 5) | st.integers(1, 12) | st.sampled_from([99, 100, 101, 5_000])
crowd_words = st.sampled_from(["a", "b", "c", "d", "e", "f", "tax", "10", "plan"]).map(lambda one: Written(Word(one), one, one))
crowd_expanding = st.sampled_from([_pattern("tax*"), Written(Stem("plan"), "plan~~", "plan~"), _fuzzy("tax", 1, 0), _numbers(1, 10)])
crowd_items = crowd_words | crowd_words | crowd_words | crowd_expanding
crowd_phrases = st.lists(crowd_items | st.just(Written(Word("o"), "o", "o")), min_size=2, max_size=2).map(_phrase)


def _crowded(inside: st.SearchStrategy[Written]) -> st.SearchStrategy[Written]:
    near = _near(inside, near_distances)
    return near | near | st.lists(inside, min_size=2, max_size=2).map(_either)


crowded = st.recursive(crowd_items | crowd_items | crowd_phrases, _crowded, max_leaves=5)
crowded_trees = _near(crowd_items, near_distances, is_near=True) | _near(crowded, near_distances)


def _crowd(seed: int) -> list[Document]:
    """Forty records of some parts, in which nearly every distance between two words occurs; most words are in the way."""
    chance = random.Random(seed)  # noqa: S311  # the same records for the same number
    made = []
    for pk in range(40):
        said = tuple(" ".join(chance.choices(CROWD, k=chance.randint(2, 16))) for _part in range(chance.choice((1, 1, 1, 2, 3))))
        made.append(Document(pk, said, 1 + pk % 2, ("hall",), "twitter", "post", "hall", pk, DAYS[0]))
    return made
