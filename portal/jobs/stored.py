"""The form values stored with a job, and who may open a job."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from indexer.exports import Choices, PdfLayout
from indexer.search import from_json
from portal.access import Reader, Right, still_covers
from portal.jobs.rows import Job, JobKind


def encode_choices(choices: Choices) -> dict[str, Any]:
    """Return the contents chosen for an export as stored with a job."""
    return {
        "with_media": choices.media,
        "viewer": choices.viewer,
        "pdf": choices.pdf.value,
        "context": choices.context,
        "certificate": choices.certificate,
    }


def decode_choices(stored: Mapping[str, Any]) -> Choices:
    """Return the contents chosen for an export. Jobs older than the choices have only media."""
    return Choices(
        media=stored["with_media"],
        viewer=stored.get("viewer", False),
        pdf=PdfLayout(stored.get("pdf", PdfLayout.NONE)),
        context=stored.get("context", False),
        certificate=stored.get("certificate", False),
    )


def form_digest(form: Mapping[str, str], kind: JobKind, title: str, arguments: Mapping[str, Any]) -> str:
    """Return a digest that identifies a form submitted again; empty if the form has no token.

    It covers the token and the arguments: a form changed after going back is another job. The folder of an upload is left
    out, because it differs each time.
    """
    token = form.get("once", "")
    if not token:
        return ""
    content = {name: [Path(path).name for path in value] if name == "paths" else value for name, value in arguments.items()}
    return hashlib.sha256(json.dumps([token[:64], kind.value, title, content], sort_keys=True).encode()).hexdigest()[:32]


CERTIFYING = frozenset({JobKind.CERTIFICATE, JobKind.CERTIFICATE_CHECK})


def may_open(reader: Reader, job: Job) -> bool:
    """Whether a reader may see a job and download its result."""
    if job.kind is JobKind.TERM_LIST:  # for its maker only: the terms are an attorney's work product
        return job.user_id == reader.user_id and reader.may(Right.SEARCH) and _is_covered(reader, job)
    if job.kind in CERTIFYING:
        return _is_accessible(reader, job) and reader.may(Right.CERTIFY) and _is_covered(reader, job)
    if job.kind is JobKind.PREVIEW:  # the files wait for the user who uploaded them
        return job.user_id == reader.user_id and reader.may(Right.TAKE_IN)
    if job.kind is not JobKind.EXPORT:
        return reader.may(Right.TAKE_IN)
    return _is_accessible(reader, job) and reader.may(Right.EXPORT) and _is_covered(reader, job)


def _is_accessible(reader: Reader, job: Job) -> bool:
    return job.user_id == reader.user_id or reader.may(Right.TAKE_IN)


def _is_covered(reader: Reader, job: Job) -> bool:
    return still_covers(reader, from_json(job.arguments).filters)
