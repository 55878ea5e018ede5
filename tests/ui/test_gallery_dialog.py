"""The gallery dialog: real clicks and keys, real downloads from a server on this machine."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from finetune_gui.engine.data import gallery_fetch
from finetune_gui.engine.data.gallery import GALLERY, GalleryEntry, is_on_this_machine
from finetune_gui.engine.data.gallery_fetch import FetchAdvanced
from finetune_gui.engine.data.samples import SURFACE_INSPECTION
from finetune_gui.engine.data.scan import scan
from finetune_gui.ui.dialogs.gallery_dialog import GalleryDialog
from finetune_gui.ui.dialogs.questions import Question
from finetune_gui.ui.theme import Theme
from finetune_gui.ui.widgets.gallery_card import GalleryCard
from tests.engine.gallery_server import GalleryServer, fork_children, serve

LONG = 60_000


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[GalleryServer]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    fork_children(monkeypatch)
    with serve() as running:
        yield running


@pytest.fixture
def entries(server: GalleryServer) -> tuple[GalleryEntry, ...]:
    server.files["102flowers.tgz"] = os.urandom(1_000_000)  # no archive; it is only ever downloaded in part
    return GALLERY[0], server.entry("eurosat"), server.entry("flowers102")


@pytest.fixture
def samples_folder(own_home: Path) -> Path:
    return own_home / "data" / "samples"


@pytest.fixture
def dialog(qtbot: QtBot, entries: tuple[GalleryEntry, ...]) -> Iterator[GalleryDialog]:
    dialog = GalleryDialog(Theme("light"), entries=entries)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)  # the tests look at it after it was closed
    qtbot.addWidget(dialog)
    crashes: list[str] = []
    dialog.crashed.connect(crashes.append)
    with qtbot.waitExposed(dialog):
        dialog.show()
    qtbot.waitUntil(dialog.cards["eurosat"].use_button.isEnabled, timeout=LONG)
    yield dialog
    dialog.shutdown()
    assert crashes == []


def press(qtbot: QtBot, card: GalleryCard) -> None:
    qtbot.mouseClick(card.use_button, Qt.MouseButton.LeftButton)


def start_stalled(qtbot: QtBot, dialog: GalleryDialog, server: GalleryServer) -> GalleryCard:
    """Let a download come to a halt in its middle."""
    server.behaviour = "stalls"
    card = dialog.cards["flowers102"]
    press(qtbot, card)
    qtbot.waitUntil(lambda: card.progress.value() not in (None, 0.0), timeout=LONG)
    return card


def test_cards_tell_what_is_here_and_what_a_download_costs(dialog: GalleryDialog) -> None:
    built_in, eurosat, _ = dialog.cards.values()
    assert built_in.use_button.text() == "Use"
    assert eurosat.use_button.text().startswith("Download (")
    assert eurosat.use_button.accessibleName().endswith(": EuroSAT")
    words = " ".join(label.text() for label in eurosat.findChildren(QLabel))
    for fact in ("6 images", "10 classes", "64 × 64 px", "License: MIT", "Patrick Helber", eurosat.entry.homepage):
        assert fact in words


def test_a_download_ends_with_the_folder(
    qtbot: QtBot, dialog: GalleryDialog, entries: tuple[GalleryEntry, ...], samples_folder: Path
) -> None:
    card = dialog.cards["eurosat"]
    card.use_button.setFocus()
    with qtbot.waitSignal(dialog.dataset_ready, timeout=LONG) as ready:
        qtbot.keyClick(card.use_button, Qt.Key.Key_Space)
        assert card.cancel_button.isVisible()
        assert not dialog.cards["flowers102"].use_button.isEnabled()
    assert ready.args == [str(samples_folder / "eurosat")]
    assert scan(Path(ready.args[0])).class_names == ("Forest", "River", "SeaLake")
    assert not dialog.isVisible()
    assert not dialog.is_busy()
    assert is_on_this_machine(entries[1], samples_folder)


def test_what_was_downloaded_before_is_offered_for_use(
    qtbot: QtBot, dialog: GalleryDialog, entries: tuple[GalleryEntry, ...]
) -> None:
    with qtbot.waitSignal(dialog.dataset_ready, timeout=LONG):
        press(qtbot, dialog.cards["eurosat"])
    again = GalleryDialog(Theme("light"), entries=entries)
    qtbot.addWidget(again)
    card = again.cards["eurosat"]
    qtbot.waitUntil(lambda: card.use_button.text() == "Use", timeout=LONG)
    again.shutdown()


def test_the_built_in_set_is_drawn_and_used(
    qtbot: QtBot, dialog: GalleryDialog, samples_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gallery_fetch, "SURFACE_INSPECTION", replace(SURFACE_INSPECTION, num_images=8))
    with qtbot.waitSignal(dialog.dataset_ready, timeout=LONG) as ready:
        press(qtbot, dialog.cards["surface-inspection"])
    assert ready.args == [str(samples_folder / "surface-inspection")]


def test_a_failure_is_told_in_the_dialog_which_can_then_be_used(
    qtbot: QtBot, dialog: GalleryDialog, server: GalleryServer
) -> None:
    server.behaviour = "missing"
    card = dialog.cards["eurosat"]
    press(qtbot, card)
    qtbot.waitUntil(dialog.banner.isVisible, timeout=LONG)
    assert dialog.banner.message() == "127.0.0.1 does not hand out EuroSAT.zip: 404 Not Found."
    assert card.use_button.isVisible()
    assert card.use_button.isEnabled()
    server.behaviour = "serves"
    with qtbot.waitSignal(dialog.dataset_ready, timeout=LONG):
        press(qtbot, card)
        assert not dialog.banner.isVisible()


def test_cancel_ends_a_download_in_the_middle(
    qtbot: QtBot, dialog: GalleryDialog, server: GalleryServer, samples_folder: Path
) -> None:
    card = start_stalled(qtbot, dialog, server)
    assert " of 1.0 MB" in card.progress.text()
    assert card.cancel_button.hasFocus()
    qtbot.keyClick(card.cancel_button, Qt.Key.Key_Space)
    qtbot.waitUntil(card.use_button.isVisible, timeout=LONG)
    assert dialog.isVisible()
    assert not dialog.is_busy()
    assert card.use_button.hasFocus()
    assert list(samples_folder.iterdir()) == []


def test_closing_asks_before_a_download_is_thrown_away(
    qtbot: QtBot, dialog: GalleryDialog, server: GalleryServer, samples_folder: Path
) -> None:
    start_stalled(qtbot, dialog, server)
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    (question,) = dialog.findChildren(Question)
    qtbot.mouseClick(question.no, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: dialog.findChildren(Question) == [])
    assert dialog.isVisible()
    assert dialog.is_busy()
    dialog.close()
    (question,) = dialog.findChildren(Question)
    with qtbot.waitSignal(dialog.finished, timeout=LONG):
        qtbot.mouseClick(question.yes, Qt.MouseButton.LeftButton)
    assert not dialog.isVisible()
    assert not dialog.is_busy()
    assert list(samples_folder.iterdir()) == []


def test_escape_closes_when_nothing_runs(qtbot: QtBot, dialog: GalleryDialog) -> None:
    with qtbot.waitSignal(dialog.finished):
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


@pytest.mark.parametrize("entry", GALLERY, ids=lambda entry: entry.id)
def test_each_preview_draws_another_picture_and_follows_the_theme(qtbot: QtBot, entry: GalleryEntry) -> None:
    theme = Theme("light")
    card = GalleryCard(theme, entry)
    qtbot.addWidget(card)
    others = [GalleryCard(theme, other) for other in GALLERY if other is not entry]
    for other in others:
        qtbot.addWidget(other)
    light = card.preview.grab().toImage()
    assert all(other.preview.grab().toImage() != light for other in others)
    theme.mode = "dark"
    assert card.preview.grab().toImage() != light
    theme.mode = "system"


def test_every_activity_has_words_of_its_own(qtbot: QtBot) -> None:
    card = GalleryCard(Theme("light"), GALLERY[1])
    qtbot.addWidget(card)
    card.start()
    texts = []
    for advanced in (
        FetchAdvanced(activity="start"),
        FetchAdvanced(activity="check"),
        FetchAdvanced(activity="download", done=45_200_000, total=170_498_071),
        FetchAdvanced(activity="unpack"),
        FetchAdvanced(activity="arrange", done=1_200, total=60_000),
        FetchAdvanced(activity="draw", done=12, total=240),
    ):
        card.show_progress(advanced)
        assert card.progress.is_busy() == (not advanced.total)
        texts.append(card.progress.text())
    assert texts == [
        "Starting…",
        "Checking the file that you brought…",
        "45.2 MB of 170 MB",
        "Unpacking…",
        "Sorting into class folders: 1,200 of 60,000",
        "Drawing: 12 of 240",
    ]
