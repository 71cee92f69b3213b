"""Names of packages: a file name on every system, readable, and never twice the same."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.exports import numbered_name, package_name
from indexer.exports.media import safe_name

FIRST, LAST = date(2019, 5, 20), date(2019, 7, 12)


@pytest.mark.parametrize(
    ("body", "subject", "days", "name"),
    [
        ("City of Kestrel Bend", "flood", (FIRST, LAST), "kestrel-bend_flood_2019-05-20_2019-07-12"),
        ("The City of the Falls", "flood* OR levee", (FIRST, FIRST), "falls_flood-levee_2019-05-20"),
        ("St. Louis County", '"high water" W/5 bridge', (None, LAST), "st-louis-county_high-water-bridge_2019-07-12"),
        ("City of", "*", (None, None), "city-of_all-records"),
        ("Tallgrass County Sheriff’s Office", "", (None, None), "tallgrass-county-sheriffs-office_all-records"),
        ("", "résumé / Köln", (None, None), "social-media-records_resume-koln"),
        ("Perry", "洪水", (None, None), "perry_search"),
        ("Perry", "../../etc/passwd\0", (None, None), "perry_etc-passwd"),
        ("Perry", "word " * 30, (None, None), "perry_word-word-word-word-word-word-word-word-word"),
        ("Perry", "x" * 200, (None, None), "perry_" + "x" * 48),
    ],
)
def test_a_name_says_body_subject_and_days(body: str, subject: str, days: tuple[date | None, date | None], name: str) -> None:
    assert package_name(body=body, subject=subject, first=days[0], last=days[1]) == name


@given(st.text(), st.text(), st.none() | st.dates(), st.none() | st.dates())
def test_every_name_is_a_file_name_on_every_system(body: str, subject: str, first: date | None, last: date | None) -> None:
    name = package_name(body=body, subject=subject, first=first, last=last)
    assert len(numbered_name(name, [name])) <= 110
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-_")
    assert safe_name(f"{name}.zip") == f"{name}.zip"


def test_the_same_name_gets_a_number() -> None:
    assert numbered_name("a", []) == "a"
    assert numbered_name("a", ["A", "b"]) == "a_2"
    assert numbered_name("a", ["a", "a_2", "a_4"]) == "a_3"
