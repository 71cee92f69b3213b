"""What a reader saw, and the one token pattern of both engines."""

from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.text import TOKEN, fold, hashtags, links, mentions, repair_mojibake, tokens, unescape_x, words


@given(st.text())
def test_what_meta_broke_is_repaired(text: str) -> None:
    encodable = text.encode("utf-8", "ignore").decode()
    assert repair_mojibake(encodable.encode().decode("latin-1")) == encodable


def test_a_sound_string_is_left_alone() -> None:
    for text in ("Caf\u00e9 \u2014 ma\u00f1ana", "\U0001f389 fiesta", "plain"):
        assert repair_mojibake(text) == text


def test_entities_of_x_are_undone_once() -> None:
    assert unescape_x("Q&amp;A &lt;b&gt; &amp;lt;") == "Q&A <b> &lt;"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The Mayor's #Flood update", ["the", "mayor", "s", "flood", "update"]),
        ("\u00d1and\u00fa STRASSE stra\u00dfe", ["nandu", "strasse", "strasse"]),
        ("nin\u0303o ni\u00f1o", ["nino", "nino"]),
        ("\U0001f44d\U0001f3fd \U0001f44d", ["\U0001f44d", "\U0001f44d"]),
        (
            "\U0001f468\u200d\U0001f469\u200d\U0001f467 \U0001f1fa\U0001f1f8",
            ["\U0001f468\u200d\U0001f469\u200d\U0001f467", "\U0001f1fa\U0001f1f8"],
        ),
        ("\u2764\ufe0f \u2764", ["\u2764", "\u2764"]),
        ("\u6c34\u5bb3flood", ["\u6c34", "\u5bb3", "flood"]),
        ("$1,000.50 on 7/4", ["1", "000", "50", "on", "7", "4"]),
        ("", []),
    ],
)
def test_words_are_what_a_search_sees(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    ("written", "same"),
    [
        ("ﾊﾝｶｸ", "ハンカク"),
        ("ｶﾞｽ ﾊﾟﾝ", "ガス パン"),
        ("ﾃｽﾄflood", "テストflood"),
        ("سـلام", "سلام"),
        ("كتاب", "کتاب"),
        ("علي", "علی"),
        ("على", "علی"),
        ("٢٠١٨", "2018"),
        ("۲۰۱۸", "2018"),
        ("donʼt", "don't"),
        ("Hawaiʻi", "Hawai'i"),
        ("Łódź", "Lodz"),
        ("Øresund", "Oresund"),
        ("Đorđe", "Dorde"),
        ("ħal", "hal"),
        ("Kırşehir", "Kirsehir"),
        ("İstanbul", "istanbul"),
        ("Ærø", "aero"),
        ("cœur", "coeur"),
        ("Þór", "thor"),
        ("ⱡ ƀ ǥ ŧ ƶ", "l b g t z"),
        ("ﬁre ﬂood", "fire flood"),
        ("Ｆｌｏｏｄ", "flood"),
    ],
)
def test_letters_of_another_keyboard_are_the_same_letters(written: str, same: str) -> None:
    assert words(written) == words(same) != []
    assert fold(written.replace("ʼ", "").replace("ʻ", "")) == fold(same.replace("'", ""))


def test_every_latin_letter_with_a_stroke_or_hook_is_its_base_letter() -> None:
    for code in range(0x80, 0x250):
        name = unicodedata.name(chr(code), "")
        if (
            name.startswith(("LATIN SMALL LETTER ", "LATIN CAPITAL LETTER "))
            and " WITH " in name
            and "MIDDLE DOT" not in name
            and name.count("LETTER") == 1
            and len(name.split()[3]) == 1
        ):
            assert fold(chr(code)) == name.split()[3].lower(), name


def test_signs_that_are_drawn_alone_are_no_words() -> None:
    assert words("ـ ʼ ﾞ ﾟ") == []


@given(
    st.text(max_size=60)
    | st.lists(st.sampled_from(["Flood", "naïve", "’s", "1\u20e3", "\u3000", "\x1c", "🏳️‍🌈", "#", "水", "\u00a0"])).map("".join)
)
def test_tokens_and_words_are_the_same(text: str) -> None:
    found = list(tokens(text))
    assert [token.word for token in found] == words(text)
    assert all(fold(text[token.start : token.end]) == token.word for token in found)


@given(st.text(max_size=60))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_every_mark_of_unicode_stays_with_its_letter() -> None:
    marks = [chr(code) for code in range(sys.maxunicode + 1) if unicodedata.category(chr(code)) in {"Mn", "Mc", "Me"}]
    assert all(len(list(TOKEN.finditer(f"a{mark}b"))) == 1 for mark in marks if mark not in "\ufe0e\ufe0f\u20e3")


def test_signs_of_a_text() -> None:
    assert hashtags("#Flood2020 and #flood2020, a#b, #123, #inundaci\u00f3n") == ("Flood2020", "flood2020", "inundaci\u00f3n")
    assert mentions("@OzarkBendMO hi clerk@example.gov .@Parks_Dept.") == ("OzarkBendMO",)
    assert links("See https://ozarkbend.example/a?b=c. (https://t.co/x)") == ("https://ozarkbend.example/a?b=c", "https://t.co/x")
