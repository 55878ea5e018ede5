"""What was found out before is remembered, and a cache that cannot be used is no failure."""

import os
import sqlite3
from pathlib import Path

import pytest

from finetune_gui.engine.data import fact_cache
from finetune_gui.engine.data.fact_cache import FactCache
from finetune_gui.engine.data.facts import ImageFacts

FACTS = ImageFacts(
    num_bytes=10,
    mtime_ns=1_700_000_000_123_456_789,
    digest=bytes(16),
    width=3,
    height=4,
    format="JPEG",
    mode="RGB",
    camera="Nikon Ä",
    look=bytes(range(80)),
)
ROOT = Path("/data/über")


def test_facts_and_groups_come_back(tmp_path: Path) -> None:
    file = tmp_path / "new" / "facts.sqlite"
    with FactCache(file) as cache:
        cache.remember(ROOT, {"a/ü.jpg": FACTS, "b/1.jpg": FACTS})
        cache.remember_groups(b"digest", [[0, 1], [2, 5, 7]])
    with FactCache(file) as cache:
        assert cache.known(ROOT) == {"a/ü.jpg": FACTS, "b/1.jpg": FACTS}
        assert cache.known(Path("/data/other")) == {}
        assert cache.groups(b"digest") == [[0, 1], [2, 5, 7]]
        assert cache.groups(b"other") is None


def test_why_an_image_could_not_be_read_is_found_out_anew(tmp_path: Path) -> None:
    with FactCache(tmp_path / "f") as cache:
        cache.remember(ROOT, {"a.jpg": ImageFacts(num_bytes=1, mtime_ns=1, error="permission is denied")})
        assert cache.known(ROOT) == {}


def test_a_damaged_cache_is_made_anew(tmp_path: Path) -> None:
    file = tmp_path / "facts.sqlite"
    file.write_bytes(b"this is no database" * 1000)
    with FactCache(file) as cache:
        assert cache.known(ROOT) == {}
        cache.remember(ROOT, {"a.jpg": FACTS})
    with FactCache(file) as cache:
        assert cache.known(ROOT) == {"a.jpg": FACTS}


def test_damage_in_the_middle_is_no_failure(tmp_path: Path) -> None:
    file = tmp_path / "facts.sqlite"
    with FactCache(file) as cache:
        cache.remember(ROOT, {f"{index}.jpg": FACTS for index in range(500)})
    content = bytearray(file.read_bytes())
    content[4096:] = os.urandom(len(content) - 4096)
    file.write_bytes(content)
    with FactCache(file) as cache:
        assert cache.known(ROOT) == {}
        cache.remember(ROOT, {"a.jpg": FACTS})
    with FactCache(file) as cache:  # it was thrown away, so this one works
        cache.remember(ROOT, {"a.jpg": FACTS})
        assert cache.known(ROOT) == {"a.jpg": FACTS}


def test_facts_that_cannot_be_understood_are_not_believed(tmp_path: Path) -> None:
    file = tmp_path / "facts.sqlite"
    with FactCache(file) as cache:
        cache.remember(ROOT, {"a.jpg": FACTS})
    connection = sqlite3.connect(file)
    with connection:
        connection.execute("UPDATE facts SET facts = x'c1'")
    connection.close()
    with FactCache(file) as cache:
        assert cache.known(ROOT) == {}


def test_a_locked_cache_is_done_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fact_cache, "_BUSY_SECONDS", 0.01)
    file = tmp_path / "facts.sqlite"
    with FactCache(file) as cache:
        cache.remember(ROOT, {"a.jpg": FACTS})
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with FactCache(file) as cache:
        cache.remember(ROOT, {"b.jpg": FACTS})
        assert cache.groups(b"x") is None
    other.execute("ROLLBACK")
    other.close()
    with FactCache(file) as cache:
        assert set(cache.known(ROOT)) == {"a.jpg"}


def test_a_place_that_cannot_be_written_to_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with FactCache(tmp_path / "file" / "facts.sqlite") as cache:
        cache.remember(ROOT, {"a.jpg": FACTS})
        assert cache.known(ROOT) == {}


def test_two_caches_on_one_file_share(tmp_path: Path) -> None:
    file = tmp_path / "facts.sqlite"
    with FactCache(file) as one, FactCache(file) as two:
        one.remember(ROOT, {"a.jpg": FACTS})
        two.remember(ROOT, {"b.jpg": FACTS})
        assert set(one.known(ROOT)) == set(two.known(ROOT)) == {"a.jpg", "b.jpg"}


def test_another_version_is_not_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "facts.sqlite"
    with FactCache(file) as cache:
        cache.remember(ROOT, {"a.jpg": FACTS})
    monkeypatch.setattr(fact_cache, "_SCHEMA_VERSION", 99)
    with FactCache(file) as cache:
        assert cache.known(ROOT) == {}


def test_it_does_not_grow_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "facts.sqlite"
    clock = iter(range(0, 10_000_000, 10))
    monkeypatch.setattr(fact_cache.time, "time", lambda: 1e9 + next(clock))
    monkeypatch.setattr(fact_cache, "_MAX_IMAGES", 5)
    for name in ("one", "two", "three"):
        with FactCache(file) as cache:
            cache.remember(Path(name), {f"{index}.jpg": FACTS for index in range(2)})
    with FactCache(file) as cache:
        assert [len(cache.known(Path(name))) for name in ("one", "two", "three")] == [0, 2, 2]
    monkeypatch.setattr(fact_cache.time, "time", lambda: 2e9)
    with FactCache(file):
        pass
    with FactCache(file) as cache:
        assert cache.known(Path("three")) == {}
