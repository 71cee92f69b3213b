"""Every text of the pages is said in every language, with the same places for its values."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from portal.i18n import LANGUAGES

ROOT = Path(__file__).parents[2]
KEYWORDS = {"_": None, "_l": None, "say": None, "gettext": None, "_n": (1, 2), "ngettext": (1, 2)}
PLACE = re.compile(r"%\((\w+)\)s|\{(\w+)\}")
OTHERS = [code for code in LANGUAGES if code != "en"]


def folder(language: str) -> Path:
    return ROOT / "portal" / "translations" / language / "LC_MESSAGES"


def texts() -> set[tuple[str, ...]]:
    """The texts that stand in the code and the templates."""
    found = set[tuple[str, ...]]()
    for start, methods in (("portal", [("**.py", "python")]), ("indexer", [("**.py", "python")]), ("templates", [("**.html", "jinja2")])):
        for _file, _line, message, _comments, _context in extract_from_dir(str(ROOT / start), methods, keywords=KEYWORDS):
            found.add((message,) if isinstance(message, str) else tuple(message))
    return found


def catalog(language: str) -> Catalog:
    with (folder(language) / "messages.po").open("rb") as file:
        return read_po(file, locale=language)


def forms(text: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


def places(text: str) -> set[str]:
    return {one or other for one, other in PLACE.findall(text)}


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_is_translated_and_none_is_left_over(language: str) -> None:
    known = {forms(one.id) for one in catalog(language) if one.id}
    wanted = texts()
    assert len(wanted) > 300
    assert wanted - known == set(), "run `make translations`, then translate what is empty in messages.po"
    assert known - wanted == set(), "run `make translations`"
    assert [one.id for one in catalog(language) if one.id and (one.fuzzy or not all(forms(one.string)))] == []


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_has_the_places_of_its_text(language: str) -> None:
    def fits(one: Message) -> bool:
        wanted = {place for form in forms(one.id) for place in places(form)}
        told = [places(form) for form in forms(one.string)]
        return all(one_form <= wanted for one_form in told) and set().union(*told) == wanted

    assert [one.id for one in catalog(language) if one.id and not fits(one)] == []


@pytest.mark.parametrize("language", OTHERS)
def test_what_the_portal_reads_is_what_was_translated(language: str) -> None:
    made = io.BytesIO()
    write_mo(made, catalog(language))
    assert made.getvalue() == (folder(language) / "messages.mo").read_bytes(), "run `make translations`"
