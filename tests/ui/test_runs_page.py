"""The runs page: list, details, wishes, trash."""

import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtWidgets import QLabel, QMessageBox
from pytestqt.qtbot import QtBot

from finetune_gui import paths
from finetune_gui.engine.config import (
    DataConfig,
    DataEdits,
    LayerPlan,
    LayerRule,
    LossConfig,
    ModelConfig,
    OptimConfig,
    PresetChange,
    SpeedConfig,
    StoppingConfig,
    TrainConfig,
    TwoRates,
)
from finetune_gui.engine.predictions_file import ImagePredictions, save_predictions
from finetune_gui.engine.run_comparison import config_differences
from finetune_gui.engine.run_list import list_runs
from finetune_gui.engine.run_lock import RunLock
from finetune_gui.engine.run_notes import RunNotes, read_notes, write_notes
from finetune_gui.ui.dialogs.run_notes_dialog import RunNotesDialog
from finetune_gui.ui.item_models.run_item_model import SORT_ROLE, RunColumn, RunItemModel
from finetune_gui.ui.pages.runs_page import RunsPage
from finetune_gui.ui.session import Session
from finetune_gui.ui.setting_words import setting_titles, setting_value
from finetune_gui.ui.theme import Theme
from tests.ui.past_runs import make_run

