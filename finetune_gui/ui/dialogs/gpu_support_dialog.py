"""GPU support of an app without CUDA: what it is, how large, how far the download is."""

import time

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from finetune_gui.engine.cuda_parts.fetching import FetchAdvanced
from finetune_gui.engine.errors import EngineError
from finetune_gui.paths import gpu_support_dir
from finetune_gui.ui.gpu_support import GpuSupport
from finetune_gui.ui.theme import Theme, set_kind
from finetune_gui.ui.widgets.banner import Banner
from finetune_gui.ui.widgets.basics import text_label
from finetune_gui.ui.widgets.elided_label import ElidedLabel
from finetune_gui.ui.widgets.progress_line import ProgressLine
from finetune_gui.ui.words import UNKNOWN, size, spoken_time

_PACE_AFTER_S = 2.0  # before that, the time left would jump
_WIDTH = 560


class GpuSupportDialog(QDialog):
    """Shows what ``GpuSupport`` knows and does; a download goes on when it is closed. It deletes itself."""

    def __init__(self, theme: Theme, support: GpuSupport, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("GPU support"))
        self.setMinimumWidth(_WIDTH)
        self._support = support
        self._began, self._already = 0.0, 0
        self.state = text_label("", wrap=True)
        self.banner = Banner(theme)
        self.progress = ProgressLine(theme)
        self.fetch_button = QPushButton()
        self.pause_button = QPushButton(self.tr("Pause"))
        self.remove_button = QPushButton(self.tr("Remove"))
        self._values = [ElidedLabel("") for _ in range(5)]
        theme.bind_icon(self.fetch_button, "download", "accent_text")
        set_kind(self.fetch_button, kind="primary")
        self._lay_out()
        self._connect()
        self._refresh()

    # -- what is shown --------------------------------------------------------------------------------------------

    @Slot()
    def _refresh(self) -> None:
        offer, fetching = self._support.offer, self._support.is_fetching
        can_fetch = offer.manifest is not None and offer.state not in ("ready", "unwanted") and not fetching
        self.state.setText(self._state_words())
        self.fetch_button.setText(self._fetch_words())
        self.fetch_button.setVisible(can_fetch)
        self.fetch_button.setEnabled(offer.obstacle is None and offer.driver is not None)
        self.pause_button.setVisible(fetching)
        self.remove_button.setVisible(
            not fetching and (offer.begun or offer.state not in ("none", "absent", "unwanted"))
        )
        self.progress.setVisible(fetching)
        if not fetching:
            self._began = 0.0
            self.progress.set_progress(0.0, "")
        if offer.obstacle is not None:
            self.banner.show_message("warning", offer.obstacle.message, offer.obstacle.hint)
        self._show_facts()
        self._fit()

    def _fit(self) -> None:
        """As high as its words need at this width; Qt sees to that by itself only once."""
        layout = self.layout()
        if layout is not None:
            layout.activate()
            width = max(self.width(), _WIDTH)
            self.setMinimumHeight(layout.totalHeightForWidth(width))

    def _show_facts(self) -> None:
        offer = self._support.offer
        manifest, driver = offer.manifest, offer.driver
        texts = (
            driver.gpus[0][0] if driver else UNKNOWN,
            driver.version if driver else UNKNOWN,
            size(manifest.download_bytes) if manifest else UNKNOWN,
            size(manifest.installed_bytes) if manifest else UNKNOWN,
            str(gpu_support_dir()),
        )
        for label, text in zip(self._values, texts, strict=True):
            label.setText(text)
            label.setToolTip(text)

    def _state_words(self) -> str:
        offer = self._support.offer
        match offer.state:
            case "running":
                return self.tr("GPU support is in use. If it is removed, that is done at the next start.")
            case "ready":
                return self.tr("GPU support is ready: close Finetune GUI and start it again.")
            case "stale":
                return self.tr("What is here belongs to another version. Only what has changed is downloaded.")
            case "damaged" | "failing":
                return self.tr("What is here could not be started. It can be checked and mended.")
            case "unwanted":
                return self.tr("GPU support is removed as soon as nothing uses it any more.")
        if offer.driver is None:
            return self.tr("No NVIDIA graphics card with a working driver was found in this computer.")
        return self.tr(
            "This edition trains on the processor. To train on the graphics card it needs libraries from the page of "
            "its release. They are downloaded once, after a click here; nothing is sent. Each file is checked."
        )

    def _fetch_words(self) -> str:
        match self._support.offer.state:
            case "stale":
                return self.tr("Bring up to date")
            case "damaged" | "failing":
                return self.tr("Check and mend")
        return self.tr("Go on") if self._support.offer.begun else self.tr("Download")

    @Slot(object)
    def _on_advanced(self, advanced: FetchAdvanced) -> None:
        share = advanced.done / advanced.total if advanced.total else None
        self.progress.set_progress(share, self._progress_words(advanced))
        self._fit()

    def _progress_words(self, advanced: FetchAdvanced) -> str:
        match advanced.activity:
            case "check":
                return self.tr("Checking what is here…")
            case "copy":
                return self.tr("Taking over what is the same…")
            case "unpack":
                return self.tr("Unpacking and checking…")
            case "try":
                return self.tr("Trying whether it starts…")
        text = self.tr("{done} of {total}").format(done=size(advanced.done), total=size(advanced.total))
        return f"{text}{self._pace(advanced.done, advanced.total)}"

    def _pace(self, done: int, total: int) -> str:
        """Rate and time left, once they mean something."""
        now = time.monotonic()
        if not self._began:
            self._began, self._already = now, done
        passed, fetched = now - self._began, done - self._already
        if passed < _PACE_AFTER_S or fetched <= 0:
            return ""
        rate = self.tr("{size}/s").format(size=size(round(fetched / passed)))
        left = self.tr("{time} left").format(time=spoken_time((total - done) * passed / fetched))
        return f" · {rate} · {left}"

    @Slot(object)
    def _on_failed(self, error: EngineError) -> None:
        self.banner.show_message("error", error.message, error.hint)
        self._fit()

    @Slot()
    def _on_fetch(self) -> None:
        self.banner.clear()
        self.progress.set_progress(None, self.tr("Starting…"))
        self._support.fetch()
        self.pause_button.setFocus()

    @Slot()
    def _on_pause(self) -> None:
        self.progress.set_progress(None, self.tr("Stopping…"))
        self._support.pause()

    # -- set-up ---------------------------------------------------------------------------------------------------

    def _connect(self) -> None:
        self.fetch_button.clicked.connect(self._on_fetch)
        self.pause_button.clicked.connect(self._on_pause)
        self.remove_button.clicked.connect(self._support.remove)
        self._support.changed.connect(self._refresh)
        self._support.advanced.connect(self._on_advanced)
        self._support.failed.connect(self._on_failed)

    def _lay_out(self) -> None:
        close = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close.button(QDialogButtonBox.StandardButton.Close).setIcon(QIcon())  # no other button here has one
        close.rejected.connect(self.reject)
        buttons = QHBoxLayout()
        for button in (self.fetch_button, self.pause_button, self.remove_button):
            buttons.addWidget(button)
        buttons.addStretch(1)
        buttons.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 16)
        layout.setSpacing(14)
        layout.addWidget(text_label("title", self.tr("GPU support")))
        layout.addWidget(self.state)
        layout.addWidget(self.banner)
        layout.addLayout(self._facts())
        layout.addWidget(self.progress)
        layout.addStretch(1)
        layout.addLayout(buttons)

    def _facts(self) -> QGridLayout:
        names = (
            self.tr("Graphics card"),
            self.tr("Its driver"),
            self.tr("Download size"),
            self.tr("On the disk"),
            self.tr("Kept in"),
        )
        grid = QGridLayout()
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        for row, (name, value) in enumerate(zip(names, self._values, strict=True)):
            value.setAccessibleName(name)
            grid.addWidget(text_label("hint", name), row, 0)
            grid.addWidget(value, row, 1)
        return grid
