"""Finds out all that is to be known of the images of a data set, reading and decoding each file once.

What was found out before is believed while path, size and time of a file are the same (``fact_cache.py``). The rest is
examined by worker processes (``examine.py``, ``parallel.py``), which for an archive also write the files.
"""

import hashlib
import os
from collections import defaultdict
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from concurrent.futures import Executor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from finetune_gui.engine.data import look_alikes, parallel
from finetune_gui.engine.data.archive import (
    Member,
    is_unpacked,
    list_members,
    mark_unpacked,
    require_space,
    unpacked_root,
)
from finetune_gui.engine.data.dataset import Dataset
from finetune_gui.engine.data.examine import Job, examine_packed, prepare_worker, unpack_facts
from finetune_gui.engine.data.fact_cache import FactCache
from finetune_gui.engine.data.facts import ImageFacts, Inspection, InspectionAdvanced, Stage
from finetune_gui.engine.data.store import DataStore
from finetune_gui.engine.errors import EngineError

Steps = Generator[InspectionAdvanced, None, dict[str, ImageFacts]]
Groups = tuple[tuple[str, ...], ...]

_JOB_IMAGES = 200
_JOB_BYTES = 8 * 1024 * 1024  # about a second's work: so often progress is told and a wish to stop is seen
_FEW_IMAGES = 1500  # fewer are examined before worker processes would have started
_REMEMBER_IMAGES = 5000  # at once


class InspectionStopped(Exception):  # noqa: N818 (a wish of the user, not an error)
    """The user cancelled the inspection. What was found out is kept for the next one."""


@dataclass(frozen=True, slots=True)
class _Todo:
    """An image that has to be examined."""

    path: str
    num_bytes: int
    member: Member | None = None  # of the archive, if it has to be unpacked


def inspect_in_steps(
    dataset: Dataset,
    store: DataStore,
    *,
    num_workers: int | None = None,
    should_stop: Callable[[], bool] = lambda: False,
) -> Generator[InspectionAdvanced, None, Inspection]:
    """Examine every image of a data set, and find copies and look-alikes. Unpacks an archive first.

    Args:
        dataset: What a scan found.
        store: Where facts are kept, and archives unpacked.
        num_workers: Processes or threads; by default one for each processor.
        should_stop: Polled; when true the inspection ends with ``InspectionStopped``.

    Yields:
        How far it is.

    Raises:
        EngineError: The archive cannot be read or unpacked.
        InspectionStopped: ``should_stop`` said so.
    """
    workers = num_workers or parallel.default_num_workers()
    with FactCache(store.facts_file) as cache:
        facts = yield from _all_facts(dataset, store, cache, workers, should_stop)
        yield InspectionAdvanced(stage="comparing", done=0, total=len(facts))
        copies = _copies(facts)
        alike = _look_alikes(facts, copies, cache, should_stop)
        if should_stop():
            raise InspectionStopped
        yield InspectionAdvanced(stage="comparing", done=len(facts), total=len(facts))
    return Inspection(dataset=dataset, facts=facts, copies=copies, look_alikes=alike)


def _all_facts(
    dataset: Dataset, store: DataStore, cache: FactCache, num_workers: int, should_stop: Callable[[], bool]
) -> Steps:
    """Facts of each sample in the order of the samples, remembered or new."""
    paths = list(dict.fromkeys(sample.path for sample in dataset.samples))
    unpacking = _Unpacking.of(dataset, store)
    known = {} if unpacking else _still_true(dataset.root, paths, cache.known(dataset.root))
    cache.touch(dataset.root)
    missing = [path for path in paths if path not in known]
    if missing:
        with _executor(len(missing), num_workers) as executor:  # worker processes start while todo is made
            todo = (
                unpacking.todo(missing) if unpacking else [_Todo(path, _size(dataset.root / path)) for path in missing]
            )
            jobs = _spread([_job(dataset.root, part, unpacking) for part in _parts(todo)], num_workers)
            results = parallel.run_jobs(
                examine_packed, jobs, executor, parallel.num_in_flight(num_workers), should_stop
            )
            stage: Stage = "unpacking" if unpacking else "checking"
            known.update((yield from _examined(results, dataset.root, cache, stage, len(known), len(paths))))
        if should_stop():
            raise InspectionStopped
    if unpacking:
        unpacking.done()
    return {path: known[path] for path in paths}


