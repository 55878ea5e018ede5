"""A folder that holds every fault a folder of images can have, and how many of each."""

import os
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image

IGNORED = {"not_image": 1, "hidden": 1, "system": 4, "special": 2, "no_class": 1, "nested_archive": 1}
UNREADABLE = ("train/ant/empty.jpg", "train/ant/text.jpg", "train/bee/bomb.png", "train/bee/truncated.jpg")


def photos(seed: int) -> Iterator[Image.Image]:
    """Pictures that differ, of sizes that differ: smooth blobs, as unlike each other as photos are."""
    rng = np.random.default_rng(seed)
    while True:
        grid = rng.integers(0, 256, (6, 7, 3), np.uint8)
        yield Image.fromarray(grid).resize(
            (150 + int(rng.integers(9)), 110 + int(rng.integers(9))), Image.Resampling.BICUBIC
        )


def build_fault_folder(root: Path) -> Path:
    """train and val with ants, bees, a class of three, and a class that its format gives away."""
    for seed, (place, count) in enumerate(
        {"train/ant": 14, "train/bee": 14, "train/rare": 3, "val/ant": 4, "val/bee": 4, "val/drawn": 2}.items()
    ):
        folder = root / place
        folder.mkdir(parents=True)
        for index, photo in zip(range(count), photos(seed), strict=False):
            photo.save(folder / f"{index}.jpg", quality=92)
    _class_told_by_its_format(root)
    _twice(root)
    _unreadable(root)
    _formats(root / "train" / "bee")
    _not_images(root)
    return root


def _class_told_by_its_format(root: Path) -> None:
    for file in (root / "val" / "drawn").iterdir():
        file.unlink()
    for place, count, seed in (("train/drawn", 10, 50), ("val/drawn", 2, 51)):
        (root / place).mkdir(exist_ok=True)
        for index, photo in zip(range(count), photos(seed), strict=False):
            photo.resize((40 + index, 60)).save(root / place / f"{index}.bmp")


def _twice(root: Path) -> None:
    train = root / "train"
    (train / "ant" / "copy.jpg").write_bytes((train / "ant" / "0.jpg").read_bytes())
    with Image.open(train / "bee" / "1.jpg") as photo:
        photo.resize((photo.width * 3, photo.height * 3)).save(train / "bee" / "larger.jpg", quality=80)
    with Image.open(train / "ant" / "2.jpg") as photo:
        photo.save(root / "val" / "ant" / "leak.png")
    (train / "bee" / "conflict.jpg").write_bytes((train / "ant" / "3.jpg").read_bytes())


def _unreadable(root: Path) -> None:
    (root / "train/ant/empty.jpg").touch()
    (root / "train/ant/text.jpg").write_text("This is no image.")
    whole = (root / "train/bee/5.jpg").read_bytes()
    (root / "train/bee/truncated.jpg").write_bytes(whole[: len(whole) // 2])
    (root / "train/bee/bomb.png").write_bytes(_png_header(60_000, 60_000))


def _png_header(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")


def _formats(folder: Path) -> None:
    """Twelve more bees, each readable, each in its own way."""
    made = photos(99)
    rgb = [next(made) for _ in range(12)]
    exif = Image.Exif()
    exif[0x0112] = 6  # lies on its side
    rgb[0].save(folder / "on its side.jpg", exif=exif)
    rgb[1].convert("CMYK").save(folder / "cmyk.jpg")
    rgb[2].convert("P").save(folder / "palette.png")
    rgb[3].putalpha(200)
    rgb[3].save(folder / "transparent.png")
    Image.fromarray(np.asarray(rgb[4].convert("L"), np.uint16) * 200).save(folder / "16 bit.png")
    Image.fromarray(np.asarray(rgb[5].convert("L"), np.float32) / 7).save(folder / "float.tif")
    rgb[6].convert("1").save(folder / "1 bit.png")
    rgb[7].save(folder / "animated.gif", save_all=True, append_images=[rgb[8]])
    rgb[9].save(folder / "bild_ü_蜂_🐝.webp")
    long = folder / ("deep" * 12) / ("er" * 24)
    long.mkdir(parents=True)
    rgb[10].save(long / f"{'x' * 200}.jpg")
    rgb[11].convert("L").save(folder / "grey.JPG")
    (folder / "a link.jpg").symlink_to(folder.parent.parent / "elsewhere.jpg")
    next(made).save(folder.parent.parent / "elsewhere.jpg")


def _not_images(root: Path) -> None:
    ant = root / "train" / "ant"
    (ant / "notes.txt").write_text("x")
    (ant / "Thumbs.db").write_bytes(b"x")
    (ant / ".hidden.jpg").write_bytes(b"x")
    (root / ".DS_Store").write_bytes(b"x")
    (ant / "archive.zip").write_bytes(b"PK")
    for folder in (".ipynb_checkpoints", "__MACOSX"):
        (ant / folder).mkdir()
        (ant / folder / "0.jpg").write_bytes(b"x")
    os.mkfifo(ant / "pipe.jpg")  # opening it would hang
    (ant / "dead.jpg").symlink_to(root / "nowhere.jpg")
    (ant / "loop").symlink_to(root / "train")
