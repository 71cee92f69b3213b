"""The reference engine: Whoosh-Reloaded 2.7.5. It needs no compiled code and serves to verify the other engine.

Whoosh's index holds the words; trees are evaluated here, leaf by leaf, with sets: slow and simple. An index is a folder
of pickles: an index from another source is never opened but rebuilt from the catalog.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path
from threading import RLock
from typing import Any, Final

import whoosh.index
from whoosh.scoring import BM25F
from whoosh.searching import Searcher

from indexer import cost
from indexer.engines import state
from indexer.engines.engine import COUNTED, DAYS, MONTHS, Answered, Counts, Document, Hits, IndexBusy, IndexDamaged, IndexOutdated, TooBroad
from indexer.engines.entry import fit_name, make_entry
from indexer.engines.whoosh_find import PART, WORD_FIELDS, Facts, Finder, schema, within
from indexer.query import SEES_ALL, STATES, Expanding, Filters, Node, Permission, Sort, state_of

_MEGABYTES = 256  # of words before Whoosh writes them out


def open_folder(folder: Path) -> WhooshEngine:
    """Open or create an index. Raises IndexOutdated."""
    return WhooshEngine(folder)


@dataclass(frozen=True, slots=True)
class _Snapshot:
    """A state of the index, with the facts of every live document by Whoosh's own number."""

    generation: int
    searcher: Searcher
    facts: Mapping[int, Facts]

    @property
    def mark(self) -> int:
        """See Answered."""
        return self.generation


class WhooshEngine:
    """The Engine for an index folder."""

    name = "whoosh"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.version = f"{version('Whoosh-Reloaded')}/{state.analyzer()}"
        self._lock = RLock()
        self._pending: dict[int, Document | None] = {}
        self._writer: Any = None
        self._snapshot: _Snapshot | None = None
        self._watch = state.FileWatch(folder)
        exists = state.prepare(folder, self.name)
        if state.position(folder) and not exists:
            raise IndexOutdated(f"The files of the index in {folder} are gone. The records are safe; rebuild the index.")
        try:
            exists_on_disk = whoosh.index.exists_in(str(folder))
            self._index = whoosh.index.open_dir(str(folder)) if exists_on_disk else whoosh.index.create_in(str(folder), schema())
        except (whoosh.index.IndexError, OSError, ValueError) as error:
            raise IndexOutdated(f"The index in {folder} cannot be opened: {error}. The records are safe; rebuild the index.") from error

    def write(self, documents: Iterable[Document]) -> None:
        """See Engine.write. Whoosh cannot replace uncommitted documents, so they wait in memory until commit()."""
        with self._lock:
            self._open_writer()
            try:
                for document in documents:
                    make_entry(document)  # refuses an invalid document here, not at the commit
                    self._pending[document.pk] = document
            except BaseException:
                self._drop_writer()
                raise

    def delete(self, pks: Iterable[int]) -> None:
        """See Engine.delete."""
        with self._lock:
            self._open_writer()
            self._pending.update(dict.fromkeys(pks))

    def commit(self, position: int) -> None:
        """See Engine.commit: Whoosh replaces its table of contents atomically, then the position follows."""
        with self._lock:
            if self._writer is not None:
                indexed = {facts.pk for facts in self._current().facts.values()}
                for pk in self._pending:
                    if pk in indexed:
                        self._writer.delete_by_term("pk", str(pk))
                for document in self._pending.values():
                    if document is not None:
                        self._writer.add_document(**_fields(document))
                self._writer.commit()
                self._writer, self._pending = None, {}
            state.write(self.folder, self.name, position)

    def position(self) -> int:
        """See Engine.position."""
        try:
            return state.position(self.folder)
        except IndexOutdated as error:
            raise IndexDamaged(f"The files of the search index ({self.folder.name}) are gone or cannot be read.") from error

    def check(self) -> None:
        """See Engine.check."""
        with self._readable():
            self._current()

    def count(self) -> int:
        """See Engine.count."""
        with self._readable():
            return len(self._current().facts)

    def search(self, tree: Node, filters: Filters, sort: Sort, limit: int, offset: int) -> Hits:
        """See Engine.search."""
        with self._readable():
            return self._search(tree, filters, sort, limit, offset)

    def _search(self, tree: Node, filters: Filters, sort: Sort, limit: int, offset: int) -> Hits:
        snapshot = self._current()
        hits = _sorted_hits(snapshot, tree, filters, sort)
        pks = [facts.pk for _key, facts in hits[offset : offset + limit]]
        return Hits(pks, len(hits), sum(facts.day is None for _key, facts in hits), snapshot)

    def total(self, tree: Node, filters: Filters) -> int:
        """See Engine.total."""
        with self._readable():
            return len(_sorted_hits(self._current(), tree, filters, Sort.OLDEST))

    def counts(self, tree: Node, filters: Filters, names: Collection[str] = COUNTED, answered: Answered | None = None) -> Counts:
        """See Engine.counts."""
        with self._readable():
            snapshot = answered if isinstance(answered, _Snapshot) else self._current()
            hits = _sorted_hits(snapshot, tree, filters, Sort.OLDEST)
        counts = {name: Counter(value for _key, facts in hits for value in _VALUES[name](facts)) for name in names}
        return {name: _in_order(name, values) for name, values in counts.items()}

    def ids(self, tree: Node, filters: Filters, sort: Sort, answered: Answered | None = None) -> Iterator[int]:
        """See Engine.ids."""
        with self._readable():
            hits = _sorted_hits(answered if isinstance(answered, _Snapshot) else self._current(), tree, filters, sort)
        for _key, facts in hits:
            yield facts.pk

    def expand(self, node: Expanding, permission: Permission = SEES_ALL) -> Mapping[str, int]:
        """See Engine.expand."""
        with self._readable():
            return _finder_for(self._current(), permission).expand(node)

    def close(self) -> None:
        """See Engine.close: uncommitted changes are dropped."""
        with self._lock:
            self._drop_writer()
            if self._snapshot is not None:
                self._snapshot.searcher.close()
                self._snapshot = None
            self._index.close()

    @contextmanager
    def _readable(self) -> Iterator[None]:
        """Raise IndexDamaged for broken files. The library checks nothing: reading them can raise any error."""
        self._watch.check()
        try:
            yield
        except (TooBroad, cost.TooCostly):
            raise
        except Exception as error:
            if isinstance(error, TypeError) and "cannot be searched for" in str(error):
                raise  # an unknown node
            raise IndexDamaged(f"The search index is damaged ({type(error).__name__}).") from error

    def _open_writer(self) -> None:
        if self._writer is None:
            try:
                self._writer = self._index.writer(limitmb=_MEGABYTES)
            except whoosh.index.LockError as error:
                raise IndexBusy(f"The index in {self.folder} is being written to by another process.") from error

    def _drop_writer(self) -> None:
        if self._writer is not None:
            self._writer.cancel()
        self._writer, self._pending = None, {}

    def _current(self) -> _Snapshot:
        """Return the snapshot of the last commit by any process."""
        with self._lock:
            generation = self._index.latest_generation()
            if self._snapshot is None or self._snapshot.generation != generation:
                searcher = self._index.searcher(weighting=BM25F())
                facts = {docnum: Facts(*stored["facts"]) for docnum, stored in searcher.reader().iter_docs()}
                self._snapshot = _Snapshot(generation, searcher, facts)
            return self._snapshot


