"""Numbers, times, sizes and names of settings as people read them: one wording for the whole window.

Numbers follow the language of the system: thousands apart, and its decimal sign.
"""

import datetime
import math
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePath

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale

from finetune_gui.engine.config import SplitName
from finetune_gui.engine.data.finding_texts import CONTEXT
from finetune_gui.engine.events import PreparationAdvanced
from finetune_gui.engine.models.catalog import find_info
from finetune_gui.engine.recipes import RecipeName
from finetune_gui.engine.texts import Text, fill

UNKNOWN = "–"


def locale() -> QLocale:
    """The user's; English on a bare machine, which would write numbers without any grouping."""
    locale = QLocale()
    return QLocale(QLocale.Language.English) if locale.language() == QLocale.Language.C else locale


# -- numbers ----------------------------------------------------------------------------------------------------------


def count(number: int) -> str:
    """``2562`` as ``2,562``."""
    return locale().toString(int(number))


def counted(text: str, number: int) -> str:
    """Put a number into ``{count}``; English source texts end in ``(s)`` or ``(es)`` where a plural is meant.

    Call it as ``counted(self.tr("{count} image(s)", "", number), number)``: ``tr`` picks the plural form of a
    translation, this one that of the source text.
    """
    for ending in ("s", "es"):
        text = text.replace(f"({ending})", "" if number == 1 else ending)
    return text.replace("{count}", count(number))


def parameters(number: int) -> str:
    """``4652008`` as ``4.7 M``; below a million in full."""
    return f"{locale().toString(number / 1e6, 'f', 1)} M" if number >= 1_000_000 else count(number)


def figure(value: float) -> str:
    """A loss or a rate with the three digits that count: ``0.0123``, ``1.5``, ``12,345``."""
    if not math.isfinite(value):
        return UNKNOWN
    if abs(value) >= 999.5:
        return count(round(value))
    return _short_exponent(locale().toString(float(value), "g", 3))


def tiny(value: float) -> str:
    """A difference that should be next to nothing, with one digit: ``2e-6``, ``0.002``."""
    return _short_exponent(locale().toString(float(value), "g", 1))


def percent(share: float | None, digits: int = 1) -> str:
    """``0.954`` as ``95.4 %``; a dash for None. What is below 1 is never rounded up to 100 %."""
    if share is None:
        return UNKNOWN
    if share < 1 and float(f"{100 * share:.{digits}f}") == 100:
        digits += 2
    return f"{locale().toString(100.0 * share, 'f', digits)} %"


def times(factor: float) -> str:
    """``1×``, ``0.2×``, ``12×``: to two figures."""
    return f"{locale().toString(float(factor), 'f', 0 if factor >= 9.5 or factor == 1 else 1)}×"


def size(num_bytes: int) -> str:
    """``13_900_000`` as ``13.9 MB``, ``345_600_000`` as ``346 MB``: decimal units, as disks and downloads count."""
    leading = float(num_bytes)
    while leading >= 1000:
        leading /= 1000
    digits = 1 if num_bytes >= 1000 and leading < 99.95 else 0
    return locale().formattedDataSize(num_bytes, digits, QLocale.DataSizeFormat.DataSizeSIFormat)


def preparation_words(event: PreparationAdvanced | None) -> str:
    """``Reading images 120/397``, ``Downloading the weights 19.1 MB/46.8 MB``; empty when nothing is prepared."""
    if event is None:
        return ""
    words = size if event.in_bytes else count
    return f"{event.activity} {words(event.done)}/{words(event.total)}" if event.total else event.activity


def progress_share(event: PreparationAdvanced) -> float | None:
    """How much of it is done, from 0 to 1; None while that is unknown."""
    return event.done / event.total if event.total else None


# -- time -------------------------------------------------------------------------------------------------------------


def duration(seconds: float) -> str:
    """``75`` as ``1:15``, ``3725`` as ``1:02:05``."""
    whole = round(seconds)
    hours, minutes = whole // 3600, whole // 60 % 60
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"


def milliseconds(seconds: float) -> str:
    """``0.0123`` as ``12.3 ms``, ``2.5`` as ``2,500 ms``."""
    return QCoreApplication.translate("words", "{0} ms").format(figure(1000 * seconds))


