"""The same notice: found as a comparison of every pair finds it, whatever the order."""

from __future__ import annotations

import os
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.search import near_duplicates
from indexer.search.near_duplicates import LEAST_BEGINNING, are_near_duplicates, clusters, compared_words

DRAWS = int(os.environ.get("SHOWME_DRAWS", "200"))
NOTICE = "Mill Bridge is closed from Monday 9 July until Friday because of high water on the river. Please take Route 9 instead"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (NOTICE, NOTICE.upper() + "!"),
        (NOTICE, f"{NOTICE} https://riverbend.example/bridge"),
        (NOTICE, f"{NOTICE} #flood #bridge"),
        (NOTICE, f"RT @OzarkBendMO: {NOTICE}"),
        (NOTICE, NOTICE[:80] + "… https://t.co/abc"),
        (NOTICE, NOTICE[:78] + "..."),
        (NOTICE, NOTICE + ". Thank you for your patience"),
        (NOTICE, "City notice: " + NOTICE),
        ("Thanks", "thanks!"),
        ("#flood", "#Flood https://t.co/x"),
    ],
)
def test_texts_that_are_the_same_notice(one: str, other: str) -> None:
    assert are_near_duplicates(one, other)
    assert are_near_duplicates(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (NOTICE, "Mill Bridge is closed"),  # too short to be its cut beginning
        (NOTICE, NOTICE.replace("Mill", "Elm").replace("Monday", "Tuesday").replace("9", "10")),
        ("", ""),
        ("https://t.co/a", "https://t.co/a"),  # no word is left
        ("The bridge is open", "The bridge is closed"),
    ],
)
def test_texts_that_are_not(one: str, other: str) -> None:
    assert not are_near_duplicates(one, other)


def test_what_is_like_a_third_text_is_put_together() -> None:
    longer = NOTICE + " and mind the detour signs"
    assert clusters([NOTICE + " today", "Something else", NOTICE, longer]) == [0, 1, 0, 0]


def alike(one: str, other: str) -> bool:
    """The rule once more, pair by pair, as it is written in the help."""
    (left, left_begins), (right, right_begins) = compared_words(one), compared_words(other)
    if not left or not right:
        return False
    if left == right or any(
        len(cut) >= LEAST_BEGINNING and whole[: len(cut)] == cut for cut, whole in ((left_begins, right), (right_begins, left))
    ):
        return True
    ours, theirs = ({part[at : at + 3] for at in range(len(part) - 2)} for part in (left, right))
    return bool(ours) and bool(theirs) and len(ours & theirs) / len(ours | theirs) >= 0.8


def plainly(texts: list[str]) -> list[int]:
    root = list(range(len(texts)))
    for at, one in enumerate(texts):
        for other in range(at):
            if alike(one, texts[other]):
                low, high = sorted((root[at], root[other]))
                root = [low if mine == high else mine for mine in root]
    return root


@st.composite
def notices(draw: st.DrawFn) -> list[str]:
    """Texts that are changed copies of a few others."""
    made = []
    for _ in range(draw(st.integers(2, 14))):
        said = [f"w{(seed := draw(st.integers(0, 2)))}x{at}" for at in range(draw(st.sampled_from([2, 9, 20, 30])))]
        for _ in range(draw(st.integers(0, 2))):
            said[draw(st.integers(0, len(said) - 1))] = draw(st.sampled_from(["other", "w0x3", f"w{seed}x1"]))
        text = " ".join(said[: draw(st.sampled_from([8, 12, 100]))])
        made.append(text + draw(st.sampled_from(["", "…", " #tag", " https://t.co/a"])))
    return made


@settings(max_examples=DRAWS, deadline=None)
@given(notices(), st.randoms(use_true_random=False))
def test_clusters_are_those_of_a_comparison_of_every_pair_in_any_order(texts: list[str], chance: random.Random) -> None:
    assert clusters(texts) == plainly(texts)
    order = list(range(len(texts)))
    chance.shuffle(order)
    before, after = clusters(texts), clusters([texts[at] for at in order])
    for one in range(len(texts)):
        for other in range(len(texts)):
            assert (before[order[one]] == before[order[other]]) == (after[one] == after[other])


def test_form_letters_whose_blanks_are_long_are_compared_in_time_or_said_to_be_too_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(7)  # noqa: S311  # drawn texts, no secret
    letter = (
        "Water main break reported on {} crews of the city are on the way now please avoid the area and expect low pressure until "
        "this evening thank you for your patience call us at city hall any time"
    )
    rare = [letter.format(" ".join(f"street{chance.randrange(9000)}" for _ in range(4))) for _ in range(3000)]
    monkeypatch.setattr(near_duplicates, "_MAX_COMPARISONS", 30_000)  # a comparison of each with each is 4,500,000
    assert len(set(clusters(rare))) > 2900
    shared = [letter.format(" ".join(f"street{chance.randrange(200)}" for _ in range(4))) for _ in range(3000)]
    with pytest.raises(near_duplicates.TooManySimilarTexts):
        clusters(shared)