_STATES = frozenset(STATES.values())
_VALUES: Final[Mapping[str, Callable[[Facts], Iterable[str]]]] = {
    "account": lambda facts: (str(facts.account_id),),
    "platform": lambda facts: (facts.platform,),
    "kind": lambda facts: (facts.kind,),
    "author": lambda facts: (facts.author,) if facts.author else (),
    "state": lambda facts: map(state_of, facts.states),
    MONTHS: lambda facts: (date.fromordinal(facts.day).isoformat()[:7],) if facts.day is not None else (),
    DAYS: lambda facts: (date.fromordinal(facts.day).isoformat(),) if facts.day is not None else (),
}


def _in_order(name: str, counts: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=None if name in {MONTHS, DAYS} else lambda pair: (-pair[1], pair[0])))


def _fields(document: Document) -> dict[str, Any]:
    indexed = make_entry(document)
    lists: dict[str, Any] = dict(indexed)
    parts = {name: PART.join(lists.get("author_words" if name == "author" else name, ())) for name in WORD_FIELDS[:7]}
    facts = (
        indexed["pk"],
        indexed["account_id"],
        indexed["platform"],
        indexed["kind"],
        indexed.get("author", ""),
        indexed.get("day"),
        "media" in indexed.get("has", ()),
        "conversation" in indexed.get("has", ()),
        indexed["newest"],
        indexed["oldest"],
        tuple(word for word in indexed.get("has", ()) if word in _STATES),
    )
    return {**parts, "platform": indexed["platform"], "kind": indexed["kind"], "pk": str(indexed["pk"]), "facts": facts}


def _sorted_hits(snapshot: _Snapshot, tree: Node, filters: Filters, sort: Sort) -> list[tuple[Any, Facts]]:
    """Return every hit within the filters, in order, each with its sort key. Raises TooBroad."""
    scores = _finder_for(snapshot, filters.permission).find(tree)
    hits = [(score, snapshot.facts[docnum]) for docnum, score in scores.items() if _is_allowed(snapshot.facts[docnum], filters)]
    if sort is Sort.OLDEST:
        return sorted(((facts.oldest, facts) for _score, facts in hits), key=lambda hit: hit[0])
    scored = sort is Sort.RELEVANCE
    return sorted((((-score if scored else 0, -facts.newest), facts) for score, facts in hits), key=lambda hit: hit[0])


def _finder_for(snapshot: _Snapshot, permission: Permission) -> Finder:
    """Return the finder for a permission."""
    visible = None if permission.is_all else frozenset(docnum for docnum, facts in snapshot.facts.items() if _may_see(permission, facts))
    return Finder(snapshot.searcher, snapshot.facts, visible)


def _may_see(permission: Permission, facts: Facts) -> bool:
    return permission.allows(facts.account_id, in_conversation=facts.in_conversation)


def _is_allowed(facts: Facts, filters: Filters) -> bool:
    if filters.authors is not None and (not facts.author or facts.author not in {fit_name(author) for author in filters.authors}):
        return False
    return (
        within(facts.day, filters.first_day, filters.last_day)
        and (filters.accounts is None or facts.account_id in filters.accounts)
        and (filters.platforms is None or facts.platform in filters.platforms)
        and (filters.kinds is None or facts.kind in filters.kinds)
        and (filters.has_media is None or facts.has_media is filters.has_media)
        and (filters.states is None or any(STATES[state] in facts.states for state in filters.states))
        and _may_see(filters.permission, facts)
    )
