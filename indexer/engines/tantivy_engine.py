"""The default engine: tantivy 0.27, with our own tokenization.

Words are made in Python by `indexer.text.words`; tantivy only splits at spaces. Each part of a record is a separate
value, with a gap between values, so that no phrase spans two parts. The sort key by date is a single number that
combines date and record number, so that the order is total and a page needs no second query.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from threading import RLock
from typing import Any, Final, cast

import tantivy
from tantivy import FieldType, Occur, Order, Query

from indexer.engines import state
from indexer.engines.engine import COUNTED, Answered, Counts, Document, Hits, IndexBusy, IndexDamaged, IndexOutdated
from indexer.engines.entry import LARGEST_PK, UNDATED, always_scored, make_entry, scored_part
from indexer.engines.tantivy_counts import count_values
from indexer.engines.tantivy_fields import add_gaps, all_of, open_index, schema, word_query
from indexer.engines.tantivy_query import Compiler
from indexer.query import SEES_ALL, And, Expanding, Filters, Node, Not, Permission, Sort

_HEAP: Final = 256_000_000  # bytes before a segment is written, all threads together
_THREADS: Final = 2
_CHUNK: Final = 50_000  # sort keys that `ids` fetches at a time


def open_folder(folder: Path) -> TantivyEngine:
    """Open or create an index. Raises IndexOutdated."""
    return TantivyEngine(folder)


@dataclass(frozen=True, slots=True)
class _Snapshot:
    """A state of the index, used for an entire search."""

    mark: tuple[int, int]
    searcher: tantivy.Searcher
    compiler: Compiler


@dataclass(frozen=True, slots=True)
class _Answered:
    """A search that was answered, and the query it was compiled to."""

    snapshot: _Snapshot
    tree: Node
    filters: Filters
    query: Query

    @property
    def mark(self) -> tuple[int, int]:
        """See Answered."""
        return self.snapshot.mark


class TantivyEngine:
    """The Engine for an index folder."""

    name = "tantivy"

    def __init__(self, folder: Path, chunk: int = _CHUNK) -> None:
        self.folder = folder
        self.version = f"{version('tantivy')}/{state.analyzer()}"
        self._chunk = chunk
        self._lock = RLock()
        self._writer: tantivy.IndexWriter | None = None
        self._highest = -1
        self._snapshot: _Snapshot | None = None
        self._watch = state.FileWatch(folder)
        exists = state.prepare(folder, self.name)
        if state.position(folder) and not exists:
            raise IndexOutdated(f"The files of the index in {folder} are gone. The records are safe; rebuild the index.")
        try:
            self._index = open_index(str(folder))
        except BaseException as error:
            if not isinstance(error, ValueError | OSError) and not _is_panic(error):
                raise
            raise IndexOutdated(f"The index in {folder} cannot be opened: {error}. The records are safe; rebuild the index.") from error

    def write(self, documents: Iterable[Document]) -> None:
        """See Engine.write."""
        with self._lock:
            writer = self._open_writer()
            make, index_schema = tantivy.Document.from_dict, schema()
            try:
                for document in documents:
                    fields = make_entry(document)
                    if len(parts := fields.get("text", ())) > 1:
                        fields["text"] = add_gaps(parts)
                    if document.pk <= self._highest:
                        writer.delete_documents_by_term("pk", document.pk)
                    else:
                        self._highest = document.pk
                    writer.add_document(make(cast("dict[str, Any]", fields), index_schema))
            except BaseException:
                self._drop_writer()
                raise

    def delete(self, pks: Iterable[int]) -> None:
        """See Engine.delete."""
        with self._lock:
            writer = self._open_writer()
            for pk in pks:
                writer.delete_documents_by_term("pk", pk)

    def commit(self, position: int) -> None:
        """See Engine.commit: tantivy makes its segments durable first, then the position follows."""
        with self._lock:
            if self._writer is not None:
                self._writer.commit()
                self._writer.wait_merging_threads()
                self._writer = None
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
            return self._current().searcher.num_docs

    def search(self, tree: Node, filters: Filters, sort: Sort, limit: int, offset: int) -> Hits:
        """See Engine.search."""
        with self._readable():
            return self._search(tree, filters, sort, limit, offset)

    def _search(self, tree: Node, filters: Filters, sort: Sort, limit: int, offset: int) -> Hits:
        snapshot = self._current()
        document_count = snapshot.searcher.num_docs
        # tantivy allocates memory for all hits up to the page's end
        limit, offset = min(limit, document_count), min(offset, document_count)
        query = snapshot.compiler.query(tree, filters)
        scored = scored_part(tree) if sort is Sort.RELEVANCE else None
        if scored is None:
            total, pks = _page_by_date(snapshot.searcher, query, sort, limit, offset)
        else:
            scored_total, pks = _page_by_score(snapshot.searcher, snapshot.compiler.query(scored, filters), limit, offset)
            unscored = _unscored_query(snapshot, tree, scored, filters)
            unscored_total, unscored_pks = _page_by_date(snapshot.searcher, unscored, sort, limit - len(pks), max(offset - scored_total, 0))
            total, pks = scored_total + unscored_total, pks + unscored_pks
        undated = _count_undated(snapshot.searcher, query, filters) if total else 0
        return Hits(pks, total, undated, _Answered(snapshot, tree, filters, query))

    def total(self, tree: Node, filters: Filters) -> int:
        """See Engine.total."""
        with self._readable():
            snapshot = self._current()
            return _total(snapshot.searcher, snapshot.compiler.query(tree, filters))

    def counts(self, tree: Node, filters: Filters, names: Collection[str] = COUNTED, answered: Answered | None = None) -> Counts:
        """See Engine.counts."""
        with self._readable():
            if not isinstance(answered, _Answered):
                snapshot = self._current()
                return count_values(snapshot.searcher, snapshot.compiler.query(tree, filters), names)
            is_same = answered.tree == tree and answered.filters == filters
            query = answered.query if is_same else answered.snapshot.compiler.query(tree, filters)
            return count_values(answered.snapshot.searcher, query, names)

    def ids(self, tree: Node, filters: Filters, sort: Sort, answered: Answered | None = None) -> Iterator[int]:
        """See Engine.ids: by date in chunks, each starting at the end of the previous chunk; by relevance all at once."""
        with self._readable():
            snapshot = answered.snapshot if isinstance(answered, _Answered) else self._current()
            yield from self._ids(snapshot, tree, filters, sort)

    def _ids(self, snapshot: _Snapshot, tree: Node, filters: Filters, sort: Sort) -> Iterator[int]:
        query = snapshot.compiler.query(tree, filters)
        scored = scored_part(tree) if sort is Sort.RELEVANCE else None
        if scored is not None:
            yield from _page_by_score(snapshot.searcher, snapshot.compiler.query(scored, filters), snapshot.searcher.num_docs, 0)[1]
            query = _unscored_query(snapshot, tree, scored, filters)
        field, order = _ORDERS[sort]
        rest = query
        while keys := _sort_keys(snapshot.searcher, rest, sort, self._chunk, 0)[1]:
            yield from (_pk_of(field, key) for key in keys)
            if len(keys) < self._chunk:
                return
            bounds: dict[str, Any] = {"lower_bound": keys[-1], "include_lower": False}
            if order is Order.Desc:
                bounds = {"upper_bound": keys[-1], "include_upper": False}
            beyond = Query.range_query(schema(), field, FieldType.Unsigned, **bounds)
            rest = Query.boolean_query([(Occur.Must, query), (Occur.Must, beyond)])

    def expand(self, node: Expanding, permission: Permission = SEES_ALL) -> Mapping[str, int]:
        """See Engine.expand."""
        with self._readable():
            return self._current().compiler.words.expand(node, permission)

    def close(self) -> None:
        """See Engine.close: uncommitted changes are dropped."""
        with self._lock:
            self._drop_writer()
            self._snapshot = None

    @contextmanager
    def _readable(self) -> Iterator[None]:
        """Raise IndexDamaged for broken files: the library's own errors name bytes and segments.

        The library panics on some broken files; Python would take that as a reason to end the process.
        """
        self._watch.check()
        try:
            yield
        except (ValueError, OSError) as error:
            raise self._damaged(error) from error
        except BaseException as error:
            if not _is_panic(error):
                raise
            self._snapshot = None
            raise self._damaged(error) from error

    def _damaged(self, error: BaseException) -> IndexDamaged:
        return IndexDamaged(f"The search index is damaged ({str(error).replace(str(self.folder), self.folder.name)[:200]}).")

    def _open_writer(self) -> tantivy.IndexWriter:
        if self._writer is None:
            try:
                self._writer = self._index.writer(_HEAP, _THREADS)
            except ValueError as error:
                raise IndexBusy(f"The index in {self.folder} is being written to by another process: {error}") from error
            self._highest = self._highest_pk()
        return self._writer

    def _highest_pk(self) -> int:
        """Return the highest record number in the index: higher numbers need no deletion before they are added."""
        hits = self._current().searcher.search(Query.all_query(), 1, order_by_field="pk").hits
        return int(hits[0][0]) if hits else -1

    def _drop_writer(self) -> None:
        if self._writer is not None:
            self._writer.rollback()
            self._writer = None

    def _current(self) -> _Snapshot:
        """Return the snapshot of the last commit by any process; costs a `stat` if unchanged."""
        with self._lock:
            mark = self._mark()
            while self._snapshot is None or self._snapshot.mark != mark:
                self._index.reload()
                meta = json.loads((self.folder / "meta.json").read_bytes())
                previous, mark = mark, self._mark()
                if previous != mark:  # a commit came in between
                    continue
                searcher = self._index.searcher()
                document_count = sum(segment["max_doc"] for segment in meta["segments"])
                self._snapshot = _Snapshot(mark, searcher, Compiler(searcher, has_deletions=document_count != searcher.num_docs))
            return self._snapshot

    def _mark(self) -> tuple[int, int]:
        status = os.stat(self.folder / "meta.json")  # noqa: PTH116  # asked for every search; Path.stat is slower
        return status.st_ino, status.st_mtime_ns


def _is_panic(error: BaseException) -> bool:
    """Tell whether tantivy's Rust code panicked; the exception class cannot be imported."""
    return type(error).__module__ == "pyo3_runtime"


