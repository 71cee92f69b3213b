"""The search page and /search.json: the same search, the same answer; what cannot be read is said, never zero."""

from __future__ import annotations

import re
from datetime import date
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from indexer.query.filters import Sort
from portal.records import Change, word_diff
from portal.search import address as search_address
from tests.support.town import CITY, Town

pytestmark = pytest.mark.databases


def params_of(address: str) -> search_address.SearchParams:
    return search_address.parse(MultiDict(parse_qsl(address)))


def count(page: str) -> int:
    found = re.search(r'id="count" class="count">([\d,]+) record', page)
    assert found, page[:2000]
    return int(found[1].replace(",", ""))


ADDRESSES = [
    "",
    "q=flood",
    "q=flood&from=2018-07-04&to=2018-07-04",
    "kind=post&platform=twitter",
    "q=agenda&size=50&page=1",
    "media=with",
    "q=flood+OR+parade&sort=oldest",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_the_page_and_the_json_give_the_same_records_in_the_same_order(town: Town, address: str) -> None:
    client = town.client("rhea")
    page, answer = client.get(f"/search?{address}").text, client.get(f"/search.json?{address}").json
    assert count(page) == answer["total"] > 0
    assert re.findall(r'class="hit-link" href="/records/([^?"]+)', page) == [one["id"] for one in answer["records"]]


def test_the_json_has_the_fields_that_the_help_page_names(town: Town) -> None:
    client = town.client("rhea")
    answer = client.get("/search.json?q=flood").json
    help_page = client.get("/help/search").text.split("/search.json?")[1].split('id="your-records"')[0]
    named = set(re.findall(r"<code>(\w+)</code>", help_page))
    assert named - {"id", "platform", "account", "kind", "author", "posted_at", "posted_local", "text", "url"} <= set(answer)
    assert {"id", "platform", "account", "kind", "author", "posted_at", "posted_local", "text", "url"} <= set(answer["records"][0]) & named
    assert set(answer) <= named
    assert client.get("/search.json?q=zzz").json["total"] == 0


def test_every_example_of_the_help_page_can_be_searched(town: Town) -> None:
    client = town.client("rhea")
    rows = re.findall(r"<td><code>(.*?)</code></td>", client.get("/help/search").text)
    assert len(rows) > 20
    for example in rows:
        query = example.replace("&quot;", '"').replace("&amp;", "&")
        assert client.get("/search.json", query_string={"q": query}).status_code == 200, query


def test_a_post_at_half_past_eleven_at_night_is_on_that_local_day(town: Town) -> None:
    client = town.client("rhea")
    assert client.get("/search.json?q=late&from=2018-07-04&to=2018-07-04").json["total"] == 1
    assert client.get("/search.json?q=late&from=2018-07-05").json["total"] == 0
    page = client.get("/search?q=late").text
    assert 'datetime="2018-07-04T23:30:00-05:00"' in page
    assert "Central Time" in page


@pytest.mark.parametrize("query", ['"unbalanced', "(flood", "flood AND", "nofield:x", "date:tomorrow"])
def test_a_query_that_cannot_be_read_is_400_with_its_place_and_no_total(town: Town, query: str) -> None:
    client = town.client("rhea")
    answer = client.get("/search.json", query_string={"q": query})
    assert answer.status_code == 400
    assert answer.json["total"] is None
    assert answer.json["diagnostics"][0]["message"]
    page = client.get("/search", query_string={"q": query})
    assert page.status_code == 400
    assert "This is not a result of zero." in page.text
    assert "<u>" in page.text
    assert 'id="count"' not in page.text


@pytest.mark.parametrize(
    "address",
    [
        "from=yesterday",
        "to=2018-02-30",
        "from=2019-01-02&to=2019-01-01",
        "kind=tweet",
        "platform=myspace",
        "media=maybe",
        "sort=random",
        "size=7",
        "page=0",
        "page=x",
        "account=abc",
    ],
)
def test_a_filter_that_cannot_be_read_is_an_error_and_is_never_dropped(town: Town, address: str) -> None:
    client = town.client("rhea")
    answer = client.get(f"/search.json?q=flood&{address}")
    assert answer.status_code == 400
    assert answer.json["total"] is None
    assert answer.json["diagnostics"][0]["field"] in address
    assert "Nothing was searched" in client.get(f"/search?q=flood&{address}").text


def test_hits_are_marked_and_the_archive_s_own_tags_are_shown_as_text(town: Town) -> None:
    page = town.client("rhea").get("/search?q=late").text
    assert "<mark>Late</mark>" in page
    assert "&lt;b&gt;not bold&lt;/b&gt;" in page
    assert "<b>not bold" not in page


def test_facets_toggle_and_chips_remove(town: Town) -> None:
    client = town.client("rhea")
    page = client.get("/search?q=flood&kind=message").text
    assert count(page) == 2
    assert 'class="chip" href="/search?q=flood"' in page
    assert re.search(r'href="/search\?q=flood" class="is-on" aria-current="true"', page)
    assert "q=flood&amp;kind=message&amp;kind=post" in page, "another kind is added, not swapped"


def test_every_facet_of_the_page_leads_to_as_many_records_as_it_counts(town: Town) -> None:
    client = town.client("rhea")
    page = client.get("/search?q=flood").text
    links = re.findall(
        r'<li><a href="(/search\?[^"]+)" ><span class="facet-label">.*?</span><span class="facet-count">([\d,]+)</span>',
        page,
    )
    assert len(links) > 5
    for address, number in links:
        assert count(client.get(address.replace("&amp;", "&")).text) == int(number), address


def test_the_bars_add_up_and_each_leads_to_its_days(town: Town) -> None:
    client = town.client("rhea")
    page = client.get("/search").text
    bars = re.findall(r'<a href="(/search\?[^"]+)" aria-label="[^:]+: ([\d,]+)"', page)
    assert sum(int(number) for _, number in bars) == count(page)
    for address, number in bars:
        assert count(client.get(address.replace("&amp;", "&")).text) == int(number)


def test_a_bar_never_leads_outside_of_the_days_that_are_chosen(town: Town) -> None:
    page = town.client("rhea").get("/search?from=2018-07-05&to=2020-09-10").text
    days = re.findall(r"(?:from|to)=(\d{4}-\d\d-\d\d)", " ".join(re.findall(r'<a href="(/search\?[^"]+)" aria-label=', page)))
    assert days
    assert min(days) == "2018-07-05"
    assert max(days) == "2020-09-10"


def test_pages_hold_every_record_once(town: Town) -> None:
    client = town.client("rhea")
    total = client.get("/search.json").json["total"]
    seen = [one["id"] for page in range(1, 4) for one in client.get(f"/search.json?page={page}").json["records"]]
    assert len(seen) == len(set(seen)) == total
    assert "Page 2 of 2" in client.get("/search?page=2").text


def test_a_page_behind_the_last_one_says_so_and_keeps_the_count(town: Town) -> None:
    page = town.client("rhea").get("/search?q=flood&page=99").text
    assert count(page) == 5
    assert "There are no records on this page." in page


def test_an_empty_result_says_what_to_do_next_by_what_is_the_case(town: Town) -> None:
    assert "Search without filters" in town.client("rhea").get("/search?q=flood&from=2031-01-01").text
    assert "No records match this search" in town.client("gwen").get("/search?q=zzzq").text
    assert "You do not have access to any account yet" in town.client("nora").get("/search").text


def test_request_staff_do_not_learn_how_many_records_there_are_in_all(town: Town) -> None:
    answer = town.client("gwen").get("/search.json?q=zzzq").json
    assert "held" not in answer
    assert "indexed" not in answer
    assert answer["in_step"] is True


def test_a_search_is_in_the_event_log_with_its_address_and_its_count(town: Town) -> None:
    town.client("lena").get("/search?q=parade&kind=post")
    event = next(one for one in town.repository.audit.newest() if one.tag == "search:run")
    assert (event.actor, event.subject) == ("lena", "parade")
    assert '"total":1' in event.detail
    assert "kind=post" in event.detail


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp")), min_size=1, max_size=12)


@given(
    WORDS,
    st.dates(date(2006, 1, 1), date(2030, 1, 1)),
    st.integers(0, 5000),
    st.lists(st.sampled_from(["post", "message", "like"]), unique=True),
    st.lists(WORDS, unique=True, max_size=3),
    st.sampled_from(list(Sort)),
    st.integers(1, 50),
)
def test_an_address_says_the_whole_question_and_reads_back_the_same(  # noqa: PLR0917  # each argument is one thing of the case
    query: str, first: date, span: int, kinds: list[str], authors: list[str], sort: Sort, page: int
) -> None:
    last = date.fromordinal(first.toordinal() + span)
    pairs = [
        ("q", query),
        ("from", first.isoformat()),
        ("to", last.isoformat()),
        *(("kind", one) for one in kinds),
        *(("author", one) for one in authors),
    ]
    params = params_of(urlencode([*pairs, ("sort", sort.value), ("page", str(page))]))
    assert not params.errors
    assert params_of(params.address(page=page)) == params
    assert params.filters.first_day == first
    assert params.filters.authors == (frozenset(authors) or None)


@given(st.text(max_size=80), st.text(max_size=80))
def test_a_difference_holds_both_versions_whole(before: str, after: str) -> None:
    pieces = word_diff(before, after)
    assert pieces is not None
    assert "".join(one.text for one in pieces if one.change is not Change.ADDED) == before
    assert "".join(one.text for one in pieces if one.change is not Change.REMOVED) == after


def test_texts_too_long_to_compare_say_so() -> None:
    assert word_diff("word " * 6000, "word") is None


def test_an_account_that_may_not_be_seen_has_no_name_in_its_chip(town: Town) -> None:
    secret = next(one.id for one in town.repository.catalog.accounts(None) if one.handle != CITY)
    assert "an account you do not have access to" in town.client("gwen").get(f"/search?account={secret}").text


def test_an_index_that_cannot_answer_is_no_fault_of_the_question(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(town.repository.index), "position", lambda _index: 0)
    client = town.client("lena")
    page, answer = client.get("/search?q=flood"), client.get("/search.json?q=flood")
    assert (page.status_code, answer.status_code) == (503, 503)
    assert "the search index is empty" in page.text
    assert "This is not a result of zero." in page.text
    assert answer.json is not None
    assert (answer.json["total"], answer.json["records"]) == (None, [])
    spanish = client.get("/search?q=flood", headers={"Accept-Language": "es"}).text
    assert "the search index is empty" not in spanish


def test_a_damaged_index_is_said_without_where_it_lies_on_the_server(town: Town) -> None:
    town.repository.release_index()
    for name in ("*.store", "*.idx", "*.term", "*.fast", "*.pos"):
        for path in (town.repository.paths.index / town.repository.engine_name).glob(name):
            path.write_bytes(b"\xa5" * 64)
    answer = town.client("gwen").get("/search.json?q=flood")
    assert answer.status_code == 503
    assert "is damaged" in answer.text
    assert str(town.repository.paths.data) not in answer.text
    assert answer.json is not None
    assert answer.json["total"] is None
