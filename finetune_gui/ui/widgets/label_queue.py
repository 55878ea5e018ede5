"""Images whose label is probably wrong, waiting for a decision."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QMenu, QPushButton, QToolButton, QVBoxLayout, QWidget

from finetune_gui.engine.events import LabelIssue
from finetune_gui.ui.dialogs.class_questions import name_dialog
from finetune_gui.ui.item_models.thumbnail_item_model import Thumbnail
from finetune_gui.ui.theme import Theme, set_kind
from finetune_gui.ui.widgets.basics import text_label
from finetune_gui.ui.widgets.elided_label import ElidedLabel
from finetune_gui.ui.widgets.image_grid import ImageGrid
from finetune_gui.ui.widgets.progress_line import ProgressLine
from finetune_gui.ui.words import count, counted, percent

_PICTURE = 136


@dataclass(frozen=True, kw_only=True)
class QueuedLabel:
    """A doubtful label, and what was decided.

    Attributes:
        issue: What is doubted.
        file: Absolute path of the image.
        decision: In words; empty while there is none.
        left_out: Whether it is not used in the next run.
    """

    issue: LabelIssue
    file: str
    decision: str = ""
    left_out: bool = False


class LabelQueue(QWidget):
    """The most doubtful first. Decisions are for the selected images; the files stay as they are.

    Signals:
        check_requested: the labels are to be checked.
        cancel_requested: no longer.
        data_requested: the data of the run are to be opened, so that decisions about them can be made.
        accepted: the labels of these images (list of ``LabelIssue``) are right.
        relabelled: (list of ``LabelIssue``, class to use; empty for the one suggested of each).
        excluded: these images (list of ``LabelIssue``) are to be left out.
        undo_requested: the last decision is to be taken back.
        why_requested: (list of ``QueuedLabel``, place of one of them): why it is doubted.
    """

    check_requested = Signal()
    cancel_requested = Signal()
    data_requested = Signal()
    accepted = Signal(list)
    relabelled = Signal(list, str)
    excluded = Signal(list)
    undo_requested = Signal()
    why_requested = Signal(list, int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._queue: tuple[QueuedLabel, ...] = ()
        self._shown: tuple[QueuedLabel, ...] = ()
        self._num_images = -1
        self._class_names: tuple[str, ...] = ()
        self._asked: list[LabelIssue] = []  # what the user is choosing a class for
        self._can_decide = False
        self._sentence = text_label("", wrap=True)
        self.check = QPushButton(self.tr("Check the labels"))
        self._progress = ProgressLine(theme, beside=True)
        self._cancel = QPushButton(self.tr("Cancel"))
        self.open_data = QPushButton(self.tr("Open these data"))
        self.undo = QToolButton()
        theme.bind_icon(self.undo, "undo", "text")
        self._undo_action = QAction(self)
        self._undo_action.setShortcut(QKeySequence(QKeySequence.StandardKey.Undo))
        self._undo_action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self.addAction(self._undo_action)
        self.show_decided = QCheckBox(self.tr("Show what was decided"))
        self.grid = ImageGrid(theme, thumbnail_size=_PICTURE, cache_bytes=40_000_000)
        self.grid.setAccessibleName(self.tr("Images whose label is doubtful"))
        self._selected = ElidedLabel(mode=Qt.TextElideMode.ElideRight)
        self.accept = QPushButton(self.tr("Label is right"))
        self.take = QPushButton(self.tr("Use the suggestion"))
        self.other = QPushButton(self.tr("Another class…"))
        self.exclude = QPushButton(self.tr("Leave out"))
        self.why = QPushButton(self.tr("Why?"))
        set_kind(self.take, kind="primary")
        set_kind(self.why, kind="ghost")
        self._lay_out()
        self._connect()
        self.offer_undo("")
        self.clear()

    def clear(self) -> None:
        """Show nothing; there is no run to check."""
        self.set_progress(None)
        self.show_queue((), -1, ())
        self.setEnabled(False)

    def sentence(self) -> str:
        """What is said above the images."""
        return self._sentence.text()

    def show_queue(
        self, queue: Sequence[QueuedLabel], num_images: int, class_names: Sequence[str], *, can_decide: bool = True
    ) -> None:
        """Show these, or say that there are none.

        Args:
            queue: The most doubtful first.
            num_images: That were checked; -1: none was yet.
            class_names: That an image may be counted to.
            can_decide: Whether the data of the run are open.
        """
        self.setEnabled(True)
        self._queue, self._num_images, self._can_decide = tuple(queue), num_images, can_decide
        self._class_names = tuple(class_names)
        checked = num_images >= 0
        self.check.setText(self.tr("Check again") if checked else self.tr("Check the labels"))
        set_kind(self.check, kind="" if checked else "primary")
        self._deciding.setVisible(bool(queue))
        self.undo.setVisible(bool(queue) and can_decide)
        self.open_data.setVisible(checked and bool(queue) and not can_decide)
        self.show_decided.setVisible(any(each.decision for each in queue))
        self._sentence.setText(self._words())
        self._show_grid()

    def show_problem(self, words: str) -> None:
        """Say why the labels of this run cannot be checked."""
        self.clear()
        self._sentence.setText(words)

    def offer_undo(self, name: str) -> None:
        """What the last decision about the data was; empty for none."""
        word = self.tr("Undo")
        self._undo_action.setEnabled(bool(name))
        self.undo.setEnabled(bool(name))
        self.undo.setAccessibleName(word)
        self.undo.setToolTip(f"{word}: {name} ({self._undo_action.shortcut().toString()})" if name else word)

    def set_progress(self, words: str | None, share: float | None = None) -> None:
        """Say how far the check is; None: it has ended."""
        busy = words is not None
        self._progress.setVisible(busy)
        self._cancel.setVisible(busy)
        self._sentence.setVisible(not busy)
        self.check.setVisible(not busy)
        if words is not None:
            self._progress.set_progress(share, words)

    def selected(self) -> list[LabelIssue]:
        """What a decision would be about."""
        files = set(self.grid.selected_paths())
        return [each.issue for each in self._shown if each.file in files]

    def shutdown(self) -> bool:
        """Stop decoding thumbnails."""
        return self.grid.shutdown()

    def _words(self) -> str:
        if self._num_images < 0:
            return self.tr(
                "Which images are probably in the wrong class? Each is judged by the others, after one pass over all "
                "images of the run. No file is changed."
            )
        if not self._queue:
            return counted(self.tr("None of the {count} label(s) is doubtful.", "", self._num_images), self._num_images)
        number = len(self._queue)
        told = counted(self.tr("{count} label(s) of {all} doubtful", "", number), number)
        told = told.format(all=count(self._num_images)) if "{all}" in told else told
        decided = sum(bool(each.decision) for each in self._queue)
        words = [told + (self.tr(", {count} decided.").format(count=count(decided)) if decided else ".")]
        if self._can_decide:
            words.append(self.tr("Decisions count from the next run on; no file is changed."))
        else:
            words.append(self.tr("To decide about them, open the data of this run."))
        return " ".join(words)

    def _show_grid(self) -> None:
        before = self.grid.currentIndex().row()
        with_decided = self.show_decided.isChecked()
        self._shown = tuple(each for each in self._queue if with_decided or not each.decision)
        self.grid.set_items([self._thumbnail(each) for each in self._shown])
        if before >= 0 and self._shown:
            self.grid.go_to(min(before, len(self._shown) - 1))  # the next one is up
        self._on_selection()

    def _thumbnail(self, queued: QueuedLabel) -> Thumbnail:
        issue = queued.issue
        caption = queued.decision or f"{issue.given} → {issue.suggested}"
        part = issue.part if issue.part in ("train", "val", "test") else None
        return Thumbnail(
            path=queued.file,
            caption=caption,
            part=part,  # type: ignore[arg-type]
            left_out=self.tr("by decision") if queued.left_out else "",
        )

    @Slot()
    def _on_selection(self) -> None:
        issues = self.selected()
        decides = bool(issues) and self._can_decide
        for button in (self.accept, self.take, self.other, self.exclude):
            button.setEnabled(decides)
        self.why.setEnabled(bool(issues))
        if not issues:
            self._selected.setText(self.tr("Select images to decide about them.") if self._shown else "")
        elif len(issues) > 1:
            self._selected.setText(counted(self.tr("{count} image(s)", "", len(issues)), len(issues)))
        else:
            only = issues[0]
            self._selected.setText(
                self.tr("Rather “{suggested}” ({sure}) than “{given}” ({unsure})  ·  {name}").format(
                    name=PurePath(only.path).name,
                    suggested=only.suggested,
                    sure=percent(only.suggested_probability, 0),
                    given=only.given,
                    unsure=percent(only.given_probability, 0),
                )
            )

    @Slot()
    def _on_accept(self) -> None:
        self.accepted.emit(self.selected())

    @Slot()
    def _on_take(self) -> None:
        self.relabelled.emit(self.selected(), "")

    @Slot()
    def _on_other(self) -> None:
        """Ask for the class: one of those that are there, or a new one."""
        self._asked = self.selected()
        dialog = name_dialog(self.tr("Put into class"), self._class_names, self)
        dialog.textValueSelected.connect(self._on_class)
        dialog.open()

    @Slot(str)
    def _on_class(self, name: str) -> None:
        if name.strip():
            self.relabelled.emit(self._asked, name.strip())

    @Slot()
    def _on_exclude(self) -> None:
        self.excluded.emit(self.selected())

    @Slot()
    def _on_why(self) -> None:
        files = [each.file for each in self._shown]
        chosen = self.grid.selected_paths()
        if chosen:
            self.why_requested.emit(list(self._shown), files.index(chosen[0]))

    @Slot(QPoint)
    def _on_menu(self, place: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for button in (self.take, self.accept, self.other, self.exclude, self.why):
            action = menu.addAction(button.text())
            action.setEnabled(button.isEnabled())
            action.triggered.connect(button.click)
        menu.popup(place)

    @Slot()
    def _on_show_decided(self) -> None:
        self._show_grid()

    @Slot()
    def _on_cancel(self) -> None:
        self._progress.set_progress(None, self.tr("Cancelling…"))
        self.cancel_requested.emit()

    def _connect(self) -> None:
        self.check.clicked.connect(self.check_requested)
        self._cancel.clicked.connect(self._on_cancel)
        self.open_data.clicked.connect(self.data_requested)
        self.undo.clicked.connect(self._undo_action.trigger)
        self._undo_action.triggered.connect(self.undo_requested)
        self.show_decided.toggled.connect(self._on_show_decided)
        self.grid.selection_changed.connect(self._on_selection)
        self.grid.image_activated.connect(self._on_why)
        self.grid.menu_requested.connect(self._on_menu)
        self.accept.clicked.connect(self._on_accept)
        self.take.clicked.connect(self._on_take)
        self.exclude.clicked.connect(self._on_exclude)
        self.why.clicked.connect(self._on_why)
        self.other.clicked.connect(self._on_other)

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(12)
        top.addWidget(self._sentence, 1)
        top.addWidget(self._progress, 1)
        for widget in (self._cancel, self.show_decided, self.undo, self.open_data, self.check):
            top.addWidget(widget, 0, Qt.AlignmentFlag.AlignTop)
        self._deciding = QWidget()
        buttons = QHBoxLayout(self._deciding)
        buttons.setContentsMargins(0, 0, 0, 0)
        buttons.setSpacing(8)
        buttons.addWidget(self._selected, 1)
        for button in (self.why, self.accept, self.exclude, self.other, self.take):
            buttons.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 12, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(top)
        layout.addWidget(self.grid, 1)
        layout.addWidget(self._deciding)
