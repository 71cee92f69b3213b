"""The corpus of the bench is what its figures rest on: the same each time, whole for the importer, and with words as common as said."""

import hashlib
import re
import sys
from collections import Counter
from pathlib import Path

import pytest

from bench.children import ChildFailed, run
from bench.corpus import Size, make, write_archive
from bench.figures import Goal, percentile
from bench.language import QUESTIONS
from bench.questions import Question, questions
from bench.vocabulary import vocabulary
from indexer.evidence.archive import open_archive
from indexer.importers import identify
from indexer.query import Word, parse
from indexer.query.nodes import nodes
from indexer.record import Record, RecordKind, Tally
from indexer.text import fold, words

SIZE = Size(records=901, accounts=2, years=15, part=400)


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ...]:
    return make(tmp_path_factory.mktemp("bench"), SIZE).archives


@pytest.fixture(scope="module")
def records(archives: tuple[Path, ...]) -> list[Record]:
    named = identify(open_archive(archives[0]))
    values = list(named.records())
    assert {type(value) for value in values} == {Record, Tally}
    return [value for value in values if isinstance(value, Record)]


def test_the_same_corpus_comes_out_each_time(archives: tuple[Path, ...], tmp_path: Path) -> None:
    again = tmp_path / archives[1].name
    write_archive(again, SIZE, 2)
    assert hashlib.sha256(again.read_bytes()).digest() == hashlib.sha256(archives[1].read_bytes()).digest()


def test_accounts_have_other_posts_and_all_records_together(archives: tuple[Path, ...]) -> None:
    counts = []
    for archive in archives:
        named = identify(open_archive(archive))
        counts.append(named.facts.counts)
    assert counts == [
        {"data/tweets.js": 400, "data/tweets-part1.js": 51},
        {"data/tweets.js": 400, "data/tweets-part1.js": 50},
    ]


def test_the_manifest_counts_what_the_importer_reads(archives: tuple[Path, ...]) -> None:
    named = identify(open_archive(archives[0]))
    tallies = {value.unit: value.read for value in named.records() if isinstance(value, Tally)}
    assert tallies == dict(named.facts.counts)


def test_posts_are_of_every_kind_and_spread_over_all_years(records: list[Record]) -> None:
    kinds = Counter(record.kind for record in records)
    assert set(kinds) == {RecordKind.POST, RecordKind.REPLY, RecordKind.REPOST}
    assert {record.posted.utc.year for record in records if record.posted and record.posted.utc} == set(range(2011, 2026))
    assert len({record.native_id for record in records}) == 451
    assert any(record.hashtags for record in records)
    assert any(record.links for record in records)
    assert any(not record.text.isascii() for record in records)


def test_the_indices_of_hashtags_and_links_stand_where_the_text_says(archives: tuple[Path, ...]) -> None:
    raw = open_archive(archives[0]).read("data/tweets.js").decode()
    items = raw.split('"tweet" : {')[1:]
    checked = 0
    for item in items:
        stored = re.search(r'"full_text" : "(.*)"', item)
        for text, start, end in re.findall(r'"text" : "(\w+)",\s+"indices" : \[\s+"(\d+)",\s+"(\d+)"', item):
            assert stored is not None
            assert stored[1][int(start) : int(end)] == f"#{text}"
            checked += 1
        for short, start, end in re.findall(r'"url" : "(\S+)",.*?"indices" : \[\s+"(\d+)",\s+"(\d+)"', item, re.DOTALL):
            assert stored is not None
            assert stored[1][int(start) : int(end)] == short
            checked += 1
    assert checked > 100


def test_a_word_is_as_common_as_its_rank_says(records: list[Record]) -> None:
    counted = Counter(word for record in records for word in words(record.text))
    assert counted["the"] > counted["council"] > counted["custodian"]
    assert counted["the"] > 150


def test_the_vocabulary_has_each_word_once_and_some_with_accents() -> None:
    known = vocabulary()
    assert len(known.words) == len(set(known.words)) == 60_000
    assert any(not word.isascii() for word in known.words)
    assert known.rank("the") == 1
    assert known.word(known.rank("council")) == "council"


def test_every_question_can_be_read_and_means_the_same_to_engines_that_do_not_fold_accents() -> None:
    accented = [word for word in vocabulary().words if not word.isascii()]
    for question in questions(2025):
        assert parse(question.ours).tree is not None, question.ours
        for term in [*question.without, *(term for group in question.every for term in group)]:
            assert [word for word in accented if fits(term, word) != fits(term, fold(word))] == [], term


def test_every_question_of_the_whole_language_can_be_read_and_is_of_words_of_the_corpus() -> None:
    known = set(vocabulary().words)
    for question in QUESTIONS:
        parsed = parse(question.ours)
        assert parsed.tree is not None, parsed.diagnostics
        plain = [node.word for node in nodes(parsed.tree) if isinstance(node, Word)]
        assert set(plain) <= known, question.ours
        assert all(word in question.fts5 for word in plain if question.fts5), question.fts5


def fits(term: str, word: str) -> bool:
    return word.startswith(term[:-1]) if term.endswith("*") else word in term.split()


def test_a_question_is_written_in_each_language() -> None:
    question = Question("Boolean", (("city",), ("pool", "town hall")), without=("closed",))
    assert question.ours == 'city (pool OR "town hall") NOT closed'
    assert question.fts5 == 'city AND (pool OR "town hall") NOT closed'


def test_a_percentile_is_a_value_that_was_measured_and_a_goal_says_missed() -> None:
    assert percentile([4.0, 1.0, 3.0, 2.0], 0.5) == 2.0
    assert percentile([4.0, 1.0, 3.0, 2.0], 0.95) == 4.0
    assert Goal("faster", 7.0, 8.0, at_least=True).verdict == "MISSED"
    assert Goal("smaller", 7.0, 8.0, counts=False).verdict == "reached (at another size than the goal's)"


HELPER = "import time; held = b'x' * 150_000_000; time.sleep(2)"


def test_the_memory_of_a_helper_counts_with_that_of_its_command() -> None:
    both = f"""
import subprocess, sys
held = b"x" * 150_000_000
subprocess.run([sys.executable, "-c", {HELPER!r}], check=True)
print('{{"rows": 3}}')
"""
    ran = run([sys.executable, "-c", both])
    assert ran.answer == {"rows": 3}
    assert 300_000_000 < ran.peak < 400_000_000


def test_a_command_that_fails_is_no_measurement() -> None:
    with pytest.raises(ChildFailed, match="no such archive"):
        run([sys.executable, "-c", "import sys; sys.exit('no such archive')"])
