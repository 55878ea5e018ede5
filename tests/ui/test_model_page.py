"""The model page, used by mouse and keyboard."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from finetune_gui.engine.models import weight_files
from finetune_gui.engine.models.catalog import CATALOG, ModelInfo
from finetune_gui.engine.models.library import load_library, of_file
from finetune_gui.engine.models.picks import Pick
from finetune_gui.ui.item_models.model_item_model import ModelColumn, ModelItemModel, ModelRole
from finetune_gui.ui.pages.model_page import ModelPage
from finetune_gui.ui.preferences import Preferences
from finetune_gui.ui.session import Session
from finetune_gui.ui.theme import Theme
from finetune_gui.ui.widgets.model_picks import ModelPicks
from tests.engine.file_server import Behaviour, FileServer, serving_as_hub

SLOW_MS = 90000  # the first import of torch, torchvision and timm, on a busy machine
TINY = "timm/test_resnet.r160_in1k"
TINY_PATH = "/timm/test_resnet.r160_in1k/resolve/main/model.safetensors"


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FileServer]:
    """In place of the real one; nothing in the caches of other programs."""
    with serving_as_hub(monkeypatch, tmp_path) as server:
        yield server


@pytest.fixture
def session(qapp: QApplication) -> Iterator[Session]:  # noqa: ARG001
    session = Session()
    yield session
    session.shutdown()


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the page collects when it is opened for the first time: the catalogue and the speed of this machine."""
    home = tmp_path_factory.mktemp("collected")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FINETUNE_GUI_HOME", str(home))
        from finetune_gui.engine.models.speed import gmacs_per_second  # imports torch

        load_library()
        gmacs_per_second("auto")
    return home / "cache"


@pytest.fixture
def page(qtbot: QtBot, session: Session, hub: FileServer, own_home: Path, collected: Path) -> Iterator[ModelPage]:  # noqa: ARG001
    shutil.copytree(collected, own_home / "cache")
    page = ModelPage(session, Theme("light"), Preferences())
    qtbot.addWidget(page)
    page.resize(1200, 700)
    with qtbot.waitSignals([page.reading.succeeded, page.measuring.succeeded], timeout=SLOW_MS):
        page.show()
    yield page
    page.shutdown()


def column(page: ModelPage, wanted: ModelColumn) -> list[str]:
    model = page.table.model()
    return [model.index(row, wanted).data() for row in range(model.rowCount())]


def search(qtbot: QtBot, page: ModelPage, words: str) -> None:
    with qtbot.waitSignal(page.filters.changed):
        page.filters.search.setText(words)


def select(page: ModelPage, qtbot: QtBot, model_id: str) -> None:
    search(qtbot, page, model_id)
    page.table.selectRow(column_ids(page).index(model_id))


def column_ids(page: ModelPage) -> list[str]:
    model = page.table.model()
    return [model.index(row, 0).data(ModelRole.ID) for row in range(model.rowCount())]


# --- the table -------------------------------------------------------------------------------------------------------


def test_item_model_keeps_the_rules_of_qt(qtmodeltester: ModelTester) -> None:
    model = ModelItemModel()
    model.add_model(of_file(Path("weights.pth")))
    model.set_chosen("file:weights.pth")
    model.set_here({"starter"})
    model.toggle_favourite("starter")
    qtmodeltester.check(model)


def test_unknown_figures_are_dashes_and_sort_last(qtbot: QtBot) -> None:  # noqa: ARG001
    model = ModelItemModel()
    model.add_model(of_file(Path("weights.pth")))
    row = model.row_of("file:weights.pth")
    assert model.index(row, ModelColumn.PARAMETERS).data() == "–"
    assert model.index(row, ModelColumn.TIME).data(ModelRole.SORT) == float("inf")


def test_light_and_self_supervised_ones_are_marked(qtbot: QtBot) -> None:  # noqa: ARG001
    model = ModelItemModel()
    marks = {info.id: model.index(row, ModelColumn.TITLE).data(ModelRole.MARKS) for row, info in enumerate(CATALOG)}
    assert marks["starter"] == marks["torchvision/mobilenet_v3_small"] == "light"
    assert marks["timm/vit_small_patch14_dinov2.lvd142m"] == "self-supervised"
    assert marks["torchvision/resnet50"] == ""
    spoken = model.index(0, ModelColumn.TITLE).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "Starter (EfficientNet-Lite0), light, chosen"


