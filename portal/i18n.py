"""gettext with types: `_` translates now, `_n` by count, `_l` when the text is displayed.

The reader's language is the one chosen on the page (stored in a cookie), otherwise the first language of the browser that
the portal supports. Sentences of the indexer (`indexer.i18n.Sentence`) are English texts with their template and values:
`translate` puts them in the reader's language, and templates do so for each sentence they print.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final

import flask_babel  # type: ignore[import-untyped]  # the package has no types
from babel.dates import format_date, format_skeleton
from babel.messages.mofile import read_mo
from babel.numbers import format_decimal
from flask import Flask, g, has_request_context, request
from markupsafe import Markup

from indexer.i18n import DayInYear, FullDay, Sentence, full_day, message_of, say

Locale = Any
Babel = flask_babel.Babel

LANGUAGES: Final = {"en": "English", "es": "Español"}
"""The languages of the pages, each in its own name."""

_REGION: Final = {"en": "en_US", "es": "es_US"}
"""Locales for numbers and dates: in Missouri, 1,234 is more than a thousand in both languages, never a decimal."""

COOKIE: Final = "showme_language"
_TRANSLATIONS: Final = Path(__file__).parent / "translations"
_PLACEHOLDER: Final = re.compile(r"\{(\w+)\}")


def chosen_language() -> str:
    """Return the language of the current request: "en" or "es"."""
    code = request.cookies.get(COOKIE, "")
    return code if code in LANGUAGES else request.accept_languages.best_match(list(LANGUAGES)) or "en"


def locale_name() -> str:
    """Return the locale for numbers and dates of the current request, looked up once: "en_US" or "es_US"."""
    try:
        return str(g.locale_name)
    except AttributeError:
        g.locale_name = _REGION[chosen_language()]
        return str(g.locale_name)


def translate(text: str) -> str:
    """Translate a sentence of the indexer into the reader's language; return any other text unchanged.

    Values follow the reader's locale: integers with thousands separators, dates in their usual form.
    """
    if not isinstance(text, Sentence):
        return text
    template = str(_catalog().ugettext(text.template))
    return template.format(**{name: _format_value(value) for name, value in text.values.items()})


def _format_value(value: object) -> object:
    if isinstance(value, str):
        return translate(value)
    if type(value) is int:
        return format_decimal(value, locale=locale())
    if isinstance(value, DayInYear):
        return format_skeleton("MMMMd", value, locale=locale())
    if isinstance(value, FullDay):
        return format_date(value, "long", locale=locale())
    if isinstance(value, date) and not isinstance(value, datetime):
        return format_date(value, "medium", locale=locale())
    return value


def translate_stored(text: str, *, is_marked: bool = True) -> str:
    """Translate a stored text into the reader's language; mark a text that has no translation as English.

    New rows hold sentences. Rows of older versions, certificates and library errors are plain English, recognized by today's
    templates. Pass `is_marked=False` where the text may be a name or a word in any language.
    """
    if not text or language_code() == "en":
        return translate(text)
    language = language_code()
    sentence = text if isinstance(text, Sentence) else recognize(text, language, MIN_LETTERS_OF_TEXT if is_marked else MIN_LETTERS_OF_NAME)
    if sentence is not None and sentence.template in _templates(language):
        return translate(sentence)
    return text if not is_marked else Markup('<span lang="en">{}</span>').format(text)


MIN_LETTERS_OF_TEXT: Final = 8
MIN_LETTERS_OF_NAME: Final = 20
"""Letters outside placeholders that a template needs to recognize a text; "{form} and {other}" serves for values only."""

_MAX_LENGTH, _MAX_DEPTH = 2000, 3  # of texts stored by older versions: characters, and levels of nested sentences


def recognize(text: str, language: str, least: int = MIN_LETTERS_OF_TEXT, depth: int = _MAX_DEPTH) -> Sentence | None:
    """Find the sentence that a plain English text was made from, its values included; None if no template matches.

    Among several matching templates, the one with the most letters outside placeholders wins.
    """
    templates = _templates(language)
    if text in templates:
        return say(text) if templates[text][1] is None else None
    if not depth or len(text) > _MAX_LENGTH:
        return None
    matching = [
        say(
            template,
            **{name: _written_day(value) or recognize(value, language, 1, depth - 1) or value for name, value in match.groupdict().items()},
        )
        for template, (letters, pattern) in templates.items()
        if letters >= least and pattern is not None and (match := pattern.fullmatch(text))
    ]
    return max(matching, key=lambda sentence: _literal_letters(sentence, language), default=None)


def _written_day(text: str) -> date | None:
    """Return the day that an English sentence names: "June 1, 2023", or "Jun 1, 2023"."""
    for pattern in ("%B %d, %Y", "%b %d, %Y"):  # of May, the long name wins, which is as short
        try:
            day = datetime.strptime(text, pattern).date()  # noqa: DTZ007  # a day has no time zone
        except ValueError:
            continue
        return full_day(day) if pattern.startswith("%B") else day
    return None


def _literal_letters(value: object, language: str) -> int:
    if not isinstance(value, Sentence):
        return 0
    return _templates(language)[value.template][0] + sum(_literal_letters(inner, language) for inner in value.values.values())


@cache
def _templates(language: str) -> Mapping[str, tuple[int, re.Pattern[str] | None]]:
    """Return every text of a language with its letters outside placeholders, and a pattern if it has placeholders."""
    with (_TRANSLATIONS / language / "LC_MESSAGES" / "messages.mo").open("rb") as file:
        texts = [message.id for message in read_mo(file) if isinstance(message.id, str) and message.id]
    split = {text: _PLACEHOLDER.split(text) for text in texts}  # text, name, text, name, ..., text
    return {text: (sum(map(len, parts[::2])), _pattern(parts) if len(parts) > 1 else None) for text, parts in split.items()}


def _pattern(parts: list[str]) -> re.Pattern[str]:
    names, patterns = set[str](), list[str]()
    for index, part in enumerate(parts):
        is_name = index % 2
        patterns.append(re.escape(part) if not is_name else f"(?P={part})" if part in names else f"(?P<{part}>.+?)")
        names |= {part} if is_name else set()
    return re.compile("".join(patterns), re.DOTALL)


def error_text(error: Exception) -> str:
    """Return the message of an error, translated if it is a sentence."""
    return translate(message_of(error))


def install(app: Flask) -> None:
    """Make templates look up texts as this module does (a page has hundreds) and print sentences translated."""
    app.jinja_env.filters["translated"] = translate_stored
    app.jinja_env.finalize = lambda value: translate(value) if type(value) is Sentence else value
    app.jinja_env.newstyle_gettext = True  # type: ignore[attr-defined]  # Jinja's own extension adds it
    app.jinja_env.globals.update(_=_markup, gettext=_markup, ngettext=_plural_markup)


def _markup(text: str, /, **values: object) -> str:
    """Return a text in the reader's language for a template that escapes what it prints; values are escaped.

    Does what Jinja's own new-style gettext does, without a look at the template's context.
    """
    return _template(_catalog(), text) % values if values else _whole(_catalog(), text)


def _plural_markup(singular: str, plural: str, count: int, /, **values: object) -> str:
    """Return the singular or plural of a text for a count; `%(num)s` is the count."""
    return Markup(_catalog().ungettext(singular, plural, count)) % {"num": count, **values}  # noqa: S704  # our own texts; values are escaped


@lru_cache(maxsize=10_000)
def _template(texts: Any, text: str) -> Markup:
    """Return the translation of one of our texts, kept: a page has hundreds, and the next page mostly the same."""
    return Markup(texts.ugettext(text))  # noqa: S704  # our own texts


@lru_cache(maxsize=10_000)
def _whole(texts: Any, text: str) -> Markup:
    """Return the translation of a text without values, kept. As Jinja does, it is a template all the same: %% is a percent sign."""
    return _template(texts, text) % {}


def _(text: str, **values: object) -> str:
    """Return a text in the reader's language."""
    translated = str(_catalog().ugettext(text))
    return translated % values if values else translated


def _n(singular: str, plural: str, count: int, /, **values: object) -> str:
    """Return the singular or plural of a text for a count; `%(num)s` is the count."""
    return str(_catalog().ungettext(singular, plural, count)) % {"num": count, **values}


def _catalog() -> Any:
    """Return the texts of the reader's language, looked up once per request."""
    try:
        return g.texts
    except (AttributeError, RuntimeError):  # not yet looked up, or no request
        texts = flask_babel.get_translations()
        if has_request_context():
            g.texts = texts
        return texts


class Lazy:
    """A text translated when it is displayed: for tables at the top of a module."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __str__(self) -> str:
        return _(self._text)

    def __html__(self) -> str:
        return str(_(self._text).replace("&", "&amp;").replace("<", "&lt;"))


def _l(text: str) -> Lazy:
    """Mark a text for translation when it is displayed."""
    return Lazy(text)


def language_code() -> str:
    """Return the language of the page: "en" or "es"."""
    return locale_name()[:2]


def locale() -> Any:
    """Return the reader's Babel locale."""
    return flask_babel.get_locale()
