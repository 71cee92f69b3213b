"""The roles of members in an X archive: files that hold records, and the reasons others hold none (layouts of 2013-2025)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto

from indexer.evidence import Archive, MemberDamaged
from indexer.i18n import say


class Role(Enum):
    """How a data file is read."""

    POSTS = auto()
    SIDE_POSTS = auto()  # posts in files of their own: deleted, in a community, in a circle
    DELETED_HEADERS = auto()
    NOTES = auto()
    MESSAGES = auto()
    LIKES = auto()
    ENCRYPTED = auto()  # events of encrypted conversations: counted, text unreadable


@dataclass(frozen=True, slots=True)
class DataFile:
    """A member that holds records. `marks` are facts shared by all of them; `kind` is X's own name for the file ("tweets")."""

    member: str
    role: Role
    marks: Mapping[str, str]
    part: int
    kind: str = ""


@dataclass(slots=True)
class Layout:
    """The members of one archive by role, from the first line of each file if X wrote it, else from the file's name."""

    files: list[DataFile] = field(default_factory=list)
    months: list[str] = field(default_factory=list)
    account: str = ""
    manifest: str = ""
    singles: dict[str, str] = field(default_factory=dict)  # "user_details", "payload_details", "tweet_index" -> member
    by_global: dict[str, str] = field(default_factory=dict)  # X's global name ("YTD.tweets.part0", "tweets_2018_01") -> member
    copies: dict[str, str] = field(default_factory=dict)  # byte-for-byte copies -> the member that is read


DELETED: Mapping[str, str] = {"state": "deleted"}
_ROLES: Mapping[str, tuple[Role, Mapping[str, str]]] = {
    "tweet": (Role.POSTS, {}),  # 2018 - spring 2022
    "tweets": (Role.POSTS, {}),  # since 2022
    "deleted-tweet": (Role.SIDE_POSTS, DELETED),
    "deleted-tweets": (Role.SIDE_POSTS, DELETED),
    "community-tweet": (Role.SIDE_POSTS, {"audience": "community"}),
    "community_tweet": (Role.SIDE_POSTS, {"audience": "community"}),  # as spelled in the README of 2022
    "twitter-circle-tweet": (Role.SIDE_POSTS, {"audience": "circle"}),
    "deleted-tweet-headers": (Role.DELETED_HEADERS, DELETED),
    "note-tweet": (Role.NOTES, {}),
    "deleted-note-tweet": (Role.NOTES, DELETED),
    "direct-message": (Role.MESSAGES, {}),  # 2018 - 2020
    "direct-message-group": (Role.MESSAGES, {}),
    "direct-messages": (Role.MESSAGES, {}),
    "direct-messages-group": (Role.MESSAGES, {}),
    "like": (Role.LIKES, {}),
    "message-event": (Role.ENCRYPTED, {}),  # XChat, 2026
}
# Suffixes that browsers and file managers add to second copies: "tweets (1).js", "like copy 2.js", "tweets - Copy.js".
_COPY_SUFFIX = r"(?:\s*\(\d+\)|\s+copy(?:\s+\d+)?|\s+-\s+Copy(?:\s*\(\d+\))?)?"
_DATA_FILE = re.compile(rf"((?:data/)?)([a-z_-]+?)(?:-part(\d+))?{_COPY_SUFFIX}\.js")
_MONTH_FILE = re.compile(rf"data/js/tweets/(\d{{4}}_\d{{2}}){_COPY_SUFFIX}\.js")
_SINGLE_FILE = re.compile(rf"data/js/(user_details|payload_details|tweet_index){_COPY_SUFFIX}\.js")
_FOLDERS = frozenset({"", "data", "data/js", "data/js/tweets"})
_YTD = re.compile(rb"\s*window\.YTD\.(\w+)\.part(\d+)\s*=")
_CONFIG = re.compile(rb"\s*window\.__THAR_CONFIG\s*=")
_GRAILBIRD = re.compile(rb"\s*Grailbird\.data\.tweets_(\d{4}_\d{2})\s*=")
_VARIABLE = re.compile(rb"\s*var\s+(user_details|payload_details|tweet_index)\s*=")


def head_of(archive: Archive, name: str) -> bytes:
    """Return the first bytes of a member without byte order mark; b"" if it cannot be opened (records() reports it)."""
    try:
        head = archive.peek(name, 256)
    except MemberDamaged:
        return b""
    if head[:2] in {b"\xff\xfe", b"\xfe\xff"}:  # re-saved by hand as UTF-16: still ours, and reported as damaged
        head = head[2:].replace(b"\0", b"")
    return head.removeprefix(b"\xef\xbb\xbf")


def is_named_by_x(head: bytes) -> bool:
    """Recognize the first line of a file as X writes it (every form since 2013)."""
    return any(pattern.match(head) for pattern in (_YTD, _CONFIG, _GRAILBIRD)) or head.lstrip().startswith(b"var tweet_index =")


