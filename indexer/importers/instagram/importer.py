"""The importer of Instagram archives: JSON of 2018 to now and HTML of 2021 to now, personal and professional accounts alike."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from indexer.evidence import Archive, MemberDamaged
from indexer.importers.instagram.context import Context
from indexer.importers.instagram.entries import read_entries
from indexer.importers.instagram.facts import PLATFORM, read_facts
from indexer.importers.instagram.html_pages import read_page
from indexer.importers.instagram.json_2018 import read_old_empty, read_old_lists, read_old_media, read_old_messages
from indexer.importers.instagram.media import load_insights, read_publications, unmatched_insights
from indexer.importers.instagram.members import IGNORED, ItemFormat, Role, role_of
from indexer.importers.meta.html_header import HEAD
from indexer.importers.meta.html_pages import PAGE, plain_head
from indexer.importers.meta.messages import messages
from indexer.record import CaptureFacts, Problem, Record, Tally

_ACTIVITY = "your_instagram_activity/"
# Patterns the first bytes of a member must match, since other platforms share its folder and name.
_JSON_PATTERNS: Mapping[ItemFormat, re.Pattern[bytes]] = {
    ItemFormat.MEDIA: re.compile(rb'"ig_[a-z_]+"|\[\s*\{\s*"media"\s*:|"text_post_app_text_posts"'),
    ItemFormat.COMMENTS: re.compile(rb'"comments_[a-z]+_comments"|"string_map_data"'),
    ItemFormat.REACTIONS: re.compile(rb'"likes_(?:media|comment)_likes"|"story_activities_[a-z_]+"|"text_post_app_media_likes"'),
    ItemFormat.INSIGHTS: re.compile(rb'"organic_insights_posts"'),
    ItemFormat.OLD_MEDIA: re.compile(
        rb'^\s*\{\s*"(?:photos|videos|stories|profile|direct)"\s*:\s*\[(?:\s*\]|\s*"You have|\s*\{\s*"(?:caption|taken_at|path|location)")'
    ),
    ItemFormat.OLD_LISTS: re.compile(rb'^\s*\{\s*"(?:media_comments|media_likes|comment_likes|live_comments)"\s*:\s*\['),
    ItemFormat.OLD_MESSAGES: re.compile(rb'^\s*\[\s*\{\s*"participants"\s*:\s*\[\s*"'),
}
_OLD_PROFILE = re.compile(rb'"date_joined"\s*:.*"username"\s*:|"username"\s*:.*"date_joined"\s*:', re.DOTALL)
_PROFILE = re.compile(rb'"profile_user"\s*:')

_READERS: Mapping[ItemFormat, Callable[[Context, Role, str], Iterator[Record | Problem]]] = {
    ItemFormat.MEDIA: read_publications,
    ItemFormat.COMMENTS: read_entries,
    ItemFormat.REACTIONS: read_entries,
    ItemFormat.REPOSTS: read_entries,
    ItemFormat.OLD_MEDIA: read_old_media,
    ItemFormat.OLD_LISTS: read_old_lists,
    ItemFormat.OLD_MESSAGES: read_old_messages,
    ItemFormat.OLD_EMPTY: read_old_empty,
}


class InstagramImporter:
    """Reads the archives of Instagram's "Download your information"."""

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
        """Recognize a member in Instagram's folder that begins the way Instagram writes it."""
        for name in archive.names:
            if name.startswith(_ACTIVITY):
                return True
            try:
                if self._is_from_instagram(archive, name):
                    return True
            except MemberDamaged:
                continue  # a damaged member proves nothing; ingest reports it
        return False

    def _is_from_instagram(self, archive: Archive, name: str) -> bool:
        if name == "profile.json":
            return _OLD_PROFILE.search(archive.peek(name, 1 << 16)) is not None
        if name in {"account_information/personal_information.json", "personal_information/personal_information/personal_information.json"}:
            return _PROFILE.search(archive.peek(name)) is not None
        role = role_of(name)
        if role is None or role.format is ItemFormat.MESSAGES:  # Facebook has message_1.json too
            return False
        if name.endswith(".html"):
            return PAGE.search(plain_head(archive.peek(name, HEAD))) is not None
        pattern = _JSON_PATTERNS.get(role.format)
        return pattern is not None and pattern.search(archive.peek(name)) is not None

    def facts(self, archive: Archive) -> CaptureFacts:
        """Return the facts the archive states about itself. Never raises for the contents of an archive."""
        return read_facts(archive)

    def records(self, archive: Archive, facts: CaptureFacts) -> Iterator[Record | Problem | Tally]:
        """Yield every record and problem, member by member in natural order of names."""
        account = facts.account
        context = Context(archive, account.handle or account.name, frozenset(filter(None, (account.handle, account.name))))
        members = [(name, role) for name in archive.match("*.json", "*.html") if (role := role_of(name)) is not None]
        insights = [(name, role) for name, role in members if role.format is ItemFormat.INSIGHTS]
        for name, _ in insights:
            yield from load_insights(context, name)
        for name, role in members:
            if role.format is ItemFormat.INSIGHTS:
                continue
            if name.endswith(".html"):
                yield from read_page(context, role, name)
            elif role.format is ItemFormat.MESSAGES:
                yield from messages(archive, name, context.names, context.made_ids, context.media, context.unknown_keys)
            else:
                yield from _READERS[role.format](context, role, name)
        for name, role in insights:
            yield from unmatched_insights(context, role, name)
        yield from context.unknown_keys.problems()
