"""The runs page: list, details, wishes, trash."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import send2trash
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from finetune_gui import paths
from finetune_gui.engine.config import (
    DataConfig,
    LayerPlan,
    LayerRule,
    LossConfig,
    OptimConfig,
    StoppingConfig,
    TrainConfig,
)
from finetune_gui.engine.runs import list_runs
from finetune_gui.ui.item_models.run_item_model import SORT_ROLE, RunColumn, RunItemModel
from finetune_gui.ui.pages.runs_page import RunsPage
from finetune_gui.ui.session import Session
from finetune_gui.ui.theme import Theme
from tests.ui.past_runs import make_run


@pytest.fixture
def runs() -> dict[str, Path]:
    return {
        "finished": make_run("run 2", best=0.95),
        "unfinished": make_run("run 10", outcome="", best=0.7, age_days=1, evaluated=False),
        "failed": make_run("run 1", outcome="failed", best=0.8, age_days=2, evaluated=False),
    }


@pytest.fixture
def page(qtbot: QtBot) -> Iterator[RunsPage]:
    session = Session()
    page = RunsPage(session, Theme("light"))
    page.setProperty("session", session)
    qtbot.addWidget(page)
    page.resize(1040, 640)
    yield page
    page.shutdown()
    session.shutdown()


def show(page: RunsPage, qtbot: QtBot, count: int) -> None:
    with qtbot.waitExposed(page):
        page.show()
    qtbot.waitUntil(lambda: page._runs.rowCount() == count)


def select(page: RunsPage, qtbot: QtBot, path: Path) -> None:
    page._table.select_run(path)
    qtbot.waitUntil(lambda: not page._reading.is_running())


def test_no_runs(page: RunsPage, qtbot: QtBot) -> None:
    show(page, qtbot, 0)
    qtbot.waitUntil(lambda: not page._listing.is_running())
    assert page._stack.currentIndex() == 0
    assert page.selected_run() is None


def test_lists_the_newest_first_and_shows_it(page: RunsPage, qtbot: QtBot, runs: dict[str, Path]) -> None:
    show(page, qtbot, 3)
    selected = page.selected_run()
    assert selected is not None
    assert selected.path == runs["finished"]
    qtbot.waitUntil(lambda: page._details._form.rowCount() > 0)
    assert page._details.accuracy.values_at(2)["val"] == (2.0, 0.95)
    assert not page._resume.isVisible()  # it is whole; but it can be made longer
    with qtbot.waitSignal(page.extend_requested) as wish:
        qtbot.mouseClick(page._extend, Qt.MouseButton.LeftButton)
    assert wish.args == [runs["finished"]]
    page.set_active_run(runs["unfinished"])
    assert not page._extend.isEnabled()
    page.set_active_run(None)


@pytest.mark.usefixtures("runs")
def test_sorts_by_numbers_and_natural_names(page: RunsPage, qtbot: QtBot) -> None:
    show(page, qtbot, 3)
    table = page._table
    table.sortByColumn(RunColumn.NAME, Qt.SortOrder.AscendingOrder)
    assert [table.model().index(row, RunColumn.NAME).data() for row in range(3)] == ["run 1", "run 2", "run 10"]
    table.sortByColumn(RunColumn.ACCURACY, Qt.SortOrder.AscendingOrder)
    shown = [table.model().index(row, RunColumn.ACCURACY).data() for row in range(3)]
    assert shown == ["70.0 %", "80.0 %", "95.0 %"]


def test_the_failure_is_told(page: RunsPage, qtbot: QtBot, runs: dict[str, Path]) -> None:
    show(page, qtbot, 3)
    select(page, qtbot, runs["failed"])
    assert page._details._failure.text() == "The disk is full. Free some space."


def test_wishes(page: RunsPage, qtbot: QtBot, runs: dict[str, Path]) -> None:
    show(page, qtbot, 3)
    select(page, qtbot, runs["unfinished"])
    assert page._resume.isEnabled()
    wishes = (
        (page.open_requested, page._open),
        (page.reuse_requested, page._reuse),
        (page.resume_requested, page._resume),
    )
    for signal, button in wishes:
        with qtbot.waitSignal(signal) as wish:
            qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        assert wish.args == [runs["unfinished"]]
    with qtbot.waitSignal(page.open_requested) as wish:
        qtbot.keyClick(page._table, Qt.Key.Key_Return)
    assert wish.args == [runs["unfinished"]]


def test_the_run_in_training_is_left_alone(page: RunsPage, qtbot: QtBot, runs: dict[str, Path]) -> None:
    show(page, qtbot, 3)
    page.set_active_run(runs["unfinished"])
    select(page, qtbot, runs["unfinished"])
    row = page._runs.row_of(runs["unfinished"])
    assert page._runs.index(row, RunColumn.STATE).data() == "Training"
    assert not page._resume.isEnabled()
    assert not page._trash.isEnabled()
    page.set_active_run(None)
    assert page._resume.isEnabled()
    assert page._trash.isEnabled()


def test_follows_the_run_that_is_looked_at(page: RunsPage, qtbot: QtBot, runs: dict[str, Path]) -> None:
    show(page, qtbot, 3)
    page._session.select_run(runs["failed"])
    qtbot.waitUntil(lambda: page.selected_run() is not None and page.selected_run().path == runs["failed"])
    newest = make_run("run 11")
    page._session.select_run(newest)
    qtbot.waitUntil(lambda: page.selected_run() is not None and page.selected_run().path == newest)


def confirm(page: RunsPage, qtbot: QtBot) -> None:
    qtbot.mouseClick(page._trash, Qt.MouseButton.LeftButton)
    box = page.findChild(QMessageBox)
    button = next(each for each in box.buttons() if each.text() == "Move to trash")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_moves_to_the_trash_after_asking(
    page: RunsPage, qtbot: QtBot, runs: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(send2trash, "send2trash", shutil.rmtree)
    show(page, qtbot, 3)
    select(page, qtbot, runs["failed"])
    qtbot.mouseClick(page._trash, Qt.MouseButton.LeftButton)
    page.findChild(QMessageBox).reject()
    assert runs["failed"].exists()
    qtbot.waitUntil(lambda: page.findChild(QMessageBox) is None)
    confirm(page, qtbot)
    qtbot.waitUntil(lambda: page._runs.rowCount() == 2)
    assert not runs["failed"].exists()
    assert page.banner.message() == "run 1 is in the trash."


def test_a_trash_that_refuses_is_told(
    page: RunsPage, qtbot: QtBot, runs: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_path: Path) -> None:
        raise PermissionError(1, "no trash on this disk")

    monkeypatch.setattr(send2trash, "send2trash", refuse)
    show(page, qtbot, 3)
    select(page, qtbot, runs["failed"])
    confirm(page, qtbot)
    qtbot.waitUntil(lambda: page.banner.isVisible())
    assert "no trash on this disk" in page.banner.message()
    assert runs["failed"].exists()
    assert page._trash.isEnabled()


def test_settings_in_words(page: RunsPage) -> None:
    config = TrainConfig(
        data=DataConfig(path="/data/leaves", augment="strong"),
        plan=LayerPlan(preset="last_stage", rules=(LayerRule(pattern="head", multiplier=2),)),
        optim=OptimConfig(optimizer="sgd", lr=0.01, schedule="constant"),
    )
    words = dict(page._details.settings(config))
    assert words["Images"] == "leaves"
    assert words["Layers"] == "Last stage + head, with 1 rule of your own"
    assert words["Optimizer"] == "SGD, rate 0.01, constant"
    assert words["Recipe"] == "Of your own"
    assert "Also" not in words
    config = replace(
        config,
        batch_size=16,
        optim=OptimConfig(schedule="one_cycle", grad_accum_steps=2, clip_norm=1.0),
        loss=LossConfig(mixup=0.2, class_weights={"oak": 2.0}),
        stopping=StoppingConfig(patience=3),
    )
    words = dict(page._details.settings(config))
    assert words["Optimizer"] == "AdamW, automatic rate, one cycle"
    assert words["Epochs"] == "10, 32 images a step"
    assert words["Also"] == "mixup 0.2, clipping at 1, oak × 2"
    assert words["Stops early"] == "after 3 epochs without a better one"
    assert dict(page._details.settings(replace(config, batch_size=0)))["Epochs"] == "10, as many images a step as suit"


def test_run_model(qtmodeltester, runs: dict[str, Path]) -> None:  # type: ignore[no-untyped-def]
    model = RunItemModel(Theme("light"))
    model.set_runs(list_runs(paths.runs_dir()))
    qtmodeltester.check(model, force_py=True)
    row = model.row_of(runs["finished"])
    assert model.index(row, RunColumn.STATE).data() == "Finished"
    assert model.index(row, RunColumn.TIME).data() == "1:04"
    assert model.index(row, RunColumn.ACCURACY).data(SORT_ROLE) == 0.95
    assert model.row_of(Path("nowhere")) == -1


def test_a_damaged_run_costs_only_itself(page: RunsPage, qtbot: QtBot, runs: dict[str, Path]) -> None:
    (runs["failed"] / "config.json").write_text("{")
    os.utime(runs["unfinished"])
    show(page, qtbot, 2)
