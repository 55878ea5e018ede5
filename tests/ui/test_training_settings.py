"""The settings of a run in the window: sections, recipes, weights of classes, the command, and files."""

import json
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QPushButton, QSpinBox
from pytestqt.qtbot import QtBot

from finetune_gui.cli.parser import build_parser
from finetune_gui.cli.settings import train_config
from finetune_gui.engine.config import LayerRule, TrainConfig
from finetune_gui.engine.recipes import apply_recipe
from finetune_gui.ui.dialogs.class_weights_dialog import ClassWeightsDialog
from finetune_gui.ui.dialogs.recipe_dialog import RecipeDialog
from finetune_gui.ui.pages.training_page import TrainingPage
from finetune_gui.ui.preferences import Preferences
from finetune_gui.ui.session import Session
from finetune_gui.ui.theme import Theme
from tests.ui.image_folders import draw_classes


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:  # noqa: ARG001
    session = Session()
    yield session
    assert session.shutdown()


@pytest.fixture
def page(qtbot: QtBot, session: Session) -> TrainingPage:
    page = TrainingPage(session, Theme("light"), Preferences())
    qtbot.addWidget(page, before_close_func=lambda page: page.shutdown())
    page.resize(1000, 620)
    page.show()
    return page


@pytest.fixture
def folder(qtbot: QtBot, session: Session, tmp_path: Path) -> Path:
    """Opened in the session."""
    path = tmp_path / "my images"
    draw_classes(path)
    with qtbot.waitSignal(session.dataset_changed):
        session.open_source(str(path))
    return path


def write(qtbot: QtBot, page: TrainingPage, name: str, text: str) -> None:
    field = page.form.editor(name)
    assert isinstance(field, QLineEdit)
    field.clear()
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Return)


def choose(page: TrainingPage, name: str, value: object) -> None:
    combo = page.form.editor(name)
    assert isinstance(combo, QComboBox)
    combo.setCurrentIndex(next(row for row in range(combo.count()) if combo.itemData(row) == value))


def shown(page: TrainingPage, name: str) -> bool:
    return page.form.editor(name).isVisibleTo(page.form)


# --- sections ----------------------------------------------------------------------------------------------------


def test_a_short_list_at_first(page: TrainingPage) -> None:
    names = ("training.num_epochs", "training.batch_size", "optim.lr", "optim.optimizer", "data.augment")
    assert all(shown(page, name) for name in names)
    assert not any(shown(page, name) for name in ("optim.schedule", "loss.mixup", "training.seed", "speed.precision"))
    assert page.form.section("loss").changed_text() == ""


def test_sections_open_by_keyboard_and_stay_so(qtbot: QtBot, page: TrainingPage, session: Session) -> None:
    header = page.form.section("loss").header()
    header.setFocus()
    qtbot.keyClick(header, Qt.Key.Key_Space)
    assert shown(page, "loss.mixup")
    assert header.accessibleName() == "Loss, open"
    qtbot.mouseClick(page.form.section("speed").header(), Qt.MouseButton.LeftButton)
    qtbot.mouseClick(page.form.section("speed").header(), Qt.MouseButton.LeftButton)
    again = TrainingPage(session, Theme("light"), Preferences())
    qtbot.addWidget(again, before_close_func=lambda page: page.shutdown())
    assert again.form.section("loss").is_open()
    assert not again.form.section("speed").is_open()


