"""Examines many images, by worker processes or threads, and keeps what they find.

Importing what starts processes, decodes and compares takes longer than an inspection that finds nothing new: so this is
imported once something is.
"""

import os
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Executor
from contextlib import AbstractContextManager
from pathlib import Path

from finetune_gui.engine.data import parallel
from finetune_gui.engine.data.examine import Job, examine_packed, prepare_worker, unpack_facts
from finetune_gui.engine.data.fact_cache import FactCache
from finetune_gui.engine.data.facts import ImageFacts, InspectionAdvanced, Stage
from finetune_gui.engine.data.long_paths import long_path
from finetune_gui.engine.data.unpacking import Todo, Unpacking

Steps = Generator[InspectionAdvanced, None, dict[str, ImageFacts]]

_JOB_IMAGES = 200
_JOB_BYTES = 8 * 1024 * 1024  # about a second's work: so often progress is told and a wish to stop is seen
_FEW_IMAGES = 1500  # fewer are examined before worker processes would have started
_REMEMBER_IMAGES = 5000  # at once


def examine_in_steps(
    paths: list[str],
    root: Path,
    unpacking: Unpacking | None,
    cache: FactCache,
    num_workers: int | None,
    should_stop: Callable[[], bool],
    num_known: int,
) -> Steps:
    """Facts of images that nothing is known of; written down also where it is stopped half way.

    Args:
        paths: Of the images, below ``root``.
        root: Of the data set.
        unpacking: Where they have to be unpacked first.
        cache: Where facts are written down.
        num_workers: Processes or threads; None: one for each processor.
        should_stop: Polled; when true it ends with what was found so far.
        num_known: Images that need not be examined; they count as done.
    """
    workers = num_workers or parallel.default_num_workers()
    with _executor(len(paths), workers) as executor:  # worker processes start while todo is made
        todo = unpacking.todo(paths) if unpacking else [Todo(path, _size(root, path)) for path in paths]
        jobs = _spread([_job(root, part, unpacking) for part in _parts(todo)], workers)
        results = parallel.run_jobs(examine_packed, jobs, executor, parallel.num_in_flight(workers), should_stop)
        stage: Stage = "unpacking" if unpacking else "checking"
        return (yield from _examined(results, root, cache, stage, num_known, num_known + len(paths)))


def _size(root: Path, path: str) -> int:
    try:
        return os.stat(long_path(os.path.join(root, path))).st_size
    except (OSError, ValueError):
        return 0


def _parts(todo: Iterable[Todo]) -> Iterator[list[Todo]]:
    """Cut the work into pieces of about a second at most."""
    part: list[Todo] = []
    num_bytes = 0
    for image in todo:
        if part and (len(part) == _JOB_IMAGES or num_bytes + image.num_bytes > _JOB_BYTES):
            yield part
            part, num_bytes = [], 0
        part.append(image)
        num_bytes += image.num_bytes
    if part:
        yield part


def _job(root: Path, part: list[Todo], unpacking: Unpacking | None) -> Job:
    paths = tuple(image.path for image in part)
    if unpacking is None:
        return Job(root=str(root), paths=paths)
    members = tuple(image.member for image in part if image.member is not None)
    return Job(root=str(root), paths=paths, archive=str(unpacking.archive), members=members, resumed=unpacking.resumed)


def _spread(jobs: list[Job], num_workers: int) -> list[Job]:
    """Let each worker begin elsewhere: two that make files in one folder wait for each other."""
    stretch = -(-len(jobs) // num_workers)
    return [job for start in range(stretch) for job in jobs[start::stretch]]


def _examined(results: Iterator[bytes], root: Path, cache: FactCache, stage: Stage, done: int, total: int) -> Steps:
    """Collect what the workers find, and keep it even if they are stopped half way."""
    yield InspectionAdvanced(stage=stage, done=done, total=total)
    found: dict[str, ImageFacts] = {}
    unsaved: dict[str, ImageFacts] = {}
    try:
        for packed in results:
            unsaved.update(unpack_facts(packed))
            if len(unsaved) >= _REMEMBER_IMAGES:
                cache.remember(root, unsaved)
                found.update(unsaved)
                unsaved.clear()
            yield InspectionAdvanced(stage=stage, done=done + len(found) + len(unsaved), total=total)
    finally:
        cache.remember(root, unsaved)
    return found | unsaved


def _executor(num_images: int, num_workers: int) -> AbstractContextManager[Executor]:
    if num_images >= _FEW_IMAGES and num_workers > 1:
        return parallel.process_pool(num_workers, prepare_worker)
    return parallel.thread_pool(num_workers)
