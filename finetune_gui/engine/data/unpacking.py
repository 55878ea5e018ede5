"""What of an archive is still to be unpacked. The workers that examine an image write its file in the same pass."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from finetune_gui.engine.data.archive import (
    Member,
    is_unpacked,
    list_members,
    mark_unpacked,
    require_space,
    unpacked_root,
)
from finetune_gui.engine.data.dataset import Dataset
from finetune_gui.engine.data.store import DataStore
from finetune_gui.engine.errors import EngineError


@dataclass(frozen=True, slots=True)
class Todo:
    """An image that has to be examined."""

    path: str
    num_bytes: int
    member: Member | None = None  # of the archive, if it has to be unpacked


@dataclass(frozen=True, kw_only=True)
class Unpacking:
    """An archive that has to be unpacked, wholly or in part."""

    archive: Path
    root: Path  # of the archive's own paths
    data_root: Path  # of the paths of the samples: perhaps a folder in the archive
    store: DataStore
    resumed: bool

    @classmethod
    def of(cls, dataset: Dataset, store: DataStore) -> "Unpacking | None":
        """What is left to do for a data set; None for one that is no archive, or is unpacked.

        Raises:
            EngineError: The archive has changed since it was scanned.
        """
        if not (dataset.source.is_file() and dataset.root.is_relative_to(store.unpacked_dir)):
            return None  # a folder, or a table in one
        root = unpacked_root(dataset.source, store)
        if not dataset.root.is_relative_to(root):
            raise EngineError(f"{dataset.source} has changed since it was looked through.", "Open it again.")
        if is_unpacked(root):
            return None
        return cls(archive=dataset.source, root=root, data_root=dataset.root, store=store, resumed=root.exists())

    def todo(self, paths: Iterable[str]) -> list[Todo]:
        """What to unpack, in the order of the archive; makes the folders."""
        members = {member.path: member for member in list_members(self.archive)[0]}
        inner = self.data_root.relative_to(self.root).as_posix()
        prefix = "" if inner == "." else f"{inner}/"
        todo = [Todo(path, members[prefix + path].num_bytes, members[prefix + path]) for path in paths]
        require_space(self.archive, sum(image.num_bytes for image in todo), self.store)
        self._make_folders(todo)
        return sorted(todo, key=lambda image: image.member.offset if image.member else 0)

    def _make_folders(self, todo: Iterable[Todo]) -> None:
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
