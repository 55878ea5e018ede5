"""Scanning folders as people have them."""

import os
import shutil
from pathlib import Path

import pytest

from finetune_gui.engine.data.scan import ScanStopped, check_trainable, natural_key, scan
from finetune_gui.engine.data.split import load_split, save_split, split_dataset
from finetune_gui.engine.errors import EngineError
from tests.drawing import draw_class_folders


def test_class_folders(tiny_data: Path) -> None:
    dataset = scan(tiny_data)
    assert dataset.layout == "class_folders"
    assert dataset.class_names == ("stripes", "waves")
    assert dataset.counts() == [12, 12]
    assert dataset.samples[0].path == "stripes/stripes_00.jpg"
    check_trainable(dataset)


def test_split_folders_share_one_index(tmp_path: Path) -> None:
    draw_class_folders(tmp_path / "Train", {"bee": 3, "wasp": 3})
    draw_class_folders(tmp_path / "valid", {"ant": 1, "wasp": 2})  # without bee, and with a class of its own
    draw_class_folders(tmp_path / "test", {"bee": 2})
    dataset = scan(tmp_path)
    assert dataset.layout == "split_folders"
    assert dataset.class_names == ("ant", "bee", "wasp")
    assert dataset.counts("train") == [0, 3, 3]
    assert dataset.counts("val") == [1, 0, 2]
    assert dataset.counts("test") == [0, 2, 0]
    assert dataset.split_names() == ("train", "val", "test")


def test_noise_is_ignored_and_counted(tmp_path: Path) -> None:
    root = draw_class_folders(tmp_path, {"a": 2, "b": 2})
    (root / "notes.txt").write_text("x")
    (root / "a" / "Thumbs.db").write_bytes(b"x")
    (root / "a" / ".hidden.jpg").write_bytes(b"x")
    (root / "__MACOSX").mkdir()
    (root / ".git").mkdir()
    (root / "b" / "broken.jpg").write_bytes(b"no image")
    (root / "b" / "empty.png").touch()
    (root / "b" / "deep" / "er").mkdir(parents=True)
    shutil.copy(root / "a" / "a_00.jpg", root / "b" / "deep" / "er" / "x.JPG")
    os.mkfifo(root / "b" / "pipe.jpg")  # opening it would hang
    (root / "b" / "deep" / "loop").symlink_to(root / "b")
    dataset = scan(root)
    assert dataset.class_names == ("a", "b")
    assert dataset.counts() == [2, 3]
    assert set(dataset.unreadable) == {"b/broken.jpg", "b/empty.png"}
    assert dataset.num_ignored == 4  # notes, Thumbs, hidden, pipe


def test_a_folder_around_the_data_is_stepped_into(tmp_path: Path) -> None:
    draw_class_folders(tmp_path / "download" / "photos", {"a": 1, "b": 1})
    assert scan(tmp_path).root == tmp_path / "download" / "photos"


@pytest.mark.parametrize(
    ("prepare", "message"),
    [
        (lambda root: shutil.rmtree(root), "does not exist"),
        (lambda _root: None, "is empty"),
        (lambda root: (root / "readme.txt").write_text("x"), "no images in class folders"),
        (lambda root: draw_class_folders(root.parent, {root.name: 2}), "not sorted into classes"),
        (lambda root: (root / "a").mkdir() or (root / "a" / "x.png").write_text("x"), "can be read"),
    ],
)
def test_what_cannot_be_scanned(tmp_path: Path, prepare, message: str) -> None:
    root = tmp_path / "data"
    root.mkdir()
    prepare(root)
    with pytest.raises(EngineError, match=message) as caught:
        scan(root)
    assert caught.value.hint


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "x").touch()
    with pytest.raises(EngineError, match="not a folder"):
        scan(tmp_path / "x")


def test_what_cannot_be_trained_on(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="Only one class, 'a'"):
        check_trainable(scan(draw_class_folders(tmp_path / "one", {"a": 3})))
    with pytest.raises(EngineError, match="'b' has only one image"):
        check_trainable(scan(draw_class_folders(tmp_path / "single", {"a": 3, "b": 1})))
    draw_class_folders(tmp_path / "split" / "train", {"a": 2, "b": 1})
    draw_class_folders(tmp_path / "split" / "val", {"a": 2})
    check_trainable(scan(tmp_path / "split"))  # one image to train on is enough where validation has its own
    draw_class_folders(tmp_path / "split" / "val", {"c": 2})
    with pytest.raises(EngineError, match="'c' has no images to train on"):
        check_trainable(scan(tmp_path / "split"))


def test_progress_and_cancel(tmp_path: Path) -> None:
    root = draw_class_folders(tmp_path, {"a": 60, "b": 60}, size=(8, 8))
    seen: list[int] = []
    scan(root, on_progress=seen.append)
    assert seen == sorted(seen)
    assert seen[-1] == 120
    assert len(seen) > 2
    with pytest.raises(ScanStopped):
        scan(root, should_stop=lambda: True)


def test_natural_order() -> None:
    assert sorted(["img10", "img2", "Img1"], key=natural_key) == ["Img1", "img2", "img10"]


def test_split_is_stratified_and_repeatable(tmp_path: Path) -> None:
    dataset = scan(draw_class_folders(tmp_path, {"a": 20, "b": 10, "c": 2}, size=(8, 8)))
    split = split_dataset(dataset, val_split=0.2, seed=0)
    labels = [sample.label for sample in split.val]
    assert [labels.count(label) for label in range(3)] == [4, 2, 1]
    assert {s.path for s in split.train}.isdisjoint(s.path for s in split.val)
    assert len(split.train) + len(split.val) == 32
    assert split == split_dataset(dataset, val_split=0.2, seed=0)
    assert split != split_dataset(dataset, val_split=0.2, seed=1)
    save_split(split, tmp_path / "split.json")
    loaded = load_split(tmp_path / "split.json")
    assert [s.path for s in loaded.val] == [s.path for s in split.val]
    assert loaded.class_names == split.class_names
    (tmp_path / "split.json").write_text('{"root": "/", "class_names": [], "train": [1]}')
    with pytest.raises(EngineError, match="damaged"):
        load_split(tmp_path / "split.json")


def test_large_share_leaves_one_to_train_on(tmp_path: Path) -> None:
    dataset = scan(draw_class_folders(tmp_path, {"a": 3, "b": 2}, size=(8, 8)))
    split = split_dataset(dataset, val_split=0.99, seed=0)
    assert {sample.label for sample in split.train} == {0, 1}
