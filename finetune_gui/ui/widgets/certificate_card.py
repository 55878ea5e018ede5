"""What was exported, and the proof that it gives the same answers."""

import shlex

from PySide6.QtCore import Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from finetune_gui.engine.events import ExportCompared, ExportRefused
from finetune_gui.ui.theme import Theme, set_kind
from finetune_gui.ui.widgets.announce import announce
from finetune_gui.ui.widgets.elided_label import ElidedLabel
from finetune_gui.ui.words import count, figure, percent, size, tiny


class CertificateCard(QFrame):
    """Agreement with the run on real images, size, place, and what to do next."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._path = ""
        self.setProperty("kind", "card")
        self.setAccessibleName(self.tr("Export certificate"))
        self._icon, self._heading, self._details = QLabel(), QLabel(), QLabel()
        set_kind(self._heading, kind="heading")
        set_kind(self._details, kind="hint")
        for label in (self._heading, self._details):
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._place = ElidedLabel()
        set_kind(self._place, kind="hint")
        self._open = QPushButton(self.tr("Open folder"))
        theme.bind_icon(self._open, "folder-open")
        self._open.clicked.connect(self._on_open)
        self._copy = QPushButton(self.tr("Copy command"))
        theme.bind_icon(self._copy, "copy")
        self._copy.clicked.connect(self._on_copy)
        self._lay_out()

    def show_result(self, result: ExportCompared) -> None:
        """Show the certificate of an export."""
        self._path = result.path
        level, heading = self._verdict(result)
        icon = {"success": "check", "error": "error"}.get(level, "warning")
        self._theme.bind_icon(self._icon, icon, level, 32)
        self._copy.setVisible(level != "error" and result.has_runtime)
        self._heading.setText(heading)
        self._details.setText("  ·  ".join(self._facts(result)))
        self._place.setText(result.path)
        self._copy.setToolTip(self.command())
        self._copy.setText(self.tr("Copy command"))
        announce(self, f"{heading} {self._details.text()}")

    def heading(self) -> str:
        """The verdict in a sentence."""
        return self._heading.text()

    def details(self) -> str:
        """The facts."""
        return self._details.text()

    def command(self) -> str:
        """How to use the export from a terminal."""
        return f"finetune-gui predict {shlex.quote(self._path)} IMAGE"

    def _verdict(self, result: ExportCompared) -> tuple[str, str]:
        if not result.has_runtime:
            return "warning", self.tr(
                "Not certified: Core ML runs only on macOS and iOS. Export it again on a Mac to have it compared."
            )
        if result.top1_agreement is None:
            return "warning", self.tr("Not certified: none of the run's images could be read any more.")
        agreeing = round(result.top1_agreement * result.num_checked)
        if isinstance(result, ExportRefused):
            sentence = self.tr("Refused: {agreeing} of {all} validation images get the same answer ({share}).")
            share = percent(result.top1_agreement, 1)
            return "error", sentence.format(agreeing=count(agreeing), all=count(result.num_checked), share=share)
        sentence = (
            self.tr("Same answers: {agreeing} of {all} validation images agree ({share}).")
            if agreeing == result.num_checked
            else self.tr("Not quite the same answers: {agreeing} of {all} validation images agree ({share}).")
        )
        share = percent(result.top1_agreement, 0 if agreeing == result.num_checked else 1)
        level = "success" if agreeing == result.num_checked else "warning"
        return level, sentence.format(agreeing=count(agreeing), all=count(result.num_checked), share=share)

    def _facts(self, result: ExportCompared) -> list[str]:
        facts = []
        if result.max_probability_difference is not None:
            facts.append(
                self.tr("Largest difference of a probability: {difference}").format(
                    difference=tiny(result.max_probability_difference)
                )
            )
        if result.accuracy_after is not None:
            words = self.tr("Accuracy {after} (run {before})")
            facts.append(words.format(after=percent(result.accuracy_after), before=percent(result.accuracy_before)))
        if result.latency_after_ms is not None and result.latency_before_ms is not None:
            words = self.tr("{after} ms an image (run {before} ms)")
            facts.append(words.format(after=figure(result.latency_after_ms), before=figure(result.latency_before_ms)))
        if result.model_bytes_after:
            words = self.tr("{after} (run {before})")
            return [
                *facts,
                words.format(after=size(result.model_bytes_after), before=size(result.model_bytes_before)),
            ]
        return [*facts, size(result.size_bytes)]

    @Slot()
    def _on_open(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(self._path))

    @Slot()
    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self.command())
        self._copy.setText(self.tr("Copied"))
        announce(self, self.tr("Copied"))

    def _lay_out(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(4)
        for label in (self._heading, self._details, self._place):
            words.addWidget(label)
        buttons = QVBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self._open)
        buttons.addWidget(self._copy)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(20, 14, 16, 14)
        layout.setSpacing(16)
        layout.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(words, 1)
        layout.addLayout(buttons)
