"""The data page on real small images: drop, scan, look, decide, undo."""

import csv
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QEvent, QItemSelectionModel, QMimeData, QObject, QPoint, QPointF, Qt, QUrl, Signal
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QInputDialog,
    QLineEdit,
    QListView,
    QMenu,
    QPushButton,
    QTableView,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from finetune_gui.engine.config import DataEdits
from finetune_gui.ui.dialogs.augmentation_dialog import AugmentationDialog
from finetune_gui.ui.dialogs.file_list_dialog import FileListDialog
from finetune_gui.ui.dialogs.gallery_dialog import GalleryDialog
from finetune_gui.ui.dialogs.image_dialog import ImageDialog
from finetune_gui.ui.dialogs.questions import Question
from finetune_gui.ui.dialogs.split_dialog import SplitDialog
from finetune_gui.ui.drops import WindowDrops
from finetune_gui.ui.item_models.class_item_model import ClassColumn, ClassRole, ClassRow
from finetune_gui.ui.pages.data_page import DataPage
from finetune_gui.ui.session import Session
from finetune_gui.ui.theme import Theme
from tests.fault_folder import UNREADABLE, build_fault_folder

Draw = Callable[..., Path]
LONG = 30_000


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
    """Draws folders of images that differ: ``draw(ants=4, bees=6)``."""

    def draw_classes(name: str = "insects", **counts: int) -> Path:
        root = tmp_path / name
        rng = np.random.default_rng(0)
        for folder, count in counts.items():
            (root / folder).mkdir(parents=True)
            for number in range(count):
                blobs = Image.fromarray(rng.integers(0, 256, (5, 6, 3), np.uint8))
                size = 80 + number % 5, 70 + number % 3
                blobs.resize(size, Image.Resampling.BICUBIC).save(root / folder / f"{folder}_{number}.png")
        return root

    return draw_classes


@pytest.fixture
def session(qapp: QApplication) -> Iterator[Session]:  # noqa: ARG001
    session = Session()
    crashes: list[str] = []
    session.crashed.connect(crashes.append)
    yield session
    assert session.shutdown()
    assert crashes == []


@pytest.fixture
def memory(tmp_path: Path) -> Memory:
    (tmp_path / "kept").mkdir()
    return Memory([str(tmp_path / "kept"), str(tmp_path / "gone")])


@pytest.fixture
def page(qtbot: QtBot, session: Session, memory: Memory) -> Iterator[DataPage]:
    page = DataPage(session, Theme("light"), memory)
    crashes: list[str] = []
    page.crashed.connect(crashes.append)
    qtbot.addWidget(page)
    page.resize(1040, 640)
    page.show()
    qtbot.waitExposed(page)
    yield page
    page.shutdown()
    assert crashes == []


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


def settle(qtbot: QtBot, page: DataPage) -> None:
    """Wait until all that is decided and known is on the page."""
    qtbot.waitUntil(page.is_settled, timeout=LONG)


@pytest.fixture
def opened(qtbot: QtBot, page: DataPage, session: Session) -> Callable[[Path], None]:
    """Opens data and waits for all that is found out about them."""

    def open_and_wait(path: Path) -> None:
        with qtbot.waitSignal(session.source_opened, timeout=LONG):
            session.open_source(str(path))
        settle(qtbot, page)

    return open_and_wait


def captions(page: DataPage) -> list[str]:
    return [item.caption for item in page.view.pictures.grid.thumbnails().items()]


def names(page: DataPage) -> list[str]:
    return [Path(path).name for path in page.view.pictures.grid.paths()]


def classes(page: DataPage) -> dict[str, ClassRow]:
    """Rows of the table, by name, in their order."""
    proxy = page.view.classes.proxy
    rows = (proxy.index(row, 0).data(ClassRole.ROW) for row in range(1, proxy.rowCount()))
    return {row.name: row for row in rows}


def select_classes(page: DataPage, *wanted: str) -> None:
    rows = classes(page)
    page.view.classes.select_labels({rows[name].label for name in wanted})


def show_finding(page: DataPage, kind: str) -> None:
    keys = [finding.key for finding in page.view.findings.list.findings_model.findings() if finding.kind == kind]
    page.view.show_finding(keys[0])


