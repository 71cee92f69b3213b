"""What importers note beside a record's words (`Record.extra`), said in the reader's language.

Names of facts are ours, and so are some of their values; every other value is the archive's own and stays as it is.
What is shared (`share`) may be either, so it stays too.
"""

from __future__ import annotations

import re
from typing import Final

from flask import Flask

from portal.language import _, _l

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


def install(app: Flask) -> None:
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
