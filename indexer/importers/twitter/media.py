"""Pictures and videos of X archives: files named "<post or message id>-<name at X>" in folders of their own (2018 to now)."""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from indexer.evidence import Archive
from indexer.importers.twitter.text import Medium
from indexer.record import Attachment

MEDIA_FOLDERS = frozenset(
    {
        "tweet_media",  # 2018 - spring 2022
        "tweets_media",  # since 2022
        "deleted_tweet_media",
        "deleted_tweets_media",
        "community_tweet_media",
        "twitter_circle_tweet_media",
        "direct_message_media",  # 2018 - 2020
        "direct_message_group_media",
        "direct_messages_media",
        "direct_messages_group_media",
    }
)


_MEDIA_NAME = re.compile(
    r"\d{6,}-[\w-]+\.(?:jpe?g|png|gif|mp4|webp|mov|m4a)\Z", re.IGNORECASE
)  # for archives whose files somebody moved into a single folder


class MediaFiles:
    """The media of one archive, indexed once by the id at the start of their names."""

    def __init__(self, archive: Archive) -> None:
        self._by_id: dict[str, list[str]] = {}
        for name in archive.names:
            folder, _, file = name.rpartition("/")
            if folder.rpartition("/")[2] in MEDIA_FOLDERS or (folder in {"", "data"} and _MEDIA_NAME.match(file)):
                self._by_id.setdefault(file.partition("-")[0], []).append(name)

    def of_post(self, number: str, media: Sequence[Medium]) -> tuple[Attachment, ...]:
        """Return the attachments of a post: the media X lists, each with its file if the archive has it, then other files.

        A file's name begins with the post's own `number`, or in some reposts with that of the original.
        """
        files = self._by_id.get(number, ())
        if not media and not files:
            return ()
        attachments, listed = [], set()
        for medium in media:
            url = address_of(medium)
            base = _file_name(url)
            member = self._file(number, base) or self._file(medium.source_status_id_str or "", base)
            listed.add(member)
            text = medium.ext_alt_text or medium.media_alt or medium.alt_text or ""
            attachments.append(Attachment(base or url, media_type(base or member), member, url, text))
        attachments += [Attachment(_name_at_x(name), media_type(name), name) for name in files if name not in listed]
        return tuple(attachments)

    def _file(self, number: str, base: str) -> str:
        own = f"{number}-{base}"
        return next((name for name in self._by_id.get(number, ()) if name.rpartition("/")[2] == own), "") if number and base else ""

    def of_message(self, number: str, urls: Iterable[str]) -> tuple[Attachment, ...]:
        """Return the attachments of a private message; `urls` are the addresses of its media."""
        files = self._by_id.get(number, [])
        attachments, listed = [], set()
        for url in urls:
            base = _file_name(url)
            member = self._file(number, base)
            listed.add(member)
            attachments.append(Attachment(base or url, media_type(base or member), member, url))
        attachments += [Attachment(_name_at_x(name), media_type(name), name) for name in files if name not in listed]
        return tuple(attachments)


def unique_media(media: Sequence[Medium]) -> Sequence[Medium]:
    """Remove repetitions; archives of 2013-2019 sometimes list the same picture twice."""
    if len(media) < 2:
        return media
    unique: dict[str | None, Medium] = {}
    for medium in media:
        unique.setdefault(medium.media_url_https or medium.media_url or medium.id_str or medium.url, medium)
    return tuple(unique.values())


def address_of(medium: Medium) -> str:
    """Return the address of the file that the archive holds: a video's mp4 of the highest bit rate, else the picture."""
    if medium.video_info and medium.video_info.variants:
        videos = [variant for variant in medium.video_info.variants if variant.url and variant.content_type == "video/mp4"]
        if videos:
            return max(videos, key=lambda variant: _number(variant.bitrate)).url or ""
    return medium.media_url_https or medium.media_url or ""


@lru_cache(maxsize=1)
def _type_table() -> mimetypes.MimeTypes:
    return mimetypes.MimeTypes()  # the library's own table only, for the same types on every computer


def media_type(name: str) -> str:
    """Guess the media type from a file's name."""
    return _type_of_suffix(name.rpartition(".")[2].lower()) if "." in name else "application/octet-stream"


@lru_cache(maxsize=256)
def _type_of_suffix(suffix: str) -> str:
    if suffix == "webp":
        return "image/webp"  # not in the table of every Python version
    return _type_table().guess_type(f"x.{suffix}")[0] or "application/octet-stream"


def _number(bitrate: float | str | None) -> float:
    try:
        return float(bitrate or 0)
    except ValueError:
        return 0.0


def _file_name(url: str) -> str:
    return url.partition("?")[0].rpartition("/")[2]


def _name_at_x(member: str) -> str:
    """Return a file's name at X, without the id that the archive puts before it: the same in every capture."""
    name = member.rpartition("/")[2]
    return name.partition("-")[2] or name
