"""Words and times as people read them: every one through gettext, every time in the body's zone with the zone said."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache
from urllib.parse import urlsplit

from babel.dates import format_date, format_time
from babel.numbers import format_decimal
from flask import Flask

from indexer.engines import Sort
from indexer.local_time import local_day, zone
from indexer.masking import mask_facts, mask_tokens
from indexer.record import Platform
from portal.access import Role
from portal.jobs import Job, JobKind, JobState
from portal.language import _, _l, _n, locale
from portal.site import site

KINDS = {
    "post": _l("post"),
    "reply": _l("reply"),
    "repost": _l("repost"),
    "comment": _l("comment"),
    "message": _l("message"),
    "like": _l("like"),
    "story": _l("story"),
    "reel": _l("reel"),
    "photo": _l("photo"),
    "video": _l("video"),
    "event": _l("event"),
}
ROLES = {
    Role.ADMINISTRATOR: _l("administrator"),
    Role.RECORDS_CUSTODIAN: _l("records custodian"),
    Role.LEGAL_STAFF: _l("legal staff"),
    Role.REQUEST_STAFF: _l("request staff"),
}
ROLE_HELP = {
    Role.ADMINISTRATOR: _l("May do everything, and manages users."),
    Role.RECORDS_CUSTODIAN: _l("Takes archives into custody and sees every record and raw item."),
    Role.LEGAL_STAFF: _l("Sees every record and raw item; takes nothing in."),
    Role.REQUEST_STAFF: _l("Sees only the accounts granted below, no direct messages, no raw items."),
}
SORTS = {Sort.NEWEST: _l("Newest first"), Sort.OLDEST: _l("Oldest first"), Sort.RELEVANCE: _l("Best match first")}
JOB_KINDS = {
    JobKind.TAKE_IN: _l("Taking an archive into custody"),
    JobKind.VERIFY: _l("Verifying the vault"),
    JobKind.SET_ZONE: _l("Setting the time zone of a capture"),
    JobKind.EXPORT: _l("Export"),
    JobKind.TERM_LIST: _l("Term list"),
    JobKind.CERTIFICATE: _l("Certificate"),
    JobKind.CERTIFICATE_CHECK: _l("Check of a certificate"),
}
JOB_STATES = {
    JobState.WAITING: _l("waiting"),
    JobState.RUNNING: _l("running"),
    JobState.DONE: _l("done"),
    JobState.FAILED: _l("failed"),
    JobState.INTERRUPTED: _l("interrupted"),
}
RULES = {
    "utc": _l("The archive gives this time in UTC."),
    "epoch": _l("The archive gives this time as seconds since 1970, which is UTC."),
    "zone printed with the time": _l("The archive prints the zone with the time."),
    "header offset": _l("Assumed: the archive prints the time without a zone; the offset in the page's header was used."),
    "account-local, assumed": _l("Assumed: the archive prints the time without a zone; it was read in the zone set for the capture."),
    "account-local, zone set by the records custodian": _l(
        "The archive prints the time without a zone; a records custodian set the zone that it was read in."
    ),
    "Instagram fixed UTC-8": _l("Assumed: this form of Instagram archive prints every time in UTC-8, summer and winter."),
}


def install(app: Flask) -> None:
    """Give these words and formats to the templates."""
    app.jinja_env.filters.update(
        kind_word=kind_word,
        platform_word=platform_word,
        number=number,
        bytes_word=bytes_word,
        local_time=local_time,
        local_iso=local_iso,
        local_day=local_day_of,
        day=day,
        span=span,
        progress=progress,
        host=host,
        http_only=http_only,
        mask_tokens=mask_tokens,
        mask_facts=mask_facts,
    )
    app.jinja_env.globals.update(ROLES=ROLES, ROLE_HELP=ROLE_HELP, SORTS=SORTS, RULES=RULES, JOB_KINDS=JOB_KINDS, JOB_STATES=JOB_STATES)


def kind_word(kind: str) -> str:
    """Return what a kind of record is called."""
    return str(KINDS.get(kind, kind))


def platform_word(platform: str) -> str:
    """Return what a platform is called."""
    return Platform(platform).title if platform in set(Platform) else platform


def number(value: float) -> str:
    """Return a whole number with its thousands apart."""
    if 0 <= value < 1000:
        return str(round(value))  # the same in every language that we speak, and most numbers of a page
    return _apart(round(value), str(locale()))


@lru_cache(maxsize=10_000)
def _apart(value: int, language: str) -> str:
    """Return a number as Babel writes it: the counts of a page come back on the next one, and Babel is slow."""
    return str(format_decimal(value, locale=language))


def bytes_word(size: int) -> str:
    """Return a size in the unit that reads best."""
    for power, unit in ((4, "TiB"), (3, "GiB"), (2, "MiB"), (1, "KiB")):
        if size >= 1024**power:
            return f"{format_decimal(round(size / 1024**power, 1), locale=locale())} {unit}"
    return _n("%(count)s byte", "%(count)s bytes", size, count=number(size))


def local_time(instant: datetime) -> str:
    """Return an instant in the body's zone, to the minute, with the zone's short name."""
    local = instant.astimezone(zone(site().house.zone))
    clock = format_time(local, "short", tzinfo=local.tzinfo, locale=locale())
    return f"{format_date(local, 'medium', locale=locale())}, {clock} {local.tzname()}"


def local_iso(instant: datetime) -> str:
    """Return an instant for a machine, with the offset of the body's zone."""
    return instant.astimezone(zone(site().house.zone)).isoformat()


