"""What other settings of the split would make of a data set. Computed off the GUI thread."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from finetune_gui.engine.config import SPLIT_NAMES, DataConfig, SplitName
from finetune_gui.engine.data.arrange import Arranged
from finetune_gui.engine.data.dataset import Sample
from finetune_gui.engine.data.split import SplitRules, group_key, split_dataset
from finetune_gui.engine.data.split_memory import SplitMemory
from finetune_gui.engine.data.store import DataStore

MOST_EXAMPLES = 3


@dataclass(frozen=True, kw_only=True)
class SplitPreview:
    """The outcome.

    Attributes:
        counts: Images of each part.
        num_groups: Groups of two or more images that the file-name pattern finds.
        num_grouped: Images in them.
        examples: What the pattern finds in the names of the largest groups.
    """

    counts: dict[SplitName, int]
    num_groups: int = 0
    num_grouped: int = 0
    examples: tuple[str, ...] = ()


def preview_split(arranged: Arranged, config: DataConfig, seed: int, store: DataStore) -> SplitPreview:
    """Divide as a run with these settings would."""
    memory = SplitMemory(store, arranged.inspection.dataset.source, config, seed)
    split = split_dataset(
        arranged.dataset,
        SplitRules(
            val_split=config.val_split,
            test_split=config.test_split,
            seed=seed,
            group_pattern=config.group_pattern,
            groups=arranged.inspection.look_alikes if config.group_look_alikes else (),
            remembered=memory.recall(),
            moved=config.edits.moved,
        ),
    )
    groups = _groups(arranged.dataset.samples, config.group_pattern)
    return SplitPreview(
        counts={name: len(split.part(name)) for name in SPLIT_NAMES},
        num_groups=len(groups),
        num_grouped=sum(groups.values()),
        examples=tuple(sorted(groups, key=lambda key: -groups[key])[:MOST_EXAMPLES]),
    )


def _groups(samples: Iterable[Sample], pattern: str) -> dict[str, int]:
    """Sizes of the groups of two or more images, by what the pattern finds."""
    if not pattern:
        return {}
    compiled = re.compile(pattern)
    sizes: dict[str, int] = defaultdict(int)
    for sample in samples:
        if key := group_key(compiled, sample.path):
            sizes[key] += 1
    return {key: size for key, size in sizes.items() if size > 1}
