"""What is remembered comes back; damage costs only what is damaged."""

from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from finetune_gui.paths import settings_file
from finetune_gui.ui.preferences import MAX_RECENT, Preferences

pytestmark = pytest.mark.usefixtures("qapp")


def reopened(preferences: Preferences) -> Preferences:
    preferences.save()
    return Preferences()


def test_values_come_back(qapp: QApplication) -> None:  # noqa: ARG001
    preferences = Preferences()
    preferences.theme_mode = "dark"
    preferences.last_export_folder = "/out, here"
    preferences.last_model_id = "torchvision/resnet18"
    preferences.geometry = QByteArray(b"\x01\x00\x02")
    preferences.summary_visible = False
    again = reopened(preferences)
    assert again.theme_mode == "dark"
    assert again.last_export_folder == "/out, here"
    assert again.last_model_id == "torchvision/resnet18"
    assert again.geometry == QByteArray(b"\x01\x00\x02")
    assert not again.summary_visible


def test_first_start() -> None:
    preferences = Preferences()
    assert (preferences.theme_mode, preferences.last_folder, preferences.recent_folders) == ("system", "", [])
    assert preferences.geometry.isEmpty()
    assert preferences.summary_visible


def test_recent_folders_are_few_and_the_last_comes_first(qtbot: QtBot) -> None:
    preferences = Preferences()
    for number in range(MAX_RECENT + 3):
        preferences.add_recent_folder(f"/bilder, ä/{number}")
    with qtbot.waitSignal(preferences.recent_folders_changed):
        preferences.add_recent_folder("/bilder, ä/7")
    again = reopened(preferences)
    assert again.recent_folders[:2] == ["/bilder, ä/7", f"/bilder, ä/{MAX_RECENT + 2}"]
    assert len(again.recent_folders) == len(set(again.recent_folders)) == MAX_RECENT
    assert again.last_folder == "/bilder, ä/7"


def test_a_single_recent_folder_stays_a_list() -> None:
    preferences = Preferences()
    preferences.add_recent_folder("/one")
    assert reopened(preferences).recent_folders == ["/one"]


@pytest.mark.parametrize(
    "content",
    [
        b"\x00\xff\xfe garbage \x80\n[[[",
        b"[window]\ntheme=purple\ngeometry=12\nsummary=@ByteArray(x)\n[folders]\nrecent=@Invalid()\nlast=@Invalid()\n",
        b"",
    ],
)
def test_a_damaged_file_costs_only_the_preferences(content: bytes) -> None:
    file = settings_file()
    file.parent.mkdir(parents=True)
    file.write_bytes(content)
    preferences = Preferences()
    assert preferences.theme_mode == "system"
    assert preferences.geometry.isEmpty()
    assert preferences.recent_folders == []
    assert preferences.last_folder == ""
    preferences.theme_mode = "light"
    assert reopened(preferences).theme_mode == "light"


def test_a_place_that_cannot_be_written_to_is_no_crash(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file where the folder should be")
    preferences = Preferences(tmp_path / "taken" / "settings.ini")
    preferences.theme_mode = "dark"
    preferences.save()
    assert preferences.theme_mode == "dark"
