"""The pages: one file per area of the site, registered here."""

from __future__ import annotations

from portal.views import (
    captures,
    certificates,
    coverage,
    exports,
    health,
    help_pages,
    jobs,
    languages,
    media,
    records,
    saved,
    search,
    signing_in,
    terms,
    users,
)

BLUEPRINTS = (
    signing_in.pages,
    search.pages,
    records.pages,
    media.pages,
    captures.pages,
    coverage.pages,
    jobs.pages,
    exports.pages,
    certificates.pages,
    saved.pages,
    terms.pages,
    users.pages,
    help_pages.pages,
    health.pages,
    languages.pages,
)
