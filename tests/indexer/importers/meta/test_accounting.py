"""Whatever a page or file holds ends as a record or as a problem: no change of its markup or its keys loses words in silence."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from selectolax.lexbor import LexborHTMLParser

from indexer.evidence.archive import Archive, open_archive
from indexer.importers import identify
from indexer.record import Problem, Record
from indexer.text import repair_mojibake
from tests.support.builders import CASES, zip_files

WORDS = re.compile(r"[^\W\d_]{3,}")
PAGES = [
    ("facebook/html_2019_root", "posts/your_posts_1.html"),
    ("facebook/html_2019_root", "messages/inbox/marlo_k3dXy_9-Qa/message_1.html"),
    ("facebook/html_2024", "your_facebook_activity/posts/your_posts__check_ins__photos_and_videos_1.html"),
    ("facebook/html_2024_labeled", "your_facebook_activity/posts/posts_on_other_pages_and_profiles.html"),
    ("facebook/page_html_2023", "this_profile's_activity_across_facebook/posts/profile_posts_1.html"),
    ("instagram/html_2021", "content/posts_1.html"),
    ("instagram/html_2025", "your_instagram_activity/comments/post_comments_1.html"),
    ("instagram/html_2025", "your_instagram_activity/media/posts_1.html"),
    ("instagram/html_2025", "your_instagram_activity/messages/inbox/patexample_1234567890123456/message_1.html"),
]
FILES = [
    ("facebook/json_2018", "posts/your_posts.json"),
    ("facebook/json_2018", "comments/comments.json"),
    ("facebook/json_2018", "groups/your_posts_and_comments_in_groups.json"),
    ("facebook/json_2024", "your_facebook_activity/posts/your_posts__check_ins__photos_and_videos_1.json"),
    ("instagram/json_2022_content", "comments/post_comments.json"),
    ("instagram/json_2022_content", "content/posts_1.json"),
    ("instagram/json_2022_content", "messages/inbox/patexample_1234567890123456/message_1.json"),
    ("instagram/json_2020_root", "comments.json"),
    ("instagram/json_2020_root", "media.json"),
]


def content(case: str) -> dict[str, bytes]:
    root = CASES / case / "archive"
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


def read(archive: Archive) -> tuple[str, list[Problem]]:
    """Return every word that an archive's records hold, and its problems."""
    named = identify(archive)
    said, problems = [], []
    for value in named.records():
        if isinstance(value, Record):
            said += [value.text, value.title, value.author, *value.extra.values(), *(a.description for a in value.attachments)]
        elif isinstance(value, Problem):
            problems.append(value)
    return "\n".join(said), problems


def words_of(page: bytes) -> set[str]:
    tree = LexborHTMLParser(page)
    main = tree.css_first("[role=main], main")
    assert main is not None
    return set(WORDS.findall(main.text(separator=" ")))


BOX = re.compile(rb'<(?:div|h2) class="[^"]*(?:_a6-[ghpo]|_2le[jktm])[^"]*">')


def mutations(page: bytes) -> Iterator[bytes]:
    """Yield a page with one tag of a box changed: its classes, one attribute more, or the tag gone."""
    for found in BOX.finditer(page):
        before, tag, after = page[: found.start()], found[0], page[found.end() :]
        yield before + re.sub(rb'class="[^"]*"', b'class="_zz9"', tag) + after
        yield before + tag[:-1] + b' data-testid="x">' + after
        yield before + tag.replace(b'class="', b'id="u_0" class="') + after
        yield before + tag.replace(b'"', b"'") + after
        yield before + after


@pytest.mark.parametrize(("case", "member"), PAGES, ids=[f"{case}/{member[-30:]}" for case, member in PAGES])
def test_no_change_of_a_page_loses_words_in_silence(case: str, member: str, tmp_path: Path) -> None:
    files = content(case)
    said, before = read(open_archive(zip_files(files, tmp_path / "whole.zip")))
    counted = set(WORDS.findall(said)) & words_of(files[member])
    assert counted
    for number, page in enumerate(mutations(files[member])):
        now, problems = read(open_archive(zip_files(files | {member: page}, tmp_path / f"{number}.zip")))
        lost = counted - set(WORDS.findall(now))
        assert not lost or len(problems) > len(before), lost


def strings(value: Any) -> Iterator[str]:
    """Yield every string of a JSON value that is no key."""
    if isinstance(value, str):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from strings(inner)


def renamed(value: Any) -> Iterator[Any]:
    """Yield a JSON value with one key renamed at a time, in one object each."""
    if isinstance(value, dict):
        for key in value:
            yield {(f"{name}_x" if name == key else name): inner for name, inner in value.items()}
        for key, inner in value.items():
            for changed in renamed(inner):
                yield {**value, key: changed}
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            for changed in renamed(inner):
                yield [*value[:at], changed, *value[at + 1 :]]


def emptied(value: Any, depth: int = 0) -> Iterator[Any]:
    """Yield a JSON value with one of its outer lists replaced by what is no list."""
    if isinstance(value, dict) and depth < 2:
        for key, inner in value.items():
            if isinstance(inner, list) and inner:
                for other in ("", 0, None, "x", 7):
                    yield {**value, key: other}
            for changed in emptied(inner, depth + 1):
                yield {**value, key: changed}


@pytest.mark.parametrize(("case", "member"), FILES, ids=[f"{case}/{member[-30:]}" for case, member in FILES])
def test_no_renamed_key_loses_words_in_silence(case: str, member: str, tmp_path: Path) -> None:
    files = content(case)
    value = json.loads(files[member])
    said, before = read(open_archive(zip_files(files, tmp_path / "whole.zip")))
    held = "\n".join(text for text in strings(value) if " " in text)
    counted = set(WORDS.findall(said)) & set(WORDS.findall(repair_mojibake(held)))
    assert counted
    for number, changed in enumerate([*renamed(value), *emptied(value)]):
        archive = open_archive(zip_files(files | {member: json.dumps(changed).encode()}, tmp_path / f"{number}.zip"))
        now, problems = read(archive)
        lost = counted - set(WORDS.findall(now))
        assert not lost or len(problems) > len(before), (lost, json.dumps(changed)[:2000])
