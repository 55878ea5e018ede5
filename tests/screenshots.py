"""The pictures that the README shows, from a real short run: ``python dev.py screenshots``.

Opens the real window on the sample images, trains for a few epochs, evaluates, exports, and grabs each page in light
and dark. ``--all DIR`` also grabs 1280x720 and 1920x1080, to look at while designing.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication, QPushButton

DOCS = Path(__file__).resolve().parents[1] / "docs" / "screenshots"
PAGES = ("data", "model", "layers", "training", "evaluation", "export", "runs")
IN_README = ("data-light", "layers-light", "evaluation-dark", "runs-dark")  # and training-live
SETTLE_MS = 700
README_SIZE = (1280, 800)
OTHER_SIZES = ((1280, 720), (1920, 1080))


def wait(milliseconds: int) -> None:
    """Let the window live for a while."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def wait_until(condition: Callable[[], bool], seconds: float, what: str) -> None:
    """Let the window live until something is so."""
    for _ in range(int(seconds * 20)):
        if condition():
            return
        wait(50)
    sys.exit(f"Gave up waiting for {what}.")


def main() -> int:
    """Take all pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=DOCS, help="where the README's pictures go")
    parser.add_argument("--all", type=Path, metavar="DIR", help="also grab every page in other sizes")
    parser.add_argument("--epochs", type=int, default=8)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        os.environ["FINETUNE_GUI_HOME"] = home
        take(arguments.out, arguments.all, arguments.epochs)
    return 0


def take(out: Path, others: Path | None, epochs: int) -> None:
    """Drive the window through the whole job."""
    from finetune_gui.engine.events import EpochCompleted, Event
    from finetune_gui.ui.main_window import MainWindow
    from finetune_gui.ui.preferences import Preferences
    from finetune_gui.ui.theme import Theme

    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    app.setApplicationName("Finetune GUI")
    theme = Theme("light")
    theme.apply(app)
    window = MainWindow(theme, Preferences(), demo=True)
    window.session.set_training(num_epochs=epochs)
    window.resize(*README_SIZE)
    window.show()
    wait_until(window.run_host.is_active, 120, "the demo to start training")
    seen: list[Event] = []
    window.run_host.events.connect(lambda events: seen.extend(e for e in events if isinstance(e, EpochCompleted)))
    wait_until(lambda: len(seen) >= 3, 300, "some epochs")  # once all views are kept the rest takes no time
    wait(1200)
    grab(window, out / "training-live.png")
    wait_until(lambda: not window.run_host.is_active(), 300, "the run to end")
    wait_until(lambda: window.session.run_path is not None, 10, "the run to be selected")
    export(window)
    for mode in ("light", "dark"):
        theme.mode = mode  # type: ignore[assignment]
        for name in PAGES:
            window.show_page(name)
            wait(SETTLE_MS)
            if f"{name}-{mode}" in IN_README:
                grab(window, out / f"{name}-{mode}.png")
            if others is not None:
                grab(window, others / f"{name}-{mode}.png")
                for size in OTHER_SIZES:
                    window.resize(*size)
                    wait(SETTLE_MS)
                    grab(window, others / f"{name}-{mode}-{size[0]}x{size[1]}.png")
                window.resize(*README_SIZE)
    window.quit_now()
    wait(200)


def export(window: object) -> None:
    """Press Export and wait for the certificate."""
    window.show_page("export")  # type: ignore[attr-defined]
    wait(SETTLE_MS)
    page = window.pages.page("export")  # type: ignore[attr-defined]
    exported: list[Path] = []
    page.exported.connect(exported.append)
    next(button for button in page.findChildren(QPushButton) if button.text() == page.tr("Export")).click()
    wait_until(lambda: bool(exported), 120, "the export")


def grab(window: object, path: Path) -> None:
    """Save a picture of the window."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not window.grab().save(str(path), "PNG"):  # type: ignore[attr-defined]
        sys.exit(f"{path} could not be written.")
    print(path)


if __name__ == "__main__":
    sys.exit(main())
