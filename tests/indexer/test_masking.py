from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.masking import classify_key, mask_facts, mask_raw, mask_tokens
from tests.support.builders import REAL
from tests.support.export_samples import attachment, make, record, unpack

PERSONAL = (
    "upload_ip",
    "ip",
    "ip_address",
    "loginIp",
    "userCreationIp",
    "latitude",
    "Longitude",
    "coordinates",
    "geo",
    "device_id",
    "deviceId",
    "device",
    "camera_serial_number",
    "access_token",
    "_access_token",
    "token",
    "phoneNumber",
    "email",
)


@pytest.mark.parametrize("key", PERSONAL)
@pytest.mark.parametrize("value", ['"MARK ER"', "12.5", '{"a": ["MARK"], "b": {"c": "MARK"}}', '["MARK", {"x": 1}]', '"MARK \\" quoted"'])
def test_the_value_of_a_personal_key_is_masked_at_any_depth_and_the_layout_kept(key: str, value: str) -> None:
    raw = f'{{\n  "text": "hello",\n  "in": [{{ "{key}" : {value} }}],\n  "after": true\n}}'
    masked = mask_raw(raw.encode())
    assert masked.count == 1
    assert masked.text == f'{{\n  "text": "hello",\n  "in": [{{ "{key}" : "[masked: {key}]" }}],\n  "after": true\n}}'
    json.loads(masked.text)


@pytest.mark.parametrize("value", ["null", '""', "{}", "[]", "[ ]", "false"])
def test_what_is_empty_is_not_masked(value: str) -> None:
    raw = f'{{"geo": {value}, "text": "x"}}'
    assert mask_raw(raw.encode()) == type(mask_raw(b"{}"))(raw, 0)


def test_what_people_wrote_is_not_touched() -> None:
    raw = json.dumps(
        {
            "full_text": 'My ip: 203.0.113.7, {"upload_ip": "203.0.113.8"}, latitude 38.5767, mail a@b.example',
            "text": "203.0.113.9",
            "post": "Device ID",
            "location": "Riverbend, Missouri",
            "geo_enabled": True,
            "source": "Riverbend app 4.2",
        }
    )
    assert mask_raw(raw.encode()).text == raw


def test_a_damaged_item_is_masked_too() -> None:
    for raw in (
        b'{"upload_ip": "203.0.113.7',
        b'{"x": "no end\n, "upload_ip":"203.0.113.7", "latitude": -92.173}',
        b"{upload_ip: '203.0.113.7', latitude: -92.173,}",
        b'\xff\xfe{"a": \x80"x", "upload_ip" : "203.0.113.7"',
        b'{"media": {"exif_data": [{"upload_ip": "203.0.113.7", "latitude": -92.173',
        b'"upload_ip": "203.0.113.7"}',
        b'{"geo": {"type": "Point", "coordinates": [38.5, -92.173',
        b'{"a": "\\"upload_ip\\": \\"203.0.113.7\\"',
    ):
        masked = mask_raw(raw)
        assert "203.0.113" not in masked.text, raw
        assert "92.173" not in masked.text, raw
        assert masked.count


def test_labels_beside_their_values_are_masked() -> None:
    raw = b'[{"label": "IP address", "value": "xx-203"}, {"label": "Message", "value": "kept"}, {"ip_seen": "2001:db8::7"}, {"IP Address": {"value": "9"}}]'
    masked = mask_raw(raw)
    assert masked.count == 3
    assert "xx-203" not in masked.text
    assert "2001:db8" not in masked.text
    assert '"value": "kept"' in masked.text


def test_an_account_file_loses_its_telephone_and_mail() -> None:
    raw = b'{"emailChange": {"changedFrom": "clerk@riverbend.example", "changedTo": "new@riverbend.example"}, "phoneNumber": "+15735550100", "changedFrom": "oldhandle"}'
    masked = mask_raw(raw)
    assert "riverbend.example" not in masked.text
    assert "5550100" not in masked.text
    assert "oldhandle" in masked.text


@pytest.mark.parametrize(
    "table",
    [
        '<table class="meta"><tr><th>Upload IP Address</th><td>{}</td></tr></table>',
        '<table><tr><td colspan="2" class="_2pin _a6_q"><div class="_a6-q">Latitude</div><div><div class="_a6-q">{}</div></div></td></tr></table>',
        '<table><tr><td class="_2pin _a6_q">Device ID<div><div>{}</div></div></td></tr></table>',
        "<table><tr><td><b>Longitude:</b></td>\n<td> {} </td></tr></table>",
    ],
)
def test_a_cell_after_a_personal_label_is_masked_in_the_pages_of_meta(table: str) -> None:
    page = f"<div>Latitude</div><div>The bridge</div>{table.format('MARKER')}<table><tr><td>Taken</td><td>Jul 26, 2024</td></tr></table><div>203.0.113.7 is text</div>"
    masked = mask_raw(page.encode())
    assert masked.count == 1
    assert "MARKER" not in masked.text
    assert re.sub(r"\[masked: [^]]*\]", "MARKER", masked.text) == page


def test_an_empty_cell_does_not_shift_the_mask_to_the_next_label() -> None:
    page = (
        b"<table><tr><td>Latitude</td><td></td></tr><tr><td>Longitude</td><td>-92.17</td></tr><tr><td>Camera</td><td>X1</td></tr></table>"
    )
    masked = mask_raw(page)
    assert "-92.17" not in masked.text
    assert "<td>Camera</td><td>X1</td>" in masked.text
    assert "<td>Longitude</td>" in masked.text


