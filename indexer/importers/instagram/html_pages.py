"""Cuts an Instagram HTML page (2022-2026) into its record boxes and takes one box apart.

A box is `div._a6-g`: a heading `._a6-h` (`div` in 2022, `h2` since), a body `._a6-p` with media, lines or a table of
labels and values, and a date `._a6-o`. Boxes may stand inside a box; then only the outer one is a record.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote

from selectolax.lexbor import LexborHTMLParser, LexborNode

from indexer.evidence.archive import Archive, MemberDamaged
from indexer.evidence.html_members import HtmlDamaged, HtmlItem, html_items
from indexer.record import Problem

_OPENING = re.compile(rb'<div class="(?:[^"<>]{0,300} )?_a6-g[ "][^<>]{0,300}>')
_DIV = re.compile(rb"<div\b|</div>")
MAX_DEPTH = 100  # elements inside elements; the deepest page seen has 12
MAX_NESTED = 2000  # boxes inside one box; a page in which more seem to be is damaged
_FILES = ("media/", "your_instagram_activity/", "messages/", "photos/", "../")
_BLOCKS = frozenset({"div", "p", "li", "tr", "h1", "h2", "h3", "ul", "section"})


@dataclass(frozen=True, slots=True)
class Box:
    """One record box: its number in the page, its first byte in the member, and its exact bytes."""

    number: int
    start: int
    raw: bytes


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture, video or sound of a box, and the text that stands under it."""

    source: str
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a box's table. `beside` is true where the value has a cell of its own: there dates stand."""

    label: str
    value: str
    beside: bool = False


@dataclass(slots=True)
class Parts:
    """What a box says. `rows` are its table, `text` what stands in its body outside of tables, `links` web addresses."""

    heading: str = ""
    date: str = ""
    rows: list[Row] = field(default_factory=list)
    text: str = ""
    pictures: list[Picture] = field(default_factory=list)
    subtitles: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    reactions: list[str] = field(default_factory=list)


def boxes(archive: Archive, member: str) -> Iterator[Box | Problem]:
    """Yield the record boxes of a page in file order.

    A page that stops in the middle of a box keeps what came before and ends in a Problem ("html-cut"); one without any
    box that nevertheless says something is a Problem ("unknown-layout").
    """
    waiting: list[HtmlItem] = []
    number, open_, head = 0, 0, b""
    try:
        with archive.open(member) as stream:
            for item in html_items(stream, _OPENING):
                if item.index < 0:
                    head = item.raw
                    continue
                if waiting and not _continues(waiting, open_):
                    yield Box(number, waiting[0].start, b"".join(part.raw for part in waiting))
                    number, open_, waiting = number + 1, 0, []
                waiting.append(item)
                open_ += item.raw.count(b"<div") - item.raw.count(b"</div>")
    except HtmlDamaged as damage:
        waiting = []
        yield Problem(member, damage.code, damage.message)
    except MemberDamaged as error:
        waiting = []
        yield Problem(member, "member-damaged", str(error))
    else:
        if waiting:
            yield from _last(member, number, waiting)
        elif problem := _without_boxes(member, head):
            yield problem


def page_title(archive: Archive, member: str) -> str:
    """Return the `<title>` of a page, "" without one."""
    try:
        head = archive.peek(member, 1 << 20)
    except MemberDamaged:
        return ""  # reading the boxes reports it
    found = LexborHTMLParser(head[: head.find(b"<body")] if b"<body" in head else head).css_first("title")
    return found.text().strip() if found else ""


def _continues(parts: list[HtmlItem], open_: int) -> bool:
    """Return True when the next box stands inside the one of these parts, in which `open_` elements are not closed."""
    if len(parts) == 1 and parts[0].raw[-64:].rstrip().endswith(b"</div>"):
        return False  # it ends with a closed element, as whole boxes do
    return open_ > 0 and len(parts) < MAX_NESTED


def _last(member: str, number: int, parts: list[HtmlItem]) -> Iterator[Box | Problem]:
    """Yield the last box without the end of the page behind it; a page that stops before its end is a problem."""
    raw, depth = b"".join(part.raw for part in parts), 0
    end = parts[0].start + len(raw)
    for found in _DIV.finditer(raw):
        depth += 1 if found[0] == b"<div" else -1
        if depth == 0:
            yield Box(number, parts[0].start, raw[: found.end()])
            if b"</html>" not in raw[found.end() :]:
                yield Problem(
                    member, "html-cut", f"The page ends at byte {end:,} without its closing tags, so records may be missing.", number
                )
            return
    yield Problem(member, "html-cut", f"The page ends in the middle of a record, at byte {end:,}. The records before it were read.", number)


