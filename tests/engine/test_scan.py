"""Scanning folders, tables and archives as people have them."""

import os
import shutil
import sys
import zipfile
from pathlib import Path

import pytest

from finetune_gui.engine.data import scan as scanning
from finetune_gui.engine.data.dataset import natural_key
from finetune_gui.engine.data.scan import ScanAdvanced, ScanStopped, check_trainable, scan
from finetune_gui.engine.data.store import DataStore
from finetune_gui.engine.errors import EngineError
from tests.drawing import draw_class_folders


def touch(root: Path, *paths: str) -> Path:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(b"x")
    return root


def pack(folder: Path, path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as packed:
        for file in sorted(folder.rglob("*")):
            packed.write(file, file.relative_to(folder))
    return path


def test_class_folders(tiny_data: Path) -> None:
    dataset = scan(tiny_data)
    assert dataset.layout == "class_folders"
    assert dataset.source == dataset.root == tiny_data
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
    root = touch(tmp_path, "a/1.jpg", "a/2.jpg", "b/1.jpg", "b/deep/er/x.JPG", "loose.jpg")
    touch(root, "notes.txt", "a/Thumbs.db", "a/.hidden.jpg", "__MACOSX/x", ".git/x", "old.zip", "not_of_use.csv")
    (root / "b" / "broken.jpg").write_bytes(b"no image")
    (root / "b" / "empty.png").touch()
    dataset = scan(root)
    assert dataset.class_names == ("a", "b")
    assert dataset.counts() == [2, 4]  # whether they can be read is for the inspection
    assert dataset.ignored == {"hidden": 2, "system": 2, "not_image": 2, "nested_archive": 1, "no_class": 1}
    assert dataset.num_ignored == 8


def test_a_folder_around_the_data_is_stepped_into(tmp_path: Path) -> None:
    touch(tmp_path, "download/photos/a/1.jpg", "download/photos/b/1.jpg")
    dataset = scan(tmp_path)
    assert dataset.source == tmp_path
    assert dataset.root == tmp_path / "download" / "photos"
    assert [sample.path for sample in dataset.samples] == ["a/1.jpg", "b/1.jpg"]


def test_the_level_of_the_classes(tmp_path: Path) -> None:
    touch(tmp_path, "animals/cat/1.jpg", "plants/oak/1.jpg")
    assert scan(tmp_path).class_names == ("cat", "oak")
    assert scan(tmp_path).nested
    assert scan(tmp_path, class_level="first").class_names == ("animals", "plants")


# -- tables -----------------------------------------------------------------------------------------------------------


def test_a_folder_with_a_table(tmp_path: Path) -> None:
    touch(tmp_path, "images/1.jpg", "images/2.jpg", "images/10.jpg", "images/unnamed.jpg")
    table = tmp_path / "labels.csv"
    table.write_text("file;label;split;patient\n1.jpg;b;train;p\n10.jpg;a;val;q\n2;b;train;\ngone.jpg;a;val;\n")
    for source in (tmp_path, table):
        dataset = scan(source)
        assert dataset.source == source
        assert dataset.root == tmp_path
        assert dataset.layout == "table"
        assert dataset.class_names == ("a", "b")
        assert [(s.path, s.label, s.split, s.group) for s in dataset.samples] == [
            ("images/1.jpg", 1, "train", "p"),
            ("images/2.jpg", 1, "train", ""),
            ("images/10.jpg", 0, "val", "q"),
        ]
        assert dataset.missing == ("gone.jpg",)
        assert dataset.ignored == {"not_in_table": 1}


def test_a_table_beside_train_and_test_without_classes(tmp_path: Path) -> None:
    touch(tmp_path, "train/1.jpg", "train/2.jpg", "test/3.jpg")
    with pytest.raises(EngineError, match="not sorted into classes"):
        scan(tmp_path)
    (tmp_path / "train.csv").write_text("id,species\n1,cat\n2,dog\n")
    (tmp_path / "sample.csv").write_text("id\n3\n")
    dataset = scan(tmp_path)
    assert dataset.class_names == ("cat", "dog")
    assert dataset.ignored == {"not_in_table": 1, "not_image": 1}


def test_class_folders_come_before_a_table(tmp_path: Path) -> None:
    touch(tmp_path, "cat/1.jpg", "dog/2.jpg")
    (tmp_path / "labels.txt").write_text("file,label\n1.jpg,x\n2.jpg,y\n")
    assert scan(tmp_path).class_names == ("cat", "dog")
    chosen = scan(tmp_path / "labels.txt")
    assert chosen.class_names == ("x", "y")
    assert chosen.ignored == {}


@pytest.mark.parametrize(
    ("tables", "message"),
    [
        ({"a.csv": "file,label\n1.jpg,x\n", "b.csv": "file,label\n1.jpg,y\n"}, "2 tables that name its images: a.csv"),
        ({"a.csv": "file,colour\n1.jpg,x\n"}, "no column for the class; its columns are 'file', 'colour'"),
        ({"a.csv": "file,label\nz.jpg,x\n"}, "None of the 1 files that a.csv names is in"),
    ],
)
def test_faults_of_tables(tmp_path: Path, tables: dict[str, str], message: str) -> None:
    touch(tmp_path, "images/1.jpg")
    for name, text in tables.items():
        (tmp_path / name).write_text(text)
    with pytest.raises(EngineError, match=message) as caught:
        scan(tmp_path)
    assert caught.value.hint


# -- archives ---------------------------------------------------------------------------------------------------------


def test_a_zip_is_scanned_without_unpacking(tmp_path: Path) -> None:
    data = touch(tmp_path / "in", "photos/train/a/1.jpg", "photos/train/b/1.jpg", "photos/val/a/2.jpg", "notes.txt")
    store = DataStore.default()
    dataset, on_disk = scan(pack(data, tmp_path / "x.zip"), store=store), scan(data)
    assert dataset.samples == on_disk.samples
    assert dataset.ignored == on_disk.ignored == {"not_image": 1}
    assert dataset.source == tmp_path / "x.zip"
    assert dataset.root.name == "photos"
    assert dataset.root.is_relative_to(store.unpacked_dir)
    assert not store.unpacked_dir.exists()


def test_a_zip_with_a_table(tmp_path: Path) -> None:
    data = touch(tmp_path / "in", "images/1.jpg", "images/2.jpg")
    (data / "labels.csv").write_text("file,label\n1.jpg,x\n2.jpg,y\n")
    dataset = scan(pack(data, tmp_path / "x.zip"))
    assert dataset.layout == "table"
    assert dataset.counts() == [1, 1]


def test_a_zip_of_zips(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match=r"holds archives \(2\), but no images"):
        scan(pack(touch(tmp_path / "in", "a.zip", "b.zip"), tmp_path / "x.zip"))


# -- chosen class folders ---------------------------------------------------------------------------------------------


def chosen(*folders: Path) -> tuple[str, ...]:
    return tuple(str(folder) for folder in folders)


def test_chosen_class_folders(tmp_path: Path) -> None:
    touch(tmp_path, "cat/1.jpg", "more/dog/deep/2.jpg", "bird/3.jpg")
    dataset = scan(tmp_path, class_folders=chosen(tmp_path / "more" / "dog", tmp_path / "cat"))
    assert dataset.root == tmp_path
    assert dataset.class_names == ("cat", "dog")
    assert [sample.path for sample in dataset.samples] == ["cat/1.jpg", "more/dog/deep/2.jpg"]


def test_chosen_folders_of_one_name(tmp_path: Path) -> None:
    touch(tmp_path, "x/cat/1.jpg", "y/cat/2.jpg")
    dataset = scan(tmp_path, class_folders=chosen(tmp_path / "x" / "cat", tmp_path / "y" / "cat"))
    assert dataset.class_names == ("x/cat", "y/cat")


def test_train_and_val_dropped_together_are_a_split(tmp_path: Path) -> None:
    touch(tmp_path, "train/a/1.jpg", "train/b/1.jpg", "val/a/2.jpg", "other/c/3.jpg")
    dataset = scan(tmp_path, class_folders=chosen(tmp_path / "train", tmp_path / "val"))
    assert dataset.class_names == ("a", "b")
    assert dataset.split_names() == ("train", "val")
    assert dataset.num_ignored == 0


def test_a_chosen_folder_that_is_gone(tmp_path: Path) -> None:
    touch(tmp_path, "cat/1.jpg")
    with pytest.raises(EngineError, match="dog does not exist"):
        scan(tmp_path, class_folders=chosen(tmp_path / "cat", tmp_path / "dog"))


# -- what is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("prepare", "message"),
    [
        (lambda root: shutil.rmtree(root), "does not exist"),
        (lambda _root: None, "is empty"),
        (lambda root: (root / "readme.txt").write_text("x"), "no images in class folders"),
        (lambda root: touch(root, "1.jpg", "2.jpg"), "The 2 images in .* are not sorted"),
        (lambda root: touch(root, "a.zip"), "holds archives"),
        (lambda root: (root.rmdir(), root.symlink_to(root)), "cannot be reached|does not exist"),
    ],
)
def test_what_cannot_be_scanned(tmp_path: Path, prepare, message: str) -> None:
    root = tmp_path / "data"
    root.mkdir()
    prepare(root)
    with pytest.raises(EngineError, match=message) as caught:
        scan(root)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("x", "not a folder"),
        ("x.jpg", "a single image"),
        ("x.xlsx", "a spreadsheet"),
        ("x.tar.gz", "not a zip archive"),
        ("x.7z", "not a zip archive"),
        ("x.csv", "no column for the file"),
    ],
)
def test_a_file_that_is_no_data_set(tmp_path: Path, name: str, message: str) -> None:
    touch(tmp_path, name)
    with pytest.raises(EngineError, match=message) as caught:
        scan(tmp_path / name)
    assert caught.value.hint