def test_the_recommended_are_shown_first_and_all_on_demand(qtbot: QtBot, page: ModelPage) -> None:
    assert page.table.current_id() == "starter"
    assert page.table.models.is_here("starter") is True
    assert column_ids(page) == [info.id for info in CATALOG]
    assert column(page, ModelColumn.DOWNLOAD)[0] == "✓ here"
    with qtbot.waitSignal(page.filters.changed):
        qtbot.mouseClick(page.filters.chips["everything"], Qt.MouseButton.LeftButton)
    assert page.table.shown() > 1400


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


def test_search_looks_through_all_and_chooses_nothing(qtbot: QtBot, page: ModelPage, session: Session) -> None:
    search(qtbot, page, "convnext_tiny apache 22k")
    assert "timm/convnext_tiny.fb_in22k" in column_ids(page)
    assert page.table.current_id() == ""  # the chosen one is not shown, and no other is marked in its place
    search(qtbot, page, "no such thing (")
    assert page.table.shown() == 0
    assert not page.table.isVisible()
    qtbot.wait(350)
    assert session.config.model.id == "starter"
    with qtbot.waitSignal(page.filters.changed):
        qtbot.mouseClick(page.show_recommended, Qt.MouseButton.LeftButton)
    assert page.table.shown() == len(CATALOG)
    assert page.table.current_id() == "starter"
    assert "recommended" in page._count.text()


def test_filters_narrow_the_list(qtbot: QtBot, page: ModelPage) -> None:
    with qtbot.waitSignal(page.filters.changed):
        qtbot.mouseClick(page.filters.chips["light"], Qt.MouseButton.LeftButton)
    light = page.table.shown()
    page.filters.family.setCurrentIndex(page.filters.family.findData("MobileNet"))
    assert 0 < page.table.shown() < light
    assert set(column(page, ModelColumn.FAMILY)) == {"MobileNet"}
    page.filters.clear()
    assert page.table.shown() == len(CATALOG)
    page.filters.chips["here"].setChecked(True)
    assert column_ids(page) == ["starter"]


def test_favourites_by_key_and_by_click_are_kept(qtbot: QtBot, page: ModelPage, session: Session) -> None:
    page.table.setFocus()
    qtbot.keyClick(page.table, Qt.Key.Key_Space)
    cell = page.table.visualRect(page.table.model().index(4, ModelColumn.FAVOURITE)).center()
    qtbot.mouseClick(page.table.viewport(), Qt.MouseButton.LeftButton, pos=cell)
    assert Preferences().favourite_models == ["starter", "torchvision/resnet18"]
    assert session.config.model.id == "starter"
    page.filters.chips["favourite"].setChecked(True)
    assert column_ids(page) == ["starter", "torchvision/resnet18"]
    page.table.models.toggle_favourite("starter")
    assert Preferences().favourite_models == ["torchvision/resnet18"]


# --- picks -----------------------------------------------------------------------------------------------------------


def test_a_pick_is_chosen(qtbot: QtBot, page: ModelPage, session: Session) -> None:
    search(qtbot, page, "resnet50")
    with qtbot.waitSignal(session.tree_changed, timeout=SLOW_MS):
        qtbot.mouseClick(page.picks.buttons["torchvision/mobilenet_v3_large"], Qt.MouseButton.LeftButton)
    assert page.table.current_id() == "torchvision/mobilenet_v3_large"
    assert not page.filters.search.text()


def test_picks_tell_data_device_and_time(qtbot: QtBot) -> None:
    picks = ModelPicks()
    qtbot.addWidget(picks)
    starter = Pick(model_id="starter", reason="quick", seconds=20.0, here=True)
    picks.show_picks([starter], num_images=397, device="cpu", estimated=True)
    assert "397 training images, no GPU" in picks.text()
    assert "estimated" in picks.text()
    assert picks.buttons["starter"].text() == "Starter\nquick, about 20 s a pass"


# --- details and weights ---------------------------------------------------------------------------------------------


def test_from_scratch_is_warned_of(qtbot: QtBot, page: ModelPage, session: Session) -> None:
    with qtbot.waitSignal(session.tree_changed, timeout=SLOW_MS):
        page.guidance.scratch.click()
    assert session.config.model.weights == "none"
    assert page.guidance._weights_text.property("kind") == "warning"


def test_published_facts_are_shown(page: ModelPage) -> None:
    info = page.table.models.info("torchvision/resnet50")
    assert isinstance(info, ModelInfo)
    page.guidance.show_model(info, False)
    figures = page.guidance._figures
    assert figures["top1"].text() == "80.9 %"
    assert (figures["time"].text(), figures["gmacs"].text()) == ("10× the starter", "4.09 GMACs")
    assert figures["license"].text() == "BSD-3-Clause"
    assert figures["recipe"].text().startswith("http")