def press(qtbot: QtBot, page: DataPage, action: str) -> None:
    """Press a button of the finding that is selected."""
    button = next(b for b in page.view.findings.action_buttons() if b.property("action") == action)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    settle(qtbot, page)


def rename_by_keys(qtbot: QtBot, page: DataPage, name: str, new: str) -> None:
    """As a user does: select, F2, type, Enter."""
    select_classes(page, name)
    table = page.view.classes.table
    table.setFocus()
    page.view.classes.rename_action.trigger()
    field = table.findChild(QLineEdit)
    assert field is not None
    field.selectAll()
    qtbot.keyClicks(field, new)
    with qtbot.waitSignal(page.view.classes.rename_wished):
        qtbot.keyClick(field, Qt.Key.Key_Return)


# --- opening -----------------------------------------------------------------------------------------------------


def test_dropping_a_folder_shows_what_is_in_it(
    qtbot: QtBot, page: DataPage, session: Session, memory: Memory, draw: Draw
) -> None:
    assert page.welcome.isVisible()
    assert not page.next_button.isEnabled()
    drops = WindowDrops(page)
    page.dropped.connect(drops.take)
    drops.data_dropped.connect(session.open_named)
    root = draw(ants=20, bees=20)
    with qtbot.waitSignal(session.scan_started):
        drop(page.welcome.drop_area, root)
    assert page.busy.isVisible()
    qtbot.waitUntil(page.view.isVisible, timeout=LONG)
    settle(qtbot, page)
    assert {name: row.images for name, row in classes(page).items()} == {"ants": 20, "bees": 20}
    assert page.view.figure("train") == "32"
    assert page.view.figure("val") == "8"
    assert page.view.findings.list.texts() == []
    assert not page.view.inspection_bar.isVisible()
    assert captions(page)[:4] == ["ants", "bees", "ants", "bees"]
    assert page.next_button.isEnabled()
    assert memory.recent_folders[0] == str(root)
    drops.shutdown()


def test_class_counts_are_seen_while_the_scan_runs(qtbot: QtBot, page: DataPage, session: Session, draw: Draw) -> None:
    archive = shutil.make_archive(str(draw(ants=5, bees=3)), "zip", draw("again", ants=5, bees=3))
    seen = []
    session.preparation.scan_progressed.connect(lambda _: seen.append(page.scan_view.table.model().rowCount()))
    with qtbot.waitSignal(session.source_opened, timeout=LONG):
        session.open_source(archive)
    assert seen[-1] == 3  # two classes and the whole
    assert page.scan_view.table.model().index(0, ClassColumn.IMAGES).data() == "8"
    settle(qtbot, page)
    assert page.view.pictures.grid.isVisible()
    assert all(Path(path).is_file() for path in page.view.pictures.grid.paths())


def test_only_what_still_exists_is_offered(qtbot: QtBot, page: DataPage, memory: Memory, draw: Draw) -> None:
    memory.add_recent_folder(shutil.make_archive(str(draw(ants=2)), "zip", draw("zipped", ants=2)))
    qtbot.waitUntil(lambda: len(page.welcome.recent_buttons()) == 2)
    assert [button.accessibleName() for button in page.welcome.recent_buttons()] == ["insects.zip", "kept"]
    page.welcome.recent_buttons()[1].click()
    qtbot.waitUntil(lambda: "empty" in page.banner.message(), timeout=LONG)
    assert page.welcome.isVisible()


def test_choosing_by_dialog_does_not_block(qtbot: QtBot, page: DataPage, session: Session, draw: Draw) -> None:
    for button in (page.welcome.choose_button, page.welcome.file_button):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    folder, file = page.findChildren(QFileDialog)
    file.reject()
    folder.fileSelected.emit(str(draw(ants=2, bees=2)))
    folder.reject()
    settle(qtbot, page)
    assert session.dataset is not None


def test_the_gallery_hands_over_a_folder(qtbot: QtBot, page: DataPage, session: Session, draw: Draw) -> None:
    qtbot.mouseClick(page.welcome.gallery_button, Qt.MouseButton.LeftButton)
    gallery = page.findChild(GalleryDialog)
    with qtbot.waitSignal(session.source_opened, timeout=LONG):
        gallery.dataset_ready.emit(str(draw(ants=2, bees=2)))
    gallery.close()
    settle(qtbot, page)


