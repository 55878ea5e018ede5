"""The session: what is chosen, what is told, what is refused."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from finetune_gui.engine.config import DataEdits, LayerPlan
from finetune_gui.engine.data.sources import name_data
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
        session.open_source(str(folder))


def test_a_folder_is_scanned_and_chosen(qtbot: QtBot, session: Session, tmp_path: Path) -> None:
    problem = session.data_problem()
    assert problem is not None
    assert problem.hint
    with qtbot.waitSignals([session.scan_started, session.config_changed, session.dataset_changed]):
        session.open_source(str(draw_classes(tmp_path / "images")))
    assert session.dataset is not None
    assert session.dataset.class_names == ("dark", "light")
    assert session.config.data.path == str(session.dataset.root)
    assert session.data_problem() is None
    assert session.require_ready() is session.config


def test_a_failed_scan_keeps_what_was_chosen(qtbot: QtBot, session: Session, tmp_path: Path) -> None:
    opened(qtbot, session, draw_classes(tmp_path / "images"))
    before = session.dataset
    with qtbot.waitSignal(session.scan_failed) as failed:
        session.open_source(str(tmp_path / "nothing here"))
    assert isinstance(failed.args[0], EngineError)
    assert session.dataset is before


def test_one_class_cannot_be_trained(qtbot: QtBot, session: Session, tmp_path: Path) -> None:
    opened(qtbot, session, draw_classes(tmp_path / "images", classes=("only",)))
    with pytest.raises(EngineError, match="Only one class"):
        session.require_ready()


def inspected(qtbot: QtBot, session: Session, folder: Path) -> None:
    """Open, wait until every image was looked at, and the data were arranged anew."""
    opened(qtbot, session, folder)
    settle(qtbot, session)


def settle(qtbot: QtBot, session: Session) -> None:
    preparation = session.preparation
    qtbot.waitUntil(lambda: preparation.inspection_state == "done" and not preparation.is_arranging(), timeout=20_000)


def test_the_inspection_goes_on_after_the_scan(qtbot: QtBot, session: Session, tmp_path: Path) -> None:
    folder = draw_classes(tmp_path / "images")
    (folder / "dark" / "broken.png").write_bytes(b"no image")
    stages = []
    session.preparation.inspection_progressed.connect(lambda advanced: stages.append(advanced.stage))
    opened(qtbot, session, folder)
    assert session.dataset is not None
    assert len(session.dataset.samples) == 13  # by its name it is an image
    assert session.require_ready()  # and training could begin
    settle(qtbot, session)
    assert len(session.dataset.samples) == 12
    assert session.arranged is not None
    assert "unreadable" in [finding.kind for finding in session.arranged.findings]
    assert stages[0] == "checking"
    assert stages[-1] == "comparing"


def test_an_inspection_can_be_put_off_and_made_up_for(qtbot: QtBot, session: Session, tmp_path: Path) -> None:
    folder = draw_classes(tmp_path / "images", num_images=60)
    (folder / "dark" / "broken.png").write_bytes(b"no image")
    session.preparation.inspection_changed.connect(
        lambda: session.preparation.postpone() if session.preparation.inspection_state == "running" else None
    )
    opened(qtbot, session, folder)
    qtbot.waitUntil(lambda: session.preparation.inspection_state == "postponed", timeout=20_000)
    assert session.require_ready()
    session.decide("exclude", edits=DataEdits(excluded=("dark/0.png",)))
    with qtbot.waitSignal(session.dataset_changed):
        pass
    assert session.dataset is not None
    assert len(session.dataset.samples) == 120
    session.preparation.inspection_changed.disconnect()
    session.preparation.inspect()
    settle(qtbot, session)
    assert len(session.dataset.samples) == 119


def test_the_inspection_gives_way_to_a_run(qtbot: QtBot, session: Session, tmp_path: Path) -> None:
    preparation = session.preparation
    preparation.inspection_progressed.connect(preparation.give_way)
    opened(qtbot, session, draw_classes(tmp_path / "images", num_images=150))
    qtbot.waitUntil(lambda: preparation.inspection_state == "waiting", timeout=20_000)
    preparation.inspection_progressed.disconnect(preparation.give_way)
    preparation.go_on()
    settle(qtbot, session)
    preparation.go_on()  # nothing is left to do
    assert preparation.inspection_state == "done"


def test_decisions_hold_and_can_be_undone(qtbot: QtBot, session: Session, tmp_path: Path) -> None:
    inspected(qtbot, session, draw_classes(tmp_path / "images"))
    session.set_data(augment="none")
    assert session.history.undoable == ""  # that is no decision about the images
    with qtbot.waitSignal(session.dataset_changed):
        session.decide("drop it", edits=DataEdits(dropped=("dark",)))
    problem = session.data_problem()
    assert problem is not None
    assert "Only one class" in problem.message
    session.decide("share", val_split=0.5)
    session.set_data(augment="strong")
    assert session.history.undoable == "share"
    session.undo()
    with qtbot.waitSignal(session.dataset_changed):
        session.undo()
    assert session.data_problem() is None
    assert session.config.data.edits == DataEdits()
    assert session.config.data.val_split == 0.2
    assert session.config.data.augment == "strong"  # undoing decisions leaves it alone
    assert session.history.redoable == "drop it"
    session.redo()
    assert session.config.data.edits.dropped == ("dark",)
    with pytest.raises(EngineError):
        session.decide("nonsense", val_split=2.0)
    assert session.history.undoable == "drop it"


def test_other_data_begin_without_decisions_the_same_keep_them(qtbot: QtBot, session: Session, tmp_path: Path) -> None:
    first = draw_classes(tmp_path / "first")
    inspected(qtbot, session, first)
    session.decide("exclude", edits=DataEdits(excluded=("dark/0.png",)))
    (first / "dark" / "new.png").write_bytes((first / "light" / "0.png").read_bytes())
    with qtbot.waitSignal(session.source_opened):
        session.rescan()
    settle(qtbot, session)
    assert session.config.data.edits.excluded == ("dark/0.png",)
    assert session.history.undoable == "exclude"
    assert session.dataset is not None
    assert "dark/new.png" in {sample.path for sample in session.dataset.samples}
    inspected(qtbot, session, draw_classes(tmp_path / "second"))
    assert session.config.data.edits == DataEdits()
    assert session.history.undoable == ""


def test_several_class_folders(qtbot: QtBot, session: Session, tmp_path: Path) -> None:
    draw_classes(tmp_path, classes=("a", "b", "c"))
    with qtbot.waitSignal(session.dataset_changed):
        session.open_named(name_data([tmp_path / "a", tmp_path / "c"]))
    assert session.dataset is not None
    assert session.dataset.class_names == ("a", "c")
    assert session.config.data.path == str(tmp_path)
    settle(qtbot, session)
    with qtbot.waitSignal(session.dataset_changed):
        session.open_source(str(tmp_path))
    assert session.dataset.class_names == ("a", "b", "c")
    assert session.config.data.class_folders == ()


def test_a_zip_is_counted_at_once_and_then_unpacked(qtbot: QtBot, session: Session, tmp_path: Path) -> None:
    folder = draw_classes(tmp_path / "images")
    archive = Path(shutil.make_archive(str(tmp_path / "images"), "zip", folder))
    counts = []
    session.preparation.scan_progressed.connect(lambda advanced: counts.append(advanced.class_counts))
    opened(qtbot, session, archive)
    assert counts[-1] == {"dark": 6, "light": 6}
    assert session.config.data.path == str(archive)
    settle(qtbot, session)
    assert session.dataset is not None
    assert (session.dataset.root / "dark" / "0.png").is_file()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["images", "images.zip"]  # nothing beside the user's


def test_the_tree_follows_merged_classes(qtbot: QtBot, session: Session, tmp_path: Path) -> None:
    inspected(qtbot, session, draw_classes(tmp_path / "images", classes=("a", "b", "c", "d")))
    with qtbot.waitSignal(session.tree_changed, timeout=60_000):
        session.load_tree()
    assert session.tree is not None
    head_of_four = session.tree.groups[-1].num_parameters
    with qtbot.waitSignal(session.tree_changed, timeout=60_000):
        session.decide("merge", edits=DataEdits(renamed={"a": "b", "c": "d"}))
    assert 2 * session.tree.groups[-1].num_parameters == head_of_four


def test_the_latest_scan_wins(qtbot: QtBot, session: Session, tmp_path: Path) -> None:
    first = draw_classes(tmp_path / "first", num_images=60)
    second = draw_classes(tmp_path / "second", classes=("a", "b", "c"))
    told = []
    session.source_opened.connect(told.append)
    with qtbot.waitSignal(session.dataset_changed):
        session.open_source(str(first))
        session.open_source(str(second))
    settle(qtbot, session)
    assert told == [str(second)]
    assert session.dataset is not None
    assert session.dataset.class_names == ("a", "b", "c")


def test_a_scan_can_be_given_up(qtbot: QtBot, session: Session, tmp_path: Path) -> None:
    with qtbot.waitSignal(session.scan_cancelled):
        session.open_source(str(draw_classes(tmp_path / "images")))
        session.cancel_scan()
    qtbot.waitUntil(lambda: not session.is_scanning())
    assert session.dataset is None


def test_settings_are_checked_where_they_are_set(qtbot: QtBot, session: Session) -> None:
    with qtbot.waitSignal(session.config_changed):
        session.set_training(num_epochs=3)
    before = session.config
    for change in ({"num_epochs": 0}, {"batch_size": -1}, {"seed": -1}):
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
        session.open_source(str(draw_classes(tmp_path / "images", classes=("a", "b", "c", "d"))))
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
    edits = DataEdits(excluded=("dark/0.png",))
    data = replace(session.config.data, path=str(folder), augment="none", edits=edits)
    config = replace(session.config, num_epochs=7, data=data)
    with qtbot.waitSignals([session.dataset_changed, session.tree_changed], timeout=60_000):
        session.use_config(config)
    assert session.config == config
    assert session.dataset is not None
    assert "dark/0.png" not in {sample.path for sample in session.dataset.samples}
