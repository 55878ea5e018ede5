"""The window as a whole: navigation, drops, a run from the first gesture to the last, and an end in good order."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from finetune_gui.engine.data.split import load_split
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.runs import RunFolder
from finetune_gui.ui.dialogs.about_dialog import AboutDialog
from finetune_gui.ui.dialogs.bug_dialog import BugDialog
from finetune_gui.ui.dialogs.licenses_dialog import LicensesDialog
from finetune_gui.ui.dialogs.questions import Question
from finetune_gui.ui.dialogs.report_dialog import ReportDialog
from finetune_gui.ui.main_window import FIRST_SIZE, MainWindow
from finetune_gui.ui.page_stack import PageSpec, PageStack, page_specs
from finetune_gui.ui.preferences import Preferences
from finetune_gui.ui.step_summary import StepSummary
from finetune_gui.ui.theme import Theme
from finetune_gui.ui.widgets.live_plot import LivePlot
from finetune_gui.ui.widgets.page_frame import PageFrame
from tests.ui.image_folders import draw_classes
from tests.ui.past_runs import make_run

LONG = 120_000
NAMES = [spec.name for spec in page_specs()]


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    window = MainWindow(Theme("light"), Preferences())
    qtbot.addWidget(window)
    crashes: list[str] = []
    window.crashed.connect(crashes.append)
    with qtbot.waitSignal(window.startup.finished, timeout=LONG):
        window.show()
    qtbot.waitUntil(lambda: window.session.tree is not None, timeout=LONG)
    yield window
    window.quit_now()
    assert window.ended_cleanly
    assert crashes == []


def drop(window: MainWindow, *paths: Path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    buttons, modifiers = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    action = Qt.DropAction.CopyAction
    entering = QDragEnterEvent(QPoint(5, 5), action, mime, buttons, modifiers)
    QApplication.sendEvent(window, entering)
    assert entering.isAccepted()
    QApplication.sendEvent(window, QDropEvent(QPointF(5, 5), action, mime, buttons, modifiers))


def question(qtbot: QtBot) -> Question:
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), Question))
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, Question)
    return dialog


def shown_banner(window: MainWindow) -> str:
    page = window.pages.currentWidget()
    assert isinstance(page, PageFrame)
    return page.banner.message()


def test_every_page_is_reached_by_its_key(qtbot: QtBot, window: MainWindow) -> None:
    window.activateWindow()
    for number, name in enumerate(NAMES, start=1):
        qtbot.keyClick(window, Qt.Key(Qt.Key.Key_0 + number), Qt.KeyboardModifier.ControlModifier)
        assert window.pages.current_name() == name
        assert window.top_bar.step(name).isChecked()
        assert isinstance(window.pages.page(name), PageFrame), f"the page {name} could not be built"
    window.summary.row("model").activated.emit("model")
    assert window.pages.current_name() == "model"


def test_tab_goes_through_the_window_from_the_steps(qtbot: QtBot, window: MainWindow) -> None:
    window.activateWindow()
    assert QApplication.focusWidget() is window.pages.page("data").welcome.choose_button  # type: ignore[attr-defined]
    window.top_bar.step("data").setFocus()
    names = []
    for _ in range(4):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        names.append(QApplication.focusWidget().accessibleName().partition(":")[0])
    assert names == ["Device", "Train", "Menu", "Data"]


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080)])
def test_it_fits(window: MainWindow, size: tuple[int, int]) -> None:
    window.resize(*size)
    for name in NAMES:
        window.show_page(name)
        QApplication.processEvents()
        assert (window.width(), window.height()) == size, f"the page {name} forces the window to {window.size()}"
    window.run_host.state_changed.emit("running")
    QApplication.processEvents()
    assert window.width() == size[0]
    window.run_host.state_changed.emit("idle")
    QApplication.processEvents()
    assert window.width() == size[0]


def test_it_shrinks_again_after_it_was_large(qtbot: QtBot, window: MainWindow) -> None:
    """With a finished run on the pages; what fills a wide window must not keep it wide."""
    window.session.select_run(make_run("finished"))
    qtbot.waitUntil(lambda: window.overview.run is not None, timeout=LONG)
    for size in ((1920, 1080), (1280, 720)):
        window.resize(*size)
        for name in NAMES:
            window.show_page(name)
            QApplication.processEvents()
            for plot in window.findChildren(LivePlot):
                plot.refresh()
            QApplication.processEvents()
            assert (window.width(), window.height()) == size, f"the page {name} forces the window to {window.size()}"


def test_training_needs_data_first(qtbot: QtBot, window: MainWindow) -> None:
    assert "Drop a folder" in window.status_bar.text()
    qtbot.keyClick(window, Qt.Key.Key_F5)
    assert window.pages.current_name() == "data"
    assert shown_banner(window) == "No images are chosen yet."
    assert not window.run_host.is_active()


def test_three_gestures(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    """Drop, train, look at the result; then the runs, and the same run after a restart of the page."""
    with qtbot.waitSignal(window.session.dataset_changed):
        drop(window, draw_classes(tmp_path / "images"))
    assert window.pages.current_name() == "data"
    assert window.summary.row("data").value() == "12 images · 2 classes"
    assert window.top_bar.step("data").state() == "done"
    assert "Press Train" in window.status_bar.text()
    window.session.set_training(num_epochs=1, batch_size=4, device="cpu")
    with qtbot.waitSignal(window.run_flow.run_kept, timeout=LONG) as kept:
        qtbot.keyClick(window, Qt.Key.Key_F5)
        assert window.pages.current_name() == "training"
        assert window.run_host.is_active()
    assert window.session.run_path == kept.args[0]
    qtbot.waitUntil(lambda: "correct" in window.summary.row("evaluation").value(), timeout=LONG)
    assert window.top_bar.step("training").state() == "done"
    assert "Finished" in window.status_bar.text()
    page = window.pages.page("training")
    assert "validation images" in page.result.text()  # type: ignore[attr-defined]
    page.next_requested.emit()  # type: ignore[attr-defined]
    assert window.pages.current_name() == "evaluation"


def test_a_run_may_begin_while_its_images_are_checked(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    """The run unpacks and checks them itself; the window then knows what the run found out."""
    folder = draw_classes(tmp_path / "images", num_images=100)
    (folder / "dark" / "broken.png").write_bytes(b"no image")
    preparation = window.session.preparation
    states = []
    preparation.inspection_changed.connect(lambda: states.append(preparation.inspection_state))
    preparation.inspection_progressed.connect(window.run_flow.start)
    window.session.set_training(num_epochs=1, batch_size=32, device="cpu")
    with qtbot.waitSignal(window.run_flow.run_kept, timeout=LONG):
        drop(window, Path(shutil.make_archive(str(tmp_path / "images"), "zip", folder)))
        qtbot.waitUntil(window.run_host.is_active, timeout=LONG)
        preparation.inspection_progressed.disconnect(window.run_flow.start)
    qtbot.waitUntil(lambda: preparation.inspection_state == "done" and not preparation.is_arranging(), timeout=LONG)
    assert states == ["running", "waiting", "running", "done"]
    assert window.summary.row("data").value() == "200 images · 2 classes"
    assert window.session.run_path is not None
    split = load_split(window.session.run_path / "split.json")
    assert len(split.train) + len(split.val) == 200


def test_a_run_is_paused_stopped_and_discarded(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    with qtbot.waitSignal(window.session.dataset_changed):
        window.session.open_source(str(draw_classes(tmp_path / "images")))
    window.session.set_training(num_epochs=500, batch_size=4, device="cpu")
    window.run_flow.start()
    page = window.pages.page("training")
    qtbot.waitUntil(lambda: page.progress.epoch is not None, timeout=LONG)  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: "val acc" in window.status_bar.text())
    qtbot.keyClick(window, Qt.Key.Key_F6)
    assert "Pausing" in window.status_bar.text()
    qtbot.waitUntil(lambda: "Paused" in window.status_bar.text(), timeout=LONG)
    window.close()  # a run is under way: it asks
    qtbot.mouseClick(question(qtbot).no, Qt.MouseButton.LeftButton)
    assert window.isVisible()
    qtbot.keyClick(window, Qt.Key.Key_F6)
    window.run_flow.resume_run(tmp_path)
    assert shown_banner(window) == "Another run is under way."
    window.show_page("runs")
    runs = window.pages.page("runs")
    qtbot.waitUntil(lambda: runs.selected_run() is not None, timeout=LONG)  # type: ignore[attr-defined]
    assert runs._runs.state_words(runs.selected_run()) == "Training"  # type: ignore[attr-defined]
    assert not runs._actions_row.resume.isEnabled()  # type: ignore[attr-defined]
    assert not runs._actions_row.trash.isEnabled()  # type: ignore[attr-defined]
    window.top_bar.discard_requested.emit()
    with qtbot.waitSignal(window.run_host.finished, timeout=LONG):
        qtbot.mouseClick(question(qtbot).yes, Qt.MouseButton.LeftButton)
    assert "discarded" in page.headline.text()  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: runs.selected_run() is None, timeout=LONG)  # type: ignore[attr-defined]
    assert window.session.run_path is None


def test_closing_stops_and_keeps(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    with qtbot.waitSignal(window.session.dataset_changed):
        window.session.open_source(str(draw_classes(tmp_path / "images")))
    window.session.set_training(num_epochs=500, batch_size=4, device="cpu")
    window.run_flow.start()
    page = window.pages.page("training")
    qtbot.waitUntil(lambda: page.progress.epoch is not None, timeout=LONG)  # type: ignore[attr-defined]
    window.close()
    qtbot.mouseClick(question(qtbot).yes, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=LONG)
    run = window.session.run_path
    assert run is not None
    assert (run / "checkpoints" / "best.safetensors").is_file()
    # The next window offers to go on with it, and does.
    again = MainWindow(Theme("light"), Preferences())
    qtbot.addWidget(again)
    again.show()
    notices = again.services.notices
    qtbot.waitUntil(lambda: notices.message().startswith("You closed the window during a run"), timeout=LONG)
    qtbot.mouseClick(notices.banner.findChild(QPushButton), Qt.MouseButton.LeftButton)
    assert again.pages.current_name() == "training"
    page = again.pages.page("training")
    qtbot.waitUntil(lambda: page.progress.epoch is not None, timeout=LONG)  # type: ignore[attr-defined]
    assert again.run_host.run_path == run
    assert RunFolder(run).is_running()
    again.close()
    dialog = question(qtbot)
    assert dialog.lose is not None
    qtbot.mouseClick(dialog.lose, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not again.isVisible(), timeout=LONG)
    assert not run.exists() or not RunFolder(run).config_file.exists()
    assert again.ended_cleanly


def test_what_cannot_be_used_is_refused_in_words(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    archive = tmp_path / "images.zip"
    archive.write_bytes(b"PK")
    with qtbot.waitSignal(window.session.scan_failed):
        drop(window, archive)
    assert "images.zip" in shown_banner(window)
    text = tmp_path / "notes.txt"
    text.write_text("")
    with qtbot.waitSignal(window.drops.refused):
        drop(window, text)
    assert "notes.txt" in shown_banner(window)


def test_an_image_is_tried(qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[list[str]] = []
    monkeypatch.setattr(window.pages.page("evaluation"), "try_images", tried.append)
    image = draw_classes(tmp_path) / "dark" / "0.png"
    with qtbot.waitSignal(window.drops.images_dropped):
        drop(window, image)
    assert window.pages.current_name() == "evaluation"
    assert tried == [[str(image)]]


def test_settings_of_a_damaged_run_are_refused(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    window.show_page("runs")
    with qtbot.waitSignal(window.run_flow.reuse_failed):
        window.run_flow.reuse_run(tmp_path)
    assert "cannot be read" in shown_banner(window)


def test_a_run_that_failed_leads_to_a_report(qtbot: QtBot, window: MainWindow) -> None:
    window.show_page("training")
    window.run_host.failed.emit(EngineError("The disk is full.", "Make room."))
    page = window.pages.currentWidget()
    assert isinstance(page, PageFrame)
    button = next(button for button in page.banner.findChildren(QPushButton) if button.isVisible())
    assert button.text() == "Save a report…"
    for ask in (button.click, window.actions_.save_report.trigger):
        ask()
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, ReportDialog)
        qtbot.waitUntil(dialog.save.isEnabled, timeout=LONG)
        dialog.close()
    page.banner.show_message("info", "Something else.", action_text="Do")
    page.banner.action_triggered.emit()
    assert QApplication.activeModalWidget() is None
    qtbot.waitUntil(lambda: "CPU" in window.status_bar.hardware.text(), timeout=LONG)


def test_the_window_comes_back_as_it_was(qtbot: QtBot) -> None:
    preferences = Preferences()
    window = MainWindow(Theme("light"), preferences)
    qtbot.addWidget(window)
    window.resize(1400, 900)
    window.actions_.summary.trigger()
    window.commands.choose_theme("dark")
    window.close()
    theme = Theme(Preferences().theme_mode)
    again = MainWindow(theme, Preferences())
    qtbot.addWidget(again)
    assert theme.is_dark
    assert again.size().toTuple() != FIRST_SIZE  # restored, and cut to the small screen of the tests
    assert again.summary.isHidden()
    again.close()


def test_a_broken_page_does_not_take_the_others_away(qtbot: QtBot, caplog: pytest.LogCaptureFixture) -> None:
    def build(spec: PageSpec) -> PageFrame:
        raise ZeroDivisionError(spec.name)

    stack = PageStack(page_specs()[:2], build)
    qtbot.addWidget(stack)
    with qtbot.waitSignal(stack.crashed):
        stack.show_page("data")
    while stack.build_next():
        pass
    assert stack.current_name() == "data"
    assert "ZeroDivisionError" in caplog.text


def test_summary_in_words(window: MainWindow) -> None:
    words = StepSummary(window.session)
    assert words.data().state == "none"
    assert words.model().value == "Starter (EfficientNet-Lite0)"
    assert "learn" in words.layers().note
    window.session.choose_model("starter", weights="none")
    assert words.model().state == "warning"


def test_dialogs(qtbot: QtBot) -> None:
    theme = Theme("light")
    about = AboutDialog(theme)
    about.licenses.click()
    licenses = about.findChild(LicensesDialog)
    assert licenses is not None
    qtbot.waitUntil(lambda: licenses.parts.count() > 40)
    licenses.parts.setCurrentItem(licenses.parts.findItems("shiboken6", Qt.MatchFlag.MatchStartsWith)[0])
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in licenses.text.toPlainText()
    licenses.reject()
    bug = BugDialog(theme, "Traceback\nValueError: boom")
    for dialog in (about, bug):
        qtbot.addWidget(dialog)
        dialog.show()
    assert not bug._details.isVisible()
    bug.toggle.click()
    assert bug._details.isVisible()
    bug.copy.click()
    assert QApplication.clipboard().text() == bug.report()
    assert "ValueError: boom" in bug.report()
    assert "torch" in bug.report()
    assert all(button.text() for button in bug.findChildren(QPushButton))


# --- as a process ------------------------------------------------------------------------------------------------

FIRST_PAINT = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from finetune_gui.ui import main_window
from finetune_gui.ui.app import run_window

class Window(main_window.MainWindow):
    def _begin(self):
        print("torch" in sys.modules, "pyqtgraph" in sys.modules, flush=True)
        self.startup.devices_found.connect(self.report)
        super()._begin()

    def report(self, devices):
        print("torch" in sys.modules, bool(devices), flush=True)
        QTimer.singleShot(0, self.close)

from finetune_gui.ui import application
application.MainWindow = Window
sys.exit(run_window(["finetune-gui"]))
"""


