"""Splits Meta's HTML pages into record boxes, Facebook and Instagram alike (mid-2018 to 2026).

Every element and every text of a page's main part becomes a box, a problem, or one of the parts without records:
the footer (who exported the page, and when), a notice from the platform, or page numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

from indexer.evidence import Archive, HtmlDamaged, MemberDamaged, PageItem, PageMarks, page_items
from indexer.i18n import say
from indexer.importers.meta.html_accounting import find_broken_tag, find_unread_words, text_of_parts, words_of
from indexer.importers.meta.html_boxes import BODIES, BOXES, DATES, TITLES, Box, classes_of, parse_box
from indexer.importers.meta.html_text import is_too_deep, lines_of
from indexer.record import Problem

MARKS = PageMarks(frozenset(name.encode() for name in BOXES), frozenset(name.encode() for name in DATES))
PAGE = re.compile(rb"""<[a-z0-9]+\b[^<>]*\bclass\s*=\s*["'](?:[^"'<>]*\s)?(?:_5vb_|_2lej|_a6-g|_4t5n|_a706|_a705)[\s"']""")
_STYLE = re.compile(rb"<(style|script)\b.*?(?:</\1\s*>|\Z)", re.DOTALL)
_PARTS = ", ".join(f".{name}" for name in sorted({*BOXES, *TITLES, *BODIES, *DATES, "_a6_q", "_a6_r", "_2pin", "_2oao"}))
_FOOTERS = {"_4t5o", "_a707"}


@dataclass(frozen=True, slots=True)
class PageBox:
    """A box of a page with its position. If `box` is None, `raw` is the page's head or its footer."""

    index: int
    start: int
    raw: bytes
    box: Box | None = None


def page_boxes(archive: Archive, member: str, *, keep_breaks: bool = False) -> Iterator[PageBox | Problem]:
    """Yield the head of a page (index -1), every parsed box, and a problem for everything else.

    No element and no text of the page's main part is left out. Damage, a truncated page and a page without any box
    are problems too.
    """
    last, number = PageItem(-2, 0, b""), 0
    try:
        with archive.open(member) as stream:
            for item in page_items(stream, MARKS):
                last = item
                if item.index < 0:
                    yield PageBox(-1, item.start, item.raw)
                    yield from _check_head(member, item.raw)
                    continue
                for part in _read_item(member, item, number, keep_breaks=keep_breaks):
                    yield part
                    number += isinstance(part, PageBox) and part.box is not None
    except HtmlDamaged as error:
        yield Problem(member, error.code, error.message)
        return
    except MemberDamaged as error:
        yield Problem(member, "member-damaged", error.message)
        return
    yield from _check_end(archive, member, last, number)


def _check_head(member: str, raw: bytes) -> Iterator[Problem]:
    """Yield a problem for parts of a record above the first record: the start of that record is damaged."""
    head = plain_head(raw)
    if b"\0" in head[:64]:
        return  # not UTF-8: reported as a page without records
    if not is_too_deep(head) and (words := text_of_parts(head, _PARTS)):
        message = say("Parts of a record stand above the first record of the page, so they were not read: {words}.", words=repr(words))
        yield Problem(member, "bad-item", message, 0)
    elif broken := find_broken_tag(head):
        yield _broken_tag(member, broken, 0)


def _broken_tag(member: str, broken: str, number: int) -> Problem:
    message = say("A tag is broken here, so words of this item may not be read: {tag}.", tag=repr(broken))
    return Problem(member, "bad-item", message, number)


