"""Items of a JSON member come one by one with their exact bytes, whatever the size of the chunks and the state of the file."""

from __future__ import annotations

import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.evidence import json_members
from indexer.evidence.json_members import JsonDamaged, JsonItem, json_items

values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(max_size=12) | st.sampled_from(['"', "\\", "]}", "},{", "\u0000"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


def items(data: bytes, chunk: int = 1 << 22) -> list[JsonItem]:
    before = json_members.CHUNK
    json_members.CHUNK = chunk
    try:
        return list(json_items(io.BytesIO(data)))
    finally:
        json_members.CHUNK = before


@settings(max_examples=150, deadline=None)
@given(
    st.lists(values, max_size=8),
    st.sampled_from([None, 1, 2]),
    st.sampled_from([1, 3, 17, 1 << 20]),
    st.sampled_from(["", "window.YTD.tweets.part0 = "]),
)
def test_every_item_of_an_array_comes_back_with_its_place(array: list[object], indent: int | None, chunk: int, prefix: str) -> None:
    data = (prefix + json.dumps(array, indent=indent)).encode()
    found = items(data, chunk)
    assert [json.loads(item.raw) for item in found] == array
    assert [item.index for item in found] == list(range(len(array)))
    assert all(data[item.start : item.start + len(item.raw)] == item.raw for item in found)


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.text("abc_", min_size=1, max_size=5), values, max_size=5), st.sampled_from([1, 5, 1 << 20]))
def test_every_value_of_an_object_comes_back_under_its_key(table: dict[str, object], chunk: int) -> None:
    found = items(json.dumps(table).encode(), chunk)
    again: dict[str, object] = {key: [] for key, value in table.items() if isinstance(value, list)}
    for item in found:
        if item.index < 0:
            again[item.key] = json.loads(item.raw)
        else:
            again[item.key].append(json.loads(item.raw))  # type: ignore[attr-defined]
    assert again == table


@settings(max_examples=100, deadline=None)
@given(st.lists(values, min_size=1, max_size=6), st.data())
def test_a_cut_file_gives_the_items_before_the_cut_and_says_that_it_is_cut(array: list[object], data: st.DataObject) -> None:
    whole = json.dumps(array).encode()
    cut = data.draw(st.integers(1, len(whole) - 1))
    found: list[JsonItem] = []
    with pytest.raises(JsonDamaged) as caught:
        found.extend(json_items(io.BytesIO(whole[:cut])))
    assert caught.value.code == "json-cut"
    assert [json.loads(item.raw) for item in found] == array[: len(found)]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "json-empty"),
        (b"  \n", "json-empty"),
        (b"window.YTD.tweets.part0 = ", "json-broken"),
        ("[1]".encode("utf-16"), "json-encoding"),
        ("[1]".encode("utf-16-le"), "json-encoding"),
        (b"[1, }]", "json-broken"),
        (b'{"a" 1}', "json-broken"),
        (b"{a: 1}", "json-broken"),
    ],
)
def test_what_is_no_json_has_a_code_of_its_own(data: bytes, code: str) -> None:
    with pytest.raises(JsonDamaged) as caught:
        items(data)
    assert caught.value.code == code


@pytest.mark.parametrize("chunk", [1, 7, 1 << 20])
@pytest.mark.parametrize(
    ("data", "read"),
    [
        (b'[{"a": 1}] , {"a": 2}]', 1),  # a bracket too much in the middle
        (b'[{"a": 1}][{"a": 2}]', 1),
        (b'{"a": [1]}, "b": [2]}', 1),
        (b'window.YTD.tweets.part0 = {"a": 1}, {"a": 2}]', 1),  # the opening bracket is gone
        (b'ext": "cut at its beginning"}, {"a": 2}', 1),
        (b"[] x", 0),
        (b"words [1]", 1),
        (b"[1]" + b" " * 99 + b"\0", 1),
    ],
)
def test_what_stands_before_or_behind_the_list_is_told(data: bytes, read: int, chunk: int) -> None:
    before = json_members.CHUNK
    json_members.CHUNK = chunk
    found: list[JsonItem] = []
    try:
        with pytest.raises(JsonDamaged) as caught:
            found.extend(json_items(io.BytesIO(data)))
    finally:
        json_members.CHUNK = before
    assert (caught.value.code, len(found)) == ("json-more", read)


@pytest.mark.parametrize(
    "before", ["", "\ufeff", "Grailbird.data.tweets_2018_01 = \n ", "var tweet_index =  ", "const x = ", "window.__THAR_CONFIG="]
)
@pytest.mark.parametrize("behind", ["", "\n", ";", " ;\r\n"])
def test_the_envelope_of_a_platform_is_no_damage(before: str, behind: str) -> None:
    assert [item.raw for item in items(f'{before}[{{"a": 1}}]{behind}'.encode())] == [b'{"a": 1}']


def test_a_post_of_fifty_megabytes_is_one_item() -> None:
    data = b'[{"text": "' + b"flood " * 8_400_000 + b'"}, {"text": "after"}]'
    found = items(data)
    assert [len(item.raw) for item in found] == [len(data) - 21, 17]


def test_an_item_beyond_every_measure_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_members, "MAX_ITEM", 1000)
    with pytest.raises(JsonDamaged) as caught:
        items(b'["' + b"x" * 5000 + b'"]', 100)
    assert caught.value.code == "json-item-too-large"
