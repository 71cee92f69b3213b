"""Check a file that somebody hands in, without repeating a search: whether it is whole, unaltered, and known to the event log.

Reads nothing but the file and the log, says nothing about records, and keeps nothing. The file may be hostile: nothing in it
is decoded but the few values that are compared, and sizes are bounded before anything is read.
"""

from __future__ import annotations

import hashlib
import io
import struct
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import IO, Final

import msgspec
import sqlalchemy as sa

from indexer.catalog import Anchor, AnchorState, events
from indexer.certificates.check import FileState
from indexer.certificates.file_format import FORMAT, FORMAT_VERSION, OLDER, UNREADABLE, LineDigest, LogAnchor, NotACertificate
from indexer.evidence import DAMAGE, file_digest
from indexer.i18n import say
from indexer.repository import Repository

CERTIFICATE_NAME: Final = "certificate.json"
MANIFEST_NAME: Final = "manifest-sha256.txt"
TAG_MANIFEST_NAME: Final = "tagmanifest-sha256.txt"
MAX_DIRECTORY: Final = 4 * 2**20  # bytes of a ZIP's list of members; about 40,000 of them
MAX_LISTED: Final = 20  # damaged members that are named
_BLOCK: Final = 2**20
_END: Final = struct.Struct("<4s4H2LH")  # a ZIP's end of central directory
_END_SIGNATURE: Final = b"PK\x05\x06"
_LOCATOR_SIGNATURE: Final = b"PK\x06\x07"  # of a ZIP64, before the end of central directory
_LOCATOR_SIZE: Final = 20
_PACKINGS: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_MOST_COMMENT: Final = 65_535


class FileKind(StrEnum):
    """What was handed in."""

    CERTIFICATE = "certificate"
    PDF = "pdf"
    PACKAGE = "package"


@dataclass(frozen=True, slots=True)
class PackageCheck:
    """A package compared with its own manifest. `damaged`: the first MAX_LISTED files that are changed, missing or not listed."""

    files: int
    damaged: tuple[str, ...]
    damaged_total: int


@dataclass(frozen=True, slots=True)
class FileCheck:
    """The result for a file. `state`: what the event log knows of these exact bytes.

    `lines_fit`: the list of records has the digest and the count that the certificate states. `certificate` is the certificate inside a
    package, None without one.
    """

    kind: FileKind
    sha256: str
    state: FileState
    id: str = ""
    total: int = 0
    lines_fit: bool = True
    anchor: AnchorState | None = None
    anchor_events: int = 0
    package: PackageCheck | None = None
    certificate: FileCheck | None = None

    @property
    def is_altered(self) -> bool:
        """Whether the file, or a file in it, is certainly not as it was made."""
        inside = self.certificate is not None and self.certificate.is_altered
        damaged = self.package is not None and self.package.damaged_total > 0
        return self.state is FileState.ALTERED or not self.lines_fit or damaged or inside

    @property
    def is_good(self) -> bool:
        """Whether nothing is wrong with the file, and this event log knows it."""
        inside = self.certificate is None or self.certificate.is_good
        whole = self.package is None or not self.package.damaged_total
        return self.state is FileState.UNALTERED and self.lines_fit and self.anchor in {None, AnchorState.HOLDS} and whole and inside


def check_file(repository: Repository, path: Path, max_unpacked: int) -> FileCheck:
    """Check a certificate's JSON or PDF, or a package. Raises NotACertificate for any other file and for one that is too large.

    `max_unpacked`: most bytes that a package may unpack to, and most bytes of a certificate.
    """
    with path.open("rb") as file:
        start = file.read(8)
    if not start.strip():
        raise NotACertificate(say("The file is empty."))
    if start.startswith(b"%PDF"):
        sha256 = file_digest(path)
        is_known = _made(repository, "certificate:made", "pdf_sha256", sha256)
        return FileCheck(FileKind.PDF, sha256, FileState.UNALTERED if is_known else FileState.UNKNOWN)
    if start.startswith(b"PK"):
        return _check_package(repository, path, max_unpacked)
    if path.stat().st_size > max_unpacked:
        raise _TooLarge(max_unpacked)
    return _check_certificate(repository, path.read_bytes())


