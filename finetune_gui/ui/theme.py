"""Colours, style sheet, font and icons of the window, in light and dark."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QByteArray, QObject, QRectF, QSize, Qt, QTemporaryDir, Signal, Slot
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontInfo, QGuiApplication, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QStyleFactory, QWidget

from finetune_gui.paths import resources_dir

Mode = Literal["system", "light", "dark"]

_PREFERRED_LINUX_FONTS = ("Inter", "Inter Variable", "Noto Sans", "Cantarell", "Ubuntu", "Open Sans")
# One pass over both forms: the path of an icon may itself contain an "@".
_PLACEHOLDER = re.compile(r"@icon\(\s*(?P<icon>[a-z-]+)\s*,\s*(?P<color>[a-z_]+)\s*\)|@(?P<token>[a-z][a-z0-9_]*)")


@dataclass(frozen=True, kw_only=True)
class Tokens:
    """Every colour of the window by what it is for, as `#rrggbb`.

    `*_soft` are grounds to put normal text on. `accent` is a fill that carries `accent_text`;
    `accent_ink` is the accent as a colour of text, icons and lines on a surface.
    """

    window: str
    surface: str
    surface_raised: str
    surface_sunken: str
    surface_hover: str
    surface_pressed: str
    border: str
    border_strong: str
    indicator: str
    text: str
    text_muted: str
    text_disabled: str
    accent: str
    accent_hover: str
    accent_pressed: str
    accent_text: str
    accent_ink: str
    accent_soft: str
    accent_soft_hover: str
    focus: str
    success: str
    success_soft: str
    warning: str
    warning_soft: str
    error: str
    error_soft: str
    danger: str
    danger_hover: str
    danger_text: str
    info: str
    info_soft: str
    frozen: str
    frozen_soft: str
    trainable: str
    trainable_soft: str
    train_curve: str
    val_curve: str
    run_1: str
    run_2: str
    run_3: str
    run_4: str
    run_5: str
    run_6: str
    plot_grid: str
    tooltip: str
    tooltip_text: str
    scrollbar: str
    scrollbar_hover: str


LIGHT = Tokens(
    window="#f4f5f8",
    surface="#ffffff",
    surface_raised="#ffffff",
    surface_sunken="#eceef3",
    surface_hover="#f1f3f7",
    surface_pressed="#e5e8ef",
    border="#e0e3ea",
    border_strong="#c5cad5",
    indicator="#828b9b",
    text="#1a1f2b",
    text_muted="#576072",
    text_disabled="#9aa2b1",
    accent="#2b5ce6",
    accent_hover="#2350d0",
    accent_pressed="#1c43b3",
    accent_text="#ffffff",
    accent_ink="#2350d0",
    accent_soft="#e8eefd",
    accent_soft_hover="#dbe5fc",
    focus="#2b5ce6",
    success="#146c43",
    success_soft="#e4f4ea",
    warning="#8a5200",
    warning_soft="#fdf1da",
    error="#b42525",
    error_soft="#fdeaea",
    danger="#c52f2f",
    danger_hover="#ab2424",
    danger_text="#ffffff",
    info="#2350d0",
    info_soft="#e8eefd",
    frozen="#0a6c94",
    frozen_soft="#e1f3fa",
    trainable="#b04a08",
    trainable_soft="#fdeee2",
    train_curve="#2b5ce6",
    val_curve="#d0610d",
    run_1="#2b5ce6",
    run_2="#d0610d",
    run_3="#14804a",
    run_4="#8b3fc7",
    run_5="#c2277b",
    run_6="#5f6b7d",
    plot_grid="#e3e6ec",
    tooltip="#232936",
    tooltip_text="#f3f5f9",
    scrollbar="#c9ced8",
    scrollbar_hover="#a3abb9",
)

DARK = Tokens(
    window="#14161b",
    surface="#1b1e25",
    surface_raised="#242832",
    surface_sunken="#101217",
    surface_hover="#262b35",
    surface_pressed="#2f3541",
    border="#2b303b",
    border_strong="#414857",
    indicator="#727c8f",
    text="#e6e9f0",
    text_muted="#a0a9b9",
    text_disabled="#646d7d",
    accent="#3a68ea",
    accent_hover="#416cec",
    accent_pressed="#3159cf",
    accent_text="#ffffff",
    accent_ink="#8fb0ff",
    accent_soft="#222f50",
    accent_soft_hover="#2a3a63",
    focus="#7fa4ff",
    success="#5ccf93",
    success_soft="#173226",
    warning="#f0b656",
    warning_soft="#382b13",
    error="#ff8f8a",
    error_soft="#3d2022",
    danger="#c73a3a",
    danger_hover="#cc3f3f",
    danger_text="#ffffff",
    info="#8fb0ff",
    info_soft="#222f50",
    frozen="#6cc9ee",
    frozen_soft="#15303c",
    trainable="#f7a15e",
    trainable_soft="#3b2716",
    train_curve="#6d98ff",
    val_curve="#f59a4c",
    run_1="#6d98ff",
    run_2="#f59a4c",
    run_3="#5ccf93",
    run_4="#c48ff2",
    run_5="#f781b5",
    run_6="#a7b1c2",
    plot_grid="#2b303b",
    tooltip="#e6e9f0",
    tooltip_text="#1a1f2b",
    scrollbar="#3d4452",
    scrollbar_hover="#5a6375",
)


class Theme(QObject):
    """The look of the application: one object, made once, handed to every widget.

    `apply(app)` installs it; a later change of `mode`, or of the system while `mode` is "system",
    restyles everything and then emits `changed`, on which self-painting widgets repaint.

    Signals:
        changed: the tokens are other ones now.
    """

    changed = Signal()

    def __init__(self, mode: Mode = "system", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._mode: Mode = mode
        self._app: QApplication | None = None
        self._base_points = 10.0
        self._icons: dict[tuple[str, str, str], QIcon] = {}
        # QSS can only show images that are files, so the recoloured indicators are written somewhere.
        self._files = QTemporaryDir()
        hints = QGuiApplication.styleHints()
        self._tokens = self._resolve()
        hints.colorSchemeChanged.connect(self._follow_system)

    @property
    def mode(self) -> Mode:
        """What the user chose: "system", "light" or "dark"."""
        return self._mode

    @mode.setter
    def mode(self, mode: Mode) -> None:
        if mode == self._mode:
            return
        self._mode = mode
        self._tell_native_parts()
        self._refresh()

    @property
    def tokens(self) -> Tokens:
        """The colours in force."""
        return self._tokens

    @property
    def opposite_tokens(self) -> Tokens:
        """The colours of the other theme: what is legible on a tooltip, whose ground is the opposite one."""
        return LIGHT if self.is_dark else DARK

    @property
    def is_dark(self) -> bool:
        """Whether the dark colours are in force."""
        return self._tokens is DARK

    @property
    def base_points(self) -> float:
        """Point size of normal text."""
        return self._base_points

    def apply(self, app: QApplication) -> None:
        """Install style, font, palette and style sheet."""
        self._app = app
        app.setStyle(QStyleFactory.create("Fusion"))
        font = interface_font(app.font())
        self._base_points = font.pointSizeF()
        app.setFont(font)
        app.setWindowIcon(self.app_icon())
        self._tell_native_parts()
        self._tokens = self._resolve()
        self._restyle()

    def color(self, name: str) -> QColor:
        """The colour of a token; `#rrggbb` passes through."""
        return QColor(self._value(name))

    def icon(self, name: str, color: str | None = None) -> QIcon:
        """The icon `resources/icons/NAME.svg` in a colour (token or `#rrggbb`; default: `text`).

        Disabled is dimmed; checked (`On`) and selected are drawn in the accent unless a colour is given.
        The icon keeps its colours: use `bind_icon` for one that follows the theme.
        """
        normal = self._value(color or "text")
        active = normal if color else self._tokens.accent_ink
        key = (name, normal, active)
        if key not in self._icons:
            self._icons[key] = self._build_icon(name, normal, active)
        return self._icons[key]

    def app_icon(self) -> QIcon:
        """The full-colour icon of the application."""
        icon = QIcon()
        for pixels in (16, 24, 32, 48, 64, 128, 256):
            icon.addPixmap(_render("app", "#000000", pixels))
        return icon

    def pixmap(self, name: str, size: int, color: str | None = None) -> QPixmap:
        """The icon as a pixmap of `size` logical pixels, sharp on the sharpest screen there is."""
        ratio = max((screen.devicePixelRatio() for screen in QGuiApplication.screens()), default=1.0)
        pixmap = QPixmap(_render(name, self._value(color or "text"), round(size * ratio)))
        pixmap.setDevicePixelRatio(ratio)
        return pixmap

    def bind_icon(self, widget: QAbstractButton | QLabel, name: str, color: str | None = None, size: int = 18) -> None:
        """Give a button or label this icon and keep it in the theme's colours for the widget's life.

        A second call replaces the first.
        """
        binding = widget.findChild(_IconBinding, options=Qt.FindChildOption.FindDirectChildrenOnly)
        if binding is None:
            binding = _IconBinding(self, widget)
        binding.show(name, color, size)

    def style_sheet(self) -> str:
        """The style sheet with all tokens put in."""
        source = (resources_dir() / "style" / "app.qss").read_text(encoding="utf-8")
        values = {field.name: getattr(self._tokens, field.name) for field in fields(Tokens)} | self._font_sizes()

        def put_in(match: re.Match[str]) -> str:
            if match["icon"]:
                return f'url("{self._icon_file(match["icon"], match["color"]).as_posix()}")'
            return str(values[match["token"]])

        return _PLACEHOLDER.sub(put_in, re.sub(r"/\*.*?\*/", "", source, flags=re.DOTALL))

    def palette(self) -> QPalette:
        """The palette for what the style sheet does not reach."""
        roles = {
            QPalette.ColorRole.Window: "window",
            QPalette.ColorRole.WindowText: "text",
            QPalette.ColorRole.Base: "surface",
            QPalette.ColorRole.AlternateBase: "surface_hover",
            QPalette.ColorRole.Text: "text",
            QPalette.ColorRole.Button: "surface_raised",
            QPalette.ColorRole.ButtonText: "text",
            QPalette.ColorRole.BrightText: "error",
            QPalette.ColorRole.Highlight: "accent",
            QPalette.ColorRole.HighlightedText: "accent_text",
            QPalette.ColorRole.Accent: "accent",
            QPalette.ColorRole.Link: "accent_ink",
            QPalette.ColorRole.LinkVisited: "accent_ink",
            QPalette.ColorRole.ToolTipBase: "tooltip",
            QPalette.ColorRole.ToolTipText: "tooltip_text",
            QPalette.ColorRole.PlaceholderText: "text_muted",
            QPalette.ColorRole.Mid: "border_strong",
            QPalette.ColorRole.Dark: "border_strong",
            QPalette.ColorRole.Light: "surface_raised",
        }
        palette = QPalette()
        for role, token in roles.items():
            palette.setColor(role, self.color(token))
        dimmed = (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText)
        for role in dimmed:
            palette.setColor(QPalette.ColorGroup.Disabled, role, self.color("text_disabled"))
        return palette

    @Slot()
    def _follow_system(self) -> None:
        if self._mode == "system":
            self._refresh()

    def _resolve(self) -> Tokens:
        if self._mode != "system":
            return DARK if self._mode == "dark" else LIGHT
        return DARK if QGuiApplication.styleHints().colorScheme() is Qt.ColorScheme.Dark else LIGHT

    def _tell_native_parts(self) -> None:
        """Let title bars and native dialogs follow."""
        schemes = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark, "system": Qt.ColorScheme.Unknown}
        QGuiApplication.styleHints().setColorScheme(schemes[self._mode])

    def _refresh(self) -> None:
        tokens = self._resolve()
        if tokens is self._tokens:
            return
        self._tokens = tokens
        self._restyle()
        self.changed.emit()

    def _restyle(self) -> None:
        if self._app is not None:
            self._app.setPalette(self.palette())
            self._app.setStyleSheet(self.style_sheet())

    def _value(self, color: str) -> str:
        return color if color.startswith("#") else str(getattr(self._tokens, color))

    def _font_sizes(self) -> dict[str, str]:
        scales = {"caption": 0.9, "body": 1.0, "subtitle": 1.1, "heading": 1.2, "title": 1.7, "figure": 2.2}
        return {f"pt_{name}": f"{self._base_points * scale:.1f}pt" for name, scale in scales.items()}

    def _build_icon(self, name: str, normal: str, active: str) -> QIcon:
        """An icon that Qt draws in the size and state it needs, when it needs it: most are never needed."""
        icon = QIcon()
        on, off = QIcon.State.On, QIcon.State.Off
        states = (
            (normal, QIcon.Mode.Normal, off),
            (active, QIcon.Mode.Normal, on),
            (active, QIcon.Mode.Selected, off),
            (active, QIcon.Mode.Selected, on),
            (self._tokens.text_disabled, QIcon.Mode.Disabled, off),
            (self._tokens.text_disabled, QIcon.Mode.Disabled, on),
        )
        for color, mode, state in states:
            icon.addFile(str(self._icon_file(name, color)), QSize(), mode, state)
        return icon

    def _icon_file(self, name: str, color: str) -> Path:
        value = self._value(color)
        path = Path(self._files.path()) / f"{name}-{value[1:]}.svg"
        if not path.exists():
            path.write_bytes(_svg(name, value))
        return path


class _IconBinding(QObject):
    """Child of a button or label that redraws its icon when the theme changes."""

    def __init__(self, theme: Theme, widget: QAbstractButton | QLabel) -> None:
        super().__init__(widget)
        self._theme = theme
        self._widget = widget
        self._what: tuple[str, str | None, int] = ("", None, 18)
        theme.changed.connect(self._redraw)

    def show(self, name: str, color: str | None, size: int) -> None:
        self._what = (name, color, size)
        self._redraw()

    @Slot()
    def _redraw(self) -> None:
        name, color, size = self._what
        if isinstance(self._widget, QLabel):
            self._widget.setPixmap(self._theme.pixmap(name, size, color))
        else:
            self._widget.setIconSize(QSize(size, size))
            self._widget.setIcon(self._theme.icon(name, color))


def interface_font(system: QFont) -> QFont:
    """The system's interface font, with a nicer one for a bare Linux and figures of equal width."""
    font = QFont(system)
    if sys.platform.startswith("linux"):
        if QFontInfo(font).family() in ("DejaVu Sans", "Bitstream Vera Sans"):
            installed = set(QFontDatabase.families())
            family = next((name for name in _PREFERRED_LINUX_FONTS if name in installed), None)
            if family:
                font.setFamily(family)
        font.setPointSizeF(max(font.pointSizeF(), 10.0))
    elif sys.platform == "win32":
        font.setPointSizeF(max(font.pointSizeF(), 9.5))
    # Numbers that tick several times a second must not make the text beside them dance.
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


