"""The theme: legible colours, a style sheet without gaps, icons in the asked colour."""

import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from finetune_gui.paths import resources_dir
from finetune_gui.ui.theme import DARK, LIGHT, Theme, Tokens, contrast_ratio

GROUNDS = ("window", "surface", "surface_raised", "surface_sunken", "surface_hover")
TEXTS = ("text", "text_muted", "accent_ink", "success", "warning", "error", "frozen", "trainable")
PAIRS = [
    *((text, ground) for text in TEXTS for ground in ("window", "surface", "surface_raised")),
    *(("text", ground) for ground in GROUNDS),
    ("text_muted", "surface_hover"),
    ("text_muted", "surface_sunken"),
    ("text", "surface_pressed"),
    *(("accent_text", ground) for ground in ("accent", "accent_hover", "accent_pressed")),
    *(("danger_text", ground) for ground in ("danger", "danger_hover")),
    *(("text", f"{name}_soft") for name in ("accent", "success", "warning", "error", "info", "frozen", "trainable")),
    *((name, f"{name}_soft") for name in ("success", "warning", "error", "info", "frozen", "trainable")),
    ("text", "accent_soft_hover"),
    ("accent_ink", "accent_soft"),
    ("accent_ink", "accent_soft_hover"),
    ("tooltip_text", "tooltip"),
]
SHAPES = [
    *((name, "surface") for name in ("indicator", "focus", "accent", "train_curve", "val_curve")),
    *((f"run_{number}", "surface") for number in range(1, 7)),
    ("focus", "window"),
]


def opaque_colors(icon: QIcon, mode: QIcon.Mode = QIcon.Mode.Normal, state: QIcon.State = QIcon.State.Off) -> set[str]:
    image = icon.pixmap(QSize(48, 48), 1.0, mode, state).toImage()
    pixels = (image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height()))
    return {QColor(pixel.rgb()).name() for pixel in pixels if pixel.alpha() == 255}


@pytest.fixture
def theme(qapp: QApplication) -> Iterator[Theme]:
    theme = Theme("light")
    theme.apply(qapp)
    yield theme
    theme.mode = "system"
    qapp.setStyleSheet("")
    qapp.setPalette(QPalette())


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), PAIRS, ids=lambda name: str(name))
def test_text_is_legible(tokens: Tokens, text: str, ground: str) -> None:
    assert contrast_ratio(QColor(getattr(tokens, text)), QColor(getattr(tokens, ground))) >= 4.5


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("shape", "ground"), SHAPES)
def test_shapes_stand_out(tokens: Tokens, shape: str, ground: str) -> None:
    assert contrast_ratio(QColor(getattr(tokens, shape)), QColor(getattr(tokens, ground))) >= 3.0


def test_contrast_ratio_of_black_on_white_is_21() -> None:
    assert contrast_ratio(QColor("black"), QColor("white")) == pytest.approx(21.0)


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
def test_every_token_is_a_colour(tokens: Tokens) -> None:
    assert all(re.fullmatch("#[0-9a-f]{6}", getattr(tokens, field.name)) for field in fields(Tokens))


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_style_sheet_has_no_placeholder_left(qapp: QApplication, mode: str) -> None:  # noqa: ARG001
    theme = Theme(mode)  # type: ignore[arg-type]
    sheet = theme.style_sheet()
    assert not re.search(r"@(icon|[a-z_]+)\b", re.sub(r'url\("[^"]*"\)', "", sheet))
    assert sheet.count("{") == sheet.count("}")
    theme.mode = "system"


def test_mode_changes_tokens_palette_and_tells(theme: Theme, qapp: QApplication, qtbot: QtBot) -> None:
    with qtbot.waitSignal(theme.changed):
        theme.mode = "dark"
    assert theme.tokens is DARK
    assert theme.is_dark
    assert qapp.palette().color(QPalette.ColorRole.Window).name() == DARK.window
    assert DARK.surface in qapp.styleSheet()


def test_same_mode_again_tells_nobody(theme: Theme, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(theme.changed):
        theme.mode = "light"


@pytest.mark.parametrize("path", sorted((resources_dir() / "icons").glob("*.svg")), ids=lambda path: path.stem)
def test_every_icon_draws_something(theme: Theme, path: Path) -> None:
    image = theme.pixmap(path.stem, 24).toImage()
    assert any(image.pixelColor(x, y).alpha() > 128 for x in range(image.width()) for y in range(image.height()))


def test_icon_states_have_their_colours(theme: Theme) -> None:
    assert opaque_colors(theme.icon("stop", "error")) == {LIGHT.error}
    assert opaque_colors(theme.icon("stop")) == {LIGHT.text}
    assert opaque_colors(theme.icon("stop"), state=QIcon.State.On) == {LIGHT.accent_ink}
    assert opaque_colors(theme.icon("stop"), mode=QIcon.Mode.Disabled) == {LIGHT.text_disabled}
    assert opaque_colors(theme.icon("stop", "#ff0000")) == {"#ff0000"}


def test_icons_are_cached_per_colour(theme: Theme) -> None:
    assert theme.icon("play") is theme.icon("play")
    assert theme.icon("play") is not theme.icon("play", "error")


def test_icons_are_drawn_for_the_size_and_the_screen_and_survive_their_makers(theme: Theme) -> None:
    icon = QIcon(theme.icon("play"))
    theme.icon("play").addPixmap(QPixmap(8, 8))  # makes Qt clone what draws it
    pixmap = icon.pixmap(QSize(19, 40), 2.0)
    assert (pixmap.size(), pixmap.devicePixelRatio()) == (QSize(38, 38), 2.0)
    drawn = QPixmap(50, 50)
    drawn.fill(LIGHT.surface)
    before = drawn.toImage()
    painter = QPainter(drawn)
    icon.paint(painter, drawn.rect())
    painter.end()
    assert drawn.toImage() != before


def test_bound_icons_follow_the_theme(theme: Theme, qtbot: QtBot) -> None:
    button, label = QPushButton(), QLabel()
    for widget in (button, label):
        qtbot.addWidget(widget)
        theme.bind_icon(widget, "trash")
        theme.bind_icon(widget, "stop", size=48)
    theme.mode = "dark"
    assert opaque_colors(button.icon()) == {DARK.text}
    assert opaque_colors(QIcon(label.pixmap())) == {DARK.text}
