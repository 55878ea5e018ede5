"""Banner, figure card, step button, elided label, progress line and drop area, by real events."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from finetune_gui.ui.theme import Theme
from finetune_gui.ui.widgets.banner import Banner
from finetune_gui.ui.widgets.drop_area import DropArea, local_paths
from finetune_gui.ui.widgets.elided_label import ElidedLabel
from finetune_gui.ui.widgets.figure_card import FigureCard
from finetune_gui.ui.widgets.progress_line import ProgressLine
from finetune_gui.ui.widgets.step_button import StepButton


@pytest.fixture
def theme(qapp: QApplication) -> Iterator[Theme]:  # noqa: ARG001
    theme = Theme("light")
    yield theme
    theme.mode = "system"


def shown(qtbot: QtBot, widget: QWidget) -> QWidget:
    qtbot.addWidget(widget)
    with qtbot.waitExposed(widget):
        widget.show()
    return widget


def urls(*addresses: str) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl(address) for address in addresses])
    return mime


# ------------------------------------------------------------------------ banner


@pytest.fixture
def banner(theme: Theme, qtbot: QtBot) -> Iterator[Banner]:
    parent = shown(qtbot, QWidget())
    banner = Banner(theme, parent)
    banner.resize(500, 60)
    yield banner
    parent.close()


def test_banner_is_hidden_until_there_is_something_to_say(banner: Banner) -> None:
    assert not banner.isVisible()
    banner.show_message("error", "No images found", "Drop another folder")
    assert banner.isVisible()
    assert banner.message() == "No images found"
    assert banner.accessibleName() == "No images found"
    assert banner.accessibleDescription() == "Drop another folder"
    assert banner.property("level") == "error"
    assert not any(button.isVisible() for button in banner.findChildren(QPushButton))


def test_banner_action_by_mouse(banner: Banner, qtbot: QtBot) -> None:
    banner.show_message("warning", "3 images are broken", action_text="Show")
    with qtbot.waitSignal(banner.action_triggered):
        qtbot.mouseClick(banner.findChild(QPushButton), Qt.MouseButton.LeftButton)
    assert banner.isVisible()


def test_banner_closes_by_keyboard(banner: Banner, qtbot: QtBot) -> None:
    banner.show_message("info", "Hello")
    with qtbot.waitSignal(banner.closed):
        qtbot.keyClick(banner.findChild(QToolButton), Qt.Key.Key_Space)
    assert not banner.isVisible()
    assert banner.message() == ""


def test_banner_shows_markup_as_it_is(banner: Banner) -> None:
    banner.show_message("info", "<b>cat</b>.jpg")
    assert banner.message() == "<b>cat</b>.jpg"


# ------------------------------------------------------------------- figure card


def test_figure_card_speaks(theme: Theme, qtbot: QtBot) -> None:
    card = FigureCard(theme, "Validation accuracy")
    qtbot.addWidget(card)
    card.set_figure("95.4 %", "best at epoch 7", level="success")
    assert card.figure() == "95.4 %"
    assert card.accessibleName() == "Validation accuracy"
    assert card.accessibleDescription() == "95.4 % best at epoch 7"
    card.set_figure("96 %")
    assert card.accessibleDescription() == "96 % best at epoch 7"


# ------------------------------------------------------------------- step button


def test_step_buttons_are_exclusive_and_keyboard_reachable(theme: Theme, qtbot: QtBot) -> None:
    bar = QWidget()
    layout = QHBoxLayout(bar)
    data, model = StepButton(theme, "Data", "data"), StepButton(theme, "Model", "model")
    layout.addWidget(data)
    layout.addWidget(model)
    shown(qtbot, bar)
    qtbot.mouseClick(data, Qt.MouseButton.LeftButton)
    assert data.isChecked()
    model.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(model, Qt.Key.Key_Space)
    assert model.isChecked()
    assert not data.isChecked()
    assert data.accessibleName() == "Data"


def test_step_button_badge(theme: Theme, qtbot: QtBot) -> None:
    button = StepButton(theme, "Data", "data")
    shown(qtbot, button)
    before = button.grab().toImage()
    button.set_state("warning", "3 images are broken")
    assert button.state() == "warning"
    assert button.property("state") == "warning"
    assert "3 images are broken" in button.accessibleDescription()
    assert button.toolTip() == "3 images are broken"
    assert button.grab().toImage() != before


# ------------------------------------------------------------------ elided label


def test_elided_label_cuts_the_middle_and_keeps_the_text(qtbot: QtBot) -> None:
    text = "/home/somebody/" + "folder/" * 30 + "image.jpg"
    label = ElidedLabel(text)
    label.resize(200, 20)
    shown(qtbot, label)
    assert "…" in label.shown_text()
    assert label.shown_text().startswith("/home")
    assert label.shown_text().endswith(".jpg")
    assert label.text() == text
    assert label.toolTip() == text
    label.resize(5000, 20)
    assert label.shown_text() == text
    assert label.toolTip() == ""


# ----------------------------------------------------------------- progress line


def test_progress_line_values(theme: Theme, qtbot: QtBot) -> None:
    line = ProgressLine(theme)
    shown(qtbot, line)
    line.set_progress(0.31, "31 %")
    assert line.value() == pytest.approx(0.31)
    assert line.text() == "31 %"
    line.set_progress(7.0)
    assert line.value() == 1.0
    assert line.text() == "31 %"
    line.set_progress(None)
    assert line.is_busy()
    assert line.value() is None
    line.set_progress(0.0)
    assert line.value() == 0.0
    line.hide()


# --------------------------------------------------------------------- drop area


def enter(area: DropArea, mime: QMimeData) -> bool:
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    event = QDragEnterEvent(QPoint(9, 9), Qt.DropAction.CopyAction, mime, buttons, keys)
    event.ignore()
    QApplication.sendEvent(area, event)
    return event.isAccepted()


def drop(area: DropArea, mime: QMimeData) -> None:
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(area, QDropEvent(QPointF(9, 9), Qt.DropAction.CopyAction, mime, buttons, keys))


def test_local_paths_leave_out_the_web(tmp_path: Path) -> None:
    here = QUrl.fromLocalFile(str(tmp_path)).toString()
    assert [Path(path) for path in local_paths(urls(here, "https://example.org/a.jpg"))] == [tmp_path]
    assert local_paths(QMimeData()) == []


def test_drop_area_lights_up_and_tells_the_paths(theme: Theme, qtbot: QtBot, tmp_path: Path) -> None:
    area = DropArea(theme, "Drop a folder")
    shown(qtbot, area)
    mime = urls(QUrl.fromLocalFile(str(tmp_path)).toString())
    assert enter(area, mime)
    assert area.property("active") == "true"
    with qtbot.waitSignal(area.dropped) as signal:
        drop(area, mime)
    assert [Path(path) for path in signal.args[0]] == [tmp_path]
    assert area.property("active") == "false"


def test_drop_area_calms_down_when_the_drag_leaves(theme: Theme, qtbot: QtBot) -> None:
    area = DropArea(theme, "Drop a folder")
    shown(qtbot, area)
    mime = urls("file:///tmp")
    enter(area, mime)
    QApplication.sendEvent(area, QDragLeaveEvent())
    assert area.property("active") == "false"


def test_drop_area_refuses_text(theme: Theme, qtbot: QtBot) -> None:
    area = DropArea(theme, "Drop a folder")
    shown(qtbot, area)
    mime = QMimeData()
    mime.setText("hello")
    assert not enter(area, mime)
    with qtbot.assertNotEmitted(area.dropped):
        drop(area, mime)
