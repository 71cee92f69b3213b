"""What the terms of a list find together and alone, as searches of the plain dialect; and which of them found a record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from indexer.query import Dialect, Node, Not, Or, parse
from indexer.query.canonical import canonical
from indexer.query.filters import Sort
from indexer.repository import Repository
from indexer.search.plan import Plan
from indexer.search.request import SearchRequest


def union(terms: Sequence[str], dialect: Dialect) -> str:
    """Return the query of what any term finds, in the plain dialect; empty where no term can be read."""
    trees = _readable(terms, dialect)
    return canonical(trees[0] if len(trees) == 1 else Or(tuple(trees))) if trees else ""


def alone(terms: Sequence[str], wanted: str, dialect: Dialect) -> str:
    """Return the query of what one term finds and no other one, in the plain dialect; empty for a term that cannot be read.

    A term that means the same as another one finds nothing alone, and so does this query.
    """
    tree = parse(wanted, dialect).tree
    if tree is None:
        return ""
    others = list(terms)
    others.remove(wanted)
    trees = _readable(others, dialect)
    text = canonical(tree)
    if not trees:
        return text
    rest = Not(trees[0] if len(trees) == 1 else Or(tuple(trees)))
    return f"({text}) AND {canonical(rest)}"


def finders(repository: Repository, request: SearchRequest, terms: Sequence[str], dialect: Dialect) -> dict[int, str]:
    """Return, by number of the record, the terms that found it within the filters and the day of a request, one a line.

    Raises NotAnswered.
    """
    found: dict[int, str] = {}
    for term in terms:
        plan = Plan(repository, replace(request, query=term, dialect=dialect, sort=Sort.OLDEST))
        if plan.parsed.tree is None:
            continue
        for pk in plan.ids():
            found[pk] = f"{found[pk]}\n{term}" if pk in found else term
    return found


def _readable(terms: Sequence[str], dialect: Dialect) -> list[Node]:
    return list(dict.fromkeys(tree for term in terms if (tree := parse(term, dialect).tree) is not None))
