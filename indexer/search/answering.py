"""Why a search is not answered: an unreadable query, an index that cannot be used, too much work. Never a zero by error."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum

from indexer import cost
from indexer.engines import IndexDamaged, TooBroad
from indexer.i18n import say
from indexer.query import Diagnostic
from indexer.repository import Repository


class Stopped(StrEnum):
    """Why a sound query was not answered."""

    TOO_BROAD = "too-broad"  # one wildcard stands for too many words
    TOO_COSTLY = "too-costly"  # all of it together takes too much work
    TOO_SLOW = "too-slow"  # the time was over: the same search may be answered on a less busy computer


class NotAnswered(Exception):
    """The query cannot be run; the diagnostics say why and where."""

    def __init__(self, diagnostics: Sequence[Diagnostic], stopped: Stopped | None = None) -> None:
        super().__init__("; ".join(one.message for one in diagnostics))
        self.diagnostics, self.stopped = tuple(diagnostics), stopped


class IndexUnusable(NotAnswered):
    """The query is well, but the index is damaged, holds nothing of a catalog that has records, or what the catalog does not have."""


@contextmanager
def answering(query: str, bounds: cost.Bounds) -> Iterator[None]:
    """Count what is done within, and say in words why there is no answer. Raises NotAnswered."""
    try:
        with cost.bounded(bounds):
            yield
    except TooBroad as error:
        raise NotAnswered((_too_broad(error, query),), Stopped.TOO_BROAD) from error
    except cost.TooCostly as error:
        stopped = Stopped.TOO_SLOW if error.is_time else Stopped.TOO_COSTLY
        raise NotAnswered((_too_costly(error, query, stopped),), stopped) from error
    except IndexDamaged as error:
        raise IndexUnusable((_damaged(error),)) from error


def check_index(repository: Repository) -> bool:
    """Return whether the index knows all of the catalog. Raises IndexUnusable where it cannot answer at all, IndexDamaged."""
    reached, target = repository.index.position(), repository.catalog.position()
    if (unusable := _unusable_index(reached, target)) is not None:
        raise IndexUnusable((unusable,))
    return reached == target


def _unusable_index(reached: int, target: int) -> Diagnostic | None:
    """Say why the index cannot answer, where it cannot: no number by error.

    It is empty after it was deleted, made by another version of the program, or its building was broken off. It is
    ahead when an older catalog was put back.
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
    return Diagnostic(start, start + len(error.pattern), message, say("Write more letters before the wildcard."), Stopped.TOO_BROAD.value)


def _too_costly(error: cost.TooCostly, query: str, stopped: Stopped) -> Diagnostic:
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
