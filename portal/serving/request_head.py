"""The few facts of a request's head that decide how its body is received. Gunicorn parses the request itself."""

from __future__ import annotations

import re
from dataclasses import dataclass

MAX_HEAD = 64 * 1024  # bytes
MAX_HELD_BODY = 256 * 1024  # bytes; a larger body is read by a thread for transfers while it arrives
_END = b"\r\n\r\n"
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*([^\r\n]*?)[ \t]*(?=\r\n)", re.IGNORECASE)
_CODING = re.compile(rb"\r\ntransfer-encoding[ \t]*:", re.IGNORECASE)
_EXPECT = re.compile(rb"\r\nexpect:[ \t]*100-continue[ \t]*\r\n", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Head:
    """How much belongs to a request: `total` bytes with its head, or a body that is streamed."""

    total: int
    is_streamed: bool
    expects_continue: bool


def read_head(received: bytes | bytearray, start: int = 0) -> Head | None:
    """Return the facts of the head at the beginning of `received`, or None while it is incomplete; search its end from `start`.

    A head whose length cannot be trusted (two lengths, no number) counts as a request without body: Gunicorn refuses it.
    """
    end = received.find(_END, max(0, start - len(_END)))
    if end < 0:
        return None
    head = bytes(received[: end + len(_END)])
    expects = _EXPECT.search(head) is not None
    if _CODING.search(head):
        return Head(len(head), is_streamed=True, expects_continue=expects)
    lengths = _LENGTH.findall(head)
    if len(lengths) != 1 or not lengths[0].isdigit() or len(lengths[0]) > 18:
        return Head(len(head), is_streamed=False, expects_continue=False)
    length = int(lengths[0])
    return Head(len(head) + length, is_streamed=length > MAX_HELD_BODY, expects_continue=expects)
