"""One contract for both engines."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pytest

from indexer.engines import (
    COUNTED,
    DAYS,
    ENGINES,
    FACETS,
    WILDCARD_LIMIT,
    Counts,
    Document,
    Engine,
    IndexBusy,
    IndexOutdated,
    TooBroad,
    open_engine,
)
from indexer.engines.tantivy_engine import TantivyEngine
from indexer.query import And, Everything, Not, Or, Phrase, Wildcard, Word, parse
from indexer.query.filters import Filters, Permission, Sort

ROOT = Path(__file__).parents[3]


def document(pk: int, *parts: str, **known: object) -> Document:
    values: dict[str, object] = {
        "account_id": 1,
        "account_words": ("RiverbendMO", "City of Riverbend"),
        "platform": "twitter",
        "kind": "post",
        "author": "RiverbendMO",
        "posted": 1_530_000_000 + pk,
        "day": date(2018, 6, 26),
    }
    return Document(pk=pk, parts=parts, **{**values, **known})  # type: ignore[arg-type]


@pytest.fixture
def folder() -> Iterator[Path]:
    """An index in memory where there is such a folder: waiting for a disk at each commit proves nothing."""
    memory = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108  # a fresh folder below it
    with tempfile.TemporaryDirectory(dir=memory) as made:
        yield Path(made) / "index"


@pytest.fixture(params=sorted(ENGINES))
def engine(request: pytest.FixtureRequest, folder: Path) -> Iterator[Engine]:
    opened = open_engine(request.param, folder)
    yield opened
    opened.close()


def filled(engine: Engine, *documents: Document) -> Engine:
    engine.write(documents)
    engine.commit(1)
    return engine


class Found(NamedTuple):
    """Hits with everything that an engine counts."""

    pks: Sequence[int]
    total: int
    undated: int
    facets: Counts
    months: Mapping[str, int]


def search(  # noqa: PLR0917  # the order is the engine's own
    engine: Engine, text: str, filters: Filters | None = None, sort: Sort = Sort.OLDEST, limit: int = 100, offset: int = 0
) -> Found:
    parsed = parse(text)
    assert parsed.tree is not None, parsed.diagnostics
    filters = filters or Filters()
    hits = engine.search(parsed.tree, filters, sort, limit, offset)
    counts = engine.counts(parsed.tree, filters, (*COUNTED, DAYS), hits.answered)
    assert hits.undated + sum(counts["month"].values()) == hits.undated + sum(counts["day"].values()) == hits.total
    assert all(sum(counts[name].values()) == hits.total for name in ("account", "platform", "kind"))
    return Found(hits.pks, hits.total, hits.undated, {name: counts[name] for name in FACETS}, counts["month"])


def found(engine: Engine, text: str, filters: Filters | None = None) -> list[int]:
    parsed = parse(text)
    assert parsed.tree is not None, parsed.diagnostics
    pks = list(search(engine, text, filters).pks)
    assert list(engine.ids(parsed.tree, filters or Filters(), Sort.OLDEST)) == pks
    assert search(engine, text, filters).total == engine.total(parsed.tree, filters or Filters()) == len(pks)
    return pks


def test_an_unknown_engine_is_named_with_those_that_there_are(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"'lucene' is not a search engine.*tantivy and whoosh"):
        open_engine("lucene", tmp_path)


def test_an_empty_index_answers_with_a_real_zero(engine: Engine) -> None:
    assert (engine.count(), engine.position()) == (0, 0)
    hits = search(engine, "*")
    assert (list(hits.pks), hits.total, hits.months, hits.undated) == ([], 0, {}, 0)
    assert hits.facets == {"account": {}, "platform": {}, "kind": {}, "author": {}, "state": {}}
    assert found(engine, "*") == []
    assert engine.expand(Wildcard("a*")) == {}


def test_words_are_found_without_case_accents_and_signs(engine: Engine) -> None:
    filled(
        engine,
        document(1, "The CAFÉ opens at Straße 5"),
        document(2, "cafe\u0301 closed", hashtags=("Flood",)),
        document(3, "#Flood warning 🎉👍🏽, don't drive"),
        document(4, "東京 sister city visit"),
    )
    assert found(engine, "cafe") == found(engine, "Café") == [1, 2]
    assert found(engine, "strasse") == [1]
    assert found(engine, "the") == [1]
    assert found(engine, "flood") == [2, 3]  # also where only the platform names the hashtag
    assert found(engine, "🎉") == [3]
    assert found(engine, "👍") == found(engine, "👍🏿") == [3]
    assert found(engine, "don't") == found(engine, '"don t"') == [3]
    assert found(engine, "東京") == found(engine, "京") == [4]
    assert found(engine, "京東") == []


def test_operators_combine_as_they_are_documented(engine: Engine) -> None:
    filled(engine, document(1, "a"), document(2, "b"), document(3, "a b"), document(4, "c"), document(5, "b c"))
    assert found(engine, "a b") == found(engine, "a AND b") == [3]
    assert found(engine, "a OR b") == [1, 2, 3, 5]
    assert found(engine, "a OR b c") == found(engine, "a OR (b AND c)") == [1, 3, 5]
    assert found(engine, "(a OR b) c") == [5]
    assert found(engine, "NOT a") == [2, 4, 5]
    assert found(engine, "NOT a OR a") == [1, 2, 3, 4, 5]
    assert found(engine, "NOT a NOT b") == [4]
    assert found(engine, "b NOT (a OR c)") == [2]
    assert found(engine, "NOT NOT a") == [1, 3]
    assert found(engine, "* NOT c") == [1, 2, 3]


def test_a_phrase_does_not_cross_from_one_part_to_the_next(engine: Engine) -> None:
    filled(engine, document(1, "city council", "budget vote"), document(2, "council budget"), document(3, "budget council"))
    assert found(engine, '"council budget"') == [2]
    assert found(engine, '"city council"') == [1]
    assert found(engine, "council budget") == [1, 2, 3]
    assert found(engine, '"council b*"') == [2]
    assert found(engine, '"c* b*"') == [2]


def test_a_phrase_may_repeat_a_word(engine: Engine) -> None:
    filled(engine, document(1, "no no parking"), document(2, "no parking"), document(3, "no parking no"))
    assert found(engine, '"no no"') == [1]
    assert found(engine, '"no n* p?rking"') == [1]


def test_wildcards_stand_for_whole_words(engine: Engine) -> None:
    filled(engine, document(1, "tax"), document(2, "taxes"), document(3, "syntax"), document(4, "text tax's"), document(5, "tx"))
    assert found(engine, "tax*") == [1, 2, 4]
    assert found(engine, "*tax") == [1, 3, 4]
    assert found(engine, "*ta*") == [1, 2, 3, 4]
    assert found(engine, "t?x*") == [1, 2, 4]
    assert found(engine, "t?x") == [1, 4]
    assert found(engine, "t??") == [1, 4]
    assert dict(engine.expand(Wildcard("t*x"))) == {"tax": 2, "tx": 1}
    assert list(engine.expand(Wildcard("t*"))) == ["tax", "taxes", "text", "tx"]


def test_a_wildcard_of_many_signs_is_answered_at_once(engine: Engine) -> None:
    filled(engine, document(1, "a" * 900 + " end"), document(2, "a" * 900 + "b end"), document(3, "ababababab end"))
    assert found(engine, "a*a*a*a*a*b") == [2, 3]
    assert found(engine, '"*a*a*a*a*b end"') == [2, 3]
    assert found(engine, '"a???????????????????* end"') == [1, 2]


def test_signs_of_regular_expressions_are_only_signs(engine: Engine) -> None:
    keycap = "*\ufe0f\u20e3"
    filled(engine, document(1, f"press {keycap} now"), document(2, "press now"))
    assert found(engine, keycap) == [1]
    assert [*engine.ids(Phrase((Word("press"), Word("*\u20e3"), Wildcard("n*"))), Filters(), Sort.OLDEST)] == [1]


def test_fields_are_found_by_their_values(engine: Engine) -> None:
    filled(
        engine,
        document(
            1,
            "one",
            has=("link",),
            urls=("https://t.co/AbC", "https://www.riverbend.gov/water?id=7"),
            hashtags=("WaterMain",),
            mentions=("city.hall",),
        ),
        document(
            2,
            "two",
            urls=("https://facebook.example/its-own-address",),
            platform="facebook",
            kind="comment",
            author="Ana Pérez",
            account_id=2,
            account_words=("Riverbend Parks",),
        ),
        document(3, "three", has=("media", "picture"), kind="reply", posted=None, day=None),
    )
    assert found(engine, "account:riverbendmo") == [1, 3]
    assert found(engine, "account:@RiverbendMO") == [1, 3]
    assert found(engine, 'account:"city of"') == [1, 3]
    assert found(engine, "account:park*") == [2]
    assert found(engine, "platform:X") == found(engine, "platform:Twitter") == [1, 3]
    assert found(engine, "kind:(comment OR reply)") == [2, 3]
    assert found(engine, "author:perez") == found(engine, 'author:"ana perez"') == [2]
    assert found(engine, "hashtag:watermain") == found(engine, "#WaterMain") == found(engine, "#water*") == [1]
    assert found(engine, "#water") == []
    assert found(engine, "watermain") == [1]
    assert found(engine, "@city.hall") == found(engine, "mention:City.Hall") == found(engine, "@city*") == [1]
    assert found(engine, "url:t.co/abc") == found(engine, "https://t.co/AbC") == [1]
    assert found(engine, "url:riverbend.gov") == found(engine, "url:water?id=7") == [1]
    assert found(engine, "has:picture") == found(engine, "has:photo") == [3]
    assert found(engine, "has:link") == found(engine, "has:hashtag") == found(engine, "has:mention") == [1]


def test_days_are_local_days_and_undated_records_stand_outside_of_every_range(engine: Engine) -> None:
    filled(
        engine,
        document(1, "x", day=date(2018, 6, 30), posted=1_530_421_000),
        document(2, "x", day=date(2018, 7, 1), posted=1_530_421_300),
        document(3, "x", day=date(2018, 7, 31), posted=1_533_000_000),
        document(4, "x", day=None, posted=None),
    )
    assert found(engine, "date:2018-07") == found(engine, "[2018-07-01 TO 2018-07-31]") == [2, 3]
    assert found(engine, "from:2018-07-01") == [2, 3]
    assert found(engine, "to:2018-06") == [1]
    assert found(engine, "date:[2018-06-30 TO 2018-07-01]") == [1, 2]
    assert found(engine, "[ TO ]") == [1, 2, 3]
    assert found(engine, "NOT [ TO ]") == [4]
    assert found(engine, "x", Filters(first_day=date(2018, 7, 1))) == [2, 3]
    assert found(engine, "x", Filters(last_day=date(2018, 7, 1))) == [1, 2]
    hits = search(engine, "x")
    assert (dict(hits.months), hits.undated) == ({"2018-06": 1, "2018-07": 2}, 1)


def test_every_filter_narrows_hits_facets_and_months_alike(engine: Engine) -> None:
    filled(
        engine,
        document(1, "x", account_id=1, author="Ann"),
        document(2, "x", account_id=2, platform="facebook", kind="comment", author="Bob", day=date(2019, 1, 2)),
        document(3, "x", account_id=3, platform="instagram", kind="photo", author="", has=("media",)),
    )
    assert found(engine, "x", Filters(accounts=frozenset({1, 2}))) == [1, 2]
    assert found(engine, "x", Filters(platforms=frozenset({"facebook"}))) == [2]
    assert found(engine, "x", Filters(kinds=frozenset({"photo", "post"}))) == [1, 3]
    assert found(engine, "x", Filters(authors=frozenset({"Bob", "nobody"}))) == [2]
    assert found(engine, "x", Filters(authors=frozenset({"bob"}))) == []
    assert found(engine, "x", Filters(has_media=True)) == [3]
    assert found(engine, "x", Filters(has_media=False)) == [1, 2]
    hits = search(engine, "*", Filters(accounts=frozenset({2, 3})))
    assert hits.facets == {
        "account": {"2": 1, "3": 1},
        "platform": {"facebook": 1, "instagram": 1},
        "kind": {"comment": 1, "photo": 1},
        "author": {"Bob": 1},
        "state": {},
    }
    assert hits.months == {"2018-06": 1, "2019-01": 1}


def test_an_empty_filter_matches_nothing_and_no_choice_widens_a_permission(engine: Engine) -> None:
    filled(engine, document(1, "x", account_id=1), document(2, "x", account_id=2))
    for name in ("accounts", "platforms", "kinds", "authors"):
        assert found(engine, "x", Filters(**{name: frozenset()})) == [], name
    assert found(engine, "x", Filters(permission=Permission(frozenset(), without_messages=False))) == []
    assert found(engine, "x", Filters(permission=Permission(frozenset({1}), without_messages=False), accounts=frozenset({1, 2}))) == [1]
    assert found(engine, "x", Filters(permission=Permission(frozenset({1}), without_messages=False), accounts=frozenset({2}))) == []
    assert found(engine, "x OR NOT x", Filters(permission=Permission(frozenset({2}), without_messages=False))) == [2]


def test_orders_are_total_and_undated_records_come_last(engine: Engine) -> None:
    filled(
        engine,
        document(5, "x", posted=100),
        document(3, "x", posted=100),
        document(9, "x", posted=None, day=None),
        document(2, "x", posted=None, day=None),
        document(4, "x", posted=-5_000),
        document(8, "x", posted=4_000_000_000),
    )
    assert list(search(engine, "x", sort=Sort.NEWEST).pks) == [8, 3, 5, 4, 2, 9]
    assert list(search(engine, "x", sort=Sort.OLDEST).pks) == [4, 3, 5, 8, 2, 9]
    assert list(search(engine, "*", sort=Sort.RELEVANCE).pks) == [8, 3, 5, 4, 2, 9]
    assert list(search(engine, "x", sort=Sort.NEWEST, limit=2, offset=1).pks) == [3, 5]
    assert list(search(engine, "x", sort=Sort.NEWEST, limit=0).pks) == []
    assert list(search(engine, "x", sort=Sort.RELEVANCE, limit=0).pks) == []
    assert search(engine, "x", sort=Sort.RELEVANCE, limit=0).total == 6
    assert list(search(engine, "x", limit=5, offset=6).pks) == []


def test_relevance_puts_the_shorter_and_fuller_text_first_and_equal_ones_newest_first(engine: Engine) -> None:
    filled(
        engine,
        document(1, "budget and many other words about something else entirely that go on"),
        document(2, "budget budget"),
        *(document(pk, "budget talk") for pk in range(10, 200)),
        document(3, "nothing"),
    )
    pks = list(search(engine, "budget", sort=Sort.RELEVANCE, limit=1000).pks)
    assert pks[0] == 2
    assert pks[1:-1] == list(range(199, 9, -1))
    assert pks[-1] == 1
    paged = [pk for offset in range(0, 200, 7) for pk in search(engine, "budget", sort=Sort.RELEVANCE, limit=7, offset=offset).pks]
    assert paged == pks == list(engine.ids(Word("budget"), Filters(), Sort.RELEVANCE))


def test_hits_that_are_all_alike_stand_behind_the_relevant_ones_newest_first(engine: Engine) -> None:
    filled(
        engine, *(document(pk, "zebra" if pk % 2 else "zoo") for pk in range(100)), document(200, "rare zoo"), document(150, "rare rare")
    )
    for text, relevant in (("rare OR z*", [150, 200]), ("z* (rare OR zo*)", [200]), ("rare OR kind:post", [150, 200]), ("NOT absent", [])):
        tree = parse(text).tree
        assert tree is not None
        pks = list(search(engine, text, sort=Sort.RELEVANCE, limit=500).pks)
        assert pks[: len(relevant)] == relevant, text
        assert pks[len(relevant) :] == [pk for pk in search(engine, text, sort=Sort.NEWEST, limit=500).pks if pk not in relevant], text
        assert list(engine.ids(tree, Filters(), Sort.RELEVANCE)) == pks, text
        paged = [pk for offset in range(0, 120, 3) for pk in search(engine, text, sort=Sort.RELEVANCE, limit=3, offset=offset).pks]
        assert paged == pks, text


def test_ids_come_in_chunks_that_neither_skip_nor_repeat(tmp_path: Path) -> None:
    engine = TantivyEngine(tmp_path / "index", chunk=3)
    filled(engine, *(document(pk, "x a" if pk % 3 else "x", posted=None if pk % 5 == 0 else pk % 4) for pk in range(50)))
    for sort in Sort:
        for text in ("x", "*", "a OR kind:post", "x NOT a"):
            tree = parse(text).tree
            assert tree is not None
            assert list(engine.ids(tree, Filters(), sort)) == list(search(engine, text, sort=sort, limit=60).pks)
    engine.close()


def test_many_threads_may_search_while_one_writes(engine: Engine) -> None:
    filled(engine, *(document(pk, "x") for pk in range(20)))

    def look(_turn: int) -> bool:
        hits = search(engine, "x")
        return hits.total == len(hits.pks) and hits.total % 20 == 0

    with ThreadPoolExecutor(4) as pool:
        looks = pool.map(look, range(100))
        for start in (20, 40):
            filled(engine, *(document(pk, "x") for pk in range(start, start + 20)))
        assert all(looks)
    assert search(engine, "x").total == 60


def test_more_different_authors_than_tantivy_gives_at_once_are_all_counted(tmp_path: Path) -> None:
    engine = TantivyEngine(tmp_path / "index")
    many = 70_000
    filled(engine, *(document(pk, "x", author=f"writer {pk}") for pk in range(many)))
    hits = search(engine, "x", limit=1)
    assert (hits.total, len(hits.facets["author"]), hits.facets["platform"]) == (many, many, {"twitter": many})
    engine.close()


def test_writing_a_number_again_replaces_it_in_one_batch_and_over_batches(engine: Engine) -> None:
    engine.write([document(1, "old"), document(2, "stays"), document(1, "newer")])
    engine.write([document(1, "newest")])
    engine.commit(3)
    assert (engine.count(), found(engine, "*"), found(engine, "newest"), found(engine, "old OR newer")) == (2, [1, 2], [1], [])
    filled(engine, document(1, "again"))
    assert (engine.count(), found(engine, "newest"), found(engine, "again")) == (2, [], [1])
    assert "newest" not in engine.expand(Wildcard("n*"))


def test_a_deleted_document_is_in_no_answer(engine: Engine) -> None:
    filled(engine, document(1, "secret plan", author="Ann"), document(2, "open plan", author="Bob"), document(3, "open"))
    engine.delete([1, 77])
    assert found(engine, "secret") == [1]  # not before the commit
    engine.commit(9)
    assert (engine.count(), found(engine, "plan"), found(engine, "NOT open"), found(engine, "se*")) == (2, [2], [], [])
    assert dict(engine.expand(Wildcard("*"))) == {"open": 2, "plan": 1}
    hits = search(engine, "*")
    assert (hits.total, dict(hits.facets["author"]), hits.undated) == (2, {"Bob": 1, "RiverbendMO": 1}, 0)


def test_nothing_is_visible_before_the_commit_and_closing_drops_it(engine: Engine, folder: Path) -> None:
    engine.write([document(1, "x")])
    assert (engine.count(), engine.position(), found(engine, "x")) == (0, 0, [])
    engine.close()
    again = open_engine(engine.name, folder)
    assert (again.count(), again.position()) == (0, 0)
    filled(again, document(2, "x"))
    assert found(again, "x") == [2]
    again.close()


def test_documents_that_fail_midway_leave_nothing_behind(engine: Engine) -> None:
    def broken() -> Iterator[Document]:
        yield document(1, "x")
        raise RuntimeError("the catalog went away")

    with pytest.raises(RuntimeError, match="went away"):
        engine.write(broken())
    engine.commit(1)
    assert engine.count() == 0


def test_what_no_index_can_hold_is_refused_when_it_is_written(engine: Engine) -> None:
    with pytest.raises(ValueError, match="record number"):
        engine.write([document(1 << 30, "x")])
    with pytest.raises(ValueError, match="has:hologram"):
        engine.write([document(1, "x", has=("hologram",))])


def test_the_position_survives_reopening_and_follows_every_commit(engine: Engine, folder: Path) -> None:
    filled(engine, document(1, "x"))
    engine.commit(42)
    assert engine.position() == 42
    engine.close()
    again = open_engine(engine.name, folder)
    assert (again.position(), again.count()) == (42, 1)
    again.close()


def test_another_process_sees_a_commit_and_one_writer_keeps_the_other_out(engine: Engine, folder: Path) -> None:
    filled(engine, document(1, "x"))
    reader = open_engine(engine.name, folder)
    assert found(reader, "x") == [1]
    engine.write([document(2, "x")])
    with pytest.raises(IndexBusy):
        reader.write([document(3, "x")])
    assert found(reader, "x") == [1]
    engine.commit(2)
    assert found(reader, "x") == [1, 2]
    filled(reader, document(3, "x"))
    assert found(engine, "x") == [1, 2, 3]
    reader.close()


def test_a_search_that_streams_keeps_its_state_while_another_commit_comes(engine: Engine) -> None:
    filled(engine, *(document(pk, "x") for pk in range(1, 6)))
    stream = engine.ids(Word("x"), Filters(), Sort.OLDEST)
    first = next(stream)
    filled(engine, document(0, "x"), document(9, "x"))
    assert [first, *stream] == [1, 2, 3, 4, 5]
    assert engine.count() == 7


def test_an_index_of_another_version_must_be_rebuilt(engine: Engine, folder: Path) -> None:
    filled(engine, document(1, "x"))
    engine.close()
    state = folder / "position.json"
    known = json.loads(state.read_text())
    for change in ({"analyzer": "other"}, {"engine": "lucene"}, {"position": "many"}):
        state.write_text(json.dumps({**known, **change}))
        with pytest.raises(IndexOutdated, match="rebuild"):
            open_engine(engine.name, folder).position()
    state.write_text("{")
    with pytest.raises(IndexOutdated, match="rebuild"):
        open_engine(engine.name, folder)
    state.unlink()
    with pytest.raises(IndexOutdated, match="rebuild"):
        open_engine(engine.name, folder)


def test_an_index_whose_files_are_gone_is_not_an_empty_one(engine: Engine, folder: Path) -> None:
    filled(engine, document(1, "x"))
    engine.close()
    for file in folder.iterdir():
        if file.name != "position.json":
            file.unlink()
    with pytest.raises(IndexOutdated, match="gone"):
        open_engine(engine.name, folder)


@pytest.mark.parametrize("name", sorted(ENGINES))
def test_killed_at_any_time_the_position_claims_no_more_than_is_visible(name: str, tmp_path: Path) -> None:
    folder = tmp_path / "index"  # on the disk, where a kill is a kill
    script = textwrap.dedent(
        """
        import sys
        from pathlib import Path
        from indexer.engines import Document, open_engine
        engine = open_engine(sys.argv[1], Path(sys.argv[2]))
        print("ready", flush=True)
        at = engine.position()
        while True:
            engine.write(Document(pk, (f"word{pk} plain",), 1, (), "twitter", "post", "", pk, None) for pk in range(at, at + 20))
            at += 20
            engine.commit(at)
        """
    )
    draw = random.Random(7)  # noqa: S311  # moments to kill at, no secret
    for _ in range(3):
        process = subprocess.Popen([sys.executable, "-c", script, name, str(folder)], cwd=ROOT, stdout=subprocess.PIPE)
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        try:
            process.wait(timeout=0.2 + draw.random() / 2)
        except subprocess.TimeoutExpired:
            os.kill(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()
        engine = open_engine(name, folder)
        position = engine.position()
        assert set(range(position)) <= set(engine.ids(Everything(), Filters(), Sort.OLDEST))
        assert engine.count() >= position
        engine.close()
    assert position > 0


def test_a_wildcard_past_the_limit_is_too_broad_and_one_at_the_limit_is_whole(engine: Engine) -> None:
    half = WILDCARD_LIMIT // 2
    rare = " ".join(f"w{number:05}" for number in range(half, WILDCARD_LIMIT))
    filled(engine, document(1, " ".join(f"w{number:05}" for number in range(half))), document(2, rare), document(3, "other z"))
    assert found(engine, "w*") == [1, 2]
    assert len(engine.expand(Wildcard("w*"))) == WILDCARD_LIMIT
    filled(engine, document(4, "wx"))
    for typed in ("W*", "w*", "NOT w*", "other OR w*", '"other w*"'):
        tree = parse(typed).tree
        assert tree is not None
        with pytest.raises(TooBroad) as raised:
            engine.search(tree, Filters(), Sort.NEWEST, 10, 0)
        assert (raised.value.limit, raised.value.pattern.lower()) == (WILDCARD_LIMIT, "w*")
        with pytest.raises(TooBroad):
            list(engine.ids(tree, Filters(), Sort.NEWEST))
    with pytest.raises(TooBroad):
        engine.expand(Wildcard("w*"))
    engine.delete([4])
    engine.commit(5)
    assert found(engine, "w*") == [1, 2]  # words that only deleted records had do not count


def test_no_cap_of_a_library_cuts_an_answer(engine: Engine) -> None:
    many = 3_000
    filled(engine, *(document(pk, f"common n{pk}", author=f"author {pk}", account_id=pk, posted=pk // 3) for pk in range(many)))
    assert list(search(engine, "n*", limit=many).pks) == list(range(many))
    assert list(engine.ids(Word("common"), Filters(), Sort.OLDEST)) == list(range(many))
    assert sorted(engine.ids(Or(tuple(Word(f"n{pk}") for pk in range(many))), Filters(), Sort.RELEVANCE)) == list(range(many))
    assert list(engine.ids(And(tuple(Not(Word(f"n{pk}")) for pk in range(1, many))), Filters(), Sort.OLDEST)) == [0]
    hits = search(engine, "common", Filters(accounts=frozenset(range(many))), limit=many)
    assert (len(hits.pks), hits.total, len(hits.facets["author"]), len(hits.facets["account"])) == (many, many, many, many)


def test_a_post_of_megabytes_and_a_word_without_end_are_searched_whole(engine: Engine) -> None:
    filled(
        engine,
        document(1, "word " * 400_000 + "needle"),
        document(2, "x" * 70_000 + " tail"),
        document(3, "a\u0301" + "é" * 1_200_000 + " far end"),
    )
    assert found(engine, "needle") == [1]
    assert found(engine, '"word needle"') == [1]
    assert found(engine, "x" * 1_500) == found(engine, "xxx*") == [2]
    assert found(engine, "tail") == [2]
    assert found(engine, '"far end"') == [3]


def test_odd_letters_neither_break_nor_hide(engine: Engine) -> None:
    filled(engine, document(1, "\ufdfa \U0001f3fb half \ud83d end", author="bro\ud83dken", hashtags=("\ud83d", "")), document(2, ""))
    assert found(engine, '"half end"') == [1]
    assert found(engine, "\ufdfa") == [1]
    assert found(engine, "*") == [1, 2]
    assert found(engine, "x", Filters(authors=frozenset({"bro\ud83dken"}))) == []
    assert found(engine, "*", Filters(authors=frozenset({"bro\ud83dken"}))) == [1]
