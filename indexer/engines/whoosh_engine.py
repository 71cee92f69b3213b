"""The reference engine: Whoosh-Reloaded 2.7.5. It needs no compiled code, and the other engine is measured by it.

Whoosh's index holds the words; what a tree finds is worked out here, leaf by leaf, with sets: slow and plain. An index
is a folder of pickles: one that came from outside is never opened, it is built anew from the catalogue.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path
from threading import RLock
from typing import Any

import whoosh.index
from whoosh.scoring import BM25F
from whoosh.searching import Searcher

from indexer.engines import FACETS, WILDCARD_LIMIT, Document, Filters, Hits, IndexBusy, IndexOutdated, Sort, TooBroad, state
from indexer.engines.entry import accounts_of, always_scored, entry, fits, plain
from indexer.engines.whoosh_index import PART, WORD_FIELDS, schema
from indexer.query import And, DayRange, Everything, Expanding, Node, Not, Or, Phrase, Wildcard, Word

_MEGABYTES = 256  # of words before Whoosh writes them out


def open_folder(folder: Path) -> WhooshEngine:
    """Open or create an index. Raises IndexOutdated."""
    return WhooshEngine(folder)


@dataclass(frozen=True, slots=True)
class _Facts:
    """What filters, facets and orders look at. Stored as a plain tuple in this order."""

    pk: int
    account_id: int
    platform: str
    kind: str
    author: str
    day: int | None  # ordinal
    has_media: bool
    in_conversation: bool
    newest: int
    oldest: int


@dataclass(frozen=True, slots=True)
class _Snapshot:
    """One state of the index, with the facts of every living document by Whoosh's own number."""

    generation: int
    searcher: Searcher
    facts: Mapping[int, _Facts]


class WhooshEngine:
    """The Engine of one folder."""

    name = "whoosh"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.version = f"{version('Whoosh-Reloaded')}/{state.analyzer()}"
        self._lock = RLock()
        self._pending: dict[int, Document | None] = {}
        self._writer: Any = None
        self._snapshot: _Snapshot | None = None
        exists = state.prepare(folder, self.name)
        if not exists and state.position(folder):
            raise IndexOutdated(f"The files of the index in {folder} are gone. The records are safe; rebuild the index.")
        try:
            found = whoosh.index.exists_in(str(folder))
            self._index = whoosh.index.open_dir(str(folder)) if found else whoosh.index.create_in(str(folder), schema())
        except (whoosh.index.IndexError, OSError, ValueError) as error:
            raise IndexOutdated(f"The index in {folder} cannot be opened: {error}. The records are safe; rebuild the index.") from error

    def write(self, documents: Iterable[Document]) -> None:
        """See Engine.write. Whoosh cannot replace what it has not committed, so all waits in memory for commit()."""
        with self._lock:
            self._open_writer()
            try:
                for document in documents:
                    entry(document)  # what cannot be indexed is refused here, not at the commit
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
        """See Engine.commit: Whoosh's table of contents changes whole, then the position follows."""
        with self._lock:
            if self._writer is not None:
                known = {facts.pk for facts in self._current().facts.values()}
                for pk in self._pending:
                    if pk in known:
                        self._writer.delete_by_term("pk", str(pk))
                for document in self._pending.values():
                    if document is not None:
                        self._writer.add_document(**_fields(document))
                self._writer.commit()
                self._writer, self._pending = None, {}
            state.write(self.folder, self.name, position)

    def position(self) -> int:
        """See Engine.position."""
        return state.position(self.folder)

    def count(self) -> int:
        """See Engine.count."""
        return len(self._current().facts)

    def search(self, tree: Node, filters: Filters, sort: Sort, limit: int, offset: int) -> Hits:
        """See Engine.search."""
        now = self._current()
        found = _ordered(now, tree, filters, sort)
        facets: dict[str, dict[str, int]] = {facet: {} for facet in FACETS}
        months: dict[str, int] = {}
        for _key, facts in found:
            values = (str(facts.account_id), facts.platform, facts.kind, facts.author)
            for facet, value in zip(FACETS, values, strict=True):
                if value:
                    facets[facet][value] = facets[facet].get(value, 0) + 1
            if facts.day is not None:
                month = date.fromordinal(facts.day).isoformat()[:7]
                months[month] = months.get(month, 0) + 1
        by_count = {facet: dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))) for facet, counts in facets.items()}
        pks = [facts.pk for _key, facts in found[offset : offset + limit]]
        return Hits(pks, len(found), by_count, dict(sorted(months.items())), len(found) - sum(months.values()))

    def ids(self, tree: Node, filters: Filters, sort: Sort) -> Iterator[int]:
        """See Engine.ids."""
        for _key, facts in _ordered(self._current(), tree, filters, sort):
            yield facts.pk

    def expand(self, node: Expanding, filters: Filters = Filters()) -> Mapping[str, int]:  # noqa: ARG002, B008
        """See Engine.expand."""
        return _Finder(self._current()).expand(node)

    def close(self) -> None:
        """See Engine.close: what was not committed is dropped."""
        with self._lock:
            self._drop_writer()
            if self._snapshot is not None:
                self._snapshot.searcher.close()
                self._snapshot = None
            self._index.close()

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
        """Return the state of the last commit, of any process."""
        with self._lock:
            generation = self._index.latest_generation()
            if self._snapshot is None or self._snapshot.generation != generation:
                searcher = self._index.searcher(weighting=BM25F())
                facts = {docnum: _Facts(*stored["facts"]) for docnum, stored in searcher.reader().iter_docs()}
                self._snapshot = _Snapshot(generation, searcher, facts)
            return self._snapshot


