"""The image grid: decoding beside the GUI thread, a bounded cache, no thread left."""

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QAbstractItemModel, QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible, QContextMenuEvent, QImage, QMouseEvent
from PySide6.QtWidgets import QApplication
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from finetune_gui.ui.item_models.thumbnail_item_model import (
    GroupPlace,
    Thumbnail,
    ThumbnailItemModel,
    ThumbnailRole,
)
from finetune_gui.ui.theme import Theme
from finetune_gui.ui.widgets.image_grid import ImageGrid
from finetune_gui.ui.workers import thumbnail_decoder
from finetune_gui.ui.workers.thumbnail_decoder import decode_thumbnail

THUMBNAIL_BYTES = 32 * 32 * 4
DECORATION = Qt.ItemDataRole.DecorationRole


@pytest.fixture
def images(tmp_path: Path) -> list[Thumbnail]:
    for index in range(40):
        Image.new("RGB", (60, 40), (index * 6, 0, 0)).save(tmp_path / f"{index}.png")
    return [Thumbnail(path=str(tmp_path / f"{n}.png"), caption=f"{n}.png", class_index=n % 2) for n in range(40)]


@pytest.fixture
def model(qapp: QApplication) -> Iterator[ThumbnailItemModel]:  # noqa: ARG001
    model = ThumbnailItemModel(pixels=32, cache_bytes=10 * THUMBNAIL_BYTES)
    yield model
    assert model.shutdown()


@pytest.fixture
def grid(qapp: QApplication, qtbot: QtBot) -> Iterator[ImageGrid]:  # noqa: ARG001
    grid = ImageGrid(Theme("light"), thumbnail_size=64, cache_bytes=50 * 64 * 64 * 4)
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

    monkeypatch.setattr(thumbnail_decoder, "decode_thumbnail", recording)
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
        assert model.cached_bytes() <= 10 * THUMBNAIL_BYTES
    assert model.cached() == 10
    assert model.index(39).data(DECORATION) is not None
    assert model.index(0).data(DECORATION) is None
    settle(qtbot, model)


def hold_back(model: ThumbnailItemModel) -> AbstractContextManager[None]:
    """Nothing is begun meanwhile, so that what is queued can be looked at."""
    return model.decoding_held()


def test_requests_out_of_view_are_dropped(model: ThumbnailItemModel, images: list[Thumbnail], qtbot: QtBot) -> None:
    model.set_items(images)
    with hold_back(model):
        for row in range(40):
            model.index(row).data(DECORATION)
        model.drop_requests_outside(30, 34)
        assert model.pending() <= 5 + 1  # one may have been begun before
    settle(qtbot, model)
    assert model.cached() <= 6
    assert model.index(32).data(DECORATION) is not None


