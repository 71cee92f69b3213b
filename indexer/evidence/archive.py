"""A read-only view of an archive: a ZIP, several ZIPs of an export, a tar, or a folder.

Nothing is ever extracted to disk. Unsafe names, links and ZIP bombs are refused before anything is read.
An `Archive` remembers each member that was opened, so that ingest can account for all members.
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

from indexer.evidence.names import compose, compose_unique, decode_utf8_name, is_junk, natural_key, unsafe_reason
from indexer.evidence.refusals import ArchiveError, refusal
from indexer.i18n import Sentence, say

# Everything that Python's container and decompression modules raise for damaged bytes. Their documentation names a few of
# these; the others come from the modules they use (seen with mutated archives, Python 3.11).
DAMAGE = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    tarfile.TarError,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OSError,
    RuntimeError,  # and NotImplementedError: an unknown compression method or flag
    ValueError,  # and UnicodeDecodeError
    LookupError,
    AttributeError,
    ArithmeticError,
    MemoryError,  # the damaged header of an LZMA stream can ask for any amount
)

MAX_MEMBERS = 2_000_000
MAX_TOTAL_BYTES = 2**40
MAX_MEMBER_RATIO, MEMBER_RATIO_FROM = 250, 100 * 2**20  # a member above 100 MiB that shrank 250-fold
MAX_TOTAL_RATIO, TOTAL_RATIO_FROM = 200, 2**30  # deflate of platform JSON reaches about 30

_AGAIN = say("Download the archive again.")


class _Refusal(ArchiveError):
    def __init__(self, why: Sentence, repair: Sentence | None = None) -> None:
        super().__init__(refusal(why, repair))


class NotAnArchive(_Refusal):
    """Not a ZIP, tar, or folder with files."""


class DamagedArchive(_Refusal):
    """The container is truncated or broken."""


class EncryptedArchive(_Refusal):
    """The ZIP is password-protected."""


class UnsafeArchive(_Refusal):
    """Names that lead outside the archive, links, duplicate names, or a ZIP bomb."""


class MemberDamaged(ArchiveError):
    """A member cannot be read to its end (checksum, compression); other members may be intact."""

    def __init__(self, message: Sentence) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True, slots=True)
class Member:
    """A file in an archive. `name` is normalized; `size` and `packed` are bytes, uncompressed and compressed."""

    name: str
    size: int
    packed: int
    crc: int | None
    is_link: bool
    open: Callable[[], IO[bytes]]


class _Handles:
    """The open files of an archive, closed with its last view. A stream that is still being read stays open."""

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
    opened: set[str] = field(default_factory=set)
    handles: _Handles = field(default_factory=_Handles)

    @property
    def names(self) -> tuple[str, ...]:
        """Every member below the root, sorted."""
        return tuple(sorted(name[len(self.root) :] for name in self.members if name.startswith(self.root)))

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self.full_name(name) in self.members

    def below(self, root: str) -> Archive:
        """Return a view of the archive below `root` (ends in "/" or is empty); it shares the accounting of opened members."""
        return Archive(self.label, self.members, root, self.opened, self.handles)

    def roots(self) -> tuple[str, ...]:
        """Return possible root folders of the export: "" and, as long as a level has a single folder, the folder inside.

        Files may lie beside that folder (a license, a note of the person who packed it): they are not part of the export,
        and ingest lists them.
        """
        roots, root = [""], ""
        while True:
            below = {name[len(root) :].split("/", 1)[0] for name in self.members if _is_below(name, root) and not is_junk(name)}
            if len(below) != 1:
                return tuple(roots)
            root += f"{below.pop()}/"
            roots.append(root)

    def match(self, *patterns: str) -> list[str]:
        """Return the members that match a shell-style pattern ("*" also matches "/"), in natural order (part2 before part10)."""
        names = [name for name in self.names if any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)]
        return sorted(names, key=natural_key)

    def size(self, name: str) -> int:
        """Return the uncompressed size in bytes. Raises KeyError for an unknown name."""
        return self.members[self.full_name(name)].size

    def open(self, name: str) -> IO[bytes]:
        """Open a member for reading and account for it. Raises KeyError, MemberDamaged."""
        self.opened.add(self.full_name(name))
        return self._open(name)

    def read(self, name: str, limit: int = 512 * 2**20) -> bytes:
        """Read a whole member. For small files; stream large ones with `open`. Raises KeyError, MemberDamaged."""
        with self.open(name) as stream:
            return _read(stream, name, limit)

    def peek(self, name: str, length: int = 4096) -> bytes:
        """Read the first bytes of a member without accounting for it: for identify(). Raises KeyError, MemberDamaged."""
        with self._open(name) as stream:
            return _read(stream, name, length, whole=False)

    def _open(self, name: str) -> IO[bytes]:
        try:
            member = self.members[self.full_name(name)]
        except KeyError:
            raise KeyError(name) from None
        try:
            return member.open()
        except DAMAGE as error:
            raise MemberDamaged(say("{member} cannot be opened: {damage}.", member=name, damage=damage_of(error))) from error

    def stored_name(self, name: str) -> str:
        """Return a member's stored name below the root, for a name whose accents may be composed differently."""
        return self.full_name(name)[len(self.root) :]

    def full_name(self, name: str) -> str:
        """Return a member's full name in the archive: as given, or with accents composed if only that form exists."""
        full = self.root + name
        return full if full in self.members else compose(full)


