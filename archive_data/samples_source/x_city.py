"""The posts of the two X accounts: notices, threads, reposts, quotes, answers, edits, long posts, deletions."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from . import story_council, story_days, story_flood
from .city import CITY_X, COUNTY_X, FIRE_X, GAUGE_X, LIBRARY_X, PARKS_X, POLICE_X, RESIDENTS, SITE, XAccount
from .clock import local, snowflake
from .dice import Dice
from .notices import CITY_COUNT, Notice, X, city_notices, filled, police_notices
from .pictures import SCENES, drawing, film, photo
from .talk import exchange, slots_of
from .x_post import LONG_SINCE, Media, Post, edited, post

POLICE_EVERYDAY = 330
RENAMED = {"kbend_oskar": "kbend_oskarp", "kbend_cleta": ""}

# Posts of other accounts that the city reposted.
_NEIGHBOR_LINES: tuple[tuple[XAccount, str], ...] = (
    (
        POLICE_X,
        "{street} is closed between {cross} and the tracks for a crash. Please use another way; tow trucks are twenty minutes out. #KBPD",
    ),
    (
        POLICE_X,
        "Detectives ask anyone with doorbell video from {area} between {hour} and midnight to call the tip line. You can stay anonymous.",
    ),
    (
        FIRE_X,
        "Smoke alarms installed in {n} homes on {street} today, free of charge. Call us if yours is older than ten years. #KBSafety",
    ),
    (FIRE_X, "Grass fire north of {street} is out. Cause: a chain dragging sparks."),
    (
        PARKS_X,
        "Trail update: the loop at {park} is open to walkers, closed to bikes until {day} as it is soft. Thank you for staying off.",
    ),
    (PARKS_X, "Yoga on the lawn of {park}, {day}. Bring a mat and a hat."),
    (
        LIBRARY_X,
        "Free tax help returns to the library on {day}: bring last year's return and your ID. Ayuda en español los jueves. #KBTaxHelp",
    ),
    (LIBRARY_X, "Summer reading has {n} readers already. Prizes are in the glass case."),
    (
        COUNTY_X,
        "Flash flood warning for low crossings until {hour}. Turn around; twelve inches of water can float a car. #mowx",
    ),
    (COUNTY_X, "Sign up for county alerts. It takes two minutes."),
    (GAUGE_X, "Stage at {hour}: {n2}.{n2} ft, steady."),
)

_QUOTES: tuple[tuple[XAccount, str], ...] = (
    (POLICE_X, "Please share. Every pair of eyes helps."),
    (FIRE_X, "So proud of this crew 👏"),
    (PARKS_X, "A good reason to visit {park} this weekend."),
    (LIBRARY_X, "Did you know? Your library card also opens the tool shed on {street}."),
    (COUNTY_X, "This includes {area}. Charge your phones tonight."),
    (GAUGE_X, "For those who ask about the river: here is the number we watch."),
)

_REGRETTED: tuple[tuple[str, str], ...] = (
    ("2018-03-09 22:14", "If you don't like the council's tax vote there are plenty of other towns to live in."),
    ("2019-05-24 08:02", "All clear on Old Landing Road, the flood is over #flood"),
    ("2020-04-01 09:00", "Free beer from every hydrant on Ferry Street today! (Check the date.)"),
    ("2021-02-17 06:45", "Power is fully restored everywhere, thanks for nothing, winter."),
)

_EDITS: tuple[tuple[str, int, tuple[str, ...]], ...] = (
    (
        "2022-11-07 09:05",
        4,
        ("Polls are open tomorow from 6 a.m. to 8 p.m. #KBVotes", "Polls are open tomorrow from 6 a.m. to 7 p.m. #KBVotes"),
    ),
    (
        "2023-02-22 08:00",
        6,
        ("Boil water advisory: all of the city.", "Boil water advisory: only customers east of Depot Street. We corrected this post."),
    ),
    (
        "2023-06-13 20:15",
        5,
        (
            "The council approved the budget 5-2.",
            "The council approved the budget 4-2.",
            "The council approved the budget 4-2, with one member absent.",
        ),
    ),
    ("2024-03-19 15:30", 5, ("Landing Park is closed Friday.", "Landing Park is closed Saturday, not Friday.")),
    ("2024-08-05 11:11", 5, ("New fees for shelter rental: $54.", "New fees for shelter rental: $45 for residents, $54 for others.")),
    ("2025-01-06 05:40", 5, ("City offices open at 10 a.m.", "City offices are CLOSED today; only emergency crews report.")),
    ("2025-09-16 23:20", 5, ("Work on Mill Race Road ends Thursday.", "Work on Mill Race Road ends Thursday 25 September.")),
)

_DELETED: tuple[tuple[str, str, str], ...] = (
    ("2025-10-21 10:02", "2025-10-21 10:09", "Trash pickup moves to Friday this week."),
    ("2025-10-22 16:40", "2025-10-23 08:12", "The council will vote on the pool contract tonight (it will not, wrong agenda)."),
    ("2025-10-24 12:00", "2025-10-27 09:30", "Thanks @kbend_desmond for nothing."),
    ("2025-10-28 07:55", "2025-10-28 08:20", "Hydrant flushing in Old Town starts at noon."),
    ("2025-10-30 19:31", "2025-10-31 07:00", "Trick-or-treat hours are 5 to 8 p.m. on October 30."),
    ("2025-11-01 09:15", "2025-11-01 09:16", "test test 1 2 3"),
)

_LONG: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "2023-03-02 12:00",
        (
            "WHAT HAPPENED ON FEBRUARY 21. A 16-inch main from 1948 split along four feet under Depot Street.",
            "Pressure in the east of town fell below 20 pounds at 2:31 a.m., which by rule means a boil order.",
            "The first post went out at 4:50 a.m.; that is too late, and we have changed who gets the call.",
            "Repair took 19 hours because the valve north of the break would not close & a second had to be dug up.",
            "The council hears a full report on March 14.",
        ),
    ),
    (
        "2023-08-30 09:30",
        (
            "HOW YOUR TAX BILL IS MADE. The assessor values the house, the state sets the share, each taxing body sets a levy.",
            "The city's part is about one dollar in nine.",
            "If the value went up because everyone's did, the levy must come down; if you built a porch, it need not.",
            "Questions about the value go to the assessor, questions about the levy to us.",
        ),
    ),
    (
        "2024-01-12 16:45",
        (
            "COLD WEATHER PLAN. Warming rooms: Community Center, 8 a.m. to 8 p.m.; Fire Station 2 all night.",
            "Buses are free when it is below 10 degrees, just board.",
            "No water shut-offs until further notice, and crews check on anyone who asks at 573-555-0100.",
            "Let a tap drip, open the cabinet under the sink, bring animals in.",
        ),
    ),
    (
        "2024-06-19 10:00",
        (
            "ON THE LEVEE. Five years after the flood the council has signed the contract for the new floodwall.",
            "It costs $3.4 million, runs 1,900 feet and stands two feet higher than the crest of 2019.",
            "Work starts in September at the Ferry Street end and reaches North Levee Road in 2026.",
            "Landing Park stays open except for the boat ramp. The bonds are paid from the sales tax that voters renewed in 2022.",
        ),
    ),
    (
        "2025-02-04 18:20",
        (
            "RECORDS REQUESTS IN 2024. We received 212 requests and answered 188 of them within three business days.",
            "Fourteen took longer because staff had to search e-mail and social media accounts one by one.",
            "Ten were closed at the asker's wish. The average charge was $0.00 because the first hour is not billed.",
        ),
    ),
    (
        "2025-06-11 08:15",
        (
            "THE BUDGET IN ONE POST. Streets $2.9 million, police $2.4 million, fire $1.7 million, parks $1.1 million.",
            "Everything else: $1.6 million.",
            "Water pays for itself and may not be used for anything else.",
            "No tax rises. The pool gets a new liner, the library keeps its Sundays, and the council kept $300,000 for the next flood.",
        ),
    ),
)

_COMMUNITY: tuple[tuple[str, str], ...] = (
    ("2023-04-03 10:10", "Hello from City Hall! We answer questions about streets and water here on weekdays."),
    ("2023-05-18 14:22", "For the gardeners of this community: free mulch at the street barn while it lasts."),
    ("2023-09-07 09:09", "The detour for the school run is posted; thanks for flagging the missing sign."),
    ("2024-02-14 12:00", "Adoption fees are halved today. The tabby is called Agenda Item."),
    ("2024-10-01 17:45", "We read all 40 comments about the bike lane and passed them to the council."),
)


def city_posts() -> list[Post]:
    """Return every post of the city's account, including posts no longer in later archives."""
    dice = Dice("x city")
    written = [*city_notices(CITY_COUNT), *story_flood.notices(), *story_council.notices(), *story_days.notices()]
    posts = [made for notice in written if X in notice.platforms for made in _from_notice(dice, CITY_X, notice)]
    posts += _reposts(dice, CITY_X, 70, local("2015-06-01 09:00"), 3770)
    posts += _quotes(dice, CITY_X, 26)
    posts += _answers(dice, CITY_X, 150, local("2015-05-01 09:00"), 3810)
    posts += [post(CITY_X, local(time), text, gone=True, favorites=3) for time, text in _REGRETTED]
    for time, minutes, texts in _EDITS:
        posts += edited(post(CITY_X, local(time), texts[0], favorites=dice.number(0, 40)), list(texts[1:]), minutes)
    for time, parts in _LONG:
        whole = " ".join(parts)
        posts.append(post(CITY_X, local(time), whole[:274].rstrip() + "…", note=whole, favorites=dice.number(9, 200)))
    films = ("2018-07-04 21:55", "2020-12-05 18:30", "2023-10-14 12:12", "2025-05-17 10:30")
    posts += [_film(dice, local(time)) for time in films]
    return _apart(posts)


