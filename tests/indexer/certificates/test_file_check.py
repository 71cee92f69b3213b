"""A file that somebody hands in: whole, unaltered, known to the log; and files that are made to do harm."""

from __future__ import annotations

import json
import resource
import struct
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from indexer.catalog.audit import AnchorState
from indexer.certificates import NotACertificate, certify, file_check, file_check_words, write
from indexer.certificates.check import FileState
from indexer.certificates.file_check import FileCheck, FileKind
from indexer.custody.ingest import ingest
from indexer.exports import Choices
from indexer.productions import Maker, export_search
from indexer.repository import Repository
from indexer.search.plan import Plan
from indexer.search.request import SearchRequest
from tests.support.repositories import repository_at, tweet, x_zip

MOST = 64 * 2**20
POSTS = [tweet(at, f"flood {at}", f"Wed Jul {at + 4:02} 18:00:00 +0000 2018") for at in range(4)]


@pytest.fixture
def repository(tmp_path: Path) -> Iterator[Repository]:
    made = repository_at(tmp_path / "data")
    ingest(made, [x_zip(tmp_path / "first.zip", POSTS)], taken_by="rhea", source="test")
    yield made
    made.close()


def certified(repository: Repository, target: Path, query: str = "flood") -> Path:
    with certify(Plan(repository, SearchRequest(query)), by="rhea") as made:
        return write(repository, made, target).json


def exported(repository: Repository, target: Path) -> Path:
    export_search(repository, SearchRequest("flood"), target, maker=Maker("rhea"), choices=Choices(certificate=True, viewer=True))
    return target


def checked(repository: Repository, path: Path) -> FileCheck:
    return file_check.check_file(repository, path, MOST)


def verdict(check: FileCheck) -> str:
    return file_check_words.sentences(check)[0]


@pytest.mark.parametrize("query", ["flood", "zeppelin"])
def test_a_certificate_made_here_is_unaltered_and_its_anchor_holds(repository: Repository, tmp_path: Path, query: str) -> None:
    check = checked(repository, certified(repository, tmp_path / "c.json", query))
    assert (check.kind, check.state, check.lines_fit, check.anchor) == (FileKind.CERTIFICATE, FileState.UNALTERED, True, AnchorState.HOLDS)
    assert check.is_good
    assert verdict(check) == "Unaltered: this is the certificate that was made here."


@pytest.mark.parametrize(
    "change",
    [
        lambda raw: raw.replace(b'"total":4', b'"total":3'),
        lambda raw: raw.replace(b"\\t1\\t", b"\\t2\\t", 1),
        lambda raw: raw + b" ",
        lambda raw: json.dumps(json.loads(raw)).encode(),
        lambda raw: raw.replace(b'"subject":""', b'"subject":"another matter"'),
    ],
)
def test_every_change_of_a_certificate_is_altered(repository: Repository, tmp_path: Path, change: Callable[[bytes], bytes]) -> None:
    path = certified(repository, tmp_path / "c.json")
    before = path.read_bytes()
    path.write_bytes(change(before))
    assert path.read_bytes() != before
    check = checked(repository, path)
    assert (check.state, check.is_good) == (FileState.ALTERED, False)
    assert verdict(check).startswith("Altered")


def test_a_certificate_of_another_system_is_unknown_here(repository: Repository, tmp_path: Path) -> None:
    other = repository_at(tmp_path / "other")
    ingest(other, [x_zip(tmp_path / "second.zip", POSTS)], taken_by="rhea", source="test")
    path = certified(other, tmp_path / "c.json")
    other.close()
    check = checked(repository, path)
    assert (check.state, check.lines_fit, check.is_good) == (FileState.UNKNOWN, True, False)
    assert verdict(check).startswith("Not made here")


def test_the_pdf_is_known_by_its_digest(repository: Repository, tmp_path: Path) -> None:
    pdf = certified(repository, tmp_path / "c.json").with_suffix(".pdf")
    assert checked(repository, pdf).is_good
    pdf.write_bytes(pdf.read_bytes() + b"\n")
    check = checked(repository, pdf)
    assert (check.kind, check.is_good) == (FileKind.PDF, False)
    assert "signed, scanned, or saved again" in file_check_words.sentences(check)[1]


def test_a_package_is_compared_with_its_manifest_and_the_log(repository: Repository, tmp_path: Path) -> None:
    check = checked(repository, exported(repository, tmp_path / "a.zip"))
    assert check.is_good
    assert check.package is not None
    assert check.package.files > 5
    assert check.certificate is not None
    assert check.certificate.total == 4
    assert verdict(check) == "Unaltered: this is the package that was made here."


def repacked(source: Path, target: Path, change: Callable[[str, bytes], bytes | None]) -> Path:
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = change(name, old.read(name))
            if content is not None:
                new.writestr(name, content)
    return target


def test_a_package_that_was_packed_again_fits_its_manifest_but_is_not_known(repository: Repository, tmp_path: Path) -> None:
    check = checked(repository, repacked(exported(repository, tmp_path / "a.zip"), tmp_path / "b.zip", lambda _name, content: content))
    assert (check.state, check.is_good) == (FileState.UNKNOWN, False)
    assert check.package is not None
    assert check.package.damaged_total == 0
    assert check.certificate is not None
    assert check.certificate.is_good


