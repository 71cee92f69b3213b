"""The page of a record, its raw item, and its pictures: nothing of an archive can run, nothing technical and personal is shown."""

from __future__ import annotations

import hashlib
import io
import re
from html import unescape
from pathlib import Path

import pytest

from indexer.catalog.models import AttachmentView
from indexer.custody.ingest import ingest
from portal import media
from portal.views.search.records import TEXT_SHOWN
from tests.support.town import CITY, CITY_ID, HTML, MESSAGE_CANARY, Town, png, post, x_archive


def test_a_record_says_where_it_comes_from_so_that_anybody_finds_the_item_again(town: Town) -> None:
    number = town.record_id("closed Mill Bridge")
    view = town.repository.catalog.record(number)
    assert view is not None
    page = town.client("rhea").get(f"/records/{number}").text
    for part in (
        view.origin.capture_digest,
        view.origin.member,
        "Wed Jul 04 18:00:00 +0000 2018",
        "2018-07-04T18:00:00Z",
        number,
        "The archive gives this time in UTC.",
    ):
        assert part in page, part
    with town.repository.open_media(view.origin.capture_id, view.origin.member) as stream:
        item = stream.read()[view.origin.start : view.origin.start + view.origin.length]
    assert b"The flood has closed Mill Bridge" in item


def test_a_thread_is_shown_and_leads_to_each_of_its_records(town: Town) -> None:
    first, answer = town.record_id("closed Mill Bridge"), town.record_id("the bridge is open again")
    page = town.client("rhea").get(f"/records/{answer}").text
    assert '<h2 id="thread">Conversation</h2>' in page
    assert f'href="/records/{first}"' in page


def test_text_is_shown_as_it_was_written_never_as_markup(town: Town) -> None:
    page = town.client("rhea").get(f"/records/{town.record_id('Late flood news')}").text
    assert "&lt;b&gt;not bold&lt;/b&gt;" in page
    assert "<b>not bold" not in page


def test_previous_and_next_walk_through_the_results_in_their_order(town: Town) -> None:
    client = town.client("rhea")
    ids = [one["id"] for one in client.get("/search.json?q=flood").json["records"]]
    for at, number in enumerate(ids):
        page = client.get(f"/records/{number}?q=flood&hit={at + 1}").text
        assert (f'rel="prev" href="/records/{ids[at - 1]}?q=flood&amp;hit={at}"' in page) == (at > 0)
        assert ('rel="next"' in page) == (at + 1 < len(ids))
        assert f"{at + 1} of {len(ids)}" in page
        if at + 1 < len(ids):
            assert f'rel="next" href="/records/{ids[at + 1]}?q=flood&amp;hit={at + 2}"' in page


@pytest.mark.parametrize("hit", ["0", "-1", "x", "9999999999999", "%00", "99"])
def test_a_place_in_the_results_that_cannot_be_is_no_error(town: Town, hit: str) -> None:
    assert town.client("rhea").get(f"/records/{town.record_id('Parade')}?q=flood&hit={hit}").status_code == 200


def test_a_record_that_is_not_there_and_one_that_may_not_be_seen_look_the_same(town: Town) -> None:
    message = town.record_id(MESSAGE_CANARY)
    client = town.client("gwen")
    for page in ("records", "text", "media/0"):
        answers = [client.get(f"/{page}/{number}") for number in (message, "twitter:1:post:404")]
        assert [answer.status_code for answer in answers] == [404, 404]
        own = r'name="csrf_token" value="[^"]+"|(?<=[?&;])next=[^"&]+'  # the form's token, and the address asked for, to come back to
        assert len({re.sub(own, "", answer.text) for answer in answers}) == 1


def test_a_version_that_is_not_there_is_404(town: Town) -> None:
    number = town.record_id("Parade")
    client = town.client("rhea")
    assert client.get(f"/records/{number}?version=1").status_code == 200
    assert client.get(f"/records/{number}?version=2").status_code == 404
    assert client.get(f"/raw/{number}?version=x").status_code == 404


def test_the_raw_item_is_shown_to_who_may_and_the_opening_is_logged(town: Town) -> None:
    number = town.record_id("closed Mill Bridge")
    page = town.client("lena").get(f"/raw/{number}")
    assert "full_text" in page.text
    assert "&#34;id_str&#34;" in page.text
    event = town.repository.audit.newest(1)[0]
    assert (event.tag, event.actor, event.subject) == ("raw:viewed", "lena", number)
    assert town.client("gwen").get(f"/raw/{number}").status_code == 403


def test_the_whole_text_comes_as_plain_text_that_cannot_run(town: Town) -> None:
    answer = town.client("rhea").get(f"/text/{town.record_id('Late flood news')}")
    assert answer.content_type == "text/plain; charset=utf-8"
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert b"<b>not bold</b>" in answer.data
    assert TEXT_SHOWN > 10_000


