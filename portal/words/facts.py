"""Words for a record's further facts, which importers keep under names and values of their own."""

from __future__ import annotations

import re
from typing import Final

from portal.i18n import _, _l

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


def fact_name(key: str) -> str:
    """Return the label of a fact; a label from an archive's page stays as written there."""
    return str(NAMES.get(key) or key.replace("_", " ").capitalize())


def fact_value(value: str, key: str) -> str:
    """Return a fact's value, translated if it belongs to the portal's vocabulary."""
    if key == "call" and (match := _SECONDS.fullmatch(value)):
        return _("%(seconds)s seconds", seconds=match[1])
    return str(VALUES.get(key, {}).get(value) or value)
