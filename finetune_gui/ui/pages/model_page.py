"""Which pretrained network: a table, guidance, and any other by its id."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from finetune_gui.engine.config import Weights
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.models.catalog import CATALOG, STARTER_ID, weights_on_this_machine
from finetune_gui.ui.session import Session
from finetune_gui.ui.theme import Theme, set_kind
from finetune_gui.ui.widgets.model_guidance import ModelGuidance
from finetune_gui.ui.widgets.model_id_field import ModelIdField
from finetune_gui.ui.widgets.model_table import ModelTable
from finetune_gui.ui.widgets.page_frame import PageFrame
from finetune_gui.ui.widgets.progress_line import ProgressLine
from finetune_gui.ui.widgets.search_field import SearchField
from finetune_gui.ui.workers.latest_operation import LatestOperation

_GUIDANCE_WIDTH = 260


class ModelPage(PageFrame):
    """Choose a model.

    Signals:
        next_requested: on to the layers.
    """

    next_requested = Signal()

    def __init__(self, session: Session, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(
            theme,
            self.tr("Model"),
            self.tr("Choose a network that has already learnt to see. The starter is a good first choice."),
            parent,
        )
        self._session = session
        self.table = ModelTable(theme)
        self.guidance = ModelGuidance(theme)
        self.search = SearchField(theme, self.tr("Search models"))
        self.other = ModelIdField(theme)
        self.loading = ProgressLine(theme, beside=True)
        self.next_button = QPushButton(self.tr("Next: Layers"))
        self._looking = LatestOperation(self)
        self._no_match = QLabel(self.tr("No model of the list matches. Look for it below among all of timm."))
        self.picks: dict[str, QPushButton] = {}
        self._lay_out_page()
        self._connect()
        self._look_for_weights()
        self._on_model()

    def shutdown(self) -> None:
        """End what runs in the background."""
        self._looking.shutdown()
        self.other.shutdown()
        self.table.shutdown()

    # -- set-up ---------------------------------------------------------------------------------------------------

    def _lay_out_page(self) -> None:
        set_kind(self.next_button, kind="primary")
        self.next_button.setToolTip(self.tr("Choose which layers learn"))
        self.add_action(self.next_button)
        self.search.setFixedWidth(180)
        self._no_match.setProperty("kind", "hint")
        self._no_match.hide()
        self.loading.set_progress(0.0, "")
        self.loading.hide()
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.search)
        top.addSpacing(8)
        self._add_picks(top)
        top.addStretch(1)
        left = QVBoxLayout()
        left.setSpacing(10)
        for widget in (self._no_match, self.table, self.loading, self.other):
            left.addWidget(widget)
        left.setStretchFactor(self.table, 1)
        self.guidance.setFixedWidth(_GUIDANCE_WIDTH)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addLayout(left, 1)
        row.addWidget(self.guidance)
        self.body.setSpacing(12)
        self.body.addLayout(top)
        self.body.addLayout(row, 1)
        self.setTabOrder(self.guidance.scratch, self.next_button)

    def _add_picks(self, row: QHBoxLayout) -> None:
        """One button for each situation that people are in."""
        label = QLabel(self.tr("Good for"))
        label.setProperty("kind", "hint")
        row.addWidget(label)
        picks = (
            (self.tr("No GPU"), STARTER_ID),
            (self.tr("Phones"), "torchvision/mobilenet_v3_large"),
            (self.tr("Best accuracy"), "timm/convnext_tiny.fb_in22k_ft_in1k"),
            (self.tr("Few images"), "timm/vit_small_patch14_dinov2.lvd142m"),
            (self.tr("Fine detail"), "torchvision/efficientnet_v2_s"),
            (self.tr("Comparing with papers"), "torchvision/resnet50"),
        )
        for text, model_id in picks:
            button = QPushButton(text)
            set_kind(button, kind="ghost")
            button.setProperty("model_id", model_id)
            button.clicked.connect(self._on_pick)
            self.picks[model_id] = button
            row.addWidget(button)

    def _connect(self) -> None:
        session = self._session
        session.model_changed.connect(self._on_model)
        session.tree_loading.connect(self._on_tree_loading)
        session.tree_changed.connect(self._on_tree)
        session.tree_failed.connect(self._on_failed)
        self.table.looked_at.connect(self._show_guidance)
        self.table.wished.connect(self._choose)
        self.search.textChanged.connect(self._on_search)
        self.guidance.weights_wished.connect(self._on_weights)
        self.other.found.connect(self._choose)
        self.other.failed.connect(self._on_failed)
        self.other.crashed.connect(session.crashed)
        self._looking.succeeded.connect(self._on_ready_known)
        self._looking.crashed.connect(session.crashed)
        self.next_button.clicked.connect(self.next_requested)

    # -- wishes ---------------------------------------------------------------------------------------------------

    @Slot(str)
    def _choose(self, model_id: str) -> None:
        model = self._session.config.model
        failed_before = self._session.tree is None and bool(self.banner.message())
        if model_id != model.id or failed_before:
            self.banner.clear()
            self._session.choose_model(model_id, model.weights)

    @Slot()
    def _on_pick(self) -> None:
        button = self.sender()
        if button is not None:
            self.search.clear()
            self._choose(str(button.property("model_id")))

    @Slot(str)
    def _on_weights(self, weights: Weights) -> None:
        self._session.choose_model(self._session.config.model.id, weights)

    @Slot(str)
    def _on_search(self, text: str) -> None:
        self.table.set_filter(text)
        self._no_match.setVisible(not self.table.shown())

    # -- outcomes -------------------------------------------------------------------------------------------------

    @Slot()
    def _on_model(self) -> None:
        model = self._session.config.model
        self.table.show_chosen(model.id)
        self._show_guidance(model.id)
        self.guidance.show_weights(model.weights)

    @Slot(str)
    def _show_guidance(self, model_id: str) -> None:
        tree = self._session.tree
        chosen = model_id == self._session.config.model.id
        count = tree.root.num_parameters if tree is not None and chosen else None
        self.guidance.show_model(model_id, self.table.models.is_ready(model_id), count)

    @Slot()
    def _on_tree_loading(self) -> None:
        self.loading.set_progress(None, self.tr("Reading its layers…"))
        self.loading.show()

    @Slot()
    def _on_tree(self) -> None:
        self.loading.hide()
        if self._session.tree is not None:
            self._show_guidance(self.table.current_id() or self._session.config.model.id)

    @Slot(object)
    def _on_failed(self, error: EngineError) -> None:
        self.show_error(error)

    def _look_for_weights(self) -> None:
        self._looking.start(lambda _: {info.id: weights_on_this_machine(info) for info in CATALOG})

    @Slot(object)
    def _on_ready_known(self, ready: dict[str, bool]) -> None:
        self.table.models.set_ready(ready)
        self._show_guidance(self.table.current_id() or self._session.config.model.id)
