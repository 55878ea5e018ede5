"""The evaluation page: figures, mistakes, classes, trying, other folders."""

import importlib
import os
import sys
import time
import types
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QColor, QGuiApplication, QImage, QKeySequence
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from finetune_gui import paths
from finetune_gui.engine.control import RunControl
from finetune_gui.engine.data.dataset import Sample
from finetune_gui.engine.data.split import Split, save_split
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.events import EvaluationFinished, Event, PreparationAdvanced, ValidationAdvanced
from finetune_gui.engine.prediction import Prediction
from finetune_gui.ui.dialogs.matrix_dialog import MatrixDialog
from finetune_gui.ui.item_models.class_figures_item_model import (
    CLASS_ROLE,
    SHARE_ROLE,
    SORT_ROLE,
    ClassColumn,
    ClassFiguresItemModel,
)
from finetune_gui.ui.item_models.prediction_item_model import PredictionColumn
from finetune_gui.ui.pages.evaluation_page import EvaluationPage
from finetune_gui.ui.session import Session
from finetune_gui.ui.theme import Theme
from finetune_gui.ui.widgets.evaluation_cards import weakest_class
from finetune_gui.ui.widgets.mistakes_view import sort_classes
from finetune_gui.ui.words import duration, moment, percent, shortened
from tests.ui.past_runs import draw_image, evaluation, make_run


class FakeEngine:
    """Stands in for the engine's heavy modules, as they are imported on the worker's thread."""

    def __init__(self, result: EvaluationFinished) -> None:
        self.result = result
        self.asked: list[object] = []
        self.waits = False
        self.error: EngineError | None = None

    def evaluate_run(
        self, run_path: Path, control: RunControl, *, data: Path | None = None, part: str = "val"
    ) -> Iterator[Event]:
        self.asked.append((run_path, data) if part == "val" else (run_path, part))
        yield PreparationAdvanced(activity="Loading the model")
        if self.error is not None:
            raise self.error
        while self.waits and not control.should_end:
            yield ValidationAdvanced(epoch=0, done=1, total=25)
            time.sleep(0.005)
        if not control.should_end:
            yield self.result

    def predict_in_steps(self, source: Path, images: list[Path], *, top_k: int) -> Iterator[Prediction]:
        self.asked.append((source, list(images), top_k))
        if self.error is not None:
            raise self.error
        for path in images:
            while self.waits:
                time.sleep(0.005)
            yield Prediction(path=str(path), top=(("ant", 0.9), ("bee", 0.1)), seconds=0.0123)


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> FakeEngine:
    importlib.import_module("finetune_gui.engine.explain.explainer")  # for reports; it must not import the stand-in
    fake = FakeEngine(evaluation(tmp_path / "validation"))
    for name in ("launcher", "predictor"):
        module = types.ModuleType(f"finetune_gui.engine.{name}")
        module.evaluate_run = fake.evaluate_run  # type: ignore[attr-defined]
        module.predict_in_steps = fake.predict_in_steps  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, module.__name__, module)
    return fake


@pytest.fixture
def page(qtbot: QtBot, engine: FakeEngine) -> Iterator[EvaluationPage]:  # noqa: ARG001 (in place before the page)
    session = Session()
    page = EvaluationPage(session, Theme("light"))
    page.setProperty("session", session)
    qtbot.addWidget(page)
    page.resize(1040, 640)
    with qtbot.waitExposed(page):
        page.show()
    yield page
    page.shutdown()
    session.shutdown()


def open_run(page: EvaluationPage, qtbot: QtBot, path: Path) -> None:
    page._session.select_run(path)
    qtbot.waitUntil(lambda: page._loaded is not None)


def test_nothing_to_show_without_a_run(page: EvaluationPage) -> None:
    assert page._stack.currentIndex() == 0
    assert not page._next.isVisible()
    page.try_images(["image.png"])
    assert "no model" in page.banner.message()


