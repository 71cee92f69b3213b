"""The pages: a file per area of the site, registered here."""

from __future__ import annotations

from portal.views.administration import health, users
from portal.views.custody import accounts, captures, jobs
from portal.views.search import baskets, certificates, coverage, exports, hand_over, media, records, saved, search, sets, terms
from portal.views.site import help_pages, languages, signing_in

AREAS = {
    "home": "home",
    "search": "search",
    "records": "search",
    "saved": "search",
    "sets": "search",
    "baskets": "search",
    "hand_over": "search",
    "captures": "archives",
    "accounts": "archives",
    "coverage": "archives",
    "reports": "reports",
    "terms": "reports",
    "certificates": "reports",
    "exports": "reports",
    "jobs": "reports",
    "help": "help",
}
"""The menu's area of each blueprint."""

BLUEPRINTS = (
    signing_in.pages,
    search.pages,
    records.pages,
    media.pages,
    captures.pages,
    accounts.pages,
    coverage.pages,
    jobs.pages,
    exports.pages,
    hand_over.pages,
    sets.pages,
    baskets.pages,
    certificates.pages,
    certificates.public_pages,
    saved.pages,
    terms.pages,
    users.pages,
    help_pages.pages,
    health.pages,
    languages.pages,
)
