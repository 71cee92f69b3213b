"""How Whoosh holds our entries: the schema, and an analyzer that only takes words apart that are already made.

The analyzer is pickled into the index with the schema, so this module must keep its name as long as an index lives.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from whoosh import fields
from whoosh.analysis import Token

from indexer.proximity import PART_GAP

PART: Final = "\n"


class SpaceAnalyzer:
    """Gives the words of parts that `entry` made: words between spaces, parts between line ends."""

    def __call__(self, value: str, **_options: Any) -> Iterator[Token]:
        """Yield the words with their positions; Whoosh's convention is one token object used over and over."""
        token = Token(positions=True)
        token.stopped, token.boost = False, 1.0
        position = 0
        for part in value.split(PART):
            for word in part.split():
                token.text, token.pos = word, position
                yield token
                position += 1
            position += PART_GAP


WORD_FIELDS: Final = ("text", "account", "author", "url", "hashtag", "mention", "has", "platform", "kind")


def schema() -> fields.Schema:
    """Return the fields of an index: every word with its positions, and the facts that filters and facets need."""
    names = {name: fields.TEXT(analyzer=SpaceAnalyzer(), phrase=True) for name in WORD_FIELDS}
    return fields.Schema(pk=fields.ID(unique=True), facts=fields.STORED(), **names)