def _unscored_query(snapshot: _Snapshot, tree: Node, scored: Node, filters: Filters) -> Query:
    """Return the query for the hits without a relevance score."""
    if always_scored(tree):
        return Query.empty_query()
    return snapshot.compiler.query(And((tree, Not(scored))), filters)


_ORDERS: Final = {
    Sort.NEWEST: ("newest", Order.Desc),
    Sort.OLDEST: ("oldest", Order.Asc),
    Sort.RELEVANCE: ("newest", Order.Desc),  # for hits without a score
}


def _pk_of(field: str, key: int) -> int:
    """Extract the record number from a sort key."""
    number = key & LARGEST_PK
    return number if field == "oldest" else LARGEST_PK - number


def _sort_keys(searcher: tantivy.Searcher, query: Query, sort: Sort, limit: int, offset: int) -> tuple[int, list[int]]:
    """Return the total and a page of sort keys."""
    field, order = _ORDERS[sort]
    # tantivy ends the process's thread on a limit of 0, so the smallest limit is 1
    result: Any = searcher.search(query, max(limit, 1), count=True, order_by_field=field, offset=offset, order=order)
    return result.count, [key for key, _address in result.hits[:limit]]


def _total(searcher: tantivy.Searcher, query: Query) -> int:
    count: int = searcher.search(query, 1, count=True, order_by_field="newest").count  # type: ignore[attr-defined]  # missing in its stub
    return count


