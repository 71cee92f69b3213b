"""An object where Facebook writes a list: its items are read, and never become records that say they have no text."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from indexer.record import RecordKind
from tests.support.platforms.facebook import read

WORDS = "We open at nine."
COMMENT: dict[str, Any] = {
    "timestamp": 1_704_110_400,
    "title": "City of Example commented on its own post.",
    "data": [{"comment": {"timestamp": 1_704_110_400, "comment": WORDS, "author": "City of Example"}}],
}
POSTS = {"posts/your_posts_1.json": [{"timestamp": 1, "data": [{"post": "Road works"}]}]}


@pytest.mark.parametrize(
    "held",
    [
        {"comments_v2": [COMMENT]},
        {"comments_v2": {"0": COMMENT}},
        {"comments_v2": COMMENT},
        {"0": COMMENT},
        [{"comments_v2": [COMMENT]}],
        COMMENT,
    ],
    ids=["as Facebook writes it", "numbered", "one alone", "numbered without a name", "a list around it", "bare"],
)
def test_an_object_in_the_place_of_a_list_is_read(tmp_path: Path, held: object) -> None:
    records, problems = read(tmp_path, {**POSTS, "comments_and_reactions/comments.json": held})
    (comment,) = [one for one in records if one.kind is RecordKind.COMMENT]
    assert comment.text == WORDS
    assert comment.posted is not None
    assert comment.posted.utc == datetime(2024, 1, 1, 12, tzinfo=UTC)
    assert problems == []


def test_each_of_several_numbered_items_is_read(tmp_path: Path) -> None:
    held = {"comments_v2": {str(at): {**COMMENT, "timestamp": 1_704_110_400 + at} for at in range(3)}}
    records, problems = read(tmp_path, {**POSTS, "comments_and_reactions/comments.json": held})
    assert (sum(one.kind is RecordKind.COMMENT for one in records), problems) == (3, [])
