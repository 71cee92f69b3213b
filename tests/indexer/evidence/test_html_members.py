"""Boxes of a large page come one by one with their exact bytes."""

from __future__ import annotations

import io
import re

from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.evidence import html_members
from indexer.evidence.html_members import html_items

BOX = re.compile(rb'<div class="[^"]*\b_a6-g\b[^"]*">')


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text("ab <>\u00e9", max_size=30), max_size=8), st.sampled_from([7, 64, 1 << 20]))
def test_the_boxes_put_together_are_the_page(texts: list[str], chunk: int) -> None:
    head = "<html><head><title>Posts</title></head><body>"
    page = (head + "".join(f'<div class="pam _a6-g x">{text}</div>' for text in texts) + "</body>").encode()
    before = html_members.CHUNK
    html_members.CHUNK = chunk
    try:
        found = list(html_items(io.BytesIO(page), BOX))
    finally:
        html_members.CHUNK = before
    assert b"".join(item.raw for item in found) == page
    assert [item.index for item in found] == list(range(-1, len(texts)))
    assert all(page[item.start : item.start + len(item.raw)] == item.raw for item in found)
