"""Figures of a run as people read them."""

import math

from PySide6.QtCore import QCoreApplication, QLocale


def count(number: int) -> str:
    """``2562`` as ``2,562``, in the way of the user's language."""
    return QLocale().toString(number)


def parameters(number: int) -> str:
    """``4652008`` as ``4.7 M``; small numbers in full."""
    return f"{QLocale().toString(number / 1e6, 'f', 1)} M" if number >= 1_000_000 else count(number)


def spoken_time(seconds: float) -> str:
    """``130`` as ``2 min``: as exact as one would say it."""
    if seconds < 59.5:
        return _tr("{0} s").format(max(1, round(seconds)))
    minutes = round(seconds / 60)
    if minutes < 90:
        return _tr("{0} min").format(minutes)
    return _tr("{0} h {1} min").format(*divmod(minutes, 60))


def figure(value: float) -> str:
    """A loss or a rate with the three digits that count."""
    if not math.isfinite(value):
        return "–"
    return f"{value:.3g}" if abs(value) < 1000 else count(round(value))


def _tr(text: str) -> str:
    return QCoreApplication.translate("figures", text)
