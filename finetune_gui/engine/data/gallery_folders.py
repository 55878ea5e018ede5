"""From the makers' own arrangement to class folders, which the scanner reads and people understand."""

from collections.abc import Callable, Iterator
from pathlib import Path, PurePath

from PIL import Image
from torchvision.datasets import CIFAR10, Flowers102

from finetune_gui.engine.data.mat_file import read_arrays

Pictures = Iterator[tuple[PurePath, Path | Image.Image]]

_NOT_IN_NAMES = str.maketrans("", "", '<>:"/\\|?*')  # what Windows does not allow in the name of a folder
_PNG_EFFORT = 1  # 60,000 pictures in half of the time, and a few percent larger


def arrange(entry_id: str, root: Path, target: Path) -> Iterator[Path]:
    """Move or write all images of an unpacked data set into class folders.

    Args:
        entry_id: The data set.
        root: Where its archives were unpacked. What is moved is missing there afterwards.
        target: Folder for the class folders, or train/val/test folders; on the same disk.

    Yields:
        The place of each image, once it is there.
    """
    for relative, picture in _ARRANGEMENTS[entry_id](root):
        place = target / relative
        place.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(picture, Path):
            picture.rename(place)
        else:
            picture.save(place, compress_level=_PNG_EFFORT)
        yield place


class _Batch(CIFAR10):  # type: ignore[misc]  # torchvision has no types
    """One file of CIFAR-10, without its MD5: all of them at once would take 130 MB more.

    The files are pickles, which could run code when they are read. They are from an archive whose MD5 was compared
    with that of the makers before it was unpacked, so their own MD5s would say nothing new.
    """

    meta = CIFAR10.meta | {"md5": None}

    def __init__(self, root: Path, file_name: str) -> None:
        self.train_list: list[list[str | None]] = [[file_name, None]]
        self.test_list: list[list[str | None]] = []
        super().__init__(root, train=True)


def _cifar10(root: Path) -> Pictures:
    for part, files in (("train", CIFAR10.train_list), ("test", CIFAR10.test_list)):
        index = 0
        for file_name, _ in files:
            batch = _Batch(root, file_name)
            for image, label in batch:
                yield PurePath(part, _folder_name(batch.classes[label]), f"{index:05d}.png"), image
                index += 1


def _flowers102(root: Path) -> Pictures:
    labels = read_arrays(root / "imagelabels.mat")["labels"].tolist()
    parts = read_arrays(root / "setid.mat")
    for part, key in (("train", "trnid"), ("val", "valid"), ("test", "tstid")):
        for number in parts[key].tolist():  # counted from 1, as the labels are
            class_name = Flowers102.classes[labels[number - 1] - 1]
            name = f"image_{number:05d}.jpg"
            yield PurePath(part, _folder_name(class_name), name), root / "jpg" / name


def _oxford_pets(root: Path) -> Pictures:
    for part, listing in (("train", "trainval.txt"), ("test", "test.txt")):
        for line in (root / "annotations" / listing).read_text(encoding="utf-8").splitlines():
            image_id = line.split()[0]
            breed = image_id.rpartition("_")[0].replace("_", " ").title()
            name = f"{image_id}.jpg"
            yield PurePath(part, _folder_name(breed), name), root / "images" / name


def _eurosat(root: Path) -> Pictures:
    for path in sorted((root / "2750").glob("*/*.jpg")):
        yield PurePath(path.parent.name, path.name), path


_ARRANGEMENTS: dict[str, Callable[[Path], Pictures]] = {
    "cifar10": _cifar10,
    "flowers102": _flowers102,
    "oxford-pets": _oxford_pets,
    "eurosat": _eurosat,
}


def _folder_name(class_name: str) -> str:
    return class_name.translate(_NOT_IN_NAMES).strip(" .")
