"""The model page, used by mouse and keyboard."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from finetune_gui.engine.models.catalog import CATALOG
from finetune_gui.ui.item_models.model_item_model import ModelColumn, ModelItemModel, ModelRole
from finetune_gui.ui.pages.model_page import ModelPage
from finetune_gui.ui.session import Session
from finetune_gui.ui.theme import Theme

SLOW_MS = 60000  # the first import of torch, torchvision and timm


@pytest.fixture
def session(qapp: QApplication) -> Iterator[Session]:  # noqa: ARG001
    session = Session()
    yield session
    session.shutdown()


@pytest.fixture
def page(qtbot: QtBot, session: Session) -> Iterator[ModelPage]:
    page = ModelPage(session, Theme("light"))
    qtbot.addWidget(page)
    page.resize(1040, 640)
    page.show()
    qtbot.waitExposed(page)
    yield page
    page.shutdown()


def column(page: ModelPage, wanted: ModelColumn) -> list[str]:
    model = page.table.model()
    return [model.index(row, wanted).data() for row in range(model.rowCount())]


def test_item_model_keeps_the_rules_of_qt(qtmodeltester: ModelTester) -> None:
    model = ModelItemModel()
    model.set_chosen("timm/resnet26")
    qtmodeltester.check(model)


def test_a_model_from_outside_gets_one_row(qtbot: QtBot) -> None:  # noqa: ARG001
    model = ModelItemModel()
    for model_id in ("timm/resnet26", "timm/resnet34"):
        model.set_chosen(model_id)
    assert model.rowCount() == len(CATALOG) + 1
    assert model.id_of(len(CATALOG)) == "timm/resnet34"
    assert model.index(len(CATALOG), ModelColumn.TIME).data() == "–"


def test_the_starter_is_chosen_at_first(page: ModelPage, session: Session, qtbot: QtBot) -> None:
    assert page.table.current_id() == "starter" == session.config.model.id
    assert page.table.currentIndex().data(ModelRole.CHOSEN)
    assert page.guidance.pretrained.isChecked()
    qtbot.waitUntil(lambda: page.table.models.is_ready("starter") is True)
    assert column(page, ModelColumn.DOWNLOAD)[0] == "✓ here"


def test_resting_on_a_row_chooses_it(qtbot: QtBot, page: ModelPage, session: Session) -> None:
    qtbot.keyClick(page.table, Qt.Key.Key_Down)
    qtbot.keyClick(page.table, Qt.Key.Key_Down)
    assert session.config.model.id == "starter"  # passing by chooses nothing
    with qtbot.waitSignals([session.model_changed, session.tree_changed], timeout=SLOW_MS):
        pass
    assert session.config.model.id == "torchvision/mobilenet_v3_large"
    assert page.loading.isHidden()


def test_enter_chooses_at_once(qtbot: QtBot, page: ModelPage, session: Session) -> None:
    qtbot.keyClick(page.table, Qt.Key.Key_Down)
    with qtbot.waitSignal(session.tree_changed, timeout=SLOW_MS):
        qtbot.keyClick(page.table, Qt.Key.Key_Return)
        assert session.config.model.id == "torchvision/mobilenet_v3_small"
        assert page.loading.isVisible()


def test_columns_sort_by_number(page: ModelPage) -> None:
    page.table.sortByColumn(ModelColumn.PARAMETERS, Qt.SortOrder.AscendingOrder)
    values = [float(text.split()[0]) for text in column(page, ModelColumn.PARAMETERS)]
    assert values == sorted(values)
    page.table.sortByColumn(ModelColumn.TIME, Qt.SortOrder.DescendingOrder)
    assert column(page, ModelColumn.TIME)[0] == "120×"


def test_search_filters_and_chooses_nothing(qtbot: QtBot, page: ModelPage, session: Session) -> None:
    qtbot.keyClicks(page.search, "convnext apache")
    assert column(page, ModelColumn.TITLE) == ["ConvNeXt Tiny (ImageNet-22k)"]
    page.search.setText("no such thing (")
    assert page.table.shown() == 0
    qtbot.wait(350)
    assert session.config.model.id == "starter"
    page.search.clear()
    assert page.table.shown() == len(CATALOG)


def test_a_pick_for_the_situation(qtbot: QtBot, page: ModelPage, session: Session) -> None:
    with qtbot.waitSignal(session.tree_changed, timeout=SLOW_MS):
        qtbot.mouseClick(page.picks["torchvision/resnet50"], Qt.MouseButton.LeftButton)
    assert page.table.current_id() == "torchvision/resnet50"


def test_from_scratch_is_warned_of(qtbot: QtBot, page: ModelPage, session: Session) -> None:
    with qtbot.waitSignal(session.tree_changed, timeout=SLOW_MS):
        page.guidance.scratch.click()
    assert session.config.model.weights == "none"
    assert page.guidance._weights_text.property("kind") == "warning"


def test_any_other_model_by_its_id(qtbot: QtBot, page: ModelPage, session: Session) -> None:
    page.activateWindow()
    page.other.edit.setFocus()
    qtbot.waitUntil(lambda: len(page.other.ids()) > 1000, timeout=SLOW_MS)
    qtbot.keyClicks(page.other.edit, "timm/resnet10t")
    with qtbot.waitSignal(session.tree_changed, timeout=SLOW_MS):
        qtbot.mouseClick(page.other.button, Qt.MouseButton.LeftButton)
    assert session.config.model.id == "timm/resnet10t"
    assert page.table.current_id() == "timm/resnet10t"


def test_unknown_id_names_the_nearest_and_changes_nothing(qtbot: QtBot, page: ModelPage, session: Session) -> None:
    page.other.edit.setText("timm/resnet5o")
    with qtbot.waitSignal(page.other.failed, timeout=SLOW_MS) as failed:
        qtbot.keyClick(page.other.edit, Qt.Key.Key_Return)
    assert "timm/resnet50" in failed.args[0].hint
    assert "resnet5o" in page.banner.message()
    assert session.config.model.id == "starter"


def test_next_is_asked_for(qtbot: QtBot, page: ModelPage) -> None:
    with qtbot.waitSignal(page.next_requested):
        qtbot.mouseClick(page.next_button, Qt.MouseButton.LeftButton)
