"""Reads the facts of a Facebook archive: account, export date, days covered and limits."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

import msgspec

from indexer.evidence import Archive, ArchiveError, HtmlDamaged, html_items
from indexer.i18n import Sentence, say
from indexer.importers.facebook.content import read_entry, writer_of
from indexer.importers.facebook.context import KINDS, READ_ERRORS
from indexer.importers.facebook.html_pages_2017 import is_2017
from indexer.importers.facebook.members import ACTIVITY, Role, members
from indexer.importers.facebook.shapes import Entry, walk
from indexer.importers.meta.html_header import HEAD, account_of_link, page_header, profile_rows
from indexer.importers.meta.html_pages import page_boxes, plain_head
from indexer.importers.meta.json_values import repair_all
from indexer.importers.meta.times import moment
from indexer.platforms import Platform
from indexer.record import Account, CaptureFacts, Moment, Problem, RecordKind
from indexer.text import repair_mojibake

STEPS = (
    say("On a computer, sign in to facebook.com. For a Page, open the menu at the top right and switch to the Page."),
    say("Choose Settings & privacy, Settings, Accounts Center, Your information and permissions, Export your information."),
    say("Choose Create export, the Page or profile, then Export to device."),
    say("Select all information, and set the date range to All time and the media quality to High."),
    say("Set the format to JSON, which gives exact times. HTML can be added too."),
    say("Choose Start export. Facebook takes hours or days, then sends an email."),
    say("Go back to the same page and download every file within a few days; Facebook then deletes them."),
    say("Keep the ZIP files as they are: do not open, unpack, or rename them."),
)
"""How to request an archive from Facebook, step by step; as seen in 2025."""
PLATFORM = Platform(
    "facebook",
    "Facebook",
    usual_kinds=frozenset({RecordKind.POST, RecordKind.COMMENT, RecordKind.MESSAGE}),
    request_steps=STEPS,
    glyph="M11 2.5h-1A2.5 2.5 0 0 0 7.5 5v8.5M5 8h5",
)
_FOOTER = re.compile(rb'<div class="footer">')
_DOWNLOADED = re.compile(r"Downloaded by (?P<name>.+?) on (?P<date>.+)")
_HEADING = re.compile(rb"<h1>([^<]+)</h1>")
_SAMPLE = 300  # items read per file when only their sentences name the account

NO_VISITORS = say(
    "Comments, reviews and visitor posts by the public are not in it: apart from messages it holds only what this account wrote itself."
)
NO_COMMENTS = say(
    "Comments by the public are not in it: apart from messages and what others wrote on its timeline it holds only its own words."
)
NOT_ALL_COMMENTS = say("Comments by the public are in it only where they stand under photos of albums: those under other posts are not.")
COMMON = (
    say(
        "It gives no ids and no addresses of posts: ids are made from time, "
        "file and content, and a post cannot be opened on Facebook from it."
    ),
    say("A comment of the account does not say which post it answers; only the sentence above it names whose post it was."),
    say("Posts that were deleted before the export are not in it."),
)
NO_EDITS = say("Earlier wordings of edited posts are not in it.")
LOCAL_TIMES = say(
    "Its pages print times without a time zone: they are taken as the account's local time, which can be set for this capture."
)
HEADER_TIMES = say(
    "Its pages print times without a time zone: the offset in the page header is used for all of them, so times on the other side of a "
    "daylight saving change may be one hour off."
)
ZONED_TIMES = say("Its times have minutes but no seconds; links and pictures of posts are not in it.")


@dataclass(slots=True)
class _Statements:
    """The facts stated so far. The first statement of each kind counts."""

    name: str = ""
    handle: str = ""
    native_id: str = ""
    exported: Moment | None = None
    first_day: date | None = None
    last_day: date | None = None
    has_offset: bool = False
    link_name: str = ""
    sentence: str = ""  # contains the name, in an unknown language


def read_facts(archive: Archive) -> CaptureFacts:
    """Read the facts of an archive. Never raises because of its content."""
    roles = members(archive)
    names = [name for role in roles for name in roles[role]]
    stated = _Statements()
    _from_profile(archive, roles.get(Role.PROFILE, []), stated)
    _from_pages(archive, [name for name in names if name.endswith((".html", ".htm"))], stated)
    if not stated.name and stated.sentence:
        stated.name = _shared_name(stated.sentence, _page_titles(archive, roles))
    stated.name = stated.name or stated.link_name or _name_in_sentences(archive, roles)
    kinds = {kind for role in roles for kind in _kinds_of(role)}
    if any(is_2017(name) for name in roles.get(Role.ALBUM, [])) or any(name.endswith(".json") for name in roles.get(Role.ALBUM, [])):
        kinds.add(RecordKind.COMMENT)
    return CaptureFacts(
        account=Account(PLATFORM.code, stated.native_id or stated.name, stated.handle, stated.name),
        form=_form(names, is_new=_is_new(archive, names)),
        exported=stated.exported,
        first_day=stated.first_day,
        last_day=stated.last_day,
        cannot_contain=_cannot_contain(roles, has_offset=stated.has_offset),
        kinds=frozenset(kinds),
    )


def _kinds_of(role: Role) -> tuple[RecordKind, ...]:
    if role is Role.PROFILE:
        return ()
    if role is Role.MESSAGES:
        return (RecordKind.MESSAGE, RecordKind.LIKE)
    if role in {Role.ALBUM, Role.ALBUM_LIST, Role.PHOTOS}:
        return (RecordKind.PHOTO, RecordKind.VIDEO)
    kind = KINDS.get(role)
    return (kind,) if kind is not None else (RecordKind.POST, RecordKind.REPOST)


def _form(names: list[str], *, is_new: bool) -> Sentence:
    is_page = any("this_profile" in name for name in names)
    forms: list[Sentence] = []
    if any(is_2017(name) for name in names):
        forms.append(say("HTML of 2010 to early 2018"))
    pages = [name for name in names if name.endswith(".html") and not is_2017(name)]
    if pages:
        forms.append(say("HTML of 2022 to now") if is_new else say("HTML of mid-2018 to 2021"))
    files = [name for name in names if name.endswith(".json")]
    if files and any(re.match(ACTIVITY, name) for name in files):
        forms.append(say("JSON of 2022 to now"))
    elif files:
        is_2018 = any(re.fullmatch(r"posts/your_posts\.json|comments/.*|likes_and_reactions/.*", name) for name in files)
        forms.append(say("JSON of 2018 to 2019") if is_2018 else say("JSON of 2019 to 2022"))
    form: Sentence | str = forms[0] if forms else ""  # never empty: otherwise the archive would not be identified as Facebook's
    for next_form in forms[1:]:
        form = say("{form} and {other}", form=form, other=next_form)
    return say("Facebook Page archive, {form}", form=form) if is_page else say("Facebook profile archive, {form}", form=form)


def _is_new(archive: Archive, names: list[str]) -> bool:
    """Tell whether the pages have the class names of 2022 and later. The folders changed a year later."""
    for name in names:
        if name.endswith(".html") and not is_2017(name):
            try:
                return b'"_5vb_ _2yq _a7o5"' in (head := plain_head(archive.peek(name, HEAD))) or b"_a6-" in head or b"_a70" in head
            except ArchiveError:
                continue  # reported when the records are read
    return False


def _cannot_contain(roles: Mapping[Role, list[str]], *, has_offset: bool) -> tuple[Sentence, ...]:
    names = [name for role in roles for name in roles[role]]
    has_2017 = any(is_2017(name) for name in names)
    albums = [name for name in roles.get(Role.ALBUM, []) if is_2017(name) or re.fullmatch(r"photos_and_videos/.*\.json", name)]
    public = NOT_ALL_COMMENTS if albums else NO_COMMENTS if has_2017 or Role.WALL in roles else NO_VISITORS
    limits = [public, *COMMON]
    if Role.POST_EDITS not in roles:
        limits.append(NO_EDITS)
    if has_2017:
        limits.append(ZONED_TIMES)
    if any(name.endswith(".html") and not is_2017(name) for name in names):
        limits.append(HEADER_TIMES if has_offset else LOCAL_TIMES)
    return tuple(limits)


def _from_profile(archive: Archive, names: list[str], stated: _Statements) -> None:
    for name in names:
        try:
            raw = archive.read(name)
        except ArchiveError:
            continue  # ingest reports a damaged member itself
        if name.endswith(".json"):
            try:
                _from_profile_json(repair_all(msgspec.json.decode(raw)), stated)
            except READ_ERRORS:
                continue  # the account's name comes from another file; this file holds no record
        else:
            _from_profile_page(raw, stated)


def _from_profile_page(raw: bytes, stated: _Statements) -> None:
    """Take the name from the first row of a profile's table, and handle and id from the row with a profile address."""
    heading = _HEADING.search(raw)
    name = heading[1].decode("utf-8", "replace").strip() if heading and b"<table" not in raw else ""
    for number, row in enumerate(profile_rows(raw)):
        handle, native_id = account_of_link(row.value)
        if number == 0 and "://" not in row.value:
            name = row.value.split("\n")[0]
        if handle or native_id:
            stated.handle, stated.native_id = stated.handle or handle, stated.native_id or native_id
            break
    stated.name = stated.name or name


