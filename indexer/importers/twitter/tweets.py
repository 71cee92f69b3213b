"""Records of posts, from all five formats X has used since 2013."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

import msgspec
from msgspec.structs import replace

from indexer.evidence import JsonItem
from indexer.i18n import Sentence, say
from indexer.importers.twitter.items import decode, place_of
from indexer.importers.twitter.keys import KeyWatch
from indexer.importers.twitter.media import MediaFiles, unique_media
from indexer.importers.twitter.text import Entities, Medium, Number, read_text
from indexer.importers.twitter.times import parse_time
from indexer.record import Account, Locator, Moment, Problem, Record, RecordKind
from indexer.text import unescape_x

_REPOST = re.compile(r"RT @(\w+):\s?")
_ANCHOR = re.compile(r"<a\b[^>]*>(.*?)</a>", re.DOTALL)
_WRAPPED = re.compile(rb'\{\s*"(?:tweet|deletedTweet|communityTweet|twitterCircleTweet)"\s*:')
_CUT = "…"
_CUT_END = re.compile(r"\s*(?:…|\.\.\.)\Z")


class User(msgspec.Struct, frozen=True, gc=False):
    """The author of a post (2013-2019 only)."""

    screen_name: str | None = None
    id_str: str | None = None
    id: Number = None
    name: str | None = None


class _Edits(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    initial_tweet_id: Number = None
    edit_tweet_ids: list[Number] | None = None
    edit_control_initial: _Edits | None = None


class _EditInfo(msgspec.Struct, frozen=True, gc=False):
    initial: _Edits | None = None
    edit: _Edits | None = None


class _Core(msgspec.Struct, frozen=True, gc=False):
    """A post without its entities: the fallback for an item whose entities are broken."""

    id_str: str | None = None
    id: Number = None
    full_text: str | None = None  # since 2018
    text: str | None = None  # 2013-2019
    created_at: Number = None
    lang: str | None = None
    source: str | None = None
    in_reply_to_status_id_str: str | None = None
    in_reply_to_status_id: Number = None
    in_reply_to_user_id_str: str | None = None
    in_reply_to_user_id: Number = None
    in_reply_to_screen_name: str | None = None
    truncated: bool | str | None = None
    deleted_at: Number = None


class _Extended(msgspec.Struct, frozen=True, gc=False):
    media: list[Medium] | None = None


class Tweet(_Core, frozen=True, gc=False):
    """A post. Unknown keys are ignored, missing keys are None; unread values stay in the raw item."""

    user: User | None = None
    entities: Entities | None = None
    extended_entities: _Extended | None = None
    retweeted_status: Tweet | None = None
    quoted_status: Tweet | None = None  # only if added by a tool (seen 2019)
    edit_info: _EditInfo | None = None
    quoted_status_id_str: str | None = None
    community_id_str: str | None = None
    community_id: Number = None


class _Wrapped(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    tweet: Tweet | None = None
    deleted_tweet: Tweet | None = None
    community_tweet: Tweet | None = None
    twitter_circle_tweet: Tweet | None = None


class _WrappedCore(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    tweet: _Core | None = None
    deleted_tweet: _Core | None = None
    community_tweet: _Core | None = None
    twitter_circle_tweet: _Core | None = None


_BARE_DECODER, _WRAPPED_DECODER = msgspec.json.Decoder(Tweet), msgspec.json.Decoder(_Wrapped)
_BARE_CORE, _WRAPPED_CORE = msgspec.json.Decoder(_Core), msgspec.json.Decoder(_WrappedCore)


class ReadTweet(msgspec.Struct, frozen=True, gc=False):
    """A post as decoded (for matching its long text) and as a record, with its problems."""

    tweet: Tweet
    record: Record
    problems: tuple[Problem, ...] = ()

    @property
    def number(self) -> str:
        """The post's own id; the record has the id of the first version."""
        return id_of(self.tweet)


