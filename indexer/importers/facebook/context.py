"""What the modules of the Facebook importer share while one archive is read."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import blake2b

import msgspec

from indexer.evidence.archive import Archive
from indexer.importers.facebook.content import Content, writer_of
from indexer.importers.facebook.members import Role
from indexer.importers.meta.json_values import MadeIds, MediaFiles
from indexer.importers.meta.times import PageDates
from indexer.importers.meta.unread import Unread
from indexer.record import Locator, Moment, RecordKind

_FBID = re.compile(r"(\d{6,})(?:\.\w{1,5})?$")


def media_key(uri: str) -> str:
    """Return what stays the same of a medium's file in all exports: the id that its name ends in, else folder and name."""
    name = uri.rsplit("/", 1)[-1]
    found = _FBID.search(name)
    return found[1] if found else "/".join(uri.split("/")[-2:])


def digest(*parts: str | bytes) -> int:
    """Return 64 bits of a hash, which fit into an array."""
    made = blake2b(digest_size=8)
    for part in parts:
        made.update(part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part)
        made.update(b"\x1f")
    return int.from_bytes(made.digest(), "big")


def _media_digest(uri: str) -> int:
    return digest(media_key(uri))


NOTHING = digest("")


def words_digest(text: str) -> int:
    """Return the digest of a caption, whatever its white space."""
    return digest(" ".join(text.split()))


@dataclass(slots=True)
class Places:
    """Places in few bytes: five numbers each, and the words that stand there as a digest."""

    names: list[str] = field(default_factory=list)
    _rows: array[int] = field(default_factory=lambda: array("Q"))

    def add(self, place: Locator, words: int = NOTHING) -> int:
        """Keep a place; returns its number."""
        if not self.names or self.names[-1] != place.member:
            self.names.append(place.member)
        self._rows.extend((len(self.names) - 1, place.index, place.start, place.length, words))
        return len(self._rows) // 5 - 1

    def words(self, number: int) -> int:
        """Return the digest of the words at a place."""
        return self._rows[number * 5 + 4]

    def place(self, number: int) -> Locator:
        """Return a place by its number."""
        name, index, start, length = self._rows[number * 5 : number * 5 + 4]
        return Locator(self.names[name], index, start, length)


@dataclass(slots=True)
class Shells:
    """Pairs the empty shells of shares with their full records, each shell with one and each full record with one."""

    _places: Places = field(default_factory=Places)
    _shells: dict[int, list[int]] = field(default_factory=dict)
    _fulls: dict[int, list[tuple[str, int]]] = field(default_factory=dict)
    _folded: dict[tuple[str, int], list[int]] = field(default_factory=dict)
    _gone: set[tuple[str, int]] = field(default_factory=set)

    def add_shell(self, key: int, place: Locator) -> None:
        """Note an empty share by the digest of its attachment and its time."""
        self._shells.setdefault(key, []).append(self._places.add(place))

    def add_full(self, key: int, place: Locator) -> None:
        """Note a share with words by the digest of its attachment and its update time."""
        self._fulls.setdefault(key, []).append((place.member, place.index))

    def pair(self) -> None:
        """Pair them, in file order. Shells and full records without a counterpart stay what they are."""
        for key, numbers in self._shells.items():
            for number, full in zip(numbers, self._fulls.get(key, ()), strict=False):
                shell = self._places.place(number)
                self._folded[full] = [number]
                self._gone.add((shell.member, shell.index))
        self._shells.clear()
        self._fulls.clear()

    def is_folded(self, place: Locator) -> bool:
        """Tell whether the item at a place is a shell that its full record counts."""
        return (place.member, place.index) in self._gone

    def of(self, place: Locator) -> tuple[Locator, ...]:
        """Return the shells of the full record at a place."""
        numbers = self._folded.get((place.member, place.index), ()) if self._folded else ()
        return tuple(self._places.place(number) for number in numbers)


