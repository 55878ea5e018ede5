"""The main job in the real window, as a user does it: drop, Train, live curves, Stop, Export."""

import itertools
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from finetune_gui.engine.events import StepCompleted
from finetune_gui.engine.predictor import predict_images
from finetune_gui.engine.runs import RunFolder
from finetune_gui.ui.dialogs.why_dialog import WhyDialog
from finetune_gui.ui.main_window import MainWindow
from finetune_gui.ui.pages.evaluation_page import EvaluationPage
from finetune_gui.ui.pages.export_page import ExportPage
from finetune_gui.ui.pages.training_page import TrainingPage
from finetune_gui.ui.preferences import Preferences
from finetune_gui.ui.theme import Theme
from finetune_gui.ui.widgets.mistakes_view import MistakesView
from tests.conftest import SHARED_DATA
from tests.drawing import draw_class_folders

LONG = 120_000  # ms; a bound, not a measure


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    window = MainWindow(Theme("light"), Preferences())
    qtbot.addWidget(window)
    crashes: list[str] = []
    window.crashed.connect(crashes.append)
    with qtbot.waitSignal(window.startup.finished, timeout=LONG):
        window.show()
    yield window
    window.quit_now()
    assert window.ended_cleanly
    assert crashes == []


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Some real photos where they are at hand, drawn ones elsewhere."""
    source = SHARED_DATA / "ants-bees" / "val"
    if not source.is_dir():
        return draw_class_folders(tmp_path / "photos", {"ants": 14, "bees": 14}, size=(400, 300))
    for name in ("ants", "bees"):
        (tmp_path / "photos" / name).mkdir(parents=True)
        for path in sorted((source / name).iterdir())[:14]:
            shutil.copy(path, tmp_path / "photos" / name)
    return tmp_path / "photos"


def drop(window: MainWindow, path: Path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    middle, action = QPoint(window.width() // 2, window.height() // 2), Qt.DropAction.CopyAction
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(window, QDragEnterEvent(middle, action, mime, buttons, keys))
    QApplication.sendEvent(window, QDropEvent(QPointF(middle), action, mime, buttons, keys))


def click(qtbot: QtBot, window: MainWindow, text: str) -> None:
    """Press the visible button of that name."""
    buttons = [b for b in window.findChildren(QPushButton) if b.isVisible() and b.text() == text]
    assert buttons, f"no button '{text}'"
    qtbot.mouseClick(buttons[0], Qt.MouseButton.LeftButton)


def explain_an_image(qtbot: QtBot, window: MainWindow) -> None:
    """Click a cell of the confusion matrix, then ask why for its first image."""
    window.show_page("evaluation")
    page = window.pages.page("evaluation")
    assert isinstance(page, EvaluationPage)
    mistakes = page.findChild(MistakesView)
    cells = itertools.cycle((row, column) for row in range(2) for column in range(2))
    qtbot.waitUntil(lambda: mistakes.heading() != "", timeout=LONG)
    qtbot.waitUntil(lambda: len(shown(qtbot, mistakes, next(cells))) > 0, timeout=LONG)
    mistakes.grid.go_to(0)
    qtbot.keyClick(mistakes.grid, Qt.Key.Key_Return)
    dialog = page.findChild(WhyDialog)
    qtbot.waitUntil(dialog.heat.canvas.has_overlay, timeout=LONG)
    assert dialog.verdict().startswith("The model says “")
    dialog.close()


def shown(qtbot: QtBot, mistakes: MistakesView, cell: tuple[int, int]) -> list[str]:
    """The images of a cell."""
    place = mistakes.matrix.cell_rect(*cell).center()
    qtbot.mouseClick(mistakes.matrix.viewport(), Qt.MouseButton.LeftButton, pos=place)
    return mistakes.grid.paths()


def test_drop_train_stop_export(qtbot: QtBot, window: MainWindow, photos: Path) -> None:
    with qtbot.waitSignal(window.session.dataset_changed, timeout=LONG):
        drop(window, photos)
    assert window.summary.row("data").value() == "28 images · 2 classes"
    window.session.set_training(num_epochs=300, batch_size=4, device="cpu")

    qtbot.keyClick(window, Qt.Key.Key_F5)
    page = window.pages.page("training")
    assert isinstance(page, TrainingPage)

    def points(name: str) -> int:
        return len(page.curves.loss.drawn_points(name)[0])

    qtbot.waitUntil(lambda: points("step") > 2, timeout=LONG)
    early = points("step")
    qtbot.waitUntil(lambda: points("val") >= 2, timeout=LONG)
    assert points("step") > early
    accuracy = page.curves.accuracy
    qtbot.waitUntil(lambda: accuracy.drawn_points("val")[0].tolist()[:2] == [1.0, 2.0], timeout=LONG)
    assert "img/s" in window.status_bar.text() or window.run_host.is_active()

    with qtbot.waitSignal(window.run_flow.run_kept, timeout=LONG) as kept:
        window.run_flow.stop()
    qtbot.waitUntil(lambda: not window.run_host.is_active(), timeout=LONG)
    run = RunFolder(kept.args[0])
    report = run.report()
    assert report is not None
    assert report["outcome"] == "stopped"
    assert report["frozen_verified"] is True

    explain_an_image(qtbot, window)
    window.show_page("export")
    export = window.pages.page("export")
    assert isinstance(export, ExportPage)
    qtbot.waitUntil(lambda: str(run.path) in str(export.destination()), timeout=LONG)
    with qtbot.waitSignal(export.exported, timeout=LONG) as exported:
        click(qtbot, window, "Export")
    certificate = json.loads((exported.args[0] / "certificate.json").read_text())
    assert certificate["top1_agreement"] == 1.0
    images = sorted((photos / "ants").iterdir())[:3]
    answers = [[p.top[0][0] for p in predict_images(source, images)] for source in (run.path, exported.args[0])]
    assert answers[0] == answers[1]


def test_window_and_command_line_give_the_same_losses(
    qtbot: QtBot, window: MainWindow, tiny_data: Path, tmp_path: Path
) -> None:
    with qtbot.waitSignal(window.session.dataset_changed, timeout=LONG):
        drop(window, tiny_data)
    window.session.set_training(num_epochs=2, batch_size=8, seed=3, device="cpu")
    with qtbot.waitSignal(window.run_flow.run_kept, timeout=LONG) as kept:
        qtbot.keyClick(window, Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: not window.run_host.is_active(), timeout=LONG)
    arguments = ["train", tiny_data, "--out", tmp_path / "run", "--epochs", 2, "--batch-size", 8, "--seed", 3]
    command = [sys.executable, "-m", "finetune_gui", *map(str, arguments), "--device", "cpu", "--json"]
    subprocess.run(command, check=True, capture_output=True)

    def losses(path: Path) -> list[float]:
        return [event.loss for event in RunFolder(path).events() if isinstance(event, StepCompleted)]

    assert losses(kept.args[0]) == losses(tmp_path / "run")
    assert len(losses(tmp_path / "run")) == 6
    configs = [RunFolder(path).config() for path in (kept.args[0], tmp_path / "run")]
    assert configs[0] == configs[1]


@pytest.mark.skipif(shutil.which("xvfb-run") is None, reason="xvfb is not installed")
def test_a_real_x_window_is_not_blank(tmp_path: Path) -> None:
    """The window on the xcb platform, as a person sees it: the picture is taken from the screen, not from Qt."""
    picture = tmp_path / "screen.png"
    script = tmp_path / "show.py"
    script.write_text(
        f"""
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from finetune_gui.ui.main_window import MainWindow
from finetune_gui.ui.preferences import Preferences
from finetune_gui.ui.theme import Theme

app = QApplication([])
assert app.platformName() == "xcb"
theme = Theme("light")
theme.apply(app)
window = MainWindow(theme, Preferences())

def shoot():
    app.primaryScreen().grabWindow(0).save({str(picture)!r})
    window.quit_now()
    app.quit()

window.startup.finished.connect(lambda: QTimer.singleShot(500, shoot))
window.show()
sys.exit(app.exec())
"""
    )
    result = subprocess.run(
        ["xvfb-run", "-a", "-s", "-screen 0 1280x800x24", sys.executable, str(script)],
        env=os.environ | {"QT_QPA_PLATFORM": "xcb"},
        capture_output=True,
        text=True,
        timeout=LONG / 1000,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    pixels = np.asarray(Image.open(picture).convert("RGB"))
    assert pixels.shape == (800, 1280, 3)
    assert len(np.unique(pixels.reshape(-1, 3), axis=0)) > 200  # text and icons, antialiased
