"""Times the rest of our query language: proximity, similar words, other forms of words.

Plain tantivy and Datasette have no such operators, so our page is compared with our own engine alone. FTS5 has a NEAR
operator for either order; questions that it can express are also run there, and the totals are compared.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.corpus import Size
from bench.engines import PAGE, Fts5
from bench.figures import Goal, median, milliseconds, number, percentile, show_goals, show_table
from bench.ingest import repository_of
from indexer.query import Node, parse
from indexer.query.filters import Filters, Sort
from indexer.repository import Repository, open_repository
from indexer.search.plan import Plan
from indexer.search.request import SearchRequest

FIRST_TIMES = 3  # number of fresh repositories: an engine caches what it read for a question
AGAIN = 15
PATIENCE = 3.0  # seconds per question and way of asking
NESTED_MS, PAGE_RATIO = 1_000.0, 3.0


@dataclass(frozen=True, slots=True)
class Question:
    """A question in our language, and in FTS5's; `fts5` is empty if FTS5 cannot express it.

    For two words, `w/n` is `NEAR(a b, n - 1)`: we count the steps between the words, FTS5 the words in between. FTS5
    ignores emoji, which are words for us, so its total may be slightly higher.
    """

    group: str
    ours: str
    fts5: str = ""


QUESTIONS = (
    Question("near", "council w/5 budget", "NEAR(council budget, 4)"),
    Question("near", "water w/3 main", "NEAR(water main, 2)"),
    Question("near", "the w/10 to", "NEAR(the to, 9)"),
    Question("in order", "council pre/5 budget"),
    Question("in order", "the pre/3 council"),
    Question(
        "near, groups",
        "(council OR board) w/10 (budget OR tax)",
        "NEAR(council budget, 9) OR NEAR(council tax, 9) OR NEAR(board budget, 9) OR NEAR(board tax, 9)",
    ),
    Question("near, groups", "(city OR county) w/10 (plan* OR budget~~)"),
    Question("near, phrases", '"city council" w/5 meeting', 'NEAR("city council" meeting, 4)'),
    Question("near, phrases", '"water main" pre/10 (street OR road)'),
    Question("near, nested", "(city w/10 council) w/20 (water OR street)"),
    Question("near, nested", "(the w/3 of) w/5 in"),
    Question("near, nested", "((council OR board) w/5 meeting) pre/20 (water w/3 main)"),
    Question("near, nested", "(the w/5 city) w/10 (to w/5 street)"),
    Question("not near", "council not w/5 budget"),
    Question("not near", "the not w/3 city"),
    Question("not near", "(city w/3 council) not w/10 meeting"),
    Question("similar", "counsil~"),
    Question("similar", "sewage~2"),
    Question("similar", r"bud\%get"),
    Question("other forms", "meeting~~"),
    Question("other forms", "plan~~ budget~~"),
    Question("numbers", "12~~24"),
)


class NotAnswered(Exception):
    """Our search could not parse a question, so there is nothing to measure."""


def measure(out: Path, size: Size) -> dict[str, Any]:
    """Measure every question, both with a fresh engine and repeated."""
    repository, fts5 = repository_of(out, size), Fts5(out, size)
    rows = []
    for question in QUESTIONS:
        first, again, total = _ours(repository, question)
        row: dict[str, Any] = {"group": question.group, "question": question.ours, "total": total, "first": first, "again": again}
        if question.fts5:
            times = _timed(lambda words=question.fts5: fts5.ask_words(words), AGAIN)  # type: ignore[misc]  # a default argument binds this very question
            row["fts5"] = {"total": fts5.total_of(question.fts5), **_summary(times)}
        rows.append(row)
        print(f"  {question.group}: {question.ours} ({total:,})", flush=True)
    return {"records": size.records, "questions": rows}


def totals_of(repository: Path) -> list[int]:
    """Return the number of hits of each question, in order."""
    with closing(open_repository(repository)) as fresh:
        return [fresh.index.total(_tree(question), Filters()) for question in QUESTIONS]


def _ours(repository: Path, question: Question) -> tuple[dict[str, Any], dict[str, Any], int]:
    """Return the times of the page and of the engine alone, with a fresh engine and repeated, and the total."""
    firsts: dict[str, list[float]] = {"page": [], "engine": []}
    for _time in range(FIRST_TIMES):
        for way, times in firsts.items():
            with closing(open_repository(repository)) as opened:
                times.append(milliseconds(_calls(opened, question)[way]))
    with closing(open_repository(repository)) as opened:
        answer = Plan(opened, SearchRequest(question.ours)).page()
        if not answer.answered:
            raise NotAnswered(f"{question.ours}: {answer.diagnostics}")
        agains = {way: _timed(call, AGAIN) for way, call in _calls(opened, question).items()}
    return {way: _summary(times) for way, times in firsts.items()}, {way: _summary(times) for way, times in agains.items()}, answer.total


def _calls(repository: Repository, question: Question) -> dict[str, Callable[[], object]]:
    """Return both ways of asking, with the repository's files already open but nothing about the question cached."""
    Plan(repository, SearchRequest("meeting", limit=PAGE)).page()
    request, tree = SearchRequest(question.ours, limit=PAGE), _tree(question)
    return {
        "page": lambda: _page(repository, request),
        "engine": lambda: _engine(repository, tree),
    }


