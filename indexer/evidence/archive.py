"""One read-only view of an archive: a ZIP, several ZIPs of one export, a tar, or a folder.

Nothing is ever extracted to disk. Unsafe names, links and bombs are refused before anything is read.
An `Archive` remembers each member that was asked for, so that ingest can account for every one.
"""

from __future__ import annotations

import fnmatch
import lzma
import stat
import struct
import tarfile
import weakref
import zipfile
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO

from indexer.evidence.names import composed, composed_where_unique, is_junk, natural, unsafe_name, utf8_if_it_is
from indexer.i18n import Sentence, say

# Everything that Python's readers of containers and of compressed streams raise for bytes that are not as they should be. Their
# documentation names a few of these; the others come out of the modules below them (seen with mutated archives, Python 3.11).
DAMAGE = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    tarfile.TarError,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OSError,
    RuntimeError,  # and NotImplementedError: a compression or a flag that is not known
    ValueError,  # and UnicodeDecodeError
    LookupError,
    AttributeError,
    ArithmeticError,
    MemoryError,  # a damaged head of an LZMA stream asks for any amount
)

MAX_MEMBERS = 2_000_000
MAX_TOTAL_BYTES = 2**40
MAX_MEMBER_RATIO, MEMBER_RATIO_FROM = 250, 100 * 2**20  # a member above 100 MiB that shrank 250-fold
MAX_TOTAL_RATIO, TOTAL_RATIO_FROM = 200, 2**30  # deflate of platform JSON reaches about 30

SAFE = "Your file was not changed and nothing was taken in."


class ArchiveError(Exception):
    """The archive cannot be taken in. The text says what is wrong, that the evidence is safe, and what to do."""


class NotAnArchive(ArchiveError):
    """Neither a ZIP nor a tar nor a folder with files."""


class DamagedArchive(ArchiveError):
    """The container is cut or broken."""


class EncryptedArchive(ArchiveError):
    """The ZIP asks for a password."""


class UnsafeArchive(ArchiveError):
    """Names that lead outside, links, duplicate names, or a bomb."""


class MemberDamaged(ArchiveError):
    """One member cannot be read to its end (checksum, compression); the others may still be whole."""

    def __init__(self, message: Sentence) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an archive: its normalised name, its size in bytes uncompressed, and how to open it."""

    name: str
    size: int
    packed: int
    crc: int | None
    is_link: bool
    open: Callable[[], IO[bytes]]


class _Handles:
    """The open files of an archive: closed with the last view of it. A stream that is still read stays open."""

    def __init__(self) -> None:
        files: list[zipfile.ZipFile | tarfile.TarFile] = []
        self.add = files.append
        self.close = weakref.finalize(self, _close_all, files)


def _close_all(files: list[zipfile.ZipFile | tarfile.TarFile]) -> None:
    for file in files:
        file.close()


@dataclass(slots=True)
class Archive:
    """A read-only view of all members below `root`; names are relative to it, with "/" between folders."""

    label: str
    members: Mapping[str, Member]
    root: str = ""
    asked: set[str] = field(default_factory=set)
    handles: _Handles = field(default_factory=_Handles)

    @property
    def names(self) -> tuple[str, ...]:
        """Every member below the root, sorted."""
        return tuple(sorted(name[len(self.root) :] for name in self.members if name.startswith(self.root)))

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self.known_as(name) in self.members

    def at(self, root: str) -> Archive:
        """Return the same archive seen from a folder of it (`root` ends in "/" or is empty); shares what was asked."""
        return Archive(self.label, self.members, root, self.asked, self.handles)

    def roots(self) -> tuple[str, ...]:
        """Return the folders that could be the export's own root: "" and, while there is only one, the folder inside.

        Files may lie beside that folder (a licence, a note of whoever packed it): they are no part of the export, and
        ingest lists them.
        """
        found, root = [""], ""
        while True:
            below = {name[len(root) :].split("/", 1)[0] for name in self.members if _is_below(name, root) and not is_junk(name)}
            if len(below) != 1:
                return tuple(found)
            root += f"{below.pop()}/"
            found.append(root)

    def match(self, *patterns: str) -> list[str]:
        """Return the members that fit a shell-style pattern ("*" also crosses "/"), in natural order (part2 before part10)."""
        names = [name for name in self.names if any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)]
        return sorted(names, key=natural)

    def size(self, name: str) -> int:
        """Return the uncompressed size in bytes. Raises KeyError for a name that is not there."""
        return self.members[self.known_as(name)].size

    def open(self, name: str) -> IO[bytes]:
        """Open a member for reading and remember that it was asked for. Raises KeyError, MemberDamaged."""
        self.asked.add(self.known_as(name))
        return self._open(name)

    def read(self, name: str, limit: int = 512 * 2**20) -> bytes:
        """Return a whole member. For small files; large ones are streamed. Raises KeyError, MemberDamaged."""
        with self.open(name) as stream:
            return _read(stream, name, limit)

    def peek(self, name: str, length: int = 4096) -> bytes:
        """Return the first bytes without remembering it: for identify(). Raises KeyError, MemberDamaged."""
        with self._open(name) as stream:
            return _read(stream, name, length, whole=False)

    def _open(self, name: str) -> IO[bytes]:
        try:
            member = self.members[self.known_as(name)]
        except KeyError:
            raise KeyError(name) from None
        try:
            return member.open()
        except DAMAGE as error:
            raise MemberDamaged(say("{member} cannot be opened: {damage}.", member=name, damage=damage_of(error))) from error

    def name_of(self, name: str) -> str:
        """Return a member's name below the root exactly as it is known, for one that may be written with other accents."""
        return self.known_as(name)[len(self.root) :]

    def known_as(self, name: str) -> str:
        """Return a member's name from the archive's top: as asked for, or with its accents composed when only that is there."""
        full = self.root + name
        return full if full in self.members else composed(full)


