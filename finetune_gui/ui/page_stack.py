"""The pages of the window, built one by one when they are needed or when there is time."""

import importlib
import logging
import traceback
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QLabel, QStackedWidget, QWidget

from finetune_gui.ui.theme import Theme
from finetune_gui.ui.widgets.page_frame import PageFrame

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class PageSpec:
    """Where a page is found and what it is called.

    Attributes:
        name: Also of its module: ``pages/NAME_page.py``.
        title: In the navigation.
        icon: In the navigation.
        wants_preferences: Whether its class takes them as its third argument.
    """

    name: str
    title: str
    icon: str
    wants_preferences: bool = False

    @property
    def module(self) -> str:
        """Where its class is."""
        return f"finetune_gui.ui.pages.{self.name}_page"

    def load(self) -> type[PageFrame]:
        """The class."""
        module = importlib.import_module(self.module)
        page_class: type[PageFrame] = getattr(module, f"{self.name.capitalize()}Page")
        return page_class


def page_specs() -> list[PageSpec]:
    """All pages in the order of the navigation."""
    return [
        PageSpec(
            name="data", title=QCoreApplication.translate("PageStack", "Data"), icon="data", wants_preferences=True
        ),
        PageSpec(
            name="model", title=QCoreApplication.translate("PageStack", "Model"), icon="model", wants_preferences=True
        ),
        PageSpec(name="layers", title=QCoreApplication.translate("PageStack", "Layers"), icon="layers"),
        PageSpec(
            name="training",
            title=QCoreApplication.translate("PageStack", "Train"),
            icon="train",
            wants_preferences=True,
        ),
        PageSpec(name="evaluation", title=QCoreApplication.translate("PageStack", "Evaluate"), icon="evaluate"),
        PageSpec(
            name="export",
            title=QCoreApplication.translate("PageStack", "Export"),
            icon="export",
            wants_preferences=True,
        ),
        PageSpec(name="runs", title=QCoreApplication.translate("PageStack", "Runs"), icon="runs"),
    ]


class PageStack(QStackedWidget):
    """Shows one page at a time.

    Signals:
        crashed: the traceback of a page that could not be built; an empty one takes its place.
    """

    crashed = Signal(str)

    def __init__(
        self, specs: list[PageSpec], build: Callable[[PageSpec], QWidget], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._specs = {spec.name: spec for spec in specs}
        self._build = build
        self._pages: dict[str, QWidget] = {}

    def page(self, name: str) -> QWidget:
        """A page, built if it is not there yet."""
        if name not in self._pages:
            self._pages[name] = self._build_safely(self._specs[name]) or _absent(self._specs[name].title)
            self.addWidget(self._pages[name])
        return self._pages[name]

    def show_page(self, name: str) -> None:
        """Show a page."""
        self.setCurrentWidget(self.page(name))

    def current_name(self) -> str:
        """Name of the page that is shown."""
        return next((name for name, page in self._pages.items() if page is self.currentWidget()), "")

    def modules(self) -> list[str]:
        """What has to be imported to build the pages."""
        return [spec.module for spec in self._specs.values()]

    def build_next(self) -> bool:
        """Build one page that is not there yet, or the rest of one; False when all are."""
        if any(page.build_rest() for page in self._pages.values() if isinstance(page, PageFrame)):
            return True
        missing = next((name for name in self._specs if name not in self._pages), None)
        if missing is not None:
            self.page(missing)
        return missing is not None

    def _build_safely(self, spec: PageSpec) -> QWidget | None:
        """A bug in one page must not take the others away."""
        try:
            return self._build(spec)
        except Exception:
            log.exception("The page %s could not be built.", spec.name)
            self.crashed.emit(traceback.format_exc())
            return None

    def shutdown(self) -> None:
        """Tell every page that the window closes."""
        for page in self._pages.values():
            if hasattr(page, "shutdown"):
                page.shutdown()


def _absent(title: str) -> QWidget:
    """In the place of a page that could not be built."""
    label = QLabel(title)
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    return label


def build_page(spec: PageSpec, session: object, theme: Theme, preferences: object) -> QWidget:
    """Make a page."""
    arguments = [session, theme, *([preferences] if spec.wants_preferences else [])]
    page: QWidget = spec.load()(*arguments)  # type: ignore[arg-type]
    return page