def police_posts() -> list[Post]:
    """Return every post of the police account."""
    dice = Dice("x police")
    posts = [made for notice in police_notices(POLICE_EVERYDAY) for made in _from_notice(dice, POLICE_X, notice)]
    posts += _reposts(dice, POLICE_X, 24, local("2015-09-01 09:00"), 2370)
    posts += _answers(dice, POLICE_X, 46, local("2015-08-01 09:00"), 2400)
    posts.append(
        post(
            POLICE_X,
            local("2019-05-23 23:42"),
            "Officers are going door to door south of Mill Race Road. Please answer. #flood",
            favorites=88,
            reposts=41,
        )
    )
    posts.append(
        post(
            POLICE_X,
            local("2019-05-25 06:10"),
            "Two drivers went around barricades overnight. Both cars floated. Both drivers got tickets. #flood",
            favorites=120,
            reposts=64,
        )
    )
    return _apart(posts)


def deleted_posts() -> list[Post]:
    """Return the deleted posts that X still keeps, for about two weeks."""
    return [post(CITY_X, local(time), text, deleted=local(deleted)) for time, deleted, text in _DELETED]


def community_posts() -> list[Post]:
    """Return the posts to a community of X."""
    return [post(CITY_X, local(time), text, community="1642871300551028736", favorites=4) for time, text in _COMMUNITY]


