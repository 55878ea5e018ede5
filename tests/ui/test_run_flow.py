"""Settings of past runs and of files taken into the window, and runs that are trained for more epochs."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QInputDialog, QWidget
from pytestqt.qtbot import QtBot

from finetune_gui.engine.config import DataConfig, LayerPlan, LayerRule, ModelConfig, OptimConfig, TrainConfig
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.files import write_json
from finetune_gui.ui.config_reuse import read_reusable
from finetune_gui.ui.run_extension import RunExtension
from finetune_gui.ui.run_flow import RunFlow
from finetune_gui.ui.run_host import RunHost
from finetune_gui.ui.session import Session
from tests.ui.image_folders import draw_classes
from tests.ui.past_runs import make_run

PRESENT = TrainConfig(data=DataConfig(path="/now"), model=ModelConfig(id="timm/resnet18"))


@pytest.fixture
def flow(qtbot: QtBot) -> Iterator[RunFlow]:  # noqa: ARG001
    session, host = Session(), RunHost()
    flow = RunFlow(session, host)
    flow.setProperty("parts", [session, host])
    yield flow
    for part in (flow, host, session):
        part.shutdown()


def saved(config: TrainConfig, tmp_path: Path) -> Path:
    write_json(tmp_path / "config.json", config.to_json())
    return tmp_path / "config.json"


def test_what_is_there_is_taken_whole(tmp_path: Path) -> None:
    config = TrainConfig(
        data=DataConfig(path=str(draw_classes(tmp_path / "images"))), optim=OptimConfig(lr=0.5), device="cpu"
    )
    reuse = read_reusable(saved(config, tmp_path), PRESENT, ["cpu"])
    assert reuse.config == config
    assert reuse.missing == ""


def test_what_is_gone_leaves_what_is_chosen_and_is_told(tmp_path: Path) -> None:
    plan = LayerPlan(preset="by_depth", rules=(LayerRule(pattern="stage9", multiplier=0),))
    config = replace(
        PRESENT,
        data=DataConfig(path="/gone/images", augment="strong"),
        model=ModelConfig(id="file:/gone/weights.pth"),
        plan=plan,
        device="cuda:7",
        seed=5,
    )
    reuse = read_reusable(saved(config, tmp_path), PRESENT, ["cpu"])
    assert (reuse.config.data.path, reuse.config.model, reuse.config.device) == ("", PRESENT.model, "auto")
    assert (reuse.config.plan.preset, reuse.config.plan.rules) == ("by_depth", ())
    assert (reuse.config.seed, reuse.config.data.augment) == (5, "strong")
    assert "/gone/images" in reuse.missing
    assert "/gone/weights.pth" in reuse.missing
    assert "cuda:7" in reuse.missing
    assert reuse.missing.count(". ") == 0  # one sentence
    unknown = read_reusable(saved(config, tmp_path), PRESENT, [])
    assert unknown.config.device == "cuda:7"  # the devices of this machine are not known yet


def test_a_file_is_taken_into_the_session(qtbot: QtBot, flow: RunFlow, tmp_path: Path) -> None:
    session = flow._session
    images = draw_classes(tmp_path / "images")
    with qtbot.waitSignal(session.dataset_changed):
        session.open_source(str(images))
    config = TrainConfig(data=DataConfig(path="/gone"), num_epochs=33)
    with qtbot.waitSignal(flow.settings_taken) as taken:
        flow.open_config(saved(config, tmp_path))
    assert "/gone" in taken.args[0]
    assert session.config.num_epochs == 33
    assert session.config.data.path == str(images)
    assert session.dataset is not None
    qtbot.waitUntil(lambda: session.tree is not None, timeout=120_000)  # of the model that was taken, too


def test_a_file_that_is_no_config_is_refused(qtbot: QtBot, flow: RunFlow, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("[]")
    with qtbot.waitSignal(flow.reuse_failed) as refused:
        flow.open_config(tmp_path / "config.json")
    assert isinstance(refused.args[0], EngineError)


def test_no_run_begins_beside_a_search(qtbot: QtBot, flow: RunFlow) -> None:
    flow.set_searching(True)
    with qtbot.waitSignal(flow.refused) as refused:
        flow.start()
    assert "search for a learning rate" in str(refused.args[0])
    flow.set_searching(False)
    assert "No images" in str(flow.problem())


def test_a_run_is_extended(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    extension = RunExtension(window)
    run = make_run("run 1")
    extension.ask(run)
    qtbot.waitUntil(lambda: window.findChild(QInputDialog) is not None)
    dialog = window.findChild(QInputDialog)
    assert dialog.labelText() == "run 1 has 2 epochs. How many shall it have in all?"
    assert dialog.intMinimum() == 3
    dialog.setIntValue(5)
    with qtbot.waitSignal(extension.wished) as wish:
        qtbot.keyClick(dialog, Qt.Key.Key_Return)
    assert wish.args == [run, 5]
    assert extension.shutdown()
