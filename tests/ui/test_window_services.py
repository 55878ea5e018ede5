"""Hardware strip, notices, reports, the offer to go on with an interrupted run, and news on the desktop."""

import os
import sys
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from finetune_gui import paths
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.events import RunFinished, RunPaused
from finetune_gui.engine.hardware import DiskReading, HardwareReader, HardwareReading
from finetune_gui.engine.nvidia import GpuReading, NvidiaGpus
from finetune_gui.engine.run_lock import RunLock
from finetune_gui.engine.runs import RunFolder
from finetune_gui.ui.application import BugReporter
from finetune_gui.ui.desktop_message import DesktopMessage
from finetune_gui.ui.dialogs.bug_dialog import BugDialog
from finetune_gui.ui.dialogs.report_dialog import ReportDialog
from finetune_gui.ui.hardware_status import HardwareStatus
from finetune_gui.ui.preferences import Preferences
from finetune_gui.ui.resume_offer import ResumeOffer
from finetune_gui.ui.run_host import RunHost
from finetune_gui.ui.run_notifier import RunNotifier
from finetune_gui.ui.theme import Theme
from finetune_gui.ui.widgets.hardware_strip import HardwareStrip
from finetune_gui.ui.widgets.notice_bar import Notice, NoticeBar
from finetune_gui.ui.workers.hardware_watch import HardwareWatch
from tests.ui.past_runs import make_run

GIB = 2**30
CALM = HardwareReading(
    cpu=0.47,
    memory_used=int(12.3 * GIB),
    memory_total=32 * GIB,
    gpus=(GpuReading(name="Big GPU", use=0.93, memory_used=int(3.1 * GIB), memory_total=24 * GIB, temperature=71.0),),
    disks=(DiskReading(path="/runs", free=74 * 10**9, total=270 * 10**9),),
)
DONE = RunFinished(outcome="completed", run_dir="", best_epoch=2, best_val_accuracy=0.954, seconds=3.0)


@pytest.fixture
def pages(qtbot: QtBot) -> Iterator[QWidget]:
    """In the place of the pages of a window."""
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(900, 400)
    pages = QWidget()
    QVBoxLayout(window).addWidget(pages)
    window.show()
    yield pages
    window.close()


@pytest.fixture
def notices(pages: QWidget) -> NoticeBar:
    return NoticeBar(Theme("light"), pages)


# --- hardware ----------------------------------------------------------------------------------------------------


def test_the_strip_shows_what_the_machine_tells(qtbot: QtBot) -> None:
    strip = HardwareStrip(Theme("dark"))
    qtbot.addWidget(strip)
    strip.show_reading(replace(CALM, gpus=()))
    assert strip.text() == "CPU 47 % · RAM 12.3/32 GB"
    strip.show_reading(CALM, {"gpu_temperature"})
    assert strip.text() == "CPU 47 % · RAM 12.3/32 GB · GPU 93 % · VRAM 3.1/24 GB · 71 °C"
    width = strip.sizeHint().width()
    strip.show_reading(replace(CALM, cpu=1.0, memory_used=4 * GIB))
    assert strip.sizeHint().width() == width  # nothing moves
    assert "Big GPU: 93 % busy, 3.1 GB of 24.0 GB of its memory" in strip.toolTip()
    assert strip.accessibleDescription() == strip.toolTip()
    assert not strip.grab().isNull()
    strip.show_reading(replace(CALM, gpus=(GpuReading(name="Part of a GPU"),), cpu_temperature=55.0))
    assert strip.text() == "CPU 47 % · RAM 12.3/32 GB · 55 °C"


def test_what_is_nearly_full_is_told_once_and_taken_back(qtbot: QtBot, notices: NoticeBar) -> None:
    strip = HardwareStrip(Theme("light"))
    qtbot.addWidget(strip)
    status = HardwareStatus(strip, notices)
    full = replace(
        CALM,
        memory_used=int(31.6 * GIB),
        cpu_temperature=99.0,
        gpus=(replace(CALM.gpus[0], memory_used=int(23.9 * GIB), temperature=91.0),),
        disks=(replace(CALM.disks[0], free=10**9),),
    )
    for _ in range(5):
        status.take(full)
    told = []
    while notices.message():
        told.append(notices.message())
        notices.banner.closed.emit()
    assert told == [
        "Memory is nearly full: 410 MB are free.",
        "The memory of Big GPU is nearly full: 102 MB are free.",
        "Big GPU is hot: 91 °C.",
        "The disk of /runs is nearly full: 1.0 GB are free.",
        "The processor is hot: 99 °C.",
    ]
    status.take(full)
    assert notices.message() == ""
    status.take(CALM)
    for _ in range(3):
        status.take(replace(CALM, memory_used=32 * GIB))
    assert notices.message().startswith("Memory is nearly full")
    status.take(CALM)
    assert notices.message() == ""
    assert status.shutdown()


