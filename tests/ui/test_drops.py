"""What was dropped, told by what is there."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from finetune_gui.engine.errors import EngineError
from finetune_gui.ui.drops import WindowDrops, classify
from tests.ui.image_folders import draw_classes


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Two class folders, a zip, a table and a text."""
    draw_classes(tmp_path, num_images=2)
    with zipfile.ZipFile(tmp_path / "images.ZIP", "w") as archive:
        archive.write(tmp_path / "dark" / "0.png", "dark/0.png")
    (tmp_path / "labels.csv").write_text("file,label\ndark/0.png,dark\n")
    (tmp_path / "notes.pdf").write_text("")
    return tmp_path


@pytest.mark.parametrize(
    ("names", "kind"),
    [
        ([""], "source"),
        (["images.ZIP"], "source"),
        (["labels.csv"], "source"),
        (["dark", "light"], "folders"),
        (["dark/0.png"], "images"),
        (["dark/0.png", "notes.pdf", "light/1.png"], "images"),
        (["dark", "light/1.png"], "mixed"),
        (["images.ZIP", "labels.csv"], "mixed"),
        (["notes.pdf"], "other"),
        (["away.zip"], "gone"),
    ],
)
def test_what_was_dropped(data: Path, names: list[str], kind: str) -> None:
    drop = classify([str(data / name) for name in names])
    assert drop.kind == kind
    assert (drop.data is not None) == (kind in ("source", "folders"))


def test_class_folders_lie_below_their_common_parent(data: Path) -> None:
    named = classify([str(data / "dark"), str(data / "light")]).data
    assert named is not None
    assert named.path == str(data)
    assert named.class_folders == (str(data / "dark"), str(data / "light"))


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    window = QWidget()
    qtbot.addWidget(window)
    return window


def let_go(window: QWidget, *paths: Path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    buttons, keys, action = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, Qt.DropAction.CopyAction
    QApplication.sendEvent(window, QDragEnterEvent(QPoint(5, 5), action, mime, buttons, keys))
    QApplication.sendEvent(window, QDropEvent(QPointF(5, 5), action, mime, buttons, keys))


def test_data_and_images_are_told_apart(qtbot: QtBot, window: QWidget, data: Path) -> None:
    drops = WindowDrops(window)
    with qtbot.waitSignal(drops.data_dropped) as dropped:
        let_go(window, data / "images.ZIP")
    assert dropped.args[0].path == str(data / "images.ZIP")
    with qtbot.waitSignal(drops.images_dropped) as tried:
        let_go(window, data / "dark" / "0.png")
    assert tried.args[0] == [str(data / "dark" / "0.png")]
    assert drops.shutdown()


@pytest.mark.parametrize(
    ("choose", "words"),
    [
        (lambda data: (data / "dark", data / "labels.csv"), "do not belong together"),
        (lambda data: (data / "away",), "does not exist any more"),
        (lambda data: (data / "notes.pdf",), "neither a folder nor an image"),
    ],
)
def test_what_is_of_no_use_is_refused(
    qtbot: QtBot, window: QWidget, data: Path, choose: Callable[[Path], tuple[Path, ...]], words: str
) -> None:
    drops = WindowDrops(window)
    with qtbot.waitSignal(drops.refused) as refused:
        let_go(window, *choose(data))
    error = refused.args[0]
    assert isinstance(error, EngineError)
    assert words in error.message
    assert error.hint
    assert drops.shutdown()
