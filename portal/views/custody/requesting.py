"""How to request an archive from a platform, step by step."""

from __future__ import annotations

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue

from indexer import platforms
from portal.access import Right, needs

pages = Blueprint("requesting", __name__)


@pages.get("/archives/request/<platform>")
@needs(Right.SEARCH)
def steps(platform: str) -> ResponseReturnValue:
    """Show a platform's steps; 404 for an unknown platform."""
    if not platforms.is_registered(platform):
        abort(404)
    others = [other for other in platforms.registered() if other.code != platform]
    return render_template("requesting/steps.html", platform=platforms.get(platform), others=others)
