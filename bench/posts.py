"""Invents posts and writes them as X does in an archive (the format used since 2022: data/tweets.js, an item per post).

Everything depends on the random generator passed in: the same seed gives the same posts.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bench.vocabulary import PHRASES, Vocabulary

X_EPOCH_MS = 1_288_834_974_657  # epoch of the time in X ids (November 2010), in milliseconds since 1970 UTC
LONGER_SINCE = datetime(2017, 11, 7, tzinfo=UTC)  # X went from 140 to 280 characters
EDITS_SINCE = datetime(2022, 10, 1, tzinfo=UTC)
REPOST_LETTERS = 140  # an archive truncates other accounts' posts at this length

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_PROGRAMS = ("Twitter Web App", "Twitter for iPhone", "Twitter for Android", "TweetDeck", "Hootsuite Inc.")
_SIGNS = ("🎉", "🚧", "🌧️", "🚒", "❄️", "👍🏽", "🇺🇸", "☀️")
_SPANISH = ("reunión pública", "mañana", "aquí está", "información del río", "calle Peñón")


@dataclass(frozen=True, slots=True)
class Poster:
    """An account with invented posts."""

    number: int  # 1, 2, 3 ...

    @property
    def native_id(self) -> str:
        """The X id."""
        return str(7_300_000_000 + 1009 * self.number)

    @property
    def handle(self) -> str:
        """The handle without '@'; letters and digits only, which every tokenizer keeps whole."""
        return f"OsageBluff{self.number:02}"

    @property
    def name(self) -> str:
        """The display name."""
        return f"City of Osage Bluff, Office {self.number}"


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes the posts of an account with the words of a vocabulary."""

    poster: Poster
    words: Vocabulary
    chance: random.Random

    def items(self, count: int, start: datetime, days: int) -> Iterator[str]:
        """Yield the JSON of `count` posts made within `days` from `start`, oldest first."""
        chance = self.chance
        times = [start + timedelta(seconds=second) for second in sorted(chance.sample(range(days * 86400), count))]
        ids = [str(((int(when.timestamp() * 1000) - X_EPOCH_MS) << 22) + chance.randrange(1 << 22)) for when in times]
        for index, sentence in enumerate(self._sentences([when >= LONGER_SINCE for when in times])):
            yield self._item(ids, index, times[index], sentence)

    def _sentences(self, long: Sequence[bool]) -> Iterator[list[str]]:
        """Yield the words of each post; drawn for thousands of posts at a time, for speed."""
        chance, block = self.chance, 2000
        for first in range(0, len(long), block):
            lengths = [chance.randrange(8, 36) if is_long else chance.randrange(5, 19) for is_long in long[first : first + block]]
            pool = chance.choices(self.words.words, cum_weights=self.words.cumulative, k=sum(lengths))
            at = 0
            for length in lengths:
                yield pool[at : at + length]
                at += length

    def _item(self, ids: Sequence[str], index: int, when: datetime, sentence: list[str]) -> str:
        poster, words, chance = self.poster, self.words, self.chance
        number, dice = ids[index], chance.random()
        if dice < 0.18:
            sentence[len(sentence) // 2 : len(sentence) // 2] = chance.choice(PHRASES).split()
        if dice > 0.97:
            sentence.append(chance.choice(_SPANISH))
        text = " ".join(sentence)
        text = text[0].upper() + text[1:] + "."
        tags = mentions = urls = reply = ""
        kind = chance.random()
        if kind < 0.15:
            handle = f"Neighbor{chance.randrange(400)}"
            text = f"RT @{handle}: {text}"
            mentions = _mention_item(handle, 3)
            if len(text) > REPOST_LETTERS:
                text = text[: REPOST_LETTERS - 1] + "…"
        else:
            if kind < 0.35:
                is_own_thread = kind < 0.25 and index > 0
                handle = poster.handle if is_own_thread else f"Neighbor{chance.randrange(400)}"
                parent = ids[max(0, index - chance.randrange(1, 30))] if is_own_thread else str(int(number) - chance.randrange(1 << 40))
                reply = _reply_fields(parent, handle, poster.native_id if is_own_thread else str(90_000_000 + chance.randrange(400)))
                text = f"@{handle} {text}"
                mentions = _mention_item(handle, 0)
            if chance.random() < 0.3:
                tag = words.words[chance.choice((21, 22, 24, 25, 60, 300, 320, 640, 1580))].replace(" ", "")
                tags = _tag_item(tag, len(text) + 1)
                text += f" #{tag}"
            if chance.random() < 0.1:
                text += f" {chance.choice(_SIGNS)}"
            if chance.random() < 0.05:
                text += " Q&amp;A &lt;online&gt;"
            if chance.random() < 0.35:
                short = f"https://t.co/{number[-10:]}"
                page = f"{words.words[chance.randrange(20, 45)]}/{when.year}/{index}"
                urls = _url_item(short, f"osagebluff.example/{page}", len(text) + 1)
                text += f" {short}"
        return _JSON % {
            "edits": _EDITS % (number, f"{when:%Y-%m-%dT%H:%M:%S}.000Z") if when >= EDITS_SINCE else "",
            "program": _PROGRAMS[index % len(_PROGRAMS)],
            "tags": tags,
            "mentions": mentions,
            "urls": urls,
            "length": len(text),
            "likes": index % 50,
            "id": number,
            "reposts": index % 9,
            "when": f"{_DAYS[when.weekday()]} {_MONTHS[when.month - 1]} {when:%d %H:%M:%S} +0000 {when.year}",
            "answer": reply,
            "text": text,
        }


def _tag_item(text: str, start: int) -> str:
    return (
        f'\n          {{\n            "text" : "{text}",\n            "indices" : [\n              "{start}",\n'
        f'              "{start + len(text) + 1}"\n            ]\n          }}\n        '
    )


def _mention_item(handle: str, start: int) -> str:
    return (
        f'\n          {{\n            "name" : "{handle}",\n            "screen_name" : "{handle}",\n            "indices" : [\n'
        f'              "{start}",\n              "{start + len(handle) + 1}"\n            ],\n            "id_str" : "90000001",\n'
        '            "id" : "90000001"\n          }\n        '
    )


def _url_item(short: str, page: str, start: int) -> str:
    return (
        f'\n          {{\n            "url" : "{short}",\n            "expanded_url" : "https://{page}",\n'
        f'            "display_url" : "{page[:26]}",\n            "indices" : [\n              "{start}",\n'
        f'              "{start + len(short)}"\n            ]\n          }}\n        '
    )


def _reply_fields(parent: str, handle: str, user: str) -> str:
    return (
        f'      "in_reply_to_status_id_str" : "{parent}",\n      "in_reply_to_status_id" : "{parent}",\n'
        f'      "in_reply_to_user_id_str" : "{user}",\n      "in_reply_to_user_id" : "{user}",\n'
        f'      "in_reply_to_screen_name" : "{handle}",\n'
    )


_EDITS = """      "edit_info" : {
        "initial" : {
          "editTweetIds" : [
            "%s"
          ],
          "editableUntil" : "%s",
          "editsRemaining" : "5",
          "isEditEligible" : true
        }
      },
"""
_JSON = """  {
    "tweet" : {
%(edits)s      "retweeted" : false,
      "source" : "<a href=\\"https://programs.example\\" rel=\\"nofollow\\">%(program)s</a>",
      "entities" : {
        "hashtags" : [%(tags)s],
        "symbols" : [ ],
        "user_mentions" : [%(mentions)s],
        "urls" : [%(urls)s]
      },
      "display_text_range" : [
        "0",
        "%(length)d"
      ],
      "favorite_count" : "%(likes)d",
%(answer)s      "id_str" : "%(id)s",
      "truncated" : false,
      "retweet_count" : "%(reposts)d",
      "id" : "%(id)s",
      "created_at" : "%(when)s",
      "favorited" : false,
      "full_text" : "%(text)s",
      "lang" : "en"
    }
  }"""