def test_the_sample_is_drawn_and_opened(qtbot: QtBot, page: DataPage, session: Session, own_home: Path) -> None:
    with qtbot.waitSignal(session.dataset_changed, timeout=60000):
        qtbot.mouseClick(page.welcome.sample_button, Qt.MouseButton.LeftButton)
        assert page.busy.isVisible()
    assert session.dataset is not None
    assert session.dataset.root.is_relative_to(own_home.resolve())
    settle(qtbot, page)
    assert "Nothing was found" in page.view.findings._nothing.text()


def test_drawing_can_be_cancelled(qtbot: QtBot, page: DataPage, session: Session) -> None:
    page.chooser.draw_sample()
    qtbot.waitUntil(lambda: (page.busy.progress.value() or 0) > 0, timeout=20000)
    qtbot.mouseClick(page.busy.cancel_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(page.welcome.isVisible, timeout=10000)
    assert session.dataset is None


def test_a_failed_scan_keeps_the_data_chosen_before(
    qtbot: QtBot, page: DataPage, session: Session, opened: Callable[[Path], None], draw: Draw, tmp_path: Path
) -> None:
    opened(draw(ants=5, bees=5))
    with qtbot.waitSignal(session.scan_failed, timeout=LONG):
        session.open_source(str(tmp_path / "kept"))
    assert "empty" in page.banner.message()
    assert page.view.isVisible()
    assert list(classes(page)) == ["ants", "bees"]


@pytest.mark.parametrize(("counts", "word"), [({"ants": 5}, "one class"), ({"ants": 5, "bees": 1}, "one image")])
def test_what_cannot_be_trained_is_said_until_it_is_mended(
    page: DataPage, opened: Callable[[Path], None], draw: Draw, counts: dict[str, int], word: str
) -> None:
    opened(draw(**counts))
    assert word in page.banner.message()
    opened(draw("better", ants=5, bees=5))
    assert page.banner.message() == ""


def test_added_images_are_found_by_looking_again(
    qtbot: QtBot, page: DataPage, session: Session, opened: Callable[[Path], None], draw: Draw
) -> None:
    root = draw(ants=5, bees=5)
    opened(root)
    shutil.copy(draw("more", ants=6) / "ants" / "ants_5.png", root / "bees" / "added.png")
    with qtbot.waitSignal(session.source_opened, timeout=LONG):
        page.rescan_action.trigger()
    settle(qtbot, page)
    assert classes(page)["bees"].images == 6


# --- the inspection ----------------------------------------------------------------------------------------------


def test_the_check_can_be_put_off(qtbot: QtBot, page: DataPage, session: Session, draw: Draw) -> None:
    root = draw(ants=150, bees=150)
    (root / "ants" / "broken.jpg").write_bytes(b"no image at all")
    bar = page.view.inspection_bar
    session.preparation.inspection_progressed.connect(bar.later_button.click)
    session.open_source(str(root))
    qtbot.waitUntil(lambda: session.preparation.inspection_state == "postponed", timeout=LONG)
    settle(qtbot, page)
    assert bar.isVisible()
    assert "not all checked" in bar.text()
    assert classes(page)["ants"].images == 151
    session.preparation.inspection_progressed.disconnect(bar.later_button.click)
    qtbot.mouseClick(bar.again_button, Qt.MouseButton.LeftButton)
    settle(qtbot, page)
    assert not bar.isVisible()
    assert classes(page)["ants"].images == 150


# --- findings ----------------------------------------------------------------------------------------------------


def test_faults_are_listed_acted_on_and_undone(
    qtbot: QtBot, page: DataPage, session: Session, opened: Callable[[Path], None], tmp_path: Path
) -> None:
    """The way of a user through a folder that holds every fault."""
    opened(build_fault_folder(tmp_path / "faults"))
    view = page.view
    before = view.findings.list.texts()
    assert before[0] == "Learnt from as well as checked with: 1 image."
    assert view.tabs.tabText(1) == f"Findings ({len(before)})"
    assert not view.tabs.tabIcon(1).isNull()

    show_finding(page, "leak")
    settle(qtbot, page)
    items = view.pictures.grid.thumbnails().items()
    assert sorted(names(page)) == ["2.jpg", "leak.png"]
    assert {item.part for item in items} == {"train", "val"}
    assert len({item.group for item in items}) == 1
    press(qtbot, page, "move_to_train")
    assert before[0] not in view.findings.list.texts()
    assert session.config.data.edits.moved["val/ant/leak.png"] == "train"

    show_finding(page, "unreadable")
    settle(qtbot, page)
    assert sorted(item.path for item in view.pictures.grid.thumbnails().items()) == sorted(
        str(tmp_path / "faults" / path) for path in UNREADABLE
    )
    assert "train/bee/truncated.jpg: " in view.findings._lines.toPlainText()

    qtbot.keyClick(page, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    settle(qtbot, page)
    assert view.findings.list.texts() == before
    qtbot.mouseClick(page.redo_button, Qt.MouseButton.LeftButton)
    settle(qtbot, page)
    assert before[0] not in view.findings.list.texts()


def test_many_reasons_have_a_list_of_their_own(
    qtbot: QtBot, page: DataPage, opened: Callable[[Path], None], draw: Draw
) -> None:
    root = draw(ants=5, bees=5)
    for number in range(210):
        (root / "ants" / f"empty_{number}.jpg").touch()
    opened(root)
    show_finding(page, "unreadable")
    qtbot.mouseClick(page.view.findings._more, Qt.MouseButton.LeftButton)
    dialog = page.findChild(FileListDialog)
    assert dialog.view.model().rowCount() == 210
    dialog.reject()


def test_what_is_fine_as_it_is_moves_to_the_end(
    qtbot: QtBot, page: DataPage, opened: Callable[[Path], None], tmp_path: Path
) -> None:
    opened(build_fault_folder(tmp_path / "faults"))
    findings = page.view.findings
    show_finding(page, "label_conflict")
    sentence = findings.list.texts()[findings.list.currentIndex().row()]
    press(qtbot, page, "keep")
    assert findings.list.texts()[-1] == sentence
    kept = findings.list.selected()
    assert kept is not None  # it stays selected
    assert kept.kept
    press(qtbot, page, "keep")
    assert findings.list.texts()[-1] != sentence


def test_findings_are_exported(
    qtbot: QtBot, page: DataPage, opened: Callable[[Path], None], draw: Draw, tmp_path: Path
) -> None:
    root = draw(ants=20, bees=20)
    (root / "ants" / "broken.jpg").write_bytes(b"no image at all")
    opened(root)
    page.view.tabs.setCurrentIndex(1)
    qtbot.mouseClick(page.view.findings.export_button, Qt.MouseButton.LeftButton)
    dialog = page.findChild(QFileDialog)
    dialog.fileSelected.emit(str(tmp_path / "out.csv"))
    dialog.reject()
    qtbot.waitUntil(lambda: "Written" in page.banner.message())
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 41
    assert [row["finding"] for row in rows if row["file"] == "ants/broken.jpg"] == ["unreadable"]


def test_a_table_that_cannot_be_written_is_told(
    qtbot: QtBot, page: DataPage, opened: Callable[[Path], None], draw: Draw, tmp_path: Path
) -> None:
    opened(draw(ants=5, bees=5))
    page.wiring.export(str(tmp_path / "kept"))  # a folder
    qtbot.waitUntil(lambda: "kept" in page.banner.message())
    assert page.view.isVisible()


# --- classes -----------------------------------------------------------------------------------------------------


def test_a_class_in_the_table_filters_the_pictures(
    qtbot: QtBot, page: DataPage, opened: Callable[[Path], None], draw: Draw
) -> None:
    opened(draw(ants=5, bees=10))
    assert len(captions(page)) == 15
    table = page.view.classes.table
    place = table.visualRect(page.view.classes.proxy.index(2, 0)).center()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    settle(qtbot, page)
    assert names(page) == [f"bees_{number}.png" for number in range(10)]
    box = page.view.pictures.part_box
    box.setCurrentIndex(box.findText("Validation"))
    settle(qtbot, page)
    assert len(names(page)) == 2


def test_a_class_is_renamed_in_place(
    qtbot: QtBot, page: DataPage, session: Session, opened: Callable[[Path], None], draw: Draw
) -> None:
    opened(draw(ants=5, bees=5))
    rename_by_keys(qtbot, page, "ants", "emmets")
    settle(qtbot, page)
    assert list(classes(page)) == ["bees", "emmets"]
    assert session.dataset is not None
    assert session.dataset.class_names == ("bees", "emmets")
    assert page.undo_button.toolTip().startswith("Undo: rename “ants”")
    qtbot.mouseClick(page.undo_button, Qt.MouseButton.LeftButton)
    settle(qtbot, page)
    assert list(classes(page)) == ["ants", "bees"]


def test_the_name_of_another_class_merges_after_a_question(
    qtbot: QtBot, page: DataPage, opened: Callable[[Path], None], draw: Draw
) -> None:
    opened(draw(ants=5, bees=6, wasps=7))
    rename_by_keys(qtbot, page, "wasps", "bees")
    qtbot.waitUntil(lambda: page.findChild(Question) is not None)
    question = page.findChild(Question)
    assert "“wasps” and “bees”" in question.text()
    qtbot.mouseClick(question.no, Qt.MouseButton.LeftButton)
    assert list(classes(page)) == ["ants", "bees", "wasps"]
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    rename_by_keys(qtbot, page, "wasps", "bees")
    qtbot.waitUntil(lambda: page.findChild(Question) is not None)
    qtbot.mouseClick(page.findChild(Question).yes, Qt.MouseButton.LeftButton)
    settle(qtbot, page)
    assert {name: row.images for name, row in classes(page).items()} == {"ants": 5, "bees": 13}
    select_classes(page, "bees")
    page.view.classes.separate_action.trigger()
    settle(qtbot, page)
    assert list(classes(page)) == ["ants", "bees", "wasps"]


def test_selected_classes_are_merged(qtbot: QtBot, page: DataPage, opened: Callable[[Path], None], draw: Draw) -> None:
    opened(draw(ants=5, bees=6, wasps=7))
    assert not page.view.classes.merge_action.isEnabled()
    select_classes(page, "bees", "wasps")
    page.view.classes.merge_action.trigger()
    dialog = page.findChild(QInputDialog)
    assert dialog.textValue() == "wasps"  # the larger one
    dialog.setTextValue("stingers")
    dialog.accept()
    settle(qtbot, page)
    assert {name: row.images for name, row in classes(page).items()} == {"ants": 5, "stingers": 13}


def test_a_dropped_class_stays_listed(
    qtbot: QtBot, page: DataPage, session: Session, opened: Callable[[Path], None], draw: Draw
) -> None:
    opened(draw(ants=5, bees=6, wasps=7))
    select_classes(page, "ants")
    page.view.classes.drop_action.trigger()
    settle(qtbot, page)
    assert list(classes(page)) == ["bees", "wasps", "ants"]
    row = classes(page)["ants"]
    assert row.dropped
    assert (row.images, row.left_out) == (0, 5)
    assert session.dataset is not None
    assert session.dataset.class_names == ("bees", "wasps")
    assert page.view.figure("left_out") == "5"
    select_classes(page, "ants")
    settle(qtbot, page)
    assert len(names(page)) == 5
    assert not page.view.classes.drop_action.isEnabled()
    page.view.classes.restore_action.trigger()
    settle(qtbot, page)
    assert list(classes(page)) == ["ants", "bees", "wasps"]


def test_a_class_is_limited(qtbot: QtBot, page: DataPage, opened: Callable[[Path], None], draw: Draw) -> None:
    opened(draw(ants=5, bees=20))
    select_classes(page, "bees")
    page.view.classes.limit_action.trigger()
    dialog = page.findChild(QInputDialog)
    dialog.setIntValue(8)
    dialog.accept()
    settle(qtbot, page)
    assert classes(page)["bees"].images == 8
    assert "limited to 8" in page.view.classes.proxy.index(2, 0).data(Qt.ItemDataRole.ToolTipRole)
    box = page.view.pictures.part_box
    box.setCurrentIndex(box.findText("Left out"))
    settle(qtbot, page)
    assert len(names(page)) == 12


def test_imbalance_has_a_recommendation_and_a_choice(
    qtbot: QtBot, page: DataPage, session: Session, opened: Callable[[Path], None], draw: Draw
) -> None:
    opened(draw(ants=80, bees=10))
    editor = page.view.classes
    assert "8 times" in editor._balance_text.text()
    assert "weigh the classes" in editor._balance_text.text()
    editor.balance_box.setCurrentIndex(editor.balance_box.findData("class_weights"))
    settle(qtbot, page)
    assert session.config.data.balance == "class_weights"
    page.undo_action.trigger()
    settle(qtbot, page)
    assert editor.balance_box.currentData() == "none"


def test_the_whole_stays_on_top_however_sorted(page: DataPage, opened: Callable[[Path], None], draw: Draw) -> None:
    opened(draw(ants=9, bees=5, wasps=7))
    editor = page.view.classes
    for order, expected in (
        (Qt.SortOrder.AscendingOrder, ["bees", "wasps", "ants"]),
        (Qt.SortOrder.DescendingOrder, ["ants", "wasps", "bees"]),
    ):
        editor.table.sortByColumn(ClassColumn.IMAGES, order)
        assert editor.proxy.index(0, 0).data() == "All classes"
        assert list(classes(page)) == expected


# --- images ------------------------------------------------------------------------------------------------------


def menu_action(menu: QMenu, text: str) -> QAction:
    actions = [*menu.actions(), *(inner for sub in menu.findChildren(QMenu) for inner in sub.actions())]
    return next(action for action in actions if action.text() == text)


def test_single_images_are_moved_excluded_and_relabelled(
    qtbot: QtBot, page: DataPage, session: Session, opened: Callable[[Path], None], draw: Draw
) -> None:
    root = draw(ants=10, bees=10)
    opened(root)
    pictures = page.view.pictures
    file = str(root / "ants" / "ants_3.png")
    pictures.grid.go_to(pictures.grid.paths().index(file))
    assert pictures.grid.selected_paths() == [file]

    menu_action(pictures.menu_of([file]), "To test").trigger()
    settle(qtbot, page)
    assert classes(page)["ants"].test == 1
    assert pictures.grid.selected_paths() == [file]  # one stays where one was

    menu_action(pictures.menu_of([file]), "bees").trigger()
    settle(qtbot, page)
    assert (classes(page)["ants"].images, classes(page)["bees"].images) == (9, 11)

    menu = pictures.menu_of([file])
    assert not menu_action(menu, "Use again").isEnabled()
    menu_action(menu, "Exclude").trigger()
    settle(qtbot, page)
    assert classes(page)["bees"].images == 10
    menu_action(pictures.menu_of([file]), "Use again").trigger()
    settle(qtbot, page)
    assert classes(page)["bees"].images == 11
    for _ in range(4):
        page.undo_action.trigger()
    settle(qtbot, page)
    assert session.config.data.edits == DataEdits()


def test_delete_excludes_what_is_selected(
    qtbot: QtBot, page: DataPage, session: Session, opened: Callable[[Path], None], draw: Draw
) -> None:
    opened(draw(ants=10, bees=10))
    grid = page.view.pictures.grid
    grid.setFocus()
    grid.go_to(4)
    qtbot.keyClick(grid, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert len(grid.selected_paths()) == 2
    qtbot.keyClick(grid, Qt.Key.Key_Delete)
    settle(qtbot, page)
    assert page.view.figure("left_out") == "2"
    assert session.config.data.edits.excluded == ("ants/ants_2.png", "bees/bees_2.png")


def test_an_image_makes_a_class_of_its_own(
    qtbot: QtBot, page: DataPage, opened: Callable[[Path], None], draw: Draw
) -> None:
    root = draw(ants=10, bees=10)
    opened(root)
    files = [str(root / "ants" / f"ants_{number}.png") for number in (1, 2)]
    menu_action(page.view.pictures.menu_of(files), "Another class…").trigger()
    dialog = page.findChild(QInputDialog)
    dialog.setTextValue("termites")
    dialog.accept()
    settle(qtbot, page)
    assert {name: row.images for name, row in classes(page).items()} == {"ants": 8, "bees": 10, "termites": 2}


def test_the_big_view_decides_too(qtbot: QtBot, page: DataPage, opened: Callable[[Path], None], draw: Draw) -> None:
    root = draw(ants=5, bees=5)
    opened(root)
    page.view.pictures.grid.image_activated.emit(str(root / "ants" / "ants_0.png"))
    dialog = page.findChild(ImageDialog)
    assert dialog.windowTitle() == "ants_0.png"
    dialog.leave_out_wished.emit(str(root / "ants" / "ants_0.png"), True)
    settle(qtbot, page)
    assert classes(page)["ants"].images == 4
    dialog.close()


def test_augmentation_is_shown_of_what_is_selected(
    qtbot: QtBot, page: DataPage, session: Session, opened: Callable[[Path], None], draw: Draw
) -> None:
    opened(draw(ants=5, bees=5))
    page.view.pictures.grid.go_to(2)
    qtbot.mouseClick(page.view.pictures.augmentation_button, Qt.MouseButton.LeftButton)
    dialog = page.findChild(AugmentationDialog)
    dialog.strength_chosen.emit("strong")
    assert session.config.data.augment == "strong"
    dialog.close()


# --- the split ---------------------------------------------------------------------------------------------------


def split_dialog(qtbot: QtBot, page: DataPage) -> SplitDialog:
    qtbot.mouseClick(page.view.split_button, Qt.MouseButton.LeftButton)
    dialog: SplitDialog = page.findChild(SplitDialog)
    qtbot.waitUntil(lambda: bool(dialog.outcome.text()))
    return dialog


def test_shares_are_tried_out_and_taken(
    qtbot: QtBot, page: DataPage, session: Session, opened: Callable[[Path], None], draw: Draw
) -> None:
    opened(draw(ants=10, bees=10))
    dialog = split_dialog(qtbot, page)
    assert "16 to learn from" in dialog.outcome.text()
    dialog.val_box.setValue(40)
    dialog.test_box.setValue(10)
    qtbot.waitUntil(lambda: "10 to learn from" in dialog.outcome.text())
    assert "2 for the final test" in dialog.outcome.text()
    assert session.config.data.val_split == 0.2  # nothing is taken before OK
    dialog.accept()
    settle(qtbot, page)
    assert (session.config.data.val_split, session.config.data.test_split) == (0.4, 0.1)
    assert page.view.figure("val") == "8"
    page.undo_action.trigger()
    settle(qtbot, page)
    assert page.view.figure("val") == "4"
    assert page.view._figures["test"].isHidden()


def test_a_pattern_for_file_names_is_tried_out(
    qtbot: QtBot, page: DataPage, session: Session, opened: Callable[[Path], None], draw: Draw
) -> None:
    opened(draw(ants=10, bees=10))
    dialog = split_dialog(qtbot, page)
    dialog.pattern_field.setText(r"(\d")
    qtbot.waitUntil(lambda: "not a pattern" in dialog.banner.message())
    dialog.accept()
    assert dialog.isVisible()
    dialog.pattern_field.setText(r"_(\d)")
    qtbot.waitUntil(lambda: "10 groups with 20 images" in dialog.groups.text())
    assert dialog.banner.message() == ""
    dialog.accept()
    settle(qtbot, page)
    assert session.config.data.group_pattern == r"_(\d)"
    arranged = session.arranged
    assert arranged is not None
    numbers = {name: {s.path[-5] for s in arranged.split.part(name)} for name in ("train", "val")}
    assert numbers["train"].isdisjoint(numbers["val"])


def test_shares_that_leave_nothing_are_refused(
    qtbot: QtBot, page: DataPage, opened: Callable[[Path], None], draw: Draw
) -> None:
    opened(draw(ants=10, bees=10))
    dialog = split_dialog(qtbot, page)
    dialog.val_box.setValue(60)
    dialog.test_box.setValue(60)
    qtbot.waitUntil(lambda: "leave nothing to train on" in dialog.banner.message())
    dialog.reject()


def test_parts_of_the_data_are_respected(
    qtbot: QtBot, page: DataPage, opened: Callable[[Path], None], draw: Draw, tmp_path: Path
) -> None:
    draw("data/train", ants=10, bees=10)
    draw("data/val", ants=2, bees=3)
    opened(tmp_path / "data")
    assert page.view.figure("val") == "5"
    dialog = split_dialog(qtbot, page)
    assert not dialog.val_box.isEnabled()
    assert not dialog.test_box.isEnabled()
    dialog.reject()


def test_another_folder_names_the_class(
    qtbot: QtBot, page: DataPage, session: Session, opened: Callable[[Path], None], draw: Draw, tmp_path: Path
) -> None:
    draw("data/insects", ants=5, bees=5)
    draw("data/birds", owls=5, larks=5)
    opened(tmp_path / "data")
    before = list(classes(page))
    dialog = split_dialog(qtbot, page)
    level = "first" if len(before) == 4 else "last"
    dialog.level_box.setCurrentIndex(dialog.level_box.findData(level))
    with qtbot.waitSignal(session.source_opened, timeout=LONG):
        dialog.accept()
    settle(qtbot, page)
    assert len(classes(page)) == (2 if level == "first" else 4)


# --- the page as a whole -----------------------------------------------------------------------------------------


def test_next_is_asked_for(qtbot: QtBot, page: DataPage, opened: Callable[[Path], None], draw: Draw) -> None:
    opened(draw(ants=2, bees=2))
    with qtbot.waitSignal(page.next_requested):
        qtbot.mouseClick(page.next_button, Qt.MouseButton.LeftButton)


def test_all_can_be_reached_and_is_named(page: DataPage, opened: Callable[[Path], None], draw: Draw) -> None:
    opened(draw(ants=80, bees=10))
    for tab in (0, 1):
        page.view.tabs.setCurrentIndex(tab)
        for widget in page.findChildren(QWidget):
            if widget.isVisible() and isinstance(widget, (QPushButton, QToolButton, QTableView, QListView)):
                assert widget.accessibleName() or getattr(widget, "text", str)(), widget
                assert widget.focusPolicy() != Qt.FocusPolicy.NoFocus, widget


def test_the_menu_of_classes_needs_a_selection(
    qtbot: QtBot, page: DataPage, opened: Callable[[Path], None], draw: Draw
) -> None:
    opened(draw(ants=5, bees=5))
    editor = page.view.classes
    editor.table.customContextMenuRequested.emit(QPoint(5, 5))
    assert not editor._menu.isVisible()
    editor.table.selectionModel().select(
        editor.proxy.index(1, 0),
        QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows,
    )
    editor.table.customContextMenuRequested.emit(QPoint(5, 5))
    qtbot.waitUntil(editor._menu.isVisible)
    editor._menu.close()


def test_the_classes_of_a_finding_are_shown(
    qtbot: QtBot, page: DataPage, opened: Callable[[Path], None], draw: Draw
) -> None:
    opened(draw(ants=5, bees=30))
    show_finding(page, "too_small")
    settle(qtbot, page)
    assert len(names(page)) == 5
    press(qtbot, page, "drop_class")
    assert "one class" in page.banner.message()
    select_classes(page, "bees")
    page.view.classes.drop_action.trigger()
    settle(qtbot, page)
    assert page.banner.message() == "Every image is left out."
    page.undo_action.trigger()
    page.undo_action.trigger()
    settle(qtbot, page)
    assert page.banner.message() == ""


def test_nested_folders_lead_to_the_choice_of_the_level(
    qtbot: QtBot, page: DataPage, opened: Callable[[Path], None], draw: Draw, tmp_path: Path
) -> None:
    draw("data/insects", ants=5, bees=5)
    draw("data/birds", owls=5, larks=5)
    opened(tmp_path / "data")
    show_finding(page, "nested")
    qtbot.mouseClick(page.view.findings.action_buttons()[0], Qt.MouseButton.LeftButton)
    dialog = page.findChild(SplitDialog)
    assert dialog.level_box.isVisible()
    dialog.reject()
