"""Why a model answers as it does, in the window: heat maps, look-alikes, and labels that are decided on."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QInputDialog, QWidget
from pytestqt.qtbot import QtBot

from finetune_gui.engine.data.split import load_split
from finetune_gui.engine.events import LabelIssue, LabelsChecked
from finetune_gui.engine.explain.duplicates import NearDuplicate, NearDuplicates
from finetune_gui.engine.explain.heat_map import HeatMap
from finetune_gui.engine.explain.labels_file import write_labels_checked
from finetune_gui.engine.prediction import Prediction
from finetune_gui.engine.predictions_file import ImagePredictions
from finetune_gui.ui.data_decisions import label_key
from finetune_gui.ui.dialogs.why_dialog import WhyImage
from finetune_gui.ui.evaluated_images import EvaluatedImages
from finetune_gui.ui.explanations import Explanations
from finetune_gui.ui.session import Session
from finetune_gui.ui.theme import Theme
from finetune_gui.ui.widgets.duplicates_line import DuplicatesLine
from finetune_gui.ui.widgets.heat_map_view import HeatMapView
from finetune_gui.ui.widgets.mistakes_view import MistakesView
from finetune_gui.ui.widgets.try_area import TryArea
from finetune_gui.ui.workers.image_look import overlay_of
from tests.drawing import draw_class_folders
from tests.engine.small_runs import run_small, small_config
from tests.ui.past_runs import evaluation

LONG = 60_000  # ms; a bound, not a measure


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of a tiny network on drawn images."""
    root = tmp_path_factory.mktemp("explained")
    data = draw_class_folders(root / "data", {"stripes": 8, "waves": 8})
    run_small(small_config(data, num_epochs=1), root / "run")
    return root / "run"


@pytest.fixture
def run(trained: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(trained, tmp_path / "run"))


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:  # noqa: ARG001
    session = Session()
    yield session
    assert session.shutdown()


@pytest.fixture
def why(qtbot: QtBot, session: Session) -> Iterator[Explanations]:
    page = QWidget()
    qtbot.addWidget(page)
    theme = Theme("light")
    mistakes, tried = MistakesView(theme), TryArea(theme, explains=True)
    for view in (mistakes, tried):
        qtbot.addWidget(view)
    why = Explanations(session, theme, page, mistakes=mistakes, tried=tried)
    qtbot.addWidget(why.labels.queue)
    why.labels.queue.resize(900, 420)
    why.labels.queue.show()
    crashes: list[str] = []
    why.crashed.connect(crashes.append)
    yield why
    assert why.shutdown()
    assert all([mistakes.shutdown(), tried.shutdown()])
    assert crashes == []


def photos(run: Path) -> list[Path]:
    split = load_split(run / "split.json")
    return [split.root / sample.path for sample in split.val]


def explained(qtbot: QtBot, why: Explanations) -> None:
    qtbot.waitUntil(lambda: not why.dialog.heat.is_busy(), timeout=LONG)