# No field is as it is by default.
EVERYTHING_ELSE = TrainConfig(
    data=DataConfig(
        path="/data/leaves",
        class_folders=("/data/a", "/data/b"),
        class_level="last",
        val_split=0.3,
        test_split=0.1,
        group_pattern="p(.)",
        group_look_alikes=False,
        balance="class_weights",
        augment="none",
        edits=DataEdits(excluded=("a.jpg",)),
    ),
    model=ModelConfig(id="timm/resnet18", weights="none", architecture="timm/resnet18", head_dropout=0.5),
    plan=LayerPlan(
        preset="two_groups",
        rules=(LayerRule(pattern="x", multiplier=0),),
        batch_norm="adapts",
        two_rates=TwoRates(up_to="x", multiplier=2),
        schedule=(PresetChange(from_epoch=2, preset="all"),),
    ),
    optim=OptimConfig(
        optimizer="sgd",
        lr=0.1,
        weight_decay=0.1,
        momentum=0.5,
        schedule="step",
        warmup=0.5,
        step_epochs=2,
        step_factor=0.5,
        clip_norm=1,
        grad_accum_steps=2,
        ema_decay=0.9,
    ),
    loss=LossConfig(label_smoothing=0.1, class_weights={"a": 2}, mixup=0.1, cutmix=0.1),
    stopping=StoppingConfig(best_by="val_loss", patience=2),
    speed=SpeedConfig(cache=False, cache_gb=1, views=2, precision="fp32", compile=True),
    num_epochs=3,
    batch_size=4,
    seed=5,
    deterministic=True,
    checkpoint_minutes=1,
    device="cpu",
    task="another",
)


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
    page._table.select_runs([path])
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
    assert not page._actions_row.resume.isVisible()  # it is whole; but it can be made longer
    with qtbot.waitSignal(page.extend_requested) as wish:
        qtbot.mouseClick(page._actions_row.extend, Qt.MouseButton.LeftButton)
    assert wish.args == [runs["finished"]]
    page.set_active_run(runs["unfinished"])
    assert not page._actions_row.extend.isEnabled()
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
    assert page._actions_row.resume.isEnabled()
    wishes = (
        (page.open_requested, page._actions_row.open),
        (page.reuse_requested, page._actions_row.reuse),
        (page.resume_requested, page._actions_row.resume),
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
    assert not page._actions_row.resume.isEnabled()
    assert not page._actions_row.trash.isEnabled()
    page.set_active_run(None)
    assert page._actions_row.resume.isEnabled()
    assert page._actions_row.trash.isEnabled()


def test_follows_the_run_that_is_looked_at(page: RunsPage, qtbot: QtBot, runs: dict[str, Path]) -> None:
    show(page, qtbot, 3)
    page._session.select_run(runs["failed"])
    qtbot.waitUntil(lambda: page.selected_run() is not None and page.selected_run().path == runs["failed"])
    newest = make_run("run 11")
    page._session.select_run(newest)
    qtbot.waitUntil(lambda: page.selected_run() is not None and page.selected_run().path == newest)


@pytest.fixture
def trash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The trash of a desktop, in a place of this test's own."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    if sys.platform != "linux":
        pytest.skip("the trash of this system cannot be moved elsewhere")
    return tmp_path / "Trash" / "files"


def confirm(page: RunsPage, qtbot: QtBot) -> None:
    page._actions_row.trash.trigger()
    box = page.findChild(QMessageBox)
    button = next(each for each in box.buttons() if each.text() == "Move to trash")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_moves_to_the_trash_after_asking_and_back(
    page: RunsPage, qtbot: QtBot, runs: dict[str, Path], trash: Path
) -> None:
    show(page, qtbot, 3)
    select(page, qtbot, runs["failed"])
    page._table.setFocus()
    qtbot.keyClick(page._table, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: page.findChild(QMessageBox) is not None)
    page.findChild(QMessageBox).reject()
    assert runs["failed"].exists()
    qtbot.waitUntil(lambda: page.findChild(QMessageBox) is None)
    confirm(page, qtbot)
    qtbot.waitUntil(lambda: page._runs.rowCount() == 2)
    assert not runs["failed"].exists()
    assert (trash / "run 1" / "config.json").is_file()
    assert page.banner.message() == "run 1 is in the trash."
    qtbot.mouseClick(page.banner._action, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page._runs.rowCount() == 3)
    assert (runs["failed"] / "config.json").is_file()
    assert not list(trash.iterdir())
    assert not list((trash.parent / "info").iterdir())
    qtbot.waitUntil(lambda: page.selected_run() is not None and page.selected_run().path == runs["failed"])


def test_several_runs_go_at_once(page: RunsPage, qtbot: QtBot, runs: dict[str, Path], trash: Path) -> None:
    show(page, qtbot, 3)
    page._table.select_runs([runs["failed"], runs["unfinished"]])
    confirm(page, qtbot)
    qtbot.waitUntil(lambda: page._runs.rowCount() == 1)
    assert page.banner.message() == "2 runs moved to the trash."
    shutil.rmtree(trash / "run 1")  # emptied meanwhile
    page._on_banner()
    qtbot.waitUntil(lambda: "cannot be taken back" in page.banner.message())


@pytest.mark.usefixtures("trash")
def test_a_trash_that_refuses_is_told(
    page: RunsPage, qtbot: QtBot, runs: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "Trash").write_text("a file in its place")
    monkeypatch.setenv("HOME", str(tmp_path))
    show(page, qtbot, 3)
    select(page, qtbot, runs["failed"])
    confirm(page, qtbot)
    qtbot.waitUntil(lambda: page.banner.isVisible())
    assert "run 1 could not be moved to the trash" in page.banner.message()
    assert runs["failed"].exists()
    assert page._actions_row.trash.isEnabled()


@pytest.mark.usefixtures("trash")
def test_a_run_that_began_meanwhile_stays(page: RunsPage, qtbot: QtBot, runs: dict[str, Path]) -> None:
    show(page, qtbot, 3)
    select(page, qtbot, runs["unfinished"])
    with RunLock(runs["unfinished"]):  # another window has resumed it since the list was read
        confirm(page, qtbot)
        qtbot.waitUntil(lambda: page.banner.message() == "run 10 is being trained.")
    assert runs["unfinished"].exists()


def test_search(page: RunsPage, qtbot: QtBot, runs: dict[str, Path]) -> None:
    write_notes(runs["failed"], RunNotes(title="Wet season", note="blurred\nphotos", tags=("paper",)))
    show(page, qtbot, 3)
    page.activateWindow()
    page._table.setFocus()
    qtbot.keyClick(page, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert page.focusWidget() is page._search
    qtbot.keyClicks(page._search, "PAPER blurred")
    assert page._table.num_shown() == 1
    assert page._found.text() == "1 run found"
    selected = page.selected_run()
    assert selected is not None
    assert selected.name == "Wet season"
    assert page._actions_row.name.text() == "Wet season"
    qtbot.keyClicks(page._search, " nothing")
    assert page._table.num_shown() == 0
    assert not page._actions_row.open.isEnabled()
    page._search.clear()
    assert page._table.num_shown() == 3


def test_name_and_note(page: RunsPage, qtbot: QtBot, runs: dict[str, Path]) -> None:
    show(page, qtbot, 3)
    select(page, qtbot, runs["failed"])
    page._table.setFocus()
    qtbot.keyClick(page._table, Qt.Key.Key_F2)
    dialog = page.findChild(RunNotesDialog)
    assert dialog.title.placeholderText() == "run 1"
    qtbot.keyClicks(dialog.title, " Full  disk ")
    qtbot.keyClicks(dialog.tags, "retry, retry ,")
    dialog.note.setPlainText("again on the large disk")
    dialog.accept()
    qtbot.waitUntil(lambda: page.selected_run() is not None and page.selected_run().name == "Full disk")
    assert read_notes(runs["failed"]) == RunNotes(title="Full disk", note="again on the large disk", tags=("retry",))
    qtbot.waitUntil(lambda: "again on the large disk" in [label.text() for label in page._details.findChildren(QLabel)])
    row = page._runs.row_of(runs["failed"])
    assert page._runs.index(row, RunColumn.NOTE).data() == "#retry  again on the large disk"
    shutil.rmtree(runs["failed"])
    page._on_noted(runs["failed"], RunNotes(title="Late"))
    qtbot.waitUntil(lambda: "not there any more" in page.banner.message())


def keep_answers(run: Path, right: list[bool]) -> None:
    targets = np.arange(len(right)) % 2
    save_predictions(
        run,
        ImagePredictions(
            part="val",
            class_names=("ant", "bee"),
            paths=tuple(f"/data/{number}.jpg" for number in range(len(right))),
            targets=targets,
            logits=np.eye(2, dtype=np.float32)[np.where(right, targets, 1 - targets)],
            losses=np.zeros(len(right), dtype=np.float32),
        ),
    )


def test_two_runs_are_compared(page: RunsPage, qtbot: QtBot, runs: dict[str, Path]) -> None:
    other = make_run(
        "gentle", best=0.9, config=TrainConfig(data=DataConfig(path="/data/insects"), optim=OptimConfig(lr=0.01))
    )
    show(page, qtbot, 4)
    view = page._comparison
    page._table.select_runs([other, runs["finished"]])
    qtbot.waitUntil(view.isVisible)
    assert "not kept" in view.reasons.text()
    assert set(view.accuracy.values_at(2)) == {"run 0", "run 1"}
    assert ("Learning rate", "run 2: automatic, gentle: 0.01") in view.difference_words()
    assert view._heading.text() == "Set otherwise: 2 settings"  # and the epochs
    keep_answers(runs["finished"], [True] * 8 + [False] * 8)
    keep_answers(other, [True] * 16)
    page.refresh()
    qtbot.waitUntil(lambda: view.verdict.text() == "B is better than A, beyond chance.")
    assert view.verdict.accessibleName() == "“gentle” is better than “run 2”, beyond chance."
    spoken = view.reasons.accessibleName()
    assert "Of 16 images that both saw, right alone on run 2: 0  gentle: 8" in spoken
    assert "p = 0.00781" in spoken
    assert page._actions_row.name.text() == "2 runs selected"
    assert not page._actions_row.open.isEnabled()
    index = page._table.model().index(0, 0)
    rows = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
    for row in range(4):
        page._table.selectionModel().select(index.siblingAtRow(row), rows)
    qtbot.waitUntil(lambda: len(view.accuracy.values_at(2)) == 4)
    assert view.verdict.text() == "Which is better?"
    many = [make_run(f"sweep {number}", age_days=3 + number) for number in range(3)]
    page.refresh()
    qtbot.waitUntil(lambda: page._runs.rowCount() == 7)
    page._table.selectAll()
    qtbot.waitUntil(lambda: "Not shown: 1 older run." in view.reasons.text())
    assert many[2].name not in view._legend.accessibleName()


def test_every_setting_has_a_title() -> None:
    fields = {each.field for each in config_differences([TrainConfig(data=DataConfig(path="")), EVERYTHING_ELSE])}
    assert len(fields) > 40
    assert fields <= set(setting_titles())
    for each in config_differences([TrainConfig(data=DataConfig(path="")), EVERYTHING_ELSE]):
        assert all(setting_value(each.field, value) for value in each.values)
    assert setting_value("plan.rules", [{"pattern": "blocks.*", "multiplier": 0.1}]) == "blocks.* λ 0.1"
    assert setting_value("data.edits", {"excluded": ["a", "b"], "moved": {}}) == "2 decisions"
    assert setting_value("deterministic", True) == "yes"


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
    show(page, qtbot, 3)
    page._table.select_runs([runs["failed"]])
    qtbot.waitUntil(page._damaged.isVisible)
    assert "is not JSON" in page._damaged.text()
    row = page._runs.row_of(runs["failed"])
    assert page._runs.index(row, RunColumn.STATE).data() == "Damaged"
    assert not page._actions_row.open.isEnabled()
    assert page._actions_row.folder.isEnabled()
    assert page._actions_row.trash.isEnabled()
    page._table.select_runs(list(runs.values()))  # the damaged one is left out of the comparison
    qtbot.waitUntil(page._comparison.isVisible)
    assert len(page._comparison.accuracy.values_at(2)) == 2


def test_a_run_deleted_by_hand_is_told(page: RunsPage, qtbot: QtBot, runs: dict[str, Path]) -> None:
    show(page, qtbot, 3)
    shutil.rmtree(runs["unfinished"])
    page._table.select_runs([runs["unfinished"]])
    qtbot.waitUntil(lambda: "not a run folder" in page.banner.message())
    page.refresh()
    qtbot.waitUntil(lambda: page._runs.rowCount() == 2)
