"""The gallery: real archives in the makers' formats, from a server on this machine, through torchvision's own code."""

import contextlib
import inspect
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import psutil
import pytest
from PIL import Image

from finetune_gui.engine.data import gallery_fetch
from finetune_gui.engine.data.gallery import (
    GALLERY,
    GalleryEntry,
    brought_folder,
    find_entry,
    is_on_this_machine,
)
from finetune_gui.engine.data.gallery_fetch import FetchAdvanced, FetchStopped, fetch, fetch_in_steps
from finetune_gui.engine.data.mat_file import read_arrays
from finetune_gui.engine.data.samples import SURFACE_INSPECTION
from finetune_gui.engine.data.scan import scan
from finetune_gui.engine.errors import EngineError
from tests.engine.flower_labels import IMAGE_LABELS
from tests.engine.gallery_server import (
    CIFAR_CLASSES,
    TINY_IMAGES,
    GalleryServer,
    cifar10_labels,
    cifar10_pixels,
    fork_children,
    serve,
)

STALL_S = 0.5


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[GalleryServer]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    fork_children(monkeypatch)
    with serve() as running:
        yield running


@pytest.fixture
def own_children(server: GalleryServer, monkeypatch: pytest.MonkeyPatch) -> GalleryServer:
    """The server, for tests in which the process that downloads is our own child, as outside of tests."""
    monkeypatch.setattr(gallery_fetch, "PROCESSES", multiprocessing.get_context("spawn"))
    return server


def drain(entry: GalleryEntry, folder: Path, seen: list[FetchAdvanced] | None = None) -> Path:
    steps = fetch_in_steps(entry, folder, stall_s=STALL_S)
    while True:
        try:
            advanced = next(steps)
        except StopIteration as end:
            return end.value
        if seen is not None:
            seen.append(advanced)


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def failure(entry: GalleryEntry, folder: Path) -> EngineError:
    """What fetching ends with; it must have left nothing behind."""
    with pytest.raises(EngineError) as caught:
        drain(entry, folder)
    assert [name for name in names_in(folder) if name != "downloads"] == []
    assert not is_on_this_machine(entry, folder)
    return caught.value


# -- what is said of the data sets ------------------------------------------------------------------------------------


def test_the_gallery_knows_the_archives_that_torchvision_knows() -> None:
    from torchvision import datasets

    known = {
        entry.id: [(archive.url, archive.md5) for archive in entry.archives]
        for entry in GALLERY
        if not entry.is_built_in
    }
    flowers = datasets.Flowers102
    assert known.pop("cifar10") == [(datasets.CIFAR10.url, datasets.CIFAR10.tgz_md5)]
    assert known.pop("flowers102") == [
        (flowers._download_url_prefix + name, md5) for name, md5 in flowers._file_dict.values()
    ]
    assert known.pop("oxford-pets") == list(datasets.OxfordIIITPet._RESOURCES)
    source = inspect.getsource(datasets.EuroSAT.download)
    assert all(text in source for text in known.pop("eurosat")[0])
    assert known == {}


def test_every_entry_says_who_made_it_and_under_which_terms() -> None:
    assert [entry.id for entry in GALLERY] == ["surface-inspection", "cifar10", "flowers102", "oxford-pets", "eurosat"]
    for entry in GALLERY:
        assert all((entry.title, entry.description, entry.makers, entry.license, entry.image_size))
        assert entry.num_images > entry.num_classes > 1
        assert entry.is_built_in or (entry.homepage and entry.free_bytes > entry.download_bytes)
    assert find_entry("eurosat").download_bytes == 94_280_567
    with pytest.raises(EngineError, match=r"no sample data set 'mnist'\. .*cifar10"):
        find_entry("mnist")


# -- what arrives -----------------------------------------------------------------------------------------------------


def test_cifar10_arrives_as_pictures_in_class_folders(server: GalleryServer, tmp_path: Path) -> None:
    entry = server.entry("cifar10")
    assert not is_on_this_machine(entry, tmp_path)
    root = drain(entry, tmp_path)
    assert root == tmp_path / "cifar10"
    assert names_in(tmp_path) == ["cifar10"]
    dataset = scan(root)
    assert dataset.class_names == tuple(CIFAR_CLASSES)
    assert (sum(dataset.counts("train")), sum(dataset.counts("test"))) == (20, 4)
    assert "not_image" not in dataset.ignored
    name = CIFAR_CLASSES[cifar10_labels(3)[1]]  # the second picture of the fourth batch
    with Image.open(root / "train" / name / "00013.png") as image:
        assert np.array_equal(np.asarray(image), cifar10_pixels(3)[1].transpose(1, 2, 0))
    assert is_on_this_machine(entry, tmp_path)


