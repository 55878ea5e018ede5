"""What is said of a run: where it is, and what came in its way."""

from PySide6.QtCore import QCoreApplication

from finetune_gui.engine.events import BatchDivided, BatchSizeChosen, Event, RunFinished, RunRolledBack, WarningRaised
from finetune_gui.ui.run_progress import RunProgress
from finetune_gui.ui.words import (
    count,
    counted,
    figure,
    optimizer_name,
    parameters,
    percent,
    preparation_words,
    spoken_time,
    times,
)

translate = QCoreApplication.translate


def headline(run: RunProgress, state: str) -> str:
    """``Epoch 3 of 20 · 12 % · 2 min left``; ``state`` is that of the run host."""
    if state == "stopping":
        return translate("RunWords", "Stopping…")
    if run.started is None:
        return _before_the_run(run) if state != "idle" else translate("RunWords", "Nothing has been trained yet")
    if run.finished is not None and run.finished.outcome == "discarded":
        return translate("RunWords", "The run was discarded")
    if state == "idle":
        return _past_headline(run)
    if run.preparation is not None:
        return _before_the_run(run)
    parts = [translate("RunWords", "Epoch {0} of {1}").format(run.epoch_number, run.started.num_epochs)]
    if run.share is not None:
        parts.append(percent(run.share, 0))
    if state == "pausing":
        parts.append(translate("RunWords", "pausing…"))
    elif state == "paused":
        parts.append(translate("RunWords", "waiting") if run.waiting else translate("RunWords", "paused"))
    elif run.validation is not None:
        parts.append(translate("RunWords", "validating"))
    elif run.seconds_left is not None:
        parts.append(translate("RunWords", "{0} left").format(spoken_time(run.seconds_left)))
    return " · ".join(parts)


def _before_the_run(run: RunProgress) -> str:
    return preparation_words(run.preparation) or translate("RunWords", "Getting ready…")


def _past_headline(run: RunProgress) -> str:
    reached = run.epoch.epoch if run.epoch else 0
    planned = run.started.num_epochs if run.started else reached
    if run.finished is None:
        return translate("RunWords", "Ended too early, in epoch {0} of {1}").format(run.epoch_number, planned)
    if run.finished.stopped_early:
        return translate("RunWords", "Finished early, after {0} of {1} epochs").format(reached, planned)
    if run.finished.outcome == "stopped":
        return translate("RunWords", "Stopped in epoch {0} of {1}, and kept").format(reached, planned)
    return counted(translate("RunWords", "Finished · {count} epoch(s)", "", planned), planned)


def details(run: RunProgress, state: str) -> str:
    """``325 training and 72 validation images · AdamW, learning rate 0.003 · 2,562 of 3.4 M parameters learn``."""
    started, change = run.started, run.plan_change
    if started is None:
        waiting = translate("RunWords", "The curves appear here, live, as soon as you press Train.")
        return waiting if state == "idle" else ""
    lr = change.lr if change is not None else started.lr
    trainable = change.trainable_parameters if change is not None else started.trainable_parameters
    images = translate("RunWords", "{0} training and {1} validation images")
    rate = translate("RunWords", "{0}, learning rate {1}")
    learning = translate("RunWords", "{0} of {1} parameters learn")
    return " · ".join(
        (
            images.format(count(started.num_train), count(started.num_val)),
            rate.format(optimizer_name(started.optimizer), figure(lr)),
            learning.format(parameters(trainable), parameters(started.total_parameters)),
        )
    )


def incident_words(event: Event, *, brief: bool = False) -> str:
    """What came in the way of a run and was got over; empty for any other event. ``brief``: without the way out."""
    match event:
        case WarningRaised():
            return event.message if brief else f"{event.message} {event.hint}".strip()
        case BatchSizeChosen():
            words = translate("RunWords", "Batches of {0} images suit this device best.")
            return words.format(count(event.batch_size))
        case BatchDivided():
            words = translate(
                "RunWords", "Memory ran out: batches of {0} go through in parts of {1}; the result is the same."
            )
            return words.format(count(event.batch_size), count(event.micro_batch))
        case RunRolledBack():
            words = translate(
                "RunWords",
                "In step {0} the loss was no longer a number: the run went back to step {1}, and on with {2} of the "
                "learning rate.",
            )
            return words.format(count(event.global_step), count(event.to_step), times(event.lr_factor))
    return ""


def result_words(event: RunFinished) -> tuple[str, str]:
    """A sentence and a note on a run that ended well."""
    accuracy = percent(event.best_val_accuracy)
    sentence = translate("RunWords", "{0} of the validation images are recognised.").format(accuracy)
    notes = [translate("RunWords", "Best at epoch {0}; these weights are kept.").format(event.best_epoch)]
    if event.stopped_early:
        notes.append(translate("RunWords", "Stopped by itself: no later epoch was better."))
    if event.frozen_verified:
        notes.append(translate("RunWords", "Frozen layers verified: identical to the last bit."))
    return sentence, " ".join(notes)