def test_every_setting_reaches_the_session(qtbot: QtBot, page: TrainingPage, session: Session) -> None:
    numbers = {
        "optim.warmup": 0.1, "optim.weight_decay": 0.5, "optim.clip_norm": 1.0, "optim.ema_decay": 0.99,
        "loss.label_smoothing": 0.1, "loss.mixup": 0.2, "loss.cutmix": 1.0, "head.head_dropout": 0.3,
    }  # fmt: skip
    whole = {
        "optim.grad_accum_steps": 2, "stopping.patience": 3, "training.checkpoint_minutes": 9, "speed.cache_gb": 3,
        "training.batch_size": 0,
    }  # fmt: skip
    choices = {"stopping.best_by": "val_loss", "speed.views": 8, "speed.precision": "bf16"}
    for name, value in numbers.items():
        write(qtbot, page, name, str(value))
    for name, value in whole.items():
        spin = page.form.editor(name)
        assert isinstance(spin, QSpinBox)
        spin.setValue(value)
    for name, value in choices.items():
        choose(page, name, value)
    for name in ("training.deterministic", "speed.compile"):
        box = page.form.editor(name)
        assert isinstance(box, QCheckBox)
        box.click()
    plain = session.config.to_json()
    parts = {"training": plain, "head": plain["model"], **{part: plain[part] for part in ("optim", "loss", "stopping")}}
    parts["speed"] = plain["speed"]
    for name, value in (numbers | whole | choices).items():
        part, _, field = name.partition(".")
        assert parts[part][field] == value, name
    assert session.config.deterministic
    assert session.config.speed.compile
    batch = page.form.editor("training.batch_size")
    assert isinstance(batch, QSpinBox)
    assert batch.text() == "Automatic"


def test_lines_that_have_no_bearing_are_not_there(page: TrainingPage) -> None:
    page.form.open_sections(["optimizer", "speed"])
    assert shown(page, "optim.warmup")
    assert not any(shown(page, name) for name in ("optim.step_epochs", "optim.step_factor", "optim.momentum"))
    choose(page, "optim.schedule", "step")
    choose(page, "optim.optimizer", "sgd")
    assert all(shown(page, name) for name in ("optim.step_epochs", "optim.step_factor", "optim.momentum"))
    assert not shown(page, "optim.warmup")
    choose(page, "data.augment", "none")
    assert not shown(page, "speed.views")


def test_changes_are_counted_and_put_back(qtbot: QtBot, page: TrainingPage, session: Session) -> None:
    session.set_optim(clip_norm=2.0, schedule="constant", warmup=0.5)  # which has no bearing on a constant rate
    section = page.form.section("optimizer")
    assert section.changed_text() == "2 changed"
    assert section.header().accessibleDescription() == "2 changed"
    write(qtbot, page, "optim.ema_decay", "7")
    assert "not in [0, 1)" in page.form.error("optim.ema_decay")
    write(qtbot, page, "optim.ema_decay", "")
    qtbot.mouseClick(section._reset, Qt.MouseButton.LeftButton)
    assert (session.config.optim.clip_norm, session.config.optim.schedule) == (0.0, "cosine")
    assert section.changed_text() == "1 changed"  # the warm-up, which has one now
    qtbot.mouseClick(section._reset, Qt.MouseButton.LeftButton)
    assert section.changed_text() == ""


def test_leaving_a_rounded_number_changes_nothing(qtbot: QtBot, page: TrainingPage, session: Session) -> None:
    session.set_optim(lr=1 / 3)
    field = page.form.editor("optim.lr")
    assert isinstance(field, QLineEdit)
    field.setFocus()
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert session.config.optim.lr == 1 / 3


def test_every_editor_has_a_name_and_is_explained(page: TrainingPage) -> None:
    sections = 0
    while page.build_rest():  # as the window does when there is time
        sections += 1
    assert sections == 5
    assert len(page.form._lines) > 30
    for name in page.form._lines:
        editor = page.form.editor(name)
        assert editor.accessibleName(), name
        assert editor.accessibleDescription().endswith("."), name


# --- recipes and weights -----------------------------------------------------------------------------------------


def test_a_recipe_is_taken_and_named(qtbot: QtBot, page: TrainingPage, session: Session) -> None:
    assert page.form.recipe_button.text() == "Quick"
    qtbot.mouseClick(page.form.recipe_button, Qt.MouseButton.LeftButton)
    dialog = page.findChild(RecipeDialog)
    assert dialog.cards["quick"].isChecked()
    dialog.cards["classic"].click()
    with qtbot.waitSignal(session.plan_changed):
        dialog.accept()
    assert session.config == apply_recipe("classic", session.config)
    assert page.form.recipe_button.text() == "Classic"
    session.set_optim(lr=0.01)
    assert page.form.recipe_button.text() == "Classic, changed"
    qtbot.waitUntil(lambda: page.findChild(RecipeDialog) is None)
    qtbot.mouseClick(page.form.recipe_button, Qt.MouseButton.LeftButton)
    dialog = page.findChild(RecipeDialog)
    assert dialog.cards["classic"].text() == "Classic, changed"
    dialog.accept()  # takes it anew
    assert page.form.recipe_button.text() == "Classic"


