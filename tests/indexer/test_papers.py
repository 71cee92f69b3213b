"""What a paper shows can be seen, found and copied, as PDFium (the reader inside of browsers) has it: nothing vanishes, nothing is put in."""

from __future__ import annotations

import re
import sys
import unicodedata
from typing import Any

import pypdfium2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.typeset import compile_pdf, make_displayable

PAGE = {
    "title": "Records",
    "subject": "All records",
    "running": "Records",
    "foot": "Records",
    "about": [],
    "pages": False,
    "no_text": "none",
}
CERTIFICATE = {"title": "Certificate", "seal": "", "front": [], "running": "C", "foot": "C", "page_words": "Page {page} of {pages}"}
BASE = "https://www.riverbend.example/agenda/2019/07-04/minutes_of-the-council.pdf?session=12345&view=full#section-12"
DIRECTING = frozenset("\u061c\u200c\u200d\u200e\u200f\u2066\u2067\u2068\u2069\u034f")
"""What changes how the signs around it are drawn, and so is not nothing: joiners, and marks of direction."""


def record(text: str, facts: list[Any]) -> dict[str, Any]:
    return {"heading": "1. Post", "fits": False, "tags": [], "title": [], "text": text.split("\n"), "pictures": [], "facts": facts}


def records(*made: dict[str, Any]) -> pypdfium2.PdfDocument:
    return pypdfium2.PdfDocument(compile_pdf("records", PAGE | {"records": list(made)}))


def certificate(*blocks: dict[str, Any]) -> pypdfium2.PdfDocument:
    return pypdfium2.PdfDocument(compile_pdf("certificate", CERTIFICATE | {"annexes": list(blocks)}))


def text_of(document: pypdfium2.PdfDocument) -> str:
    return "\n".join(page.get_textpage().get_text_range() for page in document)


def is_found(document: pypdfium2.PdfDocument, words: str) -> bool:
    return any(page.get_textpage().search(words, match_case=True).get_next() is not None for page in document)


# PDFium drops a hyphen at the end of any line, also where it is the text's own last sign: the one thing left that no page can help
def addresses() -> st.SearchStrategy[str]:
    part = st.text("abcdefghijklmnopqrstuvwxyz0123456789-_.~%", min_size=1, max_size=24)
    return st.lists(part, min_size=1, max_size=7).map(lambda parts: ("https://riverbend.example/" + "/".join(parts))[:120].rstrip("-"))


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(addresses(), min_size=4, max_size=8), st.integers(0, 60))
def test_every_address_digest_and_path_is_found_whole_in_text_and_facts(found: list[str], before: int) -> None:
    digest = "0123456789abcdef" * 4
    path = "data/media/twitter-5-post-1020000000000000001/" + "a" * 40 + ".jpg"
    text = " ".join(f"{'word ' * (before % 7)}{one}" for one in found)
    made = records(record(text, [["Addresses", found], ["Digest", [digest, "2019-07-04 09:30:00 CDT"]], ["File", [path]]]))
    said = text_of(made)
    for one in [*found, digest, path]:
        assert is_found(made, one), one
        assert one in said
    assert said.count(digest) == 1
    assert not set(said) & set("\u200b\ufffe\u00ad")


def test_every_block_of_a_certificate_keeps_its_addresses_and_digests_whole() -> None:
    digest = "fedcba9876543210" * 4
    name = "facebook-page-cityofriverbend-2025-11-04-part-0001-of-0003.zip"
    made = certificate(
        {"kind": "para", "text": f"word {BASE} word"},
        {"kind": "hint", "text": f"hint {BASE}1"},
        {"kind": "quote", "text": f"url:{BASE}2"},
        {"kind": "warning", "text": f"warning {BASE}3"},
        {"kind": "facts", "rows": [["Query", f"{BASE}4"], ["Digest", {"digest": digest}]]},
        {"kind": "list", "items": [f"{BASE}5"]},
        {"kind": "command", "text": "python -m indexer certificate verify certificate-2025-11-04.json --data /srv/records"},
        {
            "kind": "table",
            "columns": ["wide", "narrow"],
            "numbers": [1],
            "head": ["Archive", "Records"],
            "rows": [[{"text": name, "digest": digest[::-1]}, "12"], [{"text": name + "x", "under": "2019-07-04"}, "3"]],
        },
    )
    said = text_of(made)
    for one in [BASE + end for end in ("", "1", "2", "3", "4", "5")] + [digest, digest[::-1], name, "certificate-2025-11-04.json"]:
        assert is_found(made, one), (one, said)
    assert not set(said) & set("\u200b\ufffe\u00ad")


def test_what_no_line_can_hold_is_broken_without_a_sign() -> None:
    long = "https://riverbend.example/" + "abc-def_" * 60
    said = text_of(records(record(long, [["Address", [long]]])))
    assert re.sub(r"\s", "", said).count(long) == 2


def blanks() -> list[str]:
    """Every sign that is a space, a control or a format sign, and the letters that are drawn as nothing."""
    kinds = {"Zs", "Zl", "Zp", "Cc", "Cf"}
    found = [chr(code) for code in range(sys.maxunicode + 1) if unicodedata.category(chr(code)) in kinds and code < 0xE0000]
    return [*found, *"\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"]


def test_no_sign_vanishes() -> None:
    signs = [one for one in blanks() if one not in DIRECTING and one not in "\r\n"]
    made = records(*(record(f"{number}x{one}y{number}", []) for number, one in enumerate(signs)))
    said = text_of(made)
    assert not [ascii(one) for number, one in enumerate(signs) if f"{number}xy{number}" in said]
    narrow = []
    for page in made:
        letters = page.get_textpage()
        words = letters.get_text_range()
        for found in re.finditer("x[^0-9xy]{1,4}y[0-9]", words):
            gap = letters.get_charbox(found.end() - 2)[0] - letters.get_charbox(found.start())[2]
            narrow += [(words[found.start() - 4 : found.end()], gap)] if gap < 1.5 else []
    assert narrow == []


@pytest.mark.parametrize(
    "text", ["Ward 14\t12 yes\t380 no", "A\u2003B\u3000C", "a\u200bb", "\ufeffa", "soft\u00adhyphen", "a\u200db", "\u200ca"]
)
def test_a_gap_is_seen_or_the_sign_is_named(text: str) -> None:
    assert re.search(r"\S( |\u00a0|\u2003)|^ |\[U\+", make_displayable(text))


@pytest.mark.parametrize("text", ["می\u200cخواهم", "क\u094d\u200dष", "👨\u200d👩\u200d👧", "\u2068Neva\u2069 wrote", "שלום\u200f!"])
def test_signs_that_direct_what_is_around_them_stay(text: str) -> None:
    assert make_displayable(text) == text


def test_a_table_typed_with_tabs_keeps_its_columns() -> None:
    said = text_of(records(record("Ward 14\t12 yes\t380 no\nA\x0bB", [])))
    assert re.search(r"14\s+12 yes\s+380 no", said)
    assert "AB" not in said
