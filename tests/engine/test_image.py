"""Decoding what cameras, scanners and microscopes write."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

from finetune_gui.engine.data.augment import augmented_square, base_square
from finetune_gui.engine.data.batches import ImageBatch, ImagePart, InspectedFiles, decoded_batches
from finetune_gui.engine.data.dataset import Sample
from finetune_gui.engine.data.decoded_images import DecodedImages
from finetune_gui.engine.data.epochs import CENTRE, View, batch_bounds, training_views
from finetune_gui.engine.data.image import (
    Preprocessing,
    UnreadableImage,
    centre_box,
    centre_square,
    decode_image,
    inside,
    load_image,
    load_thumbnail,
)
from finetune_gui.engine.data.row_store import CacheBudget
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


def test_lab_becomes_rgb(tmp_path: Path) -> None:
    lab = ImageCms.applyTransform(
        Image.new("RGB", (8, 8), (200, 60, 40)),
        ImageCms.buildTransform(ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), "RGB", "LAB"),
    )
    lab.save(tmp_path / "x.tif")
    pixel = np.asarray(load_image(tmp_path / "x.tif"))[0, 0].astype(int)
    assert np.abs(pixel - (200, 60, 40)).max() <= 3


def test_cmyk_of_photo_programs_is_not_inverted(tmp_path: Path) -> None:
    Image.new("RGB", (16, 16), (250, 240, 230)).convert("CMYK").save(tmp_path / "x.jpg")  # with Adobe's marker
    pixel = np.asarray(load_image(tmp_path / "x.jpg"))[0, 0].astype(int)
    assert np.abs(pixel - (250, 240, 230)).max() <= 6


@pytest.mark.parametrize(
    "name", ["x.png", "x.webp", "x.bmp", "x.tga", "x.pcx", "x.sgi", "x.qoi", "x.dds", "x.jp2", "x.avif"]
)
def test_many_formats(tmp_path: Path, name: str) -> None:
    image = draw_image(0, 0)
    image.save(tmp_path / name)
    difference = np.asarray(load_image(tmp_path / name)).astype(int) - np.asarray(image)
    assert np.abs(difference).mean() < 12


def test_files_and_their_content_are_decoded_alike(tmp_path: Path) -> None:
    draw_image(0, 0).save(tmp_path / "x.jpg")
    from_file, from_bytes = decode_image(tmp_path / "x.jpg"), decode_image((tmp_path / "x.jpg").read_bytes())
    assert np.array_equal(np.asarray(from_file.image), np.asarray(from_bytes.image))
    assert (from_file.width, from_file.height, from_file.format, from_file.mode) == (72, 56, "JPEG", "RGB")


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
def test_damaged_exif_is_no_damaged_picture(tmp_path: Path) -> None:
    draw_image(0, 0).save(tmp_path / "x.jpg", exif=b"Exif\0\0II*\0\xff\xff\xff\xff broken")
    assert load_image(tmp_path / "x.jpg").size == (72, 56)


@pytest.mark.parametrize("name", ["x.jpg", "x.png", "x.tif"])
def test_made_smaller_it_is_the_same_picture(tmp_path: Path, name: str) -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x0110] = 6, "Model\0"
    draw_image(0, 0, (96, 64)).resize((960, 640), Image.Resampling.BICUBIC).save(tmp_path / name, exif=exif)
    small, whole = decode_image(tmp_path / name, enough=40), decode_image(tmp_path / name)
    assert (small.width, small.height, small.camera) == (whole.width, whole.height, whole.camera) == (640, 960, "Model")
    assert small.image.size == (80, 120)
    same_size = whole.image.resize(small.image.size, Image.Resampling.BOX)
    assert np.abs(np.asarray(small.image).astype(int) - np.asarray(same_size)).mean() < 3


def test_a_large_photo_is_decoded_smaller_and_gives_the_same_squares(tmp_path: Path) -> None:
    draw_image(0, 0, (96, 64)).resize((960, 640), Image.Resampling.BICUBIC).save(tmp_path / "x.jpg", quality=90)
    whole, smaller = load_image(tmp_path / "x.jpg"), load_image(tmp_path / "x.jpg", SPEC.enough)
    assert (whole.size, smaller.size) == ((960, 640), (120, 80))
    for squares in (
        [centre_square(image, SPEC) for image in (whole, smaller)],
        [base_square(image, SPEC, "strong") for image in (whole, smaller)],
    ):
        assert np.abs(squares[0].astype(int) - squares[1]).mean() < 1


@pytest.mark.parametrize("mode", ["L", "1", "LA", "P", "RGBA", "I;16", "F", "CMYK"])
def test_every_mode_can_be_made_smaller_in_bands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: str) -> None:
    monkeypatch.setattr("finetune_gui.engine.data.image._BAND_PIXELS", 5000)
    grey = np.linspace(0, 255, 300 * 200).reshape(300, 200).astype(np.uint8)
    image = Image.fromarray(grey)
    if mode == "I;16":
        image = Image.fromarray(grey.astype(np.uint16) * 257)
    elif mode != "L":
        image = image.convert("RGB").convert(mode) if mode == "CMYK" else image.convert(mode)
    image.save(tmp_path / "x.tif")
    small = np.asarray(decode_image(tmp_path / "x.tif", enough=20).image).astype(int)
    assert small.shape == (60, 40, 3)
    assert np.abs(small[..., 0] - grey.reshape(60, 5, 40, 5).mean((1, 3))).mean() < (40 if mode == "1" else 5)


def test_too_large_is_told_by_the_header(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    draw_image(0, 0, (60, 50)).save(tmp_path / "x.png")
    monkeypatch.setattr("finetune_gui.engine.data.image.MAX_PIXELS", 2999)
    with pytest.raises(UnreadableImage, match="60 x 50 pixels are too many to decode"):
        load_image(tmp_path / "x.png")


def test_very_large_images_are_decoded_one_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    draw_image(0, 0).save(tmp_path / "x.png")
    module = "finetune_gui.engine.data.image"
    lock = threading.Lock()
    monkeypatch.setattr(f"{module}._large_images", lock)
    monkeypatch.setattr(f"{module}._MANY_PIXELS", 100)
    with ThreadPoolExecutor(1) as pool:
        with lock:
            waiting = pool.submit(load_image, tmp_path / "x.png")
            with pytest.raises(TimeoutError):
                waiting.result(timeout=0.2)
        assert waiting.result(timeout=30).size == (72, 56)


@pytest.mark.parametrize("size", [(400, 300), (30, 20), (2000, 10), (10, 2000)])
def test_thumbnails_are_small_and_upright(tmp_path: Path, size: tuple[int, int]) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    draw_image(0, 0, size).save(tmp_path / "x.jpg", exif=exif)
    thumbnail = load_thumbnail(tmp_path / "x.jpg", 64)
    assert thumbnail.mode == "RGB"
    assert min(thumbnail.size) == min(64, *size)
    assert max(thumbnail.size) <= 4 * min(thumbnail.size)
    assert (thumbnail.width > thumbnail.height) == (size[1] > size[0])


def test_damaged_files_say_so(tmp_path: Path) -> None:
    draw_image(0, 0, (400, 300)).save(tmp_path / "x.jpg")
    whole = (tmp_path / "x.jpg").read_bytes()
    (tmp_path / "half.jpg").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "text.jpg").write_text("no image")
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


@pytest.mark.parametrize("size", [(203, 301), (40, 700), (301, 203)])
def test_centre_square_goes_across_first_whatever_pillow_does(size: tuple[int, int]) -> None:
    image = Image.fromarray(np.random.default_rng(1).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8))
    left, top, right, bottom = inside(centre_box(image.size, SPEC), image.size)
    bicubic = Image.Resampling.BICUBIC
    rows = image.resize((SPEC.size, image.height), bicubic, (left, 0, right, image.height))
    square = rows.resize((SPEC.size, SPEC.size), bicubic, (0, top, SPEC.size, bottom))
    assert np.array_equal(centre_square(image, SPEC), np.asarray(square))


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


def part_of(folder: Path, **changes) -> ImagePart:
    dataset = scan(folder)
    return ImagePart(**({"samples": dataset.samples, "root": dataset.root, "spec": SPEC, "augment": "light"} | changes))


def epoch_of(part: ImagePart, epoch: int, **options) -> list[ImageBatch]:
    views = training_views([s.label for s in part.samples], seed=3, epoch=epoch, num_views=5, **options)
    return list(decoded_batches(part, [views[start:stop] for start, stop in batch_bounds(len(views), 7)]))


def test_training_batches_show_every_image_once(tiny_data: Path) -> None:
    part = part_of(tiny_data)
    first = epoch_of(part, 1)
    assert [len(batch) for batch in first] == [7, 7, 7, 3]
    assert first[0].images.shape == (7, 3, 32, 32)
    assert sorted(s.path for batch in first for s in batch.samples) == sorted(s.path for s in part.samples)
    again = epoch_of(part, 1)
    assert all((a.images == b.images).all() for a, b in zip(first, again, strict=True))
    assert [s.path for s in epoch_of(part, 2)[0].samples] != [s.path for s in first[0].samples]


def test_order_depends_on_seed_and_epoch() -> None:
    labels = [0] * 50

    def order(seed: int, epoch: int) -> list[View]:
        return training_views(labels, seed=seed, epoch=epoch, num_views=0)

    assert order(1, 1) == order(1, 1)
    assert order(1, 1) != order(1, 2)
    assert order(1, 1) != order(2, 1)
    assert {view.number for view in order(1, 7)} == {CENTRE}


def test_views_take_turns() -> None:
    numbers = [{view.number for view in training_views([0] * 9, seed=0, epoch=e, num_views=3)} for e in range(1, 6)]
    assert numbers == [{1}, {2}, {3}, {1}, {2}]


def test_balanced_sampling_shows_each_class_equally_often() -> None:
    labels = [0] * 90 + [1] * 8 + [2] * 2
    views = training_views(labels, seed=0, epoch=1, num_views=4, balanced=True)
    assert len(views) == 100
    shown = Counter(labels[view.image] for view in views)
    assert sorted(shown.values()) == [33, 33, 34]
    rare = Counter(view.image for view in views if labels[view.image] == 1)
    assert set(rare.values()) <= {4, 5}  # gone through evenly
    assert len(set(views)) == len(views)  # each time another view
    assert views == training_views(labels, seed=0, epoch=1, num_views=4, balanced=True)
    assert views != training_views(labels, seed=0, epoch=2, num_views=4, balanced=True)


def test_what_is_known_is_not_decoded(tmp_path: Path) -> None:
    samples = [Sample("gone.jpg", 0), Sample("good.jpg", 1)]
    draw_image(0, 0).save(tmp_path / "good.jpg")
    part = ImagePart(samples=samples, root=tmp_path, spec=SPEC)
    views = [View(0, CENTRE), View(1, CENTRE)]
    (batch,) = decoded_batches(part, [views], known=lambda view: view.image == 0)
    assert batch.decoded == (1,)
    assert len(batch) == 2
    assert batch.images.shape == (1, 3, 32, 32)
    assert batch.targets.tolist() == [0, 1]


def test_kept_squares_are_the_decoded_ones(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    draw_image(0, 0, (200, 120)).save(path)
    budget = CacheBudget(memory=1 << 22, disk=1 << 22)
    centres = DecodedImages.of_centres(tmp_path / "kept", SPEC, 4, budget)
    bases = DecodedImages.of_bases(tmp_path / "kept", SPEC, "strong", 4, budget)
    plain = {"samples": [Sample("a.jpg", 0)], "root": tmp_path, "spec": SPEC, "augment": "strong"}
    plain["files"] = InspectedFiles(digests={"a.jpg": b"0123456789abcdef"})
    wanted = [ImagePart(**plain).decode(View(0, number)) for number in range(4)]
    keeping = ImagePart(**plain, centres=centres, bases=bases)
    first = [keeping.decode(View(0, number)) for number in range(4)]
    path.unlink()
    again = [keeping.decode(View(0, number)) for number in range(4)]
    for made in (first, again):
        assert all(np.array_equal(a, b) for a, b in zip(made, wanted, strict=True))
    centres.close()
    bases.close()


def test_a_file_that_changed_since_its_inspection_is_not_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    draw_image(0, 0, (200, 120)).save(path)
    status = path.stat()
    files = InspectedFiles(
        digests={"a.jpg": b"0123456789abcdef"}, stamps={"a.jpg": (status.st_size, status.st_mtime_ns)}
    )
    centres = DecodedImages.of_centres(tmp_path / "kept", SPEC, 4, CacheBudget(memory=1 << 22, disk=0))
    part = ImagePart(samples=[Sample("a.jpg", 0)], root=tmp_path, spec=SPEC, files=files, centres=centres)
    assert part.key(View(0, CENTRE)) is not None
    draw_image(1, 1, (200, 120)).save(path)
    new = part.decode(View(0, CENTRE))
    assert np.array_equal(new, centre_square(load_image(path, SPEC.enough), SPEC))
    assert part.key(View(0, CENTRE)) is None  # so nothing that is computed from it is kept either
    assert centres.find(b"0123456789abcdef") is None
    centres.close()


def test_unreadable_images_are_left_out(tmp_path: Path) -> None:
    draw_image(0, 0).save(tmp_path / "good.jpg")
    (tmp_path / "bad.jpg").write_text("x")
    samples = [Sample("good.jpg", 0), Sample("bad.jpg", 1), Sample("gone.jpg", 1)]
    views = [View(index, CENTRE) for index in range(3)]
    part = ImagePart(samples=samples, root=tmp_path, spec=SPEC)
    batches = list(decoded_batches(part, [views[:2], views[2:]]))
    assert [len(batch) for batch in batches] == [1, 0]
    assert [error.path.name for batch in batches for error in batch.unreadable] == ["bad.jpg", "gone.jpg"]


def test_leaving_early_leaves_no_thread(tiny_data: Path) -> None:
    batches = decoded_batches(part_of(tiny_data), [[View(index, CENTRE)] for index in range(9)])
    next(batches)
    batches.close()  # the guard of conftest.py looks for threads
