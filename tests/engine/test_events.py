"""Events: to and from JSON without loss."""

import dataclasses
import typing

import msgspec
import pytest

from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.events import ClassFigures, EpochCompleted, Event, LabelIssue, Mistake


def example_of(kind: type) -> typing.Any:
    """An instance with a distinct value in each field."""
    values: dict[str, typing.Any] = {}
    hints = typing.get_type_hints(kind)
    for number, field in enumerate(dataclasses.fields(kind), start=1):
        values[field.name] = _value(hints[field.name], number)
    return kind(**values)


def _value(hint: typing.Any, number: int) -> typing.Any:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Literal:
        return arguments[0]
    if hint is str:
        return f"text {number} ä"
    if hint in (int, float, bool):
        return hint(number)
    if origin is tuple:
        return (_value(arguments[0], number),)
    if origin is dict:
        return {"layer": _value(arguments[1], number)}
    if hint in (ClassFigures, LabelIssue, Mistake):
        return example_of(hint)
    return _value(arguments[0], number)  # X | None


@pytest.mark.parametrize("kind", Event.kinds.values(), ids=lambda kind: kind.__name__)
def test_round_trip(kind: type[Event]) -> None:
    event = example_of(kind)
    plain = msgspec.json.decode(msgspec.json.encode(event.to_json()))
    assert plain["event"] == kind.__name__
    assert Event.from_json(plain) == event


def test_unknown_and_damaged_events_are_refused() -> None:
    with pytest.raises(EngineError, match="Unknown"):
        Event.from_json({"event": "SomethingNew"})
    plain = example_of(EpochCompleted).to_json()
    with pytest.raises(EngineError, match="damaged"):
        Event.from_json({**plain, "epoch": "first"})
