"""Likes and direct messages of the city's X account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from .city import CITY_X, COUNTY_X, PARKS_X, POLICE_X, RESIDENTS, XAccount
from .clock import iso, local, snowflake
from .dice import Dice
from .notices import filled
from .pictures import photo
from .talk import exchange, slots_of

CONVERSATIONS, LIKES = 64, 150

_LIKED: tuple[str, ...] = (
    "Huge thanks to @KestrelBendMO for fixing the light on {street} &amp; {cross}!",
    "Best farmers market in {area} ever. #KestrelBend",
    "Our girls planted a tree at {park} today 🌳",
    "Shout out to the plow driver who dug out {street} at 5 a.m.",
    "The council live stream of {day} finally has sound. Progress!",
    "Volunteers needed at {place} on {day}.",
    "Sunset over {area} tonight, from {park}. #KestrelBend",
    "Gracias a la ciudad por el aviso en español sobre {street}.",
    "Nuestra clase visitó el ayuntamiento y preguntó {n} cosas. ¡Qué divertido!",
    "The new crosswalk on {cross} works: {n} cars stopped in a row.",
    "Sandbag line on {street} needs hands until {hour}! #flood",
    "Band practice at the Depot pavilion {day}, {hour}, everyone welcome.",
)


@dataclass(frozen=True, slots=True)
class Like:
    """A post that the account liked; `gone` if the post no longer exists in 2025."""

    when: datetime
    native_id: str
    text: str
    gone: bool


def likes() -> list[Like]:
    """Return the likes of the account, oldest first; the time is that of the liked post and is in no archive."""
    dice = Dice("x likes")
    liked = []
    for number in range(LIKES):
        when = local("2015-08-01 12:00") + timedelta(days=3700 * number // LIKES, minutes=dice.number(0, 700))
        text = filled(dice.pick(_LIKED), slots_of(dice, when))
        liked.append(Like(when, snowflake(when, dice.number(1, 4000)), text, dice.chance(0.08) and when.year < 2021))
    return liked


def like_item(like: Like, *, modern: bool) -> dict[str, Any]:
    """Return the item in like.js, without text if the liked post no longer exists."""
    text = {} if like.gone and modern else {"fullText": like.text}
    return {"like": {"tweetId": like.native_id, **text, "expandedUrl": f"https://twitter.com/i/web/status/{like.native_id}"}}


def conversations(until: datetime, *, without: frozenset[int] = frozenset()) -> tuple[list[dict[str, Any]], dict[str, bytes]]:
    """Return the conversations with residents up to a time (newest message first), and the media files by name.

    `without` are numbers of exchanges that were deleted before the archive was made.
    """
    by_id: dict[str, list[dict[str, Any]]] = {}
    media: dict[str, bytes] = {}
    for number in range(CONVERSATIONS):
        dice = Dice(f"x direct messages {number}")  # each has its own, so that a missing conversation changes no other
        when = local("2016-01-11 10:00") + timedelta(days=3560 * number // CONVERSATIONS, minutes=dice.number(0, 500))
        resident = RESIDENTS[number % len(RESIDENTS)]
        talk = exchange(dice, when)
        lines = [(resident, talk.question), (CITY_X, talk.answer), (resident, talk.thanks)]
        picture = f"{dice.letters(8)}.jpg" if number % 9 == 4 else ""
        key = "-".join(sorted((CITY_X.native_id, resident.native_id), key=int))
        for step, (sender, text) in enumerate(line for line in lines if line[1]):
            moment = when + timedelta(minutes=11 * step, seconds=step)
            if moment > until or number in without:
                continue
            recipient = resident if sender is CITY_X else CITY_X
            message = _message(sender, text, moment, step, recipient)
            if step == 0 and picture:
                _attach(message["messageCreate"], picture, dice)
                media[f"{message['messageCreate']['id']}-{picture}"] = photo("road", picture)
            if step == 2 and dice.chance(0.4):
                message["messageCreate"]["reactions"] = [
                    {
                        "senderId": CITY_X.native_id,
                        "reactionKey": dice.pick(("like", "agree", "excited")),
                        "eventId": snowflake(moment + timedelta(minutes=2)),
                        "createdAt": iso(moment + timedelta(minutes=2), 412),
                    }
                ]
            by_id.setdefault(key, []).insert(0, message)
    return [{"dmConversation": {"conversationId": key, "messages": messages}} for key, messages in by_id.items()], media


_GROUPS: tuple[tuple[str, str, tuple[XAccount, ...], tuple[str, ...]], ...] = (
    (
        "2019-05-21 20:00",
        "Flood desk",
        (POLICE_X, COUNTY_X, PARKS_X),
        (
            "Pump 3 is making a noise I do not like.",
            "Sending a mechanic now.",
            "County has two pumps in the yard, paperwork can follow.",
            "Taking both. Where is the loader?",
            "Loader leaves the barn at 21:10.",
            "Shelter has 31 cots left.",
            "Press asks whether the levee will hold. What do we say?",
            "We say what the engineer says: seepage is clear, walkers every 30 minutes.",
            "Agreed, nothing more.",
            "The goat owner asks for hay 🐐",
            "Parks has hay.",
            "Budget question for Tuesday: overtime is at $38,000.",
        ),
    ),
    (
        "2024-03-27 09:00",
        "Eclipse traffic",
        (POLICE_X, PARKS_X),
        (
            "Expect 9,000 visitors, says the chamber.",
            "Can we open Bluestem Fields for parking?",
            "Yes if it stays dry. Gravel is ready.",
            "Signs go up Sunday night.",
            "Portable toilets: 24 ordered, invoice to the festival budget.",
            "Council wants the cost by Friday.",
        ),
    ),
)


def groups(until: datetime) -> list[dict[str, Any]]:
    """Return the group conversations up to a time, newest entry first, with joins, names and leaves."""
    conversations = []
    for time, name, members, lines in _GROUPS:
        begin = local(time)
        if begin > until:
            continue
        everyone = (CITY_X, *members)
        entries: list[dict[str, Any]] = [
            {
                "joinConversation": {
                    "initiatingUserId": CITY_X.native_id,
                    "participantsSnapshot": [account.native_id for account in everyone],
                    "createdAt": iso(begin),
                }
            },
            {
                "conversationNameUpdate": {
                    "initiatingUserId": CITY_X.native_id,
                    "name": name,
                    "createdAt": iso(begin + timedelta(minutes=1)),
                }
            },
        ]
        for number, line in enumerate(lines):
            sender = everyone[(number * 2 + number // 3) % len(everyone)]
            entries.append(_message(sender, line, begin + timedelta(minutes=9 + 23 * number), number, None))
        entries.append({"participantsLeave": {"userIds": [members[-1].native_id], "createdAt": iso(begin + timedelta(days=9))}})
        conversations.append({"dmConversation": {"conversationId": snowflake(begin), "messages": entries[::-1]}})
    return conversations


def headers(conversations_and_groups: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return direct-message-headers.js: the same conversations without texts."""
    return [
        {
            "dmConversation": {
                "conversationId": conversation["dmConversation"]["conversationId"],
                "messages": [
                    {"messageCreate": {key: message["messageCreate"][key] for key in ("id", "senderId", "recipientId", "createdAt")}}
                    for message in conversation["dmConversation"]["messages"]
                ],
            }
        }
        for conversation in conversations_and_groups
    ]


def _message(sender: XAccount, text: str, when: datetime, sequence: int, recipient: XAccount | None) -> dict[str, Any]:
    return {
        "messageCreate": {
            **({"recipientId": recipient.native_id} if recipient else {}),
            "reactions": [],
            "urls": [],
            "text": text,
            "mediaUrls": [],
            "senderId": sender.native_id,
            "id": snowflake(when, sequence + 1),
            "createdAt": iso(when, 137),
        }
    }


def _attach(message: dict[str, Any], name: str, dice: Dice) -> None:
    short = "https://t.co/" + dice.letters(10)
    number = dice.digits(19)
    message["text"] += " " + short
    message["mediaUrls"] = [f"https://ton.twitter.com/dm/{message['id']}/{number}/{name}"]
    message["urls"] = [
        {"url": short, "expanded": f"https://twitter.com/messages/media/{message['id']}", "display": "pic.twitter.com/" + short[-10:]}
    ]
