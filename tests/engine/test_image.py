"""Decoding what cameras, scanners and microscopes write."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from finetune_gui.engine.data.batches import batch_bounds, epoch_order, evaluation_batches, training_batches
from finetune_gui.engine.data.dataset import Sample
from finetune_gui.engine.data.image import (
    Preprocessing,
    UnreadableImage,
    augmented_square,
    centre_square,
    check_header,
    load_image,
)
from finetune_gui.engine.data.scan import scan
from tests.drawing import draw_image

SPEC = Preprocessing(size=32, resize=36, interpolation="bicubic", mean=(0.5,) * 3, std=(0.5,) * 3)


def test_exif_orientation_is_applied(tmp_path: Path) -> None:
    upright = draw_image(0, 0)
    turned = upright.transpose(Image.Transpose.ROTATE_90)
    exif = Image.Exif()
    exif[0x0112] = 6  # rotate 270 to see it upright
    turned.save(tmp_path / "x.png", exif=exif)
    assert np.array_equal(np.asarray(load_image(tmp_path / "x.png")), np.asarray(upright))


def test_16_bit_grey_is_scaled_not_clipped(tmp_path: Path) -> None:
    ramp = np.linspace(1000, 5000, 64 * 64).reshape(64, 64).astype(np.uint16)
    Image.fromarray(ramp).save(tmp_path / "x.tif")
    Image.fromarray(ramp.astype(np.float32)).save(tmp_path / "f.tif")
    for name in ("x.tif", "f.tif"):
        pixels = np.asarray(load_image(tmp_path / name))
        assert pixels.min() == 0
        assert pixels.max() == 255
        assert len(np.unique(pixels)) > 200
    Image.fromarray(np.full((8, 8), 40_000, dtype=np.uint16)).save(tmp_path / "flat.tif")
    assert np.asarray(load_image(tmp_path / "flat.tif")).std() == 0


def test_transparency_goes_over_white(tmp_path: Path) -> None:
    clear = Image.new("RGBA", (8, 8), (255, 0, 0, 0))
    clear.save(tmp_path / "x.png")
    assert np.asarray(load_image(tmp_path / "x.png")).min() == 255
    palette = Image.new("P", (8, 8), 0)
    palette.putpalette([10, 20, 30] + [0] * 765)
    palette.save(tmp_path / "p.png", transparency=0)
    assert np.asarray(load_image(tmp_path / "p.png")).min() == 255


@pytest.mark.parametrize("mode", ["L", "1", "CMYK", "LA", "P", "YCbCr"])
def test_all_modes_become_rgb(tmp_path: Path, mode: str) -> None:
    image = draw_image(1, 1).convert(mode)
    path = tmp_path / ("x.tif" if mode in ("CMYK", "YCbCr") else "x.png")
    image.save(path)
    loaded = load_image(path)
    assert loaded.mode == "RGB"
    assert loaded.size == image.size


def test_first_frame_of_an_animation(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    frames[0].save(tmp_path / "x.gif", save_all=True, append_images=frames[1:])
    assert np.asarray(load_image(tmp_path / "x.gif"))[0, 0].tolist() == [255, 0, 0]


def test_damaged_files_say_so(tmp_path: Path) -> None:
    draw_image(0, 0, (400, 300)).save(tmp_path / "x.jpg")
    whole = (tmp_path / "x.jpg").read_bytes()
    (tmp_path / "half.jpg").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "text.jpg").write_text("no image")
    assert check_header(tmp_path / "half.jpg")  # cheap, so it cannot know
    assert not check_header(tmp_path / "text.jpg")
    for name, reason in {"half.jpg": "truncated", "text.jpg": "not an image", "gone.jpg": "does not exist"}.items():
        with pytest.raises(UnreadableImage, match=reason) as caught:
            load_image(tmp_path / name)
        assert str(tmp_path / name) in caught.value.message


@pytest.mark.parametrize("size", [(300, 200), (200, 300), (32, 32), (1, 500), (500, 1), (1, 1), (33, 32), (4000, 31)])
@pytest.mark.parametrize("strength", ["none", "light", "strong"])
def test_every_shape_becomes_a_square(size: tuple[int, int], strength) -> None:
    image = draw_image(0, 0, size)
    for seed in range(5):
        pixels = augmented_square(image, SPEC, strength, np.random.default_rng(seed))
        assert pixels.shape == (32, 32, 3)
        assert pixels.dtype == np.uint8


def test_centre_square_is_the_centre() -> None:
    pixels = np.zeros((100, 300, 3), dtype=np.uint8)
    pixels[:, 100:200] = 255
    square = centre_square(Image.fromarray(pixels), SPEC)
    assert square.min() > 240  # the black sides are cut off


def test_centre_square_agrees_with_torchvision() -> None:
    from torchvision.transforms import v2

    image = draw_image(2, 5, (301, 203))
    resize = v2.Resize(SPEC.resize, interpolation=v2.InterpolationMode.BICUBIC)
    theirs = np.asarray(v2.CenterCrop(SPEC.size)(resize(image))).astype(int)
    ours = centre_square(image, SPEC).astype(int)
    assert np.abs(theirs - ours).mean() < 1.0  # differs by less than a pixel's fraction in where it cuts


def test_augmentation_varies_and_repeats() -> None:
    image = draw_image(0, 0, (200, 150))
    views = [augmented_square(image, SPEC, "strong", np.random.default_rng(seed)) for seed in (1, 1, 2)]
    assert np.array_equal(views[0], views[1])
    assert not np.array_equal(views[0], views[2])


# -- batches --------------------------------------------------------------------------------------------------------


def test_a_lone_last_image_joins_its_neighbour() -> None:
    assert batch_bounds(9, 4) == [(0, 4), (4, 9)]
    assert batch_bounds(8, 4) == [(0, 4), (4, 8)]
    assert batch_bounds(1, 4) == [(0, 1)]
    assert batch_bounds(3, 1) == [(0, 1), (1, 3)]


def test_training_batches_show_every_image_once(tiny_data: Path) -> None:
    dataset = scan(tiny_data)

    def batches(epoch: int, skip: int = 0):
        return list(
            training_batches(
                dataset.samples, dataset.root, SPEC, augment="light", batch_size=7, seed=3, epoch=epoch, skip=skip
            )
        )

    first = batches(1)
    assert [len(batch) for batch in first] == [7, 7, 7, 3]
    assert first[0].images.shape == (7, 3, 32, 32)
    assert sorted(s.path for batch in first for s in batch.samples) == sorted(s.path for s in dataset.samples)
    again = batches(1)
    assert all((a.images == b.images).all() for a, b in zip(first, again, strict=True))
    assert [s.path for s in batches(2)[0].samples] != [s.path for s in first[0].samples]
    rest = batches(1, skip=2)
    assert len(rest) == 2
    assert (rest[0].images == first[2].images).all()


def test_order_depends_on_seed_and_epoch() -> None:
    assert epoch_order(50, seed=1, epoch=1) == epoch_order(50, seed=1, epoch=1)
    assert epoch_order(50, seed=1, epoch=1) != epoch_order(50, seed=1, epoch=2)
    assert epoch_order(50, seed=1, epoch=1) != epoch_order(50, seed=2, epoch=1)


def test_unreadable_images_are_left_out(tmp_path: Path) -> None:
    draw_image(0, 0).save(tmp_path / "good.jpg")
    (tmp_path / "bad.jpg").write_text("x")
    samples = [Sample("good.jpg", 0), Sample("bad.jpg", 1), Sample("gone.jpg", 1)]
    batches = list(evaluation_batches(samples, tmp_path, SPEC, batch_size=2))
    assert [len(batch) for batch in batches] == [1, 0]
    assert [error.path.name for batch in batches for error in batch.unreadable] == ["bad.jpg", "gone.jpg"]


def test_leaving_early_leaves_no_thread(tiny_data: Path) -> None:
    dataset = scan(tiny_data)
    batches = evaluation_batches(dataset.samples, dataset.root, SPEC, batch_size=2)
    next(batches)
    batches.close()  # the guard of conftest.py looks for threads
