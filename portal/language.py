"""gettext with types: `_` now, `_n` for counts, `_l` for texts that are looked up when they are shown."""

from __future__ import annotations

from typing import Any

import flask_babel  # type: ignore[import-untyped]  # the package has no types

Locale = Any
Babel = flask_babel.Babel


def _(text: str, **values: object) -> str:
    """Return a text in the reader's language."""
    return str(flask_babel.gettext(text, **values))


def _n(one: str, many: str, count: int, /, **values: object) -> str:
    """Return the form of a text that fits a count; `%(num)s` is the count."""
    return str(flask_babel.ngettext(one, many, count, **values))


class Lazy:
    """A text that is translated when it is shown: for tables at the top of a module."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __str__(self) -> str:
        return _(self._text)

    def __html__(self) -> str:
        return str(flask_babel.gettext(self._text).replace("&", "&amp;").replace("<", "&lt;"))


def _l(text: str) -> Lazy:
    """Mark a text for translation when it is shown."""
    return Lazy(text)


def locale() -> Any:
    """Return the reader's locale, as Babel knows it."""
    return flask_babel.get_locale()
