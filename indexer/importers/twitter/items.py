"""Reads the items of one member of an X archive; what is damaged becomes a Problem, and every whole item is kept."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

import msgspec

from indexer.evidence.archive import Archive, MemberDamaged
from indexer.evidence.json_members import JsonDamaged, JsonItem, json_items
from indexer.i18n import Sentence, say
from indexer.record import Locator, Problem

Item = TypeVar("Item")

_TOO_DEEP = say("it is nested deeper than any item of X")
_LONE_HIGH = re.compile(rb"(?<!\\)((?:\\\\)*)\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])")
_PAIR_OR_LOW = re.compile(rb"(\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})|(?<!\\)((?:\\\\)*)\\u[dD][c-fC-F][0-9a-fA-F]{2}")


def items_of(archive: Archive, member: str, *, is_list: bool = True) -> Iterator[JsonItem | Problem]:
    """Yield the items of a member in file order, then the Problem that stopped the reading, if one did.

    Items of an array come with their index. A member that holds one object instead of a list (or the other way round
    where `is_list` is False) gives what it has, and a Problem: its values may not be what they are taken for.
    """
    wrong: Sentence | None = None
    try:
        stream = archive.open(member)
    except MemberDamaged as error:
        yield Problem(member, "member-damaged", error.message)
        return
    with stream:
        try:
            for item in json_items(stream):
                if is_list is (item.index < 0 or bool(item.key)):
                    wrong = (
                        say("This file holds one object where X writes a list.")
                        if is_list
                        else say("This file holds a list where X writes one object.")
                    )
                yield item
        except JsonDamaged as error:
            told = say("{damage} Everything before byte {offset} was read.", damage=error.message, offset=error.offset)
            yield Problem(member, error.code, told)
            return
    if not wrong and is_list and _is_empty_object(archive, member):
        wrong = say("This file holds an empty object where X writes a list.")
    if wrong:
        yield Problem(member, "json-wrong-type", wrong)


def _is_empty_object(archive: Archive, member: str) -> bool:
    found = re.search(rb"[\[{]", archive.peek(member))
    return found is not None and found[0] == b"{"


def place_of(member: str, item: JsonItem) -> Locator:
    """Return where an item stands."""
    return Locator(member, item.index, item.start, len(item.raw))


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of JSON inside an item: its offset in bytes from the item's start, and its exact bytes."""

    offset: int
    raw: bytes


def parts_of(whole: bytes, pieces: list[msgspec.Raw], offset: int = 0) -> list[Part]:
    """Return where the pieces of a list stand in `whole` (they are in order), counted from `offset`."""
    found, at = [], 0
    for piece in pieces:
        raw = bytes(piece)
        at = whole.index(raw, at)
        found.append(Part(offset + at, raw))
        at += len(raw)
    return found


def decode(decoder: msgspec.json.Decoder[Item], raw: bytes) -> tuple[Item, Sentence | None] | str:
    """Return the decoded item and what had to be repaired in it (None when nothing), or why it does not decode.

    Repaired are bytes that are no UTF-8 and halves of surrogate pairs (both seen in files that people edited):
    each becomes U+FFFD in the text; the raw item keeps its exact bytes.
    """
    try:
        return decoder.decode(raw), None
    except msgspec.ValidationError as error:
        return str(error)
    except RecursionError:
        return _TOO_DEEP
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        mended = _mended(raw)
        if mended == raw:
            return str(error)
    try:
        return decoder.decode(mended), say("Letters that are not valid text were replaced by �. The raw item keeps the exact bytes.")
    except msgspec.DecodeError as error:
        return str(error)
    except RecursionError:
        return _TOO_DEEP


def _mended(raw: bytes) -> bytes:
    text = raw.decode("utf-8", "replace").encode("utf-8")
    text = _LONE_HIGH.sub(rb"\1\\ufffd", text)
    return _PAIR_OR_LOW.sub(lambda found: found[1] or (found[2] or b"") + rb"\ufffd", text)
