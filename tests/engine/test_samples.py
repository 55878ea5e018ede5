"""The sample data set: what is on disk after drawing, after an interruption and beside other processes."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from finetune_gui.engine.data.sample_drawing import draw_surface
from finetune_gui.engine.data.samples import SURFACE_INSPECTION, SampleSet, ensure_sample_set
from finetune_gui.engine.errors import EngineError

SMALL = replace(SURFACE_INSPECTION, num_images=8)
Features = npt.NDArray[np.float64]

DRAW_IN_OWN_PROCESS = """
import sys
from dataclasses import replace
from pathlib import Path
from finetune_gui.engine.data.samples import SURFACE_INSPECTION, ensure_sample_set
small = replace(SURFACE_INSPECTION, num_images=int(sys.argv[2]))
ensure_sample_set(small, Path(sys.argv[1]), on_progress=lambda done, total: print(done, flush=True))
"""


def image_paths(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.jpg"))


def image_bytes(folder: Path) -> dict[str, bytes]:
    return {path: (folder / path).read_bytes() for path in image_paths(folder)}


def start_process(folder: Path, num_images: int) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", DRAW_IN_OWN_PROCESS, str(folder), str(num_images)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Enough images for statistics; tests only read them."""
    return ensure_sample_set(replace(SURFACE_INSPECTION, num_images=96), tmp_path_factory.mktemp("samples"))


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return ensure_sample_set(SMALL, tmp_path)


def test_surface_inspection_is_as_described() -> None:
    assert SURFACE_INSPECTION.id == "surface-inspection"
    assert SURFACE_INSPECTION.class_names == ("dent", "ok", "scratch", "stain")
    assert SURFACE_INSPECTION.num_images == 240


def test_images_lie_in_class_folders(small: Path, tmp_path: Path) -> None:
    assert small == tmp_path / "surface-inspection"
    assert image_paths(small) == [
        f"{name}/{name}_{index:03d}.jpg" for name in ("dent", "ok", "scratch", "stain") for index in range(2)
    ]
    assert [path.name for path in tmp_path.iterdir()] == ["surface-inspection"]