@pytest.mark.parametrize("value", ["203.0.113.7", "2001:db8:0:1::7", "00000000-1111-2222-3333-444444444444", "38.576702", "-92,173516"])
def test_a_cell_in_any_language_is_masked_by_its_shape(value: str) -> None:
    masked = mask_raw(f"<table><tr><td>Etichetă</td><td>{value}</td></tr></table>".encode())
    assert value not in masked.text
    assert masked.count == 1


@pytest.mark.parametrize("text", ["12:30:45", "1,234", "100", "3.5", "Jul 26, 2024 1:38:06pm", "Comment"])
def test_a_cell_of_another_shape_stays(text: str) -> None:
    page = f"<table><tr><td>Shares</td><td>{text}</td></tr></table>"
    assert mask_raw(page.encode()).text == page


def test_tokens_are_masked_wherever_they_stand() -> None:
    raw = b'{"url_private": "https://files.example/a.png?token=xoxe-12-34-abcdef&x=1", "link": "https://g.example/?a=1&access_token=SECRETSECRET"}'
    masked = mask_raw(raw)
    assert "abcdef" not in masked.text
    assert "SECRET" not in masked.text
    assert "&x=1" in masked.text
    assert mask_tokens("https://riverbend.example/?page=2") == "https://riverbend.example/?page=2"
    assert "xoxe" not in mask_tokens("https://files.example/xoxe-1-2-abc")


@given(st.binary(max_size=300) | st.text("{}[]\":, \\'<>/abtd ip=0.\n", max_size=200).map(str.encode))
def test_no_bytes_make_the_mask_fail(raw: bytes) -> None:
    assert mask_raw(raw).count >= 0


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["text", "a", "upload_ip", "geo", "é"]), inner, max_size=3),
    max_leaves=12,
)


@given(json_values, st.booleans())
def test_masked_json_is_still_json_and_has_the_same_other_values(value: object, indented: bool) -> None:  # noqa: FBT001  # drawn, not passed
    def without(node: object) -> object:
        if isinstance(node, dict):
            return {key: without(child) for key, child in node.items() if not classify_key(key)}
        return [without(child) for child in node] if isinstance(node, list) else node

    masked = mask_raw(json.dumps({"item": value}, indent=2 if indented else None).encode())
    assert without(json.loads(masked.text)) == without({"item": value})


@pytest.mark.parametrize(
    "raw", [b'"' * 200_000, b"a" * 2_000_000, b"{" * 200_000, b"<" * 500_000, b'{"geo": [' * 20_000, b"'\\" * 200_000, b'"ip": [' * 20_000]
)
def test_a_hostile_item_is_masked_in_time(raw: bytes) -> None:
    assert mask_raw(raw).count >= 0


def test_small_facts_pass_through_the_same_keys() -> None:
    facts = {
        "reaction": "LIKE",
        "upload_ip": "203.0.113.7",
        "Device ID": "abc",
        "seen from": "2001:db8::7",
        "quoted": "https://x.example/?token=abc123",
    }
    masked = mask_facts(facts)
    assert masked["reaction"] == "LIKE"
    assert not {"203.0.113.7", "abc", "2001:db8::7"} & set(masked.values())
    assert "abc123" not in masked["quoted"]
    assert list(masked) == list(facts)


def test_no_masked_value_is_in_any_byte_of_an_export(tmp_path: Path) -> None:
    markers = [f"MARKER{n}Q" for n in range(len(PERSONAL))]
    extra = dict(zip(PERSONAL, markers, strict=True))
    slack = "https://files.example/a.png?token=xoxe-MARKERTOKEN"
    view = record(
        1,
        url=slack,
        links=(slack,),
        short_links=(slack,),
        extra=extra,
        attachments=(attachment(url=slack), attachment("b", member="", url=slack)),
    )
    folder = unpack(make(tmp_path / "a.zip", [view]).path, tmp_path / "out")
    book = unpack_book(folder / "data" / "records.xlsx", tmp_path / "book")
    files = [path for top in (folder, book) for path in top.rglob("*") if path.is_file()]
    assert len(files) > 12
    for path in files:
        assert b"MARKER" not in path.read_bytes(), path
    assert b"[masked: upload_ip]" in (folder / "data" / "records.jsonl").read_bytes()


def unpack_book(book: Path, folder: Path) -> Path:
    import zipfile

    with zipfile.ZipFile(book) as archive:
        archive.extractall(folder)
    return folder


@pytest.mark.parametrize("suffix", ["json", "js", "html", "htm"])
def test_real_archives_keep_no_upload_address_position_or_device(suffix: str) -> None:
    if not REAL.exists():
        pytest.skip("no real archives here")
    leak = re.compile(
        r'"(?:upload_ip|ip_address|latitude|longitude|device_id|loginIp|_access_token)"\s*:\s*+(?!null|""|"\[masked|\{\})'
        r"|>(?:Upload IP [Aa]ddress|Latitude|Longitude|Device ID)<(?:[^<>]*>\s*+<)*[^<>]*>(?!\[masked)[^<\s]"
    )
    seen = before = 0
    for path in sorted(REAL.rglob(f"*.{suffix}")):
        if not path.is_file():
            continue
        raw = path.read_bytes()[:400_000]  # a large file is cut in the middle, as damaged ones are
        before += len(leak.findall(raw.decode("utf-8", "replace")))
        found = leak.search(mask_raw(raw).text)
        assert found is None, (path, found)
        seen += 1
    assert seen
    if suffix != "js":
        assert before
