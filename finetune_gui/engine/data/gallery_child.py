"""The child process of ``gallery_fetch``: torchvision's own code downloads, checks and unpacks; then images move.

A process that does nothing else may change what all of it shares: the time limit of sockets, and the progress bar that
torchvision's download code draws with.
"""

import os
import shutil
import signal
import socket
import time
import traceback
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType

from torchvision.datasets import utils

from finetune_gui.engine.data.gallery import Archive, GalleryEntry
from finetune_gui.engine.data.gallery_errors import NETWORK_ERRORS, explain, wrong_file
from finetune_gui.engine.data.gallery_fetch import (
    Activity,
    Arranged,
    Crashed,
    FetchAdvanced,
    Message,
    arranged_folder,
    cannot_save,
)
from finetune_gui.engine.data.gallery_folders import arrange
from finetune_gui.engine.errors import EngineError

_REPORT_SECONDS = 0.1
_PACKED = (".gz", ".tgz", ".zip")


def run(entry: GalleryEntry, work: Path, brought: Path, sender: "Connection[Message, None]", stall_s: float) -> None:
    """Prepare a data set in ``work``, telling progress and outcome through ``sender``.

    Args:
        entry: The data set.
        work: An empty folder.
        brought: Files in here are used in place of a download.
        sender: One end of a pipe. Who reads at the other may kill this process at any time.
        stall_s: Seconds of silence after which a server is given up.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which then kills this process
    socket.setdefaulttimeout(stall_s)
    try:
        sender.send(Arranged(num_images=_prepare(entry, work, brought, _Reporter(sender))))
    except EngineError as error:
        sender.send(error)
    except BrokenPipeError:  # the parent is gone
        shutil.rmtree(work, ignore_errors=True)
    except OSError as error:
        sender.send(cannot_save(entry, work.parent, error))
    except Exception:
        sender.send(Crashed(traceback=traceback.format_exc()))


class _Reporter:
    """Sends progress, not more often than people can see."""

    def __init__(self, sender: "Connection[Message, None]") -> None:
        self._sender = sender
        self._last: tuple[float, Activity] = (0.0, "start")

    def report(self, activity: Activity, done: int = 0, total: int = 0) -> None:
        now = time.monotonic()
        if activity != self._last[1] or now - self._last[0] >= _REPORT_SECONDS:
            self._last = now, activity
            self._sender.send(FetchAdvanced(activity=activity, done=done, total=total))


class _Meter:
    """Takes the place of tqdm in torchvision's download code, for which it counts bytes.

    Attributes:
        received: Bytes of the present file.
        announced: Its size as the server says; 0 if it does not.
    """

    def __init__(self, entry: GalleryEntry, reporter: _Reporter) -> None:
        self._total = entry.download_bytes
        self._reporter = reporter
        self._before = 0
        self.received = self.announced = 0

    def __call__(self, *, total: int | None, **_options: object) -> "_Meter":
        self.received, self.announced = 0, total or 0
        return self

    def __enter__(self) -> "_Meter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, place: TracebackType | None
    ) -> None:
        pass

    def update(self, num_bytes: int) -> None:
        """So many more."""
        self.received += num_bytes
        done = self._before + self.received
        self._reporter.report("download", done, max(done, self._total))

    def finish(self, archive: Archive) -> None:
        """The file is there, downloaded or brought."""
        self._before += archive.num_bytes
        self.received = self.announced = 0


def _prepare(entry: GalleryEntry, work: Path, brought: Path, reporter: _Reporter) -> int:
    root = work / "download"
    root.mkdir()
    meter = _Meter(entry, reporter)
    utils.tqdm = meter
    for archive in entry.archives:
        file = root / archive.name
        _use_brought(archive, brought / archive.name, file, reporter)
        _download(entry, archive, file, brought, meter)
        meter.finish(archive)
        if file.suffix in _PACKED:
            reporter.report("unpack")
            utils.extract_archive(file, root)
            file.unlink()
    num_images = 0
    for num_images in _counted(arrange(entry.id, root, arranged_folder(work))):
        reporter.report("arrange", num_images, max(num_images, entry.num_images))
    return num_images


def _counted(pictures: Iterator[Path]) -> Iterator[int]:
    for number, _ in enumerate(pictures, start=1):
        yield number


def _use_brought(archive: Archive, own: Path, file: Path, reporter: _Reporter) -> None:
    """Put the user's file where torchvision looks for it, so that it downloads nothing. The user's stays as it is."""
    if not own.is_file():
        return
    reporter.report("check")
    if not utils.check_integrity(own, archive.md5):
        raise wrong_file(archive, own)
    try:
        os.link(own, file)
    except OSError:  # another disk, or one without hard links
        shutil.copyfile(own, file)


def _download(entry: GalleryEntry, archive: Archive, file: Path, brought: Path, meter: _Meter) -> None:
    """Download by torchvision's own code, which is content with a file of the right MD5 that is there already."""
    try:
        utils.download_url(archive.url, file.parent, archive.name, archive.md5)
    except NETWORK_ERRORS as error:
        brought.mkdir(parents=True, exist_ok=True)  # it is named as a way out
        raise explain(error, entry, archive, brought, meter.received, meter.announced) from error
