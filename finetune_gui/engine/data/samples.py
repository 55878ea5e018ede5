"""The sample data set that comes with the app: drawn by code on first use, so that nothing has to be downloaded."""

import contextlib
import errno
import json
import os
import shutil
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from finetune_gui.engine.data.sample_drawing import CLASS_NAMES, draw_surface
from finetune_gui.engine.errors import EngineError

_MARKER_NAME = ".sample-set.json"
_MAX_THREADS = 4
_ABANDONED_AFTER_S = 3600.0  # drawing takes seconds: a temporary folder this old is left from a killed process


@dataclass(frozen=True, kw_only=True)
class SampleSet:
    """A data set the app can draw by itself.

    Attributes:
        id: Name of its folder.
        title: Name to show.
        description: A sentence or two to show.
        class_names: One folder each.
        num_images: Number of images, the same for each class.
        version: Goes up when the drawing changes; a folder of another version is drawn anew.
    """

    id: str
    title: str
    description: str
    class_names: tuple[str, ...]
    num_images: int
    version: int = 1


SURFACE_INSPECTION = SampleSet(
    id="surface-inspection",
    title="Surface inspection",
    description=(
        "Photo-like pictures of metal parts from a factory line, drawn by the app: without a defect, scratched, dented "
        "or stained. Material, colour and light vary alike in every class."
    ),
    class_names=CLASS_NAMES,
    num_images=240,
)


@dataclass(frozen=True, kw_only=True)
class _Picture:
    class_index: int
    class_name: str
    index: int

    @property
    def path(self) -> Path:
        return Path(self.class_name, f"{self.class_name}_{self.index:03d}.jpg")


def ensure_sample_set(
    sample_set: SampleSet,
    folder: Path,
    *,
    on_progress: Callable[[int, int], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Path:
    """Draw a sample data set unless it is there already.

    It is drawn in a temporary folder beside its place and renamed at the end, so a kill leaves nothing half-written
    and several processes may do this at once.

    Args:
        sample_set: The data set.
        folder: Where its folder goes; made if missing.
        on_progress: Called in this thread with the number of images drawn and of all images.
        should_stop: Asked in this thread after each image.

    Returns:
        `folder / sample_set.id`, which holds `<class>/<class>_000.jpg` and so on.

    Raises:
        EngineError: The folder cannot be written.
        InterruptedError: `should_stop` returned True; nothing is left behind.
    """
    target = folder / sample_set.id
    if _is_complete(sample_set, target):
        return target
    temporary = _temporary_sibling(target)
    try:
        if target.is_file():
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
        temporary.mkdir(parents=True)
        _remove_abandoned(target)
        _draw_all(sample_set, temporary, on_progress, should_stop)
        _write_marker(sample_set, temporary)
        _move_into_place(sample_set, temporary, target)
    except InterruptedError:
        raise
    except OSError as error:
        raise EngineError(
            f"The sample images could not be saved in {folder}: {error.strerror or error}.",
            "Make room on the disk or choose a folder you may write to, then try again.",
        ) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return target


def _pictures(sample_set: SampleSet) -> Iterator[_Picture]:
    for class_index, class_name in enumerate(sample_set.class_names):
        for index in range(sample_set.num_images // len(sample_set.class_names)):
            yield _Picture(class_index=class_index, class_name=class_name, index=index)


def _marker(sample_set: SampleSet) -> dict[str, object]:
    return {"id": sample_set.id, "version": sample_set.version, "num_images": sample_set.num_images}


def _write_marker(sample_set: SampleSet, folder: Path) -> None:
    (folder / _MARKER_NAME).write_text(json.dumps(_marker(sample_set)), encoding="utf-8")


def _is_complete(sample_set: SampleSet, folder: Path) -> bool:
    """Whether the folder is of this version and none of its images is missing or empty."""
    try:
        marker = json.loads((folder / _MARKER_NAME).read_text(encoding="utf-8"))
        return marker == _marker(sample_set) and all(
            (folder / picture.path).stat().st_size for picture in _pictures(sample_set)
        )
    except (OSError, ValueError):
        return False


def _draw_all(
    sample_set: SampleSet,
    folder: Path,
    on_progress: Callable[[int, int], None] | None,
    should_stop: Callable[[], bool] | None,
) -> None:
    pictures = list(_pictures(sample_set))
    for class_name in sample_set.class_names:
        (folder / class_name).mkdir()
    pool = ThreadPoolExecutor(min(_MAX_THREADS, os.cpu_count() or 1), thread_name_prefix="sample-drawing")
    try:
        futures = [pool.submit(_draw_one, sample_set, picture, folder) for picture in pictures]
        for done, future in enumerate(as_completed(futures), start=1):
            if should_stop is not None and should_stop():
                raise InterruptedError("drawing of the sample images was stopped")
            future.result()
            if on_progress is not None:
                on_progress(done, len(pictures))
    finally:
        # Also after an error: no thread may write into the folder once it is about to be removed.
        pool.shutdown(cancel_futures=True)


def _draw_one(sample_set: SampleSet, picture: _Picture, folder: Path) -> None:
    rng = np.random.default_rng([sample_set.version, picture.class_index, picture.index])
    image = draw_surface(rng, picture.class_name, picture.index)
    image.save(folder / picture.path, quality=int(rng.integers(74, 93)))


def _temporary_sibling(target: Path) -> Path:
    return target.with_name(f".{target.name}.{uuid.uuid4().hex[:12]}.tmp")


def _remove_abandoned(target: Path) -> None:
    """Remove temporary folders that a killed process left behind."""
    for folder in target.parent.glob(f".{target.name}.*.tmp"):
        with contextlib.suppress(OSError):  # another process removed it first
            if time.time() - folder.stat().st_mtime > _ABANDONED_AFTER_S:
                shutil.rmtree(folder, ignore_errors=True)


def _move_into_place(sample_set: SampleSet, temporary: Path, target: Path) -> None:
    """Rename the drawn folder to its place; another process that was first keeps its own, which is the same."""
    with contextlib.suppress(OSError):
        temporary.rename(target)
        return
    if _is_complete(sample_set, target):
        return
    outdated = _temporary_sibling(target)
    with contextlib.suppress(FileNotFoundError):
        target.rename(outdated)  # a folder that is not empty cannot be replaced in one step
    try:
        temporary.rename(target)
    except OSError:
        if not _is_complete(sample_set, target):
            raise
    finally:
        shutil.rmtree(outdated, ignore_errors=True)
