"""The offline viewer's words are the product's: generated texts, cut and folded by both, in a real browser."""

from __future__ import annotations

import random
import sys
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from indexer.exports.viewer_files import SOURCES
from indexer.exports.viewer_tables import tables
from indexer.text import tokens

pytestmark = pytest.mark.browser

ASK = "texts => texts.map(text => window.SHOWME_FOLD.tokens(text).map(one => [one.word, text.slice(one.start, one.end)]))"
TYPED = [
    "snake_case",
    "__init__",
    "flood_2018.pdf",
    "_flood_",
    "don't",
    "e-mail",
    "1,000",
    "#Flood_Alert",
    "@city_hall",
    "U.S.A.",
    "AT&T",
    "C++",
    "50%",
    "café",
    "CAFÉ",
    "naïve",
    "Straße",
    "İstanbul",
    "ΣΊΣΥΦΟΣ",
    "ﬁne",
    "½",
    "²",
    "東京タワー",
    "ｶﾞｷﾞ",
    "ｱ",
    "ひらがな",
    "한국어",
    "한국",
    "हिन्दी",
    "क्\u200dष",
    "می\u200cخواهم",
    "كتاب",
    "کتاب",
    "كـتـاب",
    "שלום",
    "ไทย",
    "👨\u200d👩\u200d👧",
    "👍🏽",
    "🇺🇸🇲🇽",
    "1️⃣",
    "#️⃣",
    "❤️",
    "❤",
    "flo\xadod",
    "zero\u200bwidth",
    "wo\u200d\u200drd",
    "a\u200c\u200db",
    "ﷺ",
    "ℌ",
    "₹5",
    "Łódź",
    "søndag",
    "đ",
    "ʼn",
    "oʼclock",
    "’tis",
    "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    "á́́",
    "́a",
    "İi̇",
    "ǅ",
    "ŉ",
    "㎏",
    "①",
    "Ⅷ",
    "ꙮ",
    "𝔘𝔫𝔦",
    "𝟘𝟙",
    "𠀀",
    "🏻",
    "\u200d",
    "️",
    "a️\u200db",
]


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    made = browser.new_page()
    made.add_script_tag(content=tables())
    made.add_script_tag(content=(SOURCES / "fold.js").read_text(encoding="utf-8"))
    yield made
    made.close()


def ours(text: str) -> list[list[str]]:
    return [[one.word, text[one.start : one.end]] for one in tokens(text)]


def differing(page: Page, texts: list[str]) -> list[tuple[str, Any, Any]]:
    found = page.evaluate(ASK, texts)
    return [(ascii(text), mine, theirs) for text, theirs in zip(texts, found, strict=True) if (mine := ours(text)) != theirs]


@cache
def signs() -> list[str]:
    """Every sign that Unicode has named, halves of pairs left out: no file of a browser holds them."""
    return [chr(code) for code in range(sys.maxunicode + 1) if unicodedata.category(chr(code)) not in {"Cn", "Cs", "Co"}]


def test_texts_that_people_type(page: Page) -> None:
    assert differing(page, [*TYPED, " ".join(TYPED), "".join(TYPED)]) == []


def test_every_sign_of_unicode_alone_and_within_a_word(page: Page) -> None:
    every = signs()
    for at in range(0, len(every), 20_000):
        part = every[at : at + 20_000]
        assert differing(page, [f"{one} a{one}b 1{one}" for one in part])[:5] == []


@pytest.mark.parametrize("seed", range(4))
def test_drawn_texts(page: Page, seed: int) -> None:
    draw = random.Random(seed)  # noqa: S311  # no secret
    telling = [one for one in signs() if unicodedata.category(one) in {"Mn", "Mc", "Me", "Cf", "Sk", "Lm", "Pc"} or ord(one) < 0x80]
    small = ["_", "'", "\u200d", "\u200c", "\ufe0f", "\u0301", "a", "B", "1", " ", "👩", "ß", "か", "ｶ", "ﾞ", "ـ", "\u00ad", "\U0001f3fb"]

    def text() -> str:
        pool = draw.choice((small, telling, signs()))
        return "".join(draw.choice(draw.choice((pool, small))) for _ in range(draw.randint(1, 14)))

    assert differing(page, [text() for _ in range(4_000)])[:5] == []


def test_a_search_finds_what_the_product_finds(page: Page) -> None:
    ask = """([query, texts]) => { const { terms, fits, line } = window.SHOWME_FOLD; const wanted = terms(query);
        return texts.map(text => fits(line(text), wanted)); }"""
    for query in TYPED:
        wanted = [one.word for one in tokens(query)]
        if not wanted or query.endswith("*") or '"' in query:
            continue
        held = [[one.word for one in tokens(text)] for text in TYPED]
        expected = [any(words[at : at + len(wanted)] == wanted for at in range(len(words))) for words in held]
        assert page.evaluate(ask, [query, TYPED]) == expected, ascii(query)
