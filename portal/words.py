"""Words and times as people read them: every one through gettext, every time in the body's zone with the zone said."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

from babel.dates import format_date, format_time
from babel.numbers import format_decimal
from flask import Flask

from indexer import platforms
from indexer.catalog.parties import parties
from indexer.local_time import local_day, zone
from indexer.masking import mask_facts, mask_tokens
from indexer.query.filters import Sort
from indexer.record import TimeRule
from portal.access.rules import Role
from portal.i18n import _, _l, _n, locale
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
STATE_WORDS = {
    "edited": _l("edited"),
    "deleted": _l("deleted on the platform"),
    "absent": _l("gone from a later archive"),
    "undated": _l("without a date"),
    "zone-assumed": _l("time zone assumed"),
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
SECONDS_DIGITS = 11
EPOCH_MS = "epoch, milliseconds"
RULES = {
    "utc": _l("The archive gives this time in UTC."),
    "epoch": _l("The archive gives this time as seconds since 1970, which is UTC."),
    "zone printed with the time": _l("The archive prints the zone with the time."),
    EPOCH_MS: _l("The archive gives this time as milliseconds since 1970, which is UTC."),
    "header offset": _l("Assumed: the archive prints the time without a zone; the offset in the page's header was used."),
    "account-local, assumed": _l("Assumed: the archive prints the time without a zone; it was read in the zone set for the capture."),
    "account-local, zone set by the records custodian": _l(
        "The archive prints the time without a zone; a records custodian set the zone that it was read in."
    ),
    "Instagram fixed UTC-8": _l("Assumed: this form of Instagram archive prints every time in UTC-8, summer and winter."),
}


def rule_word(rule: str, written: str | None) -> str:
    """Return how a time became UTC. Times since 1970 of more than 11 digits are milliseconds: seconds have those from the year 5138 on."""
    is_milliseconds = rule == TimeRule.EPOCH and written is not None and len(written.strip().lstrip("-").partition(".")[0]) > SECONDS_DIGITS
    return str(RULES.get(EPOCH_MS if is_milliseconds else rule, rule))


def install(app: Flask) -> None:
    """Give these words and formats to the templates."""
    app.jinja_env.filters.update(
        kind_word=kind_word,
        parties=parties,
        platform_word=platform_word,
        number=number,
        bytes_word=bytes_word,
        local_time=local_time,
        local_iso=local_iso,
        local_day=local_day_of,
        day=day,
        span=span,
        host=host,
        http_only=http_only,
        mask_tokens=mask_tokens,
        mask_facts=mask_facts,
    )
    app.jinja_env.globals.update(ROLES=ROLES, ROLE_HELP=ROLE_HELP, SORTS=SORTS, RULES=RULES, rule_word=rule_word)


def state_word(state: str) -> str:
    """Return what a state of a record is called."""
    return str(STATE_WORDS.get(state, state))


def kind_word(kind: str) -> str:
    """Return what a kind of record is called."""
    return str(KINDS.get(kind, kind))


def platform_word(platform: str) -> str:
    """Return what a platform is called."""
    return platforms.title(platform)


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
    local = instant.astimezone(zone(site().repository.zone))
    clock = format_time(local, "short", tzinfo=local.tzinfo, locale=locale())
    return f"{format_date(local, 'medium', locale=locale())}, {clock} {local.tzname()}"


def local_iso(instant: datetime) -> str:
    """Return an instant for a machine, with the offset of the body's zone."""
    return instant.astimezone(zone(site().repository.zone)).isoformat()


def local_day_of(instant: datetime) -> date:
    """Return the day of an instant in the body's zone."""
    return local_day(instant, site().repository.zone)


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


