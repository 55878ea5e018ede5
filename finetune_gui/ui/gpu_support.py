"""GPU support for an app that came without CUDA: offered where it helps, fetched beside all else the window does."""

import contextlib
import time

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from finetune_gui.engine.cuda_parts import installed
from finetune_gui.engine.cuda_parts.manifest import Manifest
from finetune_gui.engine.cuda_parts.offer import Offer, look_for_offer
from finetune_gui.engine.errors import EngineError
from finetune_gui.ui.preferences import Preferences
from finetune_gui.ui.theme import Theme
from finetune_gui.ui.widgets.notice_bar import Notice, NoticeBar
from finetune_gui.ui.words import size
from finetune_gui.ui.workers.latest_operation import LatestOperation
from finetune_gui.ui.workers.operation import Progress

_KEY = "gpu support"
_PACE_SECONDS = 0.1


class GpuSupport(QObject):
    """Looks once, at the start, and after each change. An offer that was declined is not made again by this version.

    Signals:
        changed: ``offer``, or what is under way.
        advanced: a ``FetchAdvanced``.
        failed: an ``EngineError``: it cannot be fetched, or removed.
        crashed: the traceback of a bug.
    """

    changed = Signal()
    advanced = Signal(object)
    failed = Signal(object)
    crashed = Signal(str)

    def __init__(
        self, window: QWidget, theme: Theme, notices: NoticeBar, preferences: Preferences, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.offer = Offer(state="none")
        self._window = window
        self._theme = theme
        self._notices = notices
        self._preferences = preferences
        self._looking, self._fetching, self._removing = (LatestOperation(self) for _ in range(3))
        self._looking.succeeded.connect(self._on_looked)
        self._fetching.told.connect(self.advanced)
        for operation in (self._fetching, self._removing):
            operation.succeeded.connect(self.look)
            operation.cancelled.connect(self.look)
            operation.failed.connect(self._on_failed)
        for operation in (self._looking, self._fetching, self._removing):
            operation.crashed.connect(self.crashed)
        self._looking.failed.connect(self.failed)
        notices.action_triggered.connect(self._on_notice)
        notices.closed.connect(self._on_declined)

    @property
    def is_fetching(self) -> bool:
        """Whether a download is under way."""
        return self._fetching.is_running()

    def shutdown(self) -> bool:
        """The window closes; a download goes on the next time."""
        ended = [operation.shutdown() for operation in (self._looking, self._fetching, self._removing)]
        return all(ended)

    @Slot()
    def look(self) -> None:
        """See what there is."""
        self._looking.start(lambda _: _look())

    @Slot()
    def show_dialog(self) -> None:
        """All about it, with a button that begins."""
        from finetune_gui.ui.dialogs.gpu_support_dialog import GpuSupportDialog  # rarely wanted

        GpuSupportDialog(self._theme, self, self._window).show()

    @Slot()
    def fetch(self) -> None:
        """Begin, or go on."""
        manifest = self.offer.manifest
        if manifest is not None and not self.is_fetching:
            self._notices.withdraw(_KEY)
            self._fetching.start(lambda progress: _fetch(manifest, progress))
            self.changed.emit()

    @Slot()
    def pause(self) -> None:
        """Stop; what has arrived stays."""
        self._fetching.cancel()

    @Slot()
    def remove(self) -> None:
        """Remove what was fetched."""
        self._removing.start(lambda _: installed.remove())

    # -- outcomes -------------------------------------------------------------------------------------------------

    @Slot(object)
    def _on_looked(self, offer: Offer) -> None:
        was_fetched = self.offer.state not in ("none", "ready") and offer.state == "ready"
        self.offer = offer
        self._notices.withdraw(_KEY)
        notice = self._ready_notice() if was_fetched else self._offer_notice()
        if notice is not None:
            self._notices.add(notice)
        self.changed.emit()

    @Slot(object)
    def _on_failed(self, error: EngineError) -> None:
        self.failed.emit(error)
        self.look()

    @Slot(str)
    def _on_notice(self, key: str) -> None:
        if key == _KEY:
            self.show_dialog()

    @Slot(str)
    def _on_declined(self, key: str) -> None:
        """What another version has fetched is of no more use then."""
        if key == _KEY and self.offer.manifest is not None and self.offer.state != "ready":
            self._preferences.declined_gpu_support = self.offer.manifest.digest
            if self.offer.state == "stale":
                self.remove()

    # -- words ----------------------------------------------------------------------------------------------------

    def _ready_notice(self) -> Notice:
        return Notice(
            key=_KEY,
            level="success",
            message=self.tr("GPU support is ready."),
            hint=self.tr("Close Finetune GUI and start it again: it then trains on the graphics card."),
        )

    def _offer_notice(self) -> Notice | None:
        offer = self.offer
        manifest, driver = offer.manifest, offer.driver
        if not offer.is_worth_it or manifest is None or driver is None:
            return None
        if offer.state == "absent" and self._preferences.declined_gpu_support == manifest.digest:
            return None
        message, hint = self._offer_words()
        return Notice(
            key=_KEY,
            level="info" if offer.state == "absent" else "warning",
            message=message.format(gpu=driver.gpus[0][0]),
            hint=hint.format(size=size(manifest.download_bytes)),
            action_text=self.tr("GPU support…"),
        )

    def _offer_words(self) -> tuple[str, str]:
        match self.offer.state:
            case "stale":
                return (
                    self.tr("Finetune GUI is newer than its GPU support: {gpu} is not used."),
                    self.tr("What has changed can be downloaded. Close this message to remove the old one."),
                )
            case "damaged" | "failing":
                return (
                    self.tr("GPU support could not be started: {gpu} is not used."),
                    self.tr("It can be checked and mended; only what is missing is downloaded."),
                )
        if self.offer.begun:
            return (
                self.tr("GPU support for {gpu} is here in part."),
                self.tr("The download can go on where it stopped."),
            )
        return (
            self.tr("A graphics card was found that is not used yet: {gpu}."),
            self.tr("What it needs can be downloaded once ({size}). Training is much faster with it."),
        )


def _look() -> Offer:
    installed.remove_unwanted()
    return look_for_offer()


def _fetch(manifest: Manifest, progress: Progress) -> None:
    """At most ten words a second reach the window, and each change of what is done."""
    from finetune_gui.engine.cuda_parts.fetching import fetch  # not before the first paint

    told_at, activity = 0.0, ""
    with contextlib.closing(fetch(manifest)) as steps:
        for step in steps:
            if progress.should_stop():
                return
            if step.activity != activity or time.monotonic() - told_at >= _PACE_SECONDS:
                told_at, activity = time.monotonic(), step.activity
                progress.tell(step)
