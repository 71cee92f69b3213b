"""Reasons a search has no answer: an invalid query, an unusable index, too much work. An error never looks like zero hits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum

from indexer import cost
from indexer.engines import IndexDamaged, TooBroad
from indexer.i18n import say
from indexer.query import Diagnostic
from indexer.repository import Repository


class StopReason(StrEnum):
    """Why a valid query was not answered."""

    TOO_BROAD = "too-broad"  # a wildcard matches too many words
    TOO_COSTLY = "too-costly"  # the query as a whole takes too much work
    TOO_SLOW = "too-slow"  # out of time: the same search may succeed on a less busy computer


class NotAnswered(Exception):
    """The query was not run; `diagnostics` have the reasons and places."""

    def __init__(self, diagnostics: Sequence[Diagnostic], stopped: StopReason | None = None) -> None:
        super().__init__("; ".join(diagnostic.message for diagnostic in diagnostics))
        self.diagnostics, self.stopped = tuple(diagnostics), stopped


class IndexUnusable(NotAnswered):
    """The query is valid, but the index is damaged, empty although the catalog has records, or ahead of the catalog."""


@contextmanager
def answering(query: str, bounds: cost.Bounds) -> Iterator[None]:
    """Bound the work done in this context. Raises NotAnswered with the reason in words."""
    try:
        with cost.bounded(bounds):
            yield
    except TooBroad as error:
        raise NotAnswered((_too_broad(error, query),), StopReason.TOO_BROAD) from error
    except cost.TooCostly as error:
        stopped = StopReason.TOO_SLOW if error.is_time else StopReason.TOO_COSTLY
        raise NotAnswered((_too_costly(error, query, stopped),), stopped) from error
    except IndexDamaged as error:
        raise IndexUnusable((_damaged(error),)) from error


def check_index(repository: Repository) -> bool:
    """Return whether the index is up to date with the catalog. Raises IndexUnusable if it is empty or ahead, IndexDamaged."""
    reached, target = repository.index.position(), repository.catalog.position()
    if (unusable := _unusable_index(reached, target)) is not None:
        raise IndexUnusable((unusable,))
    return reached == target


def _unusable_index(reached: int, target: int) -> Diagnostic | None:
    """Return the reason an index cannot answer, or None.

    An index is empty if it was deleted, belongs to another version of the program, or its build was interrupted. It is
    ahead if an older catalog was restored.
    """
    if reached <= target and (reached or not target):
        return None
    if reached:
        code, message = (
            "index-ahead",
            say("Nothing was searched: the search index is ahead of the catalog. The evidence in the vault is safe."),
        )
    else:
        code, message = "index-empty", say("Nothing was searched: the search index is empty. The evidence in the vault is safe.")
    return Diagnostic(0, 0, message, say("Bring the index up to date with: python -m indexer sync"), code)


def _damaged(error: IndexDamaged) -> Diagnostic:
    message = say("Nothing was searched. {reason} The evidence in the vault is safe.", reason=str(error))
    return Diagnostic(0, 0, message, say("Rebuild the index with: python -m indexer rebuild"), "index-damaged")


def _too_broad(error: TooBroad, query: str) -> Diagnostic:
    start = max(query.lower().find(error.pattern.lower()), 0)
    message = say("{pattern} matches more than {limit} different words.", pattern=error.pattern, limit=error.limit)
    return Diagnostic(
        start, start + len(error.pattern), message, say("Write more letters before the wildcard."), StopReason.TOO_BROAD.value
    )


def _too_costly(error: cost.TooCostly, query: str, stopped: StopReason) -> Diagnostic:
    if error.is_time:
        message = say(
            "Nothing was searched: the search was stopped after {seconds} seconds. This is not a result of zero.", seconds=error.limit
        )
        suggestion = say(
            "Try again in a few minutes. If it is stopped again, narrow the search by dates or accounts, write more letters "
            "before wildcards, or split it into several searches"
        )
    else:
        message = say("Nothing was searched: this query takes more work than one search may. This is not a result of zero.")
        suggestion = say("Write more letters before wildcards, use fewer words in proximity searches, or split it into several searches")
    return Diagnostic(0, len(query), message, suggestion, stopped.value)
