"""What a run is asked to do: frozen, validated where it is defined, saved with a schema version."""

import math
import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, get_args

import msgspec

from finetune_gui.engine.errors import EngineError

SCHEMA_VERSION = 1

Augment = Literal["none", "light", "strong"]
Weights = Literal["pretrained", "none"]
Preset = Literal["head", "last_stage", "all", "by_depth", "two_groups"]
BatchNormPolicy = Literal["locked", "adapts"]
OptimizerName = Literal["adamw", "sgd"]
Schedule = Literal["cosine", "one_cycle", "step", "constant"]
BestBy = Literal["val_accuracy", "val_loss"]
Precision = Literal["auto", "fp32", "bf16", "fp16"]
SplitName = Literal["train", "val", "test"]
Balance = Literal["none", "class_weights", "balanced_sampling"]
ClassLevel = Literal["auto", "first", "last"]

AUGMENTS: tuple[Augment, ...] = get_args(Augment)
PRESETS: tuple[Preset, ...] = get_args(Preset)
OPTIMIZERS: tuple[OptimizerName, ...] = get_args(OptimizerName)
SCHEDULES: tuple[Schedule, ...] = get_args(Schedule)
BEST_BY: tuple[BestBy, ...] = get_args(BestBy)
PRECISIONS: tuple[Precision, ...] = get_args(Precision)
SPLIT_NAMES: tuple[SplitName, ...] = get_args(SplitName)
BALANCES: tuple[Balance, ...] = get_args(Balance)
CLASS_LEVELS: tuple[ClassLevel, ...] = get_args(ClassLevel)


def _require(condition: bool, message: str, hint: str) -> None:
    if not condition:
        raise EngineError(message, hint)


def _require_positive(value: float, name: str) -> None:
    _require(math.isfinite(value) and value > 0, f"The {name} {value:g} is not above 0.", f"Give a {name} above 0.")


@dataclass(frozen=True, kw_only=True)
class DataEdits:
    """What the user decided about single images and classes. The files themselves are never touched.

    Paths are those of ``Sample.path``; classes are named as the data name them, except in ``limits``.

    Attributes:
        excluded: Images that are left out.
        moved: Part of the data that an image goes to, whatever the split says.
        relabelled: Class that an image belongs to, in place of its own.
        renamed: Name to use in place of a class's own; two classes with one name are merged.
        dropped: Classes that are left out.
        limits: Most images to use of a class, by the name that is used.
        kept: Keys of findings that are fine as they are.
    """

    excluded: tuple[str, ...] = ()
    moved: dict[str, SplitName] = field(default_factory=dict)
    relabelled: dict[str, str] = field(default_factory=dict)
    renamed: dict[str, str] = field(default_factory=dict)
    dropped: tuple[str, ...] = ()
    limits: dict[str, int] = field(default_factory=dict)
    kept: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name, limit in self.limits.items():
            _require(limit >= 1, f"A limit of {limit} images leaves nothing of '{name}'.", "Drop the class instead.")
        for name, new in self.renamed.items():
            _require(bool(new.strip()), f"The new name of '{name}' is empty.", "Give it a name, or drop the class.")


@dataclass(frozen=True, kw_only=True)
class DataConfig:
    """Which images are learnt from, and how they are shown to the network.

    Attributes:
        path: Folder with class folders, or with train/val(/test) folders that hold class folders; a folder with a
            table of labels, or that table; a zip of any of these.
        class_folders: Folders that are one class each, in place of those below ``path``, which is then their common
            parent.
        class_level: Which folder on the way to an image names its class.
        val_split: Share of each class kept for validation, where the folder has no split of its own.
        test_split: Share of each class kept for a final test, where the folder has no split of its own.
        group_pattern: Regular expression; images whose file names give the same match (its first group, if it has
            one) stay in one part. Empty for none.
        group_look_alikes: Whether images that look nearly the same stay in one part.
        balance: How a class with many images is kept from outweighing the others.
        augment: How strongly training images are varied.
        edits: Decisions about single images and classes.
    """

    path: str
    class_folders: tuple[str, ...] = ()
    class_level: ClassLevel = "auto"
    val_split: float = 0.2
    test_split: float = 0.0
    group_pattern: str = ""
    group_look_alikes: bool = True
    balance: Balance = "none"
    augment: Augment = "light"
    edits: DataEdits = field(default_factory=DataEdits)

    def __post_init__(self) -> None:
        _require(
            0 < self.val_split < 1,
            f"A validation share of {self.val_split:g} leaves nothing to train on or to validate with.",
            "Choose a share between 0 and 1, such as 0.2.",
        )
        _require(
            0 <= self.test_split < 1 and self.val_split + self.test_split < 1,
            f"Shares of {self.val_split:g} for validation and {self.test_split:g} for the test leave nothing to train "
            "on.",
            "Choose shares that add up to less than 1, such as 0.2 and 0.1.",
        )
        try:
            re.compile(self.group_pattern)
        except re.error as error:
            raise EngineError(
                f"'{self.group_pattern}' is not a pattern for file names: {error}.",
                r"Write a regular expression, such as 'patient(\d+)'.",
            ) from error


