"""What happens in a run, as frozen dataclasses in the past tense.

The same stream goes to the window, to ``--json`` on the command line and to ``events.jsonl`` in the run folder.
Times are in seconds, shares in [0, 1]; steps and epochs count from 1.
"""

from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

import msgspec

from finetune_gui.engine.errors import EngineError

SIGNIFICANT = 0.05  # the p-value from which on a difference is not told from chance
Outcome = Literal["completed", "stopped", "discarded"]


@dataclass(frozen=True, kw_only=True)
class Event:
    """Base of all events; subclasses register themselves by their class name."""

    kinds: ClassVar[dict[str, type["Event"]]] = {}

    def __init_subclass__(cls) -> None:
        """Make the class known to ``from_json``."""
        Event.kinds[cls.__name__] = cls

    def to_json(self) -> dict[str, Any]:
        """Plain types, with the class name under ``event``."""
        return {"event": type(self).__name__, **msgspec.to_builtins(self)}

    @staticmethod
    def from_json(plain: dict[str, Any]) -> "Event":
        """Read what ``to_json`` wrote.

        Raises:
            EngineError: The event is unknown or does not have the fields it should.
        """
        kind = Event.kinds.get(str(plain.get("event")))
        if kind is None:
            raise EngineError(f"Unknown event '{plain.get('event')}'.", "Update the app to read this run.")
        try:
            return msgspec.convert(plain, kind)
        except msgspec.ValidationError as error:
            raise EngineError(f"A damaged {kind.__name__} event: {error}.", "The rest of the run is intact.") from error


@dataclass(frozen=True, kw_only=True)
class PreparationAdvanced(Event):
    """Something that must be done before training has moved on. ``total`` is 0 while it is unknown.

    ``in_bytes``: ``done`` and ``total`` are sizes, as of a download.
    """

    activity: str
    done: int = 0
    total: int = 0
    in_bytes: bool = False


@dataclass(frozen=True, kw_only=True)
class RunStarted(Event):
    """The data are split, the network is built, the first step comes next."""

    run_dir: str
    model_id: str
    class_names: tuple[str, ...]
    num_train: int
    num_val: int
    num_epochs: int
    steps_per_epoch: int
    first_epoch: int
    device: str
    optimizer: str
    lr: float
    trainable_parameters: int
    total_parameters: int
    layer_multipliers: dict[str, float]  # λ of each layer group, in order of depth
    time: float  # seconds since 1970
    batch_size: int = 0  # images that make one step; 0 in runs of older versions


@dataclass(frozen=True, kw_only=True)
class BatchSizeChosen(Event):
    """A probe found how many images a batch holds best on this device."""

    batch_size: int
    seconds: float  # that the probe took


@dataclass(frozen=True, kw_only=True)
class BatchDivided(Event):
    """Memory ran out: batches now go through the network in parts. A step, its batch and its loss stay the same."""

    global_step: int
    batch_size: int  # images that make one step
    micro_batch: int  # most images at once


@dataclass(frozen=True, kw_only=True)
class RunRolledBack(Event):
    """The loss was no longer a number: the run is back at its last good state and goes on with a lower rate."""

    global_step: int  # where it happened
    to_step: int  # where the run is now
    lr_factor: float  # of the learning rate that was asked for


@dataclass(frozen=True, kw_only=True)
class FrozenLayersKept(Event):
    """What frozen layers give will be kept, so that they run once per view of an image and not in every epoch.

    ``place`` is where: ``memory``, ``disk``, or ``nowhere`` for want of room; then they run each time, but without
    gradients. Of the ``num_wanted`` views of training and validation images ``num_ready`` are known from runs before.
    """

    num_layers: int
    place: Literal["memory", "disk", "nowhere"]
    num_ready: int
    num_wanted: int
    num_views: int  # of a training image; 0: the centre alone
    num_bytes: int  # for all that are wanted
    persistent: bool  # whether the next run finds them


