"""The help pages: Markdown files in portal/help, with a folder per language."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import markdown  # type: ignore[import-untyped]  # the package has no types
from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from portal.access import Right, needs, reader
from portal.i18n import language_code
from portal.search import examples, warn_if_index_unusable
from portal.site import site

pages = Blueprint("help", __name__)

FOLDER = Path(__file__).parents[2] / "help"
NAMES = (
    "search",
    "as-of",
    "together",
    "saved",
    "terms",
    "coverage",
    "certificates",
    "exports",
    "taking-in",
    "reading-a-result",
    "cannot-contain",
)


@pages.get("/help")
@needs(Right.SEARCH)
def index() -> ResponseReturnValue:
    """List the help pages."""
    return render_template("help/index.html", topics=[(name, title(name, language_code())) for name in NAMES])


@pages.get("/help/<name>")
@needs(Right.SEARCH)
def page(name: str) -> ResponseReturnValue:
    """Show a help page."""
    if name not in NAMES:
        abort(404)
    own = examples(site().repository, reader().permission) if name == "search" else ()
    status = warn_if_index_unusable() if name == "search" else 200  # the examples run searches
    language = language_code()
    topics = [(topic, title(topic, language)) for topic in NAMES]
    values = {"title": title(name, language), "text": rendered(name, language), "topics": topics, "name": name}
    return render_template("help/page.html", **values, examples=own), status


@lru_cache
def rendered(name: str, language: str) -> Markup:
    """Return a help page as HTML; its file belongs to the project and holds nothing from users or archives."""
    return Markup(markdown.markdown(markdown_text(name, language), extensions=["tables", "sane_lists", "toc"]))  # noqa: S704  # our own files


@lru_cache
def title(name: str, language: str) -> str:
    """Return the first heading of a help page."""
    return markdown_text(name, language).split("\n", 1)[0].removeprefix("# ")


def markdown_text(name: str, language: str) -> str:
    """Return a help page's Markdown: English pages are in the folder itself, other languages in subfolders."""
    return (FOLDER / ("" if language == "en" else language) / f"{name}.md").read_text(encoding="utf-8")