def test_progress_counts_every_image(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    ensure_sample_set(SMALL, tmp_path, on_progress=lambda done, total: seen.append((done, total)))
    assert seen == [(done, 8) for done in range(1, 9)]


def test_two_drawings_have_the_same_bytes(small: Path, tmp_path: Path) -> None:
    first = image_bytes(small)
    second = image_bytes(ensure_sample_set(SMALL, tmp_path / "again"))
    assert first == second
    assert len(set(first.values())) == 8


def test_another_version_draws_other_images(small: Path, tmp_path: Path) -> None:
    other = image_bytes(ensure_sample_set(replace(SMALL, version=SMALL.version + 1), tmp_path / "other"))
    assert all(other[path] != content for path, content in image_bytes(small).items())


def test_images_are_colour_photos_of_several_sizes(drawn: Path) -> None:
    sizes = set()
    for path in drawn.rglob("*.jpg"):
        with Image.open(path) as image:
            assert (image.format, image.mode) == ("JPEG", "RGB")
            pixels = np.asarray(image)
        sizes.add(image.size)
        assert pixels.std() > 8, f"{path.name} is blank"
        assert 25 < pixels.mean() < 225, f"{path.name} is badly exposed"
    assert len(sizes) >= 4
    assert any(width > height for width, height in sizes)
    assert any(width < height for width, height in sizes)
    assert all(min(size) >= 240 and max(size) <= 480 for size in sizes)


def test_complete_set_is_left_alone(small: Path, tmp_path: Path) -> None:
    (small / "ok" / "ok_000.jpg").write_bytes(b"mine")

    seen: list[tuple[int, int]] = []
    assert ensure_sample_set(SMALL, tmp_path, on_progress=lambda done, total: seen.append((done, total))) == small
    assert seen == []
    assert (small / "ok" / "ok_000.jpg").read_bytes() == b"mine"


def remove_image(folder: Path) -> None:
    (folder / "stain" / "stain_001.jpg").unlink()


def empty_image(folder: Path) -> None:
    (folder / "dent" / "dent_000.jpg").write_bytes(b"")


def remove_marker(folder: Path) -> None:
    (folder / ".sample-set.json").unlink()


def break_marker(folder: Path) -> None:
    (folder / ".sample-set.json").write_text("{")


@pytest.mark.parametrize("damage", [remove_image, empty_image, remove_marker, break_marker])
def test_incomplete_set_is_drawn_again(damage: Callable[[Path], None], small: Path, tmp_path: Path) -> None:
    whole = image_bytes(small)
    damage(small)
    assert ensure_sample_set(SMALL, tmp_path) == small
    assert image_bytes(small) == whole
    assert [path.name for path in tmp_path.iterdir()] == ["surface-inspection"]


def test_set_of_an_older_version_is_replaced(small: Path, tmp_path: Path) -> None:
    old = image_bytes(small)
    (small / "ok" / "ok_999.jpg").write_bytes(b"an image that the new version does not have")
    newer = replace(SMALL, version=SMALL.version + 1)
    ensure_sample_set(newer, tmp_path)
    new = image_bytes(small)
    assert new.keys() == old.keys()
    assert not set(new.values()) & set(old.values())


def test_interruption_leaves_nothing(tmp_path: Path) -> None:
    done_so_far: list[int] = []
    with pytest.raises(InterruptedError):
        ensure_sample_set(
            SMALL,
            tmp_path,
            on_progress=lambda done, _: done_so_far.append(done),
            should_stop=lambda: len(done_so_far) == 3,
        )
    assert done_so_far == [1, 2, 3]
    assert list(tmp_path.iterdir()) == []


def test_interruption_keeps_the_older_set(small: Path, tmp_path: Path) -> None:
    old = image_bytes(small)
    with pytest.raises(InterruptedError):
        ensure_sample_set(replace(SMALL, version=SMALL.version + 1), tmp_path, should_stop=lambda: True)
    assert image_bytes(small) == old
    assert [path.name for path in tmp_path.iterdir()] == ["surface-inspection"]


def test_killed_process_leaves_nothing_half_written(tmp_path: Path) -> None:
    process = start_process(tmp_path, SURFACE_INSPECTION.num_images)
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "1\n"
        process.kill()
    assert not (tmp_path / SMALL.id).exists()
    assert len(image_paths(ensure_sample_set(SMALL, tmp_path))) == 8


def test_processes_at_once_do_not_disturb_each_other(tmp_path: Path) -> None:
    processes = [start_process(tmp_path, SMALL.num_images) for _ in range(3)]
    for process in processes:
        process.communicate(timeout=60)
    assert [process.returncode for process in processes] == [0, 0, 0]
    assert [path.name for path in tmp_path.iterdir()] == ["surface-inspection"]
    assert len(image_paths(tmp_path / SMALL.id)) == 8


def test_folders_of_killed_processes_are_removed(tmp_path: Path) -> None:
    abandoned, in_use = tmp_path / ".surface-inspection.0.tmp", tmp_path / ".surface-inspection.1.tmp"
    for folder in (abandoned, in_use):
        (folder / "ok").mkdir(parents=True)
    yesterday = time.time() - 24 * 3600
    os.utime(abandoned, (yesterday, yesterday))
    ensure_sample_set(SMALL, tmp_path)
    assert not abandoned.exists()
    assert in_use.exists()


@pytest.mark.parametrize("blocked", ["parent", "surface-inspection"])
def test_place_taken_by_a_file_is_the_users_to_solve(blocked: str, tmp_path: Path) -> None:
    folder = tmp_path / "parent"
    file = folder if blocked == "parent" else folder / blocked
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(b"not a folder")
    with pytest.raises(EngineError) as caught:
        ensure_sample_set(SMALL, folder)
    assert str(folder) in caught.value.message
    assert caught.value.hint
    assert file.read_bytes() == b"not a folder"


def test_class_without_drawing_is_a_bug() -> None:
    with pytest.raises(ValueError, match="rust"):
        draw_surface(np.random.default_rng(0), "rust", 0)


@pytest.mark.parametrize("class_name", ["dent", "scratch", "stain"])
def test_defect_changes_a_part_of_the_picture(class_name: str) -> None:
    changed = []
    for index in range(6):  # one of each material
        pair = [draw_surface(np.random.default_rng(index), name, index) for name in ("ok", class_name)]
        clean, defective = (np.asarray(image.convert("L"), np.float64) for image in pair)
        changed.append(np.mean(np.abs(defective - clean) > 12))
    assert all(0.001 < share < 0.5 for share in changed), changed


def color_features(path: Path) -> Features:
    """Mean and deviation of each channel, and an 8 x 8 x 8 histogram."""
    with Image.open(path) as image:
        pixels = np.asarray(image).reshape(-1, 3)
    bins = (pixels >> 5).astype(np.int64) @ np.array([64, 8, 1])
    histogram = np.bincount(bins, minlength=512) / len(bins)
    return np.concatenate([pixels.mean(axis=0) / 255, pixels.std(axis=0) / 255, np.sqrt(histogram)])


def held_out_accuracies(features: Features, labels: npt.NDArray[np.int64]) -> tuple[float, float]:
    """Accuracy on every other image of the nearest centroid and of 5 nearest neighbours from the rest."""
    train, held_out = slice(0, None, 2), slice(1, None, 2)
    classes = np.unique(labels)
    centroids = np.stack([features[train][labels[train] == label].mean(axis=0) for label in classes])
    to_centroids = np.linalg.norm(features[held_out][:, None] - centroids, axis=2)
    to_images = np.linalg.norm(features[held_out][:, None] - features[train], axis=2)
    neighbours = labels[train][np.argsort(to_images, axis=1)[:, :5]]
    votes = np.stack([(neighbours == label).sum(axis=1) for label in classes], axis=1)
    return (
        float(np.mean(classes[to_centroids.argmin(axis=1)] == labels[held_out])),
        float(np.mean(classes[votes.argmax(axis=1)] == labels[held_out])),
    )


def labelled_color_features(folder: Path, sample_set: SampleSet) -> tuple[Features, npt.NDArray[np.int64]]:
    paths = sorted(folder.rglob("*.jpg"))
    labels = np.array([sample_set.class_names.index(path.parent.name) for path in paths])
    return np.stack([color_features(path) for path in paths]), labels


def test_color_alone_does_not_tell_the_class(drawn: Path) -> None:
    features, labels = labelled_color_features(drawn, SURFACE_INSPECTION)
    summary = features[:, :6] / features[:, :6].std(axis=0)
    for name, chosen in {"mean and deviation": summary, "histogram": features[:, 6:]}.items():
        accuracies = held_out_accuracies(chosen, labels)
        assert max(accuracies) < 0.55, f"{name}: {accuracies}, chance is 0.25"
        # The check itself: a tint for each class would have been found.
        tinted = np.concatenate([chosen, 8 * np.eye(4)[labels]], axis=1)
        assert min(held_out_accuracies(tinted, labels)) > 0.9