class _TooLarge(NotACertificate):
    def __init__(self, most: int) -> None:
        size = f"{most // 2**20:,} MiB"
        super().__init__(
            say(
                "The file is larger than {size}, or unpacks to more. Check the certificate.json from it on its own, or check it with the "
                "program: python -m indexer certificate verify certificate.json",
                size=size,
            )
        )


class _Found(msgspec.Struct):
    total: int
    digest: str


class _Summary(msgspec.Struct):
    """The few values of a certificate that are compared; everything else is skipped, `records` stays as bytes."""

    id: str
    found: _Found
    records: msgspec.Raw
    format: str = ""
    format_version: int = 0
    anchor: LogAnchor | None = None


def _check_certificate(repository: Repository, raw: bytes) -> FileCheck:
    try:
        summary = msgspec.json.decode(raw, type=_Summary)
    except UNREADABLE as error:
        raise NotACertificate(
            say("The file is not a certificate, its JSON file, or a package: it cannot be read, or parts of it are missing.")
        ) from error
    if summary.format != FORMAT:
        raise NotACertificate(say("The file is not a certificate: it is another kind of JSON file."))
    if summary.format_version not in {FORMAT_VERSION, *OLDER}:
        raise NotACertificate(say("The certificate has a newer format than this program reads: {number}.", number=summary.format_version))
    sha256 = hashlib.sha256(raw).hexdigest()
    anchor = summary.anchor
    return FileCheck(
        FileKind.CERTIFICATE,
        sha256,
        file_state(repository, summary.id, sha256),
        summary.id,
        summary.found.total,
        _lines_fit(summary),
        repository.audit.compare_with(Anchor(anchor.events, anchor.hash)) if anchor and 0 <= anchor.events < 2**63 else None,
        anchor.events if anchor else 0,
    )


def _lines_fit(summary: _Summary) -> bool:
    """Compute the digest of the list of records line by line, as the program writes it; any other layout was written by another."""
    digest = LineDigest()
    raw = bytes(summary.records)
    if raw == b"[]":
        return summary.found.total == 0 and summary.found.digest == digest.hex()
    lines = io.BytesIO(raw)
    if lines.readline() != b"[\n":
        return False
    try:
        for line in lines:
            digest.add(msgspec.json.decode(line.rstrip().removesuffix(b",").removesuffix(b"]"), type=str))
    except (*UNREADABLE, UnicodeEncodeError):
        return False
    return digest.hex() == summary.found.digest and digest.count == summary.found.total


def file_state(repository: Repository, certificate_id: str, sha256: str) -> FileState:
    """Return what the event log knows of a certificate's file."""
    query = sa.select(events.c.detail).where(events.c.tag == "certificate:made", events.c.subject == certificate_id)
    with repository.db.connect() as connection:
        details = [msgspec.json.decode(detail) for detail in connection.execute(query).scalars()]
    if not details:
        return FileState.UNKNOWN
    return FileState.UNALTERED if any(detail.get("sha256") == sha256 for detail in details) else FileState.ALTERED


def _made(repository: Repository, tag: str, name: str, sha256: str) -> bool:
    """Whether the event log has a file with this digest."""
    query = sa.select(events.c.id).where(events.c.tag == tag, events.c.detail.contains(f'"{name}":"{sha256}"')).limit(1)
    with repository.db.connect() as connection:
        return connection.execute(query).first() is not None


def _check_package(repository: Repository, path: Path, max_unpacked: int) -> FileCheck:
    _refuse_large_directory(path)
    try:
        with zipfile.ZipFile(path) as package:
            members = package.infolist()
            if sum(member.file_size for member in members) > max_unpacked:
                raise _TooLarge(max_unpacked)
            if any(member.compress_type not in _PACKINGS for member in members):
                raise NotACertificate(say("The ZIP file is packed in a way that exports are not. Check the certificate.json from it."))
            if any(member.flag_bits & 1 for member in members):
                raise NotACertificate(say("The package is protected by a password. Unpack it, and check the certificate.json from it."))
            compared = _compare_with_manifest(package, max_unpacked)
            inside = _certificate_in(package, max_unpacked)
    except DAMAGE as error:
        raise NotACertificate(say("The ZIP file is damaged and cannot be read to its end. Ask for it again.")) from error
    if compared is None and inside is None:
        raise NotACertificate(say("This ZIP file is not an export: it has neither a certificate nor a manifest."))
    sha256 = file_digest(path)
    is_known = _made(repository, "export:made", "sha256", sha256)
    result = FileCheck(FileKind.PACKAGE, sha256, FileState.UNALTERED if is_known else FileState.UNKNOWN, package=compared)
    return replace(result, certificate=_check_certificate(repository, inside)) if inside is not None else result


