"""Data sets as plain data, for tests of what is computed from them."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from finetune_gui.engine.config import DataConfig, SplitName
from finetune_gui.engine.data.dataset import Dataset, Sample
from finetune_gui.engine.data.facts import ImageFacts, Inspection

Part = SplitName | None


def made_dataset(counts: Mapping[str, int], *, split: Part = None, root: Path = Path("/made")) -> Dataset:
    """``a/0.jpg``, ``a/1.jpg`` and so on for each class."""
    names = tuple(counts)
    samples = tuple(
        Sample(f"{name}/{index}.jpg", label, split) for label, name in enumerate(names) for index in range(counts[name])
    )
    return Dataset(source=root, root=root, layout="class_folders", class_names=names, samples=samples)


def made_facts(path: str, **changes: object) -> ImageFacts:
    """An ordinary photo, each with a digest of its own."""
    facts = {"num_bytes": 9, "mtime_ns": 1, "digest": path.encode(), "format": "JPEG", "mode": "RGB"}
    # Sizes differ from image to image, as photos of many cameras do; else each class would be told by its size.
    number = sum(path.encode())
    return ImageFacts(**(facts | {"width": 300 + number % 7, "height": 200 + number % 5} | changes))  # type: ignore[arg-type]


def made_inspection(
    dataset: Dataset,
    changes: Mapping[str, Mapping[str, object]] | None = None,
    *,
    copies: Sequence[tuple[str, ...]] = (),
    look_alikes: Sequence[tuple[str, ...]] = (),
) -> Inspection:
    """Facts of all images; ``changes`` by path."""
    facts = {sample.path: made_facts(sample.path, **(changes or {}).get(sample.path, {})) for sample in dataset.samples}
    for group in copies:
        facts |= {path: made_facts(path, digest=group[0].encode()) for path in group}
    return Inspection(dataset=dataset, facts=facts, copies=tuple(copies), look_alikes=tuple(look_alikes))


def made_config(**changes: object) -> DataConfig:
    """Of a folder that need not be there."""
    return DataConfig(path="/made", **changes)  # type: ignore[arg-type]
