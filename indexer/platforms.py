"""The platforms that accounts live on, as their importers register them. Everything else handles a platform as its code, a plain string."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from indexer.record import RecordKind


@dataclass(frozen=True, slots=True)
class Platform:
    """A platform. `code` is stored, and what a search or an address is written with; `aliases` are accepted in searches too.

    `usual_kinds` are what readers expect of its archives: an archive in scope that has no file of them is announced. `names_by_number`:
    its archives give other people as bare numbers, shown as "`short` user 3051921866".
    """

    code: str
    title: str
    short: str = ""  # the title where that is empty
    aliases: tuple[str, ...] = ()
    usual_kinds: frozenset[RecordKind] = frozenset()
    names_by_number: bool = False


_registered: dict[str, Platform] = {}


def register(platform: Platform) -> None:
    """Make a platform known. Raises ValueError where another one has its code or one of its aliases."""
    taken = codes()
    if any(taken.get(word, platform.code) != platform.code for word in (platform.code, *platform.aliases)):
        raise ValueError(f"Another platform is called {platform.code!r} or one of {platform.aliases}.")
    _registered[platform.code] = platform


def unregister(code: str) -> None:
    """Forget a platform."""
    _registered.pop(code, None)


def registered() -> tuple[Platform, ...]:
    """Return all platforms, in the order of their registration."""
    return tuple(_registered.values())


def codes() -> Mapping[str, str]:
    """Return the code for every word that means a platform: the codes themselves, then the aliases."""
    words = {code: code for code in _registered}
    return words | {alias: platform.code for platform in _registered.values() for alias in platform.aliases}


def of(code: str) -> Platform:
    """Return the platform of a code; one whose importer is gone is called by its code."""
    return _registered.get(code) or Platform(code, code)


def is_registered(code: str) -> bool:
    """Tell whether a code is a registered platform's."""
    return code in _registered


def title(code: str) -> str:
    """Return what a platform is called on pages and papers."""
    return of(code).title


def user(code: str, number: str) -> str:
    """Return what a user of a platform is called whose number alone is known: "X user 3051921866"."""
    platform = of(code)
    return f"{platform.short or platform.title} user {number}"
