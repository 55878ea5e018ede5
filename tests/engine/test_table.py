"""Tables of labels as spreadsheets and scripts write them."""

import pytest

from finetune_gui.engine.data.table import ImageIndex, match_images, read_table
from finetune_gui.engine.errors import EngineError

IMAGES = ImageIndex(("images/a.jpg", "images/b.jpg", "more/b.png", "ümlaut.jpg"))


def labels_of(content: bytes, images: ImageIndex = IMAGES) -> dict[str, str]:
    found = match_images(read_table(content, "labels.csv", images), "labels.csv", images)
    return {path: entry.label for path, entry in found.entries.items()}


EXPECTED = {"images/a.jpg": "cat", "images/b.jpg": "dog, small", "ümlaut.jpg": "dog, small"}


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_separators_and_encodings(separator: str, encoding: str) -> None:
    rows = ["File Name, Class", "a.jpg,cat", '"images\\\\b.jpg","dog, small"', "", 'ümlaut,"dog, small"']
    text = (
        "\r\n".join(rows).replace("\\\\", "\\").replace(",", separator).replace(f"dog{separator} small", "dog, small")
    )
    assert labels_of(text.encode(encoding)) == EXPECTED


@pytest.mark.parametrize(
    ("file", "path"),
    [
        ("a", "images/a.jpg"),
        ("A.JPG", "images/a.jpg"),
        ("./images/a.jpg", "images/a.jpg"),
        ("C:\\data\\images\\a.jpg", "images/a.jpg"),
        ("/home/me/data/more/b", "more/b.png"),
        ("other/a.jpg", None),  # another picture of that name
        ("other/ümlaut.jpg", "ümlaut.jpg"),
        ("gone.jpg", None),
    ],
)
def test_names_find_their_images(file: str, path: str | None) -> None:
    assert IMAGES.find(file.replace("\\", "/")) == ([path] if path else [])


def test_a_table_without_headers() -> None:
    entries = read_table(b"images/a.jpg,train,cat\nimages/b.jpg,val,dog\n", "t", IMAGES)
    assert [(entry.line, entry.label, entry.split) for entry in entries] == [(1, "cat", "train"), (2, "dog", "val")]


def test_split_and_group() -> None:
    table = b"patient;target;subset;image_id\np1;0;Training;a\np2;1;valid;more/b\np3;1;;gone\n"
    entries = read_table(table, "t", IMAGES)
    assert [(e.file, e.label, e.split, e.group) for e in entries] == [
        ("a", "0", "train", "p1"),
        ("more/b", "1", "val", "p2"),
        ("gone", "1", None, "p3"),
    ]
    assert match_images(entries, "t", IMAGES).missing == ("gone",)


def test_the_column_that_names_images_is_the_file() -> None:
    assert labels_of(b"id,name,class\n1,a,cat\n2,more/b,dog\n") == {"images/a.jpg": "cat", "more/b.png": "dog"}


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (b"", "is empty"),
        (b"bild,farbe\nx,red\n", "no column for the file; its columns are 'bild', 'farbe'"),
        (b"file,farbe\na.jpg,red\n", "no column for the class; its columns are 'file', 'farbe'"),
        (b"file\na.jpg\n", "no column for the class"),
        (b'file,label\na.jpg,"cat\nb.jpg,dog\n', "Line 3 of labels.csv cannot be read as a table"),
        (b"file,label\na.jpg,cat\nimages/a.jpg,dog\n", "two classes: 'cat' in line 2 and 'dog' in line 3"),
        (b"file,label\nb,cat\n", "Line 2 of labels.csv names 'b', which fits 2 images"),
        (b"file,label,split\na.jpg,cat,train\nb.jpg,dog,somewhere\n", "Line 3 of labels.csv puts an image into 'some"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0", "not a table of text"),
    ],
)
def test_faults_are_told_with_a_way_out(table: bytes, message: str) -> None:
    with pytest.raises(EngineError, match=message) as caught:
        labels_of(table)
    assert caught.value.hint


def test_the_same_line_twice_is_no_fault() -> None:
    assert labels_of(b"file,label\na.jpg,cat\na.jpg,cat\n") == {"images/a.jpg": "cat"}
