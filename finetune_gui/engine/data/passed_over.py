"""Which files of a folder or an archive are looked at, told by their names alone."""

from typing import Literal

from finetune_gui.engine.data.dataset import Ignored
from finetune_gui.engine.data.formats import IMAGE_SUFFIXES

Wanted = Literal["image", "table"]

TABLE_SUFFIXES = frozenset((".csv", ".tsv"))
ARCHIVE_SUFFIXES = frozenset(
    (".zip", ".tar", ".tgz", ".gz", ".tbz", ".bz2", ".txz", ".xz", ".zst", ".7z", ".rar", ".cab", ".iso")
)
# What systems and programs leave among the user's files, in lower case.
_SYSTEM_NAMES = frozenset(
    (
        *("thumbs.db", "ehthumbs.db", "desktop.ini", "$recycle.bin", "system volume information"),  # Windows
        *(".ds_store", "__macosx", ".spotlight-v100", ".fseventsd", ".trashes", ".appledouble", "icon\r"),  # macOS
        *("lost+found", ".directory", ".nomedia", ".thumbnails"),  # Linux and Android
        *("@eadir", "#recycle", ".picasa.ini", "picasa.ini"),  # network storage, photo programs
        *(".ipynb_checkpoints", "__pycache__"),  # Python
    )
)


def passed_over_by_name(name: str) -> Literal["hidden", "system", "broken_name"] | None:
    """Whether a file or a folder of this name concerns nobody."""
    if name.startswith("._") or name.lower() in _SYSTEM_NAMES:  # ._NAME is macOS's shadow of NAME
        return "system"
    if name.startswith("."):
        return "hidden"
    return None if is_unicode(name) else "broken_name"


def is_unicode(text: str) -> bool:
    """Whether a name is valid text. Some systems take any bytes, which Python smuggles through as lone surrogates."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def kind_of_file(name: str) -> Wanted | Ignored:
    """What a regular file is by its suffix: an image, a table of labels, or why it is passed over."""
    stem, dot, suffix = name.rpartition(".")
    suffix = (dot + suffix).lower() if stem else ""
    if suffix in IMAGE_SUFFIXES:
        return "image"
    if suffix in TABLE_SUFFIXES:
        return "table"
    return "nested_archive" if suffix in ARCHIVE_SUFFIXES else "not_image"