@dataclass(frozen=True, kw_only=True)
class ModelConfig:
    """Which network is tuned.

    Attributes:
        id: As in the catalog.
        weights: ``none`` starts from random weights (training from scratch).
        architecture: Model of the catalog that the network of a file or of a run is built like; empty: to be found.
        head_dropout: Share of the inputs of the output layer that are left out at random in each training step; None
            leaves the network as it was published.
    """

    id: str = "starter"
    weights: Weights = "pretrained"
    architecture: str = ""
    head_dropout: float | None = None

    def __post_init__(self) -> None:
        _require(
            self.head_dropout is None or 0 <= self.head_dropout < 1,
            f"A dropout of {self.head_dropout or 0:g} is not in [0, 1).",
            "Use 0 for none, or a share such as 0.2.",
        )

    @property
    def network(self) -> str:
        """The model of the catalog that the network is built like."""
        return self.architecture or self.id


@dataclass(frozen=True, kw_only=True)
class LayerRule:
    """Learning-rate multiplier λ for every layer whose path, or a parent of it, matches a glob."""

    pattern: str
    multiplier: float

    def __post_init__(self) -> None:
        _require(
            math.isfinite(self.multiplier) and self.multiplier >= 0,
            f"The multiplier {self.multiplier:g} for '{self.pattern}' is not a number from 0 up.",
            "Use 0 for frozen, 1 for full speed, or a number between for gentle.",
        )


@dataclass(frozen=True, kw_only=True)
class TwoRates:
    """What the preset ``two_groups`` needs: layers up to and including one learn at η, all beyond it at η·λ.

    Attributes:
        up_to: Path of that layer, or of a parent: then its last layer. Empty: the last layer before the head.
        multiplier: λ of the layers beyond.
    """

    up_to: str = ""
    multiplier: float = 10.0

    def __post_init__(self) -> None:
        _require(
            math.isfinite(self.multiplier) and self.multiplier >= 0,
            f"The multiplier {self.multiplier:g} is not a number from 0 up.",
            "Use 10 for a new output layer that learns faster than the rest.",
        )


@dataclass(frozen=True, kw_only=True)
class PresetChange:
    """From an epoch on, another preset."""

    from_epoch: int
    preset: Preset

    def __post_init__(self) -> None:
        _require(
            self.from_epoch >= 2,
            f"The preset cannot change in epoch {self.from_epoch}.",
            "Use an epoch from 2 on; the plan's own preset holds until then.",
        )


@dataclass(frozen=True, kw_only=True)
class LayerPlan:
    """A learning-rate multiplier λ for every layer: w ← w − η·λ·∇w. λ = 0 is frozen.

    Attributes:
        preset: Gives each layer group a first λ.
        rules: Applied after the preset, in order; the last match wins. They hold in every epoch.
        batch_norm: Whether BatchNorm statistics of frozen layers stay as pretrained or adapt to the new images.
        two_rates: Of the preset ``two_groups``.
        schedule: Presets that take the place of the first one later, by epoch; gradual unfreezing (Howard & Ruder
            2018, ULMFiT) goes from ``head`` to larger ones.
    """

    preset: Preset = "head"
    rules: tuple[LayerRule, ...] = ()
    batch_norm: BatchNormPolicy = "locked"
    two_rates: TwoRates = field(default_factory=TwoRates)
    schedule: tuple[PresetChange, ...] = ()

    def __post_init__(self) -> None:
        epochs = [change.from_epoch for change in self.schedule]
        _require(
            epochs == sorted(set(epochs)),
            "The presets of the schedule are not in the order of their epochs.",
            "Give each change of the preset a later epoch than the one before.",
        )

    def at(self, epoch: int) -> "LayerPlan":
        """The plan that holds in an epoch, without a schedule."""
        reached = [change.preset for change in self.schedule if change.from_epoch <= epoch]
        return replace(self, preset=reached[-1] if reached else self.preset, schedule=())


