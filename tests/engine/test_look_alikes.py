"""Which pictures look nearly the same."""

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageEnhance, ImageOps

from finetune_gui.engine.data import look_alikes
from finetune_gui.engine.data.image import decode_image, load_image
from finetune_gui.engine.data.look_alikes import HASH_BYTES, LOOK_BYTES, group_look_alikes, look_of, mirrored_look

GREY = bytes([128]) * (LOOK_BYTES - HASH_BYTES)


def saved(image: Image.Image, **options: object) -> bytes:
    file = BytesIO()
    image.save(file, **{"format": "JPEG", **options})  # type: ignore[arg-type]
    return file.getvalue()


def look(content: bytes) -> bytes:
    return look_of(decode_image(content, enough=64).image)


def random_hashes(count: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (count, HASH_BYTES), dtype=np.uint8)


def with_flips(hash_: np.ndarray, bits: int, rng: np.random.Generator) -> np.ndarray:
    unpacked = np.unpackbits(hash_)
    unpacked[rng.choice(256, bits, replace=False)] ^= 1
    return np.packbits(unpacked)


def looks(hashes: np.ndarray, colours: bytes = GREY) -> list[bytes]:
    return [row.tobytes() + colours for row in hashes]


def test_variants_of_photos_are_joined_and_different_photos_are_not(ants_bees: Path) -> None:
    photos = [load_image(path) for path in sorted((ants_bees / "val" / "ants").glob("*.jpg"))[:12]]
    found, origin = [], []
    for number, photo in enumerate(photos):
        width, height = photo.size
        for content in (
            saved(photo, quality=95),
            saved(photo, quality=30),
            saved(photo, format="PNG"),
            saved(photo.resize((width // 2, height // 2), Image.Resampling.BICUBIC)),
            saved(ImageEnhance.Brightness(photo).enhance(0.85)),
            saved(photo.crop((1, 1, width, height))),
            saved(photo.crop((width // 100, height // 100, width * 99 // 100, height * 99 // 100))),
        ):
            found.append(look(content))
            origin.append(number)
    groups = group_look_alikes(found)
    assert len(groups) == len(photos)
    assert all(len({origin[index] for index in group}) == 1 for group in groups)
    assert sum(map(len, groups)) == len(found)


@pytest.mark.parametrize("bits", [0, 1, 8, 19])
def test_every_pair_within_19_bits_is_found(bits: int) -> None:
    rng = np.random.default_rng(bits)
    first = random_hashes(300)
    second = np.array([with_flips(row, bits, rng) for row in first])
    groups = group_look_alikes(looks(np.vstack([first, second])))
    assert groups == [[index, index + 300] for index in range(300)]


def test_nearly_every_pair_at_the_limit_is_found() -> None:
    rng = np.random.default_rng(1)
    first = random_hashes(1000)
    second = np.array([with_flips(row, 24, rng) for row in first])
    assert len(group_look_alikes(looks(np.vstack([first, second])))) >= 990


def test_the_search_agrees_with_comparing_all_pairs() -> None:
    """Clustered hashes, so that there are many pairs, chains of them, and pairs just within and beyond the limit."""
    rng = np.random.default_rng(2)
    hashes = np.array([with_flips(row, int(rng.integers(0, 14)), rng) for row in random_hashes(40) for _ in range(8)])
    distance = np.bitwise_count(hashes[:, None] ^ hashes[None]).sum(-1)
    ours = {(a, b) for group in group_look_alikes(looks(hashes)) for a in group for b in group}
    reached = distance <= 24 + 16  # same colours
    while not np.array_equal(reached, further := (reached.astype(int) @ reached.astype(int)) > 0):
        reached = further
    assert ours == {(a, b) for a, b in zip(*np.nonzero(reached), strict=True) if len(np.flatnonzero(reached[a])) > 1}


def test_more_bits_may_differ_where_colours_agree() -> None:
    rng = np.random.default_rng(3)
    base = random_hashes(1)[0]
    pair = np.array([base, with_flips(base, 28, rng)])
    same = looks(pair)
    other = [same[0], pair[1].tobytes() + bytes([168]) * len(GREY)]
    assert group_look_alikes(same) == [[0, 1]]
    assert group_look_alikes(other) == []


def test_fewer_bits_may_differ_where_there_are_few_features() -> None:
    rng = np.random.default_rng(4)
    sparse = np.packbits(np.arange(256) % 8 == 0)
    assert group_look_alikes(looks(np.array([sparse, with_flips(sparse, 20, rng)]))) == []
    assert group_look_alikes(looks(np.array([sparse, with_flips(sparse, 4, rng)]))) == [[0, 1]]


def test_thousands_of_equal_keys_do_not_take_all_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    """As dark pictures have: 6,000 hashes in one large cluster, among them some that are apart."""
    rng = np.random.default_rng(5)
    base = random_hashes(1)[0]
    cluster = np.array([with_flips(base, int(rng.integers(1, 4)), rng) for _ in range(6000)])
    compared = 0
    real = look_alikes._Search._near

    def counting(self, a, b):
        nonlocal compared
        compared += len(a)
        return real(self, a, b)

    monkeypatch.setattr(look_alikes._Search, "_near", counting)
    groups = group_look_alikes(looks(np.vstack([cluster, random_hashes(50, seed=6)])))
    assert [len(group) for group in groups] == [6000]
    all_pairs = 6000 * 5999 // 2
    assert compared < all_pairs / 4


def test_large_buckets_are_dealt_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashes that share most of their bits, but are too far apart: the bits that differ decide."""
    monkeypatch.setattr(look_alikes, "_SMALL_BUCKET", 8)
    monkeypatch.setattr(look_alikes, "_LARGE_BUCKET", 32)
    hashes = random_hashes(400, seed=7)
    hashes[:, :16] = hashes[0, :16]
    rng = np.random.default_rng(8)
    twins = np.array([with_flips(row, 6, rng) for row in hashes[:20]])
    colours = rng.integers(0, 256, (400, len(GREY)), dtype=np.uint8)
    rows = np.vstack([np.hstack([hashes, colours]), np.hstack([twins, colours[:20]])])
    assert group_look_alikes([row.tobytes() for row in rows]) == [[index, index + 400] for index in range(20)]


def test_the_look_of_a_mirror_image_is_known_from_the_look() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (9, 11, 3), np.uint8)
    picture = Image.fromarray(pixels).resize((160, 120), Image.Resampling.BICUBIC)
    mirrored, known = look_of(ImageOps.mirror(picture)), mirrored_look(look_of(picture))
    bits = np.unpackbits(np.frombuffer(mirrored, np.uint8) ^ np.frombuffer(known, np.uint8))[: 8 * HASH_BYTES]
    assert bits.sum() <= 8
    assert group_look_alikes([mirrored, known]) == [[0, 1]]
    assert group_look_alikes([mirrored, look_of(picture)]) == []
    assert mirrored_look(known) == look_of(picture)


def test_even_pictures_have_no_look() -> None:
    noise = np.random.default_rng(0).integers(118, 122, (100, 100, 3), dtype=np.uint8)
    for image in (Image.new("RGB", (50, 50), "black"), Image.new("RGB", (1, 1), "red"), Image.fromarray(noise)):
        assert look_of(image) == b""


def test_none_and_one() -> None:
    assert group_look_alikes([]) == []
    assert group_look_alikes(looks(random_hashes(1))) == []


def test_a_wish_to_stop_ends_the_search() -> None:
    hashes = random_hashes(2)
    assert group_look_alikes(looks(np.vstack([hashes, hashes ^ 1])), lambda: True) == []
