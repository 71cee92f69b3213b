"""Facts an X archive states about itself: the account, the export date, X's item counts, and its limits."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import msgspec

from indexer.evidence import Archive, MemberDamaged
from indexer.i18n import Sentence, message_of, say
from indexer.importers.twitter.csv_table import handle_in_csv
from indexer.importers.twitter.encrypted import Encrypted, read_encrypted
from indexer.importers.twitter.items import Item, decode, items_of
from indexer.importers.twitter.members import DataFile, Layout, Role, data_file, layout_of
from indexer.importers.twitter.text import Number
from indexer.importers.twitter.times import parse_time
from indexer.importers.twitter.tweets import decode_tweet, id_of, text_of
from indexer.platforms import Platform
from indexer.record import Account, CaptureFacts, Moment, Problem, RecordKind

STEPS = (
    say("On a computer, sign in to x.com as the account."),
    say("Choose More, Settings and privacy, Your account, Download an archive of your data."),
    say("Enter the account's password, then the code that X sends by email or text message."),
    say("Choose Request archive. X takes a day or longer, then notifies the account."),
    say("Go back to the same page and choose Download. If X offers several files, download all of them."),
    say("Keep the ZIP files as they are: do not open, unpack, or rename them."),
)
"""How to request an archive from X, step by step; as seen in 2025."""
PLATFORM = Platform(
    "twitter",
    "X / Twitter",
    short="X",
    aliases=("x",),
    usual_kinds=frozenset({RecordKind.POST, RecordKind.MESSAGE}),
    names_by_number=True,
    request_steps=STEPS,
    glyph="M3 3l10 10M13 3L3 13",
)
CSV = "tweets.csv"
_FIRST_POSTS = 200  # number of posts searched for the account if no file names it
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
    """The facts of an archive, the files to read, and the problems of its metadata files."""

    facts: CaptureFacts
    files: list[DataFile]
    months: list[str]
    has_csv: bool
    problems: list[Problem]
    missing: list[str]  # units that X counted but that are not in the archive
    layout: Layout
    encrypted: dict[str, Encrypted] = field(default_factory=dict)


@dataclass(slots=True)
class _Known:
    """The contents of the metadata files, as far as they can be read."""

    number: str = ""
    handle: str = ""
    name: str = ""
    exported: Moment | None = None
    is_partial: bool = False

    def learn(self, number: str = "", handle: str = "", name: str = "") -> None:
        """Fill in values that are still unknown; the first source wins."""
        self.number, self.handle, self.name = self.number or number, self.handle or handle, self.name or name


def describe(archive: Archive) -> Description:
    """Read the metadata files of an archive. Never raises for the contents of an archive."""
    layout = layout_of(archive)
    facts = CaptureFacts(Account(PLATFORM.code, ""), _describe_form(archive, layout))
    description = Description(facts, layout.files, layout.months, CSV in archive, [], [], layout)
    for copy, original in layout.copies.items():
        archive.opened.add(archive.full_name(copy))
        note = say("This file is a copy of {original}, byte for byte: it was read once.", original=original)
        description.problems.append(Problem(copy, "doubled-member", note))
    known, counts = _Known(), dict[str, int]()
    guessed = _read_account_file(archive, layout.account, known, description.problems)
    _read_manifest(archive, known, counts, description)
    known.learn(**guessed)
    _read_grailbird(archive, known, counts, description)
    if not (known.handle and known.number):
        _first_posts(archive, description, known)
    account = Account(PLATFORM.code, known.number or known.handle or archive.label, known.handle, known.name)
    for file in layout.files:
        if file.role is Role.ENCRYPTED:
            description.encrypted[file.member] = read_encrypted(archive, file.member, description.problems)
    description.facts = replace(
        facts,
        account=account,
        exported=known.exported,
        counts=counts,
        is_whole_history=True,
        is_partial=known.is_partial,
        cannot_contain=_cannot_contain(description, account),
        kinds=_kinds(description),
    )
    return description


def _read_account_file(archive: Archive, member: str, known: _Known, problems: list[Problem]) -> dict[str, str]:
    """Read account.js; return guesses from a hand-edited file, which have the lowest precedence."""
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
            known.learn(text_of(fields.account_id), fields.username or "", fields.account_display_name or "")
            return {}
        note = say("This file is not as X writes it (somebody changed it), so whose archive it is was taken from the other files first.")
        problems.append(Problem(member, "account-not-read", note, item.index))
        text = item.raw.decode("utf-8", "replace")
        keys = {"number": "accountId", "handle": "username", "name": "accountDisplayName"}
        matches = {field_name: re.search(rf"""\b{key}["']?\s*:\s*["']([^"'\n]*)["']""", text) for field_name, key in keys.items()}
        return {field_name: match[1] for field_name, match in matches.items() if match}
    if len(problems) == before:
        problems.append(Problem(member, "account-not-read", say("This file names no account: its list is empty.")))
    return {}