def _from_profile_json(value: Any, stated: _Statements) -> None:
    profile = next((item for item in value.values() if isinstance(item, dict)), {}) if isinstance(value, dict) else {}
    name = profile.get("name")
    full_name = name.get("full_name") if isinstance(name, dict) else name
    if isinstance(full_name, str):
        stated.name = stated.name or full_name
    handle = profile.get("username")
    if isinstance(handle, str):
        stated.handle = stated.handle or handle
    uri = profile.get("profile_uri")
    if isinstance(uri, str):
        handle_of_uri, native_id = account_of_link(uri)
        stated.native_id = stated.native_id or native_id
        stated.handle = stated.handle or handle_of_uri


def _from_pages(archive: Archive, names: list[str], stated: _Statements) -> None:
    for name in names:
        if is_2017(name):
            _from_footer(archive, name, stated)
            continue
        header = page_header(archive, name)
        stated.name = stated.name or header.name
        stated.link_name = stated.link_name or header.link_name
        stated.sentence = stated.sentence or header.sentence
        stated.native_id = stated.native_id or header.profile_id
        stated.handle = stated.handle or header.handle
        stated.has_offset = stated.has_offset or header.offset is not None
        if header.generated is not None and stated.exported is None:
            stated.exported = header.generated
        stated.first_day = stated.first_day or header.first_day
        stated.last_day = stated.last_day or header.last_day


