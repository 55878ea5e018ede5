"""Which layers learn, and how fast."""

from dataclasses import replace

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from finetune_gui.engine.config import BatchNormPolicy, LayerPlan, Preset, PresetChange, TwoRates
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.models.layer_tree import (
    LayerTree,
    active_dropouts,
    leaf_multipliers,
    locked_statistics,
    trainable_parameters,
)
from finetune_gui.ui.item_models.layer_plan_edits import thawed, with_multipliers
from finetune_gui.ui.session import Session
from finetune_gui.ui.theme import Theme, set_kind
from finetune_gui.ui.widgets.empty_state import EmptyState
from finetune_gui.ui.widgets.layer_summary import LayerSummary
from finetune_gui.ui.widgets.layer_tree_view import LayerTreeView
from finetune_gui.ui.widgets.page_frame import PageFrame
from finetune_gui.ui.widgets.preset_cards import PresetCards
from finetune_gui.ui.widgets.progress_line import ProgressLine
from finetune_gui.ui.widgets.search_field import SearchField
from finetune_gui.ui.words import counted
from finetune_gui.ui.workers.forecasts import Forecasts

_SIDE_WIDTH = 300


class LayersPage(PageFrame):
    """Freeze layers and set their λ.

    Signals:
        next_requested: on to training.
    """

    next_requested = Signal()

    def __init__(self, session: Session, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(
            theme,
            self.tr("Layers"),
            self.tr("Choose which layers learn from your images. Frozen ones keep what they know."),
            parent,
        )
        self._session, self._theme = session, theme
        self._list = QStackedWidget()
        self._shown_tree: LayerTree | None = None
        self._dropped_plan: LayerPlan | None = None  # what "Undo" brings back
        self._loading_tree = False
        self.presets = PresetCards(theme)
        self.tree = LayerTreeView(theme)
        self.summary = LayerSummary(theme)
        self.search = SearchField(theme, self.tr("Search layers"))
        self.expand_button = QPushButton(self.tr("Expand all"))
        self.collapse_button = QPushButton(self.tr("Collapse all"))
        self.loading = ProgressLine(theme, beside=True)
        self.next_button = QPushButton(self.tr("Next: Train"))
        self._running = False
        self._forecasts = Forecasts(self)
        self._lay_out_page()
        self._connect()
        self._on_tree()

    def showEvent(self, event: QShowEvent) -> None:
        """The layers are read when one first looks, if nobody did before."""
        super().showEvent(event)
        if self._session.tree is None and not self._loading_tree and not self.banner.message():
            self._session.load_tree()
        self._ask_forecast()

    def hideEvent(self, event: QHideEvent) -> None:
        """A forecast is made only for who looks at it."""
        super().hideEvent(event)
        self._forecasts.give_up()

    @Slot(str)
    def set_run_state(self, state: str) -> None:
        """While a run learns, no probe takes its time."""
        self._running = state != "idle"
        self._ask_forecast()

    def shutdown(self) -> None:
        """The window closes."""
        self._forecasts.shutdown()

    # -- set-up ---------------------------------------------------------------------------------------------------

    def _lay_out_page(self) -> None:
        set_kind(self.next_button, kind="primary")
        self.add_action(self.next_button)
        self.loading.set_progress(0.0, "")
        self.loading.hide()
        tools = QHBoxLayout()
        tools.setSpacing(4)
        tools.addWidget(self.search, 1)
        for button in (self.expand_button, self.collapse_button):
            set_kind(button, kind="ghost")
            tools.addWidget(button)
        self._list.addWidget(self.tree)
        self._list.addWidget(
            EmptyState(self._theme, "search", self.tr("No layer fits"), self.tr("Search for part of a name or a kind."))
        )
        left = QVBoxLayout()
        left.setSpacing(10)
        left.addLayout(tools)
        left.addWidget(self.loading)
        left.addWidget(self._list, 1)
        self.summary.setFixedWidth(_SIDE_WIDTH)
        halves = QHBoxLayout()
        halves.setSpacing(16)
        halves.addLayout(left, 1)
        halves.addWidget(self.summary)
        self.body.addWidget(self.presets)
        self.body.addLayout(halves, 1)
        self.setTabOrder(self.summary.help_button, self.next_button)

    def _connect(self) -> None:
        session = self._session
        session.tree_loading.connect(self._on_tree_loading)
        session.tree_changed.connect(self._on_tree)
        session.tree_failed.connect(self._on_tree_failed)
        session.plan_changed.connect(self._on_plan)
        self.presets.preset_wished.connect(self._on_preset)
        self.tree.freeze_wished.connect(self._on_freeze)
        self.tree.multiplier_wished.connect(self._on_multiplier)
        self.search.textChanged.connect(self._on_search)
        self.expand_button.clicked.connect(self.tree.expandAll)
        self.collapse_button.clicked.connect(self.tree.collapseAll)
        self.summary.batch_norm_wished.connect(self._on_batch_norm)
        self.summary.reset_wished.connect(self._on_reset)
        options = self.summary.options
        options.two_rates_wished.connect(self._on_two_rates)
        options.schedule_wished.connect(self._on_schedule)
        session.config_changed.connect(self._on_settings)
        session.dataset_changed.connect(self._on_settings)
        self._forecasts.made.connect(self.summary.forecast.show_forecast)
        self._forecasts.failed.connect(self.summary.forecast.show_error)
        self._forecasts.crashed.connect(session.crashed)
        self.banner.action_triggered.connect(self._on_banner_action)
        self.next_button.clicked.connect(self.next_requested)

    @Slot(str)
    def _on_search(self, text: str) -> None:
        self.tree.set_filter(text)
        self._list.setCurrentIndex(1 if text.strip() and not self.tree.shown() else 0)

    # -- wishes ---------------------------------------------------------------------------------------------------

    @Slot(str)
    def _on_preset(self, preset: Preset) -> None:
        before = self._session.config.plan
        self._session.set_plan(replace(before, preset=preset, rules=(), schedule=()))
        self._offer_undo(before)

    @Slot()
    def _on_reset(self) -> None:
        before = self._session.config.plan
        self._session.set_plan(replace(before, rules=()))
        self._offer_undo(before)

    @Slot(list, bool)
    def _on_freeze(self, paths: list[str], frozen: bool) -> None:
        tree, plan = self._session.tree, self._session.config.plan
        if tree is not None:
            self._edit(dict.fromkeys(paths, 0.0) if frozen else thawed(tree, plan, paths))

    @Slot(list, float)
    def _on_multiplier(self, paths: list[str], multiplier: float) -> None:
        self._edit(dict.fromkeys(paths, multiplier))

    def _edit(self, wishes: dict[str, float]) -> None:
        tree = self._session.tree
        if tree is None:
            return
        try:
            self._session.set_plan(with_multipliers(tree, self._session.config.plan, wishes))
        except EngineError as error:  # a rule from elsewhere that matches no layer of this model
            self.show_error(error, self.tr("Reset to preset"))

    @Slot(str)
    def _on_batch_norm(self, policy: BatchNormPolicy) -> None:
        self._session.set_plan(replace(self._session.config.plan, batch_norm=policy))

    @Slot(object)
    def _on_two_rates(self, rates: TwoRates) -> None:
        self._session.set_plan(replace(self._session.config.plan, two_rates=rates))

    @Slot(object)
    def _on_schedule(self, schedule: tuple[PresetChange, ...]) -> None:
        plan = self._session.config.plan
        preset = "head" if schedule else plan.preset  # it begins with the head
        self._session.set_plan(replace(plan, preset=preset, schedule=schedule))

    def _offer_undo(self, before: LayerPlan) -> None:
        """Work by hand is not lost to one click."""
        number = len(before.rules)
        if number and self._session.plan_problem() is None:
            self._dropped_plan = before
            text = counted(self.tr("Dropped: {count} change(s) by hand.", "", number), number)
            self.banner.show_message("info", text, "", self.tr("Undo"))

    @Slot()
    def _on_banner_action(self) -> None:
        if self._dropped_plan is not None:
            self._session.set_plan(self._dropped_plan)
        else:
            self._session.set_plan(replace(self._session.config.plan, rules=(), two_rates=TwoRates()))

    # -- outcomes -------------------------------------------------------------------------------------------------

    @Slot()
    def _on_tree_loading(self) -> None:
        self._loading_tree = True
        self.banner.clear()
        self.loading.set_progress(None, self.tr("Reading the layers of the model…"))
        self.loading.show()

    @Slot()
    def _on_tree(self) -> None:
        if self._session.tree is not None:
            self._loading_tree = False
            self.loading.hide()
        self._on_plan()

    @Slot(object)
    def _on_tree_failed(self, error: EngineError) -> None:
        self._loading_tree = False
        self.loading.hide()
        self.show_error(error)

    @Slot()
    def _on_plan(self) -> None:
        """Show the plan as it stands; the tree is built anew only for another network."""
        tree, plan = self._session.tree, self._session.config.plan
        self._dropped_plan = None
        self.presets.show_preset(plan.preset, changed=bool(plan.rules))
        self.summary.show_rules(len(plan.rules))
        if tree is None:
            self.tree.layers.set_tree(None, {})
            self.summary.show_unknown()
            self.summary.show_batch_norm(plan.batch_norm, present=True)
        else:
            self._show_plan(tree, plan)
        self._shown_tree = tree
        self._on_settings()

    @Slot()
    def _on_settings(self) -> None:
        """Epochs, batch, images or device may have changed, which the schedule and the forecast depend on."""
        config = self._session.config
        self.summary.options.show_plan(self._session.tree, config.plan, config.num_epochs)
        self._ask_forecast()

    def _ask_forecast(self) -> None:
        session, view = self._session, self.summary.forecast
        dataset, config = session.dataset, session.config
        if self._running:
            self._forecasts.give_up()
            view.show_waiting(self.tr("Not while a run is training."))
        elif dataset is None:
            view.show_waiting(self.tr("Choose images first: time and memory depend on them."))
        elif self.isVisible() and session.tree is not None and session.plan_problem() is None:
            view.show_waiting(self.tr("Trying a few steps on this device…"))
            self._forecasts.ask(config, dataset)

    def _show_plan(self, tree: LayerTree, plan: LayerPlan) -> None:
        problem = self._session.plan_problem()
        try:
            multipliers = leaf_multipliers(tree, plan)
        except EngineError:  # a rule, or the layer of two rates, that matches no layer; the banner says so
            multipliers = leaf_multipliers(tree, replace(plan, rules=(), two_rates=TwoRates()))
        if tree is self._shown_tree:
            self.tree.layers.set_multipliers(multipliers)
        else:
            self.tree.layers.set_tree(tree, multipliers)
        self.summary.show_shares(trainable_parameters(tree, multipliers), tree.root.num_parameters)
        self.summary.show_layers(
            statistics=locked_statistics(tree, plan, multipliers),
            dropouts=(len(active_dropouts(tree, multipliers)), len(tree.dropouts)),
        )
        has_batch_norm = any("BatchNorm" in leaf.kind for leaf in tree.root.leaves())
        self.summary.show_batch_norm(plan.batch_norm, present=has_batch_norm)
        if problem is None:
            self.banner.clear()
        else:
            self.show_error(problem, self.tr("Reset to preset"))
