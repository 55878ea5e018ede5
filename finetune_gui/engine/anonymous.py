"""Texts that may be given to others."""

import os
import re
from pathlib import Path

_TOKENS = re.compile(r"\bhf_[A-Za-z0-9]{8,}")  # of the hub, should one ever have come into a log


def anonymous(text: str) -> str:
    """The text without the user's home folder, however it is written, and without tokens."""
    for written in _spellings(str(Path.home())):
        flags = re.IGNORECASE if os.name == "nt" else 0
        # Not within a longer name: with the home folder /home/an, /home/anna is somebody else's.
        text = re.sub(re.escape(written) + r"(?![\w.-])", "~", text, flags=flags)
    return _TOKENS.sub("hf_…", text)


def _spellings(home: str) -> list[str]:
    """As it is, with slashes, and as JSON and Python write backslashes; none for a home that is the root."""
    if len(home) < 4:
        return []
    return list(dict.fromkeys([home.replace("\\", "\\\\"), home, home.replace("\\", "/")]))
