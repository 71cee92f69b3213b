"""The media viewer: sizes that pictures state, what is viewable, and its page."""

from __future__ import annotations

import re
import struct

import pytest

from indexer.custody.ingest import ingest
from portal.records.pictures import picture_size
from tests.support.town import CITY, CITY_ID, MESSAGE_CANARY, Town, pictured, png, x_archive


def webp(chunk: bytes, data: bytes) -> bytes:
    return b"RIFF" + struct.pack("<I", 12 + len(data)) + b"WEBP" + chunk + struct.pack("<I", len(data)) + data


def jpeg_head(*segments: tuple[int, bytes]) -> bytes:
    return b"\xff\xd8" + b"".join(bytes([0xFF, marker]) + struct.pack(">H", len(data) + 2) + data for marker, data in segments)


FRAME = b"\x08" + struct.pack(">HH", 480, 640) + b"\x03"


@pytest.mark.parametrize(
    ("head", "size"),
    [
        (png(64, 48), (64, 48)),
        (b"GIF89a" + struct.pack("<HH", 320, 200), (320, 200)),
        (b"GIF87a" + struct.pack("<HH", 1, 2), (1, 2)),
        (jpeg_head((0xE0, b"JFIF" + bytes(12)), (0xC0, FRAME)), (640, 480)),
        (jpeg_head((0xE1, bytes(60_000)), (0xE2, bytes(60_000)), (0xC4, bytes(20)), (0xC2, FRAME)), (640, 480)),
        (b"\xff\xd8\xff\xff\xff" + jpeg_head((0xC0, FRAME))[3:], (640, 480)),  # fill bytes before a marker
        (webp(b"VP8 ", b"\0\0\0\x9d\x01\x2a" + struct.pack("<HH", 0x4000 | 300, 150)), (300, 150)),
        (webp(b"VP8L", b"\x2f" + struct.pack("<I", 299 | 149 << 14)), (300, 150)),
        (webp(b"VP8X", bytes(4) + (299).to_bytes(3, "little") + (149).to_bytes(3, "little")), (300, 150)),
        (b"\xff\xd8\xff", (0, 0)),
        (png()[:20], (0, 0)),
        (b"<svg", (0, 0)),
        (b"", (0, 0)),
    ],
)
def test_a_picture_states_its_size_in_its_first_bytes(head: bytes, size: tuple[int, int]) -> None:
    assert picture_size(head) == size


@pytest.mark.parametrize("cut", range(60))
def test_a_picture_that_is_cut_off_anywhere_has_no_size_or_its_own(cut: int) -> None:
    for whole, size in ((png(), (64, 48)), (jpeg_head((0xE0, bytes(14)), (0xC0, FRAME)), (640, 480))):
        assert picture_size(whole[:cut]) in {(0, 0), size}


@pytest.fixture(scope="module", name="album")
def an_album(town: Town, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A post with two pictures, and its record id."""
    post = pictured(1_140_000_000_000_000_001, "Two views of the quay", "Sat May 25 16:00:00 +0000 2019", "east.png")
    media = post["tweet"]["extended_entities"]["media"]
    media.append(
        {
            **media[0],
            "id": "7",
            "id_str": "7",
            "media_url_https": "https://pbs.twimg.com/media/west.png",
            "media_url": "http://pbs.twimg.com/media/west.png",
        }
    )
    media[0]["ext_alt_text"] = "The quay from the east"
    files = {"1140000000000000001-east.png": png(300, 200), "1140000000000000001-west.png": png(30, 20, (200, 10, 10))}
    made = x_archive(tmp_path_factory.mktemp("album") / "album.zip", CITY, CITY_ID, [post], [], files)
    ingest(town.repository, [made], taken_by="rhea", source="upload")
    return town.record_id("Two views of the quay")


def test_a_picture_has_a_page_of_its_own_with_its_size_and_digest_and_its_neighbor(town: Town, album: str) -> None:
    client = town.client("rhea")
    page = client.get(f"/viewer/0/{album}?q=quay&hit=1").text
    assert "Picture 1 of 2" in page
    assert "300 by 200 pixels" in page
    assert 'width="300" height="200"' in page
    view = town.repository.catalog.record(album)
    assert view is not None
    assert view.attachments[0].sha256 in page
    assert f'rel="next" href="/viewer/1/{album}?version=1&amp;q=quay&amp;hit=1"' in page
    assert 'rel="prev"' not in page
    assert f'rel="up" href="/records/{album}?q=quay&amp;hit=1"' in page
    last = client.get(f"/viewer/1/{album}").text
    assert "Picture 2 of 2" in last
    assert 'rel="next"' not in last


def test_the_viewer_zooms_without_scripts(town: Town, album: str) -> None:
    client = town.client("rhea")
    assert 'data-zoom="200"' in client.get(f"/viewer/0/{album}?zoom=200").text
    assert 'data-zoom="fit"' in client.get(f"/viewer/0/{album}?zoom=7%22x").text
    assert f'href="/viewer/0/{album}?version=1&amp;zoom=400" aria-label="Zoom in"' in client.get(f"/viewer/0/{album}?zoom=200").text


def test_the_page_of_a_record_leads_to_the_viewer(town: Town, album: str) -> None:
    page = town.client("rhea").get(f"/records/{album}").text
    assert re.findall(r'class="file-picture" data-viewer href="([^"]+)"', page) == [
        f"/viewer/{number}/{album}?version=1" for number in (0, 1)
    ]


def test_a_file_that_is_not_what_its_name_says_is_not_shown_and_can_be_downloaded(town: Town) -> None:
    page = town.client("rhea").get(f"/viewer/0/{town.record_id('A picture that is a page')}").text
    assert "The content of this file is not what its name says" in page
    assert "viewer-stage" not in page
    assert " download=" in page


@pytest.mark.parametrize("number", ["1", "99", "99999999999999999999"])
def test_a_picture_that_is_not_there_is_404(town: Town, number: str) -> None:
    assert town.client("rhea").get(f"/viewer/{number}/{town.record_id('Parade')}").status_code == 404


def test_the_viewer_is_closed_where_the_record_is(town: Town) -> None:
    message = town.record_id(MESSAGE_CANARY)
    assert town.client("gwen").get(f"/viewer/0/{message}").status_code == 404
    assert town.client("nora").get(f"/viewer/0/{town.record_id('Parade')}").status_code == 404
    assert town.client().get(f"/viewer/0/{town.record_id('Parade')}").status_code == 302
