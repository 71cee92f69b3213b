"""Serves pictures, video and audio of an archive so that none of them can run as a page of the portal.

Displayed inline: a plain picture, video or audio file whose first bytes agree with its name. Everything else is a download.
Every response has nosniff and a Content-Security-Policy that sandboxes it and lets it load nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO
from urllib.parse import quote

from flask import Request, Response

from indexer.catalog import AttachmentView

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
    """Return the media type by a file's first bytes, or "" for anything but plain pictures, video and audio."""
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
    """Return the type to display a file inline as, or "" if it must be a download.

    The name and the first bytes must agree on the family (picture, or video and audio): Meta names WebP pictures .jpg.
    """
    sniffed = sniff_type(head)
    families = {"image": {"image"}, "video": {"video", "audio"}, "audio": {"video", "audio"}}
    named = attachment.media_type.split("/", 1)[0]
    return sniffed if sniffed and named in families.get(sniffed.split("/", 1)[0], set()) else ""


def respond(request: Request, attachment: AttachmentView, stream: IO[bytes]) -> Response:
    """Respond with a file, or with the byte range requested; the stream is closed at the end."""
    head = stream.read(HEAD)
    content_type = inline_type(attachment, head)
    headers = {**HEADERS, "Accept-Ranges": "bytes", "Content-Type": content_type or "application/octet-stream"}
    headers["Content-Disposition"] = f"{'inline' if content_type else 'attachment'}; {_file_name(attachment.name)}"
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
    bounds = span.range_for_length(size)
    if bounds is None:
        stream.close()
        return Response(status=416, headers={**HEADERS, "Content-Range": f"bytes */{size}"})
    start, end = bounds
    headers |= {"Content-Length": str(end - start), "Content-Range": f"bytes {start}-{end - 1}/{size}"}
    return Response(_blocks(stream, head, start, end), status=206, headers=headers)


def is_opening(request: Request, response: Response) -> bool:
    """Whether a response begins a file: a player requests the rest of a video in many ranges, which count as one opening."""
    if response.status_code == 416:
        return False
    span = request.range
    return response.status_code != 206 or span is None or not span.ranges or span.ranges[0][0] == 0


def _blocks(stream: IO[bytes], head: bytes, start: int, end: int) -> Iterator[bytes]:
    with stream:
        position = len(head)
        if start < position:
            yield head[start:end]
        elif stream.seekable():
            position = stream.seek(start)
        while position < end:
            block = stream.read(min(BLOCK, end - position))
            if not block:
                return
            before, position = position, position + len(block)
            if position > start:
                yield block[max(0, start - before) :]


def _is_stale(request: Request, attachment: AttachmentView) -> bool:
    """Whether If-Range names another version of the file (or a date, which the portal does not send)."""
    return bool(request.if_range.date) or request.if_range.etag not in {None, attachment.sha256}


def _file_name(name: str) -> str:
    """Return the file name parameters of Content-Disposition: plain ASCII for old browsers, the full name for all others."""
    plain = _UNSAFE.sub("_", name.encode("ascii", "replace").decode()).strip() or "file"
    return f"filename=\"{plain}\"; filename*=UTF-8''{quote(name.replace('/', '_'), safe='')}"
