"""The image grid: decoding beside the GUI thread, a bounded cache, no thread left."""

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QAbstractItemModel, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from finetune_gui.ui.item_models import thumbnail_item_model
from finetune_gui.ui.item_models.thumbnail_item_model import (
    Thumbnail,
    ThumbnailItemModel,
    ThumbnailRole,
    decode_thumbnail,
)
from finetune_gui.ui.theme import Theme
from finetune_gui.ui.widgets.image_grid import ImageGrid

DECORATION = Qt.ItemDataRole.DecorationRole


@pytest.fixture
def images(tmp_path: Path) -> list[Thumbnail]:
    for index in range(40):
        Image.new("RGB", (60, 40), (index * 6, 0, 0)).save(tmp_path / f"{index}.png")
    return [Thumbnail(path=str(tmp_path / f"{n}.png"), caption=f"{n}.png", class_index=n % 2) for n in range(40)]


@pytest.fixture
def model(qapp: QApplication) -> Iterator[ThumbnailItemModel]:  # noqa: ARG001
    model = ThumbnailItemModel(pixels=32, cache_size=10)
    yield model
    assert model.shutdown()


@pytest.fixture
def grid(qapp: QApplication, qtbot: QtBot) -> Iterator[ImageGrid]:  # noqa: ARG001
    grid = ImageGrid(Theme("light"), thumbnail_size=64, cache_size=50)
    grid.resize(400, 300)
    qtbot.addWidget(grid)
    with qtbot.waitExposed(grid):
        grid.show()
    yield grid
    assert grid.shutdown()


def settle(qtbot: QtBot, model: ThumbnailItemModel) -> None:
    qtbot.waitUntil(lambda: model.pending() == 0, timeout=20_000)


# ------------------------------------------------------------------------- model


def test_model_keeps_qts_rules(
    model: ThumbnailItemModel, images: list[Thumbnail], qtmodeltester: ModelTester, qtbot: QtBot
) -> None:
    model.set_items(images[:5])
    qtmodeltester.check(model)
    settle(qtbot, model)


def test_roles(model: ThumbnailItemModel, images: list[Thumbnail]) -> None:
    model.set_items(images)
    index = model.index(3)
    assert index.data() == "3.png"
    assert index.data(ThumbnailRole.PATH) == images[3].path
    assert index.data(ThumbnailRole.CLASS_INDEX) == 1
    assert model.rowCount() == 40
    assert model.rowCount(index) == 0