def test_shows_the_report_of_a_run(page: EvaluationPage, qtbot: QtBot) -> None:
    open_run(page, qtbot, make_run("one"))
    assert page._cards.accuracy.figure() == "88.0 %"
    assert page._cards.weakest.figure() == "80.0 %"
    assert "“ant”: 2 of 10" in page._cards.weakest.accessibleDescription()
    assert page._mistakes.sentence() == "Most often confused: ant taken for bee (2×), bee taken for ant (1×)."
    assert "frozen layers verified" in page._subtitle.text()
    grid = page._mistakes.grid.thumbnails()
    assert [grid.item(row).caption for row in range(grid.rowCount())] == [
        "ant → bee 98 %",
        "ant → bee 70 %",
        "bee → ant 60 %",
    ]


def test_a_cell_shows_its_images(page: EvaluationPage, qtbot: QtBot) -> None:
    open_run(page, qtbot, make_run("one"))
    mistakes = page._mistakes
    centre = mistakes.matrix.cell_rect(0, 1).center()
    qtbot.mouseClick(mistakes.matrix.viewport(), Qt.MouseButton.LeftButton, pos=centre)
    assert mistakes.heading() == "True: ant, predicted: bee"
    assert mistakes.grid.thumbnails().rowCount() == 2
    assert mistakes.grid.thumbnails().item(0).caption == "98 % sure"
    mistakes.show_cell(1, 2)
    assert mistakes.grid.thumbnails().rowCount() == 0
    mistakes.show_cell(1, 1)
    assert mistakes.heading() == "True: bee, not recognised"
    qtbot.mouseClick(mistakes._all, Qt.MouseButton.LeftButton)
    assert mistakes.grid.thumbnails().rowCount() == 3
    mistakes._sorting.setCurrentIndex(2)  # most images first, which is no other order here
    qtbot.mouseClick(mistakes._enlarge, Qt.MouseButton.LeftButton)
    dialog = mistakes.findChild(MatrixDialog)
    centre = dialog.matrix.cell_rect(1, 0).center()
    qtbot.mouseClick(dialog.matrix.viewport(), Qt.MouseButton.LeftButton, pos=centre)
    assert not dialog.isVisible()
    assert mistakes.heading() == "True: bee, predicted: ant"


def test_a_class_leads_to_its_mistakes(page: EvaluationPage, qtbot: QtBot) -> None:
    open_run(page, qtbot, make_run("one"))
    page._tabs.setCurrentIndex(1)
    first = page._classes.model().index(0, 0)
    assert first.data() == "ant"  # the smallest recall comes first
    page._classes.setCurrentIndex(first)
    qtbot.keyClick(page._classes, Qt.Key.Key_Return)
    assert page._tabs.currentWidget() is page._mistakes
    assert page._mistakes.heading() == "True: ant, not recognised"


def test_the_matrix_is_sorted_and_its_cells_stay_those_of_the_classes(page: EvaluationPage, qtbot: QtBot) -> None:
    open_run(page, qtbot, make_run("one"))
    mistakes = page._mistakes
    confusion = ((9, 0, 1), (0, 4, 0), (3, 0, 20))
    assert [sort_classes(confusion, by) for by in range(3)] == [[0, 1, 2], [0, 2, 1], [2, 0, 1]]
    page._show_result(replace(evaluation(paths.runs_dir()), confusion=((3, 0, 2), (0, 8, 0), (1, 0, 11))))
    mistakes._sorting.setCurrentIndex(2)
    assert "class 10" in mistakes.matrix.describe(0, 0)
    centre = mistakes.matrix.cell_rect(1, 0).center()
    qtbot.mouseClick(mistakes.matrix.viewport(), Qt.MouseButton.LeftButton, pos=centre)
    assert mistakes.heading() == "True: bee, predicted: class 10"


