"""Keeps Python's garbage collector from walking over data that stay."""

import gc


def spare_from_collection() -> None:
    """What is in memory now is not looked at by the garbage collector any more.

    Its full collections walk over every object: with the entries of a data set of 60,000 images that takes 30 ms and
    more, at any moment, in whatever thread. What is no longer used is freed as ever by its reference count; only
    cycles that are garbage now stay.
    """
    gc.freeze()