def _read_manifest(archive: Archive, known: _Known, counts: dict[str, int], description: Description) -> None:
    member = description.layout.manifest
    if not member:
        return
    values = _read_object(archive, member, description.problems)
    user = _decode(_USER_INFO, values, "userInfo", member, description.problems)
    if user:
        known.learn(text_of(user.account_id), user.user_name or "", user.display_name or "")
    info = _decode(_ARCHIVE_INFO, values, "archiveInfo", member, description.problems)
    if info:
        known.is_partial = info.is_partial_archive in {True, "true"}
        known.exported = _export_time(info.generation_date, member, description.problems)
    types = _decode(_DATA_TYPES, values, "dataTypes", member, description.problems) or {}
    if "dataTypes" not in values and not description.problems:
        note = say("X's list of contents names no files, so nothing can be compared with it.")
        description.problems.append(Problem(member, "bad-item", note))
    for file in (file for data_type in types.values() for file in data_type.files or ()):
        name = file.file_name or ""
        if name not in archive:  # a file renamed by a browser is found by the name in its first line
            name = description.layout.by_global.get(file.global_name or "", name)
        is_read = data_file(name) is not None or any(name == listed.member for listed in description.files)
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


def _read_grailbird(archive: Archive, known: _Known, counts: dict[str, int], description: Description) -> None:
    """Read the three small files of 2013-2019. `payload_details.tweets` is not the archive's count: it is regularly larger."""
    problems, singles = description.problems, description.layout.singles
    if member := singles.get("user_details"):
        user = _read_object(archive, member, problems)
        known.learn(_read_string(user, "id"), _read_string(user, "screen_name"), _read_string(user, "full_name"))
    if member := singles.get("payload_details"):
        details = _read_object(archive, member, problems)
        known.exported = known.exported or _export_time(_read_string(details, "created_at"), member, problems)
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
        counts[name] = max(int(number), counts.get(name, 0))  # archives extended by a tool can list a month twice
        if name not in archive and name not in description.missing:
            note = say("X's list of months names this file ({count} posts), but it is not in the archive.", count=number)
            problems.append(Problem(name, "declared-missing", note))
            description.missing.append(name)


def _first_posts(archive: Archive, description: Description, known: _Known) -> None:
    """Find the account in the first posts: from their author, or from the address of one of their own pictures."""
    members = [file.member for file in description.files if file.role is Role.POSTS] + description.months
    for member in members[:1]:
        for item in items_of(archive, member):
            if isinstance(item, Problem) or item.index >= _FIRST_POSTS:
                break
            tweet, _ = decode_tweet(member, item)
            if tweet is None:
                continue
            if tweet.user is not None:
                known.learn(id_of(tweet.user), tweet.user.screen_name or "", tweet.user.name or "")
                return
            media = (tweet.entities and tweet.entities.media) or ()
            matches = [match for medium in media if (match := _OWN_PICTURE.fullmatch(medium.expanded_url or ""))]
            handle = next((match[1] for match in matches if match[2] == id_of(tweet)), "")
            if handle:
                known.learn(handle=handle)
                return
    if description.has_csv and not known.handle:
        known.learn(handle=handle_in_csv(archive, CSV))