def open_archive(*paths: str | Path, label: str = "") -> Archive:
    """Open one archive: a ZIP, a tar, a folder, or several ZIPs that are the parts of one export.

    A folder that holds nothing but ZIPs is read as the parts of one export. `label` is what a person calls the
    archive, where that is not the file's name.
    Raises NotAnArchive, DamagedArchive, EncryptedArchive, UnsafeArchive.
    """
    if not paths:
        raise NotAnArchive(f"No file was named. {SAFE}")
    handles = _Handles()
    try:
        members = _all_members(paths, handles)
        _refuse_unsafe(members.values())
    except ArchiveError:
        handles.close()
        raise
    return Archive(label or Path(paths[0]).name, members, handles=handles)


def _all_members(paths: Sequence[str | Path], handles: _Handles) -> dict[str, Member]:
    members: dict[str, Member] = {}
    for path in parts_of([Path(path) for path in paths]):
        here: set[str] = set()
        for member in _members_of(path, handles):
            known = members.setdefault(member.name, member)
            if member.name in here:
                raise UnsafeArchive(
                    f"The name {member.name!r} stands twice in {path.name}, so it is not certain which is the record. {SAFE}"
                )
            here.add(member.name)
            if (known.size, known.crc) != (member.size, member.crc):
                raise UnsafeArchive(
                    f"{member.name!r} differs between the files named, so they are no parts of one export. {SAFE} Take them in singly."
                )
    names = composed_where_unique(members)
    return {names[name]: replace(member, name=names[name]) for name, member in members.items()}


def damage_of(error: BaseException) -> str:
    """Return what a library says of damaged bytes, and the kind of its error where it says nothing or a mere number."""
    text = " ".join(str(error).split()).rstrip(".")
    return text if " " in text else " ".join(filter(None, (type(error).__name__, text)))


def _is_below(name: str, root: str) -> bool:
    """Tell whether a member lies in a folder below `root`, not in `root` itself."""
    return name.startswith(root) and "/" in name[len(root) :]


def parts_of(paths: Sequence[Path]) -> list[Path]:
    """Return the files of one archive: a folder that holds nothing but ZIPs stands for these parts."""
    if len(paths) == 1 and paths[0].is_dir():
        files = [file for file in sorted(paths[0].iterdir()) if not is_junk(file.name)]
        if files and all(file.is_file() and file.suffix.lower() == ".zip" for file in files):
            return files
    return list(paths)


def _members_of(path: Path, handles: _Handles) -> Iterable[Member]:
    if path.is_dir():
        return _folder_members(path)
    if not path.is_file():
        raise NotAnArchive(f"{path} is not there. {SAFE} Check the name.")
    if path.stat().st_size == 0:
        raise DamagedArchive(f"{path.name} is empty (0 bytes). {SAFE} Download the archive again.")
    with path.open("rb") as stream:
        head = stream.read(4)
    if zipfile.is_zipfile(path):
        return _zip_members(path, handles)
    if head[:2] == b"PK":
        raise DamagedArchive(f"{path.name} is a ZIP that was cut: its table of contents is missing. {SAFE} Download the archive again.")
    try:
        is_tar = tarfile.is_tarfile(path)
    except DAMAGE as error:
        raise DamagedArchive(f"{path.name} cannot be read: {damage_of(error)}. {SAFE} Download the archive again.") from error
    if is_tar:
        return _tar_members(path, handles)
    raise NotAnArchive(f"{path.name} is neither a ZIP nor a tar nor a folder. {SAFE} Name the file that the platform gave you.")


