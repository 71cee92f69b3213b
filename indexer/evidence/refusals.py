"""The error of an archive that cannot be taken in, and its message in three parts: reason, repair, details."""

from __future__ import annotations

from indexer.i18n import Sentence, say

SAFE = say("Your file was not changed and nothing was added.")


class ArchiveError(Exception):
    """The archive cannot be taken in. The text states the problem, that the evidence is safe, and the next step."""


def refusal(why: Sentence, repair: Sentence | None = None, details: Sentence | None = None) -> Sentence:
    """Build the message for a refused archive: the reason, that the file is safe, and how to fix it.

    `details` are for the few readers who want to know more; a page folds them (`split_refusal`).
    """
    short = say("{why} {safe} {repair}", why=why, safe=SAFE, repair=repair) if repair else say("{why} {safe}", why=why, safe=SAFE)
    return say("{refusal}\n{details}", refusal=short, details=details) if details else short


def split_refusal(message: str) -> tuple[str, str]:
    """Return a refusal without its details, and its details ("" if it has none). Any other message is returned as it is."""
    values = message.values if isinstance(message, Sentence) else {}
    short, details = values.get("refusal"), values.get("details")
    return (short, details) if isinstance(short, str) and isinstance(details, str) else (message, "")
