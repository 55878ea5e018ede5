"""Settings of how weights are updated, and those that most people look at."""

from PySide6.QtCore import QCoreApplication

from finetune_gui.ui.widgets.config_editors import ChoiceEditor, NumberEditor, WholeEditor
from finetune_gui.ui.widgets.config_setting import Setting
from finetune_gui.ui.words import optimizer_name

translate = QCoreApplication.translate


def common_settings() -> tuple[Setting, ...]:
    """What most people look at."""
    return (
        Setting(
            name="training.num_epochs",
            title=translate("ConfigForm", "Epochs"),
            help=translate(
                "ConfigForm",
                "How often all training images are seen. More learns more, up to a point: watch the orange curve.",
            ),
            editor=lambda: WholeEditor(1, 100_000),
        ),
        Setting(
            name="training.batch_size",
            title=translate("ConfigForm", "Batch size"),
            help=translate(
                "ConfigForm",
                "Images per step. Larger is steadier and needs more memory; 32 suits most. 0: found by a short trial.",
            ),
            editor=lambda: WholeEditor(0, 65_536, lowest_word=translate("ConfigForm", "Automatic")),
        ),
        Setting(
            name="optim.lr",
            title=translate("ConfigForm", "Learning rate"),
            help=translate(
                "ConfigForm",
                "Size of a step, η. Empty: chosen to suit optimizer and layers. Too large and the loss jumps.",
            ),
            editor=lambda: NumberEditor(None, translate("ConfigForm", "Auto")),
        ),
        Setting(
            name="optim.optimizer",
            title=translate("ConfigForm", "Optimizer"),
            help=translate(
                "ConfigForm", "AdamW works without tuning; SGD with momentum is the classic, with larger rates."
            ),
            editor=lambda: ChoiceEditor([(name, optimizer_name(name)) for name in ("adamw", "sgd")]),
        ),
        Setting(
            name="data.augment",
            title=translate("ConfigForm", "Vary images"),
            help=translate(
                "ConfigForm",
                "Training images are cropped, flipped and recoloured at random, so that few images go further.",
            ),
            editor=lambda: ChoiceEditor(
                [
                    ("none", translate("ConfigForm", "Not at all")),
                    ("light", translate("ConfigForm", "Lightly")),
                    ("strong", translate("ConfigForm", "Strongly")),
                ]
            ),
        ),
    )


def schedule_settings() -> tuple[Setting, ...]:
    """The learning rate over the run; what belongs to one schedule is shown with it alone."""
    return (
        Setting(
            name="optim.schedule",
            title=translate("ConfigForm", "Schedule"),
            help=translate(
                "ConfigForm",
                "Learning rate over the run: warm up and fall to 0; one cycle up and down; fall in steps; or stay.",
            ),
            editor=lambda: ChoiceEditor(
                [
                    ("cosine", translate("ConfigForm", "Cosine")),
                    ("one_cycle", translate("ConfigForm", "One cycle")),
                    ("step", translate("ConfigForm", "Steps")),
                    ("constant", translate("ConfigForm", "Constant")),
                ]
            ),
        ),
        Setting(
            name="optim.warmup",
            title=translate("ConfigForm", "Warm-up"),
            help=translate("ConfigForm", "Share of the run in which the rate climbs from 0, such as 0.05."),
            editor=lambda: NumberEditor(0.05, "0.05"),
            shown=lambda config: config.optim.schedule == "cosine",
        ),
        Setting(
            name="optim.step_epochs",
            title=translate("ConfigForm", "Epochs a step"),
            help=translate("ConfigForm", "The learning rate falls each time that many epochs are done."),
            editor=lambda: WholeEditor(1, 100_000),
            shown=lambda config: config.optim.schedule == "step",
        ),
        Setting(
            name="optim.step_factor",
            title=translate("ConfigForm", "Factor of a step"),
            help=translate("ConfigForm", "What the learning rate is multiplied by at each step, such as 0.1."),
            editor=lambda: NumberEditor(0.1, "0.1"),
            shown=lambda config: config.optim.schedule == "step",
        ),
    )


def update_settings() -> tuple[Setting, ...]:
    """How a gradient becomes a step."""
    return (
        Setting(
            name="optim.momentum",
            title=translate("ConfigForm", "Momentum"),
            help=translate("ConfigForm", "Share of the last step that goes on in the next; 0.9 is usual."),
            editor=lambda: NumberEditor(0.9, "0.9"),
            shown=lambda config: config.optim.optimizer == "sgd",
        ),
        Setting(
            name="optim.weight_decay",
            title=translate("ConfigForm", "Weight decay"),
            help=translate(
                "ConfigForm", "Pulls weights towards 0 against overfitting. Empty: 0.01 for AdamW, 0.0001 for SGD."
            ),
            editor=lambda: NumberEditor(None, translate("ConfigForm", "Auto")),
        ),
        Setting(
            name="optim.clip_norm",
            title=translate("ConfigForm", "Clip gradients"),
            help=translate(
                "ConfigForm", "Longest gradient that is allowed, such as 1: one odd batch cannot spoil the weights."
            ),
            editor=lambda: NumberEditor(0.0, translate("ConfigForm", "Off")),
        ),
        Setting(
            name="optim.grad_accum_steps",
            title=translate("ConfigForm", "Batches a step"),
            help=translate(
                "ConfigForm", "Gradients of so many batches make one step: a larger batch in the memory of one."
            ),
            editor=lambda: WholeEditor(1, 10_000),
        ),
        Setting(
            name="optim.ema_decay",
            title=translate("ConfigForm", "Average weights"),
            help=translate(
                "ConfigForm", "Evaluates and keeps a moving average (EMA) of the weights; its decay, such as 0.99."
            ),
            editor=lambda: NumberEditor(0.0, translate("ConfigForm", "Off")),
        ),
    )
