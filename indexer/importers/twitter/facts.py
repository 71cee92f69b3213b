"""What an X archive says of itself: whose it is, when it was made, how many items X counted, and what it cannot hold."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import msgspec

from indexer.evidence.archive import Archive, MemberDamaged
from indexer.i18n import Sentence, message_of, say
from indexer.importers.twitter.csv_table import handle_in_csv
from indexer.importers.twitter.encrypted import Encrypted, read_encrypted
from indexer.importers.twitter.items import Item, decode, items_of
from indexer.importers.twitter.members import DataFile, Layout, Role, data_file, layout_of
from indexer.importers.twitter.text import Number
from indexer.importers.twitter.times import x_moment
from indexer.importers.twitter.tweets import decode_tweet, id_of, text_of
from indexer.platforms import Platform
from indexer.record import Account, CaptureFacts, Moment, Problem, RecordKind

PLATFORM = Platform(
    "twitter",
    "X / Twitter",
    short="X",
    aliases=("x",),
    usual_kinds=frozenset({RecordKind.POST, RecordKind.MESSAGE}),
    names_by_number=True,
)
CSV = "tweets.csv"
_FIRST_POSTS = 200  # so many are looked at to learn whose archive it is when no file says so
_OWN_PICTURE = re.compile(r"https?://(?:twitter|x)\.com/(\w+)/status/(\d+)/(?:photo|video)/\d+")

_REPLIES = say("What other people wrote under the account's posts is not in an X archive.")
_SINCE_2018 = (
    _REPLIES,
    say(
        "A post of somebody else that the account passed on (a retweet) is cut "
        "at 140 characters; longer ones are not in the archive in full."
    ),
    say("Posts of other people that the account quoted or answered are not in the archive."),
    say("Posts that were deleted more than about 14 days before the download are not in the archive."),
    say("Likes carry no date and do not say who wrote the post that was liked; archives of 2018 do not give its text either."),
    say("Messages that the account deleted are not in the archive; people in messages are named by their numbers only."),
)
_UNREAD = say(
    "Blocks, mutes, followers, lists, Moments, Spaces, Community Notes, articles and chats with Grok are kept with the archive "
    "where it has them, but this version cannot search them."
)
_UNTIL_2019 = (
    _REPLIES,
    say("Pictures and videos are not in this form of archive; it only holds their addresses at X."),
    say("Private messages and likes are not in this form of archive."),
    say("Deleted posts and earlier wordings are not in this form of archive."),
    say("Posts of other people that the account quoted or answered are not in the archive."),
)
_CSV_ONLY = say(
    "This archive is only the table tweets.csv, which cuts the posts of others that the account passed on at 140 characters "
    "and does not describe pictures."
)


class _UserInfo(msgspec.Struct, frozen=True, rename="camel"):
    account_id: Number = None
    user_name: str | None = None
    display_name: str | None = None


class _ArchiveInfo(msgspec.Struct, frozen=True, rename="camel"):
    generation_date: str | None = None
    is_partial_archive: bool | str | None = None


class _File(msgspec.Struct, frozen=True, rename="camel"):
    file_name: str | None = None
    global_name: str | None = None
    count: Number = None


class _DataType(msgspec.Struct, frozen=True, rename="camel"):
    files: list[_File] | None = None


class _AccountFields(msgspec.Struct, frozen=True, rename="camel"):
    username: str | None = None
    account_id: Number = None
    account_display_name: str | None = None


class _AccountItem(msgspec.Struct, frozen=True):
    account: _AccountFields | None = None


class _Month(msgspec.Struct, frozen=True):
    file_name: str | None = None
    var_name: str | None = None
    tweet_count: Number = None


_USER_INFO, _ARCHIVE_INFO = msgspec.json.Decoder(_UserInfo), msgspec.json.Decoder(_ArchiveInfo)
_DATA_TYPES = msgspec.json.Decoder(dict[str, _DataType])
_ACCOUNT, _MONTH, _STRING = msgspec.json.Decoder(_AccountItem), msgspec.json.Decoder(_Month), msgspec.json.Decoder(str | int)


@dataclass(slots=True)
class Description:
    """The facts of an archive, the files to read, and what was wrong with the files that describe it."""

    facts: CaptureFacts
    files: list[DataFile]
    months: list[str]
    has_csv: bool
    problems: list[Problem]
    missing: list[str]  # units that X counted and that are not in the archive
    layout: Layout
    encrypted: dict[str, Encrypted] = field(default_factory=dict)


@dataclass(slots=True)
class _Told:
    """What the describing files say, as far as they can be read."""

    number: str = ""
    handle: str = ""
    name: str = ""
    exported: Moment | None = None
    is_partial: bool = False

    def learn(self, number: str = "", handle: str = "", name: str = "") -> None:
        """Take what is not known yet; who speaks first is believed."""
        self.number, self.handle, self.name = self.number or number, self.handle or handle, self.name or name


def describe(archive: Archive) -> Description:
    """Read the files that describe an archive. Never raises for what an archive holds."""
    layout = layout_of(archive)
    facts = CaptureFacts(Account(PLATFORM.code, ""), _form(archive, layout))
    description = Description(facts, layout.files, layout.months, CSV in archive, [], [], layout)
    for copy, original in layout.copies.items():
        archive.opened.add(archive.full_name(copy))
        note = say("This file is a copy of {original}, byte for byte: it was read once.", original=original)
        description.problems.append(Problem(copy, "doubled-member", note))
    told, counts = _Told(), dict[str, int]()
    edited = _account_file(archive, layout.account, told, description.problems)
    _manifest(archive, told, counts, description)
    told.learn(**edited)
    _grailbird(archive, told, counts, description)
    if not (told.handle and told.number):
        _first_posts(archive, description, told)
    account = Account(PLATFORM.code, told.number or told.handle or archive.label, told.handle, told.name)
    for file in layout.files:
        if file.role is Role.ENCRYPTED:
            description.encrypted[file.member] = read_encrypted(archive, file.member, description.problems)
    description.facts = replace(
        facts,
        account=account,
        exported=told.exported,
        counts=counts,
        is_whole_history=True,
        is_partial=told.is_partial,
        cannot_contain=_cannot_contain(description, account),
        kinds=_kinds(description),
    )
    return description


def _account_file(archive: Archive, member: str, told: _Told, problems: list[Problem]) -> dict[str, str]:
    """Learn from account.js; what can only be guessed from a file that a person changed is returned, to be believed last."""
    if not member:
        return {}
    before = len(problems)
    for item in items_of(archive, member):
        if isinstance(item, Problem):
            problems.append(item)
            continue
        result = decode(_ACCOUNT, item.raw)
        if not isinstance(result, str) and result[0].account is not None:
            fields = result[0].account
            told.learn(text_of(fields.account_id), fields.username or "", fields.account_display_name or "")
            return {}
        note = say("This file is not as X writes it (somebody changed it), so whose archive it is was taken from the other files first.")
        problems.append(Problem(member, "account-not-read", note, item.index))
        text = item.raw.decode("utf-8", "replace")
        keys = {"number": "accountId", "handle": "username", "name": "accountDisplayName"}
        guessed = {word: re.search(rf"""\b{key}["']?\s*:\s*["']([^"'\n]*)["']""", text) for word, key in keys.items()}
        return {word: found[1] for word, found in guessed.items() if found}
    if len(problems) == before:
        problems.append(Problem(member, "account-not-read", say("This file names no account: its list is empty.")))
    return {}


