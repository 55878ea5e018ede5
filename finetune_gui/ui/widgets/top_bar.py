"""The bar at the top: the steps, the device, and the buttons of the run."""

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QPushButton, QSizePolicy, QToolButton, QWidget

from finetune_gui.ui.run_states import GOING_ON, HELD
from finetune_gui.ui.theme import Theme, set_kind
from finetune_gui.ui.widgets.step_button import StepButton, StepState


class TopBar(QFrame):
    """Shows where one is and what the run does; emits wishes.

    Signals:
        page_requested: name of a step.
        train_requested: the Train button.
        pause_requested: pause, or go on.
        stop_requested: end the run and keep what was learnt.
        discard_requested: end the run and delete it.
        device_requested: id of a device, or ``auto``.
    """

    page_requested = Signal(str)
    train_requested = Signal()
    pause_requested = Signal()
    stop_requested = Signal()
    discard_requested = Signal()
    device_requested = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._steps: dict[str, StepButton] = {}
        self.setProperty("kind", "topbar")
        self._step_row = QHBoxLayout()
        self._step_row.setSpacing(2)
        self._device = self._select_button(self.tr("Device"))
        self._device_menu = QMenu(self)
        self._device.setMenu(self._device_menu)
        self._device_menu.triggered.connect(self._on_device)
        self._device_group = QActionGroup(self)
        self._train = QPushButton(self.tr("Train"))
        self._pause = self._transport("pause", self.tr("Pause"))
        self._stop = self._transport("stop", self.tr("Stop and keep"))
        self.menu_button = QToolButton()
        self._build_buttons()
        self._lay_out()
        self.set_devices([])
        self.set_run_state("idle")

    # -- steps ----------------------------------------------------------------------------------------------------

    def add_step(self, name: str, text: str, icon: str) -> None:
        """Add a step at the end."""
        button = StepButton(self._theme, text, icon)
        button.setObjectName(name)
        button.clicked.connect(self._on_step)
        self._steps[name] = button
        self._step_row.addWidget(button)

    def add_step_separator(self) -> None:
        """A thin line between the steps and what is beside them."""
        self._step_row.addWidget(_Divider(self._theme))

    def order_focus(self) -> None:
        """Tab goes from the steps to the right; to be called when all steps are there."""
        parts = (*self._steps.values(), self._device, self._train, self._pause, self._stop, self.menu_button)
        for before, after in pairwise(parts):
            self.setTabOrder(before, after)

    def set_current(self, name: str) -> None:
        """Mark the step whose page is shown."""
        self._steps[name].setChecked(True)

    def step(self, name: str) -> StepButton:
        """The button of a step."""
        return self._steps[name]

    def set_step_state(self, name: str, state: StepState, reason: str) -> None:
        """Show a badge at a step."""
        self._steps[name].set_state(state, reason)

    # -- run ------------------------------------------------------------------------------------------------------

    def set_run_state(self, state: str) -> None:
        """That of the run host."""
        paused = state in HELD
        at_work: tuple[QWidget, ...] = (self._pause, self._stop)
        going, coming = (at_work, (self._train,)) if state == "idle" else ((self._train,), at_work)
        for button in (*going, *coming):  # all side by side would make a narrow window wider, which it would then stay
            button.setVisible(button in coming)
        self._pause.setEnabled(state in GOING_ON)
        self._stop.setEnabled(state in GOING_ON)
        self._device.setEnabled(state == "idle")
        self._theme.bind_icon(self._pause, "play" if paused else "pause")
        words = self.tr("Go on") if paused else self.tr("Pause")
        self._pause.setAccessibleName(words)
        self._pause.setText(words)
        self._pause.setToolTip(f"{words} (F6)")

    def set_ready(self, ready: bool, reason: str) -> None:
        """Whether a run can start; the reason is shown as tooltip."""
        set_kind(self._train, kind="primary" if ready else "")
        self._theme.bind_icon(self._train, "play", "accent_text" if ready else "text_muted", 16)
        self._train.setToolTip(self.tr("Start training (F5)") if ready else reason)
        self._train.setAccessibleDescription(reason)

    # -- device ---------------------------------------------------------------------------------------------------

    def set_devices(self, devices: Sequence[tuple[str, str]], chosen: str = "auto") -> None:
        """Offer devices as (id, name), fastest first; empty while they are not known."""
        self._device_menu.clear()
        fastest = devices[0][1] if devices else ""
        automatic = self.tr("Automatic ({0})").format(fastest) if fastest else self.tr("Automatic")
        for device_id, name in [("auto", automatic), *devices]:
            action = QAction(name, self._device_menu, checkable=True)
            action.setData(device_id)
            self._device_group.addAction(action)
            self._device_menu.addAction(action)
        self._short_names = {device_id: name.partition(",")[0] for device_id, name in devices}
        self._short_names["auto"] = fastest.partition(",")[0] or self.tr("Automatic")
        self.show_device(chosen)

    def show_device(self, device_id: str) -> None:
        """Show which device is chosen."""
        for action in self._device_menu.actions():
            action.setChecked(action.data() == device_id)
        name = self._short_names.get(device_id, device_id)
        shown = self.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, 120)
        self._device.setText(shown)
        self._device.setToolTip(self.tr("Computes on: {0}").format(name))
        self._device.setAccessibleName(self.tr("Device: {0}").format(name))

    # -- parts ----------------------------------------------------------------------------------------------------

    def _build_buttons(self) -> None:
        self._train.setAccessibleName(self.tr("Train"))
        self._train.clicked.connect(self._on_train)
        self._pause.clicked.connect(self._on_pause)
        self._stop.clicked.connect(self._on_stop)
        self._stop.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
        menu = QMenu(self)
        menu.addAction(self._theme.icon("stop"), self.tr("Stop and keep what was learnt"), self._on_stop)
        menu.addAction(self._theme.icon("trash"), self.tr("Discard this run…"), self._on_discard)
        self._stop.setMenu(menu)
        self._stop.setToolTip(self.tr("Stop and keep what was learnt (Shift+F5)"))
        self.menu_button.setText("⋮")
        self.menu_button.setAccessibleName(self.tr("Menu"))
        self.menu_button.setToolTip(self.tr("Menu (Alt+M)"))
        self.menu_button.setShortcut("Alt+M")
        self.menu_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.menu_button.setFixedWidth(34)

    def _transport(self, icon: str, text: str) -> QToolButton:
        button = QToolButton()
        button.setText(text)
        button.setAccessibleName(text)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        set_kind(button, kind="transport")
        self._theme.bind_icon(button, icon)
        return button

    def _select_button(self, text: str) -> QToolButton:
        button = QToolButton()
        button.setAccessibleName(text)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        set_kind(button, kind="select")
        return button

    def _lay_out(self) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(8)
        layout.addLayout(self._step_row)
        layout.addStretch(1)
        for widget in (self._device, self._train, self._pause, self._stop, self.menu_button):
            layout.addWidget(widget)

    @Slot()
    def _on_step(self) -> None:
        self.page_requested.emit(self.sender().objectName())

    @Slot()
    def _on_train(self) -> None:
        self.train_requested.emit()

    @Slot()
    def _on_pause(self) -> None:
        self.pause_requested.emit()

    @Slot()
    def _on_stop(self) -> None:
        self.stop_requested.emit()

    @Slot()
    def _on_discard(self) -> None:
        self.discard_requested.emit()

    @Slot(QAction)
    def _on_device(self, action: QAction) -> None:
        self.device_requested.emit(str(action.data()))


class _Divider(QWidget):
    """An upright hair line."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setFixedSize(17, 24)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        painter.fillRect(self.width() // 2, 0, 1, self.height(), self._theme.color("border_strong"))
