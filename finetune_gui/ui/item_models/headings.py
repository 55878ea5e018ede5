"""What tables with columns of words and of numbers have in common."""

from PySide6.QtCore import Qt


def heading(role: int, text: str, tip: str, alignment: Qt.AlignmentFlag) -> object:
    """What ``headerData`` answers for one column."""
    answers: dict[int, object] = {
        Qt.ItemDataRole.DisplayRole: text,
        Qt.ItemDataRole.ToolTipRole: tip,
        Qt.ItemDataRole.TextAlignmentRole: alignment,
    }
    return answers.get(role)


def aligned(*, number: bool) -> Qt.AlignmentFlag:
    """Numbers stand at the right, so that their digits stand below each other."""
    side = Qt.AlignmentFlag.AlignRight if number else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