def test_test_images_and_what_was_left_out(page: EvaluationPage, qtbot: QtBot, engine: FakeEngine) -> None:
    path = make_run("one")
    assert not page._test.isVisible()
    root = Path("/data/insects")
    sample = Sample("ants/1.png", 0)
    save_split(Split(root=root, class_names=("ant",), train=(sample,), val=(), test=(sample,)), path / "split.json")
    open_run(page, qtbot, path)
    engine.result = replace(engine.result, split="test", unknown_classes={"wasp": 3}, balanced_accuracy=0.9)
    qtbot.mouseClick(page._test, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not page._evaluation.is_running())
    assert engine.asked == [(path, "test")]
    assert page._cards.accuracy.accessibleName() == "Test accuracy"
    assert page._source.text() == "Evaluated on the test images"
    assert "3 more are of classes that the model does not know" in page._cards.images.accessibleDescription()
    assert "balanced accuracy 90.0 %" in page._cards.macro_f1.accessibleDescription()


def test_percent_of_each_class(page: EvaluationPage, qtbot: QtBot) -> None:
    open_run(page, qtbot, make_run("one"))
    assert not page._mistakes.matrix.show_share
    page._mistakes._share.click()
    assert page._mistakes.matrix.show_share


def test_no_mistakes_is_said(page: EvaluationPage, tmp_path: Path) -> None:
    perfect = replace(evaluation(tmp_path), confusion=((10, 0, 0), (0, 10, 0), (0, 0, 5)), mistakes=())
    page._show_result(perfect)
    assert page._mistakes.heading() == "No mistakes"
    assert page._mistakes.sentence() == "No image was taken for another class."


def test_evaluates_a_run_that_was_not(page: EvaluationPage, qtbot: QtBot, engine: FakeEngine) -> None:
    path = make_run("stopped", outcome="stopped", evaluated=False)
    open_run(page, qtbot, path)
    assert page._now.isVisible()
    qtbot.mouseClick(page._now, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not page._evaluation.is_running())
    assert engine.asked == [(path, None)]
    assert page._cards.accuracy.figure() == "88.0 %"
    assert not page._source_row.isVisible()


def test_evaluates_another_folder_and_comes_back(page: EvaluationPage, qtbot: QtBot, engine: FakeEngine) -> None:
    path = make_run("one")
    open_run(page, qtbot, path)
    engine.result = replace(engine.result, accuracy=0.5)
    page.evaluate_folder("/data/field")
    assert page._progress.isVisible()
    qtbot.waitUntil(lambda: not page._evaluation.is_running())
    assert engine.asked == [(path, Path("/data/field"))]
    assert page._cards.accuracy.figure() == "50.0 %"
    assert "/data/field" in page._source.text()
    qtbot.mouseClick(page._back, Qt.MouseButton.LeftButton)
    assert page._cards.accuracy.figure() == "88.0 %"
    assert not page._back.isVisible()


def test_cancel_keeps_the_former_result(page: EvaluationPage, qtbot: QtBot, engine: FakeEngine) -> None:
    open_run(page, qtbot, make_run("one"))
    engine.waits = True
    page.evaluate_folder("/data/field")
    qtbot.waitUntil(lambda: "1 of 25" in page._progress.text())
    qtbot.mouseClick(page._cancel, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not page._evaluation.is_running())
    assert page._cards.accuracy.figure() == "88.0 %"
    assert not page._source_row.isVisible()


def test_an_error_is_shown_with_its_hint(page: EvaluationPage, qtbot: QtBot, engine: FakeEngine) -> None:
    open_run(page, qtbot, make_run("one"))
    engine.error = EngineError("There are no ants here.", "Choose another folder.")
    page.evaluate_folder("/data/field")
    qtbot.waitUntil(lambda: page.banner.isVisible())
    assert page.banner.message() == "There are no ants here."
    qtbot.waitUntil(lambda: not page._evaluation.is_running())
    page.banner.clear()
    page.try_images(["a.png"])
    qtbot.waitUntil(lambda: page.banner.isVisible())
    assert not page._try._task.isVisible()


