"""Queries for all hits of a term list and for the unique hits of a term, in the plain dialect; and the terms of each record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from indexer.query import Dialect, Node, Not, Or, Sort, canonical, parse
from indexer.repository import Repository
from indexer.search import Plan, SearchRequest


def union_query(terms: Sequence[str], dialect: Dialect) -> str:
    """Return the query for records that any term finds, in the plain dialect; empty if no term is valid."""
    trees = _valid_trees(terms, dialect)
    return canonical(trees[0] if len(trees) == 1 else Or(tuple(trees))) if trees else ""


def unique_query(terms: Sequence[str], term: str, dialect: Dialect) -> str:
    """Return the query for the unique hits of a term, in the plain dialect; empty for an invalid term.

    A term that means the same as another has no unique hits, so its query finds nothing.
    """
    tree = parse(term, dialect).tree
    if tree is None:
        return ""
    others = list(terms)
    others.remove(term)
    trees = _valid_trees(others, dialect)
    text = canonical(tree)
    if not trees:
        return text
    rest = Not(trees[0] if len(trees) == 1 else Or(tuple(trees)))
    return f"({text}) AND {canonical(rest)}"


def terms_by_record(repository: Repository, request: SearchRequest, terms: Sequence[str], dialect: Dialect) -> dict[int, str]:
    """Return by pk the terms, one per line, that find the record with the filters and as-of day of a request.

    Raises NotAnswered.
    """
    terms_by_pk: dict[int, str] = {}
    for term in terms:
        plan = Plan(repository, replace(request, query=term, dialect=dialect, sort=Sort.OLDEST))
        if plan.parsed.tree is None:
            continue
        for pk in plan.ids():
            terms_by_pk[pk] = f"{terms_by_pk[pk]}\n{term}" if pk in terms_by_pk else term
    return terms_by_pk


def _valid_trees(terms: Sequence[str], dialect: Dialect) -> list[Node]:
    return list(dict.fromkeys(tree for term in terms if (tree := parse(term, dialect).tree) is not None))
