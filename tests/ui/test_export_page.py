"""The export page: folder, asking before overwriting, certificate. The last test uses the real engine."""

import sys
import time
import types
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from finetune_gui.engine.config import DataConfig, TrainConfig
from finetune_gui.engine.control import RunControl
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.events import Event, ExportFinished, ExportRefused, PreparationAdvanced
from finetune_gui.ui.pages.evaluation_page import EvaluationPage
from finetune_gui.ui.pages.export_page import ExportPage
from finetune_gui.ui.session import Session
from finetune_gui.ui.theme import Theme
from finetune_gui.ui.widgets.certificate_card import CertificateCard
from finetune_gui.ui.widgets.format_cards import FormatCards
from tests.ui.past_runs import draw_class_folders, make_run


@dataclass
class Preferences:
    last_export_folder: str = ""


class FakeExport:
    """Stands in for ``engine.launcher``."""

    def __init__(self) -> None:
        self.asked: list[tuple[object, ...]] = []
        self.waits = False
        self.has_runtime = True
        self.refused: ExportRefused | None = None
        self.error: EngineError | None = None

    def export_run(
        self, run_path: Path, format: str, out: Path, control: RunControl, *, overwrite: bool = False
    ) -> Iterator[Event]:
        self.asked.append((run_path, format, out, overwrite))
        yield PreparationAdvanced(activity="Comparing with the run", done=1, total=4)
        if self.refused is not None:
            yield self.refused
        if self.error is not None:
            raise self.error
        while self.waits and not control.should_end:
            time.sleep(0.005)
        if not control.should_end:
            yield finished(format=format, path=str(out)) if self.has_runtime else without_runtime(str(out))


def finished(
    format: str = "onnx",
    path: str = "/exports/my model",
    agreement: float | None = 1.0,
    difference: float | None = 2.1e-6,
) -> ExportFinished:
    return ExportFinished(
        format=format,
        path=path,
        size_bytes=13_900_000,
        num_checked=153,
        top1_agreement=agreement,
        max_probability_difference=difference,
        accuracy_before=0.954,
        accuracy_after=0.948,
        latency_before_ms=41.0,
        latency_after_ms=12.5,
        model_bytes_before=13_600_000,
        model_bytes_after=13_900_000,
    )


def without_runtime(path: str) -> ExportFinished:
    return ExportFinished(
        format="coreml",
        path=path,
        size_bytes=13_900_000,
        has_runtime=False,
        num_checked=0,
        top1_agreement=None,
        max_probability_difference=None,
    )


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> FakeExport:
    fake = FakeExport()
    module = types.ModuleType("finetune_gui.engine.launcher")
    module.export_run = fake.export_run  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, module.__name__, module)
    return fake


@pytest.fixture
def page(qtbot: QtBot) -> Iterator[ExportPage]:
    session = Session()
    page = ExportPage(session, Theme("light"), Preferences())
    page.setProperty("session", session)
    qtbot.addWidget(page)
    page.resize(1040, 640)
    with qtbot.waitExposed(page):
        page.show()
    yield page
    page.shutdown()
    session.shutdown()


def start(page: ExportPage, qtbot: QtBot) -> None:
    qtbot.mouseClick(page._start, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not page._looking.is_running())


def test_nothing_to_export_without_a_run(page: ExportPage) -> None:
    assert page._stack.currentIndex() == 0


def test_a_folder_for_every_run_and_format(page: ExportPage, qtbot: QtBot, tmp_path: Path) -> None:
    run = make_run("one")
    page._session.select_run(run)
    assert page.destination() == run / "exports" / "onnx"
    qtbot.mouseClick(page._formats.card("safetensors"), Qt.MouseButton.LeftButton)
    assert page.destination() == run / "exports" / "safetensors"
    assert page._files._network.text() == "model.safetensors"
    page._on_folder(str(tmp_path))
    assert page.destination() == tmp_path / "one-safetensors"
    assert page._preferences.last_export_folder == str(tmp_path)
    page._folder.clear()
    assert page._start.isEnabled()
    qtbot.keyClicks(page._folder, "x")
    qtbot.keyClick(page._folder, Qt.Key.Key_Backspace)
    assert not page._start.isEnabled()
    qtbot.keyClicks(page._folder, "typed")
    qtbot.mouseClick(page._formats.card("onnx"), Qt.MouseButton.LeftButton)
    assert page.destination() == Path("typed")
    qtbot.waitUntil(lambda: "validation accuracy 88.0 %" in page._subtitle.text())


