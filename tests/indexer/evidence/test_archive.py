"""One read-only view of whatever a person hands in; what is unsafe is refused before anything is read."""

from __future__ import annotations

import io
import os
import stat
import tarfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.evidence.archive import DamagedArchive, EncryptedArchive, MemberDamaged, NotAnArchive, UnsafeArchive, open_archive
from indexer.evidence.names import is_junk
from tests.support.builders import folder_of, zip_files

FILES = {"export/data/a.js": b"one", "export/data/b.js": b"two"}


def test_zip_tar_folder_and_parts_look_the_same(tmp_path: Path) -> None:
    as_zip = zip_files(FILES, tmp_path / "a.zip")
    as_folder = folder_of(FILES, tmp_path / "folder")
    as_tar = tmp_path / "a.tar.gz"
    with tarfile.open(as_tar, "w:gz") as tar:
        tar.add(as_folder / "export", "export")
    parts = [zip_files({name: content}, tmp_path / "parts" / f"{number}.zip") for number, (name, content) in enumerate(FILES.items())]
    for archive in (
        open_archive(as_zip),
        open_archive(as_folder),
        open_archive(as_tar),
        open_archive(*parts),
        open_archive(tmp_path / "parts"),
    ):
        view = archive.below("export/")
        assert view.names == ("data/a.js", "data/b.js")
        assert view.read("data/b.js") == b"two"
        assert archive.roots() == ("", "export/", "export/data/")
        assert archive.opened == {"export/data/b.js"}


def test_files_beside_the_export_s_folder_do_not_hide_it(tmp_path: Path) -> None:
    archive = open_archive(zip_files({**FILES, "LICENSE": "x", "note.txt": "x"}, tmp_path / "a.zip"))
    assert archive.roots() == ("", "export/", "export/data/")
    assert open_archive(zip_files({"a/x.js": "x", "b/y.js": "y"}, tmp_path / "b.zip")).roots() == ("",)


def test_the_same_file_in_two_parts_is_one_member(tmp_path: Path) -> None:
    parts = [zip_files({"shared.js": "same", f"{n}.js": str(n)}, tmp_path / f"{n}.zip") for n in range(2)]
    assert open_archive(*parts).names == ("0.js", "1.js", "shared.js")


def test_parts_that_disagree_are_refused(tmp_path: Path) -> None:
    parts = [zip_files({"data/account.js": f"account {n}"}, tmp_path / f"{n}.zip") for n in range(2)]
    with pytest.raises(UnsafeArchive, match="differs between the given files"):
        open_archive(*parts)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("../evil.js", "leads outside"),
        ("a/../../evil.js", "leads outside"),
        ("/etc/evil.js", "absolute"),
        ("C:/evil.js", "absolute"),
        ("..\\evil.js", "leads outside"),
        ("a//b.js", "leads outside"),
        ("bell\x07.js", "control characters"),
    ],
)
def test_a_name_that_could_write_elsewhere_is_refused(tmp_path: Path, name: str, says: str) -> None:
    with pytest.raises(UnsafeArchive, match=says) as caught:
        open_archive(zip_files({name: "x"}, tmp_path / "a.zip"))
    assert "nothing was added" in str(caught.value)


def test_a_link_is_refused_in_zip_tar_and_folder(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        link = zipfile.ZipInfo("link")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    folder = folder_of({"a.js": "x"}, tmp_path / "folder")
    (folder / "link").symlink_to("/etc/passwd")
    with tarfile.open(tmp_path / "a.tar", "w") as tar:
        tar.add(folder, "export")
    for path in (tmp_path / "a.zip", folder, tmp_path / "a.tar"):
        with pytest.raises(UnsafeArchive, match="is a link"):
            open_archive(path)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_the_same_name_twice_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "twice.zip", "w") as archive:
        archive.writestr("a.js", "one")
        archive.writestr("a.js", "two")
    with pytest.raises(UnsafeArchive, match="appears twice"):
        open_archive(tmp_path / "twice.zip")


@pytest.mark.parametrize(
    "names",
    [
        ("data/A.png", "data/a.png"),
        ("Data/a.png", "data/a.png"),
        ("stra\u00dfe.png", "STRASSE.png"),
        ("caf\u00e9.png", "cafe\u0301.png"),  # composed and decomposed, both there: each is itself
    ],
)
def test_names_that_only_look_alike_are_members_of_their_own(tmp_path: Path, names: tuple[str, str]) -> None:
    archive = open_archive(zip_files({name: name for name in names}, tmp_path / "a.zip"))
    assert {archive.read(name).decode() for name in names} == set(names)
    assert archive.opened == set(names)


