"""How often somebody may try: counted over all web workers (portal/limit_store.py), by address and by user name."""

from __future__ import annotations

from flask import Response, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

limiter = Limiter(get_remote_address, strategy="fixed-window")

BY_ADDRESS = "30 per 15 minutes"
BY_NAME = "50 per 15 minutes"  # more than by address: a stranger must not be able to lock somebody out easily
UPLOADS = "60 per hour"


def name_tried() -> str:
    """Return the user name that is being tried, so that many addresses cannot try one name."""
    return "name:" + request.form.get("name", "").strip().lower()[:64]


def was_refused(response: Response) -> bool:
    """Count only attempts that failed: who signs in well is never locked out by it."""
    return response.status_code in {401, 410, 422}
