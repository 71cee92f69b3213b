"""The platforms, registered by their importers. Everything else refers to a platform by its code, a plain string."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from indexer.record import RecordKind


@dataclass(frozen=True, slots=True)
class Platform:
    """A platform. `code` is stored and used in searches and URLs; `aliases` are accepted in searches too.

    `usual_kinds` are the kinds that readers expect in its archives: an archive in scope without a file of them is announced.
    `names_by_number`: its archives identify other people only by number, shown as "`short` user 3051921866". `glyph` is its
    sign beside records: an SVG path, drawn as strokes in a box of 16 by 16.
    """

    code: str
    title: str
    short: str = ""  # defaults to the title
    aliases: tuple[str, ...] = ()
    usual_kinds: frozenset[RecordKind] = frozenset()
    names_by_number: bool = False
    glyph: str = "M3 3h10v7H7.5L4.5 13v-3H3z"  # a speech bubble


_registered: dict[str, Platform] = {}


def register(platform: Platform) -> None:
    """Register a platform. Raises ValueError if another platform has its code or one of its aliases."""
    if not codes().keys().isdisjoint((platform.code, *platform.aliases)):
        raise ValueError(f"Another platform is called {platform.code!r} or one of {platform.aliases}.")
    _registered[platform.code] = platform


def unregister(code: str) -> None:
    """Remove a platform."""
    _registered.pop(code, None)


def registered() -> tuple[Platform, ...]:
    """All platforms, in the order of their registration."""
    return tuple(_registered.values())


def codes() -> Mapping[str, str]:
    """Map every code and alias to its platform's code: codes first, then aliases."""
    words = {code: code for code in _registered}
    return words | {alias: platform.code for platform in _registered.values() for alias in platform.aliases}


def get(code: str) -> Platform:
    """Platform of a code; if its importer is gone, the code serves as its title."""
    return _registered.get(code) or Platform(code, code)


def is_registered(code: str) -> bool:
    """Tell whether a platform has this code."""
    return code in _registered


def title(code: str) -> str:
    """Name of a platform on pages and in documents."""
    return get(code).title


def user_label(code: str, number: str) -> str:
    """Display name of a user known only by number: "X user 3051921866"."""
    platform = get(code)
    return f"{platform.short or platform.title} user {number}"
