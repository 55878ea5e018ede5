"""The pretrained weights of a model: whether they are here, how they get here, and where they are kept."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from finetune_gui.engine.models.catalog import ModelInfo
from finetune_gui.engine.models.weight_files import WEIGHT_SUFFIXES
from finetune_gui.ui.dialogs.folder_dialog import folder_dialog
from finetune_gui.ui.theme import Theme, set_kind
from finetune_gui.ui.widgets.basics import text_label
from finetune_gui.ui.widgets.elided_label import ElidedLabel
from finetune_gui.ui.widgets.progress_line import ProgressLine
from finetune_gui.ui.words import size


class ModelWeights(QWidget):
    """State and wishes of one model's weights.

    Signals:
        download_wished: get them now, and not when a run starts.
        cancel_wished: give the download up; it goes on the next time.
        file_brought: path of a file that was copied from another machine.
        folder_wished: keep weights there from now on.
    """

    download_wished = Signal()
    cancel_wished = Signal()
    file_brought = Signal(str)
    folder_wished = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._info: ModelInfo | None = None
        self._state = text_label("", wrap=True)
        self.download = QPushButton(self.tr("Download now"))
        self.bring = QPushButton(self.tr("Take a file…"))
        self.cancel = QPushButton(self.tr("Cancel"))
        self.change = QPushButton(self.tr("Change…"))
        self.progress = ProgressLine(theme)
        self._folder = ElidedLabel("")
        self._lay_out()
        self._connect()

    def show_model(self, info: ModelInfo | None, here: bool | None) -> None:
        """Say whether the weights are on this machine. None where that is not known yet."""
        self._info = info
        needed = info is not None and info.weights is not None
        self.setVisible(needed)
        if not needed or info is None or info.weights is None:
            return
        amount = size(info.num_bytes) if info.num_bytes else ""
        if here:
            self._state.setText(self.tr("On this machine."))
        elif amount:
            self._state.setText(self.tr("To download once: {size}. A run does it by itself.").format(size=amount))
        else:
            self._state.setText(self.tr("To download once. A run does it by itself."))
        self.bring.setToolTip(self.tr("From a machine with internet: {file}").format(file=info.weights.description))
        for button in (self.download, self.bring):
            button.setVisible(not here)

    def show_download(self, share: float | None, text: str) -> None:
        """A download is under way; ``share`` is None while its size is not known."""
        self.progress.set_progress(share, text)
        self._show_running(True)

    def show_rest(self) -> None:
        """No download is under way."""
        self._show_running(False)

    def show_folder(self, folder: Path) -> None:
        """Where weights are kept."""
        self._folder.setText(str(folder))
        self._folder.setToolTip(str(folder))

    def _show_running(self, running: bool) -> None:
        for widget in (self.progress, self.cancel):
            widget.setVisible(running)
        for widget in (self.download, self.bring):
            widget.setEnabled(not running)

    # -- set-up ---------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        set_kind(self.change, kind="ghost")
        self._folder.setProperty("kind", "hint")
        self._folder.setAccessibleName(self.tr("Folder of the weights"))
        self.change.setToolTip(self.tr("Keep weights in another folder from now on; nothing is moved"))
        self.change.setAccessibleName(self.tr("Change the folder of the weights"))
        buttons, folder = QHBoxLayout(), QHBoxLayout()
        buttons.addWidget(self.download)
        buttons.addWidget(self.bring)
        buttons.addStretch(1)
        folder.addWidget(self._folder, 1)
        folder.addWidget(self.change)
        kept = text_label("hint", self.tr("Kept in"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self._state)
        layout.addLayout(buttons)
        layout.addWidget(self.progress)
        layout.addWidget(self.cancel, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(kept)
        layout.addLayout(folder)
        self.progress.set_progress(0.0, "")
        self._show_running(False)

    def _connect(self) -> None:
        self.download.clicked.connect(self.download_wished)
        self.cancel.clicked.connect(self.cancel_wished)
        self.bring.clicked.connect(self._choose_file)
        self.change.clicked.connect(self._choose_folder)

    @Slot()
    def _choose_file(self) -> None:
        if self._info is None or self._info.weights is None:
            return
        title = self.tr("Take {file}").format(file=self._info.weights.description)
        dialog = QFileDialog(self, title, "", weight_file_filter(self))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.file_brought)
        dialog.open()

    @Slot()
    def _choose_folder(self) -> None:
        dialog = folder_dialog(self, self.tr("Keep weights in"), self._folder.toolTip())
        dialog.fileSelected.connect(self.folder_wished)
        dialog.open()


def weight_file_filter(widget: QWidget) -> str:
    """For a file dialog."""
    patterns = " ".join(f"*{suffix}" for suffix in WEIGHT_SUFFIXES)
    return widget.tr("Weights ({patterns})").format(patterns=patterns)
