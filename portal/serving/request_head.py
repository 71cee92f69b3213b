"""The facts of a request's head that decide how to receive its body. Gunicorn itself parses the request."""

from __future__ import annotations

import re
from dataclasses import dataclass

MAX_HEAD = 64 * 1024  # bytes
MAX_HELD_BODY = 256 * 1024  # bytes; a larger body is read by a transfer thread while it arrives
_END = b"\r\n\r\n"
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*([^\r\n]*?)[ \t]*(?=\r\n)", re.IGNORECASE)
_CODING = re.compile(rb"\r\ntransfer-encoding[ \t]*:", re.IGNORECASE)
_EXPECT = re.compile(rb"\r\nexpect:[ \t]*100-continue[ \t]*\r\n", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Head:
    """The extent of a request: `total` bytes including its head, or a streamed body."""

    total: int
    is_streamed: bool
    expects_continue: bool


def read_head(received: bytes | bytearray, start: int = 0) -> Head | None:
    """Read the head at the beginning of `received`; None while it is incomplete. Its end is searched for from `start`.

    A head with an unreliable length (two lengths, not a number) counts as a request without a body: Gunicorn refuses it.
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