@dataclass(frozen=True, kw_only=True)
class StepCompleted(Event):
    """One optimizer update. ``loss`` and ``accuracy`` are of this batch alone."""

    epoch: int
    step: int  # within the epoch
    global_step: int
    loss: float
    accuracy: float
    lr: float
    images_per_second: float
    seconds_left: float


@dataclass(frozen=True, kw_only=True)
class ValidationAdvanced(Event):
    """Some validation images were evaluated."""

    epoch: int
    done: int
    total: int


@dataclass(frozen=True, kw_only=True)
class EpochCompleted(Event):
    """All training images were seen once more, and the validation images were evaluated.

    ``partial``: the run was stopped within the epoch; the figures are of what was seen until then.
    """

    epoch: int
    global_step: int
    train_loss: float
    train_accuracy: float
    val_loss: float
    val_accuracy: float
    is_best: bool
    train_seconds: float
    val_seconds: float
    partial: bool = False


@dataclass(frozen=True, kw_only=True)
class CheckpointSaved(Event):
    """Weights are safe on disk."""

    kind: Literal["best", "last"]
    epoch: int
    path: str
    global_step: int = 0


@dataclass(frozen=True, kw_only=True)
class PlanChanged(Event):
    """The schedule of the layer plan has come to another preset; the epoch begins with it."""

    epoch: int
    preset: str
    lr: float
    trainable_parameters: int
    layer_multipliers: dict[str, float]  # λ of each layer group, in order of depth


@dataclass(frozen=True, kw_only=True)
class FreezeAudited(Event):
    """After an epoch, every frozen weight and buffer was compared with what it was before the first step.

    One that was unfrozen and frozen again is compared with what it was then.
    """

    epoch: int
    num_frozen: int  # tensors compared
    verified: bool | None  # None: nothing is frozen
    changed: tuple[str, ...]  # their names: a bug in the app if not empty
    seconds: float


@dataclass(frozen=True, kw_only=True)
class DriftMeasured(Event):
    """How far the weights are from the start after an epoch: ‖w − w₀‖ / ‖w₀‖ of each layer group, in order of depth.

    A frozen group has 0. A group that began at zero is left out.
    """

    epoch: int
    drift: dict[str, float]


@dataclass(frozen=True, kw_only=True)
class RunPaused(Event):
    """The run waits: the user asked it to, or something has to be mended first.

    ``reason`` and ``hint`` say what, and the run goes on by itself once that is mended; they are empty where the user
    asked.
    """

    global_step: int
    reason: str = ""
    hint: str = ""


@dataclass(frozen=True, kw_only=True)
class RunResumed(Event):
    """The run goes on after a pause, or from its last checkpoint."""

    global_step: int


@dataclass(frozen=True, kw_only=True)
class WarningRaised(Event):
    """The run goes on, but the user should know."""

    message: str
    hint: str = ""


@dataclass(frozen=True, kw_only=True)
class RunFinished(Event):
    """The run ended in order. The best checkpoint holds ``best_val_accuracy``."""

    outcome: Outcome
    run_dir: str
    best_epoch: int
    best_val_accuracy: float
    seconds: float
    frozen_verified: bool | None = None  # None: nothing was frozen
    changed_frozen: tuple[str, ...] = ()  # frozen tensors that differ from the start: a bug in the app if not empty
    stopped_early: bool = False  # for want of a better epoch


@dataclass(frozen=True, kw_only=True)
class LearningRateTried(Event):
    """One step of the search for a learning rate. ``loss`` is smoothed."""

    lr: float
    loss: float


@dataclass(frozen=True, kw_only=True)
class LearningRateSuggested(Event):
    """The search for a learning rate has ended. ``None``: the loss fell nowhere."""

    lr: float | None


@dataclass(frozen=True, kw_only=True)
class RunFailed(Event):
    """The run ended by an error; what the last checkpoint holds is kept."""

    message: str
    hint: str = ""


