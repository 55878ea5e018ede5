"""The data page on real small images: drop, scan, look, filter."""

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QEvent, QMimeData, QObject, QPointF, Qt, QUrl, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from finetune_gui.engine.data.scan import scan
from finetune_gui.ui.dialogs.file_list_dialog import FileListDialog
from finetune_gui.ui.item_models.class_item_model import ClassColumn, ClassItemModel, ClassRole
from finetune_gui.ui.item_models.dataset_summary import summarise
from finetune_gui.ui.pages.data_page import DataPage
from finetune_gui.ui.session import Session
from finetune_gui.ui.theme import Theme

Draw = Callable[..., Path]


class Memory(QObject):
    """Preferences of a test."""

    recent_folders_changed = Signal()

    def __init__(self, recent: list[str]) -> None:
        super().__init__()
        self.last_folder = ""
        self.recent_folders = recent

    def add_recent_folder(self, path: str) -> None:
        self.recent_folders = [path, *(known for known in self.recent_folders if known != path)]
        self.recent_folders_changed.emit()


@pytest.fixture
def draw(tmp_path: Path) -> Draw:
    """Draws folders of small images: ``draw(ants=4, bees=6)``."""

    def draw_classes(name: str = "insects", **counts: int) -> Path:
        root = tmp_path / name
        for label, (folder, count) in enumerate(counts.items()):
            (root / folder).mkdir(parents=True)
            for number in range(count):
                color = (60 * label, random.Random(number).randrange(256), 90)
                Image.new("RGB", (24, 18), color).save(root / folder / f"{folder}_{number}.png")
        return root

    return draw_classes


@pytest.fixture
def session(qapp: QApplication) -> Iterator[Session]:  # noqa: ARG001
    session = Session()
    yield session
    session.shutdown()


@pytest.fixture
def memory(tmp_path: Path) -> Memory:
    (tmp_path / "kept").mkdir()
    return Memory([str(tmp_path / "kept"), str(tmp_path / "gone")])


@pytest.fixture
def page(qtbot: QtBot, session: Session, memory: Memory) -> Iterator[DataPage]:
    page = DataPage(session, Theme("light"), memory)
    qtbot.addWidget(page)
    page.resize(1040, 640)
    page.show()
    qtbot.waitExposed(page)
    yield page
    page.shutdown()


