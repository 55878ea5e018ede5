"""The confusion matrix by mouse and keyboard, from 2 to 100 classes."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from finetune_gui.ui.theme import Theme
from finetune_gui.ui.widgets.confusion_view import ConfusionView


@pytest.fixture
def view(qapp: QApplication, qtbot: QtBot) -> Iterator[ConfusionView]:  # noqa: ARG001
    theme = Theme("light")
    view = ConfusionView(theme)
    view.resize(600, 500)
    qtbot.addWidget(view)
    with qtbot.waitExposed(view):
        view.show()
    yield view
    theme.mode = "system"


def diagonal(count: int) -> tuple[list[list[int]], list[str]]:
    return [[10 * (row == col) for col in range(count)] for row in range(count)], [f"class {n}" for n in range(count)]


def test_click_activates_the_cell_under_the_mouse(view: ConfusionView, qtbot: QtBot) -> None:
    view.set_matrix([[5, 1], [2, 8]], ["ants", "bees"])
    with qtbot.waitSignal(view.cell_activated) as signal:
        qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=view.cell_rect(1, 0).center())
    assert signal.args == [1, 0]
    assert view.current_cell() == (1, 0)


def test_arrows_and_enter(view: ConfusionView, qtbot: QtBot) -> None:
    view.set_matrix([[5, 1], [2, 8]], ["ants", "bees"])
    view.setFocus()
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Up):
        qtbot.keyClick(view, key)
    assert view.current_cell() == (0, 1)
    assert "ants" in view.accessibleDescription()
    assert "bees" in view.accessibleDescription()
    with qtbot.waitSignal(view.cell_activated) as signal:
        qtbot.keyClick(view, Qt.Key.Key_Return)
    assert signal.args == [0, 1]


def test_sentences(view: ConfusionView) -> None:
    view.set_matrix([[3, 1], [0, 0]], ["{ants}", "bees"])
    assert view.describe(0, 1) == "“{ants}” taken for “bees”: 1 (25.0 % of “{ants}”)"
    assert view.describe(0, 0) == "“{ants}”: 3 recognised (75.0 %)"
    assert "0.0 %" in view.describe(1, 1)


@pytest.mark.parametrize("count", [1, 2, 7, 30, 100, 250])
def test_every_cell_is_found_where_it_is_drawn(view: ConfusionView, count: int) -> None:
    view.set_matrix(*diagonal(count))
    for cell in [(0, 0), (count // 2, count // 3), (count - 1, count - 1)]:
        view.set_current_cell(*cell)
        assert view.cell_at(view.cell_rect(*cell).center()) == cell
        assert view.viewport().rect().contains(view.cell_rect(*cell).center())
    view.grab()


def test_many_classes_scroll_and_few_do_not(view: ConfusionView) -> None:
    view.set_matrix(*diagonal(100))
    assert view.verticalScrollBar().maximum() > 0
    assert view.horizontalScrollBar().maximum() > 0
    view.set_matrix(*diagonal(3))
    assert view.verticalScrollBar().maximum() == 0
    assert view.horizontalScrollBar().maximum() == 0


def test_share_toggle_repaints(view: ConfusionView) -> None:
    view.set_matrix([[5, 1], [2, 8]], ["ants", "bees"])
    before = view.grab().toImage()
    view.set_show_share(True)
    assert view.show_share
    assert view.grab().toImage() != before


def test_long_labels_leave_room_for_cells(view: ConfusionView) -> None:
    view.set_matrix([[5, 1], [2, 8]], ["a" * 300, "b" * 300])
    assert view.cell_rect(0, 0).width() > 22
    assert view.cell_rect(0, 1).right() < view.viewport().width()


def test_outside_is_no_cell(view: ConfusionView) -> None:
    assert view.cell_at(QPoint(100, 100)) is None
    view.set_matrix([[5, 1], [2, 8]], ["ants", "bees"])
    assert view.cell_at(QPoint(0, 0)) is None
    assert view.cell_at(QPoint(599, 499)) is None


def test_empty_matrix_ignores_keys(view: ConfusionView, qtbot: QtBot) -> None:
    view.setFocus()
    with qtbot.assertNotEmitted(view.cell_activated):
        qtbot.keyClick(view, Qt.Key.Key_Return)
        qtbot.keyClick(view, Qt.Key.Key_Left)
        qtbot.keyClick(view, Qt.Key.Key_Home)
    view.grab()


def test_not_square_is_refused(view: ConfusionView) -> None:
    with pytest.raises(ValueError, match="square"):
        view.set_matrix([[1, 2]], ["ants"])
