"""The text of a post as displayed: t.co addresses expanded, HTML entities unescaped once, with its links, tags, and mentions."""

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
    """An address in the text and its target. `expanded_url` may be missing before 2011."""

    url: str | None = None
    expanded_url: str | None = None


class Mention(msgspec.Struct, frozen=True, gc=False):
    """A mentioned account."""

    screen_name: str | None = None


class Tag(msgspec.Struct, frozen=True, gc=False):
    """A hashtag without '#'."""

    text: str | None = None


class Variant(msgspec.Struct, frozen=True, gc=False):
    """A file of a video; `bitrate` is missing if the file is a playlist."""

    url: str | None = None
    content_type: str | None = None
    bitrate: Number = None


class VideoInfo(msgspec.Struct, frozen=True, gc=False):
    """The files of a video or animated picture."""

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
    """The hashtags, mentions, links, and media X found in a text."""

    hashtags: list[Tag] | None = None
    user_mentions: list[Mention] | None = None
    urls: list[Link] | None = None
    media: list[Medium] | None = None


class RenderedText(msgspec.Struct, frozen=True, gc=False):
    """A text as displayed."""

    text: str
    links: tuple[str, ...] = ()
    short_links: tuple[str, ...] = ()
    hashtags: tuple[str, ...] = ()
    mentions: tuple[str, ...] = ()
    quoted: str = ""  # address of the quoted post


NO_ENTITIES = Entities()  # these structs are trees without cycles, so garbage collection can skip them (gc=False)


def read_text(stored: str, entities: Entities | None, media: Sequence[Medium] = ()) -> RenderedText:
    """Render a stored (HTML-escaped) text.

    t.co addresses are matched as whole words, not by their indices, which count code points of the escaped
    text and are wrong in a few archives. The text is unescaped before addresses are expanded, so an address
    that itself contains "&amp;" keeps it. A picture's own t.co address is not part of the text and is removed.
    """
    text = unescape_x(stored)
    if entities is None:
        entities = NO_ENTITIES
    targets: tuple[str, ...] = ()
    shorts: tuple[str, ...] = ()
    quoted = ""
    if entities.urls:
        pairs = [(unescape_x(link.url), link.expanded_url or link.url) for link in entities.urls if link.url]
        text, targets, shorts = _expand(text, pairs)
        quoted = next((url for url in reversed(targets) if _STATUS.fullmatch(url)), "")
    if media:
        text = _remove(text, {medium.url for medium in media if medium.url})
        targets += tuple(medium.expanded_url for medium in media if medium.expanded_url)
        shorts += tuple(medium.url for medium in media if medium.url)
    if "://" in text:
        if not targets:
            targets = links(_whole_words(text))
        if "://t.co/" in text:
            shorts += tuple(_SHORT.findall(_whole_words(text)))
    if entities.hashtags:
        tags = tuple(dict.fromkeys(tag.text for tag in entities.hashtags if tag.text))
    else:
        tags = hashtags(_whole_words(text)) if "#" in text or "＃" in text else ()
    if entities.user_mentions:
        names = tuple(dict.fromkeys(mention.screen_name for mention in entities.user_mentions if mention.screen_name))
    else:
        names = mentions(_whole_words(text)) if "@" in text or "＠" in text else ()
    if len(targets) > 1:
        targets = tuple(dict.fromkeys(targets))
    if len(shorts) > 1:
        shorts = tuple(dict.fromkeys(shorts))
    return RenderedText(text, targets, shorts, tags, names, quoted)


def read_message(text: str, urls: Iterable[tuple[str, str]]) -> RenderedText:
    """Render a private message; `urls` are pairs of t.co address and target."""
    pairs = list(urls)
    text = _remove(unescape_x(text), {short for short, long in pairs if _MESSAGE_MEDIA.match(long)})
    text, targets, shorts = _expand(text, [pair for pair in pairs if not _MESSAGE_MEDIA.match(pair[1])])
    return RenderedText(text, targets or links(text), shorts, hashtags(text), mentions(text))


def read_note(text: str, urls: Iterable[tuple[str, str]], tags: Iterable[str], names: Iterable[str]) -> RenderedText:
    """Render a long post; its text is stored unescaped (seen 2023-2025)."""
    text, targets, shorts = _expand(text, list(urls))
    quoted = next((url for url in reversed(targets) if _STATUS.fullmatch(url)), "")
    unique_tags, unique_names = tuple(dict.fromkeys(tags)), tuple(dict.fromkeys(names))
    return RenderedText(text, targets or links(text), shorts, unique_tags or hashtags(text), unique_names or mentions(text), quoted)


def expand_in_order(text: str, expanded: Sequence[str]) -> str:
    """Replace the t.co addresses of a text by the expanded ones, if there are equally many."""
    if len(_SHORT.findall(text)) != len(expanded):
        return text
    remaining = iter(expanded)
    return _SHORT.sub(lambda _: next(remaining), text)


def short_links_of(text: str) -> tuple[str, ...]:
    """Return the t.co addresses of a text, each once, in order."""
    return tuple(dict.fromkeys(_SHORT.findall(text))) if "://t.co/" in text else ()


def _whole_words(text: str) -> str:
    """Drop the last word if X truncated it: half a hashtag is not a hashtag."""
    return _CUT_WORD.sub("", text) if text.endswith("…") else text


def _expand(text: str, pairs: list[tuple[str, str]]) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """Expand the addresses of a text; return the text, the targets, and the short forms."""
    if not pairs:
        return text, (), ()
    table = {short: long for short, long in pairs if short != long}
    if table:
        text = _replace(text, table)
    return text, tuple(dict.fromkeys([long for _, long in pairs])), tuple(table)


def _replace(text: str, table: dict[str, str]) -> str:
    """Replace short forms that are whole words by their addresses."""
    if all("://t.co/" in short for short in table):
        return _SHORT.sub(lambda match: table.get(match[0], match[0]), text)
    pattern = "|".join(re.escape(short) for short in sorted(table, key=len, reverse=True))  # before 2011 X stored other short forms
    return re.sub(rf"(?:{pattern})(?!\w)", lambda match: table[match[0]], text)


def _remove(text: str, shorts: Iterable[str]) -> str:
    """Remove addresses from a text, each with the space before it."""
    for short in shorts:
        start = text.find(short)
        while start >= 0:
            end = start + len(short)
            if text[end : end + 1].isalnum():  # prefix of a longer address
                start = text.find(short, end)
                continue
            cut = start - 1 if text[start - 1 : start] in {" ", "\t"} else start
            text = (text[:cut] + text[end:]).strip()
            start = text.find(short)
    return text
