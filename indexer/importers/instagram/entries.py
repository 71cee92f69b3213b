"""Comments, likes and reposts from JSON of 2021 to now, in the three formats the platform has used for them.

2021-26 `{"title": account, "string_list_data": [{value, href, timestamp}]}`; 2022-26 `{"string_map_data": {label:
{value, timestamp}}}` with labels in the account's language; 2025/26 `{"timestamp", "fbid", "label_values": [{label,
value, dict: [...]}]}`. Times are epoch seconds UTC. Only the account's own comments and clicks are listed; of
the post commented on, only the owner is named.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from indexer.i18n import say
from indexer.importers.instagram.context import Context, Source, decode_items, minute, read_stamp, with_extra
from indexer.importers.instagram.labels import COMMENT, OWNER, OWNER_NAME, USERNAME, is_label
from indexer.importers.instagram.members import ItemFormat, Role
from indexer.importers.instagram.shapes import ENTRY, Entry, LabeledLine, Value
from indexer.record import Locator, Moment, Problem, Record, RecordKind
from indexer.text import hashtags, links, mentions, repair_mojibake


@dataclass(frozen=True, slots=True)
class EntryContent:
    """The content of a comment, like or repost. `seconds` is since 1970 UTC; `owner` is the owner of the post."""

    text: str = ""
    owner: str = ""
    href: str = ""
    seconds: float | str | None = None
    pointer: str = ""


def read_entries(context: Context, role: Role, member: str) -> Iterator[Record | Problem]:
    """Yield the comments, likes or reposts of a JSON member; unreadable items become Problems."""
    for result in decode_items(context, member, ENTRY):
        if isinstance(result, Problem):
            yield result
            continue
        number, item, entry = result
        context.unknown_keys.check(f"{role.format} {role.kind}", member, number, item.raw, Entry)
        if entry.is_empty:
            yield Problem(member, "bad-item", say("This item has none of the parts that its file is for."), number)
            continue
        for content in _read_contents(entry, role):
            posted, problem = read_stamp(content.seconds, member, number)
            if problem:
                yield problem
            place = Locator(member, number, item.start, len(item.raw), content.pointer)
            yield entry_record(context, role, Source(place, item.raw), content, posted)


def entry_record(context: Context, role: Role, source: Source, content: EntryContent, posted: Moment | None) -> Record:
    """Make the record of a comment, like or repost, from JSON or HTML."""
    text, reaction = content.text, ""
    if role.format is ItemFormat.REACTIONS and not any(char.isalnum() for char in text):
        text, reaction = "", text or "like"  # an emoji is a reaction; words answer a poll or question
    time = minute(posted)
    # Likes have no text and differ by the liked post; comments differ by their text, since the post's owner may be renamed.
    identity = text if role.kind is RecordKind.COMMENT else f"{content.href or content.owner} {text}"
    return Record(
        kind=role.kind,
        native_id=context.made_ids.make(role.kind, time, identity),
        place=source.place,
        raw=source.raw,
        text=text,
        author=context.owner,
        posted=posted,
        links=tuple(dict.fromkeys((content.href, *links(text)))) if content.href else links(text),
        hashtags=hashtags(text),
        mentions=mentions(text),
        id_is_made=True,
        extra=with_extra(role.extra, media_owner=content.owner, reaction=reaction),
    )


def _read_contents(entry: Entry, role: Role) -> Iterator[EntryContent]:
    title = repair_mojibake(entry.title or "")
    listed, mapped = entry.listed(), entry.mapped()
    if listed:
        for number, value in enumerate(listed):
            pointer = f"string_list_data/{number}" if len(listed) > 1 else ""
            text = "" if value.text == title else value.text
            if role.format is ItemFormat.REACTIONS and not title:
                title, text = text, ""  # without a title, the value is the owner of the liked post
            yield EntryContent(text, title, value.href or "", value.timestamp, pointer)
    elif mapped:
        yield _read_map(mapped, title)
    else:
        yield _read_lines(entry, title, role)


def _read_map(mapped: dict[str, Value], title: str) -> EntryContent:
    """Read values by label, or by order if the language is unknown: comment, owner, time."""
    seconds = next((value.timestamp for value in mapped.values() if value.timestamp), None)
    href = next((value.href for value in mapped.values() if value.href), "")
    words = {label: value.text for label, value in mapped.items() if value.text}
    text = next((words[label] for label in words if is_label(label, COMMENT)), "")
    owner = next((words[label] for label in words if is_label(label, OWNER)), title)
    unknown = [label for label in words if not is_label(label, COMMENT) and not is_label(label, OWNER)]
    if not text and unknown:
        text = words[unknown.pop(0)]
    if not owner and unknown:
        owner = words[unknown.pop(0)]
    return EntryContent("\n".join([text, *(words[label] for label in unknown)]).strip(), owner, href, seconds)


def _read_lines(entry: Entry, title: str, role: Role) -> EntryContent:
    """Read labeled lines: the text, the address and, deeper, the owner of the post."""
    text, owner, name, href, seconds = [], "", "", "", entry.timestamp
    for path, line in entry.lines():
        label = path.rsplit("/", 1)[-1]
        value = _text(line)
        href = href or line.href or (value if value.startswith("https://") else "")
        seconds = seconds or line.timestamp_value
        if is_label(label, USERNAME) or (is_label(label, OWNER) and value):
            owner = owner or value
        elif "/" in path and is_label(label, OWNER_NAME):
            name = name or value
        elif is_label(label, COMMENT) and value and value not in text:
            text.append(value)
    return EntryContent("\n".join(text) if role.format is not ItemFormat.REACTIONS else "", owner or name or title, href, seconds)


def _text(line: LabeledLine) -> str:
    return repair_mojibake(line.value) if isinstance(line.value, str) else ""
