"""Extracts the text of an HTML element as a reader sees it. Facebook and Instagram break lines differently."""

from __future__ import annotations

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborNode

MAX_DEPTH = 1000
_MAX_RECURSION = 100  # nested elements; the deepest page seen has about 30
_TAG = re.compile(rb"<(/?)(?!(?:br|img|input|meta|link|hr|base|source|wbr)\b)[a-zA-Z][^<>]*+(?<!/)>")
_BLOCKS = frozenset({"div", "p", "li", "ul", "tr", "table", "h1", "h2", "h3", "section", "header", "td", "th"})
_SKIPPED_TAGS = frozenset({"script", "style", "video", "audio"})


def lines_of(node: LexborNode) -> list[str]:
    """Return the lines of a node: one per block and per <br>, with white space as a browser shows it (Facebook)."""
    lines, line = [], ""
    for part in _parts(node):
        if part is None:
            lines.append(" ".join(line.split()))
            line = ""
        else:
            line += part
    lines.append(" ".join(line.split()))
    return [line for line in lines if line]


def text_of(node: LexborNode) -> str:
    """Return the text of a node, keeping the line breaks of its texts (Instagram), without media players."""
    pieces: list[str] = []
    _collect(node, pieces, 0)
    return "\n".join(line.strip(" \t\r\xa0") for line in "".join(pieces).split("\n")).strip()


def is_too_deep(raw: bytes) -> bool:
    """Tell whether tags are nested so deep that parsing takes quadratic time (Meta's pages nest about 30 deep)."""
    if raw.count(b"<") < MAX_DEPTH:
        return False
    depth = deepest = 0
    for tag in _TAG.finditer(raw):
        depth += -1 if tag[1] else 1
        deepest = max(deepest, depth)
    return deepest > MAX_DEPTH


def _parts(node: LexborNode) -> Iterator[str | None]:
    """Yield the texts of a node in order, and None for each line end. Not recursive: a hostile page can exceed Python's limit."""
    stack: list[LexborNode | None] = [node]
    while stack:
        part = stack.pop()
        if part is None or part.tag == "br":
            yield None
        elif part.tag == "-text":
            yield part.text(deep=True) or ""
        elif part.tag not in {"script", "style", "-comment"}:
            is_block = part.tag in _BLOCKS
            if is_block:
                yield None
                stack.append(None)
            children = []
            child = part.child
            while child is not None:
                children.append(child)
                child = child.next
            stack.extend(reversed(children))


def _collect(node: LexborNode, pieces: list[str], depth: int) -> None:
    if depth > _MAX_RECURSION:
        pieces.append(node.text(separator="\n"))
        return
    for child in node.iter(include_text=True):
        tag = child.tag
        if tag == "-text":
            pieces.append(child.text_content or "")
        elif tag == "br":
            pieces.append("\n")
        elif tag in _SKIPPED_TAGS:
            continue
        elif tag in _BLOCKS:
            inner: list[str] = []
            _collect(child, inner, depth + 1)
            text = "".join(inner).strip()
            if text:
                pieces.extend(("\n" if pieces else "", text, "\n"))
        else:
            _collect(child, pieces, depth + 1)