@pytest.mark.skipif(os.name == "nt" or sys.platform == "darwin", reason="names are Unicode there")
def test_a_folder_whose_name_is_no_text(tmp_path: Path) -> None:
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff"))
    folder.mkdir()
    with pytest.raises(EngineError, match="not valid text") as caught:
        scan(folder)
    assert caught.value.message.encode()  # fit for JSON


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


def test_progress_with_live_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    touch(tmp_path, *(f"{name}/{number}.jpg" for name in "abc" for number in range(5)))
    monkeypatch.setattr(scanning, "REPORT_INTERVAL_S", 0)
    seen: list[ScanAdvanced] = []
    scan(tmp_path, on_progress=seen.append)
    numbers = [advanced.num_images for advanced in seen]
    assert numbers == sorted(numbers)
    assert {5, 10, 15} <= set(numbers)
    assert seen[-1].class_counts == {"a": 5, "b": 5, "c": 5}
    seen.clear()
    scan(pack(tmp_path, tmp_path.parent / "live.zip"), on_progress=seen.append)
    assert seen == [ScanAdvanced(num_images=15, class_counts={"a": 5, "b": 5, "c": 5})]


def test_cancel(tiny_data: Path) -> None:
    with pytest.raises(ScanStopped):
        scan(tiny_data, should_stop=lambda: True)


def test_natural_order(tmp_path: Path) -> None:
    assert sorted(["img10", "img2", "Img1"], key=natural_key) == ["Img1", "img2", "img10"]
    dataset = scan(touch(tmp_path, "c10/1.jpg", "c2/10.jpg", "c2/9.jpg"))
    assert dataset.class_names == ("c2", "c10")
    assert [sample.path for sample in dataset.samples] == ["c2/9.jpg", "c2/10.jpg", "c10/1.jpg"]


@pytest.mark.shared_data
def test_real_photos(ants_bees: Path) -> None:
    dataset = scan(ants_bees)
    assert dataset.layout == "split_folders"
    assert dataset.class_names == ("ants", "bees")
    assert len(dataset.samples) == 398
