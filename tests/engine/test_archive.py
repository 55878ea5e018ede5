"""Zip archives, honest ones and others."""

import os
import pickle
import stat
import struct
import zipfile
import zlib
from pathlib import Path

import pytest

from finetune_gui.engine.data import archive as archives
from finetune_gui.engine.data.archive import (
    is_safe,
    is_unpacked,
    list_members,
    mark_unpacked,
    require_space,
    unpacked_root,
)
from finetune_gui.engine.data.archive_members import DamagedMember, read_member
from finetune_gui.engine.data.store import DataStore
from finetune_gui.engine.errors import EngineError

METHODS = [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]


def pack(path: Path, files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return path


def patch(path: Path, old: bytes, new: bytes, count: int = -1) -> None:
    content = path.read_bytes()
    assert old in content
    path.write_bytes(content.replace(old, new, count))


@pytest.mark.parametrize("method", METHODS)
def test_members_are_read_as_zipfile_reads_them(tmp_path: Path, method: int) -> None:
    files = {"a/1.jpg": os.urandom(5000), "a/2.jpg": b"", "ä/3.png": b"x" * 100_000, "labels.csv": b"file,label\n"}
    path = pack(tmp_path / "x.zip", files, method)
    members, ignored = list_members(path)
    assert not ignored
    with path.open("rb") as file:
        read = {m.path: read_member(file, pickle.loads(pickle.dumps(m))) for m in reversed(members)}
    assert read == files


def test_an_archive_behind_a_program_is_read(tmp_path: Path) -> None:
    path = pack(tmp_path / "x.zip", {"a/1.jpg": b"content"})
    path.write_bytes(b"#!/bin/sh\n" + path.read_bytes())
    (member,), _ = list_members(path)
    with path.open("rb") as file:
        assert read_member(file, member) == b"content"


def test_what_is_passed_over_is_counted_as_on_disk(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as packed:
        for name in ("a/1.jpg", "a\\2.jpg", "./a//3.jpg"):
            packed.writestr(name, b"x")
        for name in ("../up.jpg", "/root.jpg", "/etc/x.jpg", "C:\\x.jpg", "a/../../y.jpg", "..\\z.jpg"):
            packed.writestr(name, b"x")
        for name in ("__MACOSX/a/._1.jpg", "__MACOSX/a/._2.jpg", "a/Thumbs.db", "a/.hidden.jpg", ".git/x", ".git/y"):
            packed.writestr(name, b"x")
        packed.writestr("b.zip", b"x")
        packed.writestr("readme.txt", b"x")
        packed.mkdir("empty")
        packed.writestr("c.jpg/in.jpg", b"x")
        packed.writestr("c.jpg", b"x")
        link = zipfile.ZipInfo("a/link.jpg")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        packed.writestr(link, "/etc/passwd")
    members, ignored = list_members(path)
    assert [member.path for member in members] == ["a/1.jpg", "a/2.jpg", "a/3.jpg", "c.jpg/in.jpg"]
    assert ignored == {
        "unsafe_name": 7, "system": 2, "hidden": 2, "nested_archive": 1, "not_image": 1, "special": 1,
    }  # fmt: skip


def test_a_nul_in_a_name_is_unsafe(tmp_path: Path) -> None:
    path = pack(tmp_path / "x.zip", {"a/1.jpg_.txt": b"x", "a/2.jpg": b"x"})
    patch(path, b"1.jpg_", b"1.jpg\0")
    members, ignored = list_members(path)
    assert [member.path for member in members] == ["a/2.jpg"]
    assert ignored == {"unsafe_name": 1}


@pytest.mark.parametrize("case_is_ignored", [False, True])
def test_names_that_are_one_on_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case_is_ignored: bool) -> None:
    monkeypatch.setattr(archives, "_CASE_IS_IGNORED", case_is_ignored)
    path = pack(tmp_path / "x.zip", {"a/1.jpg": b"x", "A/1.JPG": b"y", "a/\u00e4.jpg": b"x", "a/a\u0308.jpg": b"y"})
    members, ignored = list_members(path)
    assert [member.path for member in members[:1]] == ["a/1.jpg"]
    assert (len(members), ignored) == ((2, {"same_name": 2}) if case_is_ignored else (4, {}))


def test_names_that_windows_cannot_have() -> None:
    for name in ("con.jpg", "a/NUL", "a/b:c.jpg", "a./1.jpg", "a /1.jpg", "what?.jpg"):
        assert not is_safe(name, on_windows=True)
        assert is_safe(name, on_windows=False)
    assert is_safe("a/icon.jpg", on_windows=True)


def break_crc(path: Path) -> None:
    patch(path, b"content", b"kontent", 1)


def lie_about_size(path: Path) -> None:
    patch(path, struct.pack("<LL", 7, 7), struct.pack("<LL", 7, 900_000_000))


def lie_about_packed_size(path: Path) -> None:
    patch(path, struct.pack("<LL", 7, 7), struct.pack("<LL", 2**32 - 2, 7))


def lie_about_place(path: Path) -> None:
    patch(path, b"PK\3\4", b"PK\3\5")


@pytest.mark.parametrize("fault", [break_crc, lie_about_size, lie_about_packed_size, lie_about_place])
def test_a_damaged_member_is_told(tmp_path: Path, fault) -> None:
    path = pack(tmp_path / "x.zip", {"a/1.jpg": b"content"}, zipfile.ZIP_STORED)
    fault(path)
    (member,), _ = list_members(path)
    with path.open("rb") as file, pytest.raises(DamagedMember):
        read_member(file, member)


@pytest.mark.parametrize("method", METHODS[1:])
def test_no_more_is_unpacked_than_promised(tmp_path: Path, method: int) -> None:
    path = pack(tmp_path / "x.zip", {"a/1.jpg": bytes(50_000_000)}, method)
    (member,), _ = list_members(path)
    member = member._replace(num_bytes=1000, crc=zlib.crc32(bytes(1000)))
    with path.open("rb") as file, pytest.raises(DamagedMember):
        read_member(file, member)


def test_garbage_for_a_member_is_told(tmp_path: Path) -> None:
    for method in METHODS[1:]:
        path = pack(tmp_path / f"{method}.zip", {"a/1.jpg": os.urandom(3000)}, method)
        (member,), _ = list_members(path)
        content = bytearray(path.read_bytes())
        content[50:2000] = os.urandom(1950)
        path.write_bytes(content)
        with path.open("rb") as file, pytest.raises(DamagedMember):
            read_member(file, member)


def encrypt(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\1\2") + 8] |= 1
    path.write_bytes(content)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-30])


