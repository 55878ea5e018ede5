"""Rows survive what happens to disks and files, or are gone; they are never wrong."""

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from finetune_gui.engine.data.row_store import CacheBudget, Rows, RowStore, make_room, row_key

PLENTY = CacheBudget(memory=1 << 20, disk=1 << 20)
DISK_ONLY = CacheBudget(memory=0, disk=1 << 20)
ROW = 64


def key(number: int, view: int = 0) -> bytes:
    return row_key(number.to_bytes(16, "big"), view)


def rows(*numbers: int) -> Rows:
    return np.stack([np.random.default_rng(number).integers(0, 256, ROW, np.uint8) for number in numbers])


def store(folder: Path, budget: CacheBudget = PLENTY, *, name: str = "kind", row_bytes: int = ROW) -> RowStore:
    return RowStore(folder, name, row_bytes=row_bytes, capacity=10, budget=budget)


@pytest.fixture(params=[PLENTY, DISK_ONLY], ids=["memory", "disk"])
def budget(request: pytest.FixtureRequest) -> CacheBudget:
    return request.param  # type: ignore[no-any-return]


def fill(folder: Path, budget: CacheBudget = PLENTY) -> None:
    first = store(folder, budget)
    first.write([key(1), key(2), key(3)], rows(1, 2, 3))
    first.close()


def test_rows_come_back_in_the_order_asked_for(tmp_path: Path, budget: CacheBudget) -> None:
    kept = store(tmp_path, budget)
    kept.write([key(1), key(2, 5)], rows(1, 2))
    kept.write([key(1), key(3)], rows(9, 3))  # the first is there already
    assert np.array_equal(kept.read([key(3), key(1), key(2, 5), key(1)]), rows(3, 1, 2, 1))
    assert key(2) not in kept
    assert kept.read([key(2)]) is None
    kept.close()


def test_the_next_run_finds_them(tmp_path: Path, budget: CacheBudget) -> None:
    fill(tmp_path, budget)
    again = store(tmp_path, budget)
    assert len(again) == 3
    assert again.place == ("memory" if budget is PLENTY else "disk")
    again.write([key(4)], rows(4))
    assert np.array_equal(again.read([key(2), key(4)]), rows(2, 4))
    again.close()
    last = store(tmp_path, budget)
    assert np.array_equal(last.read([key(4), key(3)]), rows(4, 3))
    last.close()


def test_what_was_not_saved_is_not_there(tmp_path: Path) -> None:
    fill(tmp_path)
    killed = store(tmp_path)
    killed.write([key(4)], rows(4))
    assert killed._file is not None
    killed._file.close()  # as the system does for a process that ends
    killed._lock.release()
    after = store(tmp_path)
    assert key(4) not in after
    after.write([key(5)], rows(5))
    assert np.array_equal(after.read([key(1), key(5)]), rows(1, 5))
    after.close()


@pytest.mark.parametrize("size", [0, ROW - 1, ROW, 2 * ROW + 7])
def test_a_truncated_file_loses_only_what_is_cut_off(tmp_path: Path, budget: CacheBudget, size: int) -> None:
    fill(tmp_path)
    with (tmp_path / "kind.rows").open("r+b") as file:
        file.truncate(size)
    kept = store(tmp_path, budget)
    assert len(kept) == size // ROW
    kept.close()


def test_a_file_that_shrinks_under_a_run(tmp_path: Path) -> None:
    fill(tmp_path)
    kept = store(tmp_path, DISK_ONLY)
    with (tmp_path / "kind.rows").open("r+b") as file:
        file.truncate(10)
    assert kept.read([key(2)]) is None
    assert key(2) not in kept
    kept.close()


def test_damaged_rows_are_noticed(tmp_path: Path, budget: CacheBudget) -> None:
    fill(tmp_path)
    content = bytearray((tmp_path / "kind.rows").read_bytes())
    content[ROW + 3] ^= 1
    (tmp_path / "kind.rows").write_bytes(content)
    kept = store(tmp_path, budget)
    assert kept.read([key(1), key(2)]) is None
    assert key(2) not in kept
    assert np.array_equal(kept.read([key(1), key(3)]), rows(1, 3))
    kept.write([key(2)], rows(2))
    kept.close()
    mended = store(tmp_path, budget)
    assert np.array_equal(mended.read([key(2)]), rows(2))
    mended.close()


