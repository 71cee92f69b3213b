"""docs/portal.md is compared with the code."""

from __future__ import annotations

import re
from pathlib import Path

from indexer import platforms
from indexer.query.filters import Sort
from indexer.record import RecordKind
from portal.access.rules import RIGHTS, Right, Role
from portal.config import PORTAL_SETTINGS
from portal.search.address import FILTER_NAMES, SIZES

PAGE = (Path(__file__).parents[2] / "docs" / "portal.md").read_text()


def rows(heading: str) -> list[list[str]]:
    """Return the cells of the first table below a heading, without its head."""
    part = re.split(r"^#+ ", PAGE.split(f"# {heading}\n", 1)[1], flags=re.MULTILINE)[0]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in part.splitlines() if line.startswith("|")][2:]


def test_every_setting_is_documented_with_its_default_and_help() -> None:
    wanted = [[f"`{one.name}`", f"`{one.default}`" if one.default else "empty", one.help] for one in PORTAL_SETTINGS]
    assert rows("Settings") == wanted


def test_every_role_and_right_is_documented_as_the_access_rule_has_it() -> None:
    head = "| right | " + " | ".join(role.value for role in Role) + " |"
    assert head in PAGE
    assert rows("Roles and rights") == [[right.value, *("yes" if right in RIGHTS[role] else "no" for role in Role)] for right in Right]


def test_every_parameter_of_a_search_is_documented_with_its_values() -> None:
    table = rows("/search.json")
    named = {name for row in table for name in re.findall(r"`(\w+)`", row[0])}
    assert named == {*FILTER_NAMES, "q", "stored", "set", "dialect", "as_of", "group", "sort", "size", "page"}
    values = {row[0]: row[1] for row in table}
    assert re.findall(r"`(\w+)`", values["`kind`"]) == [kind.value for kind in RecordKind]
    assert re.findall(r"`(\w+)`", values["`platform`"]) == [one.code for one in platforms.registered()]
    assert re.findall(r"`(\w+)`", values["`sort`"]) == [sort.value for sort in Sort]
    assert [int(size) for size in re.findall(r"\d+", values["`size`"])] == list(SIZES)
