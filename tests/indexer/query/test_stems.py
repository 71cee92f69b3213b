"""Stems: the forms of one word have one, whichever thread asks."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.query.expansion import stem
from indexer.text import words


@pytest.mark.parametrize(
    "forms",
    [
        ["budget", "budgets", "budgeting", "budgeted"],
        ["tax", "taxes", "taxed", "taxing"],
        ["policy", "policies"],
        ["vote", "votes", "voted", "voting"],
        ["meeting", "meet", "meets"],
        ["🎉"],
        ["京"],
    ],
)
def test_the_forms_of_a_word_have_one_stem(forms: list[str]) -> None:
    assert len({stem(form) for form in forms}) == 1


def test_other_words_have_other_stems() -> None:
    assert len({stem(word) for word in ["budget", "council", "tax", "taxi", "flood", "2018"]}) == 6


def test_threads_do_not_disturb_each_other() -> None:
    forms = [f"{start}{middle}{end}" for start in "abcdefgh" for middle in ("ation", "uncil", "udget") for end in ("s", "ing", "ed", "ly")]
    expected = {form: stem.__wrapped__(form) for form in forms}
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda form: (form, stem.__wrapped__(form)), forms * 50))
    assert all(expected[form] == got for form, got in found)


@given(st.text(max_size=30))
def test_the_stem_of_a_word_is_never_empty_and_one_word(text: str) -> None:
    assert all(stem(word) and " " not in stem(word) for word in words(text))
