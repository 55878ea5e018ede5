"""What the user has chosen so far. Pages show it and emit wishes; they never talk to each other."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from finetune_gui.engine.config import (
    ClassLevel,
    DataConfig,
    DataEdits,
    LayerPlan,
    LayerRule,
    ModelConfig,
    TrainConfig,
    TwoRates,
    Weights,
)
from finetune_gui.engine.data.arrange import Arranged
from finetune_gui.engine.data.dataset import Dataset
from finetune_gui.engine.data.scan import ScanAdvanced
from finetune_gui.engine.data.sources import NamedData
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.models.layer_tree import LayerTree, leaf_multipliers, require_trainable
from finetune_gui.engine.recipes import RecipeName, apply_recipe
from finetune_gui.ui.data_history import DataHistory
from finetune_gui.ui.data_preparation import DataPreparation
from finetune_gui.ui.workers.latest_operation import LatestOperation

_NO_CHOICE: dict[str, Any] = {
    "class_folders": (),
    "class_level": "auto",
    "group_pattern": "",
    "balance": "none",
    "edits": DataEdits(),
}  # what other data begin with; shares of the parts and augmentation stay


class Session(QObject):
    """The state of the window: data, model, layer plan, settings and the run that is looked at.

    Signals:
        scan_started: the path that is being scanned.
        scan_progressed: number of images seen; ``preparation`` tells more.
        scan_failed: an ``EngineError``; the data set chosen before, if any, stays.
        scan_cancelled: the user gave the scan up; the data set chosen before, if any, stays.
        source_opened: a scan ended well: a folder, table or archive; empty for several class folders.
        dataset_changed: the data that are used are other ones: opened, inspected, or after a decision.
        history_changed: something can be undone or redone, or nothing any more.
        model_changed: another model, or other weights.
        tree_loading: the layers of the chosen model are being read.
        tree_changed: ``tree`` is there (or None, after ``tree_failed``).
        tree_failed: an ``EngineError``.
        plan_changed: the layer plan.
        config_changed: any setting of ``config`` (also data, model and plan).
        run_selected: the run folder whose result is looked at.
        crashed: the traceback of a bug.
    """

    scan_started = Signal(str)
    scan_progressed = Signal(int)
    scan_failed = Signal(object)
    scan_cancelled = Signal()
    source_opened = Signal(str)
    dataset_changed = Signal()
    history_changed = Signal()
    model_changed = Signal()
    tree_loading = Signal()
    tree_changed = Signal()
    tree_failed = Signal(object)
    plan_changed = Signal()
    config_changed = Signal()
    run_selected = Signal(Path)
    crashed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._config = TrainConfig(data=DataConfig(path=""))
        self._tree: LayerTree | None = None
        self._run_path: Path | None = None
        self._num_classes = 2  # of the head that ``tree`` has
        self.preparation = DataPreparation(self)
        self.history = DataHistory()
        self._loading = LatestOperation(self)
        self._connect()

    @property
    def config(self) -> TrainConfig:
        """All settings as they stand; ``data.path`` is empty while no data are chosen."""
        return self._config

    @property
    def arranged(self) -> Arranged | None:
        """The data, what is used of them, and what was found out."""
        return self.preparation.arranged

    @property
    def dataset(self) -> Dataset | None:
        """The images and classes that are used."""
        return self.arranged.dataset if self.arranged else None

    @property
    def tree(self) -> LayerTree | None:
        """The layers of the chosen model, sized to the classes of the data (2 while there are none)."""
        return self._tree

    @property
    def run_path(self) -> Path | None:
        """The run whose result is looked at."""
        return self._run_path

    # -- wishes ---------------------------------------------------------------------------------------------------

    def open_source(self, path: str) -> None:
        """Scan a folder, a table of labels or an archive in the background, and choose it if that ends well."""
        self.open_named(NamedData(path=path))

    def open_named(self, named: NamedData) -> None:
        """As ``open_source``, also of several folders that are one class each."""
        choice = _NO_CHOICE | {"path": named.path, "class_folders": named.class_folders}
        self._open(replace(self._config.data, **choice))

    def use_class_level(self, level: ClassLevel) -> None:
        """Let another folder on the way to an image name its class; decisions about the old classes go."""
        data = self._config.data
        if level != data.class_level:
            self._open(replace(data, class_level=level, edits=DataEdits()))

    def rescan(self) -> None:
        """See what has changed in the data; decisions stay."""
        if self._config.data.path:
            self._open(self._config.data)

    def is_scanning(self) -> bool:
        """Whether a source is being looked through."""
        return self.preparation.is_scanning()

    def cancel_scan(self) -> None:
        """Give up the scan; the data set chosen before stays."""
        self.preparation.cancel_scan()

    def decide(self, name: str, **changes: Any) -> None:
        """Change decisions about the data (fields of ``DataConfig``) in a way that can be undone.

        Args:
            name: What the change is called where it is offered for undoing.
            changes: Fields and their new values.

        Raises:
            EngineError: A value is not allowed; nothing is changed.
        """
        before = self._config.data
        self.set_data(**changes)
        self.history.record(name, before, self._config.data)
        self.history_changed.emit()

    def undo(self) -> None:
        """Take the last decision back."""
        self._set_config(replace(self._config, data=self.history.undo(self._config.data)))
        self.history_changed.emit()

    def redo(self) -> None:
        """Make the decision again that was taken back last."""
        self._set_config(replace(self._config, data=self.history.redo(self._config.data)))
        self.history_changed.emit()

    def choose_model(self, model_id: str, weights: Weights = "pretrained", architecture: str = "") -> None:
        """Choose a model and read its layers in the background. The plan's own rules are dropped with the old one.

        ``architecture``: of a weight file, where it is not found by its tensors.
        """
        dropout = self._config.model.head_dropout
        model = ModelConfig(id=model_id, weights=weights, architecture=architecture, head_dropout=dropout)
        if model == self._config.model and self._tree is not None:
            return
        plan = replace(self._config.plan, rules=(), two_rates=TwoRates())
        self._config = replace(self._config, model=model, plan=plan)
        self.model_changed.emit()
        self.plan_changed.emit()
        self.config_changed.emit()
        self.load_tree()

    def load_tree(self) -> None:
        """Read the layers of the chosen model in the background."""
        model = self._config.model
        num_classes = self._num_classes = self._wanted_classes()
        self.tree_loading.emit()
        self._loading.start(lambda _: _load_tree(model, num_classes))

    def set_plan(self, plan: LayerPlan) -> None:
        """Change which layers learn, and how fast."""
        if plan != self._config.plan:
            self._config = replace(self._config, plan=plan)
            self.plan_changed.emit()
            self.config_changed.emit()

    def set_multiplier(self, path: str, multiplier: float) -> None:
        """Give a layer and all below it a λ; earlier rules for them are dropped."""
        plan = self._config.plan
        kept = tuple(r for r in plan.rules if r.pattern != path and not r.pattern.startswith(f"{path}."))
        self.set_plan(replace(plan, rules=(*kept, LayerRule(pattern=path, multiplier=multiplier))))

    def set_data(self, **changes: Any) -> None:
        """Change settings of ``config.data``. What the user may want back is changed by ``decide``.

        Raises:
            EngineError: A value is not allowed; nothing is changed.
        """
        self._set_config(replace(self._config, data=replace(self._config.data, **changes)))

    def set_optim(self, **changes: Any) -> None:
        """Change settings of ``config.optim``.

        Raises:
            EngineError: A value is not allowed; nothing is changed.
        """
        self._set_config(replace(self._config, optim=replace(self._config.optim, **changes)))

    def set_head(self, **changes: Any) -> None:
        """Change settings of the new output layer (head_dropout).

        Raises:
            EngineError: A value is not allowed; nothing is changed.
        """
        self._set_config(replace(self._config, model=replace(self._config.model, **changes)))

    def set_loss(self, **changes: Any) -> None:
        """Change settings of ``config.loss``.

        Raises:
            EngineError: A value is not allowed; nothing is changed.
        """
        self._set_config(replace(self._config, loss=replace(self._config.loss, **changes)))

    def set_stopping(self, **changes: Any) -> None:
        """Change settings of ``config.stopping``.

        Raises:
            EngineError: A value is not allowed; nothing is changed.
        """
        self._set_config(replace(self._config, stopping=replace(self._config.stopping, **changes)))

    def set_speed(self, **changes: Any) -> None:
        """Change settings of ``config.speed``.

        Raises:
            EngineError: A value is not allowed; nothing is changed.
        """
        self._set_config(replace(self._config, speed=replace(self._config.speed, **changes)))

    def set_training(self, **changes: Any) -> None:
        """Change what is a field of ``TrainConfig`` itself: num_epochs, batch_size, seed, device and the like.

        Raises:
            EngineError: A value is not allowed; nothing is changed.
        """
        self._set_config(replace(self._config, **changes))

    def use_recipe(self, recipe: RecipeName) -> None:
        """Take settings and layer plan from a recipe; data and model stay."""
        before = self._config.plan
        self._set_config(apply_recipe(recipe, self._config))
        if self._config.plan != before:
            self.plan_changed.emit()

    def use_config(self, config: TrainConfig) -> None:
        """Take over all settings, as from a past run; the data are scanned again, and decided on as they were then."""
        self._config = replace(config, data=replace(self._config.data, augment=config.data.augment))
        self.history.clear()
        self.history_changed.emit()
        self.model_changed.emit()
        self.plan_changed.emit()
        self.config_changed.emit()
        self.load_tree()
        if config.data.path:
            self._open(config.data)

    def select_run(self, path: Path) -> None:
        """Look at the result of a run."""
        self._run_path = path
        self.run_selected.emit(path)

    # -- questions ------------------------------------------------------------------------------------------------

    def data_problem(self) -> EngineError | None:
        """Why the chosen data cannot be trained on, or None."""
        if self.arranged is None:
            hint = self.tr("Drop a folder with one folder per class.")
            return EngineError(self.tr("No images are chosen yet."), hint)
        return self.arranged.problem

    def plan_problem(self) -> EngineError | None:
        """Why the layer plan cannot be trained, or None. None also while the layers are not known yet."""
        if self._tree is None:
            return None
        try:
            require_trainable(leaf_multipliers(self._tree, self._config.plan))
        except EngineError as error:
            return error
        return None

    def require_ready(self) -> TrainConfig:
        """The config of a run that could start now.

        Raises:
            EngineError: What stands in the way.
        """
        problem = self.data_problem() or self.plan_problem()
        if problem is not None:
            raise problem
        return self._config

    def shutdown(self) -> bool:
        """Cancel what runs in the background and wait for it, with a bound; False when something did not end."""
        ended = [part.shutdown() for part in (self.preparation, self._loading)]
        return all(ended)

    # -- outcomes -------------------------------------------------------------------------------------------------

    @Slot(object)
    def _on_scan_progressed(self, advanced: ScanAdvanced) -> None:
        self.scan_progressed.emit(advanced.num_images)

    @Slot(object)
    def _on_opened(self, opened: DataConfig) -> None:
        """The data are there. What was set meanwhile, and is not about them, holds."""
        same = opened.path == self._config.data.path and opened.class_folders == self._config.data.class_folders
        if not same or opened.class_level != self._config.data.class_level:
            self.history.clear()
            self.history_changed.emit()
        self._set_config(replace(self._config, data=replace(opened, augment=self._config.data.augment)))
        self.source_opened.emit("" if opened.class_folders else opened.path)

    @Slot()
    def _on_arranged(self) -> None:
        self.dataset_changed.emit()
        known_or_coming = self._tree is not None or self._loading.is_running()
        if known_or_coming and self._wanted_classes() != self._num_classes:
            self.load_tree()  # the head has another size now

    def _wanted_classes(self) -> int:
        """Outputs of the head; 2 while there are no classes."""
        return (len(self.dataset.class_names) if self.dataset else 0) or 2

    @Slot(object)
    def _on_tree(self, tree: LayerTree) -> None:
        self._tree = tree
        self.tree_changed.emit()

    @Slot(object)
    def _on_tree_failed(self, error: EngineError) -> None:
        self._tree = None
        self.tree_changed.emit()
        self.tree_failed.emit(error)

    def _open(self, data: DataConfig) -> None:
        self.scan_started.emit(data.path)
        self.preparation.open(data, self._config.seed)

    def _set_config(self, config: TrainConfig) -> None:
        if config == self._config:
            return
        self._config = config
        self.config_changed.emit()
        self.preparation.arrange(config.data, config.seed)

    def _connect(self) -> None:
        preparation = self.preparation
        preparation.scan_progressed.connect(self._on_scan_progressed)
        preparation.scan_failed.connect(self.scan_failed)
        preparation.scan_cancelled.connect(self.scan_cancelled)
        preparation.opened.connect(self._on_opened)
        preparation.arranged_changed.connect(self._on_arranged)
        self._loading.succeeded.connect(self._on_tree)
        self._loading.failed.connect(self._on_tree_failed)
        for part in (preparation, self._loading):
            part.crashed.connect(self.crashed)


def _load_tree(model: ModelConfig, num_classes: int) -> LayerTree:
    from finetune_gui.engine.models.sources import load_layer_tree  # on the thread: it imports torch

    return load_layer_tree(model.id, num_classes, model.architecture)