def _count_undated(searcher: tantivy.Searcher, query: Query, filters: Filters) -> int:
    """Count the hits without a date; most often there is nothing to look up."""
    has_days = filters.first_day is not None or filters.last_day is not None
    if has_days or not searcher.doc_freq("has", UNDATED):
        return 0
    return _total(searcher, all_of((word_query("has", UNDATED), query)))


def _page_by_date(searcher: tantivy.Searcher, query: Query, sort: Sort, limit: int, offset: int) -> tuple[int, list[int]]:
    total, keys = _sort_keys(searcher, query, sort, limit, offset)
    field, _order = _ORDERS[sort]
    return total, [_pk_of(field, key) for key in keys]


def _page_by_score(searcher: tantivy.Searcher, query: Query, limit: int, offset: int) -> tuple[int, list[int]]:
    """Return the total and a page of record numbers by score, then newest, then number.

    tantivy orders equal scores by their place in the index, which a merge changes. So this requests enough hits to
    include every hit with the same score as the last hit of the page. It always requests the count: without it tantivy
    adds the scores up in another order, and pages would be inconsistent.
    """
    page_end = offset + limit
    request = page_end + 50
    while True:
        result: Any = searcher.search(query, request, count=True)
        hits = result.hits
        if len(hits) >= result.count or not page_end or hits[page_end - 1][0] != hits[-1][0]:
            break
        request *= 8
    keys = searcher.fast_field_values("newest", [address for _score, address in hits])
    ordered = sorted(zip((-score for score, _address in hits), (-int(key or 0) for key in keys), strict=True))
    return result.count, [_pk_of("newest", -key) for _score, key in ordered[offset:page_end]]
