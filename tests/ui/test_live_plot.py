"""The live plot: thinning keeps what matters, reading is right, menus and keys do what they say."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QWheelEvent
from PySide6.QtWidgets import QApplication, QMessageBox, QToolButton
from pytestqt.qtbot import QtBot

from finetune_gui.ui.theme import Theme
from finetune_gui.ui.widgets.live_plot import LivePlot
from finetune_gui.ui.widgets.series_buffer import SeriesBuffer, moving_average

MILLION = 1_000_000


@pytest.fixture
def plot(qapp: QApplication, qtbot: QtBot) -> Iterator[LivePlot]:  # noqa: ARG001
    theme = Theme("light")
    plot = LivePlot(theme, "Loss", "Step", "Loss", "loss")
    plot.add_series("train", "Training", "train_curve", smoothing=0.9)
    plot.add_series("val", "Validation", "val_curve", symbol=True)
    plot.resize(700, 400)
    qtbot.addWidget(plot)
    with qtbot.waitExposed(plot):
        plot.show()
    yield plot
    plot.shutdown()
    plot.close()
    theme.mode = "system"


def y_range(plot: LivePlot) -> tuple[float, float]:
    low, high = plot._box.viewRange()[1]
    return float(low), float(high)


def x_range(plot: LivePlot) -> tuple[float, float]:
    low, high = plot._box.viewRange()[0]
    return float(low), float(high)


# ------------------------------------------------------------------------ buffer


def test_thinning_a_million_points_keeps_every_spike() -> None:
    rng = np.random.default_rng(0)
    y = rng.random(MILLION)
    y[123_456], y[777_777] = 50.0, -50.0
    buffer = SeriesBuffer()
    for start in range(0, MILLION, 50_000):
        buffer.extend(np.arange(start, start + 50_000), y[start : start + 50_000])
    x, thin, _, _ = buffer.thinned(0, MILLION, 800)
    assert len(x) <= 2 * 800 + 5
    assert (123_456.0, 50.0) in set(zip(x.tolist(), thin.tolist(), strict=True))
    assert (777_777.0, -50.0) in set(zip(x.tolist(), thin.tolist(), strict=True))
    assert np.all(np.diff(x) > 0)
    assert (x[-1], thin[-1]) == (MILLION - 1, y[-1])


def test_thinning_keeps_least_and_greatest_of_every_bucket() -> None:
    rng = np.random.default_rng(1)
    y = rng.random(10_007)
    buffer = SeriesBuffer()
    buffer.extend(np.arange(len(y)), y)
    _, thin, _, _ = buffer.thinned(0, len(y), 100)
    kept, width = set(thin.tolist()), len(y) // 100
    for start in range(0, len(y), width):
        part = y[start : start + width]
        assert {float(part.min()), float(part.max())} <= kept


def test_few_points_are_not_thinned_and_a_window_has_its_neighbours() -> None:
    buffer = SeriesBuffer()
    buffer.extend(range(100), range(100))
    assert len(buffer.thinned(0, 100, 100)[0]) == 100
    assert buffer.thinned(10, 20, 100)[0].tolist() == list(range(9, 22))


def test_moving_average_is_the_plain_loop() -> None:
    values = np.random.default_rng(2).random(2000)
    average, expected = float(values[0]), []
    for value in values:
        average = 0.98 * average + 0.02 * value
        expected.append(average)
    whole = moving_average(values, None, 0.98)
    np.testing.assert_allclose(whole, expected, rtol=1e-9)
    pieces = SeriesBuffer(0.98)
    for start in range(0, 2000, 7):
        pieces.extend(np.arange(start, min(start + 7, 2000)), values[start : start + 7])
    np.testing.assert_allclose(pieces.smooth, expected, rtol=1e-9)


@pytest.mark.parametrize("smoothing", [0.0, 0.01, 0.5, 0.999])
def test_moving_average_of_a_constant_is_the_constant(smoothing: float) -> None:
    np.testing.assert_allclose(moving_average(np.full(3000, 0.7), None, smoothing), 0.7, rtol=1e-9)


def test_a_smaller_x_rewinds() -> None:
    buffer = SeriesBuffer(0.5)
    buffer.extend([1, 2, 3, 4], [1, 1, 9, 9])
    buffer.extend([3, 4], [1, 1])
    assert buffer.x.tolist() == [1, 2, 3, 4]
    assert buffer.y.tolist() == [1, 1, 1, 1]
    assert buffer.smooth.tolist() == [1, 1, 1, 1]


def test_what_is_not_finite_is_left_out() -> None:
    buffer = SeriesBuffer(0.9)
    buffer.extend([1, 2, 3, 4], [1.0, float("nan"), float("inf"), 2.0])
    buffer.extend([5], [float("nan")])
    assert buffer.x.tolist() == [1, 4]


def test_falling_x_is_refused() -> None:
    with pytest.raises(ValueError, match="fall"):
        SeriesBuffer().extend([2, 1], [0, 0])
    with pytest.raises(ValueError, match="as many"):
        SeriesBuffer().extend([1], [0, 0])


def test_nearest_point() -> None:
    buffer = SeriesBuffer()
    assert buffer.nearest(3) is None
    buffer.extend([0, 10, 20], [1, 2, 3])
    assert [buffer.nearest(x) for x in (-5, 4, 6, 14, 99)] == [(0, 1), (0, 1), (10, 2), (10, 2), (20, 3)]


# -------------------------------------------------------------------------- plot


def test_plot_draws_a_million_points_thinned(plot: LivePlot) -> None:
    y = np.random.default_rng(3).random(MILLION)
    y[500_000] = 3.0
    plot.extend("train", np.arange(MILLION), y)
    plot.refresh()
    x, drawn = plot.drawn_points("train")
    assert len(x) < 4000
    assert drawn.max() == 3.0
    assert x[0] <= 1000
    assert x[-1] == MILLION - 1


def test_points_are_drawn_without_asking(plot: LivePlot, qtbot: QtBot) -> None:
    for step in range(50):
        plot.extend("train", [step], [1.0])
    qtbot.waitUntil(lambda: len(plot.drawn_points("train")[0]) == 50)


def test_values_at_reads_every_visible_curve(plot: LivePlot, qtbot: QtBot) -> None:
    plot.extend("train", range(101), np.linspace(2, 1, 101))
    plot.extend("val", [50, 100], [0.5, 0.25])
    assert plot.values_at(49.6) == {"train": (50.0, pytest.approx(1.5)), "val": (50.0, 0.5)}
    entry = next(button for button in plot.findChildren(QToolButton) if "Validation" in button.text())
    qtbot.mouseClick(entry, Qt.MouseButton.LeftButton)
    assert set(plot.values_at(49.6)) == {"train"}


def test_hover_shows_the_values_under_the_mouse(plot: LivePlot) -> None:
    plot.extend("train", range(101), np.linspace(2, 1, 101))
    plot.extend("val", [50, 100], [0.5, 0.25])
    plot.refresh()
    at = plot._box.mapViewToScene(QPointF(50.2, 1.0))
    plot._view.scene().sigMouseMoved.emit(at)
    assert plot._tip.isVisible()
    assert plot._cross.value() == 50
    assert "1.5" in plot._tip.text()
    assert "0.5" in plot._tip.text()
    plot._view.scene().sigMouseMoved.emit(QPointF(-5, -5))
    assert not plot._tip.isVisible()


def test_arrows_read_without_a_mouse(plot: LivePlot, qtbot: QtBot) -> None:
    plot.extend("train", range(11), [1.0] * 11)
    plot.refresh()
    plot.setFocus()
    qtbot.keyClick(plot, Qt.Key.Key_Home)
    assert plot._cross.value() == 0
    qtbot.keyClick(plot, Qt.Key.Key_Right)
    assert plot._cross.value() == 1
    qtbot.keyClick(plot, Qt.Key.Key_End)
    assert plot._cross.value() == 10
    qtbot.keyClick(plot, Qt.Key.Key_Escape)
    assert not plot._tip.isVisible()


def test_loss_starts_at_zero_and_percent_is_fixed(plot: LivePlot, qtbot: QtBot) -> None:
    plot.extend("train", [1, 2], [2.0, 1.0])
    plot.refresh()
    low, high = y_range(plot)
    assert low <= 0.0
    assert high >= 2.0
    percent = LivePlot(plot._theme, "Accuracy", "Epoch", "Accuracy", "percent")
    qtbot.addWidget(percent)
    percent.add_series("val", "Validation", "val_curve")
    percent.extend("val", [1, 2], [0.5, 0.6])
    percent.refresh()
    low, high = y_range(percent)
    assert -5 < low <= 0
    assert 100 <= high < 105
    assert percent.drawn_points("val")[1].tolist() == [0.5, 0.6]


def test_log_axis_survives_zeros(plot: LivePlot) -> None:
    plot.extend("train", [1, 2, 3], [1.0, 0.0, 0.01])
    plot.extend("val", [1], [0.0])
    plot.mark_best(1, 0.0, "best")
    with np.errstate(divide="ignore"):
        plot.set_log_y(True)
    low, high = y_range(plot)
    assert low == pytest.approx(-2, abs=0.3)
    assert high == pytest.approx(0, abs=0.3)


def test_wheel_zooms_only_with_ctrl_and_reset_shows_all(plot: LivePlot, qtbot: QtBot) -> None:
    plot.extend("train", range(100), [1.0] * 100)
    plot.refresh()
    whole = x_range(plot)

    def turn(keys: Qt.KeyboardModifier) -> None:
        viewport = plot._view.viewport()
        at = QPointF(viewport.rect().center())
        up = QPoint(0, 120)
        phase = Qt.ScrollPhase.NoScrollPhase
        globally = QPointF(viewport.mapToGlobal(at.toPoint()))
        event = QWheelEvent(at, globally, QPoint(), up, Qt.MouseButton.NoButton, keys, phase, False)
        QApplication.sendEvent(viewport, event)

    turn(Qt.KeyboardModifier.NoModifier)
    assert x_range(plot) == whole
    turn(Qt.KeyboardModifier.ControlModifier)
    assert x_range(plot) != whole
    zoomed = x_range(plot)
    plot.extend("train", [100], [1.0])
    qtbot.waitUntil(lambda: plot.drawn_points("train")[0][-1] <= zoomed[1] + 2)
    assert x_range(plot) == zoomed
    plot.reset_view()
    assert x_range(plot)[1] > whole[1]


def test_empty_text_comes_and_goes(plot: LivePlot) -> None:
    plot.refresh()
    assert plot._empty.isVisible()
    assert plot.accessibleDescription() == plot._empty.text()
    plot.extend("train", [1], [1.0])
    plot.refresh()
    assert not plot._empty.isVisible()
    plot.clear()
    assert plot._empty.isVisible()


def test_screen_readers_hear_the_latest_values(plot: LivePlot) -> None:
    plot.extend("train", [1, 1200], [2.0, 0.25])
    plot.mark_best(1200, 0.25, "best at epoch 3")
    plot.refresh()
    assert plot.accessibleName() == "Loss"
    assert "Training 0.25" in plot.accessibleDescription()
    assert "1,200" in plot.accessibleDescription()
    assert "best at epoch 3" in plot.accessibleDescription()


def test_csv_and_png(plot: LivePlot, qtbot: QtBot, tmp_path: Path) -> None:
    plot.extend("train", [1, 2], [0.5, 0.25])
    plot.extend("val", [2], [0.75])
    assert plot.to_csv() == "Step,Training,Validation\n1,0.5,\n2,0.25,0.75\n"
    menu = plot.menu()
    next(action for action in menu.actions() if "CSV" in action.text()).trigger()
    assert QGuiApplication.clipboard().text() == plot.to_csv()
    menu.close()
    with qtbot.waitSignal(plot._saving.succeeded):
        plot.save_png(str(tmp_path / "plot.png"))
    assert (tmp_path / "plot.png").read_bytes().startswith(b"\x89PNG")


def test_a_png_that_cannot_be_written_is_told(plot: LivePlot, qtbot: QtBot, tmp_path: Path) -> None:
    plot.save_png(str(tmp_path / "gone" / "plot.png"))
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), QMessageBox))
    box = QApplication.activeModalWidget()
    assert isinstance(box, QMessageBox)
    assert "could not be written" in box.text()
    box.close()


def test_the_best_mark_stands_above_the_curves(plot: LivePlot) -> None:
    plot.extend("val", range(1, 11), [0.5] * 10)
    plot.set_x_end(10)
    for x in (1.0, 5.0, 10.0):
        plot.mark_best(x, 0.5, "best: epoch 5")
        plot.refresh()
        QApplication.processEvents()
        plot.refresh()
        words = plot._best_words
        curves = plot._view.mapFromScene(plot._box.sceneBoundingRect()).boundingRect()
        assert words.isVisible()
        assert words.geometry().bottom() <= curves.top() + 1
        assert words.geometry().left() >= 0
        assert words.geometry().right() < plot._view.width()
        assert plot._best_line.value() == x


def test_the_last_number_below_has_room(plot: LivePlot) -> None:
    plot.extend("val", range(1, 9), [0.5] * 8)
    plot.set_x_end(8)
    plot.refresh()
    last = plot._view.mapFromScene(plot._box.mapViewToScene(QPointF(8, 0))).x()
    assert last + plot.fontMetrics().horizontalAdvance("8") <= plot._view.width()


def test_theme_change_repaints(plot: LivePlot) -> None:
    plot.extend("train", [1, 2], [0.5, 0.25])
    plot.refresh()
    before = plot.grab().toImage()
    plot._theme.mode = "dark"
    assert plot.grab().toImage() != before
