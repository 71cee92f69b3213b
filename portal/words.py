"""Words, numbers and times as readers see them: translated, and in the public body's time zone, named with each time."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Final, Literal
from urllib.parse import urlsplit

from babel.dates import format_date, format_interval, format_skeleton, format_time
from babel.numbers import format_decimal
from flask import Flask

from indexer import platforms
from indexer.catalog import parties
from indexer.local_time import local_day, zone
from indexer.masking import mask_facts, mask_tokens
from indexer.query import Sort
from indexer.record import TimeRule
from portal.access import Role
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
MEDIA_WORDS = {
    "with": _l("with pictures or video"),
    "without": _l("without pictures or video"),
    "picture": _l("with pictures"),
    "video": _l("with video"),
    "file": _l("with other files"),
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


def install(app: Flask) -> None:
    """Register these words and formats as template filters."""
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
        duration=duration,
        host=host,
        http_only=http_only,
        mask_tokens=mask_tokens,
        mask_facts=mask_facts,
    )
    app.jinja_env.globals.update(ROLES=ROLES, ROLE_HELP=ROLE_HELP, SORTS=SORTS, RULES=RULES, rule_word=rule_word)


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
    return _grouped(round(value), str(locale()))


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


def local_time(instant: datetime) -> str:
    """Format an instant in the public body's zone, to the minute, with the zone's abbreviation."""
    local = instant.astimezone(zone(site().repository.zone))
    clock = format_time(local, "short", tzinfo=local.tzinfo, locale=locale())
    return f"{format_date(local, 'medium', locale=locale())}, {clock} {local.tzname()}"


def local_iso(instant: datetime) -> str:
    """Format an instant as ISO 8601 with the offset of the public body's zone."""
    return instant.astimezone(zone(site().repository.zone)).isoformat()


def local_day_of(instant: datetime) -> date:
    """Return the day of an instant in the public body's zone."""
    return local_day(instant, site().repository.zone)


def day(value: date) -> str:
    """Format a day."""
    return format_date(value, format="medium", locale=locale())


def month(value: date, width: Literal["short", "long"] = "short") -> str:
    """Format the month of a day."""
    return str(format_skeleton("yMMM" if width == "short" else "yMMMM", value, locale=locale()))


def short_day(value: date) -> str:
    """Format a day below a heading that states its year: "Fri, Jul 4"."""
    return str(format_skeleton("MMMEd", value, locale=locale()))


def capitalized(word: str) -> str:
    """Return a word or phrase with a capital first letter, as in a list."""
    return word[:1].upper() + word[1:]


def clock(instant: datetime) -> str:
    """Format the time of day of an instant in the public body's zone, to the minute."""
    local = instant.astimezone(zone(site().repository.zone))
    return format_time(local, "short", tzinfo=local.tzinfo, locale=locale())


def weekday(value: date) -> str:
    """Format a day with its weekday, as a heading."""
    return format_date(value, format="full", locale=locale())


def days(first: date | None, last: date | None) -> str:
    """Format a range of days, either end open: "May 20 – Jul 12, 2019"."""
    if first is None and last is None:
        return _("Any day")
    if first is None or last is None:
        return _("from %(day)s", day=day(first)) if first else _("to %(day)s", day=day(last)) if last else ""
    if first == last:
        return day(first)
    return str(format_interval(first, last, "yMMMd", locale=locale()))


def duration(seconds: float) -> str:
    """Format a duration in its largest unit: hours, minutes or seconds."""
    whole = timedelta(seconds=max(0, round(seconds)))
    minutes, hours = whole // timedelta(minutes=1), whole // timedelta(hours=1)
    if hours >= 2:
        return _n("%(num)s hour", "%(num)s hours", hours)
    if minutes >= 2:
        return _n("%(num)s minute", "%(num)s minutes", minutes)
    return _n("%(num)s second", "%(num)s seconds", whole.seconds)


def host(address: str) -> str:
    """Return the host of a web address, or the whole address if it has none."""
    try:
        return urlsplit(address).hostname or address
    except ValueError:
        return address


def http_only(address: str) -> str:
    """Return a web address that may be linked, or "": nothing in an archive may become a javascript: link."""
    return address if address.lower().startswith(("https://", "http://")) else ""


NAMES: Final = {
    "album": _l("Album"),
    "audience": _l("Audience"),
    "backdated to": _l("Backdated to"),
    "box": _l("Message folder"),
    "call": _l("Call"),
    "community": _l("Community"),
    "cut": _l("Shortened"),
    "date_as_written": _l("Date in the archive"),
    "direction": _l("Direction"),
    "edit_history": _l("Edit history"),
    "event": _l("Event"),
    "event end": _l("Event ends"),
    "event start": _l("Event begins"),
    "for sale": _l("For sale"),
    "group": _l("Group"),
    "in_reply_to": _l("In reply to"),
    "life event": _l("Life event"),
    "link": _l("Link"),
    "long_text": _l("Long text"),
    "media_id": _l("Media ID"),
    "media_owner": _l("Owner of the media"),
    "message": _l("Message"),
    "note": _l("Note"),
    "participants": _l("Participants"),
    "people": _l("People"),
    "place": _l("Location"),
    "posted_with": _l("Posted with"),
    "quoted": _l("Quoted"),
    "quoted_text": _l("Quoted text"),
    "reaction": _l("Reaction"),
    "repost_form": _l("Identified as a repost because"),
    "repost_id": _l("ID of the original post"),
    "repost_of": _l("Repost of"),
    "response": _l("Response"),
    "section": _l("Section"),
    "share": _l("Shared"),
    "shared from": _l("Shared from"),
    "source_form": _l("Source"),
    "state": _l("Status"),
    "tagged": _l("Tagged"),
    "target": _l("On the timeline of"),
    "to": _l("To"),
    "tweet_id": _l("Post ID"),
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
    """Register the filters for a record's further facts."""
    app.jinja_env.filters.update(fact_name=fact_name, fact_value=fact_value)


def fact_name(key: str) -> str:
    """Return the label of a fact; a label from an archive's page stays as written there."""
    return str(NAMES.get(key) or key.replace("_", " ").capitalize())


def fact_value(value: str, key: str) -> str:
    """Return a fact's value, translated if it belongs to the portal's vocabulary."""
    if key == "call" and (match := _SECONDS.fullmatch(value)):
        return _("%(seconds)s seconds", seconds=match[1])
    return str(VALUES.get(key, {}).get(value) or value)
