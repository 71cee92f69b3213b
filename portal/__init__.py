"""The portal: a Flask application over one repository, built by `create_app()`."""

from __future__ import annotations

import secrets
from pathlib import Path
from urllib.parse import quote

from flask import Flask, Response, request
from flask_login import LoginManager
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, Map

from indexer.query import TABLES
from portal import config as settings
from portal import i18n, icons, words
from portal.access import Right, SignedIn, guard, limiter, limits, reader
from portal.config import MAX_CHECK, MAX_PUBLIC_CHECK, Config
from portal.i18n import Babel
from portal.jobs import notices, uploads
from portal.jobs import words as job_words
from portal.search import baskets, turns
from portal.site import Site
from portal.views import AREAS, BLUEPRINTS
from portal.views.site import errors

ROOT = Path(__file__).parent.parent

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data:; "  # data: the arrow of a select box, in the style sheet
    "media-src 'self'; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": PAGE_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


class RowNumber(IntegerConverter):
    """URL converter for row ids; a number larger than a database column holds is a 404."""

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, max=2**63 - 1)


def create_app(config: Config | None = None) -> Flask:
    """Build the portal. Raises BadSetting for unusable settings, LookupError for an address without a guard."""
    app = Flask(__name__, template_folder=str(ROOT / "templates"), static_folder="static")
    config = config or settings.read()
    _configure(app, config)
    _install_guard(app)
    _install_sign_in(app)
    _install_protection(app, config)
    turns.install(app)
    _install_languages(app)
    _register_pages(app)
    _install_headers(app)
    guard.refuse_unguarded(app)
    return app


def _configure(app: Flask, config: Config) -> None:
    """Configure Flask; cookies require HTTPS, except in the demo on this computer."""
    app.config.update(
        SECRET_KEY=config.secret_key,
        SESSION_COOKIE_NAME="showme" if config.demo else "__Host-showme",
        SESSION_COOKIE_SECURE=not config.demo,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_UPLOAD=config.max_upload,
        MAX_CHECK=MAX_CHECK,
        MAX_PUBLIC_CHECK=MAX_PUBLIC_CHECK,
        PUBLIC_CHECK=config.public_check,
        MAX_FORM_MEMORY_SIZE=guard.SMALL_BODY,  # enough for the longest query in its longest encoding
        WTF_CSRF_TIME_LIMIT=None,  # the token is valid as long as the sign-in
        WTF_CSRF_SSL_STRICT=not config.demo,
        SEND_FILE_MAX_AGE_DEFAULT=3600,
    )
    app.url_map.converters["int"] = RowNumber
    app.request_class = uploads.PortalRequest
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.extensions["showme"] = Site(config)
    if config.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, config.proxies, config.proxies, config.proxies)  # type: ignore[method-assign]  # as Werkzeug documents


def _install_guard(app: Flask) -> None:
    """Reject visitors who are not signed in before a form is read."""
    guard.install(app, uploads.check_room)


def _install_sign_in(app: Flask) -> None:
    """Let Flask-Login look up a cookie's user in the server's sign-ins."""
    manager = LoginManager()
    manager.session_protection = "basic"

    def load(token: str) -> SignedIn | None:
        site: Site = app.extensions["showme"]
        user = site.sign_ins.user_of(token)
        return SignedIn(user, token) if user else None

    manager.user_loader(load)
    manager.init_app(app)


def _install_protection(app: Flask, config: Config) -> None:
    """Require a CSRF token on every form, and count sign-in attempts across all web workers."""
    CSRFProtect(app)
    app.config["RATELIMIT_STORAGE_URI"] = f"{limits.SqliteStorage.STORAGE_SCHEME[0]}://{quote(str(config.limits_file))}"
    app.config["RATELIMIT_HEADERS_ENABLED"] = False
    limiter.init_app(app)


def _install_languages(app: Flask) -> None:
    """Set up texts, dates and numbers in the reader's language."""
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(Path(__file__).parent / "translations")
    Babel(app, locale_selector=i18n.locale_name)
    i18n.install(app)
    words.install(app)
    words.install_facts(app)
    icons.install(app)
    job_words.install(app)


def _register_pages(app: Flask) -> None:
    """Register the pages and the values that every template uses."""
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    errors.install(app)
    app.jinja_env.globals["AREAS"] = AREAS
    app.jinja_env.globals.update(finished_jobs=lambda: notices.take_new(reader()), in_basket=baskets.holds)
    app.jinja_env.globals["form_token"] = lambda: secrets.token_hex(8)  # identifies a form that is submitted twice
    site: Site = app.extensions["showme"]

    @app.context_processor
    def template_values() -> dict[str, object]:
        return {
            "body_name": site.config.body_name,
            "is_exposed_demo": site.config.is_exposed,
            "Right": Right,
            "zone_name": lambda: site.repository.zone,
            "zone_words": lambda: TABLES[i18n.language_code()].get(f"zone {site.repository.zone}", site.repository.zone),
            "signed_in_reader": guard.reader_if_any(),
            "language_code": i18n.language_code,
            "languages": i18n.LANGUAGES,
        }


def _install_headers(app: Flask) -> None:
    """Add the security headers that a view has not set itself; keep pages out of caches."""

    @app.after_request
    def add_headers(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if request.endpoint != "static":
            response.headers.setdefault("Cache-Control", "no-store")
        if app.config["SESSION_COOKIE_SECURE"]:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        return response
