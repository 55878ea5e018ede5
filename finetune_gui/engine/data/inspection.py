"""Finds out all that is to be known of the images of a data set, reading and decoding each file once.

What was found out before is believed while path, size and time of a file are the same (``fact_cache.py``). The rest is
examined by worker processes (``examination.py``), which for an archive also write the files.
"""

import hashlib
import os
from collections import defaultdict
from collections.abc import Callable, Generator, Iterable, Mapping
from pathlib import Path

from finetune_gui.engine.data.dataset import Dataset
from finetune_gui.engine.data.fact_cache import FactCache
from finetune_gui.engine.data.facts import ImageFacts, Inspection, InspectionAdvanced
from finetune_gui.engine.data.long_paths import long_path
from finetune_gui.engine.data.store import DataStore
from finetune_gui.engine.data.unpacking import Unpacking

Steps = Generator[InspectionAdvanced, None, dict[str, ImageFacts]]
Groups = tuple[tuple[str, ...], ...]


class InspectionStopped(Exception):  # noqa: N818 (a wish of the user, not an error)
    """The user cancelled the inspection. What was found out is kept for the next one."""


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
    with FactCache(store.facts_file) as cache:
        facts = yield from _all_facts(dataset, store, cache, num_workers, should_stop)
        yield InspectionAdvanced(stage="comparing", done=0, total=len(facts))
        copies = _copies(facts)
        alike = _look_alikes(facts, copies, cache, should_stop)
        if should_stop():
            raise InspectionStopped
        yield InspectionAdvanced(stage="comparing", done=len(facts), total=len(facts))
    return Inspection(dataset=dataset, facts=facts, copies=copies, look_alikes=alike)


def _all_facts(
    dataset: Dataset, store: DataStore, cache: FactCache, num_workers: int | None, should_stop: Callable[[], bool]
) -> Steps:
    """Facts of each sample in the order of the samples, remembered or new."""
    unpacking = Unpacking.of(dataset, store)
    if unpacking is None:
        return (yield from _facts(dataset, None, cache, num_workers, should_stop))
    with unpacking.turn() as is_ours:
        while not is_ours():
            if should_stop():
                raise InspectionStopped
            yield InspectionAdvanced(stage="unpacking", done=0, total=len(dataset.samples))
        unpacking = Unpacking.of(dataset, store)  # another inspection may have done it meanwhile
        facts = yield from _facts(dataset, unpacking, cache, num_workers, should_stop)
        if unpacking:
            unpacking.done()
    return facts


def _facts(
    dataset: Dataset,
    unpacking: Unpacking | None,
    cache: FactCache,
    num_workers: int | None,
    should_stop: Callable[[], bool],
) -> Steps:
    paths = list(dict.fromkeys(sample.path for sample in dataset.samples))
    known = {} if unpacking else _still_true(dataset.root, paths, cache.known(dataset.root))
    cache.touch(dataset.root)
    missing = [path for path in paths if path not in known]
    if missing:
        from finetune_gui.engine.data.examination import examine_in_steps  # see there

        examining = examine_in_steps(missing, dataset.root, unpacking, cache, num_workers, should_stop, len(known))
        known.update((yield from examining))
        if should_stop():
            raise InspectionStopped
    return {path: known[path] for path in paths}


def _still_true(root: Path, paths: Iterable[str], known: Mapping[str, ImageFacts]) -> dict[str, ImageFacts]:
    """The remembered facts of files that have not changed since."""
    if not known:
        return {}
    true: dict[str, ImageFacts] = {}
    base = f"{root}{os.sep}"  # joining paths by more than that would take longer than asking the disk
    for path in paths:
        facts = known.get(path)
        if facts is None:
            continue
        try:
            status = os.stat(long_path(base + path))
        except (OSError, ValueError):
            continue
        if status.st_size == facts.num_bytes and status.st_mtime_ns == facts.mtime_ns:
            true[path] = facts
    return true


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
        from finetune_gui.engine.data.look_alikes import group_look_alikes  # it imports numpy

        groups = group_look_alikes(looks, should_stop)
        if not should_stop():
            cache.remember_groups(digest, groups)
    even = (group for group in copies if not facts[group[0]].look)
    return (*(tuple(paths[index] for index in group) for group in groups), *even)
