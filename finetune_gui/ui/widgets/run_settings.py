"""Settings of what is minimised, when a run ends, what makes it fast, and what makes it the same again."""

from PySide6.QtCore import QCoreApplication

from finetune_gui.ui.widgets.config_editors import (
    ButtonEditor,
    ChoiceEditor,
    NumberEditor,
    SwitchEditor,
    WholeEditor,
    WideEditor,
)
from finetune_gui.ui.widgets.config_setting import Setting

translate = QCoreApplication.translate

MAX_SEED = 2**32 - 1
VIEWS = (1, 2, 4, 8, 16)


def loss_settings() -> tuple[Setting, ...]:
    """What is minimised, and what keeps the network from learning by heart."""
    off = translate("ConfigForm", "Off")
    return (
        Setting(
            name="loss.label_smoothing",
            title=translate("ConfigForm", "Smooth labels"),
            help=translate(
                "ConfigForm", "Share of each label that is spread over all classes, such as 0.1: less overconfident."
            ),
            editor=lambda: NumberEditor(0.0, off),
        ),
        Setting(
            name="loss.class_weights",
            title=translate("ConfigForm", "Class weights"),
            help=translate(
                "ConfigForm", "What an image of each class counts: more for a class that must not be missed."
            ),
            editor=ButtonEditor,
        ),
        Setting(
            name="loss.mixup",
            title=translate("ConfigForm", "Mixup"),
            help=translate(
                "ConfigForm", "Blends images and labels in pairs; α, such as 0.2. For long runs with few images."
            ),
            editor=lambda: NumberEditor(0.0, off),
        ),
        Setting(
            name="loss.cutmix",
            title=translate("ConfigForm", "CutMix"),
            help=translate("ConfigForm", "Pastes a piece of one image into another; α, such as 1. For long runs."),
            editor=lambda: NumberEditor(0.0, off),
        ),
        Setting(
            name="head.head_dropout",
            title=translate("ConfigForm", "Dropout"),
            help=translate(
                "ConfigForm",
                "Share of its inputs that the output layer does without in each step, such as 0.2. Empty: as built.",
            ),
            editor=lambda: NumberEditor(None, translate("ConfigForm", "Auto")),
        ),
    )


def stopping_settings() -> tuple[Setting, ...]:
    """What is measured, and when a run ends."""
    return (
        Setting(
            name="data.val_split",
            title=translate("ConfigForm", "Validation share"),
            help=translate("ConfigForm", "Images kept aside to measure with; the network never learns from them."),
            editor=lambda: WholeEditor(1, 90, suffix=" %", scale=100),
        ),
        Setting(
            name="stopping.best_by",
            title=translate("ConfigForm", "Best epoch by"),
            help=translate("ConfigForm", "The weights of the epoch with the best of this are kept."),
            editor=lambda: ChoiceEditor(
                [("val_accuracy", translate("ConfigForm", "Accuracy")), ("val_loss", translate("ConfigForm", "Loss"))]
            ),
        ),
        Setting(
            name="stopping.patience",
            title=translate("ConfigForm", "Patience"),
            help=translate("ConfigForm", "Epochs without a better one after which the run ends by itself."),
            editor=lambda: WholeEditor(0, 100_000, lowest_word=translate("ConfigForm", "Never stop early")),
        ),
    )


def speed_settings() -> tuple[Setting, ...]:
    """What makes a run fast."""
    automatic = translate("ConfigForm", "Automatic")
    always_new = translate("ConfigForm", "Always new")
    views = [(None, automatic), (0, always_new), *((number, str(number)) for number in VIEWS)]
    return (
        Setting(
            name="training.device",
            title=translate("ConfigForm", "Device"),
            help=translate("ConfigForm", "Where it computes. Automatic takes the fastest there is."),
            editor=lambda: ChoiceEditor([("auto", automatic)]),
        ),
        Setting(
            name="speed.precision",
            title=translate("ConfigForm", "Precision"),
            help=translate(
                "ConfigForm", "What it computes in. Automatic takes 16 bits on a GPU that is good at it, else 32."
            ),
            editor=lambda: ChoiceEditor(
                [("auto", automatic), ("fp32", "float32"), ("bf16", "bfloat16"), ("fp16", "float16")]
            ),
        ),
        Setting(
            name="speed.views",
            title=translate("ConfigForm", "Views an image"),
            help=translate(
                "ConfigForm", "Frozen layers run once for each random view; more views vary more and take longer."
            ),
            editor=lambda: ChoiceEditor(views),
            shown=lambda config: config.data.augment != "none" and config.speed.cache,
        ),
        Setting(
            name="speed.compile",
            title=translate("ConfigForm", "Compile"),
            help=translate("ConfigForm", "Compiles the layers that learn: slow to begin, then faster on a GPU."),
            editor=SwitchEditor,
        ),
        Setting(
            name="speed.cache",
            title=translate("ConfigForm", "Keep results"),
            help=translate(
                "ConfigForm", "Whether what frozen layers and decoders give is kept, so that it is done only once."
            ),
            editor=SwitchEditor,
        ),
        Setting(
            name="speed.cache_gb",
            title=translate("ConfigForm", "Room on disk"),
            help=translate("ConfigForm", "Most that is kept on disk for later runs, which then need not do it again."),
            editor=lambda: WholeEditor(0, 10_000, suffix=" GB"),
            shown=lambda config: config.speed.cache,
        ),
    )


def reproducibility_settings() -> tuple[Setting, ...]:
    """What makes a run the same again, and safe."""
    return (
        Setting(
            name="training.seed",
            title=translate("ConfigForm", "Seed"),
            help=translate("ConfigForm", "The same seed gives the same split, order and start: runs can be compared."),
            editor=lambda: WideEditor(MAX_SEED),
        ),
        Setting(
            name="training.deterministic",
            title=translate("ConfigForm", "Deterministic"),
            help=translate("ConfigForm", "A GPU may use only algorithms that give the same result each time; slower."),
            editor=SwitchEditor,
        ),
        Setting(
            name="training.checkpoint_minutes",
            title=translate("ConfigForm", "Save every"),
            help=translate("ConfigForm", "Minutes between checkpoints within an epoch; 0 saves after epochs alone."),
            editor=lambda: WholeEditor(0, 1440, suffix=" min", lowest_word=translate("ConfigForm", "Epoch")),
        ),
    )
