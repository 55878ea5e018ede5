"""Trying a model on a camera: frames of Qt's own capture session, without hardware."""

from __future__ import annotations

import importlib.abc
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QPoint, QSize, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from finetune_gui import paths
from finetune_gui.engine import predictor
from finetune_gui.engine.data.image import centre_box
from finetune_gui.engine.data.split import load_split
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.prediction import NONE_OF_THESE, Prediction
from finetune_gui.ui.camera_access import CameraAccess
from finetune_gui.ui.camera_trial import CameraTrial
from finetune_gui.ui.pages.evaluation_page import EvaluationPage
from finetune_gui.ui.session import Session
from finetune_gui.ui.theme import Theme
from finetune_gui.ui.tried_images import keep_picture
from finetune_gui.ui.widgets.try_area import TryArea
from finetune_gui.ui.workers.newest_first import NewestFirst
from tests.drawing import draw_class_folders
from tests.engine.small_runs import run_small, small_config

try:
    from PySide6.QtMultimedia import QtVideo, QVideoFrame, QVideoFrameFormat

    from finetune_gui.ui import cameras
    from finetune_gui.ui.cameras import CameraFeed, best_format, upright
    from tests.ui.played_camera import PlayedCameras, PlayedSource, frame_of

    MISSING = ""
except ImportError as error:
    MISSING = str(error)

LONG = 60_000  # ms; a bound, not a measure
with_camera = pytest.mark.skipif(bool(MISSING), reason=f"Qt Multimedia cannot be imported: {MISSING}")


