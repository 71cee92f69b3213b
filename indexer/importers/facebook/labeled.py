"""Reads items of labeled values, the form of some Facebook JSON files since 2023: `{timestamp, label_values: [{label, value}], fbid}`.

Labels are in the account's language. An account's reactions may appear in both forms, in `likes_and_reactions.json`
(labeled, with the address) and in `likes_and_reactions_1.json` (with the sentence): they become one record, matched by
second and reaction.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from indexer.importers.facebook.content import EntryParts, add_media, format_time, read_entry
from indexer.importers.facebook.context import READ_ERRORS, STATES, Context
from indexer.importers.facebook.members import Role
from indexer.importers.facebook.shapes import Entry, Item, LabelValue, Medium, walk
from indexer.importers.meta.json_values import read_epoch, repair_all, seconds_of
from indexer.record import Problem, Record, RecordKind
from indexer.text import fold, repair_mojibake

MESSAGE_LABELS = {
    "message",
    "text",
    "post",
    "content",
    "comment",
    "mensaje",
    "texto",
    "publicacion",
    "contenido",
    "comentario",
    "mensagem",
    "conteudo",
}
REACTION_LABELS = {"reaction", "reaccion", "reacao"}


def survey_labeled_likes(context: Context, member: str) -> None:
    """Find the labeled reactions of a member. Damage is reported when the records are read."""
    for item in walk(context.archive, member):
        if isinstance(item, Problem):
            continue
        try:
            entry, _ = read_entry(item.raw)
        except READ_ERRORS:
            continue  # reported as "bad-item" when the records are read
        if entry.timestamp and entry.label_values is not None:
            pairs = list(_pairs(entry.label_values))
            address = next((value for _, value in pairs if value.startswith(("http://", "https://"))), "")
            context.likes.setdefault(_key(entry, pairs), []).append((item.place, address))


def labeled_records(context: Context, role: Role, kind: RecordKind, item: Item, entry: Entry) -> Iterator[Record | Problem]:
    """Yield the record of an item of labeled values, unless a record from another file has claimed the reaction."""
    pairs = list(_pairs(entry.label_values or []))
    if role is Role.LABELED_LIKES and entry.timestamp and not _is_unclaimed(context, item, _key(entry, pairs)):
        return
    posted, problem = read_epoch(entry.timestamp, item.place.member, item.place.index)
    if problem and entry.timestamp:  # poll votes and the like have no time
        yield problem
    parts = EntryParts(media=_media(entry))
    content, sentences = parts.content, []
    for label, value in pairs:
        name = fold(label)
        if value.startswith(("http://", "https://")):
            content.link(value)
        elif name in MESSAGE_LABELS and kind is not RecordKind.LIKE:
            content.add_text(value)
        elif name in REACTION_LABELS:
            content.extra["reaction"] = value
        elif value:
            sentences.append(f"{label}: {content.read(value)}" if label else content.read(value))
            if label:
                content.extra.setdefault(label.lower(), content.read(value))
    add_media(parts, context.files)
    if role in STATES:
        content.extra["state"] = STATES[role]
    title = "; ".join(sentences)
    fbid = "" if entry.fbid is None else str(entry.fbid)
    is_native = role is Role.ELSEWHERE and fbid.isdigit() and fbid not in context.native_ids
    if is_native:
        context.native_ids.add(fbid)
        native_id = fbid
    else:
        native_id = context.native_id(role, posted, f"{title}\n{content.text}", content)
    yield Record(
        kind=kind,
        native_id=native_id,
        place=item.place,
        raw=item.raw,
        title=title,
        author=context.account,
        posted=posted,
        id_is_made=not is_native,
        folded=context.media.claim(content.uris, (content.text,)),
        **content.fields(),
    )


def _key(entry: Entry, pairs: list[tuple[str, str]]) -> tuple[int, str]:
    reaction = next((value for label, value in pairs if fold(label) in REACTION_LABELS), "")
    return int(seconds_of(entry.timestamp) or 0), reaction.casefold()


def _is_unclaimed(context: Context, item: Item, key: tuple[int, str]) -> bool:
    return any(place == item.place for place, _ in context.likes.get(key, ()))


def _media(entry: Entry) -> list[Medium]:
    values = entry.media if isinstance(entry.media, list) else []
    media = [msgspec.convert(value, Medium, strict=False) for value in values if isinstance(value, dict)]
    media += [medium for pair in entry.label_values or () for medium in pair.media or ()]
    return [medium for medium in media if medium.uri]


def _pairs(values: list[LabelValue]) -> Iterator[tuple[str, str]]:
    """Yield labels and values in order, including those of nested lists."""
    for pair in values:
        label = repair_mojibake(pair.label or pair.title or "")
        if pair.value is not None and not isinstance(pair.value, (list, dict)):
            yield label, repair_mojibake(str(pair.value))
        if pair.href and pair.href != pair.value:
            yield label, repair_mojibake(pair.href)
        if pair.timestamp_value:
            yield label, format_time(pair.timestamp_value)
        for nested in (pair.value, pair.vec, pair.dict):
            if isinstance(nested, (list, dict)):
                yield from _nested(label, repair_all(nested))


def _nested(label: str, value: Any, depth: int = 0) -> Iterator[tuple[str, str]]:
    """Yield the labels and values inside a nested value, at most ten levels deep (Facebook nests four)."""
    if depth > 10:
        return
    if isinstance(value, dict):
        inner_label = str(value.get("label") or value.get("title") or label)
        if value.get("timestamp_value"):
            timestamp = value["timestamp_value"]
            yield inner_label, format_time(timestamp) if isinstance(timestamp, (int, float, str)) else str(timestamp)
        for key in ("value", "href", "vec", "dict"):
            yield from _nested(inner_label, value.get(key), depth + 1)
    elif isinstance(value, list):
        for item in value:
            yield from _nested(label, item, depth + 1)
    elif value not in (None, ""):
        yield label, str(value)
