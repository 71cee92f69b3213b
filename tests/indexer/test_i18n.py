"""A sentence keeps its template and values, in memory and as JSON."""

from __future__ import annotations

from datetime import date

from indexer.i18n import Sentence, from_json, message_of, pack, say, to_json, unpack


def test_a_sentence_comes_back_from_json_with_what_it_was_made_of() -> None:
    why = say("{written} names no month", written="'Sat {x} 44'")
    kept = say("{why}, item {number} of {day}", why=why, number=1200, day=date(2024, 5, 1))
    again = from_json(to_json(kept), "")
    assert again == kept == "'Sat {x} 44' names no month, item 1,200 of May 1, 2024"
    assert isinstance(again, Sentence)
    assert (again.template, again.values) == (kept.template, kept.values)
    assert isinstance(again.values["why"], Sentence)


def test_a_text_of_an_older_version_stays_a_text() -> None:
    text = from_json(None, "Line {3} broke.")
    assert text == "Line {3} broke."
    assert not isinstance(text, Sentence)


def test_what_is_no_sentence_is_packed_as_it_is() -> None:
    table = {"lines": [say("It is {what}.", what="so"), "plain"], "count": 3, "none": None}
    assert pack(table) == {"lines": [{"say": "It is {what}.", "values": {"what": "so"}}, "plain"], "count": 3, "none": None}
    assert unpack(pack(table)) == {"lines": ["It is so.", "plain"], "count": 3, "none": None}


def test_the_message_of_an_error_is_the_sentence_that_it_was_raised_with() -> None:
    told = message_of(ValueError(say("{written} names no month", written="'x'")))
    assert isinstance(told, Sentence)
    assert message_of(ValueError("x", 1)) == "('x', 1)"
