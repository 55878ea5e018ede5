"""Trust, groups and baselines of a run: what is shown, and what is kept of the user's decisions."""

import sys
import time
import types
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from finetune_gui.engine.baselines_file import write_baselines
from finetune_gui.engine.control import RunControl
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.events import BaselinesMeasured, Event, PreparationAdvanced
from finetune_gui.engine.predictions_file import ImagePredictions, save_predictions
from finetune_gui.engine.trust.settings import Trust, read_trust, write_trust
from finetune_gui.ui.deeper_look import DeeperLook
from finetune_gui.ui.theme import Theme

BASELINES = BaselinesMeasured(
    num_images=80,
    model_accuracy=0.9,
    most_frequent_class="ants",
    most_frequent_accuracy=0.5,
    most_frequent_p=0.001,
    neighbour_accuracy=0.7,
    neighbour_p=0.01,
)


def make_predictions(run_path: Path, part: str = "val", sites: int = 2) -> ImagePredictions:
    """80 images of two sites; too sure, and wrong about every fourth of the first site."""
    rng = np.random.default_rng(1)
    targets = np.arange(80) % 2
    right = (np.arange(80) >= 40) | (np.arange(80) % 4 > 0)
    logits = np.where(np.eye(2)[np.where(right, targets, 1 - targets)] > 0, rng.uniform(1, 9, (80, 1)), 0)
    predictions = ImagePredictions(
        part=part,
        class_names=("ants", "bees"),
        paths=tuple(f"/d/{('ants', 'bees')[n % 2]}/site {n * sites // 80}/{n}.png" for n in range(80)),
        targets=targets,
        logits=logits.astype(np.float32),
        losses=np.zeros(80, dtype=np.float32),
    )
    save_predictions(run_path, predictions)
    return predictions


@pytest.fixture
def look(qtbot: QtBot) -> Iterator[DeeperLook]:
    look = DeeperLook(Theme("light"))
    for view in (look.trust, look.groups, look.baselines):
        qtbot.addWidget(view)
        view.resize(1000, 420)
        view.show()
    yield look
    look.shutdown()


def show(look: DeeperLook, qtbot: QtBot, run_path: Path, part: str = "val") -> None:
    with qtbot.waitSignal(look.missing):
        look.show_run(run_path, part)


def test_nothing_is_shown_before_an_evaluation(look: DeeperLook, qtbot: QtBot, tmp_path: Path) -> None:
    with qtbot.waitSignal(look.missing) as signal:
        look.show_run(tmp_path)
    assert signal.args == [True]
    assert not look.trust.isEnabled()
    make_predictions(tmp_path)
    with qtbot.waitSignal(look.missing) as signal:
        look.show_run(tmp_path)
    assert signal.args == [False]
    assert look.trust.isEnabled()


def test_calibrating_lowers_the_error_and_is_kept(look: DeeperLook, qtbot: QtBot, tmp_path: Path) -> None:
    make_predictions(tmp_path)
    show(look, qtbot, tmp_path)
    before = look.trust.words()[0]
    qtbot.mouseClick(look.trust.calibrated, Qt.MouseButton.LeftButton, pos=look.trust.calibrated.rect().center())
    look.trust.calibrated.setChecked(True)
    qtbot.waitUntil(lambda: read_trust(tmp_path).temperature > 1)
    assert look.trust.words()[0] != before
    assert read_trust(tmp_path).num_images == 80
    look.trust.calibrated.setChecked(False)
    qtbot.waitUntil(lambda: read_trust(tmp_path) == Trust())


def test_the_threshold_by_slider_and_by_errors(look: DeeperLook, qtbot: QtBot, tmp_path: Path) -> None:
    predictions = make_predictions(tmp_path)
    show(look, qtbot, tmp_path)
    look.trust.slider.setValue(0)
    wrong = int((~predictions.right).sum())
    assert f"80 of 80 images are answered (100.0 %), {wrong} of them wrongly" in look.trust.words()[1]
    look.trust.rejects.setChecked(True)
    qtbot.waitUntil(lambda: read_trust(tmp_path).threshold == 0)
    look.trust.slider.setFocus()
    qtbot.keyClick(look.trust.slider, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: read_trust(tmp_path).threshold == pytest.approx(0.005))
    row = look.trust.wanted.count() - 1  # at most 10 % wrong
    look.trust.wanted.setCurrentIndex(row)
    look.trust.wanted.activated.emit(row)
    found = look.trust.trust().threshold
    assert found is not None
    qtbot.waitUntil(lambda: read_trust(tmp_path).threshold == pytest.approx(found))
    sure = np.exp(predictions.logits).max(axis=1) / np.exp(predictions.logits).sum(axis=1)
    answered = sure >= found
    assert not answered.any() or (~predictions.right)[answered].mean() <= 0.1