def _zip_members(path: Path, handles: _Handles) -> list[Member]:
    try:
        archive = zipfile.ZipFile(path)
    except DAMAGE as error:
        raise DamagedArchive(f"{path.name} is a ZIP that cannot be read: {damage_of(error)}. {SAFE} Download the archive again.") from error
    handles.add(archive)
    members = []
    for info in archive.infolist():
        if info.filename.endswith("/") and not info.file_size:  # a folder; the library's own question fails for a member without a name
            continue
        if info.flag_bits & 0x1:
            raise EncryptedArchive(f"{path.name} is protected by a password. {SAFE} Save it without a password and take that in.")
        name = info.filename
        if not info.flag_bits & 0x800:
            name = utf8_if_it_is(name)
        members.append(
            Member(
                name=name.replace("\\", "/").rstrip("/"),
                size=info.file_size,
                packed=info.compress_size,
                crc=info.CRC,
                is_link=stat.S_ISLNK(info.external_attr >> 16),
                open=lambda info=info: archive.open(info),  # type: ignore[misc]  # a default argument binds this very info
            )
        )
    return members


def _tar_members(path: Path, handles: _Handles) -> list[Member]:
    try:
        archive = tarfile.open(path)  # noqa: SIM115  # stays open as long as its members
        handles.add(archive)
        infos = archive.getmembers()
    except DAMAGE as error:
        raise DamagedArchive(f"{path.name} is a tar that cannot be read: {damage_of(error)}. {SAFE} Download the archive again.") from error
    return [
        Member(
            name=info.name.removeprefix("./"),
            size=info.size,
            packed=info.size,
            crc=None,
            is_link=not info.isreg(),
            open=lambda info=info: _tar_stream(archive, info),  # type: ignore[misc]  # a default argument binds this very info
        )
        for info in infos
        if not info.isdir()
    ]


def _tar_stream(archive: tarfile.TarFile, info: tarfile.TarInfo) -> IO[bytes]:
    stream = archive.extractfile(info)
    if stream is None:
        raise tarfile.TarError(f"{info.name} is not a file")
    return stream


def _folder_members(folder: Path) -> list[Member]:
    members = []
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or path.is_file():
            status = path.lstat()
            members.append(
                Member(
                    name=path.relative_to(folder).as_posix(),
                    size=status.st_size,
                    packed=status.st_size,
                    crc=None,
                    is_link=path.is_symlink(),
                    open=lambda path=path: path.open("rb"),  # type: ignore[misc]  # a default argument binds this very path
                )
            )
    if not members:
        raise NotAnArchive(f"The folder {folder} holds no files. {SAFE} Name the folder that holds the unpacked archive.")
    return members


def _refuse_unsafe(members: Iterable[Member]) -> None:
    members = list(members)
    if len(members) > MAX_MEMBERS:
        raise UnsafeArchive(f"It holds {len(members):,} files; no platform's archive has more than {MAX_MEMBERS:,}. {SAFE}")
    for member in members:
        reason = unsafe_name(member.name)
        if reason or member.is_link:
            raise UnsafeArchive(f"The member {member.name!r} {reason or 'is a link'}. {SAFE} Ask for the platform's own file.")
        if member.size > MEMBER_RATIO_FROM and member.size > MAX_MEMBER_RATIO * max(member.packed, 1):
            raise UnsafeArchive(f"The member {member.name!r} would grow {member.size // max(member.packed, 1)}-fold: a zip bomb. {SAFE}")
    total, packed = sum(member.size for member in members), sum(member.packed for member in members)
    if total > MAX_TOTAL_BYTES or (total > TOTAL_RATIO_FROM and total > MAX_TOTAL_RATIO * max(packed, 1)):
        raise UnsafeArchive(f"It would grow to {total:,} bytes from {packed:,}: a zip bomb. {SAFE}")


def _read(stream: IO[bytes], name: str, limit: int, *, whole: bool = True) -> bytes:
    try:
        data = stream.read(limit + 1 if whole else limit)
    except DAMAGE as error:
        raise MemberDamaged(say("{member} is damaged: {damage}.", member=name, damage=damage_of(error))) from error
    if whole and len(data) > limit:
        raise MemberDamaged(say("{member} is larger than the {most} bytes that are held in memory at once.", member=name, most=limit))
    return data
