"""Classes and splits by the names of folders."""

import pytest

from finetune_gui.engine.data.layout import classes_of_chosen, is_generic, read_layout, split_named


def classes(*folders: str, level="auto") -> list[str]:
    return sorted(read_layout(folders, level).class_names())


@pytest.mark.parametrize(
    ("folders", "expected"),
    [
        (("cat", "dog"), ["cat", "dog"]),
        (("download/photos/cat", "download/photos/dog"), ["cat", "dog"]),
        (("data", "data/cat", "data/dog"), ["cat", "dog"]),  # a stray picture beside the classes
        (("", "data/cat", "data/dog"), ["cat", "dog"]),
        (("cat", "cat/session1", "cat/session2"), ["cat"]),
        (("cats/session1", "cats/session2", "dogs/session1"), ["cats", "dogs"]),
        (("cats/images", "dogs/images"), ["cats", "dogs"]),
        (("cats/p12", "cats/p13", "dogs/p14"), ["cats", "dogs"]),
        (("2023/cat", "2024/cat", "2024/dog"), ["cat", "dog"]),
        (("session1/cat", "session2/dog"), ["cat", "dog"]),
        (("animals/cat", "plants/oak", "plants/elm"), ["cat", "elm", "oak"]),
        (("animals/cat", "animals/dog", "plants"), ["animals", "plants"]),  # one holds images itself
        (("left/good", "left/bad", "right/good", "right/bad"), ["left", "right"]),
        (("train/n01440764/images", "val/n01440764/images", "train/n02085620/images"), ["n01440764", "n02085620"]),
    ],
)
def test_classes_are_told_by_folders(folders: tuple[str, ...], expected: list[str]) -> None:
    assert classes(*folders) == expected


def test_the_level_can_be_chosen() -> None:
    folders = ("train/animals/cat", "train/plants/oak", "val/animals/cat")
    assert classes(*folders, level="first") == ["animals", "plants"]
    assert classes(*folders, level="last") == classes(*folders) == ["cat", "oak"]
    assert read_layout(folders).nested
    assert not read_layout(("cats/images", "dogs/images")).nested
    assert not read_layout(("cat", "dog")).nested


@pytest.mark.parametrize(
    "folders",
    [
        ("train/cat", "train/dog", "val/cat", "test/dog"),
        ("Training/cat", "Training/dog", "VALIDATION/cat", "testing/dog"),
        ("train_set/cat", "train_set/dog", "valid/cat", "test-images/dog"),
        ("set/train/cat", "set/train/dog", "set/eval/cat", "set/test/dog"),
        ("cat/train", "dog/train", "cat/val", "dog/test"),
        ("cat/train/a", "cat/train/b", "dog/train", "cat/valid", "dog/test"),
    ],
)
def test_splits(folders: tuple[str, ...]) -> None:
    layout = read_layout(folders)
    assert layout.kind == "split_folders"
    assert layout.class_names() == {"cat", "dog"}
    found = {(place.class_name, place.split) for place in layout.places.values()}
    assert found == {("cat", "train"), ("dog", "train"), ("cat", "val"), ("dog", "test")}


def test_a_class_may_be_called_train() -> None:
    assert classes("car", "plane", "train") == ["car", "plane", "train"]
    assert classes("car/s1", "plane/s1", "train/s1") == ["car", "plane", "train"]
    layout = read_layout(("train/cat", "train/dog", "unlabelled"))
    assert layout.kind == "split_folders"
    assert "unlabelled" not in layout.places


def test_chosen_folders_keep_their_names_apart() -> None:
    layout = classes_of_chosen(("2023/cat", "2024/cat", "dog"), ("2023/cat", "2024/cat/deep", "dog", "dog/x"))
    assert {folder: place.class_name for folder, place in layout.places.items()} == {
        "2023/cat": "2023/cat",
        "2024/cat/deep": "2024/cat",
        "dog": "dog",
        "dog/x": "dog",
    }


def test_words() -> None:
    assert [split_named(word) for word in ("TRAIN", "dev", "test set", "trains", "")] == [
        "train", "val", "test", None, None,
    ]  # fmt: skip
    assert all(is_generic(name) for name in ("2023-05-01", "Session_3", "images", "cam2", "IMG1"))
    assert not any(is_generic(name) for name in ("cat", "scratches", "n01440764", "batch normal"))