def open_archive(*paths: str | Path, label: str = "") -> Archive:
    """Open an archive: a ZIP, a tar, a folder, or several ZIPs that are parts of an export.

    A folder that contains only ZIPs is read as the parts of an export. `label` is the archive's name for people if
    that is not the file's name.
    Raises NotAnArchive, DamagedArchive, EncryptedArchive, UnsafeArchive.
    """
    if not paths:
        raise NotAnArchive(say("No file was named."))
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
        names_in_file: set[str] = set()
        for member in _members_of(path, handles):
            first = members.setdefault(member.name, member)
            if member.name in names_in_file:
                raise UnsafeArchive(
                    say(
                        "The name {member} appears twice in {file}, so it is unclear which is the record.",
                        member=repr(member.name),
                        file=path.name,
                    )
                )
            names_in_file.add(member.name)
            if (first.size, first.crc) != (member.size, member.crc):
                raise UnsafeArchive(
                    say("{member} differs between the given files, so they are not parts of one export.", member=repr(member.name)),
                    say("Add them one at a time."),
                )
    names = compose_unique(members)
    return {names[name]: replace(member, name=names[name]) for name, member in members.items()}


def damage_of(error: BaseException) -> str:
    """Describe a library's error about damaged bytes; add the error's class if its text is empty or a mere number."""
    text = " ".join(str(error).split()).rstrip(".")
    return text if " " in text else " ".join(filter(None, (type(error).__name__, text)))


def _is_below(name: str, root: str) -> bool:
    """Tell whether a member is in a folder below `root`, not in `root` itself."""
    return name.startswith(root) and "/" in name[len(root) :]


def parts_of(paths: Sequence[Path]) -> list[Path]:
    """Return the files of an archive: for a folder that contains only ZIPs, those ZIPs."""
    if len(paths) == 1 and paths[0].is_dir():
        files = [file for file in sorted(paths[0].iterdir()) if not is_junk(file.name)]
        if files and all(file.is_file() and file.suffix.lower() == ".zip" for file in files):
            return files
    return list(paths)


def _members_of(path: Path, handles: _Handles) -> Iterable[Member]:
    if path.is_dir():
        return _folder_members(path)
    if not path.is_file():
        raise NotAnArchive(say("{file} does not exist.", file=str(path)), say("Check the name."))
    if path.stat().st_size == 0:
        raise DamagedArchive(say("{file} is empty (0 bytes).", file=path.name), _AGAIN)
    with path.open("rb") as stream:
        head = stream.read(4)
    if zipfile.is_zipfile(path):
        return _zip_members(path, handles)
    if head[:2] == b"PK":
        raise DamagedArchive(say("{file} is a truncated ZIP: its table of contents is missing.", file=path.name), _AGAIN)
    try:
        is_tar = tarfile.is_tarfile(path)
    except DAMAGE as error:
        raise DamagedArchive(say("{file} cannot be read: {damage}.", file=path.name, damage=damage_of(error)), _AGAIN) from error
    if is_tar:
        return _tar_members(path, handles)
    raise NotAnArchive(say("{file} is not a ZIP, tar, or folder.", file=path.name), say("Use the file that the platform provided."))


def _zip_members(path: Path, handles: _Handles) -> list[Member]:
    try:
        archive = zipfile.ZipFile(path)
    except DAMAGE as error:
        raise DamagedArchive(
            say("{file} is a ZIP that cannot be read: {damage}.", file=path.name, damage=damage_of(error)), _AGAIN
        ) from error
    handles.add(archive)
    members = []
    for info in archive.infolist():
        if info.filename.endswith("/") and not info.file_size:  # a folder; the library's own is_dir() fails for an empty name
            continue
        if info.flag_bits & 0x1:
            raise EncryptedArchive(
                say("{file} is password-protected.", file=path.name), say("Save it without a password and add that file.")
            )
        name = info.filename
        if not info.flag_bits & 0x800:
            name = decode_utf8_name(name)
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
        raise DamagedArchive(
            say("{file} is a tar that cannot be read: {damage}.", file=path.name, damage=damage_of(error)), _AGAIN
        ) from error
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
        raise NotAnArchive(say("The folder {folder} has no files.", folder=str(folder)), say("Use the folder with the unpacked archive."))
    return members


def _refuse_unsafe(members: Iterable[Member]) -> None:
    members = list(members)
    if len(members) > MAX_MEMBERS:
        raise UnsafeArchive(
            say("It contains {count} files; no platform's archive has more than {most}.", count=len(members), most=MAX_MEMBERS)
        )
    for member in members:
        reason = unsafe_reason(member.name)
        if reason or member.is_link:
            why = reason or say("is a link")
            message = say("The member {member} {why}.", member=repr(member.name), why=why)
            raise UnsafeArchive(message, say("Use the original file from the platform."))
        if member.size > MEMBER_RATIO_FROM and member.size > MAX_MEMBER_RATIO * max(member.packed, 1):
            times = str(member.size // max(member.packed, 1))
            raise UnsafeArchive(say("The member {member} would expand {times}-fold: a ZIP bomb.", member=repr(member.name), times=times))
    total, packed = sum(member.size for member in members), sum(member.packed for member in members)
    if total > MAX_TOTAL_BYTES or (total > TOTAL_RATIO_FROM and total > MAX_TOTAL_RATIO * max(packed, 1)):
        raise UnsafeArchive(say("It would expand from {packed} to {total} bytes: a ZIP bomb.", total=total, packed=packed))


def _read(stream: IO[bytes], name: str, limit: int, *, whole: bool = True) -> bytes:
    try:
        data = stream.read(limit + 1 if whole else limit)
    except DAMAGE as error:
        raise MemberDamaged(say("{member} is damaged: {damage}.", member=name, damage=damage_of(error))) from error
    if whole and len(data) > limit:
        raise MemberDamaged(say("{member} is larger than the {most} bytes that are held in memory at once.", member=name, most=limit))
    return data