@dataclass(frozen=True, kw_only=True)
class OptimConfig:
    """How weights are updated. ``None`` means: chosen to suit the optimizer and the layer plan.

    Attributes:
        optimizer: AdamW (Loshchilov & Hutter 2019) or SGD with momentum.
        lr: Base learning rate η.
        weight_decay: Decoupled (AdamW) or L2 (SGD); never applied to biases and normalisation layers.
        momentum: Of SGD.
        schedule: Learning rate over the run: ``cosine`` warms up and falls along half a cosine to zero, ``one_cycle``
            climbs for a third of the run and falls to almost nothing (Smith & Topin 2018), ``step`` falls by
            ``step_factor`` every ``step_epochs``, ``constant`` stays.
        warmup: Share of the steps of ``cosine`` in which the rate climbs.
        step_epochs: Epochs between falls of ``step``.
        step_factor: What the rate is multiplied by at each of them.
        clip_norm: Largest norm of the gradient over all weights; longer ones are scaled down. 0 for none.
        grad_accum_steps: Batches whose gradients make one step; the batch that counts is that many times larger, and
            the memory stays that of one.
        ema_decay: Of the moving average of the weights that is evaluated and kept as the best, in place of the weights
            themselves; 0 for none.
    """

    optimizer: OptimizerName = "adamw"
    lr: float | None = None
    weight_decay: float | None = None
    momentum: float = 0.9
    schedule: Schedule = "cosine"
    warmup: float = 0.05
    step_epochs: int = 7
    step_factor: float = 0.1
    clip_norm: float = 0.0
    grad_accum_steps: int = 1
    ema_decay: float = 0.0

    def __post_init__(self) -> None:
        if self.lr is not None:
            _require_positive(self.lr, "learning rate")
        if self.weight_decay is not None:
            _require(
                math.isfinite(self.weight_decay) and self.weight_decay >= 0,
                f"The weight decay {self.weight_decay:g} is below 0.",
                "Use 0 for none, or a small number such as 0.01.",
            )
        _require(0 <= self.momentum < 1, f"The momentum {self.momentum:g} is not in [0, 1).", "Use 0.9.")
        _require(0 <= self.warmup < 1, f"A warm-up of {self.warmup:g} of the run is not in [0, 1).", "Use 0.05.")
        _require(self.step_epochs >= 1, f"{self.step_epochs} epochs are no interval.", "Use 1 or more, such as 7.")
        _require(0 < self.step_factor <= 1, f"The factor {self.step_factor:g} is not in (0, 1].", "Use 0.1.")
        _require(
            math.isfinite(self.clip_norm) and self.clip_norm >= 0,
            f"A gradient cannot be clipped to a norm of {self.clip_norm:g}.",
            "Use 0 for no clipping, or a number such as 1.",
        )
        _require(
            self.grad_accum_steps >= 1,
            f"The gradients of {self.grad_accum_steps} batches make no step.",
            "Use 1 for a step after each batch.",
        )
        _require(
            0 <= self.ema_decay < 1, f"A decay of {self.ema_decay:g} is not in [0, 1).", "Use 0 for none, or 0.99."
        )


@dataclass(frozen=True, kw_only=True)
class LossConfig:
    """What is minimised: cross-entropy, softened or weighted.

    Attributes:
        label_smoothing: Share of the target that is spread over all classes (Szegedy et al. 2016).
        class_weights: What an image of a class counts, by the name of the class; 1 for those not named.
        mixup: α of mixup (Zhang et al. 2018): images and their labels are blended in pairs, by a share drawn from
            Beta(α, α). 0 for none.
        cutmix: α of CutMix (Yun et al. 2019): a rectangle of one image is pasted into another. 0 for none; where both
            are on, each batch gets one of them.
    """

    label_smoothing: float = 0.0
    class_weights: dict[str, float] = field(default_factory=dict)
    mixup: float = 0.0
    cutmix: float = 0.0

    def __post_init__(self) -> None:
        _require(
            0 <= self.label_smoothing < 1,
            f"A label smoothing of {self.label_smoothing:g} is not in [0, 1).",
            "Use 0 for none, or 0.1.",
        )
        for name, weight in self.class_weights.items():
            _require_positive(weight, f"weight of the class '{name}'")
        for name, alpha in (("mixup", self.mixup), ("CutMix", self.cutmix)):
            _require(
                math.isfinite(alpha) and alpha >= 0, f"An α of {alpha:g} for {name} is below 0.", "Use 0, or 0.2 or 1."
            )

    @property
    def mixes(self) -> bool:
        """Whether the network sees images that are made of two."""
        return self.mixup > 0 or self.cutmix > 0


@dataclass(frozen=True, kw_only=True)
class StoppingConfig:
    """What the best epoch is, and when a run ends before its last one.

    Attributes:
        best_by: Figure by which the best weights are chosen.
        patience: Epochs without a better one after which the run ends; 0 for never.
    """

    best_by: BestBy = "val_accuracy"
    patience: int = 0

    def __post_init__(self) -> None:
        _require(self.patience >= 0, f"A patience of {self.patience} epochs is below 0.", "Use 0 to never stop early.")