def test_tries_images_and_folders(page: EvaluationPage, qtbot: QtBot, engine: FakeEngine, tmp_path: Path) -> None:
    path = make_run("one")
    open_run(page, qtbot, path)
    single = draw_image(tmp_path / "single.png", (1, 2, 3))
    inside = draw_image(tmp_path / "folder" / "inside.jpg", (1, 2, 3))
    (tmp_path / "folder" / "notes.txt").write_text("no image")
    page.try_images([str(single), str(tmp_path / "folder")])
    assert page._tabs.currentWidget() is page._try
    qtbot.waitUntil(lambda: bool(page._try.predictions.sentences()))
    assert engine.asked == [(path, [single, inside], 5)]
    assert page._try.predictions.sentences() == [f"{each.name}: ant 90.0 %, bee 10.0 %" for each in (single, inside)]
    page.try_images([str(inside)])  # again: no second row
    qtbot.waitUntil(lambda: len(engine.asked) == 2 and not page._try._task.isVisible())
    assert [each.partition(":")[0] for each in page._try.predictions.sentences()] == ["inside.jpg", "single.png"]
    page._try.clear()
    assert page._try.predictions.sentences() == []


def test_a_batch_as_a_table_and_a_file(
    page: EvaluationPage,
    qtbot: QtBot,
    tmp_path: Path,
) -> None:
    open_run(page, qtbot, make_run("one"))
    area = page._try
    area.add(
        [
            Prediction(path="/photos/2.png", top=(("bee", 0.6), ("ant", 0.4)), seconds=0.02),
            Prediction(path="/photos/10.png", top=(("ant", 0.55), ("bee", 0.45)), is_known=False, seconds=0.01),
            Prediction(path="/photos/gone.png", top=(), error="It is gone."),
        ]
    )
    assert area.predictions.sentences()[1] == "10.png: none of these; likeliest ant 55.0 %, bee 45.0 %"
    assert area.predictions.remark(area.predictions.prediction("/photos/10.png")) == "None of these  ·  10 ms"
    qtbot.mouseClick(area._as_table, Qt.MouseButton.LeftButton)
    table = area._table
    rows = [[table.model().index(row, column).data() for column in PredictionColumn] for row in range(3)]
    assert rows == [
        ["2.png", "bee", "60.0 %", "ant 40.0 %", "20 ms"],
        ["10.png", "None of these", "55.0 %", "ant 55.0 %, bee 45.0 %", "10 ms"],
        ["gone.png", "cannot be read", "–", "–", "–"],
    ]
    table.sortByColumn(PredictionColumn.SHARE, Qt.SortOrder.DescendingOrder)
    assert [table.model().index(row, 0).data() for row in range(3)] == ["2.png", "10.png", "gone.png"]
    table.sortByColumn(PredictionColumn.TIME, Qt.SortOrder.AscendingOrder)
    assert table.model().index(2, 0).data() == "2.png"
    area.table_wanted.emit(str(tmp_path / "answers.csv"), area.predictions.predictions())
    qtbot.waitUntil(lambda: "answers.csv" in page.banner.message())
    lines = (tmp_path / "answers.csv").read_text(encoding="utf-8-sig").splitlines()
    assert lines[2] == "/photos/10.png,none of these,ant,0.550000,bee,0.450000,10.0,"
    area.table_wanted.emit(str(tmp_path / "answers.csv" / "below a file.csv"), ())
    qtbot.waitUntil(lambda: "could not be written" in page.banner.message())


def test_a_batch_can_be_cancelled(page: EvaluationPage, qtbot: QtBot, engine: FakeEngine, tmp_path: Path) -> None:
    open_run(page, qtbot, make_run("one"))
    images = [str(draw_image(tmp_path / f"{number}.png", (1, 2, number))) for number in range(2)]
    engine.waits = True
    page.try_images(images)
    qtbot.waitUntil(lambda: bool(engine.asked))
    qtbot.mouseClick(page._try._task.cancel, Qt.MouseButton.LeftButton)
    engine.waits = False
    qtbot.waitUntil(lambda: not page._try._task.isVisible())
    assert len(page._try.predictions.sentences()) == 1  # what was known by then stays


