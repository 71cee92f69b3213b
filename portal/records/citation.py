"""The citation of a record: a sentence that a letter can quote and from which anyone finds the item again."""

from __future__ import annotations

from collections.abc import Sequence

from indexer import platforms
from indexer.catalog import RecordView, SightingView, parties
from portal.i18n import _
from portal.words import day, kind_word, local_day_of, long_time


def cite(view: RecordView, sightings: Sequence[SightingView]) -> str:
    """Return who, what, when, the record's id, its version if there are several, and the archive with its SHA-256.

    "City of Kestrel Bend (@KestrelBendMO), X post of July 9, 2019, 9:30 AM CDT, record twitter:…, archive of Nov 3, 2025 (SHA-256 …)"
    """
    exported = next((one.exported_at for one in sightings if one.origin.capture_id == view.origin.capture_id), None)
    parts = [_who(view), _what(view), _("record %(id)s", id=view.record_id)]
    if view.versions > 1:
        parts.append(_("version %(number)s of %(count)s", number=view.version, count=view.versions))
    digest = view.origin.capture_digest
    if exported is not None:
        parts.append(_("archive of %(day)s (SHA-256 %(digest)s)", day=day(local_day_of(exported)), digest=digest))
    else:
        parts.append(_("archive with SHA-256 %(digest)s", digest=digest))
    return ", ".join(parts)


def _who(view: RecordView) -> str:
    between = parties(view)
    account = view.account
    named = f"{account.name} ({account.label})" if account.name and account.handle and account.name != account.handle else account.label
    if between is not None and between.line:
        return _("%(who)s, in the archive of %(account)s", who=between.line, account=named)
    author = view.content.author
    if between is None and author and author not in {account.handle, account.name, account.handle_or_name}:
        return _("%(who)s, in the archive of %(account)s", who=author, account=named)
    return named


def _what(view: RecordView) -> str:
    platform = platforms.get(view.account.platform)
    values = {"platform": platform.short or platform.title, "kind": kind_word(view.kind).lower()}
    if view.content.posted_at is None:
        return _("%(platform)s %(kind)s without a date", **values)
    return _("%(platform)s %(kind)s of %(time)s", time=long_time(view.content.posted_at), **values)