def spoken_time(seconds: float) -> str:
    """``130`` as ``2 min``: as exact as one would say it."""
    if seconds < 59.5:
        return QCoreApplication.translate("words", "{0} s").format(max(1, round(seconds)))
    minutes = round(seconds / 60)
    if minutes < 90:
        return QCoreApplication.translate("words", "{0} min").format(minutes)
    return QCoreApplication.translate("words", "{0} h {1} min").format(*divmod(minutes, 60))


def moment(seconds_since_1970: float) -> str:
    """``Today 10:30``, ``Yesterday 10:30``, else the date, with the year if it is another one."""
    then = time.localtime(seconds_since_1970)
    now = time.localtime()
    clock = time.strftime("%H:%M", then)
    match datetime.date(*now[:3]).toordinal() - datetime.date(*then[:3]).toordinal():
        case 0:
            return QCoreApplication.translate("words", "Today {clock}").format(clock=clock)
        case 1:
            return QCoreApplication.translate("words", "Yesterday {clock}").format(clock=clock)
    date = QDateTime.fromSecsSinceEpoch(int(seconds_since_1970)).date()
    return f"{locale().toString(date, 'd MMM' if then.tm_year == now.tm_year else 'd MMM yyyy')} {clock}"


# -- what the engine says ---------------------------------------------------------------------------------------------


def translated(text: Text) -> str:
    """A sentence of the engine in the language of the window; so are the texts that stand in it."""
    template = QCoreApplication.translate(CONTEXT, text.template)  # without plural forms: it stands for any number
    values = {name: translated(value) if isinstance(value, Text) else value for name, value in text.values.items()}
    return fill(template, replace(text, values=values), count(text.count))


# -- names ------------------------------------------------------------------------------------------------------------


def model_name(model_id: str) -> str:
    """The catalogue's title of a model, or what is readable of its id."""
    info = find_info(model_id)
    if info is not None:
        return info.title.partition(" (")[0]
    if model_id.startswith(("file:", "run:")):
        return PurePath(model_id.partition(":")[2]).name
    return model_id.partition("/")[2] or model_id


def data_name(path: str) -> str:
    """The folder's name."""
    return PurePath(path).name or path


def part_name(part: SplitName) -> str:
    """A part of the data."""
    return {
        "train": QCoreApplication.translate("words", "Training"),
        "val": QCoreApplication.translate("words", "Validation"),
        "test": QCoreApplication.translate("words", "Test"),
    }[part]


def preset_words(preset: str) -> str:
    """Which layers learn."""
    return {
        "head": QCoreApplication.translate("words", "Head only"),
        "last_stage": QCoreApplication.translate("words", "Last stage + head"),
        "all": QCoreApplication.translate("words", "Everything"),
        "by_depth": QCoreApplication.translate("words", "Gentler in depth"),
        "two_groups": QCoreApplication.translate("words", "Two rates"),
    }.get(preset, preset)


def recipe_name(recipe: RecipeName) -> str:
    """As on its card."""
    return {
        "quick": QCoreApplication.translate("words", "Quick"),
        "balanced": QCoreApplication.translate("words", "Balanced"),
        "thorough": QCoreApplication.translate("words", "Thorough"),
        "classic": QCoreApplication.translate("words", "Classic"),
    }[recipe]


def recipe_words(recipe: RecipeName | None, changed: Sequence[str]) -> str:
    """``Quick``, or ``Quick, changed``; None is a plan that no recipe has."""
    if recipe is None:
        return QCoreApplication.translate("words", "Of your own")
    name = recipe_name(recipe)
    return QCoreApplication.translate("words", "{recipe}, changed").format(recipe=name) if changed else name


def optimizer_name(optimizer: str) -> str:
    """As in papers."""
    return {"adamw": "AdamW", "sgd": "SGD"}.get(optimizer, optimizer)


def schedule_name(schedule: str) -> str:
    """How the learning rate goes over a run."""
    return {
        "cosine": QCoreApplication.translate("words", "cosine"),
        "one_cycle": QCoreApplication.translate("words", "one cycle"),
        "step": QCoreApplication.translate("words", "steps"),
        "constant": QCoreApplication.translate("words", "constant"),
    }.get(schedule, schedule)


def shortened(text: str, length: int = 28) -> str:
    """Cut in the middle, for names that stand inside a sentence."""
    if len(text) <= length:
        return text
    half = (length - 1) // 2
    return f"{text[:half]}…{text[-half:]}"


def _short_exponent(number: str) -> str:
    """``2e-06`` as ``2e-6``."""
    mantissa, exponent, power = number.partition("e")
    return f"{mantissa}e{int(power)}" if exponent else number
