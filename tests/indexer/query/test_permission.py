"""What a reader may see is one object: its laws, and that only the access rule and what was stored make one."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

import indexer
from indexer.query.filters import SEES_ALL, Filters, Permission

ROOT = Path(indexer.__file__).parent.parent
ACCOUNTS = st.frozensets(st.integers(1, 3))
PERMISSIONS = st.builds(Permission, st.none() | ACCOUNTS, st.booleans())

MAY_MAKE = {
    "indexer/query/filters.py",  # everything, and what two permissions have in common
    "indexer/certificates/contents.py",  # reads the maker's from a certificate
    "indexer/search/request.py",  # reads the asker's from what was stored
    "portal/access/rules.py",  # the access rule
}


@given(PERMISSIONS, PERMISSIONS, st.integers(1, 4), st.booleans())
def test_two_permissions_together_show_what_both_show(one: Permission, other: Permission, account: int, in_conversation: bool) -> None:  # noqa: FBT001  # drawn
    both = (one & other).allows(account, in_conversation=in_conversation)
    assert both == (one.allows(account, in_conversation=in_conversation) and other.allows(account, in_conversation=in_conversation))


@given(PERMISSIONS, PERMISSIONS)
def test_a_permission_covers_another_exactly_when_it_adds_nothing_to_it(one: Permission, other: Permission) -> None:
    assert one.covers(other) == (one & other == other)
    assert SEES_ALL.covers(one)
    assert one.is_all == one.covers(SEES_ALL)


@given(PERMISSIONS, st.none() | ACCOUNTS, st.integers(1, 4))
def test_no_choice_of_accounts_widens_a_permission(permission: Permission, chosen: frozenset[int] | None, account: int) -> None:
    if Filters(accounts=chosen, permission=permission).has_account(account):
        assert permission.allows_account(account)


def makers(source: str) -> Iterator[int]:
    """Yield the lines that make a permission, or change a part of one."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id if isinstance(node.func, ast.Name) else ""
            copies = name == "replace" and any(one.arg == "without_messages" for one in node.keywords)
            changes = name == "replace" and bool(node.args) and ast.unparse(node.args[0]).endswith("permission")
            if name == "Permission" or copies or changes:
                yield node.lineno


def test_the_search_for_makers_finds_each_way_of_making_one() -> None:
    assert list(makers("Permission(None, False)\nfilters.Permission(a, b)\nreplace(x.permission, accounts=None)")) == [1, 2, 3]
    assert list(makers("replace(one, without_messages=False)\nFilters(permission=may)\nreplace(filters, permission=may)")) == [1]


def test_only_the_access_rule_and_what_was_stored_make_a_permission() -> None:
    making = {
        path.relative_to(ROOT).as_posix()
        for package in ("indexer", "portal")
        for path in (ROOT / package).rglob("*.py")
        if list(makers(path.read_text(encoding="utf-8")))
    }
    assert making == MAY_MAKE
