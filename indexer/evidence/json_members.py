"""Streams the items of a JSON member, with their exact bytes and position, whatever the member's size.

The platforms' files are an array ("window.YTD.tweets.part0 = [ ... ]", bare `[ ... ]`) or an object whose
values are arrays (`{"comments_v2": [ ... ]}`, `{"participants": [...], "messages": [...]}`). Only a single item is
held in memory. Decoding an item is the importer's job (msgspec).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO

import msgspec

from indexer.evidence.archive import DAMAGE, damage_of
from indexer.i18n import Sentence, say

CHUNK = 4 << 20
MAX_ITEM = 256 * 2**20

_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_TO_BRACKET = re.compile(rb'[^"{}\[\]]*+(?:' + _STRING.pattern + rb'[^"{}\[\]]*+)*+([{}\[\]])', re.DOTALL)
_PRIMITIVE = re.compile(rb"[^,\]}\s]++(?=[,\]}\s])")
_SPACE = re.compile(rb"[\s,]*+")
_START = re.compile(rb"[\[{]")
_BEFORE = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:(?:var|let|const)\s+)?(?:[\w.$]+\s*=\s*)?(?:\(\s*)?"
)  # everything that platforms write before the list
_AFTER = re.compile(rb"[\s;)]*+")


class JsonDamaged(Exception):
    """The member is truncated or malformed at `offset` (bytes). All items before it were yielded whole."""

    def __init__(self, code: str, message: Sentence, offset: int) -> None:
        super().__init__(message)
        self.code, self.message, self.offset = code, message, offset


class JsonItem(msgspec.Struct, frozen=True, gc=False):
    """An item of a member with its exact bytes.

    `key` is the name of its array ("" for a bare array), `index` its number there (-1 for a value outside of
    arrays), `start` its first byte in the member.
    """

    key: str
    index: int
    start: int
    raw: bytes


def json_items(stream: IO[bytes]) -> Iterator[JsonItem]:
    """Yield the items of a JSON member in file order.

    Values of a top-level object that are not arrays are items with index -1, under their key.
    Raises JsonDamaged after the last whole item, with code "json-cut" (truncated), "json-broken", "json-encoding"
    (not UTF-8), "json-empty", "member-damaged" (the ZIP's own checksum), or "json-more" if the member has other
    content before or after the list or object.
    """
    yield from _Reader(stream).items()


class _Reader:
    def __init__(self, stream: IO[bytes]) -> None:
        self.stream = stream
        self.buffer = b""
        self.base = 0  # offset of buffer[0] in the member
        self.at = 0
        self.ended = False
        self.no_batch = False

    def items(self) -> Iterator[JsonItem]:
        self._read_more()
        if self.buffer[:2] in {b"\xff\xfe", b"\xfe\xff"} or b"\0" in self.buffer[:64]:
            raise JsonDamaged("json-encoding", say("The file is not UTF-8 text."), 0)
        while (match := _START.search(self.buffer, self.at)) is None:
            if self.ended:
                empty = not self.buffer.strip()
                raise JsonDamaged("json-empty" if empty else "json-broken", say("The file holds no JSON list or object."), 0)
            self._read_more()
        is_bare = self.base == 0 and _BEFORE.fullmatch(self.buffer, 0, match.start()) is not None
        self.at = match.end()
        if match[0] == b"[":
            yield from self._array("")
        else:
            yield from self._object()
        self._expect_end()
        if not is_bare:
            message = say("The file begins with something else than its list, which was not read.")
            raise JsonDamaged("json-more", message, self.base + self.at)

    def _expect_end(self) -> None:
        """Read to the end of the member to verify its checksum. Raises JsonDamaged for anything but white space."""
        while True:
            rest = _AFTER.match(self.buffer, self.at)
            self.at = rest.end() if rest else self.at
            if self.at < len(self.buffer):
                message = say("The file goes on behind the end of its list; what follows was not read.")
                raise JsonDamaged("json-more", message, self.base + self.at)
            if self.ended:
                return
            self._read_more()

    def _object(self) -> Iterator[JsonItem]:
        while (char := self._peek()) != b"}":
            if char != b'"':
                raise JsonDamaged("json-broken", say("A name was expected here."), self.base + self.at)
            key = self._value()[1].decode("utf-8", "replace")[1:-1]
            if self._peek() != b":":
                raise JsonDamaged("json-broken", say("A colon was expected here."), self.base + self.at)
            self.at += 1
            if self._peek() == b"[":
                self.at += 1
                yield from self._array(key)
            else:
                start, raw = self._value()
                yield JsonItem(key, -1, start, raw)
        self.at += 1

    def _array(self, key: str) -> Iterator[JsonItem]:
        index, separator, end = 0, b"", -1
        while self._peek() != b"]":
            if separator:
                for start, raw in self._batch(separator):
                    yield JsonItem(key, index, start, raw)
                    index += 1
                if self._peek() == b"]":
                    break
            before, at = self.buffer[end - 1 : self.at + 1] if end > 0 else b"", self.at
            start, raw = self._value()
            if self.at > at > 0 and len(before) > 2 and len(before) < 64:
                separator = before
            end = self.at
            yield JsonItem(key, index, start, raw)
            index += 1
        self.at += 1

    def _batch(self, separator: bytes) -> list[tuple[int, bytes]]:
        """Parse all items of the buffer up to the last `separator` at once, ten times as fast as item by item.

        `separator` is the text between two items, brackets included. If the part before its last occurrence parses
        as whole JSON values, these are the items: JSON parsed from the left is unambiguous.
        """
        cut = self.buffer.rfind(separator, self.at)
        if cut < 0 or self.no_batch:
            return []
        part = self.buffer[self.at : cut + 1]
        try:
            raws = msgspec.json.decode(b"[" + part + b"]", type=list[msgspec.Raw])
        except (msgspec.DecodeError, RecursionError):  # RecursionError: nested a thousand levels deep
            self.no_batch = True  # until the next chunk: these bytes must be read item by item
            return []
        items, at = [], 0
        for value in raws:
            raw = bytes(value)
            at = part.index(raw, at)
            items.append((self.base + self.at + at, raw))
            at += len(raw)
        self.at = cut + 1
        return items

    def _peek(self) -> bytes:
        """Skip white space and commas; return the next byte."""
        while True:
            match = _SPACE.match(self.buffer, self.at)
            self.at = match.end() if match else self.at
            if self.at < len(self.buffer):
                return self.buffer[self.at : self.at + 1]
            self._require_more()

    def _value(self) -> tuple[int, bytes]:
        self._peek()
        while (end := self._value_end()) < 0:
            if len(self.buffer) - self.at > MAX_ITEM:
                message = say("One item is larger than {most} bytes.", most=MAX_ITEM)
                raise JsonDamaged("json-item-too-large", message, self.base + self.at)
            self._require_more()
        raw = self.buffer[self.at : end]
        start = self.base + self.at
        self.at = end
        return start, raw

    def _value_end(self) -> int:
        """Return the end of the value at `at`, or -1 if the buffer ends first."""
        first = self.buffer[self.at]
        if first == 0x22:
            match = _STRING.match(self.buffer, self.at)
            return match.end() if match else -1
        if first not in b"{[":
            if first in b"}]":
                raise JsonDamaged("json-broken", say("A value was expected here."), self.base + self.at)
            match = _PRIMITIVE.match(self.buffer, self.at)
            return match.end() if match else -1
        depth, position = 0, self.at
        find_bracket, buffer = _TO_BRACKET.match, self.buffer
        while (match := find_bracket(buffer, position)) is not None:
            position = match.end()
            if buffer[position - 1] in b"{[":
                depth += 1
            else:
                depth -= 1
                if depth == 0:
                    return position
        return -1

    def _require_more(self) -> None:
        if self.ended:
            end = self.base + len(self.buffer)
            message = say("The file ends in the middle of an item, at byte {offset}.", offset=end)
            raise JsonDamaged("json-cut", message, self.base + self.at)
        self._read_more()

    def _read_more(self) -> None:
        """Drop the bytes already parsed and read more; the buffer at least doubles, so that a huge item takes linear time."""
        rest = self.buffer[self.at :]
        try:
            chunk = self.stream.read(max(CHUNK, len(rest)))
        except DAMAGE as error:
            message = say("The archive's own checksum says that this file is damaged: {damage}.", damage=damage_of(error))
            raise JsonDamaged("member-damaged", message, self.base + self.at) from error
        self.base += self.at
        self.at = 0
        self.no_batch = False
        self.buffer = rest + chunk
        self.ended = not chunk