def test_an_image_is_explained_for_any_class_by_any_method(qtbot: QtBot, why: Explanations, run: Path) -> None:
    why.show_run(run)
    first, second = photos(run)[:2]
    why.explain([WhyImage(path=str(first), true_class="stripes"), WhyImage(path=str(second))])
    dialog, heat = why.dialog, why.dialog.heat
    explained(qtbot, why)
    assert heat.canvas.has_overlay()
    assert dialog.verdict().startswith("The model says “")
    names = [heat.classes.itemData(row) for row in range(heat.classes.count())]
    assert sorted(names) == ["stripes", "waves"]
    assert "%" in heat.classes.itemText(0)
    assert ("By its label it is “stripes”" in dialog.verdict()) == (names[0] != "stripes")

    heat.classes.setFocus()
    qtbot.keyClick(heat.classes, Qt.Key.Key_Down)
    heat.classes.activated.emit(1)
    explained(qtbot, why)
    assert heat.classes.currentData() == names[1]
    assert f"“{names[1]}”" in heat.words()
    heat.methods.setCurrentIndex(1)
    qtbot.waitUntil(lambda: "is covered" in heat.words() or heat.canvas.has_overlay() is False, timeout=LONG)
    explained(qtbot, why)
    assert "is likelier than where it is covered" in heat.words() or "Nothing in this image" in heat.words()
    assert heat.classes.currentData() == names[1]

    before = heat.canvas.grab().toImage()
    heat.opacity.setValue(0)
    assert heat.canvas.grab().toImage() != before
    qtbot.keyClick(dialog, Qt.Key.Key_PageDown)
    assert dialog.image() == WhyImage(path=str(second))
    explained(qtbot, why)
    assert not dialog.next_button.isEnabled()
    qtbot.mouseClick(dialog.previous_button, Qt.MouseButton.LeftButton)
    explained(qtbot, why)
    assert dialog.windowTitle().endswith(first.name)


def test_covering_parts_can_be_cancelled(qtbot: QtBot, why: Explanations, run: Path) -> None:
    why.show_run(run)
    why.explain([WhyImage(path=str(photos(run)[0]))])
    explained(qtbot, why)
    heat = why.dialog.heat
    told: list[tuple[int, int]] = []
    why._looking.progressed.connect(lambda done, total: told.append((done, total)))
    with qtbot.waitSignal(why._looking.cancelled, timeout=LONG):
        heat.methods.setCurrentIndex(1)
        qtbot.waitUntil(lambda: bool(told), timeout=LONG)
        qtbot.mouseClick(heat._cancel, Qt.MouseButton.LeftButton)
    assert heat.words() == "Cancelled."
    assert told[0][1] == 300
    heat.methods.setCurrentIndex(0)
    explained(qtbot, why)
    assert "Cancelled" not in heat.words()


def test_the_training_images_are_looked_at_once(qtbot: QtBot, why: Explanations, run: Path) -> None:
    why.show_run(run)
    why.explain([WhyImage(path=str(photos(run)[0]))])
    explained(qtbot, why)
    nearest = why.dialog.nearest
    assert nearest.look.isVisible()
    qtbot.mouseClick(nearest.look, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(nearest.grid.paths()) == 8, timeout=LONG)
    training = {
        str(load_split(run / "split.json").root / sample.path) for sample in load_split(run / "split.json").train
    }
    assert set(nearest.grid.paths()) <= training
    assert "%" in nearest.grid.thumbnails().item(0).caption
    explained(qtbot, why)
    why.dialog.close()
    why.clear()
    why.show_run(run)
    why.explain([WhyImage(path=str(photos(run)[1]))])
    qtbot.waitUntil(lambda: len(nearest.grid.paths()) == 8, timeout=LONG)  # they were kept
    explained(qtbot, why)


def test_what_cannot_be_explained_is_said_where_one_looks(
    qtbot: QtBot, why: Explanations, run: Path, tmp_path: Path
) -> None:
    why.show_run(run)
    (tmp_path / "broken.png").write_bytes(b"no image")
    why.explain([WhyImage(path=str(tmp_path / "broken.png")), WhyImage(path=str(photos(run)[0]))])
    explained(qtbot, why)
    assert "broken.png cannot be read" in why.dialog.heat.canvas._words
    assert not why.dialog.heat.methods.isEnabled()
    why.dialog.show_next()
    explained(qtbot, why)
    assert why.dialog.heat.canvas.has_overlay()
    why.clear()
    assert not why.dialog.isVisible()
    (run / "checkpoints" / "best.safetensors").unlink()
    why.show_run(run)
    why.explain([WhyImage(path=str(photos(run)[0]))])
    explained(qtbot, why)
    assert "best.safetensors" in why.dialog.heat.canvas._words


