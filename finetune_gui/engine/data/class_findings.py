"""Rules about classes: how many images each has, and in which parts."""

from collections import Counter
from collections.abc import Iterator

from finetune_gui.engine.config import SPLIT_NAMES
from finetune_gui.engine.data.finding_texts import PARTS
from finetune_gui.engine.data.findings import ActionId, Finding, View, new_finding
from finetune_gui.engine.texts import Text

FEW_IMAGES = 10  # to learn a class from; below that its figures are mostly chance
IMBALANCE = 5.0  # training images of the largest class to those of the smallest
SEVERE_IMBALANCE = 10.0


def too_small(view: View) -> Iterator[Finding]:
    """Classes with too few images to learn from."""
    train = view.counts["train"]
    labels = [label for label in range(len(view.dataset.class_names)) if train[label] < FEW_IMAGES]
    if labels:
        names = ", ".join(f"{view.name(label)} ({train[label]})" for label in labels[:5])
        names += ", …" if len(labels) > 5 else ""
        yield new_finding(
            view,
            "too_small",
            "warning",
            sum(train[label] for label in labels),
            key=f"too_small:{'/'.join(view.name(label) for label in labels)}",
            labels=labels,
            actions=("drop_class", "keep"),
            classes_text=names,
            few=str(FEW_IMAGES),
        )


def missing_in_part(view: View) -> Iterator[Finding]:
    """Classes that a part has no image of."""
    for part in SPLIT_NAMES:
        present = view.counts[part]
        labels = [label for label in range(len(view.dataset.class_names)) if not present[label]]
        if labels and present:
            names = ", ".join(view.name(label) for label in labels[:5]) + (", …" if len(labels) > 5 else "")
            others = sum(view.counts[other][label] for other in SPLIT_NAMES for label in labels)
            yield new_finding(
                view,
                "missing_in_part",
                "error" if part == "train" else "warning",
                others,
                key=f"missing_in_part:{part}",
                labels=labels,
                actions=("drop_class", "keep"),
                details={"part": part},
                classes_text=names,
                part=Text(template=PARTS[part]),
            )


def unbalanced(view: View) -> Iterator[Finding]:
    """One class has many times as many images as another, and nothing is done about it yet."""
    ratio = imbalance(view.counts["train"])
    if ratio < IMBALANCE or view.balanced:
        return
    train = view.counts["train"]
    most, least = max(train, key=lambda label: train[label]), min(train, key=lambda label: train[label])
    recommended: ActionId = "class_weights" if ratio < SEVERE_IMBALANCE else "balanced_sampling"
    yield new_finding(
        view,
        "imbalance",
        "warning",
        train[least],
        labels=(most, least),
        actions=(recommended, "keep"),
        most=view.name(most),
        least=view.name(least),
        ratio=f"{ratio:.0f}",
    )


def imbalance(train: Counter[int]) -> float:
    """Training images of the largest class to those of the smallest that has any; 1 where there are none."""
    counts = [count for count in train.values() if count]
    return max(counts) / min(counts) if counts else 1.0
