"""What the user has chosen so far. Pages show it and emit wishes; they never talk to each other."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from finetune_gui.engine.config import DataConfig, LayerPlan, LayerRule, ModelConfig, TrainConfig, Weights
from finetune_gui.engine.data.dataset import Dataset
from finetune_gui.engine.data.scan import ScanAdvanced, check_trainable, scan
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.models.layer_tree import LayerTree, leaf_multipliers, require_trainable
from finetune_gui.ui.workers.latest_operation import LatestOperation
from finetune_gui.ui.workers.operation import Progress


class Session(QObject):
    """The state of the window: data, model, layer plan, settings and the run that is looked at.

    Signals:
        scan_started: the path that is being scanned.
        scan_progressed: number of images seen.
        scan_failed: an ``EngineError``; the data set chosen before, if any, stays.
        scan_cancelled: the user gave the scan up; the data set chosen before, if any, stays.
        dataset_changed: a scan ended well, or the data set was closed.
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
    dataset_changed = Signal()
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
        self._dataset: Dataset | None = None
        self._tree: LayerTree | None = None
        self._run_path: Path | None = None
        self._data_problem: EngineError | None = None
        self._scanning = LatestOperation(self)
        self._loading = LatestOperation(self)
        self._connect()

    @property
    def config(self) -> TrainConfig:
        """All settings as they stand; ``data.path`` is empty while no data are chosen."""
        return self._config

    @property
    def dataset(self) -> Dataset | None:
        """What the scan found."""
        return self._dataset

    @property
    def tree(self) -> LayerTree | None:
        """The layers of the chosen model, sized to the classes of the data (2 while there are none)."""
        return self._tree

    @property
    def run_path(self) -> Path | None:
        """The run whose result is looked at."""
        return self._run_path

    # -- wishes ---------------------------------------------------------------------------------------------------

    def open_dataset(self, path: str) -> None:
        """Scan a folder in the background and choose it if that ends well."""
        self.scan_started.emit(path)
        self._scanning.start(lambda progress: _scan(path, progress))

    def is_scanning(self) -> bool:
        """Whether a folder is being looked through."""
        return self._scanning.is_running()

    def cancel_scan(self) -> None:
        """Give up the scan; the data set chosen before stays."""
        self._scanning.cancel()

    def choose_model(self, model_id: str, weights: Weights = "pretrained") -> None:
        """Choose a model and read its layers in the background. The plan's own rules are dropped with the old one."""
        model = ModelConfig(id=model_id, weights=weights)
        if model == self._config.model and self._tree is not None:
            return
        plan = replace(self._config.plan, rules=())
        self._config = replace(self._config, model=model, plan=plan)
        self.model_changed.emit()
        self.plan_changed.emit()
        self.config_changed.emit()
        self.load_tree()

    def load_tree(self) -> None:
        """Read the layers of the chosen model in the background."""
        model_id = self._config.model.id
        num_classes = len(self._dataset.class_names) if self._dataset else 2
        self.tree_loading.emit()
        self._loading.start(lambda _: _load_tree(model_id, num_classes))

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
        """Change settings of ``config.data`` (val_split, augment).

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

    def set_training(self, **changes: Any) -> None:
        """Change num_epochs, batch_size, seed or device.

        Raises:
            EngineError: A value is not allowed; nothing is changed.
        """
        self._set_config(replace(self._config, **changes))

    def use_config(self, config: TrainConfig) -> None:
        """Take over all settings, as from a past run; the data are scanned again."""
        self._config = replace(config, data=replace(config.data, path=self._config.data.path))
        self.model_changed.emit()
        self.plan_changed.emit()
        self.config_changed.emit()
        self.load_tree()
        if config.data.path:
            self.open_dataset(config.data.path)

    def select_run(self, path: Path) -> None:
        """Look at the result of a run."""
        self._run_path = path
        self.run_selected.emit(path)

    # -- questions ------------------------------------------------------------------------------------------------

    def data_problem(self) -> EngineError | None:
        """Why the chosen data cannot be trained on, or None."""
        if self._dataset is None:
            hint = self.tr("Drop a folder with one folder per class.")
            return EngineError(self.tr("No images are chosen yet."), hint)
        return self._data_problem

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
        ended = [operation.shutdown() for operation in (self._scanning, self._loading)]
        return all(ended)

    # -- outcomes -------------------------------------------------------------------------------------------------

    @Slot(int, int)
    def _on_scan_progressed(self, done: int, _total: int) -> None:
        self.scan_progressed.emit(done)

    @Slot(object)
    def _on_scanned(self, found: tuple[Dataset, EngineError | None]) -> None:
        classes_before = len(self._dataset.class_names) if self._dataset else 2
        dataset, self._data_problem = found
        self._dataset = dataset
        self._set_config(replace(self._config, data=replace(self._config.data, path=str(dataset.root))))
        self.dataset_changed.emit()
        known_or_coming = self._tree is not None or self._loading.is_running()
        if known_or_coming and len(dataset.class_names) != classes_before:
            self.load_tree()  # the head has another size now

    @Slot(object)
    def _on_tree(self, tree: LayerTree) -> None:
        self._tree = tree
        self.tree_changed.emit()

    @Slot(object)
    def _on_tree_failed(self, error: EngineError) -> None:
        self._tree = None
        self.tree_changed.emit()
        self.tree_failed.emit(error)

    def _set_config(self, config: TrainConfig) -> None:
        if config != self._config:
            self._config = config
            self.config_changed.emit()

    def _connect(self) -> None:
        self._scanning.progressed.connect(self._on_scan_progressed)
        self._scanning.succeeded.connect(self._on_scanned)
        self._scanning.failed.connect(self.scan_failed)
        self._scanning.cancelled.connect(self.scan_cancelled)
        self._loading.succeeded.connect(self._on_tree)
        self._loading.failed.connect(self._on_tree_failed)
        for operation in (self._scanning, self._loading):
            operation.crashed.connect(self.crashed)


def _scan(path: str, progress: Progress) -> tuple[Dataset, EngineError | None]:
    """A data set, and why it cannot be trained on, if so: with many images that takes a moment too."""

    def report(advanced: ScanAdvanced) -> None:
        progress.report(advanced.num_images)

    dataset = scan(Path(path), on_progress=report, should_stop=progress.should_stop)
    try:
        check_trainable(dataset)
    except EngineError as error:
        return dataset, error
    return dataset, None


def _load_tree(model_id: str, num_classes: int) -> LayerTree:
    from finetune_gui.engine.models.sources import load_layer_tree  # on the thread: it imports torch

    return load_layer_tree(model_id, num_classes)