def test_weights_of_classes(qtbot: QtBot, page: TrainingPage, session: Session, folder: Path) -> None:  # noqa: ARG001
    assert session.dataset is not None
    first, second = session.dataset.class_names[:2]
    button = page.form.editor("loss.class_weights")
    assert isinstance(button, QPushButton)
    assert button.text() == "All 1…"
    button.click()
    dialog = page.findChild(ClassWeightsDialog)
    dialog.boxes[first].setValue(2.5)
    assert second in dialog.boxes[second].accessibleName()
    dialog.accept()
    assert session.config.loss.class_weights == {first: 2.5}
    assert button.text() == "1 set…"
    assert page.form.section("loss").changed_text() == "1 changed"


def test_without_classes_there_is_nothing_to_weigh(page: TrainingPage, session: Session) -> None:
    page.settings.edit_weights()
    dialog = page.findChild(ClassWeightsDialog)
    assert not dialog.buttons.button(dialog.buttons.StandardButton.Ok).isEnabled()
    dialog.reject()
    assert session.config.loss.class_weights == {}


# --- command and files -------------------------------------------------------------------------------------------


def parsed(line: str) -> TrainConfig:
    arguments = shlex.split(line)[1:]
    return train_config(build_parser(arguments).parse_args(arguments))


def test_the_command_is_copied(page: TrainingPage, session: Session, folder: Path) -> None:
    session.set_training(num_epochs=3)
    session.set_loss(mixup=0.2)
    page.settings.copy_command()
    line = QGuiApplication.clipboard().text()
    assert line == f"finetune-gui train '{folder}' --epochs 3 --mixup 0.2"
    assert parsed(line) == session.config
    assert "clipboard" in page.banner.message()


def test_without_data_there_is_no_command(page: TrainingPage) -> None:
    page.settings.copy_command()
    assert "no run to copy" in page.banner.message()


def test_decisions_about_images_go_by_a_file(
    qtbot: QtBot, page: TrainingPage, session: Session, folder: Path, tmp_path: Path
) -> None:
    image = next(path.relative_to(folder) for path in folder.rglob("*.png"))
    session.decide("leave out", edits=session.config.data.edits.__class__(excluded=(image.as_posix(),)))
    page.settings.copy_command()
    assert "no option" in page.banner.message()
    with qtbot.waitSignal(page.settings.told):
        page.settings.save_to(str(tmp_path / "mine.json"))
    assert parsed(QGuiApplication.clipboard().text()) == session.config


def test_a_file_that_cannot_be_written_is_told(qtbot: QtBot, page: TrainingPage, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with qtbot.waitSignal(page.settings.failed):
        page.settings.save_to(str(tmp_path / "file" / "config.json"))
    assert "could not be written" in page.banner.message()


def test_saved_settings_are_whole(qtbot: QtBot, page: TrainingPage, session: Session, tmp_path: Path) -> None:
    session.set_optim(lr=0.25)
    session.set_multiplier("blocks.1", 0.5)
    with qtbot.waitSignal(page.settings.told):
        page.settings.save_to(str(tmp_path / "mine.json"))
    saved = TrainConfig.from_json(json.loads((tmp_path / "mine.json").read_text()))
    assert saved == session.config
    assert saved.plan.rules == (LayerRule(pattern="blocks.1", multiplier=0.5),)


def test_what_was_taken_over_is_told(page: TrainingPage) -> None:
    page.show_taken("")
    assert page.banner.message() == "The settings are taken. Press Train to use them."
    page.show_taken("What is chosen now stays in its place: the model /m is gone.")
    assert page.banner.message() == "The settings are taken, but not all."