def test_the_first_paint_needs_no_torch() -> None:
    result = subprocess.run(
        [sys.executable, "-c", FIRST_PAINT], capture_output=True, text=True, timeout=120, check=False
    )
    assert result.stdout.split() == ["False", "False", "True", "True"], result.stderr
    assert result.returncode == 0
    assert "Traceback" not in result.stderr
    assert "QThread" not in result.stderr


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for one process")
def test_ctrl_c_ends_it_in_good_order(own_home: Path, tmp_path: Path) -> None:
    code = "import sys; from finetune_gui.ui.app import run_window; sys.exit(run_window(['x'], dataset=sys.argv[1]))"
    folder = str(draw_classes(tmp_path / "images"))
    process = subprocess.Popen([sys.executable, "-c", code, folder], stderr=subprocess.PIPE, text=True)
    settings = own_home / "config" / "settings.ini"
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not (settings.is_file() and "images" in settings.read_text()):
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "QThread" not in errors
    assert "Traceback" not in errors
    assert "INFO finetune_gui.logs: Finetune GUI" in (own_home / "logs" / "finetune-gui.log").read_text()


def test_a_weight_file_dropped_anywhere_becomes_the_model(qtbot: QtBot, window: MainWindow, finished_run: Path) -> None:
    weights = finished_run / "checkpoints" / "best.safetensors"
    with qtbot.waitSignal(window.session.tree_changed, timeout=120_000):
        drop(window, weights)
    assert window.pages.current_name() == "model"
    assert window.session.config.model.id == f"file:{weights}"
    assert window.session.tree is not None
