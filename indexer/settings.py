"""Settings of the indexer: a table of name, default and help, read from SHOWME_* variables."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Setting:
    """An environment variable that configures the repository."""

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
    """A setting has an invalid value; the text names the setting and the valid values."""


def read(name: str, environ: Mapping[str, str] | None = None) -> str:
    """Value of a setting. Raises KeyError for an unknown name."""
    table = {setting.name: setting.default for setting in SETTINGS}
    return (os.environ if environ is None else environ).get(name) or table[name]


@dataclass(frozen=True, slots=True)
class Paths:
    """Locations inside the data folder."""

    data: Path

    @property
    def vault(self) -> Path:
        """Read-only evidence."""
        return self.data / "vault"

    @property
    def catalog(self) -> Path:
        """The catalog's SQLite file, used unless another database is configured."""
        named = self.data / "catalog.sqlite3"
        old = self.data / "catalogue.sqlite3"  # its name until 2026
        return old if old.exists() and not named.exists() else named

    @property
    def incoming(self) -> Path:
        """Archives waiting to be taken into custody."""
        return self.data / "incoming"

    @property
    def index(self) -> Path:
        """Search indexes, one folder per engine; can be deleted at any time."""
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
        """Incomplete files: emptied whenever an ingest starts."""
        return self.data / "staging"

    @property
    def ingest_lock(self) -> Path:
        """Lock file (flock) of the process that writes vault, catalog or index."""
        return self.data / "ingest.lock"


def paths(data: str | Path | None = None) -> Paths:
    """Locations inside `data`, or inside SHOWME_DATA."""
    return Paths(Path(data or read("SHOWME_DATA")).resolve())
