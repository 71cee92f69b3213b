"""Icons, drawn by us as strokes in a box of 16 by 16; a platform's own glyph comes from its importer."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from flask import Flask
from markupsafe import Markup

from indexer import platforms

PATHS: Final = {
    "archive": "M2 3h12v3H2zM3 6v7h10V6M6.5 9h3",
    "calendar": "M2.5 3.5h11v10h-11zM2.5 6.5h11M5.5 2v3M10.5 2v3",
    "check": "M3 8.5l3.5 3.5L13 4.5",
    "close": "M4 4l8 8M12 4l-8 8",
    "down": "M4 6l4 4 4-4",
    "download": "M8 2v8M4.5 7L8 10.5 11.5 7M3 13.5h10",
    "filter": "M2 4h12M4.5 8h7M7 12h2",
    "grid": "M2.5 2.5h4v4h-4zM9.5 2.5h4v4h-4zM2.5 9.5h4v4h-4zM9.5 9.5h4v4h-4z",
    "list": "M2.5 4h11M2.5 8h11M2.5 12h11",
    "more": "M3.5 8h.01M8 8h.01M12.5 8h.01",
    "person": "M8 8.2a2.9 2.9 0 1 0 0-5.8 2.9 2.9 0 0 0 0 5.8M2.8 14c.5-2.6 2.5-4 5.2-4s4.7 1.4 5.2 4",
    "search": "M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9M10.3 10.3l3.7 3.7",
    "warning": "M8 2.5l6 11H2zM8 6.5v3.5M8 11.9h.01",
}


_DRAWING: Final = Markup('<svg class="{}" viewBox="0 0 16 16" aria-hidden="true" focusable="false"><path d="{}"/></svg>')


@lru_cache(maxsize=256)
def icon(name: str) -> Markup:
    """Return an icon that a word beside it explains. Raises KeyError for an unknown name."""
    return _svg(PATHS[name], "icon")


def glyph(platform: str) -> Markup:
    """Return a platform's glyph with the platform's name for readers who do not see it."""
    known = platforms.get(platform)
    return _glyph(known.glyph, known.title)


@lru_cache(maxsize=256)
def _glyph(path: str, title: str) -> Markup:
    return _svg(path, "icon glyph") + Markup('<span class="visually-hidden">{}</span>').format(title)


def _svg(path: str, css: str) -> Markup:
    return _DRAWING.format(css, path)


def install(app: Flask) -> None:
    """Register the icons for templates."""
    app.jinja_env.globals.update(icon=icon, glyph=glyph)
