"""The control token."""

import threading

from finetune_gui.engine.control import Request, RunControl


def test_discard_outranks_stop() -> None:
    control = RunControl()
    assert not control.should_end
    control.stop()
    control.discard()
    control.stop()
    assert control.request is Request.DISCARD


def test_a_paused_run_wakes_up_to_stop() -> None:
    control = RunControl()
    control.pause()
    woke = threading.Event()
    waiting = threading.Thread(target=lambda: (control.wait_while_paused(), woke.set()))
    waiting.start()
    assert not woke.wait(0.05)
    control.stop()
    assert woke.wait(5)
    waiting.join()
    assert not control.paused


def test_resume() -> None:
    control = RunControl()
    control.pause()
    assert control.paused
    control.resume()
    control.wait_while_paused()  # returns at once
