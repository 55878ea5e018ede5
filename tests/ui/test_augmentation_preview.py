"""The preview of random variation: real views of real files, drawn in the background."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import shiboken6
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from finetune_gui.engine.config import Augment
from finetune_gui.engine.data.augment import augmented_square
from finetune_gui.engine.data.image import Preprocessing, centre_square, load_image
from finetune_gui.ui.dialogs.augmentation_dialog import AugmentationDialog
from finetune_gui.ui.theme import Theme
from finetune_gui.ui.widgets.augmentation_preview import MOST_IMAGES, NUM_VIEWS, AugmentationPreview

SPEC = Preprocessing(size=32, resize=36, interpolation="bilinear", mean=(0.5, 0.5, 0.5), std=(0.5, 0.5, 0.5))


@pytest.fixture
def paths(tmp_path: Path) -> list[str]:
    rng = np.random.default_rng(0)
    for index in range(8):
        pixels = rng.integers(0, 255, (50, 60, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(tmp_path / f"{index}.png")
    return [str(tmp_path / f"{index}.png") for index in range(8)]


@pytest.fixture
def preview(qapp: QApplication, qtbot: QtBot) -> Iterator[AugmentationPreview]:  # noqa: ARG001
    preview = AugmentationPreview(Theme("light"))
    preview.resize(760, 420)
    qtbot.addWidget(preview)
    with qtbot.waitExposed(preview):
        preview.show()
    yield preview
    assert preview.shutdown()


def pictures(preview: AugmentationPreview) -> list[QImage]:
    return [tile.picture() for tile in preview.sheet.tiles()]


def wait(qtbot: QtBot, preview: AugmentationPreview) -> None:
    qtbot.waitUntil(lambda: not preview._drawing.is_running(), timeout=10_000)


def pixels_of(picture: QImage) -> np.ndarray:
    rgb = picture.convertToFormat(QImage.Format.Format_RGB888)
    lines = np.frombuffer(rgb.constBits(), np.uint8).reshape(rgb.height(), rgb.bytesPerLine())
    return lines[:, : rgb.width() * 3].copy()


def test_shows_what_the_network_is_given(preview: AugmentationPreview, paths: list[str], qtbot: QtBot) -> None:
    preview.show_images(paths[:2], SPEC)
    wait(qtbot, preview)
    shown = pictures(preview)
    assert len(shown) == 2 * (1 + NUM_VIEWS)
    for row in range(2):
        image = load_image(Path(paths[row]), SPEC.enough)
        assert (pixels_of(shown[row * (1 + NUM_VIEWS)]) == centre_square(image, SPEC).reshape(32, -1)).all()
        rng = np.random.default_rng((0, row))
        for column in range(1, 1 + NUM_VIEWS):
            expected = augmented_square(image, SPEC, "light", rng).reshape(32, -1)
            assert (pixels_of(shown[row * (1 + NUM_VIEWS) + column]) == expected).all()


def test_strength_by_keyboard(preview: AugmentationPreview, paths: list[str], qtbot: QtBot) -> None:
    preview.show_images(paths[:1], SPEC)
    wait(qtbot, preview)
    light, sentence = pictures(preview), preview.sentence()
    preview.button("light").setFocus()
    with qtbot.waitSignal(preview.strength_chosen) as chosen:
        qtbot.keyClick(preview.button("light"), Qt.Key.Key_Right)
        qtbot.keyClick(preview.button("strong"), Qt.Key.Key_Space)
    assert chosen.args == ["strong"]
    wait(qtbot, preview)
    assert preview.sentence() != sentence
    assert pictures(preview)[0] == light[0]  # the original stays
    assert pictures(preview)[1] != light[1]


def test_no_variation_shows_the_same_square(preview: AugmentationPreview, paths: list[str], qtbot: QtBot) -> None:
    preview.set_strength("none")
    preview.show_images(paths[:1], SPEC)
    wait(qtbot, preview)
    shown = pictures(preview)
    assert all(picture == shown[0] for picture in shown)
    assert not preview.new_views.isEnabled()


def test_new_views_are_new(preview: AugmentationPreview, paths: list[str], qtbot: QtBot) -> None:
    preview.show_images(paths[:1], SPEC)
    wait(qtbot, preview)
    before = pictures(preview)
    qtbot.mouseClick(preview.new_views, Qt.MouseButton.LeftButton)
    wait(qtbot, preview)
    assert pictures(preview)[0] == before[0]
    assert all(new != old for new, old in zip(pictures(preview)[1:], before[1:], strict=True))


def test_broken_and_missing_images_are_told(preview: AugmentationPreview, paths: list[str], qtbot: QtBot) -> None:
    Path(paths[0]).write_bytes(b"no image")
    preview.show_images([paths[0], paths[1], paths[1] + ".gone"], SPEC)
    wait(qtbot, preview)
    assert len(pictures(preview)) == 1 + NUM_VIEWS
    errors = preview.sheet.errors()
    assert errors[0].startswith("0.png cannot be shown: ")
    assert errors[1].startswith("1.png.gone cannot be shown: ")
    preview.show_images(paths[1:3], SPEC)
    wait(qtbot, preview)
    assert preview.sheet.errors() == []


def test_only_so_many_images(preview: AugmentationPreview, paths: list[str], qtbot: QtBot) -> None:
    preview.show_images(paths, SPEC)
    wait(qtbot, preview)
    assert len(pictures(preview)) == MOST_IMAGES * (1 + NUM_VIEWS)
    tiles = preview.sheet.tiles()
    for width in (560, 900):
        preview.resize(width, 420)
        qtbot.waitUntil(lambda: tiles[NUM_VIEWS].geometry().right() <= preview.sheet.width())
        assert tiles[0].width() == tiles[0].height()


@pytest.mark.parametrize("strength", ["none", "strong"])
def test_dialog(qapp: QApplication, qtbot: QtBot, paths: list[str], strength: Augment) -> None:  # noqa: ARG001
    dialog = AugmentationDialog(Theme("dark"), strength)
    dialog.show_images(paths[:2], SPEC)
    dialog.open()
    qtbot.waitUntil(dialog.isVisible)
    assert dialog.preview.button(strength).isChecked()
    with qtbot.waitSignal(dialog.strength_chosen) as chosen:
        dialog.preview.button("light").click()
    assert chosen.args == ["light"]
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not shiboken6.isValid(dialog))
