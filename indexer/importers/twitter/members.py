"""Which member of an X archive is what: the files that hold records, and why the others hold none (layouts of 2013-2025)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, auto

from indexer.i18n import known


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


_ADS = known("what X noted about advertisements shown to the account; no record of the body's own")
_DEVICE = known("sign-ins, devices and programs of the account: technical data, private, no record")
_PERISCOPE = known("live broadcasts (Periscope): kept in the archive; not searchable in this version")
_SHOP = known("shop listings: kept in the archive; not searchable in this version")
_LISTS = known("lists of accounts: kept in the archive; not searchable in this version")
_VIEWER = known("X's own page for looking at the archive: a program, no record")
_IDS_ONLY = known("only the numbers and dates of posts and messages that other files hold in full")

_BY_NAME: Mapping[str, str] = {
    # about the account
    "account-creation-ip": _DEVICE,
    "account-label": known("what kind of account X takes it for"),
    "account-suspension": known("suspensions of the account: kept in the archive; not searchable in this version"),
    "account-timezone": known("the zone set in the account; X writes all times in UTC"),
    "ageinfo": known("the age that X supposes"),
    "app": known("apps on the owner's devices that X noted"),
    "connected-application": _DEVICE,
    "contact": known("an imported address book; private, no record"),
    "device-token": _DEVICE,
    "email-address-change": known("earlier e-mail addresses: kept in the archive; not searchable in this version"),
    "expanded-profile": known("the profile's text: kept in the archive; not searchable in this version"),
    "ip-audit": _DEVICE,
    "key-registry": _DEVICE,
    "ni-devices": _DEVICE,
    "personalization": known("interests that X guessed for advertising"),
    "phone-number": _DEVICE,
    "professional-data": known("the profile's business details: kept in the archive; not searchable in this version"),
    "professional_data": known("the profile's business details: kept in the archive; not searchable in this version"),
    "profile": known("the profile's text on the day of the export: kept in the archive; not searchable in this version"),
    "protected-history": known("when posts were protected: kept in the archive; not searchable in this version"),
    "screen-name-change": known("earlier handles of the account: kept in the archive; not searchable in this version"),
    "sso": _DEVICE,
    "user-link-clicks": known("addresses that somebody at the account opened; no record of the body's own"),
    "verified": known("whether the account is verified"),
    "verified-organization": known("whether the account is verified"),
    # whom it follows, blocks, mutes
    "block": known("accounts that this one blocks: kept in the archive; not searchable in this version"),
    "mute": known("accounts that this one mutes: kept in the archive; not searchable in this version"),
    "smartblock": known("accounts that X blocked by itself: kept in the archive; not searchable in this version"),
    "direct-message-mute": known("muted conversations: kept in the archive; not searchable in this version"),
    "follower": known("accounts that follow this one: kept in the archive; not searchable in this version"),
    "following": known("accounts that this one follows: kept in the archive; not searchable in this version"),
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
    "article": known("long articles: kept in the archive; not searchable in this version"),
    "article-metadata": known("long articles: kept in the archive; not searchable in this version"),
    "twitter-article": known("long articles: kept in the archive; not searchable in this version"),
    "twitter-article-metadata": known("long articles: kept in the archive; not searchable in this version"),
    "birdwatch-note": known("Community Notes: kept in the archive; not searchable in this version"),
    "birdwatch-note-rating": known("Community Notes: kept in the archive; not searchable in this version"),
    "birdwatch-note-tombstone": known("Community Notes: kept in the archive; not searchable in this version"),
    "community-note": known("Community Notes: kept in the archive; not searchable in this version"),
    "community-note-rating": known("Community Notes: kept in the archive; not searchable in this version"),
    "community-note-tombstone": known("Community Notes: kept in the archive; not searchable in this version"),
    "community-note-batsignal": known("Community Notes: kept in the archive; not searchable in this version"),
    "grok-chat-item": known("chats with Grok: kept in the archive; not searchable in this version"),
    "moment": known("Moments (collections of posts): kept in the archive; not searchable in this version"),
    "reply-prompt": known("warnings that X gave before a reply was sent: kept in the archive; not searchable in this version"),
    "saved-search": known("saved searches: kept in the archive; not searchable in this version"),
    "spaces-metadata": known("live sound rooms (Spaces): kept in the archive; not searchable in this version"),
    "tweetdeck": known("columns of the TweetDeck program"),
    "audio-video-calls-in-dm": known("calls in private messages: kept in the archive; not searchable in this version"),
    "audio-video-calls-in-dm-recipient-sessions": known("calls in private messages: kept in the archive; not searchable in this version"),
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
    "profile_media": known("the pictures of the profile"),
    "moments_media": known("pictures of Moments: kept in the archive; not searchable in this version"),
    "moments_tweets_media": known("pictures of Moments: kept in the archive; not searchable in this version"),
    "periscope_broadcast_media": _PERISCOPE,
    "spaces_media": known("sound of Spaces: kept in the archive; not searchable in this version"),
    "grok_chat_media": known("pictures of chats with Grok: kept in the archive; not searchable in this version"),
    "article_media": known("pictures of long articles: kept in the archive; not searchable in this version"),
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
        table[f"{folder}README.txt"] = known("X's description of the files")
    table["assets/*"] = table["Your archive.html"] = table["index.html"] = _VIEWER
    table.update({f"{folder}/*": _VIEWER for folder in ("css", "img", "lib", "js")})
    table["data/csv/*.csv"] = known("the same posts as in data/js/tweets, in a form that loses letters (2013)")
    return table


IGNORED: Mapping[str, str] = _patterns()
