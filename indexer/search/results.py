"""The answer to a search, for pages, JSON and certificates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from indexer.catalog import RecordView
from indexer.coverage import Coverage
from indexer.query import Diagnostic
from indexer.search.announced import CountedAnnouncement
from indexer.search.answering import StopReason
from indexer.search.as_of import Limits
from indexer.search.facets import Bar, FacetValue
from indexer.search.request import SearchRequest
from indexer.search.suggestions import Explanation


@dataclass(frozen=True, slots=True)
class Hit:
    """A record on a page of results. `snippet` is its text in pieces: (text, is highlighted).

    `version` is the version in the snippet: an earlier one if only that matches.
    """

    view: RecordView
    snippet: tuple[tuple[str, bool], ...]
    version: int


@dataclass(frozen=True, slots=True)
class Results:
    """The answer. With diagnostics it is empty, and `total` is unknown rather than zero (`answered` is False)."""

    request: SearchRequest
    reading: str
    total: int = 0
    records: tuple[Hit, ...] = ()
    facets: Mapping[str, tuple[FacetValue, ...]] = field(default_factory=dict)
    bars: tuple[Bar, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    announcements: tuple[CountedAnnouncement, ...] = ()  # ambiguous readings, shown before the total
    undated: int = 0
    undated_outside: int = 0  # undated records that match apart from the date filter
    undated_query: str = ""  # finds those records (plain dialect); empty if there are none
    indexed: int = 0
    held: int = 0
    in_step: bool = True  # index is up to date; equal counts do not prove it, since a new version is not a new record
    index_unusable: bool = False  # the diagnostic is about the index, not the query
    stopped: StopReason | None = None  # a valid query that exceeded the limits of one search
    as_of: Limits | None = None  # limits of an answer as of a day
    coverage: Coverage | None = None  # None without an answer, and within a record set: it proves a list, not a search
    left_out: int = 0  # records of the request's set that are no longer on file; 0 for readers with a limited permission
    canonical: str = ""  # the query as parsed, fully parenthesized, in the plain dialect
    readings: Mapping[str, str] = field(default_factory=dict)  # the search in one sentence, by language ("en", "es")
    explained: Explanation = field(default_factory=Explanation)  # only if a page was requested

    @property
    def proves_list(self) -> bool:
        """True if only a record set was searched: the answer is a list, and finding nothing in it is no result of zero."""
        return self.request.records is not None

    @property
    def answered(self) -> bool:
        """True if the query was parsed and run."""
        return not self.diagnostics
