"""Ids for what Meta hands out without any: the same record gets the same id in every capture of one account.

Facebook and Instagram archives (2017-2026) give posts and comments no id, no parent and no address. An id is made
from file role, time as written, text and attachment names, with an ordinal among records where all of these are equal.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable


class MadeIds:
    """Makes ids for one archive; remembers what it has made, so that equals get ordinals in file order."""

    def __init__(self) -> None:
        self._seen: Counter[str] = Counter()

    def make(self, role: str, written: str, text: str, attachments: Iterable[str] = ()) -> str:
        """Return the id of one record: 24 hex digits, and "-2", "-3" ... for further equals.

        `role` is what the file is for ("posts", "comments", "photos"), never its path, which changes over the
        years; `attachments` are file names without folders.
        """
        parts = (role, written, " ".join(text.split()), *sorted(attachments))
        made = hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:24]
        self._seen[made] += 1
        return made if self._seen[made] == 1 else f"{made}-{self._seen[made]}"