@pytest.mark.parametrize("end", ["records.csv", "certificate.json", "bagit.txt", "manifest-sha256.txt"])
@pytest.mark.parametrize("is_removed", [False, True])
def test_a_changed_or_missing_file_of_a_package_is_named(repository: Repository, tmp_path: Path, end: str, *, is_removed: bool) -> None:
    def change(name: str, content: bytes) -> bytes | None:
        return content if not name.endswith(f"/{end}") and name != end else None if is_removed else content + b"\n"

    path = repacked(exported(repository, tmp_path / "a.zip"), tmp_path / "b.zip", change)
    check = checked(repository, path)
    assert not check.is_good
    if end != "manifest-sha256.txt" or not is_removed:
        assert check.package is not None
        assert any(name.endswith(end) for name in check.package.damaged)
        assert verdict(check).startswith("Altered")


def test_a_file_that_was_added_to_a_package_is_named(repository: Repository, tmp_path: Path) -> None:
    path = exported(repository, tmp_path / "a.zip")
    with zipfile.ZipFile(path, "a") as package:
        base = min(package.namelist(), key=len).partition("/")[0]
        name = next(name for name in package.namelist() if name.endswith("records.csv"))
        package.writestr(name.replace("records.csv", "more.csv"), b"forged")
    check = checked(repository, path)
    assert base
    assert check.package is not None
    assert [name.rpartition("/")[2] for name in check.package.damaged] == ["more.csv"]


def bomb(target: Path) -> Path:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package, package.open("certificate.json", "w") as stream:
        for _ in range(MOST // 2**20 + 1):
            stream.write(b" " * 2**20)
    return target


def many_members(target: Path) -> Path:
    with zipfile.ZipFile(target, "w") as package:
        for at in range(70_000):
            package.writestr(f"data/{at}", b"")
    return target


def large_directory(target: Path) -> Path:
    """Write a ZIP whose end says that there are few members while its ZIP64 record says otherwise."""
    with zipfile.ZipFile(target, "w") as package:
        package.writestr("certificate.json", b"{}")
    raw = target.read_bytes()
    end = raw.rfind(b"PK\x05\x06")
    record = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 2**40, 2**40, 2**40, 0)
    target.write_bytes(raw[:end] + record + struct.pack("<4sLQL", b"PK\x06\x07", 0, end, 1) + raw[end:])
    return target


def lzma_member(target: Path) -> Path:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_LZMA) as package:
        package.writestr("certificate.json", b"{}")
    return target


def cut(target: Path) -> Path:
    bomb(target)
    target.write_bytes(target.read_bytes()[:200])
    return target


def secret(target: Path) -> Path:
    with zipfile.ZipFile(target, "w") as package:
        package.writestr("certificate.json", b"{}")
    raw = bytearray(target.read_bytes())
    raw[raw.rfind(b"PK\x01\x02") + 8] |= 1
    target.write_bytes(bytes(raw))
    return target


def not_ours(target: Path) -> Path:
    with zipfile.ZipFile(target, "w") as package:
        package.writestr("word/document.xml", b"<x/>")
    return target


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (bomb, "unpacks to more"),
        (many_members, "more files than can be checked here"),
        (large_directory, "more files than can be checked here"),
        (lzma_member, "packed in a way that exports are not"),
        (cut, "damaged"),
        (secret, "protected by a password"),
        (not_ours, "not an export"),
    ],
)
def test_a_zip_that_does_harm_or_is_no_export_is_refused_in_words(
    repository: Repository, tmp_path: Path, make: Callable[[Path], Path], words: str
) -> None:
    path = make(tmp_path / "a.zip")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(NotACertificate, match=words):
        checked(repository, path)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000  # KiB


HEAD = b'{"format":"Show-Me Records certificate of a search","format_version":3,"id":"x","found":{"total":1,"digest":""},'


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"hello", "cannot be read"),
        (b"{}", "cannot be read"),
        (b"[" * 3_000_000, "cannot be read"),
        (HEAD + b'"records":[],"coverage":' + b"[" * 3_000_000, "cannot be read"),
        (HEAD + b'"records":' + b"[" * 3_000_000 + b"]" * 3_000_000 + b"}", "cannot be read"),
        (b'{"format":"x","id":"","found":{"total":0,"digest":""},"records":[]}', "another kind of JSON"),
        (
            b'{"format":"Show-Me Records certificate of a search","format_version":99,"id":"","found":{"total":0,"digest":""},"records":[]}',
            "newer",
        ),
    ],
)
def test_json_that_does_harm_or_is_no_certificate_is_refused_in_words(
    repository: Repository, tmp_path: Path, content: bytes, words: str
) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(content)
    with pytest.raises(NotACertificate, match=words):
        checked(repository, path)


@pytest.mark.parametrize("records", [b"[" + b"[]," * 5_000_000 + b"[]]", b'["a",' * 1 + b'"ab",' * 4_000_000 + b'"ab"]', b"7"])
def test_what_is_no_list_of_records_is_not_decoded_and_does_not_fit(repository: Repository, tmp_path: Path, records: bytes) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(HEAD + b'"coverage":' + b"[" + b"{}," * 3_000_000 + b"{}]" + b',"records":' + records + b"}")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    check = checked(repository, path)
    assert (check.lines_fit, check.is_good) == (False, False)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 250_000  # KiB


def test_a_certificate_larger_than_the_limit_is_refused(repository: Repository, tmp_path: Path) -> None:
    path = certified(repository, tmp_path / "c.json")
    with pytest.raises(NotACertificate, match="larger than"):
        file_check.check_file(repository, path, 100)