def test_a_plain_picture_is_shown_in_place_and_whole(town: Town) -> None:
    answer = town.client("rhea").get(f"/media/0/{town.record_id('Parade')}")
    assert answer.data == png()
    assert answer.content_type == "image/png"
    assert answer.headers["Content-Disposition"].startswith("inline")
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_page_that_is_named_like_a_picture_is_a_download(town: Town) -> None:
    answer = town.client("rhea").get(f"/media/0/{town.record_id('A picture that is a page')}")
    assert answer.data == HTML
    assert answer.content_type == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [("bytes=0-9", 0, 10), ("bytes=5-20", 5, 21), ("bytes=100-", 100, None), ("bytes=-7", -7, None), ("bytes=20-20", 20, 21)],
)
def test_a_part_that_is_asked_for_is_given(town: Town, asked: str, start: int, end: int | None) -> None:
    whole = png()
    answer = town.client("rhea").get(f"/media/0/{town.record_id('Parade')}", headers={"Range": asked})
    assert answer.status_code == 206
    assert answer.data == whole[start:end]
    first = start % len(whole)
    assert answer.headers["Content-Range"] == f"bytes {first}-{first + len(answer.data) - 1}/{len(whole)}"


def test_a_part_behind_the_end_is_refused_and_a_known_file_is_not_sent_again(town: Town) -> None:
    client, address = town.client("rhea"), f"/media/0/{town.record_id('Parade')}"
    assert client.get(address, headers={"Range": "bytes=9999-"}).status_code == 416
    mark = client.get(address).headers["ETag"]
    assert mark == f'"{hashlib.sha256(png()).hexdigest()}"'
    assert client.get(address, headers={"If-None-Match": mark}).status_code == 304
    assert client.get(address, headers={"Range": "bytes=0-3", "If-Range": '"another"'}).status_code == 200
    assert client.get(address, headers={"Range": "bytes=0-3", "If-Range": mark}).status_code == 206


def test_an_edited_post_shows_both_versions_and_the_words_that_changed(town: Town, tmp_path: Path) -> None:
    before = town.record_id("closed Mill Bridge")
    edited = post(1_020_000_000_000_000_001, "The flood has closed Mill Bridge. Take Route 12.", "Wed Jul 04 18:00:00 +0000 2018")
    ingest(town.repository, [x_archive(tmp_path / "later.zip", CITY, CITY_ID, [edited], [], {})], taken_by="rhea", source="upload")
    client = town.client("rhea")
    page = client.get(f"/records/{before}").text
    assert "2 versions" in page
    assert "<del>9.</del>" in page
    assert "<ins>12.</ins>" in page
    old = client.get(f"/records/{before}?version=1").text
    assert "This is version 1 of 2" in old
    assert "Take Route 9.</div>" in old
    assert page.count("later.zip") == 1
    assert page.count("city_archive.zip") == 1
    results = client.get("/search", query_string={"q": '"route 9"'}).text
    assert "found in version 1 of 2, not in the current version" in results
    assert f'href="/records/{before}?version=1&amp;q=%22route+9%22&amp;hit=1"' in results
    current = client.get(f"/records/{before}", query_string={"q": '"route 9"', "hit": "1"}).text
    assert "Your search terms are not in this version, but in:" in current
    assert "<mark>Route</mark> <mark>9</mark>" in client.get(f"/records/{before}", query_string={"q": '"route 9"', "version": "1"}).text


def attachment(media_type: str) -> AttachmentView:
    return AttachmentView('a"\r\nb/ñ.png', media_type, member="m", capture_id=1, size=4)


@pytest.mark.parametrize(
    ("head", "named", "shown"),
    [
        (b"\x89PNG\r\n\x1a\n", "image/png", "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg", "image/jpeg"),
        (b"GIF89a", "image/gif", "image/gif"),
        (b"RIFF\0\0\0\0WEBP", "image/jpeg", "image/webp"),
        (b"\0\0\0\x18ftypisom", "video/mp4", "video/mp4"),
        (b"\0\0\0\x18ftypM4A ", "audio/mp4", "audio/mp4"),
        (b"\x1a\x45\xdf\xa3", "video/webm", "video/webm"),
        (b"ID3\x04", "audio/mpeg", "audio/mpeg"),
        (b"RIFF\0\0\0\0WAVE", "audio/x-wav", "audio/wav"),
        (b"<svg xmlns=", "image/svg+xml", ""),
        (b"<!doctype html>", "image/png", ""),
        (b"\x89PNG\r\n\x1a\n", "text/html", ""),
        (b"%PDF-1.7", "application/pdf", ""),
        (b"BM", "image/bmp", ""),
        (b"", "image/png", ""),
    ],
)
def test_only_what_name_and_first_bytes_agree_on_is_shown_in_place(head: bytes, named: str, shown: str) -> None:
    assert media.inline_type(attachment(named), head) == shown


