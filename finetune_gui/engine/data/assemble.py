"""From the names that were listed to a data set: by folders, or by a table of labels."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from finetune_gui.engine.config import ClassLevel
from finetune_gui.engine.data.dataset import Dataset, Ignored, Sample, natural_key
from finetune_gui.engine.data.layout import FolderLayout, is_generic, read_layout, split_named
from finetune_gui.engine.data.listing import Listing, join
from finetune_gui.engine.data.table import ImageIndex, Labels, match_images, read_table
from finetune_gui.engine.errors import EngineError

MOST_TABLES = 20  # more than that belong to single images


@dataclass(frozen=True, kw_only=True)
class Listed:
    """What there is to make a data set of.

    Attributes:
        source: What the user chose.
        root: That the paths of the listing are relative to.
        listing: Of the names.
        read: Gives the content of a file of the listing.
    """

    source: Path
    root: Path
    listing: Listing
    read: Callable[[str], bytes]


def assemble(listed: Listed, level: ClassLevel) -> Dataset:
    """By folders where these are classes; else by a table of labels, if there is one.

    Raises:
        EngineError: There are no images, they are not sorted into classes, or the table has a fault.
    """
    listing = listed.listing
    if not listing.num_images:
        raise _no_images(listed)
    layout = read_layout(listing.folders, level)
    if not _sorts_into_classes(layout) and (found := _find_table(listed, layout)) is not None:
        return assemble_by_table(listed, *found)
    return assemble_by_folders(listed, layout)


def assemble_by_folders(listed: Listed, layout: FolderLayout) -> Dataset:
    """Every folder says what its images are.

    Raises:
        EngineError: There are no images in folders that are classes.
    """
    listing, names = listed.listing, layout.class_names()
    if not listing.num_images:
        raise _no_images(listed)
    if not names or (layout.kind == "class_folders" and all(split_named(name) for name in names)):
        raise _unsorted(listed)
    labels = _labels(names)
    samples: list[Sample] = []
    for folder, place in ((folder, layout.places.get(folder)) for folder in listing.folders):
        if place is not None:
            inner = folder[len(layout.root) :].lstrip("/")
            label, split = labels[place.class_name], place.split
            samples.extend(Sample(f"{inner}/{name}", label, split) for name in listing.folders[folder])
    return Dataset(
        source=listed.source,
        root=listed.root / layout.root,
        layout=layout.kind,
        class_names=tuple(labels),
        samples=tuple(samples),
        ignored=_ignored(listing, no_class=listing.num_images - len(samples), not_image=len(listing.tables)),
        denied=tuple(listing.denied),
        nested=layout.nested,
    )


def assemble_by_table(listed: Listed, table: str, found: Labels) -> Dataset:
    """A table says what the images are."""
    listing = listed.listing
    labels = _labels({entry.label for entry in found.entries.values()})
    return Dataset(
        source=listed.source,
        root=listed.root,
        layout="table",
        class_names=tuple(labels),
        samples=tuple(
            Sample(path, labels[entry.label], entry.split, entry.group)
            for path in _paths(listing)
            if (entry := found.entries.get(path)) is not None
        ),
        ignored=_ignored(
            listing,
            not_in_table=listing.num_images - len(found.entries),
            not_image=sum(other != table for other in listing.tables),
        ),
        missing=found.missing,
        denied=tuple(listing.denied),
    )


def labels_of_table(listed: Listed, table: str, images: ImageIndex) -> Labels:
    """Read a table and find its images.

    Raises:
        EngineError: It has a fault, or names no image that is there.
    """
    found = match_images(read_table(listed.read(table), table, images), table, images)
    if not found.entries:
        first = f", such as '{found.missing[0]}'" if found.missing else ""
        raise EngineError(
            f"None of the {len(found.missing)} files that {table} names is in {listed.root}{first}.",
            "Put the table into the folder that holds the images.",
        )
    return found


def index_images(listing: Listing) -> ImageIndex:
    """To find images by what a table calls them."""
    return ImageIndex(_paths(listing))


def count_classes(listing: Listing, layout: FolderLayout) -> dict[str, int]:
    """Images of each class, as far as they are listed."""
    counts: Counter[str] = Counter()
    for folder, names in listing.folders.items():
        if (place := layout.places.get(folder)) is not None:
            counts[place.class_name] += len(names)
    return {name: counts[name] for name in _labels(counts)}


def _sorts_into_classes(layout: FolderLayout) -> bool:
    """Whether the folders are classes, and not just ``images``, or ``train`` and ``test`` without classes in them."""
    names = layout.class_names()
    return len(names) > 1 and not all(is_generic(name) or split_named(name) for name in names)


def _find_table(listed: Listed, layout: FolderLayout) -> tuple[str, Labels] | None:
    """The one table of the outermost that names images; what is wrong with it, if it is all there is to go by."""
    images = index_images(listed.listing)
    found: list[tuple[str, Labels]] = []
    faults: list[EngineError] = []
    candidates = _outermost(listed.listing.tables)
    for table in candidates if len(candidates) <= MOST_TABLES else ():
        try:
            found.append((table, labels_of_table(listed, table, images)))
        except EngineError as error:
            faults.append(error)
    if len(found) > 1:
        raise EngineError(
            f"{listed.source} holds {len(found)} tables that name its images: {', '.join(t for t, _ in found[:5])}.",
            "Choose the table itself in place of the folder.",
        )
    if not found and len(faults) == 1 and len(layout.class_names()) < 2:
        raise faults[0]
    return found[0] if found else None


def _outermost(paths: Iterable[str]) -> list[str]:
    depths = {path: path.count("/") for path in paths}
    return [path for path, depth in depths.items() if depth == min(depths.values())]


def _paths(listing: Listing) -> Iterable[str]:
    return (join(folder, name) for folder, names in listing.folders.items() for name in names)


def _labels(names: Iterable[str]) -> dict[str, int]:
    """The index of each class, in natural order."""
    return {name: label for label, name in enumerate(sorted(names, key=lambda name: (natural_key(name), name)))}


def _ignored(listing: Listing, **more: int) -> Mapping[Ignored, int]:
    ignored = Counter(listing.ignored)
    ignored.update(more)  # type: ignore[arg-type] # keywords are strings, whatever they say
    return {reason: count for reason, count in ignored.items() if count > 0}


def _no_images(listed: Listed) -> EngineError:
    source, listing = listed.source, listed.listing
    hint = "Choose a folder that holds one folder of images per class."
    num_archives = listing.ignored["nested_archive"]
    if num_archives:
        return EngineError(f"{source} holds archives ({num_archives}), but no images.", "Unpack them, or choose one.")
    if listing.denied:
        return EngineError(
            f"Nothing in {source} may be read, beginning with {listing.denied[0]}.", "Change the permissions."
        )
    num_files = listing.ignored.total() + len(listing.tables)
    if num_files:
        return EngineError(f"{source} holds {num_files} files, but no images in class folders.", hint)
    return EngineError(f"{source} is empty.", hint)


def _unsorted(listed: Listed) -> EngineError:
    return EngineError(
        f"The {listed.listing.num_images} images in {listed.source} are not sorted into classes.",
        "Make one folder per class in it and move the images there, or add a table with the columns file and label.",
    )