@dataclass(slots=True)
class Media:
    """The items of album and media files by their medium, until a record counts them."""

    _places: Places = field(default_factory=Places)
    _items: dict[int, list[int]] = field(default_factory=dict)
    _comments: set[int] = field(default_factory=set)

    def add(self, uri: str, caption: str, place: Locator) -> None:
        """Note an item of an album or media file."""
        number = self._places.add(place, words_digest(caption))
        self._items.setdefault(_media_digest(uri), []).append(number)

    def take(self, uris: Iterable[str], words: Iterable[str]) -> tuple[Locator, ...]:
        """Return the items that show the media of a record and no other words than its own; they are counted now."""
        keys = [key for key in map(_media_digest, uris) if key in self._items] if self._items else []
        if not keys:
            return ()
        own = {NOTHING, *(words_digest(text) for text in words)}
        return tuple(place for key in dict.fromkeys(keys) for place in self._take(key, own))

    def _take(self, key: int, own: set[int]) -> Iterator[Locator]:
        numbers = self._items[key]
        rest = [number for number in numbers if self._places.words(number) not in own]
        for number in numbers:
            if number not in rest:
                yield self._places.place(number)
        if rest:
            self._items[key] = rest
        else:
            del self._items[key]

    def is_left(self, uri: str, place: Locator) -> bool:
        """Tell whether no record has counted the item at a place yet."""
        numbers = self._items.get(_media_digest(uri), ())
        return any(self._places.place(number) == place for number in numbers)

    def is_new_comment(self, uri: str, *parts: str) -> bool:
        """Tell whether a comment under a medium was not given out yet from another place that shows the medium."""
        key = digest(media_key(uri), *parts)
        if key in self._comments:
            return False
        self._comments.add(key)
        return True


KINDS = {
    Role.STORIES: RecordKind.STORY,
    Role.REELS: RecordKind.REEL,
    Role.COMMENTS: RecordKind.COMMENT,
    Role.GROUP_COMMENTS: RecordKind.COMMENT,
    Role.COMMENT_EDITS: RecordKind.COMMENT,
    Role.LIKES: RecordKind.LIKE,
    Role.LABELLED_LIKES: RecordKind.LIKE,
    Role.PAGE_LIKES: RecordKind.LIKE,
    Role.STORY_LIKES: RecordKind.LIKE,
    Role.POLLS: RecordKind.LIKE,
    Role.EVENTS: RecordKind.EVENT,
    Role.ALBUM: RecordKind.PHOTO,
    Role.ALBUM_LIST: RecordKind.PHOTO,
    Role.PHOTOS: RecordKind.PHOTO,
    Role.VIDEOS: RecordKind.VIDEO,
    Role.MESSAGES: RecordKind.MESSAGE,
}
STATES = {Role.ARCHIVED: "archived", Role.TRASH: "in the trash", Role.POST_EDITS: "edit", Role.COMMENT_EDITS: "edit"}
READ_ERRORS = (msgspec.DecodeError, UnicodeError, RecursionError)  # what decoding one item of an archive can raise
MEDIA_ROLES = (Role.ALBUM, Role.PHOTOS, Role.VIDEOS, Role.ALBUM_LIST)


@dataclass(slots=True)
class Reading:
    """What is shared while one archive is read. `likes` are labelled reactions by time and reaction, see labeled.py."""

    archive: Archive
    account: str
    made: MadeIds = field(default_factory=MadeIds)
    files: MediaFiles = field(init=False)
    dates: PageDates = field(init=False)
    unread: Unread = field(default_factory=Unread)
    shells: Shells = field(default_factory=Shells)
    media: Media = field(default_factory=Media)
    likes: dict[tuple[int, str], list[tuple[Locator, str]]] = field(default_factory=dict)
    native_ids: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.files = MediaFiles(self.archive)
        self.dates = PageDates(self.archive)

    def native_id(self, role: Role, posted: Moment | None, words: str, content: Content) -> str:
        """Return a made id from file role, time as written, words where they tell records apart, media and links."""
        names = [media_key(uri) for uri in content.uris] + content.links
        return self.made.make(role.value, posted.written if posted else "", words, names)

    def author_of(self, role: Role, title: str) -> str:
        """Return who wrote a post: the account, unless the sentence above it names somebody else."""
        if role is Role.WALL:
            return writer_of(title)
        if self.account and title and not title.startswith(self.account):
            return writer_of(title) or self.account
        return self.account
