"""Every image read once; what is wrong with one is a fact, not a failure."""

import errno
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import zipfile
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from finetune_gui.engine.data import archive_members, examination, examine, look_alikes, parallel
from finetune_gui.engine.data.dataset import Dataset, Sample
from finetune_gui.engine.data.facts import ImageFacts, Inspection, InspectionAdvanced
from finetune_gui.engine.data.inspection import InspectionStopped, inspect_in_steps
from finetune_gui.engine.data.scan import scan
from finetune_gui.engine.data.store import DataStore
from finetune_gui.engine.errors import EngineError
from tests.drawing import draw_class_folders, draw_image


def as_dataset(root: Path, paths: Iterable[str]) -> Dataset:
    return Dataset(
        source=root,
        root=root,
        layout="class_folders",
        class_names=("a",),
        samples=tuple(Sample(path, 0) for path in paths),
    )


def inspect(dataset: Dataset, **options: object) -> tuple[Inspection, list[InspectionAdvanced]]:
    steps = inspect_in_steps(dataset, DataStore.default(), **options)  # type: ignore[arg-type]
    seen = []
    while True:
        try:
            seen.append(next(steps))
        except StopIteration as end:
            return end.value, seen


def facts_of(path: Path) -> ImageFacts:
    """Examined by itself."""
    return examine.examine(examine.Job(root=str(path.parent), paths=(path.name,)))[path.name]


def zipped(folder: Path, archive: Path) -> Path:
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        for path in sorted(folder.rglob("*.jpg")):
            file.write(path, path.relative_to(folder.parent))
    return archive


def drawn_photo(seed: int) -> Image.Image:
    """Soft shapes, as in photos; the stripes of ``draw_image`` are too fine for a look."""
    small = np.random.default_rng(seed).integers(0, 256, (8, 12, 3), dtype=np.uint8)
    return Image.fromarray(small).resize((300, 200), Image.Resampling.BICUBIC)


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The images that are examined, one entry each time. In this process only."""
    paths: list[Path] = []
    real = examine._read

    def counting(path):
        paths.append(Path(path))
        return real(path)

    monkeypatch.setattr(examine, "_read", counting)
    return paths


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The files that are unpacked, one entry each time. In this process only."""
    paths: list[Path] = []
    real = archive_members._write

    def noting(path, content):
        paths.append(Path(path))
        return real(path, content)

    monkeypatch.setattr(archive_members, "_write", noting)
    return paths


