"""What a reader of a post saw: t.co addresses expanded, entities undone once, and what the post links to and names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import msgspec

from indexer.text import hashtags, links, mentions, unescape_x

Number = int | float | str | None  # X writes numbers as numbers (2013-2019) or as strings (since 2018)

_SHORT = re.compile(r"https?://t\.co/\w+")
_STATUS = re.compile(r"https?://(?:www\.|mobile\.)?(?:twitter|x)\.com/[^/?#]+/status(?:es)?/\d+/?(?:[?#].*)?", re.IGNORECASE)
_CUT_WORD = re.compile(r"\S*…\Z")
_MESSAGE_MEDIA = re.compile(r"https?://(?:www\.)?(?:twitter|x)\.com/messages/media/", re.IGNORECASE)


class Link(msgspec.Struct, frozen=True, gc=False):
    """An address as it stands in the text, and where it leads. `expanded_url` may be missing before 2011."""

    url: str | None = None
    expanded_url: str | None = None


class Named(msgspec.Struct, frozen=True, gc=False):
    """A mentioned account."""

    screen_name: str | None = None


class Tag(msgspec.Struct, frozen=True, gc=False):
    """A hashtag without '#'."""

    text: str | None = None


class Variant(msgspec.Struct, frozen=True, gc=False):
    """One file of a video; `bitrate` is missing where the file is a play list."""

    url: str | None = None
    content_type: str | None = None
    bitrate: Number = None


class VideoInfo(msgspec.Struct, frozen=True, gc=False):
    """The files of one video or animated picture."""

    variants: list[Variant] | None = None


class Medium(msgspec.Struct, frozen=True, gc=False):
    """A picture or video. `url` is the t.co address in the text. Alternative text has had three names (2016 to now)."""

    id_str: str | None = None
    url: str | None = None
    expanded_url: str | None = None
    media_url: str | None = None
    media_url_https: str | None = None
    type: str | None = None
    video_info: VideoInfo | None = None
    source_status_id_str: str | None = None
    media_alt: str | None = None
    ext_alt_text: str | None = None
    alt_text: str | None = None


class Entities(msgspec.Struct, frozen=True, gc=False):
    """What X found in a text."""

    hashtags: list[Tag] | None = None
    user_mentions: list[Named] | None = None
    urls: list[Link] | None = None
    media: list[Medium] | None = None


class Reading(msgspec.Struct, frozen=True, gc=False):
    """A text as its reader saw it."""

    text: str
    links: tuple[str, ...] = ()
    short_links: tuple[str, ...] = ()
    hashtags: tuple[str, ...] = ()
    mentions: tuple[str, ...] = ()
    quoted: str = ""  # the address of the post that this one quotes


NO_ENTITIES = Entities()  # all of these structs are trees without cycles, so the collector need not look at them (gc=False)


def read_text(stored: str, entities: Entities | None, media: Sequence[Medium] = ()) -> Reading:
    """Return what a reader saw of a stored (HTML-escaped) text.

    t.co addresses are looked up as whole words, not by their indices, which count code points of the escaped
    text and are wrong in a few archives. The text is undone before addresses are put in, so that an address
    that itself holds "&amp;" keeps it. A picture's own t.co address is no word of the text and goes.
    """
    text = unescape_x(stored)
    if entities is None:
        entities = NO_ENTITIES
    to_links: tuple[str, ...] = ()
    shorts: tuple[str, ...] = ()
    quoted = ""
    if entities.urls:
        pairs = [(unescape_x(link.url), link.expanded_url or link.url) for link in entities.urls if link.url]
        text, to_links, shorts = _expanded(text, pairs)
        quoted = next((url for url in reversed(to_links) if _STATUS.fullmatch(url)), "")
    if media:
        text = _without(text, {medium.url for medium in media if medium.url})
        to_links += tuple(medium.expanded_url for medium in media if medium.expanded_url)
        shorts += tuple(medium.url for medium in media if medium.url)
    if "://" in text:
        if not to_links:
            to_links = links(_whole_words(text))
        if "://t.co/" in text:
            shorts += tuple(_SHORT.findall(_whole_words(text)))
    if entities.hashtags:
        tags = tuple(dict.fromkeys(tag.text for tag in entities.hashtags if tag.text))
    else:
        tags = hashtags(_whole_words(text)) if "#" in text or "＃" in text else ()
    if entities.user_mentions:
        names = tuple(dict.fromkeys(named.screen_name for named in entities.user_mentions if named.screen_name))
    else:
        names = mentions(_whole_words(text)) if "@" in text or "＠" in text else ()
    if len(to_links) > 1:
        to_links = tuple(dict.fromkeys(to_links))
    if len(shorts) > 1:
        shorts = tuple(dict.fromkeys(shorts))
    return Reading(text, to_links, shorts, tags, names, quoted)


def read_message(text: str, urls: Iterable[tuple[str, str]]) -> Reading:
    """Return what a reader saw of a private message; `urls` are pairs of t.co address and where it leads."""
    pairs = list(urls)
    text = _without(unescape_x(text), {short for short, long in pairs if _MESSAGE_MEDIA.match(long)})
    text, to_links, shorts = _expanded(text, [pair for pair in pairs if not _MESSAGE_MEDIA.match(pair[1])])
    return Reading(text, to_links or links(text), shorts, hashtags(text), mentions(text))


def read_note(text: str, urls: Iterable[tuple[str, str]], tags: Iterable[str], names: Iterable[str]) -> Reading:
    """Return what a reader saw of a long post; its text is stored unescaped (seen 2023-2025)."""
    text, to_links, shorts = _expanded(text, list(urls))
    quoted = next((url for url in reversed(to_links) if _STATUS.fullmatch(url)), "")
    found_tags, found_names = tuple(dict.fromkeys(tags)), tuple(dict.fromkeys(names))
    return Reading(text, to_links or links(text), shorts, found_tags or hashtags(text), found_names or mentions(text), quoted)


def expand_in_order(text: str, expanded: Sequence[str]) -> str:
    """Put expanded addresses in the place of the t.co addresses of a text, where there are as many of one as of the other."""
    if len(_SHORT.findall(text)) != len(expanded):
        return text
    rest = iter(expanded)
    return _SHORT.sub(lambda _: next(rest), text)


def short_links_of(text: str) -> tuple[str, ...]:
    """Return the t.co addresses of a text, each once, in order."""
    return tuple(dict.fromkeys(_SHORT.findall(text))) if "://t.co/" in text else ()


def _whole_words(text: str) -> str:
    """Return a text without the word that X cut in two at its end: half a hashtag is none."""
    return _CUT_WORD.sub("", text) if text.endswith("…") else text


def _expanded(text: str, pairs: list[tuple[str, str]]) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """Return the text with addresses expanded, where they lead, and the short forms."""
    if not pairs:
        return text, (), ()
    table = {short: long for short, long in pairs if short != long}
    if table:
        text = _replaced(text, table)
    return text, tuple(dict.fromkeys([long for _, long in pairs])), tuple(table)


def _replaced(text: str, table: dict[str, str]) -> str:
    """Put addresses in the place of their short forms where these stand as whole words."""
    if all("://t.co/" in short for short in table):
        return _SHORT.sub(lambda found: table.get(found[0], found[0]), text)
    pattern = "|".join(re.escape(short) for short in sorted(table, key=len, reverse=True))  # before 2011 X kept other short forms
    return re.sub(rf"(?:{pattern})(?!\w)", lambda found: table[found[0]], text)


def _without(text: str, shorts: Iterable[str]) -> str:
    """Take addresses out of a text, each with the blank before it."""
    for short in shorts:
        at = text.find(short)
        while at >= 0:
            end = at + len(short)
            if text[end : end + 1].isalnum():  # the beginning of a longer address
                at = text.find(short, end)
                continue
            begin = at - 1 if text[at - 1 : at] in {" ", "\t"} else at
            text = (text[:begin] + text[end:]).strip()
            at = text.find(short)
    return text
