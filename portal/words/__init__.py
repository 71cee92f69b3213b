"""Words, numbers and times as readers see them: translated, and in the public body's time zone, named with each time."""

from __future__ import annotations

from flask import Flask

from indexer.catalog import parties
from indexer.masking import mask_facts, mask_tokens
from portal.words.facts import NAMES, VALUES, fact_name, fact_value
from portal.words.times import (
    clock,
    day,
    days,
    duration,
    full_time,
    local_day_of,
    local_iso,
    local_time,
    long_month,
    long_time,
    month,
    month_word,
    short_day,
    weekday,
    year,
)
from portal.words.values import (
    EPOCH_MS,
    KINDS,
    MEDIA_WORDS,
    ROLE_HELP,
    ROLES,
    RULES,
    SECONDS_DIGITS,
    SORTS,
    STATE_WORDS,
    bytes_word,
    capitalized,
    host,
    http_only,
    kind_word,
    media_word,
    number,
    platform_word,
    rule_word,
    state_word,
)

__all__ = [
    "EPOCH_MS",
    "KINDS",
    "MEDIA_WORDS",
    "NAMES",
    "ROLES",
    "ROLE_HELP",
    "RULES",
    "SECONDS_DIGITS",
    "SORTS",
    "STATE_WORDS",
    "VALUES",
    "bytes_word",
    "capitalized",
    "clock",
    "day",
    "days",
    "duration",
    "fact_name",
    "fact_value",
    "full_time",
    "host",
    "http_only",
    "install",
    "install_facts",
    "kind_word",
    "local_day_of",
    "local_iso",
    "local_time",
    "long_month",
    "long_time",
    "media_word",
    "month",
    "month_word",
    "number",
    "platform_word",
    "rule_word",
    "short_day",
    "state_word",
    "weekday",
    "year",
]


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
        long_time=long_time,
        full_time=full_time,
        day=day,
        month_word=month_word,
        duration=duration,
        host=host,
        http_only=http_only,
        mask_tokens=mask_tokens,
        mask_facts=mask_facts,
    )
    app.jinja_env.globals.update(ROLES=ROLES, ROLE_HELP=ROLE_HELP, SORTS=SORTS, RULES=RULES, rule_word=rule_word, days=days)


def install_facts(app: Flask) -> None:
    """Register the filters for a record's further facts."""
    app.jinja_env.filters.update(fact_name=fact_name, fact_value=fact_value)