def test_the_machine_is_watched_on_a_thread(qtbot: QtBot) -> None:
    watch = HardwareWatch(HardwareReader)
    with qtbot.waitSignal(watch.looked, timeout=10_000) as looked:
        watch.start(0.01)
    assert looked.args[0].memory_total > 0
    with qtbot.waitSignal(watch.looked, timeout=10_000):
        pass
    assert watch.shutdown()


def test_a_reader_that_fails_ends_in_silence(qtbot: QtBot) -> None:
    class Broken(HardwareReader):
        def read(self) -> HardwareReading:
            raise RuntimeError("no /proc")

    watch = HardwareWatch(lambda: Broken(gpus=NvidiaGpus()))
    watch.start(0.01)
    qtbot.waitUntil(watch._thread.isFinished)
    assert watch.shutdown()


# --- notices -----------------------------------------------------------------------------------------------------


def test_notices_wait_for_their_turn(qtbot: QtBot, notices: NoticeBar, pages: QWidget) -> None:
    notices.add(Notice(key="a", level="warning", message="First.", action_text="Do"))
    notices.add(Notice(key="b", level="info", message="Second."))
    notices.add(Notice(key="c", level="info", message="Third."))
    assert notices.message() == "First."
    notices.add(Notice(key="a", level="error", message="First, changed."))
    assert notices.message() == "First, changed."
    notices.withdraw("b")
    with qtbot.waitSignal(notices.action_triggered) as acted:
        notices.banner.action_triggered.emit()
    assert acted.args == ["a"]
    assert notices.message() == "Third."
    pages.window().resize(500, 500)
    qtbot.waitUntil(lambda: notices.geometry().bottom() == pages.geometry().bottom())
    assert pages.geometry().contains(notices.geometry())
    with qtbot.waitSignal(notices.closed):
        notices.banner.closed.emit()
    assert notices.isHidden()
    notices.withdraw("nothing")


# --- reports -----------------------------------------------------------------------------------------------------


@pytest.fixture
def report(qtbot: QtBot) -> ReportDialog:
    dialog = ReportDialog(
        Theme("light"), traceback="ZeroDivisionError: a bug", run_path=make_run("one", outcome="failed")
    )
    qtbot.addWidget(dialog)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    dialog.show()
    qtbot.waitUntil(dialog.save.isEnabled)
    return dialog


def test_a_report_is_shown_before_it_is_saved(qtbot: QtBot, report: ReportDialog, tmp_path: Path) -> None:
    shown = {}
    for row in range(report.files.topLevelItemCount()):
        item = report.files.topLevelItem(row)
        report.files.setCurrentItem(item)
        assert item.text(1).endswith(("bytes", "kB"))
        shown[item.text(0)] = report.preview.toPlainText()
    assert "ZeroDivisionError" in shown["traceback.txt"]
    assert "The disk is full." in shown["run/events.jsonl"]
    report.save_to(str(tmp_path / "report.zip"))
    qtbot.waitUntil(lambda: "is saved as" in report.banner.message())
    with zipfile.ZipFile(tmp_path / "report.zip") as archive:
        assert archive.namelist() == list(shown)
    report.save_to(str(tmp_path / "report.zip" / "within"))
    qtbot.waitUntil(lambda: "could not be written" in report.banner.message())
    assert report.save.isEnabled()
    report.close()


def test_a_bug_leads_to_its_report(qtbot: QtBot, pages: QWidget) -> None:
    reporter = BugReporter(Theme("light"), pages.window())
    reporter.report("ZeroDivisionError: a bug")
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, BugDialog)
    with qtbot.waitSignal(reporter.save_requested) as wished:
        qtbot.mouseClick(dialog.save, Qt.MouseButton.LeftButton)
    assert wished.args == ["ZeroDivisionError: a bug"]


