"""The three engines compared: our search, a plain tantivy index, and SQLite FTS5 with the statements of Datasette.

Each returns the exact count, the newest 25, the counts by account and kind, and the counts by month.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Protocol

import tantivy
from tantivy import FieldType, Occur, Order, Query

from bench.corpus import Size
from bench.peers import COLUMNS, database_of, index_of, schema
from bench.questions import Question
from indexer.query.filters import Filters
from indexer.repository import open_repository
from indexer.search.plan import Plan
from indexer.search.request import SearchRequest

PAGE = 25
_HELD = "rowid in (select rowid from posts_fts where posts_fts match :search)"
_MATCHING = f" where {_HELD}"


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a question. Account counts are in descending order, so that engines with different account names compare."""

    total: int
    shown: int
    accounts: tuple[int, ...]
    kinds: Mapping[str, int]
    months: Mapping[str, int]


class Contender(Protocol):
    """An engine under test. `ask` is timed; `answer` converts its result."""

    name: str

    def ask(self, question: Question) -> Any:
        """Run the question."""
        ...

    def answer(self, result: Any) -> Answer:
        """Convert the result of `ask`."""
        ...


class NotAnswered(Exception):
    """Our search could not parse a question, so there is nothing to measure."""


class Ours:
    """Our search in this process, with catalog rows, snippets and all five facets."""

    name = "ours"

    def __init__(self, repository: Path) -> None:
        self._repository = open_repository(repository)

    def ask(self, question: Question) -> Any:
        """See Answering. Nothing is kept of an earlier question."""
        self._repository.cache.clear()
        return Plan(self._repository, SearchRequest(question.ours, Filters(question.first, question.last), limit=PAGE)).page()

    def engine_only(self, question: Question) -> Any:
        """Return a call that runs the question on the index alone, without the catalog."""
        tree = Plan(self._repository, SearchRequest(question.ours)).tree  # parsing is not part of the measured time
        index, filters = self._repository.index, Filters(question.first, question.last)

        def ask() -> tuple[Any, Any]:
            hits = index.search(tree, filters, SearchRequest().sort, PAGE, 0)
            return hits, index.counts(tree, filters, answered=hits.answered)

        return ask

    def months(self, question: Question) -> Mapping[str, int]:
        """Return the counts by month; a page with many months shows years instead."""
        _hits, counts = self.engine_only(question)()
        return dict(counts["month"])

    def answer(self, result: Any) -> Answer:
        """See Answering."""
        if not result.answered:
            raise NotAnswered(f"{result.request.query}: {result.diagnostics}")
        counts = {name: {value.value: value.count for value in values} for name, values in result.facets.items()}
        years: dict[str, int] = {bar.label: bar.count for bar in result.bars if bar.count}
        return Answer(result.total, len(result.records), _descending(counts.get("account", {})), counts.get("kind", {}), years)

    def close(self) -> None:
        """Close the repository."""
        self._repository.close()


class RawTantivy:
    """A plain tantivy index: search, count and aggregations, without rows."""

    name = "raw tantivy"

    def __init__(self, out: Path, size: Size) -> None:
        index = tantivy.Index(schema(), str(index_of(out, size)))
        index.reload()
        self._searcher = index.searcher()

    def ask(self, question: Question) -> Any:
        """See Answering."""
        query = raw_query(question)
        result: Any = self._searcher.search(query, PAGE, count=True, order_by_field="posted", order=Order.Desc)
        aggregations = {name: {"terms": {"field": name, "size": 60_000}} for name in ("account", "kind", "month")}
        return result, self._searcher.aggregate(query, aggregations)

    def answer(self, result: Any) -> Answer:
        """See Answering."""
        hits, aggregated = result
        counts = {
            name: {bucket["key"]: bucket["doc_count"] for bucket in aggregated[name]["buckets"]} for name in ("account", "kind", "month")
        }
        months = {f"{int(month) // 100:04}-{int(month) % 100:02}": count for month, count in counts["month"].items()}
        return Answer(hits.count, len(hits.hits), _descending(counts["account"]), counts["kind"], months)


class Fts5:
    """SQLite FTS5 with the statements of Datasette 0.65: count, page, and a statement per facet."""

    name = "FTS5"

    def __init__(self, out: Path, size: Size) -> None:
        self._connection = sqlite3.connect(f"file:{database_of(out, size)}?mode=ro", uri=True)

    def ask(self, question: Question) -> Any:
        """See Answering."""
        return self._ask(*_where(question))

    def ask_words(self, words: str) -> Any:
        """Run a question written in FTS5's own language."""
        return self._ask(_MATCHING, {"search": words})

    def _ask(self, where: str, values: Mapping[str, str]) -> Any:
        rows = f"select {', '.join(COLUMNS)} from posts{where}"
        execute = self._connection.execute
        total = execute(f"select count(*) from posts{where}", values).fetchone()[0]
        page = execute(f"{rows} order by posted desc limit {PAGE + 1}", values).fetchall()
        facets = [
            execute(
                f"select {name} as value, count(*) as count from ({rows}) where {name} is not null"
                f" group by {name} order by count desc, value limit 1001",
                values,
            ).fetchall()
            for name in ("account", "kind", "month")
        ]
        return total, page, facets

    def total(self, question: Question) -> int:
        """Return the count only."""
        return self._total(*_where(question))

    def total_of(self, words: str) -> int:
        """Return the count only of a question written in FTS5's own language."""
        return self._total(_MATCHING, {"search": words})

    def _total(self, where: str, values: Mapping[str, str]) -> int:
        return int(self._connection.execute(f"select count(*) from posts{where}", values).fetchone()[0])

    def answer(self, result: Any) -> Answer:
        """See Answering."""
        total, page, (accounts, kinds, months) = result
        return Answer(total, min(len(page), PAGE), _descending(dict(accounts)), dict(kinds), dict(months))


def raw_query(question: Question) -> Query:
    """Convert a question to a query for the plain tantivy index."""
    clauses = []
    for group in question.every:
        terms = [_raw_term(term) for term in group]
        clauses.append((Occur.Must, terms[0] if len(terms) == 1 else Query.boolean_query([(Occur.Should, term) for term in terms])))
    clauses += [(Occur.MustNot, _raw_term(term)) for term in question.without]
    if question.first and question.last:
        days = Query.range_query(schema(), "day", FieldType.Integer, _day(question.first), _day(question.last))
        clauses.append((Occur.Must, days))
    return clauses[0][1] if len(clauses) == 1 else Query.boolean_query(clauses)


def _raw_term(term: str) -> Query:
    if " " in term:
        return Query.phrase_query(schema(), "text", list(term.split()))
    return Query.regex_query(schema(), "text", f"{term[:-1]}.*") if term.endswith("*") else Query.term_query(schema(), "text", term)


def _day(day: date) -> int:
    return day.year * 10_000 + day.month * 100 + day.day


def _where(question: Question) -> tuple[str, dict[str, str]]:
    """Return the WHERE clause as Datasette writes it, with its values."""
    parts: list[str] = []
    values: dict[str, str] = {}
    if question.first and question.last:
        parts += ['"day" >= :p0', '"day" <= :p1']
        values.update(p0=question.first.isoformat(), p1=question.last.isoformat())
    if question.every:
        parts.append(_HELD)
        values["search"] = question.fts5
    return (" where " + " and ".join(parts) if parts else ""), values


def _descending(counts: Mapping[Any, int]) -> tuple[int, ...]:
    return tuple(sorted(counts.values(), reverse=True))
