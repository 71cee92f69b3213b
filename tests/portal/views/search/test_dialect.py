"""A query's dialect in the portal: in the address, in the answer, and what is said when it cannot be read."""

from __future__ import annotations

from tests.support.town import Town


def test_the_dialect_of_an_address_is_that_of_the_answer(town: Town) -> None:
    client = town.client("rhea")
    plain = client.get("/search.json?q=flood+agenda").json
    pasted = client.get("/search.json?q=flood+agenda&dialect=dtsearch").json
    assert (plain["dialect"], plain["canonical"]) == ("plain", "flood AND agenda")
    assert (pasted["dialect"], pasted["canonical"]) == ("dtsearch", '"flood agenda"')


def test_an_unknown_dialect_is_said_and_nothing_is_searched(town: Town) -> None:
    answer = town.client("rhea").get("/search.json?q=flood&dialect=lexis")
    assert answer.status_code == 400
    assert answer.json["total"] is None
    assert "plain, dtsearch" in answer.json["diagnostics"][0]["message"]


def test_a_query_that_cannot_be_read_is_400_with_the_place_and_the_repair(town: Town) -> None:
    client = town.client("rhea")
    answer = client.get("/search.json?q=%28a+AND+b%29+w%2F5+c")
    assert answer.status_code == 400
    (fault,) = answer.json["diagnostics"]
    assert (fault["start"], fault["end"]) == (0, 9)
    assert "(a w/5 c) AND (b w/5 c)" in fault["suggestion"]
    page = client.get("/search?q=%28a+AND+b%29+w%2F5+c").text
    assert "<u>(a AND b)</u> w/5 c" in page