def _from_footer(archive: Archive, name: str, stated: _Statements) -> None:
    if stated.exported is not None and stated.name:
        return
    try:
        with archive.open(name) as stream:
            *_, last = html_items(stream, _FOOTER)
    except (ArchiveError, HtmlDamaged):
        return  # reported when the records are read
    text = re.sub(r"<[^>]*>", " ", last.raw[:2000].decode("utf-8", "replace")) if last.index >= 0 else ""
    match = _DOWNLOADED.search(" ".join(text.split()))
    if match:
        stated.name = stated.name or match["name"]
        stated.exported = stated.exported or moment(match["date"].strip())


def _name_in_sentences(archive: Archive, roles: Mapping[Role, list[str]]) -> str:
    """Return the account's name from its own comments, else the common beginning of the sentences above its posts."""
    for role in (Role.COMMENTS, Role.GROUP_COMMENTS):
        for name in roles.get(role, []):
            for entry in _entries(archive, name):
                for part in entry.data or ():
                    if part.comment is not None and part.comment.author:
                        return repair_mojibake(part.comment.author)
    titles = dict.fromkeys(
        [
            *_page_titles(archive, roles),
            *(
                repair_mojibake(entry.title)
                for role in (Role.POSTS, Role.GROUP_POSTS)
                for name in roles.get(role, [])
                for entry in _entries(archive, name)
                if entry.title
            ),
        ]
    )
    names = {name for name in map(writer_of, titles) if name}
    if len(names) == 1:
        return names.pop()
    if len(titles) < 2:
        return ""
    first, last = min(titles), max(titles)
    length = next((at for at, (left, right) in enumerate(zip(first, last, strict=False)) if left != right), len(first))
    common = first[:length].rsplit(" ", 1)[0].split()
    while common and common[-1][0].islower():  # "Example Page a": all Romanian sentences continue with "a"
        common.pop()
    return " ".join(common)


def _page_titles(archive: Archive, roles: Mapping[Role, list[str]]) -> list[str]:
    """Return the sentences above the first boxes on the pages of posts."""
    names = [name for name in roles.get(Role.POSTS, []) if name.endswith(".html") and not is_2017(name)][:2]
    items = (item for name in names for item in islice(page_boxes(archive, name), _SAMPLE))
    return [item.box.title for item in items if not isinstance(item, Problem) and item.box is not None and item.box.title]


def _shared_name(sentence: str, titles: list[str]) -> str:
    """Return the longest run of words of a header's sentence that most sentences above posts begin with."""
    words = sentence.split()
    runs = {" ".join(words[first:last]) for first in range(len(words)) for last in range(first + 1, min(len(words), first + 12) + 1)}
    names = [run for run in runs if sum(f"{title} ".startswith(f"{run} ") for title in titles) > len(titles) / 2]
    return max(names, key=len, default="")


def _entries(archive: Archive, name: str) -> Iterator[Entry]:
    if not name.endswith(".json"):
        return
    for number, item in enumerate(walk(archive, name)):
        if number >= _SAMPLE:
            return
        if isinstance(item, Problem):
            continue
        try:
            yield read_entry(item.raw)[0]
        except READ_ERRORS:
            continue  # reported when the records are read
