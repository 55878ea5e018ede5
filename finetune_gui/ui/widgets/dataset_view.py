"""A data set that was found: figures, classes, pictures, and what was noticed."""

from PySide6.QtCore import QItemSelection, QSignalBlocker, Qt, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from finetune_gui.engine.config import SplitName
from finetune_gui.ui.item_models.class_item_model import (
    ALL_CLASSES,
    ClassColumn,
    ClassItemModel,
    ClassRole,
    ClassSortProxy,
)
from finetune_gui.ui.item_models.dataset_summary import DatasetSummary
from finetune_gui.ui.theme import Theme
from finetune_gui.ui.widgets.elided_label import ElidedLabel
from finetune_gui.ui.widgets.figure_card import FigureCard
from finetune_gui.ui.widgets.findings_list import Finding, FindingsList
from finetune_gui.ui.widgets.image_grid import ImageGrid
from finetune_gui.ui.widgets.row_table import RowTable
from finetune_gui.ui.widgets.share_bar_delegate import ShareBarDelegate
from finetune_gui.ui.words import count, percent

_SIDE_WIDTH = 420
_ROW_HEIGHT = 32
_MOST_FINDINGS_HEIGHT = 148
_WIDTHS = {
    ClassColumn.IMAGES: 68,
    ClassColumn.SHARE: 72,
    ClassColumn.TRAIN: 62,
    ClassColumn.VAL: 80,
    ClassColumn.TEST: 54,
}