def marked_picture(width: int = 64, height: int = 32) -> QImage:
    """Blue, with red in the upper left."""
    picture = QImage(width, height, QImage.Format.Format_RGB32)
    picture.fill(QColor("blue"))
    for x in range(width // 3):
        for y in range(height // 3):
            picture.setPixelColor(x, y, QColor("red"))
    return picture


def red_corner(picture: QImage) -> tuple[str, tuple[int, int]]:
    """Where the red is, and the size."""
    right, bottom = picture.width() - 4, picture.height() - 4
    corners = {
        "upper left": (3, 3),
        "upper right": (right, 3),
        "lower left": (3, bottom),
        "lower right": (right, bottom),
    }
    [found] = [name for name, place in corners.items() if picture.pixelColor(QPoint(*place)).red() > 150]
    return found, (picture.width(), picture.height())


# --- frames ------------------------------------------------------------------------------------------------------


@with_camera
@pytest.mark.usefixtures("qapp")
def test_a_frame_becomes_an_upright_picture() -> None:
    plain = upright(frame_of(marked_picture()))
    assert plain == marked_picture()
    assert plain.format() == QImage.Format.Format_RGB32
    assert upright(frame_of(marked_picture(), mirrored=True)) == marked_picture()
    turned = frame_of(marked_picture())
    turned.setRotation(QtVideo.Rotation.Clockwise90)
    assert red_corner(upright(turned)) == ("upper right", (32, 64))
    for_preview = frame_of(marked_picture())
    for_preview.setMirrored(True)
    assert red_corner(upright(for_preview)) == ("upper left", (64, 32))


@with_camera
@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
@pytest.mark.parametrize("mirrored", [False, True])
def test_a_stream_that_is_turned_and_mirrored_is_turned_only(rotation: int, mirrored: bool) -> None:
    layout = QVideoFrameFormat(QSize(64, 32), QVideoFrameFormat.PixelFormat.Format_BGRX8888)
    layout.setRotation(QtVideo.Rotation(rotation))
    layout.setMirrored(mirrored)
    frame = QVideoFrame(layout)
    frame.map(QVideoFrame.MapMode.WriteOnly)
    memoryview(frame.bits(0)).cast("B")[: 64 * 32 * 4] = memoryview(marked_picture().constBits())
    frame.unmap()
    size = (64, 32) if rotation in (0, 180) else (32, 64)
    corner = {0: "upper left", 90: "upper right", 180: "lower right", 270: "lower left"}[rotation]
    assert red_corner(upright(frame)) == (corner, size)


@with_camera
@pytest.mark.usefixtures("qapp")
def test_what_webcams_send_is_converted() -> None:
    layout = QVideoFrameFormat(QSize(64, 32), QVideoFrameFormat.PixelFormat.Format_YUYV)
    frame = QVideoFrame(layout)
    frame.map(QVideoFrame.MapMode.WriteOnly)
    line = frame.bytesPerLine(0)
    rows = np.frombuffer(frame.bits(0), np.uint8)[: 32 * line].reshape(32, line)
    rows[:, :128] = np.tile(np.array([41, 240, 41, 110], np.uint8), 32)  # blue by BT.601
    rows[:10, :40] = np.tile(np.array([81, 90, 81, 240], np.uint8), 10)  # red
    frame.unmap()
    picture = upright(frame)
    assert red_corner(picture) == ("upper left", (64, 32))
    assert picture.pixelColor(60, 28).blue() > 200


def test_the_format_is_sharp_and_fluent_but_not_more() -> None:
    if MISSING:
        pytest.skip(MISSING)

    def offered(width: int, height: int, rate: float) -> Any:
        return SimpleNamespace(resolution=lambda: QSize(width, height), maxFrameRate=lambda: rate)

    small, slow = offered(320, 240, 60), offered(1280, 720, 10)
    good, large = offered(1280, 720, 30), offered(3840, 2160, 30)
    assert best_format([large, small, slow, good]) is good
    assert best_format([slow, small, offered(640, 480, 30)]).resolution() == QSize(640, 480)
    assert best_format([]) is None


@with_camera
def test_a_feed_gives_pictures_and_lets_go(qtbot: QtBot) -> None:
    source = PlayedSource(marked_picture())
    feed = CameraFeed(source)
    with qtbot.waitSignal(feed.picture, timeout=LONG) as given:
        feed.start()
    assert given.args == [marked_picture()]
    assert source.is_on
    told: list[QImage] = []
    feed.picture.connect(told.append)
    qtbot.waitUntil(lambda: len(told) >= 3, timeout=LONG)
    assert len(told) <= source.sent
    feed.stop()
    told.clear()
    assert not source.is_on
    assert feed.shutdown()
    qtbot.wait(100)
    assert told == []
    feed.deleteLater()


@with_camera
def test_a_feed_without_pictures_says_so_and_may_go_on(qtbot: QtBot) -> None:
    source = PlayedSource(marked_picture())
    feed = CameraFeed(source, silence_ms=50)
    source.start, start = lambda: None, source.start  # type: ignore[method-assign]
    with qtbot.waitSignal(feed.failed, timeout=LONG) as failed:
        feed.start()
    assert "sends no picture" in failed.args[0]
    with qtbot.waitSignal(feed.picture, timeout=LONG):
        start()
    with qtbot.waitSignal(feed.failed, timeout=LONG) as failed:
        source.failed.emit("Device was lost.")
    assert failed.args == ["The camera cannot be used: Device was lost."]
    assert feed.shutdown()
    feed.deleteLater()


# --- the newest question first -------------------------------------------------------------------------------------


def test_the_newest_is_answered_and_what_must_be_too(qtbot: QtBot) -> None:
    worker = NewestFirst()
    answers: list[object] = []
    worker.answered.connect(answers.append)
    busy, go_on = threading.Event(), threading.Event()

    def hold() -> str:
        busy.set()
        assert go_on.wait(20)
        return "first"

    worker.offer(hold)
    assert busy.wait(20)
    for number in range(5):
        worker.offer(lambda number=number: number)  # type: ignore[misc]
    worker.add(lambda: "must")
    worker.add(lambda: "must too")
    go_on.set()
    qtbot.waitUntil(lambda: len(answers) == 4)
    assert answers == ["first", "must", "must too", 4]
    worker.add(lambda: "last")
    worker.offer(lambda: "never")
    worker.finish()
    worker.add(lambda: "too late")
    qtbot.waitUntil(lambda: not worker.is_running())
    qtbot.waitUntil(lambda: answers[-1] == "last")
    assert worker.shutdown()


def test_errors_are_told_apart_and_the_thread_goes_on(qtbot: QtBot, caplog: pytest.LogCaptureFixture) -> None:
    worker = NewestFirst()

    def fail() -> None:
        raise EngineError("Full.", "Delete something.")

    with qtbot.waitSignal(worker.failed) as failed:
        worker.offer(fail)
    assert failed.args[0].hint == "Delete something."
    with qtbot.waitSignal(worker.crashed) as crashed:
        worker.offer(lambda: [][0])
    assert "IndexError" in crashed.args[0]
    assert "IndexError" in caplog.text
    with qtbot.waitSignal(worker.answered):
        worker.offer(lambda: 1)
    assert worker.shutdown()


# --- whether there is a camera -----------------------------------------------------------------------------------


@pytest.fixture
def access(qtbot: QtBot) -> Iterator[CameraAccess]:  # noqa: ARG001
    access = CameraAccess()
    yield access
    assert access.shutdown()


@pytest.fixture
def forgotten_module(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if nothing had been imported yet."""
    import finetune_gui.ui

    for name in ("finetune_gui.ui.cameras", "PySide6.QtMultimedia"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.delattr(finetune_gui.ui, "cameras", raising=False)


@pytest.mark.usefixtures("forgotten_module")
def test_without_the_package_one_sentence_says_how_to_get_it(
    qtbot: QtBot, access: CameraAccess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "PySide6.QtMultimedia", None)
    with qtbot.waitSignal(access.changed, timeout=LONG):
        access.look()
    assert "finetune-gui[camera]" in access.problem()
    assert access.names() == {}


@pytest.mark.usefixtures("forgotten_module")
def test_a_library_that_the_system_lacks_is_named(
    qtbot: QtBot, access: CameraAccess, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Lacking(importlib.abc.MetaPathFinder):
        def find_spec(self, name: str, path: object, target: object = None) -> None:  # noqa: ARG002
            if name == "PySide6.QtMultimedia":
                raise ImportError("libpulse.so.0: cannot open shared object file: No such file or directory")

    monkeypatch.setattr(sys, "meta_path", [Lacking(), *sys.meta_path])
    with qtbot.waitSignal(access.changed, timeout=LONG):
        access.look()
    assert "libpulse.so.0" in access.problem()
    assert access.problem().startswith("Cameras cannot be used here")


@with_camera
def test_the_cameras_of_this_machine_are_listed(qtbot: QtBot, access: CameraAccess) -> None:
    with qtbot.waitSignal(access.changed, timeout=LONG):
        access.look()
    assert (access.problem() == "") == bool(access.names())
    assert access.cameras is not None
    assert access.cameras.open("no such camera") is None
    assert QCoreApplication.testAttribute(Qt.ApplicationAttribute.AA_ForceRasterWidgets)  # no OpenGL beside Triton


@pytest.mark.parametrize("answer", [True, False])
def test_the_permission_is_asked_for(
    qtbot: QtBot, access: CameraAccess, monkeypatch: pytest.MonkeyPatch, answer: bool
) -> None:
    status = [Qt.PermissionStatus.Undetermined]

    def request(_: object, permission: object, context: object, then: Any) -> None:  # noqa: ARG001
        status[0] = Qt.PermissionStatus.Granted if answer else Qt.PermissionStatus.Denied
        then(permission)

    monkeypatch.setattr(QCoreApplication, "checkPermission", lambda *_: status[0])
    monkeypatch.setattr(QCoreApplication, "requestPermission", request)
    with qtbot.waitSignal(access.granted if answer else access.refused) as told:
        access.ask()
    assert answer or "may not use the camera" in told.args[0]


def test_nothing_of_it_is_imported_with_the_pages() -> None:
    code = (
        "import sys, finetune_gui.ui.main_window, finetune_gui.ui.pages.evaluation_page, "
        "finetune_gui.ui.pages.export_page; print([name for name in sys.modules if 'QtMultimedia' in name])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120)
    assert done.stdout.strip() == "[]"


# --- trying a model ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of a tiny network on drawn images."""
    root = tmp_path_factory.mktemp("camera")
    data = draw_class_folders(root / "data", {"stripes": 8, "waves": 8})
    run_small(small_config(data, num_epochs=1), root / "run")
    return root / "run"


@pytest.fixture
def photo(run: Path) -> Path:
    split = load_split(run / "split.json")
    return split.root / split.val[0].path


class Stage:
    """A page with a place to try images and a camera that plays a picture."""

    def __init__(self, qtbot: QtBot, run: Path, columns: Sequence[str]) -> None:
        self.page = QWidget()
        qtbot.addWidget(self.page)
        self.tried = TryArea(Theme("light"), self.page, columns=columns)
        self.tried.resize(900, 420)
        self.page.resize(900, 420)
        self.trial = CameraTrial(Theme("light"), self.page, self.tried, lambda: [run] * len(columns))
        self.errors: list[object] = []
        for signal in (self.trial.failed, self.trial.crashed):
            signal.connect(self.errors.append)
        with qtbot.waitExposed(self.page):
            self.page.show()
        qtbot.waitUntil(lambda: self.trial.access.cameras is not None, timeout=LONG)

    @property
    def cameras(self) -> PlayedCameras:
        return self.trial.access.cameras  # type: ignore[return-value]

    @property
    def button(self) -> Any:
        return self.tried._camera

    def open(self, qtbot: QtBot) -> None:
        qtbot.mouseClick(self.button, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(self.trial.dialog.take_button.isEnabled, timeout=LONG)

    def answer(self, qtbot: QtBot) -> Prediction:
        shown = self.trial.dialog.answers[0]
        qtbot.waitUntil(lambda: shown.prediction() is not None, timeout=LONG)
        answer = shown.prediction()
        assert answer is not None
        return answer


@pytest.fixture
def played(photo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A camera that plays a photo takes the place of those of this machine."""
    if MISSING:
        pytest.skip(f"Qt Multimedia cannot be imported: {MISSING}")
    monkeypatch.setattr(PlayedCameras, "pictures", {"front": QImage(str(photo))})
    monkeypatch.setattr(cameras, "Cameras", PlayedCameras)


@pytest.fixture
def stage(request: pytest.FixtureRequest, qtbot: QtBot, run: Path, played: None) -> Iterator[Stage]:  # noqa: ARG001
    stage = Stage(qtbot, run, getattr(request, "param", ("",)))
    yield stage
    assert stage.trial.shutdown()
    assert stage.tried.shutdown()
    assert stage.errors == []
    assert not any(source.is_on for source in stage.cameras.sources)
    assert list(paths.cache_dir().glob("camera-*")) == []


def test_what_is_shown_is_answered_as_if_it_were_pasted(qtbot: QtBot, stage: Stage, run: Path, photo: Path) -> None:
    [pasted] = predictor.predict_images(run, [Path(keep_picture(QImage(str(photo))))], top_k=5)
    stage.open(qtbot)
    live = stage.answer(qtbot)
    assert dict(live.top) == pytest.approx(dict(pasted.top), abs=1e-6)
    assert live.answer == pasted.answer
    assert live.seconds > 0
    assert list(paths.cache_dir().glob("camera-*")) == []  # nothing that was only looked at is on the disk
    dialog = stage.trial.dialog
    assert (
        dialog.answers[0]
        .accessibleDescription()
        .endswith(", ".join(f"{name} {share * 100:.1f} %" for name, share in live.top))
    )
    size = dialog.preview.picture().size().toTuple()
    box = predictor.load_predictor(run).sidecars.preprocessing
    left, top, right, bottom = centre_box(size, box)
    assert dialog.preview._box == pytest.approx((left / size[0], top / size[1], right / size[0], bottom / size[1]))

    qtbot.keyClick(dialog.take_button, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: len(stage.tried.predictions.paths()) == 1, timeout=LONG)
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(stage.tried.predictions.paths()) == 2, timeout=LONG)
    first, second = (Path(path) for path in reversed(stage.tried.predictions.paths()))
    assert (first.name, second.name) == ("picture 1.png", "picture 2.png")
    assert QImage(str(first)).convertToFormat(QImage.Format.Format_RGB32) == QImage(str(photo)).convertToFormat(
        QImage.Format.Format_RGB32
    )
    [taken] = stage.tried.predictions.predictions()[1:]
    assert taken.top == predictor.predict_images(run, [first], top_k=5)[0].top
    qtbot.waitUntil(lambda: dialog.note.text().startswith("Picture taken"))
    stage.tried.clear()
    qtbot.waitUntil(lambda: not first.exists())


def test_a_mirror_shows_another_picture_than_is_looked_at(
    qtbot: QtBot, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PlayedCameras, "mirrored", True)
    monkeypatch.setitem(PlayedCameras.pictures, "front", marked_picture(320, 240))
    stage.open(qtbot)
    dialog = stage.trial.dialog
    dialog.preview.set_box((0.0, 0.0, 1.0, 1.0))
    shown = dialog.preview.picture_rect().toRect()
    stage.trial.dialog.live_box.setChecked(False)
    dialog.preview.set_box((0.0, 0.0, 1.0, 1.0))
    assert red_corner(dialog.preview.grab(shown.adjusted(8, 8, -8, -8)).toImage())[0] == "upper right"
    qtbot.mouseClick(dialog.mirror_box, Qt.MouseButton.LeftButton, pos=QPoint(8, dialog.mirror_box.height() // 2))
    assert red_corner(dialog.preview.grab(shown.adjusted(8, 8, -8, -8)).toImage())[0] == "upper left"
    dialog.mirror_box.setChecked(True)
    qtbot.mouseClick(dialog.take_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(stage.tried.predictions.paths()) == 1, timeout=LONG)
    assert red_corner(QImage(stage.tried.predictions.paths()[0]))[0] == "upper left"


@pytest.mark.parametrize("stage", [("The run", "The exported file")], indirect=True)
def test_two_models_answer_side_by_side_until_live_is_switched_off(qtbot: QtBot, stage: Stage) -> None:
    stage.open(qtbot)
    dialog = stage.trial.dialog
    qtbot.waitUntil(lambda: all(shown.prediction() for shown in dialog.answers), timeout=LONG)
    qtbot.mouseClick(dialog.live_box, Qt.MouseButton.LeftButton, pos=QPoint(8, dialog.live_box.height() // 2))
    assert [shown.prediction() for shown in dialog.answers] == [None, None]
    qtbot.wait(100)
    assert [shown.prediction() for shown in dialog.answers] == [None, None]
    assert "switch Live on" in dialog.answers[0].accessibleDescription()
    qtbot.mouseClick(dialog.take_button, Qt.MouseButton.LeftButton)
    for column in (0, 1):
        qtbot.waitUntil(lambda column=column: len(stage.tried.column(column).paths()) == 1, timeout=LONG)  # type: ignore[misc]
    dialog.live_box.setChecked(True)
    stage.answer(qtbot)


def test_a_camera_that_goes_is_told_and_found_again(
    qtbot: QtBot, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.open(qtbot)
    dialog, front = stage.trial.dialog, PlayedCameras.pictures["front"]
    stage.cameras.sources[-1].failed.emit("the device is gone")
    assert dialog.preview.words() == "The camera cannot be used: the device is gone."
    monkeypatch.setattr(PlayedCameras, "pictures", {})
    stage.cameras.changed.emit()
    assert dialog.preview.words() == "The camera is no longer connected."
    assert not dialog.take_button.isEnabled()
    assert not stage.button.isEnabled()
    assert stage.button.accessibleDescription() == "No camera is connected."
    assert not stage.cameras.sources[-1].is_on
    monkeypatch.setattr(PlayedCameras, "pictures", {"front": front, "back": marked_picture(320, 240)})
    stage.cameras.changed.emit()
    qtbot.waitUntil(dialog.take_button.isEnabled, timeout=LONG)
    assert dialog.camera_box.isVisible()
    assert [dialog.camera_box.itemText(row) for row in (0, 1)] == ["front camera", "back camera"]
    dialog.camera_box.setFocus()
    qtbot.keyClick(dialog.camera_box, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: dialog.preview.picture().size() == QSize(320, 240), timeout=LONG)
    assert [source.is_on for source in stage.cameras.sources] == [False, False, True]


def test_a_window_that_is_closed_in_the_middle_still_tells_of_what_was_taken(
    qtbot: QtBot, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    loading, go_on = threading.Event(), threading.Event()
    load = predictor.load_predictor

    def slowly(source: Path) -> object:
        loading.set()
        assert go_on.wait(30)
        return load(source)

    monkeypatch.setattr(predictor, "load_predictor", slowly)
    stage.open(qtbot)
    qtbot.waitUntil(loading.is_set, timeout=LONG)
    qtbot.keyClick(stage.trial.dialog, Qt.Key.Key_Return)
    qtbot.keyClick(stage.trial.dialog, Qt.Key.Key_Escape)
    assert not stage.trial.dialog.isVisible()
    assert not stage.cameras.sources[-1].is_on
    stage.open(qtbot)  # at once again, while the former thread is still busy
    go_on.set()
    qtbot.waitUntil(lambda: len(stage.tried.predictions.paths()) == 1, timeout=LONG)
    stage.answer(qtbot)
    qtbot.waitUntil(lambda: len(stage.trial._ending) == 0, timeout=LONG)
    stage.tried.hide()  # the page is left
    assert not stage.trial.dialog.isVisible()
    assert not stage.cameras.sources[-1].is_on
    assert stage.trial.dialog.preview.picture().isNull()


def test_a_model_that_cannot_be_opened_switches_live_off(qtbot: QtBot, stage: Stage, run: Path) -> None:
    (run / "checkpoints").rename(run / "moved")
    try:
        stage.open(qtbot)
        qtbot.waitUntil(lambda: bool(stage.errors), timeout=LONG)
    finally:
        (run / "moved").rename(run / "checkpoints")
    dialog = stage.trial.dialog
    assert not dialog.is_live()
    assert len(dialog.note.text()) > 10
    assert dialog.take_button.isEnabled()
    qtbot.wait(50)
    assert [type(error) for error in stage.errors] == [EngineError]
    stage.errors.clear()


def test_none_of_these_is_said(stage: Stage) -> None:
    dialog = stage.trial.dialog
    unsure = Prediction(path="", top=(("stripes", 0.5), ("waves", 0.5)), is_known=False, seconds=0.01)
    assert unsure.answer == NONE_OF_THESE
    dialog.note_taken(unsure)
    assert dialog.note.text() == "Picture taken: none of these, 50.0 %"
    dialog.show_answers([unsure], (0.0, 0.0, 1.0, 1.0))
    assert dialog.answers[0].accessibleDescription().startswith("None of these")


@pytest.mark.usefixtures("played")
def test_the_page_shows_its_run_to_the_camera_until_another_run_is_chosen(qtbot: QtBot, run: Path) -> None:
    session = Session()
    page = EvaluationPage(session, Theme("light"))
    qtbot.addWidget(page)
    page.resize(1040, 640)
    with qtbot.waitExposed(page):
        page.show()
    assert page._camera.access.cameras is None  # nobody has turned to the place to try images yet
    session.select_run(run)
    page._tabs.setCurrentWidget(page._try)
    qtbot.waitUntil(page._try._camera.isEnabled, timeout=LONG)
    qtbot.mouseClick(page._try._camera, Qt.MouseButton.LeftButton)
    dialog = page._camera.dialog
    qtbot.waitUntil(lambda: dialog.answers[0].prediction() is not None, timeout=LONG)
    qtbot.keyClick(dialog.take_button, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: len(page._try.predictions.paths()) == 1, timeout=LONG)
    [source] = page._camera.access.cameras.sources  # type: ignore[union-attr]
    assert source.is_on
    session.select_run(run)  # or another one
    assert not dialog.isVisible()
    assert not source.is_on
    page.shutdown()
    session.shutdown()
    assert list(paths.cache_dir().glob("camera-*")) == []