def test_flowers_keep_their_parts_and_get_names_that_every_system_takes(server: GalleryServer, tmp_path: Path) -> None:
    root = drain(server.entry("flowers102"), tmp_path)
    found = sorted(path.relative_to(root).as_posix() for path in root.rglob("*.jpg"))
    assert found == [
        "test/hard-leaved pocket orchid/image_00008.jpg",
        "test/pink primrose/image_00007.jpg",
        "test/pink-yellow dahlia/image_00006.jpg",
        "train/hard-leaved pocket orchid/image_00002.jpg",
        "train/pink primrose/image_00004.jpg",
        "train/pink-yellow dahlia/image_00003.jpg",
        "val/hard-leaved pocket orchid/image_00005.jpg",
        "val/pink primrose/image_00001.jpg",
    ]
    assert scan(root).split_names() == ("train", "val", "test")


def test_pets_are_sorted_by_breed(server: GalleryServer, tmp_path: Path) -> None:
    root = drain(server.entry("oxford-pets"), tmp_path)
    dataset = scan(root)
    assert dataset.class_names == ("Abyssinian", "American Bulldog")
    assert dataset.counts("train") == dataset.counts("test") == [1, 1]
    assert (root / "train" / "American Bulldog" / "american_bulldog_12.jpg").is_file()


def test_eurosat_has_no_parts(server: GalleryServer, tmp_path: Path) -> None:
    dataset = scan(drain(server.entry("eurosat"), tmp_path))
    assert dataset.class_names == ("Forest", "River", "SeaLake")
    assert dataset.counts(None) == [2, 2, 2]


def test_progress_tells_bytes_then_images(server: GalleryServer, tmp_path: Path) -> None:
    server.files["EuroSAT.zip"] = bytes(400_000) + server.files["EuroSAT.zip"]  # a zip may begin with something else
    entry = server.entry("eurosat")
    seen: list[FetchAdvanced] = []
    drain(entry, tmp_path, seen)
    order = list(dict.fromkeys(step.activity for step in seen))
    assert order == ["start", "download", "unpack", "arrange"]
    downloaded = [step for step in seen if step.activity == "download"]
    assert {step.total for step in downloaded} == {entry.download_bytes}
    assert all(0 < step.done <= step.total for step in downloaded)


@pytest.fixture
def few_drawings(monkeypatch: pytest.MonkeyPatch) -> None:
    """The built-in set with eight images, since drawing all of them takes long."""
    monkeypatch.setattr(gallery_fetch, "SURFACE_INSPECTION", replace(SURFACE_INSPECTION, num_images=8))


@pytest.mark.usefixtures("few_drawings")
def test_the_built_in_set_is_drawn(tmp_path: Path) -> None:
    entry = find_entry("surface-inspection")
    seen: list[FetchAdvanced] = []
    assert is_on_this_machine(entry, tmp_path)
    root = drain(entry, tmp_path, seen)
    assert scan(root).counts() == [2, 2, 2, 2]
    assert {(step.activity, step.total) for step in seen} == {("draw", 8)}


def test_a_file_that_is_not_of_matlab_is_refused(tmp_path: Path) -> None:
    (tmp_path / "labels.mat").write_bytes(IMAGE_LABELS)
    assert read_arrays(tmp_path / "labels.mat")["labels"].tolist() == [1, 2, 60, 1, 2, 60, 1, 2]
    (tmp_path / "labels.mat").write_bytes(b"MATLAB 7.3" + bytes(200))
    with pytest.raises(ValueError, match="not a little-endian MATLAB 5 file"):
        read_arrays(tmp_path / "labels.mat")


# -- once it is there -------------------------------------------------------------------------------------------------


def test_what_is_there_is_not_downloaded_again(server: GalleryServer, tmp_path: Path) -> None:
    entry = server.entry("eurosat")
    root = drain(entry, tmp_path)
    server.asked_for.clear()
    assert drain(entry, tmp_path) == root
    assert server.asked_for == []


def test_what_is_damaged_is_brought_anew(server: GalleryServer, tmp_path: Path) -> None:
    entry = server.entry("eurosat")
    root = drain(entry, tmp_path)
    image, marker = root / "Forest" / "Forest_0.jpg", root / ".gallery.json"
    for damaged in (image, marker):
        whole = damaged.read_bytes()
        damaged.write_bytes(b"")
        assert not is_on_this_machine(entry, tmp_path)
        damaged.unlink()
        assert not is_on_this_machine(entry, tmp_path)
        damaged.write_bytes(whole)
        assert is_on_this_machine(entry, tmp_path)
    image.unlink()
    (root / "Forest" / "of an older version.jpg").write_bytes(b"something")
    newer = replace(entry, version=2)
    assert not is_on_this_machine(newer, tmp_path)
    assert drain(newer, tmp_path) == root
    assert names_in(root / "Forest") == ["Forest_0.jpg", "Forest_1.jpg"]
    assert names_in(tmp_path) == ["eurosat"]
    assert is_on_this_machine(newer, tmp_path)


