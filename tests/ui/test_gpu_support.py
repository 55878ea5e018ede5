"""GPU support in the window: offered, fetched beside all else, paused, mended, removed."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from finetune_gui import paths
from finetune_gui.engine.cuda_parts import installed, offer
from finetune_gui.engine.gpu_support import NvidiaDriver
from finetune_gui.ui.dialogs.about_dialog import AboutDialog
from finetune_gui.ui.dialogs.gpu_support_dialog import GpuSupportDialog
from finetune_gui.ui.gpu_support import GpuSupport
from finetune_gui.ui.preferences import Preferences
from finetune_gui.ui.theme import Theme
from finetune_gui.ui.widgets.notice_bar import NoticeBar
from tests.made_up_editions import Installation, installation

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the programs of these editions are scripts of POSIX")

NEW = NvidiaDriver(version="580.95", cuda=(13, 0), gpus=(("GeForce RTX 4090", (8, 9)),))
OLD = NvidiaDriver(version="550.54.14", cuda=(12, 4), gpus=(("GeForce RTX 4090", (8, 9)),))


class Window(QWidget):
    """What the main window has of it."""

    def __init__(self) -> None:
        super().__init__()
        pages = QWidget()
        QVBoxLayout(self).addWidget(pages)
        self.theme = Theme()
        self.notices = NoticeBar(self.theme, pages)
        self.preferences = Preferences()
        self.support = GpuSupport(self, self.theme, self.notices, self.preferences, self)

    def dialog(self) -> GpuSupportDialog:
        self.support.show_dialog()
        return self.findChildren(GpuSupportDialog)[-1]


@pytest.fixture
def here(tmp_path: Path, own_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Installation]:
    with installation(tmp_path, own_home, monkeypatch) as made:
        yield made


@pytest.fixture
def window(here: Installation, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[Window]:
    assert here.app.is_dir()
    answer(monkeypatch, NEW)
    window = Window()
    qtbot.addWidget(window)
    window.resize(900, 400)
    window.show()
    yield window
    assert window.support.shutdown()


def answer(monkeypatch: pytest.MonkeyPatch, driver: NvidiaDriver | None) -> None:
    """This machine has no such GPU: its driver's answer is put in."""
    look = offer.look_for_offer
    monkeypatch.setattr("finetune_gui.ui.gpu_support.look_for_offer", lambda: look(lambda: driver))


def look(window: Window, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.support.changed):
        window.support.look()


def fetch(window: Window, qtbot: QtBot) -> None:
    window.support.fetch()
    qtbot.waitUntil(lambda: not window.support.is_fetching and window.support.offer.state == "ready", timeout=20_000)


def test_it_is_offered_fetched_and_ready(window: Window, qtbot: QtBot) -> None:
    look(window, qtbot)
    assert window.notices.message() == "A graphics card was found that is not used yet: GeForce RTX 4090."
    dialog = window.dialog()
    assert "nothing is sent" in dialog.state.text()
    told: list[str] = []
    window.support.advanced.connect(lambda advanced: told.append(advanced.activity))
    qtbot.mouseClick(dialog.fetch_button, Qt.MouseButton.LeftButton)
    assert dialog.pause_button.isVisible()
    assert window.notices.message() == ""
    dialog.close()  # it goes on
    qtbot.waitUntil(lambda: window.support.offer.state == "ready", timeout=20_000)
    assert window.notices.message() == "GPU support is ready."
    assert {"download", "unpack", "try"} <= set(told)
    assert installed.look() == "ready"


def test_about_tells_which_edition_it_is(window: Window, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    def shown() -> set[str]:
        dialog = AboutDialog(window.theme, window)
        qtbot.addWidget(dialog)
        return {label.text() for label in dialog.findChildren(QLabel)}

    assert "Without CUDA; see Help > GPU support" in shown()
    monkeypatch.setattr("sys.executable", str(installed.bundle_dir() / "finetune-gui"))
    assert "With CUDA, downloaded as GPU support" in shown()


def test_a_pause_keeps_what_is_there(window: Window, here: Installation, qtbot: QtBot) -> None:
    here.behaviour(1).faults = ["stall"]
    look(window, qtbot)
    dialog = window.dialog()
    qtbot.keyClick(dialog.fetch_button, Qt.Key.Key_Space)
    part = installed.downloads_dir() / f"{here.volumes[1].name}.part"
    qtbot.waitUntil(
        lambda: part.exists() and part.stat().st_size >= len(here.behaviour(1).content) // 2, timeout=20_000
    )
    qtbot.mouseClick(dialog.pause_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.support.offer.begun and not window.support.is_fetching)
    assert dialog.fetch_button.text() == "Go on"
    assert window.notices.message() == "GPU support for GeForce RTX 4090 is here in part."
    fetch(window, qtbot)
    assert here.behaviour(1).requests[-1]["Range"]
    assert dialog.state.text() == "GPU support is ready: close Finetune GUI and start it again."
    assert not dialog.fetch_button.isVisible()
    dialog.close()


def test_what_fails_is_said_with_a_way_out(window: Window, here: Installation, qtbot: QtBot) -> None:
    here.server.files.clear()
    look(window, qtbot)
    dialog = window.dialog()
    with qtbot.waitSignal(window.support.failed, timeout=20_000):
        qtbot.mouseClick(dialog.fetch_button, Qt.MouseButton.LeftButton)
    assert "could not be downloaded (the server answered 404" in dialog.banner.message()
    qtbot.waitUntil(lambda: dialog.fetch_button.isVisible())
    assert dialog.banner.isVisible()
    dialog.close()


def test_an_old_driver_is_told_and_nothing_offered(
    window: Window, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(monkeypatch, OLD)
    look(window, qtbot)
    assert window.notices.message() == ""
    dialog = window.dialog()
    assert "its driver 550.54.14 knows CUDA 12.4, and CUDA 13.0 is needed" in dialog.banner.message()
    assert not dialog.fetch_button.isEnabled()
    dialog.close()


def test_an_offer_that_was_declined_is_not_made_again(window: Window, qtbot: QtBot) -> None:
    look(window, qtbot)
    window.notices.banner.closed.emit()
    look(window, qtbot)
    assert window.notices.message() == ""


def test_a_damaged_one_is_mended_and_then_removed(window: Window, qtbot: QtBot) -> None:
    look(window, qtbot)
    fetch(window, qtbot)
    (installed.bundle_dir() / "_internal/nvidia/dnn.so").unlink()
    look(window, qtbot)
    assert window.notices.message() == "GPU support could not be started: GeForce RTX 4090 is not used."
    dialog = window.dialog()
    assert dialog.fetch_button.text() == "Check and mend"
    fetch(window, qtbot)
    qtbot.mouseClick(dialog.remove_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.support.offer.state == "absent")
    assert not paths.gpu_support_dir().exists()
    dialog.close()


def test_what_another_version_fetched_goes_when_it_is_not_brought_up_to_date(
    window: Window, here: Installation, qtbot: QtBot
) -> None:
    look(window, qtbot)
    fetch(window, qtbot)
    manifest = paths.cuda_manifest_file()
    manifest.write_bytes(manifest.read_bytes() + b"\n")
    look(window, qtbot)
    assert window.notices.message() == "Finetune GUI is newer than its GPU support: GeForce RTX 4090 is not used."
    window.notices.banner.closed.emit()
    qtbot.waitUntil(lambda: not installed.bundle_dir().exists() and window.support.offer.state == "absent")
    assert here.edition() == "cpu"
