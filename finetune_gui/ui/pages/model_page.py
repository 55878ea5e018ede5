"""Which pretrained network: a few that suit, a table of all, and what is to be known of each."""

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QHideEvent, QShowEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from finetune_gui.engine.config import Weights
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.models.catalog import CATALOG, ModelInfo
from finetune_gui.engine.models.filtering import ModelFilter
from finetune_gui.engine.models.library import of_file
from finetune_gui.engine.models.picks import pick_models
from finetune_gui.engine.models.weight_files import WEIGHT_SUFFIXES
from finetune_gui.ui.preferences import Preferences
from finetune_gui.ui.session import Session
from finetune_gui.ui.theme import Theme, set_kind
from finetune_gui.ui.widgets.basics import text_label
from finetune_gui.ui.widgets.drop_area import local_paths
from finetune_gui.ui.widgets.empty_state import EmptyState
from finetune_gui.ui.widgets.model_filters import ModelFilters
from finetune_gui.ui.widgets.model_guidance import ModelGuidance
from finetune_gui.ui.widgets.model_picks import ModelPicks
from finetune_gui.ui.widgets.model_table import ModelTable
from finetune_gui.ui.widgets.model_weights import weight_file_filter
from finetune_gui.ui.widgets.page_frame import PageFrame
from finetune_gui.ui.widgets.progress_line import ProgressLine
from finetune_gui.ui.words import count, counted, size
from finetune_gui.ui.workers import model_calls
from finetune_gui.ui.workers.latest_operation import LatestOperation

_GUIDANCE_WIDTH = 280
_PAINTED_MS = 120  # until a page is painted; threads that compute in Python would hold that up


