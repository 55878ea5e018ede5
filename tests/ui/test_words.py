"""Numbers as people read them, in their language."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QLocale

from finetune_gui.ui.words import (
    count,
    counted,
    figure,
    model_name,
    parameters,
    percent,
    size,
    spoken_time,
    times,
    tiny,
)


@pytest.fixture
def german() -> Iterator[None]:
    before = QLocale()
    QLocale.setDefault(QLocale(QLocale.Language.German, QLocale.Country.Germany))
    yield
    QLocale.setDefault(before)


def test_thousands_are_apart_even_on_a_bare_machine() -> None:
    before = QLocale()
    QLocale.setDefault(QLocale.c())
    try:
        assert count(5124) == "5,124"
        assert parameters(5124) == "5,124"
    finally:
        QLocale.setDefault(before)


def test_the_decimal_sign_follows_the_language(german: None) -> None:  # noqa: ARG001
    assert (count(5124), percent(0.954), figure(0.3456), parameters(4_652_008)) == ("5.124", "95,4 %", "0,346", "4,7 M")
    assert size(13_900_000) == "13,9 MB"


@pytest.mark.parametrize(
    ("value", "words"),
    [(0.0003, "0.0003"), (1e-5, "1e-5"), (0.34567, "0.346"), (1.5, "1.5"), (12_345.6, "12,346"), (float("nan"), "–")],
)
def test_a_figure_has_three_digits(value: float, words: str) -> None:
    assert figure(value) == words


@pytest.mark.parametrize(
    ("num_bytes", "words"),
    [
        (912, "912 bytes"),
        (13_900_000, "13.9 MB"),
        (97_800_000, "97.8 MB"),
        (345_600_000, "346 MB"),
        (2_500_000_000, "2.5 GB"),
    ],
)
def test_sizes_count_like_disks(num_bytes: int, words: str) -> None:
    assert size(num_bytes) == words


def test_percent() -> None:
    assert percent(None) == "–"
    assert percent(1.0) == "100.0 %"
    assert percent(0.9996, 0) == "99.96 %"  # never 100 % while one is wrong


def test_plurals_of_the_source_text() -> None:
    assert counted("{count} image(s)", 1) == "1 image"
    assert counted("{count} image(s)", 1200) == "1,200 images"
    assert counted("{count} class(es)", 2) == "2 classes"
    assert counted("{count} 张图片", 3) == "3 张图片"


def test_small_things() -> None:
    assert (tiny(2.3e-6), tiny(0.002)) == ("2e-6", "0.002")
    assert (times(1), times(0.21), times(12.3)) == ("1×", "0.2×", "12×")
    assert (spoken_time(0.2), spoken_time(130), spoken_time(6000)) == ("1 s", "2 min", "1 h 40 min")


def test_models_of_ones_own_are_called_by_their_file_or_folder() -> None:
    assert model_name("run:/home/me/runs/ants-3") == "ants-3"
    assert model_name("file:/home/me/weights.pth") == "weights.pth"
