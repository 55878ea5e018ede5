"""A model is tried on what a camera sees: live, and on pictures that are taken."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from finetune_gui.engine.errors import EngineError
from finetune_gui.ui.camera_access import CameraAccess
from finetune_gui.ui.dialogs.camera_dialog import CameraDialog
from finetune_gui.ui.taken_pictures import TakenPictures
from finetune_gui.ui.theme import Theme
from finetune_gui.ui.widgets.try_area import TryArea
from finetune_gui.ui.workers.camera_look import CameraLook, Looked
from finetune_gui.ui.workers.latest_operation import LatestOperation
from finetune_gui.ui.workers.newest_first import NewestFirst

if TYPE_CHECKING:  # it imports Qt Multimedia
    from finetune_gui.ui.cameras import CameraFeed


class CameraTrial(QObject):
    """Owns the camera's window, the camera while it is on, and the thread that looks at its pictures.

    The camera is on only while its window is open: it goes off with the window, the place to try images, or the app.

    Args:
        theme: Colours.
        page: What the window belongs to.
        tried: Where it is asked for, and where answers to pictures that were taken go.
        sources: Tells the runs or exports that answer, one for each column of ``tried``; none where there is no model.

    Signals:
        failed: an ``EngineError``.
        crashed: the traceback of a bug.
    """

    failed = Signal(object)
    crashed = Signal(str)

    def __init__(self, theme: Theme, page: QWidget, tried: TryArea, sources: Callable[[], Sequence[Path]]) -> None:
        super().__init__(page)
        self._theme = theme
        self._page = page
        self._tried = tried
        self._sources = sources
        self._kept = TakenPictures()
        self._camera_id = ""
        self._feed: CameraFeed | None = None
        self._look: CameraLook | None = None
        self._looking: NewestFirst | None = None
        self._ending: list[NewestFirst | CameraFeed] = []
        self._forgetting = LatestOperation(self)
        self._dialog: CameraDialog | None = None
        self.access = CameraAccess(self)
        self._connect()

    @property
    def dialog(self) -> CameraDialog:
        """The window, made when it is first wanted."""
        if self._dialog is None:
            dialog = self._dialog = CameraDialog(self._theme, self._tried.columns(), self._page)
            dialog.camera_chosen.connect(self._on_camera_chosen)
            dialog.live_switched.connect(self._on_live)
            dialog.taken.connect(self._on_taken)
            dialog.closed.connect(self._on_closed)
            self.access.refused.connect(dialog.show_words)
        return self._dialog

    def is_open(self) -> bool:
        """Whether the window is there."""
        return self._dialog is not None and self._dialog.isVisible()

    def close(self) -> None:
        """Close the window; no picture that waits is looked at any more: the model is another one."""
        for part in (self._looking, *self._ending):
            if part is not None:
                part.stop()
        self._on_hidden()

    def shutdown(self) -> bool:
        """Close, wait for what runs with a bound, and delete the pictures that were taken."""
        self.close()
        ended = [part.shutdown() for part in (*self._ending, self.access, self._forgetting)]
        self._kept.forget()
        return all(ended)

    # -- the window -------------------------------------------------------------------------------------------------

    @Slot()
    def open(self) -> None:
        """Open the window and ask for the permission to use a camera."""
        if self.is_open():
            self.dialog.raise_()
            self.dialog.activateWindow()
            return
        if not self._sources():
            return
        self._look = CameraLook(self._sources(), self._kept)
        self._looking = NewestFirst(self)
        self._looking.answered.connect(self._on_looked)
        self._looking.failed.connect(self._on_look_failed)
        self._looking.crashed.connect(self._on_look_crashed)
        self._looking.finished.connect(self._on_ended)
        self.dialog.note.clear()
        self.dialog.show_words(self.tr("Waiting for the camera…"))
        self.dialog.show()
        self.access.ask()

    @Slot()
    def _on_closed(self) -> None:
        """Release the camera; pictures that were taken are still looked at."""
        self._stop_feed()
        if self._looking is not None:
            self._looking.finish()
            self._ending.append(self._looking)
        self._looking = self._look = None

    @Slot()
    def _on_hidden(self) -> None:
        """The place to try images is left."""
        if self.is_open():
            self.dialog.reject()

    @Slot(bool)
    def _on_live(self, live: bool) -> None:
        if live and self._feed is not None and not self.dialog.preview.picture().isNull():
            self._glance(self.dialog.preview.picture())

    # -- the camera -------------------------------------------------------------------------------------------------

    @Slot()
    def _on_granted(self) -> None:
        if self.is_open():
            self._start_feed()

    @Slot(str)
    def _on_camera_chosen(self, camera_id: str) -> None:
        self._camera_id = camera_id
        self._start_feed()

    def _start_feed(self) -> None:
        """Start the camera that was chosen, or the first."""
        self._stop_feed()
        names = self.access.names()
        if self._camera_id not in names:
            self._camera_id = next(iter(names), "")
        self.dialog.show_cameras(names, self._camera_id)
        source = self.access.cameras.open(self._camera_id) if self.access.cameras is not None else None
        if source is None:
            self.dialog.show_words(self.access.problem() or self.tr("The camera is no longer connected."))
            return
        from finetune_gui.ui.cameras import CameraFeed  # it was imported before there were cameras

        self.dialog.show_words(self.tr("Waiting for the camera…"))
        self._feed = CameraFeed(source, self)
        self._feed.picture.connect(self._on_picture)
        self._feed.failed.connect(self._on_feed_failed)
        self._feed.finished.connect(self._on_ended)
        self._feed.start()

    def _stop_feed(self) -> None:
        if self._feed is not None:
            self._feed.stop()
            self._ending.append(self._feed)
            self._feed = None

    @Slot()
    def _on_cameras_changed(self) -> None:
        """Say whether there is one; what is open goes on, or says that it is gone, or is found again."""
        self._tried.set_camera(self.access.problem())
        if not self.is_open():
            return
        names = self.access.names()
        if self._feed is not None and self._camera_id in names:
            self.dialog.show_cameras(names, self._camera_id)
        elif self._feed is not None:
            self._stop_feed()
            self.dialog.show_cameras(names, "")
            self.dialog.show_words(self.tr("The camera is no longer connected."))
        elif names:
            self._start_feed()

    @Slot(QImage)
    def _on_picture(self, picture: QImage) -> None:
        if self.sender() is not self._feed:
            return  # of a camera that was left
        if self.dialog.preview.picture().isNull() and self.dialog.is_live():
            self.dialog.wait_for_answer(self.tr("Loading the model…"))
        self.dialog.show_picture(picture)
        if self.dialog.is_live():
            self._glance(picture)

    @Slot(str)
    def _on_feed_failed(self, words: str) -> None:
        if self.sender() is self._feed:
            self.dialog.show_words(words)

    # -- answers ----------------------------------------------------------------------------------------------------

    def _glance(self, picture: QImage) -> None:
        if self._looking is not None and self._look is not None:
            self._looking.offer(partial(self._look.glance, picture))

    @Slot(QImage)
    def _on_taken(self, picture: QImage) -> None:
        if self._looking is not None and self._look is not None:
            self._looking.add(partial(self._look.take, picture))

    @Slot(object)
    def _on_looked(self, looked: Looked) -> None:
        if looked.taken:
            for column, answer in enumerate(looked.answers):
                self._tried.add([answer], column)
            self.dialog.note_taken(looked.answers[0])
        elif self.sender() is self._looking and self.dialog.is_live() and self.dialog.take_button.isEnabled():
            self.dialog.show_answers(looked.answers, looked.box)

    @Slot(object)
    def _on_look_failed(self, error: EngineError) -> None:
        self._give_up_live(f"{error.message} {error.hint}".strip())
        self.failed.emit(error)

    @Slot(str)
    def _on_look_crashed(self, report: str) -> None:
        self._give_up_live(self.tr("The picture could not be looked at."))
        self.crashed.emit(report)

    def _give_up_live(self, words: str) -> None:
        """What failed once would fail with every picture."""
        self.dialog.live_box.setChecked(False)
        self.dialog.wait_for_answer("")
        self.dialog.note_words(words)

    @Slot()
    def _on_cleared(self) -> None:
        kept = self._kept
        if kept:
            self._forgetting.start(lambda _: kept.forget())

    @Slot()
    def _on_ended(self) -> None:
        """A thread has ended in its own time."""
        ended = self.sender()
        self._ending = [part for part in self._ending if part is not ended]
        ended.deleteLater()

    def _connect(self) -> None:
        self._tried.shown.connect(self.access.look)
        self._tried.camera_wanted.connect(self.open)
        self._tried.hidden.connect(self._on_hidden)
        self._tried.cleared.connect(self._on_cleared)
        self.access.changed.connect(self._on_cameras_changed)
        self.access.granted.connect(self._on_granted)
        self.access.crashed.connect(self.crashed)
        self._forgetting.crashed.connect(self.crashed)
