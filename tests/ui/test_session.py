"""The session: what is chosen, what is told, what is refused."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from finetune_gui.engine.config import LayerPlan
from finetune_gui.engine.errors import EngineError
from finetune_gui.ui.session import Session
from tests.ui.image_folders import draw_classes


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:  # noqa: ARG001
    session = Session()
    yield session
    assert session.shutdown()


def opened(qtbot: QtBot, session: Session, folder: Path) -> None:
    with qtbot.waitSignal(session.dataset_changed):
        session.open_dataset(str(folder))


def test_a_folder_is_scanned_and_chosen(qtbot: QtBot, session: Session, tmp_path: Path) -> None:
    problem = session.data_problem()
    assert problem is not None
    assert problem.hint
    with qtbot.waitSignals([session.scan_started, session.config_changed, session.dataset_changed]):
        session.open_dataset(str(draw_classes(tmp_path / "images")))
    assert session.dataset is not None
    assert session.dataset.class_names == ("dark", "light")
    assert session.config.data.path == str(session.dataset.root)
    assert session.data_problem() is None
    assert session.require_ready() is session.config


def test_a_failed_scan_keeps_what_was_chosen(qtbot: QtBot, session: Session, tmp_path: Path) -> None:
    opened(qtbot, session, draw_classes(tmp_path / "images"))
    before = session.dataset
    with qtbot.waitSignal(session.scan_failed) as failed:
        session.open_dataset(str(tmp_path / "nothing here"))
    assert isinstance(failed.args[0], EngineError)
    assert session.dataset is before


def test_one_class_cannot_be_trained(qtbot: QtBot, session: Session, tmp_path: Path) -> None:
    opened(qtbot, session, draw_classes(tmp_path / "images", classes=("only",)))
    with pytest.raises(EngineError, match="Only one class"):
        session.require_ready()


def test_the_latest_scan_wins(qtbot: QtBot, session: Session, tmp_path: Path) -> None:
    first = draw_classes(tmp_path / "first", num_images=60)
    second = draw_classes(tmp_path / "second", classes=("a", "b", "c"))
    told = []
    session.dataset_changed.connect(lambda: told.append(session.dataset))
    with qtbot.waitSignal(session.dataset_changed):
        session.open_dataset(str(first))
        session.open_dataset(str(second))
    qtbot.waitUntil(lambda: not session.is_scanning())
    qtbot.wait(50)
    assert [dataset.class_names for dataset in told if dataset] == [("a", "b", "c")]


def test_a_scan_can_be_given_up(qtbot: QtBot, session: Session, tmp_path: Path) -> None:
    with qtbot.waitSignal(session.scan_cancelled):
        session.open_dataset(str(draw_classes(tmp_path / "images")))
        session.cancel_scan()
    qtbot.waitUntil(lambda: not session.is_scanning())
    assert session.dataset is None


def test_settings_are_checked_where_they_are_set(qtbot: QtBot, session: Session) -> None:
    with qtbot.waitSignal(session.config_changed):
        session.set_training(num_epochs=3)
    before = session.config
    for change in ({"num_epochs": 0}, {"batch_size": 0}, {"seed": -1}):
        with pytest.raises(EngineError):
            session.set_training(**change)
    with pytest.raises(EngineError):
        session.set_optim(lr=-1.0)
    with pytest.raises(EngineError):
        session.set_data(val_split=1.0)
    assert session.config == before
    with qtbot.assertNotEmitted(session.config_changed):
        session.set_training(num_epochs=3)


def test_the_tree_follows_the_classes(qtbot: QtBot, session: Session, tmp_path: Path) -> None:
    with qtbot.waitSignal(session.tree_changed, timeout=60_000):
        session.load_tree()
    assert session.tree is not None
    head_of_two = session.tree.groups[-1].num_parameters
    with qtbot.waitSignal(session.tree_changed, timeout=60_000):
        session.open_dataset(str(draw_classes(tmp_path / "images", classes=("a", "b", "c", "d"))))
    assert session.tree.groups[-1].num_parameters == 2 * head_of_two


def test_everything_frozen_is_a_problem(qtbot: QtBot, session: Session) -> None:
    with qtbot.waitSignal(session.tree_changed, timeout=60_000):
        session.load_tree()
    assert session.tree is not None
    assert session.plan_problem() is None
    for node in session.tree.root.children:
        session.set_multiplier(node.path, 0.0)
    problem = session.plan_problem()
    assert problem is not None
    assert "frozen" in problem.message
    with qtbot.waitSignal(session.plan_changed):
        session.set_plan(LayerPlan(preset="all"))
    assert session.plan_problem() is None


def test_a_finer_rule_is_dropped_with_its_parent(session: Session) -> None:
    session.set_multiplier("blocks.1.conv", 0.5)
    session.set_multiplier("blocks.10", 0.3)
    session.set_multiplier("blocks.1", 1.0)
    rules = [(rule.pattern, rule.multiplier) for rule in session.config.plan.rules]
    assert rules == [("blocks.10", 0.3), ("blocks.1", 1.0)]


def test_an_unknown_model_is_told(qtbot: QtBot, session: Session) -> None:
    with qtbot.waitSignal(session.tree_failed, timeout=60_000) as failed:
        session.choose_model("torchvision/resnet1800")
    assert "resnet1800" in failed.args[0].message
    assert session.tree is None


def test_settings_of_a_past_run_are_taken_over(qtbot: QtBot, session: Session, tmp_path: Path) -> None:
    folder = draw_classes(tmp_path / "images")
    config = replace(session.config, num_epochs=7, data=replace(session.config.data, path=str(folder), augment="none"))
    with qtbot.waitSignals([session.dataset_changed, session.tree_changed], timeout=60_000):
        session.use_config(config)
    assert session.config == config
