"""What one looks for among the models: words, limits and kinds."""

from PySide6.QtCore import QSignalBlocker, QTimer, Signal, Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from finetune_gui.engine.models.catalog import STARTER_ID, find_info
from finetune_gui.engine.models.filtering import ModelFilter
from finetune_gui.ui.theme import Theme, set_kind
from finetune_gui.ui.widgets.search_field import SearchField
from finetune_gui.ui.words import parameters, times

_SIZES = (5_000_000, 10_000_000, 30_000_000, 100_000_000)
_SPEEDS = (1.0, 3.0, 10.0, 30.0)  # times the work of the starter
_LETTERS, _LIST_WIDTH = 8, 220  # of a closed list, and of an open one
_TYPING_MS = 60  # letters that come faster than that are looked for together


class ModelFilters(QWidget):
    """A search field, lists of limits, and buttons that stay pressed.

    Signals:
        changed: the ``ModelFilter``, and whether everything is wanted although nothing is asked for.
    """

    changed = Signal(ModelFilter, bool)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.search = SearchField(theme, self.tr("Search all models"))
        self.family, self.largest, self.slowest = QComboBox(), QComboBox(), QComboBox()
        self.chips = {
            "everything": self._chip(self.tr("All"), self.tr("Show every model, and not only the recommended")),
            "favourite": self._chip(self.tr("Favourites"), self.tr("Those you have marked with a star")),
            "here": self._chip(self.tr("On this machine"), self.tr("Those whose weights need no download")),
            "light": self._chip(self.tr("Light"), self.tr("Small and quick enough for phones and small boards")),
            "self_supervised": self._chip(
                self.tr("Self-supervised"),
                self.tr("Learnt without class labels, as DINOv2, MAE, CLIP and SigLIP: strong features when frozen"),
            ),
            "permissive": self._chip(self.tr("Any use"), self.tr("Apache, MIT, BSD and like licenses")),
        }
        self._typing = QTimer(self, singleShot=True, interval=_TYPING_MS)
        self._fill_lists()
        self._lay_out()
        self._connect()

    def filter(self) -> ModelFilter:
        """What is looked for."""
        chosen = {name: chip.isChecked() for name, chip in self.chips.items() if name != "everything"}
        starter = find_info(STARTER_ID)
        work = starter.gmacs if starter else 0.0
        return ModelFilter(
            text=self.search.text().strip(),
            family=str(self.family.currentData() or ""),
            max_parameters=int(self.largest.currentData() or 0),
            max_gmacs=float(self.slowest.currentData() or 0.0) * work,
            **chosen,
        )

    def wants_everything(self) -> bool:
        """Whether all models are shown while nothing is asked for."""
        return self.chips["everything"].isChecked()

    def asks_for_nothing(self) -> bool:
        """Whether only the recommended models are shown."""
        return self.filter() == ModelFilter() and not self.wants_everything()

    def clear(self) -> None:
        """Ask for nothing any more."""
        with QSignalBlocker(self):
            self.search.clear()
            for box in (self.family, self.largest, self.slowest):
                box.setCurrentIndex(0)
            for chip in self.chips.values():
                chip.setChecked(False)
        self._tell()

    def set_families(self, families: list[str]) -> None:
        """The families there are; the one that is chosen stays."""
        chosen = self.family.currentData()
        with QSignalBlocker(self.family):
            self.family.clear()
            self.family.addItem(self.tr("Any family"), "")
            for name in families:
                self.family.addItem(name, name)
            self.family.setCurrentIndex(max(0, self.family.findData(chosen)))

    def shutdown(self) -> None:
        """Look for nothing any more."""
        self._typing.stop()

    # -- set-up ---------------------------------------------------------------------------------------------------

    def _chip(self, text: str, tip: str) -> QPushButton:
        chip = QPushButton(text)
        chip.setCheckable(True)
        chip.setToolTip(tip)
        chip.setAccessibleDescription(tip)
        set_kind(chip, kind="chip")
        return chip

    def _fill_lists(self) -> None:
        self.set_families([])
        self.largest.addItem(self.tr("Any size"), 0)
        for number in _SIZES:
            self.largest.addItem(self.tr("Up to {count}").format(count=parameters(number)), number)
        self.slowest.addItem(self.tr("Any speed"), 0.0)
        for factor in _SPEEDS:
            self.slowest.addItem(self.tr("Up to {times} the starter").format(times=times(factor)), factor)
        self.family.setAccessibleName(self.tr("Family"))
        self.largest.setAccessibleName(self.tr("Parameters"))
        self.largest.setToolTip(self.tr("Parameters: more learn more, and take more memory"))
        self.slowest.setAccessibleName(self.tr("Computation for one image"))
        self.slowest.setToolTip(self.tr("Computation for one image, compared with the starter"))

    def _lay_out(self) -> None:
        self.search.setMinimumWidth(140)
        first, second = QHBoxLayout(), QHBoxLayout()
        first.addWidget(self.search, 1)
        for box in (self.family, self.largest, self.slowest):
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(_LETTERS)
            box.view().setMinimumWidth(_LIST_WIDTH)
            first.addWidget(box)
        for chip in self.chips.values():
            second.addWidget(chip)
        second.addStretch(1)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(8)
        for row, spacing in ((first, 8), (second, 6)):
            row.setSpacing(spacing)
            rows.addLayout(row)

    def _connect(self) -> None:
        self.search.textChanged.connect(self._on_text)
        self._typing.timeout.connect(self._tell)
        for box in (self.family, self.largest, self.slowest):
            box.currentIndexChanged.connect(self._tell)
        for chip in self.chips.values():
            chip.toggled.connect(self._tell)

    @Slot()
    def _on_text(self) -> None:
        self._typing.start()

    @Slot()
    def _tell(self) -> None:
        self._typing.stop()
        self.changed.emit(self.filter(), self.wants_everything())
