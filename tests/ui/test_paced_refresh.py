"""What changes often is shown often enough, and its last state always."""

from pytestqt.qtbot import QtBot

from finetune_gui.engine.events import RunPaused, StepCompleted
from finetune_gui.ui.paced_refresh import INTERVAL_MS, PacedRefresh


def test_many_wishes_are_few_refreshes_and_the_last_is_kept(qtbot: QtBot) -> None:
    state, shown = 0, list[int]()
    pace = PacedRefresh(lambda: shown.append(state))
    for state in range(1, 101):  # noqa: B007 - what is shown is the state of the moment
        pace.wish()
    assert shown == [1]  # the first at once
    qtbot.waitUntil(lambda: len(shown) > 1)
    assert shown == [1, 100]
    qtbot.wait(2 * INTERVAL_MS)
    assert shown == [1, 100]  # and nothing is owed


def test_milestones_do_not_wait(qtbot: QtBot) -> None:  # noqa: ARG001 - timers need an application
    shown: list[int] = []
    pace = PacedRefresh(lambda: shown.append(len(shown)))
    step = StepCompleted(
        epoch=1, step=1, global_step=1, loss=1.0, accuracy=0.5, lr=0.1, images_per_second=1.0, seconds_left=1.0
    )
    pace.after([step])
    pace.after([step])
    assert shown == [0]
    pace.after([step, RunPaused(global_step=1)])
    assert shown == [0, 1]