def decode_tweet(member: str, item: JsonItem) -> tuple[Tweet | None, tuple[Problem, ...]]:
    """Decode an item as a post, with its problems. An item that is not a post gives None and a Problem."""
    raw = item.raw
    wrapped = _WRAPPED.match(raw) is not None
    result: tuple[Tweet | _Wrapped, Sentence | None] | str = decode(_WRAPPED_DECODER, raw) if wrapped else decode(_BARE_DECODER, raw)
    problems: tuple[Problem, ...] = ()
    if isinstance(result, str):
        fallback: tuple[_Core | _WrappedCore, Sentence | None] | str = decode(_WRAPPED_CORE, raw) if wrapped else decode(_BARE_CORE, raw)
        if isinstance(fallback, str):
            return None, (Problem(member, "bad-item", say("This item cannot be read as a post: {why}.", why=result), item.index),)
        plain = _inner(fallback[0])
        tweet = msgspec.convert(msgspec.structs.asdict(plain), Tweet) if plain else None
        note = say("The links, pictures and names of this post cannot be read ({why}); its words were.", why=result)
        problems = (Problem(member, "bad-item", note, item.index),)
    else:
        inner = _inner(result[0])
        tweet = inner if isinstance(inner, Tweet) else None
        if result[1]:
            problems = (Problem(member, "bad-text", result[1], item.index),)
    if not wrapped and tweet is not None and not (tweet.id_str or tweet.id):
        retried = decode(_WRAPPED_DECODER, raw)  # a wrapper whose first key is not the post
        inner = None if isinstance(retried, str) else _inner(retried[0])
        tweet = inner if isinstance(inner, Tweet) else None
    if tweet is None or not (tweet.id_str or tweet.id):
        return None, (Problem(member, "bad-item", say("This item holds no post: it has no id."), item.index),)
    return tweet, problems


def _inner(value: Tweet | _Core | _Wrapped | _WrappedCore) -> Tweet | _Core | None:
    if isinstance(value, _Core):
        return value
    return value.tweet or value.deleted_tweet or value.community_tweet or value.twitter_circle_tweet


