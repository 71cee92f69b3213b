"""Hands out pictures, video and sound of an archive so that nothing in it can run as a page of ours.

Shown in place: a plain picture, video or sound whose first bytes are what its name says. Everything else is a
download. All of it: nosniff, a Content-Security-Policy that sandboxes it and lets it fetch nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO
from urllib.parse import quote

from flask import Request, Response

from indexer.catalog.models import AttachmentView

BLOCK = 1 << 16
HEAD = 16
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "private, no-cache",
}
_UNSAFE = re.compile(r"[^\w.\- ]+")


def sniff_type(head: bytes) -> str:
    """Return the media type that the first bytes of a file show, or "" for anything but plain picture, video and sound."""
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head[:6] in {b"GIF87a", b"GIF89a"}:
        return "image/gif"
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "image/webp"
    if head.startswith(b"RIFF") and head[8:12] == b"WAVE":
        return "audio/wav"
    if head[4:8] == b"ftyp":
        return "audio/mp4" if head[8:11] == b"M4A" else "video/mp4"
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return "video/webm"
    if head.startswith(b"ID3") or head[:2] in {b"\xff\xfb", b"\xff\xf3", b"\xff\xf2"}:
        return "audio/mpeg"
    return ""


def inline_type(attachment: AttachmentView, head: bytes) -> str:
    """Return the type a file may be shown in place as, or "" when it must be a download.

    The name and the first bytes must agree on what it is (picture, or video and sound): Meta names WebP pictures .jpg.
    """
    found = sniff_type(head)
    families = {"image": {"image"}, "video": {"video", "audio"}, "audio": {"video", "audio"}}
    named = attachment.media_type.split("/", 1)[0]
    return found if found and named in families.get(found.split("/", 1)[0], set()) else ""


def answer(request: Request, attachment: AttachmentView, stream: IO[bytes]) -> Response:
    """Answer with a file, whole or the one part that was asked for; the stream is closed at the end."""
    head = stream.read(HEAD)
    content_type = inline_type(attachment, head)
    headers = {**HEADERS, "Accept-Ranges": "bytes", "Content-Type": content_type or "application/octet-stream"}
    headers["Content-Disposition"] = f"{'inline' if content_type else 'attachment'}; {_named(attachment.name)}"
    if attachment.sha256:
        headers["ETag"] = f'"{attachment.sha256}"'
        if attachment.sha256 in request.if_none_match:
            stream.close()
            return Response(status=304, headers=headers)
    size = attachment.size
    span = request.range
    if span is None or span.units != "bytes" or len(span.ranges) != 1 or _is_stale(request, attachment):
        headers["Content-Length"] = str(size)
        return Response(_blocks(stream, head, 0, size), headers=headers)
    found = span.range_for_length(size)
    if found is None:
        stream.close()
        return Response(status=416, headers={**HEADERS, "Content-Range": f"bytes */{size}"})
    start, end = found
    headers |= {"Content-Length": str(end - start), "Content-Range": f"bytes {start}-{end - 1}/{size}"}
    return Response(_blocks(stream, head, start, end), status=206, headers=headers)


def is_opening(request: Request, answer: Response) -> bool:
    """Tell whether an answer begins a file: a player asks for the rest of a film in many parts, which are one opening."""
    if answer.status_code == 416:
        return False
    span = request.range
    return answer.status_code != 206 or span is None or not span.ranges or span.ranges[0][0] == 0


def _blocks(stream: IO[bytes], head: bytes, start: int, end: int) -> Iterator[bytes]:
    with stream:
        at = len(head)
        if start < at:
            yield head[start:end]
        elif stream.seekable():
            at = stream.seek(start)
        while at < end:
            block = stream.read(min(BLOCK, end - at))
            if not block:
                return
            before, at = at, at + len(block)
            if at > start:
                yield block[max(0, start - before) :]


def _is_stale(request: Request, attachment: AttachmentView) -> bool:
    """Tell whether a reader wants the rest of a file that is another one (or asks by date, which we do not give)."""
    return bool(request.if_range.date) or request.if_range.etag not in {None, attachment.sha256}


def _named(name: str) -> str:
    """Return a file name for a header: plain letters for old browsers, the name itself for all others."""
    plain = _UNSAFE.sub("_", name.encode("ascii", "replace").decode()).strip() or "file"
    return f"filename=\"{plain}\"; filename*=UTF-8''{quote(name.replace('/', '_'), safe='')}"