def drop(widget: QWidget, *paths: Path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    at = widget.rect().center()
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(at, Qt.DropAction.CopyAction, mime, buttons, keys)
    QApplication.sendEvent(widget, enter)
    assert enter.isAccepted()
    event = QDropEvent(QPointF(at), Qt.DropAction.CopyAction, mime, buttons, keys, QEvent.Type.Drop)
    QApplication.sendEvent(widget, event)


def shown(qtbot: QtBot, page: DataPage) -> None:
    qtbot.waitUntil(page.view.isVisible, timeout=10000)


def test_item_model_keeps_the_rules_of_qt(qtmodeltester: ModelTester, draw: Draw) -> None:
    model = ClassItemModel()
    model.set_rows(summarise(scan(draw(ants=3, bees=4)), val_split=0.2, seed=0).rows)
    qtmodeltester.check(model)


def test_summary_counts_what_a_run_would_use(draw: Draw) -> None:
    summary = summarise(scan(draw(ants=10, bees=20)), val_split=0.2, seed=0)
    assert [(row.images, row.train, row.val, row.test) for row in summary.rows] == [(10, 8, 2, 0), (20, 16, 4, 0)]
    assert [item.caption for item in summary.thumbnails()[:4]] == ["ants", "bees", "ants", "bees"]
    assert len(summary.thumbnails(1, "val")) == 4
    assert all(Path(item.path).is_file() for item in summary.thumbnails())


def test_dropping_a_folder_shows_what_is_in_it(
    qtbot: QtBot, page: DataPage, session: Session, memory: Memory, draw: Draw
) -> None:
    assert page.welcome.isVisible()
    assert not page.next_button.isEnabled()
    root = draw(ants=10, bees=10)
    drop(page.welcome.drop_area, root)
    assert page.busy.isVisible()
    shown(qtbot, page)
    assert session.dataset is not None
    assert page.view.proxy.rowCount() == 3
    assert page.view.findings.texts()[0].startswith("Ready")
    assert page.next_button.isEnabled()
    assert memory.recent_folders[0] == str(root)


def test_a_class_in_the_table_filters_the_pictures(qtbot: QtBot, page: DataPage, session: Session, draw: Draw) -> None:
    session.open_dataset(str(draw(ants=5, bees=10)))
    shown(qtbot, page)
    assert page.view.grid.thumbnails().rowCount() == 15
    table = page.view.table
    qtbot.mouseClick(
        table.viewport(), Qt.MouseButton.LeftButton, pos=table.visualRect(page.view.proxy.index(2, 0)).center()
    )
    assert page.view.selected_label() == 1
    assert page.view.grid.thumbnails().rowCount() == 10
    page.view.split_box.setCurrentIndex(2)
    assert page.view.split_box.currentText() == "Validation"
    assert page.view.grid.thumbnails().rowCount() == 2


def test_the_whole_stays_on_top_however_sorted(qtbot: QtBot, page: DataPage, session: Session, draw: Draw) -> None:
    session.open_dataset(str(draw(ants=5, bees=10, wasps=7)))
    shown(qtbot, page)
    proxy = page.view.proxy
    for order, names in (
        (Qt.SortOrder.AscendingOrder, ["ants", "wasps", "bees"]),
        (Qt.SortOrder.DescendingOrder, ["bees", "wasps", "ants"]),
    ):
        page.view.table.sortByColumn(ClassColumn.IMAGES, order)
        assert [proxy.index(row, 0).data() for row in range(4)] == ["All classes", *names]


def test_validation_share_splits_anew(qtbot: QtBot, page: DataPage, session: Session, draw: Draw) -> None:
    session.open_dataset(str(draw(ants=10, bees=10)))
    shown(qtbot, page)
    page.view.share_box.setValue(40)
    assert session.config.data.val_split == 0.4
    model = page.view.class_model
    qtbot.waitUntil(lambda: model.index(0, ClassColumn.VAL).data() == "8")


def test_findings_are_plain_sentences(qtbot: QtBot, page: DataPage, session: Session, draw: Draw) -> None:
    root = draw(ants=12, bees=2)
    (root / "ants" / "broken.jpg").write_bytes(b"no image at all")
    (root / "notes.txt").write_text("x")
    session.open_dataset(str(root))
    shown(qtbot, page)
    texts = page.view.findings.texts()
    assert texts[0] == "Left out, since it cannot be read: 1 image."
    assert any("“ants” has" in text for text in texts)
    assert "Not an image, and ignored: 1 file." in texts
    page.view.findings.action_triggered.emit("unreadable")
    dialog = page.findChild(FileListDialog)
    assert dialog.view.model().index(0, 0).data() == "ants/broken.jpg"
    dialog.reject()


@pytest.mark.parametrize(("counts", "word"), [({"ants": 5}, "one class"), ({"ants": 5, "bees": 1}, "one image")])
def test_what_cannot_be_trained_is_said(
    qtbot: QtBot, page: DataPage, session: Session, draw: Draw, counts: dict[str, int], word: str
) -> None:
    session.open_dataset(str(draw(**counts)))
    shown(qtbot, page)
    assert word in page.banner.message()
    assert not any("Ready" in text for text in page.view.findings.texts())


def test_a_failed_scan_keeps_the_data_chosen_before(
    qtbot: QtBot, page: DataPage, session: Session, draw: Draw, tmp_path: Path
) -> None:
    session.open_dataset(str(draw(ants=5, bees=5)))
    shown(qtbot, page)
    with qtbot.waitSignal(session.scan_failed):
        session.open_dataset(str(tmp_path / "kept"))
    assert "empty" in page.banner.message()
    assert page.view.isVisible()
    assert page.view.proxy.index(1, 0).data(ClassRole.LABEL) == 0


def test_several_things_at_once_are_not_guessed_at(page: DataPage, session: Session, tmp_path: Path) -> None:
    drop(page, tmp_path / "a", tmp_path / "b")
    assert "Several things" in page.banner.message()
    assert session.dataset is None


def test_only_folders_that_still_exist_are_offered(qtbot: QtBot, page: DataPage) -> None:
    qtbot.waitUntil(lambda: len(page.welcome.recent_buttons()) == 1)
    assert page.welcome.recent_buttons()[0].accessibleName() == "kept"
    page.welcome.recent_buttons()[0].click()
    qtbot.waitUntil(lambda: "empty" in page.banner.message())
    assert page.welcome.isVisible()


def test_choosing_by_dialog_does_not_block(qtbot: QtBot, page: DataPage, session: Session, draw: Draw) -> None:
    qtbot.mouseClick(page.welcome.choose_button, Qt.MouseButton.LeftButton)
    dialog = page.findChild(QFileDialog)
    dialog.fileSelected.emit(str(draw(ants=2, bees=2)))
    dialog.reject()
    shown(qtbot, page)
    assert session.dataset is not None


def test_the_sample_is_drawn_and_opened(qtbot: QtBot, page: DataPage, session: Session, own_home: Path) -> None:
    with qtbot.waitSignal(session.dataset_changed, timeout=60000):
        qtbot.mouseClick(page.welcome.sample_button, Qt.MouseButton.LeftButton)
        assert page.busy.isVisible()
    assert session.dataset is not None
    assert session.dataset.root.is_relative_to(own_home.resolve())
    shown(qtbot, page)


def test_drawing_can_be_cancelled(qtbot: QtBot, page: DataPage, session: Session) -> None:
    page.try_sample()
    qtbot.waitUntil(lambda: (page.busy.progress.value() or 0) > 0, timeout=20000)
    qtbot.mouseClick(page.busy.cancel_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(page.welcome.isVisible, timeout=10000)
    assert session.dataset is None


def test_next_is_asked_for(qtbot: QtBot, page: DataPage, session: Session, draw: Draw) -> None:
    session.open_dataset(str(draw(ants=2, bees=2)))
    shown(qtbot, page)
    with qtbot.waitSignal(page.next_requested):
        qtbot.mouseClick(page.next_button, Qt.MouseButton.LeftButton)