class TweetReader:
    """Makes records from the posts of one archive."""

    def __init__(self, account: Account, media: MediaFiles, keys: KeyWatch) -> None:
        self._account = account
        self._media = media
        self._keys = keys

    def read(self, member: str, item: JsonItem, marks: Mapping[str, str]) -> ReadTweet | tuple[Problem, ...]:
        """Read the post of an item. `marks` are facts shared by all posts of the member ({"state": "deleted"})."""
        tweet, problems = decode_tweet(member, item)
        if tweet is None:
            return problems
        if tweet.full_text is None and tweet.text is None:
            if unknown_keys := self._keys.unknown("post", item.raw):
                names = ", ".join(map(repr, unknown_keys))
                note = say("The words of this post are not where X writes them; there is text under {names}.", names=names)
                return (*problems, Problem(member, "bad-item", note, item.index))
            read = self.record(tweet, place_of(member, item), item.raw, marks, problems)
            problem = Problem(member, "bad-item", say("This post has no text in the archive; it was kept without one."), item.index)
            title = read.record.title or "A post without text: the archive gives none for it."
            return replace(read, record=replace(read.record, title=title), problems=(*read.problems, problem))
        return self.record(tweet, place_of(member, item), item.raw, marks, problems)

    def record(self, tweet: Tweet, place: Locator, raw: bytes, marks: Mapping[str, str], problems: tuple[Problem, ...]) -> ReadTweet:
        """Make the record of a decoded post."""
        number = id_of(tweet)
        stored = _stored_text(tweet)
        extra = dict(marks)
        kind, source = RecordKind.POST, _TextSource(stored, tweet.entities, _media_of(tweet))
        parent = text_of(tweet.in_reply_to_status_id_str or tweet.in_reply_to_status_id)
        original = tweet.retweeted_status
        if original is not None:
            kind, source = RecordKind.REPOST, _repost_text(tweet, original, extra)
        elif stored.startswith("RT @") and (match := _REPOST.match(stored)):
            kind = RecordKind.REPOST
            extra["repost_of"], extra["repost_form"] = f"@{match[1]}", "the text begins with RT"
        elif parent or tweet.in_reply_to_user_id_str or tweet.in_reply_to_user_id:
            kind = RecordKind.REPLY
        if (original is None and tweet.truncated in {True, "true"}) or (
            kind is RecordKind.REPOST and source.text.endswith(_CUT) and source.is_cut
        ):
            extra["cut"] = "yes"
        media = unique_media(source.media)
        rendered = read_text(source.text, source.entities, media)
        mentions = rendered.mentions
        if original is not None:
            authors = (_reposted_handle(stored), (original.user and original.user.screen_name) or "")
            mentions = tuple(dict.fromkeys((*filter(None, authors), *mentions)))
        if rendered.quoted and kind is not RecordKind.REPOST:
            extra["quoted"] = rendered.quoted
        quoted = tweet.quoted_status or (original and original.quoted_status)
        if source.original_text:
            extra["quoted_text"] = unescape_x(source.original_text)
        elif quoted is not None and (quoted_text := quoted.full_text if quoted.full_text is not None else quoted.text):
            extra["quoted_text"] = unescape_x(quoted_text)
        if tweet.in_reply_to_screen_name:
            extra["in_reply_to"] = f"@{tweet.in_reply_to_screen_name}"
        if tweet.source:
            extra["posted_with"] = program_of(tweet.source)
        if community := text_of(tweet.community_id_str or tweet.community_id):
            extra["community"] = community
        author, author_id = self._account.handle, self._account.native_id
        if tweet.user is not None:
            author = tweet.user.screen_name or author
            author_id = text_of(tweet.user.id_str or tweet.user.id) or author_id
        posted = self._moment(tweet.created_at, extra, "date_as_written")
        if posted is None:
            problems = (*problems, _bad_date(place, text_of(tweet.created_at)))
        deleted = None
        if tweet.deleted_at is not None:
            deleted = self._moment(tweet.deleted_at, extra, "deletion_date_as_written")
            if deleted is None:
                problems = (*problems, _bad_date(place, text_of(tweet.deleted_at), of_deletion=True))
        first, order, versions = number, 0, 1
        if tweet.edit_info is not None:
            first, order, versions = _edit_version(tweet.edit_info, number)
        if versions > 1:
            extra["tweet_id"] = number
        record = Record(
            kind=kind,
            native_id=first,
            place=place,
            raw=raw,
            text=rendered.text,
            author=author,
            author_id=author_id,
            posted=posted,
            edited=posted if order else None,
            deleted=deleted,
            url=f"https://x.com/{author or 'i'}/status/{number}",
            parent_id=parent,
            attachments=self._media.of_post(number, media),
            links=rendered.links,
            short_links=rendered.short_links,
            hashtags=rendered.hashtags,
            mentions=mentions,
            language="" if tweet.lang is None or tweet.lang == "und" else tweet.lang,
            version_order=order,
            extra=extra,
        )
        return ReadTweet(tweet, record, problems)

    def _moment(self, written: Number, extra: dict[str, str], key: str) -> Moment | None:
        try:
            return parse_time(text_of(written))
        except ValueError:  # the caller makes the Problem; the printed date stays visible here
            if written:
                extra[key] = text_of(written)
            return None


class _TextSource(msgspec.Struct, frozen=True, gc=False):
    """The source of a post's text: stored text, its entities and media, and the original's text if it differs."""

    text: str
    entities: Entities | None
    media: Sequence[Medium]
    original_text: str = ""
    is_cut: bool = True  # the platform may have cut a repost's text