def test_weights_are_downloaded_with_progress(qtbot: QtBot, page: ModelPage, hub: FileServer) -> None:
    hub.files[TINY_PATH] = Behaviour(bytes(3_000_000))
    select(page, qtbot, TINY)
    weights = page.guidance.weights
    assert weights.isVisible()
    with qtbot.waitSignal(page.fetching.succeeded, timeout=SLOW_MS):
        qtbot.mouseClick(weights.download, Qt.MouseButton.LeftButton)
        assert weights.cancel.isVisible()
    qtbot.waitUntil(lambda: page.table.models.is_here(TINY) is True)
    assert not weights.cancel.isVisible()


def test_a_download_is_cancelled_and_goes_on(qtbot: QtBot, page: ModelPage, hub: FileServer) -> None:
    behaviour = hub.files[TINY_PATH] = Behaviour(bytes(3_000_000), faults=["stall"])
    select(page, qtbot, TINY)
    weights = page.guidance.weights
    with qtbot.waitSignal(page.fetching.cancelled, timeout=SLOW_MS):
        qtbot.mouseClick(weights.download, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: "of 3.0 MB" in weights.progress.text(), timeout=SLOW_MS)
        qtbot.mouseClick(weights.cancel, Qt.MouseButton.LeftButton)
    assert page.table.models.is_here(TINY) is False
    hub.released.set()
    with qtbot.waitSignal(page.fetching.succeeded, timeout=SLOW_MS):
        qtbot.mouseClick(weights.download, Qt.MouseButton.LeftButton)
    assert behaviour.requests[-1]["Range"] == "bytes=1500000-"


def test_without_a_network_the_file_to_bring_is_named_and_another_is_refused(
    qtbot: QtBot, page: ModelPage, tmp_path: Path
) -> None:
    select(page, qtbot, TINY)  # the hub has no such file
    with qtbot.waitSignal(page.fetching.failed, timeout=SLOW_MS):
        page.guidance.weights.download.click()
    assert "could not be downloaded" in page.banner.message()
    (tmp_path / "other.pth").write_bytes(b"something else")
    page.guidance.weights.file_brought.emit(str(tmp_path / "other.pth"))
    qtbot.waitUntil(lambda: "no file of PyTorch weights" in page.banner.message(), timeout=SLOW_MS)


def test_the_folder_of_weights_is_shown_and_changed(qtbot: QtBot, page: ModelPage, tmp_path: Path) -> None:
    weights = page.guidance.weights
    assert weights._folder.text() == str(weight_files.weights_dir())
    weights.folder_wished.emit(str(tmp_path / "elsewhere"))
    qtbot.waitUntil(lambda: weights._folder.text() == str(tmp_path / "elsewhere"))
    assert weight_files.weights_dir() == tmp_path / "elsewhere"


# --- the user's own --------------------------------------------------------------------------------------------------


def test_a_dropped_weight_file_becomes_the_model(
    qtbot: QtBot, page: ModelPage, session: Session, tmp_path: Path
) -> None:
    import timm
    import torch

    path = tmp_path / "mine.pth"
    torch.save(timm.create_model("test_resnet", num_classes=5).state_dict(), path)
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(9, 9), Qt.DropAction.CopyAction, mime, buttons, keys)
    enter.ignore()
    QApplication.sendEvent(page, enter)
    assert enter.isAccepted()
    drop = QDropEvent(QPointF(9, 9), Qt.DropAction.CopyAction, mime, buttons, keys)
    with qtbot.waitSignal(session.tree_changed, timeout=SLOW_MS):
        QApplication.sendEvent(page, drop)
    assert drop.isAccepted()
    assert session.config.model.id == f"file:{path}"
    assert session.tree is not None
    assert page.table.current_id() == f"file:{path}"
    assert page.guidance.architecture.isVisible()


def test_a_bad_weight_file_is_told_and_an_architecture_can_be_named(
    qtbot: QtBot, page: ModelPage, session: Session, tmp_path: Path
) -> None:
    import torch

    path = tmp_path / "unknown.pth"
    torch.save({"layer.weight": torch.zeros(3, 3)}, path)
    with qtbot.waitSignal(session.tree_failed, timeout=SLOW_MS):
        page.open_weight_file(str(path))
    assert "was not found" in page.banner.message()
    page.guidance.architecture.setText("torchvision/resnet18")
    with qtbot.waitSignal(session.tree_changed, timeout=SLOW_MS):
        qtbot.keyClick(page.guidance.architecture, Qt.Key.Key_Return)
    assert session.config.model.architecture == "torchvision/resnet18"


def test_next_is_asked_for(qtbot: QtBot, page: ModelPage) -> None:
    with qtbot.waitSignal(page.next_requested):
        qtbot.mouseClick(page.next_button, Qt.MouseButton.LeftButton)