def test_a_file_name_of_an_archive_cannot_break_out_of_its_header(town: Town) -> None:
    with town.app.test_request_context() as context:
        answer = media.respond(context.request, attachment("image/png"), io.BytesIO(b"\x89PNG"))
        named = answer.headers["Content-Disposition"]
        answer.close()
    assert "\r" not in named
    assert "\n" not in named
    assert named.count('"') == 2


def test_the_page_of_a_record_marks_the_words_it_was_found_by_and_leads_back_to_the_results(town: Town) -> None:
    client = town.client("rhea")
    number = town.record_id("closed Mill Bridge")
    page = client.get(f"/records/{number}?q=flood&kind=post&hit=1").text
    assert 'dir="auto">The <mark>flood</mark> has closed Mill Bridge.' in page
    assert re.search(rf'href="/raw/{number}\?version=\d&amp;q=flood&amp;kind=post&amp;hit=1"', page)
    raw = client.get(f"/raw/{number}?version=1&q=flood&kind=post&hit=1").text
    assert f'href="/records/{number}?version=1&amp;q=flood&amp;kind=post&amp;hit=1"' in raw
    assert "<mark>" not in client.get(f"/records/{number}").text


def test_a_query_with_markup_in_it_is_never_markup_on_a_page(town: Town) -> None:
    client = town.client("rhea")
    number = town.record_id("Late flood news")
    for address in (f"/records/{number}", f"/raw/{number}", "/search"):
        page = client.get(address, query_string={"q": '"><script>x</script> flood', "author": "'\"><b>", "hit": "1"}).text
        assert "<script>x" not in page, address
        assert "<b>" not in page, address


def test_a_record_can_be_cited_and_linked_to_without_scripts(town: Town) -> None:
    number = town.record_id("closed Mill Bridge")
    view = town.repository.catalog.record(number)
    assert view is not None
    page = unescape(town.client("rhea").get(f"/records/{number}").text)
    citation = re.search(r'<textarea id="citation"[^>]*>([^<]+)</textarea>', page)
    assert citation
    assert citation[1].startswith(f"@{CITY}, X post of July 4, 2018, 1:00\N{NARROW NO-BREAK SPACE}PM CDT, record {number}, ")
    assert citation[1].endswith(f"(SHA-256 {view.origin.capture_digest})")
    link = re.search(r'<input id="permalink"[^>]* value="([^"]+)"', page)
    assert link
    assert link[1].endswith(f"/records/{number}")
    assert town.client("rhea").get(link[1].removeprefix("http://127.0.0.1:8000")).status_code == 200


def test_evidence_is_folded_and_whole(town: Town) -> None:
    number = town.record_id("Parade")
    view = town.repository.catalog.record(number)
    assert view is not None
    page = town.client("rhea").get(f"/records/{number}").text
    evidence = page.split('<details class="fold" id="evidence">', 1)[1].split("</details>", 1)[0]
    parts = (
        view.origin.capture_digest,
        view.origin.member,
        view.content_digest,
        view.attachments[0].sha256,
        number,
        "city_archive.zip",
        "/raw/",
    )
    assert [part for part in parts if part not in evidence] == []


def test_a_long_conversation_opens_on_demand(town: Town, tmp_path: Path) -> None:
    start = 1_150_000_000_000_000_000
    answers = [
        post(
            start + at,
            f"Answer {at} about the quay wall",
            f"Sat May 25 16:{at:02}:00 +0000 2019",
            **({"in_reply_to_status_id": str(start + at - 1), "in_reply_to_status_id_str": str(start + at - 1)} if at else {}),
        )
        for at in range(14)
    ]
    ingest(town.repository, [x_archive(tmp_path / "wall.zip", CITY, CITY_ID, answers, [], {})], taken_by="rhea", source="upload")
    number = town.record_id("Answer 7 about the quay wall")
    client = town.client("rhea")
    page = client.get(f"/records/{number}?q=quay&hit=2").text
    assert re.findall(r'class="thread-text" dir="auto">Answer (\d+)', page) == ["4", "5", "6", "7", "8", "9", "10"]
    assert page.count('aria-current="true"') == 1
    way = re.search(r'href="([^"]+)#thread">Show 4 earlier records', page)
    assert way
    assert "Show 3 later records" in page
    assert "q=quay&amp;hit=2" in way[1]
    assert len(re.findall(r'class="thread-text" dir="auto">Answer \d+', client.get(unescape(way[1])).text)) == 14


def test_a_record_is_handed_over_by_itself_and_put_into_the_basket(town: Town) -> None:
    client, number = town.client("rhea"), town.record_id("closed Mill Bridge")
    page = client.get(f"/records/{number}").text
    form = page.split('action="/selection"', 1)[1].split("</form>", 1)[0]
    fields = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', form))
    assert (fields["record"], fields["then"]) == (number, "hand-over")
    answer = client.post("/selection", data=fields)
    assert answer.status_code == 302
    handing_over = client.get(answer.headers["Location"]).text
    assert "1 record" in handing_over
    assert 'action="/basket/add"' in page
    assert 'action="/selection"' in town.client("gwen").get(f"/records/{number}").text, "request staff may export"
