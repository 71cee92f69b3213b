"""Shared by Facebook's and Instagram's archives: JSON encoding, message files and media metadata."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from .clock import epoch
from .dice import Dice

Members = dict[str, bytes]


def style(least: int = 20_000) -> str:
    """Return a style sheet as long as that of Meta's pages, which names the classes of their boxes before the first box."""
    rules = ["._a6-g{border:1px solid #ddd;margin:8px}", "._a6-h{font-weight:600}", "._a6-p{padding:4px}", "._a6-o{color:#666}"]
    number = 0
    while sum(map(len, rules)) < least:
        color = f"{number * 2711 % 0xFFFFFF:06x}"
        rules.append(f"._s{number:03x}{{margin:{number % 17}px {number % 5}px;color:#{color};line-height:{12 + number % 9}px}}")
        number += 1
    half = len(rules) // 2
    return "".join((*rules[4:half], *rules[:4], *rules[half:]))


def dump(value: Any) -> bytes:
    r"""Return JSON as Meta writes it: each UTF-8 byte of a non-ASCII letter as its own character (`\u00c3\u00b1`)."""
    return json.dumps(_garbled(value), indent=2, ensure_ascii=True).encode()


def _garbled(value: Any) -> Any:
    if isinstance(value, str):
        return value if value.isascii() else value.encode().decode("latin-1")
    if isinstance(value, dict):
        return {key: _garbled(content) for key, content in value.items()}
    if isinstance(value, list):
        return [_garbled(content) for content in value]
    return value


def upload_facts(when: datetime, dice: Dice, *, gps: bool = False) -> dict[str, Any]:
    """Return Meta's metadata of an upload: IP address (reserved for documentation), time, sometimes a location."""
    facts: dict[str, Any] = {"upload_ip": f"203.0.113.{dice.number(2, 250)}", "taken_timestamp": epoch(when) - dice.number(30, 4000)}
    if gps:
        facts |= {
            "latitude": 38.0 + dice.number(1000, 9000) / 100000,
            "longitude": -91.0 - dice.number(1000, 9000) / 100000,
            "camera_make": "Example",
        }
    return facts


def message_file(owner: str, partner: str, thread: str, lines: list[tuple[str, str, datetime]], **more: Any) -> bytes:
    """Return message_1.json of a conversation; `lines` are (sender, text, time), oldest first; `more` is added to the first message."""
    messages: list[dict[str, Any]] = [
        {"sender_name": sender, "timestamp_ms": epoch(when) * 1000 + 137, "content": text, "is_geoblocked_for_viewer": False}
        for sender, text, when in lines
    ]
    messages[0] |= more
    return dump(
        {
            "participants": [{"name": partner}, {"name": owner}],
            "messages": messages[::-1],
            "title": partner,
            "is_still_participant": True,
            "thread_path": thread,
            "magic_words": [],
        }
    )


def minutes_apart(begin: datetime, texts: list[tuple[str, str]], minutes: int = 9) -> list[tuple[str, str, datetime]]:
    """Add times from `begin` on to lines (sender, text), dropping empty lines."""
    lines = [(sender, text) for sender, text in texts if text]
    return [(sender, text, begin + timedelta(minutes=minutes * number, seconds=7 * number)) for number, (sender, text) in enumerate(lines)]
