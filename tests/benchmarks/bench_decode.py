"""What decoding costs, and what decoding no more pixels than a network needs gains: ``python dev.py bench decode``.

One photo saved in several sizes as JPEG and PNG; each is decoded whole and as for training, taking turns, and cut to
the square that the starter sees. Their difference is told, too.
"""

import argparse
import json
import os
import platform
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np
import PIL
from PIL import Image

from finetune_gui.engine.data.image import Preprocessing, centre_square, load_image

PHOTOS = Path(__file__).resolve().parents[3] / "shared" / "data" / "ants-bees" / "train" / "bees"
OUT = Path(__file__).resolve().parents[2] / "build" / "bench_decode.json"
SIZES = ((500, 375), (1600, 1200), (4000, 3000))
SPEC = Preprocessing(size=224, resize=256, interpolation="bicubic", mean=(0.5, 0.5, 0.5), std=(0.5, 0.5, 0.5))


def photo() -> Image.Image:
    """The largest photo at hand; where there is none, smooth noise."""
    files = sorted(PHOTOS.glob("*.jpg"), key=lambda file: file.stat().st_size)
    return Image.open(files[-1]).convert("RGB") if files else Image.effect_noise((500, 375), 90).convert("RGB")


def measure(path: Path, rounds: int) -> dict[str, float]:
    """Median milliseconds of both ways, and the mean difference of a pixel in levels of 255."""
    times: dict[int, list[float]] = {0: [], SPEC.enough: []}
    squares = {}
    for _ in range(rounds):
        for enough, each in times.items():
            began = time.thread_time()
            squares[enough] = centre_square(load_image(path, enough), SPEC)
            each.append(1000 * (time.thread_time() - began))
    whole, less = (statistics.median(each) for each in times.values())
    difference = float(np.abs(squares[0].astype(int) - squares[SPEC.enough]).mean())
    return {"whole_ms": whole, "as_needed_ms": less, "ratio": whole / less, "difference": difference}


def main() -> None:
    """Measure, print, and write what was measured."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json", type=Path, default=OUT, metavar="FILE")
    arguments = parser.parse_args()
    result = {}
    print(f"Pillow {PIL.__version__}, Python {platform.python_version()}, {os.cpu_count()} processors, one thread")
    print(f"{'':<18}{'whole, ms':>11}{'as needed':>11}{'ratio':>8}{'difference':>12}")
    with tempfile.TemporaryDirectory() as folder:
        for size in SIZES:
            image = photo().resize(size, Image.Resampling.BICUBIC)
            for kind, options in (("jpg", {"quality": 90}), ("png", {"compress_level": 3})):
                path = Path(folder, f"photo.{kind}")
                image.save(path, **options)
                name = f"{size[0]} x {size[1]} {kind}"
                result[name] = figures = measure(path, arguments.rounds)
                print(
                    "{:<18}{whole_ms:>11.1f}{as_needed_ms:>11.1f}{ratio:>8.1f}{difference:>12.2f}".format(
                        name, **figures
                    )
                )
    arguments.json.parent.mkdir(parents=True, exist_ok=True)
    arguments.json.write_text(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