def _repost_text(tweet: Tweet, original: Tweet, extra: dict[str, str]) -> _TextSource:
    """Return the text of a repost whose original the archive holds (2013-2019): as published, completed from the original.

    The original's account may have been renamed since: the published text keeps the handle of its time.
    """
    stored, original_text = _stored_text(tweet), _stored_text(original)
    name = _reposted_handle(stored) or (original.user and original.user.screen_name) or ""
    extra["repost_form"] = "the archive holds the original post"
    if name:
        extra["repost_of"] = f"@{name}"
    if original_id := id_of(original):
        extra["repost_id"] = original_id
    match = _REPOST.match(stored)
    prefix, rest = (stored[: match.end()], stored[match.end() :]) if match else ("", stored)
    entities, media = _merge_entities(tweet.entities, original.entities), _media_of(original) or _media_of(tweet)
    if not stored:
        return _TextSource((f"RT @{name}: " if name else "RT: ") + original_text, entities, media)
    uncut = _CUT_END.sub("", rest)
    if (
        len(uncut) < len(rest)
        and len(original_text) > len(uncut)
        and original_text.startswith(uncut)
        and original.truncated not in {True, "true"}
    ):
        return _TextSource(prefix + original_text, entities, media, is_cut=False)
    differs = bool(original_text) and original_text not in stored and original.truncated not in {True, "true"}
    return _TextSource(stored, entities, media, original_text if differs else "", is_cut=rest != original_text)


def _merge_entities(published: Entities | None, original: Entities | None) -> Entities | None:
    """Merge the entities of a published text and its original, without repetitions."""
    if published is None or original is None:
        return published or original
    urls = {link.url: link for link in (*(published.urls or ()), *(original.urls or ()))}
    tags = {tag.text: tag for tag in (*(original.hashtags or ()), *(published.hashtags or ()))}
    mentions = {mention.screen_name: mention for mention in (*(published.user_mentions or ()), *(original.user_mentions or ()))}
    return Entities(list(tags.values()), list(mentions.values()), list(urls.values()))


def _reposted_handle(stored: str) -> str:
    match = _REPOST.match(stored)
    return match[1] if match else ""


def _stored_text(tweet: Tweet) -> str:
    return tweet.full_text if tweet.full_text is not None else tweet.text or ""


def _media_of(tweet: Tweet) -> Sequence[Medium]:
    return (tweet.extended_entities and tweet.extended_entities.media) or (tweet.entities and tweet.entities.media) or ()


def id_of(tweet: Tweet | User) -> str:
    """Return an id as written, preferably the string: numbers in files that went through JavaScript are rounded (seen 2019)."""
    return tweet.id_str or text_of(tweet.id)


def text_of(value: Number) -> str:
    """Format a number or string as text."""
    if value is None or isinstance(value, str):
        return value or ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def plain_start(tweet: Tweet) -> str:
    """Return the stored text, unescaped, without the addresses of its pictures: the start of a long post's text."""
    text = unescape_x(_stored_text(tweet))
    for medium in _media_of(tweet):
        if medium.url and text.endswith(medium.url):
            text = text[: -len(medium.url)].rstrip()
    return text


@lru_cache(maxsize=1024)
def program_of(source: str) -> str:
    """Return the name of the program a post was sent from; X stores it inside an HTML link."""
    match = _ANCHOR.search(source)
    return unescape_x(match[1] if match else source).strip()


def _edit_version(info: _EditInfo, number: str) -> tuple[str, int, int]:
    """Return the id of the first version, the index of this version (from 0), and the number of versions."""
    if info.edit is None and info.initial and info.initial.edit_tweet_ids and len(info.initial.edit_tweet_ids) == 1:
        return number, 0, 1
    control = info.initial or (info.edit and info.edit.edit_control_initial)
    ids = [text_of(version_id) for version_id in (control.edit_tweet_ids if control and control.edit_tweet_ids else ())]
    first = text_of(info.edit.initial_tweet_id) if info.edit else ""
    first = first or (ids[0] if ids else number)
    if number in ids:
        return first, ids.index(number), max(len(ids), 2 if number != first else 1)
    return first, int(number != first), len(ids) or 1


def _bad_date(place: Locator, written: str, *, of_deletion: bool = False) -> Problem:
    why = say("{written} is no date that X writes", written=repr(written)) if written else say("it has none")
    message = (
        say("The date of this deletion cannot be read ({why}); the post was kept without it.", why=why)
        if of_deletion
        else say("The date of this post cannot be read ({why}); the post was kept without it.", why=why)
    )
    return Problem(place.member, "bad-date", message, place.index)
