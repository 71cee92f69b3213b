"""Two archives of one account on X: a post was edited, and another is absent from the later archive."""

from __future__ import annotations

from typing import Any

from tests.support.repositories import tweet

NUMBER = 1_000_000_000_000_000_000
FIRST, EDIT = str(NUMBER + 20), str(NUMBER + 21)


def edits() -> dict[str, Any]:
    return {"editTweetIds": [FIRST, EDIT], "editableUntil": "2023-01-11T05:30:15.137Z", "editsRemaining": "4", "isEditEligible": True}


EDITED = [
    tweet(20, "Bridge opens April 2 #spring", "Tue Jan 10 18:00:00 +0000 2023", edit_info={"initial": edits()}),
    tweet(
        21,
        "Bridge opens April 3",
        "Wed Jan 11 18:00:00 +0000 2023",
        edit_info={"edit": {"initialTweetId": FIRST, "editControlInitial": edits()}},
    ),
]

GONE = tweet(3, "Mistaken notice of the bridge")
EARLY = [tweet(1, "Bridge closed"), tweet(2, "Parade at night", "Thu Jul 05 04:30:00 +0000 2018"), GONE, *EDITED]
LATE = [one for one in EARLY if one is not GONE] + [tweet(9, "After all captures of before", "Mon May 01 18:00:00 +0000 2023")]
