"""A data set that was found: figures, classes, findings and pictures."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QTabWidget, QVBoxLayout, QWidget

from finetune_gui.engine.data.facts import InspectionAdvanced
from finetune_gui.engine.data.findings import Finding, Level
from finetune_gui.ui.data_preparation import InspectionState
from finetune_gui.ui.item_models.dataset_summary import DatasetSummary, Wanted
from finetune_gui.ui.theme import Theme
from finetune_gui.ui.widgets.basics import text_label
from finetune_gui.ui.widgets.class_editor import ClassEditor
from finetune_gui.ui.widgets.elided_label import ElidedLabel
from finetune_gui.ui.widgets.findings_view import FindingsView
from finetune_gui.ui.widgets.inspection_bar import InspectionBar
from finetune_gui.ui.widgets.picture_view import PictureView
from finetune_gui.ui.words import count, percent

_SIDE_WIDTH = 420
_CLASSES, _FINDINGS = 0, 1


class DatasetView(QWidget):
    """Shows a ``DatasetSummary``; a class or a finding that is selected at the left filters the pictures.

    Signals:
        split_wished: the way the images are divided shall be changed.
    """

    split_wished = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._source = ElidedLabel()
        self._source.setAccessibleName(self.tr("Source"))
        self._figures = {
            "images": _Figure(self.tr("images")),
            "classes": _Figure(self.tr("classes")),
            "train": _Figure(self.tr("training")),
            "val": _Figure(self.tr("validation")),
            "test": _Figure(self.tr("test")),
            "left_out": _Figure(self.tr("left out")),
        }
        self.split_button = QPushButton(self.tr("Split…"))
        self.split_button.setToolTip(self.tr("How many images are kept aside to check the model with, and which"))
        self.split_button.clicked.connect(self.split_wished)
        self.inspection_bar = InspectionBar(theme)
        self.classes = ClassEditor(theme)
        self.findings = FindingsView(theme)
        self.pictures = PictureView(theme)
        self.tabs = QTabWidget()
        self.tabs.addTab(self.classes, self.tr("Classes"))
        self.tabs.addTab(self.findings, self.tr("Findings"))
        self.tabs.setDocumentMode(True)
        self.classes.selection_changed.connect(self._on_choice)
        self.findings.finding_selected.connect(self._on_choice)
        self.tabs.currentChanged.connect(self._on_choice)
        theme.changed.connect(self._mark_tab)
        self._level: Level = "info"
        self._lay_out()

    def show_summary(self, summary: DatasetSummary) -> None:
        """Show this data set; what was selected before stays selected where it is still there."""
        self._source.setText(_source_text(summary))
        self._show_figures(summary)
        self.classes.set_rows(summary.rows, with_test=bool(summary.total("test")))
        found = summary.arranged.findings
        self._level = next((finding.level for finding in found if not finding.kept), "info")  # the gravest is first
        self.tabs.setTabText(_FINDINGS, self._findings_title(found))
        self._mark_tab()
        self.findings.set_findings(found, complete=bool(summary.arranged.inspection.facts))
        self.pictures.show_summary(summary)

    def show_inspection(self, state: InspectionState, advanced: InspectionAdvanced | None) -> None:
        """How the check of the images stands."""
        self.inspection_bar.show_state(state, advanced)

    def show_finding(self, key: str) -> None:
        """Look at a finding."""
        self.tabs.setCurrentIndex(_FINDINGS)
        self.findings.list.select(key)

    def figure(self, name: str) -> str:
        """A figure as shown: ``images``, ``classes``, a part, or ``left_out``."""
        return self._figures[name].text()

    def shutdown(self) -> None:
        """Stop decoding thumbnails."""
        self.pictures.shutdown()

    # -- pieces ---------------------------------------------------------------------------------------------------

    @Slot()
    def _on_choice(self) -> None:
        finding = self.findings.list.selected() if self.tabs.currentIndex() == _FINDINGS else None
        if self.tabs.currentIndex() == _CLASSES:
            self.pictures.show_wanted(Wanted(labels=self.classes.selected_labels()))
        elif finding is not None and finding.groups:
            self.pictures.show_wanted(Wanted(finding=finding))
        else:
            self.pictures.show_wanted(Wanted(labels=self._labels_of(finding)))

    def _labels_of(self, finding: Finding | None) -> frozenset[int] | None:
        """The classes that a finding is about; None for all."""
        wanted = set(finding.classes) if finding else set()
        rows = (row for row in self.classes.class_model.rows() if not row.dropped)
        return frozenset(row.label for row in rows if row.name in wanted) or None

    def _show_figures(self, summary: DatasetSummary) -> None:
        total = max(1, len(summary.arranged.dataset.samples))
        parts = {name: summary.total(name) for name in ("train", "val", "test")}
        self._figures["images"].show_number(len(summary.arranged.dataset.samples))
        self._figures["classes"].show_number(len(summary.arranged.dataset.class_names))
        for name, number in parts.items():
            self._figures[name].show_number(number, percent(number / total, 0))
        self._figures["left_out"].show_number(summary.num_left_out)
        self._figures["test"].setVisible(bool(parts["test"]))
        self._figures["left_out"].setVisible(bool(summary.num_left_out))

    def _findings_title(self, found: tuple[Finding, ...]) -> str:
        open_ones = sum(not finding.kept for finding in found)
        return self.tr("Findings ({0})").format(count(open_ones)) if open_ones else self.tr("Findings")

    @Slot()
    def _mark_tab(self) -> None:
        """What is grave is seen from the other tab too."""
        if self._level == "info":
            self.tabs.setTabIcon(_FINDINGS, QIcon())
        else:
            self.tabs.setTabIcon(_FINDINGS, self._theme.icon(self._level, self._level))
        words = self.tr("Some of it makes the results doubtful") if self._level == "error" else ""
        self.tabs.setTabToolTip(_FINDINGS, words)

    def _lay_out(self) -> None:
        icon = QLabel()
        self._theme.bind_icon(icon, "folder-open", "text_muted", 18)
        strip = QFrame()
        strip.setProperty("kind", "card")
        row = QHBoxLayout(strip)
        row.setContentsMargins(14, 8, 8, 8)
        row.setSpacing(18)
        row.addWidget(icon)
        row.addWidget(self._source, 1)
        for figure in self._figures.values():
            row.addWidget(figure)
        row.addWidget(self.split_button)
        halves = QHBoxLayout()
        halves.setSpacing(16)
        self.tabs.setFixedWidth(_SIDE_WIDTH)
        halves.addWidget(self.tabs)
        halves.addWidget(self.pictures, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addWidget(strip)
        layout.addWidget(self.inspection_bar)
        layout.addLayout(halves, 1)


class _Figure(QWidget):
    """A number above what it counts."""

    def __init__(self, caption: str) -> None:
        super().__init__()
        self._caption_text = caption
        self._number = text_label("heading")
        self._caption = text_label("caption", caption)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for label in (self._number, self._caption):
            label.setAlignment(Qt.AlignmentFlag.AlignRight)
            layout.addWidget(label)

    def show_number(self, number: int, share: str = "") -> None:
        """Show a number, and its share of the whole."""
        self._number.setText(count(number))
        self._caption.setText(f"{self._caption_text} {share}".rstrip())
        self.setAccessibleName(f"{self._number.text()} {self._caption.text()}")

    def text(self) -> str:
        """The number shown."""
        return self._number.text()


def _source_text(summary: DatasetSummary) -> str:
    folders = summary.config.class_folders
    return str(summary.arranged.inspection.dataset.source) if not folders else ", ".join(folders)