class DatasetView(QWidget):
    """Shows a ``DatasetSummary``; a class selected in the table filters the pictures.

    Signals:
        val_split_wished: share of each class to keep for validation, 0 to 1.
        finding_action: the ``action`` of a finding whose button was pressed.
    """

    val_split_wished = Signal(float)
    finding_action = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._summary: DatasetSummary | None = None
        self._selecting = False
        self._folder = ElidedLabel()
        self._folder.setAccessibleName(self.tr("Folder"))
        self._images = FigureCard(theme, self.tr("Images"))
        self._classes = FigureCard(theme, self.tr("Classes"))
        self._train = FigureCard(theme, self.tr("Training"))
        self._val = FigureCard(theme, self.tr("Validation"))
        self._test = FigureCard(theme, self.tr("Test"))
        self.table = RowTable(_ROW_HEIGHT)
        self.class_model = ClassItemModel(self)
        self.proxy = ClassSortProxy(self)
        self.grid = ImageGrid(theme, thumbnail_size=96)
        self.split_box = QComboBox()
        self.share_box = QSpinBox()
        self.findings = FindingsList(theme)
        self.findings.action_triggered.connect(self.finding_action)
        self._shown = QLabel()
        self._share_label = QLabel(self.tr("&Keep for validation"))
        self._findings_area = QScrollArea()
        self._set_up_table()
        self._set_up_filters()
        self._lay_out()
        self.grid.image_activated.connect(self._open_image)

    def show_summary(self, summary: DatasetSummary, val_split: float, findings: list[Finding]) -> None:
        """Show this data set; a class selected before stays selected where the classes are the same."""
        same = self._summary is not None and self._summary.dataset is summary.dataset
        label = self.selected_label() if same else ALL_CLASSES
        self._summary = summary
        self._folder.setText(str(summary.dataset.root))
        self._show_figures(summary)
        self.class_model.set_rows(summary.rows)
        self.table.setColumnHidden(ClassColumn.TEST, not summary.total("test"))
        self._fill_split_box(summary)
        with QSignalBlocker(self.share_box):
            self.share_box.setValue(round(100 * val_split))
        for widget in (self.share_box, self._share_label):  # a folder with its own parts leaves nothing to choose
            widget.setVisible(not summary.own_validation)
        self.findings.set_findings(findings)
        self._fit_findings()
        self.select_label(label)

    def selected_label(self) -> int:
        """The class whose pictures are shown; ``ALL_CLASSES`` for all."""
        rows = self.table.selectionModel().selectedRows()
        return int(rows[0].data(ClassRole.LABEL)) if rows else ALL_CLASSES

    def select_label(self, label: int) -> None:
        """Select a class in the table."""
        self._selecting = True
        for row in range(self.proxy.rowCount()):
            if self.proxy.index(row, 0).data(ClassRole.LABEL) == label:
                self.table.selectRow(row)
        self._selecting = False
        self._show_pictures()

    def shutdown(self) -> None:
        """Stop decoding thumbnails."""
        self.grid.shutdown()

    def _fit_findings(self) -> None:
        """No higher than the sentences need, so that the table gets the rest."""
        layout = self.findings.layout()
        wanted = layout.heightForWidth(_SIDE_WIDTH - 4) if layout else 0
        self._findings_area.setFixedHeight(min(max(wanted, 20), _MOST_FINDINGS_HEIGHT))

    # -- pieces ---------------------------------------------------------------------------------------------------

    def _show_figures(self, summary: DatasetSummary) -> None:
        dataset = summary.dataset
        total = len(dataset.samples)
        self._images.set_figure(count(total), self.tr("in all"))
        self._classes.set_figure(count(len(dataset.class_names)), self.tr("one folder each"))
        train, val, test = (summary.total(part) for part in ("train", "val", "test"))
        self._train.set_figure(count(train), self.tr("to learn from · {share}").format(share=percent(train / total, 0)))
        self._val.set_figure(count(val), self.tr("to check with · {share}").format(share=percent(val / total, 0)))
        self._test.set_figure(count(test), self.tr("for the final test"))
        self._test.setVisible(bool(test))

    def _fill_split_box(self, summary: DatasetSummary) -> None:
        texts = {"train": self.tr("Training"), "val": self.tr("Validation"), "test": self.tr("Test")}
        chosen = self.split_box.currentData()
        with QSignalBlocker(self.split_box):
            self.split_box.clear()
            self.split_box.addItem(self.tr("All images"), None)
            for name in summary.splits():
                self.split_box.addItem(texts[name], name)
            self.split_box.setCurrentIndex(max(0, self.split_box.findData(chosen)) if chosen else 0)

    def _show_pictures(self) -> None:
        if self._summary is None:
            return
        label = self.selected_label()
        split: SplitName | None = self.split_box.currentData()
        items = self._summary.thumbnails(label, split)
        self.grid.set_items(items)
        name = self.tr("All classes") if label == ALL_CLASSES else self._summary.dataset.class_names[label]
        self._shown.setText(self.tr("{name} · {count}").format(name=name, count=count(len(items))))

    @Slot(QItemSelection, QItemSelection)
    def _on_selection(self) -> None:
        if not self._selecting:
            self._show_pictures()

    @Slot(int)
    def _on_split(self) -> None:
        self._show_pictures()

    @Slot(int)
    def _on_share(self, value: int) -> None:
        self.val_split_wished.emit(value / 100)

    @Slot(str)
    def _open_image(self, path: str) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(path))

    def _set_up_table(self) -> None:
        self.proxy.setSourceModel(self.class_model)
        table = self.table
        table.setModel(self.proxy)
        table.setAccessibleName(self.tr("Classes"))
        table.setItemDelegateForColumn(ClassColumn.SHARE, ShareBarDelegate(self._theme, ClassRole.SHARE, table))
        table.sortByColumn(ClassColumn.NAME, Qt.SortOrder.AscendingOrder)
        table.set_widths(_WIDTHS, ClassColumn.NAME)
        table.selectionModel().selectionChanged.connect(self._on_selection)

    def _set_up_filters(self) -> None:
        self._shown.setProperty("kind", "heading")
        self._shown.setTextFormat(Qt.TextFormat.PlainText)
        self.split_box.setAccessibleName(self.tr("Show images of"))
        self.split_box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.split_box.currentIndexChanged.connect(self._on_split)
        self.share_box.setRange(1, 90)
        self.share_box.setSuffix(" %")
        self.share_box.setKeyboardTracking(False)
        self.share_box.setAccessibleName(self.tr("Keep for validation"))
        self.share_box.setToolTip(
            self.tr(
                "The share of each class that the model never learns from, so that its accuracy can be checked on "
                "images it has not seen. Fixed where the folder has a validation part of its own."
            )
        )
        self.share_box.valueChanged.connect(self._on_share)

    def _lay_out(self) -> None:
        place = QHBoxLayout()
        place.setSpacing(8)
        icon = QLabel()
        self._theme.bind_icon(icon, "folder-open", "text_muted", 18)
        place.addWidget(icon)
        place.addWidget(self._folder, 1)
        figures = QHBoxLayout()
        figures.setSpacing(12)
        for card in (self._images, self._classes, self._train, self._val, self._test):
            figures.addWidget(card)
        halves = QHBoxLayout()
        halves.setSpacing(16)
        halves.addWidget(self._classes_side())
        halves.addWidget(self._pictures_side(), 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addLayout(place)
        layout.addLayout(figures)
        layout.addLayout(halves, 1)

    def _classes_side(self) -> QWidget:
        share = QHBoxLayout()
        share.setSpacing(8)
        heading = QLabel(self.tr("Classes"))
        heading.setProperty("kind", "heading")
        heading.setMinimumHeight(self.share_box.sizeHint().height())  # also where the box is hidden
        share.addWidget(heading)
        share.addStretch(1)
        share.addWidget(self._share_label)
        share.addWidget(self.share_box)
        self._share_label.setBuddy(self.share_box)
        scroll = self._findings_area
        scroll.setWidgetResizable(True)
        scroll.setWidget(self.findings)
        scroll.setAccessibleName(self.findings.accessibleName())
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        side = QWidget()
        side.setFixedWidth(_SIDE_WIDTH)
        layout = QVBoxLayout(side)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addLayout(share)
        layout.addWidget(self.table, 1)
        layout.addWidget(scroll)
        return side

    def _pictures_side(self) -> QWidget:
        row = QHBoxLayout()
        row.addWidget(self._shown, 1)
        row.addWidget(self.split_box)
        side = QWidget()
        layout = QVBoxLayout(side)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addLayout(row)
        layout.addWidget(self.grid, 1)
        return side