def _fields(document: Document) -> dict[str, Any]:
    one = entry(document)
    lists: dict[str, Any] = dict(one)
    parts = {name: PART.join(lists.get("author_words" if name == "author" else name, ())) for name in WORD_FIELDS[:7]}
    facts = (
        one["pk"],
        one["account_id"],
        one["platform"],
        one["kind"],
        one.get("author", ""),
        one.get("day"),
        "media" in one.get("has", ()),
        "conversation" in one.get("has", ()),
        one["newest"],
        one["oldest"],
    )
    return {**parts, "platform": one["platform"], "kind": one["kind"], "pk": str(one["pk"]), "facts": facts}


def _ordered(now: _Snapshot, tree: Node, filters: Filters, sort: Sort) -> list[tuple[Any, _Facts]]:
    """Return every hit within the filters, in order, each with what it is ordered by. Raises TooBroad."""
    scores = _Finder(now).find(tree)
    hits = [(score, now.facts[docnum]) for docnum, score in scores.items() if _allowed(now.facts[docnum], filters)]
    if sort is Sort.OLDEST:
        return sorted(((facts.oldest, facts) for _score, facts in hits), key=lambda hit: hit[0])
    scored = sort is Sort.RELEVANCE
    return sorted((((-score if scored else 0, -facts.newest), facts) for score, facts in hits), key=lambda hit: hit[0])


def _allowed(facts: _Facts, filters: Filters) -> bool:
    accounts = accounts_of(filters)
    if filters.authors is not None and (not facts.author or facts.author not in {plain(author) for author in filters.authors}):
        return False
    return (
        _within(facts.day, filters.first_day, filters.last_day)
        and (accounts is None or facts.account_id in accounts)
        and (filters.platforms is None or facts.platform in filters.platforms)
        and (filters.kinds is None or facts.kind in filters.kinds)
        and (filters.has_media is None or facts.has_media is filters.has_media)
        and not (filters.without_conversations and facts.in_conversation)
    )


def _within(day: int | None, first: date | None, last: date | None) -> bool:
    if first is None and last is None:
        return True
    return day is not None and (first is None or day >= first.toordinal()) and (last is None or day <= last.toordinal())


