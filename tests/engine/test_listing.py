"""Walking folders that hold everything a disk can hold."""

import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from finetune_gui.engine.data.listing import Listing, _sort_naturally, walk
from finetune_gui.engine.data.long_paths import long_path
from finetune_gui.engine.errors import EngineError

NOBODY = 65534


def touch(root: Path, *paths: str) -> None:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(b"x")


def listed(root: Path, *starts: str) -> Listing:
    steps = walk(str(root), starts or ("",))
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


@pytest.fixture
def open_dir() -> Iterator[Path]:
    """A folder that other users may enter, which those of pytest are not."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def test_what_is_no_image_is_counted_by_reason(tmp_path: Path) -> None:
    touch(tmp_path, "a/1.jpg", "a/2.PNG", "a/3.Jpeg", "a/notes.txt", "a/noending", "a/.jpg")
    touch(tmp_path, "a/.hidden.jpg", ".git/x.jpg", ".git/y.jpg")
    touch(tmp_path, "Thumbs.db", "a/desktop.ini", "a/.DS_Store", "__MACOSX/a/._1.jpg", "a/._1.jpg")
    touch(tmp_path, ".ipynb_checkpoints/1.jpg", "a/@eaDir/1.jpg", "a/more.zip", "b.tar.gz", "labels.csv")
    found = listed(tmp_path)
    assert found.folders == {"a": ["1.jpg", "2.PNG", "3.Jpeg"]}
    assert found.tables == ["labels.csv"]
    assert found.ignored == {"not_image": 2, "hidden": 3, "system": 7, "nested_archive": 2}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes in folders")
def test_special_files_do_not_hang(tmp_path: Path) -> None:
    touch(tmp_path, "a/1.jpg")
    os.mkfifo(tmp_path / "a" / "pipe.jpg")
    (tmp_path / "a" / "gone.jpg").symlink_to(tmp_path / "nowhere.jpg")
    (tmp_path / "a" / "self.jpg").symlink_to(tmp_path / "a" / "self.jpg")
    (tmp_path / "a" / "device.jpg").symlink_to("/dev/zero")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.path.relpath(tmp_path / "a" / "socket.jpg"))
        found = listed(tmp_path)
    assert found.folders == {"a": ["1.jpg"]}
    assert found.ignored == {"special": 5}


def test_links_are_followed_and_loops_walked_once(tmp_path: Path) -> None:
    touch(tmp_path, "data/a/1.jpg", "data/a/deep/2.jpg", "data/b/3.jpg", "elsewhere/4.jpg")
    root = tmp_path / "data"
    (root / "a" / "deep" / "up").symlink_to(root / "a")
    (root / "a" / "root").symlink_to(root)
    (root / "a" / "again").symlink_to(root / "a" / "deep")
    (root / "c").symlink_to(tmp_path / "elsewhere")
    (root / "b" / "link.jpg").symlink_to(tmp_path / "elsewhere" / "4.jpg")
    assert listed(root).folders == {"a": ["1.jpg"], "a/deep": ["2.jpg"], "b": ["3.jpg", "link.jpg"], "c": ["4.jpg"]}


def test_folders_that_link_to_each_other_end(tmp_path: Path) -> None:
    names = [f"n{i}" for i in range(12)]  # 12! ways through them
    touch(tmp_path, *(f"{name}/x.jpg" for name in names))
    for name in names:
        for other in names:
            (tmp_path / name / f"to_{other}").symlink_to(tmp_path / other)
    found = listed(tmp_path)
    assert all(found.folders[name] == ["x.jpg"] for name in names)
    assert found.num_images <= len(names) ** 2


@pytest.mark.skipif(not hasattr(os, "seteuid"), reason="needs other users")
def test_what_may_not_be_read_costs_only_itself(open_dir: Path) -> None:
    touch(open_dir, "a/1.jpg", "b/2.jpg", "a/closed/3.jpg")
    (open_dir / "b").chmod(0)
    (open_dir / "a" / "closed").chmod(0)
    was = os.geteuid()
    if was == 0:
        os.seteuid(NOBODY)  # root may read everything
    try:
        found = listed(open_dir)
        with pytest.raises(EngineError, match="may not be read"):
            listed(open_dir / "b")
    finally:
        os.seteuid(was)
        (open_dir / "b").chmod(0o755)
        (open_dir / "a" / "closed").chmod(0o755)
    assert found.folders == {"a": ["1.jpg"]}
    assert found.denied == ["a/closed", "b"]


def test_what_vanishes_meanwhile_is_not_there(tmp_path: Path) -> None:
    touch(tmp_path, *(f"{name}/1.jpg" for name in "abcde"))
    steps = walk(str(tmp_path))
    next(steps)  # the outermost folder is listed
    shutil.rmtree(tmp_path / "c")
    *_, found = steps
    assert "c" not in found.folders
    assert found.num_images == 4


def test_a_root_that_vanishes_is_told(tmp_path: Path) -> None:
    touch(tmp_path, "data/a/1.jpg", "data/b/1.jpg")
    steps = walk(str(tmp_path / "data"))
    next(steps)
    shutil.rmtree(tmp_path / "data")
    with pytest.raises(EngineError, match="vanished"):
        list(steps)


def test_deep_and_strange_names(tmp_path: Path) -> None:
    touch(tmp_path, "貓/照片 1.jpg", "ä'\"&\n/☃.jpg")
    folder = tmp_path
    for _ in range(20):
        folder = folder / ("x" * 200)
        os.mkdir(folder) if len(str(folder)) < 4000 else None
    deepest = max((Path(path) for path, _, _ in os.walk(tmp_path)), key=lambda path: len(str(path)))
    (deepest / "1.jpg").touch()
    found = listed(tmp_path)
    assert found.num_images == 3
    assert max(len(folder) for folder in found.folders) > 3000


@pytest.mark.skipif(os.name == "nt" or os.uname().sysname == "Darwin", reason="names are Unicode there")
def test_long_paths_get_the_form_that_windows_opens() -> None:
    deep = "\\".join(["folder"] * 40)
    assert long_path(f"C:\\{deep}", on_windows=True) == f"\\\\?\\C:\\{deep}"
    assert long_path(f"C:/{deep}/a/../1.jpg".replace("\\", "/"), on_windows=True) == f"\\\\?\\C:\\{deep}\\1.jpg"
    assert long_path(f"\\\\server\\share\\{deep}", on_windows=True) == f"\\\\?\\UNC\\server\\share\\{deep}"
    assert long_path(f"\\\\?\\C:\\{deep}", on_windows=True) == f"\\\\?\\C:\\{deep}"
    assert long_path("C:\\short.jpg", on_windows=True) == "C:\\short.jpg"
    assert long_path(f"/{deep}", on_windows=False) == f"/{deep}"


def test_names_that_are_no_text_are_counted(tmp_path: Path) -> None:
    touch(tmp_path, "a/1.jpg")
    with open(os.fsencode(tmp_path / "a") + b"/\xff.jpg", "wb") as file:
        file.write(b"odd")
    os.mkdir(os.fsencode(tmp_path) + b"/\xfe")
    found = listed(tmp_path)
    assert found.folders == {"a": ["1.jpg"]}
    assert found.ignored == {"broken_name": 2}


def test_chosen_folders_only(tmp_path: Path) -> None:
    touch(tmp_path, "a/1.jpg", "b/2.jpg", "c/3.jpg", "b/in/4.jpg")
    assert listed(tmp_path, "b/in", "b", "c").folders == {"b": ["2.jpg"], "b/in": ["4.jpg"], "c": ["3.jpg"]}


@pytest.mark.parametrize(
    "names",
    [
        ["a1.jpg", "a02.jpg", "a10.jpg", "a100.jpg"],  # differ in one number
        ["a0001.jpg", "a0002.jpg", "a0010.jpg"],  # in digits only
        ["2023_1_b.jpg", "2023_2_b.jpg", "2024_1_b.jpg"],
        ["A2.jpg", "a10.jpg", "b1.png"],
        ["1.jpg", "2.jpg", "x.jpg"],
    ],
)
def test_natural_order(names: list[str]) -> None:
    turned = names[::-1]
    _sort_naturally(turned)
    assert turned == names
