"""The app's icon in every size that a system asks for, drawn from resources/icons/app.svg. Needs Qt."""

import os
from pathlib import Path

from installers import project

SOURCE = project.ROOT / "resources" / "icons" / "app.svg"
SIZES = (16, 22, 24, 32, 48, 64, 128, 256, 512)
ICO_SIZES = (16, 24, 32, 48, 64, 128, 256)


def draw(folder: Path) -> None:
    """Write SIZE.png for all sizes, finetune-gui.ico (Windows) and finetune-gui.icns (macOS)."""
    folder.mkdir(parents=True, exist_ok=True)
    for size in (*SIZES, 1024):
        _draw(size, folder / f"{size}.png")
    from PIL import Image

    with Image.open(folder / "1024.png") as large:
        smaller = [Image.open(folder / f"{size}.png") for size in ICO_SIZES]
        smaller[-1].save(folder / "finetune-gui.ico", sizes=[(s, s) for s in ICO_SIZES], append_images=smaller[:-1])
        large.save(folder / "finetune-gui.icns")


def _draw(size: int, target: Path) -> None:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    image = QImage(size, size, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(str(SOURCE)).render(painter)
    painter.end()
    if not image.save(str(target), "PNG"):
        raise project.PackageError(f"{target} cannot be written.")
