"""Makes the corpus: an X archive (a ZIP in the format used since 2022) per account, with the same bytes each time."""

from __future__ import annotations

import io
import json
import os
import random
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from bench.posts import Poster, Writer
from bench.vocabulary import vocabulary

SEED = 20_260_101
FIRST_YEAR = 2011  # the first full year in which X ids contain the time
A_PART = 20_000  # posts per file; X splits its files at about 100 MB
SHUFFLED = 400  # posts: an X archive is not sorted, but posts close in time are close in the file
MADE = (2026, 1, 2, 3, 4, 6)


@dataclass(frozen=True, slots=True)
class Size:
    """The size of a corpus. `part` is the number of posts per file of an archive."""

    records: int
    accounts: int = 40
    years: int = 15
    part: int = A_PART

    @property
    def name(self) -> str:
        """The name of its folder."""
        return f"{self.records}x{self.accounts}x{self.years}" + ("" if self.part == A_PART else f"x{self.part}")

    def of_account(self, number: int) -> int:
        """Return the number of posts of an account (numbered from 1); all accounts together have `records`."""
        return self.records // self.accounts + (number <= self.records % self.accounts)


@dataclass(frozen=True, slots=True)
class Corpus:
    """A corpus on disk."""

    size: Size
    archives: tuple[Path, ...]
    bytes: int  # of JSON, uncompressed


def make(folder: Path, size: Size, progress: Callable[[int, int], None] | None = None) -> Corpus:
    """Return the corpus of a size; create it, with a process per core, unless it is already complete."""
    home = folder / f"corpus-{size.name}"
    marker = home / "whole.json"
    names = [home / f"{Poster(number).handle}.zip" for number in range(1, size.accounts + 1)]
    if marker.exists() and (stored := json.loads(marker.read_text()))["size"] == asdict(size):
        return Corpus(size, tuple(names), stored["bytes"])
    home.mkdir(parents=True, exist_ok=True)
    total = finished = 0
    with ProcessPoolExecutor(max(os.cpu_count() or 1, 1)) as pool:
        futures = {pool.submit(write_archive, name, size, number): number for number, name in enumerate(names, 1)}
        for future in as_completed(futures):
            total += future.result()
            finished += size.of_account(futures[future])
            if progress:
                progress(finished, size.records)
    marker.write_text(json.dumps({"size": asdict(size), "bytes": total}))
    return Corpus(size, tuple(names), total)


def write_archive(path: Path, size: Size, number: int) -> int:
    """Write the archive of an account; return its bytes of JSON."""
    poster, count = Poster(number), size.of_account(number)
    chance = random.Random(f"{SEED} {size.name} {number}")
    start, end = datetime(FIRST_YEAR, 1, 1, tzinfo=UTC), datetime(FIRST_YEAR + size.years, 1, 1, tzinfo=UTC)
    posts = _shuffled(Writer(poster, vocabulary(), chance).items(count, start, (end - start).days), chance)
    files: list[tuple[str, str, int]] = []
    total = 0
    with zipfile.ZipFile(path, "w") as archive:
        while not files or sum(file[2] for file in files) < count:
            part = len(files)
            name = "data/tweets.js" if part == 0 else f"data/tweets-part{part}.js"
            count_in_part, written = write_part(archive, name, part, posts, size.part)
            total += written
            files.append((name, f"YTD.tweets.part{part}", count_in_part))
        add_account(archive, poster, files, end)
    return total


def add_account(archive: zipfile.ZipFile, poster: Poster, files: list[tuple[str, str, int]], generated: datetime) -> None:
    """Add the account's own file and the manifest; `files` are (name, variable, posts)."""
    account = [
        {
            "account": {
                "email": f"office{poster.number}@osagebluff.example",
                "username": poster.handle,
                "accountId": poster.native_id,
                "accountDisplayName": poster.name,
            }
        }
    ]
    _add(archive, "data/account.js", f"window.YTD.account.part0 = {json.dumps(account, indent=2)}")
    _add(archive, "data/manifest.js", f"window.__THAR_CONFIG = {json.dumps(_manifest(poster, files, generated), indent=2)}")


def write_part(archive: zipfile.ZipFile, name: str, part: int, posts: Iterator[str], most: int) -> tuple[int, int]:
    """Write a file of posts; return its number of posts and bytes."""
    count = written = 0
    with archive.open(_info(name), "w", force_zip64=True) as raw, io.BufferedWriter(raw, 1 << 20) as stream:
        written += stream.write(f"window.YTD.tweets.part{part} = [\n".encode())
        while block := list(islice(posts, min(1000, most - count))):
            written += stream.write(((",\n" if count else "") + ",\n".join(block)).encode())
            count += len(block)
        written += stream.write(b"\n]")
    return count, written


def _shuffled(posts: Iterator[str], chance: random.Random) -> Iterator[str]:
    while block := list(islice(posts, SHUFFLED)):
        chance.shuffle(block)
        yield from block


def _manifest(poster: Poster, files: list[tuple[str, str, int]], generated: datetime) -> dict[str, object]:
    return {
        "userInfo": {"accountId": poster.native_id, "userName": poster.handle, "displayName": poster.name},
        "archiveInfo": {
            "sizeBytes": "1",
            "generationDate": f"{generated:%Y-%m-%dT%H:%M:%S}.000Z",
            "isPartialArchive": False,
            "maxPartSizeBytes": "53687091200",
        },
        "dataTypes": {
            "account": {"files": [{"fileName": "data/account.js", "globalName": "YTD.account.part0", "count": "1"}]},
            "tweets": {
                "mediaDirectory": "data/tweets_media",
                "files": [{"fileName": name, "globalName": variable, "count": str(count)} for name, variable, count in files],
            },
        },
    }


def _add(archive: zipfile.ZipFile, name: str, text: str) -> None:
    archive.writestr(_info(name), text)


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, MADE)
    info.compress_type = zipfile.ZIP_DEFLATED
    info._compresslevel = 1  # type: ignore[attr-defined]  # noqa: SLF001  # the only way to set a level for a streamed member in Python 3.11
    return info
