"""The seam between search and an index: documents in, record numbers out. A library is loaded when its index is opened."""

from indexer.engines.background_writer import BackgroundWriter
from indexer.engines.documents import make_document, media_of, states_of
from indexer.engines.engine import (
    COUNTED,
    DAYS,
    ENGINES,
    FACETS,
    MONTHS,
    WILDCARD_LIMIT,
    Answered,
    Counts,
    Document,
    Engine,
    Hits,
    IndexBusy,
    IndexDamaged,
    IndexOutdated,
    TooBroad,
    open_engine,
)
from indexer.engines.matching import matches
from indexer.engines.state import analyzer, check_files, has_leftovers

__all__ = [
    "COUNTED",
    "DAYS",
    "ENGINES",
    "FACETS",
    "MONTHS",
    "WILDCARD_LIMIT",
    "Answered",
    "BackgroundWriter",
    "Counts",
    "Document",
    "Engine",
    "Hits",
    "IndexBusy",
    "IndexDamaged",
    "IndexOutdated",
    "TooBroad",
    "analyzer",
    "check_files",
    "has_leftovers",
    "make_document",
    "matches",
    "media_of",
    "open_engine",
    "states_of",
]