def test_decoding_is_not_done_in_the_gui_thread(
    model: ThumbnailItemModel, images: list[Thumbnail], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: set[int] = set()

    def recording(path: str, pixels: int) -> QImage:
        threads.add(threading.get_ident())
        return decode_thumbnail(path, pixels)

    monkeypatch.setattr(thumbnail_item_model, "decode_thumbnail", recording)
    model.set_items(images)
    assert all(model.index(row).data(DECORATION) is None for row in range(5))
    settle(qtbot, model)
    assert threads
    assert threading.get_ident() not in threads
    assert model.index(0).data(DECORATION).size().width() == 32


def test_cache_stays_bounded_and_keeps_the_latest(
    model: ThumbnailItemModel, images: list[Thumbnail], qtbot: QtBot
) -> None:
    model.set_items(images)
    for row in range(40):
        model.index(row).data(DECORATION)
        settle(qtbot, model)
        assert model.cached() <= 10
    assert model.cached() == 10
    assert model.index(39).data(DECORATION) is not None
    assert model.index(0).data(DECORATION) is None
    settle(qtbot, model)


def test_requests_out_of_view_are_dropped(model: ThumbnailItemModel, images: list[Thumbnail], qtbot: QtBot) -> None:
    model.set_items(images)
    for row in range(40):
        model.index(row).data(DECORATION)
    running = len(model._running)
    model.drop_requests_outside(30, 34)
    assert model.pending() <= running + 5
    settle(qtbot, model)
    assert model.cached() <= running + 5


def test_broken_file_is_said_to_be_broken_once(model: ThumbnailItemModel, tmp_path: Path, qtbot: QtBot) -> None:
    (tmp_path / "broken.jpg").write_bytes(b"no image")
    model.set_items([Thumbnail(path=str(tmp_path / "broken.jpg"))])
    index = model.index(0)
    index.data(DECORATION)
    settle(qtbot, model)
    assert index.data(ThumbnailRole.FAILED) is True
    assert index.data(DECORATION) is None
    assert model.pending() == 0


def test_what_arrives_after_clear_is_thrown_away(
    model: ThumbnailItemModel, images: list[Thumbnail], qtbot: QtBot
) -> None:
    model.set_items(images)
    for row in range(10):
        model.index(row).data(DECORATION)
    model.clear()
    assert model.shutdown()
    qtbot.wait(10)
    assert model.cached() == 0
    assert model.rowCount() == 0


def test_every_row_of_the_same_file_is_told(model: ThumbnailItemModel, images: list[Thumbnail], qtbot: QtBot) -> None:
    model.set_items([images[0]] * 4)
    told: set[int] = set()
    model.dataChanged.connect(lambda first, _last: told.add(first.row()))
    for row in range(4):
        model.index(row).data(DECORATION)
    settle(qtbot, model)
    assert told == {0, 1, 2, 3}


# ------------------------------------------------------------------------ decode


def test_decode_turns_by_exif_and_cuts_to_a_square(tmp_path: Path) -> None:
    image = Image.new("RGB", (80, 40), (255, 0, 0))
    image.paste((0, 0, 255), (40, 0, 80, 40))
    exif = Image.Exif()
    exif[0x0112] = 6  # turn right to show
    image.save(tmp_path / "turned.png", exif=exif)
    thumbnail = decode_thumbnail(str(tmp_path / "turned.png"), 20)
    assert (thumbnail.width(), thumbnail.height()) == (20, 20)
    assert thumbnail.pixelColor(10, 2).red() > 200
    assert thumbnail.pixelColor(10, 17).blue() > 200


@pytest.mark.parametrize("mode", ["L", "LA", "P", "RGBA", "CMYK", "1", "I;16", "I", "F"])
def test_decode_takes_every_mode(tmp_path: Path, mode: str) -> None:
    suffix = "tif" if mode in ("CMYK", "F", "I") else "png"
    if mode in ("I;16", "I"):
        ramp = np.linspace(0, 4000, 64 * 64).reshape(64, 64)
        image = Image.fromarray(ramp.astype(np.uint16 if mode == "I;16" else np.int32))
    elif mode == "F":
        image = Image.fromarray(np.linspace(-1, 1, 64 * 64, dtype=np.float32).reshape(64, 64))
    else:
        image = Image.linear_gradient("L").resize((64, 64)).convert("RGB" if mode == "P" else mode)
        image = image.convert(mode)
    path = tmp_path / f"image.{suffix}"
    image.save(path)
    thumbnail = decode_thumbnail(str(path), 32)
    assert thumbnail.pixelColor(16, 1).lightness() < 80
    assert thumbnail.pixelColor(16, 30).lightness() > 170


# -------------------------------------------------------------------------- view


def test_grid_decodes_only_where_one_looks(grid: ImageGrid, images: list[Thumbnail], qtbot: QtBot) -> None:
    grid.set_items([images[row % 40] for row in range(60_000)])
    model: QAbstractItemModel = grid.model()
    assert model.rowCount() == 60_000
    grid.viewport().repaint()
    settle(qtbot, grid.thumbnails())
    assert 0 < grid.thumbnails().cached() <= 40
    first, last = grid.visible_rows()
    assert first == 0
    assert 8 <= last < 60
    grid.verticalScrollBar().setValue(grid.verticalScrollBar().maximum())
    assert grid.visible_rows()[1] == 59_999
    grid.viewport().repaint()
    settle(qtbot, grid.thumbnails())


def test_visible_rows_are_those_qt_shows(grid: ImageGrid, images: list[Thumbnail], qtbot: QtBot) -> None:
    grid.set_items(images)
    grid.viewport().repaint()
    first, last = grid.visible_rows()
    assert grid.visualRect(grid.model().index(first)).intersects(grid.viewport().rect())
    assert grid.visualRect(grid.model().index(last)).top() <= grid.viewport().rect().bottom() + grid.gridSize().height()
    settle(qtbot, grid.thumbnails())


def test_grid_by_mouse_and_keyboard(grid: ImageGrid, images: list[Thumbnail], qtbot: QtBot) -> None:
    grid.set_items(images)
    place = grid.visualRect(grid.model().index(1)).center()
    qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert grid.selected_paths() == [images[1].path]
    qtbot.keyClick(grid, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert grid.selected_paths() == [images[1].path, images[2].path]
    with qtbot.waitSignal(grid.image_activated) as signal:
        qtbot.keyClick(grid, Qt.Key.Key_Return)
    assert signal.args == [images[2].path]
    settle(qtbot, grid.thumbnails())


def test_empty_grid(grid: ImageGrid) -> None:
    grid.clear()
    assert grid.visible_rows() == (0, -1)
    assert grid.selected_paths() == []
    grid.grab()
