"""Builds the two peers from the same archives: a plain tantivy index, and SQLite with FTS5 as Datasette uses it.

Both get prepared posts (the importer's text, local days), so their times are for indexing alone; ours also include
custody, reading the archive, hashing and the catalog.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from functools import lru_cache
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import msgspec
import tantivy

from bench.corpus import Corpus, Size
from bench.figures import Line, show_table
from indexer.evidence.archive import open_archive
from indexer.importers import identify
from indexer.local_time import local_day
from indexer.record import Record

ZONE = "America/Chicago"
HEAP, THREADS = 256_000_000, 2  # as in our engine's writer
BLOCK = 5000
COLUMNS = ("id", "account", "kind", "posted", "day", "month", "url", "text")


class Post(msgspec.Struct, array_like=True):
    """A post as the peers index it. `posted` is seconds since 1970 UTC; day ("2018-07-04") and month are local."""

    account: str
    kind: str
    posted: int
    day: str
    month: str
    url: str
    text: str


class NoDate(Exception):
    """A post of the corpus has no date, so the corpus is wrong."""


def index_of(out: Path, size: Size) -> Path:
    """Return the folder of the plain tantivy index."""
    return out / f"tantivy-{size.name}"


def database_of(out: Path, size: Size) -> Path:
    """Return the SQLite file."""
    return out / f"datasette-{size.name}.db"


def measure(out: Path, made: Corpus) -> dict[str, Any]:
    """Build both peers, unless already complete, and return the seconds that each took."""
    marker = out / f"peers-{made.size.name}.json"
    if marker.exists() and (figures := json.loads(marker.read_text()))["size"] == asdict(made.size):
        return dict(figures)
    posts = _prepare_posts(out, made)
    figures = {"size": asdict(made.size), "records": made.size.records}
    for name, build in (("tantivy", build_tantivy), ("fts5", build_fts5)):
        print(f"  building {name} ...", flush=True)
        with ProcessPoolExecutor(1, get_context("spawn")) as pool:  # keeps this process small for later measurements
            figures[f"{name}_seconds"] = pool.submit(build, out, made.size, posts).result()
    shutil.rmtree(posts)
    marker.write_text(json.dumps(figures))
    return figures


def show(figures: dict[str, Any]) -> None:
    """Print the build speed of the peers."""
    show_table(
        f"Peers: {figures['records']:,} ready posts indexed (no custody, no reading of archives, no catalog)",
        ("", "seconds", "records/s"),
        [
            (words, figures[f"{name}_seconds"], figures["records"] / figures[f"{name}_seconds"])
            for name, words in (("tantivy", "raw tantivy"), ("fts5", "SQLite FTS5 (Datasette)"))
        ],
    )


def _prepare_posts(out: Path, made: Corpus) -> Path:
    """Read the corpus with the importer and write it as prepared posts."""
    folder = out / f"posts-{made.size.name}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    line = Line("reading posts for the peers")
    with ProcessPoolExecutor(os.cpu_count() or 1, get_context("spawn")) as pool:
        done = 0
        for count in pool.map(write_posts, made.archives, [folder / f"{path.stem}.jsonl" for path in made.archives]):
            done += count
            line(done, made.size.records)
    return folder


def write_posts(archive: Path, target: Path) -> int:
    """Write the posts of an archive, a JSON array per line; return their number."""
    identified = identify(open_archive(archive))
    account = identified.facts.account.handle
    count, encode = 0, msgspec.json.Encoder().encode
    with target.open("wb") as stream:
        for record in identified.records():
            if not isinstance(record, Record):
                continue
            if record.posted is None or record.posted.utc is None:
                raise NoDate(record.native_id)
            day = local_day(record.posted.utc, ZONE).isoformat()
            seconds = int(record.posted.utc.timestamp())
            stream.write(encode(Post(account, str(record.kind), seconds, day, day[:7], record.url, record.text)) + b"\n")
            count += 1
    return count


def posts_in(folder: Path) -> Iterator[Post]:
    """Yield the prepared posts."""
    decode = msgspec.json.Decoder(Post).decode
    for path in sorted(folder.iterdir()):
        with path.open("rb") as stream:
            yield from map(decode, stream)


@lru_cache(maxsize=1)
def schema() -> tantivy.Schema:
    """Return the schema of the plain tantivy index: default tokenizer, fast fields for sorting and counts."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("text")
    builder.add_text_field("account", tokenizer_name="raw", index_option="basic", fast=True)
    builder.add_text_field("kind", tokenizer_name="raw", index_option="basic", fast=True)
    builder.add_integer_field("posted", fast=True)
    builder.add_integer_field("day", fast=True, indexed=True)
    builder.add_integer_field("month", fast=True)
    return builder.build()


def build_tantivy(out: Path, size: Size, posts: Path) -> float:
    """Build the plain tantivy index; return the seconds it took."""
    folder = index_of(out, size)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    started = time.perf_counter()
    writer = tantivy.Index(schema(), str(folder)).writer(HEAP, THREADS)
    for post in posts_in(posts):
        fields = {
            "text": post.text,
            "account": post.account,
            "kind": post.kind,
            "posted": post.posted,
            "day": int(post.day.replace("-", "")),
            "month": int(post.month.replace("-", "")),
        }
        writer.add_document(tantivy.Document.from_dict(fields, schema()))
    writer.commit()
    writer.wait_merging_threads()
    return time.perf_counter() - started


def build_fts5(out: Path, size: Size, posts: Path) -> float:
    """Build the SQLite file like `sqlite-utils enable-fts --fts5`, with the indexes a careful user adds; return the seconds it took."""
    target = database_of(out, size)
    target.unlink(missing_ok=True)
    started = time.perf_counter()
    connection = sqlite3.connect(target)
    execute: Callable[..., object] = connection.execute
    execute("PRAGMA journal_mode = OFF")  # a file that is built once needs no rollback
    execute("PRAGMA synchronous = OFF")
    execute("CREATE TABLE posts (id INTEGER PRIMARY KEY, account TEXT, kind TEXT, posted TEXT, day TEXT, month TEXT, url TEXT, text TEXT)")
    rows = posts_in(posts)
    number = 0
    while block := list(islice(rows, BLOCK)):
        values = []
        for post in block:
            number += 1
            when = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(post.posted))
            values.append((number, post.account, post.kind, when, post.day, post.month, post.url, post.text))
        connection.executemany("INSERT INTO posts VALUES (?, ?, ?, ?, ?, ?, ?, ?)", values)
    for column in ("posted", "day", "account"):
        execute(f"CREATE INDEX posts_{column} ON posts ({column})")
    # Datasette detects the full-text table by this exact form of "content"
    execute("CREATE VIRTUAL TABLE posts_fts USING FTS5 (text, content=[posts])")
    execute("INSERT INTO posts_fts (rowid, text) SELECT rowid, text FROM posts")
    execute("INSERT INTO posts_fts (posts_fts) VALUES ('optimize')")
    execute("ANALYZE")
    connection.commit()
    connection.close()
    return time.perf_counter() - started
