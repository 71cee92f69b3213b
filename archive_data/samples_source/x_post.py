"""A post in the format of X archives from 2020 to 2025: numbers as strings, indices in code points of the escaped text."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from .city import NEIGHBORS_X, RESIDENTS, XAccount
from .clock import iso, snowflake, x_date
from .dice import Dice

LONG_SINCE = datetime.fromisoformat("2017-11-07T15:00:00-06:00")
_KNOWN = {account.handle: account for account in (*NEIGHBORS_X, *RESIDENTS)}
_PIECE = re.compile(r"(?P<link>https?://\S+[^\s.,;:!?)])|(?<!\w)@(?P<mention>\w+)|(?<![\w&])#(?P<hashtag>\w+)")


@dataclass(frozen=True, slots=True)
class Media:
    """A picture or video of a post: its base name in the archive and its bytes."""

    name: str
    kind: str  # photo, video
    data: bytes


@dataclass(frozen=True, slots=True)
class Post:
    """A post; `item()` returns it as in an archive of a given year.

    `reply` is (id, account) of the post answered; `renamed` are handles that later archives know by another
    name ("" for a deleted account); `versions` are the ids of an edited post, first to last, and `began` is
    when the first of them was written.
    """

    account: XAccount
    when: datetime
    text: str
    native_id: str
    language: str = "en"
    media: tuple[Media, ...] = ()
    reply: tuple[str, XAccount] | None = None
    favorites: int = 0
    reposts: int = 0
    versions: tuple[str, ...] = ()
    gone: bool = False
    community: str = ""
    deleted: datetime | None = None
    note: str = ""
    began: datetime | None = None

    @property
    def url(self) -> str:
        """The post's address."""
        return f"https://twitter.com/{self.account.handle}/status/{self.native_id}"


def post(account: XAccount, when: datetime, text: str, sequence: int = 0, **others: Any) -> Post:
    """Return a post with the id of its second."""
    return Post(account, when, text, snowflake(when, sequence), **others)


def edited(first: Post, texts: list[str], minutes: int) -> list[Post]:
    """Return the versions of a post: the first, and a version for each text, `minutes` apart."""
    versions = [first]
    for number, text in enumerate(texts, start=1):
        when = first.when + timedelta(minutes=minutes * number)
        versions.append(replace(first, when=when, text=text, native_id=snowflake(when)))
    ids = tuple(version.native_id for version in versions)
    return [replace(version, versions=ids, began=first.when) for version in versions]


