"""Each kind of damage of a page that lost words in silence is read or told."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.platforms.meta_pages import POSTS, box, page, read

BEGINNING = '<div class="_a706" role="main"><div class="_a6-g">'
WHOLE = page(box("The ramp is open"), box("Sirens at noon"))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(BEGINNING, "", id="the first record's beginning is gone"),
        pytest.param(BEGINNING, BEGINNING[::-1], id="the first record's beginning is garbage"),
        pytest.param('<div class="_2pin">', '<div class="_2pin>', id="a quote is not closed"),
        pytest.param("<div>The ramp", "<d<iv>The ramp", id="a tag is broken"),
        pytest.param('_a6-h"></div>', '_a6-h">', id="the body stands in the title"),
        pytest.param("open</div></div></div>", "open</div>", id="the date stands in the body"),
        pytest.param('<div class="_2pin">', '<table><tbody><div class="_2pin">', id="a table pushes words out"),
    ],
)
def test_damage_is_told_or_read(tmp_path: Path, old: str, new: str) -> None:
    assert old in WHOLE
    _, records, problems = read(tmp_path, {POSTS: WHOLE.replace(old, new, 1)})
    said = "\n".join(record.text for record in records)
    assert "Sirens at noon" in said
    assert problems or ("The ramp is open" in said and len(records) == 2)


def test_a_sound_page_has_no_problem(tmp_path: Path) -> None:
    _, records, problems = read(
        tmp_path, {POSTS: page(box("5 &lt; 6 &gt; 4"), box('<a href="https://example.org/?a=b&amp;c" hidden>x</a>'))}
    )
    assert len(records) == 2
    assert not problems
