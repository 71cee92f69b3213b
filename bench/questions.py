"""The questions for all three engines, each in the syntax of every engine."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bench.vocabulary import vocabulary


@dataclass(frozen=True, slots=True)
class Question:
    """A question. Every group of `every` must match, by any of its terms; no term of `without` may match.

    A term is a word, a phrase ("city council") or a prefix ("flood*"). Days are local, both included.
    """

    group: str
    every: tuple[tuple[str, ...], ...] = ()
    without: tuple[str, ...] = ()
    first: date | None = None
    last: date | None = None

    @property
    def ours(self) -> str:
        """The question in our query language, without its days."""
        return self._join(" ", " OR ", " NOT ") or "*"

    @property
    def fts5(self) -> str:
        """The question in FTS5's language, without its days."""
        return self._join(" AND ", " OR ", " NOT ")

    @property
    def words(self) -> str:
        """The question as shown in a table."""
        days = f" {self.first:%Y-%m-%d}..{self.last:%Y-%m-%d}" if self.first and self.last else ""
        return self.ours + days

    def _join(self, both: str, either: str, never: str) -> str:
        groups = [either.join(map(_quoted, group)) for group in self.every]
        groups = [f"({group})" if either in group and len(groups) + len(self.without) > 1 else group for group in groups]
        return both.join(groups) + "".join(never + _quoted(term) for term in self.without)


def _quoted(term: str) -> str:
    return f'"{term}"' if " " in term else term


def questions(last_year: int) -> list[Question]:
    """Return the questions; their years are before `last_year`, the last year of the corpus."""
    word = vocabulary().word
    year, month = last_year - 3, last_year - 1
    whole = (date(year, 1, 1), date(year, 12, 31))
    spring = (date(month, 3, 1), date(month, 5, 31))
    return [
        Question("rare", (("custodian",),)),
        Question("rare", ((word(20_000),),)),
        Question("rare", ((word(50_000),),)),
        Question("common", (("the",),)),
        Question("common", (("council",),)),
        Question("common", (("water",),)),
        Question("phrase", (("city council",),)),
        Question("phrase", (("water main break",),)),
        Question("phrase", (("of the",),)),
        Question("wildcard", (("flood*",),)),
        Question("wildcard", (("com*",),)),
        Question("wildcard", (("pl*",),)),
        Question("Boolean", (("council",), ("budget",))),
        Question("Boolean", (("water", "sewer"), ("main", "break"))),
        Question("Boolean", (("meeting",),), without=("council",)),
        Question("Boolean", (("city",), ("park", "pool", "town hall")), without=("closed",)),
        Question("date range", first=whole[0], last=whole[1]),
        Question("date range", first=spring[0], last=spring[1]),
        Question("common in days", (("council",),), first=whole[0], last=whole[1]),
        Question("common in days", (("the",),), first=spring[0], last=spring[1]),
        Question("common in days", (("water", "street"),), first=whole[0], last=spring[1]),
    ]