def _manifest(archive: Archive, told: _Told, counts: dict[str, int], description: Description) -> None:
    member = description.layout.manifest
    if not member:
        return
    values = _object(archive, member, description.problems)
    user = _decoded(_USER_INFO, values, "userInfo", member, description.problems)
    if user:
        told.learn(text_of(user.account_id), user.user_name or "", user.display_name or "")
    info = _decoded(_ARCHIVE_INFO, values, "archiveInfo", member, description.problems)
    if info:
        told.is_partial = info.is_partial_archive in {True, "true"}
        told.exported = _exported(info.generation_date, member, description.problems)
    types = _decoded(_DATA_TYPES, values, "dataTypes", member, description.problems) or {}
    if "dataTypes" not in values and not description.problems:
        note = say("X's list of contents names no files, so nothing can be compared with it.")
        description.problems.append(Problem(member, "bad-item", note))
    for file in (file for data_type in types.values() for file in data_type.files or ()):
        name = file.file_name or ""
        if name not in archive:  # a file that a browser renamed is known by what its first line calls it
            name = description.layout.by_global.get(file.global_name or "", name)
        is_read = data_file(name) is not None or any(name == known_file.member for known_file in description.files)
        number = text_of(file.count)
        if is_read and number.isdigit():
            counts[name] = int(number)
        if name and name not in archive:
            if number != "0":
                note = (
                    say("X's list of contents names this file ({count} items), but it is not in the archive.", count=number)
                    if number
                    else say("X's list of contents names this file (no items), but it is not in the archive.")
                )
                description.problems.append(Problem(name, "declared-missing", note))
            if is_read:
                description.missing.append(name)


