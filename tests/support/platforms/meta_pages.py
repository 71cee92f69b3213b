"""HTML pages as Facebook and Instagram share them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from indexer.evidence.archive import open_archive
from indexer.importers import identify
from indexer.record import CaptureFacts, Problem, Record
from tests.support.builders import zip_files

STYLE = (
    "<style>" + "._a6-g{border:1px}._2lej{margin:2px}._x{color:#123456}" * 400 + "</style>"
)  # 20 KB before the first box, as Meta's pages have

POSTS = "your_facebook_activity/posts/your_posts__check_ins__photos_and_videos_1.html"
DATE = "Jul 26, 2024 1:35:01pm"


def page(*boxes: str, head: str = "", foot: str = "", body: str = "_5vb_ _2yq _a7o5") -> str:
    start = f'<html><head><base href="../" />{STYLE}<title>Posts</title></head><body class="{body}">{head}<div class="_a706" role="main">'
    return f"{start}{''.join(boxes)}</div>{foot}</body></html>"


def box(text: str, date: str = DATE, title: str = "") -> str:
    return (
        f'<div class="_a6-g"><div class="_2ph_ _a6-h">{title}</div><div class="_2ph_ _a6-p"><div class="_2pin"><div>{text}</div></div></div>'
        f'<div class="_3-94 _a6-o"><div class="_a72d">{date}</div></div></div>'
    )


def read(tmp_path: Path, files: dict[str, Any]) -> tuple[CaptureFacts, list[Record], list[Problem]]:
    named = identify(open_archive(zip_files(files, tmp_path / "meta.zip")))
    values = list(named.records())
    facts = named.facts
    return facts, [one for one in values if isinstance(one, Record)], [one for one in values if isinstance(one, Problem)]
