"""What the engine says of data, in the words of the window."""

from collections.abc import Mapping

from PySide6.QtCore import QCoreApplication

from finetune_gui.engine.data.edits import Reason
from finetune_gui.engine.data.findings import Finding, FindingKind, Level, detail_text
from finetune_gui.ui.words import UNKNOWN, count, translated


def reason_words(reason: Reason) -> str:
    """Why an image is left out, under its thumbnail."""
    return {
        "unreadable": QCoreApplication.translate("data_words", "Unreadable"),
        "excluded": QCoreApplication.translate("data_words", "Excluded"),
        "dropped": QCoreApplication.translate("data_words", "Class dropped"),
        "over_limit": QCoreApplication.translate("data_words", "Over the limit"),
    }[reason]


def mark_words(kind: FindingKind) -> str:
    """What a finding makes of a single image; empty where it says nothing of single images."""
    return {
        "leak": QCoreApplication.translate("data_words", "Also in another part"),
        "label_conflict": QCoreApplication.translate("data_words", "The same picture has another class too"),
        "unreadable": QCoreApplication.translate("data_words", "Cannot be read"),
        "copies": QCoreApplication.translate("data_words", "An exact copy"),
        "look_alikes": QCoreApplication.translate("data_words", "Nearly the same as another image"),
        "odd_format": QCoreApplication.translate("data_words", "Of an unusual format"),
        "enormous": QCoreApplication.translate("data_words", "Enormous"),
    }.get(kind, "")


def level_words(level: Level) -> str:
    """How grave a finding is, for those who do not see its icon."""
    return {
        "error": QCoreApplication.translate("data_words", "Grave"),
        "warning": QCoreApplication.translate("data_words", "Warning"),
        "info": QCoreApplication.translate("data_words", "Note"),
    }[level]


def detail_lines(finding: Finding) -> list[str]:
    """More about single files, or counts by reason: one line each."""
    details: Mapping[str, str] = finding.details
    match finding.kind:
        case "ignored":
            reasons = {translated(detail_text(finding, reason)): int(number) for reason, number in details.items()}
            return [f"{count(number)} × {reason}" for reason, number in reasons.items()]
        case "unreadable":
            return [f"{path}: {reason or UNKNOWN}" for path, reason in details.items()]
        case "denied" | "missing_files":
            return list(details)
    return []