def local_day_of(instant: datetime) -> date:
    """Return the day of an instant in the body's zone."""
    return local_day(instant, site().house.zone)


def day(value: date) -> str:
    """Return a day."""
    return format_date(value, format="medium", locale=locale())


def span(seconds: float) -> str:
    """Return a length of time roughly."""
    whole = timedelta(seconds=max(0, round(seconds)))
    minutes, hours = whole // timedelta(minutes=1), whole // timedelta(hours=1)
    if hours >= 2:
        return _n("%(num)s hour", "%(num)s hours", hours)
    if minutes >= 2:
        return _n("%(num)s minute", "%(num)s minutes", minutes)
    return _n("%(num)s second", "%(num)s seconds", whole.seconds)


def host(address: str) -> str:
    """Return the host of a web address, or all of it when there is none."""
    try:
        return urlsplit(address).hostname or address
    except ValueError:
        return address


def http_only(address: str) -> str:
    """Return a web address that may become a link, or "": nothing of an archive can become a javascript: link."""
    return address if address.lower().startswith(("https://", "http://")) else ""


STAGES = {
    "copying": _l("copying into the vault"),
    "reading": _l("reading records"),
    "indexing": _l("indexing"),
    "hashing": _l("hashing"),
    "writing": _l("writing records"),
    "listing": _l("listing records"),
    "comparing": _l("comparing records"),
    "deriving": _l("deriving times"),
    "terms": _l("searching for terms"),
}
BYTE_STAGES = frozenset({"copying", "hashing"})


def progress(job: Job) -> str:
    """Return how far a job is, in one sentence: stage, done of total, rate, time left."""
    if job.state is JobState.WAITING:
        return _("waiting for its turn")
    if job.state is not JobState.RUNNING:
        return str(JOB_STATES[job.state])
    amount = bytes_word if job.stage in BYTE_STAGES else number
    parts = [str(STAGES.get(job.stage, job.stage)) or _("starting")]
    if job.total and job.stage == "reading":  # by the bytes read so far: how many records a file holds is not known before its end
        parts.append(_("%(done)s of about %(total)s", done=amount(job.done), total=amount(job.total)))
    elif job.total:
        parts.append(_("%(done)s of %(total)s", done=amount(job.done), total=amount(job.total)))
    elif job.done:
        parts.append(amount(job.done))
    if job.rate >= 1:
        parts.append(_("%(rate)s a second", rate=amount(round(job.rate))))
    if job.seconds_left is not None and job.seconds_left >= 1:
        parts.append(_("about %(time)s left", time=span(job.seconds_left)))
    return " · ".join(parts)
