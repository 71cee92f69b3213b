"""Reading the items of one member of an X archive; damage becomes a Problem, and every intact item is kept."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

import msgspec

from indexer.evidence import Archive, JsonDamaged, JsonItem, MemberDamaged, json_items
from indexer.i18n import Sentence, say
from indexer.record import Locator, Problem

Item = TypeVar("Item")

_TOO_DEEP = say("it is nested deeper than any item of X")
_LONE_HIGH = re.compile(rb"(?<!\\)((?:\\\\)*)\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])")
_PAIR_OR_LOW = re.compile(rb"(\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})|(?<!\\)((?:\\\\)*)\\u[dD][c-fC-F][0-9a-fA-F]{2}")


def items_of(archive: Archive, member: str, *, is_list: bool = True) -> Iterator[JsonItem | Problem]:
    """Yield the items of a member in file order, then the Problem that stopped the reading, if any.

    Items of an array carry their index. A member that holds an object instead of a list (or the reverse, where
    `is_list` is False) yields its items and a Problem: its values may be misread.
    """
    type_error: Sentence | None = None
    try:
        stream = archive.open(member)
    except MemberDamaged as error:
        yield Problem(member, "member-damaged", error.message)
        return
    with stream:
        try:
            for item in json_items(stream):
                if is_list is (item.index < 0 or bool(item.key)):
                    type_error = (
                        say("This file holds one object where X writes a list.")
                        if is_list
                        else say("This file holds a list where X writes one object.")
                    )
                yield item
        except JsonDamaged as error:
            note = say("{damage} Everything before byte {offset} was read.", damage=error.message, offset=error.offset)
            yield Problem(member, error.code, note)
            return
    if not type_error and is_list and _is_empty_object(archive, member):
        type_error = say("This file holds an empty object where X writes a list.")
    if type_error:
        yield Problem(member, "json-wrong-type", type_error)


def _is_empty_object(archive: Archive, member: str) -> bool:
    opening = re.search(rb"[\[{]", archive.peek(member))
    return opening is not None and opening[0] == b"{"


def place_of(member: str, item: JsonItem) -> Locator:
    """Return the location of an item."""
    return Locator(member, item.index, item.start, len(item.raw))


@dataclass(frozen=True, slots=True)
class Part:
    """Part of an item's JSON: its offset in bytes from the item's start, and its exact bytes."""

    offset: int
    raw: bytes


def parts_of(whole: bytes, values: list[msgspec.Raw], offset: int = 0) -> list[Part]:
    """Locate the values of a list in `whole`, in order, with offsets counted from `offset`."""
    parts, start = [], 0
    for value in values:
        raw = bytes(value)
        start = whole.index(raw, start)
        parts.append(Part(offset + start, raw))
        start += len(raw)
    return parts


def decode(decoder: msgspec.json.Decoder[Item], raw: bytes) -> tuple[Item, Sentence | None] | str:
    """Return the decoded item and a note on its repair (None if none was needed), or the reason it cannot be decoded.

    Bytes that are not UTF-8 and unpaired surrogates (both seen in files that people edited) each become U+FFFD
    in the text; the raw item keeps its exact bytes.
    """
    try:
        return decoder.decode(raw), None
    except msgspec.ValidationError as error:
        return str(error)
    except RecursionError:
        return _TOO_DEEP
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        repaired = _repair(raw)
        if repaired == raw:
            return str(error)
    try:
        return decoder.decode(repaired), say("Letters that are not valid text were replaced by �. The raw item keeps the exact bytes.")
    except msgspec.DecodeError as error:
        return str(error)
    except RecursionError:
        return _TOO_DEEP


def _repair(raw: bytes) -> bytes:
    text = raw.decode("utf-8", "replace").encode("utf-8")
    text = _LONE_HIGH.sub(rb"\1\\ufffd", text)
    return _PAIR_OR_LOW.sub(lambda match: match[1] or (match[2] or b"") + rb"\ufffd", text)
