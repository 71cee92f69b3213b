"""The importer of Facebook archives, profile or Page: HTML to early 2018, HTML since mid-2018, JSON since 2018."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from indexer.evidence import Archive, MemberDamaged
from indexer.importers.facebook.context import MEDIA_ROLES, Context
from indexer.importers.facebook.entries import json_records, survey_shells
from indexer.importers.facebook.facts import PLATFORM, read_facts
from indexer.importers.facebook.html_pages import html_records, survey_html
from indexer.importers.facebook.html_pages_2017 import is_2017, records_2017, survey_2017
from indexer.importers.facebook.labeled import survey_labeled_likes
from indexer.importers.facebook.media import survey_media
from indexer.importers.facebook.members import ACTIVITY, IGNORED, ORDER, Role, members, role_of
from indexer.importers.meta.html_header import HEAD
from indexer.importers.meta.html_pages import PAGE, plain_head
from indexer.importers.meta.messages import messages
from indexer.record import CaptureFacts, Problem, Record, Tally

_IN_ACTIVITY = re.compile(rf"(?:personal_information/profile_information/)?{ACTIVITY}")
_UNMISTAKABLE = re.compile(r"posts/(?:your_posts|profile_posts)[^/]*\.(?:json|html)|html/timeline\.html?")
# Roles whose file names at the root are used by Facebook only; Instagram has messages, stories, reels and events too.
_OWN_ROLES = frozenset(Role) - {Role.PROFILE, Role.MESSAGES, Role.STORIES, Role.REELS, Role.EVENTS, Role.NOTES, Role.POLLS, Role.PAGE_LIKES}
_JSON_START = re.compile(
    rb'"(?:status_updates|comments(?:_v2)?|group_posts(?:_v2)?|group_comments(?:_v2)?|wall_posts_sent_to_you(?:_v2)?|reactions(?:_v2)?'
    rb'|other_photos(?:_v2)?|videos(?:_v2)?|archive_v2|photos)"\s*:\s*(?:\[|\{\s*"activity_log_data"\s*:\s*\[)'
    rb'|"(?:creation_)?timestamp"\s*:\s*\d'
)
_OLD_PAGE = re.compile(rb'class="(?:[^"]* )?(?:nav|contents)(?: [^"]*)?"')


_INSTAGRAM = (
    "content/",
    "media/",
    "your_instagram_activity/",
    "account_information/",
    "login_and_account_creation/",
    "followers_and_following/",
)


class FacebookImporter:
    """Importer of Facebook archives, profile or Page, in every form from 2010 to 2026."""

    name = "facebook"
    version = "2"
    title = "Facebook archive"
    platform = PLATFORM
    marks: tuple[str, ...] = (
        "your_facebook_activity/, your_activity_across_facebook/ or this_profile's_activity_across_facebook/",
        "posts/your_posts_1.json or .html",
        "comments/comments.json",
        "html/timeline.htm",
    )
    ignored: Mapping[str, str] = IGNORED

    def identify(self, archive: Archive) -> bool:
        """Claim an archive if a member has the name, the folder and the structure of a Facebook file."""
        return any(_is_facebook_member(archive, name) for name in archive.names) or _holds_only_messages(archive)

    def facts(self, archive: Archive) -> CaptureFacts:
        """Read the facts of an archive. Never raises because of its content."""
        return read_facts(archive)

    def records(self, archive: Archive, facts: CaptureFacts) -> Iterator[Record | Problem | Tally]:
        """Yield all records and problems, by role, then by member, then in file order.

        A first pass finds the duplicates in the archive (shells of shares, photos of posts, labeled reactions).
        Facebook states no counts, so no Tally is yielded.
        """
        context = Context(archive, facts.account.name)
        members_by_role = members(archive)
        for role in ORDER:
            for member in members_by_role.get(role, []):
                _survey(context, role, member)
        context.shells.pair()
        for role in ORDER:
            for member in members_by_role.get(role, []):
                yield from _records(context, role, member)
        yield from context.unknown_keys.problems()


def _survey(context: Context, role: Role, member: str) -> None:
    is_page = not member.endswith(".json")
    if is_page and is_2017(member):
        survey_2017(context, role, member)
    elif is_page and role in {*MEDIA_ROLES, Role.POSTS, Role.GROUP_POSTS, Role.ARCHIVED}:
        survey_html(context, role, member)
    elif is_page:
        return
    elif role in MEDIA_ROLES:
        survey_media(context, member)
    elif role is Role.LABELED_LIKES:
        survey_labeled_likes(context, member)
    elif role in {Role.POSTS, Role.GROUP_POSTS, Role.ARCHIVED}:
        survey_shells(context, member)


def _records(context: Context, role: Role, member: str) -> Iterator[Record | Problem]:
    if not member.endswith(".json"):
        yield from (records_2017 if is_2017(member) else html_records)(context, role, member)
    elif role is Role.MESSAGES:
        yield from messages(context.archive, member, {context.account} - {""}, context.made, context.files, context.unknown_keys)
    else:
        yield from json_records(context, role, member)


def _holds_only_messages(archive: Archive) -> bool:
    """Tell whether the archive holds only message pages. Instagram's look the same but contain its name."""
    names = [name for name in archive.names if name.endswith(".html")]
    if any(name.startswith(_INSTAGRAM) for name in archive.names) or not names:
        return False
    for name in names:
        if role_of(name) is Role.MESSAGES:
            try:
                head = plain_head(archive.peek(name, HEAD))
            except MemberDamaged:
                continue
            return PAGE.search(head) is not None and b"nstagram" not in head
    return False


def _is_facebook_member(archive: Archive, name: str) -> bool:
    role = role_of(name)
    if role is None:
        return False
    if _IN_ACTIVITY.match(name):
        return True  # regardless of content: a truncated file or another encoding is reported when it is read
    if role not in _OWN_ROLES:
        return False
    try:
        head = archive.peek(name) if name.endswith(".json") else plain_head(archive.peek(name, HEAD))
    except MemberDamaged:
        return _UNMISTAKABLE.fullmatch(name) is not None
    if _UNMISTAKABLE.fullmatch(name) and head.lstrip()[:1] not in {b"{", b"<"}:
        return True  # an empty list, or a file in another encoding
    if name.endswith(".json"):
        return _JSON_START.search(head) is not None
    return PAGE.search(head) is not None or _OLD_PAGE.search(head) is not None
