"""Between the machine and the window: figures in the status bar, and a notice before something bites."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from finetune_gui import paths
from finetune_gui.engine.hardware_limits import HardwareConcern, HardwareLimits
from finetune_gui.ui.hardware_words import concern_words
from finetune_gui.ui.widgets.hardware_strip import HardwareStrip
from finetune_gui.ui.widgets.notice_bar import Notice, NoticeBar
from finetune_gui.ui.workers.hardware_watch import HardwareWatch

if TYPE_CHECKING:  # psutil is not wanted before the first paint
    from finetune_gui.engine.hardware import HardwareReader, HardwareReading


class HardwareStatus(QObject):
    """Each concern is told once, and taken back when it is over."""

    def __init__(self, strip: HardwareStrip, notices: NoticeBar, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._strip = strip
        self._notices = notices
        self._limits = HardwareLimits()
        self._watch = HardwareWatch(_make_reader, self)
        self._watch.looked.connect(self.take)

    @Slot()
    def begin(self) -> None:
        """Look at the machine from now on."""
        self._watch.start()

    def shutdown(self) -> bool:
        """The window closes."""
        return self._watch.shutdown()

    @Slot(object)
    def take(self, reading: "HardwareReading") -> None:
        """Show a reading."""
        before = set(self._limits.active)
        for concern in self._limits.take(reading):
            self._notices.add(_notice(concern))
        for key in before - set(self._limits.active):
            self._notices.withdraw(_key(key))
        self._strip.show_reading(reading, {concern.kind for concern in self._limits.active.values()})


def _make_reader() -> "HardwareReader":
    from finetune_gui.engine.hardware import HardwareReader

    return HardwareReader([paths.runs_dir(), paths.cache_dir()])


def _key(key: tuple[str, str]) -> str:
    return f"hardware {key[0]} {key[1]}"


def _notice(concern: HardwareConcern) -> Notice:
    message, hint = concern_words(concern)
    return Notice(key=_key(concern.key), level="warning", message=message, hint=hint)
