"""Which member of an X archive is what: the files that hold records, and why the others hold none (layouts of 2013-2025)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, auto


class Role(Enum):
    """What a data file is read as."""

    POSTS = auto()
    SIDE_POSTS = auto()  # posts that stand apart: deleted, in a community, in a circle
    DELETED_HEADERS = auto()
    NOTES = auto()
    MESSAGES = auto()
    LIKES = auto()


@dataclass(frozen=True, slots=True)
class DataFile:
    """A member that holds records. `marks` are facts that hold for each of them."""

    member: str
    role: Role
    marks: Mapping[str, str]
    part: int


DELETED: Mapping[str, str] = {"state": "deleted"}
_ROLES: Mapping[str, tuple[Role, Mapping[str, str]]] = {
    "tweet": (Role.POSTS, {}),  # 2018 - spring 2022
    "tweets": (Role.POSTS, {}),  # since 2022
    "deleted-tweet": (Role.SIDE_POSTS, DELETED),
    "deleted-tweets": (Role.SIDE_POSTS, DELETED),
    "community-tweet": (Role.SIDE_POSTS, {"audience": "community"}),
    "community_tweet": (Role.SIDE_POSTS, {"audience": "community"}),  # so the README of 2022 writes it
    "twitter-circle-tweet": (Role.SIDE_POSTS, {"audience": "circle"}),
    "deleted-tweet-headers": (Role.DELETED_HEADERS, DELETED),
    "note-tweet": (Role.NOTES, {}),
    "deleted-note-tweet": (Role.NOTES, DELETED),
    "direct-message": (Role.MESSAGES, {}),  # 2018 - 2020
    "direct-message-group": (Role.MESSAGES, {}),
    "direct-messages": (Role.MESSAGES, {}),
    "direct-messages-group": (Role.MESSAGES, {}),
    "like": (Role.LIKES, {}),
}
_DATA_FILE = re.compile(r"((?:data/)?)([a-z_-]+?)(?:-part(\d+))?\.js")
_MONTH_FILE = re.compile(r"data/js/tweets/\d{4}_\d{2}\.js")


def data_file(name: str) -> DataFile | None:
    """Return what a member is read as, None when it holds no records that are read. Parts may stand at the root (2018-2019)."""
    found = _DATA_FILE.fullmatch(name)
    if found is None or found[2] not in _ROLES:
        return None
    role, marks = _ROLES[found[2]]
    return DataFile(name, role, marks, int(found[3] or 0))


def data_files(names: Iterable[str]) -> list[DataFile]:
    """Return the members that hold records, in the order of their names and parts."""
    files = [file for name in names if (file := data_file(name))]
    return sorted(files, key=lambda file: (re.sub(r"-part\d+\.js$", ".js", file.member), file.part))


def is_month_file(name: str) -> bool:
    """Return True for a month of posts in the form of 2013-2019."""
    return _MONTH_FILE.fullmatch(name) is not None


_NOT_SEARCHABLE = "kept in the archive; not searchable in this version"
_ADS = "what X noted about advertisements shown to the account; no record of the body's own"
_DEVICE = "sign-ins, devices and programs of the account: technical data, private, no record"
_PERISCOPE = f"live broadcasts (Periscope): {_NOT_SEARCHABLE}"
_SHOP = f"shop listings: {_NOT_SEARCHABLE}"
_LISTS = f"lists of accounts: {_NOT_SEARCHABLE}"
_VIEWER = "X's own page for looking at the archive: a program, no record"
_IDS_ONLY = "only the numbers and dates of posts and messages that other files hold in full"

_BY_NAME: Mapping[str, str] = {
    # about the account
    "account-creation-ip": _DEVICE,
    "account-label": "what kind of account X takes it for",
    "account-suspension": f"suspensions of the account: {_NOT_SEARCHABLE}",
    "account-timezone": "the zone set in the account; X writes all times in UTC",
    "ageinfo": "the age that X supposes",
    "app": "apps on the owner's devices that X noted",
    "connected-application": _DEVICE,
    "contact": "an imported address book; private, no record",
    "device-token": _DEVICE,
    "email-address-change": f"earlier e-mail addresses: {_NOT_SEARCHABLE}",
    "expanded-profile": f"the profile's text: {_NOT_SEARCHABLE}",
    "ip-audit": _DEVICE,
    "key-registry": _DEVICE,
    "ni-devices": _DEVICE,
    "personalization": "interests that X guessed for advertising",
    "phone-number": _DEVICE,
    "professional-data": f"the profile's business details: {_NOT_SEARCHABLE}",
    "professional_data": f"the profile's business details: {_NOT_SEARCHABLE}",
    "profile": f"the profile's text on the day of the export: {_NOT_SEARCHABLE}",
    "protected-history": f"when posts were protected: {_NOT_SEARCHABLE}",
    "screen-name-change": f"earlier handles of the account: {_NOT_SEARCHABLE}",
    "sso": _DEVICE,
    "user-link-clicks": "addresses that somebody at the account opened; no record of the body's own",
    "verified": "whether the account is verified",
    "verified-organization": "whether the account is verified",
    # whom it follows, blocks, mutes
    "block": f"accounts that this one blocks: {_NOT_SEARCHABLE}",
    "mute": f"accounts that this one mutes: {_NOT_SEARCHABLE}",
    "smartblock": f"accounts that X blocked by itself: {_NOT_SEARCHABLE}",
    "direct-message-mute": f"muted conversations: {_NOT_SEARCHABLE}",
    "follower": f"accounts that follow this one: {_NOT_SEARCHABLE}",
    "following": f"accounts that this one follows: {_NOT_SEARCHABLE}",
    "lists-created": _LISTS,
    "lists-member": _LISTS,
    "lists-subscribed": _LISTS,
    "twitter-circle": _LISTS,
    "twitter-circle-member": _LISTS,
    # numbers of what is read elsewhere
    "tweet-headers": _IDS_ONLY,
    "direct-message-headers": _IDS_ONLY,
    "direct-message-group-headers": _IDS_ONLY,
    "direct-messages-headers": _IDS_ONLY,
    "direct-messages-group-headers": _IDS_ONLY,
    # other things that the account may have written
    "article": f"long articles: {_NOT_SEARCHABLE}",
    "article-metadata": f"long articles: {_NOT_SEARCHABLE}",
    "twitter-article": f"long articles: {_NOT_SEARCHABLE}",
    "twitter-article-metadata": f"long articles: {_NOT_SEARCHABLE}",
    "birdwatch-note": f"Community Notes: {_NOT_SEARCHABLE}",
    "birdwatch-note-rating": f"Community Notes: {_NOT_SEARCHABLE}",
    "birdwatch-note-tombstone": f"Community Notes: {_NOT_SEARCHABLE}",
    "community-note": f"Community Notes: {_NOT_SEARCHABLE}",
    "community-note-rating": f"Community Notes: {_NOT_SEARCHABLE}",
    "community-note-tombstone": f"Community Notes: {_NOT_SEARCHABLE}",
    "community-note-batsignal": f"Community Notes: {_NOT_SEARCHABLE}",
    "grok-chat-item": f"chats with Grok: {_NOT_SEARCHABLE}",
    "moment": f"Moments (collections of posts): {_NOT_SEARCHABLE}",
    "reply-prompt": f"warnings that X gave before a reply was sent: {_NOT_SEARCHABLE}",
    "saved-search": f"saved searches: {_NOT_SEARCHABLE}",
    "spaces-metadata": f"live sound rooms (Spaces): {_NOT_SEARCHABLE}",
    "tweetdeck": "columns of the TweetDeck program",
    "audio-video-calls-in-dm": f"calls in private messages: {_NOT_SEARCHABLE}",
    "audio-video-calls-in-dm-recipient-sessions": f"calls in private messages: {_NOT_SEARCHABLE}",
    # trade
    "ads-revenue-sharing": _ADS,
    "branch-links": _ADS,
    "catalog-item": _SHOP,
    "commerce-catalog": _SHOP,
    "product-drop": _SHOP,
    "product-set": _SHOP,
    "shop-module": _SHOP,
    "shopify-account": _SHOP,
    "twitter-shop": _SHOP,
}
_MEDIA: Mapping[str, str] = {
    "profile_media": "the pictures of the profile",
    "moments_media": f"pictures of Moments: {_NOT_SEARCHABLE}",
    "moments_tweets_media": f"pictures of Moments: {_NOT_SEARCHABLE}",
    "periscope_broadcast_media": _PERISCOPE,
    "spaces_media": f"sound of Spaces: {_NOT_SEARCHABLE}",
    "grok_chat_media": f"pictures of chats with Grok: {_NOT_SEARCHABLE}",
    "article_media": f"pictures of long articles: {_NOT_SEARCHABLE}",
}


def _patterns() -> dict[str, str]:
    """Return the table of patterns. "data/x.js" since 2020, "x.js" before; "*" crosses "/" in a pattern, so none begins with it."""
    table: dict[str, str] = {}
    for folder in ("data/", ""):
        for name, why in _BY_NAME.items():
            table[f"{folder}{name}.js"] = why
            table[f"{folder}{name}-part[0-9]*.js"] = why
        table[f"{folder}ad-*.js"] = _ADS
        table[f"{folder}periscope-*.js"] = _PERISCOPE
        for name, why in _MEDIA.items():
            table[f"{folder}{name}/*"] = why
        table[f"{folder}README.txt"] = "X's description of the files"
    table["assets/*"] = table["Your archive.html"] = table["index.html"] = _VIEWER
    table.update({f"{folder}/*": _VIEWER for folder in ("css", "img", "lib", "js")})
    table["data/csv/*.csv"] = "the same posts as in data/js/tweets, in a form that loses letters (2013)"
    return table


IGNORED: Mapping[str, str] = _patterns()
