"""The answer to a search: what a page, its JSON and a certificate are made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from indexer.catalog.models import RecordView
from indexer.coverage.summary import Coverage
from indexer.query import Diagnostic
from indexer.search.announced import Announced
from indexer.search.answering import Stopped
from indexer.search.as_of import Limits
from indexer.search.facets import Bar, FacetValue
from indexer.search.request import SearchRequest
from indexer.search.suggestions import Explained


@dataclass(frozen=True, slots=True)
class Hit:
    """One record of a page of results; `snippet` is its text in pieces, each with whether it is a hit.

    `version` is the version that the snippet shows: an earlier one where only that was found.
    """

    view: RecordView
    snippet: tuple[tuple[str, bool], ...]
    version: int


@dataclass(frozen=True, slots=True)
class Results:
    """The answer. With diagnostics there is no answer: then `total` is no zero but unknown (`answered` is False)."""

    request: SearchRequest
    reading: str
    total: int = 0
    records: tuple[Hit, ...] = ()
    facets: Mapping[str, tuple[FacetValue, ...]] = field(default_factory=dict)
    bars: tuple[Bar, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    announcements: tuple[Announced, ...] = ()  # doubtful readings, to be said before the total
    undated: int = 0
    undated_outside: int = 0  # records that fit but for the days asked for, because they carry no date
    undated_query: str = ""  # what finds them without the days, in the plain dialect; empty where there are none
    indexed: int = 0
    held: int = 0
    in_step: bool = True  # the index knows all of the catalog: the counts alone do not tell, a new wording is no new record
    index_unusable: bool = False  # then the diagnostic is no fault of the query
    stopped: Stopped | None = None  # the query is sound and takes more work than one search may: it was refused
    as_of: Limits | None = None  # what an answer as of a day cannot know
    coverage: Coverage | None = None  # what of the search's scope is captured; None where there is no answer
    canonical: str = ""  # the query as it was understood, with every parenthesis, in the plain dialect
    readings: Mapping[str, str] = field(default_factory=dict)  # the whole search in one sentence, by language ("en", "es")
    explained: Explained = field(default_factory=Explained)  # only where a page was asked for

    @property
    def answered(self) -> bool:
        """True when the query was understood and run."""
        return not self.diagnostics