def test_what_was_decided_is_shown_again_and_nothing_is_fitted_to_other_images(
    look: DeeperLook, qtbot: QtBot, tmp_path: Path
) -> None:
    make_predictions(tmp_path)
    make_predictions(tmp_path, "test")
    write_trust(tmp_path, Trust(temperature=2.0, threshold=0.75, num_images=80))
    show(look, qtbot, tmp_path)
    assert look.trust.calibrated.isChecked()
    assert look.trust.rejects.isChecked()
    assert look.trust.slider.value() == 150
    show(look, qtbot, tmp_path, "test")
    assert not look.trust.slider.isEnabled()
    assert look.trust.trust() == Trust(temperature=2.0, threshold=0.75, num_images=80)
    assert "fitted on the validation images" in look.trust.words()[0]
    assert read_trust(tmp_path).threshold == 0.75


def test_groups_by_folder_and_by_table(look: DeeperLook, qtbot: QtBot, tmp_path: Path) -> None:
    make_predictions(tmp_path)
    show(look, qtbot, tmp_path)
    assert look.groups.sentence().startswith("Worst for “site 0”: 30 of 40 recognised, which is less")
    assert look.groups.table.model().index(0, 2).data() == "75.0 %"
    table = tmp_path / "cameras.csv"
    table.write_text("file,camera\n" + "".join(f"{n}.png,{'new' if n % 3 else 'old'}\n" for n in range(80)))
    look.groups.table_chosen.emit(str(table))
    qtbot.waitUntil(look.groups._columns.isVisible)
    look.groups.column_chosen.emit("camera")
    qtbot.waitUntil(lambda: "site" not in look.groups.sentence())
    assert {look.groups.table.model().index(row, 0).data() for row in range(2)} == {"old", "new"}
    with qtbot.waitSignal(look.failed) as signal:
        look.groups.table_chosen.emit(str(tmp_path / "gone.csv"))
    assert isinstance(signal.args[0], EngineError)


def test_without_groups_it_says_how_to_make_them(look: DeeperLook, qtbot: QtBot, tmp_path: Path) -> None:
    make_predictions(tmp_path, sites=1)
    show(look, qtbot, tmp_path)
    assert "sub-folders by group" in look.groups.sentence()
    assert not look.groups.table.isVisible()


def test_baselines_are_measured_or_found(
    look: DeeperLook, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def measure(run_path: Path, control: RunControl) -> Iterator[Event]:
        assert run_path == tmp_path
        yield PreparationAdvanced(activity="Looking", done=1, total=2)
        while waits and not control.should_end:
            time.sleep(0.005)
        if not control.should_end:
            write_baselines(run_path, BASELINES)
            yield BASELINES

    module = types.ModuleType("finetune_gui.engine.baselines")
    module.measure_baselines = measure  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, module.__name__, module)
    make_predictions(tmp_path)
    show(look, qtbot, tmp_path)
    waits = [True]
    qtbot.mouseClick(look.baselines.measure, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(look.baselines._cancel.isVisible)
    qtbot.mouseClick(look.baselines._cancel, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(look.baselines.measure.isVisible)
    assert look.baselines.run.figure() == "–"
    waits.clear()
    qtbot.mouseClick(look.baselines.measure, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: look.baselines.run.figure() == "90.0 %")
    qtbot.waitUntil(look.baselines.measure.isVisible)
    assert look.baselines.verdict().startswith("Fine-tuning paid")
    assert "“ants” for every image" in look.baselines.frequent.accessibleDescription()
    look.baselines.clear()
    show(look, qtbot, tmp_path)
    assert look.baselines.neighbour.figure() == "70.0 %"
    with qtbot.waitSignal(look.baselines.scratch_requested):
        qtbot.mouseClick(look.baselines.scratch, Qt.MouseButton.LeftButton)