def test_exports_and_certifies(page: ExportPage, qtbot: QtBot, engine: FakeExport) -> None:
    run = make_run("one")
    page._session.select_run(run)
    with qtbot.waitSignal(page.exported) as exported:
        start(page, qtbot)
    assert engine.asked == [(run, "onnx", run / "exports" / "onnx", False)]
    assert exported.args == [run / "exports" / "onnx"]
    qtbot.waitUntil(lambda: not page._export.is_running())
    assert page._certificate.isVisible()
    assert page._start.isEnabled()
    assert not page._progress.isVisible()


def test_asks_before_it_overwrites(page: ExportPage, qtbot: QtBot, engine: FakeExport) -> None:
    run = make_run("one")
    page._session.select_run(run)
    page.destination().mkdir(parents=True)
    (page.destination() / "labels.json").write_text("{}")
    start(page, qtbot)
    qtbot.waitUntil(lambda: page.findChild(QMessageBox) is not None)
    page.findChild(QMessageBox).reject()
    qtbot.waitUntil(lambda: page.findChild(QMessageBox) is None)
    assert engine.asked == []
    assert page._start.isEnabled()
    start(page, qtbot)
    qtbot.waitUntil(lambda: page.findChild(QMessageBox) is not None)
    replace = next(each for each in page.findChild(QMessageBox).buttons() if each.text() == "Replace")
    qtbot.mouseClick(replace, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page._certificate.isVisible())
    assert engine.asked[0][-1] is True
    qtbot.waitUntil(lambda: not page._export.is_running())


def test_cancel(page: ExportPage, qtbot: QtBot, engine: FakeExport) -> None:
    page._session.select_run(make_run("one"))
    engine.waits = True
    start(page, qtbot)
    qtbot.waitUntil(lambda: page._progress.value() == 0.25)
    other = make_run("two")
    page._session.select_run(other)  # what is being written belongs to the first run
    assert page._run_path != other
    qtbot.mouseClick(page._cancel, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not page._export.is_running())
    assert not page._certificate.isVisible()
    assert page._run_path == other


def test_an_error_is_shown_with_its_hint(page: ExportPage, qtbot: QtBot, engine: FakeExport) -> None:
    page._session.select_run(make_run("one"))
    engine.error = EngineError("The disk is full.", "Free some space.")
    start(page, qtbot)
    qtbot.waitUntil(lambda: page.banner.isVisible())
    assert page.banner.message() == "The disk is full."
    qtbot.waitUntil(lambda: page._start.isEnabled())


def test_a_refused_export_shows_its_certificate(page: ExportPage, qtbot: QtBot, engine: FakeExport) -> None:
    page._session.select_run(make_run("one"))
    engine.refused = ExportRefused(**asdict(finished(path="/exports/my model.failed", agreement=0.9)), reason="90 %")
    engine.error = EngineError("The exported model gives other answers than the run.", "Export in another format.")
    start(page, qtbot)
    qtbot.waitUntil(lambda: page.banner.isVisible())
    assert page._certificate.isVisibleTo(page)
    assert page._certificate.heading() == "Refused: 138 of 153 validation images get the same answer (90.0 %)."
    assert not page._try.isVisibleTo(page)  # it is not to be used


def test_certificate_in_words(qtbot: QtBot) -> None:
    card = CertificateCard(Theme("light"))
    qtbot.addWidget(card)
    card.show_result(finished())
    assert card.heading() == "Same answers: 153 of 153 validation images agree (100 %)."
    assert "2e-6" in card.details()
    assert "13.9 MB (run 13.6 MB)" in card.details()
    assert "Accuracy 94.8 % (run 95.4 %)" in card.details()
    assert "12.5 ms an image (run 41 ms)" in card.details()
    assert card.command() == "finetune-gui predict '/exports/my model' IMAGE"
    card._on_copy()
    assert QGuiApplication.clipboard().text() == card.command()
    card.show_result(finished(agreement=152 / 153, difference=0.002))
    assert card.heading() == "Not quite the same answers: 152 of 153 validation images agree (99.3 %)."
    assert "0.002" in card.details()
    card.show_result(finished(agreement=None, difference=None))
    assert "Not certified" in card.heading()


