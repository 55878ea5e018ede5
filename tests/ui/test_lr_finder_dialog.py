"""The search for a learning rate in the window, with a real network."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from finetune_gui.engine.events import LearningRateSuggested, LearningRateTried
from finetune_gui.ui.dialogs.lr_finder_dialog import LrFinderDialog
from finetune_gui.ui.pages.training_page import TrainingPage
from finetune_gui.ui.preferences import Preferences
from finetune_gui.ui.session import Session
from finetune_gui.ui.theme import Theme
from finetune_gui.ui.widgets.lr_curve import LrCurve

PATIENCE_MS = 120_000


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:  # noqa: ARG001
    session = Session()
    yield session
    assert session.shutdown()


@pytest.fixture
def page(qtbot: QtBot, session: Session) -> TrainingPage:
    page = TrainingPage(session, Theme("light"), Preferences())
    qtbot.addWidget(page, before_close_func=lambda page: page.shutdown())
    page.show()
    return page


def test_without_data_nothing_can_be_searched(page: TrainingPage) -> None:
    assert not page.form.find_button.isEnabled() or "No images" in page.form.find_button.toolTip()
    page.search.begin()
    assert page.search.dialog is None
    assert "No images" in page.banner.message()


@pytest.mark.slow
def test_search_cancel_and_search_again(qtbot: QtBot, page: TrainingPage, session: Session, tiny_data: Path) -> None:
    with qtbot.waitSignal(session.dataset_changed):
        session.open_source(str(tiny_data))
    session.set_training(batch_size=8, device="cpu")
    before = session.config
    page.set_ready(session.data_problem())

    told: list[bool] = []
    page.searching.connect(told.append)
    qtbot.mouseClick(page.form.find_button, Qt.MouseButton.LeftButton)
    dialog = page.search.dialog
    assert dialog is not None
    qtbot.waitUntil(lambda: len(dialog.curve.points()[0]) > 2, timeout=PATIENCE_MS)
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()  # at once, whatever goes on behind it
    qtbot.waitUntil(lambda: page.search.dialog is None, timeout=PATIENCE_MS)
    assert told == [True, False]
    assert session.config == before

    page.search.begin()
    dialog = page.search.dialog
    assert dialog is not None
    qtbot.waitUntil(dialog.use_button.isEnabled, timeout=PATIENCE_MS)
    assert dialog.use_button.text().startswith("Use 0.0") or "e-" in dialog.use_button.text()
    assert dialog.state.text().startswith("The loss falls fastest at ")
    qtbot.mouseClick(dialog.use_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.search.dialog is None, timeout=PATIENCE_MS)
    lr = session.config.optim.lr
    assert lr is not None
    assert 1e-4 < lr < 1
    assert session.config == replace(before, optim=replace(before.optim, lr=lr))


def test_what_cannot_be_searched_is_told(qtbot: QtBot, page: TrainingPage, session: Session, tmp_path: Path) -> None:
    config = replace(session.config, data=replace(session.config.data, path=str(tmp_path / "gone")))
    dialog = LrFinderDialog(page.theme, config, page)
    with qtbot.waitSignal(dialog._host.finished, timeout=PATIENCE_MS):
        dialog.open()
    assert "does not exist" in dialog.banner.message()
    assert not dialog.use_button.isEnabled()
    with qtbot.waitSignal(dialog.closed):
        dialog.reject()


def test_a_loss_that_falls_nowhere_suggests_nothing(page: TrainingPage, session: Session) -> None:
    dialog = LrFinderDialog(page.theme, session.config, page)
    dialog._on_events([LearningRateTried(lr=1e-7, loss=0.7), LearningRateSuggested(lr=None)])
    assert "fell with no rate" in dialog.state.text()
    assert not dialog.use_button.isEnabled()
    dialog.reject()


def test_the_curve_marks_what_is_suggested(qtbot: QtBot) -> None:
    curve = LrCurve(Theme("dark"))
    qtbot.addWidget(curve, before_close_func=lambda curve: curve.shutdown())
    for power in range(-7, 2):
        curve.add(10.0**power, 1.0)
    curve.show()
    curve.mark(0.003)
    x, _ = curve._curve.getData()
    assert x.tolist() == [float(power) for power in range(-7, 2)]  # by the logarithm
    assert curve._mark.label.toPlainText() == "0.003"
    assert curve.accessibleName().endswith("suggested: 0.003")
    assert curve.share_of(1e-3) == pytest.approx(0.5)
