"""What an answer as of a day cannot know, in numbers and in sentences."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from indexer.saying import say


@dataclass(frozen=True, slots=True)
class Limits:
    """What an answer as of a day cannot know; each counts records. `undated` and `unknown` stand outside of the answer."""

    day: date
    undated: int  # fit, and carry no date
    unknown: int  # fit in a later wording; the one of that day is not held
    last_seen_before: int  # are in the answer, and no capture of that day or a later one holds them

    @property
    def sentences(self) -> tuple[str, ...]:
        """What a reader of the answer must know; empty where everything is known."""
        before, unknown, undated = self.last_seen_before, self.unknown, self.undated
        found = []
        if before == 1:
            found.append(say("One of them was last captured before that day: whether it still stood then is not known."))
        elif before:
            found.append(
                say("{count} of them were last captured before that day: whether they still stood then is not known.", count=before)
            )
        if unknown == 1:
            found.append(say("One more stood then, but only a later wording of it is held, which fits. It is not among them."))
        elif unknown:
            found.append(
                say("{count} more stood then, but only later wordings of them are held, which fit. They are not among them.", count=unknown)
            )
        if undated == 1:
            found.append(say("One more fits and has no date: whether it was posted by then is not known. It is not among them."))
        elif undated:
            found.append(
                say(
                    "{count} more fit and have no date: whether they were posted by then is not known. They are not among them.",
                    count=undated,
                )
            )
        return tuple(found)
