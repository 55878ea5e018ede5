"""Marks files that this installation wrote, so that it can tell them from foreign ones.

``torch.export.load`` runs pickle, and pickle runs whatever the file says. A program is therefore opened only where its
seal shows that it was written here: an HMAC with a key that never leaves this user's data folder.
"""

import hashlib
import hmac
import os
import secrets
from contextlib import suppress
from pathlib import Path

from finetune_gui import paths
from finetune_gui.engine.files import cannot_write

_KEY_FILE = "export.key"
_KEY_BYTES = 32


def seal(path: Path) -> str:
    """The mark of this installation for a file, as hexadecimal digits.

    Raises:
        EngineError: The key cannot be kept.
    """
    return _mark(path, _key())


def is_sealed(path: Path, mark: str) -> bool:
    """Whether this installation made the mark, for just these bytes."""
    try:
        key = _key_file().read_bytes()
    except OSError:
        return False
    return len(key) == _KEY_BYTES and hmac.compare_digest(_mark(path, key), mark)


def _mark(path: Path, key: bytes) -> str:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").digest()
    return hmac.new(key, digest, "sha256").hexdigest()


def _key() -> bytes:
    """Made when it is first asked for. Two processes that do so at once agree on the one that came first."""
    path = _key_file()
    with suppress(OSError):
        if len(key := path.read_bytes()) == _KEY_BYTES:
            return key
    temporary = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(_KEY_BYTES))
        temporary.replace(path)
        return path.read_bytes()
    except OSError as error:
        raise cannot_write(path, error) from error
    finally:
        with suppress(OSError):
            temporary.unlink()


def _key_file() -> Path:
    return paths.data_dir() / _KEY_FILE
