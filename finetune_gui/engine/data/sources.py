"""What a person names as data: one folder, table or archive; or several folders that are one class each."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from finetune_gui.engine.errors import EngineError


@dataclass(frozen=True, kw_only=True)
class NamedData:
    """The fields of ``DataConfig`` that say where the images are."""

    path: str
    class_folders: tuple[str, ...] = ()


def name_data(paths: Sequence[str | Path]) -> NamedData:
    """One path stands for itself; several are one class each, and lie below their common parent.

    Raises:
        EngineError: Several paths that are not all folders, or that have no parent in common.
    """
    if len(paths) == 1:
        return NamedData(path=str(paths[0]))
    folders = [Path(path).absolute() for path in paths]
    for folder in folders:
        if not folder.is_dir():
            raise EngineError(
                f"{folder} is not a folder.",
                "Give one folder, table or zip; or several folders that are one class each.",
            )
    try:
        parent = os.path.commonpath([folder.parent for folder in folders])
    except ValueError as error:  # Windows: they lie on two drives
        raise EngineError(
            "The class folders lie on different drives.", "Put them into one folder, then choose that."
        ) from error
    return NamedData(path=parent, class_folders=tuple(dict.fromkeys(map(str, folders))))