# --- the interrupted run -----------------------------------------------------------------------------------------


def interrupted_run(name: str, outcome: str = "none") -> RunFolder:
    run = RunFolder(make_run(name, outcome=outcome, evaluated=False))
    run.last_checkpoint.parent.mkdir()
    run.last_checkpoint.write_bytes(b"weights")
    return run


@pytest.fixture
def offer_again(qtbot: QtBot, notices: NoticeBar) -> Iterator[Callable[[], tuple[ResumeOffer, str]]]:
    """As at another start of the app: gives the offer, and what it says."""
    made: list[ResumeOffer] = []

    def begin() -> tuple[ResumeOffer, str]:
        notices.withdraw("resume")
        made.append(ResumeOffer(notices, Preferences(), notices))
        made[-1].begin()
        with qtbot.waitSignal(made[-1]._finding.succeeded):
            pass
        return made[-1], notices.message()

    yield begin
    assert all(offer.shutdown() for offer in made)


def test_an_interrupted_run_is_offered_until_it_is_declined(
    qtbot: QtBot, notices: NoticeBar, offer_again: Callable[[], tuple[ResumeOffer, str]]
) -> None:
    assert offer_again()[1] == ""
    run = interrupted_run("crashed")
    with RunLock(run.path):
        assert offer_again()[1] == ""  # another window is at it
    offer, words = offer_again()
    assert words == "A run was interrupted: Starter on insects."
    with qtbot.waitSignal(offer.accepted) as accepted:
        notices.banner.action_triggered.emit()
    assert accepted.args == [run.path]
    offer, words = offer_again()
    offer.withdraw()
    assert notices.message() == ""
    assert offer_again()[1] == words
    notices.banner.closed.emit()
    assert offer_again()[1] == ""


def test_a_run_that_ended_with_the_window_is_offered(offer_again: Callable[[], tuple[ResumeOffer, str]]) -> None:
    run = interrupted_run("stopped", outcome="stopped")
    assert offer_again()[1] == ""  # the user stopped it
    Preferences().closed_on_run = str(run.path)
    assert offer_again()[1] == "You closed the window during a run: Starter on insects."


# --- news on the desktop -----------------------------------------------------------------------------------------


def test_the_end_of_a_run_is_told_when_nobody_looks(qtbot: QtBot) -> None:
    host, preferences = RunHost(), Preferences()
    notifier = RunNotifier(host, preferences)
    told: list[tuple[str, str]] = []
    notifier.news.connect(lambda title, text: told.append((title, text)))
    host.events.emit([DONE])
    host.events.emit([replace(DONE, stopped_early=True), RunPaused(global_step=1)])
    host.events.emit([replace(DONE, outcome="stopped"), replace(DONE, outcome="discarded")])  # the user was there
    host.events.emit([RunPaused(global_step=1, reason="The images are gone.", hint="Plug the disk in.")])
    host.failed.emit(EngineError("The disk is full.", "Make room."))
    host.crashed.emit("Traceback")
    assert [title for title, _ in told] == [
        "Training finished",
        "Training stopped by itself",
        "Training waits for you",
        "Training ended by an error",
        "Training ended by an error",
    ]
    assert told[0][1] == "95.4 % correct on validation images"
    preferences.notify_of_runs = False
    host.events.emit([DONE])
    preferences.notify_of_runs = True
    window = QWidget()
    qtbot.addWidget(window)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    host.events.emit([DONE])
    assert len(told) == 5


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems have a tray")
def test_a_message_by_the_program_of_the_desktop(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    message = DesktopMessage(Theme("light"))
    assert not message.show("Training finished", "95.4 %")  # no tray and no program
    program, said = tmp_path / "notify-send", tmp_path / "said"
    program.write_text(f'#!/bin/sh\nprintf "%s|" "$@" > "{said}"\n')
    program.chmod(0o755)
    assert message.show("Training finished", "95.4 %")
    qtbot.waitUntil(lambda: said.is_file() and said.read_text().endswith("%|"))
    assert said.read_text() == "--app-name=Finetune GUI|--|Training finished|95.4 %|"
    message.hide()


def test_logs_and_crashes_are_kept_where_the_system_keeps_them() -> None:
    assert paths.log_file().parent == paths.crash_file().parent == paths.log_dir()
    assert os.environ["FINETUNE_GUI_HOME"] in str(paths.log_dir())
