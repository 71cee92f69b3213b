"""State that the modules of the Facebook importer share while they read an archive."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import blake2b

import msgspec

from indexer.evidence import Archive
from indexer.importers.facebook.content import Content, writer_of
from indexer.importers.facebook.members import Role
from indexer.importers.meta.json_values import MadeIds, MediaFiles
from indexer.importers.meta.times import PageDates
from indexer.importers.meta.unread import UnknownKeys
from indexer.record import Locator, Moment, RecordKind

_FBID = re.compile(r"(\d{6,})(?:\.\w{1,5})?$")


def media_key(uri: str) -> str:
    """Return a key for a media file that is stable across exports: the id at the end of its name, else folder and name."""
    name = uri.rsplit("/", 1)[-1]
    match = _FBID.search(name)
    return match[1] if match else "/".join(uri.split("/")[-2:])


def digest(*parts: str | bytes) -> int:
    """Return a 64-bit hash, which fits into an array."""
    hasher = blake2b(digest_size=8)
    for part in parts:
        hasher.update(part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part)
        hasher.update(b"\x1f")
    return int.from_bytes(hasher.digest(), "big")


def _media_digest(uri: str) -> int:
    return digest(media_key(uri))


NO_WORDS = digest("")


def words_digest(text: str) -> int:
    """Return the digest of a caption, ignoring differences in white space."""
    return digest(" ".join(text.split()))


@dataclass(slots=True)
class PlaceTable:
    """A compact table of places, each with the digest of its words: five numbers per row."""

    names: list[str] = field(default_factory=list)
    _rows: array[int] = field(default_factory=lambda: array("Q"))

    def add(self, place: Locator, words: int = NO_WORDS) -> int:
        """Add a place. Returns its number."""
        if not self.names or self.names[-1] != place.member:
            self.names.append(place.member)
        self._rows.extend((len(self.names) - 1, place.index, place.start, place.length, words))
        return len(self._rows) // 5 - 1

    def words(self, number: int) -> int:
        """Return the digest of the words at a place."""
        return self._rows[number * 5 + 4]

    def place(self, number: int) -> Locator:
        """Return the place with a number."""
        name, index, start, length = self._rows[number * 5 : number * 5 + 4]
        return Locator(self.names[name], index, start, length)


@dataclass(slots=True)
class Shells:
    """Pairs the empty shells of shares with their full records, one to one."""

    _places: PlaceTable = field(default_factory=PlaceTable)
    _shells: dict[int, list[int]] = field(default_factory=dict)
    _fulls: dict[int, list[tuple[str, int]]] = field(default_factory=dict)
    _folded: dict[tuple[str, int], list[int]] = field(default_factory=dict)
    _folded_shells: set[tuple[str, int]] = field(default_factory=set)

    def add_shell(self, key: int, place: Locator) -> None:
        """Add an empty share by the digest of its attachment and time."""
        self._shells.setdefault(key, []).append(self._places.add(place))

    def add_full(self, key: int, place: Locator) -> None:
        """Add a share with words by the digest of its attachment and update time."""
        self._fulls.setdefault(key, []).append((place.member, place.index))

    def pair(self) -> None:
        """Pair shells and full records in file order. Those without a counterpart stay as they are."""
        for key, numbers in self._shells.items():
            for number, full in zip(numbers, self._fulls.get(key, ()), strict=False):
                shell = self._places.place(number)
                self._folded[full] = [number]
                self._folded_shells.add((shell.member, shell.index))
        self._shells.clear()
        self._fulls.clear()

    def is_folded(self, place: Locator) -> bool:
        """Tell whether the item at a place is a shell folded into its full record."""
        return (place.member, place.index) in self._folded_shells

    def of(self, place: Locator) -> tuple[Locator, ...]:
        """Return the shells folded into the full record at a place."""
        numbers = self._folded.get((place.member, place.index), ()) if self._folded else ()
        return tuple(self._places.place(number) for number in numbers)


@dataclass(slots=True)
class Media:
    """The items of album and media files by media file, until a record claims them."""

    _places: PlaceTable = field(default_factory=PlaceTable)
    _items: dict[int, list[int]] = field(default_factory=dict)
    _comments: set[int] = field(default_factory=set)

    def add(self, uri: str, caption: str, place: Locator) -> None:
        """Add an item of an album or media file."""
        number = self._places.add(place, words_digest(caption))
        self._items.setdefault(_media_digest(uri), []).append(number)

    def claim(self, uris: Iterable[str], words: Iterable[str]) -> tuple[Locator, ...]:
        """Claim and return the items that show a record's media with no other words than the record's own."""
        keys = [key for key in map(_media_digest, uris) if key in self._items] if self._items else []
        if not keys:
            return ()
        own = {NO_WORDS, *(words_digest(text) for text in words)}
        return tuple(place for key in dict.fromkeys(keys) for place in self._claim(key, own))

    def _claim(self, key: int, own: set[int]) -> Iterator[Locator]:
        numbers = self._items[key]
        unclaimed = [number for number in numbers if self._places.words(number) not in own]
        for number in numbers:
            if number not in unclaimed:
                yield self._places.place(number)
        if unclaimed:
            self._items[key] = unclaimed
        else:
            del self._items[key]

    def is_unclaimed(self, uri: str, place: Locator) -> bool:
        """Tell whether no record has claimed the item at a place yet."""
        numbers = self._items.get(_media_digest(uri), ())
        return any(self._places.place(number) == place for number in numbers)

    def is_new_comment(self, uri: str, *parts: str) -> bool:
        """Tell whether a comment under a media file is new: several places may show the file with the same comments."""
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
    Role.LABELED_LIKES: RecordKind.LIKE,
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
READ_ERRORS = (msgspec.DecodeError, UnicodeError, RecursionError)  # raised when an item of an archive cannot be decoded
MEDIA_ROLES = (Role.ALBUM, Role.PHOTOS, Role.VIDEOS, Role.ALBUM_LIST)


@dataclass(slots=True)
class Context:
    """The state of reading one archive. `likes` are labeled reactions by time and reaction, see labeled.py."""

    archive: Archive
    account: str
    made: MadeIds = field(default_factory=MadeIds)
    files: MediaFiles = field(init=False)
    dates: PageDates = field(init=False)
    unknown_keys: UnknownKeys = field(default_factory=UnknownKeys)
    shells: Shells = field(default_factory=Shells)
    media: Media = field(default_factory=Media)
    likes: dict[tuple[int, str], list[tuple[Locator, str]]] = field(default_factory=dict)
    native_ids: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.files = MediaFiles(self.archive)
        self.dates = PageDates(self.archive)

    def native_id(self, role: Role, posted: Moment | None, words: str, content: Content) -> str:
        """Make an id from the file role, the time as written, the words (if needed to tell records apart), media and links."""
        names = [media_key(uri) for uri in content.uris] + content.links
        return self.made.make(role.value, posted.written if posted else "", words, names)

    def author_of(self, role: Role, title: str) -> str:
        """Return the author of a post: the account, unless the sentence above it names another person."""
        if role is Role.WALL:
            return writer_of(title)
        if self.account and title and not title.startswith(self.account):
            return writer_of(title) or self.account
        return self.account
