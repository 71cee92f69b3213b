"""The help pages: Markdown files in portal/help, with a folder per language; tasks first, then reference.

Pictures are named `pictures/NAME.webp` in the text and lie in portal/static/help, in a folder per language (`make pictures`).
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Final

import markdown  # type: ignore[import-untyped]  # the package has no types
from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from portal.access import Right, needs, reader
from portal.i18n import _l, language_code
from portal.records import picture_size
from portal.search import examples, warn_if_index_unusable
from portal.site import site

pages = Blueprint("help", __name__)

FOLDER = Path(__file__).parents[2] / "help"
PICTURES = Path(__file__).parents[2] / "static" / "help"
TASKS: Final = ("answer-a-request", "check-a-term-list", "add-an-archive", "prove-a-zero")
REFERENCE: Final = (
    (_l("Searching"), ("search", "reading-a-result", "as-of", "together", "saved")),
    (_l("What is on file"), ("coverage", "cannot-contain", "taking-in")),
    (_l("Reports and papers"), ("terms", "certificates", "exports")),
    (_l("Working here"), ("keyboard", "roles")),
)
NAMES: Final = TASKS + tuple(name for _heading, names in REFERENCE for name in names)
TASK_OF_AREA: Final = {
    "home": "answer-a-request",
    "search": "answer-a-request",
    "records": "answer-a-request",
    "saved": "answer-a-request",
    "exports": "answer-a-request",
    "terms": "check-a-term-list",
    "captures": "add-an-archive",
    "adding": "add-an-archive",
    "coverage": "add-an-archive",
    "certificates": "prove-a-zero",
    "users": "roles",
}
"""The page that helps with each blueprint's pages."""

_PICTURE = re.compile(r'src="pictures/([\w-]+\.webp)"')


@pages.get("/help")
@needs(Right.SEARCH)
def index() -> ResponseReturnValue:
    """List the tasks with their first sentence, then the reference pages by subject."""
    language = language_code()
    tasks = [(name, title(name, language), first_sentence(name, language)) for name in TASKS]
    return render_template("help/index.html", tasks=tasks, reference=_reference(language))


@pages.get("/help/<name>")
@needs(Right.SEARCH)
def page(name: str) -> ResponseReturnValue:
    """Show a help page."""
    if name not in NAMES:
        abort(404)
    own = examples(site().repository, reader().permission) if name == "search" else ()
    status = warn_if_index_unusable() if name == "search" else 200  # the examples run searches
    language = language_code()
    tasks = [(task, title(task, language)) for task in TASKS]
    values = {"title": title(name, language), "text": rendered(name, language), "tasks": tasks, "reference": _reference(language)}
    return render_template("help/page.html", **values, name=name, is_task=name in TASKS, examples=own), status


def _reference(language: str) -> list[tuple[str, list[tuple[str, str]]]]:
    return [(str(heading), [(name, title(name, language)) for name in names]) for heading, names in REFERENCE]


def page_for(blueprint: str | None) -> tuple[str, str] | None:
    """Return the name and title of the page that helps with a blueprint's pages."""
    name = TASK_OF_AREA.get(blueprint or "")
    return (name, title(name, language_code())) if name else None


@lru_cache
def rendered(name: str, language: str) -> Markup:
    """Return a help page as HTML; its file belongs to the project and holds nothing from users or archives."""
    html = markdown.markdown(markdown_text(name, language), extensions=["tables", "sane_lists", "toc"])
    return Markup(_PICTURE.sub(lambda match: _picture(match[1], language), html))  # noqa: S704  # our own files


def _picture(name: str, language: str) -> str:
    """Return the attributes of a picture: its address beside the help pages, and its size, so that the text does not jump."""
    width, height = picture_size((PICTURES / language / name).read_bytes())
    return f'src="../static/help/{language}/{name}" width="{width}" height="{height}" loading="lazy"'


@lru_cache
def title(name: str, language: str) -> str:
    """Return the first heading of a help page."""
    return markdown_text(name, language).split("\n", 1)[0].removeprefix("# ")


@lru_cache
def first_sentence(name: str, language: str) -> str:
    """Return the paragraph below the first heading of a help page."""
    return " ".join(markdown_text(name, language).split("\n\n", 2)[1].split())


def markdown_text(name: str, language: str) -> str:
    """Return a help page's Markdown: English pages are in the folder itself, other languages in subfolders."""
    return (FOLDER / ("" if language == "en" else language) / f"{name}.md").read_text(encoding="utf-8")