def _describe_form(archive: Archive, layout: Layout) -> Sentence:
    """Describe the layout and its years."""
    kinds = {file.kind for file in layout.files}
    at_root = not any(file.member.startswith("data/") for file in layout.files)
    has_tweet_js = "tweet" in kinds and "tweets" not in kinds
    if layout.months:
        return say("2013 to 2019 (data/js/tweets, one file a month)")
    if "tweets" in kinds or (layout.manifest.startswith("data/")):
        return say("2022 to now (tweets.js)") if not has_tweet_js else say("2019 to 2022 (tweet.js)")
    if CSV in archive and not kinds:
        return say("2013 to 2019 (only the table tweets.csv)")
    first_item = _first_item(archive) if at_root else b""
    if first_item:
        return say("2019 to 2022 (tweet.js)") if b'"tweet"' in first_item else say("2018 to 2019 (tweet.js beside the other files)")
    return say("2018 to 2022 (tweet.js beside the other files)") if at_root else say("2019 to 2022 (tweet.js)")


def _first_item(archive: Archive) -> bytes:
    """Return the start of the first item of a tweet.js at the root: bare until 2019, wrapped in "tweet" from January 2020."""
    try:
        match = re.search(rb'\[\s*\{\s*"\w+"', archive.peek("tweet.js")) if "tweet.js" in archive else None
    except MemberDamaged:
        return b""  # the damage is reported when the records are read
    return match[0] if match else b""


def _cannot_contain(description: Description, account: Account) -> tuple[Sentence, ...]:
    unreadable = tuple(messages.sentence(member, account) for member, messages in description.encrypted.items() if messages.items)
    if description.months or (description.has_csv and not description.files):
        return _UNTIL_2019 + (() if description.months else (_CSV_ONLY,)) + (_SINCE_2018[1:] if description.files else ())
    sentences = list(_SINCE_2018)
    if not any(file.role is Role.SIDE_POSTS and file.marks.get("state") for file in description.files):
        sentences[3] = say("Deleted posts are not in this archive: it has no file of them.")
    if not any(file.role is Role.MESSAGES for file in description.files) and not unreadable:
        sentences[5] = say("Private messages are not in this archive: it has no file of them.")
    if not any(file.role is Role.LIKES for file in description.files):
        sentences[4] = say("Likes are not in this archive: it has no file of them.")
    return (*unreadable, *sentences, _UNREAD)


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


def _read_object(archive: Archive, member: str, problems: list[Problem]) -> Mapping[str, bytes]:
    """Return the values of a member that holds a single object, as far as it can be read."""
    values: dict[str, bytes] = {}
    for item in items_of(archive, member, is_list=False):
        if isinstance(item, Problem):
            problems.append(item)
        else:
            values[item.key] = item.raw
    return values


def _decode(
    decoder: msgspec.json.Decoder[Item], values: Mapping[str, bytes], key: str, member: str, problems: list[Problem]
) -> Item | None:
    if key not in values:
        return None
    result = decode(decoder, values[key])
    if isinstance(result, str):
        problems.append(Problem(member, "bad-item", say("X's list of contents cannot be read at {key}: {why}.", key=key, why=result)))
        return None
    return result[0]


def _read_string(values: Mapping[str, bytes], key: str) -> str:
    result = decode(_STRING, values.get(key, b'""'))
    return "" if isinstance(result, str) else str(result[0])


def _export_time(written: str | None, member: str, problems: list[Problem]) -> Moment | None:
    if not written:
        return None
    try:
        return parse_time(written)
    except ValueError as error:
        problems.append(Problem(member, "bad-date", say("The date of the archive cannot be read: {why}.", why=message_of(error))))
        return None