@pytest.mark.parametrize("stored", ["caf\u00e9/\u1ebf.png", "cafe\u0301/e\u0302\u0301.png", "cafe\u0301/\u1ebf.png"])
@pytest.mark.parametrize("asked", ["caf\u00e9/\u1ebf.png", "cafe\u0301/e\u0302\u0301.png"])
@pytest.mark.parametrize("root", ["", "Arch\u00edvo/"])
def test_a_name_is_found_however_its_accents_are_written(tmp_path: Path, stored: str, asked: str, root: str) -> None:
    path = zip_files({root + stored: "picture", root + "cafe.png": "other"}, tmp_path / "a.zip")
    archive = open_archive(path).below(root)
    assert asked in archive
    assert archive.size(asked) == 7
    assert archive.read(asked) == archive.peek(asked) == b"picture"
    assert archive.names == ("cafe.png", "caf\u00e9/\u1ebf.png")
    assert archive.opened == {root + "caf\u00e9/\u1ebf.png"}


def test_a_name_that_is_not_there_is_a_key_error_with_the_name_asked_for(tmp_path: Path) -> None:
    with pytest.raises(KeyError, match="absent"):
        open_archive(zip_files({"a.js": "x"}, tmp_path / "a.zip")).read("absent")


@pytest.mark.parametrize("name", ["", "\0hidden"])
def test_a_member_without_a_name_is_refused_in_words(tmp_path: Path, name: str) -> None:
    path = zip_files({"data/x.js": "x", "NAME_OF_A_MEMBER": "x"}, tmp_path / "a.zip")
    packed = name.encode().ljust(16, b"\0")
    path.write_bytes(path.read_bytes().replace(b"NAME_OF_A_MEMBER", packed))
    with pytest.raises(UnsafeArchive, match="has no name") as caught:
        open_archive(path)
    assert "nothing was added" in str(caught.value)


@pytest.mark.parametrize(
    "name", ["Icon\r", "data/Icon\r", "__MACOSX/._Icon\r", "._Icon\r", "a/.DS_Store", "DESKTOP.INI", ".Spotlight-V100/store", "a/._b.png"]
)
def test_what_a_computer_adds_is_no_reason_to_refuse(tmp_path: Path, name: str) -> None:
    archive = open_archive(zip_files({"export/data/a.js": "one", name: ""}, tmp_path / "a.zip"))
    assert is_junk(name)
    assert archive.roots() == ("", "export/", "export/data/")


@pytest.mark.parametrize("name", ["Icon\r/../x", "Icon\r\r", "Ico\rn", "lesson\r", "SetIcon\r", "Icon\n"])
def test_only_that_icon_may_hold_a_control_character(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnsafeArchive):
        open_archive(zip_files({name: "x"}, tmp_path / "a.zip"))


METHODS = [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]