def test_images_that_were_tried_and_mistakes_can_be_explained(
    qtbot: QtBot, why: Explanations, run: Path, tmp_path: Path
) -> None:
    why.show_run(run)
    first, second = map(str, photos(run)[:2])
    why._tried.add([Prediction(path=first, top=(("waves", 0.9),)), Prediction(path=second, top=(("waves", 0.8),))])
    why._tried._why.click()
    assert why.dialog.image() == WhyImage(path=first)
    explained(qtbot, why)
    why._tried.predictions.setCurrentIndex(why._tried.predictions.model().index(1, 0))
    qtbot.keyClick(why._tried.predictions, Qt.Key.Key_Return)
    assert why.dialog.image() == WhyImage(path=second)
    explained(qtbot, why)
    why._mistakes.set_result(evaluation(tmp_path))
    why._mistakes.grid.go_to(2)
    why._mistakes.why.click()
    assert why.dialog.image() == WhyImage(path=str(tmp_path / "wrong-2.png"), true_class="bee")
    explained(qtbot, why)


# -- labels -----------------------------------------------------------------------------------------------------------


def issue(path: str, given: str = "stripes", suggested: str = "waves") -> LabelIssue:
    return LabelIssue(
        path=path,
        part="train",
        given=given,
        suggested=suggested,
        given_probability=0.1,
        suggested_probability=0.8,
    )


ISSUES = (
    issue("stripes/stripes_00.jpg"),
    issue("stripes/stripes_01.jpg"),
    issue("waves/waves_02.jpg", "waves", "stripes"),
)


def queued(qtbot: QtBot, why: Explanations, run: Path) -> None:
    write_labels_checked(run, LabelsChecked(num_images=16, issues=ISSUES))
    why.show_run(run)
    qtbot.waitUntil(lambda: len(why.labels.queue.grid.paths()) == 3)


def opened(qtbot: QtBot, why: Explanations, session: Session) -> None:
    """The data of the run, by the button of the queue."""
    with qtbot.waitSignal(session.dataset_changed, timeout=LONG):
        qtbot.mouseClick(why.labels.queue.open_data, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not why.labels.queue.open_data.isVisible())


def test_decisions_are_about_the_data_of_the_run(qtbot: QtBot, why: Explanations, session: Session, run: Path) -> None:
    queued(qtbot, why, run)
    queue = why.labels.queue
    assert queue.sentence() == "3 labels of 16 doubtful. To decide about them, open the data of this run."
    queue.grid.go_to(0)
    assert not queue.take.isEnabled()
    assert queue.why.isEnabled()
    session.set_training(num_epochs=7)
    opened(qtbot, why, session)
    assert session.config.num_epochs == 7  # only the data are taken over
    files = {path: path.read_bytes() for path in Path(session.config.data.path).rglob("*.jpg")}

    queue.grid.go_to(0)
    assert "Rather “waves” (80 %) than “stripes” (10 %)" in queue._selected.text()
    qtbot.mouseClick(queue.take, Qt.MouseButton.LeftButton)
    assert session.config.data.edits.relabelled == {"stripes/stripes_00.jpg": "waves"}
    assert len(queue.grid.paths()) == 2
    assert queue.grid.currentIndex().row() == 0  # the next one is up
    qtbot.mouseClick(queue.exclude, Qt.MouseButton.LeftButton)
    assert session.config.data.edits.excluded == ("stripes/stripes_01.jpg",)
    qtbot.mouseClick(queue.accept, Qt.MouseButton.LeftButton)
    assert session.config.data.edits.kept == (label_key("waves/waves_02.jpg"),)
    assert queue.grid.paths() == []
    assert "3 decided" in queue.sentence()
    queue.show_decided.setChecked(True)
    captions = [queue.grid.thumbnails().item(row).caption for row in range(3)]
    assert captions == ["now “waves”", "left out", "“waves” is right"]
    qtbot.waitUntil(lambda: session.dataset is not None and len(session.dataset.samples) == 15, timeout=LONG)
    assert session.dataset is not None
    labels = {sample.path: session.dataset.class_names[sample.label] for sample in session.dataset.samples}
    assert labels["stripes/stripes_00.jpg"] == "waves"
    queue.grid.setFocus()
    assert "keep the label of 1 image" in queue.undo.toolTip()
    qtbot.mouseClick(queue.undo, Qt.MouseButton.LeftButton)
    assert "2 decided" in queue.sentence()
    assert {path: path.read_bytes() for path in files} == files


