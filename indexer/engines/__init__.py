"""The seam between search and an index: documents in, record numbers out. A library is loaded when its index is opened."""

from indexer.engines.background_writer import BackgroundWriter
from indexer.engines.documents import make_document
from indexer.engines.engine import (
    ENGINES,
    WILDCARD_LIMIT,
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
from indexer.engines.state import analyzer, check_files

__all__ = [
    "ENGINES",
    "WILDCARD_LIMIT",
    "BackgroundWriter",
    "Document",
    "Engine",
    "Hits",
    "IndexBusy",
    "IndexDamaged",
    "IndexOutdated",
    "TooBroad",
    "analyzer",
    "check_files",
    "make_document",
    "matches",
    "open_engine",
]
