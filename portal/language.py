"""gettext with types: `_` now, `_n` for counts, `_l` for texts that are looked up when they are shown."""

from __future__ import annotations

from typing import Any

import flask_babel  # type: ignore[import-untyped]  # the package has no types
from flask import Flask, g, has_request_context

Locale = Any
Babel = flask_babel.Babel


def install(app: Flask) -> None:
    """Let templates look texts up as this module does: a page has some hundred of them."""
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]  # Jinja's own extension adds it
        gettext=lambda text: _catalogue().ugettext(text),
        ngettext=lambda one, many, count: _catalogue().ungettext(one, many, count),
        newstyle=True,
    )


def _(text: str, **values: object) -> str:
    """Return a text in the reader's language."""
    found = str(_catalogue().ugettext(text))
    return found % values if values else found


def _n(one: str, many: str, count: int, /, **values: object) -> str:
    """Return the form of a text that fits a count; `%(num)s` is the count."""
    return str(_catalogue().ungettext(one, many, count)) % {"num": count, **values}


def _catalogue() -> Any:
    """Return the texts of the reader's language, looked for once a request."""
    if not has_request_context():
        return flask_babel.get_translations()
    if "texts" not in g:
        g.texts = flask_babel.get_translations()
    return g.texts


class Lazy:
    """A text that is translated when it is shown: for tables at the top of a module."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __str__(self) -> str:
        return _(self._text)

    def __html__(self) -> str:
        return str(_(self._text).replace("&", "&amp;").replace("<", "&lt;"))


def _l(text: str) -> Lazy:
    """Mark a text for translation when it is shown."""
    return Lazy(text)


def locale() -> Any:
    """Return the reader's locale, as Babel knows it."""
    return flask_babel.get_locale()
