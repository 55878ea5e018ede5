"""The layers page, used by mouse and keyboard on a real network."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPoint, Qt
from PySide6.QtWidgets import QApplication, QDoubleSpinBox
from pytestqt.qtbot import QtBot

from finetune_gui.engine.config import LayerPlan, LayerRule, TwoRates
from finetune_gui.engine.models.layer_tree import gradual_unfreezing, leaf_multipliers
from finetune_gui.ui.item_models.layer_item_model import LayerColumn, LayerRole
from finetune_gui.ui.pages.layers_page import LayersPage
from finetune_gui.ui.session import Session
from finetune_gui.ui.theme import Theme
from finetune_gui.ui.widgets.forecast_view import ForecastView
from finetune_gui.ui.words import figure


@pytest.fixture
def session(qapp: QApplication) -> Iterator[Session]:  # noqa: ARG001
    session = Session()
    yield session
    session.shutdown()


@pytest.fixture
def page(qtbot: QtBot, session: Session) -> Iterator[LayersPage]:
    page = LayersPage(session, Theme("light"))
    qtbot.addWidget(page)
    page.resize(1040, 800)
    with qtbot.waitSignal(session.tree_changed, timeout=30000):
        page.show()
    qtbot.waitExposed(page)
    yield page
    page.shutdown()


def row(page: LayersPage, name: str) -> QModelIndex:
    model = page.tree.model()
    found = [model.index(at, 0) for at in range(model.rowCount()) if model.index(at, 0).data() == name]
    return found[0]


def center(page: LayersPage, index: QModelIndex, column: int) -> QPoint:
    cell = page.tree.visualRect(index.siblingAtColumn(column))
    return QPoint(cell.left() + 12, cell.center().y())


def click_box(qtbot: QtBot, page: LayersPage, name: str) -> None:
    at = center(page, row(page, name), LayerColumn.FROZEN)
    qtbot.mouseClick(page.tree.viewport(), Qt.MouseButton.LeftButton, pos=at)


def test_looking_at_the_page_reads_the_layers(page: LayersPage) -> None:
    assert page.tree.model().rowCount() == 9
    assert page.loading.isHidden()
    assert page.presets.cards["head"].isChecked()


def test_a_click_on_the_box_thaws_and_freezes(qtbot: QtBot, page: LayersPage, session: Session) -> None:
    click_box(qtbot, page, "Stage 7")
    assert session.config.plan.rules == (LayerRule(pattern="blocks.5", multiplier=1.0),)
    assert row(page, "Stage 7").data(LayerRole.STATE) == "trainable"
    click_box(qtbot, page, "Stage 7")
    assert session.config.plan == LayerPlan()


def test_a_tick_goes_to_all_selected_rows(qtbot: QtBot, page: LayersPage, session: Session) -> None:
    rows = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
    for name in ("Stage 6", "Stage 7", "Stage 8"):
        page.tree.selectionModel().select(row(page, name), rows)
    click_box(qtbot, page, "Stage 7")
    assert len(page.tree.selectionModel().selectedRows()) == 3
    states = [row(page, f"Stage {number}").data(LayerRole.STATE) for number in range(5, 9)]
    assert states == ["frozen", "trainable", "trainable", "trainable"]
    assert {rule.pattern for rule in session.config.plan.rules} >= {"blocks.4", "blocks.5"}


def test_space_toggles_and_keeps_what_is_open(qtbot: QtBot, page: LayersPage) -> None:
    page.tree.expand(row(page, "Stage 4"))
    page.tree.setCurrentIndex(row(page, "Stage 4"))
    qtbot.keyClick(page.tree, Qt.Key.Key_Space)
    assert row(page, "Stage 4").data(LayerRole.STATE) == "trainable"
    assert page.tree.isExpanded(row(page, "Stage 4"))
    qtbot.keyClick(page.tree, Qt.Key.Key_Space)
    assert row(page, "Stage 4").data(LayerRole.STATE) == "frozen"


def test_f2_edits_the_multiplier(qtbot: QtBot, page: LayersPage, session: Session) -> None:
    page.tree.setCurrentIndex(row(page, "Stage 7"))
    qtbot.keyClick(page.tree, Qt.Key.Key_F2)
    editor = page.tree.viewport().findChild(QDoubleSpinBox)
    editor.setValue(0.25)
    with qtbot.waitSignal(session.plan_changed):
        qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert session.config.plan.rules == (LayerRule(pattern="blocks.5", multiplier=0.25),)
    assert row(page, "Stage 7").siblingAtColumn(LayerColumn.MULTIPLIER).data() == "0.25"


def test_presets_write_the_plan_and_hand_work_comes_back(qtbot: QtBot, page: LayersPage, session: Session) -> None:
    click_box(qtbot, page, "Stage 7")
    by_hand = session.config.plan
    qtbot.mouseClick(page.presets.cards["by_depth"], Qt.MouseButton.LeftButton)
    assert session.config.plan == LayerPlan(preset="by_depth")
    assert "Dropped" in page.banner.message()
    page.banner.action_triggered.emit()
    assert session.config.plan == by_hand
    assert not page.banner.message()


def test_everything_frozen_says_so_and_offers_the_way_out(qtbot: QtBot, page: LayersPage, session: Session) -> None:
    click_box(qtbot, page, "Head")
    assert "frozen" in page.banner.message()
    assert page.banner.isVisible()
    page.banner.action_triggered.emit()
    assert session.config.plan == LayerPlan()
    assert not page.banner.isVisible()


def test_rule_of_another_model_is_an_error_with_a_way_out(page: LayersPage, session: Session) -> None:
    session.set_plan(LayerPlan(rules=(LayerRule(pattern="layer4", multiplier=1),)))
    assert "layer4" in page.banner.message()
    page.banner.action_triggered.emit()
    assert session.config.plan == LayerPlan()


def test_search_shows_what_matches_and_what_is_above_it(qtbot: QtBot, page: LayersPage) -> None:
    qtbot.keyClicks(page.search, "blocks.5.1")
    model = page.tree.model()
    assert [model.index(at, 0).data() for at in range(model.rowCount())] == ["Stage 7"]
    assert page.tree.isExpanded(model.index(0, 0))
    page.search.setText("no such layer")
    assert not page.tree.isVisible()
    page.search.clear()
    assert page.tree.isVisible()
    assert model.rowCount() == 9


def test_batch_norm_policy_is_a_choice(qtbot: QtBot, page: LayersPage, session: Session) -> None:
    page.summary.adapts.click()
    assert session.config.plan.batch_norm == "adapts"
    with qtbot.waitSignal(session.tree_changed, timeout=30000):
        session.choose_model("torchvision/vit_b_16")
    assert page.summary.adapts.isHidden()


def test_the_page_tells_the_truth_about_the_plan(page: LayersPage, session: Session) -> None:
    session.set_plan(LayerPlan(preset="by_depth"))
    tree = session.tree
    assert tree is not None
    multipliers = leaf_multipliers(tree, session.config.plan)
    model = page.tree.model()
    for at in range(model.rowCount()):
        low = min(multipliers[leaf.path] for leaf in tree.root.leaves() if leaf.group == at)
        assert model.index(at, LayerColumn.MULTIPLIER).data() == figure(low)


def test_two_rates_are_set_beside_the_tree(qtbot: QtBot, page: LayersPage, session: Session) -> None:
    options = page.summary.options
    assert options.up_to.isHidden() or not options.up_to.isVisible()
    qtbot.mouseClick(page.presets.cards["two_groups"], Qt.MouseButton.LeftButton)
    assert options.up_to.isVisible()
    options.up_to.setFocus()
    qtbot.keyClicks(options.up_to, "blocks.3")
    assert session.config.plan.two_rates == TwoRates(up_to="blocks.3", multiplier=10.0)
    options.multiplier.setValue(2.5)
    assert session.config.plan.two_rates == TwoRates(up_to="blocks.3", multiplier=2.5)
    shown = [row(page, f"Stage {number}").siblingAtColumn(LayerColumn.MULTIPLIER).data() for number in (4, 5, 6)]
    assert shown == ["1", "1", "2.5"]


def test_a_layer_of_another_model_divides_nothing(page: LayersPage, session: Session) -> None:
    session.set_plan(LayerPlan(preset="two_groups", two_rates=TwoRates(up_to="layer3")))
    assert "layer3" in page.banner.message()
    page.banner.action_triggered.emit()
    assert session.config.plan == LayerPlan(preset="two_groups")
    assert not page.banner.message()


def test_gradual_unfreezing_is_a_schedule_in_words(page: LayersPage, session: Session) -> None:
    options = page.summary.options
    options.schedule.setCurrentIndex(2)
    options.schedule.activated.emit(2)
    assert session.config.plan.schedule == gradual_unfreezing(session.config.num_epochs)
    assert session.config.plan.preset == "head"
    assert "Epoch 1–3: Head only" in options._phases.text()
    session.set_training(num_epochs=3)
    assert "Epoch 1–3: Head only" in options._phases.text()  # what was chosen stays, and says what it amounts to
    options.schedule.activated.emit(0)
    options.schedule.setCurrentIndex(0)
    options.schedule.activated.emit(0)
    assert session.config.plan == LayerPlan()


def test_shapes_and_sleepers_are_told(page: LayersPage, session: Session) -> None:
    assert row(page, "Stage 8").siblingAtColumn(LayerColumn.OUTPUT).data() == "1280×7×7"
    assert "49 of 49 BatchNorm" in page.summary._layers_noted.text()
    session.set_plan(LayerPlan(preset="all"))
    assert "0 of 49 BatchNorm" in page.summary._layers_noted.text()


def test_the_forecast_waits_for_images_and_for_the_run(
    qtbot: QtBot, page: LayersPage, session: Session, tiny_data: Path
) -> None:
    view = page.summary.forecast
    assert "Choose images" in view.text()
    session.open_source(str(tiny_data))
    qtbot.waitUntil(lambda: "epoch" in view.text(), timeout=120_000)
    assert "free memory" in view.text()
    assert "estimate from" in view.text()
    page.set_run_state("running")
    assert "Not while a run is training" in view.text()


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        ((12.2, 11.0, 13.0), "About 12 s an epoch"),
        ((12.2, 0.4, 0.4), "About 12 s for the first epoch, then less than a second each"),
        ((14.0, 12.0, 10.0, 2.0, 2.0), "About 12 s for each of the first 3 epochs, then about 2 s each"),
        ((10.0, 5.0, 5.0, 5.0, 0.1), "About 6 s for each of the first 4 epochs, then less than a second each"),
        ((0.3,), "Less than a second an epoch"),
    ],
)
def test_the_forecast_tells_first_and_later_epochs(qtbot: QtBot, seconds: tuple[float, ...], words: str) -> None:
    from finetune_gui.engine.forecast import Forecast

    view = ForecastView()
    qtbot.addWidget(view)
    forecast = Forecast(
        device="cpu",
        trainable_parameters=1,
        total_parameters=1,
        weights=1,
        gradients=1,
        optimizer=1,
        activations=1,
        available=1_000_000,
        epoch_seconds=seconds,
        kept=5_800_000,
        decoding_known=False,
        num_steps=8,
        probe_batch=8,
    )
    view.show_forecast(forecast)
    assert view.text().splitlines()[0] == words
    assert "what they give takes 5.8 MB" in view.text()
    assert "Reading the images comes on top" in view.text()
    view.show_forecast(replace(forecast, kept=0, decoding_known=True, available=1))
    assert "Frozen layers" not in view.text()
    assert "on top" not in view.text()
    assert "choose a smaller batch" in view.text()


def test_next_is_asked_for(qtbot: QtBot, page: LayersPage) -> None:
    with qtbot.waitSignal(page.next_requested):
        qtbot.mouseClick(page.next_button, Qt.MouseButton.LeftButton)
