"""The gallery of sample data sets, described by data: what each holds, who made it, under which terms, where it is."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from finetune_gui.engine.data.samples import SURFACE_INSPECTION
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.texts import QT_TRANSLATE_NOOP

CONTEXT = "Gallery"  # of the translations
MARKER_NAME = ".gallery.json"  # the scanner passes over names that begin with a dot
_VGG = "https://www.robots.ox.ac.uk/~vgg/data/"


@dataclass(frozen=True, kw_only=True)
class Archive:
    """A file that its makers offer.

    Attributes:
        url: Where it is.
        md5: As torchvision knows it; a file with another one is never opened.
        num_bytes: Its size, for the forecast only.
    """

    url: str
    md5: str
    num_bytes: int

    @property
    def name(self) -> str:
        """The file's name."""
        return self.url.rsplit("/", 1)[-1]


@dataclass(frozen=True, kw_only=True)
class GalleryEntry:
    """One data set of the gallery.

    Attributes:
        id: Name on the command line, and of its folder.
        title: Name to show.
        description: One sentence: what is to be told apart, and what it is good for.
        num_images: In all parts together.
        num_classes: Number of classes.
        image_size: In words; the images of most sets differ in size.
        parts: The parts that the makers divide it into; empty if they do not.
        makers: Who made it.
        license: The terms, as far as the makers state them; their page has the last word.
        homepage: The makers' page.
        archives: What is downloaded; empty for what the app draws by itself.
        free_bytes: Disk space that fetching needs, with what is deleted at the end.
        version: Goes up when the arrangement of the images changes; a folder of another version is made anew.
    """

    id: str
    title: str
    description: str
    num_images: int
    num_classes: int
    image_size: str
    makers: str
    license: str
    homepage: str = ""
    parts: tuple[str, ...] = ()
    archives: tuple[Archive, ...] = ()
    free_bytes: int = 0
    version: int = 1

    @property
    def is_built_in(self) -> bool:
        """Whether the app makes it by itself, without a connection."""
        return not self.archives

    @property
    def download_bytes(self) -> int:
        """Size of the download."""
        return sum(archive.num_bytes for archive in self.archives)


