"""Comments, likes and reposts from JSON of 2021 to now, in the three shapes that the platform has used for them.

2021-26 `{"title": account, "string_list_data": [{value, href, timestamp}]}`; 2022-26 `{"string_map_data": {label:
{value, timestamp}}}` with labels in the account's language; 2025/26 `{"timestamp", "fbid", "label_values": [{label,
value, dict: [...]}]}`. Times are epoch seconds UTC. Only what the account itself wrote or clicked; of the post that it
answers only the owner is named.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from indexer.i18n import say
from indexer.importers.instagram.context import Context, Piece, decoded, minute, read_stamp, with_extra
from indexer.importers.instagram.labels import COMMENT, OWNER, OWNER_NAME, USERNAME, is_label
from indexer.importers.instagram.members import Role, Shape
from indexer.importers.instagram.shapes import ENTRY, Entry, Labelled, Value
from indexer.record import Locator, Moment, Problem, Record, RecordKind
from indexer.text import hashtags, links, mentions, repair_mojibake


@dataclass(frozen=True, slots=True)
class Said:
    """What one comment, like or repost says. `seconds` is since 1970 UTC; `owner` whose post it is about."""

    text: str = ""
    owner: str = ""
    href: str = ""
    seconds: float | str | None = None
    pointer: str = ""


def entries(context: Context, role: Role, member: str) -> Iterator[Record | Problem]:
    """Yield the comments, likes or reposts of one JSON member; what does not read becomes a Problem."""
    for found in decoded(context, member, ENTRY):
        if isinstance(found, Problem):
            yield found
            continue
        number, item, entry = found
        context.unknown_keys.check(f"{role.shape} {role.kind}", member, number, item.raw, Entry)
        if entry.says_nothing:
            yield Problem(member, "bad-item", say("This item has none of the parts that its file is for."), number)
            continue
        for said in _all_said(entry, role):
            posted, problem = read_stamp(said.seconds, member, number)
            if problem:
                yield problem
            place = Locator(member, number, item.start, len(item.raw), said.pointer)
            yield entry_record(context, role, Piece(place, item.raw), said, posted)


def entry_record(context: Context, role: Role, source: Piece, said: Said, posted: Moment | None) -> Record:
    """Return the record of a comment, like or repost, for JSON and HTML alike."""
    text, reaction = said.text, ""
    if role.shape is Shape.REACTIONS and not any(char.isalnum() for char in text):
        text, reaction = "", text or "like"  # an emoji is the reaction; words are an answer to a poll or question
    written = minute(posted)
    # A like has no words: what was liked tells it from the next one. A comment has, and its owner may be renamed.
    identity = text if role.kind is RecordKind.COMMENT else f"{said.href or said.owner} {text}"
    return Record(
        kind=role.kind,
        native_id=context.made.make(role.kind, written, identity),
        place=source.place,
        raw=source.raw,
        text=text,
        author=context.owner,
        posted=posted,
        links=tuple(dict.fromkeys((said.href, *links(text)))) if said.href else links(text),
        hashtags=hashtags(text),
        mentions=mentions(text),
        id_is_made=True,
        extra=with_extra(role.extra, media_owner=said.owner, reaction=reaction),
    )


def _all_said(entry: Entry, role: Role) -> Iterator[Said]:
    title = repair_mojibake(entry.title or "")
    listed, mapped = entry.listed(), entry.mapped()
    if listed:
        for number, value in enumerate(listed):
            pointer = f"string_list_data/{number}" if len(listed) > 1 else ""
            words = "" if value.text == title else value.text
            if role.shape is Shape.REACTIONS and not title:
                title, words = words, ""  # without a title the value names whose post was liked
            yield Said(words, title, value.href or "", value.timestamp, pointer)
    elif mapped:
        yield _from_map(mapped, title)
    else:
        yield _from_lines(entry, title, role)


def _from_map(mapped: dict[str, Value], title: str) -> Said:
    """Read values by label. In a language that is not in our table the order tells: comment, owner, time."""
    seconds = next((value.timestamp for value in mapped.values() if value.timestamp), None)
    href = next((value.href for value in mapped.values() if value.href), "")
    words = {label: value.text for label, value in mapped.items() if value.text}
    text = next((words[label] for label in words if is_label(label, COMMENT)), "")
    owner = next((words[label] for label in words if is_label(label, OWNER)), title)
    strange = [label for label in words if not is_label(label, COMMENT) and not is_label(label, OWNER)]
    if not text and strange:
        text = words[strange.pop(0)]
    if not owner and strange:
        owner = words[strange.pop(0)]
    return Said("\n".join([text, *(words[label] for label in strange)]).strip(), owner, href, seconds)


def _from_lines(entry: Entry, title: str, role: Role) -> Said:
    """Read lines with labels: the words, the address and, deeper, whose post it is."""
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
    return Said("\n".join(text) if role.shape is not Shape.REACTIONS else "", owner or name or title, href, seconds)


def _text(line: Labelled) -> str:
    return repair_mojibake(line.value) if isinstance(line.value, str) else ""
