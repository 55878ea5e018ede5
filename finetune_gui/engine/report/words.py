"""Figures and settings of a report in English words."""

import time
from collections.abc import Iterator
from typing import Any

import msgspec

from finetune_gui.engine.baselines_file import VERDICTS
from finetune_gui.engine.config import TrainConfig
from finetune_gui.engine.events import RunStarted
from finetune_gui.engine.models.catalog import find_info
from finetune_gui.engine.report.contents import ReportedPart, RunContents

_NO_BREAK = "\N{NO-BREAK SPACE}"
PART_WORDS = {"train": "training", "val": "validation", "test": "test"}
_PRESETS = {
    "head": "only the new output layer learns",
    "last_stage": "the last stage and the output layer learn",
    "all": "all layers learn",
    "by_depth": "all layers learn, earlier ones more gently",
    "two_groups": "two rates: one up to a layer, another beyond it",
}
_OPTIMIZERS = {"adamw": "AdamW", "sgd": "SGD"}
_STATES = {
    "completed": "finished",
    "stopped": "stopped by its user",
    "failed": "ended by an error",
    "unfinished": "not finished",
    "running": "still being trained",
}


def percent(share: float | None) -> str:
    """``95.4 %``, never on two lines; a dash where there is no figure. What is below 1 is never rounded up to 100 %."""
    if share is None:
        return "–"
    return f"{100 * share:.{3 if share < 1 and f'{100 * share:.1f}' == '100.0' else 1}f}{_NO_BREAK}%"


def interval(likely: tuple[float, float] | None) -> str:
    """``90.9–97.8 %``."""
    return "" if likely is None else f"{100 * likely[0]:.1f}–{percent(likely[1])}"


def duration(seconds: float) -> str:
    """``42 s``, ``3 min 5 s`` or ``1 h 3 min``."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    return f"{minutes} min {rest} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def moment(seconds_since_1970: float) -> str:
    """``2026-11-25 10:30``."""
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(seconds_since_1970))


def model_title(contents: RunContents) -> str:
    """What the network is called."""
    info = find_info(contents.config.model.id)
    return info.title if info is not None else contents.config.model.id


def license_words(model_id: str) -> str:
    """Under which license the weights were published that a model was tuned from."""
    info = find_info(model_id)
    if info is not None and info.license:
        return f"The pretrained weights are published under {info.license}; the tuned weights are derived from them."
    return "Nobody states here under which license the pretrained weights are published: ask their authors."


def headline(part: ReportedPart) -> str:
    """The one sentence that counts."""
    result = part.result
    return (
        f"Of {result.num_images:,} {PART_WORDS[part.part]} images, which it did not learn from, the model names "
        f"{percent(result.accuracy)} rightly (95 % interval {interval(part.interval)})."
    )


def remarks(contents: RunContents) -> list[str]:
    """What a reader has to know beside the accuracy."""
    found = []
    if contents.baselines is not None:
        found.append(VERDICTS[contents.baselines.verdict])
    if contents.parts and all(part.part == "val" for part in contents.parts):
        found.append(
            "The best epoch was chosen by these validation images, so on new ones the accuracy may be a little lower."
        )
    for part in contents.parts:
        worst = part.reliance.groups[0] if part.reliance is not None and part.reliance.groups else None
        if worst is not None and worst.stands_out:
            words = f"It is worse for the {PART_WORDS[part.part]} images of “{worst.name}” than for the others, beyond "
            found.append(f"{words}chance: {percent(worst.accuracy)} of {worst.support}.")
    if contents.audit is not None and not contents.audit.verified:
        found.append("Layers that should have been frozen have changed: this is a bug, please report it.")
    return found


def facts(contents: RunContents) -> list[tuple[str, str]]:
    """What was trained, on what, how; names with values."""
    config, summary, started = contents.config, contents.summary, contents.started
    rows = [
        ("Model", model_title(contents) + (", from random weights" if config.model.weights == "none" else "")),
        ("Layers", _PRESETS.get(config.plan.preset, config.plan.preset)),
        ("Images", config.data.path),
    ]
    if started is not None:
        rows += [
            ("Classes", str(len(started.class_names))),
            ("Learnt from", f"{started.num_train:,} images, checked with {started.num_val:,}"),
            ("Learning", f"{started.trainable_parameters:,} of {started.total_parameters:,} parameters"),
            ("Optimizer", _optimizer(contents.config, started)),
            ("Device", started.device),
        ]
    rows += [
        ("Epochs", f"{summary.epochs_done} of {config.num_epochs}, best {summary.best_epoch}"),
        ("Training time", duration(summary.seconds)),
        ("Began", moment(summary.started)),
        ("State", _STATES.get(summary.state, summary.state)),
    ]
    if contents.audit is not None and contents.audit.verified:
        rows.append(("Frozen layers", f"{contents.audit.num_frozen:,} tensors are bit for bit as before training"))
    if contents.trust.temperature != 1.0:
        rows.append(("Temperature", f"{contents.trust.temperature:.3f}, fitted on the validation images"))
    if contents.trust.threshold is not None:
        rows.append(("“None of these”", f"below {percent(contents.trust.threshold)}"))
    return rows


def _optimizer(config: TrainConfig, started: RunStarted) -> str:
    name = _OPTIMIZERS.get(started.optimizer, started.optimizer)
    return f"{name}, rate {started.lr:.3g}, {config.optim.schedule.replace('_', ' ')}"


def settings(config: TrainConfig) -> list[tuple[str, str]]:
    """Every field of the config, by its path."""
    return list(_flattened(msgspec.to_builtins(config), ""))


def _flattened(plain: dict[str, Any], prefix: str) -> Iterator[tuple[str, str]]:
    for name, value in plain.items():
        if isinstance(value, dict) and value:
            yield from _flattened(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", msgspec.json.encode(value).decode().strip('"')
