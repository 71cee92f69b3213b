"""Makes records of posts, in all five shapes that X has given them since 2013."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import msgspec

from indexer.evidence.json_members import JsonItem
from indexer.i18n import Sentence, say
from indexer.importers.twitter.items import decode, place_of
from indexer.importers.twitter.keys import KeyWatch
from indexer.importers.twitter.media import MediaFiles, each_once
from indexer.importers.twitter.text import Entities, Medium, Number, read_text
from indexer.importers.twitter.times import x_moment
from indexer.record import Account, Locator, Moment, Problem, Record, RecordKind
from indexer.text import unescape_x

_REPOST = re.compile(r"RT @(\w+):\s?")
_ANCHOR = re.compile(r"<a\b[^>]*>(.*?)</a>", re.DOTALL)
_WRAPPED = re.compile(rb'\{\s*"(?:tweet|deletedTweet|communityTweet|twitterCircleTweet)"\s*:')
_CUT = "…"
_CUT_END = re.compile(r"\s*(?:…|\.\.\.)\Z")


class User(msgspec.Struct, frozen=True, gc=False):
    """Who wrote a post (2013-2019 only)."""

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


class _Words(msgspec.Struct, frozen=True, gc=False):
    """A post without what stands in its text: the last way to read an item whose entities are broken."""

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


class Tweet(_Words, frozen=True, gc=False):
    """A post. Unknown keys are passed over, missing ones are None; what is not read stays in the raw item."""

    user: User | None = None
    entities: Entities | None = None
    extended_entities: _Extended | None = None
    retweeted_status: Tweet | None = None
    quoted_status: Tweet | None = None  # only where a tool put it there (seen 2019)
    edit_info: _EditInfo | None = None
    quoted_status_id_str: str | None = None
    community_id_str: str | None = None
    community_id: Number = None


class _Wrapped(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    tweet: Tweet | None = None
    deleted_tweet: Tweet | None = None
    community_tweet: Tweet | None = None
    twitter_circle_tweet: Tweet | None = None


class _WrappedWords(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    tweet: _Words | None = None
    deleted_tweet: _Words | None = None
    community_tweet: _Words | None = None
    twitter_circle_tweet: _Words | None = None


_BARE_DECODER, _WRAPPED_DECODER = msgspec.json.Decoder(Tweet), msgspec.json.Decoder(_Wrapped)
_BARE_WORDS, _WRAPPED_WORDS = msgspec.json.Decoder(_Words), msgspec.json.Decoder(_WrappedWords)


@dataclass(frozen=True, slots=True)
class ReadTweet:
    """A post as decoded (for joining it with its long text) and as a record, and the problems met on the way."""

    tweet: Tweet
    record: Record
    problems: tuple[Problem, ...] = ()

    @property
    def number(self) -> str:
        """The post's own id; the record's is that of the first version of it."""
        return id_of(self.tweet)


def decode_tweet(member: str, item: JsonItem) -> tuple[Tweet | None, tuple[Problem, ...]]:
    """Return the post of an item, and what was wrong with it. An item that is no post at all gives None and a Problem."""
    raw = item.raw
    wrapped = _WRAPPED.match(raw) is not None
    result: tuple[Tweet | _Wrapped, Sentence | None] | str = decode(_WRAPPED_DECODER, raw) if wrapped else decode(_BARE_DECODER, raw)
    problems: tuple[Problem, ...] = ()
    if isinstance(result, str):
        words: tuple[_Words | _WrappedWords, Sentence | None] | str = decode(_WRAPPED_WORDS, raw) if wrapped else decode(_BARE_WORDS, raw)
        if isinstance(words, str):
            return None, (Problem(member, "bad-item", say("This item cannot be read as a post: {why}.", why=result), item.index),)
        plain = _inner(words[0])
        tweet = msgspec.convert(msgspec.structs.asdict(plain), Tweet) if plain else None
        note = say("The links, pictures and names of this post cannot be read ({why}); its words were.", why=result)
        problems = (Problem(member, "bad-item", note, item.index),)
    else:
        inner = _inner(result[0])
        tweet = inner if isinstance(inner, Tweet) else None
        if result[1]:
            problems = (Problem(member, "bad-text", result[1], item.index),)
    if not wrapped and tweet is not None and not (tweet.id_str or tweet.id):
        other = decode(_WRAPPED_DECODER, raw)  # a wrapper whose first key is another one
        inner = None if isinstance(other, str) else _inner(other[0])
        tweet = inner if isinstance(inner, Tweet) else None
    if tweet is None or not (tweet.id_str or tweet.id):
        return None, (Problem(member, "bad-item", say("This item holds no post: it has no id."), item.index),)
    return tweet, problems


def _inner(value: Tweet | _Words | _Wrapped | _WrappedWords) -> Tweet | _Words | None:
    if isinstance(value, _Words):
        return value
    return value.tweet or value.deleted_tweet or value.community_tweet or value.twitter_circle_tweet


class TweetReader:
    """Makes records of the posts of one archive."""

    def __init__(self, account: Account, media: MediaFiles, keys: KeyWatch) -> None:
        self._account = account
        self._media = media
        self._keys = keys

    def read(self, member: str, item: JsonItem, marks: Mapping[str, str]) -> ReadTweet | tuple[Problem, ...]:
        """Return the post of an item. `marks` are facts that hold for every post of the member ({"state": "deleted"})."""
        tweet, problems = decode_tweet(member, item)
        if tweet is None:
            return problems
        if tweet.full_text is None and tweet.text is None:
            if strange := self._keys.unknown("post", item.raw):
                names = ", ".join(map(repr, strange))
                note = say("The words of this post are not where X writes them; there is text under {names}.", names=names)
                return (*problems, Problem(member, "bad-item", note, item.index))
            read = self.record(tweet, place_of(member, item), item.raw, marks, problems)
            problem = Problem(member, "bad-item", say("This post has no text in the archive; it was kept without one."), item.index)
            title = read.record.title or "A post without text: the archive gives none for it."
            return replace(read, record=replace(read.record, title=title), problems=(*read.problems, problem))
        return self.record(tweet, place_of(member, item), item.raw, marks, problems)

    def record(self, tweet: Tweet, place: Locator, raw: bytes, marks: Mapping[str, str], problems: tuple[Problem, ...]) -> ReadTweet:
        """Return the record of a decoded post."""
        number = id_of(tweet)
        stored = _stored(tweet)
        extra = dict(marks)
        kind, told = RecordKind.POST, _Told(stored, tweet.entities, _media_of(tweet))
        parent = text_of(tweet.in_reply_to_status_id_str or tweet.in_reply_to_status_id)
        original = tweet.retweeted_status
        if original is not None:
            kind, told = RecordKind.REPOST, _told_of(tweet, original, extra)
        elif stored.startswith("RT @") and (found := _REPOST.match(stored)):
            kind = RecordKind.REPOST
            extra["repost_of"], extra["repost_form"] = f"@{found[1]}", "the text begins with RT"
        elif parent or tweet.in_reply_to_user_id_str or tweet.in_reply_to_user_id:
            kind = RecordKind.REPLY
        if (original is None and tweet.truncated in {True, "true"}) or (
            kind is RecordKind.REPOST and told.text.endswith(_CUT) and told.is_cut
        ):
            extra["cut"] = "yes"
        media = each_once(told.media)
        reading = read_text(told.text, told.entities, media)
        mentions = reading.mentions
        if original is not None:
            both = (_name_in(stored), (original.user and original.user.screen_name) or "")
            mentions = tuple(dict.fromkeys((*filter(None, both), *mentions)))
        if reading.quoted and kind is not RecordKind.REPOST:
            extra["quoted"] = reading.quoted
        quoted = tweet.quoted_status or (original and original.quoted_status)
        if told.beside:
            extra["quoted_text"] = unescape_x(told.beside)
        elif quoted is not None and (words := quoted.full_text if quoted.full_text is not None else quoted.text):
            extra["quoted_text"] = unescape_x(words)
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
        first, order, chain = number, 0, 1
        if tweet.edit_info is not None:
            first, order, chain = _edit_of(tweet.edit_info, number)
        if chain > 1:
            extra["tweet_id"] = number
        record = Record(
            kind=kind,
            native_id=first,
            place=place,
            raw=raw,
            text=reading.text,
            author=author,
            author_id=author_id,
            posted=posted,
            edited=posted if order else None,
            deleted=deleted,
            url=f"https://x.com/{author or 'i'}/status/{number}",
            parent_id=parent,
            attachments=self._media.of_post(number, media),
            links=reading.links,
            short_links=reading.short_links,
            hashtags=reading.hashtags,
            mentions=mentions,
            language="" if tweet.lang is None or tweet.lang == "und" else tweet.lang,
            version_order=order,
            extra=extra,
        )
        return ReadTweet(tweet, record, problems)

    def _moment(self, written: Number, extra: dict[str, str], key: str) -> Moment | None:
        try:
            return x_moment(text_of(written))
        except ValueError:  # the caller makes the Problem; what was written is kept in sight here
            if written:
                extra[key] = text_of(written)
            return None


@dataclass(frozen=True, slots=True)
class _Told:
    """What is read as the text of a post: stored words, what X found in them, its media, and words that stand beside it."""

    text: str
    entities: Entities | None
    media: Sequence[Medium]
    beside: str = ""
    is_cut: bool = True  # the platform may have cut a repost's text


def _told_of(tweet: Tweet, original: Tweet, extra: dict[str, str]) -> _Told:
    """Return the text of a repost whose original the archive holds (2013-2019): as published, with the original's words where it is cut.

    The account of the original may have another name by now: the published text keeps the one that it was published with.
    """
    stored, words = _stored(tweet), _stored(original)
    name = _name_in(stored) or (original.user and original.user.screen_name) or ""
    extra["repost_form"] = "the archive holds the original post"
    if name:
        extra["repost_of"] = f"@{name}"
    if original_id := id_of(original):
        extra["repost_id"] = original_id
    begin = _REPOST.match(stored)
    prefix, rest = (stored[: begin.end()], stored[begin.end() :]) if begin else ("", stored)
    entities, media = _joined(tweet.entities, original.entities), _media_of(original) or _media_of(tweet)
    if not stored:
        return _Told((f"RT @{name}: " if name else "RT: ") + words, entities, media)
    kept = _CUT_END.sub("", rest)
    if len(kept) < len(rest) and len(words) > len(kept) and words.startswith(kept) and original.truncated not in {True, "true"}:
        return _Told(prefix + words, entities, media, is_cut=False)
    differs = bool(words) and words not in stored and original.truncated not in {True, "true"}
    return _Told(stored, entities, media, words if differs else "", is_cut=rest != words)


def _joined(published: Entities | None, original: Entities | None) -> Entities | None:
    """Return what X found in a published text and in its original, each once."""
    if published is None or original is None:
        return published or original
    urls = {link.url: link for link in (*(published.urls or ()), *(original.urls or ()))}
    tags = {tag.text: tag for tag in (*(original.hashtags or ()), *(published.hashtags or ()))}
    names = {named.screen_name: named for named in (*(published.user_mentions or ()), *(original.user_mentions or ()))}
    return Entities(list(tags.values()), list(names.values()), list(urls.values()))


def _name_in(stored: str) -> str:
    found = _REPOST.match(stored)
    return found[1] if found else ""


def _stored(tweet: Tweet) -> str:
    return tweet.full_text if tweet.full_text is not None else tweet.text or ""


def _media_of(tweet: Tweet) -> Sequence[Medium]:
    return (tweet.extended_entities and tweet.extended_entities.media) or (tweet.entities and tweet.entities.media) or ()


def id_of(tweet: Tweet | User) -> str:
    """Return an id as written; the string is preferred, numbers of files that went through JavaScript are rounded (seen 2019)."""
    return tweet.id_str or text_of(tweet.id)


def text_of(value: Number) -> str:
    """Return a number or string as text."""
    if value is None or isinstance(value, str):
        return value or ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def plain_start(tweet: Tweet) -> str:
    """Return the stored text, undone, without the addresses of its pictures: what a long post's text begins with."""
    text = unescape_x(_stored(tweet))
    for medium in _media_of(tweet):
        if medium.url and text.endswith(medium.url):
            text = text[: -len(medium.url)].rstrip()
    return text


@lru_cache(maxsize=1024)
def program_of(source: str) -> str:
    """Return the name of the program that a post was written with; X stores it inside an HTML link."""
    found = _ANCHOR.search(source)
    return unescape_x(found[1] if found else source).strip()


def _edit_of(info: _EditInfo, number: str) -> tuple[str, int, int]:
    """Return the id of the first version, which version this is (from 0), and how many there are."""
    if info.edit is None and info.initial and info.initial.edit_tweet_ids and len(info.initial.edit_tweet_ids) == 1:
        return number, 0, 1
    control = info.initial or (info.edit and info.edit.edit_control_initial)
    ids = [text_of(one) for one in (control.edit_tweet_ids if control and control.edit_tweet_ids else ())]
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