def _read_item(member: str, item: PageItem, number: int, *, keep_breaks: bool) -> Iterator[PageBox | Problem]:
    raw = item.raw
    if is_too_deep(raw):
        yield Problem(member, "bad-item", say("This item does not read as a record of the page."), number)
        return
    try:
        raw.decode()
    except UnicodeDecodeError as error:
        message = say("This item is not UTF-8 text ({why}); what cannot be read is shown as �.", why=str(error))
        yield Problem(member, "bad-encoding", message, number)
    if item.is_whole and (broken := find_broken_tag(raw)):
        yield _broken_tag(member, broken, number)
    if not item.is_element:
        body = LexborHTMLParser(raw).body
        words = " ".join(lines_of(body)) if body is not None else ""
        if words and b"</html" not in raw.lower():
            message = say("Text of this page stands outside of every record and was not read: {words}.", words=repr(words[:200]))
            yield Problem(member, "unread-text", message, number)
        return
    body = LexborHTMLParser(raw.decode("utf-8", "replace")).body
    root = body.child if body is not None else None
    if body is None or root is None:
        return
    classes = classes_of(root)
    if classes & _FOOTERS:
        yield PageBox(-1, item.start, raw)
        return
    if classes & BOXES or _has_parts(root):
        words_inside = words_of(body)  # including the content that a broken table moves out of the box
        box = parse_box(root, keep_breaks=keep_breaks)
        if unread := find_unread_words(words_inside, box.all_texts):
            message = say("Words of this record stand in no part of it that is known, so they were not read: {words}.", words=repr(unread))
            yield Problem(member, "unread-text", message, number)
        elif box.is_malformed:
            message = say("Parts of this record stand inside of one another, so two records may be read as one.")
            yield Problem(member, "bad-item", message, number)
        if not item.is_whole:
            message = say(
                "The page ends in the middle of this record, at byte {offset}: what is left of it was read.", offset=item.start + len(raw)
            )
            yield Problem(member, "html-cut", message, number)
            if box.is_empty and not box.title:
                return
            box.has_date = True  # its date may be in the missing part
        yield PageBox(number, item.start, raw, box)
        return
    words = " ".join(lines_of(root))
    if "_585n" in classes or (words.replace(" ", "").isdigit() and root.css_first("a") is not None):
        return  # a notice from the platform ("You are no longer in this conversation.") or page numbers
    if classes & (TITLES | BODIES | DATES) and words:
        message = say("A part of a record stands outside of every record, so it was not read: {words}.", words=repr(words[:200]))
        yield Problem(member, "bad-item", message, number)
    elif words and not _is_footer(words):
        message = say("A part of this page is none of the record boxes that are known: {words}.", words=repr(words[:200]))
        yield Problem(member, "unknown-layout", message, number)


def _check_end(archive: Archive, member: str, last: PageItem, number: int) -> Iterator[Problem]:
    tail = last.raw[-4096:].rstrip()
    if last.index < 0:
        raw = last.raw
        if raw[:2] in {b"\xff\xfe", b"\xfe\xff"} or b"\0" in raw[:64]:
            yield Problem(member, "html-encoding", say("The page is not UTF-8 text."))
        elif not raw.strip():
            yield Problem(member, "html-empty", say("The page is empty."))
        elif not tail.lower().endswith(b"</html>"):
            yield Problem(member, "html-cut", say("The page ends before its first record."))
        else:
            message = say("No record was found on this page, so it is empty or of a form that is not known.")
            yield Problem(member, "html-no-records", message)
    elif last.is_whole and b"</html>" not in tail.lower():
        message = say("The page ends at byte {offset} without its closing tags, so records may be missing.", offset=archive.size(member))
        yield Problem(member, "html-cut", message, max(0, number - 1))


def plain_head(raw: bytes) -> bytes:
    """Remove the style sheet (20 KB since 2018) and scripts from a page's head."""
    return _STYLE.sub(b"", raw)


def _has_parts(root: LexborNode) -> bool:
    """Tell whether an element of unknown class looks like a box: it has two of title, body and date."""
    child_classes = [classes_of(child) for child in root.iter()]
    return sum(any(classes & part for classes in child_classes) for part in (TITLES, BODIES, DATES)) >= 2


def _is_footer(words: str) -> bool:
    """Tell whether a text is the footer of 2018-2023: who exported the page, when, and for which days."""
    return "UTC" in words and len(words) < 600
