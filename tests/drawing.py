"""Small real images for tests, drawn by code."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from PIL import Image

SIZE = (72, 56)


def draw_image(kind: int, seed: int, size: tuple[int, int] = SIZE) -> Image.Image:
    """A noisy picture of stripes whose direction and colour depend on ``kind``."""
    rng = np.random.default_rng([kind, seed])
    width, height = size
    y, x = np.mgrid[0:height, 0:width]
    wave = np.sin((x * (kind % 3) + y * (1 + kind % 2)) / rng.uniform(2.5, 4.5) + rng.uniform(0, 6))
    colour = np.array([(200, 60, 40), (40, 90, 210), (70, 190, 80), (200, 180, 60)][kind % 4])
    pixels = 110 + wave[..., None] * 50 + (colour - 128) * 0.35 + rng.normal(0, 18, (height, width, 3))
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8))


def draw_class_folders(root: Path, counts: Mapping[str, int], size: tuple[int, int] = SIZE) -> Path:
    """Class folders with so many JPEGs each."""
    for kind, (name, count) in enumerate(counts.items()):
        folder = root / name
        folder.mkdir(parents=True, exist_ok=True)
        for index in range(count):
            draw_image(kind, index, size).save(folder / f"{name}_{index:02}.jpg", quality=90)
    return root
