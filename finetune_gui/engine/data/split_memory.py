"""Where images went before, so that adding images moves no old one.

Without it, a validation image of yesterday's run could be learnt from today, and two runs could not be compared.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from finetune_gui.engine.config import SPLIT_NAMES, DataConfig, SplitName
from finetune_gui.engine.data.split import Split
from finetune_gui.engine.data.store import DataStore
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.files import read_json, write_json

SCHEMA_VERSION = 1


class SplitMemory:
    """The parts that the images of one data set were put into, for one seed and one way to divide."""

    def __init__(self, store: DataStore, source: Path, config: DataConfig, seed: int) -> None:
        rules = (config.val_split, config.test_split, config.group_pattern, config.group_look_alikes, seed)
        key = hashlib.sha256(repr((str(source), config.class_folders, *rules)).encode(errors="surrogateescape"))
        self._file = store.splits_dir / f"{key.hexdigest()[:24]}.json"
        self._source = source

    def recall(self) -> dict[str, SplitName]:
        """The part of each image that was ever divided; a memory that cannot be read is none."""
        if not self._file.is_file():
            return {}
        try:
            plain: dict[str, Any] = read_json(self._file)
            return {str(path): name for name in SPLIT_NAMES for path in plain[name]}
        except (EngineError, KeyError, TypeError):
            return {}

    def remember(self, split: Split, moved: Mapping[str, SplitName]) -> None:
        """Add what was divided; what the user moved by hand is kept with the run's settings and not here.

        Raises:
            EngineError: The folder of the app cannot be written to.
        """
        before = self.recall()
        now = before | {path: part for path, part in split.parts().items() if path not in moved}
        if now == before:
            return
        plain: dict[str, Any] = {"schema_version": SCHEMA_VERSION, "source": str(self._source)}
        plain |= {name: [path for path, part in now.items() if part == name] for name in SPLIT_NAMES}
        write_json(self._file, plain)
