"""Settings of the indexer, and the letterhead of papers: tables of name, default and help, read from SHOWME_* variables."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final


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


CUSTODIAN_TITLE: Final = "Records Custodian"  # 610.023 RSMo

LETTERHEAD_SETTINGS: Final = (
    Setting(
        "SHOWME_BODY_NAME",
        "",
        "Name of the public body, on every page and letterhead; empty: the demo's city in the demo, otherwise a neutral name.",
    ),
    Setting("SHOWME_BODY_ADDRESS", "", 'Its postal address for letterheads; " / " between lines.'),
    Setting("SHOWME_BODY_CONTACT", "", "Its telephone and e-mail, in one line of the letterhead."),
    Setting("SHOWME_BODY_SEAL", "", "Its seal for letterheads: a PNG, JPEG, or SVG file of at most 2 MiB; empty: none."),
    Setting("SHOWME_CUSTODIAN_NAME", "", "Name of the records custodian who signs certificates; empty: a blank to fill in."),
    Setting("SHOWME_CUSTODIAN_TITLE", CUSTODIAN_TITLE, "Title of the records custodian."),
)
MAX_SEAL: Final = 2 * 2**20  # bytes
LINE_BREAK: Final = " / "
_SIGNATURES: Final = {
    ".png": (b"\x89PNG\r\n\x1a\n",),
    ".jpg": (b"\xff\xd8\xff",),
    ".jpeg": (b"\xff\xd8\xff",),
    ".svg": (b"<", b"\xef\xbb\xbf<"),
}


@dataclass(frozen=True, slots=True)
class Letterhead:
    """The public body and its records custodian as printed on papers. Texts are empty and `seal` is None where not set."""

    name: str = ""
    address: tuple[str, ...] = ()
    contact: str = ""
    seal: Path | None = None
    custodian: str = ""
    custodian_title: str = CUSTODIAN_TITLE


NO_LETTERHEAD: Final = Letterhead()


def read_letterhead(environ: Mapping[str, str] | None = None) -> Letterhead:
    """Return the letterhead of the settings. Raises BadSetting for a seal that cannot be printed."""
    variables = os.environ if environ is None else environ
    table = {setting.name: variables.get(setting.name) or setting.default for setting in LETTERHEAD_SETTINGS}
    lines = (line.strip() for line in table["SHOWME_BODY_ADDRESS"].split(LINE_BREAK))
    return Letterhead(
        table["SHOWME_BODY_NAME"].strip(),
        tuple(line for line in lines if line),
        table["SHOWME_BODY_CONTACT"].strip(),
        _seal(table["SHOWME_BODY_SEAL"]),
        table["SHOWME_CUSTODIAN_NAME"].strip(),
        table["SHOWME_CUSTODIAN_TITLE"].strip(),
    )


def _seal(setting: str) -> Path | None:
    if not setting:
        return None
    path = Path(setting)
    signatures = _SIGNATURES.get(path.suffix.lower())
    if signatures is None:
        raise BadSetting(f"SHOWME_BODY_SEAL is {setting!r}; it must be a .png, .jpg, or .svg file.")
    try:
        if path.stat().st_size > MAX_SEAL:
            raise BadSetting(f"SHOWME_BODY_SEAL: {setting} is larger than 2 MiB.")
        with path.open("rb") as file:
            start = file.read(64).lstrip() if path.suffix.lower() == ".svg" else file.read(64)
    except OSError as error:
        raise BadSetting(f"SHOWME_BODY_SEAL: {setting} cannot be read: {error.strerror}.") from error
    if not start.startswith(signatures):
        raise BadSetting(f"SHOWME_BODY_SEAL: {setting} is not a picture of the type that its name says.")
    return path.resolve()