def _grailbird(archive: Archive, told: _Told, counts: dict[str, int], description: Description) -> None:
    """Read the three small files of 2013-2019. `payload_details.tweets` is no count of this archive: it is larger by rule."""
    problems, singles = description.problems, description.layout.singles
    if member := singles.get("user_details"):
        user = _object(archive, member, problems)
        told.learn(_string(user, "id"), _string(user, "screen_name"), _string(user, "full_name"))
    if member := singles.get("payload_details"):
        details = _object(archive, member, problems)
        told.exported = told.exported or _exported(_string(details, "created_at"), member, problems)
    if not (member := singles.get("tweet_index", "")):
        return
    for item in items_of(archive, member):
        if isinstance(item, Problem):
            problems.append(item)
            continue
        result = decode(_MONTH, item.raw)
        name, number = ("", "") if isinstance(result, str) else (result[0].file_name or "", text_of(result[0].tweet_count))
        if not name or not number.isdigit():
            problems.append(Problem(member, "bad-item", say("This line of X's list of months cannot be read."), item.index))
            continue
        if name not in archive and not isinstance(result, str):
            name = description.layout.by_global.get(result[0].var_name or "", name)
        counts[name] = max(int(number), counts.get(name, 0))  # a month can stand twice in archives that a tool has extended
        if name not in archive and name not in description.missing:
            note = say("X's list of months names this file ({count} posts), but it is not in the archive.", count=number)
            problems.append(Problem(name, "declared-missing", note))
            description.missing.append(name)


def _first_posts(archive: Archive, description: Description, told: _Told) -> None:
    """Learn from the first posts whose they are: from their author, or from the address of a picture of their own."""
    members = [file.member for file in description.files if file.role is Role.POSTS] + description.months
    for member in members[:1]:
        for item in items_of(archive, member):
            if isinstance(item, Problem) or item.index >= _FIRST_POSTS:
                break
            tweet, _ = decode_tweet(member, item)
            if tweet is None:
                continue
            if tweet.user is not None:
                told.learn(id_of(tweet.user), tweet.user.screen_name or "", tweet.user.name or "")
                return
            media = (tweet.entities and tweet.entities.media) or ()
            owns = [found for medium in media if (found := _OWN_PICTURE.fullmatch(medium.expanded_url or ""))]
            own = next((found[1] for found in owns if found[2] == id_of(tweet)), "")
            if own:
                told.learn(handle=own)
                return
    if description.has_csv and not told.handle:
        told.learn(handle=handle_in_csv(archive, CSV))


