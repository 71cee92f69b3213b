"""PDFs: text stays text, every sign is shown or named, and the same input gives the same bytes."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path

import pypdf
import pytest

from indexer import typeset
from indexer.typeset import PdfFailed, compile_pdf, make_displayable

SOURCE = """#import "_house.typ": *
#let data = json("data.json")
#show: paper.with(title: data.title, running: data.title, foot: "foot")
#heading(level: 1, data.title)
#for line in data.lines [#par(line)]
#if "picture" in data { image(data.picture, alt: "a picture") }
"""


@pytest.fixture(autouse=True)
def _own_template(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / "_house.typ").write_text((typeset.TEMPLATES / "_house.typ").read_text(encoding="utf-8"), encoding="utf-8")
    (folder / "letter.typ").write_text(SOURCE, encoding="utf-8")
    monkeypatch.setattr(typeset, "TEMPLATES", folder)


def text_of(made: bytes) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(made)).pages)


def test_markup_in_a_post_stays_text() -> None:
    line = '#let x = 1; *bold* _it_ $x^2$ [#panic("ran")] <label> @ref // \\ `raw` = no heading'
    assert line in text_of(compile_pdf("letter", {"title": "T", "lines": [line]})).replace("\n", " ")


def test_the_same_input_gives_the_same_bytes_and_another_time_gives_others() -> None:
    data = {"title": "Twice", "lines": ["one 🎉", "two"]}
    at = datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert compile_pdf("letter", data, made_at=at) == compile_pdf("letter", data, made_at=at)
    assert compile_pdf("letter", data, made_at=at) != compile_pdf("letter", data)


def test_it_says_that_it_is_accessible_and_names_its_language() -> None:
    reader = pypdf.PdfReader(io.BytesIO(compile_pdf("letter", {"title": "T", "lines": ["uno"]}, language="es")))
    xmp = reader.trailer["/Root"]["/Metadata"].get_data().decode()
    assert "pdfuaid:part>1<" in xmp
    assert reader.trailer["/Root"]["/Lang"].startswith("es")
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]


@pytest.mark.parametrize(
    "line",
    [
        "漢字 and kana かな",
        "שלום עולם, then English",
        "مرحبا بالعالم",
        "हिन्दी ไทย 한국어",
        "👨‍👩‍👧 🏳️‍🌈 🇺🇸 1️⃣ 👍🏽",
        "never assigned \u0378 \U0003ffff, private \ue000 \U0010fffd",
        "bell \x07 null \x00 del \x7f tab\there",
        "half \ud83d of a pair",
        "turned \u202eaway\u202c and marked \u200f\u200e\u2066\u2069",
        "a" + "\u0301" * 40,
        "\u200d\u200d\ufe0f\U0001f3fb",
    ],
)
def test_no_text_breaks_a_pdf(line: str) -> None:
    assert text_of(compile_pdf("letter", {"title": line, "lines": [line, line[::-1]]}))


def test_a_sign_without_a_font_is_named_with_its_code_and_plain_signs_are_left_alone() -> None:
    assert make_displayable("Café, “quoted” — 5 €") == "Café, “quoted” — 5 €"
    assert make_displayable("a\u0378b") == "a[U+0378]b"
    assert make_displayable("a\u202eb") == "a[U+202E right-to-left override]b"
    assert "[U+0378]" in text_of(compile_pdf("letter", {"title": "T", "lines": ["x\u0378"]}))


def test_emoji_sequences_are_named_as_one_where_no_font_has_them(monkeypatch: pytest.MonkeyPatch) -> None:
    bare = typeset.typst.Fonts(include_system_fonts=False)
    monkeypatch.setattr(typeset, "_fonts", lambda: bare)
    monkeypatch.setattr(typeset, "_is_shown", dict.fromkeys(typeset._PLAIN, True))
    assert make_displayable("Hurray 🎉!") == "Hurray [U+1F389 party popper]!"
    assert make_displayable("👨‍👩‍👧") == "[U+1F468 U+200D U+1F469 U+200D U+1F467 man, woman, girl]"
    assert make_displayable("🇺🇸") == "[U+1F1FA U+1F1F8 flag letter U, flag letter S]"
    assert make_displayable("漢") == "[U+6F22 Chinese character]"
    assert "party popper" in text_of(compile_pdf("letter", {"title": "T", "lines": ["🎉"]})).replace("\n", " ")


def test_pictures_lie_beside_the_template_under_safe_names_only(tmp_path: Path) -> None:
    picture = tmp_path / "dot.svg"
    picture.write_text('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>')
    made = compile_pdf("letter", {"title": "T", "lines": [], "picture": "in/dot.svg"}, {"in/dot.svg": picture})
    assert made.startswith(b"%PDF")
    for name in ("../out.svg", "/out.svg", "", "data/../../x", "letter.typ", "data.json"):
        with pytest.raises(PdfFailed, match="no name for a file"):
            compile_pdf("letter", {"title": "T", "lines": []}, {name: b"x"})


def test_what_cannot_be_set_is_said_in_words() -> None:
    with pytest.raises(PdfFailed, match="no template"):
        compile_pdf("nothing", {})
    with pytest.raises(PdfFailed, match="could not be made"):
        compile_pdf("letter", {"title": "T"})
    with pytest.raises(PdfFailed, match="could not be made"):
        compile_pdf("letter", {"title": "T", "lines": [], "picture": "../../etc/hostname"})