def _page(repository: Repository, request: SearchRequest) -> object:
    """Answer a request with nothing kept of an earlier one."""
    repository.cache.clear()
    return Plan(repository, request).page()


def _engine(repository: Repository, tree: Node) -> object:
    """Return hits and counts of the index alone."""
    hits = repository.index.search(tree, Filters(), Sort.NEWEST, PAGE, 0)
    return hits, repository.index.counts(tree, Filters(), answered=hits.answered)


def _tree(question: Question) -> Node:
    parsed = parse(question.ours)
    if parsed.tree is None:
        raise NotAnswered(f"{question.ours}: {parsed.diagnostics}")
    return parsed.tree


def _timed(call: Callable[[], object], max_runs: int) -> list[float]:
    call()
    times: list[float] = []
    deadline = time.perf_counter() + PATIENCE
    while not times or (len(times) < max_runs and time.perf_counter() < deadline):
        times.append(milliseconds(call))
    return times


def _summary(times: list[float]) -> dict[str, Any]:
    return {"median": median(times), "p95": percentile(times, 0.95), "runs": len(times)}


def show(figures: dict[str, Any]) -> list[Goal]:
    """Print the table of times and return the goals."""
    rows = figures["questions"]
    table = [
        (
            f"{row['group']}: {row['question']}",
            row["total"],
            *(row[when][way]["median"] for when in ("first", "again") for way in ("page", "engine")),
            row["again"]["page"]["median"] / row["again"]["engine"]["median"],
            *((row["fts5"]["median"], row["fts5"]["total"]) if "fts5" in row else ("", "")),
        )
        for row in rows
    ]
    heads = ("", "hits", "first page", "engine", "again", "engine", "again/engine", "FTS5", "its hits")
    show_table(f"The whole language on {figures['records']:,} records: count, newest 25, facets, months; milliseconds (p50)", heads, table)
    print('  "first": nothing of the question is known yet; "engine": our index alone, without parsing, rows, snippets and expansions')
    is_goal_size = figures["records"] >= 1_000_000
    nested = [row["first"]["page"]["median"] for row in rows if row["group"] == "near, nested"]
    nested_goal = "nested nearness on common words, asked for the first time < 1,000 ms (worst)"
    goals = [Goal(nested_goal, max(nested), NESTED_MS, counts=is_goal_size)]
    for when, words in (("first", "asked for the first time"), ("again", "asked again")):
        pages, engines = ([row[when][way]["median"] for row in rows] for way in ("page", "engine"))
        ratios = [page / engine for page, engine in zip(pages, engines, strict=True)]
        for which, ratio in (("all together", sum(pages) / sum(engines)), ("median question", median(ratios))):
            goals.append(Goal(f"first page / our engine alone <= 3, {words} ({which})", ratio, PAGE_RATIO, counts=is_goal_size))
        print(f"  worst question {words}: {number(max(ratios))} times the engine")
    show_goals(goals)
    return goals