NAMES: Final = {
    "album": _l("Album"),
    "audience": _l("Audience"),
    "backdated to": _l("Backdated to"),
    "box": _l("Folder of the message"),
    "call": _l("Call"),
    "community": _l("Community"),
    "cut": _l("Cut short"),
    "date_as_written": _l("Date as written"),
    "direction": _l("Direction"),
    "edit_history": _l("History of edits"),
    "event": _l("Event"),
    "event end": _l("Event ends"),
    "event start": _l("Event begins"),
    "for sale": _l("For sale"),
    "group": _l("Group"),
    "in_reply_to": _l("In reply to"),
    "life event": _l("Life event"),
    "link": _l("Link"),
    "long_text": _l("Long text"),
    "media_id": _l("Number of the media"),
    "media_owner": _l("Owner of the media"),
    "message": _l("Message"),
    "note": _l("Note"),
    "participants": _l("Participants"),
    "people": _l("People"),
    "place": _l("Place"),
    "posted_with": _l("Posted with"),
    "quoted": _l("Quoted"),
    "quoted_text": _l("Quoted text"),
    "reaction": _l("Reaction"),
    "repost_form": _l("Known as a repost because"),
    "repost_id": _l("Number of the original post"),
    "repost_of": _l("Repost of"),
    "response": _l("Response"),
    "section": _l("Section"),
    "share": _l("What is shared"),
    "shared from": _l("Shared from"),
    "source_form": _l("Taken from"),
    "state": _l("State"),
    "tagged": _l("Tagged"),
    "target": _l("On the wall of"),
    "to": _l("To"),
    "tweet_id": _l("Number of the post"),
    "type": _l("Type"),
    "voted for": _l("Voted for"),
    "with": _l("With"),
}

VALUES: Final = {
    "audience": {"community": _l("a community"), "circle": _l("a circle")},
    "box": {"conversation before end-to-end encryption": _l("conversation before end-to-end encryption")},
    "call": {"missed": _l("missed")},
    "cut": {"yes": _l("yes")},
    "direction": {"sent": _l("sent"), "received": _l("received")},
    "link": {"gone": _l("gone")},
    "long_text": {
        "from the archive's file of long posts": _l("from the archive's file of long posts"),
        "its post is not in the archive": _l("its post is not in the archive"),
    },
    "message": {"welcome message": _l("welcome message")},
    "reaction": {"like": _l("like")},
    "repost_form": {
        "the archive holds the original post": _l("the archive holds the original post"),
        "the text begins with RT": _l("the text begins with RT"),
        "the table says so": _l("the table says so"),
    },
    "response": {"joined": _l("joined"), "declined": _l("declined")},
    "section": {
        "profile photo": _l("profile photo"),
        "other content": _l("other content"),
        "sent in a message": _l("sent in a message"),
        "posts": _l("posts"),
        "comments": _l("comments"),
        "stories": _l("stories"),
        "story polls": _l("story polls"),
        "story quizzes": _l("story quizzes"),
        "story questions": _l("story questions"),
        "story emoji sliders": _l("story emoji sliders"),
        "story countdowns": _l("story countdowns"),
    },
    "source_form": {"the archive's table": _l("the archive's table")},
    "state": {
        "archived": _l("archived"),
        "deleted": _l("deleted"),
        "edit": _l("edited"),
        "in the trash": _l("in the trash"),
        "known from its reach figures only": _l("known from its reach figures only"),
        "recently deleted": _l("recently deleted"),
        "taken down": _l("taken down"),
        "unsent": _l("unsent"),
    },
}

_SECONDS: Final = re.compile(r"(\S+) seconds")


def install_facts(app: Flask) -> None:
    """Give both to the templates."""
    app.jinja_env.filters.update(fact_name=fact_name, fact_value=fact_value)


def fact_name(key: str) -> str:
    """Return what a fact is called; a label that an archive's page gave stays as it stands there."""
    return str(NAMES.get(key) or key.replace("_", " ").capitalize())


def fact_value(value: str, key: str) -> str:
    """Return a fact's value, translated where it is one of ours."""
    if key == "call" and (found := _SECONDS.fullmatch(value)):
        return _("%(seconds)s seconds", seconds=found[1])
    return str(VALUES.get(key, {}).get(value) or value)
