"""The seam between our search and an index: documents in, numbers of records out.

The index is a guess that the catalog confirms; it can be deleted at any time and rebuilt. Both engines
return the same numbers in the same order for the same tree and filters.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Final, Protocol

from indexer.query import Expanding, Node
from indexer.query.filters import SEES_ALL, Filters, Permission, Sort

WILDCARD_LIMIT: Final = 10_000
"""How many different words one wildcard (or one phrase with wildcards) may stand for; more is TooBroad, never cut."""


FACETS: Final = ("account", "platform", "kind", "author", "state")


@dataclass(frozen=True, slots=True)
class Document:
    """What the index knows of one record.

    `parts` are the searchable texts (text, title, descriptions of pictures): no phrase crosses from one to the
    next. `day` is the local day in the body's zone. `posted` is seconds since 1970 UTC. Words such as hashtags
    are without their sign and in their own spelling: the engine folds them.
    """

    pk: int
    parts: tuple[str, ...]
    account_id: int
    account_words: tuple[str, ...]  # handle, name, native id: what `account:` finds
    platform: str
    kind: str
    author: str
    posted: int | None
    day: date | None
    has: tuple[str, ...] = ()  # "media", "picture", "video", "link", "reply" ...: what `has:` finds
    hashtags: tuple[str, ...] = ()
    mentions: tuple[str, ...] = ()
    author_names: tuple[str, ...] = ()  # what a records custodian calls the author: `author:` finds it too
    urls: tuple[str, ...] = ()  # expanded and short forms of links, and the record's own address


@dataclass(frozen=True, slots=True)
class Hits:
    """An exact answer: `total` and the facets count every match, not a page of them.

    `facets` maps "account" (the number as text), "platform", "kind", "author", "state" (as `is:` asks for it) to counts.
    `months` maps "2018-07" (local) to counts. `undated` matches carry no date and stand outside of every range.
    """

    pks: Sequence[int]
    total: int
    facets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    months: Mapping[str, int] = field(default_factory=dict)
    undated: int = 0


class IndexDamaged(Exception):
    """Files of the index are broken or gone. The records are safe in the catalog; `rebuild` makes the index anew."""


class TooBroad(Exception):
    """A wildcard stands for more words than the limit. `pattern` is as typed; `limit` the most that is searched."""

    def __init__(self, pattern: str, limit: int) -> None:
        super().__init__(f"{pattern} matches more than {limit:,} different words.")
        self.pattern, self.limit = pattern, limit


class IndexOutdated(Exception):
    """The folder holds an index of another version, a damaged one or something else: delete it and rebuild."""


class IndexBusy(Exception):
    """Another process is writing to this index; there is one writer at a time."""


class Engine(Protocol):
    """One search engine over one folder. Safe to search from several threads; written to by one at a time."""

    name: str
    version: str

    def write(self, documents: Iterable[Document]) -> None:
        """Add documents, replacing those with the same number. Not visible before commit().

        The writer's lock is held from here to commit() or close(). When `documents` raises, everything since
        the last commit is dropped. Raises IndexBusy.
        """
        ...

    def delete(self, pks: Iterable[int]) -> None:
        """Remove documents. Not visible before commit()."""
        ...

    def commit(self, position: int) -> None:
        """Make everything written visible at once and durable, together with the catalog's `position`."""
        ...

    def position(self) -> int:
        """Return the catalog position of the last commit; 0 for a new index. Raises IndexDamaged when its files are gone."""
        ...

    def check(self) -> None:
        """Compare the index's files with the sums of its last commit, as far as that takes no long time. Raises IndexDamaged."""
        ...

    def count(self) -> int:
        """Return how many documents are visible. Raises IndexDamaged."""
        ...

    def search(self, tree: Node, filters: Filters, sort: Sort, limit: int, offset: int) -> Hits:
        """Return one page and the exact counts, always of the last commit. Raises TooBroad, TooCostly, IndexDamaged."""
        ...

    def ids(self, tree: Node, filters: Filters, sort: Sort) -> Iterator[int]:
        """Yield every matching number in order, from one state of the index. Raises TooBroad, TooCostly, IndexDamaged."""
        ...

    def expand(self, node: Expanding, permission: Permission = SEES_ALL) -> Mapping[str, int]:
        """Return the words that a wildcard, fuzzy word, stem or range of numbers stands for, in alphabetical order.

        Each with the documents that hold it, among those that the reader may see. A word that only other documents
        hold is not there. Raises TooBroad.
        """
        ...

    def close(self) -> None:
        """Let go of files and threads."""
        ...


ENGINES: Final = {"tantivy": "indexer.engines.tantivy_engine", "whoosh": "indexer.engines.whoosh_engine"}


def open_engine(name: str, folder: Path) -> Engine:
    """Open or create the index of a folder with the engine of that name; only that engine's library is loaded.

    Raises ValueError for a name that is none, IndexOutdated for a folder that must be rebuilt.
    """
    if name not in ENGINES:
        raise ValueError(f"{name!r} is not a search engine. SHOWME_ENGINE is one of {' and '.join(ENGINES)}.")
    engine: Engine = import_module(ENGINES[name]).open_folder(folder)
    return engine