def item(made: Post, *, modern: bool, renamed: dict[str, str]) -> dict[str, Any]:
    """Return the archive's item: `modern` has `edit_info` (late 2022 on) and knows accounts by their later names."""
    dice = Dice("post " + made.native_id)
    text, entities = _escaped(made, dice)
    later = 1 if modern else 0
    body: dict[str, Any] = {"edit_info": _edit_info(made)} if modern else {}
    body |= {
        "retweeted": False,
        "source": dice.pick(_SOURCES[1 if made.when.year >= 2019 else 0]),
        "entities": entities,
        "display_text_range": ["0", str(len(text))],
        "favorite_count": str(made.favorites + later * (made.favorites // 9)),
    }
    if made.reply:
        body["in_reply_to_status_id_str"] = made.reply[0]
    body["id_str"] = made.native_id
    if made.reply:
        body["in_reply_to_user_id"] = made.reply[1].native_id
    if made.community:
        body["scopes"] = {"followers": False}
    body |= {"truncated": False, "retweet_count": str(made.reposts), "id": made.native_id}
    if made.community:
        body |= {"community_id": made.community, "community_id_str": made.community}
    if made.reply:
        body["in_reply_to_status_id"] = made.reply[0]
    if made.media or entities["urls"]:
        body["possibly_sensitive"] = False
    body |= {"created_at": x_date(made.when), "favorited": False, "full_text": text, "lang": made.language}
    if made.reply:
        handle = renamed.get(made.reply[1].handle, made.reply[1].handle) if modern else made.reply[1].handle
        body |= {"in_reply_to_screen_name": handle} if handle else {}
        body["in_reply_to_user_id_str"] = made.reply[1].native_id
    if made.media:
        body["extended_entities"] = {"media": _media(made, entities["media"][0], dice)}
    if made.deleted:
        body["deleted_at"] = x_date(made.deleted)
    return {"tweet": body}


_SOURCES = (
    (
        '<a href="http://twitter.com" rel="nofollow">Twitter Web Client</a>',
        '<a href="http://twitter.com/download/iphone" rel="nofollow">Twitter for iPhone</a>',
    ),
    (
        '<a href="https://mobile.twitter.com" rel="nofollow">Twitter Web App</a>',
        '<a href="http://twitter.com/download/android" rel="nofollow">Twitter for Android</a>',
    ),
)


def _edit_info(made: Post) -> dict[str, Any]:
    ids = made.versions or (made.native_id,)
    first = made.began or made.when
    control = {
        "editTweetIds": list(ids),
        "editableUntil": iso(first + timedelta(hours=1), 137),
        "editsRemaining": str(6 - len(ids)),
        "isEditEligible": not made.reply,
    }
    if made.native_id == ids[0]:
        return {"initial": control}
    return {"edit": {"initialTweetId": ids[0], "editControlInitial": control}}


def _escaped(made: Post, dice: Dice) -> tuple[str, dict[str, Any]]:
    """Return the text as stored by X, and the entities with their positions in it."""
    hashtags: list[Any] = []
    mentions: list[Any] = []
    urls: list[Any] = []
    out, at = "", 0
    for match in _PIECE.finditer(made.text):
        out += _entities(made.text[at : match.start()])
        start, at = len(out), match.end()
        if link := match["link"]:
            short = "https://t.co/" + dice.letters(10)
            out += short
            shown = link.removeprefix("https://").removeprefix("www.")
            urls.append(
                {
                    "url": short,
                    "expanded_url": link,
                    "display_url": shown if len(shown) < 28 else shown[:27] + "…",
                    "indices": [str(start), str(len(out))],
                }
            )
            continue
        out += match[0]
        place = [str(start), str(len(out))]
        if handle := match["mention"]:
            account = _KNOWN.get(handle, made.account)
            mentions.append(
                {"name": account.name, "screen_name": handle, "indices": place, "id_str": account.native_id, "id": account.native_id}
            )
        else:
            hashtags.append({"text": match["hashtag"], "indices": place})
    out += _entities(made.text[at:])
    entities: dict[str, Any] = {"hashtags": hashtags, "symbols": [], "user_mentions": mentions, "urls": urls}
    if made.media:
        short = "https://t.co/" + dice.letters(10)
        out += (" " if out else "") + short
        entities["media"] = [_medium(made, made.media[0], short, [str(len(out) - 23), str(len(out))], dice)]
    return out, entities


def _entities(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _medium(made: Post, media: Media, short: str, place: list[str], dice: Dice) -> dict[str, Any]:
    native = str(int(made.native_id) - dice.number(1000, 90000))
    stem = media.name.rsplit(".", 1)[0]
    address = (
        f"pbs.twimg.com/media/{media.name}" if media.kind == "photo" else f"pbs.twimg.com/ext_tw_video_thumb/{native}/pu/img/{stem}.jpg"
    )
    size = ("320", "240") if media.kind == "photo" else ("96", "64")
    return {
        "expanded_url": f"{made.url}/{'photo' if media.kind == 'photo' else 'video'}/1",
        "indices": place,
        "url": short,
        "media_url": "http://" + address,
        "id_str": native,
        "id": native,
        "media_url_https": "https://" + address,
        "sizes": {
            name: {"w": size[0], "h": size[1], "resize": "crop" if name == "thumb" else "fit"}
            for name in ("thumb", "small", "medium", "large")
        },
        "type": "photo",
        "display_url": "pic.twitter.com/" + short[-10:],
    }


def _media(made: Post, first: dict[str, Any], dice: Dice) -> list[dict[str, Any]]:
    entities = []
    for media in made.media:
        medium = first if media is made.media[0] else _medium(made, media, first["url"], first["indices"], dice)
        medium = dict(medium)
        if media.kind == "video":
            base = f"https://video.twimg.com/ext_tw_video/{medium['id']}/pu"
            small = media.name.replace(".mp4", "lo.mp4")
            medium |= {
                "type": "video",
                "video_info": {
                    "aspect_ratio": ["3", "2"],
                    "duration_millis": "3000",
                    "variants": [
                        {"content_type": "application/x-mpegURL", "url": f"{base}/pl/{media.name.removesuffix('.mp4')}.m3u8?tag=12"},
                        {"bitrate": "256000", "content_type": "video/mp4", "url": f"{base}/vid/48x32/{small}?tag=12"},
                        {"bitrate": "832000", "content_type": "video/mp4", "url": f"{base}/vid/96x64/{media.name}?tag=12"},
                    ],
                },
            }
        entities.append(medium)
    return entities