def test_two_at_once_do_not_disturb_each_other(server: GalleryServer, tmp_path: Path) -> None:
    entry = server.entry("eurosat")
    roots: list[Path] = []
    threads = [threading.Thread(target=lambda: roots.append(drain(entry, tmp_path))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert roots == [tmp_path / "eurosat"] * 2
    assert names_in(tmp_path) == ["eurosat"]
    assert is_on_this_machine(entry, tmp_path)


# -- files that the user brings ---------------------------------------------------------------------------------------


def bring(server: GalleryServer, entry: GalleryEntry, folder: Path, *, damaged: bool = False) -> list[Path]:
    brought = brought_folder(entry, folder)
    brought.mkdir(parents=True, exist_ok=True)
    files = []
    for archive in entry.archives:
        files.append(brought / archive.name)
        files[-1].write_bytes(server.files[archive.name][: -1 if damaged else None])
    return files


def test_a_file_that_was_brought_is_used_and_stays(server: GalleryServer, tmp_path: Path) -> None:
    entry = server.entry("flowers102")
    files = bring(server, entry, tmp_path)
    assert sum(scan(drain(entry, tmp_path)).counts()) == TINY_IMAGES["flowers102"]
    assert server.asked_for == []
    assert [file.read_bytes() for file in files] == [server.files[file.name] for file in files]


def test_only_what_was_not_brought_is_downloaded(server: GalleryServer, tmp_path: Path) -> None:
    entry = server.entry("flowers102")
    bring(server, entry, tmp_path)[0].unlink()
    drain(entry, tmp_path)
    assert set(server.asked_for) == {"102flowers.tgz"}


def test_a_wrong_file_that_was_brought_is_told(server: GalleryServer, tmp_path: Path) -> None:
    entry = server.entry("eurosat")
    (file,) = bring(server, entry, tmp_path, damaged=True)
    error = failure(entry, tmp_path)
    assert str(file) in error.message
    assert entry.archives[0].md5 in error.message
    assert entry.archives[0].url in error.hint
    assert server.asked_for == []
    assert len(file.read_bytes()) == len(server.files[file.name]) - 1


# -- what goes wrong --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("behaviour", "message"),
    [
        ("missing", "127.0.0.1 does not hand out cifar-10-python.tar.gz: 404 Not Found."),
        (
            "lies",
            "What 127.0.0.1 sent as cifar-10-python.tar.gz is not the file of the makers: its MD5 is another one.",
        ),
        ("breaks off", "The connection to 127.0.0.1 broke off after 0.5 of 1.0 MB."),
        ("stalls", "127.0.0.1 stopped answering after 0.5 of 1.0 MB."),
    ],
)
def test_a_server_that_fails_is_told_in_a_sentence(
    behaviour: str, message: str, server: GalleryServer, tmp_path: Path
) -> None:
    server.files["cifar-10-python.tar.gz"] = os.urandom(1_000_000)
    entry = server.entry("cifar10")
    server.behaviour = behaviour  # type: ignore[assignment]
    error = failure(entry, tmp_path)
    assert error.message == message
    assert "built-in set" in error.hint
    (archive,) = entry.archives
    assert error.hint.endswith(f"in {tmp_path / 'downloads' / 'cifar10'}: {archive.url} (MD5 {archive.md5}).")
    assert names_in(tmp_path / "downloads") == ["cifar10"]  # so that people find it


def test_redirects_without_an_end_are_told(server: GalleryServer, tmp_path: Path) -> None:
    entry = server.entry("eurosat")
    server.behaviour = "loops"
    assert "127.0.0.1" in failure(entry, tmp_path).message


@pytest.mark.parametrize("host", ["127.0.0.1:9", "nowhere.invalid"])
def test_no_connection_is_told_with_all_files_to_bring(host: str, server: GalleryServer, tmp_path: Path) -> None:
    entry = server.entry("flowers102")
    archives = tuple(replace(archive, url=f"http://{host}/{archive.name}") for archive in entry.archives)
    entry = replace(entry, archives=archives)
    bring(server, entry, tmp_path)[0].unlink()
    error = failure(entry, tmp_path)
    assert error.message.startswith(f"This machine has no connection to {host.partition(':')[0]} (")
    assert "this file" in error.hint
    assert f"{archives[0].url} (MD5 {archives[0].md5})" in error.hint
    assert "setid.mat" not in error.hint


def test_too_little_room_is_told_before_anything_is_downloaded(server: GalleryServer, tmp_path: Path) -> None:
    entry = replace(server.entry("eurosat"), free_bytes=10**18)
    error = failure(entry, tmp_path)
    assert "EuroSAT needs 1000000000.0 GB of free space" in error.message
    assert server.asked_for == []


@pytest.mark.skipif(sys.platform == "win32", reason="limits of file sizes are a matter of Unix")
def test_a_disk_that_is_full_in_the_middle_is_told(own_children: GalleryServer, tmp_path: Path) -> None:
    """The system refuses to let files grow beyond a limit, as a full disk would. The child inherits it."""
    import resource

    own_children.files["EuroSAT.zip"] = os.urandom(2_000_000)
    entry = own_children.entry("eurosat")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, hard))
    try:
        error = failure(entry, tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert error.message == f"EuroSAT could not be saved in {tmp_path}: {os.strerror(27)}."


def test_a_place_that_is_a_file_is_told(server: GalleryServer, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"mine")
    with pytest.raises(EngineError, match="EuroSAT could not be saved in"):
        drain(server.entry("eurosat"), tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == b"mine"


def test_an_archive_with_other_contents_is_a_bug_with_a_traceback(server: GalleryServer, tmp_path: Path) -> None:
    server.files["cifar-10-python.tar.gz"] = server.files["images.tar.gz"]
    with pytest.raises(RuntimeError, match="Traceback"):
        drain(server.entry("cifar10"), tmp_path)
    assert names_in(tmp_path) == []


# -- the end in the middle --------------------------------------------------------------------------------------------


def wait_for(entry: GalleryEntry, folder: Path, activity: str) -> "contextlib.closing":
    """A fetch that has come as far as this."""
    steps = fetch_in_steps(entry, folder)
    while next(steps).activity != activity:
        pass
    return contextlib.closing(steps)


def test_cancel_ends_a_download_that_does_not_move(own_children: GalleryServer, tmp_path: Path) -> None:
    own_children.files["EuroSAT.zip"] = os.urandom(1_000_000)
    entry = own_children.entry("eurosat")
    own_children.behaviour = "stalls"
    with wait_for(entry, tmp_path, "download"):
        (child,) = [child for child in psutil.Process().children() if "spawn_main" in " ".join(child.cmdline())]
        assert names_in(tmp_path) != []
    assert not child.is_running()
    assert names_in(tmp_path) == []
    assert not is_on_this_machine(entry, tmp_path)


def test_cancel_by_the_function_that_is_asked(server: GalleryServer, tmp_path: Path) -> None:
    seen: list[FetchAdvanced] = []
    with pytest.raises(FetchStopped):
        fetch(
            server.entry("eurosat"),
            tmp_path,
            on_progress=seen.append,
            should_stop=lambda: bool(seen) and seen[-1].activity != "start",
        )
    assert names_in(tmp_path) == []


def test_cancel_ends_the_drawing(tmp_path: Path) -> None:
    with wait_for(find_entry("surface-inspection"), tmp_path, "draw"):
        pass
    assert names_in(tmp_path) == []


FETCH_IN_OWN_PROCESS = """
import pickle, sys
from pathlib import Path
from finetune_gui.engine.data.gallery_fetch import fetch_in_steps
if __name__ == "__main__":
    for step in fetch_in_steps(pickle.loads(sys.stdin.buffer.read()), Path(sys.argv[1])):
        print(step.activity, flush=True)
"""


def test_a_killed_process_leaves_nothing_that_is_taken_for_whole(server: GalleryServer, tmp_path: Path) -> None:
    import pickle

    program, folder = tmp_path / "program.py", tmp_path / "samples"
    program.write_text(FETCH_IN_OWN_PROCESS)
    whole = server.files["EuroSAT.zip"]
    server.files["EuroSAT.zip"] += os.urandom(1_000_000)
    entry = server.entry("eurosat")
    server.behaviour = "stalls"
    process = subprocess.Popen(
        [sys.executable, str(program), str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(pickle.dumps(entry))
        process.stdin.close()
        while process.stdout.readline() != b"download\n":
            pass
        (child,) = [c for c in psutil.Process(process.pid).children() if "spawn_main" in " ".join(c.cmdline())]
        process.send_signal(signal.SIGKILL if sys.platform != "win32" else signal.SIGTERM)
    assert not is_on_this_machine(entry, folder)
    assert not (folder / "eurosat").exists()
    assert len(names_in(folder)) == 1  # a temporary folder, which the next one removes
    child.kill()  # it waits for a server that will never go on
    server.behaviour, server.files["EuroSAT.zip"] = "serves", whole
    drain(server.entry("eurosat"), folder)
    assert names_in(folder) == ["eurosat"]


def test_temporary_folders_of_living_processes_are_left_alone(server: GalleryServer, tmp_path: Path) -> None:
    mine = tmp_path / f".eurosat.{os.getpid()}-0.tmp"
    mine.mkdir()
    drain(server.entry("eurosat"), tmp_path)
    assert mine.is_dir()
