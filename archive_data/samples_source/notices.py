"""The everyday notices of ten years: time, text and platforms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from .city import AREAS, BUILDINGS, COUNCIL, COUNTY, PARKS, PHONES, SITE, STREETS
from .clock import CENTRAL, long_day
from .dice import Dice
from .topics import PARKS_TOPICS, WATER, WORKS, Topic
from .topics_hall import GOVERNMENT, POLICE

X, FACEBOOK, INSTAGRAM = "x", "facebook", "instagram"
INSTAGRAM_SINCE = 2018
CITY_COUNT = 1000
CITY_TOPICS = WORKS + WATER + PARKS_TOPICS + GOVERNMENT


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice of the city on one or several platforms; `sentences` go from the most to the least important."""

    when: datetime
    sentences: tuple[str, ...]
    hashtags: tuple[str, ...] = ()
    link: str = ""
    scene: str = ""
    platforms: frozenset[str] = field(default_factory=lambda: frozenset({X}))
    language: str = "en"
    topic: str = ""


def city_notices(count: int) -> list[Notice]:
    """Return the everyday notices of the city from March 2015 to October 2025, oldest first."""
    dice = Dice("city notices")
    return _notices(dice, CITY_TOPICS, datetime(2015, 3, 2, tzinfo=CENTRAL), datetime(2025, 10, 30, tzinfo=CENTRAL), count)


def police_notices(count: int) -> list[Notice]:
    """Return the everyday notices of the police department from June 2015 to March 2022, oldest first."""
    dice = Dice("police notices")
    return _notices(dice, POLICE, datetime(2015, 6, 1, tzinfo=CENTRAL), datetime(2022, 3, 30, tzinfo=CENTRAL), count)


def _notices(dice: Dice, topics: Sequence[Topic], first: datetime, last: datetime, count: int) -> list[Notice]:
    days = (last - first).days
    notices: list[Notice] = []
    first_sentences = set[str]()
    while len(notices) < count:
        when = _working_time(dice, first + timedelta(days=days * len(notices) // count + dice.number(0, 3)))
        topic = _topic(dice, topics, when.month)
        notice = _notice(dice, topic, when)
        if notice.sentences[0] not in first_sentences or dice.chance(0.1):
            first_sentences.add(notice.sentences[0])
            notices.append(notice)
    return sorted(notices, key=lambda notice: notice.when)


def _working_time(dice: Dice, day: datetime) -> datetime:
    """Return a time on a day: mostly office hours, 1 in 25 around 11:30 p.m. (the next day in UTC)."""
    if dice.chance(0.04):
        return day.replace(hour=23, minute=dice.number(25, 50), second=dice.number(0, 59))
    return day.replace(
        hour=dice.pick((6, 7, 8, 8, 9, 9, 10, 11, 12, 13, 14, 15, 15, 16, 17, 18, 20)), minute=dice.number(0, 59), second=dice.number(0, 59)
    )


def _topic(dice: Dice, topics: Sequence[Topic], month: int) -> Topic:
    return dice.pick([topic for topic in topics if month in topic.months for _ in range(topic.weight)])


def _notice(dice: Dice, topic: Topic, when: datetime) -> Notice:
    link = SITE + topic.path + "/" + (f"{when.year}-{when.month:02}" if dice.chance(0.5) else str(dice.number(101, 989)))
    parts = [dice.pick(topic.openings), *dice.several(topic.details, dice.number(1, 3))]
    if dice.chance(0.6):
        parts.append(dice.pick(topic.closings))
    slots = _slots(dice, topic, when, link)
    sentences = tuple(filled(part, slots) for part in parts)
    has_link = link in " ".join(sentences) or dice.chance(0.25)
    hashtags = tuple(dice.several(topic.hashtags, 1)) if dice.chance(0.45) else ()
    return Notice(
        when=when,
        sentences=tuple(_without_link(sentence, link) for sentence in sentences if _without_link(sentence, link)),
        hashtags=hashtags,
        link=link if has_link else "",
        scene=topic.scene if dice.chance(0.22) else "",
        platforms=_platforms(dice, when),
        topic=topic.name,
    )


def filled(line: str, slots: Mapping[str, str]) -> str:
    """Fill the slots of a line; "6 p.m." at the end of a sentence needs no second period."""
    return line.format_map(slots).replace("m..", "m.")


def _without_link(sentence: str, link: str) -> str:
    """Remove the page's address from a sentence: each platform places it differently."""
    return "" if sentence.endswith(link) and len(sentence) < len(link) + 25 else sentence.replace(link, "").strip()


def _platforms(dice: Dice, when: datetime) -> frozenset[str]:
    chosen = {X} if dice.chance(0.72) else set()
    if dice.chance(0.5) or not chosen:
        chosen.add(FACEBOOK)
    if when.year >= INSTAGRAM_SINCE and dice.chance(0.27):
        chosen.add(INSTAGRAM)
    return frozenset(chosen)


def _slots(dice: Dice, topic: Topic, when: datetime, link: str) -> dict[str, str]:
    street, cross, cross2 = dice.several(STREETS, 3)
    ahead = when + timedelta(days=dice.number(1, 6))
    hour = dice.pick(("7 a.m.", "8 a.m.", "9 a.m.", "10 a.m.", "1 p.m.", "2 p.m.", "4 p.m.", "5:30 p.m.", "6 p.m.", "7:30 p.m."))
    return {
        "street": street,
        "cross": cross,
        "cross2": cross2,
        "park": dice.pick(PARKS),
        "place": dice.pick(BUILDINGS),
        "area": dice.pick(AREAS),
        "day": long_day(ahead),
        "day2": long_day(ahead + timedelta(days=dice.number(3, 9))),
        "hour": hour,
        "n": str(dice.number(11, 96)),
        "n2": str(dice.number(2, 9)),
        "thousands": str(dice.number(14, 960)),
        "member": dice.pick(COUNCIL),
        "county": COUNTY,
        "phone": PHONES[topic.phone],
        "link": link,
        "job": dice.pick(
            ("street maintenance worker", "water plant operator", "lifeguard", "police records clerk", "park ranger", "court clerk")
        ),
        "bid": dice.pick(
            ("a dump truck", "roof repair at City Hall", "uniform rental", "mowing of rights of way", "a water tower painting")
        ),
        "animal": dice.pick(("tabby", "beagle mix", "senior hound", "black kitten", "lop-eared rabbit", "shepherd mix")),
        "love": dice.pick(("car rides", "long naps", "squeaky toys", "children", "belly rubs", "watching the rain")),
    }