class ModelPage(PageFrame):
    """Choose a model.

    Signals:
        next_requested: on to the layers.
    """

    next_requested = Signal()

    def __init__(self, session: Session, theme: Theme, preferences: Preferences, parent: QWidget | None = None) -> None:
        super().__init__(
            theme,
            self.tr("Model"),
            self.tr("Choose a network that has already learnt to see. The starter is a good first choice."),
            parent,
        )
        self._session, self._preferences, self._theme = session, preferences, theme
        self.picks = ModelPicks()
        self.filters = ModelFilters(theme)
        self.table = ModelTable(theme)
        self.guidance = ModelGuidance(theme)
        self.loading = ProgressLine(theme, beside=True)
        self._count = text_label("hint")
        self._list = QStackedWidget()
        self.open_file = QPushButton(self.tr("Open a weight file…"))
        self.next_button = QPushButton(self.tr("Next: Layers"))
        self.reading, self.fetching = LatestOperation(self), LatestOperation(self)
        self._changing, self.measuring = LatestOperation(self), LatestOperation(self)
        self._files: list[ModelInfo] = []
        self._rows: tuple[ModelInfo, ...] = CATALOG
        self._here: frozenset[str] = frozenset()
        self._speed: tuple[str, float] | None = None
        self._measured_for = ""
        self._fetched_id = ""
        self._look, self._look_further = (QTimer(self, singleShot=True, interval=_PAINTED_MS) for _ in range(2))
        self._lay_out_page()
        self._connect()
        self.table.models.set_favourites(preferences.favourite_models)
        self.setAcceptDrops(True)
        self._on_model()
        self._show_picks()

    def shutdown(self) -> None:
        """End what runs in the background."""
        for timer in (self._look, self._look_further):
            timer.stop()
        for operation in (self.reading, self.fetching, self._changing, self.measuring):
            operation.shutdown()
        self.filters.shutdown()
        self.table.shutdown()

    # -- set-up ---------------------------------------------------------------------------------------------------

    def _lay_out_page(self) -> None:
        set_kind(self.next_button, kind="primary")
        self.next_button.setToolTip(self.tr("Choose which layers learn"))
        self.open_file.setToolTip(self.tr("Weights of your own: .safetensors, .pth or .pt"))
        self.add_action(self.open_file)
        self.add_action(self.next_button)
        self.loading.set_progress(0.0, "")
        self.loading.hide()
        self._list.addWidget(self.table)
        self._list.addWidget(self._nothing_found())
        left = QVBoxLayout()
        left.setSpacing(10)
        below = QHBoxLayout()
        below.addWidget(self._count)
        below.addWidget(self.loading, 1)
        left.addWidget(self.filters)
        left.addWidget(self._list, 1)
        left.addLayout(below)
        self.guidance.setFixedWidth(_GUIDANCE_WIDTH)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addLayout(left, 1)
        row.addWidget(self.guidance)
        self.body.setSpacing(12)
        self.body.addWidget(self.picks)
        self.body.addLayout(row, 1)
        self.setTabOrder(self.guidance.weights.change, self.open_file)
        self.setTabOrder(self.open_file, self.next_button)

    def _nothing_found(self) -> EmptyState:
        title, hint = self.tr("No model fits"), self.tr("Use fewer words or filters.")
        nothing = EmptyState(self._theme, "search", title, hint)
        self.show_recommended = QPushButton(self.tr("Show the recommended models"))
        self.show_recommended.clicked.connect(self.filters.clear)
        nothing.add_button(self.show_recommended)
        return nothing

    def _connect(self) -> None:
        session = self._session
        session.model_changed.connect(self._on_model)
        session.dataset_changed.connect(self._show_picks)
        session.config_changed.connect(self._measure)
        session.tree_loading.connect(self._on_tree_loading)
        session.tree_changed.connect(self._on_tree)
        session.tree_failed.connect(self._on_failed)
        self.picks.picked.connect(self._on_pick)
        self.filters.changed.connect(self._on_filter)
        self.table.looked_at.connect(self._show_guidance)
        self.table.wished.connect(self._choose)
        self.table.models.favourites_changed.connect(self._on_favourites)
        self.open_file.clicked.connect(self._choose_file)
        self.next_button.clicked.connect(self.next_requested)
        self._connect_guidance()
        self._connect_operations()

    def _connect_guidance(self) -> None:
        weights = self.guidance.weights
        self.guidance.weights_wished.connect(self._on_weights)
        self.guidance.architecture_wished.connect(self._on_architecture)
        weights.download_wished.connect(self._fetch)
        weights.cancel_wished.connect(self.fetching.cancel)
        weights.file_brought.connect(self._take)
        weights.folder_wished.connect(self._keep_in)

    def _connect_operations(self) -> None:
        self._look.timeout.connect(self._read)
        self._look_further.timeout.connect(self._measure)
        self.reading.succeeded.connect(self._on_library)
        self.fetching.progressed.connect(self._on_fetching)
        self.fetching.succeeded.connect(self._on_fetched)
        self.fetching.cancelled.connect(self._on_fetch_ended)
        self.fetching.failed.connect(self._on_fetch_failed)
        self._changing.succeeded.connect(self._on_weights_changed)
        self._changing.failed.connect(self._on_failed)
        self.measuring.succeeded.connect(self._on_speed)
        for operation in (self.reading, self.fetching, self._changing, self.measuring):
            operation.crashed.connect(self._session.crashed)

    # -- events ---------------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        """See what there is; runs may have been added since."""
        super().showEvent(event)
        self._look.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nothing is looked for that nobody sees."""
        super().hideEvent(event)
        self._look.stop()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Weight files are taken here; all else is the window's."""
        if _weight_files(local_paths(event.mimeData())):
            event.acceptProposedAction()
        else:
            event.ignore()

    def dropEvent(self, event: QDropEvent) -> None:
        """Choose the file."""
        if files := _weight_files(local_paths(event.mimeData())):
            event.acceptProposedAction()
            self.open_weight_file(files[0])

    # -- wishes ---------------------------------------------------------------------------------------------------

    @Slot(str)
    def open_weight_file(self, path: str) -> None:
        """Choose a weight file of the user's as the model."""
        info = of_file(Path(path))
        if self.table.models.info(info.id) is None:
            self._files.append(info)
            self.table.models.add_model(info)
        self._choose(info.id)

    @Slot(str)
    def _choose(self, model_id: str) -> None:
        model = self._session.config.model
        failed_before = self._session.tree is None and bool(self.banner.message())
        if model_id != model.id or failed_before:
            self.banner.clear()
            weights: Weights = "pretrained" if model_id.startswith(("run:", "file:")) else model.weights
            self._session.choose_model(model_id, weights)

    @Slot(str)
    def _on_pick(self, model_id: str) -> None:
        self.filters.clear()
        self._choose(model_id)

    @Slot()
    def _choose_file(self) -> None:
        dialog = QFileDialog(self, self.tr("Open a weight file"), "", weight_file_filter(self))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.open_weight_file)
        dialog.open()

    @Slot(str)
    def _on_weights(self, weights: Weights) -> None:
        self._session.choose_model(self._session.config.model.id, weights)

    @Slot(str)
    def _on_architecture(self, architecture: str) -> None:
        self.banner.clear()
        self._session.choose_model(self._session.config.model.id, "pretrained", architecture)

    @Slot(ModelFilter, bool)
    def _on_filter(self, wanted: ModelFilter, everything: bool) -> None:
        self.table.set_filter(wanted, everything=everything)
        self._show_count()

    @Slot(list)
    def _on_favourites(self, ids: list[str]) -> None:
        self._preferences.favourite_models = ids

    @Slot()
    def _fetch(self) -> None:
        model_id = self._shown_id()
        self._fetched_id = model_id
        self.banner.clear()
        self.guidance.weights.show_download(None, self.tr("Asking for the file…"))
        self.fetching.start(lambda progress: model_calls.fetch(model_id, progress))

    @Slot(str)
    def _take(self, file: str) -> None:
        model_id = self._shown_id()
        self.banner.clear()
        self._changing.start(lambda _: model_calls.take(model_id, file))

    @Slot(str)
    def _keep_in(self, folder: str) -> None:
        self.banner.clear()
        self._changing.start(lambda _: model_calls.keep_weights_in(folder))

    @Slot()
    def _read(self) -> None:
        if not self.reading.is_running():
            self.reading.start(model_calls.read_library)

    @Slot()
    def _measure(self) -> None:
        """The speed of the chosen device, once it is seen what for."""
        device = self._session.config.device
        if self.isVisible() and device != self._measured_for and not self.reading.is_running():
            self._measured_for = device
            self.measuring.start(lambda progress: model_calls.measure(device, progress))

    # -- outcomes -------------------------------------------------------------------------------------------------

    @Slot()
    def _on_model(self) -> None:
        model = self._session.config.model
        if self.table.models.info(model.id) is None:
            self.table.models.add_model(replace(of_file(Path(model.id)), id=model.id, title=_title(model.id)))
        self.table.show_chosen(model.id)
        self._show_guidance(model.id)
        self.guidance.show_weights(model.weights)

    @Slot(str)
    def _show_guidance(self, model_id: str) -> None:
        info = self.table.models.info(model_id)
        if info is None:
            return
        tree = self._session.tree
        chosen = model_id == self._session.config.model.id
        number = tree.root.num_parameters if tree is not None and chosen else None
        self.guidance.show_model(info, self.table.models.is_here(model_id), number)
        if not (self.fetching.is_running() and model_id == self._fetched_id):
            self.guidance.weights.show_rest()

    def _shown_id(self) -> str:
        return self.table.current_id() or self._session.config.model.id

    @Slot()
    def _on_tree_loading(self) -> None:
        self.loading.set_progress(None, self.tr("Reading its layers…"))
        self.loading.show()

    @Slot()
    def _on_tree(self) -> None:
        self.loading.hide()
        if self._session.tree is not None:
            self._show_guidance(self._shown_id())

    @Slot(object)
    def _on_failed(self, error: EngineError) -> None:
        self.show_error(error)

    @Slot(object)
    def _on_library(self, library: model_calls.Library) -> None:
        recommended = len(CATALOG)
        rows = (*library.models[:recommended], *library.runs, *self._files, *library.models[recommended:])
        self._here = library.here
        if rows != self._rows:
            self._rows = rows
            self.table.models.set_models(rows)
            self.filters.set_families(self.table.models.families())
        self.table.models.set_here(library.here)
        self.guidance.weights.show_folder(library.folder)
        self._show_count()
        self._on_model()
        self._show_picks()
        self._look_further.start()

    def _show_count(self) -> None:
        shown, total = self.table.shown(), self.table.models.rowCount()
        text = counted(self.tr("{count} model(s)", "", total), total)
        if shown < total:
            recommended = self.filters.asks_for_nothing()
            words = self.tr("{shown} of {all}: the recommended ones") if recommended else self.tr("{shown} of {all}")
            text = words.format(shown=count(shown), all=text)
        self._count.setText(text)
        self._list.setCurrentIndex(0 if shown else 1)

    @Slot(object)
    def _on_speed(self, speed: tuple[str, float]) -> None:
        self._speed = speed
        self._show_picks()

    @Slot()
    def _show_picks(self) -> None:
        dataset = self._session.dataset
        num_images = sum(sample.split != "val" for sample in dataset.samples) if dataset else 0
        device, speed = self._speed or ("", None)
        picks = pick_models(
            num_images=num_images,
            num_classes=len(dataset.class_names) if dataset else 0,
            has_gpu=device not in ("", "cpu"),
            here=self._here,
            gmacs_per_second=speed,
        )
        estimated = any(pick.seconds is not None for pick in picks)
        self.picks.show_picks(picks, num_images=num_images, device=device, estimated=estimated)

    @Slot(int, int)
    def _on_fetching(self, done: int, total: int) -> None:
        if self._shown_id() != self._fetched_id:
            return
        arrived = size(done * model_calls.KIB)
        text = self.tr("{done} of {total}").format(done=arrived, total=size(total * model_calls.KIB))
        self.guidance.weights.show_download(done / total if total else None, text if total else arrived)

    @Slot(object)
    def _on_fetched(self, _result: object) -> None:
        self._on_fetch_ended()
        self._read()

    @Slot()
    def _on_fetch_ended(self) -> None:
        self.guidance.weights.show_rest()

    @Slot(object)
    def _on_fetch_failed(self, error: EngineError) -> None:
        self._on_fetch_ended()
        self.show_error(error)

    @Slot(object)
    def _on_weights_changed(self, _result: object) -> None:
        self._read()


def _weight_files(paths: list[str]) -> list[str]:
    return [path for path in paths if path.lower().endswith(WEIGHT_SUFFIXES)]


def _title(model_id: str) -> str:
    """Of a model that no list has, such as the one chosen last time."""
    return Path(model_id.partition(":")[2]).name if ":" in model_id else model_id.partition("/")[2]