@dataclass(frozen=True, kw_only=True)
class SpeedConfig:
    """How a run is made fast. Only ``views`` and ``precision`` have a bearing on the result.

    Attributes:
        cache: Whether what frozen layers and decoders give is kept: in memory, and on disk for the next run.
        cache_gb: Most room on disk for all that is kept, in 10⁹ bytes.
        views: Random views of each image that the epochs take turns with while frozen layers are run only once;
            None chooses, 0 draws new ones in every epoch, which frozen layers then must run for.
        precision: Of the network's computation; ``auto`` takes bfloat16 where a GPU is good at it.
        compile: Whether the layers that learn are compiled (``torch.compile``): slow to begin, then faster on a GPU.
    """

    cache: bool = True
    cache_gb: float = 10.0
    views: int | None = None
    precision: Precision = "auto"
    compile: bool = False

    def __post_init__(self) -> None:
        _require(
            math.isfinite(self.cache_gb) and self.cache_gb >= 0,
            f"A cache of {self.cache_gb:g} GB is no size.",
            "Use 0 for none, or some gigabytes such as 10.",
        )
        _require(
            self.views is None or self.views >= 0,
            f"{self.views} views of an image are none.",
            "Use 0 for new ones in every epoch, or a number such as 4.",
        )


@dataclass(frozen=True, kw_only=True)
class TrainConfig:
    """Everything that decides the result of a run.

    Attributes:
        batch_size: Images in a batch; 0: found by a probe before the first step, and then written here.
        seed: Of the split, the order of images, the augmentation and the new head.
        deterministic: Whether a GPU may use only algorithms that give the same result each time; slower.
        device: ``auto``, ``cpu``, ``cuda:N`` or ``mps``.
        checkpoint_minutes: Time between checkpoints within an epoch; 0 for checkpoints after epochs alone.
    """

    data: DataConfig
    model: ModelConfig = field(default_factory=ModelConfig)
    plan: LayerPlan = field(default_factory=LayerPlan)
    optim: OptimConfig = field(default_factory=OptimConfig)
    loss: LossConfig = field(default_factory=LossConfig)
    stopping: StoppingConfig = field(default_factory=StoppingConfig)
    speed: SpeedConfig = field(default_factory=SpeedConfig)
    num_epochs: int = 10
    batch_size: int = 32
    seed: int = 0
    deterministic: bool = False
    checkpoint_minutes: float = 5.0
    device: str = "auto"
    task: str = "image_classification"
    schema_version: int = SCHEMA_VERSION

    def __post_init__(self) -> None:
        _require(
            self.num_epochs >= 1,
            f"{self.num_epochs} epochs train nothing.",
            "Choose at least 1 epoch; 10 is a good start.",
        )
        _require(
            self.batch_size >= 0,
            f"A batch of {self.batch_size} images is empty.",
            "Choose at least 1; 32 is usual. 0 finds one that suits the device.",
        )
        _require(
            math.isfinite(self.checkpoint_minutes) and self.checkpoint_minutes >= 0,
            f"{self.checkpoint_minutes:g} minutes between checkpoints are no time.",
            "Use 0 for checkpoints after epochs alone, or 5.",
        )
        _require(0 <= self.seed < 2**32, f"The seed {self.seed} is out of range.", "Use a number from 0 to 4294967295.")

    def to_json(self) -> dict[str, Any]:
        """Plain types for ``config.json``."""
        plain: dict[str, Any] = msgspec.to_builtins(self)
        return plain

    @classmethod
    def from_json(cls, plain: object, *, origin: str = "config.json") -> "TrainConfig":
        """Read what ``to_json`` wrote, also from older versions of the app.

        Raises:
            EngineError: It is not a config of this app, or of a newer one.
        """
        version = plain.get("schema_version") if isinstance(plain, dict) else None
        if isinstance(version, int) and version > SCHEMA_VERSION:
            raise EngineError(f"{origin} was written by a newer version of this app.", "Update the app to open it.")
        try:
            return msgspec.convert(plain, cls)
        except msgspec.ValidationError as error:
            raise EngineError(f"{origin} is not a valid config: {error}.", "Mend that entry, or start anew.") from error


def read_config(path: Path) -> TrainConfig:
    """Read a ``TrainConfig`` from a JSON file.

    Raises:
        EngineError: The file is missing, not JSON, or not a config.
    """
    try:
        plain = msgspec.json.decode(path.read_bytes())
    except OSError as error:
        raise EngineError(f"The config {path} cannot be read: {error.strerror}.", "Check the path.") from error
    except msgspec.DecodeError as error:
        raise EngineError(f"The config {path} is not JSON: {error}.", "Mend it, or start anew.") from error
    return TrainConfig.from_json(plain, origin=str(path))
