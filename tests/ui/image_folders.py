"""Tiny folders of images for tests of the window."""

from pathlib import Path

import numpy as np
from PIL import Image


def draw_classes(folder: Path, classes: tuple[str, ...] = ("dark", "light"), num_images: int = 6) -> Path:
    """A folder per class; the classes differ in brightness."""
    rng = np.random.default_rng(0)
    for level, name in enumerate(classes):
        (folder / name).mkdir(parents=True)
        for index in range(num_images):
            pixels = rng.integers(0, 60, (40, 40, 3)) + 180 * level / max(len(classes) - 1, 1)
            Image.fromarray(pixels.astype(np.uint8)).save(folder / name / f"{index}.png")
    return folder