def _form(archive: Archive, layout: Layout) -> Sentence:
    """Name the layout and its years."""
    kinds = {file.kind for file in layout.files}
    at_root = not any(file.member.startswith("data/") for file in layout.files)
    has_tweet_js = "tweet" in kinds and "tweets" not in kinds
    if layout.months:
        return say("2013 to 2019 (data/js/tweets, one file a month)")
    if "tweets" in kinds or (layout.manifest.startswith("data/")):
        return say("2022 to now (tweets.js)") if not has_tweet_js else say("2019 to 2022 (tweet.js)")
    if CSV in archive and not kinds:
        return say("2013 to 2019 (only the table tweets.csv)")
    shape = _first_item(archive) if at_root else b""
    if shape:
        return say("2019 to 2022 (tweet.js)") if b'"tweet"' in shape else say("2018 to 2019 (tweet.js beside the other files)")
    return say("2018 to 2022 (tweet.js beside the other files)") if at_root else say("2019 to 2022 (tweet.js)")


def _first_item(archive: Archive) -> bytes:
    """Return how the first item of a tweet.js at the root begins: bare until 2019, inside of "tweet" from January 2020."""
    try:
        found = re.search(rb'\[\s*\{\s*"\w+"', archive.peek("tweet.js")) if "tweet.js" in archive else None
    except MemberDamaged:
        return b""  # reading the records tells of the damage
    return found[0] if found else b""


def _cannot_contain(description: Description, account: Account) -> tuple[Sentence, ...]:
    encrypted = tuple(found.sentence(member, account) for member, found in description.encrypted.items() if found.items)
    if description.months or (description.has_csv and not description.files):
        return _UNTIL_2019 + (() if description.months else (_CSV_ONLY,)) + (_SINCE_2018[1:] if description.files else ())
    lines = list(_SINCE_2018)
    if not any(file.role is Role.SIDE_POSTS and file.marks.get("state") for file in description.files):
        lines[3] = say("Deleted posts are not in this archive: it has no file of them.")
    if not any(file.role is Role.MESSAGES for file in description.files) and not encrypted:
        lines[5] = say("Private messages are not in this archive: it has no file of them.")
    if not any(file.role is Role.LIKES for file in description.files):
        lines[4] = say("Likes are not in this archive: it has no file of them.")
    return (*encrypted, *lines, _UNREAD)


def _kinds(description: Description) -> frozenset[RecordKind]:
    roles = {file.role for file in description.files}
    kinds: set[RecordKind] = set()
    if Role.POSTS in roles or description.months or description.has_csv:
        kinds |= {RecordKind.POST, RecordKind.REPLY, RecordKind.REPOST}
    if Role.MESSAGES in roles:
        kinds.add(RecordKind.MESSAGE)
    if Role.LIKES in roles:
        kinds.add(RecordKind.LIKE)
    return frozenset(kinds)


def _object(archive: Archive, member: str, problems: list[Problem]) -> Mapping[str, bytes]:
    """Return the values of a member that holds one object, as far as it can be read."""
    values: dict[str, bytes] = {}
    for item in items_of(archive, member, is_list=False):
        if isinstance(item, Problem):
            problems.append(item)
        else:
            values[item.key] = item.raw
    return values


def _decoded(
    decoder: msgspec.json.Decoder[Item], values: Mapping[str, bytes], key: str, member: str, problems: list[Problem]
) -> Item | None:
    if key not in values:
        return None
    result = decode(decoder, values[key])
    if isinstance(result, str):
        problems.append(Problem(member, "bad-item", say("X's list of contents cannot be read at {key}: {why}.", key=key, why=result)))
        return None
    return result[0]


def _string(values: Mapping[str, bytes], key: str) -> str:
    result = decode(_STRING, values.get(key, b'""'))
    return "" if isinstance(result, str) else str(result[0])


def _exported(written: str | None, member: str, problems: list[Problem]) -> Moment | None:
    if not written:
        return None
    try:
        return x_moment(written)
    except ValueError as error:
        problems.append(Problem(member, "bad-date", say("The date of the archive cannot be read: {why}.", why=message_of(error))))
        return None
