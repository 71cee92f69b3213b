"""Names of packages: public body, subject and days, such as "kestrel-bend_flood_2019-05-20_2019-07-12"."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from datetime import date
from typing import Final

MAX_BODY, MAX_SUBJECT = 32, 48  # characters; with two days and a number a name has at most 110

_FORMS_OF_BODIES: Final = re.compile(r"^(?:the-)?(?:(?:city|county|town|village|township|state)-of-)?(?:the-)?(?=.)")
_WORD: Final = re.compile(r"[a-z0-9]+")
_OPERATOR: Final = re.compile(r"\b(?:AND|OR|NOT)\b|\b(?:[Ww]|PRE|pre)/\d+")
_WHOLE_QUERIES: Final = frozenset({"", "*"})


def package_name(*, body: str, subject: str, first: date | None, last: date | None) -> str:
    """Return the name of a package without a suffix: ASCII that is a file name on every system.

    `body` is the public body's name, `subject` a person's words or the query; the days are left out where unknown.
    """
    whole_body = _slug(body, 200)
    parts = [
        _fit(_FORMS_OF_BODIES.sub("", whole_body), MAX_BODY) or "social-media-records",
        "all-records" if is_everything(subject) else _slug(_OPERATOR.sub(" ", subject), MAX_SUBJECT) or "search",
        *dict.fromkeys(day.isoformat() for day in (first, last) if day),
    ]
    return "_".join(parts)


def numbered_name(name: str, taken: Collection[str]) -> str:
    """Return the name, with "_2", "_3" … if other packages have it. Names that differ only in case are the same."""
    others = {other.casefold() for other in taken}
    candidate, number = name, 1
    while candidate.casefold() in others:
        number += 1
        candidate = f"{name}_{number}"
    return candidate


def is_everything(query: str) -> bool:
    """Whether a query asks for all records."""
    return query.strip() in _WHOLE_QUERIES


def _slug(text: str, limit: int) -> str:
    """Lower-case ASCII words joined by hyphens; apostrophes join, and letters without an ASCII form are left out."""
    plain = unicodedata.normalize("NFKD", re.sub("['’]", "", text)).encode("ascii", "ignore").decode().lower()
    return _fit("-".join(_WORD.findall(plain)), limit)


def _fit(slug: str, limit: int) -> str:
    """Cut at the end of a word; only a first word that is longer is cut inside."""
    if len(slug) <= limit:
        return slug
    kept = slug[: limit + 1].rpartition("-")[0]
    return kept or slug[:limit]