def set_kind(widget: QWidget, **properties: str) -> None:
    """Set style sheet properties such as `kind="primary"` and restyle the widget at once."""
    for name, value in properties.items():
        widget.setProperty(name, value)
    style = widget.style()
    style.unpolish(widget)
    style.polish(widget)
    widget.update()


def mix(first: QColor, second: QColor, share: float) -> QColor:
    """`share` of the second colour over the first one."""
    return QColor.fromRgbF(
        first.redF() + (second.redF() - first.redF()) * share,
        first.greenF() + (second.greenF() - first.greenF()) * share,
        first.blueF() + (second.blueF() - first.blueF()) * share,
    )


def contrast_ratio(first: QColor, second: QColor) -> float:
    """WCAG 2 contrast of two opaque colours, 1 to 21."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: QColor) -> float:
    def linear(channel: float) -> float:
        return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)

    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) + 0.0722 * linear(color.blueF())


@lru_cache(maxsize=128)
def _source(name: str) -> str:
    return (resources_dir() / "icons" / f"{name}.svg").read_text(encoding="utf-8")


def _svg(name: str, color: str) -> bytes:
    return _source(name).replace("currentColor", color).encode()


def _render(name: str, color: str, pixels: int) -> QPixmap:
    """Rasterise an icon at exactly `pixels` device pixels."""
    pixmap = QPixmap(pixels, pixels)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    QSvgRenderer(QByteArray(_svg(name, color))).render(painter, QRectF(0, 0, pixels, pixels))
    painter.end()
    return pixmap