class _Finder:
    """Works out what a tree finds in one state of the index: document numbers with their scores."""

    def __init__(self, now: _Snapshot) -> None:
        self.now = now
        self.reader = now.searcher.reader()
        self.has_deletions = self.reader.has_deletions()
        self.known: dict[Wildcard, dict[str, int]] = {}

    def find(self, tree: Node) -> dict[int, float]:
        """Return the documents that a tree finds, each with its score. Raises TooBroad."""
        if isinstance(tree, And):
            return self._and([self.find(child) for child in tree.children])
        if isinstance(tree, Or):
            return _sum([self.find(child) for child in tree.children])
        if isinstance(tree, Not):
            unwanted = self.find(tree.child)
            return {docnum: 0.0 for docnum in self.now.facts if docnum not in unwanted}
        if isinstance(tree, Everything):
            return dict.fromkeys(self.now.facts, 0.0)
        if isinstance(tree, DayRange):
            first, last = tree.first or date.min, tree.last or date.max
            return {docnum: 0.0 for docnum, facts in self.now.facts.items() if _within(facts.day, first, last)}
        if isinstance(tree, Word):
            return self._word(tree.field, tree.word)
        if isinstance(tree, Wildcard):
            return {matcher.id(): 0.0 for word in self.expand(tree) for matcher in self._postings(tree.field, word, scored=False)}
        if isinstance(tree, Phrase):
            return self._phrase(tree)
        raise TypeError(f"{type(tree).__name__} cannot be searched for")

    def expand(self, wildcard: Wildcard) -> dict[str, int]:
        """Return the living words a wildcard stands for, with the documents each is in, in alphabetical order. Raises TooBroad."""
        if wildcard not in self.known:
            fit, found = fits(wildcard.pattern), dict[str, int]()
            for encoded in self.reader.expand_prefix(wildcard.field, wildcard.stem):
                word = encoded.decode("utf-8")
                if fit.fullmatch(word) and (count := self._count(wildcard.field, word)):
                    found[word] = count
                    if len(found) > WILDCARD_LIMIT:
                        raise TooBroad(wildcard.as_typed, WILDCARD_LIMIT)
            self.known[wildcard] = dict(sorted(found.items()))
        return self.known[wildcard]

    def _count(self, field: str, word: str) -> int:
        """Return how many living documents hold a word; Whoosh's own count holds the deleted ones too."""
        if not self.has_deletions:
            return int(self.reader.doc_frequency(field, word))
        return sum(1 for _ in self._postings(field, word, scored=False))

    def _and(self, found: list[dict[int, float]]) -> dict[int, float]:
        if not found:
            return dict.fromkeys(self.now.facts, 0.0)
        common = set(found[0]).intersection(*found[1:])
        return {docnum: sum(one[docnum] for one in found) for docnum in common}

    def _word(self, field: str, word: str) -> dict[int, float]:
        scored = field == "text"
        return {matcher.id(): matcher.score() if scored else 0.0 for matcher in self._postings(field, word, scored=scored)}

    def _phrase(self, tree: Phrase) -> dict[int, float]:
        spelt = [[item.word] if isinstance(item, Word) else list(self.expand(item)) for item in tree.items]
        wild = [item for item in tree.items if isinstance(item, Wildcard)]
        if wild and sum(len(self.expand(item)) for item in wild) > WILDCARD_LIMIT:
            raise TooBroad(" ".join(item.as_typed for item in wild), WILDCARD_LIMIT)
        ends: dict[int, set[int]] = {}
        for at, spellings in enumerate(spelt):
            places: dict[int, set[int]] = {}
            for word in spellings:
                for matcher in self._postings(tree.field, word, scored=False):
                    if not at or matcher.id() in ends:
                        places.setdefault(matcher.id(), set()).update(matcher.value_as("positions"))
            if at:
                places = {docnum: {place for place in found if place - 1 in ends[docnum]} for docnum, found in places.items()}
            ends = {docnum: found for docnum, found in places.items() if found}
        score = 1.0 if always_scored(tree) else 0.0
        return {docnum: score * len(found) for docnum, found in ends.items()}

    def _postings(self, field: str, word: str, *, scored: bool) -> Iterator[Any]:
        """Yield Whoosh's matcher at each living document with a word."""
        if (field, word) not in self.reader:
            return
        matcher = self.now.searcher.postings(field, word) if scored else self.reader.postings(field, word)
        while matcher.is_active():
            yield matcher
            matcher.next()


def _sum(found: list[dict[int, float]]) -> dict[int, float]:
    scores: dict[int, float] = {}
    for one in found:
        for docnum, score in one.items():
            scores[docnum] = scores.get(docnum, 0.0) + score
    return scores