def _without_boxes(member: str, head: bytes) -> Problem | None:
    if head[:2] in {b"\xff\xfe", b"\xfe\xff"} or b"\0" in head[:64]:
        return Problem(member, "html-encoding", "The page is not UTF-8 text.")
    if not head.strip():
        return Problem(member, "html-empty", "The page is empty.")
    if b"</html>" not in head[-200:]:
        return Problem(member, "html-cut", "The page ends before its first record.")
    main = LexborHTMLParser(head).css_first("[role=main], main")
    if main is None or main.css_first("img, video, table") is not None or main.text(strip=True):
        return Problem(member, "unknown-layout", "The page holds content, but none of the record boxes that we know.")
    return None


def take_apart(raw: bytes) -> Parts:
    """Return what a box says. Never raises: HTML parsers read anything."""
    parts = Parts()
    body = LexborHTMLParser(raw).body
    root = body.child if body is not None else None
    for node in root.iter() if root is not None else ():
        classes = (node.attributes.get("class") or "").split()
        if "_a6-h" in classes:
            parts.heading = "\n".join(part for part in (parts.heading, said(node)) if part)
        elif "_a6-o" in classes:
            parts.date = said(node)
        else:
            _body(node, parts)
    return parts


def _body(node: LexborNode, parts: Parts) -> None:
    """Collect what stands in a box's body: pictures with their captions, tables, reactions, addresses and lines."""
    for picture in node.css("img, video, audio, source"):
        source = (picture.attributes.get("src") or "").strip()
        if source:
            parts.pictures.append(Picture(_relative(source), _caption(picture)))
    shown = {picture.source for picture in parts.pictures}
    for cell in node.css("td"):
        _row(cell, parts)
    for entry in node.css("ul._a6-q li"):
        parts.reactions.append(said(entry))
    for anchor in node.css("a"):
        address = (anchor.attributes.get("href") or "").strip()
        if address.endswith((".srt", ".vtt")):
            parts.subtitles.append(_relative(address))
        elif address.startswith(("http://", "https://")):
            if address not in parts.links:
                parts.links.append(address)
        elif address.startswith(_FILES) and (source := _relative(address)) not in shown:
            parts.pictures.append(Picture(source))  # a file that a browser cannot show is only linked
            shown.add(source)
    parts.text = "\n".join(part for part in (parts.text, said(node)) if part)


def _row(cell: LexborNode, parts: Parts) -> None:
    """Read a table cell: a label with its value inside, or a label whose value is the next cell."""
    classes = (cell.attributes.get("class") or "").split()
    if "_a6_r" in classes:
        label = parts.rows.pop().label if parts.rows and not parts.rows[-1].value else ""
        parts.rows.append(Row(label, said(cell), beside=True))
        return
    if cell.css_first("table") is not None:
        return  # its table is read on its own
    label, value = "", []
    for node in cell.iter(include_text=True):
        if node.tag == "-text":
            label = label or (node.text_content or "").strip()
        elif not label:
            label = said(node)
        elif text := said(node):
            value.append(text)
    parts.rows.append(Row(label, "\n".join(value)))


def _caption(picture: LexborNode) -> str:
    """Return the text under a picture: the element that follows it, or that follows the link around it."""
    around = picture.parent if picture.parent is not None and picture.parent.tag == "a" else picture
    after = around.next
    while after is not None and after.tag == "-text" and not (after.text_content or "").strip():
        after = after.next
    return said(after) if after is not None and after.tag == "div" else ""


def said(node: LexborNode) -> str:
    """Return the text of an element as a reader sees it, without tables, players and reactions."""
    pieces: list[str] = []
    _collect(node, pieces, 0)
    return "\n".join(line.strip(" \t\r\xa0") for line in "".join(pieces).split("\n")).strip()


def _collect(node: LexborNode, pieces: list[str], depth: int) -> None:
    if depth > MAX_DEPTH:
        pieces.append(node.text(separator="\n"))
        return
    for child in node.iter(include_text=True):
        tag = child.tag
        if tag == "-text":
            pieces.append(child.text_content or "")
        elif tag == "br":
            pieces.append("\n")
        elif tag in {"table", "video", "audio", "script", "style"} or (
            tag == "ul" and "_a6-q" in (child.attributes.get("class") or "").split()
        ):
            continue
        elif tag in _BLOCKS:
            inner: list[str] = []
            _collect(child, inner, depth + 1)
            text = "".join(inner).strip()
            if text:
                pieces.extend(("\n" if pieces else "", text, "\n"))
        else:
            _collect(child, pieces, depth + 1)


def _relative(address: str) -> str:
    """Return where a file stands below the export's root; web addresses stay as they are."""
    if "://" in address:
        return address
    while address.startswith(("../", "./")):
        address = address.split("/", 1)[1]
    return unquote(address)
