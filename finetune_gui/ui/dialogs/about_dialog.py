"""What this app is, and what it is made of."""

import platform

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from finetune_gui import __version__
from finetune_gui.engine.cuda_parts import installed
from finetune_gui.engine.installation import installed_versions
from finetune_gui.ui.theme import Theme, set_kind

SHOWN = ("torch", "torchvision", "timm", "PySide6-Essentials", "pyqtgraph", "numpy", "onnx", "onnxruntime")


class AboutDialog(QDialog):
    """Name, version, license, parts."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("About Finetune GUI"))
        icon = QLabel()
        icon.setPixmap(theme.app_icon().pixmap(64, 64))
        name = QLabel("Finetune GUI")
        set_kind(name, kind="title")
        version = QLabel(self.tr("Version {0} · Apache-2.0 license").format(__version__))
        set_kind(version, kind="subtitle")
        promise = QLabel(
            self.tr("Nothing leaves this machine: no account, no upload, no telemetry.")
            + " "
            + self.tr("Only the weights, sample images and GPU support that you choose are downloaded.")
        )
        promise.setWordWrap(True)
        words = QVBoxLayout()
        words.addWidget(name)
        words.addWidget(version)
        head = QHBoxLayout()
        head.setSpacing(16)
        head.addWidget(icon, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(words, 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.button(QDialogButtonBox.StandardButton.Close).setIcon(QIcon())  # no other button here has one
        buttons.rejected.connect(self.reject)
        self.licenses = QPushButton(self.tr("Licenses…"))
        self.licenses.clicked.connect(self._show_licenses)
        buttons.addButton(self.licenses, QDialogButtonBox.ButtonRole.ActionRole)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 18)
        layout.setSpacing(16)
        layout.addLayout(head)
        layout.addWidget(promise)
        layout.addLayout(_table(self._edition() | _parts()))
        layout.addWidget(buttons)
        self.setMinimumWidth(440)

    def _edition(self) -> dict[str, str]:
        """Where it is one that may change."""
        if installed.is_fetched_bundle():
            return {self.tr("Edition"): self.tr("With CUDA, downloaded as GPU support")}
        if installed.can_fetch():
            return {self.tr("Edition"): self.tr("Without CUDA; see Help > GPU support")}
        return {}

    @Slot()
    def _show_licenses(self) -> None:
        from finetune_gui.ui.dialogs.licenses_dialog import LicensesDialog  # rarely wanted

        LicensesDialog(self).open()


def _parts() -> dict[str, str]:
    versions = installed_versions()
    return {"Python": platform.python_version()} | {name: versions[name] for name in SHOWN if name in versions}


def _table(rows: dict[str, str]) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(24)
    grid.setVerticalSpacing(4)
    grid.setColumnStretch(1, 1)
    for row, (name, version) in enumerate(rows.items()):
        label, value = QLabel(name), QLabel(version)
        set_kind(label, kind="hint")
        value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        grid.addWidget(label, row, 0)
        grid.addWidget(value, row, 1)
    return grid