def unknown_method(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\1\2") + 10] = 97
    path.write_bytes(content)


def bomb(path: Path) -> None:
    patch(path, struct.pack("<LL", 7, 7), struct.pack("<LL", 7, 2**32 - 2))


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (encrypt, "is encrypted"),
        (cut, "is damaged"),
        (unknown_method, r"does not know \(method 97\)"),
        (bomb, "would grow to 4.3 GB"),
        (lambda path: path.write_bytes(b"Rar!"), "is not a zip archive"),
        (lambda path: path.write_bytes(b""), "is not a zip archive"),
        (lambda path: path.unlink(), "cannot be read"),
    ],
)
def test_archives_that_are_refused(tmp_path: Path, fault, message: str) -> None:
    path = pack(tmp_path / "x.zip", {"a/1.jpg": b"content"}, zipfile.ZIP_STORED)
    fault(path)
    with pytest.raises(EngineError, match=message) as caught:
        list_members(path)
    assert caught.value.hint


def test_the_disk_must_have_room(tmp_path: Path) -> None:
    require_space(tmp_path / "x.zip", 1, DataStore.default())
    with pytest.raises(EngineError, match=r"but only .* GB are free"):
        require_space(tmp_path / "x.zip", 2**60, DataStore.default())


def test_a_changed_archive_is_unpacked_anew(tmp_path: Path) -> None:
    store = DataStore.default()
    path = pack(tmp_path / "my photos!.zip", {"a/1.jpg": b"x"})
    root = unpacked_root(path, store)
    assert root.parent == store.unpacked_dir
    assert root.name.startswith("my-photos-")
    assert root == unpacked_root(path, store)
    assert not is_unpacked(root)
    root.mkdir(parents=True)
    assert not is_unpacked(root)
    mark_unpacked(root)
    assert is_unpacked(root)
    pack(path, {"a/1.jpg": b"x", "a/2.jpg": b"x"})
    assert unpacked_root(path, store) != root
    assert [member.path for member in list_members(path)[0]] == ["a/1.jpg", "a/2.jpg"]


def test_the_directory_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = pack(tmp_path / "x.zip", {"a/1.jpg": b"x"})
    first, _ = list_members(path)
    first.clear()  # the caller's own copy
    monkeypatch.setattr(archives, "_directory", None)
    assert len(list_members(path)[0]) == 1
