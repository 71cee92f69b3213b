"""Toy archives: profile.json says whose they are, posts.json holds the posts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from indexer.evidence import Archive, JsonDamaged, MemberDamaged, json_items
from indexer.i18n import message_of, say
from indexer.record import CaptureFacts, Problem, Record, Tally
from tests.support.toy_importer.facts import PLATFORM, read_facts
from tests.support.toy_importer.posts import POSTS, post


class ToyImporter:
    """Reads what the platform Toy hands out."""

    name = "toy"
    version = "1"
    title = "Toy archive"
    platform = PLATFORM
    marks: tuple[str, ...] = ("a posts.json that begins with toy_posts",)
    ignored: Mapping[str, str] = {"settings.json": "holds no posts"}

    def identify(self, archive: Archive) -> bool:
        """Claim an archive whose posts begin as Toy writes them."""
        try:
            return POSTS in archive and b'"toy_posts"' in archive.peek(POSTS)
        except MemberDamaged:
            return False

    def facts(self, archive: Archive) -> CaptureFacts:
        """Return what the archive says of itself."""
        return read_facts(archive)

    def records(self, archive: Archive, facts: CaptureFacts) -> Iterator[Record | Problem | Tally]:
        """Yield the posts in the order of the file, and how many items were read."""
        read = 0
        try:
            with archive.open(POSTS) as stream:
                for item in json_items(stream):
                    yield post(item, facts.account, archive)
                    read += 1
        except KeyError:
            yield Problem(POSTS, "declared-missing", say("The archive has no file of posts."))
        except (JsonDamaged, MemberDamaged) as error:
            yield Problem(POSTS, getattr(error, "code", "member-damaged"), message_of(error))
        yield Tally("posts", read)