def _refuse_large_directory(path: Path) -> None:
    """Refuse a ZIP whose list of members would fill the memory, before anything parses it. Raises NotACertificate."""
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - _END.size - _MOST_COMMENT))
        tail = file.read()
    at = tail.rfind(_END_SIGNATURE)
    if at < 0 or at + _END.size > len(tail):
        raise NotACertificate(say("The ZIP file is damaged and cannot be read to its end. Ask for it again."))
    _signature, _disk, _first_disk, _here, count, directory, start, _comment = _END.unpack_from(tail, at)
    is_zip64 = count == 0xFFFF or 0xFFFFFFFF in {directory, start} or tail[:at][-_LOCATOR_SIZE:].startswith(_LOCATOR_SIGNATURE)
    if is_zip64 or directory > MAX_DIRECTORY:  # the sizes of a ZIP64 are elsewhere; no export that can be checked here needs one
        raise NotACertificate(
            say("The ZIP file has more files than can be checked here. Unpack it, and check the certificate.json from it on its own.")
        )


def _compare_with_manifest(package: zipfile.ZipFile, max_unpacked: int) -> PackageCheck | None:
    """Hash every file and compare it with the package's manifests; None without a manifest."""
    names = [name for name in package.namelist() if name.rpartition("/")[2] == MANIFEST_NAME]
    if not names:
        return None
    base = min(names, key=lambda name: name.count("/")).removesuffix(MANIFEST_NAME)
    tag_manifest = f"{base}{TAG_MANIFEST_NAME}"
    expected = _read_manifest(package, base, MANIFEST_NAME, max_unpacked)
    if tag_manifest in package.NameToInfo:
        expected |= _read_manifest(package, base, TAG_MANIFEST_NAME, max_unpacked)
    files, damaged = 0, []
    for member in package.infolist():
        name = member.filename
        is_payload = name.startswith(f"{base}data/")
        if member.is_dir() or name == tag_manifest or not (is_payload or tag_manifest in package.NameToInfo):
            continue
        files += 1
        with package.open(member) as stream:
            if expected.pop(name, None) != _digest(stream):
                damaged.append(name)
    damaged += expected
    return PackageCheck(files, tuple(damaged[:MAX_LISTED]), len(damaged))


def _read_manifest(package: zipfile.ZipFile, base: str, name: str, max_unpacked: int) -> dict[str, str]:
    """Return the SHA-256 of each file that a manifest lists, by its name in the package."""
    if package.getinfo(base + name).file_size > MAX_DIRECTORY:
        raise _TooLarge(max_unpacked)
    lines = (line.partition("  ") for line in package.read(base + name).decode("utf-8").splitlines())
    return {base + path: digest for digest, _, path in lines}


def _digest(stream: IO[bytes]) -> str:
    sha = hashlib.sha256()
    for block in _blocks(stream):
        sha.update(block)
    return sha.hexdigest()


def _blocks(stream: IO[bytes]) -> Iterator[bytes]:
    while block := stream.read(_BLOCK):
        yield block


def _certificate_in(package: zipfile.ZipFile, max_unpacked: int) -> bytes | None:
    name = certificate_member(package)
    if name is None:
        return None
    with package.open(name) as stream:
        raw = stream.read(max_unpacked + 1)
    if len(raw) > max_unpacked:
        raise _TooLarge(max_unpacked)
    return raw


def certificate_member(package: zipfile.ZipFile) -> str | None:
    """Return the name of the certificate in a package, the one nearest to its top; None without one."""
    names = [name for name in package.namelist() if name.rpartition("/")[2] == CERTIFICATE_NAME]
    return min(names, key=lambda name: name.count("/"), default=None)