def _still_true(root: Path, paths: Iterable[str], known: Mapping[str, ImageFacts]) -> dict[str, ImageFacts]:
    """The remembered facts of files that have not changed since."""
    if not known:
        return {}
    true: dict[str, ImageFacts] = {}
    base = f"{root}{os.sep}"  # joining Paths would take longer than asking the disk
    for path in paths:
        facts = known.get(path)
        if facts is None:
            continue
        try:
            status = os.stat(base + path)
        except (OSError, ValueError):
            continue
        if status.st_size == facts.num_bytes and status.st_mtime_ns == facts.mtime_ns:
            true[path] = facts
    return true


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except (OSError, ValueError):
        return 0


def _parts(todo: Iterable[_Todo]) -> Iterator[list[_Todo]]:
    """Cut the work into pieces of about a second at most."""
    part: list[_Todo] = []
    num_bytes = 0
    for image in todo:
        if part and (len(part) == _JOB_IMAGES or num_bytes + image.num_bytes > _JOB_BYTES):
            yield part
            part, num_bytes = [], 0
        part.append(image)
        num_bytes += image.num_bytes
    if part:
        yield part


def _job(root: Path, part: list[_Todo], unpacking: "_Unpacking | None") -> Job:
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


@dataclass(frozen=True, kw_only=True)
class _Unpacking:
    """An archive that has to be unpacked, wholly or in part."""

    archive: Path
    root: Path  # of the archive's own paths
    data_root: Path  # of the paths of the samples: perhaps a folder in the archive
    store: DataStore
    resumed: bool

    @classmethod
    def of(cls, dataset: Dataset, store: DataStore) -> "_Unpacking | None":
        if not (dataset.source.is_file() and dataset.root.is_relative_to(store.unpacked_dir)):
            return None  # a folder, or a table in one
        root = unpacked_root(dataset.source, store)
        if not dataset.root.is_relative_to(root):
            raise EngineError(f"{dataset.source} has changed since it was looked through.", "Open it again.")
        if is_unpacked(root):
            return None
        return cls(archive=dataset.source, root=root, data_root=dataset.root, store=store, resumed=root.exists())

    def todo(self, paths: Iterable[str]) -> list[_Todo]:
        """What to unpack, in the order of the archive; makes the folders."""
        members = {member.path: member for member in list_members(self.archive)[0]}
        inner = self.data_root.relative_to(self.root).as_posix()
        prefix = "" if inner == "." else f"{inner}/"
        todo = [_Todo(path, members[prefix + path].num_bytes, members[prefix + path]) for path in paths]
        require_space(self.archive, sum(image.num_bytes for image in todo), self.store)
        self._make_folders(todo)
        return sorted(todo, key=lambda image: image.member.offset if image.member else 0)

    def _make_folders(self, todo: Iterable[_Todo]) -> None:
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            for folder in {image.path.rpartition("/")[0] for image in todo}:
                (self.data_root / folder).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise EngineError(
                f"The archive could not be unpacked to {self.root}: {error.strerror or error}.",
                "Free some space on that disk, or unpack the archive yourself and choose its folder.",
            ) from error

    def done(self) -> None:
        """All is there; next time it is a folder like any other."""
        mark_unpacked(self.root)


def _copies(facts: Mapping[str, ImageFacts]) -> Groups:
    same: defaultdict[bytes, list[str]] = defaultdict(list)
    for path, fact in facts.items():
        if not fact.error:
            same[fact.digest].append(path)
    return tuple(tuple(group) for group in same.values() if len(group) > 1)


def _look_alikes(
    facts: Mapping[str, ImageFacts], copies: Groups, cache: FactCache, should_stop: Callable[[], bool]
) -> Groups:
    """Groups by their looks; copies of pictures that are too even to have one are groups too."""
    paths = [path for path, fact in facts.items() if fact.look]
    looks = [facts[path].look for path in paths]
    digest = hashlib.blake2b(b"".join(looks), digest_size=16).digest()
    groups = cache.groups(digest)
    if groups is None:
        groups = look_alikes.group_look_alikes(looks, should_stop)
        if not should_stop():
            cache.remember_groups(digest, groups)
    even = (group for group in copies if not facts[group[0]].look)
    return (*(tuple(paths[index] for index in group) for group in groups), *even)