def test_several_at_once_and_another_class(qtbot: QtBot, why: Explanations, session: Session, run: Path) -> None:
    queued(qtbot, why, run)
    opened(qtbot, why, session)
    why.labels.queue.grid.selectAll()
    qtbot.mouseClick(why.labels.queue.take, Qt.MouseButton.LeftButton)
    assert session.config.data.edits.relabelled == {each.path: each.suggested for each in ISSUES}
    session.undo()  # all of them
    assert session.config.data.edits.relabelled == {}
    why.labels.queue.grid.go_to(2)
    for given, meant in (("  ", {}), (" spots ", {"waves/waves_02.jpg": "spots"})):
        qtbot.mouseClick(why.labels.queue.other, Qt.MouseButton.LeftButton)
        dialog = why.labels.queue.findChildren(QInputDialog)[-1]
        assert dialog.comboBoxItems() == ["stripes", "waves"]
        dialog.setTextValue(given)
        dialog.accept()
        assert session.config.data.edits.relabelled == meant


def test_labels_are_checked_with_progress_and_why(qtbot: QtBot, why: Explanations, run: Path) -> None:
    why.show_run(run)
    qtbot.waitUntil(why.labels.queue.isEnabled)
    assert why.labels.queue.sentence().startswith("Which images are probably in the wrong class?")
    qtbot.mouseClick(why.labels.queue.check, Qt.MouseButton.LeftButton)
    assert why.labels.queue._cancel.isVisible()
    qtbot.mouseClick(why.labels.queue._cancel, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(why.labels.queue.check.isVisible, timeout=LONG)
    assert not (run / "labels.json").exists()
    qtbot.mouseClick(why.labels.queue.check, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(why.labels.queue.check.isVisible, timeout=LONG)
    assert (run / "labels.json").is_file()
    assert "16" in why.labels.queue.sentence()
    write_labels_checked(run, LabelsChecked(num_images=16, issues=ISSUES))
    why.clear()
    why.show_run(run)
    qtbot.waitUntil(lambda: len(why.labels.queue.grid.paths()) == 3)
    why.labels.queue.grid.go_to(1)
    qtbot.keyClick(why.labels.queue.grid, Qt.Key.Key_Return)
    explained(qtbot, why)
    assert why.dialog.image() == WhyImage(path=why.labels.queue.grid.paths()[1], true_class="stripes")


def test_a_run_without_its_files_says_so_in_its_place(
    qtbot: QtBot, why: Explanations, run: Path, tmp_path: Path
) -> None:
    failed: list[object] = []
    why.failed.connect(failed.append)
    (run / "labels.json").write_text("[]")
    why.show_run(run)
    qtbot.waitUntil(lambda: "damaged" in why.labels.queue.sentence())
    assert not why.labels.queue.isEnabled()
    why.show_run(tmp_path / "gone")
    qtbot.waitUntil(lambda: "gone" in why.labels.queue.sentence())
    assert failed == []


def test_a_check_without_the_images_says_so(qtbot: QtBot, why: Explanations, run: Path, tmp_path: Path) -> None:
    split = load_split(run / "split.json")
    moved = (run / "split.json").read_text().replace(str(split.root), str(tmp_path / "gone"))
    (run / "split.json").write_text(moved)
    why.show_run(run)
    qtbot.waitUntil(why.labels.queue.isEnabled)
    with qtbot.waitSignal(why.failed, timeout=LONG) as failed:
        qtbot.mouseClick(why.labels.queue.check, Qt.MouseButton.LeftButton)
    assert "gone" in failed.args[0].message
    qtbot.waitUntil(why.labels.queue.check.isVisible)


# -- views ------------------------------------------------------------------------------------------------------------


def test_a_cell_shows_all_its_images_not_only_the_worst(qtbot: QtBot, tmp_path: Path) -> None:
    view = MistakesView(Theme("light"))
    qtbot.addWidget(view)
    view.set_result(evaluation(tmp_path))
    logits = np.zeros((25, 3), dtype=np.float32)
    targets = np.repeat([0, 1, 2], (10, 10, 5))
    predicted = np.array([0] * 8 + [1] * 2 + [0] + [1] * 9 + [2] * 5)
    logits[np.arange(25), predicted] = np.linspace(1, 3, 25)
    predictions = ImagePredictions(
        part="val",
        class_names=("ant", "bee", "class 10"),
        paths=tuple(str(tmp_path / f"{row}.png") for row in range(25)),
        targets=targets,
        logits=logits,
        losses=np.arange(25, dtype=np.float32),
    )
    view.set_images(EvaluatedImages.of(predictions))
    view.show_cell(1, 1)
    assert view.heading() == "True: bee, recognised"
    assert [Path(path).stem for path in view.grid.paths()] == [str(row) for row in range(19, 10, -1)]
    view.show_cell(0, 1)
    assert [Path(path).stem for path in view.grid.paths()] == ["9", "8"]
    view.show_class(1)
    assert [Path(path).stem for path in view.grid.paths()] == ["10"]
    assert not view.why.isEnabled()
    view.grid.go_to(0)
    with qtbot.waitSignal(view.why_requested) as wished:
        view.why.click()
    assert [each.target for each in wished.args[0]] == [1]
    assert wished.args[1] == 0
    view.show_some([str(tmp_path / "0.png")], "Some", "")
    assert view.grid.thumbnails().item(0).caption.startswith("ant ")
    view.set_result(evaluation(tmp_path))  # of other images
    view.show_cell(1, 1)
    assert view.heading() == "True: bee, not recognised"
    view.shutdown()


def test_what_was_seen_in_training_is_told(qtbot: QtBot) -> None:
    line = DuplicatesLine(Theme("light"))
    qtbot.addWidget(line)
    pair = NearDuplicate(path="/a.png", training_path="/b.png")
    none = NearDuplicates(found=(), num_images=10, num_right=9, num_others=10, num_others_right=9)
    line.show_duplicates(none)
    assert line.isHidden()
    line.show_duplicates(NearDuplicates(found=(pair,), num_images=10, num_right=9, num_others=9, num_others_right=8))
    assert line.text() == (
        "Nearly the same as a training image: 1 of 10. Without: accuracy 88.9 %, likely 57 % – 98 %, instead of 90.0 %."
    )
    line.show_duplicates(NearDuplicates(found=(pair,), num_images=1, num_right=1, num_others=0, num_others_right=0))
    assert "None is left that tests the model" in line.text()
    with qtbot.waitSignal(line.show_requested):
        qtbot.mouseClick(line.show_button, Qt.MouseButton.LeftButton)


def test_a_map_of_nothing_says_so(qtbot: QtBot) -> None:
    view = HeatMapView(Theme("dark"))
    qtbot.addWidget(view)
    values = np.zeros((8, 8), dtype=np.float32)
    heat = HeatMap(values=values, box=(0, 0, 1, 1), class_name="a & b", probability=0.1, method="gradcam", layer="x")
    overlay = overlay_of(heat)
    assert overlay.pixelColor(3, 3).alpha() == 0
    view.show_heat(overlay, heat.box, heat)
    assert view.words() == "Nothing in this image speaks for “a & b”."
    values[2, 3] = 1.0
    assert overlay_of(heat).pixelColor(3, 2).alpha() == 255