def _from_notice(dice: Dice, account: XAccount, notice: Notice) -> list[Post]:
    key = str(notice.when)
    media: tuple[Media, ...] = (_picture(dice, notice.scene, key),) if notice.scene else ()
    if media and dice.chance(0.12):
        media += (_picture(dice, notice.scene, key + " 2"), _picture(dice, dice.pick(SCENES), key + " 3"))
    popular = {"favorites": dice.number(0, 60), "reposts": dice.number(0, 18)}
    gone = notice.when.year < 2021 and dice.chance(0.03)
    first = post(account, notice.when, _composed(notice, media), language=notice.language, media=media, gone=gone, **popular)
    if len(notice.sentences) < 3 or notice.topic == "days" or not dice.chance(0.06):
        return [first]
    return _thread(first, [*notice.sentences], media)


def _thread(first: Post, sentences: list[str], media: tuple[Media, ...]) -> list[Post]:
    """Return a post for each sentence, each in reply to the previous post."""
    total = len(sentences)
    thread = [replace(first, text=f"1/{total} {sentences[0]}"[: 139 if first.when < LONG_SINCE else 279], media=media)]
    for number, sentence in enumerate(sentences[1:], start=2):
        when = first.when + timedelta(minutes=number, seconds=7)
        before = thread[-1]
        thread.append(
            replace(
                first,
                when=when,
                text=f"{number}/{total} {sentence}",
                native_id=snowflake(when, number),
                reply=(before.native_id, first.account),
                media=(),
                favorites=number,
            )
        )
    return thread