@pytest.fixture
def in_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few images are enough for worker processes, and for several jobs."""
    monkeypatch.setattr(examination, "_FEW_IMAGES", 2)
    monkeypatch.setattr(examination, "_JOB_IMAGES", 4)


# -- facts -----------------------------------------------------------------------------------------------


def test_facts_of_a_photo(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010F], exif[0x0110] = 6, "Canon", "Canon EOS 5D"
    draw_image(0, 0, (300, 200)).save(tmp_path / "ü 1.jpg", exif=exif)
    facts = inspect(as_dataset(tmp_path, ["ü 1.jpg"]))[0].facts["ü 1.jpg"]
    assert (facts.width, facts.height) == (200, 300)  # upright, though it was decoded smaller
    assert (facts.format, facts.mode, facts.camera, facts.error) == ("JPEG", "RGB", "Canon EOS 5D", "")
    assert facts.num_bytes == (tmp_path / "ü 1.jpg").stat().st_size
    assert len(facts.digest) == 16
    assert facts.look


def test_what_is_wrong_is_told_of_that_image_alone(tmp_path: Path) -> None:
    draw_image(0, 0, (400, 300)).save(tmp_path / "good.jpg")
    whole = (tmp_path / "good.jpg").read_bytes()
    (tmp_path / "half.jpg").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "most.jpg").write_bytes(whole[:-200])
    (tmp_path / "text.jpg").write_text("hello")
    (tmp_path / "empty.jpg").touch()
    header = Image.new("1", (1, 1))
    header.save(tmp_path / "huge.png")
    png = bytearray((tmp_path / "huge.png").read_bytes())
    png[16:24] = (60_000).to_bytes(4, "big") * 2
    png[29:33] = zlib.crc32(png[12:29]).to_bytes(4, "big")
    (tmp_path / "huge.png").write_bytes(png)
    (tmp_path / "folder.jpg").mkdir()
    names = ["good.jpg", "half.jpg", "most.jpg", "text.jpg", "empty.jpg", "huge.png", "folder.jpg", "gone.jpg"]
    found, _ = inspect(as_dataset(tmp_path, names))
    assert list(found.facts) == names
    assert found.unreadable() == {
        "half.jpg": "it is truncated",
        "most.jpg": "it is truncated",
        "text.jpg": "it is not an image",
        "empty.jpg": "it is empty",
        "huge.png": "60000 x 60000 pixels are too many to decode",
        "folder.jpg": "it is not a regular file",
        "gone.jpg": "it does not exist",
    }


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_does_not_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    assert inspect(as_dataset(tmp_path, ["pipe.jpg"]))[0].unreadable() == {"pipe.jpg": "it is not a regular file"}


def test_large_files_are_not_read_into_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    draw_image(0, 0).save(tmp_path / "x.png")
    in_memory = inspect(as_dataset(tmp_path, ["x.png"]))[0].facts["x.png"]
    monkeypatch.setattr(examine, "_WHOLE_BYTES", 10)
    assert facts_of(tmp_path / "x.png") == in_memory


def test_copies_and_look_alikes(tmp_path: Path) -> None:
    photo = drawn_photo(0)
    photo.save(tmp_path / "a.jpg", quality=95)
    photo.save(tmp_path / "b.jpg", quality=60)
    (tmp_path / "c.jpg").write_bytes((tmp_path / "a.jpg").read_bytes())
    drawn_photo(1).save(tmp_path / "other.jpg")
    Image.new("RGB", (50, 50)).save(tmp_path / "black.png")
    (tmp_path / "black2.png").write_bytes((tmp_path / "black.png").read_bytes())
    Image.new("RGB", (50, 51)).save(tmp_path / "black3.png")
    for name in ("bad.jpg", "bad2.jpg"):
        (tmp_path / name).write_text("the same, but no image")
    names = ["a.jpg", "b.jpg", "c.jpg", "other.jpg", "black.png", "black2.png", "black3.png", "bad.jpg", "bad2.jpg"]
    found, _ = inspect(as_dataset(tmp_path, names))
    assert set(found.copies) == {("a.jpg", "c.jpg"), ("black.png", "black2.png")}
    assert set(found.look_alikes) == {("a.jpg", "b.jpg", "c.jpg"), ("black.png", "black2.png")}


def test_ants_bees(ants_bees: Path) -> None:
    found, _ = inspect(scan(ants_bees))
    assert len(found.facts) == 398
    assert found.unreadable() == {}
    assert [path for path, facts in found.facts.items() if facts.format != "JPEG"] == ["train/ants/imageNotFound.gif"]


# -- remembering -----------------------------------------------------------------------------------------


def test_unchanged_files_are_not_read_again(tmp_path: Path, decoded: list[Path]) -> None:
    folder = draw_class_folders(tmp_path, {"a": 3, "b": 3})
    dataset = scan(folder)
    first, _ = inspect(dataset)
    assert len(decoded) == 6
    draw_image(2, 9).save(folder / "a" / "a_00.jpg")  # changed
    os.utime(folder / "a" / "a_01.jpg", ns=(1, 1))  # perhaps changed
    (folder / "b" / "b_02.jpg").unlink()
    draw_image(2, 3).save(folder / "b" / "new.jpg")
    decoded.clear()
    second, steps = inspect(scan(folder))
    assert {path.name for path in decoded} == {"a_00.jpg", "a_01.jpg", "new.jpg"}
    assert steps[0] == InspectionAdvanced(stage="checking", done=3, total=6)
    assert first.facts["a/a_00.jpg"].digest != second.facts["a/a_00.jpg"].digest
    assert list(second.facts) == [sample.path for sample in scan(folder).samples]


def test_the_second_time_only_compares_by_what_is_remembered(
    tmp_path: Path, decoded: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset = scan(draw_class_folders(tmp_path, {"a": 3, "b": 3}))
    first, _ = inspect(dataset)
    decoded.clear()
    monkeypatch.setattr(look_alikes, "group_look_alikes", None)  # a call would fail
    second, _ = inspect(dataset)
    assert second == first
    assert decoded == []


# -- progress and stopping -------------------------------------------------------------------------------


def test_progress_goes_up_to_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examination, "_JOB_IMAGES", 2)
    _, steps = inspect(scan(draw_class_folders(tmp_path, {"a": 4, "b": 3})))
    done = [step.done for step in steps if step.stage == "checking"]
    assert done == sorted(done)
    assert (done[0], done[-1], steps[-1]) == (0, 7, InspectionAdvanced(stage="comparing", done=7, total=7))


@pytest.mark.parametrize("num_workers", [1, 2])
def test_a_wish_to_stop_ends_it_and_keeps_what_was_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, decoded: list[Path], num_workers: int
) -> None:
    monkeypatch.setattr(examination, "_JOB_IMAGES", 1)
    dataset = scan(draw_class_folders(tmp_path, {"a": 20, "b": 20}))
    wish = threading.Event()
    steps = inspect_in_steps(dataset, DataStore.default(), num_workers=num_workers, should_stop=wish.is_set)
    while next(steps).done < 5:
        pass
    wish.set()
    with pytest.raises(InspectionStopped):
        list(steps)
    before = len(decoded)
    assert before < 40
    inspect(dataset)
    assert len(decoded) <= before + 35


@pytest.mark.usefixtures("in_processes")
def test_leaving_early_leaves_nothing_behind(tmp_path: Path) -> None:
    steps = inspect_in_steps(scan(draw_class_folders(tmp_path, {"a": 6, "b": 6})), DataStore.default(), num_workers=2)
    next(steps)
    steps.close()
    assert multiprocessing.active_children() == []


# -- worker processes ------------------------------------------------------------------------------------


@pytest.mark.usefixtures("in_processes")
def test_processes_find_the_same_as_threads(tmp_path: Path, decoded: list[Path]) -> None:
    dataset = scan(draw_class_folders(tmp_path, {"a": 6, "b": 6}))
    (tmp_path / "a" / "a_01.jpg").write_text("no image")
    found, _ = inspect(dataset, num_workers=2)
    assert decoded == []  # not in this process
    assert found.facts == {sample.path: facts_of(tmp_path / sample.path) for sample in dataset.samples}


def fatal_to_workers(number: int) -> int:
    if number == 7 and multiprocessing.parent_process() is not None:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def do_nothing(lock: object) -> None:
    pass


@pytest.mark.skipif(os.name == "nt", reason="kills by signal")
def test_when_a_worker_is_killed_the_rest_is_still_done() -> None:
    with parallel.process_pool(2, do_nothing) as executor:
        results = list(parallel.run_jobs(fatal_to_workers, range(40), executor, 8, lambda: False))
    assert sorted(results) == list(range(40))


def test_workers_import_little() -> None:
    modules = "{'torch', 'PySide6', 'scipy', 'pywt'}"
    code = f"import sys, finetune_gui.engine.data.examination; print({modules}.intersection(sys.modules))"
    child = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert child.stdout == "set()\n"


# -- archives --------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("in_processes")
@pytest.mark.parametrize("num_workers", [1, 2])
def test_an_archive_is_unpacked_and_examined_in_one_pass(tmp_path: Path, num_workers: int) -> None:
    folder = draw_class_folders(tmp_path / "pets", {"a": 6, "b": 6})
    archive = zipped(tmp_path / "pets", tmp_path / "pets.zip")
    dataset = scan(archive, store=DataStore.default())
    assert not dataset.root.exists()
    found, steps = inspect(dataset, num_workers=num_workers)
    assert steps[0].stage == "unpacking"
    assert len(found.facts) == 12
    for path, facts in found.facts.items():
        assert (dataset.root / path).read_bytes() == (folder / path).read_bytes()
        assert facts == facts_of(dataset.root / path)
    again, steps = inspect(dataset)
    assert {step.stage for step in steps} == {"comparing"}
    assert again == found


def test_an_interrupted_unpacking_goes_on(tmp_path: Path, written: list[Path]) -> None:
    draw_class_folders(tmp_path / "pets", {"a": 4, "b": 4})
    dataset = scan(zipped(tmp_path / "pets", tmp_path / "pets.zip"), store=DataStore.default())
    inspect(dataset)
    first, second, third = (dataset.root / sample.path for sample in dataset.samples[:3])
    whole = second.read_bytes()
    for marker in DataStore.default().unpacked_dir.glob("*/.unpacked"):
        marker.unlink()
    second.write_bytes(whole[:-1] + b"\0")  # the right size, but not the right content: a power cut
    third.unlink()
    written.clear()
    found, _ = inspect(dataset)
    assert written == [second, third]
    assert first not in written
    assert second.read_bytes() == whole
    assert found.unreadable() == {}


def test_two_that_want_the_same_archive_take_turns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: list[Path]
) -> None:
    monkeypatch.setattr(examination, "_JOB_IMAGES", 1)
    draw_class_folders(tmp_path / "pets", {"a": 6, "b": 6})
    dataset = scan(zipped(tmp_path / "pets", tmp_path / "pets.zip"), store=DataStore.default())
    first = inspect_in_steps(dataset, DataStore.default(), num_workers=2)
    while next(first).done == 0:
        pass
    second = inspect_in_steps(dataset, DataStore.default())
    assert next(second) == next(second) == InspectionAdvanced(stage="unpacking", done=0, total=12)
    list(first)
    assert len(written) == 12
    assert {step.stage for step in second} == {"comparing"}
    assert len(written) == 12  # it took what was there


def test_who_waits_for_another_can_be_stopped(tmp_path: Path) -> None:
    draw_class_folders(tmp_path / "pets", {"a": 2, "b": 2})
    dataset = scan(zipped(tmp_path / "pets", tmp_path / "pets.zip"), store=DataStore.default())
    first = inspect_in_steps(dataset, DataStore.default())
    next(first)
    with pytest.raises(InspectionStopped):
        list(inspect_in_steps(dataset, DataStore.default(), should_stop=lambda: True))
    first.close()  # whoever gives up leaves the turn to the next
    assert len(inspect(dataset)[0].facts) == 4


def test_a_damaged_member_is_one_unreadable_image(tmp_path: Path) -> None:
    draw_class_folders(tmp_path / "pets", {"a": 4, "b": 4})
    archive = zipped(tmp_path / "pets", tmp_path / "pets.zip")
    content = bytearray(archive.read_bytes())
    at = content.index(b"a_01.jpg") + 200
    content[at : at + 20] = bytes(20)
    archive.write_bytes(content)
    found, _ = inspect(scan(archive, store=DataStore.default()))
    assert list(found.unreadable()) == ["a/a_01.jpg"]
    assert "in the archive" in found.facts["a/a_01.jpg"].error


def fails_with(code: int) -> Callable[[str, bytes], None]:
    def write(path: str, _: bytes) -> None:
        raise OSError(code, os.strerror(code), path)

    return write


def test_a_full_disk_is_told_in_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    draw_class_folders(tmp_path / "pets", {"a": 4, "b": 4})
    dataset = scan(zipped(tmp_path / "pets", tmp_path / "pets.zip"), store=DataStore.default())
    monkeypatch.setattr(archive_members, "_write", fails_with(errno.ENOSPC))
    with pytest.raises(EngineError, match="could not be unpacked") as caught:
        inspect(dataset)
    assert "space" in caught.value.hint
    monkeypatch.setattr(archive_members, "_write", fails_with(errno.ENAMETOOLONG))
    assert len(inspect(dataset)[0].unreadable()) == 8


def test_an_archive_that_changed_since_is_not_mixed_up(tmp_path: Path) -> None:
    draw_class_folders(tmp_path / "pets", {"a": 4, "b": 4})
    archive = zipped(tmp_path / "pets", tmp_path / "pets.zip")
    dataset = scan(archive, store=DataStore.default())
    os.utime(archive, ns=(1, 1))
    with pytest.raises(EngineError, match="has changed"):
        inspect(dataset)


def test_16_bit_pictures_have_a_look_too(tmp_path: Path) -> None:
    ramp = (np.random.default_rng(0).random((300, 300)).cumsum(axis=1) * 50).astype(np.uint16)
    Image.fromarray(ramp[:, ::-1].copy()).save(tmp_path / "x.tif")
    grey = drawn_photo(0).convert("L")
    Image.fromarray(np.asarray(grey).astype(np.uint16) * 100).save(tmp_path / "y.tif")
    grey.save(tmp_path / "y.png")
    found, _ = inspect(as_dataset(tmp_path, ["x.tif", "y.tif", "y.png"]))
    assert found.look_alikes == (("y.tif", "y.png"),)
