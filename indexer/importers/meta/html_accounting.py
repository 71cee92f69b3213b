"""Finds content of Meta's pages that no reader read: broken tags, parts of records above the first record, unread words.

On all pages seen (2010-2026), Meta escapes "<" and ">" in texts: a bare one is the rest of a broken tag.
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
_SHOWN_BYTES = 60  # shown in a message on either side of a broken tag
_SHOWN_CHARACTERS = 200  # of words shown in a message


def find_broken_tag(raw: bytes) -> str:
    """Return the first broken tag with its surroundings, "" if there is none. Words inside a broken tag cannot be read."""
    if b"<style" in raw or b"<script" in raw:
        raw = _STYLE.sub(b"", raw)
    rest = _SOUND_TAG.sub(b"", raw)
    match = _BARE.search(rest)
    return rest[max(0, match.start() - _SHOWN_BYTES) : match.end() + _SHOWN_BYTES].decode("utf-8", "replace") if match else ""


def text_of_parts(raw: bytes, selector: str) -> str:
    """Return the text of the elements that match a selector, "" if none do. Such elements belong in a record."""
    if b"class" not in raw:
        return ""
    tree = LexborHTMLParser(raw.decode("utf-8", "replace"))
    words = (" ".join(node.text(separator=" ").split()) or f"<{node.tag}>" for node in tree.css(selector))
    return " / ".join(dict.fromkeys(words))[:_SHOWN_CHARACTERS]


def words_of(node: LexborNode, without: str = "video, audio, script, style") -> list[str]:
    """Return the words of an element in order, leaving out the elements that match `without`."""
    copy = LexborHTMLParser(node.html or "").body
    if copy is None:
        return []
    for inner in copy.css(without):
        inner.decompose()
    return _WORD.findall(copy.text(separator=" "))


def find_unread_words(words: Iterable[str], read_texts: Iterable[str]) -> str:
    """Return the words that none of the read texts contains."""
    all_read = "".join(word for text in read_texts for word in _WORD.findall(text))
    return " ".join(dict.fromkeys(word for word in words if word not in all_read))[:_SHOWN_CHARACTERS]