def _composed(notice: Notice, media: tuple[Media, ...]) -> str:
    """Shorten a notice to the limit: 140 characters before November 2017, 280 after; a link counts as 23."""
    limit = (140 if notice.when < LONG_SINCE else 280) - (24 if notice.link else 0) - (24 if media else 0)
    text = notice.sentences[0]
    if len(text) > limit:
        text = text[: limit - 1].rsplit(" ", 1)[0] + "…"
    for sentence in notice.sentences[1:]:
        if len(text) + 1 + len(sentence) <= limit:
            text += " " + sentence
    for hashtag in notice.hashtags:
        if len(text) + 2 + len(hashtag) <= limit:
            text += " #" + hashtag
    return f"{text} {notice.link}" if notice.link else text


def _picture(dice: Dice, scene: str, key: str) -> Media:
    is_drawing = scene == "chart" or dice.chance(0.2)
    name = dice.pick("CDEF") + dice.letters(14) + (".png" if is_drawing else ".jpg")
    return Media(name, "photo", drawing(scene, key) if is_drawing else photo(scene, key))


def _film(dice: Dice, when: datetime) -> Post:
    name = dice.letters(16) + ".mp4"
    line = dice.pick(
        (
            "Three seconds of joy from Depot Green.",
            "Watch the sweeper go by.",
            "Sound on for the brass band.",
            "Look who visited the parade.",
        )
    )
    return post(CITY_X, when, line, media=(Media(name, "video", film(name)),), favorites=dice.number(20, 90))


def _reposts(dice: Dice, account: XAccount, count: int, first: datetime, days: int) -> list[Post]:
    """Return reposts as archives hold them: cut after 140 characters."""
    posts = []
    for number in range(count):
        when = first + timedelta(days=days * number // count, minutes=dice.number(0, 600))
        source, line = dice.pick([line for line in _NEIGHBOR_LINES if line[0] != account])
        text = f"RT @{source.handle}: {filled(line, slots_of(dice, when))}"
        posts.append(post(account, when, text if len(text) <= 140 else text[:139] + "…"))
    return posts


def _quotes(dice: Dice, account: XAccount, count: int) -> list[Post]:
    posts = []
    for number in range(count):
        when = local("2016-02-01 11:00") + timedelta(days=135 * number, minutes=dice.number(0, 400))
        source, line = dice.pick(_QUOTES)
        quoted = f"https://twitter.com/{source.handle}/status/{snowflake(when - timedelta(minutes=dice.number(20, 900)))}"
        posts.append(post(account, when, f"{filled(line, slots_of(dice, when))} {quoted}", favorites=dice.number(0, 20)))
    return posts


def _answers(dice: Dice, account: XAccount, count: int, first: datetime, days: int) -> list[Post]:
    """Return replies to residents, whose posts are not in the archive."""
    posts = []
    for number in range(count):
        when = first + timedelta(days=days * number // count, minutes=dice.number(0, 560), seconds=dice.number(0, 59))
        resident = dice.pick(RESIDENTS)
        asked = snowflake(when - timedelta(minutes=dice.number(4, 300)))
        answer = exchange(dice, when).answer
        text = f"@{resident.handle} {answer}"
        if when < LONG_SINCE and len(text) > 140:
            text = f"@{resident.handle} Please see {SITE}/help or call 573-555-0100; we are on it."
        posts.append(post(account, when, text, reply=(asked, resident), favorites=dice.number(0, 4)))
    return posts


def _apart(posts: list[Post]) -> list[Post]:
    """Sort the posts oldest first, without repeated ids."""
    seen = set[str]()
    unique = []
    for made in sorted(posts, key=lambda made: (made.when, made.native_id)):
        if made.native_id not in seen:
            seen.add(made.native_id)
            unique.append(made)
    return unique
