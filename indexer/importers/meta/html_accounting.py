"""Tells what a page of Meta's holds that no reader took: broken tags, parts of records before the first one, words left over.

Meta escapes "<" and ">" in texts, as far as pages of 2010 to 2026 were seen: a bare one is the rest of a broken tag.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from selectolax.lexbor import LexborHTMLParser, LexborNode

_STYLE = re.compile(rb"<(style|script)\b.*?(?:</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE)
_SOUND_TAG = re.compile(
    rb"""<!--.*?-->|<[!?][^<>]*>|</?[a-zA-Z][^\s/<>]*+"""
    rb"""(?:[\s/]++|[^\s/<>="']++(?:\s*+=\s*+(?:"[^"<]*+"|'[^'<]*+'|[^\s<>"']++)|(?!\s*+=)))*+>""",
    re.DOTALL,
)
_BARE = re.compile(rb"[<>]")
_WORD = re.compile(r"\w{2,}")
_AROUND = 60  # bytes that a message shows on both sides of a broken tag
_SHOWN = 200  # letters of words that a message shows


def find_broken_tag(raw: bytes) -> str:
    """Return the place of the first tag that is broken, "" where all are sound. Words inside of a broken tag cannot be read."""
    if b"<style" in raw or b"<script" in raw:
        raw = _STYLE.sub(b"", raw)
    rest = _SOUND_TAG.sub(b"", raw)
    found = _BARE.search(rest)
    return rest[max(0, found.start() - _AROUND) : found.end() + _AROUND].decode("utf-8", "replace") if found else ""


def text_of_parts(raw: bytes, selector: str) -> str:
    """Return the words of the elements that a selector names, "" for none: such elements belong into a record."""
    if b"class" not in raw:
        return ""
    tree = LexborHTMLParser(raw.decode("utf-8", "replace"))
    words = (" ".join(node.text(separator=" ").split()) or f"<{node.tag}>" for node in tree.css(selector))
    return " / ".join(dict.fromkeys(words))[:_SHOWN]


def words_of(node: LexborNode, without: str = "video, audio, script, style") -> list[str]:
    """Return the words of an element in order, without those of some elements inside of it."""
    copy = LexborHTMLParser(node.html or "").body
    if copy is None:
        return []
    for inner in copy.css(without):
        inner.decompose()
    return _WORD.findall(copy.text(separator=" "))


def find_unread_words(words: Iterable[str], read: Iterable[str]) -> str:
    """Return the words that stand in nothing that was read."""
    known = "".join(part for text in read for part in _WORD.findall(text))
    return " ".join(dict.fromkeys(word for word in words if word not in known))[:_SHOWN]
