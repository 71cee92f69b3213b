"""What the modules of the Facebook importer share while one archive is read."""

from __future__ import annotations

from dataclasses import dataclass, field

import msgspec

from indexer.archive import Archive
from indexer.importers.facebook_folds import Media, Shells, media_key
from indexer.importers.facebook_members import Role
from indexer.importers.facebook_text import Content, writer_of
from indexer.meta_ids import MadeIds
from indexer.meta_json import MediaFiles
from indexer.record import Moment, Place, RecordKind

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
    """What is shared while one archive is read. `likes` are labelled reactions by time and reaction, see facebook_labels."""

    archive: Archive
    account: str
    made: MadeIds = field(default_factory=MadeIds)
    files: MediaFiles = field(init=False)
    shells: Shells = field(default_factory=Shells)
    media: Media = field(default_factory=Media)
    likes: dict[tuple[int, str], list[tuple[Place, str]]] = field(default_factory=dict)
    native_ids: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.files = MediaFiles(self.archive)

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
