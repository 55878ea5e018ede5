"""Keeps Python's garbage collector from walking over data that stay."""

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_lock = threading.Lock()
_held = 0


def spare_from_collection() -> None:
    """What is in memory now is not looked at by the garbage collector any more.

    Its full collections walk over every object: with the entries of a data set of 60,000 images that takes 30 ms and
    more, at any moment, in whatever thread. What is no longer used is freed as ever by its reference count; only
    cycles that are garbage now stay.
    """
    gc.freeze()


@contextmanager
def collection_put_off() -> Iterator[None]:
    """While many plain objects that stay are made, the collector waits; afterwards it spares them.

    Else it would walk over all that is there again and again while they come: hundreds of milliseconds each time, in
    which no thread does anything. For a few seconds of work at most.
    """
    global _held
    with _lock:
        _held += 1
        if _held == 1:
            gc.collect(1)  # cycles that are garbage by now are not to be spared with the rest
            gc.disable()
    try:
        yield
    finally:
        with _lock:
            _held -= 1
            if _held == 0:
                gc.freeze()
                gc.enable()
