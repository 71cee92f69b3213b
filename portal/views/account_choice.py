"""A choice of accounts in a form: the chosen ones, a few others, and a box that finds the rest without losing what was chosen."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from indexer.catalog import AccountView
from indexer.text import fold

MOST_CHOSEN, MOST_OTHERS = 60, 30
LONGEST_LETTERS = 120


class Form(Protocol):
    """The part of Werkzeug's form used here."""

    def get(self, key: str, default: str) -> str:
        """Return the first value of a name."""
        ...

    def getlist(self, key: str) -> list[str]:
        """Return every value of a name."""
        ...


@dataclass(frozen=True, slots=True)
class AccountChoice:
    """The accounts that a form lists. `kept` are chosen and not listed: the form sends them along."""

    checked: tuple[AccountView, ...]
    others: tuple[AccountView, ...]
    kept: tuple[int, ...] = ()
    left_out: int = 0  # accounts that are neither chosen nor listed
    letters: str = ""  # the listed accounts have them in their names
    is_answer: bool = False  # the form was sent to find accounts

    @property
    def listed(self) -> list[tuple[AccountView, bool]]:
        """The accounts in the order of the form, with whether each is checked: those found come first, otherwise those checked."""
        checked, others = [(account, True) for account in self.checked], [(account, False) for account in self.others]
        return [*others, *checked] if self.letters else [*checked, *others]

    @property
    def has_find(self) -> bool:
        """Whether there are accounts to find."""
        return bool(self.kept or self.left_out or self.letters)


def choose(accounts: Sequence[AccountView], chosen: Collection[int], form: Form | None = None) -> AccountChoice:
    """Return the accounts to list: those chosen, by id, and others whose names contain the letters typed into the form."""
    letters = _letters(form) if form else ""
    wanted = fold(letters)
    matches = {account.id for account in accounts if wanted in fold(account.label)}
    checked = sorted((account for account in accounts if account.id in chosen), key=lambda account: account.id not in matches)
    others = [account for account in accounts if account.id not in chosen and account.id in matches]
    kept = {*chosen} - {account.id for account in checked[:MOST_CHOSEN]}
    left_out = len(accounts) - len(checked) - len(others[:MOST_OTHERS])
    is_answer = form is not None and is_find(form)
    return AccountChoice(tuple(checked[:MOST_CHOSEN]), tuple(others[:MOST_OTHERS]), tuple(sorted(kept)), left_out, letters, is_answer)


def chosen_values(form: Form) -> list[str]:
    """Return the account values that a form sends: those checked and those kept without being listed."""
    return [*form.getlist("account"), *form.get("kept", "").split()]


def is_find(form: Form) -> bool:
    """Whether a form is sent to find accounts: by its button, or with letters whose accounts are not listed yet."""
    return bool(form.get("find_accounts", "")) or _letters(form) != form.get("listed_letters", "")


def _letters(form: Form) -> str:
    return " ".join(form.get("letters", "").split())[:LONGEST_LETTERS]