def test_report_from_the_page(page: EvaluationPage, qtbot: QtBot, tmp_path: Path) -> None:
    open_run(page, qtbot, make_run("one"))
    qtbot.mouseClick(page._report, Qt.MouseButton.LeftButton)
    dialog = page.findChild(QFileDialog)
    assert dialog.acceptMode() is QFileDialog.AcceptMode.AcceptSave
    assert not dialog.testOption(QFileDialog.Option.DontConfirmOverwrite)
    dialog.reject()
    page._reports.write(str(tmp_path / "one.html"))
    qtbot.waitUntil(lambda: "one.html" in page.banner.message())
    assert (tmp_path / "one.html").is_file()
    assert not page._reports.line.isVisible()


def test_pastes_files_paths_and_pictures(
    page: EvaluationPage, qtbot: QtBot, engine: FakeEngine, tmp_path: Path
) -> None:
    open_run(page, qtbot, make_run("one"))
    file = draw_image(tmp_path / "pasted file.png", (1, 2, 3))
    clipboard = QGuiApplication.clipboard()
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(file))])
    clipboard.setMimeData(mime)
    page.activateWindow()
    qtbot.keySequence(page, QKeySequence(QKeySequence.StandardKey.Paste))
    qtbot.waitUntil(lambda: len(engine.asked) == 1)
    clipboard.setText(f'"{file}"{os.linesep}')
    page._try.paste()
    qtbot.waitUntil(lambda: len(engine.asked) == 2)
    picture = QImage(30, 20, QImage.Format.Format_RGB32)
    picture.fill(QColor("red"))
    clipboard.setImage(picture)
    page._try.paste()
    qtbot.waitUntil(lambda: len(engine.asked) == 3)
    (saved,) = engine.asked[2][1]  # type: ignore[index]
    assert saved.parent == paths.cache_dir() / "pasted"
    assert QImage(str(saved)).size() == picture.size()
    clipboard.setText("no image at all")
    page._try.paste()
    assert "no image on the clipboard" in page.banner.message()


def test_export_comes_next(page: EvaluationPage, qtbot: QtBot) -> None:
    open_run(page, qtbot, make_run("one"))
    with qtbot.waitSignal(page.next_requested):
        qtbot.mouseClick(page._next, Qt.MouseButton.LeftButton)


def test_a_damaged_report_is_an_error(page: EvaluationPage, qtbot: QtBot) -> None:
    path = make_run("one")
    (path / "report.json").write_text("{")
    page._session.select_run(path)
    qtbot.waitUntil(lambda: page.banner.isVisible())
    assert "damaged" in page.banner.message()


def test_class_model(qtmodeltester, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    model = ClassFiguresItemModel()
    classes = evaluation(tmp_path).classes
    undefined = replace(classes[0], name="class 9", support=0, precision=None, recall=None, f1=None)
    model.set_classes((*classes, undefined))
    qtmodeltester.check(model, force_py=True)
    recall = [model.index(row, ClassColumn.RECALL) for row in range(4)]
    assert [index.data() for index in recall] == ["80.0 %", "90.0 %", "100.0 %", "–"]
    assert recall[3].data(SHARE_ROLE) is None
    assert recall[3].data(SORT_ROLE) < recall[0].data(SORT_ROLE)
    ranks = [model.index(row, ClassColumn.NAME).data(SORT_ROLE) for row in range(4)]
    assert ranks == [0, 1, 3, 2]  # class 9 before class 10
    assert recall[2].data(CLASS_ROLE) == 2


def test_figures(tmp_path: Path) -> None:
    weakest = weakest_class(evaluation(tmp_path).classes)
    assert weakest is not None
    assert weakest.name == "ant"
    assert weakest_class(()) is None


def test_words() -> None:
    assert percent(None) == "–"
    assert percent(0.9999) == "99.990 %"
    assert percent(1.0, 0) == "100 %"
    assert duration(3725) == "1:02:05"
    assert moment(0).startswith(("1 Jan 1970", "31 Dec 1969"))
    assert shortened("a" * 40, 9) == "aaaa…aaaa"