# --- with the real engine ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def trained_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of one epoch on a dozen small images."""
    from finetune_gui.engine.launcher import start_run

    root = tmp_path_factory.mktemp("trained")
    config = TrainConfig(
        data=DataConfig(path=str(draw_class_folders(root / "images")), val_split=0.34, augment="none"),
        num_epochs=1,
        batch_size=8,
        device="cpu",
    )
    for _ in start_run(config, RunControl(), root / "run"):
        pass
    return root / "run"


@pytest.mark.slow
def test_the_real_engine(page: ExportPage, qtbot: QtBot, trained_run: Path, tmp_path: Path) -> None:
    page._session.select_run(trained_run)
    page._on_folder(str(tmp_path))
    start(page, qtbot)
    qtbot.waitUntil(lambda: not page._export.is_running(), timeout=120_000)
    assert page.banner.message() == ""
    assert page._certificate.heading().startswith("Same answers: ")
    written = {file.name for file in page.destination().iterdir()}
    assert {"model.onnx", "labels.json", "preprocessing.json", "certificate.json", "predict.py"} <= written
    image = str(draw_class_folders(tmp_path / "tried", 1) / "red" / "0.png")
    page.try_images([image])
    qtbot.waitUntil(lambda: len(page._try.column(1).sentences()) == 1, timeout=60_000)
    run, file = (page._try.column(column).prediction(image) for column in (0, 1))
    assert page._try.isVisible()
    assert run.top[0][0] == file.top[0][0]
    assert run.top[0][1] == pytest.approx(file.top[0][1], abs=1e-3)

    evaluation = EvaluationPage(page._session, page.theme)
    qtbot.addWidget(evaluation)
    evaluation.show()
    field = draw_class_folders(tmp_path / "field", 3)
    evaluation.evaluate_folder(str(field))
    qtbot.waitUntil(lambda: not evaluation._evaluation.is_running(), timeout=60_000)
    assert evaluation.banner.message() == ""
    assert evaluation._cards.images.figure() == "6"
    evaluation.try_images([str(field / "red" / "0.png"), str(tmp_path / "missing.png")])
    qtbot.waitUntil(lambda: len(evaluation._try.predictions.sentences()) == 2, timeout=60_000)
    first, second = evaluation._try.predictions.sentences()
    assert "red" in first
    assert "%" not in second
    evaluation.shutdown()


# --- formats whose packages are optional -----------------------------------------------------------------------------


def test_formats_for_phones_are_there_where_their_packages_are(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("litert_torch", "ai_edge_litert", "coremltools"):
        monkeypatch.setitem(sys.modules, name, None)  # as if it were not installed
    without = FormatCards(Theme("light"))
    qtbot.addWidget(without)
    assert without.formats() == ("onnx", "onnx-fp16", "onnx-int8", "pt2", "safetensors")
    for name in ("litert_torch", "ai_edge_litert", "coremltools"):
        monkeypatch.delitem(sys.modules, name)
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    cards = FormatCards(Theme("light"))
    qtbot.addWidget(cards)
    assert cards.formats()[-2:] == ("litert", "coreml")
    qtbot.mouseClick(cards.card("litert"), Qt.MouseButton.LeftButton)
    assert cards.format() == "litert"


def test_an_export_that_nothing_here_runs_says_so(page: ExportPage, engine: FakeExport, qtbot: QtBot) -> None:
    engine.has_runtime = False
    page._session.select_run(make_run("one"))
    start(page, qtbot)
    qtbot.waitUntil(lambda: page._certificate.isVisible() and not page._export.is_running())
    assert page._certificate.heading().startswith("Not certified: Core ML runs only on macOS")
    assert not page._try.isVisible()  # there is nothing to try it with
    assert page._certificate._copy.isHidden()