@dataclass(frozen=True, kw_only=True)
class ClassFigures:
    """Figures of one class. ``None`` where a figure is undefined (no image, or never predicted)."""

    name: str
    support: int
    precision: float | None
    recall: float | None
    f1: float | None


@dataclass(frozen=True, kw_only=True)
class Mistake:
    """An image the model got wrong. ``path`` is absolute; classes are indices; ``confidence`` is of the wrong class."""

    path: str
    target: int
    predicted: int
    confidence: float
    loss: float


@dataclass(frozen=True, kw_only=True)
class EvaluationFinished(Event):
    """The result of an evaluation. ``confusion[t][p]`` counts images of true class t predicted as p.

    ``mistakes`` holds the worst by loss, worst first; not more than ``evaluator.MAX_MISTAKES``. ``skipped`` names
    images that could not be read. ``unknown_classes`` counts images left out because the model has no such class.
    """

    split: str
    num_images: int
    loss: float
    accuracy: float
    macro_f1: float
    classes: tuple[ClassFigures, ...]
    confusion: tuple[tuple[int, ...], ...]
    mistakes: tuple[Mistake, ...] = ()
    skipped: tuple[str, ...] = ()
    top5_accuracy: float | None = None  # None: not more than five classes
    balanced_accuracy: float | None = None  # mean recall of the classes that occur; None in runs of older versions
    unknown_classes: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class BaselinesMeasured(Event):
    """What the same validation images give without fine-tuning.

    The p-values are of McNemar's exact test: how likely it is that the run is not different from the baseline.
    """

    num_images: int
    model_accuracy: float
    most_frequent_class: str  # of the training images
    most_frequent_accuracy: float  # of always answering it
    most_frequent_p: float
    neighbour_accuracy: float  # of answering the class of the nearest training image, by pretrained features
    neighbour_p: float

    @property
    def verdict(self) -> Literal["learnt_nothing", "worse", "same", "better"]:
        """Whether fine-tuning paid: against always the same answer first, then against pretrained features alone."""
        if self.most_frequent_p > SIGNIFICANT or self.model_accuracy <= self.most_frequent_accuracy:
            return "learnt_nothing"
        if self.neighbour_p > SIGNIFICANT:
            return "same"
        return "better" if self.model_accuracy > self.neighbour_accuracy else "worse"


@dataclass(frozen=True, kw_only=True)
class LabelIssue:
    """An image whose label is probably wrong, by a probe of the run's features that never saw it."""

    path: str
    part: str  # train, val or test
    given: str  # the class that the data name
    suggested: str
    given_probability: float
    suggested_probability: float


@dataclass(frozen=True, kw_only=True)
class LabelsChecked(Event):
    """The labels of all images of a run were compared with what the others say; the most doubtful first."""

    num_images: int
    issues: tuple[LabelIssue, ...]


@dataclass(frozen=True, kw_only=True)
class ExportCompared(Event):
    """A model was exported and compared with the run on real images in its own runtime: what both of its ends tell.

    The figures of the comparison are None where no image of the run could be read any more, or where this system has no
    runtime for the format. Latencies are those of one decoded image on the CPU; ``size_bytes`` is that of the folder.
    """

    format: str
    path: str  # the folder
    size_bytes: int
    has_runtime: bool = True
    num_checked: int
    top1_agreement: float | None
    max_probability_difference: float | None
    mean_probability_difference: float | None = None
    accuracy_before: float | None = None
    accuracy_after: float | None = None
    latency_before_ms: float | None = None
    latency_after_ms: float | None = None
    model_bytes_before: int = 0
    model_bytes_after: int = 0


@dataclass(frozen=True, kw_only=True)
class ExportFinished(ExportCompared):
    """The export may be used in place of the run."""


@dataclass(frozen=True, kw_only=True)
class ExportRefused(ExportCompared):
    """The export gives other answers than the run, and was put aside in ``path``; an error follows."""

    reason: str