def scripts_of(archive: Archive) -> list[str]:
    """Return the scripts in X's own folders; other folders hold other archives or the viewer."""
    return [name for name in archive.names if name.endswith(".js") and name.rpartition("/")[0] in _FOLDERS]


def layout_of(archive: Archive) -> Layout:
    """Assign the members their roles. A file's first line takes precedence over its name."""
    layout = Layout()
    originals: dict[tuple[int, int | None], str] = {}
    for name in sorted(scripts_of(archive), key=lambda name: (bool(_COPY.search(name)), name)):
        if (file := _add_file(layout, name, head_of(archive, name))) is None:
            continue
        member = archive.members[archive.full_name(name)]
        checksum = (member.size, member.crc)
        if member.crc is not None and checksum in originals and _COPY.search(name) and member.size:
            layout.copies[name] = originals[checksum]
            continue
        originals.setdefault(checksum, name)
        if isinstance(file, DataFile):
            layout.files.append(file)
        else:
            layout.months.append(name)
    layout.files.sort(key=lambda file: (f"{file.member.rpartition('/')[0]}/{file.kind}.js", file.part, file.member))
    layout.months.sort()
    return layout


_COPY = re.compile(rf"{_COPY_SUFFIX[:-1]}\.js$")


def _add_file(layout: Layout, name: str, head: bytes) -> DataFile | str | None:
    """Add a file to the layout; return it if it holds records (a month by its name)."""
    if match := _YTD.match(head):
        kind, part = match[1].decode("ascii", "replace"), int(match[2])
        layout.by_global.setdefault(f"YTD.{kind}.part{part}", name)
        kind = kind.replace("_", "-")
    elif match := _GRAILBIRD.match(head):
        layout.by_global.setdefault(f"tweets_{match[1].decode()}", name)
        return name
    elif match := _VARIABLE.match(head):
        layout.singles.setdefault(match[1].decode(), name)
        return None
    elif _CONFIG.match(head):
        kind, part = "manifest", 0
    elif name_match := _DATA_FILE.fullmatch(name):
        kind, part = name_match[2], int(name_match[3] or 0)
    elif name_match := _MONTH_FILE.fullmatch(name):
        return name
    elif name_match := _SINGLE_FILE.fullmatch(name):
        layout.singles.setdefault(name_match[1], name)
        return None
    else:
        return None
    if kind in {"account", "manifest"}:
        setattr(layout, kind, getattr(layout, kind) or name)
        return None
    role, marks = _ROLES.get(kind, (None, {}))
    return None if role is None else DataFile(name, role, marks, part, kind)


def data_file(name: str) -> DataFile | None:
    """Classify a member by its name alone; None if none of its records are read."""
    match = _DATA_FILE.fullmatch(name)
    if match is None or match[2] not in _ROLES:
        return None
    role, marks = _ROLES[match[2]]
    return DataFile(name, role, marks, int(match[3] or 0), match[2])


_ADS = say("what X noted about advertisements shown to the account; no record of the body's own")
_DEVICE = say("sign-ins, devices and programs of the account: technical data, private, no record")
_PERISCOPE = say("live broadcasts (Periscope): kept in the archive; not searchable in this version")
_SHOP = say("shop listings: kept in the archive; not searchable in this version")
_LISTS = say("lists of accounts: kept in the archive; not searchable in this version")
_VIEWER = say("X's own page for looking at the archive: a program, no record")
_IDS_ONLY = say("only the numbers and dates of posts and messages that other files hold in full")