GALLERY = (
    GalleryEntry(
        id=SURFACE_INSPECTION.id,
        title=SURFACE_INSPECTION.title,
        description=QT_TRANSLATE_NOOP(
            "Gallery",
            "Metal parts from a factory line: good, scratched, dented or stained. Drawn by the app in seconds.",
        ),
        num_images=SURFACE_INSPECTION.num_images,
        num_classes=len(SURFACE_INSPECTION.class_names),
        image_size=QT_TRANSLATE_NOOP("Gallery", "240 to 480 px"),
        makers="Finetune GUI",
        license=QT_TRANSLATE_NOOP("Gallery", "Apache-2.0, as the app"),
    ),
    GalleryEntry(
        id="cifar10",
        title="CIFAR-10",
        description=QT_TRANSLATE_NOOP(
            "Gallery", "Tiny pictures of ten everyday things, from airplane to truck: the classic benchmark."
        ),
        num_images=60_000,
        num_classes=10,
        image_size="32 × 32 px",
        parts=("train", "test"),
        makers="Alex Krizhevsky, Vinod Nair and Geoffrey Hinton, University of Toronto",
        license=QT_TRANSLATE_NOOP("Gallery", "none stated; the makers ask to be cited"),
        homepage="https://www.cs.toronto.edu/~kriz/cifar.html",
        archives=(
            Archive(
                url="https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz",
                md5="c58f30108f718f92721af3b95e74349a",
                num_bytes=170_498_071,
            ),
        ),
        free_bytes=700_000_000,
    ),
    GalleryEntry(
        id="flowers102",
        title="Flowers-102",
        description=QT_TRANSLATE_NOOP(
            "Gallery", "Photos of flowers that grow in the United Kingdom: many classes, of which some look much alike."
        ),
        num_images=8_189,
        num_classes=102,
        image_size=QT_TRANSLATE_NOOP("Gallery", "500 px and more"),
        parts=("train", "val", "test"),
        makers="Maria-Elena Nilsback and Andrew Zisserman, University of Oxford",
        license=QT_TRANSLATE_NOOP("Gallery", "none stated; the photos are from the web"),
        homepage=f"{_VGG}flowers/102/",
        archives=(
            Archive(
                url=f"{_VGG}flowers/102/102flowers.tgz",
                md5="52808999861908f626f3c1f4e79d11fa",
                num_bytes=344_862_509,
            ),
            Archive(url=f"{_VGG}flowers/102/imagelabels.mat", md5="e0620be6f572b9609742df49c70aed4d", num_bytes=502),
            Archive(url=f"{_VGG}flowers/102/setid.mat", md5="a5357ecc9cb78c4bef273ce3793fc85c", num_bytes=14_989),
        ),
        free_bytes=750_000_000,
    ),
    GalleryEntry(
        id="oxford-pets",
        title="Oxford-IIIT Pet",
        description=QT_TRANSLATE_NOOP(
            "Gallery", "Photos of cats and dogs of 37 breeds, at every distance and in every pose."
        ),
        num_images=7_349,
        num_classes=37,
        image_size=QT_TRANSLATE_NOOP("Gallery", "about 500 px"),
        parts=("train", "test"),
        makers="Omkar Parkhi, Andrea Vedaldi, Andrew Zisserman and C. V. Jawahar, Oxford and IIIT Hyderabad",
        license=QT_TRANSLATE_NOOP("Gallery", "CC BY-SA 4.0; the photos belong to their owners"),
        homepage=f"{_VGG}pets/",
        archives=(
            Archive(
                url=f"{_VGG}pets/data/images.tar.gz",
                md5="5c4f3ee8e5d25df40f4fd59a7f44e54c",
                num_bytes=791_918_971,
            ),
            Archive(
                url=f"{_VGG}pets/data/annotations.tar.gz",
                md5="95a8c909bbe2e81eed6a22bccdf3f68f",
                num_bytes=19_173_078,
            ),
        ),
        free_bytes=1_800_000_000,
    ),
    GalleryEntry(
        id="eurosat",
        title="EuroSAT",
        description=QT_TRANSLATE_NOOP(
            "Gallery", "Europe from above: what the land is used for, told from small satellite pictures of Sentinel-2."
        ),
        num_images=27_000,
        num_classes=10,
        image_size="64 × 64 px",
        makers="Patrick Helber, Benjamin Bischke, Andreas Dengel and Damian Borth, DFKI",
        license=QT_TRANSLATE_NOOP("Gallery", "MIT; the satellite data are under the terms of Copernicus"),
        homepage="https://github.com/phelber/EuroSAT",
        archives=(
            Archive(
                url="https://huggingface.co/datasets/torchgeo/eurosat/resolve/"
                "c877bcd43f099cd0196738f714544e355477f3fd/EuroSAT.zip",
                md5="c8fa014336c82ac7804f0398fcb19387",
                num_bytes=94_280_567,
            ),
        ),
        free_bytes=350_000_000,
    ),
)


def find_entry(entry_id: str) -> GalleryEntry:
    """The data set of this name.

    Raises:
        EngineError: There is none.
    """
    for entry in GALLERY:
        if entry.id == entry_id:
            return entry
    names = ", ".join(entry.id for entry in GALLERY)
    raise EngineError(f"There is no sample data set '{entry_id}'.", f"Choose one of {names}.")


def is_on_this_machine(entry: GalleryEntry, folder: Path) -> bool:
    """Whether the data set can be had without a download. Counts the files of one that was downloaded.

    Args:
        entry: The data set.
        folder: Where sample data sets are kept.
    """
    return entry.is_built_in or is_whole(entry, folder / entry.id)


def brought_folder(entry: GalleryEntry, folder: Path) -> Path:
    """Where files that the user has from elsewhere are looked for before anything is downloaded."""
    return folder / "downloads" / entry.id


def write_marker(entry: GalleryEntry, root: Path, num_images: int) -> None:
    """Say what a folder holds. Written last, before the folder is renamed to its place."""
    (root / MARKER_NAME).write_text(json.dumps(_marker(entry, num_images)), encoding="utf-8")


def is_whole(entry: GalleryEntry, root: Path) -> bool:
    """Whether a folder is of this version, and none of the images that were put into it is missing or empty."""
    try:
        marker = json.loads((root / MARKER_NAME).read_text(encoding="utf-8"))
        return bool(marker == _marker(entry, num_images := _count_images(root)) and num_images)
    except (OSError, ValueError):
        return False


def _marker(entry: GalleryEntry, num_images: int) -> dict[str, Any]:
    return {"id": entry.id, "version": entry.version, "num_images": num_images}


def _count_images(root: Path) -> int:
    """Files that are not empty, in folders of folders."""
    total = 0
    for entry in os.scandir(root):
        if entry.name.startswith("."):
            continue
        total += _count_images(Path(entry.path)) if entry.is_dir() else entry.stat().st_size > 0
    return total
