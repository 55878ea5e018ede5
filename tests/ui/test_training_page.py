"""The training page: settings written to the session, events shown as figures and curves."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QLineEdit, QSpinBox, QWidget
from pytestqt.qtbot import QtBot

from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.events import (
    BatchDivided,
    BatchSizeChosen,
    EpochCompleted,
    Event,
    PreparationAdvanced,
    RunFinished,
    RunPaused,
    RunResumed,
    RunRolledBack,
    RunStarted,
    StepCompleted,
    ValidationAdvanced,
    WarningRaised,
)
from finetune_gui.ui.pages.training_page import TrainingPage
from finetune_gui.ui.preferences import Preferences
from finetune_gui.ui.run_progress import RunProgress
from finetune_gui.ui.session import Session
from finetune_gui.ui.theme import Theme
from tests.ui.image_folders import draw_classes

STARTED = RunStarted(
    run_dir="/runs/a",
    model_id="starter",
    class_names=("a", "b"),
    num_train=100,
    num_val=20,
    num_epochs=2,
    steps_per_epoch=4,
    first_epoch=1,
    device="cpu",
    optimizer="adamw",
    lr=0.003,
    trainable_parameters=2562,
    total_parameters=3_400_000,
    layer_multipliers={"head": 1.0},
    time=0.0,
)
FINISHED = RunFinished(
    outcome="completed", run_dir="/runs/a", best_epoch=2, best_val_accuracy=0.95, seconds=75.0, frozen_verified=True
)


def step(number: int, loss: float = 0.5) -> StepCompleted:
    return StepCompleted(
        epoch=1 + (number - 1) // 4,
        step=1 + (number - 1) % 4,
        global_step=number,
        loss=loss,
        accuracy=0.5,
        lr=0.003,
        images_per_second=412.4,
        seconds_left=130.0,
    )


def epoch(number: int, val_accuracy: float, is_best: bool = True) -> EpochCompleted:
    return EpochCompleted(
        epoch=number,
        global_step=4 * number,
        train_loss=0.4,
        train_accuracy=0.8,
        val_loss=0.3,
        val_accuracy=val_accuracy,
        is_best=is_best,
        train_seconds=5.0,
        val_seconds=1.0,
    )


def whole_run() -> list[Event]:
    first = [step(number) for number in range(1, 5)]
    second = [step(number) for number in range(5, 9)]
    return [STARTED, *first, epoch(1, 0.9), *second, epoch(2, 0.95), FINISHED]


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:  # noqa: ARG001
    session = Session()
    yield session
    assert session.shutdown()


@pytest.fixture
def page(qtbot: QtBot, session: Session) -> TrainingPage:
    page = TrainingPage(session, Theme("light"), Preferences())
    qtbot.addWidget(page, before_close_func=lambda page: page.shutdown())
    page.resize(1000, 700)
    page.show()
    return page


def editor(page: TrainingPage, name: str, kind: type[QWidget]) -> QWidget:
    widget = page.form.editor(name)
    assert isinstance(widget, kind)
    return widget


def write(qtbot: QtBot, page: TrainingPage, name: str, text: str) -> None:
    field = editor(page, name, QLineEdit)
    field.clear()  # type: ignore[attr-defined]
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Return)


# --- settings ----------------------------------------------------------------------------------------------------


def test_settings_go_to_the_session(qtbot: QtBot, page: TrainingPage, session: Session) -> None:
    editor(page, "training.num_epochs", QSpinBox).setValue(7)  # type: ignore[attr-defined]
    editor(page, "training.batch_size", QSpinBox).setValue(8)  # type: ignore[attr-defined]
    editor(page, "data.val_split", QSpinBox).setValue(30)  # type: ignore[attr-defined]
    for name, value in (("data.augment", "strong"), ("optim.optimizer", "sgd"), ("optim.schedule", "constant")):
        combo = editor(page, name, QComboBox)
        combo.setCurrentIndex(combo.findData(value))  # type: ignore[attr-defined]
    write(qtbot, page, "optim.lr", "1e-2")
    write(qtbot, page, "optim.weight_decay", "0,5")
    config = session.config
    assert (config.num_epochs, config.batch_size, config.data.val_split) == (7, 8, 0.3)
    assert (config.data.augment, config.optim.optimizer, config.optim.schedule) == ("strong", "sgd", "constant")
    assert (config.optim.lr, config.optim.weight_decay) == (0.01, 0.5)
    write(qtbot, page, "optim.lr", "")
    assert session.config.optim.lr is None


@pytest.mark.parametrize(("text", "words"), [("abc", "not a number"), ("-1", "not above 0"), ("inf", "not above 0")])
def test_a_wrong_value_is_told_at_its_field(
    qtbot: QtBot, page: TrainingPage, session: Session, text: str, words: str
) -> None:
    before = session.config
    write(qtbot, page, "optim.lr", text)
    assert words in page.form.error("optim.lr")
    assert session.config == before
    session.set_training(num_epochs=5)  # another change does not wipe what the user is mending
    assert editor(page, "optim.lr", QLineEdit).text() == text  # type: ignore[attr-defined]
    write(qtbot, page, "optim.lr", "0.1")
    assert page.form.error("optim.lr") == ""
    assert session.config.optim.lr == 0.1


def test_the_form_follows_the_session(page: TrainingPage, session: Session) -> None:
    session.set_training(num_epochs=42, seed=2**32 - 1)
    session.set_optim(lr=0.02)
    assert editor(page, "training.num_epochs", QSpinBox).value() == 42  # type: ignore[attr-defined]
    assert editor(page, "optim.lr", QLineEdit).text() == "0.02"  # type: ignore[attr-defined]
    assert session.config.seed == 2**32 - 1
    seed = editor(page, "training.seed", QDoubleSpinBox)
    assert seed.value() == 2**32 - 1  # type: ignore[attr-defined]
    seed.setValue(3_000_000_000)  # type: ignore[attr-defined]
    assert session.config.seed == 3_000_000_000
    assert isinstance(session.config.seed, int)


def test_devices_are_offered(page: TrainingPage, session: Session) -> None:
    page.set_devices([("cuda:0", "Big GPU"), ("cpu", "CPU, 2 threads")])
    combo = editor(page, "training.device", QComboBox)
    combo.setCurrentIndex(combo.findData("cpu"))  # type: ignore[attr-defined]
    assert session.config.device == "cpu"


def test_the_share_is_locked_where_the_folder_has_its_own_split(
    qtbot: QtBot, page: TrainingPage, session: Session, tmp_path: Path
) -> None:
    draw_classes(tmp_path / "train")
    draw_classes(tmp_path / "val", num_images=2)
    with qtbot.waitSignal(session.dataset_changed):
        session.open_source(str(tmp_path))
    field = page.form.editor("data.val_split")
    assert not field.isEnabled()
    assert "own validation images" in field.toolTip()


def test_help_follows_the_focus(qtbot: QtBot, page: TrainingPage) -> None:
    qtbot.waitExposed(page)
    page.activateWindow()
    page.form.editor("training.seed").setFocus()
    qtbot.waitUntil(lambda: "Seed" in page.form.help_text())
    for name in ("training.num_epochs", "optim.lr", "data.augment"):
        field = page.form.editor(name)
        assert field.accessibleName()
        assert field.toolTip()


# --- the run -----------------------------------------------------------------------------------------------------


def test_progress_in_words(qtbot: QtBot, page: TrainingPage) -> None:
    page.begin_run()
    page.set_run_state("running")
    page.take([PreparationAdvanced(activity="Reading images", done=120, total=397)])
    assert page.headline.text() == "Reading images 120/397"
    assert page.line.value() == pytest.approx(120 / 397, abs=1e-3)
    page.take([STARTED, step(1), step(2)])
    assert page.headline.text() == "Epoch 1 of 2 · 25 % · 2 min left"
    assert page.cards.speed.figure() == "412"
    assert page.cards.accuracy.figure() == "–"
    page.take([step(3), step(4), ValidationAdvanced(epoch=1, done=10, total=20)])
    qtbot.waitUntil(lambda: "validating" in page.headline.text())
    page.take([epoch(1, 0.9)])
    qtbot.waitUntil(lambda: page.cards.accuracy.figure() == "90.0 %")
    page.set_run_state("paused")
    assert page.headline.text() == "Epoch 1 of 2 · 50 % · paused"
    page.set_run_state("stopping")
    assert page.line.is_busy()
    page.set_run_state("idle")


def test_a_low_page_keeps_its_room_for_the_curves(qtbot: QtBot, page: TrainingPage) -> None:
    warning = WarningRaised(message="The disk is nearly full.", hint="Make room on it.")
    with qtbot.waitExposed(page):
        page.show()
    page.resize(1000, 800)
    page.take([STARTED, step(1), epoch(1, 0.9), warning])
    assert page.warnings.text() == "The disk is nearly full. Make room on it."
    assert page.cards.accuracy._note.isVisible()
    page.resize(1000, 560)
    qtbot.waitUntil(lambda: page.warnings.text() == "The disk is nearly full.")
    assert "Make room" in page.warnings.toolTip()
    assert not page.cards.accuracy._note.isVisible()
    assert page.cards.accuracy.toolTip() == "best, at epoch 1"
    page.resize(1000, 800)
    qtbot.waitUntil(page.cards.accuracy._note.isVisible)
    assert page.cards.accuracy.toolTip() == ""


def test_a_finished_run_shows_the_ways_on(qtbot: QtBot, page: TrainingPage) -> None:
    page.begin_run()
    page.set_run_state("running")
    page.take(whole_run())
    page.set_run_state("idle")
    assert "95.0 %" in page.result.text()
    assert "identical to the last bit" in page.result.text()
    assert page.headline.text() == "Finished · 2 epochs"
    with qtbot.waitSignal(page.next_requested):
        page.result._evaluate.click()
    with qtbot.waitSignal(page.export_requested):
        page.result._export.click()
    page.begin_run()
    assert page.result.text() == ""
    assert page.cards.accuracy.figure() == "–"


def test_changed_frozen_layers_are_an_alarm(page: TrainingPage) -> None:
    page.take([STARTED, step(1), epoch(1, 0.9)])
    page.take([replace(FINISHED, frozen_verified=False, changed_frozen=("blocks.0.conv.weight",))])
    assert "blocks.0.conv.weight" in page.banner.message()
    assert "identical" not in page.result.text()


def test_a_discarded_run_is_no_success(page: TrainingPage) -> None:
    page.take([STARTED, step(1), replace(FINISHED, outcome="discarded", best_epoch=0, best_val_accuracy=0.0)])
    assert page.result.text() == ""
    assert "discarded" in page.banner.message()


def test_curves_are_in_epochs(page: TrainingPage) -> None:
    page.begin_run()
    page.take([STARTED, *(step(number, loss=1 / number) for number in range(1, 5)), epoch(1, 0.9)])
    page.curves.loss.refresh()
    x, y = page.curves.loss.drawn_points("step")
    assert x.tolist() == [0.25, 0.5, 0.75, 1.0]
    assert y.tolist() == [1.0, 0.5, 1 / 3, 0.25]
    page.curves.accuracy.refresh()
    assert page.curves.accuracy.drawn_points("val")[0].tolist() == [1.0]


def test_a_resumed_run_draws_no_step_twice(page: TrainingPage) -> None:
    page.take([STARTED, *(step(number) for number in range(1, 7)), epoch(1, 0.9)])
    page.take([RunResumed(global_step=4), replace(STARTED, first_epoch=2), *(step(number) for number in range(5, 9))])
    page.curves.loss.refresh()
    assert page.curves.loss.drawn_points("step")[0].tolist() == [number / 4 for number in range(1, 9)]


def test_a_past_run_is_shown(page: TrainingPage) -> None:
    page.show_run(whole_run()[:-1])
    assert page.headline.text() == "Ended too early, in epoch 2 of 2"
    assert page.cards.time.figure() == "0:12"
    page.show_run(whole_run())
    assert page.headline.text() == "Finished · 2 epochs"
    assert page.cards.time.figure() == "1:15"
    page.curves.accuracy.refresh()
    assert page.curves.accuracy.drawn_points("val")[1].tolist() == [0.9, 0.95]


def test_warnings_and_failures_are_shown(page: TrainingPage) -> None:
    page.take([STARTED, *(WarningRaised(message=f"Image {n} is odd.", hint="Look at it.") for n in range(5))])
    assert "Image 4 is odd." in page.warnings.text()
    assert "5 warnings" in page.warnings.text()
    assert "Image 0 is odd." in page.warnings.toolTip()
    page.show_failure(EngineError("The disk is full.", "Make room."))
    assert page.banner.message() == "The disk is full."


def test_what_came_in_the_way_is_told_in_words(page: TrainingPage) -> None:
    page.take([STARTED, BatchSizeChosen(batch_size=64, seconds=1.5)])
    assert page.warnings.text() == "Batches of 64 images suit this device best."
    page.take([BatchDivided(global_step=1, batch_size=32, micro_batch=16)])
    assert "batches of 32 go through in parts of 16; the result is the same" in page.warnings.text()
    page.take([RunRolledBack(global_step=7, to_step=4, lr_factor=0.2)])
    assert "In step 7 the loss was no longer a number: the run went back to step 4" in page.warnings.text()
    assert "3 warnings" in page.warnings.text()


def test_a_run_that_waits_offers_two_ways_on(qtbot: QtBot, page: TrainingPage) -> None:
    page.set_run_state("running")
    page.take([STARTED, step(1), RunPaused(global_step=1, reason="The disk is full.", hint="Free some space.")])
    page.set_run_state("paused")
    assert "The disk is full. Free some space." in page.waiting.text()
    assert page.headline.text() == "Epoch 1 of 2 · 13 % · waiting"
    with qtbot.waitSignal(page.pause_requested):
        qtbot.mouseClick(page.waiting.retry, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(page.stop_requested):
        qtbot.mouseClick(page.waiting.stop, Qt.MouseButton.LeftButton)
    page.set_run_state("running")
    page.take([RunResumed(global_step=1), step(2)])
    assert page.waiting.text() == ""
    page.take([RunPaused(global_step=2)])  # by the user: nothing has to be mended
    page.set_run_state("paused")
    assert page.waiting.text() == ""
    assert "paused" in page.headline.text()
    page.set_run_state("idle")


def test_a_run_that_stopped_early_says_so_and_can_go_on(qtbot: QtBot, page: TrainingPage) -> None:
    page.take([STARTED, *(step(number) for number in range(1, 5)), epoch(1, 0.9)])
    page.take([replace(FINISHED, best_epoch=1, stopped_early=True)])
    assert page.headline.text() == "Finished early, after 1 of 2 epochs"
    assert "no later epoch was better" in page.result.text()
    with qtbot.waitSignal(page.extend_requested) as wish:
        page.extend_button.click()
    assert wish.args == [Path("/runs/a")]


def test_space_pauses(qtbot: QtBot, page: TrainingPage) -> None:
    with qtbot.assertNotEmitted(page.pause_requested):
        qtbot.keyClick(page, Qt.Key.Key_Space)
    page.set_run_state("running")
    with qtbot.waitSignal(page.pause_requested):
        qtbot.keyClick(page, Qt.Key.Key_Space)
    page.set_run_state("idle")


def test_many_steps_at_once_are_cheap(page: TrainingPage) -> None:
    import time

    many: list[Event] = [replace(STARTED, steps_per_epoch=10_000), *(step(number) for number in range(1, 10_001))]
    begun = time.perf_counter()
    page.take(many)
    assert time.perf_counter() - begun < 0.5
    page.curves.loss.refresh()
    assert len(page.curves.loss.drawn_points("step")[0]) < 5_000


def test_time_spent_leaves_pauses_out() -> None:
    now = 100.0
    run = RunProgress(now=lambda: now)
    run.take([STARTED, step(1)])
    now = 110.0
    run.take([RunPaused(global_step=1)])
    now = 500.0
    assert run.seconds == 10.0
    run.take([RunResumed(global_step=1), step(2)])
    now = 505.0
    assert run.seconds == 15.0
    run.take([FINISHED])
    assert run.seconds == 75.0  # the engine's own figure


def test_head_and_speed_are_settings(qtbot: QtBot, page: TrainingPage, session: Session) -> None:
    editor = page.form.editor("head.head_dropout")
    assert isinstance(editor, QLineEdit)
    editor.setText("0.3")
    editor.editingFinished.emit()
    assert session.config.model.head_dropout == 0.3
    with qtbot.waitSignal(session.tree_changed, timeout=120_000):
        session.choose_model("torchvision/resnet18")
    assert session.config.model.head_dropout == 0.3
    editor.setText("1.5")
    editor.editingFinished.emit()
    assert "not in [0, 1)" in page.form.error("head.head_dropout")
    room = page.form.editor("speed.cache_gb")
    assert isinstance(room, QSpinBox)
    room.setValue(3)
    assert session.config.speed.cache_gb == 3
