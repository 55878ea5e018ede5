"""The pictures of a data set, by class, part or finding."""

from PySide6.QtCore import QPoint, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QMenu, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from finetune_gui.engine.config import SPLIT_NAMES
from finetune_gui.ui.item_models.dataset_summary import DatasetSummary, Shown, Wanted
from finetune_gui.ui.item_models.thumbnail_item_model import Thumbnail
from finetune_gui.ui.theme import Theme
from finetune_gui.ui.widgets.basics import text_label
from finetune_gui.ui.widgets.elided_label import ElidedLabel
from finetune_gui.ui.widgets.empty_state import EmptyState
from finetune_gui.ui.widgets.image_grid import ImageGrid
from finetune_gui.ui.words import count, part_name, translated
from finetune_gui.ui.workers.latest_operation import LatestOperation

_MOST_CLASSES = 20  # in a menu
_THUMBNAIL = 96


class PictureView(QWidget):
    """A grid with a filter, and a menu of what can be decided about the selected images.

    Signals:
        opened: file of the image that was double-clicked or entered.
        move_wished: (paths of samples, part).
        exclude_wished: (paths of samples, True to leave them out or False to use them).
        relabel_wished: (paths of samples, name of a class; empty to ask for one).
        augmentation_wished: show how images are varied; the files of those that are selected.
        shown: the grid shows what was asked for.
        crashed: the traceback of a bug.
    """

    opened = Signal(str)
    move_wished = Signal(list, str)
    exclude_wished = Signal(list, bool)
    relabel_wished = Signal(list, str)
    augmentation_wished = Signal(list)
    shown = Signal()
    crashed = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._summary: DatasetSummary | None = None
        self._wanted = Wanted()
        self._files: list[str] = []
        self.grid = ImageGrid(theme, thumbnail_size=_THUMBNAIL)
        self._absent = EmptyState(
            theme,
            "data",
            self.tr("The archive is not unpacked yet"),
            self.tr("Its images can be looked at as soon as it is; the check of the images unpacks it."),
        )
        self._none = EmptyState(theme, "image", self.tr("No images here"), self.tr("Choose another class or part."))
        self._stack = QStackedWidget()
        for widget in (self.grid, self._absent, self._none):
            self._stack.addWidget(widget)
        self.part_box = QComboBox()
        self.augmentation_button = QPushButton(self.tr("Augmentation…"))
        self.augmentation_button.setToolTip(self.tr("See how images are varied while the model learns"))
        self._heading = ElidedLabel(mode=Qt.TextElideMode.ElideRight)
        self._heading.setProperty("kind", "heading")
        self._count = text_label("hint")
        self._picking = LatestOperation(self)
        self.exclude_action = QAction(self.tr("Exclude"), self.grid)
        self.exclude_action.setShortcut(QKeySequence(QKeySequence.StandardKey.Delete))
        self.exclude_action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self.grid.addAction(self.exclude_action)
        self._connect()
        self._lay_out()

    def show_summary(self, summary: DatasetSummary) -> None:
        """Other data, or the same after a decision."""
        self._summary = summary
        self._fill_part_box(summary)
        self._pick()

    def show_wanted(self, wanted: Wanted) -> None:
        """Show other pictures; the part is that of the filter."""
        self._wanted = wanted
        self._pick()

    def part(self) -> Shown:
        """The part that is shown."""
        part: Shown = self.part_box.currentData() or "all"
        return part

    def is_picking(self) -> bool:
        """Whether the grid will show something else in a moment."""
        return self._picking.is_running()

    def shutdown(self) -> None:
        """Stop decoding."""
        self._picking.shutdown()
        self.grid.shutdown()

    # -- pieces ---------------------------------------------------------------------------------------------------

    def _pick(self) -> None:
        summary = self._summary
        if summary is None:
            return
        wanted = Wanted(labels=self._wanted.labels, part=self.part(), finding=self._wanted.finding)
        self._picking.start(lambda _: summary.thumbnails(wanted))

    @Slot(object)
    def _on_picked(self, items: list[Thumbnail]) -> None:
        summary = self._summary
        if summary is None:
            return
        files = [item.path for item in items]
        if files == self._files and summary.pictures_here:
            self.grid.update_items(items)  # only marks have changed: stay where one looks
        else:
            self.grid.set_items(items if summary.pictures_here else ())
        self._files = files if summary.pictures_here else []
        self._stack.setCurrentWidget(self._absent if not summary.pictures_here else self.grid if items else self._none)
        self._heading.setText(self._title(summary))
        self._count.setText(count(len(items)))
        self.augmentation_button.setEnabled(summary.pictures_here and bool(items))
        self.shown.emit()

    def _title(self, summary: DatasetSummary) -> str:
        if self._wanted.finding is not None:
            return translated(self._wanted.finding.text)
        labels = self._wanted.labels
        if labels is None:
            return self.tr("All classes")
        return ", ".join(row.name for row in summary.rows if row.label in labels)

    def _fill_part_box(self, summary: DatasetSummary) -> None:
        chosen = self.part_box.currentData()
        entries: list[tuple[str, Shown]] = [(self.tr("All images"), "all")]
        entries += [(part_name(name), name) for name in SPLIT_NAMES if summary.total(name)]
        if summary.num_left_out:
            entries.append((self.tr("Left out"), "left_out"))
        with QSignalBlocker(self.part_box):
            self.part_box.clear()
            for text, part in entries:
                self.part_box.addItem(text, part)
            self.part_box.setCurrentIndex(max(0, self.part_box.findData(chosen)))

    @Slot(int)
    def _on_part(self) -> None:
        self._pick()

    @Slot()
    def _on_exclude(self) -> None:
        files = self.grid.selected_paths()
        if self._summary is not None and files:
            self.exclude_wished.emit([p.path for file in files if (p := self._summary.picture(file))], True)

    @Slot()
    def _on_augmentation(self) -> None:
        self.augmentation_wished.emit(self.grid.selected_paths() or self._files[:6])

    # -- the menu of images ---------------------------------------------------------------------------------------

    @Slot(QPoint)
    def _on_menu(self, place: QPoint) -> None:
        files = self.grid.selected_paths()
        if self._summary is not None and files:
            menu = self.menu_of(files)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.popup(place)

    def menu_of(self, files: list[str]) -> QMenu:
        """What can be decided about these images."""
        assert self._summary is not None
        pictures = [picture for file in files if (picture := self._summary.picture(file))]
        paths = [picture.path for picture in pictures]
        menu = QMenu(self)
        self._add(menu, self.tr("Look at it"), "open", files[0])
        menu.addSeparator()
        for name in SPLIT_NAMES:
            action = self._add(menu, self.tr("To {part}").format(part=part_name(name).lower()), "move", (paths, name))
            action.setEnabled(any(picture.part not in (None, name) for picture in pictures))
        menu.addMenu(self._class_menu(menu, paths))
        menu.addSeparator()
        exclude = self._add(menu, self.tr("Exclude"), "exclude", (paths, True))
        exclude.setEnabled(any(picture.left_out is None for picture in pictures))
        include = self._add(menu, self.tr("Use again"), "exclude", (paths, False))
        include.setEnabled(any(picture.left_out == "excluded" for picture in pictures))
        return menu

    def _class_menu(self, parent: QMenu, paths: list[str]) -> QMenu:
        assert self._summary is not None
        menu = QMenu(self.tr("Put into class"), parent)
        for name in self._summary.arranged.dataset.class_names[:_MOST_CLASSES]:
            self._add(menu, name.replace("&", "&&"), "relabel", (paths, name))
        menu.addSeparator()
        self._add(menu, self.tr("Another class…"), "relabel", (paths, ""))
        return menu

    def _add(self, menu: QMenu, text: str, wish: str, data: object) -> QAction:
        action = menu.addAction(text)
        action.setObjectName(wish)
        action.setData(data)
        action.triggered.connect(self._on_action)
        return action

    @Slot()
    def _on_action(self) -> None:
        action = self.sender()
        if not isinstance(action, QAction):
            return
        data = action.data()
        match action.objectName():
            case "open":
                self.opened.emit(data)
            case "move":
                self.move_wished.emit(*data)
            case "exclude":
                self.exclude_wished.emit(*data)
            case "relabel":
                self.relabel_wished.emit(*data)

    # -- set-up ---------------------------------------------------------------------------------------------------

    def _connect(self) -> None:
        self._picking.succeeded.connect(self._on_picked)
        self._picking.crashed.connect(self.crashed)
        self.part_box.currentIndexChanged.connect(self._on_part)
        self.augmentation_button.clicked.connect(self._on_augmentation)
        self.exclude_action.triggered.connect(self._on_exclude)
        self.grid.image_activated.connect(self.opened)
        self.grid.menu_requested.connect(self._on_menu)

    def _lay_out(self) -> None:
        self.part_box.setAccessibleName(self.tr("Show images of"))
        self.part_box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._heading, 1)
        row.addWidget(self._count)
        row.addWidget(self.part_box)
        row.addWidget(self.augmentation_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addLayout(row)
        layout.addWidget(self._stack, 1)
