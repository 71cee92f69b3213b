"""The settings of the indexer: one frozen table of name, default and help, read from SHOWME_* variables."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Setting:
    """One variable that the repository can be set up with."""

    name: str
    default: str
    help: str


SETTINGS = (
    Setting("SHOWME_DATA", "archive_data", "Folder with vault, catalog, index, and incoming archives."),
    Setting("SHOWME_DATABASE_URL", "", "Address of the catalog in PostgreSQL; empty: catalog.sqlite3 in SHOWME_DATA."),
    Setting("SHOWME_ENGINE", "tantivy", "Search engine: tantivy or whoosh."),
    Setting(
        "SHOWME_TIME_ZONE",
        "America/Chicago",
        "The public body's time zone: for local days and for times that an archive gives without a zone.",
    ),
)


class BadSetting(ValueError):
    """A setting holds what it cannot hold; the text says which and what would do."""


def read(name: str, environ: Mapping[str, str] | None = None) -> str:
    """Return the value of a setting of the table. Raises KeyError for a name that is not in it."""
    table = {setting.name: setting.default for setting in SETTINGS}
    return (os.environ if environ is None else environ).get(name) or table[name]


@dataclass(frozen=True, slots=True)
class Paths:
    """Where things lie below the data folder."""

    data: Path

    @property
    def vault(self) -> Path:
        """Read-only evidence."""
        return self.data / "vault"

    @property
    def catalog(self) -> Path:
        """The catalog's SQLite file, where no other database is set."""
        named = self.data / "catalog.sqlite3"
        old = self.data / "catalogue.sqlite3"  # its name until 2026
        return old if old.exists() and not named.exists() else named

    @property
    def incoming(self) -> Path:
        """Archives waiting to be taken into custody."""
        return self.data / "incoming"

    @property
    def index(self) -> Path:
        """Search indexes, one folder an engine; can be deleted at any time."""
        return self.data / "index"

    @property
    def exports(self) -> Path:
        """Finished exports."""
        return self.data / "exports"

    @property
    def certificates(self) -> Path:
        """Certificates of searches."""
        return self.data / "certificates"

    @property
    def staging(self) -> Path:
        """What is not whole yet: emptied at every start of ingest."""
        return self.data / "staging"

    @property
    def ingest_lock(self) -> Path:
        """Held (flock) by the one process that writes vault, catalog or index."""
        return self.data / "ingest.lock"


def paths(data: str | Path | None = None) -> Paths:
    """Return the places below `data`, or below SHOWME_DATA."""
    return Paths(Path(data or read("SHOWME_DATA")).resolve())
