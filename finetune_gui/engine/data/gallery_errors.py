"""Why a download failed, in a sentence, and the way out."""

import errno
import http.client
import urllib.error
from pathlib import Path
from urllib.parse import urlsplit

from finetune_gui.engine.data.gallery import Archive, GalleryEntry
from finetune_gui.engine.errors import EngineError

# RuntimeError is how torchvision says that the MD5 of what was downloaded is another one.
NETWORK_ERRORS = (OSError, http.client.HTTPException, RuntimeError)
_OF_THE_DISK = {
    errno.ENOSPC,
    errno.EDQUOT,
    errno.EFBIG,
    errno.EACCES,
    errno.EPERM,
    errno.EROFS,
    errno.EIO,
    errno.ENOENT,
    errno.ENOTDIR,
}


def explain(
    error: Exception, entry: GalleryEntry, archive: Archive, brought: Path, received: int, announced: int
) -> Exception:
    """The error to raise for one of ``NETWORK_ERRORS``.

    Args:
        error: What the download code raised.
        entry: The data set.
        archive: The file that was downloaded.
        brought: Folder into which the user may put the files.
        received: Bytes that came before the error.
        announced: Bytes that should have come; 0 if the server did not say.

    Returns:
        An ``EngineError``, or the error itself if it is not about the connection.
    """
    if isinstance(error, OSError) and error.errno in _OF_THE_DISK:
        return error
    host = urlsplit(archive.url).hostname
    hint = _way_out(entry, brought)
    if isinstance(error, urllib.error.HTTPError):
        return EngineError(f"{host} does not hand out {archive.name}: {error.code} {error.reason}.".rstrip(), hint)
    if _is_timeout(error):
        return EngineError(f"{host} stopped answering{_progress(received, announced)}.", hint)
    if received < announced or (received and not isinstance(error, RuntimeError)):
        return EngineError(f"The connection to {host} broke off{_progress(received, announced)}.", hint)
    if isinstance(error, RecursionError):  # torchvision's word for a chain of redirects, and a RuntimeError too
        return EngineError(f"{host} sends {archive.name} from one address to the next without an end.", hint)
    if isinstance(error, RuntimeError):
        return EngineError(
            f"What {host} sent as {archive.name} is not the file of the makers: its MD5 is another one.", hint
        )
    return EngineError(f"This machine has no connection to {host} ({_reason(error)}).", hint)


def wrong_file(archive: Archive, own: Path) -> EngineError:
    """The user brought a file, but another one, or not all of it."""
    return EngineError(
        f"{own} is not the file of the makers: its MD5 is another one than {archive.md5}.",
        f"Get it anew from {archive.url}, or remove it, so that the app downloads it.",
    )


def _is_timeout(error: Exception) -> bool:
    return isinstance(error, TimeoutError) or isinstance(getattr(error, "reason", None), TimeoutError)


def _progress(received: int, announced: int) -> str:
    if not received:
        return ""
    of_all = f" of {announced / 1e6:.1f}" if announced else ""
    return f" after {received / 1e6:.1f}{of_all} MB"


def _reason(error: Exception) -> str:
    reason = getattr(error, "reason", None) or error
    return (str(getattr(reason, "strerror", None) or reason) or type(reason).__name__).splitlines()[0].rstrip(".")


def _way_out(entry: GalleryEntry, brought: Path) -> str:
    missing = [archive for archive in entry.archives if not (brought / archive.name).is_file()]
    files = ", ".join(f"{archive.url} (MD5 {archive.md5})" for archive in missing)
    return (
        "Try again later, choose the built-in set, which needs no connection, "
        f"or save {'this file' if len(missing) == 1 else 'these files'} in {brought}: {files}."
    )
