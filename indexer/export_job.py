"""Makes an export of a search: what is written is what was counted, in the same order, or nothing is."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

from indexer import __version__
from indexer.engines import Filters
from indexer.exports import CaptureLine, Description, ExportReport, export
from indexer.house import House
from indexer.search import Searcher, SearchRequest
from indexer.shown import AccountView

Tick = Callable[[int, int], None]


def export_search(
    house: House, request: SearchRequest, target: Path, *, by: str, with_media: bool = True, progress: Tick | None = None
) -> ExportReport:
    """Write all results of a search into one package at `target`; the export is an event.

    Raises NotAnswered for a query that cannot be run, ExportError when the package would not be whole.
    """
    searcher = Searcher(house)
    pks = array("q", searcher.ids(request))
    description = describe(house, request, by, len(pks))
    report = export(
        target,
        house.catalogue.stream(pks),
        description,
        open_media=lambda attachment: house.catalogue.open_media(attachment.capture_id, attachment.member),
        with_media=with_media,
        progress=progress,
    )
    detail = {"query": request.query, "filters": list(description.filters), "records": report.rows, "sha256": report.sha256}
    house.audit.add("export:made", by, report.path.name, detail)
    return report


def describe(house: House, request: SearchRequest, by: str, total: int) -> Description:
    """Return what an export says of itself: enough to ask the same question again."""
    results = Searcher(house).search(SearchRequest(request.query, request.filters, request.sort, limit=0))
    notes = []
    if results.undated:
        notes.append(f"{results.undated:,} of the records carry no date that could be read; they stand last and outside of every range.")
    if results.indexed != results.held:
        notes.append(f"The index held {results.indexed:,} of {results.held:,} records when the search ran.")
    return Description(
        query=request.query,
        reading=results.reading,
        filters=filter_words(request.filters, house.catalogue.accounts()),
        sort=str(request.sort),
        zone=house.zone,
        total=total,
        made_at=datetime.now(UTC),
        made_by=by,
        version=f"{__version__} ({house.engine_name} engine, Python index library {_library(house.engine_name)})",
        captures=tuple(
            CaptureLine(one.id, one.name, one.digest) for one in reversed(house.catalogue.captures(request.filters.allowed_accounts))
        ),
        notes=tuple(notes),
    )


def filter_words(filters: Filters, accounts: list[AccountView]) -> tuple[str, ...]:
    """Return the filters in plain English, one sentence part each."""
    words = []
    if filters.first_day or filters.last_day:
        words.append(f"posted {filters.first_day or 'any day'} to {filters.last_day or 'any day'}, local days")
    if filters.accounts is not None:
        words.append("accounts: " + ", ".join(one.label for one in accounts if one.id in filters.accounts))
    for name, values in (("platforms", filters.platforms), ("kinds", filters.kinds), ("authors", filters.authors)):
        if values is not None:
            words.append(f"{name}: {', '.join(sorted(values))}")
    if filters.has_media is not None:
        words.append("with media" if filters.has_media else "without media")
    if filters.allowed_accounts is not None:
        labels = [one.label for one in accounts if one.id in filters.allowed_accounts]
        words.append(f"only accounts that the maker may see: {', '.join(labels) or 'none'}")
    return tuple(words)


def _library(engine: str) -> str:
    return metadata.version({"tantivy": "tantivy", "whoosh": "Whoosh-Reloaded"}[engine])
