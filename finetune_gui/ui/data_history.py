"""Undo and redo of what was decided about the data."""

from dataclasses import dataclass, replace
from typing import Any

from finetune_gui.engine.config import DataConfig

MOST_STEPS = 200
_DECIDED = ("edits", "balance", "val_split", "test_split", "group_pattern", "group_look_alikes")


@dataclass(frozen=True, kw_only=True)
class Step:
    """A change: what it is called, and the settings that hold without it."""

    name: str
    data: DataConfig


class DataHistory:
    """The decisions about one data set, in order. Settings are immutable, so a step is what was there before it."""

    def __init__(self) -> None:
        self._done: list[Step] = []
        self._undone: list[Step] = []

    def clear(self) -> None:
        """Other data: nothing to undo."""
        self._done.clear()
        self._undone.clear()

    def record(self, name: str, before: DataConfig, after: DataConfig) -> None:
        """Remember a change, if it is one of decisions; what was undone cannot be redone any more."""
        if _decisions(before) != _decisions(after):
            self._done = [*self._done, Step(name=name, data=before)][-MOST_STEPS:]
            self._undone.clear()

    @property
    def undoable(self) -> str:
        """Name of the change that ``undo`` takes back; empty for none."""
        return self._done[-1].name if self._done else ""

    @property
    def redoable(self) -> str:
        """Name of the change that ``redo`` makes again; empty for none."""
        return self._undone[-1].name if self._undone else ""

    def undo(self, now: DataConfig) -> DataConfig:
        """The settings without the last change; those that are no decisions stay."""
        return _swap(self._done, self._undone, now)

    def redo(self, now: DataConfig) -> DataConfig:
        """The settings with the change that was undone last."""
        return _swap(self._undone, self._done, now)


def _swap(source: list[Step], target: list[Step], now: DataConfig) -> DataConfig:
    if not source:
        return now
    step = source.pop()
    target.append(Step(name=step.name, data=now))
    return replace(now, **_decisions(step.data))


def _decisions(data: DataConfig) -> dict[str, Any]:
    return {field: getattr(data, field) for field in _DECIDED}
