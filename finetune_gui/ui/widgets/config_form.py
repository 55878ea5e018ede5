"""The settings of a run as a form: shows a config, emits changes, decides nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QComboBox,
    QDoubleSpinBox,
    QFrame,
    QGridLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QSizePolicy,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from finetune_gui.engine.config import TrainConfig
from finetune_gui.engine.errors import EngineError
from finetune_gui.ui.theme import Theme, set_kind
from finetune_gui.ui.words import figure, optimizer_name

WIDTH = 300
_EDITOR_WIDTH = 134
_MAX_SEED = 2**32 - 1  # more than a QSpinBox can hold


@dataclass
class _Field:
    label: QLabel
    editor: QWidget
    error: QLabel
    help: str
    title: str


class ConfigForm(QFrame):
    """Fields with a line of help each.

    Names of fields are those of the config: ``training.num_epochs``, ``optim.lr``, ``data.augment``.

    Signals:
        changed: name of the field and its new value; None where the app should choose.
    """

    changed = Signal(str, object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._fields: dict[str, _Field] = {}
        self.setProperty("kind", "card")
        self.setFixedWidth(WIDTH)
        self._inner = QWidget()
        self._grid = QGridLayout(self._inner)
        self._help = QLabel()
        self._note = QLabel()
        self._lay_out()
        self._add_fields()
        self._grid.setRowStretch(self._grid.rowCount(), 1)
        self.show_help("training.num_epochs")

    # -- what is shown --------------------------------------------------------------------------------------------

    def show_config(self, config: TrainConfig) -> None:
        """Show the values of a config; nothing is emitted."""
        optim = config.optim
        self._set("training.num_epochs", config.num_epochs)
        self._set("training.batch_size", config.batch_size)
        self._set("data.augment", config.data.augment)
        self._set("optim.lr", optim.lr)
        self._set("optim.optimizer", optim.optimizer)
        self._set("optim.schedule", optim.schedule)
        self._set("optim.weight_decay", optim.weight_decay)
        self._set("head.head_dropout", config.model.head_dropout)
        self._set("speed.precision", config.speed.precision)
        self._set("speed.cache_gb", round(config.speed.cache_gb))
        self._set("data.val_split", round(100 * config.data.val_split))
        self._set("training.seed", config.seed)
        self._set("training.device", config.device)

    def show_auto_lr(self, lr: float | None) -> None:
        """Say which learning rate "Auto" was in the last run."""
        editor = self._line_edit("optim.lr")
        editor.setPlaceholderText(self.tr("Auto") if lr is None else self.tr("Auto ({0})").format(figure(lr)))

    def show_error(self, name: str, error: EngineError | None) -> None:
        """Show what is wrong with the value of a field, or that nothing is."""
        field = self._fields[name]
        field.error.setText(str(error) if error else "")
        field.error.setVisible(error is not None)
        set_kind(field.editor, invalid="true" if error else "false")
        field.editor.setAccessibleDescription(str(error) if error else field.help)

    def set_locked(self, name: str, reason: str) -> None:
        """Close a field for a reason; an empty reason opens it."""
        field = self._fields[name]
        field.editor.setEnabled(not reason)
        field.label.setEnabled(not reason)
        for widget in (field.editor, field.label):
            widget.setToolTip(reason or field.help)

    def set_devices(self, devices: Sequence[tuple[str, str]], chosen: str) -> None:
        """Offer devices as (id, name)."""
        editor = self._combo("training.device")
        editor.blockSignals(True)
        editor.clear()
        editor.addItem(self.tr("Automatic"), "auto")
        for device_id, name in devices:
            editor.addItem(name, device_id)
        editor.blockSignals(False)
        self._set("training.device", chosen)

    def set_note(self, text: str) -> None:
        """A sentence under the title, such as that changes are for the next run."""
        self._note.setText(text)
        self._note.setVisible(bool(text))

    def show_help(self, name: str) -> None:
        """Explain a field in the line at the bottom."""
        field = self._fields[name]
        self._help.setText(f"<b>{field.title}</b><br>{field.help}")

    def editor(self, name: str) -> QWidget:
        """The widget of a field."""
        return self._fields[name].editor

    def error(self, name: str) -> str:
        """The error shown at a field; empty when there is none."""
        return self._fields[name].error.text()

    def help_text(self) -> str:
        """The explanation shown."""
        return self._help.text()

    # -- building -------------------------------------------------------------------------------------------------

    def _add_fields(self) -> None:
        self._add_common()
        self._add_optimizer()
        self._add_rest()

    def _add_common(self) -> None:
        self._add(
            "training.num_epochs",
            self.tr("Epochs"),
            self._spin(1, 100_000),
            self.tr("How often all training images are seen. More learns more, up to a point: watch the orange curve."),
        )
        self._add(
            "training.batch_size",
            self.tr("Batch size"),
            self._spin(1, 65_536),
            self.tr("Images per step. Larger is steadier and needs more memory; 32 suits most."),
        )
        self._add(
            "data.augment",
            self.tr("Vary images"),
            self._choice(
                ("none", self.tr("Not at all")), ("light", self.tr("Lightly")), ("strong", self.tr("Strongly"))
            ),
            self.tr("Training images are cropped, flipped and recoloured at random, so that few images go further."),
        )

    def _add_optimizer(self) -> None:
        self._add_heading(self.tr("Optimizer"))
        self._add(
            "optim.lr",
            self.tr("Learning rate"),
            self._number(),
            self.tr("Size of a step, η. Empty: chosen to suit optimizer and layers. Too large and the loss jumps."),
        )
        self._add(
            "optim.optimizer",
            self.tr("Method"),
            self._choice(*((name, optimizer_name(name)) for name in ("adamw", "sgd"))),
            self.tr("AdamW works without tuning; SGD with momentum 0.9 is the classic and needs larger rates."),
        )
        self._add(
            "optim.schedule",
            self.tr("Schedule"),
            self._choice(("cosine", self.tr("Cosine")), ("constant", self.tr("Constant"))),
            self.tr("Learning rate over the run: warm up and fall to 0 along a cosine, or stay the same."),
        )
        self._add(
            "optim.weight_decay",
            self.tr("Weight decay"),
            self._number(),
            self.tr("Pulls weights towards 0 against overfitting. Empty: 0.01 for AdamW, 0.0001 for SGD."),
        )
        self._add(
            "head.head_dropout",
            self.tr("Dropout"),
            self._number(),
            self.tr(
                "Share of its inputs that the output layer does without in each step, such as 0.2. Empty: as built."
            ),
        )

    def _add_rest(self) -> None:
        self._add_heading(self.tr("Data and machine"))
        share = self._spin(1, 90)
        share.setSuffix(" %")
        self._add(
            "data.val_split",
            self.tr("Validation share"),
            share,
            self.tr("Images kept aside to measure with; the network never learns from them."),
        )
        self._add(
            "training.seed",
            self.tr("Seed"),
            self._wide_spin(_MAX_SEED),
            self.tr("The same seed gives the same split, order and start: runs can be compared."),
        )
        self._add(
            "training.device",
            self.tr("Device"),
            self._choice(("auto", self.tr("Automatic"))),
            self.tr("Where it computes. Automatic takes the fastest there is."),
        )
        self._add_speed()

    def _add_speed(self) -> None:
        self._add_heading(self.tr("Speed"))
        self._add(
            "speed.precision",
            self.tr("Precision"),
            self._choice(
                ("auto", self.tr("Automatic")), ("fp32", "float32"), ("bf16", "bfloat16"), ("fp16", "float16")
            ),
            self.tr("What it computes in. Automatic takes 16 bits on a GPU that is good at it, else 32."),
        )
        room = self._spin(0, 10_000)
        room.setSuffix(" GB")
        self._add(
            "speed.cache_gb",
            self.tr("Keep on disk"),
            room,
            self.tr("Most room for what frozen layers and decoders give, so that later runs need not do it again."),
        )

    def _add_heading(self, text: str) -> None:
        label = QLabel(text)
        set_kind(label, kind="caption")
        row = self._grid.rowCount()
        label.setContentsMargins(0, 8, 0, 0)
        self._grid.addWidget(label, row, 0, 1, 2)

    def _add(self, name: str, title: str, editor: QWidget, help_text: str) -> None:
        row = self._grid.rowCount()
        label = QLabel(title)
        label.setBuddy(editor)
        error = QLabel()
        error.setWordWrap(True)
        error.setTextFormat(Qt.TextFormat.PlainText)
        error.hide()
        set_kind(error, kind="error")
        editor.setObjectName(name)
        editor.setAccessibleName(title)
        editor.setAccessibleDescription(help_text)
        editor.setFixedWidth(_EDITOR_WIDTH)
        editor.installEventFilter(self)
        for widget in (label, editor):
            widget.setToolTip(help_text)
        self._grid.addWidget(label, row, 0)
        self._grid.addWidget(editor, row, 1)
        self._grid.addWidget(error, row + 1, 0, 1, 2)
        self._fields[name] = _Field(label, editor, error, help_text, title)

    def _spin(self, low: int, high: int) -> QSpinBox:
        spin = QSpinBox()
        spin.setRange(low, high)
        spin.setKeyboardTracking(False)
        spin.setGroupSeparatorShown(False)
        spin.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        spin.valueChanged.connect(self._on_value)
        return spin

    def _wide_spin(self, high: int) -> QDoubleSpinBox:
        spin = QDoubleSpinBox()
        spin.setDecimals(0)
        spin.setRange(0, high)
        spin.setKeyboardTracking(False)
        spin.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        spin.valueChanged.connect(self._on_value)
        return spin

    def _choice(self, *choices: tuple[str, str]) -> QComboBox:
        combo = QComboBox()
        combo.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        combo.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        for value, text in choices:
            combo.addItem(text, value)
        combo.currentIndexChanged.connect(self._on_value)
        return combo

    def _number(self) -> QLineEdit:
        edit = QLineEdit()
        edit.setPlaceholderText(self.tr("Auto"))
        edit.setClearButtonEnabled(False)
        edit.editingFinished.connect(self._on_number)
        return edit

    def _lay_out(self) -> None:
        self._grid.setContentsMargins(16, 0, 14, 8)
        self._grid.setHorizontalSpacing(10)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(0, 1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(self._inner)
        heading = QLabel(self.tr("Settings"))
        set_kind(heading, kind="heading")
        line = QFrame()
        set_kind(line, kind="separator")
        for label in (self._note, self._help):
            label.setWordWrap(True)
            set_kind(label, kind="hint")
        self._note.hide()
        self._help.setMinimumHeight(4 * self._help.fontMetrics().lineSpacing() + 4)
        self._help.setAlignment(Qt.AlignmentFlag.AlignTop)
        for label in (heading, self._note):
            label.setContentsMargins(16, 0, 16, 0)
        self._help.setContentsMargins(16, 2, 16, 0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 14, 1, 8)
        layout.setSpacing(8)
        layout.addWidget(heading)
        layout.addWidget(self._note)
        layout.addWidget(area, 1)
        layout.addWidget(line)
        layout.addWidget(self._help)

    # -- values ---------------------------------------------------------------------------------------------------

    def _set(self, name: str, value: Any) -> None:
        editor = self._fields[name].editor
        editor.blockSignals(True)
        if isinstance(editor, (QSpinBox, QDoubleSpinBox)):
            editor.setValue(int(value))
        elif isinstance(editor, QComboBox):
            editor.setCurrentIndex(max(editor.findData(value), 0))
        elif isinstance(editor, QLineEdit) and not self.error(name):  # a wrong value stays until it is put right
            editor.setText("" if value is None else f"{value:g}")
        editor.blockSignals(False)

    def _line_edit(self, name: str) -> QLineEdit:
        editor = self._fields[name].editor
        assert isinstance(editor, QLineEdit)
        return editor

    def _combo(self, name: str) -> QComboBox:
        editor = self._fields[name].editor
        assert isinstance(editor, QComboBox)
        return editor

    @Slot()
    def _on_value(self) -> None:
        editor = self.sender()
        if isinstance(editor, QComboBox):
            self.changed.emit(editor.objectName(), editor.currentData())
        elif isinstance(editor, QDoubleSpinBox):
            self.changed.emit(editor.objectName(), int(editor.value()))
        elif isinstance(editor, QSpinBox):
            percent = editor.objectName() == "data.val_split"
            self.changed.emit(editor.objectName(), editor.value() / 100 if percent else editor.value())

    @Slot()
    def _on_number(self) -> None:
        editor = self.sender()
        assert isinstance(editor, QLineEdit)
        name, text = editor.objectName(), editor.text().strip().replace(",", ".")
        if not text:
            self.show_error(name, None)
            self.changed.emit(name, None)
            return
        try:
            value = float(text)
        except ValueError:
            message = self.tr("'{0}' is not a number.").format(editor.text().strip())
            self.show_error(name, EngineError(message, self.tr("Write 0.001 or 1e-3, or leave it empty.")))
            return
        self.changed.emit(name, value)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Explain the field that has the focus; leave the wheel to the page while it has not."""
        if event.type() == QEvent.Type.FocusIn:
            self.show_help(watched.objectName())
        wheel = event.type() == QEvent.Type.Wheel and isinstance(watched, (QAbstractSpinBox, QComboBox))
        if wheel and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()
            return True
        return super().eventFilter(watched, event)
