"""How data without parts of their own are divided."""

from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLineEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from finetune_gui.engine.config import DataConfig
from finetune_gui.engine.data.arrange import Arranged
from finetune_gui.engine.data.store import DataStore
from finetune_gui.engine.errors import EngineError
from finetune_gui.ui.item_models.split_preview import SplitPreview, preview_split
from finetune_gui.ui.theme import Theme, set_kind
from finetune_gui.ui.widgets.banner import Banner
from finetune_gui.ui.widgets.basics import text_label
from finetune_gui.ui.words import count, counted, percent
from finetune_gui.ui.workers.latest_operation import LatestOperation

_SETTLE_MS = 200
_MOST_SEED = 2**31 - 1  # of a QSpinBox; larger ones are kept as they are unless they are changed here


class SplitDialog(QDialog):
    """Shares, seed and groups, with what they would come to; it deletes itself.

    Signals:
        chosen: (fields of ``DataConfig`` as a dict, seed).
        level_chosen: another folder on the way to an image shall name its class.
        crashed: the traceback of a bug.
    """

    chosen = Signal(dict, int)
    level_chosen = Signal(str)
    crashed = Signal(str)

    def __init__(
        self, theme: Theme, arranged: Arranged, config: DataConfig, seed: int, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("How the images are divided"))
        self.resize(540, 0)
        self._arranged = arranged
        self._config = config
        self._seed = seed
        found = arranged.inspection.dataset
        self._own_val, self._own_parts = "val" in found.split_names(), bool(found.split_names())
        self.val_box, self.test_box = _share_box(1), _share_box(0)
        self.seed_box = QSpinBox(maximum=_MOST_SEED)
        self.alike_box = QCheckBox(self.tr("Images that look nearly the same stay in one part"))
        self.pattern_field = QLineEdit()
        self.level_box = QComboBox()
        self.banner = Banner(theme)
        self.outcome = text_label("", wrap=True)
        self.groups = text_label("hint", wrap=True)
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self._settle = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._previewing = LatestOperation(self)
        self._fill(found.nested)
        self._lay_out(found.nested)
        self._connect()
        self._preview()

    def wanted(self) -> DataConfig:
        """The settings as they stand here.

        Raises:
            EngineError: They make no sense.
        """
        changes: dict[str, Any] = {
            "val_split": self.val_box.value() / 100,
            "test_split": self.test_box.value() / 100,
            "group_look_alikes": self.alike_box.isChecked(),
            "group_pattern": self.pattern_field.text(),
        }
        if round(100 * self._config.val_split) == self.val_box.value():
            changes["val_split"] = self._config.val_split  # 12.5 % stays what it is
        if round(100 * self._config.test_split) == self.test_box.value():
            changes["test_split"] = self._config.test_split
        return replace(self._config, **changes)

    def done(self, result: int) -> None:
        """Stop what is being worked out."""
        self._settle.stop()
        self._previewing.shutdown()
        super().done(result)

    def accept(self) -> None:
        """Tell what was chosen, if it makes sense."""
        try:
            wanted = self.wanted()
        except EngineError as error:
            self._show_error(error)
            return
        fields = ("val_split", "test_split", "group_look_alikes", "group_pattern")
        self.chosen.emit({name: getattr(wanted, name) for name in fields}, self._wanted_seed())
        if self.level_box.currentData() != self._config.class_level:
            self.level_chosen.emit(str(self.level_box.currentData()))
        super().accept()

    # -- what it would come to ------------------------------------------------------------------------------------

    def _wanted_seed(self) -> int:
        return self._seed if self._seed > _MOST_SEED and self.seed_box.value() == _MOST_SEED else self.seed_box.value()

    @Slot()
    def _preview_soon(self) -> None:
        self._settle.start()

    @Slot()
    def _preview(self) -> None:
        self._settle.stop()
        try:
            wanted = self.wanted()
        except EngineError as error:
            self._previewing.forget()
            self._show_error(error)
            return
        self.banner.clear()
        set_kind(self.pattern_field, invalid="false")
        self._buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(True)
        arranged, seed = self._arranged, self._wanted_seed()
        self._previewing.start(lambda _: preview_split(arranged, wanted, seed, DataStore.default()))

    def _show_error(self, error: EngineError) -> None:
        self.banner.show_message("error", error.message, error.hint)
        self._buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(False)
        self.groups.clear()
        self.outcome.clear()

    @Slot(object)
    def _on_preview(self, preview: SplitPreview) -> None:
        total = max(1, sum(preview.counts.values()))
        parts = {
            "train": self.tr("{images} to learn from ({share})"),
            "val": self.tr("{images} to check with ({share})"),
            "test": self.tr("{images} for the final test ({share})"),
        }
        self.outcome.setText(
            " · ".join(
                parts[name].format(images=count(number), share=percent(number / total, 0))
                for name, number in preview.counts.items()
                if number
            )
        )
        self.groups.setText(self._groups_text(preview))

    def _groups_text(self, preview: SplitPreview) -> str:
        if not self.pattern_field.text():
            return self.tr("For example patient(\\d+): all images of one patient then stay in one part.")
        if not preview.num_groups:
            return self.tr("No two file names have a match in common.")
        groups = counted(self.tr("{count} group(s)", "", preview.num_groups), preview.num_groups)
        images = counted(self.tr("{count} image(s)", "", preview.num_grouped), preview.num_grouped)
        words = self.tr("{groups} with {images} in all, such as {examples}")
        return words.format(groups=groups, images=images, examples=", ".join(f"“{key}”" for key in preview.examples))

    # -- set-up ---------------------------------------------------------------------------------------------------

    def _fill(self, nested: bool) -> None:
        config = self._config
        self.val_box.setValue(round(100 * config.val_split))
        self.test_box.setValue(round(100 * config.test_split))
        self.seed_box.setValue(min(self._seed, _MOST_SEED))
        self.alike_box.setChecked(config.group_look_alikes)
        self.pattern_field.setText(config.group_pattern)
        self.pattern_field.setPlaceholderText(self.tr("None"))
        levels = (
            (self.tr("As seems right"), "auto"),
            (self.tr("The first folder"), "first"),
            (self.tr("The last folder"), "last"),
        )
        for text, level in levels:
            self.level_box.addItem(text, level)
        self.level_box.setCurrentIndex(self.level_box.findData(config.class_level))
        self.level_box.setEnabled(nested)
        self.val_box.setEnabled(not self._own_val)
        self.test_box.setEnabled(not self._own_parts)
        self.pattern_field.setEnabled(not self._own_val)
        self.alike_box.setEnabled(not self._own_val)
        self.seed_box.setEnabled(not self._own_val)
        self.groups.setVisible(not self._own_val)
        self.groups.setMinimumHeight(2 * self.groups.fontMetrics().lineSpacing() + 4)  # so that nothing jumps
        self.seed_box.setToolTip(self.tr("Another number draws other images for each part. It is the seed of the run."))

    def _lay_out(self, nested: bool) -> None:
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(10)
        form.addRow(self.tr("For &validation"), self.val_box)
        form.addRow(self.tr("For a final &test"), self.test_box)
        form.addRow(self.tr("&Seed"), self.seed_box)
        form.addRow("", self.alike_box)
        form.addRow(self.tr("&File names that belong together"), self.pattern_field)
        form.addRow("", self.groups)
        if nested:
            form.addRow(self.tr("A &class is named by"), self.level_box)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 18)
        layout.setSpacing(14)
        layout.addWidget(text_label("hint", self._introduction(), wrap=True))
        layout.addLayout(form)
        layout.addWidget(self.outcome)
        layout.addWidget(self.banner)
        layout.addWidget(self._buttons)

    def _introduction(self) -> str:
        if self._own_val:
            return self.tr(
                "The data have parts of their own, which are used as they are. Single images can be moved by their "
                "menu."
            )
        if self._own_parts:
            return self.tr(
                "The data have a test part of their own, which is used as it is. Of the rest a share of each class is "
                "kept to check with."
            )
        return self.tr(
            "Of each class a share is kept aside, which the model never learns from. An image stays in its part when "
            "others are added."
        )

    def _connect(self) -> None:
        self._settle.timeout.connect(self._preview)
        self._previewing.succeeded.connect(self._on_preview)
        self._previewing.crashed.connect(self.crashed)
        for box in (self.val_box, self.test_box, self.seed_box):
            box.valueChanged.connect(self._preview_soon)
        self.alike_box.toggled.connect(self._preview_soon)
        self.pattern_field.textChanged.connect(self._preview_soon)
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)


def _share_box(least: int) -> QSpinBox:
    box = QSpinBox(minimum=least, maximum=90)
    box.setSuffix(" %")
    return box