@pytest.mark.parametrize("content", [b"", b"not an index", b"PK\x03\x04 half a zip"])
def test_a_foreign_index_is_none(tmp_path: Path, content: bytes) -> None:
    fill(tmp_path)
    (tmp_path / "kind.index").write_bytes(content)
    kept = store(tmp_path)
    assert len(kept) == 0
    kept.write([key(1)], rows(7))
    assert np.array_equal(kept.read([key(1)]), rows(7))
    kept.close()


def test_rows_of_another_size_are_not_taken(tmp_path: Path) -> None:
    fill(tmp_path)
    other = store(tmp_path, row_bytes=ROW * 2)
    assert len(other) == 0
    other.close()


def test_a_second_run_reads_but_does_not_add(tmp_path: Path) -> None:
    fill(tmp_path)
    first, second = store(tmp_path), store(tmp_path)
    assert first.persistent
    assert not second.persistent
    assert np.array_equal(second.read([key(1)]), rows(1))
    second.write([key(8)], rows(8))  # for itself alone
    first.write([key(9)], rows(9))
    assert np.array_equal(second.read([key(8)]), rows(8))
    second.close()
    first.close()
    third = store(tmp_path)
    assert key(9) in third
    assert key(8) not in third
    third.close()


class FullDisk:
    """A file that takes so many bytes and no more."""

    def __init__(self, file, room: int) -> None:
        self._file, self._room = file, room

    def write(self, data) -> int:
        self._room -= len(data)
        if self._room < 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        return self._file.write(data)

    def __getattr__(self, name: str):
        return getattr(self._file, name)


@pytest.fixture
def full_after_one(tmp_path: Path, budget: CacheBudget) -> Iterator[RowStore]:
    kept = store(tmp_path, budget)
    kept._file = FullDisk(kept._file, ROW)  # type: ignore[assignment]
    yield kept
    kept.close()


def test_a_full_disk_costs_no_run(
    full_after_one: RowStore, budget: CacheBudget, caplog: pytest.LogCaptureFixture
) -> None:
    kept = full_after_one
    kept.write([key(1), key(2), key(3)], rows(1, 2, 3))
    assert "cannot be written" in caplog.text
    assert not kept.persistent
    if budget is PLENTY:
        assert np.array_equal(kept.read([key(1), key(2), key(3)]), rows(1, 2, 3))
    else:
        assert kept.place == "nowhere"
        assert not any(key(number) in kept for number in (1, 2, 3))


def test_a_folder_that_cannot_be_made(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").write_text("in the way")
    kept = store(tmp_path / "file" / "cache")
    assert kept.place == "memory"
    kept.write([key(1)], rows(1))
    assert np.array_equal(kept.read([key(1)]), rows(1))
    kept.close()
    assert store(tmp_path / "file" / "cache", DISK_ONLY).place == "nowhere"
    assert "cannot be written" in caplog.text


def test_a_budget_of_nothing(tmp_path: Path) -> None:
    kept = store(tmp_path, CacheBudget(memory=0, disk=0))
    assert kept.place == "nowhere"
    kept.write([key(1)], rows(1))
    assert key(1) not in kept
    kept.close()
    assert list(tmp_path.iterdir()) == []


def test_room_is_made_by_deleting_what_was_not_used_for_longest(tmp_path: Path) -> None:
    for age, name in enumerate(("new", "old", "used")):
        kept = store(tmp_path, name=name)
        kept.write([key(1), key(2)], rows(1, 2))
        kept.close()
        os.utime(tmp_path / f"{name}.rows", (1000 - age, 1000 - age))
    in_use = store(tmp_path, name="used")
    make_room(tmp_path, 2 * ROW)
    assert {path.stem for path in tmp_path.glob("*.rows")} >= {"used"}
    assert not (tmp_path / "old.rows").exists()
    assert np.array_equal(in_use.read([key(2)]), rows(2))
    in_use.close()
