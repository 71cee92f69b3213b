"""Words for values: kinds, states, media, roles, numbers, sizes, addresses."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import urlsplit

from babel.numbers import format_decimal

from indexer import platforms
from indexer.query import Sort
from indexer.record import TimeRule
from portal.access import Role
from portal.i18n import _l, _n, locale, locale_name

KINDS = {
    "post": _l("Post"),
    "reply": _l("Reply"),
    "repost": _l("Repost"),
    "comment": _l("Comment"),
    "message": _l("Message"),
    "like": _l("Like"),
    "story": _l("Story"),
    "reel": _l("Reel"),
    "photo": _l("Photo"),
    "video": _l("Video"),
    "event": _l("Event"),
}
STATE_WORDS = {
    "edited": _l("Edited"),
    "deleted": _l("Deleted on the platform"),
    "absent": _l("Gone from a later archive"),
    "undated": _l("Without a date"),
    "zone-assumed": _l("Time zone assumed"),
}
MEDIA_WORDS = {
    "with": _l("with pictures or video"),
    "without": _l("without pictures or video"),
    "picture": _l("with pictures"),
    "video": _l("with video"),
    "other": _l("with other files"),
    "none": _l("without files"),
}
ROLES = {
    Role.ADMINISTRATOR: _l("administrator"),
    Role.RECORDS_CUSTODIAN: _l("records custodian"),
    Role.LEGAL_STAFF: _l("legal staff"),
    Role.REQUEST_STAFF: _l("request staff"),
}
ROLE_HELP = {
    Role.ADMINISTRATOR: _l("Can do everything and manages users."),
    Role.RECORDS_CUSTODIAN: _l("Adds archives and sees every record and raw item."),
    Role.LEGAL_STAFF: _l("Sees every record and raw item; cannot add archives."),
    Role.REQUEST_STAFF: _l("Sees only the accounts granted below; no direct messages or raw items."),
}
SORTS = {Sort.NEWEST: _l("Newest first"), Sort.OLDEST: _l("Oldest first"), Sort.RELEVANCE: _l("Best match first")}
SECONDS_DIGITS = 11
EPOCH_MS = "epoch, milliseconds"
RULES = {
    "utc": _l("The archive gives this time in UTC."),
    "epoch": _l("The archive gives this time as seconds since 1970, which is UTC."),
    "zone printed with the time": _l("The archive gives the time zone with the time."),
    EPOCH_MS: _l("The archive gives this time as milliseconds since 1970, which is UTC."),
    "header offset": _l("Assumed: the archive gives the time without a time zone; the offset in the page header was used."),
    "account-local, assumed": _l("Assumed: the archive gives the time without a time zone; the zone set for this archive was used."),
    "account-local, zone set by the records custodian": _l(
        "The archive gives the time without a time zone; a records custodian set the zone to use."
    ),
    "Instagram fixed UTC-8": _l("Assumed: this type of Instagram archive gives every time in UTC-8, in summer and winter alike."),
}


def rule_word(rule: str, written: str | None) -> str:
    """Explain how a time became UTC. Epoch times of more than 11 digits are milliseconds: seconds reach 12 digits in the year 5138."""
    is_milliseconds = rule == TimeRule.EPOCH and written is not None and len(written.strip().lstrip("-").partition(".")[0]) > SECONDS_DIGITS
    return str(RULES.get(EPOCH_MS if is_milliseconds else rule, rule))


def state_word(state: str) -> str:
    """Return the word for a record's state."""
    return str(STATE_WORDS.get(state, state))


def media_word(media: str) -> str:
    """Return the word for a kind of media, or for none."""
    return str(MEDIA_WORDS.get(media, media))


def kind_word(kind: str) -> str:
    """Return the word for a kind of record."""
    return str(KINDS.get(kind, kind))


def platform_word(platform: str) -> str:
    """Return a platform's name."""
    return platforms.title(platform)


def number(value: float) -> str:
    """Format a number as an integer with thousands separators."""
    if 0 <= value < 1000:
        return str(round(value))  # the same in every language, and most numbers on a page
    return _grouped(round(value), locale_name())


@lru_cache(maxsize=10_000)
def _grouped(value: int, language: str) -> str:
    """Format a number with Babel, cached: Babel is slow, and the next page repeats most counts."""
    return str(format_decimal(value, locale=language))


def bytes_word(size: int) -> str:
    """Format a size in bytes in the most readable unit."""
    for power, unit in ((4, "TiB"), (3, "GiB"), (2, "MiB"), (1, "KiB")):
        if size >= 1024**power:
            return f"{format_decimal(round(size / 1024**power, 1), locale=locale())} {unit}"
    return _n("%(count)s byte", "%(count)s bytes", size, count=number(size))


def capitalized(word: str) -> str:
    """Return a word or phrase with a capital first letter, as in a list."""
    return word[:1].upper() + word[1:]


def host(address: str) -> str:
    """Return the host of a web address, or the whole address if it has none."""
    try:
        return urlsplit(address).hostname or address
    except ValueError:
        return address


def http_only(address: str) -> str:
    """Return a web address that may be linked, or "": nothing in an archive may become a javascript: link."""
    return address if address.lower().startswith(("https://", "http://")) else ""
