"""The interface between search and an index: documents in, record numbers out.

The index is a guess that the catalog confirms; it can be deleted and rebuilt at any time. Both engines
return the same numbers in the same order for the same tree and filters.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Final, Protocol

from indexer.query import SEES_ALL, Expanding, Filters, Node, Permission, Sort

WILDCARD_LIMIT: Final = 10_000
"""Largest number of different words that a wildcard (or a phrase with wildcards) may match; more is TooBroad, never cut."""


FACETS: Final = ("account", "platform", "kind", "author", "state")
MONTHS: Final = "month"
DAYS: Final = "day"
COUNTED: Final = (*FACETS, MONTHS)
"""What `Engine.counts` counts unless told otherwise."""

Counts = Mapping[str, Mapping[str, int]]
"""Exact counts of all hits by name. A facet maps its values (an account's number as text, the words of `is:`) to counts, the most
frequent first; MONTHS maps local months ("2018-07") and DAYS local days ("2018-07-04"), in order. Undated hits have neither."""


@dataclass(frozen=True, slots=True)
class Document:
    """A record's data for the index.

    `parts` are the searchable texts (text, title, descriptions of pictures): no phrase spans two parts. `day` is the
    local day in the body's zone. `posted` is seconds since 1970 UTC. Hashtags and mentions come without # and @ and in
    their original spelling: the engine folds them.
    """

    pk: int
    parts: tuple[str, ...]
    account_id: int
    account_words: tuple[str, ...]  # handle, name, native id: searched by `account:`
    platform: str
    kind: str
    author: str
    posted: int | None
    day: date | None
    has: tuple[str, ...] = ()  # "media", "picture", "video", "link", "reply" ... but "undated": searched by `has:`
    hashtags: tuple[str, ...] = ()
    mentions: tuple[str, ...] = ()
    author_names: tuple[str, ...] = ()  # names given to the author by a records custodian: also searched by `author:`
    urls: tuple[str, ...] = ()  # expanded and short forms of links, and the record's own URL


class Answered(Protocol):
    """The state of the index that answered a search; `Engine.counts` counts on the same state, whatever was committed since."""

    @property
    def mark(self) -> Hashable:
        """Value that differs after each commit."""
        ...


@dataclass(frozen=True, slots=True)
class Hits:
    """A page of an exact result: `total` counts every match. `undated` matches have no date and are outside of every range."""

    pks: Sequence[int]
    total: int
    undated: int
    answered: Answered


class IndexDamaged(Exception):
    """Files of the index are broken or missing. The records are safe in the catalog; `rebuild` recreates the index."""


class TooBroad(Exception):
    """A wildcard matches more words than `limit`. `pattern` is the wildcard as typed."""

    def __init__(self, pattern: str, limit: int) -> None:
        super().__init__(f"{pattern} matches more than {limit:,} different words.")
        self.pattern, self.limit = pattern, limit


class IndexOutdated(Exception):
    """The folder contains a damaged index, an index of another version, or other files: delete it and rebuild."""


class IndexBusy(Exception):
    """Another process is writing to this index; only a single writer is allowed at a time."""


class Engine(Protocol):
    """A search engine with its index folder. Searches are thread-safe; only a single thread may write at a time."""

    name: str
    version: str

    def write(self, documents: Iterable[Document]) -> None:
        """Add documents, replacing those with the same number. Not visible before commit().

        The writer's lock is held until commit() or close(). If `documents` raises, everything since
        the last commit is dropped. Raises IndexBusy.
        """
        ...

    def delete(self, pks: Iterable[int]) -> None:
        """Remove documents. Not visible before commit()."""
        ...

    def commit(self, position: int) -> None:
        """Make everything written visible at once and durable, together with the catalog `position`."""
        ...

    def position(self) -> int:
        """Return the catalog position of the last commit; 0 for a new index. Raises IndexDamaged if its files are missing."""
        ...

    def check(self) -> None:
        """Compare the index's files with the checksums of its last commit, as far as that is fast. Raises IndexDamaged."""
        ...

    def count(self) -> int:
        """Return the number of visible documents. Raises IndexDamaged."""
        ...

    def search(self, tree: Node, filters: Filters, sort: Sort, limit: int, offset: int) -> Hits:
        """Return a page of hits and their exact number, as of the last commit. Raises TooBroad, TooCostly, IndexDamaged."""
        ...

    def total(self, tree: Node, filters: Filters) -> int:
        """Return the exact number of hits alone, as of the last commit. Raises TooBroad, TooCostly, IndexDamaged."""
        ...

    def counts(self, tree: Node, filters: Filters, names: Collection[str] = COUNTED, answered: Answered | None = None) -> Counts:
        """Count all hits by facet, month or day, in one pass; `answered`: on the state of the index of an earlier search.

        Raises TooBroad, TooCostly, IndexDamaged.
        """
        ...

    def ids(self, tree: Node, filters: Filters, sort: Sort, answered: Answered | None = None) -> Iterator[int]:
        """Yield every matching number in order, from a single state of the index, that of an earlier search if given.

        Raises TooBroad, TooCostly, IndexDamaged.
        """
        ...

    def expand(self, node: Expanding, permission: Permission = SEES_ALL) -> Mapping[str, int]:
        """Return the words that match a wildcard, fuzzy word, stem or number range, in alphabetical order.

        Maps each word to its number of documents among those that the reader may see. Words that occur only in other
        documents are left out. Raises TooBroad.
        """
        ...

    def close(self) -> None:
        """Release files and threads."""
        ...


ENGINES: Final = {"tantivy": "indexer.engines.tantivy_engine", "whoosh": "indexer.engines.whoosh_engine"}


def open_engine(name: str, folder: Path) -> Engine:
    """Open or create a folder's index with the named engine; only that engine's library is loaded.

    Raises ValueError for an unknown name, IndexOutdated for an index that must be rebuilt.
    """
    if name not in ENGINES:
        raise ValueError(f"{name!r} is not a search engine. SHOWME_ENGINE is one of {' and '.join(ENGINES)}.")
    engine: Engine = import_module(ENGINES[name]).open_folder(folder)
    return engine