@pytest.mark.parametrize("method", METHODS)
def test_any_damage_inside_a_member_is_that_member_s(tmp_path: Path, method: int) -> None:
    words = "".join(f"Notice {number} of the city. " for number in range(80)).encode()
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.writestr("a.js", words)
        archive.writestr("b.js", words[::-1])
        begin = archive.getinfo("a.js").header_offset + 30 + len("a.js")
        end = begin + archive.getinfo("a.js").compress_size
    whole, told = path.read_bytes(), 0
    for at in range(begin, end, max(1, (end - begin) // 60)):
        for bits in (0x01, 0xFF, 0x80):
            path.write_bytes(whole[:at] + bytes([whole[at] ^ bits]) + whole[at + 1 :])
            opened = open_archive(path)
            assert opened.read("b.js") == words[::-1]
            try:
                assert opened.read("a.js") == words  # a flipped bit that says nothing
            except MemberDamaged as error:
                assert "a.js is damaged: " in str(error) or "a.js cannot be opened: " in str(error)  # noqa: PT017  # either is right
                told += 1
    assert told > 20


@pytest.mark.parametrize("method", [1, 6, 9, 12, 14, 93, 98, 65535])
def test_a_compression_that_is_not_known_or_not_the_real_one_is_a_damaged_member(tmp_path: Path, method: int) -> None:
    path = zip_files({"a.js": "words " * 50, "b.js": "whole"}, tmp_path / "a.zip")
    data = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        at = data.index(mark) + offset
        data[at : at + 2] = method.to_bytes(2, "little")
    path.write_bytes(bytes(data))
    archive = open_archive(path)
    assert archive.read("b.js") == b"whole"
    with pytest.raises(MemberDamaged):
        archive.read("a.js")


def test_a_bomb_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    block = bytes(1 << 20)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("data/tweets.js", "w") as member:
        for _ in range(110):
            member.write(block)
    with pytest.raises(UnsafeArchive, match="ZIP bomb"):
        open_archive(path)


def test_an_archive_inside_an_archive_is_never_opened(tmp_path: Path) -> None:
    inner = zip_files({"data/tweets.js": "x"}, tmp_path / "inner.zip").read_bytes()
    assert open_archive(zip_files({"inner.zip": inner}, tmp_path / "outer.zip")).names == ("inner.zip",)


def test_a_password_is_said(tmp_path: Path) -> None:
    path = zip_files({"a.js": "x"}, tmp_path / "a.zip")
    data = bytearray(path.read_bytes())
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(bytes(data))
    with pytest.raises(EncryptedArchive, match="password"):
        open_archive(path)


@pytest.mark.parametrize("keep", [0, 10, 100])
def test_a_cut_zip_says_so(tmp_path: Path, keep: int) -> None:
    path = zip_files({"a.js": os.urandom(500)}, tmp_path / "a.zip")
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(DamagedArchive, match=r"truncated|empty"):
        open_archive(path)


def test_what_is_no_archive_says_so(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear records custodian")
    (tmp_path / "empty").mkdir()
    for path in (tmp_path / "letter.txt", tmp_path / "empty", tmp_path / "absent.zip"):
        with pytest.raises(NotAnArchive):
            open_archive(path)


def test_a_member_with_a_wrong_checksum_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("a.js", "ABCDEFGH" * 50)
    path.write_bytes(path.read_bytes().replace(b"ABCDEFGHABCD", b"ABCDEFGHxxxx", 1))
    with pytest.raises(MemberDamaged, match=r"a\.js"):
        open_archive(path).read("a.js")


def test_names_written_in_utf8_without_the_flag_are_read_as_meant(tmp_path: Path) -> None:
    path = zip_files({"caf\u00e9.js": "x"}, tmp_path / "a.zip")
    data = path.read_bytes()
    local, central = data.index(b"PK\x03\x04") + 7, data.index(b"PK\x01\x02") + 9
    changed = bytearray(data)
    changed[local] &= ~0x08
    changed[central] &= ~0x08
    path.write_bytes(bytes(changed))
    assert open_archive(path).names == ("caf\u00e9.js",)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_mutated_zip_is_read_or_refused_with_a_clear_error(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    folder = tmp_path_factory.mktemp("mutated")
    path = zip_files({"data/tweets.js": "window.YTD.tweets.part0 = [ ]", "data/account.js": "x" * 300}, folder / "a.zip")
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(bytes(content))
    try:
        archive = open_archive(path)
        for name in archive.names:
            archive.read(name)
    except (NotAnArchive, DamagedArchive, EncryptedArchive, UnsafeArchive, MemberDamaged) as error:
        assert len(str(error)) > 20  # noqa: PT017  # any of them is right; that there is a sentence is the point
    assert sorted(file.name for file in folder.iterdir()) == ["a.zip"]


def test_parts_are_read_in_natural_order(tmp_path: Path) -> None:
    names = ["data/tweets.js", "data/tweets-part2.js", "data/tweets-part10.js"]
    archive = open_archive(zip_files(dict.fromkeys(reversed(names), "x"), tmp_path / "a.zip"))
    assert archive.match("data/tweets-part*.js") == names[1:]


def test_reading_more_than_is_held_in_memory_is_refused(tmp_path: Path) -> None:
    archive = open_archive(zip_files({"a.js": b"x" * 100}, tmp_path / "a.zip"))
    with pytest.raises(MemberDamaged, match="larger than"):
        archive.read("a.js", limit=99)
    assert io.BytesIO(archive.read("a.js", limit=100)).read() == b"x" * 100
