"""The importer of Instagram archives: JSON of 2018 to now and HTML of 2021 to now, personal and professional accounts alike."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from indexer.evidence.archive import Archive, MemberDamaged
from indexer.importers.instagram.context import Context
from indexer.importers.instagram.entries import entries
from indexer.importers.instagram.facts import PLATFORM, read_facts
from indexer.importers.instagram.html_pages import page_records
from indexer.importers.instagram.json_2018 import old_empty, old_lists, old_media, old_messages
from indexer.importers.instagram.media import learn_insights, left_insights, published
from indexer.importers.instagram.members import IGNORED, Role, Shape, role_of
from indexer.importers.meta.html_header import HEAD
from indexer.importers.meta.html_pages import PAGE, plain_head
from indexer.importers.meta.messages import messages
from indexer.record import CaptureFacts, Problem, Record, Tally

_ACTIVITY = "your_instagram_activity/"
# What must stand in the first bytes of a member for its place and name to be Instagram's: other platforms share names.
_JSON_MARKS: Mapping[Shape, re.Pattern[bytes]] = {
    Shape.MEDIA: re.compile(rb'"ig_[a-z_]+"|\[\s*\{\s*"media"\s*:|"text_post_app_text_posts"'),
    Shape.COMMENTS: re.compile(rb'"comments_[a-z]+_comments"|"string_map_data"'),
    Shape.REACTIONS: re.compile(rb'"likes_(?:media|comment)_likes"|"story_activities_[a-z_]+"|"text_post_app_media_likes"'),
    Shape.INSIGHTS: re.compile(rb'"organic_insights_posts"'),
    Shape.OLD_MEDIA: re.compile(
        rb'^\s*\{\s*"(?:photos|videos|stories|profile|direct)"\s*:\s*\[(?:\s*\]|\s*"You have|\s*\{\s*"(?:caption|taken_at|path|location)")'
    ),
    Shape.OLD_LISTS: re.compile(rb'^\s*\{\s*"(?:media_comments|media_likes|comment_likes|live_comments)"\s*:\s*\['),
    Shape.OLD_MESSAGES: re.compile(rb'^\s*\[\s*\{\s*"participants"\s*:\s*\[\s*"'),
}
_OLD_PROFILE = re.compile(rb'"date_joined"\s*:.*"username"\s*:|"username"\s*:.*"date_joined"\s*:', re.DOTALL)
_PROFILE = re.compile(rb'"profile_user"\s*:')

_READERS: Mapping[Shape, Callable[[Context, Role, str], Iterator[Record | Problem]]] = {
    Shape.MEDIA: published,
    Shape.COMMENTS: entries,
    Shape.REACTIONS: entries,
    Shape.REPOSTS: entries,
    Shape.OLD_MEDIA: old_media,
    Shape.OLD_LISTS: old_lists,
    Shape.OLD_MESSAGES: old_messages,
    Shape.OLD_EMPTY: old_empty,
}


class InstagramImporter:
    """Reads what Instagram's "Download your information" hands out."""

    name = "instagram"
    version = "2"
    title = "Instagram archive"
    platform = PLATFORM
    marks: tuple[str, ...] = (
        "a folder your_instagram_activity",
        "content/posts_1.json, comments/post_comments.json or likes/liked_posts.json in Instagram's form",
        "personal_information.json with profile_user",
        "media.json, comments.json, likes.json, messages.json or profile.json of 2018 to 2020",
    )
    ignored: Mapping[str, str] = IGNORED

    def identify(self, archive: Archive) -> bool:
        """Return True when a member stands where Instagram puts it and begins as Instagram writes it."""
        for name in archive.names:
            if name.startswith(_ACTIVITY):
                return True
            try:
                if self._begins_as_ours(archive, name):
                    return True
            except MemberDamaged:
                continue  # a damaged member proves nothing; ingest reports it
        return False

    def _begins_as_ours(self, archive: Archive, name: str) -> bool:
        if name == "profile.json":
            return _OLD_PROFILE.search(archive.peek(name, 1 << 16)) is not None
        if name in {"account_information/personal_information.json", "personal_information/personal_information/personal_information.json"}:
            return _PROFILE.search(archive.peek(name)) is not None
        role = role_of(name)
        if role is None or role.shape is Shape.MESSAGES:  # message_1.json is Facebook's as well
            return False
        if name.endswith(".html"):
            return PAGE.search(plain_head(archive.peek(name, HEAD))) is not None
        mark = _JSON_MARKS.get(role.shape)
        return mark is not None and mark.search(archive.peek(name)) is not None

    def facts(self, archive: Archive) -> CaptureFacts:
        """Return what the archive says of itself. Never raises for what an archive holds."""
        return read_facts(archive)

    def records(self, archive: Archive, facts: CaptureFacts) -> Iterator[Record | Problem | Tally]:
        """Yield every record and problem, member by member in natural order of their names."""
        account = facts.account
        context = Context(archive, account.handle or account.name, frozenset(filter(None, (account.handle, account.name))))
        members = [(name, role) for name in archive.match("*.json", "*.html") if (role := role_of(name)) is not None]
        insights = [(name, role) for name, role in members if role.shape is Shape.INSIGHTS]
        for name, _ in insights:
            yield from learn_insights(context, name)
        for name, role in members:
            if role.shape is Shape.INSIGHTS:
                continue
            if name.endswith(".html"):
                yield from page_records(context, role, name)
            elif role.shape is Shape.MESSAGES:
                yield from messages(archive, name, context.names, context.made, context.media, context.unknown_keys)
            else:
                yield from _READERS[role.shape](context, role, name)
        for name, role in insights:
            yield from left_insights(context, role, name)
        yield from context.unknown_keys.problems()
