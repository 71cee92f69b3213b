"""Facts an Instagram archive states about itself: the account, the form of the archive, and its limits."""

from __future__ import annotations

import re

import msgspec

from indexer.evidence import Archive, MemberDamaged
from indexer.i18n import Sentence, say
from indexer.importers.instagram.context import UNREADABLE
from indexer.importers.instagram.labels import OWNER_NAME, USERNAME, is_label
from indexer.importers.instagram.members import ItemFormat, role_of
from indexer.importers.instagram.shapes import Entry
from indexer.importers.meta.dates import find_dates
from indexer.importers.meta.html_header import profile_rows
from indexer.platforms import Platform
from indexer.record import Account, CaptureFacts, RecordKind

STEPS = (
    say("On a computer, sign in to instagram.com as the account."),
    say("Choose More, Settings, Accounts Center, Your information and permissions, Export your information."),
    say("Choose Create export, the account, then Export to device."),
    say("Select all information, and set the date range to All time and the media quality to High."),
    say("Set the format to JSON, which gives exact times and names the account. HTML can be added too."),
    say("Choose Start export. Instagram takes hours or days, then sends an email."),
    say("Go back to the same page and download every file within a few days; Instagram then deletes them."),
    say("Keep the ZIP files as they are: do not open, unpack, or rename them."),
)
"""How to request an archive from Instagram, step by step; as seen in 2025."""
PLATFORM = Platform(
    "instagram",
    "Instagram",
    usual_kinds=frozenset({RecordKind.POST, RecordKind.STORY, RecordKind.COMMENT, RecordKind.MESSAGE}),
    request_steps=STEPS,
    glyph="M5 2h6a3 3 0 0 1 3 3v6a3 3 0 0 1-3 3H5a3 3 0 0 1-3-3V5a3 3 0 0 1 3-3zM8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6M11.6 4.4h.01",
)
_PROFILES = (
    "personal_information/personal_information/personal_information",
    "personal_information/personal_information",
    "account_information/personal_information",
)
_DOWNLOAD_NAME = re.compile(r"(?:^|/)(?:instagram|meta)-([A-Za-z0-9_.]{1,30})-\d{4}-\d{2}-\d{2}-")
_LARGE = 8 << 20
_HANDLE = re.compile(r"(?=[^A-Z]*\Z)(?=.*[a-z])[a-z0-9_.]{3,30}")
_NOT_HANDLES = frozenset({"true", "false", "none", "male", "female"})

LIMITS = (
    say("Comments that the public wrote under the account's posts are not in an Instagram archive; neither are their likes."),
    say("A comment of the account names only the owner of the post that it answers, not the post or the comment before it."),
    say("Recently deleted content reaches back about 30 days; what was deleted earlier is not in the archive."),
    say("Edits are not recorded: the archive holds each caption as it was on the day of the download."),
    say("Posts of other accounts that tag or mention the account are not in the archive."),
    say("The archive states no addresses (links) of its posts."),
)
_LIMITS_HTML = (
    say(
        "HTML pages print times in a fixed UTC-8, without a zone and without seconds; the UTC shown is that time plus eight hours, assumed."
    ),
)
_LIMITS_OLD = (say("Each picture of a post with several pictures stands as an item of its own, with the caption of the post."),)


class _OldProfile(msgspec.Struct):
    username: str | None = None
    name: str | None = None


class _Profile(msgspec.Struct):
    profile_user: list[Entry] | Entry | None = None


def read_facts(archive: Archive) -> CaptureFacts:
    """Return the facts the archive states about itself. Never raises for its contents."""
    roles = [(name, role) for name in archive.names if (role := role_of(name)) is not None]
    old = (
        any(role.format in {ItemFormat.OLD_MEDIA, ItemFormat.OLD_LISTS, ItemFormat.OLD_MESSAGES} for _, role in roles)
        or "profile.json" in archive
    )
    html = any(name.endswith(".html") for name, _ in roles)
    json = any(name.endswith(".json") for name, _ in roles) and not old
    username, name = _read_account(archive)
    username = username or _handle_in_name(archive)
    kinds: frozenset[RecordKind] = frozenset().union(*(role.kinds for _, role in roles))
    return CaptureFacts(
        account=Account(PLATFORM.code, username or name, username, name),
        form=_describe_form(archive, [name for name, _ in roles], old=old, html=html, json=json),
        cannot_contain=(*LIMITS, *(_LIMITS_HTML if html else ()), *(_LIMITS_OLD if old else ())),
        kinds=kinds,
    )


def _describe_form(archive: Archive, members: list[str], *, old: bool, html: bool, json: bool) -> Sentence:
    if old:
        return say("Instagram JSON, files at the root (2018 to November 2020)")
    formats = say("JSON and HTML") if json and html else "JSON" if json else "HTML" if html else say("files")
    if any(name.startswith("your_instagram_activity/media/") for name in members):
        return say("Instagram {formats}, your_instagram_activity/media (2024 to now)", formats=formats)
    if any(name.startswith("your_instagram_activity/content/") for name in members):
        return say("Instagram {formats}, your_instagram_activity/content (late 2023 to 2024)", formats=formats)
    if any(name.startswith("your_instagram_activity/") for name in archive.names):
        return say("Instagram {formats}, your_instagram_activity (late 2023 to now)", formats=formats)
    return say("Instagram {formats}, folders at the root (2021 to mid 2023)", formats=formats)


def _read_account(archive: Archive) -> tuple[str, str]:
    """Return handle and name as the archive states them, "" if it does not."""
    old = _read_bytes(archive, "profile.json")
    if old:
        try:
            profile = msgspec.json.decode(old, type=_OldProfile)
        except UNREADABLE:
            return "", ""  # a damaged profile leaves the account unknown; intake asks for it
        return profile.username or "", profile.name or ""
    for stem in _PROFILES:
        values = _read_json_profile(_read_bytes(archive, f"{stem}.json")) or _read_html_profile(_read_bytes(archive, f"{stem}.html"))
        if values:
            username = next((value for label, value in values if is_label(label, USERNAME)), "")
            username = username or _only_handle(values)
            return username, next((value for label, value in values if is_label(label, OWNER_NAME)), "")
    return "", ""


def _read_json_profile(content: bytes) -> list[tuple[str, str]]:
    try:
        profile = msgspec.json.decode(content, type=_Profile, strict=False)
    except UNREADABLE:
        return []  # empty or damaged: the account stays unknown
    users = [profile.profile_user] if isinstance(profile.profile_user, Entry) else profile.profile_user or []
    return [(label, value.text) for user in users for label, value in user.mapped().items()]


def _read_html_profile(content: bytes) -> list[tuple[str, str]]:
    return [(row.label, row.value) for row in profile_rows(content)]


def _only_handle(values: list[tuple[str, str]]) -> str:
    """Return the only value that can be a handle, for labels in an unknown language; "" if there are several."""
    candidates = {value for _, value in values if _HANDLE.fullmatch(value) and not find_dates(value) and value.lower() not in _NOT_HANDLES}
    return candidates.pop() if len(candidates) == 1 else ""


def _read_bytes(archive: Archive, member: str) -> bytes:
    """Read a small member without counting it as read: it is not a record."""
    try:
        return archive.peek(member, _LARGE) if member in archive else b""
    except MemberDamaged:
        return b""


def _handle_in_name(archive: Archive) -> str:
    """Return the handle in the platform's name for the download ("instagram-cityofx-2025-10-20-AbCd.zip")."""
    match = _DOWNLOAD_NAME.search(archive.root) or _DOWNLOAD_NAME.search(archive.label)
    return match[1] if match else ""
