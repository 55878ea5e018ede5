"""Numbers, times and names of settings as people read them."""

import datetime
import time
from pathlib import PurePath

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale

from finetune_gui.engine.models.catalog import find_info


def percent(share: float | None, digits: int = 1) -> str:
    """``0.954`` as ``95.4 %``; a dash for None. What is below 1 is never rounded up to 100 %."""
    if share is None:
        return "–"
    text = f"{100 * share:.{digits}f}"
    if share < 1 and float(text) == 100:
        text = f"{100 * share:.{digits + 2}f}"
    return f"{text} %"


def duration(seconds: float) -> str:
    """``75`` as ``1:15``, ``3725`` as ``1:02:05``."""
    whole = round(seconds)
    hours, minutes = whole // 3600, whole // 60 % 60
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"


def size(num_bytes: int) -> str:
    """``13_900_000`` as ``13.3 MiB``, as the locale of the system writes it."""
    return QLocale().formattedDataSize(num_bytes, 1)


def moment(seconds_since_1970: float) -> str:
    """``Today 10:30``, ``Yesterday 10:30``, else the date, with the year if it is another one."""
    then = time.localtime(seconds_since_1970)
    now = time.localtime()
    clock = time.strftime("%H:%M", then)
    match datetime.date(*now[:3]).toordinal() - datetime.date(*then[:3]).toordinal():
        case 0:
            return _tr("Today {clock}").format(clock=clock)
        case 1:
            return _tr("Yesterday {clock}").format(clock=clock)
    date = QDateTime.fromSecsSinceEpoch(int(seconds_since_1970)).date()
    return f"{QLocale().toString(date, 'd MMM' if then.tm_year == now.tm_year else 'd MMM yyyy')} {clock}"


def model_name(model_id: str) -> str:
    """The catalogue's title of a model, or what is readable of its id."""
    info = find_info(model_id)
    if info is not None:
        return info.title.partition(" (")[0]
    if model_id.startswith("file:"):
        return PurePath(model_id.removeprefix("file:")).name
    return model_id.partition("/")[2] or model_id


def data_name(path: str) -> str:
    """The folder's name."""
    return PurePath(path).name or path


def preset_words(preset: str) -> str:
    """Which layers learn."""
    return {
        "head": _tr("Head only"),
        "last_stage": _tr("Last stage + head"),
        "all": _tr("Everything"),
        "by_depth": _tr("Everything, gentler in depth"),
    }.get(preset, preset)


def shortened(text: str, length: int = 28) -> str:
    """Cut in the middle, for names that stand inside a sentence."""
    if len(text) <= length:
        return text
    half = (length - 1) // 2
    return f"{text[:half]}…{text[-half:]}"


def _tr(text: str) -> str:
    return QCoreApplication.translate("words", text)
