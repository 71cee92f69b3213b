"""What a job keeps of a form, and who may open a job."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from indexer.exports import Choices, PdfLayout
from indexer.search.request import from_json
from portal.access.rules import Reader, Right, still_covers
from portal.jobs.rows import Job, JobKind


def encode_choices(choices: Choices) -> dict[str, Any]:
    """Return what goes into an export, as a job keeps it."""
    return {
        "with_media": choices.media,
        "viewer": choices.viewer,
        "pdf": choices.pdf.value,
        "context": choices.context,
        "certificate": choices.certificate,
    }


def decode_choices(stored: Mapping[str, Any]) -> Choices:
    """Return what goes into an export. Jobs of before there was a choice have media alone."""
    return Choices(
        media=stored["with_media"],
        viewer=stored.get("viewer", False),
        pdf=PdfLayout(stored.get("pdf", PdfLayout.NONE)),
        context=stored.get("context", False),
        certificate=stored.get("certificate", False),
    )


def form_digest(form: Mapping[str, str], kind: JobKind, title: str, arguments: Mapping[str, Any]) -> str:
    """Return what a form that is sent again has in common with its first time; empty where the form has no token.

    Its token, and what it asks for: a form that was changed after a step back asks for another job. Where an upload lies is
    no part of it: each time it is another place.
    """
    token = form.get("once", "")
    if not token:
        return ""
    asked = {name: [Path(one).name for one in value] if name == "paths" else value for name, value in arguments.items()}
    return hashlib.sha256(json.dumps([token[:64], kind.value, title, asked], sort_keys=True).encode()).hexdigest()[:32]


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
    return still_covers(reader, from_json(job.arguments).filters)