_BY_NAME: Mapping[str, str] = {
    # about the account
    "account-creation-ip": _DEVICE,
    "account-label": say("what kind of account X takes it for"),
    "account-suspension": say("suspensions of the account: kept in the archive; not searchable in this version"),
    "account-timezone": say("the zone set in the account; X writes all times in UTC"),
    "ageinfo": say("the age that X supposes"),
    "app": say("apps on the owner's devices that X noted"),
    "connected-application": _DEVICE,
    "contact": say("an imported address book; private, no record"),
    "device-token": _DEVICE,
    "email-address-change": say("earlier e-mail addresses: kept in the archive; not searchable in this version"),
    "expanded-profile": say("the profile's text: kept in the archive; not searchable in this version"),
    "ip-audit": _DEVICE,
    "key-registry": _DEVICE,
    "ni-devices": _DEVICE,
    "personalization": say("interests that X guessed for advertising"),
    "phone-number": _DEVICE,
    "professional-data": say("the profile's business details: kept in the archive; not searchable in this version"),
    "professional_data": say("the profile's business details: kept in the archive; not searchable in this version"),
    "profile": say("the profile's text on the day of the export: kept in the archive; not searchable in this version"),
    "protected-history": say("when posts were protected: kept in the archive; not searchable in this version"),
    "screen-name-change": say("earlier handles of the account: kept in the archive; not searchable in this version"),
    "sso": _DEVICE,
    "user-link-clicks": say("addresses that somebody at the account opened; no record of the body's own"),
    "verified": say("whether the account is verified"),
    "verified-organization": say("whether the account is verified"),
    # whom it follows, blocks, mutes
    "block": say("accounts that this one blocks: kept in the archive; not searchable in this version"),
    "mute": say("accounts that this one mutes: kept in the archive; not searchable in this version"),
    "smartblock": say("accounts that X blocked by itself: kept in the archive; not searchable in this version"),
    "direct-message-mute": say("muted conversations: kept in the archive; not searchable in this version"),
    "follower": say("accounts that follow this one: kept in the archive; not searchable in this version"),
    "following": say("accounts that this one follows: kept in the archive; not searchable in this version"),
    "lists-created": _LISTS,
    "lists-member": _LISTS,
    "lists-subscribed": _LISTS,
    "twitter-circle": _LISTS,
    "twitter-circle-member": _LISTS,
    # ids of records that are read from other files
    "tweet-headers": _IDS_ONLY,
    "direct-message-headers": _IDS_ONLY,
    "direct-message-group-headers": _IDS_ONLY,
    "direct-messages-headers": _IDS_ONLY,
    "direct-messages-group-headers": _IDS_ONLY,
    # other things that the account may have written
    "article": say("long articles: kept in the archive; not searchable in this version"),
    "article-metadata": say("long articles: kept in the archive; not searchable in this version"),
    "twitter-article": say("long articles: kept in the archive; not searchable in this version"),
    "twitter-article-metadata": say("long articles: kept in the archive; not searchable in this version"),
    "birdwatch-note": say("Community Notes: kept in the archive; not searchable in this version"),
    "birdwatch-note-rating": say("Community Notes: kept in the archive; not searchable in this version"),
    "birdwatch-note-tombstone": say("Community Notes: kept in the archive; not searchable in this version"),
    "community-note": say("Community Notes: kept in the archive; not searchable in this version"),
    "community-note-rating": say("Community Notes: kept in the archive; not searchable in this version"),
    "community-note-tombstone": say("Community Notes: kept in the archive; not searchable in this version"),
    "community-note-batsignal": say("Community Notes: kept in the archive; not searchable in this version"),
    "grok-chat-item": say("chats with Grok: kept in the archive; not searchable in this version"),
    "moment": say("Moments (collections of posts): kept in the archive; not searchable in this version"),
    "reply-prompt": say("warnings that X gave before a reply was sent: kept in the archive; not searchable in this version"),
    "saved-search": say("saved searches: kept in the archive; not searchable in this version"),
    "spaces-metadata": say("live sound rooms (Spaces): kept in the archive; not searchable in this version"),
    "tweetdeck": say("columns of the TweetDeck program"),
    "audio-video-calls-in-dm": say("calls in private messages: kept in the archive; not searchable in this version"),
    "audio-video-calls-in-dm-recipient-sessions": say("calls in private messages: kept in the archive; not searchable in this version"),
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
    "profile_media": say("the pictures of the profile"),
    "moments_media": say("pictures of Moments: kept in the archive; not searchable in this version"),
    "moments_tweets_media": say("pictures of Moments: kept in the archive; not searchable in this version"),
    "periscope_broadcast_media": _PERISCOPE,
    "spaces_media": say("sound of Spaces: kept in the archive; not searchable in this version"),
    "grok_chat_media": say("pictures of chats with Grok: kept in the archive; not searchable in this version"),
    "article_media": say("pictures of long articles: kept in the archive; not searchable in this version"),
}


def _patterns() -> dict[str, str]:
    """Build the table of patterns. "data/x.js" since 2020, "x.js" before; "*" crosses "/", so no pattern begins with it.

    A space or "(" after the name marks a second copy ("block (1).js", "block - Copy.js").
    """
    table: dict[str, str] = {}
    for folder in ("data/", ""):
        for name, why in _BY_NAME.items():
            table[f"{folder}{name}.js"] = why
            table[f"{folder}{name}-part[0-9]*.js"] = why
            table[f"{folder}{name}[ (]*.js"] = why
        table[f"{folder}ad-*.js"] = _ADS
        table[f"{folder}periscope-*.js"] = _PERISCOPE
        for name, why in _MEDIA.items():
            table[f"{folder}{name}/*"] = why
        table[f"{folder}README.txt"] = say("X's description of the files")
    table["assets/*"] = table["Your archive*.html"] = table["index.html"] = _VIEWER
    table.update({f"{folder}/*": _VIEWER for folder in ("css", "img", "lib", "js")})
    table["data/csv/*.csv"] = say("the same posts as in data/js/tweets, in a form that loses letters (2013)")
    return table


IGNORED: Mapping[str, str] = _patterns()
