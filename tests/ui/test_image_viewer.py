"""One image large: zoom, keys, facts, wishes, broken and huge files."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import shiboken6
from PIL import Image
from PySide6.QtCore import QObject, QPoint, QPointF, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from finetune_gui.engine.data.facts import ImageFacts
from finetune_gui.ui.dialogs.image_dialog import ImageDialog
from finetune_gui.ui.theme import Theme
from finetune_gui.ui.widgets.image_facts_panel import ImageDetails
from finetune_gui.ui.widgets.image_viewer import ImageViewer
from finetune_gui.ui.workers import picture
from finetune_gui.ui.workers.picture import load_picture


class Page:
    """What a page knows of its images, and what it was asked for."""

    def __init__(self, paths: list[str]) -> None:
        self.details = {path: ImageDetails(path=path, can_leave_out=True, can_move=True) for path in paths}

    def describe(self, path: str) -> ImageDetails:
        return self.details[path]


@pytest.fixture
def paths(tmp_path: Path) -> list[str]:
    for index in range(4):
        Image.new("RGB", (60 + 10 * index, 40), (200, 60 * index, 0)).save(tmp_path / f"{index}.png")
    (tmp_path / "broken.jpg").write_bytes(b"\xff\xd8\xff no picture")
    return [*(str(tmp_path / f"{index}.png") for index in range(4)), str(tmp_path / "broken.jpg")]


@pytest.fixture
def page(paths: list[str]) -> Page:
    return Page(paths)


@pytest.fixture
def viewer(qapp: QApplication, qtbot: QtBot, page: Page) -> Iterator[ImageViewer]:  # noqa: ARG001
    viewer = ImageViewer(Theme("light"), page.describe)
    viewer.resize(900, 500)
    qtbot.addWidget(viewer)
    with qtbot.waitExposed(viewer):
        viewer.show()
    viewer.canvas.setFocus()
    yield viewer
    assert viewer.shutdown()


def wait_for_picture(qtbot: QtBot, viewer: ImageViewer) -> None:
    qtbot.waitUntil(lambda: viewer._picture is not None, timeout=10_000)


def test_facts_come_from_the_picture_until_the_inspection_has_them(
    viewer: ImageViewer, page: Page, paths: list[str], qtbot: QtBot
) -> None:
    viewer.show_images(paths)
    assert viewer.panel.text_of("pixels") == "–"
    wait_for_picture(qtbot, viewer)
    assert viewer.panel.text_of("pixels") == "60 × 40 px"
    assert viewer.panel.text_of("format") == "PNG · RGB"
    assert viewer.panel.text_of("bytes").startswith(str(Path(paths[0]).stat().st_size))
    page.details[paths[0]] = ImageDetails(
        path=paths[0],
        class_name="ants",
        part="val",
        left_out="it is a copy",
        findings=("Copy of 3.png.",),
        facts=ImageFacts(num_bytes=2_000_000, mtime_ns=0, width=6000, height=4000, format="JPEG", camera="Canon X"),
    )
    viewer.refresh()
    assert viewer.panel.text_of("pixels") == "6,000 × 4,000 px"
    assert viewer.panel.text_of("bytes") == "2.0 MB"
    assert viewer.panel.text_of("camera") == "Canon X"
    assert viewer.panel.text_of("part") == "Validation"
    assert viewer.panel.remarks() == "Left out: it is a copy\n• Copy of 3.png."


def test_keys_go_through_the_list(viewer: ImageViewer, paths: list[str], qtbot: QtBot) -> None:
    shown: list[str] = []
    viewer.image_shown.connect(shown.append)
    viewer.show_images(paths[:3], 1)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_Left, Qt.Key.Key_Left):
        qtbot.keyClick(viewer.canvas, key)
    assert shown == [paths[row] for row in (1, 2, 1, 0)]
    assert not viewer.previous_button.isEnabled()
    qtbot.mouseClick(viewer.next_button, Qt.MouseButton.LeftButton)
    assert viewer.path() == paths[1]
    wait_for_picture(qtbot, viewer)
    assert viewer._picture is not None
    assert viewer._picture.path == paths[1]


def test_leafing_quickly_decodes_one_at_a_time(
    viewer: ImageViewer, paths: list[str], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    decoded: list[str] = []
    genuine = picture.decode_image
    monkeypatch.setattr(
        picture, "decode_image", lambda path, **rest: (decoded.append(str(path)), genuine(path, **rest))[1]
    )
    viewer.show_images(paths[:4])
    for _ in range(3):
        viewer.show_next()
    wait_for_picture(qtbot, viewer)
    assert decoded == [paths[0], paths[3]]


def test_zoom_by_keys_and_wheel(viewer: ImageViewer, paths: list[str], qtbot: QtBot) -> None:
    viewer.show_images(paths)
    wait_for_picture(qtbot, viewer)
    canvas = viewer.canvas
    fitted = canvas.zoom()
    assert fitted == 8  # tiny pictures grow by whole factors, up to eight
    qtbot.keyClick(canvas, Qt.Key.Key_1)
    assert canvas.zoom() == 1
    qtbot.keyClick(canvas, Qt.Key.Key_Plus)
    assert canvas.zoom() == pytest.approx(1.25)
    qtbot.keyClick(canvas, Qt.Key.Key_Minus)
    assert canvas.zoom() == pytest.approx(1)
    qtbot.keyClick(canvas, Qt.Key.Key_0)
    assert canvas.zoom() == fitted
    place = QPointF(30, 40)
    before = canvas._to_picture(place)
    canvas.set_zoom(20.0)
    before = canvas._to_picture(place)
    turn_wheel(viewer, place, 2)
    assert canvas.zoom() == pytest.approx(20 * 1.25**2)
    after = canvas._to_picture(place)
    assert (after.x(), after.y()) == pytest.approx((before.x(), before.y()))


def turn_wheel(viewer: ImageViewer, place: QPointF, notches: int) -> None:
    event = QWheelEvent(
        place,
        viewer.canvas.mapToGlobal(place),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(viewer.canvas, event)


def test_dragging_moves_but_never_out_of_sight(viewer: ImageViewer, paths: list[str], qtbot: QtBot) -> None:
    viewer.show_images(paths)
    wait_for_picture(qtbot, viewer)
    canvas = viewer.canvas
    canvas.set_zoom(32.0)
    middle = canvas.rect().center()
    before = canvas._to_picture(QPointF(middle))
    qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, pos=middle)
    qtbot.mouseMove(canvas, middle + QPoint(64, 32))
    qtbot.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=middle + QPoint(64, 32))
    after = canvas._to_picture(QPointF(middle))
    assert (before.x() - after.x(), before.y() - after.y()) == pytest.approx((2, 1))
    for _ in range(100):
        qtbot.keyClick(canvas, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert canvas._to_picture(QPointF(canvas.width(), 0)).x() == pytest.approx(60)


def test_a_broken_image_says_so(viewer: ImageViewer, paths: list[str], qtbot: QtBot) -> None:
    viewer.show_images(paths, 4)
    qtbot.waitUntil(lambda: bool(viewer.canvas.message()), timeout=10_000)
    assert viewer.canvas.message().startswith("This image cannot be shown: ")
    assert not viewer.zoom_in_button.isEnabled()
    viewer.canvas.grab()
    viewer.show_previous()
    wait_for_picture(qtbot, viewer)
    assert viewer.canvas.has_picture()
    assert viewer.zoom_in_button.isEnabled()


def test_a_missing_image_says_so(viewer: ImageViewer, page: Page, paths: list[str], qtbot: QtBot) -> None:
    Path(paths[2]).unlink()
    viewer.show_images(paths, 2)
    qtbot.waitUntil(lambda: bool(viewer.canvas.message()), timeout=10_000)
    assert "does not exist" in viewer.canvas.message()
    assert page.describe(paths[2]).path == viewer.path()


def test_a_huge_image_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Image.new("L", (900, 700), 90).save(tmp_path / "huge.png")
    monkeypatch.setattr(picture, "MOST_PIXELS", 50_000)
    loaded = load_picture(str(tmp_path / "huge.png"))
    assert (loaded.width, loaded.height) == (900, 700)
    sizes = [(level.width(), level.height()) for level in loaded.levels]
    assert sizes[0][0] * sizes[0][1] <= 50_000
    assert max(sizes[-1]) <= 256


def test_upright(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (80, 40)).save(tmp_path / "turned.jpg", exif=exif)
    loaded = load_picture(str(tmp_path / "turned.jpg"))
    assert (loaded.width, loaded.height) == (40, 80)
    assert (loaded.levels[0].width(), loaded.levels[0].height()) == (40, 80)


def test_wishes(viewer: ImageViewer, page: Page, paths: list[str], qtbot: QtBot) -> None:
    page.details[paths[0]] = ImageDetails(path=paths[0], part="train", can_leave_out=True, can_move=True)
    viewer.show_images(paths)
    assert viewer.panel.part_button("train").isChecked()
    with qtbot.waitSignal(viewer.move_wished) as moved:
        qtbot.mouseClick(viewer.panel.part_button("test"), Qt.MouseButton.LeftButton)
    assert moved.args == [paths[0], "test"]
    assert viewer.panel.part_button("train").isChecked()  # nobody has done it yet
    with qtbot.assertNotEmitted(viewer.move_wished):
        viewer.panel.part_button("train").click()
    assert viewer.panel.part_button("train").isChecked()
    with qtbot.waitSignal(viewer.leave_out_wished) as left_out:
        qtbot.keyClick(viewer.canvas, Qt.Key.Key_Delete)
    assert left_out.args == [paths[0], True]
    page.details[paths[0]] = ImageDetails(path=paths[0], left_out="by you", can_leave_out=True)
    viewer.refresh()
    assert viewer.panel.leave_out_button.text() == "Use it again"
    assert not viewer.panel.part_button("val").isEnabled()
    with qtbot.waitSignal(viewer.leave_out_wished) as back:
        viewer.panel.leave_out_button.click()
    assert back.args == [paths[0], False]


class FolderRecorder(QObject):
    """Takes the place of the file manager."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []

    @Slot(QUrl)
    def open(self, url: QUrl) -> None:
        self.opened.append(url.toLocalFile())


def test_show_in_folder(viewer: ImageViewer, paths: list[str]) -> None:
    recorder = FolderRecorder()
    QDesktopServices.setUrlHandler("file", recorder, "open")
    try:
        viewer.show_images(paths)
        viewer.panel.folder_wished.emit()
        assert recorder.opened == [str(Path(paths[0]).parent)]
    finally:
        QDesktopServices.unsetUrlHandler("file")


def test_escape_closes_the_dialog(qapp: QApplication, qtbot: QtBot, page: Page, paths: list[str]) -> None:  # noqa: ARG001
    dialog = ImageDialog(Theme("dark"), page.describe)
    dialog.show_images(paths, 1)
    dialog.open()
    qtbot.waitUntil(dialog.isVisible)
    assert dialog.windowTitle() == "1.png"
    qtbot.keyClick(dialog.viewer.canvas, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not shiboken6.isValid(dialog))
