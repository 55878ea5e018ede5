"""What people get wrong, on the real window: one sentence, a way out, and what was there before is still there."""

import shutil
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QSpinBox
from pytestqt.qtbot import QtBot

from finetune_gui import paths
from finetune_gui.engine.config import LayerPlan, LayerRule
from finetune_gui.ui.main_window import MainWindow
from finetune_gui.ui.pages.data_page import DataPage
from finetune_gui.ui.pages.evaluation_page import EvaluationPage
from finetune_gui.ui.pages.export_page import ExportPage
from finetune_gui.ui.pages.model_page import ModelPage
from finetune_gui.ui.pages.runs_page import RunsPage
from finetune_gui.ui.pages.training_page import TrainingPage
from finetune_gui.ui.preferences import Preferences
from finetune_gui.ui.theme import Theme
from finetune_gui.ui.widgets.page_frame import PageFrame
from tests.ui.image_folders import draw_classes

LONG = 60_000


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


@pytest.fixture
def good(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> Path:
    """Data that are chosen already."""
    folder = draw_classes(tmp_path / "good")
    with qtbot.waitSignal(window.session.dataset_changed, timeout=LONG):
        window.session.open_source(str(folder))
    window.session.set_training(num_epochs=1, batch_size=4, device="cpu")
    return folder


def drop(window: MainWindow, path: Path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    buttons, keys, action = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, Qt.DropAction.CopyAction
    QApplication.sendEvent(window, QDragEnterEvent(QPoint(5, 5), action, mime, buttons, keys))
    QApplication.sendEvent(window, QDropEvent(QPointF(5, 5), action, mime, buttons, keys))


def said(window: MainWindow) -> tuple[str, str]:
    """Sentence and way out of the banner that is seen."""
    page = window.pages.currentWidget()
    assert isinstance(page, PageFrame)
    if not page.banner.isVisible():
        return "", ""
    return page.banner.message(), page.banner.accessibleDescription()


def told(qtbot: QtBot, window: MainWindow, page: str, words: str) -> None:
    """The page is shown and its banner says this, with a way out."""
    qtbot.waitUntil(lambda: words in said(window)[0], timeout=LONG)
    assert window.pages.current_name() == page
    assert said(window)[1], "there is no way out"


def train(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.keyClick(window, Qt.Key.Key_F5)


# --- folders -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda _folder: None, "does not exist"),
        (lambda folder: folder.mkdir(), "is empty"),
        (lambda folder: [(folder / name).mkdir(parents=True) for name in ("a", "b")], "is empty"),
        (lambda folder: (folder.mkdir(), (folder / "notes.txt").write_text("text")), "no images"),
    ],
    ids=["gone", "empty", "empty classes", "texts"],
)
def test_folders_without_images(
    qtbot: QtBot, window: MainWindow, good: Path, tmp_path: Path, make: object, words: str
) -> None:
    folder = tmp_path / "bad"
    make(folder)  # type: ignore[operator]
    window.show_page("model")
    window.actions_.folder_requested.emit(str(folder))  # as from the list of recent folders
    told(qtbot, window, "data", words)
    drop(window, folder)
    told(qtbot, window, "data", words)
    assert window.session.dataset is not None
    assert window.session.dataset.root == good
    page = window.pages.page("data")
    assert isinstance(page, DataPage)
    assert page.view.isVisible()


@pytest.mark.parametrize(("classes", "words"), [({"a": 4}, "Only one class"), ({"a": 4, "b": 1}, "only one image")])
def test_folders_that_cannot_be_trained_on(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, classes: dict[str, int], words: str
) -> None:
    for name, count in classes.items():
        draw_classes(tmp_path / "drawn", classes=(name,), num_images=count)
    drop(window, tmp_path / "drawn")
    told(qtbot, window, "data", words)
    train(qtbot, window)
    told(qtbot, window, "training", words)
    assert not window.run_host.is_active()
    with qtbot.waitSignal(window.session.dataset_changed, timeout=LONG):
        drop(window, draw_classes(tmp_path / "better"))
    qtbot.waitUntil(lambda: said(window) == ("", ""), timeout=LONG)


def test_an_unreadable_image_is_left_out_and_named(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    folder = draw_classes(tmp_path / "images")
    (folder / "dark" / "broken.jpg").write_bytes(b"no image at all")
    drop(window, folder)
    page = window.pages.page("data")
    assert isinstance(page, DataPage)
    findings = page.view.findings
    qtbot.waitUntil(lambda: any("Cannot be read" in text for text in findings.list.texts()), timeout=LONG)
    page.view.show_finding("unreadable")
    assert "dark/broken.jpg: " in findings._lines.toPlainText()
    assert page.view.figure("left_out") == "1"


def encrypted(path: Path) -> None:
    """A zip whose entry says that it is encrypted."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("dark/0.png", b"secret")
    packed = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        packed[packed.index(signature) + offset] |= 1
    path.write_bytes(bytes(packed))


@pytest.mark.parametrize(
    ("name", "make", "words"),
    [
        ("cut.zip", lambda path: path.write_bytes(b"PK\x03\x04 and no more"), "cut.zip"),
        ("empty.zip", lambda path: zipfile.ZipFile(path, "w").close(), "empty.zip"),
        ("locked.zip", encrypted, "encrypted"),
        ("images.rar", lambda path: path.write_bytes(b"Rar!"), "images.rar"),
        ("labels.csv", lambda path: path.write_text("a,b\n1,2\n"), "labels.csv"),
        ("nothing.csv", lambda path: path.write_text(""), "nothing.csv"),
    ],
)
def test_archives_and_tables_that_cannot_be_used(
    qtbot: QtBot, window: MainWindow, good: Path, tmp_path: Path, name: str, make: Callable[[Path], object], words: str
) -> None:
    make(tmp_path / name)
    drop(window, tmp_path / name)
    told(qtbot, window, "data", words)
    assert window.session.dataset is not None
    assert window.session.dataset.root == good


def test_images_that_vanish_are_left_out(qtbot: QtBot, window: MainWindow, good: Path) -> None:
    preparation = window.session.preparation
    qtbot.waitUntil(lambda: preparation.inspection_state == "done" and not preparation.is_arranging(), timeout=LONG)
    shutil.rmtree(good / "dark")
    window.session.rescan()
    told(qtbot, window, "data", "Only one class")
    shutil.rmtree(good)
    window.session.rescan()
    told(qtbot, window, "data", "does not exist")
    assert not window.session.is_scanning()


# --- model, plan, settings ---------------------------------------------------------------------------------------


def test_a_weight_file_that_is_none(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    window.show_page("model")
    page = window.pages.page("model")
    assert isinstance(page, ModelPage)
    path = tmp_path / "weights.pth"
    path.write_text("not weights at all")
    page.open_weight_file(str(path))
    told(qtbot, window, "model", "no file of PyTorch weights")
    page.table.wished.emit("starter")
    qtbot.waitUntil(lambda: window.session.tree is not None, timeout=60_000)
    assert said(window) == ("", "")


def test_everything_frozen(qtbot: QtBot, window: MainWindow, good: Path) -> None:  # noqa: ARG001
    window.session.set_plan(LayerPlan(rules=(LayerRule(pattern="*", multiplier=0),)))
    train(qtbot, window)
    told(qtbot, window, "training", "frozen")
    window.show_page("layers")
    told(qtbot, window, "layers", "frozen")
    assert not window.run_host.is_active()
    window.session.set_plan(replace(window.session.config.plan, rules=()))
    assert said(window) == ("", "")


def test_no_epochs_are_impossible(qtbot: QtBot, window: MainWindow) -> None:
    page = window.pages.page("training")
    assert isinstance(page, TrainingPage)
    epochs = page.form.editor("training.num_epochs")
    assert isinstance(epochs, QSpinBox)
    epochs.setValue(0)
    epochs.selectAll()
    qtbot.keyClicks(epochs, "0\r")
    assert window.session.config.num_epochs >= 1


# --- the machine -------------------------------------------------------------------------------------------------


def test_no_place_for_runs(qtbot: QtBot, window: MainWindow, good: Path) -> None:
    paths.runs_dir().parent.mkdir(parents=True, exist_ok=True)
    paths.runs_dir().write_text("a file where the folder should be")
    train(qtbot, window)
    told(qtbot, window, "training", "cannot be made")
    qtbot.waitUntil(lambda: not window.run_host.is_active(), timeout=LONG)
    assert "cannot be made" in window.summary.row("training").note()
    assert window.session.dataset is not None
    assert window.session.dataset.root == good


def test_weights_that_cannot_be_downloaded(
    qtbot: QtBot,
    window: MainWindow,
    good: Path,  # noqa: ARG001
    no_network: list[object],  # noqa: ARG001
    caplog: pytest.LogCaptureFixture,  # noqa: ARG001
) -> None:
    window.session.choose_model("torchvision/mobilenet_v3_small")
    train(qtbot, window)
    told(qtbot, window, "training", "could not be downloaded")
    qtbot.waitUntil(lambda: not window.run_host.is_active(), timeout=LONG)
    assert not list(paths.runs_dir().iterdir())


# --- a run that is gone ------------------------------------------------------------------------------------------


def test_a_run_folder_that_was_deleted(qtbot: QtBot, window: MainWindow, finished_run: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    shutil.copytree(finished_run, run)
    window.session.select_run(run)
    qtbot.waitUntil(lambda: window.overview.run is not None, timeout=LONG)
    shutil.rmtree(run)

    window.show_page("evaluation")
    evaluation = window.pages.page("evaluation")
    assert isinstance(evaluation, EvaluationPage)
    evaluation.evaluate_folder("")
    told(qtbot, window, "evaluation", "is not a run folder")
    evaluation.banner.clear()
    evaluation.try_images([str(tmp_path)])
    told(qtbot, window, "evaluation", "no image")

    window.show_page("export")
    export = window.pages.page("export")
    assert isinstance(export, ExportPage)
    export._start.click()
    told(qtbot, window, "export", "is not a run folder")

    window.show_page("runs")
    runs = window.pages.page("runs")
    assert isinstance(runs, RunsPage)
    runs.reuse_requested.emit(run)
    told(qtbot, window, "runs", "cannot be read")
    runs.banner.clear()
    runs.resume_requested.emit(run)
    told(qtbot, window, "training", "is not a run folder")
    window.session.select_run(run)
    qtbot.waitUntil(lambda: window.overview.run is None, timeout=LONG)
