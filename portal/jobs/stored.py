"""A search request as JSON and back: how an export's job remembers what was counted."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from indexer.exports import Choices, PdfLayout
from indexer.query import Dialect
from indexer.query.filters import Filters, Permission, Sort
from indexer.record import RecordKind
from indexer.search.searcher import SearchRequest
from portal.access.rules import Reader, Right, still_covers
from portal.jobs.rows import Job, JobKind

_SETS = ("accounts", "platforms", "kinds", "authors", "states")


def encode(request: SearchRequest) -> dict[str, Any]:
    """Return what JSON can hold. None ("not narrowed") and an empty set ("nothing") stay different."""
    filters = request.filters
    days = {"first_day": _text(filters.first_day), "last_day": _text(filters.last_day), "has_media": filters.has_media}
    sets = {name: None if getattr(filters, name) is None else sorted(getattr(filters, name)) for name in _SETS}
    how = {"dialect": request.dialect.value, "as_of": _text(request.as_of)}
    allowed = filters.permission.accounts
    permission = {
        "allowed_accounts": None if allowed is None else sorted(allowed),
        "without_conversations": filters.permission.without_messages,
    }
    return {"query": request.query, "sort": request.sort.value, **how, "filters": {**days, **sets, **permission}}


def decode(stored: Mapping[str, Any]) -> SearchRequest:
    """Return the request. Raises KeyError, ValueError for what encode() has not made: nothing is assumed."""
    given = stored["filters"]
    given = {"states": None, **given}  # requests of before the filter have none
    sets = {name: None if given[name] is None else frozenset(given[name]) for name in _SETS}
    allowed = given["allowed_accounts"]
    permission = Permission(None if allowed is None else frozenset(allowed), given["without_conversations"])
    if permission.without_messages and sets["kinds"] == frozenset(filter(permission.allows_kind, RecordKind)):
        sets["kinds"] = None  # until 2026 the kinds that a permission leaves were stored as chosen, too
    filters = Filters(
        first_day=_day(given["first_day"]),
        last_day=_day(given["last_day"]),
        has_media=given["has_media"],
        permission=permission,
        **sets,
    )
    # what was stored before there were dialects was plain
    dialect, as_of = Dialect(stored.get("dialect", Dialect.PLAIN)), _day(stored.get("as_of"))
    return SearchRequest(stored["query"], filters, Sort(stored["sort"]), dialect=dialect, as_of=as_of)


def encode_choices(choices: Choices) -> dict[str, Any]:
    """Return what goes into an export, as a job keeps it."""
    return {
        "with_media": choices.media,
        "viewer": choices.viewer,
        "pdf": choices.pdf.value,
        "context": choices.context,
        "certificate": choices.certificate,
    }


def choices(stored: Mapping[str, Any]) -> Choices:
    """Return what goes into an export. Jobs of before there was a choice have media alone."""
    return Choices(
        media=stored["with_media"],
        viewer=stored.get("viewer", False),
        pdf=PdfLayout(stored.get("pdf", PdfLayout.NONE)),
        context=stored.get("context", False),
        certificate=stored.get("certificate", False),
    )


def form_of(form: Mapping[str, str], kind: JobKind, title: str, arguments: Mapping[str, Any]) -> str:
    """Return what a form that is sent again has in common with its first time; empty where the form has no token.

    Its token, and what it asks for: a form that was changed after a step back asks for another job. Where an upload lies is
    no part of it: each time it is another place.
    """
    token = form.get("once", "")
    if not token:
        return ""
    asked = {name: [Path(one).name for one in value] if name == "paths" else value for name, value in arguments.items()}
    return hashlib.sha256(json.dumps([token[:64], kind.value, title, asked], sort_keys=True).encode()).hexdigest()[:32]


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


CERTIFYING = frozenset({JobKind.CERTIFICATE, JobKind.CERTIFICATE_CHECK})


def may_open(reader: Reader, job: Job) -> bool:
    """Tell whether a reader may see a job, and download what it made."""
    if job.kind is JobKind.TERM_LIST:  # only its maker's: the terms are a lawyer's work
        return job.user_id == reader.user_id and reader.may(Right.SEARCH) and _is_covered(reader, job)
    if job.kind in CERTIFYING:
        return _is_theirs(reader, job) and reader.may(Right.CERTIFY) and _is_covered(reader, job)
    if job.kind is not JobKind.EXPORT:
        return reader.may(Right.TAKE_IN)
    return _is_theirs(reader, job) and reader.may(Right.EXPORT) and _is_covered(reader, job)


def _is_theirs(reader: Reader, job: Job) -> bool:
    return job.user_id == reader.user_id or reader.may(Right.TAKE_IN)


def _is_covered(reader: Reader, job: Job) -> bool:
    return still_covers(reader, decode(job.arguments).filters)