def test_latest_request_is_served_first(
    model: ThumbnailItemModel, images: list[Thumbnail], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []
    gate = threading.Event()

    def recording(path: str, pixels: int) -> QImage:
        gate.wait(5)
        order.append(path)
        return decode_thumbnail(path, pixels)

    monkeypatch.setattr(thumbnail_decoder, "decode_thumbnail", recording)
    model._decoder._pool.setMaxThreadCount(1)
    model.set_items(images)
    for row in range(6):
        model.index(row).data(DECORATION)
    model.index(2).data(DECORATION)  # asked for again: this is where the user is looking
    gate.set()
    settle(qtbot, model)
    rows = [int(Path(path).stem) for path in order]
    begun = rows[0]  # whatever was in front when the worker woke up
    assert rows == [begun, *(row for row in (2, 5, 4, 3, 1, 0) if row != begun)]


def test_what_was_decoded_outlives_another_list(
    model: ThumbnailItemModel, images: list[Thumbnail], qtbot: QtBot
) -> None:
    model.set_items(images[:5])
    model.index(4).data(DECORATION)
    settle(qtbot, model)
    model.set_items(images[4:])
    assert model.index(0).data(DECORATION) is not None
    assert model.pending() == 0


def test_marks_are_told_to_screen_readers_and_tooltips(model: ThumbnailItemModel) -> None:
    model.set_items(
        [Thumbnail(path="/a.png", caption="a.png", part="val", left_out="it is truncated", finding="Copy of b.png")]
    )
    index = model.index(0)
    words = "Validation, Left out: it is truncated, Copy of b.png"
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == f"a.png, {words}"
    assert index.data(Qt.ItemDataRole.ToolTipRole) == "/a.png\n" + words.replace(", ", "\n")


def test_groups_alternate_and_say_where_they_begin(model: ThumbnailItemModel) -> None:
    groups = [3, 3, 7, 7, 7, -1, 9]
    model.set_items([Thumbnail(path=f"/{row}.png", group=group) for row, group in enumerate(groups)])
    places = [model.index(row).data(ThumbnailRole.GROUP_PLACE) for row in range(len(groups))]
    assert places[5] is None
    grouped = [place for place in places if isinstance(place, GroupPlace)]
    assert [place.first for place in grouped] == [True, False, True, False, False, True]
    assert [place.odd for place in grouped] == [True, True, False, False, False, True]


def test_marks_change_without_a_reset(model: ThumbnailItemModel, images: list[Thumbnail], qtbot: QtBot) -> None:
    model.set_items(images[:3])
    with qtbot.assertNotEmitted(model.modelReset), qtbot.waitSignal(model.dataChanged):
        model.update_items([replace(item, left_out="by you") for item in images[:3]])
    assert model.item(1).left_out == "by you"
    with pytest.raises(ValueError, match="cannot take the place"):
        model.update_items(images)


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
    model.dataChanged.connect(lambda first, last: told.update(range(first.row(), last.row() + 1)))
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


def test_keys_go_everywhere(grid: ImageGrid, images: list[Thumbnail], qtbot: QtBot) -> None:
    grid.set_items(images)
    columns = grid.columns()
    grid.go_to(0)
    steps = [
        (Qt.Key.Key_Down, columns),
        (Qt.Key.Key_Right, columns + 1),
        (Qt.Key.Key_Up, 1),
        (Qt.Key.Key_Up, 1),
        (Qt.Key.Key_Left, 0),
        (Qt.Key.Key_Left, 0),
        (Qt.Key.Key_End, 39),
        (Qt.Key.Key_Right, 39),
        (Qt.Key.Key_Home, 0),
    ]
    for key, row in steps:
        qtbot.keyClick(grid, key)
        assert grid.currentIndex().row() == row
        assert grid.viewport().rect().contains(grid.visualRect(grid.currentIndex()).center())
    qtbot.keyClick(grid, Qt.Key.Key_PageDown)
    page = grid.currentIndex().row()
    assert page >= columns
    assert page % columns == 0
    qtbot.keyClick(grid, Qt.Key.Key_PageUp)
    assert grid.currentIndex().row() == 0
    settle(qtbot, grid.thumbnails())


def test_right_to_left(grid: ImageGrid, images: list[Thumbnail], qtbot: QtBot) -> None:
    grid.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    grid.set_items(images)
    first = grid.visualRect(grid.model().index(0))
    assert first.left() > grid.visualRect(grid.model().index(1)).left()
    assert grid.indexAt(first.center()).row() == 0
    grid.go_to(0)
    qtbot.keyClick(grid, Qt.Key.Key_Left)
    assert grid.currentIndex().row() == 1
    settle(qtbot, grid.thumbnails())


def test_every_place_finds_its_image(grid: ImageGrid, images: list[Thumbnail], qtbot: QtBot) -> None:
    grid.set_items(images)
    grid.verticalScrollBar().setValue(77)
    for row in range(*grid.visible_rows()):
        assert grid.indexAt(grid.visualRect(grid.model().index(row)).center()).row() == row
    assert not grid.indexAt(QPoint(grid.viewport().width() - 1, 10)).isValid()
    settle(qtbot, grid.thumbnails())


def test_all_of_many_are_selected_by_keys(grid: ImageGrid, images: list[Thumbnail], qtbot: QtBot) -> None:
    grid.set_items([images[row % 40] for row in range(60_000)])
    with qtbot.waitSignal(grid.selection_changed) as told:
        qtbot.keyClick(grid, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert len(told.args[0]) == 60_000
    grid.go_to(100)
    assert grid.selected_paths() == [images[100 % 40].path]
    qtbot.keyClick(grid, Qt.Key.Key_End, Qt.KeyboardModifier.ShiftModifier)
    assert len(grid.selected_paths()) == 60_000 - 100
    settle(qtbot, grid.thumbnails())


def test_the_mouse_drags_a_block(grid: ImageGrid, images: list[Thumbnail], qtbot: QtBot) -> None:
    grid.set_items(images)
    columns = grid.columns()
    assert columns >= 3
    ends = [grid.visualRect(grid.model().index(row)).center() for row in (0, columns + 1)]
    qtbot.mousePress(grid.viewport(), Qt.MouseButton.LeftButton, pos=ends[0])
    for place in (ends[0] + QPoint(15, 15), ends[1]):
        qtbot.mouseMove(grid.viewport(), place)
        send_move(grid, place)
    qtbot.mouseRelease(grid.viewport(), Qt.MouseButton.LeftButton, pos=ends[1])
    assert grid.selected_paths() == [images[row].path for row in (0, 1, columns, columns + 1)]
    settle(qtbot, grid.thumbnails())


def send_move(grid: ImageGrid, place: QPoint) -> None:
    """A move with the left button held, which QTest does not send."""
    viewport = grid.viewport()
    held = Qt.MouseButton.LeftButton
    event = QMouseEvent(
        QEvent.Type.MouseMove,
        QPointF(place),
        QPointF(viewport.mapToGlobal(place)),
        held,
        held,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(viewport, event)


def test_the_first_image_in_view_stays_when_columns_change(
    grid: ImageGrid, images: list[Thumbnail], qtbot: QtBot
) -> None:
    grid.set_items([images[row % 40] for row in range(2000)])
    grid.verticalScrollBar().setValue(grid.verticalScrollBar().maximum() // 2)
    before = grid.visible_rows()[0]
    for width in (340, 520, 700, 400):
        grid.resize(width, 300)
        first, last = grid.visible_rows()
        assert first <= before <= last
        assert before - first < grid.columns()
    settle(qtbot, grid.thumbnails())


def test_a_menu_is_asked_for_by_mouse_and_key(grid: ImageGrid, images: list[Thumbnail], qtbot: QtBot) -> None:
    grid.set_items(images)
    places: list[QPoint] = []
    grid.menu_requested.connect(places.append)
    centre = grid.visualRect(grid.model().index(2)).center()
    on_screen = grid.viewport().mapToGlobal(centre)
    by_mouse = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, centre, on_screen)
    QApplication.sendEvent(grid.viewport(), by_mouse)
    assert places == []  # nothing is selected
    qtbot.mouseClick(grid.viewport(), Qt.MouseButton.RightButton, pos=centre)
    assert grid.selected_paths() == [images[2].path]
    QApplication.sendEvent(grid.viewport(), by_mouse)
    by_key = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(), QPoint())
    QApplication.sendEvent(grid.viewport(), by_key)
    assert places == [on_screen, on_screen]
    settle(qtbot, grid.thumbnails())


def test_marks_are_painted(grid: ImageGrid, images: list[Thumbnail], qtbot: QtBot) -> None:
    grid.set_items(images[:1])
    settle(qtbot, grid.thumbnails())
    pictures = []
    for item in (
        images[0],
        replace(images[0], left_out="by you"),
        replace(images[0], part="test"),
        replace(images[0], finding="Copy of 2.png"),
        replace(images[0], group=4),
    ):
        grid.update_items([item])
        pictures.append(grid.grab().toImage())
    assert all(a != b for n, a in enumerate(pictures) for b in pictures[:n])


def test_screen_readers_meet_a_list(grid: ImageGrid, images: list[Thumbnail], qtbot: QtBot) -> None:
    grid.set_items(images)
    interface = QAccessible.queryAccessibleInterface(grid)
    assert interface.role() == QAccessible.Role.List
    assert interface.childCount() == 40
    assert interface.child(3).text(QAccessible.Text.Name) == "3.png"
    settle(qtbot, grid.thumbnails())
